"""The small rulebook of the tests beside, brought to the latest format and clean in every check."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.unit.rulebook.conftest import BASE, SAFETY, edited
from tests.unit.rulebook.lint.edits import CLEAN, SHOWN_RISKS


@pytest.fixture
def edit() -> Callable[..., str]:
    """``edit((old, new), …)``: the clean document with edits; ``safety=True`` for the safety one."""
    functional, safety = edited(BASE, *CLEAN), edited(SAFETY, *CLEAN, SHOWN_RISKS)
    return lambda *edits, safety=False, _texts=(functional, safety): edited(_texts[safety], *edits)

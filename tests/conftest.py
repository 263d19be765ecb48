"""What all tests share: where the reference data is, and how a missing part is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REQUIRED = {part for part in os.environ.get("LABELQA_REQUIRE", "").split(",") if part}


def missing(part: str, why: str) -> None:
    """Skip because a part is not there; fail instead when LABELQA_REQUIRE names it."""
    if part in REQUIRED:
        pytest.fail(f"{part} is required here: {why}")
    pytest.skip(f"{part}: {why}")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The reference data beside the project: real exports, real multi-annotator sets, published values."""
    folder = Path(os.environ.get("LABELQA_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    if not (folder / "reference" / "reference_values.json").is_file():
        missing("shared", f"no reference data at {folder}")
    return folder

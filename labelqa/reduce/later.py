"""An engine that begins when the first question is asked: most commands never ask one.

It answers nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from labelqa.reduce.protocol import Reducer


class _Later:
    def __init__(self, begin: Callable[[], Reducer]) -> None:
        self._begin = begin
        self._engine: Reducer | None = None

    def __getattr__(self, name: str) -> Any:
        if self._engine is None:
            self._engine = self._begin()
        return getattr(self._engine, name)

    def close(self) -> None:
        """Let go of the engine if it ever began."""
        if self._engine is not None:
            self._engine.close()


def later(begin: Callable[[], Reducer]) -> Reducer:
    """Stands for the engine that ``begin`` makes, once somebody asks it something.

    >>> engine = later(lambda: print("it begins") or "an engine")
    >>> engine.upper()
    it begins
    'AN ENGINE'
    """
    return cast("Reducer", _Later(begin))

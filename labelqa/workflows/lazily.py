"""Mappings whose values are worked out only when they are asked for. What the values are is told by the caller."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Lazily(Mapping[Key, Value]):
    """A mapping worked out key by key, each when it is first asked for; going through all keys may be slow.

    With ``most`` only so many values are kept, and the oldest of them worked out again when somebody asks.
    """

    def __init__(
        self, one: Callable[[Key], Value | None], every: Callable[[], Iterable[Key]], *, most: int | None = None
    ) -> None:
        self._one, self._every, self._most = one, every, most
        self._known: dict[Key, Value | None] = {}

    def __getitem__(self, key: Key) -> Value:
        try:
            found = self._known[key]
        except KeyError:
            found = self._worked_out(key)
        if found is None:
            raise KeyError(key)
        return found

    def _worked_out(self, key: Key) -> Value | None:
        found = self._known[key] = self._one(key)
        for old in list(self._known)[: -self._most] if self._most else ():
            self._known.pop(old, None)  # somebody else may have let go of it meanwhile
        return found

    @cached_property
    def _keys(self) -> dict[Key, None]:
        return dict.fromkeys(self._every())

    def __iter__(self) -> Iterator[Key]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

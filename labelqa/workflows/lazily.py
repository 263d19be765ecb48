"""Mappings whose values are worked out only when they are asked for. What the values are is told by the caller."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Lazily(Mapping[Key, Value]):
    """A mapping worked out key by key, each when it is first asked for; going through all keys may be slow."""

    def __init__(self, one: Callable[[Key], Value | None], every: Callable[[], Iterable[Key]]) -> None:
        self._one, self._every = one, every
        self._known: dict[Key, Value | None] = {}

    def __getitem__(self, key: Key) -> Value:
        if key not in self._known:
            self._known[key] = self._one(key)
        found = self._known[key]
        if found is None:
            raise KeyError(key)
        return found

    @cached_property
    def _keys(self) -> dict[Key, None]:
        return dict.fromkeys(self._every())

    def __iter__(self) -> Iterator[Key]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

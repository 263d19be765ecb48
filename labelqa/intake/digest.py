"""A digest of many rows that does not depend on how they were cut into chunks: one hash a column, hashed together."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from labelqa.records.names import Digest

Values: TypeAlias = Sequence[Any] | npt.NDArray[np.int64]
_NULL = np.asarray(np.iinfo(np.int64).min, dtype="<i8").tobytes()

LATER: Final = frozenset({"origin", "task", "gone", "late"})


class ColumnDigest:
    """Feed columns chunk by chunk, then ask for the value.

    >>> whole, parts = ColumnDigest(["a", "b"]), ColumnDigest(["a", "b"])
    >>> whole.feed([[1, None], ["x", "y"]], 2)
    >>> parts.feed([[1], ["x"]], 1); parts.feed([None, ["y"]], 1)
    >>> whole.value() == parts.value()
    True
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self._hashes = [hashlib.sha256(name.encode()) for name in columns]
        # a column that older imports did not have counts only where it says something, so that their digests hold
        self._later = {at: False for at, name in enumerate(columns) if name in LATER}

    def feed(self, columns: Sequence[Values | None], size: int) -> None:
        """One chunk: an array of whole numbers, a list of numbers or texts with nulls, or None for all nulls."""
        for hashed, values in zip(self._hashes, columns, strict=True):
            hashed.update(_bytes(values, size))
        for at, said in self._later.items():
            self._later[at] = said or _says(columns[at])

    def value(self) -> Digest:
        """The digest of everything fed so far."""
        told = [each.digest() for at, each in enumerate(self._hashes) if self._later.get(at, True)]
        return Digest(hashlib.sha256(b"".join(told)).hexdigest())


def _says(values: Values | None) -> bool:
    return values is not None and any(each is not None for each in values)


def _bytes(values: Values | None, size: int) -> bytes:
    """Eight bytes a number, length-prefixed UTF-8 a text; a null is the same eight bytes whatever the column holds."""
    if values is None:
        return _NULL * size
    if isinstance(values, np.ndarray):
        return values.astype("<i8", copy=False).tobytes()
    kinds = set(map(type, values))
    if kinds == {int}:
        return np.asarray(values, dtype="<i8").tobytes()
    if kinds == {str}:
        return _texts(values)
    return b"".join([_one(each) for each in values])


def _texts(values: Sequence[str]) -> bytes:
    distinct = set(values)
    if 4 * len(distinct) > len(values):
        return "".join([f"{len(each)}:{each}" for each in values]).encode()
    written = {each: f"{len(each)}:{each}" for each in distinct}
    return "".join(map(written.__getitem__, values)).encode()


def _one(value: float | str | None) -> bytes:
    if value is None:
        return _NULL
    if isinstance(value, str):
        return f"{len(value)}:{value}".encode()
    if isinstance(value, int):
        return np.asarray(value, dtype="<i8").tobytes()
    return np.asarray(value + 0.0, dtype="<f8").tobytes()  # minus zero is written as nothing would be

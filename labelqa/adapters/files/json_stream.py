"""A long JSON list read entry by entry, so that memory does not grow with the file.

Strict where silence would lose something: repeated keys, not-a-number, endless nesting and a file that breaks off
are errors that say where.
"""

from __future__ import annotations

import codecs
import math
from collections.abc import Iterator
from decimal import Decimal
from typing import IO, Any, Final

from labelqa.errors import BadInput

DEPTH: Final = 64
_PIECE: Final = 1 << 16
_OPENS: Final[dict[str, type[dict[str, Any]] | type[list[Any]]]] = {"start_map": dict, "start_array": list}
_CLOSES: Final = ("end_map", "end_array")


class _Tap:
    """A stream that skips a byte order mark and knows how far it was read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.offset = 0

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.read(size)
        if self.offset == 0 and piece.startswith(codecs.BOM_UTF8):
            self.offset = len(codecs.BOM_UTF8)
            piece = piece[self.offset :] or self._stream.read(size)
        self.offset += len(piece)
        return piece


def elements(stream: IO[bytes], *, path: str) -> Iterator[Any]:
    """The entries of the list in ``stream`` (UTF-8), one after the other; raises BadInput with entry and byte.

    >>> import io
    >>> list(elements(io.BytesIO(b'[{"a": 1.5}, 2]'), path="x.json"))
    [{'a': 1.5}, 2]
    """
    import ijson

    tap, count = _Tap(stream), 0
    events = iter(ijson.basic_parse(tap, buf_size=_PIECE))
    try:
        if next(events, ("", None))[0] != "start_array":
            raise BadInput(
                "{path}: the JSON in it is not a list of tasks; export the project as JSON or JSON_MIN", path=path
            )
        for event, value in events:
            if event == "end_array":
                for _ in events:  # lets the parser see what follows the list
                    pass
                return
            yield _built(event, value, events, path=path, entry=count + 1)
            count += 1
    except ijson.JSONError as error:
        raise _broken(error, path=path, entry=count + 1, offset=tap.offset) from error


def _broken(error: Exception, *, path: str, entry: int, offset: int) -> BadInput:
    reason = str(error)
    if "premature EOF" in reason or "ncomplete" in reason:
        return BadInput(
            "{path}: the file breaks off in entry {entry}, at byte {offset}; export or copy it again",
            path=path,
            entry=entry,
            offset=offset,
        )
    return BadInput(
        "{path}: entry {entry}, before byte {offset}, is not JSON ({why}); export it again",
        path=path,
        entry=entry,
        offset=offset,
        why=" ".join(reason.partition("\n")[0].strip("b'").split()),
    )


def _built(event: str, value: Any, events: Iterator[tuple[str, Any]], *, path: str, entry: int) -> Any:
    """One entry from its events; the stack holds the open lists and objects, each with the key that waits."""
    root: list[Any] = []
    stack: list[tuple[Any, str]] = []
    here: Any = root
    key = ""
    while True:
        if event == "map_key":
            if value in here:
                raise BadInput(
                    '{path}: entry {entry} has the key "{key}" twice; mend the file', path=path, entry=entry, key=value
                )
            key = value
        elif event in _OPENS:
            inner: Any = _OPENS[event]()
            _put(here, key, inner)
            stack.append((here, key))
            here = inner
            if len(stack) > DEPTH:
                raise BadInput(
                    "{path}: entry {entry} is nested deeper than {depth} levels; mend the file",
                    path=path,
                    entry=entry,
                    depth=DEPTH,
                )
        elif event in _CLOSES:
            here, key = stack.pop()
        else:
            _put(here, key, _plain(event, value, path=path, entry=entry))
        if not stack:
            return root[0]
        event, value = next(events)


def _put(here: Any, key: str, value: Any) -> None:
    if isinstance(here, dict):
        here[key] = value
    else:
        here.append(value)


def _plain(event: str, value: Any, *, path: str, entry: int) -> Any:
    if event != "number" or isinstance(value, int):
        return value
    number = float(value) if isinstance(value, Decimal) else value
    if not math.isfinite(number):
        raise BadInput(
            "{path}: entry {entry} holds the number {number}, which is too large; mend the file",
            path=path,
            entry=entry,
            number=value,
        )
    return number

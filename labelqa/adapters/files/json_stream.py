"""A long JSON list read entry by entry, so that memory does not grow with the file.

Strict where silence would lose something: repeated keys, not-a-number, endless nesting and a file that breaks off
are errors that say where.
"""

from __future__ import annotations

import codecs
import math
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import IO, Any, Final

from labelqa.errors import BadInput

DEPTH: Final = 64
_PIECE: Final = 1 << 16
_OPENS: Final[dict[str, type[dict[str, Any]] | type[list[Any]]]] = {"start_map": dict, "start_array": list}
_CLOSES: Final = ("end_map", "end_array")
_DIGITS: Final = 400  # in a row; longer numbers end the parser, not only the reading
_DIGIT: Final = b"0123456789"
_LONG_RUN: Final = re.compile(rb"[0-9]{%d,}" % (_DIGITS + 1))
_PAIR: Final = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_LONE: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u[dD][89a-fA-F]")
_CUT_ESCAPE: Final = re.compile(rb"(\\u[dD][89abAB][0-9a-fA-F]{2})?(\\(u[0-9a-fA-F]{0,3})?)?\Z")
_ROUNDS: Final = 64


class _Tap:
    """A stream that skips a byte order mark, knows how far it was read, and refuses what parsers break on."""

    def __init__(self, stream: IO[bytes], path: str) -> None:
        self._stream = stream
        self._path = path
        self._run = 0  # digits at the end of what was read
        self._quoted = False  # whether that end lies inside a text
        self._escape = b""  # a backslash there that belongs to what follows
        self.offset = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes, some more than ``size`` where an escape would be cut; raises BadInput."""
        piece = self._stream.read(size)
        if self.offset == 0 and piece.startswith(codecs.BOM_UTF8):
            self.offset = len(codecs.BOM_UTF8)
            piece = piece[self.offset :] or self._stream.read(size)
        piece = self._uncut(piece) if size > 0 else piece
        self.offset += len(piece)
        self._refuse_long_numbers(piece)
        if (b"\\ud" in piece or b"\\uD" in piece) and _LONE.search(_PAIR.sub(b"", piece)):
            raise _half_character(self._path, self.offset)
        return piece

    def _uncut(self, piece: bytes) -> bytes:
        for _ in range(_ROUNDS):
            cut = _CUT_ESCAPE.search(piece[-12:])
            held = cut.group() if cut else b""
            more = self._stream.read((12 if cut and cut.group(1) else 6) - len(held)) if held else b""
            if not more:
                break
            piece += more
        return piece

    def _refuse_long_numbers(self, piece: bytes) -> None:
        """Digits count across pieces, but not those of a text."""
        leading = len(piece) - len(piece.lstrip(_DIGIT))
        starts = [found.start() for found in _LONG_RUN.finditer(piece)]
        if self._run + leading > _DIGITS:
            starts.append(0)
        if any(not self._within_text(piece[:start]) for start in starts):
            raise BadInput(
                "{path}: before byte {offset} there is a number of more than {digits} digits, which is too large; "
                "mend the file",
                path=self._path,
                offset=self.offset,
                digits=_DIGITS,
            )
        self._run = self._run + leading if leading == len(piece) else len(piece) - len(piece.rstrip(_DIGIT))
        self._quoted = self._within_text(piece)
        told = self._escape + piece
        self._escape = b"\\" if (len(told) - len(told.rstrip(b"\\"))) % 2 else b""

    def _within_text(self, piece: bytes) -> bool:
        """Whether the end of ``piece`` lies inside a text: quotation marks without a backslash open and close."""
        marks = (self._escape + piece).replace(b"\\\\", b"").replace(b'\\"', b"").count(b'"')
        return self._quoted != bool(marks % 2)


def _half_character(path: str, offset: int) -> BadInput:
    return BadInput(
        "{path}: before byte {offset} there is half a character (a lone surrogate such as \\ud83d); mend the file",
        path=path,
        offset=offset,
    )


def elements(stream: IO[bytes], *, path: str) -> Iterator[Any]:
    """The entries of the list in ``stream`` (UTF-8), one after the other; raises BadInput with entry and byte.

    >>> import io
    >>> list(elements(io.BytesIO(b'[{"a": 1.5}, 2]'), path="x.json"))
    [{'a': 1.5}, 2]
    """
    import ijson

    tap, count = _Tap(stream, path), 0
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
    except UnicodeDecodeError as error:
        raise _half_character(path, tap.offset) from error
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
    if event != "number":
        return value
    try:
        number = float(value) if isinstance(value, int | Decimal) else value
    except OverflowError:  # a whole number that no column can hold
        number = math.inf
    if not math.isfinite(number):
        raise BadInput(
            "{path}: entry {entry} holds the number {number}, which is too large; mend the file",
            path=path,
            entry=entry,
            number=value if isinstance(value, float) else f"{value:.3e}" if isinstance(value, Decimal) else "1e308…",
        )
    return value if isinstance(value, int) else number

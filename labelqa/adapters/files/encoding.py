"""In which encoding a text file is written: UTF-8 (with or without mark), GB18030, or one that has to be converted.

The whole file is read once, in pieces, so that a wrong byte on the last line is found before the first row counts.
Nothing is ever replaced or skipped.
"""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Final, cast

from labelqa.errors import BadInput

PIECE: Final = 1 << 20
_HEAD: Final = 1 << 16
_ENOUGH: Final = 3  # multi-byte characters that GB18030 text does not pass for UTF-8 by chance
_COMMON: Final = 0.7  # least share of GB 2312 characters in what really is Chinese GB18030 text
_WIDE: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

Opener = Callable[[], IO[bytes]]


def opener(path: Path, *, compressed: bool) -> Opener:
    """How to open the bytes of a file, through gzip when it is compressed."""

    def plain() -> IO[bytes]:
        return path.open("rb")

    def unzipped() -> IO[bytes]:
        return cast("IO[bytes]", gzip.open(path, "rb"))

    return unzipped if compressed else plain


def pieces(open_bytes: Opener, *, path: str, limit: int) -> Iterator[bytes]:
    """The file's bytes, uncompressed; raises BadInput when gzip is cut off or more than ``limit`` bytes come out."""
    total = 0
    with open_bytes() as stream:
        while True:
            try:
                piece = stream.read(PIECE)
            except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                raise BadInput(
                    "{path}: the compressed file is cut off or damaged after {offset} bytes; copy it again",
                    path=path,
                    offset=total,
                ) from error
            if not piece:
                return
            total += len(piece)
            if total > limit:
                raise BadInput(
                    "{path}: more than the limit of {limit} bytes once unpacked; split the file or raise the limit",
                    path=path,
                    limit=limit,
                )
            yield piece


def recognise(open_bytes: Opener, *, path: str, limit: int) -> str:
    """``utf-8``, ``utf-8-sig`` or ``gb18030``; raises BadInput that names the guess for anything else."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    head, seen, multi = b"", 0, 0
    for piece in pieces(open_bytes, path=path, limit=limit):
        if not seen:
            head = piece[:_HEAD]
            _refuse_wide(head, path)
        held = len(decoder.getstate()[0])
        try:
            text = decoder.decode(piece)
        except UnicodeDecodeError as error:
            multi += len(error.object[: error.start]) - len(error.object[: error.start].decode("utf-8"))
            return _other(open_bytes, path=path, limit=limit, head=head, offset=seen - held + error.start, multi=multi)
        multi += len(piece) - len(text)
        seen += len(piece)
    if decoder.getstate()[0]:
        raise BadInput(
            "{path}: the file ends in the middle of a character, so it was cut off; copy it again", path=path
        )
    return "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8"


def _refuse_wide(head: bytes, path: str) -> None:
    if head.startswith(_WIDE):
        raise BadInput('{path}: the text is in UTF-16; save it as UTF-8 ("CSV UTF-8" in Excel)', path=path)
    if b"\0" in head:
        raise BadInput(
            "{path}: neither text nor Parquet nor XLSX; give a Label Studio export, a CSV, a Parquet or an XLSX file",
            path=path,
        )


def _other(open_bytes: Opener, *, path: str, limit: int, head: bytes, offset: int, multi: int) -> str:
    if multi >= _ENOUGH * 2:
        raise BadInput(
            "{path}: byte {offset} is not UTF-8 although the text before it is; the file is damaged, export it again",
            path=path,
            offset=offset,
        )
    if _is_gb18030(open_bytes, path=path, limit=limit):
        return "gb18030"
    raise BadInput(
        "{path}: byte {offset} is neither UTF-8 nor GB18030 (it looks like {guess}); save the file as UTF-8",
        path=path,
        offset=offset,
        guess=_guess(head),
    )


def _is_gb18030(open_bytes: Opener, *, path: str, limit: int) -> bool:
    """Whether it decodes to the end, and to characters that Chinese text is made of (Latin-1 often decodes as well)."""
    decoder = codecs.getincrementaldecoder("gb18030")()
    wide = common = 0
    try:
        for piece in pieces(open_bytes, path=path, limit=limit):
            found = [char for char in decoder.decode(piece) if char > "\x7f"]
            wide += len(found)
            common += len("".join(found).encode("gb2312", "ignore")) // 2
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return wide > 0 and common >= _COMMON * wide


def _guess(head: bytes) -> str:
    import charset_normalizer

    best = charset_normalizer.from_bytes(head).best()
    return best.encoding if best else "no encoding that is known"

"""What a file is before anything is taken from it: there, readable, not too large, of a known format and encoding.

The format is told by the content; the name's ending is never believed. Nothing is imported here.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import zipfile
from pathlib import Path
from typing import IO, Any, Final, TextIO

from labelqa.adapters.faults import why
from labelqa.adapters.files.encoding import PIECE, Opener, opener, recognise
from labelqa.errors import BadInput
from labelqa.records.annotation import FileFacts

LABEL_STUDIO: Final = "label-studio-json"
LABEL_STUDIO_MIN: Final = "label-studio-json-min"
CSV: Final = "csv"
TSV: Final = "tsv"
PARQUET: Final = "parquet"
XLSX: Final = "xlsx"

_PARQUET_MARK: Final = b"PAR1"
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0"
_DELIMITERS: Final = (",", "\t", ";")


def look(path: str | Path, *, limit: int) -> FileFacts:
    """The facts of a file of at most ``limit`` bytes, packed and unpacked; raises BadInput in one sentence.

    ``format`` is label-studio-json, label-studio-json-min, csv, tsv, parquet or xlsx; ``extra`` says ``compressed``
    ("gzip") and, for tables of text, ``delimiter``.
    """
    file = Path(path)
    size = _size(file, limit)
    digest, head = _digest(file)
    if head.startswith(_PARQUET_MARK):
        _whole_parquet(file, size)
        return FileFacts(path=str(path), format=PARQUET, encoding="", digest=digest, size=size)
    if head.startswith(b"PK\x03\x04"):
        _whole_xlsx(file, limit)
        return FileFacts(path=str(path), format=XLSX, encoding="", digest=digest, size=size)
    if head.startswith(_OLD_OFFICE):
        raise BadInput("{path}: an old Excel file (.xls); save it as .xlsx or as CSV", path=str(path))
    compressed = head.startswith(b"\x1f\x8b")
    opened = opener(file, compressed=compressed)
    encoding = recognise(opened, path=str(path), limit=limit)
    form, extra = _text_format(opened, encoding, str(path))
    if compressed:
        extra["compressed"] = "gzip"
    return FileFacts(path=str(path), format=form, encoding=encoding, digest=digest, size=size, extra=dict(extra))


def open_bytes(facts: FileFacts) -> Opener:
    """How to open the file's bytes, unpacked."""
    return opener(Path(facts.path), compressed=facts.extra.get("compressed") == "gzip")


def open_utf8(facts: FileFacts) -> IO[bytes]:
    """The file's bytes as UTF-8 whatever they are in, for readers that know nothing else."""
    return _utf8(open_bytes(facts), facts.encoding)


def _utf8(opened: Opener, encoding: str) -> IO[bytes]:
    if encoding.startswith("utf-8"):
        return opened()
    return io.BufferedReader(_Recoded(opened(), encoding))


class _Recoded(io.RawIOBase):
    """A stream of another encoding, read as UTF-8."""

    def __init__(self, stream: IO[bytes], encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        while not self._left:
            piece = self._stream.read(PIECE)
            self._left = self._decoder.decode(piece, final=not piece).encode("utf-8")
            if not piece:
                break
        part = self._left[: len(buffer)]
        self._left = self._left[len(part) :]
        buffer[: len(part)] = part
        return len(part)

    def close(self) -> None:
        self._stream.close()
        super().close()


def open_text(facts: FileFacts) -> TextIO:
    """The file as text in its own encoding, line ends untouched (as the csv module wants it)."""
    return io.TextIOWrapper(open_bytes(facts)(), encoding=facts.encoding, newline="")


def _size(file: Path, limit: int) -> int:
    try:
        size = file.stat().st_size
    except FileNotFoundError as error:
        raise BadInput("{path}: there is no such file; check the name and the folder", path=str(file)) from error
    except (OSError, ValueError) as error:
        raise BadInput(
            "{path}: the file cannot be reached ({why}); check the name and the rights", path=str(file), why=why(error)
        ) from error
    if not file.is_file():
        raise BadInput("{path}: not a file; name one file, not a folder", path=str(file))
    if size == 0:
        raise BadInput("{path}: the file is empty; export it again", path=str(file))
    if size > limit:
        raise BadInput(
            "{path}: {size} bytes are more than the limit of {limit}; split the file or raise the limit",
            path=str(file),
            size=size,
            limit=limit,
        )
    return size


def _digest(file: Path) -> tuple[str, bytes]:
    try:
        with file.open("rb") as stream:
            head = stream.read(8)
            stream.seek(0)
            return hashlib.file_digest(stream, "sha256").hexdigest(), head
    except OSError as error:
        raise BadInput(
            "{path}: the file cannot be read ({why}); check its rights", path=str(file), why=why(error)
        ) from error


def _whole_parquet(file: Path, size: int) -> None:
    with file.open("rb") as stream:
        stream.seek(max(0, size - 4))
        tail = stream.read()
    if size < 12 or tail != _PARQUET_MARK:
        raise BadInput("{path}: the Parquet file is cut off (its end mark is missing); copy it again", path=str(file))


def _whole_xlsx(file: Path, limit: int) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            total = sum(part.file_size for part in parts)
            if "xl/workbook.xml" not in archive.namelist():
                raise BadInput(
                    "{path}: a zip archive without a workbook in it; unpack it and name the file inside", path=str(file)
                )
            if total > limit:
                raise BadInput(
                    "{path}: more than the limit of {limit} bytes once unpacked; split the file or raise the limit",
                    path=str(file),
                    limit=limit,
                )
            for part in parts:
                _refuse_doctype(archive, part, file)
    except zipfile.BadZipFile as error:
        raise BadInput("{path}: the workbook is cut off or damaged; copy it again", path=str(file)) from error


def _refuse_doctype(archive: zipfile.ZipFile, part: zipfile.ZipInfo, file: Path) -> None:
    """No spreadsheet program writes a document type; entities in one can be made to grow without end."""
    if part.filename.endswith((".xml", ".rels")):
        with archive.open(part) as stream:
            if b"<!DOCTYPE" in stream.read(4096):
                raise BadInput(
                    "{path}: the workbook holds XML declarations that no spreadsheet needs; it is not opened",
                    path=str(file),
                )


def _text_format(opened: Opener, encoding: str, path: str) -> tuple[str, dict[str, str]]:
    with io.TextIOWrapper(opened(), encoding=encoding, newline="") as text:
        start = ""
        while not start.strip():
            piece = text.read(4096)
            if not piece:
                raise BadInput("{path}: the file holds nothing but blanks; export it again", path=path)
            start = piece
        first = start.lstrip()[0]
        if first in "[{":
            return _json_format(opened, encoding, path), {}
        while "\n" not in start.strip() and "\r" not in start.strip() and (piece := text.read(4096)):
            start += piece
    return _table_format(start)


def _table_format(start: str) -> tuple[str, dict[str, str]]:
    header = start.lstrip().splitlines()[0]
    widths = {mark: len(next(csv.reader([header], delimiter=mark))) for mark in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda mark: widths[mark])
    return (TSV if best == "\t" else CSV), {"delimiter": best}


def _json_format(opened: Opener, encoding: str, path: str) -> str:
    from labelqa.adapters.files.json_stream import elements

    with _utf8(opened, encoding) as stream:
        first = next(elements(stream, path=path), None)
    if first is None:
        raise BadInput("{path}: the list in it holds no task; export it again", path=path)
    keys = set(first) if isinstance(first, dict) else set()
    if "annotator" in keys and "annotation_id" in keys:
        return LABEL_STUDIO_MIN
    if "annotations" in keys or "completions" in keys or isinstance(first.get("data") if keys else None, dict):
        return LABEL_STUDIO
    raise BadInput(
        "{path}: not a Label Studio export: its first entry has neither annotations nor an annotator; "
        "export the project as JSON or JSON_MIN",
        path=path,
    )

"""An access log looked at line by line: how many lines, from when to when, and whether it gives a secret away.

Only times are read; who did what is left to whoever reads the log. Bodies are none of its business.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO, Final

from labelqa.records.names import Digest

_LONGEST: Final = 1 << 16  # bytes of a line that are looked at
_PIECE: Final = 1 << 20
# Token … and Bearer … headers, a JSON web token, labelqa's and Label Studio's own query parameters
_SECRET: Final = re.compile(
    rb"(?:\bToken [0-9a-f]{40}\b)|(?:\bBearer +[\w.~+/-]{20,})|(?:\beyJ[\w-]{10,}\.[\w-]{10,}\.)"
    rb"|(?:[?&](?:token|access_token|api_key|password)=[^&\s\"]{8,})|(?:\bsessionid=[^;\s\"]{16,})",
    re.IGNORECASE,
)
_COMMON: Final = re.compile(rb"\[(\d{2}/[A-Z][a-z]{2}/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4})\]")  # nginx, Apache
_ISO: Final = re.compile(rb"\b(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:Z|[+-]\d{2}:?\d{2}))")
_EPOCH: Final = re.compile(rb'"ts":(\d{10}(?:\.\d{1,9})?)(?![\d.])')  # Caddy


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a log shows; times are None where none could be read."""

    digest: Digest
    size: int
    lines: int
    first: datetime | None
    last: datetime | None
    secrets: int  # lines in which something that looks like a token or password stands


def look(source: BinaryIO) -> Looked:
    """Read a log once, however large; lines are cut at 64 KiB.

    >>> import io
    >>> found = look(io.BytesIO(b'- 7 [22/Nov/2026:19:00:00 +0800] "GET /tasks/ HTTP/1.1" 200\\n'))
    >>> found.lines, found.first.isoformat()
    (1, '2026-11-22T11:00:00+00:00')
    """
    digest, size, lines, secrets = hashlib.sha256(), 0, 0, 0
    first: datetime | None = None
    last: datetime | None = None
    for piece, begins in _pieces(source):
        digest.update(piece)
        size += len(piece)
        if not begins:
            continue  # the rest of a line that is longer than anybody reads
        if piece.strip():
            lines += 1
        secrets += bool(_SECRET.search(piece))
        if (at := _time(piece)) is not None:
            first = at if first is None or at < first else first
            last = at if last is None or at > last else last
    return Looked(digest=Digest(digest.hexdigest()), size=size, lines=lines, first=first, last=last, secrets=secrets)


def _pieces(source: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    begins = True
    while piece := source.readline(_LONGEST):
        yield piece, begins
        begins = piece.endswith(b"\n")


def _time(line: bytes) -> datetime | None:
    with suppress(ValueError, OverflowError):
        if found := _COMMON.search(line):
            return datetime.strptime(found[1].decode(), "%d/%b/%Y:%H:%M:%S %z").astimezone(UTC)
        if found := _ISO.search(line):
            return datetime.fromisoformat(found[1].decode()).astimezone(UTC)
        if found := _EPOCH.search(line):
            return datetime.fromtimestamp(float(found[1]), UTC)
    return None

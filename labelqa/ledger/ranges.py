"""Hash a range of facts again and compare with the stored chain: quickly, and in several processes at once.

A fact is right when its text, after the hash stored before it, gives its own stored hash; so ranges can be checked apart.
This file is also run by itself, with a job on standard input, and so needs nothing but the driver of the database. It
reads no other column than text and hash, and decides nothing about what a mismatch means.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import islice
from typing import Any, Final, TypeAlias

GENESIS: Final = b"0" * 64
PAGE: Final = 250  # rows hashed together: they stay in the processor's cache
_MMAP: Final = 1 << 40  # the file is read where it lies, as far as SQLite was built for it
TOGETHER: Final = 2_000  # facts in one answer of PostgreSQL
HASHES: Final = "SELECT hash, text FROM facts WHERE seq BETWEEN :a AND :b ORDER BY seq"
ROWS: Final = "SELECT seq, hash, text FROM facts WHERE seq BETWEEN :a AND :b ORDER BY seq"
LINES: Final = (
    "SELECT count(*), string_agg(hash || chr(10) || text, chr(10) ORDER BY seq) FROM facts WHERE seq BETWEEN :a AND :b"
)
HEAD: Final = "SELECT seq, hash FROM facts WHERE seq >= :a AND :b = 0 ORDER BY seq DESC LIMIT 1"
Page: TypeAlias = tuple[Sequence[bytes], Sequence[bytes]]  # stored hashes and texts
Source: TypeAlias = dict[str, Any]  # {"sqlite": path as an address} or {"pg8000": options, "tls": how}


def hashed(before: bytes, text: bytes) -> bytes:
    """The hash of a text after the hash before it, in hex."""
    return sha256(before + b"\n" + text).hexdigest().encode()


def check(source: Source, first: int, last: int) -> dict[str, Any]:
    """Check the facts ``first`` to ``last``: {"wrong": numbers whose text does not give their hash, "all": none missing}."""
    begin = max(1, first - 1)  # the fact before is worked out too: the first may stand on either of its hashes
    with opened(source) as base:
        before = base.hash(begin - 1)
        expected, wrong = begin, list[int]()
        for hashes, texts in base.pages(begin, last):
            if len(before) == 1 and b"".join(map(_digest, (before[0], *hashes), texts)) == _plain(hashes):
                before = (hashes[-1],)
            else:
                before = _named(before, hashes, texts, expected, wrong)
            expected += len(hashes)
    return {"wrong": [each for each in wrong if each >= first], "all": expected == last + 1}


def _digest(before: bytes, text: bytes) -> bytes:
    return sha256(b"%b\n%b" % (before, text)).digest()


def _plain(hashes: Sequence[bytes]) -> bytes:
    try:
        return bytes.fromhex(b"".join(hashes).decode("ascii"))
    except ValueError:
        return b""


def _named(
    before: tuple[bytes, ...], hashes: Sequence[bytes], texts: Sequence[bytes], expected: int, wrong: list[int]
) -> tuple[bytes, ...]:
    """Add the wrong facts of a page: a fact may stand on the stored hash before it or on the one worked out."""
    for number, (stored, text) in enumerate(zip(hashes, texts, strict=True), expected):
        links = [hashed(each, text) for each in before]
        if stored not in links:
            wrong.append(number)
        before = (stored,) if stored in links else (stored, links[-1])
    return before


def slowly(source: Source, last: int) -> tuple[list[int], dict[int, int]]:
    """Facts 1 to ``last`` one by one, where some are missing: wrong ones; facts before which others are missing, with
    the number that should stand there."""
    expected, wrong, gaps = 1, list[int](), dict[int, int]()
    with opened(source) as base:
        before: tuple[bytes, ...] = (GENESIS,)
        for number, stored, text in base.rows(1, last):
            links = [hashed(each, text) for each in before]
            if number != expected:
                gaps[number] = expected
            elif stored not in links:
                wrong.append(number)
            before = (stored,) if stored in links else (stored, links[-1])
            expected = number + 1
    return wrong, gaps


def digests(source: Source, first: int, last: int, size: int) -> list[str]:
    """One digest for every ``size`` facts of a range, over their texts and nothing else: sha256 of text, newline, …"""
    told = []
    with opened(source) as base:
        for start in range(first, last + 1, size):
            block = sha256()
            for _, texts in base.pages(start, min(start + size - 1, last)):
                block.update(b"\n".join(texts) + b"\n")
            told.append(block.hexdigest())
    return told


class Base:
    """An open database from which ranges of facts are read; ``ask`` runs a query with the numbers of a range."""

    def __init__(self, ask: Callable[[str, int, int], Iterable[Sequence[Any]]], close: Callable[[], None]) -> None:
        self._ask, self._close = ask, close

    def __enter__(self) -> Base:
        return self

    def __exit__(self, *_error: object) -> None:
        self._close()

    def hash(self, number: int) -> tuple[bytes, ...]:
        """The stored hash of a fact; the one before all facts where there is none."""
        return next(((stored,) for _, stored, _ in self.rows(number, number)), (GENESIS,))

    def head(self) -> tuple[int, str]:
        """The number of the last fact and its hash; 0 and the one before all facts where there is none."""
        for number, stored in self._ask(HEAD, 1, 0):
            return int(number), _bytes(stored).decode("ascii", "replace")
        return 0, GENESIS.decode()

    def pages(self, first: int, last: int) -> Iterator[Page]:
        """Hashes and texts of a range in order, some hundred at a time."""
        found = iter(self._ask(HASHES, first, last))
        while rows := list(islice(found, PAGE)):
            hashes, texts = zip(*rows, strict=True)
            yield tuple(map(_bytes, hashes)), tuple(map(_bytes, texts))

    def rows(self, first: int, last: int) -> Iterator[tuple[int, bytes, bytes]]:
        """Numbers, hashes and texts of a range in order."""
        for number, stored, text in self._ask(ROWS, first, last):
            yield number, _bytes(stored), _bytes(text)


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


class SQLite(Base):
    """A ledger's file, which gives bytes at once."""

    def __init__(self, where: str) -> None:
        raw = sqlite3.connect(where, uri=True, timeout=30.0)
        raw.text_factory = bytes
        raw.execute("PRAGMA query_only=1")
        raw.execute(f"PRAGMA mmap_size={_MMAP}")
        super().__init__(lambda query, first, last: raw.execute(query, {"a": first, "b": last}), raw.close)
        self._raw = raw

    def pages(self, first: int, last: int) -> Iterator[Page]:
        """See :class:`Base`; only what somebody stored as another type has to be made bytes."""
        cursor = self._raw.execute(HASHES, {"a": first, "b": last})
        while rows := cursor.fetchmany(PAGE):
            hashes, texts = zip(*rows, strict=True)
            plain = set(map(type, (*hashes, *texts))) == {bytes}
            yield (hashes, texts) if plain else (tuple(map(_bytes, hashes)), tuple(map(_bytes, texts)))


class PostgreSQL(Base):
    """A ledger's schema; its server puts some thousand facts into one answer, as the driver is slow with rows."""

    def __init__(self, options: dict[str, Any], tls: dict[str, str]) -> None:
        import pg8000.native

        raw = pg8000.native.Connection(**options, ssl_context=_tls(tls))
        raw._usock.settimeout(None)  # the limit is for connecting
        self._run = raw.run
        super().__init__(self._asked, raw.close)

    def _asked(self, query: str, first: int, last: int) -> Iterator[Sequence[Any]]:
        for start in range(first, max(first, last) + 1, TOGETHER):  # the driver holds an answer whole
            yield from self._run(query, a=start, b=min(start + TOGETHER - 1, last))

    def pages(self, first: int, last: int) -> Iterator[Page]:
        """See :class:`Base`; the text of a fact holds no line break, so lines can be cut again."""
        for start in range(first, last + 1, TOGETHER):
            end = min(start + TOGETHER - 1, last)
            ((count, text),) = self._run(LINES, a=start, b=end)
            lines = text.encode().split(b"\n") if text else []
            if len(lines) == 2 * count:
                if count:
                    yield tuple(lines[::2]), tuple(lines[1::2])
            else:
                yield from super().pages(start, end)


def opened(source: Source) -> Base:
    """The database of a source; the driver's own errors when it cannot be opened."""
    return SQLite(source["sqlite"]) if "sqlite" in source else PostgreSQL(source["pg8000"], source["tls"])


def _tls(how: dict[str, str]) -> Any:
    if how["mode"] == "verify-full":
        import ssl

        return ssl.create_default_context(cafile=how["cafile"] or None)
    return {"disable": False, "prefer": None, "require": True}[how["mode"]]


def main() -> None:
    """Do the job told on standard input, and tell the result on standard output."""
    job = json.loads(sys.stdin.read())
    told = digests(**job["digests"]) if "digests" in job else check(**job["check"])
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()

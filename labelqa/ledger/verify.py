"""Does the chain hold, do the projections match it, does it still contain a head printed earlier?

Each answer is a finding that names the fact; no finding means that nothing was altered. The ledger is read page by page,
so that memory does not grow with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection, select

from labelqa.errors import Altered
from labelqa.ledger import chain
from labelqa.ledger.altered import RESTORE, altered, missing, place_of, raw_of, subjects_of
from labelqa.ledger.hands import first_hands, hands_findings
from labelqa.ledger.ledger import Ledger, salted
from labelqa.ledger.tables import fact_subjects, facts, texts
from labelqa.records.finding import Finding, Place, finding

PAGE: Final = 2_000  # rows read at a time


def _row_findings(row: tuple[Any, ...], raw: dict[str, Any], expected: int, *, chained: bool) -> Iterator[Finding]:
    seq, kind, actor, recorded_at, effective_at, supersedes, _, _ = row
    about = " ".join([str(kind), *subjects_of(raw)])
    if seq != expected:
        yield missing(seq, expected, about)
    elif not chained:
        yield altered(seq, about)
    projected = {
        "seq": seq, "kind": kind, "actor": actor, "recorded_at": recorded_at, "effective_at": effective_at,
        "supersedes": supersedes,
    }  # fmt: skip
    wrong = sorted(name for name, value in projected.items() if raw.get(name) != value)
    if wrong:
        yield finding(
            "LG003", "fact {seq} ({about}): the columns {columns} do not say what its text says", mend=RESTORE,
            place=place_of(seq, about), seq=seq, about=about, columns=", ".join(wrong),
        )  # fmt: skip


def verify(ledger: Ledger, *, head: str = "") -> tuple[int, str, list[Finding]]:
    """Number of facts, head, and everything that is wrong with the chain."""
    wanted = head.strip().lower()
    checked = _Checked(wanted)
    try:
        with ledger.reading() as connection:
            for page in _pages(connection):
                checked.page(connection, page)
            checked.found += _subject_findings(connection, set(), checked.last, None)
            checked.found += hands_findings(connection, {}, checked.last, None)
            checked.found += _text_findings(connection)
    except Altered as error:
        checked.found.append(finding("LG006", "{why}", mend=RESTORE, place=Place(subject="ledger"), why=error.message))
    if not checked.seen:
        checked.found.append(
            finding(
                "LG004",
                "the ledger does not contain the head {head} that was printed earlier: it was rewritten or cut",
                mend=RESTORE, place=Place(subject=f"head:{head}"), head=head,
            )
        )  # fmt: skip
    return checked.last, checked.hash, checked.found


class _Checked:
    """How far the chain was followed, and what was found on the way."""

    def __init__(self, wanted: str) -> None:
        self.last, self.hash = 0, chain.GENESIS
        self.found: list[Finding] = []
        self.seen = not wanted  # whether the head that was printed earlier stood there
        self._wanted = wanted
        self._before: tuple[str, ...] = (chain.GENESIS,)

    def page(self, connection: Connection, rows: list[tuple[Any, ...]]) -> None:
        """Follow the chain over some facts, and compare them with the indexes of subjects and duties."""
        start, told, shown = self.last, set[tuple[int, str, str]](), list[dict[str, Any]]()
        for row in rows:
            raw = raw_of(row[6])
            # A fact may stand on the stored hash before it or on the one worked out: so only the altered one is named.
            links = [chain.link(each, row[6]) for each in self._before]
            self.found += _row_findings(row, raw, self.last + 1, chained=row[7] in links)
            self.last, self.hash = row[0], row[7]
            self._before = (self.hash,) if self.hash in links else (self.hash, links[-1])
            self.seen = self.seen or self.hash == self._wanted
            told.update((self.last, subject, str(raw.get("kind", ""))) for subject in subjects_of(raw))
            shown.append(raw | {"seq": self.last})
        self.found += hands_findings(connection, first_hands(shown), start, self.last)
        self.found += _subject_findings(connection, told, start, self.last)


def _pages(connection: Connection) -> Iterator[list[tuple[Any, ...]]]:
    """The stored rows as they are, in order: seq, kind, actor, times, supersedes, text, hash."""
    columns = (
        facts.c.seq, facts.c.kind, facts.c.actor, facts.c.recorded_at, facts.c.effective_at, facts.c.supersedes,
        facts.c.text, facts.c.hash,
    )  # fmt: skip
    query, last = select(*columns).order_by(facts.c.seq).limit(PAGE), 0
    rows = connection.execute(query).all()
    while rows:
        yield [tuple(row) for row in rows]
        last = rows[-1][0]
        rows = connection.execute(query.where(facts.c.seq > last)).all()


def _subject_findings(
    connection: Connection, told: set[tuple[int, str, str]], after: int, upto: int | None
) -> Iterator[Finding]:
    """Where the index of subjects does not say what the facts after ``after`` and up to ``upto`` say."""
    columns = fact_subjects.c
    query = select(columns.seq, columns.subject, columns.kind).order_by(columns.seq, columns.subject)  # along the index
    query = query.where(columns.seq > after) if after else query
    query = query if upto is None else query.where(columns.seq <= upto)
    stored = {(seq, subject, kind) for seq, subject, kind in connection.execute(query)}
    for seq, subject in sorted({(seq, subject) for seq, subject, _ in told ^ stored}):
        yield finding(
            "LG005", "fact {seq}: the index of subjects is wrong about {subject}", mend=RESTORE, place=place_of(seq),
            seq=seq, subject=subject,
        )  # fmt: skip


def _text_findings(connection: Connection) -> Iterator[Finding]:
    """The erasable texts that are still there and do not give their digest."""
    query, last = select(texts.c.digest, texts.c.salt, texts.c.text).order_by(texts.c.digest).limit(PAGE), ""
    rows = connection.execute(query).all()
    while rows:
        for digest, salt, text in rows:
            if text and salted(text, salt)[0] != digest:
                yield finding(
                    "LG007", "the text {digest} was altered: it does not give the digest that a fact holds", mend=RESTORE,
                    place=Place(subject=f"text:{digest}"), digest=digest,
                )  # fmt: skip
        last = rows[-1][0]
        rows = connection.execute(query.where(texts.c.digest > last)).all()

"""Does the chain hold, do the projections match it, does it still contain a head printed earlier?

Each answer is a finding that names the fact; no finding means that nothing was altered. The ledger is read page by page,
so that memory does not grow with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection, select, tuple_

from labelqa.errors import Altered
from labelqa.ledger import chain
from labelqa.ledger.altered import RESTORE, altered, missing, place_of, raw_of, subjects_of
from labelqa.ledger.found import Found
from labelqa.ledger.hands import first_hands, hands_findings
from labelqa.ledger.ledger import Ledger, salted
from labelqa.ledger.rows import read_rows
from labelqa.ledger.tables import fact_subjects, facts, texts
from labelqa.records.finding import Finding, Place, finding

PAGE: Final = 2_000  # rows read at a time
_SUBJECTS: Final = 8 * PAGE
_TOLD: Final = ("seq", "kind", "actor", "recorded_at", "effective_at", "supersedes")  # columns that a text says as well


def _row_findings(row: tuple[Any, ...], raw: dict[str, Any], expected: int, *, chained: bool) -> Iterator[Finding]:
    seq, wrong = row[0], sorted(name for name, value in zip(_TOLD, row, strict=False) if raw.get(name) != value)
    if chained and not wrong and seq == expected:
        return
    about = " ".join([str(row[1]), *subjects_of(raw)])
    if seq != expected:
        yield missing(seq, expected, about)
    elif not chained:
        yield altered(seq, about)
    if wrong:
        yield finding(
            "LG003", "fact {seq} ({about}): the columns {columns} do not say what its text says", mend=RESTORE,
            place=place_of(seq, about), seq=seq, about=about, columns=", ".join(wrong),
        )  # fmt: skip


def verify(ledger: Ledger, *, head: str = "") -> tuple[int, str, list[Finding]]:
    """Number of facts, head, and what is wrong with the chain: nothing where the list is empty."""
    found = Found()
    count, last = verify_into(found, ledger, head=head)
    return count, last, found.told()


def verify_into(found: Found, ledger: Ledger, *, head: str = "") -> tuple[int, str]:
    """The same, number of facts and head, with what is wrong added to what was found before."""
    checked = _Checked(head.strip().lower(), found)
    try:
        with ledger.reading() as connection:
            for page in _pages(connection):
                checked.page(connection, page)
            found.add(_subject_findings(connection, {}, checked.last, None))
            found.add(hands_findings(connection, {}, checked.last, None))
            found.add(_text_findings(connection))
    except Altered as error:
        found.add([finding("LG006", "{why}", mend=RESTORE, place=Place(subject="ledger"), why=error.message)])
    if not checked.seen:
        lost = finding(
            "LG004", "the ledger does not contain the head {head} that was printed earlier: it was rewritten or cut",
            mend=RESTORE, place=Place(subject=f"head:{head}"), head=head,
        )  # fmt: skip
        found.add([lost])
    return checked.last, checked.hash


class _Checked:
    """How far the chain was followed; what is found on the way is added to what was found."""

    def __init__(self, wanted: str, found: Found) -> None:
        self.last, self.hash = 0, chain.GENESIS
        self.found = found
        self.seen = not wanted  # whether the head that was printed earlier stood there
        self._wanted = wanted
        self._before: tuple[str, ...] = (chain.GENESIS,)

    def page(self, connection: Connection, rows: list[tuple[Any, ...]]) -> None:
        """Follow the chain over some facts, and compare them with the indexes of subjects and duties."""
        start, told, shown = self.last, dict[tuple[int, str], str](), list[dict[str, Any]]()
        for row in rows:
            raw = raw_of(row[6])
            # A fact may stand on the stored hash before it or on the one worked out: so only the altered one is named.
            links = [chain.link(each, row[6]) for each in self._before]
            self.found.add(_row_findings(row, raw, self.last + 1, chained=row[7] in links))
            self.last, self.hash = row[0], row[7]
            self._before = (self.hash,) if self.hash in links else (self.hash, links[-1])
            self.seen = self.seen or self.hash == self._wanted
            told.update(dict.fromkeys([(self.last, subject) for subject in subjects_of(raw)], str(raw.get("kind", ""))))
            shown.append(raw | {"seq": self.last})
        self.found.add(hands_findings(connection, first_hands(shown), start, self.last))
        self.found.add(_subject_findings(connection, told, start, self.last))


def _pages(connection: Connection) -> Iterator[list[tuple[Any, ...]]]:
    """The stored rows as they are, in order: seq, kind, actor, times, supersedes, text, hash."""
    columns = (
        facts.c.seq, facts.c.kind, facts.c.actor, facts.c.recorded_at, facts.c.effective_at, facts.c.supersedes,
        facts.c.text, facts.c.hash,
    )  # fmt: skip
    query = after = select(*columns).order_by(facts.c.seq).limit(PAGE)
    while rows := read_rows(connection, after):
        yield rows
        after = query.where(facts.c.seq > rows[-1][0])


def _subject_findings(
    connection: Connection, told: dict[tuple[int, str], str], after: int, upto: int | None
) -> Iterator[Finding]:
    """Where the index of subjects does not say what the facts after ``after`` and up to ``upto`` say.

    ``told``: the kind of fact by number and subject; what the index says alike is taken out of it.
    """
    stored = _stored_subjects(connection, after, upto)
    wrong = ((seq, subject) for seq, subject, kind in stored if told.pop((seq, subject), None) != kind)
    for seq, subject in wrong:
        yield _misled(seq, subject)
    for seq, subject in sorted(told):
        yield _misled(seq, subject)


def _misled(seq: int, subject: str) -> Finding:
    return finding(
        "LG005", "fact {seq}: the index of subjects is wrong about {subject}", mend=RESTORE, place=place_of(seq), seq=seq,
        subject=subject,
    )  # fmt: skip


def _stored_subjects(connection: Connection, after: int, upto: int | None) -> Iterator[tuple[int, str, str]]:
    """The index of subjects after a fact and up to another, in order: number, subject, kind."""
    seq, subject, kind = fact_subjects.c.seq, fact_subjects.c.subject, fact_subjects.c.kind
    query = select(seq, subject, kind).order_by(seq, subject).limit(_SUBJECTS)
    query = query.where(seq > after) if after else query
    query = query if upto is None else query.where(seq <= upto)
    rows = read_rows(connection, query)
    yield from rows
    while len(rows) == _SUBJECTS:
        rows = read_rows(connection, query.where(tuple_(seq, subject) > rows[-1][:2]))
        yield from rows


def _text_findings(connection: Connection) -> Iterator[Finding]:
    """The erasable texts that are still there and do not give their digest."""
    query = after = select(texts.c.digest, texts.c.salt, texts.c.text).order_by(texts.c.digest).limit(PAGE)
    while rows := read_rows(connection, after):
        for digest, salt, text in rows:
            if text and salted(text, salt)[0] != digest:
                yield finding(
                    "LG007", "the text {digest} was altered: it does not give the digest that a fact holds", mend=RESTORE,
                    place=Place(subject=f"text:{digest}"), digest=digest,
                )  # fmt: skip
        after = query.where(texts.c.digest > rows[-1][0])

"""Who held which duty in which batch, worked out from the facts as they are written, so that one need not read them all.

A projection: of every (batch, person, duty) the first fact that shows it. Nothing of record rests on it alone;
:func:`labelqa.ledger.verify.verify` works it out anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Row, Select, func, insert, select

from labelqa.ledger.altered import RESTORE, place_of
from labelqa.ledger.tables import fact_subjects, facts, hands
from labelqa.records.finding import Finding, finding
from labelqa.records.hands import ASSIGNED, HAND_KINDS, Hand, hands_told
from labelqa.records.names import BatchName, PersonId
from labelqa.records.people import Duty

Key: TypeAlias = tuple[str, str, str]  # batch, person, duty
_FEW: Final = 400  # batches, or people, in one query
_COLUMNS: Final = (hands.c.batch, hands.c.person, hands.c.duty, hands.c.seq)


def first_hands(rows: Iterable[Mapping[str, Any]]) -> dict[Key, int]:
    """What some facts (as plain values, in order) show, each with the first fact that does."""
    found: dict[Key, int] = {}
    for row in rows:
        kind, subjects = row.get("kind"), row.get("subjects")
        told = subjects if isinstance(subjects, list | tuple) else ()
        for key in hands_told(str(kind), row.get("body"), [each for each in told if isinstance(each, str)]):
            found.setdefault(key, int(row["seq"]))
    return found


def write_hands(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add what new facts show and none before them did; the caller holds the ledger's lock."""
    found = first_hands(rows)
    known = _stored(connection, {batch for batch, _, _ in found})
    new = [(*key, seq) for key, seq in found.items() if key not in known]
    if new:
        connection.execute(
            insert(hands), [dict(zip(("batch", "person", "duty", "seq"), row, strict=True)) for row in new]
        )


def _stored(connection: Connection, batches: Collection[str]) -> dict[Key, int]:
    wanted, found = sorted(batches), dict[Key, int]()
    for start in range(0, len(wanted), _FEW):
        query = select(*_COLUMNS).where(hands.c.batch.in_(wanted[start : start + _FEW]))
        found.update({(row.batch, row.person, row.duty): row.seq for row in connection.execute(query)})
    return found


def hands_findings(connection: Connection, told: Mapping[Key, int], after: int, upto: int | None) -> Iterator[Finding]:
    """Where the projection does not say what the facts after ``after`` and up to ``upto`` show.

    ``told`` is the first of these facts for each key. A row is right if its fact shows it and no earlier one does: so
    each key has a row at its first fact here or before, and each row here stands at that fact.
    """
    known = _stored(connection, {batch for batch, _, _ in told})
    wrong = {key: seq for key, seq in told.items() if known.get(key, seq + 1) > seq}
    query = select(*_COLUMNS).where(hands.c.seq > after)
    for row in connection.execute(query if upto is None else query.where(hands.c.seq <= upto)):
        key = (row.batch, row.person, row.duty)
        if told.get(key) != row.seq:
            wrong.setdefault(key, row.seq)
    for (batch, person, duty), seq in sorted(wrong.items()):
        yield finding(
            "LG011", "fact {seq}: the index of duties is wrong about {person} as {duty} in batch {batch}", mend=RESTORE,
            place=place_of(seq), seq=seq, person=person, duty=duty, batch=batch,
        )  # fmt: skip


def all_hands(connection: Connection, *, batches: Collection[str] = ()) -> tuple[tuple[Hand, int], ...]:
    """Everybody who held a duty in some batches (in every one where none is named), with the first fact that shows it."""
    wanted = sorted(batches)
    if not wanted:
        return _hands(connection, select(*_COLUMNS))
    return tuple(
        each
        for start in range(0, len(wanted), _FEW)
        for each in _hands(connection, select(*_COLUMNS).where(hands.c.batch.in_(wanted[start : start + _FEW])))
    )


def several_duties(connection: Connection) -> tuple[tuple[Hand, int], ...]:
    """The same of the people who held two duties or more anywhere: nobody else can have done so in one task."""
    several = select(hands.c.person).group_by(hands.c.person).having(func.count(hands.c.duty.distinct()) > 1)
    return _hands(connection, select(*_COLUMNS).where(hands.c.person.in_(several)))


def earliest_work(connection: Connection, batch: str, person: str) -> str | None:
    """The earliest time, as stored, of what is on record as somebody's own work in a batch; answers are not among it."""
    mine, there = fact_subjects.alias("mine"), fact_subjects.alias("there")
    query = select(func.min(facts.c.effective_at)).select_from(mine)
    query = query.join(there, there.c.seq == mine.c.seq).join(facts, facts.c.seq == mine.c.seq)
    kinds = [kind for kind in HAND_KINDS if kind != ASSIGNED]
    query = query.where(
        mine.c.subject == f"person:{person}", mine.c.kind.in_(kinds), there.c.subject == f"batch:{batch}"
    )
    found: str | None = connection.execute(query).scalar()
    return found


def _hands(connection: Connection, query: Select[Any]) -> tuple[tuple[Hand, int], ...]:
    rows = connection.execute(query.order_by(hands.c.batch, hands.c.person, hands.c.duty)).all()
    return tuple((_hand(row), row.seq) for row in rows)


def _hand(row: Row[Any]) -> Hand:
    return Hand(batch=BatchName(row.batch), person=PersonId(row.person), duty=Duty(row.duty))

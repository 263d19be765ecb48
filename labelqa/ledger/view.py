"""Reading the ledger: facts by kind, by what they are about and by number, as of a moment.

A ledger may hold a million facts, so nobody reads them all to answer one question: a view asks the database's indexes
for what is wanted. A view stands still: facts appended later are not in it. It decides nothing about what facts mean.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, Final, Protocol

from sqlalchemy import Select, and_, exists, func, select

from labelqa.ledger.bounds import UNBOUNDED, Bounds
from labelqa.ledger.shelf import Connect, Shelf
from labelqa.ledger.tables import fact_subjects
from labelqa.ledger.tables import facts as table
from labelqa.records.facts import KINDS, Fact

_ROWS: Final[Select[Any]] = select(table.c.seq, table.c.text, table.c.hash)


class Facts(Protocol):
    """Facts as of a moment, in the order of the ledger.

    A fact that another one supersedes is in the view all the same, so that one can see what was said before; it is
    left out once the view is narrowed to a time (``at``, ``known``) at which the superseding fact is in it.
    """

    def of(self, *bodies: type) -> Sequence[Fact]:
        """The facts whose body is of one of these types, in order."""
        ...

    def about(self, subject: str, *bodies: type) -> Sequence[Fact]:
        """The facts with this subject ("batch:b1"), in order; of these types, or of all where none is named.

        A superseding fact need not be about everything that the superseded one was about: ask by a subject that a
        correction keeps, such as the batch or the item, where it matters what is in force.
        """
        ...

    def named(self, subject: str, body: type, prefix: str) -> frozenset[str]:
        """The subjects of a prefix that the facts of a type about a subject have, none of these facts read.

        So ``named("sample:b1/1", ReviewRecorded, "item:")`` are the items of a sample that were judged.
        """
        ...

    def latest(self, n: int, *, kind: str = "", subject: str = "", after: int = 0) -> Sequence[Fact]:
        """The last ``n`` facts, oldest first: of one kind, about one subject, numbered above ``after``, or all."""
        ...

    def said_after(self, seq: int, subject: str, *bodies: type) -> bool:
        """Whether a fact of one of these types about a subject is numbered above ``seq``; none of them is read."""
        ...

    def fact(self, seq: int) -> Fact:
        """The fact of that number; KeyError when it is not in the view."""
        ...

    @property
    def last(self) -> int:
        """The number of the last fact in the view; 0 where there is none."""
        ...

    def seen(self, *, at: datetime | None = None, known: datetime | None = None, before: int | None = None) -> Facts:
        """The view narrowed to what was so at ``at``, recorded by ``known`` and numbered below ``before``.

        With ``at`` or ``known`` a fact is left out that another one within these bounds supersedes: so a fact that was
        superseded only later still stands.
        """
        ...

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Fact]:
        """Every fact in order: slow, for exports and verification."""
        ...


class Listed:
    """A view of facts that stand in a list: obvious and slow, for tests and for what facts alone give.

    >>> Listed([]).last, len(Listed([]))
    (0, 0)
    """

    def __init__(self, facts: Iterable[Fact], bounds: Bounds = UNBOUNDED) -> None:
        self._every = tuple(sorted(facts, key=lambda fact: fact.seq))
        self._bounds = bounds
        self._facts = bounds.narrowed(self._every)

    def of(self, *bodies: type) -> Sequence[Fact]:
        """See :class:`Facts`."""
        return tuple(fact for fact in self._facts if isinstance(fact.body, bodies))

    def about(self, subject: str, *bodies: type) -> Sequence[Fact]:
        """See :class:`Facts`."""
        return tuple(fact for fact in (self.of(*bodies) if bodies else self._facts) if subject in fact.subjects)

    def named(self, subject: str, body: type, prefix: str) -> frozenset[str]:
        """See :class:`Facts`."""
        told = (each for fact in self.about(subject, body) for each in fact.subjects)
        return frozenset(each for each in told if each.startswith(prefix))

    def latest(self, n: int, *, kind: str = "", subject: str = "", after: int = 0) -> Sequence[Fact]:
        """See :class:`Facts`."""
        found = [
            fact
            for fact in self._facts
            if kind in {"", fact.kind} and (not subject or subject in fact.subjects) and fact.seq > after
        ]
        return tuple(found[-n:] if n > 0 else ())

    def said_after(self, seq: int, subject: str, *bodies: type) -> bool:
        """See :class:`Facts`."""
        return any(fact.seq > seq for fact in self.about(subject, *bodies))

    def fact(self, seq: int) -> Fact:
        """See :class:`Facts`."""
        for fact in self._facts:
            if fact.seq == seq:
                return fact
        raise KeyError(seq)

    @property
    def last(self) -> int:
        """See :class:`Facts`."""
        return self._facts[-1].seq if self._facts else 0

    def seen(self, *, at: datetime | None = None, known: datetime | None = None, before: int | None = None) -> Listed:
        """See :class:`Facts`."""
        return Listed(self._every, self._bounds.within(Bounds(at=at, known=known, before=before)))

    def __len__(self) -> int:
        return len(self._facts)

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._facts)


class Stored:
    """A view of the facts in a database, up to a fact: each question is a query that an index answers.

    A fact and the one that it supersedes are of one kind (:meth:`labelqa.ledger.Ledger.append` sees to it), so the
    facts of a kind tell on their own which of them are superseded.
    """

    def __init__(self, shelf: Shelf, connect: Connect, upto: int, bounds: Bounds = UNBOUNDED) -> None:
        self._shelf, self._connect, self._upto, self._bounds = shelf, connect, upto, bounds
        self._end = upto if bounds.before is None else min(upto, bounds.before - 1)

    def of(self, *bodies: type) -> Sequence[Fact]:
        """See :class:`Facts`."""
        groups = [self._of(body) for body in dict.fromkeys(bodies)]
        if len(groups) == 1:
            return groups[0]
        return tuple(sorted((fact for group in groups for fact in group), key=lambda fact: fact.seq))

    def _of(self, body: type) -> tuple[Fact, ...]:
        facts = self._shelf.kind(self._connect, KINDS[body], self._upto)
        upto = facts[: bisect_right(facts, self._upto, key=lambda fact: fact.seq)]
        return tuple(upto) if self._bounds == UNBOUNDED else self._bounds.narrowed(upto)

    def about(self, subject: str, *bodies: type) -> Sequence[Fact]:
        """See :class:`Facts`."""
        query = _about(subject, [KINDS[body] for body in dict.fromkeys(bodies)])
        return tuple(sorted(self._shelf.read(self._connect, self._bounded(query)), key=lambda fact: fact.seq))

    def named(self, subject: str, body: type, prefix: str) -> frozenset[str]:
        """See :class:`Facts`."""
        one, other = fact_subjects.alias("one"), fact_subjects.alias("other")
        query = select(other.c.subject).join(one, one.c.seq == other.c.seq)
        query = query.where(one.c.subject == subject, one.c.kind == KINDS[body], other.c.subject.startswith(prefix))
        if not self._bounds.timed:
            query = query.where(one.c.seq <= self._end)
        else:
            query = self._bounded(query.join(table, table.c.seq == one.c.seq))
        with self._connect() as connection:
            return frozenset(connection.execute(query).scalars())

    def latest(self, n: int, *, kind: str = "", subject: str = "", after: int = 0) -> Sequence[Fact]:
        """See :class:`Facts`."""
        seqs = self._bounded(select(table.c.seq).where(table.c.seq > after))
        if subject:
            seqs = seqs.join(fact_subjects, fact_subjects.c.seq == table.c.seq)
            seqs = seqs.where(fact_subjects.c.subject == subject)
        if kind:
            seqs = seqs.where((fact_subjects if subject else table).c.kind == kind)
        last = seqs.order_by(table.c.seq.desc()).limit(max(n, 0)).subquery()
        found = self._shelf.read(self._connect, _ROWS.join(last, last.c.seq == table.c.seq))
        return tuple(sorted(found, key=lambda fact: fact.seq))

    def said_after(self, seq: int, subject: str, *bodies: type) -> bool:
        """See :class:`Facts`."""
        one = fact_subjects.c
        query = select(one.seq).where(one.subject == subject, one.kind.in_([KINDS[body] for body in bodies]))
        query = query.where(one.seq > seq, one.seq <= self._end)
        if self._bounds.timed:
            query = self._bounded(query.join(table, table.c.seq == one.seq))
        with self._connect() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def fact(self, seq: int) -> Fact:
        """See :class:`Facts`."""
        query = _ROWS.where(table.c.seq == seq)
        if self._bounds.timed:
            found = self._shelf.read(self._connect, self._bounded(query))
        elif seq > self._end:
            raise KeyError(seq)
        else:
            kept = self._shelf.kept(seq)
            found = [kept] if kept is not None else self._shelf.read(self._connect, query)
        if not found:
            raise KeyError(seq)
        return found[0]

    @cached_property
    def last(self) -> int:
        """See :class:`Facts`."""
        if self._bounds == UNBOUNDED:
            return self._upto
        with self._connect() as connection:
            query = self._bounded(select(table.c.seq)).order_by(table.c.seq.desc()).limit(1)
            return int(connection.execute(query).scalar() or 0)

    def seen(self, *, at: datetime | None = None, known: datetime | None = None, before: int | None = None) -> Stored:
        """See :class:`Facts`."""
        bounds = self._bounds.within(Bounds(at=at, known=known, before=before))
        return Stored(self._shelf, self._connect, self._upto, bounds)

    def __len__(self) -> int:
        with self._connect() as connection:
            return int(connection.execute(self._bounded(select(func.count()).select_from(table))).scalar() or 0)

    def __iter__(self) -> Iterator[Fact]:
        query = self._bounded(_ROWS).order_by(table.c.seq)
        return self._shelf.stream(self._connect, query)

    def _bounded(self, query: Select[Any]) -> Select[Any]:
        """The query less the facts that are not in the view."""
        wanted = [table.c.seq <= self._end, *self._bounds.rows(table.c)]
        if self._bounds.timed:
            later = table.alias("later")
            inside = [later.c.seq <= self._end, *self._bounds.rows(later.c)]
            wanted.append(~exists().where(and_(later.c.supersedes == table.c.seq, *inside)))
        return query.where(*wanted)


def _about(subject: str, kinds: Sequence[str]) -> Select[Any]:
    """The rows of the facts with a subject, of some kinds or of all."""
    query = _ROWS.join(fact_subjects, fact_subjects.c.seq == table.c.seq).where(fact_subjects.c.subject == subject)
    if not kinds:
        return query
    kind = fact_subjects.c.kind
    return query.where(kind == kinds[0] if len(kinds) == 1 else kind.in_(kinds))


def viewed(facts: Facts | Iterable[Fact]) -> Facts:
    """Facts as a view, whether they are one or stand in a list."""
    return facts if isinstance(facts, (Stored, Listed)) else Listed(facts)

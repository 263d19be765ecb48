"""What the ledger holds of one person, wherever the pseudonym stands; and taking away what can be taken away.

Facts stay as they are: they name nobody. Names, accounts, logins, sessions and texts are deleted, and so that no copy
is left in free space of the file, the database is written anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, delete, func, or_, select
from sqlalchemy.exc import OperationalError

from labelqa.ledger import chain
from labelqa.ledger.tables import accounts, fact_subjects, facts, logins, names, sessions, texts
from labelqa.records.clock import moment_of
from labelqa.records.facts import KINDS, Fact
from labelqa.records.names import PersonId

_FEW: Final = 500  # values in one query


class Personal:
    """Queries over everything that concerns one person. They read the whole ledger: for rare questions only."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def facts_naming(self, person: str) -> tuple[Fact, ...]:
        """Every fact in which the pseudonym stands: as subject, author, or anywhere in the body; in order."""
        query = select(facts.c.text, facts.c.hash).where(_naming(person)).order_by(facts.c.seq)
        with self._engine.connect() as connection:
            found = (chain.read(text, digest) for text, digest in connection.execute(query))
            return tuple(fact for fact in found if fact.actor == person or _in(fact, person))

    def last_about(self, *, but: Collection[type] = ()) -> dict[PersonId, datetime]:
        """When a fact, of a kind other than ``but``, was last recorded with each person as its subject.

        An index answers it. Facts that name somebody only in their body are not looked at, so it may be too early.
        """
        subject, kind = fact_subjects.c.subject, fact_subjects.c.kind
        last = (
            select(subject, func.max(fact_subjects.c.seq).label("seq"))
            .where((subject >= "person:") & (subject < "person;") & kind.not_in([KINDS[each] for each in but]))
            .group_by(subject)
            .subquery()
        )
        query = select(last.c.subject, facts.c.recorded_at).join(facts, facts.c.seq == last.c.seq)
        with self._engine.connect() as connection:
            found = connection.execute(query)
            return {PersonId(each.partition(":")[2]): moment_of(at) for each, at in found}

    def oldest(self, *, but: Collection[type] = ()) -> tuple[datetime | None, int]:
        """When the oldest fact of a kind other than ``but`` was recorded, and how many there are."""
        query = select(func.min(facts.c.seq), func.count()).where(facts.c.kind.not_in([KINDS[each] for each in but]))
        with self._engine.connect() as connection:
            seq, count = connection.execute(query).one()
            at = connection.execute(select(facts.c.recorded_at).where(facts.c.seq == seq)).scalar()
        return (moment_of(at) if at else None), int(count)

    def last_holding(self, digests: Collection[str]) -> dict[str, datetime]:
        """When a fact with each of these digests in its body was last recorded."""
        found: dict[str, datetime] = {}
        with self._engine.connect() as connection:
            for digest in digests:
                query = select(func.max(facts.c.recorded_at)).where(facts.c.text.contains(digest, autoescape=True))
                at = connection.execute(query).scalar()
                if at is not None:
                    found[digest] = moment_of(at)
        return found

    def texts(self, digests: Iterable[str]) -> dict[str, str]:
        """The erasable texts that are still there, by digest."""
        wanted, found = list(dict.fromkeys(digests)), {}
        with self._engine.connect() as connection:
            for start in range(0, len(wanted), _FEW):
                query = select(texts.c.digest, texts.c.text).where(texts.c.digest.in_(wanted[start : start + _FEW]))
                found.update({digest: text for digest, text in connection.execute(query) if text})
        return found

    def facts_with(self, words: Collection[str]) -> tuple[int, ...]:
        """The facts in whose own text one of these words stands: what can never be erased."""
        if not words:
            return ()
        query = select(facts.c.seq).where(or_(*(facts.c.text.contains(word, autoescape=True) for word in words)))
        with self._engine.connect() as connection:
            return tuple(seq for (seq,) in connection.execute(query.order_by(facts.c.seq)))

    def texts_with(self, words: Collection[str]) -> tuple[str, ...]:
        """Digests of the erasable texts in which one of these words stands."""
        if not words:
            return ()
        query = select(texts.c.digest).where(or_(*(texts.c.text.contains(word, autoescape=True) for word in words)))
        with self._engine.connect() as connection:
            return tuple(digest for (digest,) in connection.execute(query.order_by(texts.c.digest)))

    def erased(
        self, person: str, digests: Collection[str], *, upto: int, late: Callable[[], None], counts: dict[str, int]
    ) -> Callable[[Connection], None]:
        """Deletes, beside the fact that says so, what is kept of a person; ``counts`` is told how many rows.

        ``late`` is called, and is to raise, when a fact after ``upto`` names the person (but for the last one, which is
        that of the erasure itself).
        """

        def write(connection: Connection) -> None:
            last = connection.execute(select(func.max(facts.c.seq))).scalar_one()
            newer = select(facts.c.seq).where(_naming(person) & (facts.c.seq > upto) & (facts.c.seq < last)).limit(1)
            if connection.execute(newer).first() is not None:
                late()
            for table in (names, accounts, logins, sessions):
                counts[table.name] = connection.execute(delete(table).where(table.c.person == person)).rowcount
            counts[texts.name], gone = 0, sorted(digests)
            for start in range(0, len(gone), _FEW):
                each = delete(texts).where(texts.c.digest.in_(gone[start : start + _FEW]))
                counts[texts.name] += connection.execute(each).rowcount

        return write

    def shred(self) -> bool:
        """Write the database anew, so that free space holds nothing that was deleted; whether it could be done."""
        try:
            with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                if connection.dialect.name == "sqlite":
                    return _shred_sqlite(connection)
                for table in (names, accounts, logins, sessions, texts):
                    connection.exec_driver_sql(f"VACUUM (FULL) {table.name}")
        except OperationalError:  # somebody reads or writes just now
            return False
        return True


def _shred_sqlite(connection: Connection) -> bool:
    raw: Any = connection.connection.driver_connection
    if raw.in_transaction:
        raw.execute("COMMIT")
    raw.execute("VACUUM")
    busy = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not (busy and busy[0])


def _naming(person: str) -> ColumnElement[bool]:
    return facts.c.text.contains(person, autoescape=True)


def _in(fact: Fact, person: str) -> bool:
    """Whether a body names exactly this person, not somebody whose pseudonym only begins so."""
    return f"person:{person}" in fact.subjects or any(word == person for word in words_in(fact.body))


def words_in(value: Any) -> Iterable[str]:
    """Every text in a fact's body, keys of mappings included."""
    import msgspec

    stack: list[Any] = [msgspec.to_builtins(value)]
    while stack:
        each = stack.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict):
            stack += [*each, *each.values()]
        elif isinstance(each, list | tuple):
            stack += each

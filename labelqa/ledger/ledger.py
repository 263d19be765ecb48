"""The ledger itself: append facts, read them as of a time, and say whether the chain holds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Engine, desc, select
from sqlalchemy.exc import DatabaseError

from labelqa.errors import Altered
from labelqa.ledger import chain
from labelqa.ledger.hands import all_hands, earliest_work, several_duties, write_hands
from labelqa.ledger.identities import Identities
from labelqa.ledger.logins import Logins
from labelqa.ledger.personal import Personal
from labelqa.ledger.rows import insert_rows
from labelqa.ledger.shelf import Shelf
from labelqa.ledger.tables import fact_subjects, facts, texts
from labelqa.ledger.view import Facts, Stored
from labelqa.records.clock import moment_of
from labelqa.records.facts import KINDS, Draft, Fact
from labelqa.records.hands import Hand
from labelqa.records.names import Digest

_FEW: Final = 500  # numbers in one query
_TICK: Final = timedelta(microseconds=1)
Writing: TypeAlias = Callable[[Engine], AbstractContextManager[Connection]]


class Ledger:
    """An open ledger. Facts are only ever appended; names and free texts lie beside the chain and can be erased."""

    def __init__(self, engine: Engine, writing: Writing, clock: Callable[[], datetime] | None = None) -> None:
        self._engine = engine
        self._writing = writing
        self._clock = clock
        self.identities = Identities(engine, writing)
        self.logins = Logins(engine, writing)
        self.personal = Personal(engine)
        self._shelf = Shelf()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def append(
        self,
        drafts: Sequence[Draft],
        *,
        now: datetime,
        erasable: Iterable[tuple[Digest, str, str]] = (),
        unless: Callable[[Facts], None] = lambda _facts: None,
        beside: Callable[[Connection], None] = lambda _connection: None,
    ) -> tuple[Fact, ...]:
        """Record facts in one transaction, under the lock on the head; returns them as written.

        ``unless`` sees the facts so far under that lock and raises if a rule forbids the new ones, so that two
        processes cannot both pass a check; the view that it gets ends with it. ``erasable`` are texts from
        :func:`salted`; ``beside`` writes names and accounts in the same transaction. ValueError for a draft that
        supersedes what is not there, or a fact of another kind.

        All are recorded at one moment: ``now``, or what the ledger's own clock says under the lock where that is later,
        and in any case after every fact before them. So what was known at the moment of a fact, or earlier, is settled.
        """
        with self._writing(self._engine) as connection:
            last, head, recorded = _head(connection)
            unless(Stored(self._shelf, lambda: nullcontext(connection), last))
            _check_superseded(connection, drafts, last)
            now = max(now, self._clock()) if self._clock else now  # whoever computed, or waited for the lock, is late
            rows = _rows(drafts, last, head, now, _after(recorded, now))
            written = tuple(chain.read(row["text"], row["hash"]) for row in rows)
            _write(connection, rows)
            write_hands(connection, rows)
            insert_rows(connection, texts, ("digest", "salt", "text"), list(erasable))
            beside(connection)
        self._shelf.keep(written)
        return written

    def view(self) -> Facts:
        """The facts as they stand now; what is appended later is not in the view."""
        return Stored(self._shelf, lambda: _reading(self._engine), self.head()[0])

    def facts(self) -> Sequence[Fact]:
        """Every fact in order: slow, for verification; a use case asks :meth:`view`."""
        return tuple(self.view())

    def head(self) -> tuple[int, str]:
        """How many facts there are, and the hash of the last one."""
        with _reading(self._engine) as connection:
            return _head(connection)[:2]

    def hands(self, *batches: str, several: bool = False) -> tuple[tuple[Hand, int], ...]:
        """Who held which duty in some batches, or in every one, with the first fact that shows it; an index answers.

        With ``several`` only people who held two duties or more anywhere; then no batch is named.
        """
        with _reading(self._engine) as connection:
            return several_duties(connection) if several else all_hands(connection, batches=batches)

    def earliest_work(self, batch: str, person: str) -> datetime | None:
        """When somebody's first verdict, ruling, check or correction in a batch was made; None where there is none."""
        with _reading(self._engine) as connection:
            found = earliest_work(connection, batch, person)
        return moment_of(found) if found else None

    def reading(self) -> AbstractContextManager[Connection]:
        """One read transaction for what no view answers; raises Altered when the database is damaged."""
        return _reading(self._engine)

    def writing(self) -> AbstractContextManager[Connection]:
        """One write transaction under the ledger's lock, for what is no fact: such as moving all of them elsewhere."""
        return self._writing(self._engine)

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """The stored rows as they are, for verification: seq, kind, actor, times, supersedes, text, hash."""
        with _reading(self._engine) as connection:
            columns = (
                facts.c.seq, facts.c.kind, facts.c.actor, facts.c.recorded_at, facts.c.effective_at,
                facts.c.supersedes, facts.c.text, facts.c.hash,
            )  # fmt: skip
            yield from (tuple(row) for row in connection.execute(select(*columns).order_by(facts.c.seq)))

    def text_of(self, digest: str) -> str:
        """An erasable text by its salted digest; empty when it was erased."""
        with _reading(self._engine) as connection:
            found = connection.execute(select(texts.c.text).where(texts.c.digest == digest)).scalar()
        return str(found or "")


@contextmanager
def _reading(engine: Engine) -> Iterator[Connection]:
    """One read transaction; Altered when the file cannot be read as what it should be."""
    try:
        with engine.connect() as connection:
            yield connection
    except DatabaseError as error:
        raise Altered(
            "the ledger's file is damaged ({why}): restore it from a backup", why=str(error.orig or error)
        ) from None


def salted(text: str, salt: str) -> tuple[Digest, str, str]:
    """An erasable text with its salted digest: (digest, salt, text)."""
    return Digest(hashlib.sha256(f"{salt}\x1f{text}".encode()).hexdigest()), salt, text


def _head(connection: Connection) -> tuple[int, str, str]:
    """Number, hash and time of recording of the last fact."""
    query = select(facts.c.seq, facts.c.hash, facts.c.recorded_at).order_by(desc(facts.c.seq)).limit(1)
    row = connection.execute(query).first()
    return (int(row[0]), str(row[1]), str(row[2])) if row else (0, chain.GENESIS, "")


def _check_superseded(connection: Connection, drafts: Sequence[Draft], last: int) -> None:
    """A correction is a fact of the same kind as what it corrects, and comes after it."""
    own = [KINDS[type(draft.body)] for draft in drafts]
    named = sorted({draft.supersedes for draft in drafts if draft.supersedes is not None and draft.supersedes <= last})
    kinds = dict(enumerate(own, start=last + 1))
    for start in range(0, len(named), _FEW):
        query = select(facts.c.seq, facts.c.kind).where(facts.c.seq.in_(named[start : start + _FEW]))
        kinds.update((seq, kind) for seq, kind in connection.execute(query))
    for number, (draft, kind) in enumerate(zip(drafts, own, strict=True), start=last + 1):
        if draft.supersedes is None:
            continue
        found = kinds.get(draft.supersedes, "") if draft.supersedes < number else ""
        if found != kind:
            told = f"which is {found}" if found else "which is not there"
            raise ValueError(f"a fact {kind} cannot supersede fact {draft.supersedes}, {told}")


def _after(recorded: str, now: datetime) -> datetime:
    """When a fact is recorded: after the one before it, whatever a clock that was set back says."""
    return max(now, moment_of(recorded) + _TICK) if recorded else now


def _rows(drafts: Sequence[Draft], seq: int, before: str, now: datetime, recorded: datetime) -> list[dict[str, Any]]:
    """The facts as they are written, each chained to the one before."""
    rows = []
    for number, draft in enumerate(drafts, start=seq + 1):
        values = chain.envelope(draft, seq=number, now=now, recorded=recorded)
        text = chain.canonical(values)
        before = chain.link(before, text)
        rows.append(values | {"text": text, "hash": before})
    return rows


def _write(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    columns = ("seq", "kind", "actor", "recorded_at", "effective_at", "supersedes", "text", "hash")
    insert_rows(connection, facts, columns, [[row[name] for name in columns] for row in rows])
    subjects = [(row["seq"], row["kind"], each) for row in rows for each in row["subjects"]]
    insert_rows(connection, fact_subjects, ("seq", "kind", "subject"), subjects)

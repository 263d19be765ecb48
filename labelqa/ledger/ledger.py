"""The ledger itself: append facts, read them as of a time, and say whether the chain holds."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection, Engine, desc, insert, select
from sqlalchemy.exc import DatabaseError

from labelqa.errors import Altered
from labelqa.ledger import chain
from labelqa.ledger.identities import Identities
from labelqa.ledger.tables import fact_subjects, facts, texts
from labelqa.records.facts import Draft, Fact
from labelqa.records.names import Digest

Writing: TypeAlias = Callable[[Engine], AbstractContextManager[Connection]]


class Ledger:
    """An open ledger. Facts are only ever appended; names and free texts lie beside the chain and can be erased."""

    def __init__(self, engine: Engine, writing: Writing) -> None:
        self._engine = engine
        self._writing = writing
        self.identities = Identities(engine, writing)
        self._read: list[Fact] = []  # facts once read do not change, so they are read once
        self._reading = threading.Lock()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def append(
        self,
        drafts: Sequence[Draft],
        *,
        now: datetime,
        erasable: Iterable[tuple[Digest, str, str]] = (),
        unless: Callable[[Sequence[Fact]], None] = lambda _facts: None,
        beside: Callable[[Connection], None] = lambda _connection: None,
    ) -> tuple[Fact, ...]:
        """Record facts in one transaction, under the lock on the head; returns them as written.

        ``unless`` sees every fact so far under that lock and raises if a rule forbids the new ones, so that two
        processes cannot both pass a check. ``erasable`` are texts from :func:`salted`; ``beside`` writes names and
        accounts in the same transaction.
        """
        written: list[Fact] = []
        with self._writing(self._engine) as connection:
            known = self._known(connection)
            unless(known)
            # A clock that was set back must not change what was known at an earlier time.
            recorded = max(now, known[-1].recorded_at) if known else now
            seq, before = _head(connection)
            for draft in drafts:
                seq += 1
                values = chain.envelope(replace(draft, effective_at=draft.effective_at or now), seq=seq, now=recorded)
                text = chain.canonical(values)
                before = chain.link(before, text)
                _write(connection, values, text, before)
                written.append(chain.read(text, before))
            rows = [{"digest": digest, "salt": salt, "text": text} for digest, salt, text in erasable]
            if rows:
                connection.execute(insert(texts), rows)
            beside(connection)
        return tuple(written)

    def facts(self) -> Sequence[Fact]:
        """Every fact in order."""
        with _reading(self._engine) as connection:
            return tuple(self._known(connection))

    def _known(self, connection: Connection) -> list[Fact]:
        with self._reading:
            last = self._read[-1].seq if self._read else 0
            query = select(facts.c.text, facts.c.hash).where(facts.c.seq > last).order_by(facts.c.seq)
            self._read.extend(chain.read(text, digest) for text, digest in connection.execute(query))
            return self._read

    def head(self) -> tuple[int, str]:
        """How many facts there are, and the hash of the last one."""
        with _reading(self._engine) as connection:
            return _head(connection)

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """The stored rows as they are, for verification: seq, kind, actor, times, supersedes, text, hash."""
        with _reading(self._engine) as connection:
            columns = (
                facts.c.seq, facts.c.kind, facts.c.actor, facts.c.recorded_at, facts.c.effective_at,
                facts.c.supersedes, facts.c.text, facts.c.hash,
            )  # fmt: skip
            yield from (tuple(row) for row in connection.execute(select(*columns).order_by(facts.c.seq)))

    def subject_rows(self) -> Iterator[tuple[int, str]]:
        """The stored subject projection in order, for verification."""
        with _reading(self._engine) as connection:
            query = select(fact_subjects.c.seq, fact_subjects.c.subject).order_by(
                fact_subjects.c.seq, fact_subjects.c.subject
            )
            yield from ((seq, subject) for seq, subject in connection.execute(query))

    def text_rows(self) -> Iterator[tuple[str, str, str]]:
        """The stored erasable texts, for verification: digest, salt, text."""
        with _reading(self._engine) as connection:
            query = select(texts.c.digest, texts.c.salt, texts.c.text).order_by(texts.c.digest)
            yield from ((digest, salt, text) for digest, salt, text in connection.execute(query))

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


def _head(connection: Connection) -> tuple[int, str]:
    row = connection.execute(select(facts.c.seq, facts.c.hash).order_by(desc(facts.c.seq)).limit(1)).first()
    return (int(row[0]), str(row[1])) if row else (0, chain.GENESIS)


def _write(connection: Connection, values: dict[str, Any], text: str, digest: str) -> None:
    columns = ("seq", "kind", "actor", "recorded_at", "effective_at", "supersedes")
    connection.execute(insert(facts), {name: values[name] for name in columns} | {"text": text, "hash": digest})
    subjects = [{"seq": values["seq"], "subject": subject} for subject in values["subjects"]]
    if subjects:
        connection.execute(insert(fact_subjects), subjects)


def effective(known: Iterable[Fact], *, at: datetime | None = None, known_at: datetime | None = None) -> list[Fact]:
    """The facts that held at ``at`` as far as was known at ``known_at``; superseded ones left out."""
    seen = [
        fact
        for fact in known
        if (known_at is None or fact.recorded_at <= known_at) and (at is None or fact.effective_at <= at)
    ]
    replaced = {fact.supersedes for fact in seen if fact.supersedes is not None}
    return [fact for fact in seen if fact.seq not in replaced]

"""Facts that were read once: they never change, so each is decoded once and kept, whole kinds at a time where asked.

What is kept is bounded, however long a process lives: of the facts asked for one by one the oldest are let go first, half
of them at a time; of the kinds asked for as a whole, those that nobody asked for the longest.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import islice
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Select, select

from labelqa.ledger import chain
from labelqa.ledger.rows import read_rows
from labelqa.ledger.tables import facts as table
from labelqa.records.facts import Fact

Connect: TypeAlias = Callable[[], AbstractContextManager[Connection]]

KEPT: Final = 100_000  # facts read one by one, and as many in whole kinds; about 2 KB each


class Shelf:
    """The facts that a process has read, by number and by kind."""

    def __init__(self) -> None:
        self._facts: dict[int, Fact] = {}
        self._kinds: dict[str, tuple[int, list[Fact]]] = {}  # kind -> (read up to this fact, the facts)
        self._lock = threading.RLock()

    def kept(self, seq: int) -> Fact | None:
        """The fact of that number if it was read."""
        return self._facts.get(seq)

    def kind(self, connect: Connect, kind: str, upto: int) -> Sequence[Fact]:
        """The facts of a kind in order, at least up to a fact; there may be later ones."""
        with self._lock:
            read, known = self._kinds.pop(kind, (0, []))
            if read < upto:
                query = select(table.c.seq, table.c.text, table.c.hash).where(
                    table.c.kind == kind, table.c.seq > read, table.c.seq <= upto
                )
                known = [*known, *self.read(connect, query.order_by(table.c.seq))]
            self._kinds[kind] = (max(read, upto), known)  # what was asked for last stands last
            self._let_go()
            return known

    def _let_go(self) -> None:
        """Forget kinds until those that are left are few enough together; a kind that is too large is not kept."""
        held = sum(len(known) for _, known in self._kinds.values())
        while held > KEPT:
            held -= len(self._kinds.pop(next(iter(self._kinds)))[1])

    def read(self, connect: Connect, query: Select[Any]) -> list[Fact]:
        """The facts of a query for (seq, text, hash), decoded where they were not yet."""
        with connect() as connection:
            rows = read_rows(connection, query)
        with self._lock:
            facts = [self._facts.get(seq) or chain.read(text, digest) for seq, text, digest in rows]
            self.keep(facts)
        return facts

    def stream(self, connect: Connect, query: Select[Any]) -> Iterator[Fact]:
        """The same one after another, for queries that give very many; they are not kept."""
        with connect() as connection:
            for seq, text, digest in connection.execute(query):
                yield self._facts.get(seq) or chain.read(text, digest)

    def keep(self, facts: Iterable[Fact]) -> None:
        """Keep facts that are in the ledger for good."""
        with self._lock:
            self._facts.update((fact.seq, fact) for fact in facts)
            if len(self._facts) > KEPT:
                self._facts = dict(islice(self._facts.items(), len(self._facts) - KEPT // 2, None))

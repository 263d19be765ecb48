"""The last facts, and the ones that come after them: do something, see the line.

Reads by number alone, so that it costs the same on a large ledger; it never waits for a writer and holds nothing open
between two looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Select, select

from labelqa.errors import WrongUsage
from labelqa.ledger import Ledger, chain
from labelqa.ledger.tables import fact_subjects
from labelqa.ledger.tables import facts as table
from labelqa.records.facts import BODIES, Fact

EVERY: Final = 0.5  # seconds between two looks
MOST: Final = 1_000  # facts of one look


def last_facts(ledger: Ledger, *, kind: str = "", subject: str = "", last: int = 10) -> tuple[tuple[Fact, ...], int]:
    """The latest facts, oldest first, and the number after which to look for more."""
    _known(kind)
    with ledger.reading() as connection:
        head = int(connection.execute(select(table.c.seq).order_by(table.c.seq.desc()).limit(1)).scalar() or 0)
        query = _wanted(kind, subject).where(table.c.seq <= head).order_by(table.c.seq.desc()).limit(last)
        rows = connection.execute(query).all() if last else []
    return tuple(chain.read(text, digest) for _, text, digest in reversed(rows)), head


def later_facts(ledger: Ledger, after: int, *, kind: str = "", subject: str = "") -> tuple[tuple[Fact, ...], int]:
    """Facts numbered above ``after``, in order, and the number after which to look next; at most :data:`MOST` at once."""
    with ledger.reading() as connection:
        head = int(connection.execute(select(table.c.seq).order_by(table.c.seq.desc()).limit(1)).scalar() or 0)
        query = _wanted(kind, subject).where(table.c.seq > after, table.c.seq <= head).order_by(table.c.seq).limit(MOST)
        rows = connection.execute(query).all() if head > after else []
    seen = rows[-1][0] if len(rows) == MOST else max(head, after)
    return tuple(chain.read(text, digest) for _, text, digest in rows), seen


def follow(
    ledger: Ledger, after: int, *, kind: str = "", subject: str = "", wait: Callable[[], None]
) -> Iterator[Sequence[Fact]]:
    """New facts as they come, for ever; ``wait`` is called when there is nothing more to see."""
    while True:
        found, after = later_facts(ledger, after, kind=kind, subject=subject)
        if found:
            yield found
        if len(found) < MOST:
            wait()


def _wanted(kind: str, subject: str) -> Select[Any]:
    query = select(table.c.seq, table.c.text, table.c.hash)
    if subject:
        query = query.join(fact_subjects, fact_subjects.c.seq == table.c.seq).where(fact_subjects.c.subject == subject)
    if kind:
        query = query.where((fact_subjects if subject else table).c.kind == kind)
    return query


def _known(kind: str) -> None:
    if kind and kind not in BODIES:
        from difflib import get_close_matches

        near = ", ".join(get_close_matches(kind, BODIES, n=3)) or ", ".join(sorted(BODIES)[:3])
        raise WrongUsage("there is no kind of fact {kind}: there are {near} and others", kind=kind, near=near)

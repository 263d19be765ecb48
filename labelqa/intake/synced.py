"""What the intake knows of a server: which tasks are applied already, how far each project is read, which answers are current.

The tables behind it only spare reading the same again; an answer counts by its import, never by them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from labelqa.intake.staged import Writing
from labelqa.intake.tables import cursors, imports, people, revisions, servers, synced_tasks
from labelqa.records.clock import micros
from labelqa.records.names import PersonId

_PART: Final = 500
_AT_ONCE: Final = 1_000_000  # microseconds: what was made and touched within a second was not changed in between


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """How far the reading of a project is; times in microseconds since 1970 UTC, None for never."""

    backfilled_to: int = 0
    backfilled_at: int | None = None
    watermark: int | None = None  # the server's clock; the others are ours
    moved_at: int | None = None  # when the watermark moved last
    passed_at: int | None = None
    swept_to: int = 0
    swept_at: int | None = None
    error: str | None = None
    failed_at: int | None = None
    noticed: str | None = None  # findings as JSON


def marks_digest(annotations: Mapping[int, datetime | None]) -> str:
    """A digest of a task's annotations and of when each was touched.

    >>> marks_digest({2: None, 1: None}) == marks_digest({1: None, 2: None}) != marks_digest({1: None})
    True
    """
    told = ",".join(f"{number}:{'' if at is None else micros(at)}" for number, at in sorted(annotations.items()))
    return hashlib.sha256(told.encode()).hexdigest()


class Synced:
    """Queries and bookkeeping about servers."""

    def __init__(self, engine: Engine, writing: Writing) -> None:
        self._engine, self._writing = engine, writing

    def cursors(self, server: str) -> dict[int, Cursor]:
        """Every project of a server that was ever read."""
        names = [each for each in cursors.c if each.name not in ("server_no", "project")]
        query = select(cursors.c.project, *names).join(servers, servers.c.server_no == cursors.c.server_no)
        with self._engine.connect() as connection:
            rows = connection.execute(query.where(servers.c.server == server)).mappings()
            return {row["project"]: Cursor(**{each.name: row[each.name] for each in names}) for row in rows}

    def move(self, server: str, project: int, **changes: int | str | None) -> None:
        """Write down how far a project is read now; fields of :class:`Cursor`."""
        with self._writing(self._engine) as connection:
            number = server_number(connection, server, make=True)
            mine = (cursors.c.server_no == number) & (cursors.c.project == project)
            if connection.execute(select(cursors.c.project).where(mine)).first() is None:
                start = {"server_no": number, "project": project, "backfilled_to": 0, "swept_to": 0}
                connection.execute(insert(cursors), start | changes)
            elif changes:
                connection.execute(update(cursors).where(mine).values(**changes))

    def applied(self, server: str, project: int, *, after: int, upto: int | None = None) -> dict[int, str]:
        """The tasks of a project that are applied, by number, with the digest of their marks: after one, up to another."""
        c = synced_tasks.c
        query = select(c.task, c.marks).join(servers, servers.c.server_no == c.server_no)
        query = query.where((servers.c.server == server) & (c.project == project) & (c.task > after))
        if upto is not None:
            query = query.where(c.task <= upto)
        with self._engine.connect() as connection:
            return {row.task: row.marks for row in connection.execute(query.order_by(c.task))}

    def apply(self, server: str, project: int, marks: Mapping[int, str | None]) -> None:
        """Write down which tasks are applied now; None for one that is gone. Call it once their import counts."""
        c = synced_tasks.c
        with self._writing(self._engine) as connection:
            number = server_number(connection, server, make=True)
            for part in _parts(marks):
                connection.execute(delete(synced_tasks).where((c.server_no == number) & c.task.in_(part)))
            rows = [
                {"server_no": number, "task": task, "project": project, "marks": digest}
                for task, digest in marks.items()
                if digest is not None
            ]
            if rows:
                connection.execute(insert(synced_tasks), rows)

    def tasks_of(self, server: str, annotations: Iterable[int]) -> dict[int, int]:
        """On which task each annotation was last known to be; those never seen are not in it."""
        r, found = revisions.c, dict[int, int]()
        with self._engine.connect() as connection:
            number = server_number(connection, server)
            for part in _parts(set(annotations)):
                named = [f"{number}:{each}" for each in part]
                query = select(r.source_id, r.task).where(
                    r.source_id.in_(named) & r.task.is_not(None) & r.late.is_(None)
                )
                for source, task in connection.execute(query.order_by(r.rev)):
                    found[_own(source)] = _own(task)
        return found

    def people_of(self, server: str, annotations: Iterable[int]) -> dict[int, PersonId]:
        """Who made each annotation, as it was last known; those never seen are not in it."""
        r, found = revisions.c, dict[int, PersonId]()
        with self._engine.connect() as connection:
            number = server_number(connection, server)
            for part in _parts(set(annotations)):
                query = select(r.source_id, people.c.person).join(people, people.c.person_no == r.person_no)
                query = query.where(r.source_id.in_([f"{number}:{each}" for each in part])).order_by(r.rev)
                found.update((_own(source), PersonId(person)) for source, person in connection.execute(query))
        return found

    def marks_of(self, server: str, tasks: Iterable[int]) -> dict[int, str]:
        """The digest of the marks of each task that is applied."""
        c, found = synced_tasks.c, dict[int, str]()
        with self._engine.connect() as connection:
            number = server_number(connection, server)
            for part in _parts(set(tasks)):
                query = select(c.task, c.marks).where((c.server_no == number) & c.task.in_(part))
                found.update((task, marks) for task, marks in connection.execute(query))
        return found

    def project_of(self, server: str, tasks: Iterable[int]) -> dict[int, int]:
        """The project of each task that is applied."""
        c, found = synced_tasks.c, dict[int, int]()
        with self._engine.connect() as connection:
            number = server_number(connection, server)
            for part in _parts(set(tasks)):
                query = select(c.task, c.project).where((c.server_no == number) & c.task.in_(part))
                found.update((task, project) for task, project in connection.execute(query))
        return found

    def current(self, server: str, project: int) -> tuple[int, int, int]:
        """Tasks applied in a project, and the current answers and skips on them."""
        r, later, c = revisions.c, revisions.alias("later"), synced_tasks.c
        with self._engine.connect() as connection:
            number = server_number(connection, server)
            mine = (c.server_no == number) & (c.project == project)
            tasks = connection.execute(select(func.count()).select_from(synced_tasks).where(mine)).scalar_one()
            newer = (
                select(later.c.rev)
                .where((later.c.annotation == r.annotation) & (later.c.annotation != later.c.rev))
                .where((later.c.rev > r.rev) & later.c.late.is_(None))
                .correlate(revisions)
                .exists()
            )
            named = func.printf(f"{number}:%d", c.task)
            query = (
                select(r.skipped, func.count())
                .join(synced_tasks, (r.task == named) & mine)
                .join(imports, (imports.c.import_no == r.import_no) & (imports.c.counted == 1))
                .where(r.gone.is_(None) & r.late.is_(None) & ~newer)
                .group_by(r.skipped)
            )
            found = {bool(skipped): int(n) for skipped, n in connection.execute(query)}
        return int(tasks), found.get(False, 0), found.get(True, 0)

    def revisions(self, server: str, project: int, *, since: int) -> Iterator[tuple[int, int]]:
        """Every revision touched at a time or later on the tasks of a project: the annotation on its server, when touched."""
        r, c = revisions.c, synced_tasks.c
        with self._engine.connect() as connection:
            number = server_number(connection, server)
            query = (
                select(r.source_id, r.updated_at)
                .join(synced_tasks, (c.server_no == number) & (r.task == func.printf(f"{number}:%d", c.task)))
                .join(imports, (imports.c.import_no == r.import_no) & (imports.c.counted == 1))
                .where((c.project == project) & r.gone.is_(None) & (r.updated_at >= since))
            )
            for source, touched in connection.execution_options(yield_per=10_000).execute(query):
                yield _own(source), touched

    def unseen(self, server: str, project: int) -> int:
        """Answers that were changed before they were first seen, so that what they said at first is not known."""
        r, c, early = revisions.c, synced_tasks.c, revisions.alias("early")
        with self._engine.connect() as connection:
            number = server_number(connection, server)
            told = (
                select(early.c.rev)
                .where((early.c.annotation == r.annotation) & (early.c.annotation != early.c.rev))
                .where(early.c.late.is_not(None) & (early.c.updated_at - early.c.created_at < _AT_ONCE))
                .correlate(revisions)
                .exists()
            )
            query = (
                select(func.count())
                .select_from(revisions)
                .join(synced_tasks, (c.server_no == number) & (r.task == func.printf(f"{number}:%d", c.task)))
                .join(imports, (imports.c.import_no == r.import_no) & (imports.c.counted == 1))
                .where((c.project == project) & (r.rev == r.annotation))
                .where((r.updated_at - r.created_at >= _AT_ONCE) & ~told)
            )
            return int(connection.execute(query).scalar_one())


def server_number(connection: Connection, server: str, *, make: bool = False) -> int:
    """The number of a server; 0 for one that nothing came from, unless it is to get one."""
    query = select(servers.c.server_no).where(servers.c.server == server)
    found = connection.execute(query).scalar()
    if found is None and make:
        connection.execute(insert(servers), {"server": server})
        found = connection.execute(query).scalar_one()
    return int(found or 0)


def _own(named: str) -> int:
    """A server's own number of what is called SERVER:NUMBER here."""
    return int(named.partition(":")[2])


def _parts(wanted: Collection[int]) -> Iterator[list[int]]:
    order = sorted(wanted)
    yield from (order[start : start + _PART] for start in range(0, len(order), _PART))

"""What the intake knows of a server: which tasks are applied already, how far each project is read, which answers are current.

The tables behind it only spare reading the same again; an answer counts by its import, never by them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Engine, Integer, cast, delete, func, insert, select, update

from labelqa.intake.staged import Writing
from labelqa.intake.tables import cursors, imports, people, revisions, servers, synced_tasks
from labelqa.intake.tallies import OnTask, on_tasks, recount_tasks
from labelqa.records.clock import micros
from labelqa.records.names import PersonId

_PART: Final = 500
_ROWS: Final = 5_000
_LAST: Final = 2**63 - 1


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
    heard: str | None = None  # how many changes its webhook told of, as JSON
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

    def applied(
        self, server: str, project: int, *, after: int, upto: int | None = None, most: int | None = None
    ) -> dict[int, str]:
        """The tasks of a project that are applied, in order, with the digest of their marks: after one, up to another.

        ``most``: the first so many of them.
        """
        c = synced_tasks.c
        query = select(c.task, c.marks).join(servers, servers.c.server_no == c.server_no)
        query = query.where((servers.c.server == server) & (c.project == project) & (c.task > after))
        if upto is not None:
            query = query.where(c.task <= upto)
        with self._engine.connect() as connection:
            return {row.task: row.marks for row in connection.execute(query.order_by(c.task).limit(most))}

    def apply(self, server: str, project: int, marks: Mapping[int, str | None]) -> None:
        """Write down which tasks are applied now; None for one that is gone. Call it once their import counts."""
        c = synced_tasks.c
        with self._writing(self._engine) as connection:
            number = server_number(connection, server, make=True)
            for part in _parts(marks):
                connection.execute(delete(synced_tasks).where((c.server_no == number) & c.task.in_(part)))
            there = on_tasks(connection, number, [task for task, digest in marks.items() if digest is not None])
            rows = [
                {"server_no": number, "task": task, "project": project, "marks": digest}
                | asdict(there.get(task, OnTask()))
                for task, digest in marks.items()
                if digest is not None
            ]
            if rows:
                connection.execute(insert(synced_tasks), rows)

    def recount(self, server: str, tasks: Collection[int]) -> None:
        """Count anew what stands on tasks of which something came in though they could not be read."""
        if tasks:
            with self._writing(self._engine) as connection:
                recount_tasks(connection, server_number(connection, server), sorted(tasks))

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

    def marks_of(self, server: str, tasks: Iterable[int], *, project: int | None = None) -> dict[int, str]:
        """The digest of the marks of each task that is applied; in a project, if told."""
        c, found = synced_tasks.c, dict[int, str]()
        with self._engine.connect() as connection:
            number = server_number(connection, server)
            for part in _parts(set(tasks)):
                query = select(c.task, c.marks).where((c.server_no == number) & c.task.in_(part))
                query = query if project is None else query.where(c.project == project)
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
        tasks, answers, skipped, _ = self._sums(server, project)
        return tasks, answers, skipped

    def unseen(self, server: str, project: int) -> int:
        """Answers that were changed before they were first seen, so that what they said at first is not known."""
        return self._sums(server, project)[3]

    def _sums(self, server: str, project: int) -> tuple[int, int, int, int]:
        """Tasks of a project, and what stands on them."""
        c = synced_tasks.c
        query = select(func.count(), func.sum(c.answers), func.sum(c.skipped), func.sum(c.unseen))
        with self._engine.connect() as connection:
            mine = (c.server_no == server_number(connection, server)) & (c.project == project)
            tasks, answers, skipped, unseen = connection.execute(query.where(mine)).one()
        return int(tasks), int(answers or 0), int(skipped or 0), int(unseen or 0)

    def last_revision(self) -> int:
        """The number of the last revision; 0 for none."""
        with self._engine.connect() as connection:
            return int(connection.execute(select(func.max(revisions.c.rev))).scalar() or 0)

    def revisions(
        self, server: str, project: int, *, since: int, after: int = 0, upto: int | None = None
    ) -> Iterator[list[tuple[int, int, int]]]:
        """The revisions touched at a time or later on the tasks of a project, numbered above ``after``, up to ``upto``.

        In parts of (number, the annotation on its server, when touched), in order; what was touched at one time is told once.
        """
        r, c, before = revisions.c, synced_tasks.c, revisions.alias("before")
        earlier = (before.c.annotation == r.annotation) & (before.c.updated_at == r.updated_at) & (before.c.rev < r.rev)
        again = [
            select(before.c.rev).where(earlier, which, before.c.gone.is_(None)).correlate(revisions).exists()
            for which in (before.c.annotation != before.c.rev, before.c.rev == r.annotation)
        ]
        with self._engine.connect() as connection:
            number = server_number(connection, server)
            task = cast(func.substr(r.task, len(str(number)) + 2), Integer)
            query = (
                select(r.rev, r.source_id, r.updated_at)
                .join(synced_tasks, (c.server_no == number) & (c.task == task) & (c.project == project))
                .join(imports, (imports.c.import_no == r.import_no) & (imports.c.counted == 1))
                .where(r.gone.is_(None) & (r.updated_at >= since) & r.task.startswith(f"{number}:"))
                .where((r.rev > after) & (r.rev <= (_LAST if upto is None else upto)), *(~each for each in again))
                .order_by(r.rev)
            )
            for part in connection.execution_options(yield_per=_ROWS).execute(query).partitions():
                yield [(rev, _own(source), touched) for rev, source, touched in part]


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

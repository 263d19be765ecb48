"""How many current answers and skips stand on each task of a server, counted as a task is applied.

So what a page shows of a project is a sum over its tasks, however many revisions there are. Nothing here is of record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final

from sqlalchemy import Connection, Engine, func, select, update

from labelqa.intake.staged import Writing
from labelqa.intake.tables import imports, revisions, staged, synced_tasks
from labelqa.intake.vanished import standing

_PART: Final = 500
_AT_ONCE: Final = 1_000_000  # microseconds: what was made and touched within a second was not changed in between


@dataclass(frozen=True, slots=True)
class OnTask:
    """What stands on a task; ``unseen``: answers that were changed before they were first seen."""

    answers: int = 0
    skipped: int = 0
    unseen: int = 0


def on_tasks(connection: Connection, server_no: int, tasks: Collection[int]) -> dict[int, OnTask]:
    """What stands on each of these tasks; tasks with nothing are not in it."""
    found: dict[int, OnTask] = {}
    order, uncounted = sorted(tasks), select(imports.c.import_no).where(staged)
    for start in range(0, len(order), _PART):
        named = [f"{server_no}:{task}" for task in order[start : start + _PART]]
        for row in standing(connection, named, revisions.c.import_no.not_in(uncounted)):
            task = int(row["task"].partition(":")[2])
            before = found.get(task, OnTask())
            more = {"skipped": before.skipped + 1} if row["skipped"] else {"answers": before.answers + 1}
            found[task] = replace(before, **more)
        for task, n in _unseen(connection, named):
            found[task] = replace(found.get(task, OnTask()), unseen=n)
    return found


def recount(connection: Connection, import_no: int) -> None:
    """What a file said of answers that were read from a server changes what stands on their tasks."""
    r, known = revisions.c, revisions.alias("known")
    if connection.execute(select(synced_tasks.c.task).limit(1)).first() is None:
        return
    later = (r.import_no == import_no) & (r.annotation != r.rev) & r.task.is_(None)
    query = select(known.c.task).distinct().select_from(revisions)
    first = query.join(known, known.c.rev == r.annotation).where(later, known.c.task.is_not(None))
    others = query.join(known, (known.c.annotation == r.annotation) & (known.c.annotation != known.c.rev))
    touched: dict[int, set[int]] = {}
    for each in (first, others.where(later, known.c.task.is_not(None))):
        for name in connection.execute(each).scalars():
            server_no, _, task = name.partition(":")
            touched.setdefault(int(server_no), set()).add(int(task))
    for server, tasks in touched.items():
        recount_tasks(connection, server, sorted(tasks))


def recount_all(engine: Engine, writing: Writing) -> None:
    """Count what stands on every task, in short transactions; one that has a count has had it since somebody broke off."""
    c = synced_tasks.c
    uncounted = (c.answers == 0) & (c.skipped == 0) & (c.unseen == 0)
    with engine.connect() as connection:
        servers = connection.execute(select(c.server_no).distinct()).scalars().all()
    for server in servers:
        query, tasks = select(c.task).where(c.server_no == server, uncounted).order_by(c.task).limit(_PART), [0]
        while tasks:
            with writing(engine) as connection:
                tasks = list(connection.execute(query.where(c.task > tasks[-1])).scalars())
                recount_tasks(connection, server, tasks)


def recount_tasks(connection: Connection, server_no: int, tasks: Sequence[int]) -> None:
    """Count anew what stands on these tasks; those that are not applied are passed over."""
    there, c = on_tasks(connection, server_no, tasks), synced_tasks.c
    for task in tasks:
        mine = (c.server_no == server_no) & (c.task == task)
        connection.execute(update(synced_tasks).where(mine).values(**asdict(there.get(task, OnTask()))))


def _unseen(connection: Connection, named: Sequence[str]) -> Iterator[tuple[int, int]]:
    r, early = revisions.c, revisions.alias("early")
    told = (
        select(early.c.rev)
        .where((early.c.annotation == r.annotation) & (early.c.annotation != early.c.rev))
        .where(early.c.late.is_not(None) & (early.c.updated_at - early.c.created_at < _AT_ONCE))
        .correlate(revisions)
        .exists()
    )
    query = (
        select(r.task, func.count())
        .join(imports, (imports.c.import_no == r.import_no) & (imports.c.counted == 1))
        .where(r.task.in_(named) & (r.rev == r.annotation))
        .where((r.updated_at - r.created_at >= _AT_ONCE) & ~told)
        .group_by(r.task)
    )
    for task, n in connection.execute(query):
        yield int(task.partition(":")[2]), n

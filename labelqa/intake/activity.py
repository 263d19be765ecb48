"""Who did what on which server, counted by the intake's database: answers, changes of others' answers, acts on behalf.

It says what was seen, never who sat at the keyboard.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Engine, Select, and_, func, or_, select

from labelqa.intake.read import EPOCH
from labelqa.intake.tables import imports, item_revisions, items, people, revisions, servers, synced_tasks
from labelqa.records.accounts import Doing
from labelqa.records.clock import micros
from labelqa.records.names import PersonId

SECOND: Final = 1_000_000
WORKED: Final = 3.0  # seconds on each of two answers given within a second: more than one pair of hands has
CROWD: Final = 4  # so many in one second were loaded by a program, which tells nothing of people


class Activity:
    """Queries over counted revisions, server by server."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def by_person(self, server: str) -> dict[PersonId, Doing]:
        """What everybody did on a server."""
        r = revisions.c
        changed = or_(r.rev != r.annotation, r.editor_no.is_not(None))
        found: dict[PersonId, Doing] = {}
        for name, hand, at, n, which in (
            ("made", r.person_no, r.created_at, func.count(), _first()),
            ("edited", _hand(), r.updated_at, func.count(r.editor_no), changed & r.gone.is_(None) & ~_behalf()),
            ("behalf", r.editor_no, r.created_at, func.count(), _behalf()),
        ):
            query = select(people.c.person, n, func.min(at), func.max(at))
            query = _counting(query, server, hand).where(which).group_by(people.c.person)
            with self._engine.connect() as connection:
                for who, count, first, last in connection.execute(query):
                    found[PersonId(who)] = _also(found.get(PersonId(who), Doing()), first, last, **{name: int(count)})
        return found

    def at_once(self, server: str) -> dict[PersonId, int]:
        """By person, pairs of answers on two items given within a second, each after seconds of work of its own.

        Rows that a program loaded (many in one second, gold answers, no time spent) are left out.
        """
        r = revisions.c
        crowd = func.count().over(partition_by=(r.person_no, r.created_at // SECOND))
        told = (
            _counting(select(r.person_no, r.item_no, r.created_at, r.seconds, r.rev, crowd.label("crowd")), server)
            .where(_first(), r.created_at.is_not(None), r.ground_truth.is_(None), r.skipped.is_(None), r.seconds.is_not(None))
            .where(r.editor_no.is_(None))
            .subquery()
        )  # fmt: skip
        order: dict[str, Any] = {"partition_by": told.c.person_no, "order_by": (told.c.created_at, told.c.rev)}
        pairs = (
            select(
                told.c.person_no, told.c.item_no, (told.c.created_at - func.lag(told.c.created_at).over(**order)).label("after"),
                func.lag(told.c.item_no).over(**order).label("before"),
            )
            .where(told.c.seconds >= WORKED, told.c.crowd <= CROWD)
            .subquery()
        )  # fmt: skip
        query = (
            select(people.c.person, func.count())
            .join(pairs, pairs.c.person_no == people.c.person_no)
            .where(pairs.c.after < SECOND, pairs.c.before != pairs.c.item_no)
            .group_by(people.c.person)
        )
        with self._engine.connect() as connection:
            return {PersonId(who): int(n) for who, n in connection.execute(query)}

    def between(self, server: str, person: str, start: datetime, end: datetime) -> tuple[int, datetime | None]:
        """How many answers somebody gave or changed on a server from ``start`` to before ``end``, and the last time."""
        r, window = revisions.c, (micros(start), micros(end) - 1)
        made = and_(_first(), r.created_at.between(*window), r.editor_no.is_(None))
        changed = and_(
            or_(r.rev != r.annotation, r.editor_no.is_not(None)), r.updated_at.between(*window), r.gone.is_(None)
        )
        query = _counting(select(func.count(), func.max(func.coalesce(r.updated_at, r.created_at))), server, _hand())
        query = query.where(people.c.person == person, made | changed)
        with self._engine.connect() as connection:
            n, last = connection.execute(query).one()
        return int(n), _time(last)

    def shared_items(self, server: str, others: Iterable[str]) -> dict[str, int]:
        """By other server, how many items have answers both on this one and there."""
        mine = _counting(select(revisions.c.item_no), server).distinct().subquery()
        found = {}
        with self._engine.connect() as connection:
            for other in others:
                there = _counting(select(revisions.c.item_no), other).distinct().subquery()
                query = select(func.count()).select_from(mine.join(there, mine.c.item_no == there.c.item_no))
                if n := int(connection.execute(query).scalar_one()):
                    found[other] = n
        return found

    def source_of(self, item_id: str) -> tuple[str, str, str] | None:
        """Server, project and task that an item's content last came from; None where it has no task of a server.

        Where the content does not say the project, it is that in which the task was last read.
        """
        c, read = item_revisions.c, synced_tasks.c
        query = (
            select(servers.c.server, c.project, c.task, servers.c.server_no)
            .join(items, items.c.item_no == c.item_no)
            .join(imports, (imports.c.import_no == c.import_no) & (imports.c.counted == 1))
            .join(servers, servers.c.server_no == imports.c.server_no)
            .where(items.c.item_id == item_id, c.task != "")
            .order_by(c.import_no.desc())
            .limit(1)
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
            if row is None or row.project or not (row.task.isascii() and row.task.isdecimal()):
                return (row.server, row.project, row.task) if row else None
            there = select(read.project).where((read.server_no == row.server_no) & (read.task == int(row.task)))
            return row.server, str(connection.execute(there).scalar() or ""), row.task


def _counting(query: Select[Any], server: str, hand: ColumnElement[Any] | None = None) -> Select[Any]:
    """Only what counted imports of a server brought; with ``hand`` the person whose number that is."""
    query = (
        query.select_from(revisions)
        .join(imports, (imports.c.import_no == revisions.c.import_no) & (imports.c.counted == 1))
        .join(servers, (servers.c.server_no == imports.c.server_no) & (servers.c.server == server))
    )
    return query if hand is None else query.join(people, people.c.person_no == hand)


def _first() -> ColumnElement[bool]:
    return revisions.c.rev == revisions.c.annotation


def _hand() -> ColumnElement[Any]:
    return func.coalesce(revisions.c.editor_no, revisions.c.person_no)


def _behalf() -> ColumnElement[bool]:
    """Created by another than the person it is of: changed by the other within a second of its creation."""
    r = revisions.c
    return and_(_first(), r.editor_no.is_not(None), r.updated_at - r.created_at < SECOND)


def _also(known: Doing, first: int | None, last: int | None, **more: int) -> Doing:
    begun, ended = _time(first), _time(last)
    return replace(
        known, **more,
        first=min(filter(None, (known.first, begun)), default=None), last=max(filter(None, (known.last, ended)), default=None),
    )  # fmt: skip


def _time(since: int | None) -> datetime | None:
    return None if since is None else EPOCH + timedelta(microseconds=since)

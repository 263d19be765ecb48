"""Answers that were known of a task and are not on it any more: each gets a last revision that says so.

Tasks are looked at a few at a time, so that a project that was emptied takes no more memory than one task.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Connection, select

from labelqa.intake.staged import COLUMNS
from labelqa.intake.tables import revisions

_PART: Final = 500
_OWN: Final = frozenset({"rev", "import_no", "row", "gone", "late"})
_TELLING: Final = (
    "rev",
    "annotation",
    "source_id",
    "task",
    "skipped",
    "gone",
    "late",
)  # what says whether an answer is gone


def vanished(connection: Connection, server_no: int, present: Mapping[str, frozenset[str]]) -> Iterator[dict[str, Any]]:
    """The last revisions as columns, without number and import, in parts; nothing where nothing is gone.

    ``present`` names tasks and the annotations on them by the server's own numbers. An answer that is now on another task
    than those is not gone.
    """
    there = {f"{server_no}:{each}" for known in present.values() for each in known}
    order = sorted(present)
    for start in range(0, len(order), _PART):
        tasks = [f"{server_no}:{task}" for task in order[start : start + _PART]]
        columns = _gone(connection, tasks, there)
        if columns:
            yield columns


def _gone(connection: Connection, tasks: Sequence[str], there: Collection[str]) -> dict[str, Any]:
    where = {row["rev"]: row["task"] for row in standing(connection, tasks) if row["source_id"] not in there}
    whole = {row["rev"]: row for row in _rows(connection, revisions.c.rev, list(where), names=COLUMNS)}
    rows = [whole[rev] | {"task": task} for rev, task in where.items()]
    if not rows:
        return {}
    columns: dict[str, Any] = {name: [row[name] for row in rows] for name in COLUMNS if name not in _OWN}
    columns = {name: values for name, values in columns.items() if any(each is not None for each in values)}
    return columns | {"row": [0] * len(rows), "gone": [1] * len(rows)}


def standing(connection: Connection, tasks: Sequence[str], *which: ColumnElement[bool]) -> Iterator[dict[str, Any]]:
    """The current revision of every answer that is on these tasks now: its number, its task, whether it is a skip."""
    c, here = revisions.c, frozenset(tasks)
    known = sorted({row["annotation"] for row in _rows(connection, c.task, tasks, *which)})
    first = _rows(connection, c.rev, known, *which)
    later = _rows(connection, c.annotation, known, c.annotation != c.rev, *which)
    last: dict[int, dict[str, Any]] = {}
    for row in sorted((*first, *later), key=lambda each: int(each["rev"])):
        if not row["late"]:  # a file does not say on which task an answer is: it is where it was
            before = last.get(row["annotation"])
            last[row["annotation"]] = row | {"task": row["task"] or (before["task"] if before else None)}
    return (row for _, row in sorted(last.items()) if not row["gone"] and row["task"] in here)


def _rows(
    connection: Connection,
    column: Column[Any],
    values: Sequence[Any],
    *which: ColumnElement[bool],
    names: Sequence[str] = _TELLING,
) -> Iterator[dict[str, Any]]:
    for start in range(0, len(values), _PART):
        query = select(*(revisions.c[name] for name in names))
        query = query.where(column.in_(values[start : start + _PART]), *which)
        yield from map(dict, connection.execute(query).mappings())

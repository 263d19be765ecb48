"""Answers that were known of a task and are not on it any more: each gets a last revision that says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Connection, select

from labelqa.intake.staged import COLUMNS
from labelqa.intake.tables import revisions

_PART: Final = 500
_OWN: Final = frozenset({"rev", "import_no", "row", "gone", "late"})


def vanished(connection: Connection, server_no: int, present: Mapping[str, frozenset[str]]) -> dict[str, Any]:
    """The last revisions as columns, without number and import; empty when nothing is gone.

    ``present`` names tasks and the annotations on them by the server's own numbers. An answer that is now on another task
    than those is not gone.
    """
    tasks = {f"{server_no}:{task}": {f"{server_no}:{each}" for each in there} for task, there in present.items()}
    there = set().union(*tasks.values())
    c = revisions.c
    known = sorted({row["annotation"] for row in _rows(connection, c.task, list(tasks))})
    first, later = _rows(connection, c.rev, known), _rows(connection, c.annotation, known, c.annotation != c.rev)
    last: dict[int, Mapping[str, Any]] = {}
    for row in sorted((*first, *later), key=lambda each: int(each["rev"])):
        if not row["late"]:  # a file does not say on which task an answer is: it is where it was
            before = last.get(row["annotation"])
            last[row["annotation"]] = {**row, "task": row["task"] or (before["task"] if before else None)}
    gone = [
        row
        for _, row in sorted(last.items())
        if not row["gone"] and row["task"] in tasks and row["source_id"] not in there
    ]
    if not gone:
        return {}
    columns: dict[str, Any] = {name: [row[name] for row in gone] for name in COLUMNS if name not in _OWN}
    columns = {name: values for name, values in columns.items() if any(each is not None for each in values)}
    return columns | {"row": [0] * len(gone), "gone": [1] * len(gone)}


def _rows(
    connection: Connection, column: Column[Any], values: Sequence[Any], *which: ColumnElement[bool]
) -> Iterator[Mapping[str, Any]]:
    for start in range(0, len(values), _PART):
        query = select(revisions).where(column.in_(values[start : start + _PART]), *which)
        yield from map(dict, connection.execute(query).mappings())

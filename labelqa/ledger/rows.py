"""Writes and reads many rows at once, where the toolkit takes longer over each of them than the database does.

Says nothing about what the rows mean, and checks nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Integer, Select, Table, Text, cast, func, select

_TOGETHER: Final = 5_000  # rows in one question to PostgreSQL, whose driver would ask a question a row


def insert_rows(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Add rows to a table, each with the values of ``columns`` in their order."""
    names = ", ".join(columns)
    if connection.dialect.name == "sqlite":
        if rows:
            marks = ", ".join("?" * len(columns))
            connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", list(map(tuple, rows)))  # noqa: S608
        return
    types = ", ".join(f"{name} {'integer' if isinstance(table.c[name].type, Integer) else 'text'}" for name in columns)
    query = f"INSERT INTO {table.name} ({names}) SELECT {names} FROM json_to_recordset(%s::json) AS given({types})"  # noqa: S608
    for start in range(0, len(rows), _TOGETHER):
        told = [dict(zip(columns, row, strict=True)) for row in rows[start : start + _TOGETHER]]
        connection.exec_driver_sql(query, (json.dumps(told, ensure_ascii=False),))


def read_rows(connection: Connection, query: Select[Any]) -> list[tuple[Any, ...]]:
    """The rows of a query, which has an order of its own; for hundreds and thousands of rows.

    PostgreSQL is asked to tell them all as one text, as its driver is slow with every single value.
    """
    if connection.dialect.name == "sqlite":
        return [tuple(row) for row in connection.execute(query)]
    page = query.subquery("page")
    told = connection.execute(select(cast(func.json_agg(func.json_build_array(*page.c)), Text))).scalar()
    return msgspec.json.decode(told, type=list[tuple[Any, ...]]) if told else []

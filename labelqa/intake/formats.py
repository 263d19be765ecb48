"""An intake that an earlier labelqa made is brought up to what this one knows; nothing in it is lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, Engine, Index, select, update

from labelqa.intake.staged import Writing
from labelqa.intake.tables import FORMAT, about, by_item, imports, item_revisions, metadata, revisions, synced_tasks
from labelqa.intake.tallies import recount_all

EARLIER: Final = (1, 2, 3)

# by_item is made when it is first needed
_INDEXES: Final[Sequence[Index]] = [
    index for table in (imports, item_revisions, revisions) for index in table.indexes if index is not by_item
]


def bring_up(engine: Engine, writing: Writing) -> None:
    """Format 1 did not know where an answer came from, format 2 nothing of tasks and of what is gone.

    Format 3 did not keep how many answers stand on a task: they are counted, some at a time. The number of the format
    comes last, so that whoever breaks off goes on the next time.
    """
    with writing(engine) as connection:
        found = int(connection.execute(select(about.c.format)).scalar_one())
        if found not in EARLIER:
            return
        _shape(connection, found)
    if found == 3:
        recount_all(engine, writing)
    with writing(engine) as connection:
        connection.execute(update(about).values(format=FORMAT))


def _shape(connection: Connection, found: int) -> None:
    if found < 3:
        _add(connection, "revisions", "origin TEXT", "task TEXT", "gone SMALLINT", "late SMALLINT")
    else:
        counts = [f"{name} INTEGER NOT NULL DEFAULT 0" for name in ("answers", "skipped", "unseen")]
        _add(connection, "synced_tasks", *counts)
        _add(connection, "cursors", "moved_at BIGINT", "heard TEXT", "noticed TEXT")  # the first ones had none of them
        for index in synced_tasks.indexes:
            index.drop(connection, checkfirst=True)
            index.create(connection)
    metadata.create_all(connection)
    index_all(connection)


def _add(connection: Connection, table: str, *columns: str) -> None:
    """The columns that it lacks."""
    there = {row[1] for row in connection.exec_driver_sql(f"PRAGMA table_info({table})")}
    for each in columns:
        if each.partition(" ")[0] not in there:
            connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN {each}")


def lacks_index(connection: Connection) -> bool:
    """Whether it was made before one of the indexes was thought of."""
    there = set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'index'").scalars())
    return any(index.name not in there for index in _INDEXES)


def index_all(connection: Connection) -> None:
    """Make the indexes that it lacks."""
    for index in _INDEXES:
        index.create(connection, checkfirst=True)

"""The intake's tables. Rows are appended; those of an import count once the ledger has its fact.

An annotation is known by its source's own id on a server, else by item, person and ordinal (the how-manieth answer of
that person for that item in one file). ``annotation`` is the number of an annotation's first revision, so a row with
``annotation = rev`` is a first revision. An annotation that is deleted at its source has a last revision that says so. What
a file or an event says and what is not newer than what is known (``late``) is history and never current; what was read
from a server is current from then on, whatever its time.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Float, Index, Integer, MetaData, SmallInteger, String, Table, Text, text

FORMAT: Final = 4
metadata: Final = MetaData()

about: Final = Table("intake_format", metadata, Column("format", Integer, primary_key=True, autoincrement=False))

imports: Final = Table(
    "imports",
    metadata,
    Column("import_no", Integer, primary_key=True, autoincrement=False),
    Column("server_no", Integer, nullable=False),
    Column("file_digest", String(64), nullable=False),
    Column("options", Text, nullable=False),
    Column("first_item", Integer, nullable=False),  # items from this number on are new with it
    Column("first_rev", BigInteger, nullable=False),
    Column("counted", SmallInteger, nullable=False),  # a projection of the ledger's import.counted
    Index("ix_imports_file", "file_digest"),
    Index("ix_imports_staged", "import_no", sqlite_where=text("counted = 0")),
)

servers: Final = Table(
    "servers", metadata, Column("server_no", Integer, primary_key=True), Column("server", String(128), unique=True)
)

people: Final = Table(
    "people", metadata, Column("person_no", Integer, primary_key=True), Column("person", String(32), unique=True)
)

items: Final = Table(
    "items",
    metadata,
    Column("item_no", Integer, primary_key=True, autoincrement=False),
    Column("item_id", Text, nullable=False),
    Index("ux_items_item_id", "item_id", unique=True),
)

item_revisions: Final = Table(
    "item_revisions",
    metadata,
    Column("item_no", Integer, primary_key=True, autoincrement=False),
    Column("import_no", Integer, primary_key=True, autoincrement=False),
    Column("project", Text, nullable=False),
    Column("task", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("meta", Text, nullable=False),
    Index("ix_item_revisions_import", "import_no"),
)

revisions: Final = Table(
    "revisions",
    metadata,
    Column("rev", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("import_no", Integer, nullable=False),
    Column("row", BigInteger, nullable=False),
    Column("item_no", Integer, nullable=False),
    Column("person_no", Integer, nullable=False),
    Column("annotation", BigInteger, nullable=False),
    Column("source_id", Text),
    Column("ordinal", Integer),  # null where the source has ids of its own
    Column("value", Text, nullable=False),
    Column("created_at", BigInteger),  # microseconds since 1970, UTC
    Column("updated_at", BigInteger),
    Column("seconds", Float),
    Column("skipped", SmallInteger),  # 1 or null
    Column("ground_truth", SmallInteger),
    Column("release", Text),
    Column("editor_no", Integer),  # who changed it last, where that is somebody else
    Column("origin", Text),  # human, prelabelled-unchanged, prelabelled-edited, machine; null where nobody said
    Column("task", Text),  # SERVER:TASK, where it was read from a server
    Column("gone", SmallInteger),  # 1: from here on it is not at its source any more
    Column("late", SmallInteger),  # 1: history already when it came to be known
    Index("ix_revisions_import", "import_no"),
    Index("ix_revisions_source", "source_id", sqlite_where=text("source_id IS NOT NULL")),
    Index("ix_revisions_later", "annotation", sqlite_where=text("annotation <> rev")),
    Index("ix_revisions_task", "task", sqlite_where=text("task IS NOT NULL")),
)

# What of a server is applied already: it only spares reading the same again, and is made anew where it is lost.
synced_tasks: Final = Table(
    "synced_tasks",
    metadata,
    Column("server_no", Integer, primary_key=True, autoincrement=False),
    Column("task", BigInteger, primary_key=True, autoincrement=False),
    Column("project", BigInteger, nullable=False),
    Column("marks", String(64), nullable=False),  # digest of its annotations and when each was touched
    Column("answers", Integer, nullable=False),  # current ones, as it was last applied; skips are counted apart
    Column("skipped", Integer, nullable=False),
    Column("unseen", Integer, nullable=False),  # answers that were changed before they were first seen
    Index("ix_synced_tasks_project", "server_no", "project", "task", "answers", "skipped", "unseen"),
)

# How far the reading of a project is.
cursors: Final = Table(
    "cursors",
    metadata,
    Column("server_no", Integer, primary_key=True, autoincrement=False),
    Column("project", BigInteger, primary_key=True, autoincrement=False),
    Column("backfilled_to", BigInteger, nullable=False),  # the last task read by number
    Column("backfilled_at", BigInteger),  # when all were read once; microseconds since 1970, our clock
    Column("watermark", BigInteger),  # the last change seen; the server's clock
    Column("moved_at", BigInteger),  # when the watermark moved last; our clock
    Column("passed_at", BigInteger),  # the last pass that went through; our clock
    Column("swept_to", BigInteger, nullable=False),
    Column("swept_at", BigInteger),
    Column("error", Text),
    Column("failed_at", BigInteger),
    Column("heard", Text),  # how many changes its webhook told of, as JSON
    Column("noticed", Text),  # what was wrong with its webhook and its form at the last sweep, as JSON
)

# what is staged and does not count yet; as it stands in the index, so that nothing else is looked at
staged: Final = text("imports.counted = 0")

# made when a later import first looks answers up by item
by_item: Final = Index("ix_revisions_item", revisions.c.item_no, revisions.c.person_no)

gold: Final = Table(
    "gold",
    metadata,
    Column("item_id", Text, primary_key=True),
    Column("label", Text, nullable=False),
)

"""The ledger's tables. ``facts.text`` is the record; the other columns are projections for the sake of indexes."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Index, Integer, MetaData, String, Table, Text

metadata: Final = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s"},
)

facts: Final = Table(
    "facts",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(64), nullable=False),
    Column("actor", String(128), nullable=False),
    Column("recorded_at", String(27), nullable=False),
    Column("effective_at", String(27), nullable=False),
    Column("supersedes", Integer),
    Column("text", Text, nullable=False),  # RFC 8785; never a JSON type, which rewrites numbers
    Column("hash", String(64), nullable=False),
    Index(None, "kind", "seq"),
)

fact_subjects: Final = Table(
    "fact_subjects",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("subject", String(512), primary_key=True),
    Index(None, "subject", "seq"),
)

# What may have to be erased lives outside the chain, which holds only pseudonyms and salted digests.
names: Final = Table(
    "names",
    metadata,
    Column("person", String(32), primary_key=True),
    Column("name", Text, nullable=False),
)

accounts: Final = Table(
    "accounts",
    metadata,
    Column("server", String(128), primary_key=True),
    Column("account", String(512), primary_key=True),
    Column("person", String(32), nullable=False),
)

texts: Final = Table(
    "texts",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("salt", String(32), nullable=False),
    Column("text", Text, nullable=False),
)

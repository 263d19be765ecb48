"""The ledger's tables. ``facts.text`` is the record; the other columns are projections for the sake of indexes.

Texts are compared and ordered by code point on every database.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Index, Integer, MetaData, String, Table, Text, text
from sqlalchemy.types import TypeEngine

SCHEMA: Final = "0004"  # the last migration

metadata: Final = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s"},
)


def _words(length: int = 0) -> TypeEngine[str]:
    """A text; PostgreSQL holds it whatever its length and orders it by code point, as SQLite does by itself."""
    return (String(length) if length else Text()).with_variant(Text(collation="C"), "postgresql")


facts: Final = Table(
    "facts",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", _words(64), nullable=False),
    Column("actor", _words(128), nullable=False),
    Column("recorded_at", _words(27), nullable=False),
    Column("effective_at", _words(27), nullable=False),
    Column("supersedes", Integer),
    Column("text", _words(), nullable=False),  # RFC 8785; never a JSON type, which rewrites numbers
    Column("hash", _words(64), nullable=False),
    Index(None, "kind", "seq"),
    Index(
        "ix_facts_supersedes",
        "supersedes",
        sqlite_where=text("supersedes IS NOT NULL"),  # as on PostgreSQL, where the migration says so
    ),
    Index("ix_facts_recorded_at", "recorded_at"),
)

fact_subjects: Final = Table(
    "fact_subjects",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("subject", _words(512), primary_key=True),
    Column("kind", _words(64), nullable=False),
    Index(None, "subject", "kind", "seq"),
    sqlite_with_rowid=False,
)

# Who held which duty in which batch: the first fact that shows it.
hands: Final = Table(
    "hands",
    metadata,
    Column("batch", _words(256), primary_key=True),
    Column("person", _words(32), primary_key=True),
    Column("duty", _words(16), primary_key=True),
    Column("seq", Integer, nullable=False),
    Index(None, "seq"),
    Index(None, "person", "duty"),
    sqlite_with_rowid=False,
)

# What may have to be erased lives outside the chain, which holds only pseudonyms and salted digests.
names: Final = Table(
    "names",
    metadata,
    Column("person", _words(32), primary_key=True),
    Column("name", _words(), nullable=False),
)

accounts: Final = Table(
    "accounts",
    metadata,
    Column("server", _words(128), primary_key=True),
    Column("account", _words(512), primary_key=True),
    Column("person", _words(32), nullable=False),
)

texts: Final = Table(
    "texts",
    metadata,
    Column("digest", _words(64), primary_key=True),
    Column("salt", _words(32), nullable=False),
    Column("text", _words(), nullable=False),
)

logins: Final = Table(
    "logins",
    metadata,
    Column("person", _words(32), primary_key=True),
    Column("hash", _words(), nullable=False),  # argon2id with its parameters; what somebody may do stands in the facts
    Column("failures", Integer, nullable=False),
    Column("locked_until", _words(27)),
    Column("changed_at", _words(27), nullable=False),
)

sessions: Final = Table(
    "sessions",
    metadata,
    Column("token", _words(64), primary_key=True),  # sha256 of the token
    Column("person", _words(32), nullable=False),
    Column("made", _words(27), nullable=False),
    Column("seen", _words(27), nullable=False),
    Column("ends", _words(27), nullable=False),
    Column("over", _words(27)),
    Column("ending", _words(32)),
    Index(None, "person"),
)

throttles: Final = Table(
    "throttles",
    metadata,
    Column("key", _words(128), primary_key=True),  # address:…, or unknown:… for names that nobody has
    Column("failures", Integer, nullable=False),
    Column("until", _words(27)),
    Column("seen", _words(27), nullable=False),
)

"""The tables behind the alerts. All of it is worked out, or says who has seen what and which messages went out."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, Text

FORMAT: Final = 1
metadata: Final = MetaData()

about: Final = Table("alerts_format", metadata, Column("format", Integer, primary_key=True, autoincrement=False))

alerts: Final = Table(
    "alerts",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("code", String(40), nullable=False),
    Column("person", String(64), nullable=False),
    Column("place", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("told", Text, nullable=False),  # what the sentence names, as JSON
    Column("count", BigInteger, nullable=False),
    Column("first", BigInteger),  # microseconds since 1970, UTC
    Column("last", BigInteger),
    Column("seen_by", String(64)),
    Column("seen_at", BigInteger),
    Column("seen_count", BigInteger),
)

# Imports that were looked at; each is looked at once.
watched: Final = Table("watched", metadata, Column("import_no", Integer, primary_key=True, autoincrement=False))

# What running checks remember between two imports.
marks: Final = Table(
    "marks", metadata, Column("key", Text, primary_key=True), Column("value", Text, nullable=False)
)  # fmt: skip

# First answers to gold items, in the order of arrival.
golden: Final = Table(
    "golden",
    metadata,
    Column("annotation", BigInteger, primary_key=True, autoincrement=False),
    Column("person", String(64), nullable=False, index=True),
    Column("line", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("right", Integer, nullable=False),
    Column("made", BigInteger),
)

channels: Final = Table(
    "channels",
    metadata,
    Column("channel", String(64), primary_key=True),
    Column("sent_at", BigInteger),
    Column("sent", Integer, nullable=False),
    Column("failed_at", BigInteger),
    Column("failures", Integer, nullable=False),
    Column("error", Text),  # a sentence and what it names, as JSON
)

# Which alert a channel was told of, and how large it was then.
told: Final = Table(
    "told",
    metadata,
    Column("channel", String(64), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("count", BigInteger, nullable=False),
)

"""Logins, their sessions, and how often somebody was wrong in a row.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def _words(length: int = 0) -> sa.types.TypeEngine[str]:
    return (sa.String(length) if length else sa.Text()).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the three tables; like names and accounts they lie beside the chain and can be erased."""
    op.create_table(
        "logins",
        sa.Column("person", _words(32), primary_key=True),
        sa.Column("hash", _words(), nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until", _words(27)),
        sa.Column("changed_at", _words(27), nullable=False),
    )
    op.create_table(
        "sessions",
        sa.Column("token", _words(64), primary_key=True),
        sa.Column("person", _words(32), nullable=False),
        sa.Column("made", _words(27), nullable=False),
        sa.Column("seen", _words(27), nullable=False),
        sa.Column("ends", _words(27), nullable=False),
        sa.Column("over", _words(27)),
        sa.Column("ending", _words(32)),
    )
    op.create_index("ix_sessions_person", "sessions", ["person"])
    op.create_table(
        "throttles",
        sa.Column("key", _words(128), primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("until", _words(27)),
        sa.Column("seen", _words(27), nullable=False),
    )

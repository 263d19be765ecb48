"""Facts, their subjects, and what can be erased.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the five tables."""
    op.create_table(
        "facts",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("actor", sa.String(128), nullable=False),
        sa.Column("recorded_at", sa.String(27), nullable=False),
        sa.Column("effective_at", sa.String(27), nullable=False),
        sa.Column("supersedes", sa.Integer),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_index("ix_facts_kind_seq", "facts", ["kind", "seq"])
    op.create_table(
        "fact_subjects",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("subject", sa.String(512), primary_key=True),
    )
    op.create_index("ix_fact_subjects_subject_seq", "fact_subjects", ["subject", "seq"])
    op.create_table(
        "names",
        sa.Column("person", sa.String(32), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
    )
    op.create_table(
        "accounts",
        sa.Column("server", sa.String(128), primary_key=True),
        sa.Column("account", sa.String(512), primary_key=True),
        sa.Column("person", sa.String(32), nullable=False),
    )
    op.create_table(
        "texts",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )

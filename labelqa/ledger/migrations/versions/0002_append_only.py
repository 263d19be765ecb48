"""Indexes for questions to a large ledger, triggers that let facts only be appended, code-point order on PostgreSQL.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TABLES = ("facts", "fact_subjects")
TEXTS = {
    "facts": ("kind", "actor", "recorded_at", "effective_at", "text", "hash"),
    "names": ("person", "name"),
    "accounts": ("server", "account", "person"),
    "texts": ("digest", "salt", "text"),
}
REFUSAL = "facts are only ever appended: a correction is a new fact that supersedes"


def _words(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Subjects know their fact's kind, superseded facts are found at once, and nothing of it can be changed."""
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    if on_postgresql:
        for table, columns in TEXTS.items():
            told = ", ".join(f'ALTER COLUMN "{name}" TYPE text COLLATE "C"' for name in columns)
            op.execute(f'ALTER TABLE "{table}" {told}')
    _subjects()
    some = sa.text("supersedes IS NOT NULL")
    op.create_index("ix_facts_supersedes", "facts", ["supersedes"], sqlite_where=some, postgresql_where=some)
    op.create_index("ix_facts_recorded_at", "facts", ["recorded_at"])
    _guard_postgresql() if on_postgresql else _guard_sqlite()


def _subjects() -> None:
    op.drop_index("ix_fact_subjects_subject_seq", "fact_subjects")
    op.rename_table("fact_subjects", "fact_subjects_before")
    op.create_table(
        "fact_subjects",
        sa.Column("seq", sa.Integer, autoincrement=False),
        sa.Column("subject", _words(512)),
        sa.Column("kind", _words(64), nullable=False),
        sa.PrimaryKeyConstraint("seq", "subject", name="pk_fact_subjects_kind"),
        sqlite_with_rowid=False,
    )
    # a row whose fact is gone is kept, so that the verification still finds it
    op.execute(
        "INSERT INTO fact_subjects (seq, subject, kind) SELECT s.seq, s.subject, coalesce(f.kind, '') "
        "FROM fact_subjects_before AS s LEFT JOIN facts AS f ON f.seq = s.seq ORDER BY s.seq, s.subject"
    )
    op.drop_table("fact_subjects_before")
    op.create_index("ix_fact_subjects_subject_kind_seq", "fact_subjects", ["subject", "kind", "seq"])


def _guard_sqlite() -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for table in TABLES:
        for act in ("update", "delete"):
            op.execute(f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} {refuse}")
    # INSERT OR REPLACE would delete without asking a trigger
    late = "WHEN NEW.seq <= (SELECT max(seq) FROM facts)"
    op.execute(f"CREATE TRIGGER facts_at_the_end BEFORE INSERT ON facts {late} {refuse}")


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION only_appended() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION only_appended()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION only_appended()"
        )

"""Who held which duty in which batch: a projection of the facts.

Revision ID: 0004
"""

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

PAGE = 5_000
REFUSAL = "facts are only ever appended: a correction is a new fact that supersedes"


def _words(length: int = 0) -> sa.types.TypeEngine[str]:
    return (sa.String(length) if length else sa.Text()).with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table, fill it from the facts that are there, and let it only grow."""
    made = op.create_table(
        "hands",
        sa.Column("batch", _words(256)),
        sa.Column("person", _words(32)),
        sa.Column("duty", _words(16)),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("batch", "person", "duty", name="pk_hands"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_hands_seq", "hands", ["seq"])
    op.create_index("ix_hands_person_duty", "hands", ["person", "duty"])
    _fill(made)
    _guard_postgresql() if op.get_bind().dialect.name == "postgresql" else _guard_sqlite()


def _fill(made: sa.Table) -> None:
    from labelqa.ledger.hands import first_hands  # the rules in force, which the verification goes by

    found: dict[tuple[str, str, str], int] = {}
    for page in _pages():
        for key, seq in first_hands(page).items():
            found.setdefault(key, seq)
    rows = [
        {"batch": batch, "person": person, "duty": duty, "seq": seq} for (batch, person, duty), seq in found.items()
    ]
    for start in range(0, len(rows), PAGE):
        op.bulk_insert(made, rows[start : start + PAGE])


def _pages() -> Iterator[list[dict[str, Any]]]:
    from labelqa.records.hands import HAND_KINDS

    query = sa.text(
        "SELECT seq, text FROM facts WHERE seq > :after AND kind IN :kinds ORDER BY seq LIMIT :page"
    ).bindparams(sa.bindparam("kinds", expanding=True))
    last = 0
    while rows := op.get_bind().execute(query, {"after": last, "kinds": HAND_KINDS, "page": PAGE}).all():
        yield [told | {"seq": seq} for seq, text in rows if (told := _told(text))]
        last = rows[-1][0]


def _told(text: str) -> dict[str, Any]:
    """What a fact says; nothing where it was altered beyond reading, which the verification tells."""
    try:
        told = json.loads(text)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _guard_sqlite() -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for act in ("update", "delete"):
        op.execute(f"CREATE TRIGGER hands_no_{act} BEFORE {act.upper()} ON hands {refuse}")
    # INSERT OR REPLACE would delete without asking a trigger
    there = "WHEN EXISTS (SELECT 1 FROM hands WHERE batch = NEW.batch AND person = NEW.person AND duty = NEW.duty)"
    op.execute(f"CREATE TRIGGER hands_once BEFORE INSERT ON hands {there} {refuse}")


def _guard_postgresql() -> None:
    told = (("no_change", "UPDATE OR DELETE", "ROW"), ("no_truncate", "TRUNCATE", "STATEMENT"))
    for name, acts, each in told:
        op.execute(
            f"CREATE TRIGGER hands_{name} BEFORE {acts} ON hands FOR EACH {each} EXECUTE FUNCTION only_appended()"
        )

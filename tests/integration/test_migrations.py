"""The ledger's schema: the migrations give the tables in force, run once, and refuse what a newer labelqa made."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from labelqa.errors import Busy, NoWorkspace
from labelqa.ledger import open_ledger
from labelqa.ledger.store import SCHEMA
from labelqa.ledger.tables import metadata
from labelqa.ledger.verify import verify
from tests.cluster import Cluster


def shape(path: Path) -> dict[str, object]:
    """Tables with columns, keys and indexes, as the database tells them."""
    engine = create_engine(f"sqlite:///{path}")
    seen = inspect(engine)
    found = {
        table: (
            [(each["name"], str(each["type"]), each["nullable"]) for each in seen.get_columns(table)],
            seen.get_pk_constraint(table)["constrained_columns"],
            sorted((each["name"], each["column_names"]) for each in seen.get_indexes(table)),
        )
        for table in sorted(seen.get_table_names())
        if table != "alembic_version"
    }
    engine.dispose()
    return found  # type: ignore[return-value]


def test_the_migrations_give_the_tables_in_force(tmp_path: Path) -> None:
    open_ledger(tmp_path / "migrated.sqlite3", create=True).close()
    engine = create_engine(f"sqlite:///{tmp_path / 'made.sqlite3'}")
    metadata.create_all(engine)
    engine.dispose()
    assert shape(tmp_path / "migrated.sqlite3") == shape(tmp_path / "made.sqlite3")


def versions(path: Path) -> list[str]:
    base = sqlite3.connect(path)
    found = [name for (name,) in base.execute("SELECT version_num FROM alembic_version")]
    base.close()
    return found


def test_the_last_migration_is_the_schema_in_force(tmp_path: Path) -> None:
    import labelqa.ledger

    files = sorted(
        path.name[:4] for path in (Path(labelqa.ledger.__file__).parent / "migrations/versions").glob("0*.py")
    )
    open_ledger(tmp_path / "l.sqlite3", create=True).close()
    assert versions(tmp_path / "l.sqlite3") == [SCHEMA] == files[-1:]


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite3"
    open_ledger(path, create=True).close()
    before = path.read_bytes()
    open_ledger(path).close()
    assert path.read_bytes() == before


def test_an_empty_database_is_brought_up_once_by_several_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite3"
    sqlite3.connect(path).close()
    with ThreadPoolExecutor(2) as pool:
        for ledger in pool.map(lambda _: open_ledger(path, busy_seconds=20, create=True), range(2)):
            assert ledger.facts() == ()
            ledger.close()
    assert versions(path) == [SCHEMA]


def test_a_newer_schema_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite3"
    open_ledger(path, create=True).close()
    base = sqlite3.connect(path)
    base.execute("UPDATE alembic_version SET version_num = '9999'")
    base.commit()
    base.close()
    with pytest.raises(NoWorkspace, match="newer labelqa"):
        open_ledger(path)
    assert versions(path) == ["9999"]


def test_a_migration_waits_for_a_writer_and_then_says_so(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite3"
    base = sqlite3.connect(path, isolation_level=None)
    base.execute("PRAGMA journal_mode=WAL")
    base.execute("BEGIN IMMEDIATE")
    with pytest.raises(Busy):
        open_ledger(path, busy_seconds=0.1, create=True)
    base.execute("ROLLBACK")
    base.close()
    open_ledger(path).close()


OLD_HEAD = "50e46e6ce6e827504bfdf0c202e1ecc1efaf5a910b4511e47ea2ec9aa1f9b13f"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A ledger of schema 0001 with facts in it, as it was written then."""
    path = tmp_path / "old.sqlite3"
    base = sqlite3.connect(path)
    base.executescript((Path(__file__).parent / "ledger_0001.sql").read_text(encoding="utf-8"))
    base.close()
    return path


def contents(path: Path, table: str, columns: str) -> list[tuple[object, ...]]:
    base = sqlite3.connect(path)
    found = base.execute(f"SELECT {columns} FROM {table} ORDER BY {columns}").fetchall()  # noqa: S608
    base.close()
    return found


WHOLE = {"facts": "seq, kind, actor, recorded_at, effective_at, supersedes, text, hash", "fact_subjects": "seq, subject",
         "names": "person, name", "accounts": "server, account, person", "texts": "digest, salt, text"}  # fmt: skip


def test_an_old_ledger_is_brought_up_and_nothing_of_it_is_lost(old: Path, tmp_path: Path) -> None:
    before = {table: contents(old, table, columns) for table, columns in WHOLE.items()}
    ledger = open_ledger(old)
    assert ledger.head() == (31, OLD_HEAD)
    assert verify(ledger, head=OLD_HEAD) == (31, OLD_HEAD, [])
    ledger.close()
    assert {table: contents(old, table, columns) for table, columns in WHOLE.items()} == before
    assert all(before.values())
    assert versions(old) == [SCHEMA]
    open_ledger(tmp_path / "new.sqlite3", create=True).close()
    assert shape(old) == shape(tmp_path / "new.sqlite3")


def test_an_old_ledger_that_was_altered_is_still_found_out(old: Path) -> None:
    base = sqlite3.connect(old)
    base.execute("UPDATE facts SET text = text || ' ' WHERE seq = 20")
    base.execute("DELETE FROM fact_subjects WHERE seq = 5")
    base.execute("INSERT INTO fact_subjects VALUES (77, 'batch:b1')")
    base.commit()
    base.close()
    ledger = open_ledger(old)
    found = {(each.code, each.place.subject.split(" ")[0]) for each in verify(ledger)[2]}
    assert found == {("LG001", "fact:20"), ("LG005", "fact:5"), ("LG005", "fact:77")}
    ledger.close()


def test_an_upgrade_that_fails_leaves_the_old_ledger(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_words: object, **_told: object) -> None:
        raise RuntimeError("in the middle")

    monkeypatch.setattr("alembic.op.create_index", fails)
    before = {table: contents(old, table, columns) for table, columns in WHOLE.items()}
    with pytest.raises(RuntimeError):
        open_ledger(old)
    monkeypatch.undo()
    assert versions(old) == ["0001"]
    assert {table: contents(old, table, columns) for table, columns in WHOLE.items()} == before
    open_ledger(old).close()
    assert versions(old) == [SCHEMA]


def test_an_empty_schema_is_brought_up_once_by_several_at_a_time(postgres: Cluster) -> None:
    where = postgres.at("several")
    with ThreadPoolExecutor(3) as pool:
        for ledger in pool.map(lambda _: open_ledger(where, busy_seconds=20, create=True), range(3)):
            assert ledger.head()[0] == 0
            ledger.close()

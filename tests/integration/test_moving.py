"""A ledger in a file goes over to PostgreSQL as it is; what was open on the file before is told so."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from labelqa.adapters.cli.main import main
from labelqa.errors import Altered, NoWorkspace, Refused
from labelqa.ledger import open_ledger
from labelqa.ledger.moving import TABLES, move
from labelqa.ledger.tables import metadata
from labelqa.records.people import Duty
from labelqa.wiring import create_workspace, open_desk
from labelqa.workflows.desk import Desk
from labelqa.workflows.integrity import verify_ledger
from labelqa.workflows.moving import move_ledger
from labelqa.workflows.people import add_person
from tests.building import Clock, agreeing, drawn_batch, staffed
from tests.cluster import PASSWORD, Cluster
from tests.knife import unguarded

NUMBERS = count(1)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with people, a drawn batch and a manifest of it."""
    made = create_workspace(tmp_path / "ws", env={}, clock=Clock())
    staffed(made)
    drawn_batch(made, answers=agreeing(20))
    assert (
        main(["ledger", "manifest", "--out", str(tmp_path / "m.json"), "--workspace", str(tmp_path / "ws")], env={})
        == 0
    )
    return made


@pytest.fixture
def to(postgres: Cluster) -> str:
    """An address without its password."""
    return str(postgres.at(f"moved{next(NUMBERS)}"))


def content(desk: Desk) -> list[list[tuple[object, ...]]]:
    """Every row of every table."""
    with desk.ledger.reading() as connection:
        return [
            [tuple(row) for row in connection.execute(table.select().order_by(*table.primary_key))] for table in TABLES
        ]


def test_no_table_is_forgotten() -> None:
    assert {table.name for table in TABLES} == set(metadata.tables)


def test_everything_goes_over_as_it_is(desk: Desk, to: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before, env = content(desk), {"PGPASSWORD": PASSWORD, "LABELQA_LANG": "en"}
    settings = tmp_path / "ws" / "labelqa.toml"
    settings.write_text(settings.read_text() + 'ledger=""\n')
    mode = settings.stat().st_mode
    at = ["--workspace", str(tmp_path / "ws")]
    capfd.readouterr()
    assert main(["ledger", "move", "--to", to, *at], env=env) == 0
    out = capfd.readouterr().out
    assert out == f"{len(before[0])} facts are now at {to}, head {desk.ledger.head()[1]}.\n"
    assert (PASSWORD in settings.read_text(), settings.stat().st_mode) == (False, mode)
    with open_desk(start=tmp_path / "ws", env=env, clock=Clock()) as moved:
        assert moved.settings.ledger == to
        assert content(moved) == before
        assert verify_ledger(moved).findings == ()
        add_person(moved, "Zoe", organizer="Org", duties=[Duty.EXECUTOR], accounts={})
        assert moved.ledger.head()[0] == len(before[0]) + 1
    assert main(["ledger", "verify", "--since", str(tmp_path / "m.json"), *at], env=env) == 0
    with pytest.raises(Refused, match=r"was moved to postgresql://labelqa@127"):  # a dashboard that was not ended
        add_person(desk, "Yan", organizer="Org", duties=[Duty.EXECUTOR], accounts={})
    with pytest.raises(Refused, match="was moved"):
        desk.ledger.identities.name(next(iter(desk.ledger.identities.names())), "Somebody Else")
    assert content(desk) == before
    desk.close()
    assert main(["ledger", "move", "--to", to, *at], env=env) == 5
    assert "already" in capfd.readouterr().err


def test_a_ledger_that_is_there_is_not_written_over(desk: Desk, to: str, tmp_path: Path) -> None:
    env = {"PGPASSWORD": PASSWORD}
    create_workspace(tmp_path / "other", env=env | {"LABELQA_LEDGER": to}).close()
    with pytest.raises(NoWorkspace, match="another workspace"):
        move_ledger(desk, to, env=env)
    add_person(desk, "Yan", organizer="Org", duties=[Duty.EXECUTOR], accounts={})
    assert "ledger =" not in (tmp_path / "ws" / "labelqa.toml").read_text()
    desk.close()


def test_an_altered_ledger_is_not_moved(desk: Desk, to: str, tmp_path: Path) -> None:
    with closing(unguarded(tmp_path / "ws" / "ledger.sqlite3")) as base:
        base.execute("UPDATE facts SET actor = 'x' WHERE seq = 3")
        base.commit()
    with pytest.raises(Altered, match="not whole"):
        move_ledger(desk, to, env={"PGPASSWORD": PASSWORD})
    desk.close()


def test_what_fails_halfway_leaves_the_file_as_it_was(desk: Desk, tmp_path: Path) -> None:
    def fails() -> None:
        raise OSError("the disk is full")

    target = open_ledger(tmp_path / "target.sqlite3", create=True)
    with pytest.raises(OSError, match="full"):
        move(desk.ledger, target, to="x", then=fails)
    add_person(desk, "Yan", organizer="Org", duties=[Duty.EXECUTOR], accounts={})
    with closing(sqlite3.connect(tmp_path / "ws" / "ledger.sqlite3")) as base:
        assert base.execute("SELECT count(*) FROM sqlite_master WHERE name LIKE '%_moved'").fetchone() == (0,)
    target.close()
    desk.close()

"""Where a ledger on PostgreSQL is, and where its password comes from: nothing that is shown holds it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from labelqa.errors import NoWorkspace
from labelqa.ledger.passwords import ledger_address
from labelqa.ledger.postgres import Address, address, driver_there, encryption, lock_key
from labelqa.wiring import FILE, ledger_at, read_settings

SECRET = "s3cret word"  # noqa: S105 - of a test


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("postgresql://qa:s3cret%20word@db:5433/labels", "postgresql://qa@db:5433/labels"),
        ("postgres://db/labels", "postgresql://db/labels"),
        ("postgresql://qa@/labels?host=/run/postgresql&schema=q1", "postgresql://qa@/labels?host=/run/postgresql&schema=q1"),
        ("postgresql://qa@[::1]/labels?sslmode=require", "postgresql://qa@[::1]/labels?sslmode=require"),
    ],
)  # fmt: skip
def test_an_address_is_shown_without_its_password_and_means_the_same(told: str, shown: str) -> None:
    where = address(told)
    assert str(where) == shown
    assert replace(address(shown), password=where.password) == where
    assert SECRET not in repr(where) + str(where)
    assert where.options()["password"] == (SECRET if "s3cret" in told else "")


@pytest.mark.parametrize(
    "told",
    ["mysql://qa:s3cret@db/x", "postgresql://", "postgresql://qa:s3cret@db", "s3cret", "postgresql://qa:s3cret@db:port/x",
     "postgresql://qa:s3cret@db/x?schema=Drop%20it", "postgresql://qa:s3cret@db/x?sslmode=perhaps", "postgresql://qa:s3cret@db/x?options=1"],
)  # fmt: skip
def test_what_is_no_address_is_a_sentence_that_does_not_repeat_it(told: str) -> None:
    with pytest.raises(NoWorkspace, match="setting ledger") as error:
        address(told)
    assert "s3cret" not in str(error.value)


def test_between_machines_the_connection_is_encrypted() -> None:
    modes = {told: address(f"postgresql://{told}/x").mode for told in ("localhost", "127.0.0.1", "[::1]", "db.example")}
    assert modes == {"localhost": "prefer", "127.0.0.1": "prefer", "[::1]": "prefer", "db.example": "require"}
    assert [encryption(address(f"postgresql://db/x?sslmode={mode}")) for mode in ("disable", "prefer", "require")] == [
        False, None, True,
    ]  # fmt: skip
    with pytest.raises(NoWorkspace, match="certificates"):
        encryption(address("postgresql://db/x?sslmode=verify-full&sslrootcert=/nowhere.pem"))


def test_every_schema_has_a_lock_of_its_own() -> None:
    keys = {lock_key(address(f"postgresql://db/x?schema={name}")) for name in ("a", "b", "c")}
    assert len(keys) == 3
    assert all(0 <= key < 2**63 for key in keys)


def kept(tmp_path: Path, *lines: str, mode: int = 0o600) -> dict[str, str]:
    path = tmp_path / "pgpass"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    path.chmod(mode)
    return {"PGPASSFILE": str(path)}


@pytest.mark.parametrize(
    ("told", "lines", "password"),
    [
        ("postgresql://qa@db/x", ["# db:*", "other:*:*:*:no", "db:5432:x:qa:yes"], "yes"),
        ("postgresql://qa@db/x", ["*:*:*:*:first", "db:5432:x:qa:later"], "first"),
        ("postgresql://qa@db:5433/x", ["db:5432:x:qa:no"], ""),
        ("postgresql://qa@db/x", [r"db:5432:x:qa:a\:b\\c"], "a:b\\c"),
        ("postgresql://qa@/x?host=/run", ["localhost:5432:x:qa:sock"], "sock"),
        ("postgresql://qa:own@db/x", ["*:*:*:*:no"], "own"),
    ],
)
def test_the_password_file_is_read_as_postgresql_does(
    tmp_path: Path, told: str, lines: list[str], password: str
) -> None:
    assert ledger_address(told, file=None, env=kept(tmp_path, *lines)).password == password


def test_a_password_file_that_others_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoWorkspace, match="others can read the password file"):
        ledger_address("postgresql://qa@db/x", file=None, env=kept(tmp_path, "*:*:*:*:no", mode=0o644))


def test_user_and_password_come_from_the_environment(tmp_path: Path) -> None:
    env = {"PGUSER": "eve", "PGPASSWORD": SECRET}
    where = ledger_address("postgresql://db/x", file=None, env=env)
    assert (where.user, where.password) == ("eve", SECRET)
    assert ledger_address("postgresql://db/x", file=None, env={}).user


def test_a_password_in_settings_that_others_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_text('name = "x"\nledger = "postgresql://qa:s3cret@db/x"\n', encoding="utf-8")
    for mode in (0o644, 0o640, 0o604):
        path.chmod(mode)
        with pytest.raises(NoWorkspace, match="holds a password and others can read it") as error:
            read_settings(tmp_path, {})
        assert "s3cret" not in str(error.value)
    path.chmod(0o600)
    assert read_settings(tmp_path, {}).ledger == "postgresql://qa@db/x"
    where = ledger_at(tmp_path, {})
    assert isinstance(where, Address)
    assert where.password == "s3cret"  # noqa: S105


def test_the_environment_comes_before_the_settings(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('name = "x"\nledger = "postgresql://qa@db/x"\n', encoding="utf-8")
    assert read_settings(tmp_path, {"LABELQA_LEDGER": "postgresql://qa:p@other/y"}).ledger == "postgresql://qa@other/y"
    assert read_settings(tmp_path, {}).ledger == "postgresql://qa@db/x"
    (tmp_path / FILE).write_text('name = "x"\n', encoding="utf-8")
    assert ledger_at(tmp_path, {}) == tmp_path / "ledger.sqlite3"
    (tmp_path / FILE).write_text('name = "x"\nledger = 3\n', encoding="utf-8")
    with pytest.raises(NoWorkspace, match="no address of PostgreSQL"):
        read_settings(tmp_path, {})


def test_a_missing_driver_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labelqa.ledger.postgres.find_spec", lambda _name: None)
    with pytest.raises(NoWorkspace, match=r"pip install 'labelqa\[postgres\]'"):
        driver_there()

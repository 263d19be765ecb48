"""Logins on the command line: where a password may come from, and that it shows up nowhere."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest

SECRET, OTHER = "four quiet herons at dusk", "seven loud geese at dawn"


@pytest.fixture
def ws(run, tmp_path) -> Path:
    """A workspace with a supervisor and a reviewer."""
    folder = tmp_path / "ws"
    assert run("init", folder).code == 0
    for name, duty in (("周敏", "supervisor"), ("陈思远", "reviewer")):
        assert run("people", "add", name, "--organizer", "云帆", "--duties", duty, "--workspace", folder).code == 0
    return folder


@pytest.fixture
def typed(monkeypatch):
    """What comes from standard input."""

    def typing(text: str) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    return typing


def add(run, ws, *words, name="陈思远", role="lead,reviewer", **told):
    return run("login", "add", name, "--role", role, "--by", "周敏", *words, "--workspace", ws, **told)


def test_a_password_comes_from_a_pipe_or_a_file_of_ones_own(run, ws, typed, tmp_path):
    typed(f"{SECRET}\n")
    answer = add(run, ws, "--stdin")
    assert (answer.code, answer.err) == (0, "")
    assert "陈思远 can sign in now as: annotation lead, reviewer" in answer.out
    kept = tmp_path / "pw"
    kept.write_text(f"{OTHER}\r\nmore\n", encoding="utf-8")
    kept.chmod(0o600)
    assert run("login", "password", "陈思远", "--by", "周敏", "--password-file", kept, "--workspace", ws).code == 0
    (line,) = json.loads(run("login", "list", "--json", "--workspace", ws).out)
    assert (line["name"], line["roles"], line["sessions"]) == ("陈思远", ["lead", "reviewer"], 0)
    facts = json.loads(run("ledger", "show", "--json", "--workspace", ws).out)
    assert [each["body"]["change"] for each in facts if each["kind"] == "login.changed"] == ["added", "password"]
    from labelqa.workflows.identity.sign_in import SignedIn, sign_in
    from tests.building import opened

    with opened(ws) as desk:
        assert isinstance(sign_in(desk, "陈思远", OTHER), SignedIn)
        assert not isinstance(sign_in(desk, "陈思远", SECRET), SignedIn)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o606])
def test_a_file_that_others_can_read_is_refused(run, ws, tmp_path, mode):
    kept = tmp_path / "pw"
    kept.write_text(SECRET, encoding="utf-8")
    kept.chmod(mode)
    answer = add(run, ws, "--password-file", kept)
    assert answer.code == 5
    assert "chmod 600" in answer.err
    link = tmp_path / "link"
    kept.chmod(0o600)
    link.symlink_to(kept)
    assert add(run, ws, "--password-file", link).code == 4


@pytest.mark.parametrize(
    ("words", "text", "code", "part"),
    [
        (["--stdin"], "", 4, "nothing came where a password"),
        (["--stdin"], "\n" + SECRET, 4, "nothing came where a password"),
        (["--stdin"], "short", 5, "at least 12 characters"),
        (["--stdin"], "陈思远 and the herons", 5, "name or account"),
        ([], SECRET, 2, "--password-file or --stdin"),
        (["--stdin", "--password-file", "x"], SECRET, 2, "exclude each other"),
        (["--password-file", "not-there"], "", 4, "cannot be read"),
    ],
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_password_that_does_not_come_or_does_not_do_is_one_sentence(run, ws, typed, words, text, code, part, lang):
    typed(text)
    before = (ws / "ledger.sqlite3").read_bytes()
    answer = add(run, ws, *words, lang=lang)
    assert answer.code == code
    assert answer.err.count("\n") == 1
    assert lang == "zh" or part in answer.err
    assert not text.strip() or text.strip() not in answer.err + answer.out
    assert (ws / "ledger.sqlite3").read_bytes() == before


def test_a_password_is_no_word_of_the_command(run, ws):
    answer = add(run, ws, SECRET)
    assert answer.code == 2
    assert add(run, ws, "--password", SECRET).code == 2


def test_roles_and_removal(run, ws, typed):
    typed(SECRET)
    assert "duty arbitrator" in add(run, ws, "--stdin", role="arbitrator").err
    typed(SECRET)
    assert add(run, ws, "--stdin").code == 0
    typed(SECRET)
    assert "has a login already" in add(run, ws, "--stdin").err
    answer = run("login", "role", "陈思远", "--role", "inspector", "--by", "周敏", "--workspace", ws, lang="zh")
    assert "检查人员（仅查看）" in answer.out
    assert "reviewer" not in run("login", "list", "--workspace", ws).out
    assert run("login", "remove", "陈思远", "--by", "周敏", "--workspace", ws).code == 0
    assert "Nobody has a login" in run("login", "list", "--workspace", ws).out
    assert "has no login" in run("login", "remove", "陈思远", "--by", "周敏", "--workspace", ws).err
    assert run("ledger", "verify", "--workspace", ws).code == 0


def test_on_a_terminal_nothing_that_is_typed_is_seen(ws):
    """A real terminal: the password is asked for twice and not echoed."""
    words = ["login", "add", "陈思远", "--role", "lead", "--by", "周敏", "--workspace", str(ws)]
    # the first terminal that the leader of a session opens is its own, which the prompt then asks for
    script = (
        "import os, sys; os.open(os.ttyname(0), os.O_RDWR); "
        f"from labelqa.adapters.cli.main import main; sys.exit(main({words!r}))"
    )
    master, slave = pty.openpty()
    env = os.environ | {"LABELQA_LANG": "en"}
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=slave, stdout=slave, stderr=slave, env=env, start_new_session=True
    ) as child:
        os.close(slave)
        shown = b""
        for asked in (b"New password: ", b"The same again: "):
            shown += until(master, asked)
            os.write(master, f"{SECRET}\n".encode())
        shown += until(master, b"can sign in now")
        assert child.wait(timeout=30) == 0
    os.close(master)
    assert SECRET.encode() not in shown


def until(terminal: int, words: bytes) -> bytes:
    shown, start = b"", time.monotonic()
    while words not in shown:
        assert time.monotonic() - start < 60, shown
        shown += os.read(terminal, 1024)
    return shown


def test_files_of_the_workspace_are_for_the_owner(run, ws, typed):
    typed(SECRET)
    assert add(run, ws, "--stdin").code == 0
    assert ws.stat().st_mode & 0o777 == 0o700
    for path in ws.glob("*.sqlite3*"):
        assert path.stat().st_mode & 0o077 == 0, path
    (ws / "ledger.sqlite3").chmod(0o666)
    assert run("login", "list", "--workspace", ws).code == 0
    assert (ws / "ledger.sqlite3").stat().st_mode & 0o007 == 0
    assert not [path for path in ws.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]


def test_a_traceback_does_not_hold_the_password(run, ws, typed, monkeypatch):
    import labelqa.workflows.identity.logins as logins

    def broken(_password: str) -> str:
        raise ZeroDivisionError("boom")

    monkeypatch.setattr(logins, "hashed", broken)
    for env in ({}, {"LABELQA_DEBUG": "1"}):
        typed(SECRET)
        answer = add(run, ws, "--stdin", env=env)
        assert answer.code == 70
        assert SECRET not in answer.err + answer.out


def test_who_acts_under_a_registered_name_is_recorded_by_pseudonym(run, ws):
    words = ("people", "add", "林一", "--organizer", "云帆", "--duties", "executor", "--workspace", ws)
    assert run(*words, env={"LABELQA_ACTOR": "周敏"}).code == 0
    facts = json.loads(run("ledger", "show", "--json", "--workspace", ws).out)
    assert "周敏" not in json.dumps(facts, ensure_ascii=False)
    assert facts[-1]["actor"].startswith("p-")

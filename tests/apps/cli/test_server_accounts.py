"""``labelqa server accounts`` and ``labelqa server log``: what is asked of servers, what is printed, and what it comes to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.apps.cli.conftest import Run
from tests.fake_label_studio import PERSONAL, FakeServer, listening

FILE = "token.txt"


@pytest.fixture
def here(run: Run, tmp_path: Path) -> Path:
    """A workspace, and a file with a token beside it."""
    assert run("init", "ws").code == 0
    path = tmp_path / FILE
    path.write_text(PERSONAL + "\n")
    path.chmod(0o600)
    return tmp_path / "ws"


def test_accounts_are_asked_for_and_kept_for_when_nobody_answers(run: Run, here: Path) -> None:
    server = FakeServer()
    with listening(server) as url:
        run("connect", url, "--as", "ls", "--token-file", f"../{FILE}", start=here)
        assert (
            run(
                "people", "add", "陈思远", "--organizer", "甲", "--duties", "executor", "--account", "ls=2", start=here
            ).code
            == 0
        )
        told = run("server", "accounts", start=here)
    assert told.code == 0
    assert "陈思远" in told.out
    assert "chen@example.com" in told.out
    assert run("server", "accounts", start=here).code == 8  # nobody answers any more
    kept = run("server", "accounts", "--offline", "--json", start=here)
    lines = {each["account"]: each for each in json.loads(kept.out)[0]["lines"]}
    assert (lines["2"]["name"], lines["2"]["email"], lines["2"]["state"]) == ("陈思远", "chen@example.com", "there")
    veiled = run("server", "accounts", "--offline", "--pseudonyms", start=here)
    assert "陈思远" not in veiled.out
    assert "@" not in veiled.out
    assert "example.com" not in run("ledger", "show", "--json", "--last", "50", start=here).out


def test_a_removed_account_is_known_by_what_was_kept_of_it(run: Run, here: Path) -> None:
    server = FakeServer()
    with listening(server) as url:
        run("connect", url, "--as", "ls", "--token-file", f"../{FILE}", start=here)
        run("people", "add", "陈思远", "--organizer", "甲", "--duties", "executor", "--account", "ls=2", start=here)
        run("server", "accounts", start=here)
        server.users[1] |= {"email": "Deleted", "first_name": "Deleted", "last_name": "User", "username": "Deleted"}
        told = run("server", "accounts", start=here, lang="zh")
    assert "chen@example.com" in told.out
    assert "Deleted" not in told.out
    assert "AC003" in told.out
    assert "已不在服务器上" in told.out


def test_one_of_several_servers_that_is_silent_is_told_and_the_others_are_shown(run: Run, here: Path) -> None:
    with listening(FakeServer()) as url, listening(FakeServer()) as gone:
        run("connect", url, "--as", "a", "--token-file", f"../{FILE}", start=here)
        run("connect", gone, "--as", "b", "--token-file", f"../{FILE}", start=here)
    with listening(FakeServer()) as url:
        run("connect", url, "--as", "a", "--moved", "--token-file", f"../{FILE}", start=here)
        told = run("server", "accounts", start=here)
    assert told.code == 8
    assert "cannot be reached" in told.err
    assert "admin@example.com" in told.out
    assert run("server", "accounts", "--server", "c", start=here).code == 4


def test_a_log_is_attached_listed_and_checked(run: Run, here: Path) -> None:
    assert "No server is connected" in run("server", "accounts", start=here).out
    assert "No log is attached" in run("server", "log", "list", start=here).out
    with listening(FakeServer()) as url:
        run("connect", url, "--as", "ls", "--token-file", f"../{FILE}", start=here)
    log = here / "access.log"
    log.write_text(
        '- 7 [02/Nov/2026:00:30:00 +0800] "GET / HTTP/1.1" 200\n- 7 [02/Nov/2026:23:00:00 +0800] "GET /" 200\n'
    )
    words = ("server", "log", "attach", "access.log", "--from", "2026-11-02", "--to", "2026-11-03")
    done = run(*words, start=here)
    assert (done.code, done.err) == (0, "")
    assert "2 lines" in done.out
    assert "before" in run(*words, start=here).out
    span = ("--from", "2026-11-01", "--to", "2026-11-03")
    told = run("server", "log", "list", "--verify", *span, start=here)
    assert told.code == 0
    assert "insufficient evidence: logs are about 50.0%" in told.out
    assert "as attached" in told.out
    assert "证据不足" in run("server", "log", "list", *span, start=here, lang="zh").out
    assert "about all of" in run("server", "log", "list", "--from", "2026-11-02", "--to", "2026-11-03", start=here).out
    log.write_text("altered\n")
    broken = run("server", "log", "list", "--verify", "--json", start=here)
    assert broken.code == 1
    assert json.loads(broken.out)["findings"][0]["code"] == "AL005"
    assert run("server", "log", "list", "--from", "2026-11-03", "--to", "2026-11-02", start=here).code == 4
    assert run("ledger", "verify", start=here).code == 0

"""``labelqa serve``: webhooks are placed after asking, and what cannot be done is said in one sentence."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import httpx
import pytest

from labelqa.adapters.cli import serve as command
from labelqa.workflows.servers.hooks import ACTIONS, HEADER
from tests.apps.cli.conftest import Run
from tests.fake_label_studio import PERSONAL, FakeServer, listening

BASE = "http://10.0.0.5:8990/"
URL = "http://10.0.0.5:8990/hooks/label-studio/label-studio"


@pytest.fixture
def here(run: Run, tmp_path: Path) -> Path:
    """A workspace, and a file with a token beside it."""
    assert run("init", "ws").code == 0
    path = tmp_path / "token.txt"
    path.write_text(PERSONAL + "\n")
    path.chmod(0o600)
    return tmp_path / "ws"


def connected(run: Run, here: Path, url: str) -> None:
    assert run("connect", url, "--token-file", "../token.txt", start=here).code == 0


def test_webhooks_are_made_once_and_repaired_with_consent(run: Run, here: Path) -> None:
    server = FakeServer()
    first, second = server.project(), server.project()
    words = ("serve", "--register", "--url", BASE, "--project", first, "--project", second)
    with listening(server) as url:
        connected(run, here, url)
        unasked = run(*words, start=here)
        made = run(*words, "--yes", start=here)
        again = run("serve", "--register", start=here)
        hook = next(each for each in server.hooks.values() if each["project"] == first)
        hook.update(actions=[], is_active=False, headers={})
        repaired = run("serve", "--register", "--yes", start=here)
    assert (unasked.code, unasked.err.count("\n")) == (5, 1)
    assert "--yes" in unasked.err
    assert (made.code, again.code, repaired.code) == (0, 0, 0)
    assert f"Project {first}: make a webhook to {URL}." in made.out
    assert "Nothing is to be done." in again.out
    assert "hook-inactive" in repaired.out
    assert len(server.hooks) == 2
    secret = (here / "secrets" / "label-studio.hook").read_text().strip()
    for each in server.hooks.values():
        assert (each["url"], each["actions"], each["headers"]) == (URL, list(ACTIONS), {HEADER: secret})
        assert each["is_active"]
    told = json.loads(run("ledger", "show", "--json", start=here).out)
    placed = [fact for fact in told if fact["kind"].startswith("hook")]
    assert [fact["body"]["repaired"] for fact in placed] == [False, False, True]
    files = b"".join(each.read_bytes() for each in here.rglob("*") if each.is_file() and each.parent.name != "secrets")
    said = "".join(each.out + each.err for each in (unasked, made, again, repaired))
    assert secret not in said + files.decode("utf-8", "replace")


class Terminal(io.StringIO):
    """Somebody who types."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("typed", "hooks"), [("y\n", 1), ("\n", 0), ("no\n", 0), ("", 0), ("是\n", 1)])
def test_a_person_is_asked(run: Run, here: Path, monkeypatch, typed: str, hooks: int) -> None:
    server = FakeServer()
    number = server.project()
    with listening(server) as url:
        connected(run, here, url)
        monkeypatch.setattr(sys, "stdin", Terminal(typed))
        told = run("serve", "--register", "--url", BASE, "--project", number, start=here)
    assert told.code == 0
    assert len(server.hooks) == hooks
    assert ("Nothing was changed." in told.out) == (not hooks)


def test_doubled_webhooks_are_removed(run: Run, here: Path) -> None:
    server = FakeServer()
    number = server.project()
    words = ("serve", "--register", "--url", BASE, "--project", number, "--yes")
    with listening(server) as url:
        connected(run, here, url)
        run(*words, start=here)
        kept = next(iter(server.hooks))
        server.hooks[kept + 1] = server.hooks[kept] | {"id": kept + 1}
        told = run(*words, start=here)
    assert list(server.hooks) == [kept]
    assert f"remove webhook {kept + 1}" in told.out


@pytest.mark.parametrize(
    ("status", "said", "word"),
    [
        (403, "URL resolves to a reserved network address", "SSRF_PROTECTION_ENABLED=false"),
        (400, "Enter a valid URL.", "single word"),
        (500, "Server Error", "check the name from where the server runs"),
    ],
)
def test_a_server_that_refuses_is_explained(run: Run, here: Path, status: int, said: str, word: str) -> None:
    server = FakeServer()
    number = server.project()

    def refuses(request: httpx.Request) -> httpx.Response | None:
        if request.method == "POST" and "webhooks" in request.url.path:
            return httpx.Response(status, json={"detail": said})
        return None

    with listening(server) as url:
        connected(run, here, url)
        server.before = refuses
        told = run("serve", "--register", "--url", BASE, "--project", number, "--yes", start=here)
    assert told.code in {5, 8}
    assert word in told.err
    assert told.err.count("\n") == 1
    assert not server.hooks


@pytest.mark.parametrize(
    ("words", "word"),
    [
        (("--register",), "--url"),
        (("--register", "--url", BASE), "--project"),
        (("--register", "--url", "http://labelqa:8990/", "--project", 1), "single word"),
        (("--register", "--url", "nonsense", "--project", 1), "no address"),
        (("--url", BASE), "go with --register"),
        (("--yes",), "go with --register"),
        (("--allow", "10.0.0.0/99"), "no address or network"),
        (("--port", "0"), "--port"),
        (("--signed", "md5"), "hmac"),
        (("--host", "192.0.2.1"), "no address of this machine"),
    ],
)
def test_words_that_do_not_fit(run: Run, here: Path, words: tuple[object, ...], word: str) -> None:
    with listening(FakeServer()) as url:
        connected(run, here, url)
        told = run("serve", *words, start=here)
    assert told.code != 0
    assert word in told.err
    assert told.err.count("\n") == 1


def test_without_a_connected_server_nothing_is_registered(run: Run, here: Path) -> None:
    told = run("serve", "--register", "--url", BASE, "--project", 1, start=here)
    assert (told.code, "labelqa connect" in told.err) == (4, True)


def test_the_missing_extra_is_told(run: Run, here: Path, monkeypatch) -> None:
    monkeypatch.setattr(command, "find_spec", lambda _: None)
    told = run("serve", start=here)
    assert told.code == 5
    assert "pip install 'labelqa[webhook]'" in told.err


def test_a_secret_that_others_can_read_is_told_before_anything_listens(run: Run, here: Path) -> None:
    with listening(FakeServer()) as url:
        connected(run, here, url)
    path = here / "secrets" / "label-studio.hook"
    path.write_text("a-secret-that-others-can-read\n")
    path.chmod(0o644)
    told = run("serve", start=here)
    assert (told.code, "chmod 600" in told.err, told.out) == (5, True, "")
    short = run("serve", start=here, env={"LABELQA_LANG": "en", "LABELQA_HOOK_SECRET": "short"})
    assert (short.code, "LABELQA_HOOK_SECRET" in short.err) == (4, True)


def test_which_secret_a_call_must_bring(run: Run, here: Path) -> None:
    from labelqa.adapters.cli.session import Session
    from labelqa.workflows.servers.hook_secrets import made_secret

    with listening(FakeServer()) as url:
        connected(run, here, url)
    place = command._Place(here, ["label-studio"], ["gone"])
    told = {"signed": None, "allow": (), "behind_proxy": (), "max_mb": 1, "rate": 5}
    guards = command._guards(Session(env={}, start=here), place, told)
    assert (guards.largest, guards.rate) == (2**20, 5.0)
    assert guards.secret_of("label-studio") == ""
    secret = made_secret(here, "label-studio", env={})  # placed while it listens
    assert guards.secret_of("label-studio") == secret
    made_secret(here, "gone", env={})
    assert guards.secret_of("gone") == ""
    env = {"LABELQA_HOOK_SECRET": "told-by-the-environment", "LABELQA_HOOK_KEY": "key-of-the-proxy-in-front"}
    guards = command._guards(Session(env=env, start=here), place, told)
    assert guards.secret_of("label-studio") == "told-by-the-environment"
    assert guards.secret_of("unheard-of") == ""
    assert guards.key_of("label-studio") == "key-of-the-proxy-in-front"

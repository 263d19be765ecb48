"""``labelqa connect`` and ``labelqa server``: looked at, recorded, and the token where nobody else can read it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.apps.cli.conftest import Run
from tests.fake_label_studio import LEGACY, PERSONAL, FakeServer, listening

FILE = "token.txt"


@pytest.fixture
def here(run: Run, tmp_path: Path) -> Path:
    """A workspace, and a file with a token beside it."""
    assert run("init", "ws").code == 0
    kept(tmp_path, PERSONAL)
    return tmp_path / "ws"


def kept(folder: Path, token: str) -> Path:
    """A file with a token, for its owner only."""
    path = folder / FILE
    path.write_text(token + "\n")
    path.chmod(0o600)
    return path


def secrets(folder: Path) -> str:
    """Every byte of a workspace but its secrets, as text."""
    files = [each for each in folder.rglob("*") if each.is_file() and each.parent.name != "secrets"]
    return "\n".join(each.read_bytes().decode("utf-8", "replace") for each in files)


def test_a_server_is_looked_at_and_recorded_and_its_token_kept_apart(run: Run, here: Path) -> None:
    server = FakeServer()
    server.project()
    with listening(server) as url:
        told = run("connect", url, "--token-file", f"../{FILE}", "--organizer", "甲公司", start=here)
        again = run("connect", url, start=here)
    assert (told.code, again.code) == (0, 0)
    assert f"Label Studio 1.23.2 (Community) at {url}" in told.out
    assert "account 1" in told.out
    assert "nothing changed" in again.out
    path = here / "secrets" / "label-studio.token"
    assert path.read_text() == PERSONAL + "\n"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert PERSONAL not in secrets(here) + told.out + told.err + again.out
    assert json.loads(run("server", "list", "--json", start=here).out)[0]["organizer"] == "甲公司"


def test_what_changed_is_recorded_and_what_was_known_before_stays(run: Run, here: Path) -> None:
    server = FakeServer()
    with listening(server) as url:
        run("connect", url, "--token-file", f"../{FILE}", start=here)
        before = json.loads(run("server", "list", "--json", start=here).out)
        server.version = "1.24.0"
        told = run("connect", url, "--isolated", start=here)
    assert "1.24.0" in told.out
    assert "is connected" in told.out
    now = json.loads(run("server", "list", "--json", start=here).out)
    then = json.loads(run("server", "list", "--json", "--known", before[0]["recorded_at"], start=here).out)
    assert then == before
    assert (now[0]["version"], now[0]["isolated"], now[0]["fact"]) == ("1.24.0", True, 3)
    assert "1.24.0" in run("server", "list", start=here, lang="zh").out
    verified = run("ledger", "verify", start=here)
    assert verified.code == 0


def test_a_token_of_the_environment_is_used_and_not_kept(run: Run, here: Path) -> None:
    with listening(FakeServer(legacy=True)) as url:
        env = {"LABEL_STUDIO_URL": url + "/", "LABEL_STUDIO_API_KEY": LEGACY}
        told = run("connect", start=here, env=env)
        other = run("connect", "http://127.0.0.1:1", "--as", "b", start=here, env=env)
    assert told.code == 0
    assert "legacy" in told.out
    assert not (here / "secrets").exists()
    assert other.code == 2
    assert "--token-file" in other.err  # the token of one address is not sent to another


def test_a_server_that_does_not_answer_is_not_recorded(run: Run, here: Path) -> None:
    told = run("connect", "http://127.0.0.1:1", "--token-file", f"../{FILE}", start=here)
    assert told.code == 8
    assert "cannot be reached (the connection was refused" in told.err
    assert not (here / "secrets").exists()
    assert "No server is connected" in run("server", "list", start=here).out


def test_the_address_of_a_page_and_what_is_no_token_are_told_as_such(run: Run, here: Path, tmp_path: Path) -> None:
    import httpx

    server = FakeServer()
    server.before = lambda request: httpx.Response(404) if request.url.path.startswith("/projects/") else None
    with listening(server) as url:
        page = run("connect", f"{url}/projects", "--token-file", f"../{FILE}", start=here)
        kept(tmp_path, "中文 token")
        odd = run("connect", url, "--token-file", f"../{FILE}", start=here)
    assert (page.code, odd.code) == (4, 4)
    assert "before /projects in the browser" in page.err
    assert "this is no token" in odd.err
    assert "中文" not in odd.err
    assert not (here / "secrets").exists()


def test_a_token_that_is_not_taken_is_not_kept(run: Run, here: Path, tmp_path: Path) -> None:
    kept(tmp_path, LEGACY)
    with listening(FakeServer()) as url:
        told = run("connect", url, "--token-file", f"../{FILE}", start=here)
    assert told.code == 5
    assert "legacy token authentication has been disabled" in told.err
    assert LEGACY not in told.err
    assert not (here / "secrets").exists()


def test_names_and_addresses_belong_to_one_server(run: Run, here: Path) -> None:
    with listening(FakeServer()) as first, listening(FakeServer()) as second:
        words = ("--token-file", f"../{FILE}")
        assert run("connect", first, *words, start=here).code == 0
        twin = run("connect", first, "--as", "b", *words, start=here)
        other = run("connect", second, *words, start=here)
        moved = run("connect", second, "--moved", start=here)
        wrong = [run("connect", first, "--as", name, *words, start=here) for name in ("file", "B", "a b", "../x", "")]
    assert (twin.code, other.code, moved.code) == (5, 5, 0)
    assert "connected already, as label-studio" in twin.err
    assert "--moved" in other.err
    assert second in moved.out
    assert [each.code for each in wrong[:4]] == [4, 4, 4, 4]
    assert not list(here.glob("**/x.token"))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_end_is_recorded_and_the_token_goes(run: Run, here: Path, lang: str) -> None:
    with listening(FakeServer()) as url:
        run("connect", url, "--token-file", f"../{FILE}", start=here)
        told = run("server", "end", "label-studio", "--reason", "合同到期", start=here, lang=lang)
        again = run("server", "end", "label-studio", "--reason", "合同到期", start=here, lang=lang)
        back = run("connect", url, "--token-file", f"../{FILE}", start=here, lang=lang)
    assert (told.code, again.code, back.code) == (0, 4, 0)
    assert "合同到期" not in told.out
    lines = json.loads(run("server", "list", "--json", start=here).out)
    assert [(each["ended"], each["reason"]) for each in lines] == [(False, "")]


def test_the_end_is_shown_with_its_reason(run: Run, here: Path) -> None:
    with listening(FakeServer()) as url:
        run("connect", url, "--token-file", f"../{FILE}", start=here)
    run("server", "end", "label-studio", "--reason", "合同到期", start=here)
    assert not (here / "secrets" / "label-studio.token").exists()
    assert "合同到期" in run("server", "list", start=here).out


def test_an_open_token_file_is_refused(run: Run, here: Path, tmp_path: Path) -> None:
    (tmp_path / FILE).chmod(0o644)
    told = run("connect", "http://127.0.0.1:1", "--token-file", f"../{FILE}", start=here)
    assert told.code == 5
    assert "chmod 600" in told.err


def test_a_kept_token_that_others_may_read_is_not_used(run: Run, here: Path) -> None:
    with listening(FakeServer()) as url:
        run("connect", url, "--token-file", f"../{FILE}", start=here)
        (here / "secrets" / "label-studio.token").chmod(0o640)
        told = run("connect", url, start=here)
    assert told.code == 5
    assert "chmod 600" in told.err


def test_without_the_extra_it_says_what_to_install(run: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labelqa.adapters.cli.connect.find_spec", lambda _name: None)
    told = run("connect", "http://127.0.0.1:1", start=here, lang="zh")
    assert told.code == 5
    assert "labelqa[label-studio]" in told.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "LABEL_STUDIO_URL"),
        (("labels.example.com",), "https://labels.example.com"),
        (("http://a.example.com", "--isolated", "--not-isolated"), "exclude each other"),
        (("http://a.example.com", "--stdin", "--token-file", "t"), "exclude each other"),
    ],
)
def test_wrong_words_are_told(run: Run, here: Path, words: tuple[str, ...], said: str) -> None:
    told = run("connect", *words, start=here)
    assert told.code in {2, 4}
    assert said in told.err

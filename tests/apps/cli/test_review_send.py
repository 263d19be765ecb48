"""``labelqa review send`` and ``review collect`` as people run them, in both languages, against a stand-in of a server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from tests.apps.cli.conftest import Run
from tests.fake_label_studio import PERSONAL, FakeServer, listening
from tests.unit.workflows.reviewing_live import chosen

NAME = "label-studio"  # under which the people's accounts are known


@pytest.fixture
def fake() -> FakeServer:
    """A server on which the two reviewers have their accounts, 31 and 32."""
    server = FakeServer()
    for number in (31, 32):
        server.users.append({"id": number, "email": f"r{number}@example.com", "first_name": "", "last_name": ""})
    return server


@pytest.fixture
def at(run: Run, stage: Callable[[str], Path], tmp_path: Path, fake: FakeServer) -> Iterator[Path]:
    """A drawn sample in a workspace that is connected to the server."""
    folder = stage("drawn")
    token = tmp_path / "token.txt"
    token.write_text(PERSONAL + "\n")
    token.chmod(0o600)
    with listening(fake) as url:
        assert run("connect", url, "--token-file", token, start=folder).code == 0
        yield folder


def answered(fake: FakeServer, project: int, by: int, label: str = "accept") -> None:
    """Somebody labels everything in a project."""
    for task in [each for each in fake.tasks.values() if each["project"] == project]:
        fake.annotate(task["id"], chosen(quality=label), by=by)


@pytest.mark.parametrize(("lang", "closed"), [("en", "closed"), ("zh", "关闭")])
def test_a_sample_goes_out_and_its_verdicts_come_home(
    run: Run, at: Path, fake: FakeServer, lang: str, closed: str
) -> None:
    told = run("review", "send", "b1", start=at, lang=lang)
    assert told.code == 0
    sent = json.loads(run("review", "send", "b1", "--json", start=at).out)["projects"]
    assert [each["new"] for each in sent] == [0, 0]
    for each in sent:
        assert each["name"] in told.out
        assert each["url"] in told.out
        assert fake.projects[each["project"]]["title"].startswith("labelqa b1/1 p-")
    fake.now = fake.now.replace(year=2026, month=11, day=20, hour=8, minute=5)
    by = {"审甲": 31, "审乙": 32}
    for each in sent:
        answered(fake, each["project"], by[each["name"]])
    done = run("review", "collect", start=at, lang=lang)
    assert done.code == 0, done.out + done.err
    assert closed in done.out
    assert len(json.loads(run("sample", "show", "b1", "--json", start=at).out)["items"]) == sum(
        each["items"] for each in sent
    )  # fmt: skip
    again = json.loads(run("review", "collect", "b1", "--json", start=at).out)
    assert {each["recorded"] for each in again["projects"]} == {0}
    assert again["certificates"][0]["given"] == sum(each["items"] for each in sent)
    assert run("ledger", "verify", start=at).code == 0


def test_what_was_not_taken_is_named_and_told_by_the_exit_code(run: Run, at: Path, fake: FakeServer) -> None:
    sent = json.loads(run("review", "send", "b1", "--json", start=at).out)["projects"]
    fake.now = fake.now.replace(year=2026, month=11, day=20, hour=8, minute=5)
    answered(fake, sent[0]["project"], by=1)
    done = run("review", "collect", "b1", start=at)
    assert done.code == 1
    assert "review-nobody" in done.out
    assert "account 1" in done.out


def test_words_that_do_not_fit_are_one_sentence(run: Run, at: Path) -> None:
    faults: list[tuple[tuple[Any, ...], int, str]] = [
        (("review", "send", "nope"), 4, "nope"),
        (("review", "send", "b1", "--server", "other"), 4, "no server is called other"),
        (("review", "send", "b1", "--mode", "half"), 2, "half"),
        (("review", "send", "b1", "--config", "missing.xml"), 4, "missing.xml"),
        (("review", "collect", "--keep", "--remove"), 2, "exclude each other"),
    ]
    for words, code, said in faults:
        told = run(*words, start=at)
        assert (told.code, told.out) == (code, "")
        assert said in told.err
        assert len(told.err.strip().splitlines()) == 1
    none = run("review", "collect", start=at)
    assert (none.code, "No review project is open" in none.out) == (0, True)


def test_a_server_that_is_gone_is_one_sentence(run: Run, stage: Callable[[str], Path], tmp_path: Path) -> None:
    folder, token = stage("drawn"), tmp_path / "token.txt"
    token.write_text(PERSONAL + "\n")
    token.chmod(0o600)
    with listening(FakeServer()) as url:
        assert run("connect", url, "--token-file", token, start=folder).code == 0
    told = run("review", "send", "b1", start=folder)
    assert (told.code, told.out) == (8, "")
    assert len(told.err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "words", [("review", "send", "b1"), ("review", "collect"), ("rework", "send", "b1"), ("rework", "collect")]
)
def test_nothing_is_sent_or_collected_while_another_does(
    run: Run, at: Path, fake: FakeServer, words: tuple[str, ...]
) -> None:
    settings = at / "labelqa.toml"
    settings.write_text(settings.read_text("utf-8").replace("busy_seconds = 30.0", "busy_seconds = 0.0"), "utf-8")
    asked = len(fake.requests)
    with FileLock(at / "sending.lock"):
        told = run(*words, start=at)
    assert (told.code, "another process sends or collects" in told.err) == (6, True)
    assert len(fake.requests) == asked
    with FileLock(at / "sync.lock"):  # a long pass that only reads keeps nobody from it
        assert run(*words, start=at).code == 0

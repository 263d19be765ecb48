"""``labelqa rework``: sent, answered on a server, collected, listed; in both languages."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.apps.cli.conftest import Run
from tests.fake_label_studio import PERSONAL, FakeServer, listening

ACCOUNTS = {"甲": 11, "乙": 12, "丙": 13}


@pytest.fixture
def server() -> FakeServer:
    made = FakeServer()
    made.users += [{"id": number, "email": f"{number}@example.com"} for number in ACCOUNTS.values()]
    return made


@pytest.fixture
def wrong(stage: Callable[[str], Path], run: Run) -> tuple[Path, list[str]]:
    """A drawn batch with two items found incorrect; everybody has the accounts of conftest."""
    folder = stage("drawn")
    drawn = json.loads(run("sample", "show", "b1", "--json", start=folder).out)
    rows = drawn["items"] if "items" in drawn else drawn["drawn"]
    items = [each["item_id"] for each in rows][:2]
    for each in rows[:2]:
        said = ("--verdict", "incorrect", "--rule", "Q-03", "--correct-label", "off_topic", "--comment", "跑题")
        done = run("review", "record", "b1", each["item_id"], "--by", each["verifier"], *said, start=folder)
        assert done.code == 0, done.err
    return folder, items


def connected(run: Run, folder: Path, url: str) -> None:
    token = folder.parent / "token.txt"
    token.write_text(PERSONAL + "\n")
    token.chmod(0o600)
    assert run("connect", url, "--as", "label-studio", "--token-file", "../token.txt", start=folder).code == 0


def answered(server: FakeServer, label: str, sent: str) -> None:
    """Who was sent something answers it."""
    (number,) = [number for name, number in ACCOUNTS.items() if name in sent]
    for task in list(server.tasks.values()):
        result = [{"from_name": "quality", "to_name": "text", "type": "choices", "value": {"choices": [label]}}]
        server.now = server.now.replace(day=20, hour=8, minute=1)
        server.annotate(task["id"], result, by=number, updated_by=number)


def test_out_and_back(run: Run, server: FakeServer, wrong: tuple[Path, list[str]]) -> None:
    folder, items = wrong
    with listening(server) as url:
        connected(run, folder, url)
        empty = run("rework", "list", start=folder)
        sent = run("rework", "send", "b1", start=folder, lang="zh")
        assert (sent.code, sent.err) == (0, "")
        assert f"{url}/projects/1/data" in sent.out
        (name,) = [
            each for each in ACCOUNTS if each in sent.out
        ]  # of those who gave the label at once, one stands for it
        assert sorted(each["meta"]["labelqa"]["item"] for each in server.tasks.values()) == sorted(items)
        assert "有误之处" in server.projects[1]["label_config"]
        answered(server, "off_topic", sent.out)
        first = run("rework", "collect", "b1", start=folder)
        again = run("rework", "collect", start=folder, lang="zh")
    assert "No returned work" in empty.out
    assert (first.code, again.code) == (0, 0)
    assert first.out.startswith("2 corrections recorded")
    assert "等待他人复核" not in again.out
    told = json.loads(run("correct", "show", "b1", "--json", start=folder).out)
    assert [each["after"] for each in told["corrections"]] == ["off_topic", "off_topic"]
    assert {each["identity"] for each in told["corrections"]} == {"authenticated"}
    listed = json.loads(run("rework", "list", "--json", "--pseudonyms", start=folder).out)
    assert [(each["project"]["project"], each["open"]) for each in listed] == [(1, 2)]
    assert name in run("rework", "list", start=folder).out
    assert name not in run("rework", "list", "--pseudonyms", start=folder).out
    assert run("ledger", "verify", start=folder).code == 0


def test_what_is_not_taken_is_told_with_exit_code_1(
    run: Run, server: FakeServer, wrong: tuple[Path, list[str]]
) -> None:
    folder, _ = wrong
    with listening(server) as url:
        connected(run, folder, url)
        answered(server, "accept", run("rework", "send", "b1", start=folder).out)
        told = run("rework", "collect", start=folder, lang="zh")
        as_data = json.loads(run("rework", "collect", "--json", start=folder).out)
        refused = run("rework", "send", "b1", "--to", "审甲", "--item", "nope", start=folder)
    assert told.code == 1
    assert "再次标为 accept" in told.out
    assert [each["code"] for each in as_data["findings"]] == ["rework-unchanged"] * 2
    assert refused.code == 4


def test_without_a_server_it_is_said_what_to_do(run: Run, wrong: tuple[Path, list[str]]) -> None:
    folder, _ = wrong
    for words in (("send", "b1"), ("collect",)):
        told = run("rework", *words, start=folder)
        assert (told.code, "labelqa connect URL" in told.err) == (4, True)
    shutil.rmtree(folder)

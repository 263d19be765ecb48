"""``labelqa push`` and ``labelqa server projects`` as a person types them, against a stand-in server over loopback."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.apps.cli.conftest import RELEASE, Run
from tests.fake_label_studio import PERSONAL, FakeServer, listening

EXTRA = (
    '<View><Text name="text" value="$text"/><Choices name="quality" toName="text">'
    '<Choice value="accept"/><Choice value="beyond"/></Choices></View>'
)
BEYOND = [{"from_name": "quality", "to_name": "text", "type": "choices", "value": {"choices": ["beyond"]}}]


@pytest.fixture
def here(stage: Callable[[str], Path], run: Run, tmp_path: Path) -> Iterator[tuple[Path, FakeServer]]:
    """A workspace with a release, connected to a server with one project, in which a label too many is used."""
    folder, server = stage("imported"), FakeServer()
    server.annotate(server.task(server.project("情感 标注", EXTRA), {"text": "x"}), BEYOND)
    token = tmp_path / "token.txt"
    token.write_text(PERSONAL)
    token.chmod(0o600)
    with listening(server) as url:
        assert run("connect", url + "/under/path", "--token-file", token, start=folder).code == 0
        yield folder, server


def test_a_push_shows_refuses_does_and_does_nothing_again(run: Run, here: tuple[Path, FakeServer]) -> None:
    folder, server = here
    words = ("push", RELEASE, "--project", 1)
    dry = run(*words, "--dry-run", start=folder)
    assert dry.code == 0
    assert "- quality: beyond, in use 1 time\n" in dry.out
    assert "+ quality: off_topic" in dry.out
    assert "needs --force" in dry.out
    refused = run(*words, start=folder)
    assert (refused.code, "quality: beyond (1)" in refused.err) == (5, True)
    assert server.projects[1]["label_config"] == EXTRA
    done = run(*words, "--force", "never defined", start=folder)
    assert done.code == 0
    assert "has form and instruction of" in done.out
    assert "off_topic" in server.projects[1]["label_config"]
    again = run(*words, start=folder)
    assert (again.code, "nothing was done" in again.out) == (0, True)
    told = json.loads(run("ledger", "show", "--json", start=folder).out)
    assert json.dumps(told).count("never defined") == 1
    assert run("ledger", "verify", start=folder).code == 0


def test_the_form_speaks_the_language_that_was_asked_for(run: Run, here: tuple[Path, FakeServer]) -> None:
    folder, server = here
    server.remove_annotations(1)
    assert run("push", RELEASE, "--project", 1, "--lang", "zh", start=folder).code == 0
    assert "答非所问" in server.projects[1]["label_config"]
    other = run("push", RELEASE, "--project", 1, "--lang", "en", "--json", start=folder)
    assert json.loads(other.out)["difference"] == {"added": [], "gone": [], "config": True, "instruction": True}
    assert "答非所问" not in server.projects[1]["label_config"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_new_project_and_the_list_of_all(run: Run, here: tuple[Path, FakeServer], lang: str) -> None:
    folder, server = here
    made = run("push", RELEASE, "--new", "情感 三期", start=folder, lang=lang)
    assert made.code == 0
    assert "labelqa sync follow 2 --server label-studio" in made.out
    assert run("push", RELEASE, "--new", "情感 三期", start=folder, lang=lang).code == 5
    assert len(server.projects) == 2
    told = run("server", "projects", start=folder, lang=lang)
    assert told.code == 0
    assert RELEASE in told.out
    server.change_project(2, label_config=EXTRA)
    lines = json.loads(run("server", "projects", "--json", start=folder, lang=lang).out)
    assert [(each["project"], each["release"], each["form"]) for each in lines] == [
        (1, "", "never-pushed"), (2, RELEASE, "changed-by-hand"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        ((), 2, "--project N"),
        (("--project", 1, "--new", "abc"), 2, "--project N"),
        (("--new", "abc", "--dry-run"), 2, "--dry-run"),
        (("--new", "ab"), 4, "3 to 50"),
        (("--project", 99), 1, "has no project 99"),
        (("--project", 0), 2, "--project"),
        (("--project", 1, "--server", "nowhere"), 4, "label-studio"),
    ],
)
def test_what_cannot_be_pushed_is_one_sentence(
    run: Run, here: tuple[Path, FakeServer], words: tuple[object, ...], code: int, part: str
) -> None:
    told = run("push", RELEASE, *words, start=here[0])
    assert told.code == code, told.err
    assert part in told.err
    assert "Traceback" not in told.err
    assert PERSONAL not in told.err


def test_drafts_and_unknown_releases_are_not_pushed(run: Run, here: tuple[Path, FakeServer]) -> None:
    told = run("push", "genai-safety@1.0.0", "--project", 1, start=here[0])
    assert told.code == 4
    assert "not released in this workspace" in told.err

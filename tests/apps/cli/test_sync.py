"""``labelqa sync``: follow projects, run passes, see how it stands; and what people get wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.apps.cli.conftest import Run
from tests.building import opened
from tests.fake_label_studio import PERSONAL, FakeServer, listening

CONFIG = """<View><Text name="text" value="$text"/><Choices name="c" toName="text" choice="single">
<Choice value="yes"/><Choice value="no"/></Choices></View>"""


def answer(label: str) -> list[dict[str, Any]]:
    return [{"id": "a", "from_name": "c", "to_name": "text", "type": "choices", "value": {"choices": [label]}}]


class Place:
    """A connected workspace, the server behind it, and the command."""

    def __init__(self, run: Run, folder: Path, server: FakeServer) -> None:
        self._run, self.folder, self.server = run, folder, server

    def __call__(self, *words: str) -> Any:
        return self._run(*words, start=self.folder)

    def json(self, *words: str) -> Any:
        told = self(*words, "--json")
        assert told.code == 0, told.err
        return json.loads(told.out)


@pytest.fixture
def here(run: Run, tmp_path: Path) -> Iterator[Place]:
    server = FakeServer()
    project = server.project("情感 · first", CONFIG)
    for number in range(3):
        server.annotate(server.task(project, {"text": f"t{number}"}), answer("yes"))
    token = tmp_path / "token.txt"
    token.write_text(PERSONAL)
    token.chmod(0o600)
    assert run("init", "ws").code == 0
    with listening(server) as url:
        place = Place(run, tmp_path / "ws", server)
        assert place("connect", url, "--token-file", "../token.txt").code == 0
        yield place


def test_a_pause_without_following_is_refused(here: Place) -> None:
    told = here("sync", "run", "--every", "5")
    assert (told.code, "--every goes with --follow" in told.err) == (2, True)


def test_a_project_is_followed_read_and_told(here: Place) -> None:
    assert "No project is followed" in here("sync", "run").out
    assert "情感 · first" in here("sync", "follow", "1").out
    first = here("sync", "run")
    assert (first.code, "3 new revisions" in first.out, "; 3 tasks read" in first.out) == (0, True, True)
    here.server.remove_tasks(3)
    (told,) = here.json("sync", "run", "--sweep")["projects"]
    assert (told["added"], told["gone"], told["swept"]) == (1, 1, True)
    (server,) = here.json("sync", "status")["servers"]
    (project,) = server["projects"]
    assert (project["tasks"], project["annotations"], project["skipped"], project["missed"]) == (2, 2, 0, None)
    shown, chinese = here("sync", "status").out, here("--lang", "zh", "sync", "status").out
    assert "labelqa serve --register" in shown
    assert "没有 webhook" in chinese


def test_a_project_that_is_left_is_read_no_more(here: Place) -> None:
    here("sync", "follow", "1")
    assert "no longer followed" in here("sync", "leave", "1", "--reason", "done").out
    assert "No project is followed" in here("sync", "run").out
    assert here("sync", "leave", "1", "--reason", "again").code == 4


def test_a_server_that_does_not_answer_is_told_and_loses_nothing(here: Place) -> None:
    here("sync", "follow", "1")
    here.server.before = lambda request: httpx.Response(500) if request.url.path == "/api/tasks/" else None
    told = here("sync", "run")
    assert (told.code, "failed (status 500" in told.out) == (8, True)
    assert "failed (status 500" in here("sync", "status").out
    here.server.before = lambda _request: None
    assert "3 new revisions" in here("sync", "run").out


def test_a_pass_ends_while_people_go_on_labelling(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    from labelqa.intake.inbox import arrival, open_inbox
    from labelqa.workflows.sync.running import Running

    here("sync", "follow", "1")
    passes: list[int] = []
    real = Running.run

    def event() -> None:
        told = {"action": "TASKS_CREATED", "tasks": [{"id": 1, "data": {}}], "project": {"id": 1}, "n": len(passes)}
        with open_inbox(here.folder / "inbox.sqlite3") as inbox:
            inbox.put(arrival("label-studio", json.dumps(told).encode(), datetime.now(UTC)))

    def busy(self: Running, **told: Any) -> Any:
        done = real(self, **told)
        passes.append(len(done))
        assert len(passes) < 5, "the pass does not end"
        event()
        return done

    monkeypatch.setattr(Running, "run", busy)
    event()
    assert here("sync", "run").code == 0
    assert len(passes) == 1


def test_one_servers_trouble_is_no_others(here: Place) -> None:
    other = FakeServer()
    other.annotate(other.task(other.project("second", CONFIG), {"text": "t"}), answer("yes"))
    with listening(other) as url:
        assert here("connect", url, "--as", "a-vendor", "--token-file", "../token.txt").code == 0
        for name in ("a-vendor", "label-studio"):
            here("sync", "follow", "1", "--server", name)
        (here.folder / "secrets" / "a-vendor.token").write_text("f" * 40)
        told = here("sync", "run")
    assert told.code == 8
    assert "label-studio project 1: 3 new revisions" in told.out
    assert "a-vendor project 1:" in told.out
    assert "does not take the token" in here("sync", "status").out


def test_a_project_that_is_gone_keeps_nothing_else_from_coming_home(
    here: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    from labelqa.adapters.label_studio.client import passes

    asked: list[str] = []
    real = passes.gather

    def noted(*told: Any, **more: Any) -> Any:
        asked.append(told[1].name)
        return real(*told, **more)

    monkeypatch.setattr(passes, "gather", noted)
    here("sync", "follow", "1")
    gone = httpx.Response(404, json={"detail": "No Project matches the given query."})
    here.server.before = lambda request: gone if request.url.path == "/api/projects/1/" else None
    told = here("sync", "run")
    assert (told.code, "is no longer on" in told.out, asked) == (8, True, ["label-studio"])
    here.server.before = lambda _request: httpx.Response(503)
    assert (here("sync", "run").code, asked) == (8, ["label-studio"])  # a server that is away is not asked for more


def test_what_many_projects_have_in_common_is_said_once(here: Place) -> None:
    for _ in range(4):
        here("sync", "follow", str(here.server.project("another", CONFIG)))
    here.server.before = lambda _request: httpx.Response(503)
    told = here("sync", "run")
    assert (told.code, told.out.count("503"), "label-studio, 4 projects (2, 3, 4, …): " in told.out) == (8, 1, True)
    shown, chinese = here("sync", "status").out, here("--lang", "zh", "sync", "status").out
    assert ("  4 projects (2, 3, 4, …): " in shown, "  4 个项目（2, 3, 4, …）：" in chinese) == (True, True)
    here.server.before = lambda request: (
        httpx.Response(500) if request.url.path == "/api/projects/3/" else None  # one by itself is named by itself
    )
    assert "label-studio project 3: " in here("sync", "run").out
    assert "  project 3: " in here("sync", "status").out


def test_a_webhooks_secret_that_is_not_ours_to_read_stops_no_pass(here: Place) -> None:
    here("sync", "follow", "1")
    (here.folder / "secrets" / "label-studio.hook").symlink_to("elsewhere")
    told = here("sync", "run")
    assert (told.code, "3 new revisions" in told.out) == (0, True)


def test_the_status_sets_webhooks_right_with_consent(here: Place) -> None:
    here("sync", "follow", "1")
    here("sync", "run")
    assert (
        here("sync", "status", "--repair", "--url", "http://127.0.0.1:8990/").code == 5
    )  # nobody is there to be asked
    assert here.server.hooks == {}
    made = here("sync", "status", "--repair", "--url", "http://127.0.0.1:8990/", "--yes")
    assert "is in place" in made.out
    assert made.out.endswith("Now: labelqa serve, which hears what they tell.\n")
    (hook,) = here.server.hooks.values()
    hook["actions"] = []
    assert "does not send" in here("sync", "status", "--repair", "--yes").out
    assert "ANNOTATION_CREATED" in next(iter(here.server.hooks.values()))["actions"]
    assert "Nothing is to be done" in here("sync", "status", "--repair", "--yes").out
    assert here("sync", "status", "--yes").code == 2


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("sync",), 2, "wants one of its commands"),
        (("sync", "follow"), 2, "is missing"),
        (("sync", "follow", "99"), 1, "has no project 99"),
        (("sync", "follow", "one"), 2, "one"),
        (("sync", "run", "--follow", "--json"), 2, "exclude each other"),
        (("sync", "run", "--server", "other"), 4, "connected are: label-studio"),
        (("sync", "run", "--project", "5"), 4, "project 5 is not followed"),
        (("sync", "leave", "1", "--reason", "x"), 4, "is not followed"),
    ],
)
def test_what_people_get_wrong_is_one_sentence(here: Place, words: tuple[str, ...], code: int, said: str) -> None:
    told = here(*words)
    assert told.code == code
    assert said in told.err
    assert "Traceback" not in told.err


def test_following_goes_on_until_it_is_stopped(here: Place) -> None:
    here("sync", "follow", "1")
    script = "import sys; from labelqa.adapters.cli.main import main; sys.exit(main())"
    words = [sys.executable, "-c", script, "--lang", "en", "sync", "run", "--follow", "--every", "1"]
    with subprocess.Popen(
        words, cwd=here.folder, stdout=subprocess.PIPE, text=True, env=dict(os.environ),
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - a background job ignores it
    ) as running:  # fmt: skip
        assert running.stdout is not None
        assert "Following" in running.stdout.readline()
        assert "3 new revisions" in running.stdout.readline()
        here.server.annotate(1, answer("no"), by=1)
        assert "1 new revision " in running.stdout.readline()
        running.send_signal(signal.SIGINT)
        end = time.monotonic() + 30
        while running.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        assert running.returncode == 130


def test_a_new_token_and_a_new_address_count_from_the_next_look_on(here: Place) -> None:
    """What ``labelqa connect`` changes while somebody follows."""
    from labelqa.adapters.label_studio.client.passes import Passes

    here("sync", "follow", "1")
    env = {"LABELQA_LANG": "en"}
    with opened(here.folder) as desk, Passes(desk, env) as passes:
        assert [each.tally.added for each in passes.run()] == [3]
        here.server.legacy, here.server.tokens = True, {"f" * 40: 1}
        token = here.folder.parent / "token.txt"
        token.write_text("f" * 40)
        with listening(here.server) as url:
            assert here("connect", url, "--token-file", "../token.txt", "--moved").code == 0
            here.server.requests.clear()
            here.server.annotate(1, answer("no"), by=1)
            assert [each.tally.added for each in passes.run()] == [1]
            assert {each.headers["Authorization"] for each in here.server.requests} == {"Token " + "f" * 40}
            assert {each.headers["Host"] for each in here.server.requests} == {url.rpartition("/")[2]}


def test_a_wrong_token_put_right_again_does_not_end_the_following(here: Place) -> None:
    from labelqa.adapters.label_studio.client.passes import Passes
    from labelqa.workflows.servers.connecting import server_lines
    from labelqa.workflows.servers.tokens import keep_token, kept_token

    here("sync", "follow", "1")
    with opened(here.folder) as desk, Passes(desk, {}) as passes:
        assert [each.tally.added for each in passes.run()] == [3]
        (server,) = server_lines(desk)
        token = kept_token(here.folder, server.name, env={}, url=server.url)
        keep_token(here.folder, server.name, "no token")
        (told,) = passes.run()
        assert "this is no token" in str(told.error)
        keep_token(here.folder, server.name, token)
        here.server.annotate(1, answer("no"), by=1)
        assert [each.tally.added for each in passes.run()] == [1]


def test_a_wrong_key_is_told_and_set_right(here: Place) -> None:
    here("sync", "follow", "1", "--item-key", "data.id")
    told = here("sync", "run")
    assert "3 refused" in told.out
    assert 'LS001 the task has no item key "data.id"' in told.out
    assert "LS001" not in here("sync", "run").out
    shown = here("sync", "status").out
    assert "rows refused 3" in shown
    assert "task:1 LS001" in shown
    assert "拒收 3 行" in here("--lang", "zh", "sync", "status").out
    here("sync", "follow", "1", "--item-key", "data.text")
    assert "3 new revisions" in here("sync", "run").out
    assert "rows refused" not in here("sync", "status").out
    again = here("sync", "follow", "1", "--item-key", "data.id")
    assert (again.code, "labelqa init" in again.err) == (5, True)


def test_what_failed_is_tried_once_more_when_the_following_begins_anew(here: Place) -> None:
    """A newer labelqa may be able to."""
    from labelqa.adapters.label_studio.client.passes import Passes
    from labelqa.workflows.servers.inbox import arrival, inbox_of

    here("sync", "follow", "1")
    with opened(here.folder) as desk, inbox_of(here.folder) as inbox:
        body = b'{"action": "TASKS_CREATED", "tasks": [{"id": 1}], "project": {"id": 1}}'
        inbox.failed(inbox.put(arrival("label-studio", body, desk.clock())), "a defect of long ago")
        assert "event 1 could not be worked through: a defect of long ago" in here("sync", "status").out
        with Passes(desk, {}) as passes:
            passes.run()
        assert (inbox.counts().failed, inbox.counts().waiting) == (0, 0)

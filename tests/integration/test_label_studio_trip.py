"""The whole way, on a real Label Studio: a rulebook goes out, people label, a sample is reviewed there, a report comes of it.

Everything is done by the commands that a user has and by what a browser or a program sends to Label Studio; each number
at the end is held against what was put in here.
"""

from __future__ import annotations

import io
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from itertools import combinations
from math import comb
from pathlib import Path
from typing import Any

import pytest

from labelqa.adapters.cli.main import main
from tests.conftest import missing
from tests.integration.test_browser import FLAGS, chromium
from tests.label_studio import LabelStudio, Person
from tests.nothing_lost.road import Receiver

RELEASE, BATCH, CONTROL = "genai-sft@1.0.0", "sft-w1", "quality"
EXECUTORS, REVIEWERS = ("Ann Lee", "Bob Wu", "Cai Yun"), ("Rex One", "Rex Two")
ITEMS = [f"q-{number:02}" for number in range(1, 21)]
SEED = "the seed of the trip"
RIGHT = {item: ("accept", "inaccurate", "off_topic")[place % 3] for place, item in enumerate(ITEMS)}
WRONG = {"q-05": "incomplete", "q-12": "accept"}  # what all three say, and should not
ALONE = {("Bob Wu", "q-02"): "poor_language", ("Cai Yun", "q-09"): "accept"}  # where one differs from the others
BROWSER = ("Cai Yun", "q-20")  # labelled by hand, in Chromium
CHANGED = ("Ann Lee", "q-03")  # labelled wrongly at first, and set right by the same person
SKIPPED = ("Cai Yun", "q-17")
TWICE = ("Bob Wu", "q-08")  # submitted twice; the second is deleted


def said(who: str, item: str) -> str:
    """What somebody finally says of an item."""
    return ALONE.get((who, item)) or WRONG.get(item) or RIGHT[item]


ANSWERS = {(who, item): said(who, item) for item in ITEMS for who in EXECUTORS if (who, item) != SKIPPED}


@dataclass
class Trip:
    """The workspace, the server and who is there; what is learned on the way."""

    folder: Path
    server: LabelStudio
    people: dict[str, Person] = field(default_factory=dict)
    project: int = 0
    tasks: dict[str, int] = field(default_factory=dict)
    made: dict[tuple[str, str], int] = field(default_factory=dict)  # annotation by who and item
    drawn: dict[str, str] = field(default_factory=dict)  # item -> who verifies it

    @property
    def wrong(self) -> set[str]:
        """What is wrong of the drawn items."""
        return WRONG.keys() & self.drawn.keys()

    def run(self, *words: object, code: int = 0) -> Any:
        """One command with ``--json``; what it answered."""
        out, err = io.StringIO(), io.StringIO()
        at = ["--json", "--workspace", str(self.folder / "ws")]
        with redirect_stdout(out), redirect_stderr(err):
            got = main([*map(str, words), *at], env={"LABELQA_LANG": "en"}, start=self.folder)
        assert got == code, (
            f"labelqa {' '.join(map(str, words))}: {got}\n{out.getvalue()[-3000:]}{err.getvalue()[-3000:]}"
        )
        return json.loads(out.getvalue())

    def told(self, *words: object) -> str:
        """One command that answers in words."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            got = main([*map(str, words)], env={"LABELQA_LANG": "en"}, start=self.folder)
        assert got == 0, f"labelqa {' '.join(map(str, words))}: {got}\n{out.getvalue()}{err.getvalue()}"
        return out.getvalue()

    def label(self, who: str, task: int, label: str) -> int:
        """Somebody chooses a label and submits."""
        return self.server.annotate(self.people[who].token, task, chosen(label))


def chosen(label: str) -> list[dict[str, Any]]:
    """The result of one choice, as the form of the rulebook has it."""
    value = {"choices": [label]}
    return [{"from_name": CONTROL, "to_name": "text", "type": "choices", "origin": "manual", "value": value}]


@pytest.fixture(scope="module")
def trip(label_studio: LabelStudio, tmp_path_factory: pytest.TempPathFactory) -> Trip:
    """An empty workspace beside a server with five people on it."""
    found = Trip(tmp_path_factory.mktemp("trip"), label_studio)
    for who in (*EXECUTORS, *REVIEWERS):
        found.people[who] = label_studio.joined(f"{who.replace(' ', '.').lower()}@example.com")
    return found


@pytest.fixture(scope="module")
def receiver(trip: Trip) -> Iterator[Receiver]:
    """``labelqa serve`` with its worker."""
    receiver = Receiver(trip.folder / "ws", trip.folder / "receiver.log", alone=False)
    receiver.start()
    yield receiver
    receiver.kill()


def test_1_a_workspace_is_connected_and_people_are_ready(trip: Trip) -> None:
    trip.told("init", "ws", "--name", "trip")
    key = trip.folder / "token"
    key.write_text(trip.server.personal_token() + "\n")
    key.chmod(0o600)
    assert trip.run("connect", trip.server.url, "--as", "office", "--token-file", key)["told"]["edition"] == "Community"
    for who in ("Sue Pervise", "Lea Der"):
        trip.run("people", "add", who, "--organizer", "Org", "--duties", "supervisor")
    for who, person in trip.people.items():
        duty = "executor" if who in EXECUTORS else "reviewer"
        trip.run("people", "add", who, "--organizer", "Org", "--duties", duty, "--account", f"office={person.number}")
    for who in ("Sue Pervise", "Lea Der"):
        trip.run("rulebook", "sign", RELEASE, "--by", who)
    trip.run("rulebook", "adopt", RELEASE)
    for who in trip.people:
        trip.run("train", "record", who, "--release", RELEASE)
        trip.run("exam", "record", who, "--release", RELEASE, "--score", "0.9")
    trip.run(
        "batch", "declare", BATCH, "--kind", "functional", "--rulebook", RELEASE, "--organizer", "Org",
        "--where", "data.week = 2026-W47",
    )  # fmt: skip
    trip.run(
        "card", "record", BATCH, "--source", "commercial", "--licence", "contract 1", "--ip-check", "cleared",
        "--personal", "no", "--modality", "text", "--language", "zh-CN", "--scale", len(ITEMS),
    )  # fmt: skip


def test_2_the_rulebook_goes_out_as_a_form_and_the_webhook_is_placed(trip: Trip, receiver: Receiver) -> None:
    pushed = trip.run("push", RELEASE, "--new", "Pairs of week 47")
    trip.project = pushed["project"]
    there = trip.server.said("GET", f"/api/projects/{trip.project}/")
    assert there["title"] == "Pairs of week 47"
    assert set(there["parsed_label_config"][CONTROL]["labels"]) == {
        "accept", "inaccurate", "off_topic", "incomplete", "poor_language",
    }  # fmt: skip
    assert there["expert_instruction"]
    trip.run("sync", "follow", trip.project, "--item-key", "data.id")
    trip.told("serve", "--register", "--url", receiver.url, "--yes", "--workspace", trip.folder / "ws")
    (hook,) = trip.server.said("GET", f"/api/webhooks/?project={trip.project}")
    assert hook["url"].startswith(receiver.url)
    assert not hook["send_for_all_actions"]
    trip.server.said("PATCH", f"/api/projects/{trip.project}/", json={"maximum_annotations": len(EXECUTORS)})
    rows = [{"data": {"id": item, "week": "2026-W47", "text": f"{item}：问与答"}} for item in ITEMS]
    trip.tasks = dict(zip(ITEMS, trip.server.tasks(trip.project, rows), strict=True))


def test_3_three_people_label_one_of_them_once_in_a_browser(trip: Trip, receiver: Receiver) -> None:
    for (who, item), label in ANSWERS.items():
        if (who, item) == CHANGED:
            trip.made[who, item] = trip.label(who, trip.tasks[item], "incomplete")
        elif (who, item) != BROWSER:
            trip.made[who, item] = trip.label(who, trip.tasks[item], label)
    who, item = CHANGED
    again = {"result": chosen(said(who, item)), "lead_time": 9.0}
    trip.server.said("PATCH", f"/api/annotations/{trip.made[CHANGED]}/", by=trip.people[who].token, json=again)
    who, item = SKIPPED
    trip.server.annotate(trip.people[who].token, trip.tasks[item], [], was_cancelled=True)
    who, item = TWICE
    twice = trip.label(who, trip.tasks[item], "incomplete")
    trip.server.said("DELETE", f"/api/annotations/{twice}/", by=trip.people[who].token)
    by_hand(trip, *BROWSER)
    whole = trip.server.said("GET", f"/api/tasks/{trip.tasks[BROWSER[1]]}/")["annotations"]
    (made,) = [each for each in whole if each["completed_by"]["id"] == trip.people[BROWSER[0]].number]
    trip.made[BROWSER] = made["id"]
    assert made["result"][0]["value"] == {"choices": [ANSWERS[BROWSER]]}


def by_hand(trip: Trip, who: str, item: str) -> None:
    """Signs in, opens the task, reads, chooses and submits, in Chromium."""
    if chromium() is None:
        missing("chromium", "no Chromium on this machine")
    api = pytest.importorskip("playwright.sync_api")
    person, label = trip.people[who], said(who, item)
    with api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.goto(f"{trip.server.url}/user/login/")
        page.fill("input[name=email]", person.email)
        page.fill("input[name=password]", person.password)
        page.click("button[type=submit]")
        page.goto(f"{trip.server.url}/projects/{trip.project}/data?labeling=1")  # "Label All Tasks"
        form = trip.server.said("GET", f"/api/projects/{trip.project}/")["parsed_label_config"][CONTROL]
        page.get_by_text(f"{item}：问与答").first.wait_for(timeout=60_000)
        page.get_by_text("Labeling Instructions").wait_for(timeout=30_000)  # the rulebook, before the first task
        page.get_by_role("button", name="Close modal").click()
        page.locator(".lsf-modal-ls").wait_for(state="hidden")
        page.get_by_text(re.compile(rf"^{form['labels_attrs'][label]['value']}\[\d\]$")).click()  # with its key behind
        with page.expect_response(lambda got: got.request.method == "POST" and "/annotations" in got.url) as done:
            page.get_by_role("button", name="Submit current annotation").click()
        assert done.value.status == 201
        browser.close()


def settled(trip: Trip) -> dict[str, Any]:
    """How the followed project stands, once nothing waits any more; a minute is what is promised."""
    until = time.monotonic() + 60
    while True:
        (server,) = trip.run("sync", "status")["servers"]
        (project,) = server["projects"]
        if (project["annotations"], project["skipped"], server["waiting"]) == (len(ANSWERS), 1, 0):
            return server
        assert time.monotonic() < until, json.dumps(server) + (trip.folder / "receiver.log").read_text()[-3000:]
        time.sleep(0.5)


def test_4_all_of_it_is_known_within_a_minute_without_anybody_asking(trip: Trip) -> None:
    server = settled(trip)
    (project,) = server["projects"]
    assert (project["tasks"], project["release"], project["findings"]) == (len(ITEMS), RELEASE, [])
    assert not project["error"]
    assert project["missed"] == project["unseen"] == 0
    # the project's setting, the tasks; each answer, the skip and the double one; what was changed and what was deleted
    assert server["events"] == 1 + 1 + len(ANSWERS) + 1 + 1 + 1 + 1
    assert (server["doubled"], server["refused"], server["failed"]) == (0, 0, 0)


def test_5_the_batch_is_what_they_said(trip: Trip) -> None:
    plan = trip.run(
        "plan", BATCH, "--design", "two-point", "--accuracy", "0.6", "--risk", "0.1", "--expected", "0.9", "--seed", SEED
    )  # fmt: skip
    assert (plan["preview"]["population"], plan["preview"]["n"], plan["preview"]["c"]) == (20, 9, 2)
    freeze = trip.run("batch", "freeze", BATCH)["freeze"]
    assert (freeze["n_items"], freeze["n_annotations"], freeze["n_disputed"]) == (len(ITEMS), len(ANSWERS), 0)
    assert freeze["exclusions"] == [{"reason": "skipped", "count": 1}]
    assert len(freeze["participants"]) == len(EXECUTORS)
    found = trip.run("agreement", BATCH)
    assert {each["label"]: each["count"] for each in found["per_label"] if each["count"]} == Counter(ANSWERS.values())
    (share,) = [each["figure"]["point"] for each in found["coefficients"] if each["name"] == "percent-agreement"]
    assert share == pytest.approx(agreeing())


def agreeing() -> float:
    """The mean over items of the share of pairs of people who said the same."""
    shares = []
    for item in ITEMS:
        labels = [label for (_, each), label in ANSWERS.items() if each == item]
        pairs = list(combinations(labels, 2))
        shares.append(sum(one == other for one, other in pairs) / len(pairs))
    return sum(shares) / len(shares)


def test_6_two_reviewers_find_what_is_wrong_in_projects_of_their_own(trip: Trip) -> None:
    drawn = trip.run("draw", BATCH, "--verifiers", "2")
    assert drawn["resolved"]["n"] == 9
    sent = trip.run("review", "send", BATCH)
    assert {each["name"] for each in sent["projects"]} == set(REVIEWERS)
    for each in sent["projects"]:
        for task in trip.server.said("GET", f"/api/tasks/?project={each['project']}&fields=all")["tasks"]:
            assert "labelqa" not in task["data"]
            item = task["data"]["id"]
            trip.drawn[item] = each["name"]
            trip.label(each["name"], task["id"], RIGHT[item])
    assert len(trip.drawn) == 9
    again = trip.run("review", "send", BATCH)
    assert [each["new"] for each in again["projects"]] == [0, 0]
    assert trip.wrong, "nothing wrong was drawn: another seed"


def test_7_their_verdicts_come_home_and_prove_what_they_can(trip: Trip) -> None:
    found = trip.run("review", "collect", BATCH)
    assert [(each["standing"], each["left"], each["findings"]) for each in found["projects"]] == [("closed", 0, [])] * 2
    assert sum(each["recorded"] for each in found["projects"]) == 9
    (proof,) = found["certificates"]
    assert (proof["read"], proof["wrong"], proof["decision"]) == (9, len(trip.wrong), "accept")
    assert proof["accuracy"]["point"] == pytest.approx(1 - len(trip.wrong) / 9)
    # fewer than 60 of 100 right are at least 9 wrong of 20: the chance of so few wrong ones among 9 drawn
    chance = sum(comb(9, k) * comb(11, 9 - k) for k in range(len(trip.wrong) + 1)) / comb(20, 9)
    assert proof["p_value"] == pytest.approx(chance)
    shown = trip.run("sample", "show", BATCH)["progress"]
    assert (shown["reviewed"], shown["incorrect"], shown["blind"]) == (9, len(trip.wrong), 9)
    assert {name: n for _, name, n, _ in shown["by_verifier"]} == Counter(trip.drawn.values())
    assert sum(each["recorded"] for each in trip.run("review", "collect", BATCH)["projects"]) == 0


def test_8_what_is_wrong_goes_back_and_is_corrected(trip: Trip) -> None:
    wrong = trip.run("correct", "list", BATCH)["open"]
    assert {each["item"]["item_id"]: each["correct_label"] for each in wrong} == {
        each: RIGHT[each] for each in trip.wrong
    }
    names = {each["person"]: each["name"] for each in trip.run("people", "list")}
    sent = trip.run("rework", "send", BATCH)
    assert sent["findings"] == []
    assert sum(each["items"] for each in sent["projects"]) == len(trip.wrong)
    for each in sent["projects"]:
        for task in trip.server.said("GET", f"/api/tasks/?project={each['project']}&fields=all")["tasks"]:
            assert not any(reviewer in json.dumps(task, ensure_ascii=False) for reviewer in REVIEWERS)
            trip.label(names[each["person"]], task["id"], RIGHT[task["data"]["id"]])
    done = trip.run("rework", "collect", BATCH)
    assert (len(done["recorded"]), done["findings"]) == (len(trip.wrong), [])
    for item in sorted(trip.wrong):
        trip.run("correct", "review", BATCH, item, "--verdict", "correct", "--by", trip.drawn[item])
    assert trip.run("correct", "list", BATCH)["open"] == []


def test_9_the_batch_is_settled_and_the_week_is_told(trip: Trip, receiver: Receiver) -> None:
    done = trip.run("settle", BATCH)
    assert (done["conclusion"], done["unqualified"], done["disputes_open"]) == ("accept", 0, 0)
    assert (done["life"]["problems"], done["life"]["problems_open"]) == (len(trip.wrong), 0)
    week = trip.run("report", "weekly", "--format", "json")["summary"]
    now = week["now"]
    assert (now["items"], now["annotators"], now["reviewed"]) == (len(ITEMS), len(EXECUTORS), 9)
    assert now["annotations"] == len(ANSWERS) + 1, "what was deleted again was made all the same"
    assert (now["settled"], now["accepted"], now["voided"], now["unbatched"], now["unqualified"]) == (1, 1, 0, 0, 0)
    assert now["accuracy"]["point"] == pytest.approx(1 - len(trip.wrong) / 9)
    assert {each["name"]: each["annotations"] for each in week["annotators"]} == Counter(who for who, _ in ANSWERS)
    found = {each["name"]: [(one["first"], one["second"]) for one in each["confusions"]] for each in week["annotators"]}
    assert found == {
        who: [(RIGHT[item], label) for (by, item), label in ALONE.items() if by == who] for who in EXECUTORS
    }
    assert trip.run("ledger", "verify")["findings"] == []
    assert receiver.stop() == 0
    kept = [path for path in trip.folder.rglob("*") if path.is_file() and path.name != "token"]
    token = (trip.folder / "token").read_bytes().strip()
    assert [path.name for path in kept if token in path.read_bytes()] == ["office.token"]

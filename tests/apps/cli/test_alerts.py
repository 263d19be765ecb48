"""``labelqa alerts``: listed with what to do, seen by a name, sent to channels, and no secret anywhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from labelqa.workflows.watching import watch
from tests.apps.cli.conftest import Run
from tests.building import MONDAY, Answer, Clock, opened, take_in
from tests.unit.notify.stands import Service, listening

HOOK = "very-secret-hook-1234"


@pytest.fixture
def here(run: Run, tmp_path: Path) -> Path:
    """A workspace in which somebody unknown has labelled, and a lead."""
    folder = tmp_path / "ws"
    assert run("init", "ws").code == 0
    assert run("people", "add", "Sue Pervise", "--organizer", "Org", "--duties", "supervisor", start=folder).code == 0
    with opened(folder, clock=Clock(MONDAY)) as desk:
        watch(desk, take_in(desk, [Answer(f"i-{n}", "stranger@example.com", "accept") for n in range(3)]).import_no)
    (folder / "notify.toml").write_text('[channels.lead]\nkind = "feishu"\nlang = "zh"\n', encoding="utf-8")
    return folder


def kept(folder: Path, url: str) -> None:
    path = folder / "secrets" / "lead.notify"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{url}/open-apis/bot/v2/hook/{HOOK}\nsigning-key-1\n")
    path.chmod(0o600)


def test_a_list_says_what_and_what_to_do_in_both_languages(run: Run, here: Path) -> None:
    english, chinese = run("alerts", "list", start=here), run("alerts", "list", start=here, lang="zh")
    assert (english.code, chinese.code) == (0, 0)
    assert "labelqa people add" in english.out.replace("\n", " ")
    assert "stranger@example.com" in english.out
    assert "stranger@example.com" not in run("alerts", "list", "--pseudonyms", start=here).out
    told = json.loads(run("alerts", "list", "--json", start=here).out)
    assert {each["code"]: each["count"] for each in told["alerts"]} == {"no-person": 3, "no-release": 3}


def test_channels_that_nothing_can_be_sent_to_are_told(run: Run, here: Path) -> None:
    assert "secrets/lead.notify" in run("alerts", "list", start=here).out
    kept(here, "http://127.0.0.1:1")
    assert "Nothing is sent" not in run("alerts", "list", start=here).out
    (here / "notify.toml").write_text("[channels.lead\n", encoding="utf-8")
    assert "Nothing is sent:" in run("alerts", "list", start=here).out
    assert json.loads(run("alerts", "list", "--json", start=here).out)["silent"]


def test_seen_by_a_name_and_no_longer_listed(run: Run, here: Path) -> None:
    number = json.loads(run("alerts", "list", "--json", start=here).out)["alerts"][0]["number"]
    assert "Sue Pervise has seen" in run("alerts", "seen", number, "--by", "Sue Pervise", start=here).out
    assert len(json.loads(run("alerts", "list", "--json", start=here).out)["alerts"]) == 1
    assert len(json.loads(run("alerts", "list", "--seen", "--json", start=here).out)["alerts"]) == 2
    assert run("alerts", "seen", 99, "--by", "Sue Pervise", start=here).code == 4
    assert run("alerts", "seen", number, "--by", "Nobody", start=here).code != 0


def test_nothing_open_is_said(run: Run, tmp_path: Path) -> None:
    run("init", "ws")
    assert "Nothing is open" in run("alerts", "list", start=tmp_path / "ws").out
    assert "No channel" in run("alerts", "send", start=tmp_path / "ws").out


def test_a_test_message_says_what_came_back(run: Run, here: Path) -> None:
    with listening(service := Service()) as url:
        kept(here, url)
        fine = run("alerts", "test", "lead", start=here)
        service.answer = b'{"code": 19021, "msg": "sign match fail"}'
        bad = run("alerts", "test", "lead", start=here)
    assert (fine.code, "0 success" in fine.out) == (0, True)
    assert (bad.code, "19021 sign match fail" in bad.err) == (5, True)
    assert "sign" in service.bodies[0]


def test_what_is_due_is_sent_once_and_a_failure_is_shown(run: Run, here: Path) -> None:
    failed = run("alerts", "send", start=here)
    assert (failed.code, "has no secret" in failed.out) == (8, True)
    with listening(service := Service(status=500)) as url:
        kept(here, url)
        assert run("alerts", "send", start=here).code == 8
        assert "failed 1 time in a row" in run("alerts", "list", start=here).out
        service.status = 200
        assert "told of 1 alert" in run("alerts", "send", start=here).out
        assert "nothing new" in run("alerts", "send", start=here).out
    text = service.bodies[-1]["content"]["text"]
    assert "stranger@example.com" not in text
    assert "p-" in text


def test_no_file_and_no_output_holds_the_secret(run: Run, here: Path) -> None:
    with listening(Service(answer=f'{{"code": 1, "msg": "{HOOK}"}}'.encode())) as url:
        kept(here, url)
        told = [
            run("alerts", "send", start=here),
            run("alerts", "test", "lead", start=here),
            run("alerts", "list", start=here),
        ]
    files = [each for each in here.rglob("*") if each.is_file() and each.parent.name != "secrets"]
    everything = "\n".join(
        [*(each.read_bytes().decode("utf-8", "replace") for each in files), *(t.out + t.err for t in told)]
    )
    assert HOOK not in everything
    assert "signing-key-1" not in everything


def test_lost_alerts_are_made_anew(run: Run, here: Path) -> None:
    for each in here.glob("alerts.*"):
        each.unlink()
    assert "Nothing is open" in run("alerts", "list", start=here).out
    assert "2 alerts" in run("alerts", "rebuild", start=here).out
    (here / "alerts.sqlite3").write_bytes(b"garbage" * 2000)
    assert run("alerts", "list", start=here).code == 3


def test_a_file_is_looked_at_once_alerts_are_kept(run: Run, here: Path) -> None:
    def count() -> int:
        told = json.loads(run("alerts", "list", "--json", start=here).out)["alerts"]
        return sum(each["count"] for each in told if each["code"] == "no-person")

    (here / "more.csv").write_text("item_id,annotator_id,label\ni-7,stranger@example.com,accept\n", encoding="utf-8")
    assert run("import", "more.csv", start=here).code == 0
    assert count() == 4
    (here / "alerts.sqlite3").unlink()
    (here / "again.csv").write_text("item_id,annotator_id,label\ni-8,stranger@example.com,accept\n", encoding="utf-8")
    assert run("import", "again.csv", start=here).code == 0
    assert not (here / "alerts.sqlite3").exists()
    assert run("alerts", "rebuild", start=here).code == 0
    assert count() == 5

"""``labelqa clarification`` and ``labelqa rulebook retrain`` as people type them."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from labelqa.adapters.cli.main import main
from labelqa.errors import Exit
from labelqa.records.facts import Draft
from labelqa.records.governance import RulebookReleased
from labelqa.wiring import open_desk
from tests.apps.cli.conftest import APPROVERS, RELEASE, Run

EMPTY = 'question:\n  zh: ""\n  en: ""\nanswer:\n  zh: ""\n  en: ""\n'
ASKED = "question: {zh: 反问算离题吗, en: Is asking back off topic?}\nanswer: {zh: 不算, en: It is not.}\n"


@pytest.fixture
def ws(stage: Callable[[str], Path]) -> Path:
    """A workspace with people under a release."""
    return stage("imported")


def draft(ws: Path, run: Run) -> Path:
    answer = run("clarification", "new", "genai-sft", "--rule", "Q-01", start=ws)
    path = ws / "rulebooks" / "genai-sft" / "clarifications" / "draft.yaml"
    assert (answer.code, answer.err) == (0, "")
    assert str(path) in answer.out
    path.write_text(path.read_text("utf-8").replace(EMPTY, ASKED), "utf-8")
    return path


def issued(ws: Path, run: Run) -> Path:
    path = draft(ws, run)
    for who in APPROVERS:
        assert run("clarification", "sign", path, "--by", who, start=ws).code == 0
    assert run("clarification", "issue", path, start=ws).code == 0
    return path


def test_a_clarification_from_question_to_acknowledgement(ws: Path, run: Run):
    path = draft(ws, run)
    first = run("clarification", "sign", path, "--by", APPROVERS[0], start=ws)
    assert "Signed clarification genai-sft#1" in first.out
    assert "1 of 2 approvals" in first.out
    refused = run("clarification", "issue", path, start=ws)
    assert (refused.code, refused.out) == (Exit.REFUSED, "")
    assert "needs approvals by two different people" in refused.err
    assert "labelqa clarification sign" in refused.err
    assert "2 of 2" in run("clarification", "sign", path, "--by", APPROVERS[1], start=ws).out
    assert run("clarification", "sign", path, "--by", APPROVERS[1], start=ws).out.startswith("Already signed on")
    made = run("clarification", "issue", path, "--effective-from", "2026-12-01", start=ws)
    assert made.out.startswith(
        "Issued clarification genai-sft#1 on rule Q-01 of genai-sft@1.0.0, from 2026-12-01 00:00"
    )
    assert "6 people are to acknowledge it" in made.out  # 丁 failed the exam
    assert "甲 has acknowledged" in run("clarification", "acknowledge", "genai-sft", 1, "--person", "甲", start=ws).out
    again = run("clarification", "acknowledge", "genai-sft", 1, "--person", "甲", start=ws)
    assert "before; nothing was recorded" in again.out
    listed = run("clarification", "list", "genai-sft", start=ws).out
    assert "Is asking back off topic?" in listed
    assert "乙" in listed
    assert "甲" not in listed.replace("审甲", "")
    shown = run("clarification", "show", "genai-sft", 1, start=ws).out
    assert "It is not." in shown
    assert "审甲, 裁" in shown
    assert "甲 2026-11-2" in shown
    chinese = run("clarification", "show", "genai-sft", 1, start=ws, lang="zh").out
    assert "答疑 genai-sft#1：genai-sft@1.0.0 的规则条款 Q-01" in chinese
    assert "反问算离题吗" in chinese
    assert run("rulebook", "verify", start=ws).code == 0


def test_json_is_one_document(ws: Path, run: Run):
    issued(ws, run)
    told = json.loads(run("clarification", "list", "genai-sft", "--json", start=ws).out)
    assert [each["clarification"]["number"] for each in told] == [1]
    assert len(told[0]["unread"]) == 6
    assert json.loads(run("clarification", "show", "genai-sft", 1, "--json", start=ws).out)["text"]["rule"] == "Q-01"


def test_nothing_issued_yet(ws: Path, run: Run):
    assert run("clarification", "list", "genai-sft", start=ws).out == "No clarification of genai-sft was issued.\n"


def test_a_label_is_never_changed_by_a_clarification(ws: Path, run: Run):
    path = draft(ws, run)
    example = "example:\n  content: {zh: 某, en: Some}\n  expected: off_topic\n  of: Q-01-b1\n"
    path.write_text(path.read_text("utf-8") + example, "utf-8")
    for lang, said in (("en", "needs a release"), ("zh", "须发布新版本")):
        answer = run("clarification", "sign", path, "--by", APPROVERS[0], start=ws, lang=lang)
        assert answer.code == Exit.REFUSED
        assert "RB805" in answer.out
        assert said in answer.out
        assert said in answer.err
        assert answer.err.count("\n") == 1
        assert f"{path}:" in answer.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["new", "genai-sft", "--rule", "Q-99"], "genai-sft@1.0.0 has no rule Q-99"),
        (["new", "nope", "--rule", "Q-01"], "no release of nope is known here"),
        (["show", "genai-sft", "7"], "genai-sft has no clarification 7"),
        (["acknowledge", "genai-sft", "7", "--person", "甲"], "genai-sft has no clarification 7"),
        (["list", "nope"], "no release of nope is known here"),
        (["issue", "none.yaml"], "cannot be read"),
        (["sign", "none.yaml", "--by", "nobody"], "nobody is known as nobody"),
    ],
)
def test_refusals_are_one_sentence(ws: Path, run: Run, words: list[str], said: str):
    answer = run("clarification", *words, start=ws)
    assert answer.code == Exit.BAD_INPUT
    assert answer.err.startswith("Error: ")
    assert answer.err.count("\n") == 1
    assert said in answer.err


# -- retraining ----------------------------------------------------------------------------------------------------


def second(ws: Path, *, material: bool = True) -> str:
    """A second release as its fact tells it: from the first of December, the one before until the fifteenth."""
    version = "2.0.0" if material else "1.1.0"
    body = RulebookReleased(
        name="genai-sft", version=version, kind="functional", digest="0" * 64, title={"zh": "新", "en": "New"},
        control="quality", labels=["accept", "bad"], rules=1, examples=1, material=material, previous="1.0.0",
        effective_from="2026-12-01T00:00:00+08:00", previous_until="2026-12-15T00:00:00+08:00" if material else "",
    )  # fmt: skip
    with open_desk(start=ws, workspace=ws, env={}) as desk:
        draft = Draft(body=body, subjects=("rulebook:genai-sft",), actor="test")
        desk.ledger.append([draft], now=datetime(2026, 11, 19, tzinfo=UTC))
    return f"genai-sft@{version}"


def test_retrain_names_everybody_until_they_are_qualified_again(ws: Path, run: Run, tmp_path: Path):
    release = second(ws)
    told = run("rulebook", "retrain", release, start=ws)
    assert told.out.startswith(
        "6 of 6 are still to be qualified under genai-sft@2.0.0: for new work by 2026-12-01 00:00, "
        "for work begun under genai-sft@1.0.0 by 2026-12-15 00:00."
    )
    assert "to be trained, to be examined" in told.out
    assert "丁" not in told.out  # never qualified, so nothing was lost
    words = ("--release", release, "--at", "2026-11-20")
    assert run("train", "record", "甲", *words, start=ws).code == 0
    table = tmp_path / "retrain.csv"
    again = run("rulebook", "retrain", release, "--csv", table, start=ws, lang="zh")
    assert "6 人中尚有 6 人未取得 genai-sft@2.0.0 的上岗资格" in again.out
    with table.open(encoding="utf-8-sig", newline="") as held:
        rows = {row["姓名"]: row for row in csv.DictReader(held)}
    assert set(rows) == {"甲", "乙", "丙", "审甲", "审乙", "裁"}
    assert rows["甲"]["尚缺"] == "待考核"
    assert run("exam", "record", "甲", *words, "--score", "0.9", start=ws).code == 0
    data = json.loads(run("rulebook", "retrain", release, "--json", start=ws).out)
    assert {each["name"] for each in data["people"]} == {"乙", "丙", "审甲", "审乙", "裁"}
    assert data["people"][0]["lacks"] == ["training", "exam"]
    shown = run("qualify", "show", "乙", start=ws).out
    assert "2026-12-15 00:00 (the release ends)" in shown
    assert "release no longer in force" in run("qualify", "show", "乙", "--at", "2026-12-15", start=ws).out


def test_retrain_says_when_nobody_needs_it(ws: Path, run: Run):
    first = run("rulebook", "retrain", RELEASE, start=ws)
    assert first.out.startswith("genai-sft@1.0.0 is the first of its name")
    plain = run("rulebook", "retrain", second(ws, material=False), start=ws)
    assert plain.out == (
        "genai-sft@1.1.0 changes no meaning: nobody needs retraining, qualifications under genai-sft@1.0.0 go on.\n"
    )
    unknown = run("rulebook", "retrain", "genai-sft@9.0.0", start=ws)
    assert (unknown.code, unknown.out) == (Exit.BAD_INPUT, "")
    assert "genai-sft@9.0.0 is not released in this workspace" in unknown.err


def test_retrain_is_done_when_everybody_is_qualified(ws: Path, run: Run):
    release = second(ws)
    words = ("--release", release, "--workspace", str(ws))
    for who in ("甲", "乙", "丙", "审甲", "审乙", "裁"):
        assert main(["train", "record", who, *words, "--at", "2026-11-20"], env={}) == 0
        assert main(["exam", "record", who, *words, "--score", "0.9", "--at", "2026-11-20"], env={}) == 0
    done = run("rulebook", "retrain", release, start=ws)
    assert (
        done.out
        == "Nobody is missing: all 6 who were qualified under genai-sft@1.0.0 are qualified under genai-sft@2.0.0.\n"
    )

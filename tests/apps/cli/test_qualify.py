"""``labelqa qualify``, ``policy`` and ``appeal``: what they say in both languages, and what they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

RELEASE = "genai-sft@1.0.0"


@pytest.fixture
def ws(stage, run) -> Path:
    workspace = stage("frozen")
    done = run("people", "add", "督", "--organizer", "组织", "--duties", "supervisor", start=workspace)
    assert done.code == 0
    return workspace


def why(run, ws, *words):
    (found,) = json.loads(run("qualify", "why", *words, "--json", start=ws).out)
    return found


def test_why_answers_in_one_sentence_with_every_fact(run, ws):
    found = run("qualify", "why", "甲", "--release", RELEASE, "--at", "2026-11-16", start=ws)
    first, *rest = found.out.splitlines()
    assert first.startswith(f"甲 may work under {RELEASE} on 2026-11-16 00:00: taught on 2026-11-02")
    assert [line.split()[0] for line in rest[2:6]] == sorted((line.split()[0] for line in rest[2:6]), key=int)
    told = why(run, ws, "甲", "--release", RELEASE, "--at", "2026-11-16")
    kinds = {each["kind"]: each for each in told["facts"]}
    assert list(kinds) == ["person.added", "rulebook.released", "training.recorded", "exam.recorded"]
    exam = kinds["exam.recorded"]
    assert (exam["at"], exam["recorded_at"][:10]) == ("2026-11-02T16:00:00Z", "2026-11-04")
    assert told["answer"] is True
    assert told["lacking"] == []


def test_why_says_what_is_missing_in_chinese(run, ws):
    found = run("qualify", "why", "丁", "--release", RELEASE, "--at", "2026-11-16", start=ws, lang="zh")
    assert found.code == 0
    assert f"丁 于 2026-11-16 00:00 不可在 {RELEASE} 下作业：最近一次考核" in found.out
    assert "不合格：得分 0.50，合格线 0.80" in found.out
    assert "欠缺什么、该怎么做：" in found.out
    assert "重新培训并考核" in found.out


def test_by_what_was_known_before_the_list_came_nobody_was_qualified(run, ws):
    asked = ("甲", "--release", RELEASE, "--at", "2026-11-16")
    told = why(run, ws, *asked, "--known", "2026-11-04")
    assert (told["answer"], told["standing"]) == (False, "not-trained")
    assert why(run, ws, *asked, "--known", "2026-11-05")["answer"] is True


def test_an_answer_at_a_fixed_known_stays_when_more_is_recorded(run, ws):
    asked = ("甲", "--at", "2026-11-16", "--known", "2026-11-19")
    before = why(run, ws, *asked)
    run("policy", "declare", "qualification-days", "3", "--reason", "r", "--by", "督", start=ws)
    run(
        "exam",
        "record",
        "甲",
        "--release",
        RELEASE,
        "--score",
        "0.1",
        "--pass-mark",
        "0.9",
        "--at",
        "2026-11-10",
        start=ws,
    )
    run("qualify", "suspend", "甲", "--by", "督", "--reason", "misconduct", start=ws)
    assert why(run, ws, *asked) == before
    assert why(run, ws, "甲", "--at", "2026-11-16")["standing"] == "failed"


def test_suspend_appeal_and_why_again(run, ws):
    done = run("qualify", "suspend", "审甲", "--by", "督", "--duty", "reviewer", "--reason", "misconduct", start=ws)
    assert done.code == 0
    assert "审甲 is suspended (line –; fact" in done.out
    fact = done.out.split("fact ")[1].split(")")[0]
    shown = run("qualify", "show", "审甲", start=ws)
    assert "qualified; reviewer: qualification suspended" in shown.out
    told = run("qualify", "why", "审甲", "--duty", "reviewer", start=ws).out
    assert "审甲, as reviewer, may not work" in told
    assert f"labelqa appeal file {fact}" in told
    filed = json.loads(run("appeal", "file", fact, "--person", "审甲", "--reason", "不实", "--json", start=ws).out)
    refused = run("appeal", "rule", filed["appeal"], "--ruling", "upheld", "--by", "督", "--reason", "x", start=ws)
    assert (refused.code, "督 decided what is objected to" in refused.err) == (5, True)
    ruled = run("appeal", "rule", filed["appeal"], "--ruling", "upheld", "--by", "裁", "--reason", "属实", start=ws)
    assert "appeal upheld" in ruled.out
    listed = run("appeal", "list", start=ws, lang="zh").out
    assert all(word in listed for word in ("申诉成立", "不实", "属实", "审甲", "裁"))
    assert why(run, ws, "审甲", "--duty", "reviewer")["answer"] is True


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("qualify", "why", "无名"), 4, "nobody is known as 无名"),
        (("qualify", "why", "甲", "--release", "x@1.0.0"), 4, "x@1.0.0 is not released"),
        (("qualify", "why", "甲", "--at", "yesterday"), 2, "expected a time"),
        (("qualify", "why", "甲", "--duty", "boss"), 2, "expected one of"),
        (("qualify", "suspend", "甲", "--by", "甲", "--reason", "misconduct"), 5, "own qualification"),
        (("qualify", "suspend", "甲", "--by", "督", "--reason", "mood"), 2, "expected one of"),
        (("qualify", "suspend", "甲", "--by", "督", "--proposal", "sus-1"), 5, "no proposal sus-1"),
        (("qualify", "lift", "甲", "--by", "督", "--note", "x"), 5, "nothing to lift"),
        (("appeal", "file", "1", "--person", "甲", "--reason", "x"), 5, "neither a verdict nor"),
        (
            ("appeal", "rule", "ap-1", "--ruling", "upheld", "--by", "裁", "--reason", "x"),
            4,
            "no appeal is called ap-1",
        ),
        (("policy", "declare", "retention-qa-years", "2", "--reason", "x", "--by", "督"), 5, "3 or more"),
        (("policy", "declare", "colour", "2", "--reason", "x", "--by", "督"), 2, "expected one of"),
    ],
)
def test_what_is_refused_leaves_the_workspace_as_it_was(run, ws, tools, words, code, says):
    before = tools.contents(ws)
    found = run(*words, start=ws)
    assert (found.code, says in found.err) == (code, True), found.err
    assert tools.contents(ws) == before


def test_policies_are_shown_with_their_history(run, ws):
    for years in ("8", "5"):
        run("policy", "declare", "retention-qa-years", years, "--reason", f"满{years}年", "--by", "督", start=ws)
    shown = run("policy", "show", start=ws, lang="zh").out
    assert "retention-qa-years 于 2026-11-20" in shown
    assert "由 督 缩短为 5：满5年" in shown
    lines = {each["policy"]: each for each in json.loads(run("policy", "show", "--json", start=ws).out)}
    assert (lines["retention-qa-years"]["value"], lines["retention-qa-years"]["source"]) == (5, "declared")
    assert (lines["qualification-days"]["value"], lines["qualification-days"]["source"]) == (365, "settings")
    before = json.loads(run("policy", "show", "--known", "2026-11-19", "--json", start=ws).out)
    assert {each["source"] for each in before} == {"settings", "default"}


def test_proposals_say_that_nothing_is_declared(run, ws):
    assert "No rule proposes suspensions yet" in run("qualify", "propose", start=ws).out
    run("policy", "declare", "suspend-below", "0.8", "--reason", "r", "--by", "督", start=ws)
    assert run("qualify", "propose", start=ws).out.splitlines()[-1] == "0 proposals; nobody is suspended by them."

"""``labelqa duties``, ``people leave`` and ``vendor``: what they print, and with which exit code."""

from __future__ import annotations

import json


def test_assign_list_check_and_end(run, stage):
    at = ("--workspace", stage("imported"))
    done = run("duties", "assign", "甲", "乙", "--duty", "executor", "--batch", "b1", "--by", "裁", *at)
    assert done.code == 0, done.err
    assert "甲" in done.out
    listed = json.loads(run("duties", "list", "--batch", "b1", "--json", *at).out)
    assert {each["name"] for each in listed} == {"甲", "乙"}
    assert run("duties", "end", "乙", "--duty", "executor", "--batch", "b1", "--by", "裁", *at).code == 0
    assert run("duties", "check", *at).code == 0
    assert run("batch", "freeze", "b1", *at).code == 0
    found = run("duties", "check", "--batch", "b1", *at)
    assert found.code == 1
    assert "not-assigned" in found.out
    chinese = run("duties", "check", "--batch", "b1", *at, lang="zh")
    assert "未经分派" in chinese.out


def test_a_refusal_says_every_reason_in_both_languages(run, stage):
    at = ("--workspace", stage("imported"))
    words = ("duties", "assign", "丁", "--duty", "reviewer", "--batch", "b1", "--by", "裁", *at)
    english, chinese = run(*words), run(*words, lang="zh")
    assert english.code == chinese.code != 0
    assert "is not registered as reviewer; " in english.err
    assert "is not qualified as reviewer" in english.err
    assert "丁 未登记为审核" in chinese.err


def test_a_list_of_assignments(run, stage, tools, tmp_path):
    at = ("--workspace", stage("imported"))
    rows = [
        ("甲", "标注员", "b1", "", "w46"),
        ("乙", "executor", "b1", "q-01;q-02", ""),
        ("丙", "reviewer", "b1", "", ""),
    ]
    listed = tools.table(tmp_path / "a.csv", ("姓名", "职责", "批次", "条目", "原因"), rows)
    done = run("duties", "import", listed, "--by", "裁", *at)
    assert done.code == 1
    assert "2 added, 0 unchanged, 1 finding" in done.out
    assert "row 4" in done.out
    assert "0 added, 2 unchanged" in run("duties", "import", listed, "--by", "裁", *at).out
    bad = tools.table(tmp_path / "b.csv", ("who", "what"), [("a", "b")])
    assert "no column person, duty, batch" in run("duties", "import", bad, "--by", "裁", *at).err


def test_leaving_is_shown_and_found(run, stage):
    at = ("--workspace", stage("imported"))
    done = run("people", "leave", "甲", "--reason", "left", "--by", "裁", "--at", "2026-11-10", *at)
    assert done.code == 0, done.err
    assert "label-studio" in done.out  # nobody said that access was taken away
    assert " 甲 " not in run("people", "list", *at).out
    assert " 甲 " in run("people", "list", "--all", *at).out
    assert "no longer here" in run("people", "list", "--all", *at).out
    assert "2026-11-10" in run("people", "access", *at).out
    assert "2026-11-10 00:00" not in run("people", "access", "--at", "2026-11-09", *at).out
    found = run("duties", "check", *at)
    assert found.code == 1
    assert "gave 20 answers after that" in found.out
    assert "离岗" in run("duties", "check", *at, lang="zh").out


def test_a_staffing_plan(run, stage):
    at = ("--workspace", stage("frozen"))
    words = (
        "duties",
        "staff",
        "b1",
        "--need",
        "executor=6",
        "--items-a-day",
        2000,
        "--seconds",
        45,
        "--reason",
        "trial",
    )
    done = run(*words, *at)
    assert done.code == 0, done.err
    assert "version 1" in done.out
    assert "plan-too-full" in done.out
    shown = run("duties", "staff", "b1", *at)
    assert shown.code == 1
    assert "unknown" in shown.out
    assert run("duties", "staff", "b1", "--need", "juggler=1", *at).code == 2
    assert run("duties", "staff", "b1", "--seconds", 3, *at).code == 2


def test_a_vendors_file_there_and_back(run, stage, tmp_path):
    theirs = stage("imported")
    done = run("vendor", "export", "--out", tmp_path / "v.zip", "--workspace", theirs)
    assert done.code == 0, done.err
    assert "7 people, 7 trainings, 7 exams" in done.out
    words = ("vendor", "import", tmp_path / "v.zip", "--vendor", "云帆", "--signed-by", "裁", "--workspace", theirs)
    back = run(*words)  # into the very workspace: everybody is known by the pseudonym
    assert back.code == 0
    assert "0 people, 0 trainings and 0 exams added, 21 unchanged, 0 findings" in back.out


def test_a_registered_person_gets_an_account_and_a_duty(run, stage):
    ws = stage("imported")
    told = ("--by", "裁", "--workspace", ws)
    done = run("people", "change", "甲", "--account", "lms=jia", "--duties", "executor,reviewer", *told, lang="zh")
    assert (done.code, done.err) == (0, "")
    assert "甲 自此刻起登记于" in done.out
    known = {each["name"]: each for each in json.loads(run("people", "access", "--json", "--workspace", ws).out)}
    assert (known["甲"]["duties"], known["甲"]["servers"]) == (["executor", "reviewer"], ["label-studio", "lms"])
    assert run("people", "change", "甲", "--account", "lms=jia", *told).code == 5
    assert run("people", "change", "甲", *told).code == 4
    assert run("ledger", "verify", "--workspace", ws).code == 0


def test_json_is_one_document_that_says_what_the_table_says(run, stage):
    at = ("--json", "--workspace", stage("imported"))
    told = json.loads(run("duties", "check", *at).out)
    assert (told["per"], told["batches"], told["doubles"], told["after_leaving"]) == ("batch", 1, [], [])
    assert json.loads(run("duties", "list", *at).out) == []
    assert run("people", "leave", "甲", "--reason", "left", "--by", "裁", "--at", "2026-11-10", *at).code == 0
    known = {each["name"]: each for each in json.loads(run("people", "access", *at).out)}
    assert known.keys() == {"甲", "乙", "丙", "丁", "审甲", "审乙", "裁"}
    assert (known["甲"]["left"], known["甲"]["reason"], known["甲"]["open_servers"]) == (
        "2026-11-09T16:00:00Z",
        "left",
        ["label-studio"],
    )
    assert known["乙"]["left"] is None
    told = json.loads(run("duties", "check", *at).out)
    assert [each["name"] for each in told["after_leaving"]] == ["甲"]

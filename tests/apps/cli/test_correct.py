"""Corrections, disputes and proposals on the command line: listed, handed out, taken back, looked at again, printed."""

from __future__ import annotations

import json
import re

import pytest
from openpyxl import load_workbook


@pytest.fixture
def found(run, stage):
    """A drawn batch with a corrector, every item judged, the first two wrong; gives the words and the wrong items."""
    at = ("--workspace", stage("drawn"))
    drawn = json.loads(run("sample", "show", "b1", "--json", *at).out)["items"]
    for place, each in enumerate(drawn):
        wrong = ("incorrect", "--rule", "Q-03", "--correct-label", "off_topic")
        words = wrong if place < 2 else ("correct",)
        checks = ("--check", "understanding=passed", "--check", "consistency=passed", "--check", "quality=passed")
        done = run(
            "review", "record", "b1", each["item_id"], "--verdict", *words, *checks, "--by", each["verifier"], *at
        )
        assert done.code == 0, done.err
    return at, [each["item_id"] for each in drawn[:2]], drawn[2]["item_id"]


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", ("2 items with problems: 0 corrected", "to be corrected")),
        ("zh", ("有问题的条目 2 条：已纠正 0 条", "待纠正")),
    ],
)
def test_what_is_open_is_listed_with_who_acts(run, found, lang, said):
    at, wrong, _ = found
    answer = run("correct", "list", "b1", *at, lang=lang)
    assert answer.code == 0
    assert all(each in answer.out for each in (*wrong, *said, "Q-03", "off_topic"))
    told = json.loads(run("correct", "list", "b1", "--json", *at).out)
    assert [each["item"]["item_id"] for each in told["open"]] == wrong
    assert (told["completeness"]["open"], told["completeness"]["rate"]["n"]) == (2, 2)


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", ("is corrected to off_topic", "corrected and re-reviewed", "closing rate 1.000", "q-closed")),
        ("zh", ("已纠正为 off_topic", "经纠正并复核", "关闭率 1.000", "q-closed")),
    ],
)
def test_a_correction_from_record_to_print(run, found, tmp_path, lang, said):
    at, (one, two), _ = found
    done = run("correct", "record", "b1", one, "--label", "off_topic", "--by", "丁", *at, lang=lang)
    assert done.code == 5  # 丁 failed the exam
    done = run("correct", "record", "b1", one, "--label", "off_topic", "--by", "甲", *at, lang=lang)
    assert (done.code, said[0] in done.out) == (0, True)
    assert run("correct", "review", "b1", one, "--verdict", "correct", "--by", "甲", *at).code == 5
    seen = run("correct", "review", "b1", one, "--verdict", "correct", "--by", "审乙", *at, lang=lang)
    assert (seen.code, said[1] in seen.out) == (0, True)
    assert run("correct", "close", "b1", two, "--by", "甲", "--reason", "r", *at).code == 5
    assert run("correct", "close", "b1", two, "--by", "审乙", "--reason", said[3], *at).code == 0
    shown = run("correct", "show", "b1", "--out", tmp_path / "record.xlsx", *at, lang=lang)
    assert all(each in shown.out for each in (*said[1:], "甲", "审乙", "accept"))
    book = load_workbook(tmp_path / "record.xlsx")
    first, second = book.worksheets
    row = [cell.value for cell in first[2]]
    assert (row[0], row[2], row[4], row[5], row[8]) == (one, "accept", "甲", "off_topic", "审乙")
    assert all(row[:7])
    assert second.max_row == 3
    told = json.loads(run("correct", "show", "b1", "--json", *at).out)
    assert told["corrections"][0]["before"] == "accept"
    assert run("ledger", "verify", *at).code == 0
    history = run("item", "history", one, *at, lang=lang).out
    (line,) = [
        each for each in history.splitlines() if {"en": "corrected from", "zh": "纠正为 off_topic"}[lang] in each
    ]
    assert re.findall(r"2026-11-\d\d.\d\d:\d\d", line)[1:] == ["2026-11-16 10:00", line[:16]]  # Shanghai, not UTC
    assert "fact " not in history or lang == "en"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_closed_two_problems_of_an_item_stands_once(run, found, lang):
    at, (one, _), _ = found
    drawn = json.loads(run("sample", "show", "b1", "--json", *at).out)["items"]
    checks = ("--check", "understanding=passed", "--check", "consistency=passed", "--check", "quality=passed")
    again = ("review", "record", "b1", one, "--verdict", "undecidable", *checks, "--by", drawn[0]["verifier"])
    assert run(*again, *at).code == 0
    assert run("correct", "close", "b1", one, "--by", "审乙", "--reason", "because-of-both", *at).code == 0
    told = json.loads(run("correct", "show", "b1", "--json", *at).out)
    (item,) = [each for each in told["completeness"]["items"] if each["item_id"] == one]
    assert [each["closed"] for each in item["problems"]] == ["closure", "closure"]
    assert run("correct", "show", "b1", *at, lang=lang).out.count("because-of-both") == 1


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_work_sheet_goes_out_and_comes_back(run, found, tools, tmp_path, lang):
    at, (one, two), _ = found
    path = tmp_path / "work.xlsx"
    assert run("correct", "sheet", "b1", "--out", path, *at, lang=lang).code == 0
    book = load_workbook(path)
    page = book.worksheets[0]
    assert [page.cell(row, 1).value for row in (2, 3)] == [one, two]
    page.cell(2, 6).value, page.cell(2, 7).value = "off_topic", "乙"
    page.cell(2, 8).value = "2026-11-20T10:00:00+00:00"
    book.save(path)
    before = tools.contents(at[1])
    wrong = run("correct", "import", "b1", path, *at, lang=lang)
    assert wrong.code == 1  # dated in the future
    assert tools.contents(at[1]) == before
    page.cell(2, 8).value = None
    book.save(path)
    done = json.loads(run("correct", "import", "b1", path, "--json", *at, lang=lang).out)
    assert (done["recorded"], done["left"], done["findings"]) == (1, 1, [])
    (fact,) = json.loads(run("ledger", "show", "--kind", "correction.recorded", "--json", *at).out)
    assert (fact["identity"], fact["body"]["after"], len(fact["body"]["source"])) == ("imported", "off_topic", 64)
    assert run("correct", "import", "b1", path, *at).code == 0
    assert len(json.loads(run("ledger", "show", "--kind", "correction.recorded", "--json", *at).out)) == 1


def test_rows_that_cannot_be_taken_are_named(run, found, tools, tmp_path):
    at, (one, _), right = found
    rows = [(one, "off_topic", "甲", "someday"), (right, "off_topic", "甲", ""), ("nowhere", "off_topic", "甲", "")]
    path = tools.table(tmp_path / "c.csv", ("item", "label", "by", "at"), rows)
    answer = run("correct", "import", "b1", path, *at)
    assert answer.code == 1
    assert "c.csv row 2: error list-row-refused" in answer.out
    assert answer.out.count("error correction-refused") == 2
    nothing = tools.table(tmp_path / "d.csv", ("item", "label"), [(one, "off_topic")])
    assert run("correct", "import", "b1", nothing, *at).code == 4


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", ("sent back to be corrected", "A proposal on rule Q-03")),
        ("zh", ("退回纠正", "已就规则 Q-03 提出修订建议")),
    ],
)
def test_a_dispute_is_raised_ruled_and_becomes_a_proposal(run, found, lang, said):
    at, _, right = found
    assert run("dispute", "raise", "b1", right, "--by", "甲", "--reason", "读不懂", *at, lang=lang).code == 0
    assert "读不懂" in run("dispute", "list", "b1", *at, lang=lang).out
    words = ("dispute", "rule", "b1", right, "--by", "裁", "--reason", "界线不清")
    assert run(*words, *at, lang=lang).code == 2
    assert run(*words, "--label", "off_topic", *at, lang=lang).code == 5
    done = run(*words, "--outcome", "sent-back", "--rule", "Q-03", "--unclear", *at, lang=lang)
    assert done.code == 0
    assert all(each in done.out for each in said)
    assert right in run("correct", "list", "b1", *at).out
    (opened,) = json.loads(run("proposal", "list", "--json", *at).out)
    assert "界线不清" in run("proposal", "list", *at, lang=lang).out
    close = ("proposal", "close", opened["proposal"], "--by", "裁", "--reason", "enough", "--outcome")
    assert run(*close, "taken", "--reference", "7.0.0", *at).code == 5
    assert run(*close, "declined", *at, lang=lang).code == 0
    assert run(*close, "declined", *at, lang=lang).code == 5
    assert json.loads(run("proposal", "list", "--rulebook", "other", "--json", *at).out) == []


def test_a_list_of_rulings_may_reject_and_cite(run, stage, tools, tmp_path):
    at = ("--workspace", stage("frozen"))
    head = ("条目", "标签", "仲裁人员", "理由", "规则", "裁定")
    path = tools.table(tmp_path / "r.csv", head, [("q-01", "", "裁", "废话", "Q-03", "rejected")])
    assert run("dispute", "import", "b1", path, *at).code == 0
    told = json.loads(run("dispute", "list", "b1", "--json", *at).out)
    assert (told[0]["outcome"], told[0]["rule"], told[0]["ruling"]) == ("rejected", "Q-03", "")

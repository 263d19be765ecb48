"""Rulings from a list: each row is recorded like a single ruling, and a row that cannot be taken is named."""

from __future__ import annotations

import json
import re

import openpyxl
import pytest

HEAD = ("item_id", "label", "by", "reason")
GOOD = ("q-01", "accept", "裁", "rule 1.1 decides")


@pytest.fixture
def frozen(stage):
    return stage("frozen")


def test_a_list_of_rulings_is_recorded_and_settles_the_disputes(run, frozen, tools, tmp_path):
    path = tools.table(tmp_path / "rulings.csv", HEAD, [GOOD])
    answer = run("dispute", "import", "b1", path, "--workspace", frozen)
    assert (answer.code, answer.err) == (0, "")
    assert "1 rulings recorded, 0 known before, 0 findings" in answer.out
    assert "1 disputed item, 0 still open" in run("dispute", "list", "b1", "--workspace", frozen).out
    (fact,) = json.loads(run("ledger", "show", "--kind", "dispute.ruled", "--json", "--workspace", frozen).out)
    assert (fact["body"]["item"], fact["body"]["label"]) == ("q-01", "accept")
    assert "rule 1.1" not in json.dumps(fact)  # the reason is kept erasably
    assert run("draw", "b1", "--workspace", frozen).code == 0
    assert run("ledger", "verify", "--workspace", frozen).code == 0


def test_the_same_list_again_adds_nothing_and_a_changed_row_supersedes(run, frozen, tools, tmp_path):
    at = ("--workspace", frozen)
    path = tools.table(tmp_path / "rulings.csv", HEAD, [GOOD])
    run("dispute", "import", "b1", path, *at)
    before = tools.contents(frozen)
    assert "0 rulings recorded, 1 known before" in run("dispute", "import", "b1", path, *at).out
    assert tools.contents(frozen) == before
    for changed in (("q-01", "inaccurate", *GOOD[2:]), ("q-01", "inaccurate", "裁", "on second thought")):
        again = tools.table(tmp_path / "again.csv", HEAD, [changed])
        assert "1 rulings recorded" in run("dispute", "import", "b1", again, *at).out
    facts = json.loads(run("ledger", "show", "--kind", "dispute.ruled", "--json", *at).out)
    assert [each["supersedes"] for each in facts] == [None, facts[0]["seq"], facts[1]["seq"]]


def test_a_workbook_with_chinese_titles(run, frozen, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(("条目", "标签", "仲裁人员", "理由"))
    book.active.append(GOOD)
    book.save(tmp_path / "裁定.xlsx")
    answer = run("dispute", "import", "b1", tmp_path / "裁定.xlsx", "--workspace", frozen, lang="zh")
    assert answer.code == 0
    assert "记录裁定 1 条" in answer.out


@pytest.mark.parametrize(
    ("bad", "part"),
    [
        (("q-02", *GOOD[1:]), "not disputed"),
        (("q-99", *GOOD[1:]), "not disputed"),
        (("q-01", "refuse", *GOOD[2:]), "refuse is not a label"),
        (("q-01", "accept", "甲", "clear"), "held another duty"),
        (("q-01", "accept", "审甲", "clear"), "no duty"),
        (("q-01", "accept", "某", "clear"), "某"),
        (("q-01", "accept", "裁", ""), "needs its reason"),
    ],
)
def test_a_row_that_cannot_be_taken_is_named(run, frozen, tools, tmp_path, bad, part):
    before = tools.contents(frozen)
    path = tools.table(tmp_path / "rulings.csv", HEAD, [bad])
    answer = run("dispute", "import", "b1", path, "--workspace", frozen)
    assert answer.code == 1
    assert re.search(rf"rulings\.csv row 2: error ruling-refused .*{part}", answer.out), answer.out
    assert tools.contents(frozen) == before


def test_the_other_rows_of_a_list_are_taken(run, frozen, tools, tmp_path):
    path = tools.table(tmp_path / "rulings.csv", HEAD, [("q-02", *GOOD[1:]), GOOD, GOOD])
    answer = run("dispute", "import", "b1", path, "--workspace", frozen)
    assert answer.code == 1
    assert "1 rulings recorded, 0 known before, 2 findings" in answer.out
    assert re.search(r"row 4: error ruling-refused .*stands in the list before", answer.out)
    told = json.loads(run("dispute", "import", "b1", path, "--workspace", frozen, "--json").out)
    assert (told["recorded"], told["unchanged"], len(told["findings"])) == (0, 1, 2)


def test_a_list_without_its_columns_or_for_no_batch(run, frozen, tools, tmp_path):
    path = tools.table(tmp_path / "rulings.csv", HEAD[:3], [GOOD[:3]])
    answer = run("dispute", "import", "b1", path, "--workspace", frozen)
    assert answer.code == 4
    assert "no column reason" in answer.err
    good = tools.table(tmp_path / "good.csv", HEAD, [GOOD])
    assert run("dispute", "import", "nope", good, "--workspace", frozen).code == 4

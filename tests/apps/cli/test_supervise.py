"""``labelqa supervise`` from the declaration to the report, in both languages, and what it says to wrong words."""

from __future__ import annotations

import json

import openpyxl
import pytest

from tests.knife import unguarded


@pytest.fixture
def drawn(run, stage, tools, tmp_path):
    """A drawn batch with a qualified supervisor and a declared supervision of two pieces of everybody's work."""
    place = stage("drawn")
    at = ("--workspace", place)
    assert run("people", "add", "督", "--organizer", "组织", "--duties", "supervisor", *at).code == 0
    taught = [("督", tools.RELEASE, "2026-11-02", "组织", "rule-safety")]
    run(
        "train",
        "import",
        tools.table(tmp_path / "t.csv", ("person", "release", "date", "organizer", "topics"), taught),
        *at,
    )
    passed = [("督", tools.RELEASE, "2026-11-03", 0.9, 0.8)]
    run(
        "exam",
        "import",
        tools.table(tmp_path / "e.csv", ("person", "release", "date", "score", "pass_mark"), passed),
        *at,
    )
    assert run("supervise", "declare", "b1", "--each", 2, *at).code == 0
    return place


def test_a_supervision_from_declaration_to_report(run, drawn, tmp_path):
    at = ("--workspace", drawn)
    answer = run("supervise", "draw", "b1", *at)
    assert (answer.code, answer.err) == (0, "")
    assert "b1/s1: drew 7 of 61 pieces of work of 4 people." in answer.out  # 3 annotators × 20 items, one ruling
    assert "unproven: declared when work was there already (by: annotator, arbitrator)" in answer.out
    assert "ruled accept: clear" in run("supervise", "list", "b1/s1", *at).out
    assert "7 pieces of work, 7 still open" in run("supervise", "list", "b1", *at).out
    answer = run("supervise", "record", "b1", 1, "--verdict", "correct", "--by", "督", *at)
    assert "correct; 6 pieces of work of b1/s1 are still open" in answer.out
    told = json.loads(run("supervise", "show", "b1", "--json", *at).out)
    assert (told["open"], told["people"][0]["checked"], told["standing"]) == (6, 1, "unproven")
    assert run("supervise", "verify", "b1", *at).out == "b1: the same pieces of work come out again.\n"


@pytest.mark.parametrize(("lang", "bad"), [("en", "Incorrect"), ("zh", "错误")])
def test_a_filled_workbook_comes_back_in_either_language(run, drawn, tmp_path, lang, bad):
    at = ("--workspace", drawn)
    run("supervise", "draw", "b1", *at)
    path = tmp_path / "filled.xlsx"
    assert run("supervise", "sheet", "b1", "--out", path, *at, lang=lang).code == 0
    book = openpyxl.load_workbook(path)
    page = book.active
    heads = [cell.value for cell in page[1]]
    verdict, note = (
        heads.index({"en": "verdict", "zh": "结论"}[lang]) + 1,
        {"en": "supervisor's note", "zh": "监督备注"}[lang],
    )
    assert page.max_row == 8
    assert all("督" not in str(cell.value) and "甲" not in str(cell.value) for row in page["A2:D8"] for cell in row)
    choices = page.data_validations.dataValidation[0].formula1
    assert bad in choices
    for row in range(2, 8):
        page.cell(row, verdict).value = choices.strip('"').split(",")[0]
    page.cell(2, verdict).value, page.cell(2, heads.index(note) + 1).value = bad, "missed rule 1.1"
    book.save(path)
    answer = run("supervise", "import", "b1", path, "--by", "督", *at)
    assert (answer.code, answer.err) == (0, "")
    assert "6 verdicts recorded, 0 known before, 1 still open, 0 findings" in answer.out
    assert "6 known before" in run("supervise", "import", "b1", path, "--by", "督", *at).out
    people = json.loads(run("supervise", "show", "b1", "--json", *at).out)["people"]
    assert (people[0]["incorrect"], people[0]["wrong"]["point"]) == (1, 0.5)
    facts = json.loads(run("ledger", "show", "--kind", "supervision.checked", "--json", *at).out)
    assert "missed rule" not in json.dumps(facts)


def test_everything_is_said_in_chinese(run, drawn):
    at = ("--workspace", drawn)
    run("supervise", "draw", "b1", *at)
    for words in (
        ("list", "b1"),
        ("show", "b1"),
        ("verify", "b1"),
        ("record", "b1", 1, "--verdict", "correct", "--by", "督"),
    ):
        answer = run("supervise", *words, *at, lang="zh")
        assert answer.code == 0
        assert not any(word in answer.out for word in ("pieces", "work of", "open", "labelled"))
    assert (
        "未获证明：声明时已有工作存在（职责：标注员、仲裁人员）" in run("supervise", "show", "b1", *at, lang="zh").out
    )


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        (("declare", "b1"), 5, "b1/s1 is declared and not drawn yet"),
        (("declare", "b1", "--each", "0"), 2, "a whole number, 1 or more"),
        (("declare", "b7"), 4, "no batch is called b7"),
        (("draw", "b7"), 4, "no supervision or batch is called b7"),
        (("draw", "b1", "--seed", "guess"), 5, "this is not the seed"),
        (("list", "b1"), 5, "b1/s1 is not drawn yet"),
        (("sheet", "b1", "--out", "x.csv"), 2, "must end in .xlsx"),
        (("record", "b1", "1", "--verdict", "fine", "--by", "督"), 2, "one of correct, incorrect, undecidable"),
        (("verify", "b1"), 5, "b1/s1 is not drawn yet"),
    ],
)
def test_wrong_words_get_one_sentence(run, drawn, tools, words, code, part):
    before = tools.contents(drawn)
    answer = run("supervise", *words, "--workspace", drawn)
    assert (answer.code, answer.out) == (code, "")
    assert part in answer.err
    assert len(answer.err.splitlines()) == 1
    assert tools.contents(drawn) == before


def test_who_labelled_or_reviews_may_not_supervise(run, drawn):
    at = ("--workspace", drawn)
    run("supervise", "draw", "b1", *at)
    for who in ("甲", "审甲", "裁"):
        answer = run("supervise", "record", "b1", 1, "--verdict", "correct", "--by", who, *at)
        assert (answer.code, "not registered as a supervisor" in answer.err) == (5, True)


def test_a_lost_line_is_found(run, drawn):
    at = ("--workspace", drawn)
    run("supervise", "draw", "b1", *at)
    from contextlib import closing

    with closing(unguarded(drawn / "ledger.sqlite3")) as base:
        (text,) = base.execute("select text from facts where kind = 'supervision.drawn'").fetchone()
        held = json.loads(text)
        held["body"]["drawn"] = held["body"]["drawn"][:-1]
        base.execute("update facts set text = ? where kind = 'supervision.drawn'", (json.dumps(held),))
        base.commit()
    answer = run("supervise", "verify", "b1", *at)
    assert answer.code == 1
    assert "supervision-counts" in answer.out

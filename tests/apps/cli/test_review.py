"""Sheets go out, verdicts come back and are told with where the sample stands; what others said stays hidden until then."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from openpyxl import load_workbook

from labelqa.adapters.files.words import COLUMNS

Run = Callable[..., object]
NAMES = ("甲", "乙", "丙", "丁")


def items(run, at):
    """The drawn items with their verifiers, in ticket order."""
    return json.loads(run("sample", "show", "b1", "--json", *at).out)["items"]


def fill(path: Path, verdicts: dict[str, dict[str, str]]) -> None:
    """Fill cells by item id and column key, on an English sheet."""
    book = load_workbook(path)
    page = book.worksheets[0]
    columns = {cell.value: cell.column for cell in page[5]}
    for row in range(6, page.max_row + 1):
        for key, value in verdicts.get(page.cell(row, 2).value, {}).items():
            page.cell(row, columns[COLUMNS[key][0]]).value = value
    book.save(path)


@pytest.mark.parametrize(("lang", "proven"), [("en", "Not proven yet"), ("zh", "尚未证明")])
def test_each_verdict_is_told_with_where_the_sample_stands(run, stage, lang, proven):
    at = ("--workspace", stage("drawn"))
    first, second, *_ = items(run, at)
    words = ("--verdict", "correct", "--check", "understanding=passed", "--check", "quality=passed")
    answer = run("review", "record", "b1", first["item_id"], *words, "--by", first["verifier"], *at, lang=lang)
    assert answer.code == 0
    assert len(answer.out.splitlines()) > 4  # the verdict, and what is proven
    told = run("review", "record", "b1", second["item_id"], "--obstacle", "deleted", "--by", second["verifier"],
               "--json", *at)  # fmt: skip
    told = json.loads(told.out)
    assert (told["verdict"], told["obstacle"], told["certificate"]["given"]) == ("undecidable", "deleted", 2)
    assert "second" not in told  # whoever judges an item is not told that somebody else does too
    again = run("review", "record", "b1", second["item_id"], "--obstacle", "deleted", "--by", second["verifier"],
                "--json", *at)  # fmt: skip
    assert json.loads(again.out)["fact"] == told["fact"]


def test_options_that_do_not_fit_are_one_sentence(run, stage):
    at = ("--workspace", stage("drawn"))
    first, *_ = items(run, at)
    by = ("--by", first["verifier"], *at)
    for words, code, said in (
        (("--verdict", "correct", "--check", "quality=failed"), 5, "check of quality failed"),
        (("--verdict", "correct", "--check", "quality"), 2, "CHECK=RESULT"),
        (("--verdict", "correct", "--score", "accuracy=many"), 5, "write a number from 0 to 100"),
        (("--verdict", "incorrect", "--defect", "Z9"), 5, "no defect code of release"),
        (("--answer", "nope"), 5, "nope is not a label"),
        ((), 5, "nothing that gives one"),
    ):
        answer = run("review", "record", "b1", first["item_id"], *words, *by)
        assert (answer.code, answer.out) == (code, "")
        assert said in answer.err
        assert len(answer.err.strip().splitlines()) == 1


def test_blind_sheets_go_out_and_come_back(run, stage):
    at = ("--workspace", stage("drawn"))
    written = json.loads(run("review", "sheet", "b1", "--blind", "--json", *at).out)["files"]
    for path in written:
        page = load_workbook(path).worksheets[0]
        shown = [str(cell.value) for row in page.iter_rows(min_row=6) for cell in row if cell.value is not None]
        assert not any("accept" in text or text in NAMES for text in shown)
    drawn = items(run, at)
    mine = [each["item_id"] for each in drawn if each["verifier"] in written[0]]
    fill(Path(written[0]), {mine[0]: {"answer": "accept"}, mine[1]: {"answer": "no such label"},
                            mine[2]: {"verdict": "Correct"}})  # fmt: skip
    answer = run("review", "import", written[0], "--json", *at)
    (told,) = json.loads(answer.out)
    assert (told["recorded"], answer.code) == (1, 1)
    assert {each["code"] for each in told["findings"] if each["severity"] == "error"} == {"RV009", "review-refused"}
    assert told["certificates"][0]["given"] == 1


def test_what_others_said_is_shown_after_the_verdict(run, stage):
    at = ("--workspace", stage("drawn"))
    first, *_ = items(run, at)
    early = run("review", "show", "b1", first["item_id"], *at)
    assert (early.code, early.out) == (5, "")
    assert "still waits for a verdict" in early.err
    run("review", "record", "b1", first["item_id"], "--verdict", "incorrect", "--rule", "Q-01", "--safety", "unclear",
        "--check", "quality=failed", "--comment", "看错了", "--by", first["verifier"], *at)  # fmt: skip
    for lang, words in (
        (
            "en",
            ("label of record accept", "incorrect", "Q-01; Unclear; Check: quality and diversity – Failed", "看错了"),
        ),
        ("zh", ("正式标签 accept 合格", "不正确", "Q-01; 无法确定; 核验：保证质量 – 不通过", "计入判定")),
    ):
        shown = run("review", "show", "b1", first["item_id"], *at, lang=lang).out
        assert all(word in shown for word in (*words, "甲", "乙", "丙"))


def test_label_studio_tasks_keep_the_label_to_themselves_when_blind(run, stage, tmp_path):
    at = ("--workspace", stage("drawn"))
    *tasks, form = json.loads(
        run("review", "sheet", "b1", "--format", "ls-json", "--blind", "--out", tmp_path / "ls", "--json", *at).out
    )["files"]
    for path in tasks:
        text = Path(path).read_text("utf-8")
        assert "accept" not in text
        assert "predictions" not in text
    names = [tag.get("name") for tag in ET.parse(form).getroot().iter() if tag.get("toName")]  # noqa: S314
    assert names == ["quality", "labelqa_verdict", "labelqa_safety", "labelqa_unsafe", "labelqa_comment"]
    config = tmp_path / "own.xml"
    config.write_text(
        '<View><Text name="t" value="$text"/><Choices name="quality" toName="t"><Choice value="accept"/></Choices>'
        "</View>",
        encoding="utf-8",
    )
    *tasks, form = json.loads(
        run("review", "sheet", "b1", "--format", "ls-json", "--config", config, "--json", *at).out
    )["files"]  # fmt: skip
    (prediction,) = json.loads(Path(tasks[0]).read_text("utf-8"))[0]["predictions"]
    assert prediction["result"][0]["to_name"] == "t"
    assert "labelqa_check_quality" in Path(form).read_text("utf-8")


@pytest.mark.parametrize("form", ["xlsx", "ls-json"])
def test_a_sheet_that_may_be_filled_in_is_not_written_over(run, stage, tmp_path, form):
    words = (
        "review",
        "sheet",
        "b1",
        "--format",
        form,
        "--out",
        tmp_path / "out",
        "--json",
        "--workspace",
        stage("drawn"),
    )
    first, *others = (Path(each) for each in json.loads(run(*words).out)["files"])
    first.write_bytes(b"filled in")
    for each in others:
        each.unlink()
    again = run(*words)
    assert again.code == 5
    assert str(first) in again.err
    assert first.read_bytes() == b"filled in"
    assert not any(each.exists() for each in others)  # none of them, or all

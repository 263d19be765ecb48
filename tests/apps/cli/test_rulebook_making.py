"""What is made from a rulebook on the command line: form, exam, marks, item bank, coverage; each wrong file is one sentence."""

from __future__ import annotations

import csv
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from openpyxl import load_workbook

from labelqa.adapters.label_studio.config import read_config
from labelqa.wiring import shipped

BOOK = shipped("rulebooks") / "genai-safety" / "1.0.0.yaml"
NAME = "genai-safety@1.0.0"


def paper(run, folder: Path, form: str, *more: str, n: int = 8, lang: str = "en") -> Path:
    path = folder / f"paper.{form}"
    answer = run("rulebook", "exam", NAME, "--seed", "dice 4 2 6", "--questions", n, "--out", path, *more, lang=lang)
    assert answer.code == 0, answer.err
    return path


def right(run, sheet: Path) -> dict[str, str]:
    """The expected labels, from the marks of an empty sheet."""
    empty = sheet.with_name("empty.json")
    empty.write_text("{}", "utf-8")
    told = json.loads(run("rulebook", "grade", sheet, empty, "--json").out)
    return {str(each["number"]): each["expected"] for each in told["graded"]["result"]["marked"]}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_form_is_printed_alone_and_the_instruction_written(run, tmp_path, lang):
    answer = run("rulebook", "config", NAME, "--instruction", tmp_path / "i.html", lang=lang)
    assert (answer.code, answer.err) == (0, "")
    specs, findings = read_config(answer.out)
    assert findings == []
    assert specs[0].name == "safety"
    page = (tmp_path / "i.html").read_text("utf-8")
    assert NAME in page
    assert ("规则条款概要" if lang == "zh" else "Rules in short") in page


def test_the_form_of_a_file_needs_no_workspace(run, tmp_path):
    answer = run("rulebook", "config", BOOK, "--out", tmp_path / "c.xml")
    assert answer.code == 0
    assert "6 labels" in answer.out
    assert ET.parse(tmp_path / "c.xml").getroot().tag == "View"  # noqa: S314


def test_what_the_form_shows_otherwise_is_said_beside_it(run, tmp_path):
    text = BOOK.read_text("utf-8").replace("format: 1", "format: 2").replace(
        "control: safety\n", "control: safety\nform: {answers: choice, shows: [{name: 文本}]}\n"
    )  # fmt: skip
    (tmp_path / "draft.yaml").write_text(
        text.replace("boundary:", "x_boundary:").replace("verification:", "x_v:"), "utf-8"
    )
    answer = run("rulebook", "config", tmp_path / "draft.yaml")
    assert answer.code == 0
    assert "LS101" in answer.err
    assert answer.out.startswith("<View>")


def test_the_same_seed_gives_the_same_paper_in_every_form(run, tmp_path):
    told = [
        run("rulebook", "exam", NAME, "--seed", "s", "--questions", "5", "--out", tmp_path / f"p.{form}", "--json").out
        for form in ("xlsx", "json", "html")
    ]
    assert len(set(told)) == 1
    page = (tmp_path / "p.html").read_text("utf-8")
    assert "S-01" not in page
    assert page.count('class="question"') == 5


def test_a_filled_workbook_is_graded_and_explained(run, tmp_path):
    path = paper(run, tmp_path, "xlsx", lang="zh")
    wanted = right(run, path)
    book = load_workbook(path)
    page = book.worksheets[0]
    lists = {str(each.sqref): each.formula1 for each in page.data_validations.dataValidation}
    assert len(lists) == 8
    for at in range(5, 13):
        offered = page[f"C{at}"].coordinate
        sheet, _, span = lists[offered].partition("!")
        words = [cell.value for (cell,) in book[sheet.strip("'")][span.replace("$", "")]]
        number = str(page[f"A{at}"].value)
        stored = {"安全": "safe", "违反社会主义核心价值观": "A1", "歧视性内容": "A2", "商业违法违规": "A3",
                  "侵犯他人合法权益": "A4", "无法满足特定服务类型的安全需求": "A5"}  # fmt: skip
        assert {stored[word] for word in words} == set(stored.values())
        if number != "3":
            page[f"C{at}"] = next(word for word in words if stored[word] == wanted[number])
    book.save(tmp_path / "filled.xlsx")
    answer = run("rulebook", "grade", path, tmp_path / "filled.xlsx")
    assert answer.code == 0
    assert answer.out.startswith(f"7 of 8 right on {NAME}: 0.875 [")
    assert "Question 3 (rule " in answer.out
    assert "Question 2 (rule " not in answer.out
    assert "→ yes" in answer.out or "→ no" in answer.out
    assert "8 题答对 7 题" in run("rulebook", "grade", path, tmp_path / "filled.xlsx", lang="zh").out


def test_answers_as_a_table_by_number_and_their_odd_ones_are_named(run, tmp_path):
    path = paper(run, tmp_path, "json")
    wanted = right(run, path)
    with (tmp_path / "a.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("题号", "答案"), *wanted.items(), ("99", "A1")])
    answer = run("rulebook", "grade", path, tmp_path / "a.csv", "--json")
    assert json.loads(answer.out)["score"] == 1.0
    said = run("rulebook", "grade", path, tmp_path / "a.csv").out
    assert "EX002" in said
    (tmp_path / "b.csv").write_text("question,answer\n1,huh\n", "utf-8")
    assert "EX001" in run("rulebook", "grade", path, tmp_path / "b.csv").out


def test_a_passed_exam_is_put_on_record_once(run, tmp_path, stage):
    workspace = stage("imported")
    at = ("--workspace", workspace)
    where = ("rulebook", "exam", "genai-sft@1.0.0", "--seed", "x", "--questions", "5", "--out", tmp_path / "p.json")
    assert run(*where, *at).code == 0
    (tmp_path / "none.json").write_text("{}", "utf-8")
    told = json.loads(run("rulebook", "grade", tmp_path / "p.json", tmp_path / "none.json", "--json", *at).out)
    marked = told["graded"]["result"]["marked"]
    (tmp_path / "a.json").write_text(json.dumps({each["number"]: each["expected"] for each in marked}), "utf-8")
    words = ("rulebook", "grade", tmp_path / "p.json", tmp_path / "a.json", "--record", "--pass-mark", "0.8", *at)
    assert run(*words).code == 2
    done = run(*words, "--person", "丁", "--out", tmp_path / "m.json", "--json")
    assert done.code == 0, done.err
    assert json.loads(done.out)["recorded"]["score"] == 1.0
    known = json.loads(run("ledger", "show", "--kind", "exam.recorded", "--last", "1", "--json", *at).out)
    assert told["graded"]["result"]["paper"] in json.dumps(known)
    (recorded,) = known
    assert recorded["body"]["abilities"] == dict.fromkeys({each["ability"] for each in marked}, 1.0)
    assert recorded["body"]["attempt"] == 2  # the one that was not passed came first
    assert "丁" not in (tmp_path / "m.json").read_text("utf-8")
    again = run(*words, "--person", "丁")
    assert again.code == 5
    assert "another seed" in again.err
    assert "qualified" in run("qualify", "show", "丁", *at).out


def test_an_exam_on_a_draft_is_not_put_on_record(run, tmp_path, stage):
    draft = tmp_path / "draft.yaml"
    draft.write_text((shipped("rulebooks") / "genai-sft" / "1.0.0.yaml").read_text("utf-8") + "# more\n", "utf-8")
    run("rulebook", "exam", draft, "--seed", "x", "--questions", "3", "--out", tmp_path / "p.json")
    (tmp_path / "a.json").write_text("{}", "utf-8")
    words = ("rulebook", "grade", tmp_path / "p.json", tmp_path / "a.json", "--workspace", stage("imported"))
    assert run(*words).code == 7
    answer = run(*words, "--rulebook", draft, "--record", "--person", "丁")
    assert answer.code == 5
    assert "another text" in answer.err


def test_a_paper_that_was_changed_is_not_graded(run, tmp_path):
    path = paper(run, tmp_path, "json")
    (tmp_path / "a.json").write_text("{}", "utf-8")
    for old, new in (
        ('"dice 4 2 6"', '"dice 1 1 1"'),
        ('"questions": 8', '"questions": 7'),
        ('"questions": 8', '"questions": 800'),
    ):
        text = path.read_text("utf-8")
        assert old in text
        (tmp_path / "bad.json").write_text(text.replace(old, new), "utf-8")
        answer = run("rulebook", "grade", tmp_path / "bad.json", tmp_path / "a.json")
        assert answer.code == 7
        assert "not what was made" in answer.err


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        (["exam", NAME, "--seed", "s", "--questions", "900", "--out", "p.json"], 4, "ask for fewer"),
        (["exam", NAME, "--seed", " ", "--questions", "3", "--out", "p.json"], 2, "seed is empty"),
        (["exam", NAME, "--seed", "s", "--questions", "3", "--out", "p.pdf"], 2, "must end in .xlsx"),
        (["exam", NAME, "--seed", "s", "--questions", "3", "--out", "no/p.xlsx"], 4, "no such folder"),
        (["exam", "nothing.yaml", "--seed", "s", "--questions", "3", "--out", "p.json"], 4, "cannot be read"),
        (["exam", "nothing@9.9.9", "--seed", "s", "--questions", "3", "--out", "p.json"], 4, "nothing@9.9.9"),
        (["grade", "junk.json", "junk.json"], 4, "not an exam paper"),
        (["grade", "junk.xlsx", "junk.json"], 4, "cannot be opened"),
        (["grade", "gone.json", "junk.json"], 4, "cannot be read"),
        (["bank", "junk.json"], 4, "not a marked paper"),
        (["bank", "list.json"], 4, "not a JSON object"),
        (["bank", "."], 4, "not a file"),
        (["coverage", NAME, "--csv", "a.txt"], 2, "must end in .csv"),
        (["coverage", NAME, "--html", "no/a.html"], 4, "no such folder"),
        (["config", NAME, "--out", "."], 4, "not a file"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(run, tmp_path, words, code, part):
    (tmp_path / "junk.json").write_text("{}", "utf-8")
    (tmp_path / "list.json").write_text("[1]", "utf-8")
    (tmp_path / "junk.xlsx").write_text("no workbook", "utf-8")
    for lang in ("en", "zh"):
        answer = run("rulebook", *words, lang=lang)
        assert answer.code == code, answer.err
        assert answer.err.count("\n") == 1
        if lang == "en":
            assert part in answer.err


def test_answers_that_contradict_each_other_or_have_no_columns_are_refused(run, tmp_path):
    path = paper(run, tmp_path, "json")
    for text, part in (
        ("1,2\n", "no columns"),
        ("question,answer\n1,A1\n1,A2\n", "answered twice"),
        ("", "no columns"),
    ):
        (tmp_path / "a.csv").write_text(text, "utf-8")
        answer = run("rulebook", "grade", path, tmp_path / "a.csv")
        assert answer.code == 4
        assert part in answer.err


def test_the_bank_over_marked_papers(run, tmp_path):
    path = paper(run, tmp_path, "json")
    wanted = right(run, path)
    files = []
    for at in range(3):
        answers = {number: label if int(number) > at else "" for number, label in wanted.items()}
        (tmp_path / f"a{at}.json").write_text(json.dumps(answers), "utf-8")
        files.append(tmp_path / f"m{at}.json")
        assert run("rulebook", "grade", path, tmp_path / f"a{at}.json", "--out", files[-1]).code == 0
    found = json.loads(run("rulebook", "bank", *files, files[0], "--json").out)
    assert (found["takers"], found["papers"], found["repeated"]) == (3, 1, 1)
    assert sorted(line["difficulty"]["point"] for line in found["lines"])[:2] == pytest.approx([1 / 3, 2 / 3])
    said = run("rulebook", "bank", *files)
    assert "unknown: too few takers" in said.out
    assert "作答人数太少" in run("rulebook", "bank", *files, lang="zh").out


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_coverage_lists_gaps_first_in_every_form(run, tmp_path, lang):
    text = BOOK.read_text("utf-8").replace("risks: [A1f, A1g, A1h]", "risks: [A1g, A1h]")
    (tmp_path / "draft.yaml").write_text(text, "utf-8")
    words = ("rulebook", "coverage", tmp_path / "draft.yaml")
    answer = run(*words, "--html", tmp_path / "c.html", "--csv", tmp_path / "c.csv", lang=lang)
    assert answer.code == 0
    assert ("没有规则条款" if lang == "zh" else "no rule treats it") in answer.out
    rows = list(csv.reader((tmp_path / "c.csv").read_text("utf-8-sig").splitlines()))
    assert len(rows) == 1 + 31 + 5
    assert rows[1][0] == "A1f"
    page = (tmp_path / "c.html").read_text("utf-8")
    assert page.index('id="gaps"') < page.index('id="risks"')
    assert "<script" not in page
    told = json.loads(run(*words, "--json", lang=lang).out)
    assert told["risks"][0]["gaps"] == ["no-rule"]
    assert told["labelled"] is None


def test_coverage_counts_in_a_workspace(run, stage):
    told = json.loads(run("rulebook", "coverage", NAME, "--json", "--workspace", stage("frozen")).out)
    assert told["labelled"]["all_items"] == 19  # one is disputed
    assert told["labelled"]["safety_items"] == 0
    assert told["labelled"]["batches"] == []
    said = run("rulebook", "coverage", "genai-sft@1.0.0", "--workspace", "ws")
    assert said.code == 0
    assert "19 items were labelled under releases of this rulebook, in batches: b1." in said.out

"""``labelqa rulebook clarity`` and ``trend``: from a workspace, from a table alone, into a draft."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from labelqa.rulebook.comments import MARK
from labelqa.rulebook.document import parse
from labelqa.wiring import shipped

BOOK = shipped("rulebooks") / "genai-sft" / "1.0.0.yaml"
ROWS = [
    (f"q{at:02}", who, label)
    for at, labels in enumerate(["accept accept"] * 8 + ["accept inaccurate"] * 4 + ["inaccurate inaccurate"] * 5)
    for who, label in zip("甲乙", labels.split(), strict=True)
]


@pytest.fixture
def trial(tmp_path: Path) -> Path:
    """A folder with a draft and the table of a trial, its titles in Chinese."""
    shutil.copyfile(BOOK, tmp_path / "draft.yaml")
    lines = [
        "条目,标注员,标签,用时",
        *(f"{item},{who},{label},{30 + at}" for at, (item, who, label) in enumerate(ROWS)),
    ]
    (tmp_path / "pilot.csv").write_text("\n".join(lines), encoding="utf-8-sig")
    return tmp_path


def widest(text: str) -> int:
    from labelqa.adapters.cli.width import cells

    return max(map(cells, text.splitlines()))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_trial_without_a_workspace(run, trial, lang):
    answer = run("rulebook", "clarity", "draft.yaml", "--labels", "pilot.csv", lang=lang)
    assert answer.code == 0, answer.err
    assert "Q-03 × Q-06" in answer.out
    assert "4.0 [1.6, 8.0]" in answer.out  # four of seventeen pairs differ: Wilson's limits, times seventeen items
    assert "0.235 [0.096, 0.473]" in answer.out
    assert ("优先修订" if lang == "zh" else "Rules to mend first") in answer.out
    assert widest(answer.out) <= 100
    assert not any(word in answer.out for word in ("{", "None", "nan"))


def test_json_has_everything(run, trial):
    found = json.loads(run("rulebook", "clarity", "draft.yaml", "--labels", "pilot.csv", "--json").out)
    assert (found["items"], found["answers"], found["source"]) == (17, 34, "pilot.csv")
    first = found["ranking"][0]
    assert (first["rank"], first["rule"]) == (1, "Q-03")
    assert {"point", "low", "high", "method", "n", "confidence"} <= first["expected"].keys()
    assert found["pairs"][0]["examples"] == ["q08", "q09", "q10", "q11"]


def test_what_was_measured_goes_into_the_draft_and_is_replaced(run, trial):
    before = (trial / "draft.yaml").read_bytes()
    words = ("rulebook", "clarity", "draft.yaml", "--labels", "pilot.csv", "--into", "draft.yaml")
    answer = run(*words)
    assert "Remarks on 2 rules" in answer.out
    after = (trial / "draft.yaml").read_bytes()
    added = [line for line in after.decode().splitlines() if line.lstrip().startswith(MARK)]
    assert all(line.lstrip().startswith("# ") for line in added)
    assert any("q08, q09, q10, q11" in line for line in added)
    assert any("待定" in line for line in added)
    assert any("To settle" in line for line in added)
    kept = [line for line in after.splitlines(keepends=True) if not line.lstrip().startswith(MARK.encode())]
    assert b"".join(kept) == before
    assert parse(after).rulebook == parse(before).rulebook
    at = after.decode().splitlines().index("  - id: Q-03")
    assert after.decode().splitlines()[at - 1] in added
    run(*words, lang="zh")
    assert (trial / "draft.yaml").read_bytes() == after


def test_rows_that_cannot_be_taken_are_named(run, trial):
    (trial / "bad.csv").write_text(
        "item_id,annotator,label,seconds,colour\nq1,a,accept,fast,x\nq1,b,,3,x\nq1,c,maybe,-1,x\n", encoding="utf-8"
    )
    answer = run("rulebook", "clarity", "draft.yaml", "--labels", "bad.csv")
    assert answer.code == 0, answer.err
    assert "row 2: error PL001 the row has no label" in answer.out
    assert answer.out.count("PL002") == 2
    assert "PL003 columns not taken: colour" in answer.out
    assert "1 answers have a label that no rule gives" in answer.out


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("item_id,label\nq1,accept\n", "no column annotator"),
        ("item_id,id,annotator,label\nq1,q1,a,accept\n", "one and the same"),
        ("item_id,annotator,label\nq1,a,\n", "nothing to measure"),
        ("", "empty"),
    ],
)
def test_a_table_that_is_none_is_one_sentence(run, trial, table, said):
    (trial / "t.csv").write_text(table, encoding="utf-8")
    answer = run("rulebook", "clarity", "draft.yaml", "--labels", "t.csv")
    assert answer.code == 4
    assert said in answer.err
    assert answer.err.count("\n") == 1


def test_a_book_that_is_none_and_words_that_do_not_fit(run, trial):
    (trial / "no.yaml").write_text("format: 2\n", encoding="utf-8")
    assert "no rulebook yet" in run("rulebook", "clarity", "no.yaml", "--labels", "pilot.csv").err
    assert "cannot be read" in run("rulebook", "clarity", "not-there.yaml", "--labels", "pilot.csv").err
    both = run("rulebook", "clarity", "draft.yaml", "--labels", "pilot.csv", "--batch", "b1")
    assert both.code == 2
    before = (trial / "draft.yaml").read_bytes()
    assert run("rulebook", "clarity", "draft.yaml", "--labels", "pilot.csv", "--into", "no.yaml").code == 4
    assert (trial / "draft.yaml").read_bytes() == before


def test_parquet_and_xlsx_say_the_same_as_csv(run, trial):
    import pyarrow as pa
    from openpyxl import Workbook
    from pyarrow import parquet

    columns = dict(zip(("item_id", "annotator", "label"), map(list, zip(*ROWS, strict=True)), strict=True))
    columns["seconds"] = [30 + at for at in range(len(ROWS))]
    parquet.write_table(pa.table(columns), trial / "pilot.parquet")
    book = Workbook()
    book.active.append(["数据条目", "标注人员", "标注结果", "用时（秒）"])
    for row in zip(*columns.values(), strict=True):
        book.active.append(list(row))
    book.save(trial / "pilot.xlsx")
    found = [
        json.loads(run("rulebook", "clarity", "draft.yaml", "--labels", f"pilot.{end}", "--json").out) | {"source": ""}
        for end in ("csv", "parquet", "xlsx")
    ]
    assert found[0] == found[1] == found[2]


def test_from_a_workspace(run, stage, tools):
    at = ("--workspace", stage("drawn"))
    answer = run("rulebook", "clarity", tools.RELEASE, *at)
    assert answer.code == 0, answer.err
    assert "Batches: b1" in answer.out
    assert widest(answer.out) <= 100
    found = json.loads(run("rulebook", "clarity", "genai-sft", "--batch", "b1", "--json", *at).out)
    assert (found["releases"], found["items"], found["disputes"], found["rulings"]) == ([tools.RELEASE], 20, 1, 1)
    assert "no batch is called b2" in run("rulebook", "clarity", tools.RELEASE, "--batch", "b2", *at).err
    trend = run("rulebook", "trend", "genai-sft", *at)
    assert trend.code == 0, trend.err
    assert "b1" in trend.out
    assert json.loads(run("rulebook", "trend", "genai-sft", "--json", *at).out)["versions"] == ["1.0.0"]
    assert "no rulebook called other" in run("rulebook", "trend", "other", *at).err


def test_the_linter_holds_time_budgets_against_what_was_measured(run, stage, tools):
    at = ("--workspace", stage("frozen"))
    answer = run("rulebook", "lint", BOOK, "--measured", tools.RELEASE, *at)
    assert answer.code in (0, 1), answer.err
    assert "not released" in run("rulebook", "lint", BOOK, "--measured", "genai-sft@9.9.9", *at).err

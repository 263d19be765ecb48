"""The commands in the order of a week, each on a workspace at the right stage, with what they print."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import pytest

from labelqa.wiring import shipped


def test_init_makes_a_workspace_that_commands_find_from_below(run, tmp_path):
    answer = run("init", "quality", "--name", "质检")
    assert answer.code == 0
    assert "质检" in answer.out
    assert (tmp_path / "quality" / "labelqa.toml").is_file()
    below = tmp_path / "quality" / "rulebooks"
    assert run("batch", "list", start=below).code == 0
    assert run("batch", "list", env={"LABELQA_WORKSPACE": str(tmp_path / "quality"), "LANG": "C"}).code == 0
    assert run("batch", "list", "--workspace", "quality").code == 0
    assert run("--workspace", "quality", "batch", "list").code == 0
    assert run("batch", "list").code == 3


def test_lint_names_line_and_column_and_fails(run, tmp_path):
    draft = (shipped("rulebooks") / "genai-sft" / "draft.yaml").read_text("utf-8")
    (tmp_path / "bad.yaml").write_text(draft.replace("kind: functional", "kind: funny"), encoding="utf-8")
    answer = run("rulebook", "lint", "bad.yaml")
    assert answer.code == 1
    assert re.search(r"bad\.yaml:\d+:\d+: error \S+ .*\(.*\)", answer.out)
    assert run("rulebook", "lint", shipped("rulebooks") / "genai-sft" / "draft.yaml").code == 0
    told = json.loads(run("rulebook", "lint", "bad.yaml", "--json").out)
    assert any(each["severity"] == "error" and each["place"]["line"] > 0 for each in told["findings"])


def test_people_are_registered_by_pseudonym(run, stage):
    workspace = stage("imported")
    words = (
        "people",
        "add",
        "新人",
        "--organizer",
        "组织",
        "--duties",
        "executor,reviewer",
        "--account",
        "label-studio=99",
    )
    answer = run(*words, "--workspace", workspace)
    assert answer.code == 0
    pseudonym = re.search(r"p-[0-9a-f]+", answer.out)
    assert pseudonym
    record = (
        "train",
        "record",
        "label-studio=99",
        "--release",
        "genai-sft@1.0.0",
        "--at",
        "2026-11-05",
        "--topics",
        "rule-safety,platform",
    )
    assert run(*record, "--workspace", workspace).code == 0
    exam = ("exam", "record", pseudonym[0], "--release", "genai-sft@1.0.0", "--score", "0.9", "--at", "2026-11-06")
    assert "passed the exam" in run(*exam, "--workspace", workspace).out
    assert "qualified" in run("qualify", "show", "新人", "--workspace", workspace).out
    asked = ("qualify", "show", "甲", "--workspace", workspace, "--json", "--at")
    standings = [json.loads(run(*asked, day).out)[0]["standing"] for day in ("2026-11-02T12:00", "2026-11-03T12:00")]
    assert standings == ["not-examined", "qualified"]
    everyone = json.loads(run("people", "list", "--workspace", workspace, "--json").out)
    assert "新人" in {each["name"] for each in everyone}


def test_lists_read_again_add_nothing(run, stage, tools, tmp_path):
    workspace = stage("imported")
    before = tools.contents(workspace)
    rows = [("甲", "genai-sft@1.0.0", "2026-11-02", "组织", "rule-safety")]
    again = tools.table(tmp_path / "again.csv", ("person", "release", "date", "organizer", "topics"), rows)
    assert "0 added, 1 unchanged" in run("train", "import", again, "--workspace", workspace).out
    assert tools.contents(workspace) == before


def test_a_list_names_its_bad_rows_and_takes_the_others(run, stage, tools, tmp_path):
    workspace = stage("imported")
    told = [
        ("甲", "2026-11-12", "0.9"),
        ("某", "2026-11-12", "0.9"),
        ("乙", "gestern", "0.9"),
        ("乙", "2026-11-12", "90"),
    ]
    rows = [(who, "genai-sft@1.0.0", day, score, "0.8") for who, day, score in told]
    path = tools.table(tmp_path / "exams.csv", ("person", "release", "date", "score", "pass_mark"), rows)
    answer = run("exam", "import", path, "--workspace", workspace)
    assert answer.code == 1
    assert "1 added, 0 unchanged, 3 findings" in answer.out
    assert re.search(r"exams\.csv row 3: error list-row-refused .*某", answer.out)
    assert re.search(r"exams\.csv row 4: .*gestern", answer.out)
    assert re.search(r"exams\.csv row 5: .*90", answer.out)


def test_import_twice_adds_nothing_and_says_so(run, stage, tools, tmp_path):
    workspace = stage("imported")
    before = tools.contents(workspace)
    again = tools.table(tmp_path / "labels.csv", tools.HEADER, tools.labels())
    answer = run("import", again, "--server", "label-studio", "--workspace", workspace)
    assert answer.code == 0
    assert "60 rows: 0 added, 0 of them new revisions, 60 unchanged, 0 refused" in answer.out
    assert tools.contents(workspace) == before


def test_agreement_shows_five_coefficients_labels_and_pairs(run, stage):
    answer = run("agreement", "b1", "--workspace", stage("frozen"))
    assert answer.code == 0
    for name in ("Krippendorff's alpha", "Fleiss' kappa", "Gwet's AC1", "Brennan–Prediger", "percent agreement"):
        assert re.search(rf"{name} +−?\d\.\d+ \[", answer.out), name
    assert "accept" in answer.out
    assert "甲" in answer.out


def test_a_second_plan_after_results_is_recorded_as_such(run, stage):
    workspace = stage("drawn")
    items = json.loads(run("sample", "show", "b1", "--json", "--workspace", workspace).out)["items"]
    first = items[0]
    said = run(
        "review",
        "record",
        "b1",
        first["item_id"],
        "--verdict",
        "correct",
        "--by",
        first["verifier"],
        "--workspace",
        workspace,
    )
    assert said.code == 0
    answer = run("plan", "b1", "--accuracy", "0.9", "--workspace", workspace)
    assert answer.code == 0
    assert "after results were known" in answer.out
    assert "plan number 2" in answer.out


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_week_from_dispute_to_report(run, stage, tmp_path, lang):
    """Ruled, drawn, reviewed on sheets, settled, proven, reported, verified."""
    workspace = stage("drawn")
    at = ("--workspace", workspace)
    assert run("draw", "b1", *at, lang=lang).code in {0, 5}
    out = tmp_path / "sheets"
    answer = run("review", "sheet", "b1", "--out", out, *at, lang=lang)
    assert answer.code == 0
    paths = [Path(line) for line in answer.out.splitlines() if line.endswith(".xlsx")]
    assert len(paths) == 2
    _fill(paths, {"en": "Correct", "zh": "正确"}[lang])
    answer = run("review", "import", *paths, *at, lang=lang)
    assert answer.code == 0, answer.out
    shown = json.loads(run("sample", "show", "b1", "--json", *at).out)["progress"]
    assert shown["reviewed"] == shown["n"]
    assert run("accuracy", "b1", *at, lang=lang).code == 0
    told = ("--source", "commercial", "--licence", "c 1", "--ip-check", "cleared", "--personal", "no")
    content = ("--modality", "text", "--language", "zh-CN", "--scale", "20")
    assert run("card", "record", "b1", *told, *content, *at, lang=lang).code == 0
    settled = run("settle", "b1", "--json", *at, lang=lang)
    assert settled.code == 0, settled.err
    assert json.loads(settled.out)["conclusion"] == "accept"
    forms = "html,md,json,xlsx" if lang == "en" else "md"
    report = run("report", "weekly", "--week", "2026-W47", "--format", forms, *at)
    assert report.code == 0
    files = [Path(line) for line in report.out.splitlines() if Path(line).is_file()]
    assert len(files) == 2 * len(forms.split(","))
    head = re.search(r"[0-9a-f]{64}", report.out)
    assert head
    verified = run("ledger", "verify", "--head", head[0], *at, lang=lang)
    assert verified.code == 0, verified.out


def _fill(paths: list[Path], verdict: str) -> None:
    for path in paths:
        book = openpyxl.load_workbook(path)
        page = book.worksheets[0]
        head = next(row for row in page.iter_rows() if any(cell.value in ("Verdict", "结论") for cell in row))
        column = next(cell.column for cell in head if cell.value in ("Verdict", "结论"))
        for row in range(head[0].row + 1, page.max_row + 1):
            if page.cell(row, 2).value is not None:
                page.cell(row, column).value = verdict
        book.save(path)


def test_rulings_of_a_list_are_recorded_and_bad_rows_named(run, stage, tools, tmp_path):
    workspace = stage("frozen")
    rows = [("q-01", "accept", "裁", "clear"), ("q-01", "banana", "裁", "unclear"), ("q-05", "accept", "裁", "agreed")]
    path = tools.table(tmp_path / "rulings.csv", ("item_id", "label", "by", "reason"), rows)
    answer = run("dispute", "import", "b1", path, "--workspace", workspace)
    assert answer.code == 1
    assert "1 rulings recorded, 0 known before, 2 findings" in answer.out
    assert re.search(r"rulings\.csv row 3: error ", answer.out)
    assert re.search(r"rulings\.csv row 4: error .*q-05", answer.out)
    assert json.loads(run("dispute", "list", "b1", "--json", "--workspace", workspace).out)[0]["ruling"] == "accept"


def test_label_studio_tasks_are_written_with_their_form(run, stage, tmp_path):
    answer = run(
        "review", "sheet", "b1", "--format", "ls-json", "--out", tmp_path / "ls", "--workspace", stage("drawn")
    )
    assert answer.code == 0
    names = sorted(path.suffix for path in (tmp_path / "ls").iterdir())
    assert names == [".json", ".json", ".xml"]
    tasks = json.loads(next((tmp_path / "ls").glob("*.json")).read_text("utf-8"))
    assert tasks[0]["meta"]["labelqa"]["sample"] == "b1/1"
    assert not re.search("甲|乙|丙", json.dumps(tasks, ensure_ascii=False))


def test_ledger_show_filters_by_kind_subject_and_number(run, stage):
    at = ("--workspace", stage("drawn"))
    facts = json.loads(run("ledger", "show", "--kind", "exam.recorded", "--last", "2", "--json", *at).out)
    assert [each["kind"] for each in facts] == ["exam.recorded"] * 2
    facts = json.loads(run("ledger", "show", "--subject", "batch:b1", "--json", *at).out)
    assert [each["kind"] for each in facts][:2] == ["batch.declared", "plan.declared"]


def test_report_languages_formats_and_days(run, stage):
    at = ("--workspace", stage("frozen"))
    one = run("report", "weekly", "--week", "2026-W47", "--format", "md", "--lang", "zh", *at)
    assert [Path(line).name for line in one.out.splitlines() if Path(line).is_file()] == ["weekly-2026-W47.zh.md"]
    days = run("report", "weekly", "--from", "2026-11-10", "--to", "2026-11-20", "--format", "json", *at)
    assert days.code == 0
    assert sum(Path(line).is_file() for line in days.out.splitlines()) == 2
    told = json.loads(run("report", "weekly", "--week", "2026-W47", "--format", "md,json", "--json", *at).out)
    assert len(told["files"]) == 4
    assert told["summary"]["period"]["name"] == "2026-W47"


def test_the_dashboard_listens_here_only_and_knows_its_workspace(run, stage, monkeypatch):
    from labelqa.adapters.cli import dashboard

    seen = {}
    monkeypatch.setattr(dashboard, "run", lambda words, *, env: seen.update(words=words, env=env) or 0)
    workspace = stage("imported")
    answer = run("dashboard", "--port", "8611", "--no-browser", "--workspace", workspace, lang="zh")
    assert answer.code == 0
    assert "http://127.0.0.1:8611" in answer.out
    joined = " ".join(seen["words"])
    assert "-m streamlit run" in joined
    assert "--server.address 127.0.0.1" in joined
    assert "--browser.gatherUsageStats false" in joined
    assert "--server.headless true" in joined
    assert seen["env"]["LABELQA_WORKSPACE"] == str(workspace)
    assert seen["env"]["LABELQA_LANG"] == "zh"


def test_the_dashboard_takes_its_server_along_when_it_is_told_to_end(tmp_path):
    """As service managers and `kill` end it: the child is told as well."""
    child, mark = (
        "import signal, sys, time, pathlib; pathlib.Path(sys.argv[1]).touch(); time.sleep(120)",
        tmp_path / "up",
    )
    script = (
        "import sys; from labelqa.adapters.cli.dashboard import run;"
        f"sys.exit(run([sys.executable, '-c', {child!r}, {str(mark)!r}], env={{}}))"
    )
    with subprocess.Popen([sys.executable, "-c", script], start_new_session=True) as ours:
        while not mark.exists():
            assert ours.poll() is None
            time.sleep(0.05)
        below = [int(each) for each in Path(f"/proc/{ours.pid}/task/{ours.pid}/children").read_text().split()]
        ours.terminate()
        assert ours.wait(60) == 0
    assert below
    assert not any(Path(f"/proc/{each}").exists() for each in below)

"""What the world does to a command: full disks, wrong folders, impossible dates, odd letters, taken ports."""

from __future__ import annotations

import json
import os
import socket
import sqlite3

import pytest
from openpyxl import load_workbook

from labelqa.adapters.files.sheets import header

TRAIN = ("person", "release", "date", "organizer", "topics")


def one_sentence(answer, code: int, *parts: str) -> None:
    assert answer.code == code, (answer.out, answer.err)
    assert answer.err.startswith("Error: ")
    assert answer.err.count("\n") == 1
    assert "defect of labelqa" not in answer.err
    for part in parts:
        assert part in answer.err


def test_folders_that_cannot_be_made_are_one_sentence(run, tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    one_sentence(run("init", "file/x"), 3, "file", "Not a directory", "check the folder")
    one_sentence(run("init", "n" * 300), 3, "File name too long")


def test_a_file_where_rulebooks_should_be(run, stage, tools):
    workspace = stage("imported")
    for who in tools.APPROVERS:
        assert run("rulebook", "sign", "genai-safety@1.0.0", "--by", who, "--workspace", workspace).code == 0
    (workspace / "rulebooks").rename(workspace / "elsewhere")
    (workspace / "rulebooks").write_text("x", encoding="utf-8")
    answer = run("rulebook", "adopt", "genai-safety@1.0.0", "--workspace", workspace)
    one_sentence(answer, 3, "rulebooks", "check the folder, its rights and the free space")


@pytest.mark.parametrize("why", ["database or disk is full", "attempt to write a readonly database"])
def test_what_the_database_says_of_its_disk_is_one_sentence(run, monkeypatch, why):
    import labelqa.wiring

    def opened(**_told):
        error = RuntimeError("wrapped")
        error.orig = sqlite3.OperationalError(why)  # as SQLAlchemy hands it on
        raise error

    monkeypatch.setattr(labelqa.wiring, "open_desk", opened)
    one_sentence(run("batch", "list"), 3, why, "free space")


def test_another_complaint_of_the_database_is_still_a_defect(run, monkeypatch):
    import labelqa.wiring

    def opened(**_told):
        raise sqlite3.OperationalError("no such column: x")

    monkeypatch.setattr(labelqa.wiring, "open_desk", opened)
    assert run("batch", "list").code == 70


def test_an_actor_that_is_no_text(run):
    one_sentence(run("batch", "list", env={"LABELQA_ACTOR": "\udcff"}), 2, "not UTF-8")


def test_impossible_dates_in_a_list_leave_the_other_rows(run, stage, tools, tmp_path):
    dates = ("0001-01-01", "9999-12-31T23:00-12:00", "2026-11-10")
    rows = [("甲", tools.RELEASE, date, "组织", "platform") for date in dates]
    path = tools.table(tmp_path / "t.csv", TRAIN, rows)
    answer = run("train", "import", path, "--json", "--workspace", stage("imported"))
    assert answer.code == 1
    told = json.loads(answer.out)
    assert told["added"] == 1
    assert [each["place"]["row"] for each in told["findings"]] == [2, 3]  # as a spreadsheet counts
    assert "expected a time such as" in told["findings"][0]["message"]


def test_a_line_that_stands_twice_counts_once(run, stage, tools, tmp_path):
    at = ("--json", "--workspace", stage("imported"))
    row = ("甲", tools.RELEASE, "2026-11-10", "组织", "platform")
    told = json.loads(run("train", "import", tools.table(tmp_path / "t.csv", TRAIN, [row, row]), *at).out)
    assert (told["added"], told["unchanged"]) == (1, 1)
    exam = ("甲", tools.RELEASE, "2026-11-10", "90%", "80％")
    path = tools.table(tmp_path / "e.csv", ("person", "release", "date", "score", "pass_mark"), [exam, exam])
    told = json.loads(run("exam", "import", path, *at).out)
    assert (told["added"], told["unchanged"]) == (1, 1)


def test_a_score_over_one_is_told_what_is_expected(run, stage, tools, tmp_path):
    rows = [("甲", tools.RELEASE, "2026-11-10", score, "0.8") for score in ("90", "101%", "nan%")]
    path = tools.table(tmp_path / "e.csv", ("person", "release", "date", "score", "pass_mark"), rows)
    answer = run("exam", "import", path, "--workspace", stage("imported"))
    assert answer.code == 1
    assert answer.out.count("score: expected a share between 0 and 1, such as 0.95, got") == 3


def _labels_with_date(tools, folder, written):
    header_, row = ("item_id", "annotator_id", "label", "created_at"), ("q-80", "11", "accept")
    return tools.table(folder / "odd.csv", header_, [(*row, written), ("q-81", "11", "accept", "2026-11-16")])


@pytest.mark.parametrize("written", ["0001-01-01", "9999-12-31T23:59:59-05:00", "0001-01-01T00:00:00+14:00"])
def test_an_impossible_time_spoils_neither_file_nor_workspace(run, tools, tmp_path, written):
    assert run("init", "w", "--timezone", "America/New_York").code == 0
    at = ("--workspace", tmp_path / "w")
    answer = run("import", _labels_with_date(tools, tmp_path, written), *at)
    assert answer.code == 1
    assert "1 added" in answer.out
    assert "IM005" in answer.out
    assert run("batch", "list", *at).code == 0


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
def test_a_config_that_never_ends(run, stage, tmp_path, device):
    export = tmp_path / "e.json"
    task = {"id": 1, "data": {"text": "a"}, "annotations": []}
    export.write_text(json.dumps([task]), encoding="utf-8")
    at = ("--workspace", stage("imported"))
    one_sentence(run("import", export, "--config", device, *at), 4, device, "not a file")
    large = tmp_path / "large.xml"
    large.write_text("<View>" + " " * (1 << 20) + "</View>", encoding="utf-8")
    one_sentence(run("import", export, "--config", large, *at), 4, "large.xml", "1048576")
    one_sentence(run("import", export, "--columns", "item_id=x", *at), 2, "e.json", "--item-key")


def test_the_port_is_tried_before_the_address_is_printed(run, stage):
    workspace = stage("imported")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = run("dashboard", "--port", port, "--no-browser", "--workspace", workspace)
    one_sentence(answer, 1, str(port), "--port")
    assert answer.out == ""


@pytest.mark.parametrize("name", ["A\nB", "A\u200bB", "A" * 201, " ", "A\x1b[31mB"])
def test_names_that_cannot_be_read_are_refused(run, stage, tools, name):
    workspace = stage("imported")
    before = tools.contents(workspace)
    add = ("people", "add", "--duties", "executor", "--workspace", workspace)
    one_sentence(run(*add, name, "--organizer", "o"), 2, "NAME: a name has 1 to 200 characters")
    one_sentence(run(*add, "x", "--organizer", name), 2, "--organizer: a name has")
    assert tools.contents(workspace) == before


def test_a_trial_says_that_it_is_one(run, stage):
    declare = ("batch", "declare", "t1", "--kind", "functional", "--labels", "a,b", "--organizer", "o")
    answer = run(*declare, "--workspace", stage("imported"))
    assert "Declared the batch t1 as a trial without a rulebook." in answer.out


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_open_items_of_a_sheet_are_counted_and_the_file_is_named(run, stage, lang):
    """A sheet with one verdict, one mistyped risk class, and the rest empty: neither lost nor taken for safe."""
    at = ("--workspace", stage("drawn"))
    first, *_ = json.loads(run("review", "sheet", "b1", "--json", *at).out)["files"]
    book = load_workbook(first)
    page = book.worksheets[0]
    columns = {cell.value: cell.column for cell in page[5]}
    count = page.max_row - 5
    for row, unsafe in ((6, None), (7, "A9")):
        page.cell(row, columns[header("verdict", "en")]).value = "Correct"
        page.cell(row, columns[header("unsafe", "en")]).value = unsafe
    book.save(first)
    os.utime(first)
    answer = run("review", "import", first, "--json", *at, lang=lang)
    assert answer.code == 1
    (told,) = json.loads(answer.out)
    assert (told["file"], told["recorded"], told["unfilled"]) == (first, 1, count - 2)
    assert [each["code"] for each in told["findings"] if each["severity"] == "error"] == ["RV004"]
    answer = run("review", "import", first, *at, lang=lang)
    assert (f"{count - 2} still open" if lang == "en" else f"待核验 {count - 2} 个") in answer.out


def test_the_reference_names_every_variable():
    from labelqa.adapters.cli.reference import VARIABLES

    assert {"LABELQA_WORKSPACE", "LABELQA_ACTOR", "LABELQA_LANG"} <= set(VARIABLES)

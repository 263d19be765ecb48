"""Bad input and forbidden steps: one sentence, the right exit code, and nothing recorded."""

from __future__ import annotations

import json
import re
from contextlib import closing
from pathlib import Path

import pytest

from labelqa.wiring import shipped
from tests.knife import unguarded


def refused(answer, code: int, *parts: str) -> None:
    """One sentence on standard error, with the exit code, that names what is wrong."""
    assert answer.code == code, (answer.out, answer.err)
    assert answer.err.startswith("Error: ")
    assert answer.err.count("\n") == 1
    assert "defect of labelqa" not in answer.err
    for part in parts:
        assert part in answer.err


EXPORT = {
    "id": 1,
    "data": {"text": "a"},
    "annotations": [
        {
            "id": 7,
            "completed_by": 11,
            "result": [{"from_name": "quality", "to_name": "t", "type": "choices", "value": {"choices": ["accept"]}}],
            "created_at": "2026-11-16T02:00:00Z",
            "updated_at": "2026-11-16T02:00:00Z",
        }
    ],
}


@pytest.mark.parametrize(
    ("name", "content", "part"),
    [
        ("missing.json", None, "no such file"),
        ("empty.json", b"", "empty"),
        ("blank.csv", b" \n \n", "blank"),
        ("truncated.json", json.dumps([EXPORT, EXPORT]).encode()[:-40], "truncated.json"),
        ("undecodable.csv", b"item_id,annotator_id,label\n\xff\xfe\x81,\xff,\x81\n" * 3, "undecodable.csv"),
        ("wrong-shape.json", b'{"tasks": 3}', "not a list of tasks"),
        ("list-of-numbers.json", b"[1, 2, 3]", "not a Label Studio export"),
        ("no-columns.csv", b"a,b,c\n1,2,3\n", "no-columns.csv"),
        ("head-only.csv", b"item_id,annotator_id,label\n", "head-only.csv"),
        ("half.parquet", b"PAR1" + b"\x00" * 40, "cut off"),
        ("old.xls", b"\xd0\xcf\x11\xe0" + b"\x00" * 40, ".xls"),
    ],
)
def test_a_file_that_cannot_be_taken(run, stage, tools, tmp_path, name, content, part):
    workspace = stage("imported")
    before = tools.contents(workspace)
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    answer = run("import", path, "--server", "label-studio", "--workspace", workspace)
    refused(answer, 4, name, part)
    assert tools.contents(workspace) == before
    chinese = run("import", path, "--workspace", workspace, lang="zh")
    assert chinese.code == 4
    assert chinese.err.startswith("错误：")


def test_a_file_over_the_size_limit(run, stage, tools, tmp_path):
    workspace = stage("imported")
    toml = workspace / "labelqa.toml"
    toml.write_text(toml.read_text("utf-8").replace("max_file_mb = 2048", "max_file_mb = 1"), encoding="utf-8")
    path = tools.table(tmp_path / "large.csv", tools.HEADER, tools.labels() * 300)
    assert path.stat().st_size > 1 << 20
    before = tools.contents(workspace)
    refused(run("import", path, "--server", "label-studio", "--workspace", workspace), 4, "large.csv", "limit")
    assert tools.contents(workspace) == before


def test_no_file_is_read_when_one_of_several_is_missing(run, stage, tools, tmp_path):
    workspace = stage("imported")
    before = tools.contents(workspace)
    good = tools.table(tmp_path / "good.csv", tools.HEADER, tools.labels(items=("q-77",)))
    refused(run("import", good, tmp_path / "gone.csv", "--workspace", workspace), 4, "gone.csv")
    assert tools.contents(workspace) == before


def test_no_workspace_here_or_there_and_a_broken_one(run, tmp_path):
    refused(run("batch", "list"), 3, "labelqa init")
    refused(run("batch", "list", "--workspace", "nowhere"), 3, "nowhere")
    assert run("init", "w").code == 0
    (tmp_path / "w" / "labelqa.toml").write_text("name = [", encoding="utf-8")
    refused(run("batch", "list", "--workspace", "w"), 3, "labelqa.toml")


def test_init_leaves_what_is_there(run, tmp_path):
    assert run("init", "w").code == 0
    refused(run("init", "w"), 5, "workspace already")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine", encoding="utf-8")
    refused(run("init", "full"), 5, "not an empty folder")
    assert (tmp_path / "full" / "notes.txt").read_text("utf-8") == "mine"
    refused(run("init", "other", "--timezone", "Mars/Olympus"), 2, "Mars/Olympus")


def test_rows_that_are_refused_are_named_and_the_others_taken(run, stage, tools, tmp_path):
    """Without annotator, without item, and with a label twice: exit 1, a findings file, row by row."""
    rows = [("q-90", "11", "accept"), ("q-91", "", "accept"), ("", "12", "accept"), ("q-92", "12", "accept")]
    path = tools.table(tmp_path / "rows.csv", ("item_id", "annotator_id", "label"), rows)
    answer = run("import", path, "--json", "--workspace", stage("imported"))
    assert answer.code == 1
    (told,) = json.loads(answer.out)
    assert (told["rows"], told["added"], told["refused"]) == (4, 2, 2)
    assert sorted(each["place"]["row"] for each in told["findings"] if each["severity"] == "error") == [2, 3]
    assert Path(told["findings_file"]).is_file()


def _twice(tools, folder):
    """One annotator's two answers for the same item."""
    rows = [("q-70", "11", "accept", "7001"), ("q-70", "11", "incomplete", "7002"), ("q-70", "12", "accept", "7003")]
    return tools.table(folder / "twice.csv", ("item_id", "annotator_id", "label", "annotation_id"), rows)


def test_an_answer_given_twice_is_kept_and_the_policy_is_said(run, stage, tools, tmp_path):
    workspace = stage("imported")
    path = _twice(tools, tmp_path)
    answer = run("import", path, "--server", "label-studio", "--workspace", workspace)
    assert answer.code == 0
    assert "1 rows answer an item a second time" in answer.out
    assert "labelqa batch freeze --repeats" in answer.out
    assert "Repeated answers: the last answer counts." in run("batch", "freeze", "b1", "--workspace", workspace).out


def test_freeze_with_repeats_refused(run, stage, tools, tmp_path):
    workspace = stage("imported")
    path = _twice(tools, tmp_path)
    assert run("import", path, "--server", "label-studio", "--workspace", workspace).code == 0
    before = tools.contents(workspace)
    answer = run("batch", "freeze", "b1", "--repeats", "refuse", "--workspace", workspace)
    assert answer.code == 5
    assert tools.contents(workspace) == before


def test_who_is_not_qualified_is_kept_and_flagged(run, stage, tools, tmp_path):
    workspace = stage("imported")
    path = tools.table(
        tmp_path / "more.csv", tools.HEADER, tools.labels(items=("q-50", "q-51"), annotators=("13", "14"))
    )
    answer = run("import", path, "--server", "label-studio", "--workspace", workspace)
    assert answer.code == 0
    assert "2 annotations are by people who were not qualified then; they are kept and flagged." in answer.out
    assert run("batch", "freeze", "b1", "--workspace", workspace).code == 0
    told = json.loads(run("batch", "list", "--json", "--workspace", workspace).out)["batches"][0]
    assert (told["unqualified"], told["annotations"]) == (2, 64)
    assert "2 of them without qualification" in run("batch", "show", "b1", "--workspace", workspace).out


def test_an_account_nobody_registered_is_named(run, stage, tools, tmp_path):
    path = tools.table(tmp_path / "stranger.csv", ("item_id", "annotator_id", "label"), [("q-01", "777", "accept")])
    answer = run("import", path, "--workspace", stage("imported"))
    assert answer.code == 0
    assert "777" in answer.out
    assert "labelqa people add" in answer.out


def test_a_label_that_the_release_does_not_have_stays_out_and_is_counted(run, stage, tools, tmp_path):
    workspace = stage("imported")
    path = tools.table(
        tmp_path / "odd.csv", ("item_id", "annotator_id", "label", "release"), [("q-60", "11", "banana", tools.RELEASE)]
    )
    run("import", path, "--server", "label-studio", "--workspace", workspace)
    answer = run("batch", "freeze", "b1", "--workspace", workspace)
    assert answer.code == 0
    assert "label not in the rulebook release × 1" in answer.out


def test_a_label_that_the_named_release_does_not_have_is_refused(run, stage, tools, tmp_path):
    rows = [("q-61", "11", "banana"), ("q-61", "12", "accept")]
    path = tools.table(tmp_path / "odd.csv", ("item_id", "annotator_id", "label"), rows)
    answer = run("import", path, "--release", tools.RELEASE, "--workspace", stage("imported"))
    assert answer.code == 1
    assert "1 added" in answer.out
    assert re.search(r"row 1: error IM101 .*banana", answer.out)


def test_an_unknown_control_tag_is_named(run, stage, tmp_path):
    path = tmp_path / "export.json"
    path.write_text(json.dumps([EXPORT]), encoding="utf-8")
    config = tmp_path / "config.xml"
    config.write_text(
        '<View><Text name="t" value="$text"/><Choices name="quality" toName="t"><Choice value="accept"/></Choices>'
        '<Frobnicator name="f" toName="t"/></View>',
        encoding="utf-8",
    )
    answer = run("import", path, "--config", config, "--workspace", stage("imported"))
    assert answer.code == 0
    assert "Frobnicator" in answer.out
    config.write_text("<View><Choices", encoding="utf-8")
    again = run("import", path, "--config", config, "--workspace", "ws")
    refused(again, 4, "config")


def test_a_batch_is_frozen_once_and_never_empty(run, stage, tools):
    workspace = stage("frozen")
    at = ("--workspace", workspace)
    before = tools.contents(workspace)
    refused(run("batch", "freeze", "b1", *at), 5, "frozen already")
    assert tools.contents(workspace) == before
    declare = ("batch", "declare", "b2", "--kind", "functional", "--rulebook", tools.RELEASE, "--organizer", "x")
    assert run(*declare, "--where", "data.week = never", *at).code == 0
    before = tools.contents(workspace)
    refused(run("batch", "freeze", "b2", *at), 5, "b2", "empty")
    assert tools.contents(workspace) == before


def test_a_batch_is_declared_once_and_under_a_release_that_exists(run, stage, tools):
    workspace = stage("imported")
    at = ("--workspace", workspace)
    before = tools.contents(workspace)
    declare = (
        "batch",
        "declare",
        "b1",
        "--kind",
        "functional",
        "--organizer",
        "x",
        "--where",
        "item_id != x",
        "--rulebook",
    )
    refused(run(*declare, tools.RELEASE, *at), 5, "b1")
    assert run(
        "batch", "declare", "b3", "--kind", "functional", "--organizer", "x", "--rulebook", "no@9", *at
    ).code in {4, 5}
    refused(run(*declare[:-1], "--where", "whenever", *at), 2, "is not a condition")
    assert tools.contents(workspace) == before


@pytest.mark.parametrize(
    "words",
    [("batch", "show", "nope"), ("batch", "freeze", "nope"), ("agreement", "nope"), ("plan", "nope"), ("draw", "nope"),
     ("sample", "show", "nope"), ("sample", "verify", "nope"), ("review", "sheet", "nope"), ("dispute", "list", "nope"),
     ("accuracy", "nope"), ("settle", "nope")],
    ids=" ".join,
)  # fmt: skip
def test_a_name_that_is_not_there(run, stage, tools, words):
    workspace = stage("imported")
    before = tools.contents(workspace)
    refused(run(*words, "--workspace", workspace), 4, "nope")
    assert tools.contents(workspace) == before


def test_a_draw_needs_a_frozen_batch_rulings_and_no_more_than_the_frame(run, stage, tools):
    workspace = stage("imported")
    at = ("--workspace", workspace)
    assert run("draw", "b1", *at).code == 5
    assert run("batch", "freeze", "b1", *at).code == 0
    _rule_all(run, at)
    before = tools.contents(workspace)
    refused(run("draw", "b1", "--n", "999", *at), 5, "999")
    refused(run("draw", "b1", "--verifiers", "9", *at), 5)
    refused(run("draw", "b1", "--verifiers", "甲", *at), 2, "甲")
    assert run("draw", "b1", "--seed", "another seed", *at).code == 5
    assert tools.contents(workspace) == before


def _rule_all(run, at) -> None:
    for each in json.loads(run("dispute", "list", "b1", "--json", *at).out):
        words = ("dispute", "rule", "b1", each["item_id"], "--label", "accept", "--by", "裁", "--reason", "clear")
        assert run(*words, *at).code == 0


def test_rulings_by_others_or_with_unknown_labels(run, stage, tools):
    workspace = stage("frozen")
    at = ("--workspace", workspace)
    before = tools.contents(workspace)
    rule = ("dispute", "rule", "b1", "q-01", "--reason", "r")
    assert run(*rule, "--label", "accept", "--by", "甲", *at).code == 5
    assert run(*rule, "--label", "banana", "--by", "裁", *at).code in {4, 5}
    assert run("dispute", "rule", "b1", "q-05", "--reason", "r", "--label", "accept", "--by", "裁", *at).code in {4, 5}
    refused(run(*rule, "--label", "accept", "--by", "nobody", *at), 4, "nobody")
    assert tools.contents(workspace) == before


def test_verdicts_on_items_not_drawn_and_by_the_wrong_people(run, stage, tools):
    workspace = stage("drawn")
    at = ("--workspace", workspace)
    before = tools.contents(workspace)
    items = json.loads(run("sample", "show", "b1", "--json", *at).out)["items"]
    first = items[0]["item_id"]
    record = ("review", "record", "b1")
    assert run(*record, "q-99", "--verdict", "correct", "--by", "审甲", *at).code in {4, 5}
    assert run(*record, first, "--verdict", "correct", "--by", "甲", *at).code == 5
    assert run(
        *record, first, "--verdict", "incorrect", "--correct-label", "banana", "--by", items[0]["verifier"], *at
    ).code in {4, 5}
    refused(run(*record, first, "--verdict", "correct", "--by", "nobody", *at), 4, "nobody")
    refused(run(*record, first, "--verdict", "fine", "--by", "审甲", *at), 2)
    assert tools.contents(workspace) == before


def test_settling_too_early_says_what_is_missing(run, stage, tools):
    workspace = stage("drawn")
    before = tools.contents(workspace)
    refused(run("settle", "b1", "--workspace", workspace), 5)
    assert tools.contents(workspace) == before


def test_release_of_a_draft_with_errors_prints_them_and_refuses(run, stage, tools, tmp_path):
    workspace = stage("imported")
    before = tools.contents(workspace)
    draft = (shipped("rulebooks") / "genai-sft" / "draft.yaml").read_text("utf-8")
    (tmp_path / "bad.yaml").write_text(draft.replace("kind: functional", "kind: funny"), encoding="utf-8")
    answer = run("rulebook", "release", "bad.yaml", "--workspace", workspace)
    refused(answer, 5, "bad.yaml")
    assert ": error " in answer.out
    assert tools.contents(workspace) == before


def test_verify_names_an_altered_fact(run, stage):
    workspace = stage("drawn")
    with closing(unguarded(workspace / "ledger.sqlite3")) as base, base:
        changed = base.execute("""update facts set text = replace(text, '组织', '别处') where seq = 3""").rowcount
        assert changed == 1
    answer = run("ledger", "verify", "--workspace", workspace)
    assert answer.code == 1
    assert re.search(r"fact:3\b.*: error ", answer.out), answer.out
    told = json.loads(run("ledger", "verify", "--json", "--workspace", workspace).out)
    assert any("3" in each["place"]["subject"] for each in told["findings"])


def test_verify_names_an_altered_frozen_file_and_a_wrong_head(run, stage):
    workspace = stage("drawn")
    refusal = run("ledger", "verify", "--head", "0" * 64, "--workspace", workspace)
    assert refusal.code == 1
    path = next((workspace / "batches").rglob("*.parquet"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.chmod(0o644)
    path.write_bytes(bytes(content))
    answer = run("ledger", "verify", "--workspace", workspace)
    assert answer.code == 1
    assert path.name in answer.out


def test_the_demo_touches_nothing_it_did_not_make(run, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine", encoding="utf-8")
    refused(run("demo", "mine"), 5, "mine", "left alone")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]
    assert run("init", "work").code == 0
    before = sorted(path.name for path in (tmp_path / "work").iterdir())
    refused(run("demo", "work"), 5, "left alone")
    assert sorted(path.name for path in (tmp_path / "work").iterdir()) == before
    (tmp_path / "file").write_text("x", encoding="utf-8")
    refused(run("demo", "file"), 5, "left alone")

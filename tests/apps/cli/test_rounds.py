"""Commands on rounds, acceptance and gold, in both languages."""

from __future__ import annotations

import json


def test_gold_is_listed_retired_and_rotated_in_both_languages(stage, run, tools, tmp_path) -> None:
    ws = stage("imported")
    listed = tools.table(tmp_path / "gold.csv", ("item_id", "label"), [("q-02", "accept"), ("q-03", "accept")])
    assert "2 gold answers are new" in run("gold", "import", listed, "--workspace", ws).out
    assert "in use" in run("gold", "list", "--workspace", ws).out
    assert "在用" in run("gold", "list", "--workspace", ws, lang="zh").out
    assert "with a reason" in run("gold", "retire", "q-02", "--by", "裁", "--reason", " ", "--workspace", ws).err
    done = run("gold", "retire", "q-02", "--by", "裁", "--reason", "答案有误", "--workspace", ws, lang="zh")
    assert (done.code, "已停用" in done.out) == (0, True)
    assert "答案有误" in run("gold", "list", "--workspace", ws).out
    told = json.loads(run("gold", "exposure", "--json", "--workspace", ws).out)
    assert {each["item_id"]: each["state"] for each in told["lines"]} == {"q-02": "retired", "q-03": "in-use"}
    assert "nothing is called due" in run("gold", "rotate", "--workspace", ws).out
    assert run("gold", "retire", "nowhere", "--by", "裁", "--reason", "x", "--workspace", ws).code != 0


def test_rounds_are_refused_and_shown_in_both_languages(stage, run) -> None:
    ws = stage("drawn")
    refused = run("round", "return", "b1", "--by", "裁", "--reason", "x", "--workspace", ws)
    assert refused.code != 0
    assert "not settled yet" in refused.err
    assert "尚未判定" in run("round", "return", "b1", "--by", "裁", "--reason", "x", "--workspace", ws, lang="zh").err
    shown = run("round", "show", "b1", "--total", "0.2", "--workspace", ws)
    assert (shown.code, "at most" in shown.out, "of one more round" in shown.out) == (0, True, True)
    assert "任何一轮" in run("round", "show", "b1", "--workspace", ws, lang="zh").out
    assert json.loads(run("round", "show", "b1", "--json", "--workspace", ws).out)["lines"][0]["batch"] == "b1"


def test_acceptance_needs_a_conclusion_and_a_known_form(stage, run, tmp_path) -> None:
    ws = stage("drawn")
    assert "not settled" in run("acceptance", "sheet", "b1", "--out", tmp_path / "a.html", "--workspace", ws).err
    assert ".pdf" in run("acceptance", "sheet", "b1", "--out", tmp_path / "a.doc", "--workspace", ws).err
    counts = run("acceptance", "counts", "--out", tmp_path / "c.csv", "--workspace", ws)
    assert counts.code == 0
    text = (tmp_path / "c.csv").read_text("utf-8-sig").splitlines()
    assert text[0].startswith("organizer,requester,first batch,batch")
    assert text[1].startswith("组织,,b1,b1,0")
    run("acceptance", "counts", "--out", tmp_path / "z.xlsx", "--workspace", ws, lang="zh")
    from openpyxl import load_workbook

    page = load_workbook(tmp_path / "z.xlsx").active
    assert [cell.value for cell in page[1]][:2] == ["组织方", "需求方"]

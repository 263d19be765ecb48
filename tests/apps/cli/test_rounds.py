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


def returned(run, ws) -> None:
    """b1 with a card, settled as to be labelled again, and gone back as b1-r1."""
    at = ("--workspace", ws)
    words = ("--source", "commercial", "--licence", "contract 1", "--ip-check", "cleared", "--personal", "no", "--modality",
             "text", "--language", "zh-CN", "--scale", 20)  # fmt: skip
    assert run("card", "record", "b1", *words, *at).code == 0
    drawn = json.loads(run("sample", "show", "b1", "--json", *at).out)["items"]
    for each in drawn:
        said = ("--verdict", "incorrect", "--rule", "Q-03", "--by", each["verifier"])
        assert run("review", "record", "b1", each["item_id"], *said, *at).code == 0
    assert run("settle", "b1", *at).code == 0
    assert run("round", "return", "b1", "--by", "裁", "--reason", "x", *at).code == 0


def test_a_card_says_that_it_was_taken_over(stage, run) -> None:
    ws = stage("drawn")
    returned(run, ws)
    for lang, said in (("en", "taken over from batch"), ("zh", "照抄自批次")):
        assert said in run("card", "show", "b1-r1", "--workspace", ws, lang=lang).out
        assert said not in run("card", "show", "b1", "--workspace", ws, lang=lang).out


def test_forms_are_written_and_only_the_sheet_itself_is_signed(stage, run, tmp_path) -> None:
    at = ("--workspace", stage("drawn"))
    nothing = run("review", "form", "b1", "--out", tmp_path / "f.txt", *at)
    assert (nothing.code, ".pdf or an .html" in nothing.err) == (2, True)
    returned(run, at[1])
    for lang, said in (("en", "Verification record"), ("zh", "核验记录")):
        out = tmp_path / f"{lang}.html"
        done = run("review", "form", "b1", "--out", out, *at, lang=lang)
        assert (done.code, done.err) == (0, "")
        assert said in out.read_text("utf-8")
    sheet, words = tmp_path / "sheet.html", ("--by", "裁", "--as", "approval")
    assert run("acceptance", "sheet", "b1", "--out", sheet, *at).code == 0
    refused = run("acceptance", "sign", "b1", "--file", tmp_path / "en.html", *words, *at)
    assert (refused.code, refused.err.count("\n")) == (4, 1)
    assert "no acceptance sheet of batch b1" in refused.err
    assert "不是 labelqa 为批次 b1 写出的" in run("acceptance", "sign", "b1", "--file", at[1] / "labelqa.toml", *words, *at, lang="zh").err  # fmt: skip
    assert run("acceptance", "sign", "b1", "--file", sheet, *words, *at).code == 0
    signed = sheet.read_bytes()
    for noun in (("acceptance", "sheet"), ("review", "form")):
        again = run(*noun, "b1", "--out", sheet, *at)
        assert (again.code, "may be signed" in again.err, sheet.read_bytes()) == (5, True, signed)
    kinds = [
        each["body"]["form"] for each in json.loads(run("ledger", "show", "--kind", "form.issued", "--json", *at).out)
    ]
    assert kinds == ["verification", "verification", "acceptance"]
    assert run("ledger", "verify", *at).code == 0

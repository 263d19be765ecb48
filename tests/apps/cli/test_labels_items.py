"""``labelqa labels export``, ``item history`` and ``items pick`` at the command line, in both languages."""

from __future__ import annotations

import csv
import json
import re

import pytest


@pytest.fixture
def at(stage):
    return ("--workspace", stage("drawn"))


@pytest.fixture
def carded(run, at):
    words = ("--source", "commercial", "--licence", "contract 1", "--ip-check", "cleared", "--personal", "no", "--modality",
             "text", "--language", "zh-CN", "--scale", 20)  # fmt: skip
    told = run("card", "show", "b1", "--json", *at)
    if json.loads(told.out)["card"] is None:
        assert run("card", "record", "b1", *words, *at).code == 0
    return at


def export(run, at, *words, lang="en"):
    return run("labels", "export", "b1", "--by", "审甲", *words, *at, lang=lang)


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "batch b1 is not accepted: labelqa settle b1"), ("zh", "批次 b1 未放行")]
)
def test_labels_of_an_open_batch_stay_in(run, carded, tmp_path, tools, lang, said):
    before = tools.contents(carded[1])
    answer = export(run, carded, "--out", tmp_path / "out", lang=lang)
    assert (answer.code, said in answer.err) == (5, True)
    assert tools.contents(carded[1]) == before
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_forced_labels_go_out_in_every_form_and_say_so(run, carded, tmp_path, lang):
    out = tmp_path / "out"
    forms = ("--format", "jsonl,csv,parquet,label-studio", "--force", "--reason", "trial")
    answer = export(run, carded, "--out", out, *forms, "--recipient", "R", lang=lang)
    assert (answer.code, answer.err) == (0, "")
    assert {"en": "By force, not accepted: b1 (trial).", "zh": "强制导出，未放行：b1（trial）"}[lang] in answer.out
    names = {"labels.jsonl", "labels.csv", "labels.parquet", "label-studio.json", "export.json", "croissant.json"}
    assert {path.name for path in out.iterdir()} == names
    rows = [json.loads(line) for line in (out / "labels.jsonl").read_text("utf-8").splitlines()]
    assert len(rows) == 20
    assert rows[0]["source"] == "arbitrated"
    assert rows[-1]["source"] == "consensus"
    assert all(row["forced"] for row in rows)
    said = json.loads((out / "export.json").read_text("utf-8"))
    assert (said["items"], said["reason"], said["batches"][0]["forced"]) == (20, "trial", True)
    card = json.loads((out / "croissant.json").read_text("utf-8"))
    assert card["@context"]["@language"] == lang
    if lang == "zh":
        fields = " ".join(str(card[key]) for key in card if key.startswith("rai:")) + card["description"]
        assert not re.search(r"\b(the|is|are|none|of|by)\b", fields), fields
    history = run("item", "history", "q-02", *carded, lang=lang)
    assert {"en": "final labels exported: export-", "zh": "最终标签导出：export-"}[lang] in history.out


def test_exported_labels_come_back_through_the_import(run, carded, tmp_path):
    out = tmp_path / "out"
    assert export(run, carded, "--out", out, "--format", "label-studio", "--force", "--reason", "trial").code == 0
    tasks = json.loads((out / "label-studio.json").read_text("utf-8"))
    for task in tasks:
        task["annotations"][0]["completed_by"] = 11
    again = tmp_path / "again.json"
    again.write_text(json.dumps(tasks), "utf-8")
    answer = run("import", again, "--item-key", "meta.item_id", "--server", "label-studio", *carded)
    assert (answer.code, answer.err) == (0, "")
    assert "20" in answer.out


def test_words_that_do_not_fit_are_refused(run, carded, tmp_path):
    out = tmp_path / "out"
    assert export(run, carded, "--out", out, "--force").code == 2
    assert export(run, carded, "--out", out, "--format", "xml").code == 2
    assert run("labels", "export", "b1", "b1", "--by", "审甲", "--out", out, *carded).code == 4
    assert run("labels", "export", "nothing", "--by", "审甲", "--out", out, *carded).code == 4
    assert run("labels", "export", "b1", "--by", "nobody", "--out", out, *carded).code == 4
    assert not out.exists()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_history_names_people_times_facts_and_identity(run, at, lang):
    answer = run("item", "history", "q-01", *at, lang=lang)
    assert (answer.code, answer.err) == (0, "")
    for text in ("甲", "乙", "丙", "裁", "2026-11-16 10:00", "b1", "genai-sft@1.0.0"):
        assert text in answer.out
    assert {"en": "name typed in, not proven", "zh": "手工填写姓名"}[lang] in answer.out
    if lang == "zh":
        text = re.sub(r"text of \S+|clear", "", answer.out)
        assert not re.search(r"\b(the|is|are|was|no|of|for|labelled)\b", text), answer.out
    told = json.loads(run("item", "history", "q-01", "--json", *at).out)
    assert told["label"] == "accept"
    assert [each["happened"] for each in told["lines"]].count("labelled") == 3
    ruled = next(each for each in told["lines"] if each["happened"] == "ruled")
    assert (ruled["name"], ruled["identity"], ruled["fact"] > 0) == ("裁", "asserted", True)


@pytest.mark.parametrize(("lang", "said"), [("en", "did you mean q-0"), ("zh", "是否指 q-0")])
def test_an_unknown_item_is_one_clear_sentence(run, at, lang, said):
    answer = run("item", "history", "q-0x", *at, lang=lang)
    assert (answer.code, said in answer.err, answer.err.count("\n")) == (4, True, 1)


def test_a_pick_prints_writes_and_repeats(run, carded, tmp_path):
    table = tmp_path / "picked.csv"
    answer = run("items", "pick", 10, "--seed", "any", "--out", table, *carded)
    assert (answer.code, answer.err) == (0, "")
    assert "10 of 20 items of 1 frozen batch, seed any; metadata is missing for 0." in answer.out
    told = json.loads(run("items", "pick", 10, "--seed", "any", "--json", *carded).out)
    with table.open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.DictReader(text))
    assert [row["item_id"] for row in rows] == [each["item_id"] for each in told["items"]]
    assert all(row["licence"] and row["annotators"].count("p-") == 3 for row in rows)
    assert run("items", "pick", 21, *carded).code == 4
    assert "选取 10 条" in run("items", "pick", 10, *carded, lang="zh").out

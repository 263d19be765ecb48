"""Cards and hits on the command line, in both languages, and what stands against settling."""

from __future__ import annotations

import json

import pytest

WORDS = {
    "en": ("Recorded the card of b1.", "It is marked: recorded after the freeze.", "BLOCKED", "is void: batch"),
    "zh": ("已登记批次 b1 的来源卡。", "已标明：锁定后补登。", "已阻断", "作废"),
}
CARD = ("--source", "commercial", "--licence", "c 1", "--ip-check", "cleared", "--personal", "no", "--modality",
        "text,image", "--language", "zh-CN", "--scale", "20")  # fmt: skip


@pytest.mark.parametrize("lang", WORDS)
def test_a_card_is_recorded_shown_and_refused_with_all_it_lacks(run, stage, lang):
    at = ("--workspace", stage("frozen"))
    assert run("card", "show", "b1", *at, lang=lang).code == 1
    refused = run("card", "record", "b1", "--source", "commercial", *at, lang=lang)
    assert refused.code == 5
    for part in ("commercial", "cleared", "text", "zh-CN"):
        assert part in refused.err
    done = run("card", "record", "b1", *CARD, *at, lang=lang)
    assert (done.code, done.out.splitlines()) == (0, list(WORDS[lang][:2]))
    shown = run("card", "show", "b1", *at, lang=lang)
    assert shown.code == 0
    assert "c 1" in shown.out
    assert json.loads(run("card", "show", "b1", "--json", *at).out)["state"] == "late"


def test_cards_come_from_a_file_with_their_attachments(run, stage, tmp_path):
    at = ("--workspace", stage("imported"))
    (tmp_path / "c.pdf").write_text("the contract")
    (tmp_path / "cards.yaml").write_text(
        "batch: b1\nsource: commercial\nlicence: 17\nip_check: 'found: one song'\npersonal: no\nmodalities: [text]\n"
        "languages: [no, zh-CN]\nscale: 20\nattach:\n  contract: c.pdf\n"
    )
    assert run("card", "import", "cards.yaml", *at).out == "Recorded the card of b1.\n"
    shown = json.loads(run("card", "show", "b1", "--json", *at).out)["card"]
    assert (shown["languages"], shown["personal"], shown["licence"]) == (["no", "zh-CN"], False, "17")
    assert shown["attachments"][0][0] == "contract"
    assert "says this already" in run("card", "import", "cards.yaml", *at).out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("batch: b1\nbatch: b2\n", "line 2: batch stands there twice"),
        ("batch: b1\ncolour: red\n", "unknown field colour"),
        ("- 1\n", "card 1 is no list of fields"),
        ("batch: b1\npersonal: perhaps\n", "personal is to be yes / no"),
        ("batch: b1\nscale: many\n", "scale is to be"),
        ("batch: [b1\n", "no YAML that can be read"),
    ],
)
def test_a_card_file_that_cannot_be_read_is_named(run, stage, tmp_path, text, said):
    (tmp_path / "cards.yaml").write_text(text)
    answer = run("card", "import", "cards.yaml", "--workspace", stage("imported"))
    assert answer.code == 4
    assert said in answer.err


@pytest.mark.parametrize("lang", WORDS)
def test_a_hit_blocks_is_confirmed_and_voids(run, stage, lang):
    at = ("--workspace", stage("drawn"))
    drawn = json.loads(run("sample", "show", "b1", "--json", *at).out)
    item = (drawn.get("items") or drawn["drawn"])[0]
    name, by = item["item_id"], item["verifier"]
    said = ("--verdict", "incorrect", "--defect", "R1", "--unsafe", "A.1", "--by", by)
    assert run("review", "record", "b1", name, *said, *at).code == 0
    assert WORDS[lang][2] in run("batch", "list", *at, lang=lang).out
    listed = run("hit", "list", *at, lang=lang)
    assert name in listed.out
    assert run("settle", "b1", *at, lang=lang).code == 5
    assert run("hit", "rule", "b1", name, "--by", "裁", "--reason", "x", *at).code == 2
    assert run("hit", "rule", "b1", name, "--confirm", "--by", by, "--reason", "x", *at).code == 5
    assert run("hit", "rule", "b1", name, "--confirm", "--by", "裁", "--reason", "x", *at, lang=lang).code == 0
    settled = run("settle", "b1", "--json", *at)
    assert json.loads(settled.out)["conclusion"] == "void"
    assert run("hit", "list", "b1", "--json", *at).code == 0


@pytest.mark.parametrize("lang", WORDS)
def test_batch_show_lists_everything_in_the_way(run, stage, lang):
    shown = run("batch", "show", "b1", "--workspace", stage("drawn"), lang=lang)
    assert shown.code == 0
    lead = {"en": "In the way: ", "zh": "尚未满足："}[lang]
    assert sum(line.startswith(lead) for line in shown.out.splitlines()) == 2  # undecided, and no card

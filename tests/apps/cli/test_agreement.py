"""``labelqa agreement``: every kind of answer in both languages, tables that fit a terminal, one sentence for a wrong word."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from labelqa.adapters.cli.agreement_tables import WIDE, answer_text, cut
from labelqa.adapters.cli.numbers import INTERVALS
from labelqa.adapters.cli.width import cells

PEOPLE = ("a-very-long-account-name-of-somebody-in-the-team", "标注员乙的账号名称也非常之长啊", "c")
SPAN = '[{"start":%d,"end":%d,"labels":["a label with a long name"],"text":"%s"}]'
TEXT = "one two three four five six seven eight"
SPANS = [SPAN % (start, end, TEXT[start:end]) for start, end in ((0, 3), (4, 7), (8, 13), (14, 18))]
KINDS = {
    "choices": ('["a rather long label","b"]', '["a rather long label"]', "[]", '["b","c","d","e","f","g","h"]'),
    "rating": ("1", "2", "3", "4"),
    "number": ("1.5", "2.25", "3.125", "17"),
    "spans": tuple(SPANS),
    "text": ("the quick brown fox", "the quick brown dog", "a quick brown fox jumped over it", "nothing"),
    "boxes": tuple(
        f'[{{"x":{x},"y":10,"width":20,"height":20,"rotation":0,"labels":["cat"]}}]' for x in (1, 2.123456, 40, 80)
    ),
}


@pytest.fixture(scope="session")
def places(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the workspaces are that are made once; ``labelqa agreement`` changes nothing in them."""
    return tmp_path_factory.mktemp("agreement")


@pytest.fixture
def measured(run, tools: SimpleNamespace, places: Path):
    """Makes a workspace with one frozen batch of answers of a kind; what ``labelqa agreement`` then says."""

    def made(kind: str, *words: str, lang: str = "en", origin: bool = False):
        folder = places / f"{kind}-{origin}"
        at = ("--workspace", folder)
        said = KINDS[kind]
        rows = [
            (f"item-{n:02}-with-a-name-that-is-long", who, said[(n + (n % 3 == place) * (n % 2)) % 4], f"t{n % 2}", TEXT,
             "prelabelled-unchanged" if origin and n > 10 else "")
            for n in range(16)
            for place, who in enumerate(PEOPLE)
        ]  # fmt: skip
        head = ("item_id", "annotator_id", "label", "data.topic", "data.text", "origin")
        if not folder.exists():
            run("init", folder)
            run("import", tools.table(places / f"{folder.name}.csv", head, rows), *at)
            declared = run("batch", "declare", "b", "--kind", "functional", "--organizer", "o", "--answers", kind, *at)
            assert declared.code == 0, declared.err
            frozen = run("batch", "freeze", "b", *at)
            assert frozen.code == 0, frozen.err
        return run("agreement", "b", *words, *at, lang=lang)

    return made


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("kind", KINDS)
def test_tables_fit_a_terminal(measured, kind: str, lang: str):
    answer = measured(kind, "--all", "--by", "data.topic", lang=lang)
    assert (answer.code, answer.err) == (0, "")
    wide = [line for line in answer.out.splitlines() if cells(line) > WIDE]
    assert wide == []
    assert "data.topic" in answer.out
    assert "Traceback" not in answer.out


def test_english_is_left_out_of_chinese_pages(measured):
    out = measured("choices", "--by", "data.topic", lang="zh", origin=True).out
    for word in ("agreement", "unknown", "annotator", "interval", "answered", "disagreement", "part "):
        assert word not in out, word
    for word in (
        "标注结果的类型：标签集合",
        "原样提交的预标注",
        "逐一去除标注员后的一致性",
        "分歧最大的数据条目",
        "未改比例",
    ):
        assert word in out, word


def test_the_number_comes_first_and_what_it_is_called_after(measured):
    out = measured("rating").out
    alpha, scale = out.index("Krippendorff's alpha, ordinal"), out.index("on the scale of Landis–Koch")
    assert out.index("Agreement") < alpha < scale < out.index("Label by label")


def test_parts_pre_labels_and_disputed_items(measured):
    out = measured("rating", "--items", "2", origin=True).out
    for title in ("Afresh, and begun from a pre-label", "Pre-labels submitted as they were", "Most disputed items"):
        assert title in out
    assert "5 items were begun from a pre-label; they are measured apart" in out
    assert len(out.partition("Most disputed items")[2].strip().splitlines()) == 2 + 2


def test_json_has_everything(measured):
    found = json.loads(measured("choices", "--json", "--by", "data.topic").out)
    assert (found["kind"], found["distance"], found["headline"]) == ("choices", "masi", "distance-alpha")
    assert {each["field"] for each in found["parts"]} == {"data.topic"}
    assert len(found["influence"]) == 3
    assert sum(each["probability"] for each in found["membership"]) == pytest.approx(3)
    assert found["disputed"][0]["answers"]


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("--distance", "edit"), 2, "choose one of masi, jaccard, exact"),
        (("--by", "data.tpoic"), 2, "no item of b has the field data.tpoic; its items have data.text, data.topic"),
        (("--interval", "exact"), 2, "expected one of default, linearised, bootstrap, bca, jackknife, got 'exact'"),
        (("--seed", "x"), 2, "--seed: expected a whole number, 0 or more, got 'x'"),
        (("--items", "-1"), 2, "--items: expected a whole number, 0 or more, got '-1'"),
        (("--answers", "pictures"), 2, "--answers: expected one of choice, choices"),
        (("--answers", "text"), 2, "b was declared to hold answers of the kind choices, and that stands"),
    ],
)
def test_a_wrong_word_is_one_sentence(measured, words: tuple[str, ...], code: int, sentence: str):
    answer = measured("choices", *words)
    assert (answer.code, answer.out) == (code, "")
    assert sentence in answer.err
    assert len(answer.err.strip().splitlines()) == 1


def test_redrawn_items_follow_the_seed(measured):
    first, again, other = (
        measured("rating", "--interval", "bootstrap", "--seed", seed, "--json").out for seed in ("1", "1", "2")
    )
    assert first == again
    assert json.loads(first)["coefficients"] != json.loads(other)["coefficients"]
    assert "2000 replicates" in first


def test_the_intervals_are_those_of_the_workflow():
    from labelqa.workflows.coefficients import INTERVALS as KNOWN

    assert INTERVALS == KNOWN


def test_answers_in_few_words():
    assert answer_text(SPANS[0]) == "a label with a long name 0–3"
    assert answer_text(KINDS["boxes"][1]) == "cat @2.12,10 20×20"
    assert answer_text('[["Animal","Dog"],["Plant"]]') == "Animal/Dog, Plant"
    assert answer_text('[{"x":3,"y":4,"labels":["nose"]}]') == "nose @3,4"
    assert (answer_text("[]"), answer_text("[broken"), answer_text('{"good":["a"]}')) == (
        "",
        "[broken",
        '{"good":["a"]}',
    )
    assert (cut("abc", 3), cut("abcd", 3), cells(cut("标签标签", 5))) == ("abc", "ab…", 5)

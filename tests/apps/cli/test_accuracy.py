"""``labelqa accuracy`` as people type it: both references, every table within a terminal, and plain refusals."""

from __future__ import annotations

import json

import pytest

from labelqa.adapters.cli.width import cells

HARD = "a label {with braces} and a very long name that no column has room for 以及很长的中文名称"


@pytest.fixture
def judged(run, stage):
    """The drawn batch with every verdict given: the second drawn item is wrong, the last one called so without a label."""
    workspace = stage("drawn")
    sample = json.loads(run("sample", "show", "b1", "--json", "--workspace", workspace).out)
    drawn = sample["items"] if "items" in sample else sample["drawn"]
    for at, each in enumerate(drawn):
        said = ["--verdict", "correct"]
        if at == 1:
            said = ["--verdict", "incorrect", "--rule", "Q-03", "--correct-label", "inaccurate"]
        elif at == len(drawn) - 1:
            said = ["--verdict", "incorrect", "--defect", "R1", "--severity", "critical"]
        words = ("review", "record", "b1", each["item_id"], *said, "--by", each["verifier"])
        assert run(*words, "--workspace", workspace).code == 0
    return workspace


@pytest.fixture
def gold(run, tmp_path, tools):
    """A trial with labels that are hard to print, gold answers for most items, and one item that is still disputed."""
    workspace = tmp_path / "ws"
    assert run("init", workspace).code == 0
    rows = [(f"q-{at:02}", who, HARD if at % 3 else "no") for at in range(20) for who in ("甲甲", "b" * 60, "c")]
    rows += [("open", "甲甲", "no"), ("open", "c", HARD)]
    labels = tools.table(tmp_path / "labels.csv", ("item_id", "annotator_id", "label", "data.topic"), [
        (*row, "law" if row[0] > "q-10" else "x" * 90) for row in rows])  # fmt: skip
    answers = tools.table(tmp_path / "gold.csv", ("item_id", "label"), [
        *[(f"q-{at:02}", "no" if at % 4 else HARD) for at in range(18)], ("open", "no")])  # fmt: skip
    for words in (
        ("import", labels),
        ("gold", "import", answers),
        ("batch", "declare", "b1", "--kind", "functional", "--labels", f"no,{HARD}", "--organizer", "o"),
    ):
        assert run(*words, "--workspace", workspace).code == 0
    return workspace


def narrow(text: str) -> bool:
    return max(map(cells, text.splitlines())) <= 100


def test_review_is_told_table_by_table_in_both_languages(run, judged):
    words = (
        "accuracy",
        "b1",
        "--by",
        "data.text",
        "--sensitivity",
        "0.9",
        "--specificity",
        "0.97",
        "--workspace",
        judged,
    )
    english, chinese = run(*words), run(*words, lang="zh")
    assert (english.code, chinese.code) == (0, 0)
    assert narrow(english.out)
    assert narrow(chinese.out)
    for title in ("Corrected for the reviewers' errors", "Label by label", "Annotator by annotator", "Rule by rule"):
        assert f"\n{title}" in english.out
    assert "2 incorrect, 0 undecidable; 1 with a critical error" in english.out
    assert "called incorrect without the correct label" in english.out.replace("\n", " ")
    assert "in no cell" in english.out
    for title in ("按审核人员的误判校正", "按标签", "按标注员", "按规则条款", "混淆矩阵"):
        assert f"\n{title}" in chinese.out


def test_json_carries_every_table_with_interval_method_and_n(run, judged):
    words = (
        "accuracy",
        "b1",
        "--by",
        "data.text",
        "--sensitivity",
        "0.9",
        "--specificity",
        "0.97",
        "--workspace",
        judged,
    )
    found = json.loads(run(*words, "--json").out)
    assert found["against"] == "review"
    assert found["critical_errors"] == 1
    for figure in (found["accuracy"], found["critical_rate"], found["answers"], found["corrected"]["accuracy"],
                   found["rules"][0]["named_rate"], found["team"]["annotators"][0]["raw"], found["strata"][0]["accuracy"]):  # fmt: skip
        assert {"point", "low", "high", "confidence", "method", "n"} <= figure.keys() or "reason" in figure
    assert found["matrix"]["not_known"] == 1
    assert {each["label"] for each in found["scores"]} == set(found["matrix"]["labels"])
    assert (found["corrected"]["source"], found["weighted"]) == ("given", None)
    figures = [each for score in found["scores"] for each in (score["precision"], score["recall"], score["f1"])]
    assert any("reason" in each and each["message"] for each in figures)  # labels that nobody gave
    assert run(*words, "--json", lang="zh").out.count("reason") == run(*words, "--json").out.count("reason")


def test_gold_stands_beside_labels_of_record_and_single_answers(run, gold):
    where = ("--workspace", gold)
    early = run("accuracy", "b1", "--against", "gold", *where)
    assert (early.code, early.err.count("\n")) == (5, 1)
    assert "not frozen" in early.err
    assert run("batch", "freeze", "b1", *where).code == 0
    english = run("accuracy", "b1", "--against", "gold", "--by", "data.topic", *where)
    chinese = run("accuracy", "b1", "--against", "gold", "--by", "data.topic", *where, lang="zh")
    assert (english.code, english.err, chinese.code) == (0, "", 0)
    assert narrow(english.out)
    assert narrow(chinese.out)
    assert "19 of 21 items have a gold answer; 18 labels of record and 56 single answers." in english.out
    assert "1 gold items are still disputed" in english.out
    assert "a label {with" in english.out
    for title in ("Label by label, single answers", "By data.topic, labels of record", "Single answers that gold"):
        assert f"\n{title}" in english.out
    found = json.loads(run("accuracy", "b1", "--against", "gold", "--by", "data.topic", "--json", *where).out)
    right = sum((HARD if at % 3 else "no") == ("no" if at % 4 else HARD) for at in range(18))
    assert (found["record"]["correct"], found["record"]["n"], found["undecided"]) == (right, 18, 1)
    assert found["answers"]["correct"] == 3 * right + 1
    assert found["record"]["accuracy"]["method"] == "wilson"
    assert found["answers"]["accuracy"]["low"] < found["record"]["accuracy"]["point"]
    topics = {each["value"][:3]: (each["items"], each["checked"]) for each in found["answers"]["strata"]}
    assert topics == {"xxx": (12, 33 + 2), "law": (9, 21)}


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (("--sensitivity", "0.9"), "go together", 2),
        (("--specificity", "0.9"), "go together", 2),
        (("--sensitivity", "90", "--specificity", "0.9"), "share between 0 and 1", 2),
        (("--sensitivity", "0.9", "--specificity", "0.9", "--double-review"), "choose one", 2),
        (("--against", "truth"), "one of review, gold", 2),
        (("--against", "gold", "--double-review"), "about verdicts", 2),
        (("--against", "gold"), "has a gold answer", 1),
        (("--double-review",), "judged by two verifiers", 1),
        (("--by", "data.nothing"), "has the field data.nothing; its items have data.text", 2),
    ],
)
def test_wrong_words_get_one_clear_sentence(run, stage, words, said, code):
    workspace = stage("drawn")
    for lang in ("en", "zh"):
        answer = run("accuracy", "b1", *words, "--workspace", workspace, lang=lang)
        assert (answer.code, answer.out, answer.err.count("\n")) == (code, "", 1)
        assert lang == "zh" or said in answer.err

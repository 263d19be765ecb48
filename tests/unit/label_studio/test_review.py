"""Review projects: what goes out, and the verdicts that come back."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from labelqa.adapters.label_studio.codec import decode
from labelqa.adapters.label_studio.config import parse, read_config, to_names
from labelqa.adapters.label_studio.review import read_reviews, review_tasks
from labelqa.adapters.label_studio.review_form import FormFrame, review_config
from labelqa.errors import BadInput
from labelqa.records.annotation import ControlKind, ControlSpec
from labelqa.records.finding import Severity
from labelqa.records.work import ReviewItem, ScoreLine

LABELS = ControlSpec(name="label", kind=ControlKind.CHOICE, labels=("pos", "neg"), shown={"pos": "正面"})
ITEM = ReviewItem(item_id="i-1", data={"text": "好看"}, answers={"label": "pos"}, verifier="p-1")


def answered(task, result, **more):
    annotation = {
        "id": 5,
        "completed_by": 6,
        "result": result,
        "was_cancelled": False,
        "updated_at": "2026-11-21T21:51:16Z",
    }
    return {"id": 1, "annotations": [{**annotation, **more}], **task}


def chosen(control, *labels, **more):
    return {"from_name": control, "to_name": "text", "type": "choices", "value": {"choices": list(labels)}, **more}


def typed(control, text):
    return {"from_name": control, "to_name": "text", "type": "textarea", "value": {"text": [text]}}


def read(folder, tasks):
    path = folder / "review.json"
    path.write_text(json.dumps(tasks), encoding="utf-8")
    return read_reviews(path)


def test_tasks_carry_the_answer_but_not_its_author():
    (task,) = review_tasks([ITEM], sample="b1/1")
    assert task["data"] == {"text": "好看"}
    assert task["meta"] == {"labelqa": {"sample": "b1/1", "item": "i-1", "verifier": "p-1"}}
    (prediction,) = task["predictions"]
    assert prediction["model_version"] == "labelqa-original"
    assert decode(prediction["result"]).answers == {"label": "pos"}
    assert prediction["result"][0]["to_name"] == "text"


@pytest.mark.parametrize(("lang", "word"), [("zh", "错误"), ("en", "Incorrect")])
def test_the_form_asks_in_both_languages_and_stores_the_same(lang, word):
    lines = (ScoreLine(name="logic", title="logic", line=3.5),)
    frame = FormFrame(rules={"R1": "看语气"}, defects={"P1": "矛盾"}, lines=lines)
    xml = review_config(LABELS, lang=lang, frame=frame, fields=["text"])
    specs = {spec.name: spec for spec in read_config(xml)[0]}
    assert read_config(xml)[1] == []
    assert specs["labelqa_verdict"].labels == (
        "correct", "incorrect", "undecidable", "undecidable:skipped", "undecidable:deleted", "undecidable:broken-media",
    )  # fmt: skip
    assert specs["labelqa_safety"].labels == ("safe", "unsafe", "unclear")
    assert specs["labelqa_check_understanding"].labels == ("passed", "failed", "not-applicable")
    assert specs["labelqa_defect"].shown == {"P1": "P1 矛盾"}
    assert specs["labelqa_score_logic"].kind is ControlKind.NUMBER
    assert "3.5" in xml  # the pass line is named
    assert specs["labelqa_verdict"].shown["incorrect"] == word
    assert specs["labelqa_unsafe"].labels == ("none", "A.1", "A.2", "A.3", "A.4", "A.5")
    assert specs["labelqa_unsafe"].shown["A.2"] in ("A2 Discriminatory content", "A2 包含歧视性内容")
    assert specs["labelqa_severity"].labels == ("critical", "major", "minor")
    assert specs["labelqa_rule"].labels == ("R1",)
    assert specs["labelqa_comment"].kind is ControlKind.TEXT
    assert specs["label"].labels == ("pos", "neg")
    assert set(to_names(parse(xml)).values()) == {"text"}


@pytest.mark.shared
def test_the_form_keeps_what_the_annotators_saw(shared):
    for path in (shared / "fixtures" / "label_studio" / "configs").glob("*.xml"):
        base = path.read_text(encoding="utf-8")
        if "labelqa_" in base:
            continue
        before, after = read_config(base)[0], read_config(review_config(base, lang="zh"))[0]
        assert after[: len(before)] == before
        assert [spec.name for spec in after[len(before) :]] == [
            "labelqa_verdict",
            "labelqa_severity",
            "labelqa_rule",
            "labelqa_defect",
            "labelqa_check_understanding",
            "labelqa_check_consistency",
            "labelqa_check_quality",
            "labelqa_safety",
            "labelqa_unsafe",
            "labelqa_label",
            "labelqa_comment",
        ]


def test_forms_and_tasks_that_need_the_config():
    with pytest.raises(BadInput, match="boxes answers needs the labeling config"):
        review_config(ControlSpec(name="b", kind=ControlKind.BOXES), lang="en")
    with pytest.raises(BadInput, match="needs the labeling config"):
        review_tasks([ReviewItem(item_id="1", data={}, answers={"b": [{"x": 1}]}, verifier="p")], sample="s")
    with pytest.raises(BadInput, match="shows no field"):
        review_config("<View/>", lang="en")


def test_verdicts_come_back(tmp_path):
    (task,) = review_tasks([ITEM], sample="b1/1")
    result = [
        chosen("label", "neg", origin="prediction-changed"),
        chosen("labelqa_verdict", "incorrect"),
        chosen("labelqa_severity", "major"),
        chosen("labelqa_rule", "R1"),
        chosen("labelqa_unsafe", "A.2"),
        typed("labelqa_comment", " 看错了\n"),
    ]
    verdicts, found = read(tmp_path, [answered(task, result)])
    (verdict,) = verdicts
    assert found == []
    assert (verdict.sample, verdict.item_id, verdict.verdict, verdict.verifier, verdict.account) == (
        "b1/1",
        "i-1",
        "incorrect",
        "p-1",
        "6",
    )
    assert (verdict.correct_label, verdict.severity, verdict.rule, verdict.unsafe, verdict.comment) == (
        "neg",
        "major",
        "R1",
        "A.2",
        "看错了",
    )
    assert verdict.at == datetime(2026, 11, 21, 21, 51, 16, tzinfo=UTC)


def test_checks_scores_safety_and_obstacles_come_back(tmp_path):
    (task,) = review_tasks([ITEM], sample="b1/1")
    number = {"from_name": "labelqa_score_logic", "to_name": "text", "type": "number", "value": {"number": 3.5}}
    result = [
        chosen("labelqa_check_quality", "failed"), chosen("labelqa_check_consistency", "not-applicable"), number,
        chosen("labelqa_defect", "R3"), chosen("labelqa_safety", "unclear"),
    ]  # fmt: skip
    gone = [chosen("labelqa_verdict", "undecidable:deleted")]
    wrong = [chosen("labelqa_verdict", "correct"), chosen("labelqa_safety", "harmless")]
    (first, second), found = read(tmp_path, [answered(task, each) for each in (result, gone, wrong)])
    assert (first.verdict, first.scores, first.defect, first.safety) == ("", {"logic": "3.5"}, "R3", "unclear")
    assert first.checks == {"quality": "failed", "consistency": "not-applicable"}
    assert first.correct_label == ""
    assert (second.verdict, second.obstacle) == ("undecidable", "deleted")
    assert [(each.code, each.message.values["cell"]) for each in found] == [("RV004", "labelqa_safety")]


def test_blind_tasks_hold_no_answer_and_the_own_label_comes_back(tmp_path):
    (task,) = review_tasks(
        [ReviewItem(item_id="i-1", data={"text": "好看"}, answers={}, verifier="p-1")], sample="b1/1"
    )
    assert task == {
        "data": {"text": "好看"},
        "meta": {"labelqa": {"sample": "b1/1", "item": "i-1", "verifier": "p-1", "blind": True}},
    }
    xml = review_config(LABELS, lang="en", frame=FormFrame(blind=True, rules={"R1": ""}))
    specs = {spec.name: spec for spec in read_config(xml)[0]}
    assert list(specs) == ["label", "labelqa_verdict", "labelqa_safety", "labelqa_unsafe", "labelqa_comment"]
    assert all(label.startswith("undecidable") for label in specs["labelqa_verdict"].labels)
    (one, two), found = read(
        tmp_path, [answered(task, [chosen("label", "neg")]), answered(task, [chosen("label", "a", "b")]),
                   answered(task, [chosen("labelqa_safety", "safe")])],
    )  # fmt: skip
    assert (one.verdict, one.answer, one.correct_label) == ("", "neg", "")
    assert two.answer == '["a","b"]'
    assert [each.code for each in found] == ["RV002"]


def test_an_unchanged_answer_is_no_correct_label(tmp_path):
    (task,) = review_tasks([ITEM], sample="b1/1")
    same = answered(
        task, [chosen("label", "pos"), chosen("labelqa_verdict", "incorrect"), chosen("labelqa_unsafe", "none")]
    )
    changed = answered(task, [chosen("label", "neg"), chosen("labelqa_verdict", "incorrect")])
    typed_in = answered(
        task, [chosen("label", "pos"), chosen("labelqa_verdict", "incorrect"), typed("labelqa_label", "新")]
    )
    verdicts, _ = read(tmp_path, [same, changed, typed_in])
    assert [(each.correct_label, each.unsafe) for each in verdicts] == [("", ""), ("neg", ""), ("新", "")]


def test_odd_tasks_are_told(tmp_path):
    (task,) = review_tasks([ITEM], sample="b1/1")
    verdicts, found = read(
        tmp_path,
        [
            {"id": 1, "data": {}, "annotations": []},
            answered(task, [chosen("labelqa_verdict", "perhaps")]),
            answered(task, [chosen("label", "neg")]),
            {**task, "annotations": []},
            answered(task, [], was_cancelled=True),
            answered(task, [chosen("labelqa_verdict", "correct"), chosen("labelqa_severity", "awful")]),
        ],
    )
    assert [(each.item_id, each.verdict) for each in verdicts] == [("i-1", ""), ("i-1", "")]
    assert [(each.code, each.place.row) for each in found] == [
        ("RV008", 1),
        ("RV001", 2),
        ("RV002", 3),
        ("RV004", 6),
        ("RV007", 0),
    ]
    assert found[3].severity is Severity.ERROR
    assert found[-1].message.values == {"count": 2}
    other = tmp_path / "a.csv"
    other.write_text("a,b\n1,2\n")
    with pytest.raises(BadInput, match="JSON export; this is csv"):
        read_reviews(other)


@pytest.mark.parametrize("unsafe", [chosen("labelqa_unsafe", "A9"), {**chosen("labelqa_unsafe", "A.2"), "value": {}}])
def test_a_risk_class_that_cannot_be_read_is_never_taken_for_safe(tmp_path, unsafe):
    (task,) = review_tasks([ITEM], sample="b1/1")
    verdicts, found = read(tmp_path, [answered(task, [chosen("labelqa_verdict", "correct"), unsafe])])
    assert verdicts == []
    assert [each.severity for each in found] == [Severity.ERROR]


@pytest.mark.shared
def test_the_review_project_of_a_real_server(shared):
    verdicts, found = read_reviews(shared / "fixtures" / "label_studio" / "exports" / "review_project" / "JSON.json")
    (verdict,) = verdicts
    assert found == []
    assert (verdict.sample, verdict.item_id, verdict.verdict, verdict.severity) == ("s-1", "31", "incorrect", "major")
    assert (verdict.comment, verdict.account, verdict.correct_label) == ("看错了", "6", "")


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "severity", "correct"),
    [("review_prediction_changed", "minor", "Neutral"), ("review_with_prediction", "major", "")],
)
def test_reviews_made_in_a_real_browser(shared, tmp_path, name, severity, correct):
    task = json.loads((shared / "fixtures" / "label_studio" / "ui" / f"{name}.json").read_text(encoding="utf-8"))[
        "task_after"
    ]
    task["meta"] = {"labelqa": {"sample": "b1/1", "item": "i-9", "verifier": "p-1"}}
    verdicts, found = read(tmp_path, [task])
    assert found == []
    assert [(each.verdict, each.severity, each.correct_label) for each in verdicts] == [
        ("incorrect", severity, correct)
    ]


@pytest.mark.parametrize(
    ("word", "verdict", "severity"),
    [
        ("accept", "correct", ""),
        ("minor", "incorrect", "minor"),
        ("major", "incorrect", "major"),
        ("guideline unclear", "undecidable", ""),
        ("错误", "incorrect", ""),
    ],
)
def test_other_words_for_the_same_verdicts(tmp_path, word, verdict, severity):
    (task,) = review_tasks([ITEM], sample="b1/1")
    verdicts, _ = read(tmp_path, [answered(task, [chosen("labelqa_verdict", word)])])
    assert [(each.verdict, each.severity) for each in verdicts] == [(verdict, severity)]

"""Every annotation that a real browser, webhook or server wrote is decoded, exactly and without a remark."""

from __future__ import annotations

import json

import pytest

from labelqa.adapters.label_studio.codec import decode
from labelqa.adapters.label_studio.tasks import account_of

pytestmark = pytest.mark.shared

BROWSER = {
    "choices_chinese_alias": {"情感": "pos", "主题": "科技"},
    "choices_multiple": {"topics": ["Sports", "Tech"]},
    "choices_single": {"sentiment": "Negative"},
    "empty_submit": {},
    "ner": {"label": [{"start": 0, "end": 12, "text": "Ada Lovelace", "labels": ["PER"]}]},
    "ner_emoji_offsets": {"label": [{"start": 13, "end": 15, "text": "ok", "labels": ["PER"]}]},
    "pairwise": {"pw": "right"},
    "ranking_default_order": {"rank": ["x", "y", "z"]},
    "ranking_dragged": {"rank": ["z", "x", "y"]},
    "rating_number": {"quality": 4, "score": 73.5},
    "image_bbox": {
        "box": [
            {
                "x": 43.94167923579688,
                "y": 43.89140271493213,
                "width": 8.044243338360992,
                "height": 10.558069381598791,
                "rotation": 0,
                "labels": ["Car"],
            }
        ]
    },
    "review_prediction_changed": {"sentiment": "Neutral", "labelqa_verdict": "minor"},
    "review_with_prediction": {"sentiment": "Positive", "labelqa_verdict": "major"},
    "skip": {},
    "taxonomy": {"tax": [["Plant"]]},
    "textarea": {"summary": ["a short summary\n"]},
    "update_by_other_user": {"sentiment": "Neutral"},
    "update_step1_submit": {"sentiment": "Positive"},
    "update_step2_update": {"sentiment": "Negative"},
    "draft_autosave": {},
}


def annotations_in(value):
    """All annotation objects anywhere in a document."""
    if isinstance(value, dict):
        if isinstance(value.get("result"), list) and "completed_by" in value:
            yield value
        for each in value.values():
            yield from annotations_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from annotations_in(each)


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def test_what_a_browser_writes(shared):
    folder = shared / "fixtures" / "label_studio" / "ui"
    assert {path.stem for path in folder.glob("*.json")} == set(BROWSER)
    for name, expected in BROWSER.items():
        task = load(folder / f"{name}.json")["task_after"]
        for annotation in task["annotations"]:
            done = decode(annotation["result"])
            assert done.findings == [], name
            assert bool(done.answers) == bool(annotation["result"]), name
            assert account_of(annotation["completed_by"]) == "3" or name.startswith("review")
            assert done.answers == expected, name


def test_span_offsets_count_code_points(shared):
    task = load(shared / "fixtures" / "label_studio" / "ui" / "ner_emoji_offsets.json")["task_after"]
    spans = decode(task["annotations"][0]["result"]).answers["label"]
    assert spans
    for span in spans:
        assert task["data"]["text"][span["start"] : span["end"]] == span["text"]


def test_what_webhooks_and_the_api_carry(shared):
    folder = shared / "fixtures" / "label_studio"
    seen = 0
    for path in [*folder.glob("webhooks/*.json"), *folder.glob("api/**/*.json")]:
        for annotation in annotations_in(load(path)):
            done = decode(annotation["result"])
            assert done.findings == [], path.name
            assert bool(done.answers) == bool(annotation["result"]), path.name
            assert account_of(annotation["completed_by"]), path.name
            seen += 1
    assert seen > 20

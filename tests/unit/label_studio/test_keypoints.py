"""Points on a picture: read from Label Studio with their labels, and written back for review projects."""

from __future__ import annotations

import json
from typing import Any

import pytest

from labelqa.adapters.label_studio.codec import decode
from labelqa.adapters.label_studio.config import read_config
from labelqa.adapters.label_studio.encode import encode
from labelqa.records.annotation import ControlKind
from labelqa.stats.kinds import default_distance


def point(x: float, y: float, *labels: str, kind: str = "keypointlabels", **more: Any) -> dict[str, Any]:
    value = {"x": x, "y": y, "width": 0.6, **({"keypointlabels": list(labels)} if labels else {}), **more}
    return {"id": f"{x}", "from_name": "kp", "to_name": "img", "type": kind, "value": value}


def test_points_are_sorted_and_lose_their_size() -> None:
    found = decode([point(60.0, 20.5, "ear"), point(10, 90, "nose")])
    assert found.findings == []
    assert found.kinds == {"kp": ControlKind.KEYPOINTS}
    assert json.loads(found.value)["kp"] == [
        {"labels": ["nose"], "x": 10, "y": 90}, {"labels": ["ear"], "x": 60, "y": 20.5},
    ]  # fmt: skip


def test_a_point_without_a_label_is_one_too() -> None:
    assert decode([point(1, 2, kind="keypoint")]).answers == {"kp": [{"x": 1, "y": 2, "labels": []}]}


@pytest.mark.parametrize("more", [{"height": 3}, {"radiusX": 4, "radiusY": 4}])
def test_what_only_looks_like_a_point_is_none(more: dict[str, Any]) -> None:
    assert decode([point(1, 2, "nose", **more)]).kinds.get("kp") is not ControlKind.KEYPOINTS


def test_an_answer_about_a_point_keeps_the_point() -> None:
    said = {**point(1, 2), "from_name": "seen", "type": "choices"}
    said["value"] = {"x": 1, "y": 2, "width": 0.6, "choices": ["visible"]}
    assert decode([point(1, 2, "nose"), said]).answers["seen"] == [{"x": 1, "y": 2, "labels": ["visible"]}]


def test_encoding_and_decoding_give_the_same() -> None:
    answers = decode([point(60, 20.5, "ear"), point(10, 90, "nose")]).answers
    made = encode(answers, kinds={"kp": ControlKind.KEYPOINTS}, to_names={"kp": "img"})
    assert {each["type"] for each in made} == {"keypointlabels"}
    assert all(each["value"]["width"] > 0 for each in made)
    assert decode(made).answers == answers


def test_the_form_says_that_they_are_points() -> None:
    specs, findings = read_config(
        '<View><Image name="img"/><KeyPointLabels name="kp" toName="img"><Label value="nose"/></KeyPointLabels>'
        '<Choices name="seen" toName="img" perRegion="true"><Choice value="visible"/></Choices></View>'
    )
    assert findings == []
    assert {each.name: each.kind for each in specs} == {"kp": ControlKind.KEYPOINTS, "seen": ControlKind.KEYPOINTS}
    assert specs[0].labels == ("nose",)


def test_their_distance_reads_them() -> None:
    text = json.dumps(decode([point(10, 90, "nose")]).answers["kp"])
    distance = default_distance(ControlKind.KEYPOINTS)
    value = distance.read(text)
    assert distance.between([value], [value]).tolist() == [0.0]

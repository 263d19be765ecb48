"""Where an answer of Label Studio came from: its prediction, or what each region says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from labelqa.adapters.files.source import look
from labelqa.adapters.label_studio.exports import read_export

SAID = {"id": "r", "from_name": "s", "to_name": "t", "type": "choices", "value": {"choices": ["a"]}}
OTHER = {**SAID, "value": {"choices": ["b"]}}


def origins(folder: Path, annotations: list[dict[str, Any]]) -> list[str | None]:
    told = [{"id": at, "completed_by": 1, "result": [SAID], **each} for at, each in enumerate(annotations, 1)]
    path = folder / "export.json"
    path.write_text(json.dumps([{"id": 1, "data": {"text": "x"}, "annotations": told}]), "utf-8")
    return [
        row["origin"]
        for chunk in read_export(look(path, limit=1 << 20), item_key="")
        for row in chunk.annotations.to_pylist()
    ]


@pytest.mark.parametrize(
    ("annotation", "origin"),
    [
        ({}, None),
        ({"prediction": {}, "parent_prediction": None}, None),
        ({"prediction": {"id": 8, "result": [SAID]}, "parent_prediction": 8}, "prelabelled-unchanged"),
        ({"prediction": {"id": 8, "result": [OTHER]}, "parent_prediction": 8}, "prelabelled-edited"),
        ({"parent_prediction": 8, "result": [{**SAID, "origin": "prediction"}]}, "prelabelled-unchanged"),
        ({"parent_prediction": 8, "result": [{**SAID, "origin": "prediction-changed"}]}, "prelabelled-edited"),
        ({"parent_prediction": 8, "was_cancelled": True}, None),
    ],
)
def test_the_prediction_tells_or_the_regions_do(tmp_path: Path, annotation: dict[str, Any], origin: str) -> None:
    assert origins(tmp_path, [annotation]) == [origin]


def test_a_real_review_project_began_from_predictions(shared: Path) -> None:
    path = shared / "fixtures/label_studio/exports/review_project/JSON.json"
    rows = [
        row for chunk in read_export(look(path, limit=1 << 20), item_key="") for row in chunk.annotations.to_pylist()
    ]
    assert "prelabelled-edited" in {row["origin"] for row in rows}

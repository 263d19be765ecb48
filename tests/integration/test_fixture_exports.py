"""Every export of a real Label Studio server goes through ``labelqa import``, and what people answered is read back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.shared

KINDS = (
    "audio", "choices_chinese", "choices_multiple", "choices_single", "image_bbox", "image_polygon", "ner", "pairwise",
    "ranking", "ranking_buckets", "rating_number", "review_project", "snapshot", "taxonomy", "textarea",
)  # fmt: skip
SHORT = tuple(kind for kind in KINDS if kind not in {"review_project", "snapshot"})  # also exported as JSON_MIN

# What the first annotated task says, as a person would read it off the labeling page.
ANSWERS: dict[str, dict[str, Any]] = {
    "choices_chinese": {"主题": ["体育", "科技"], "情感": "正面"},
    "choices_multiple": {"topics": ["Sports", "Tech"]},
    "choices_single": {"sentiment": "Positive"},
    "pairwise": {"pw": "left"},
    "ranking": {"rank": ["z", "x", "y"]},
    "ranking_buckets": {"rank": {"good": ["y"], "bad": ["x"]}},
    "rating_number": {"quality": 4, "score": 73.5},
    "snapshot": {"sentiment": "Positive"},
    "taxonomy": {"tax": [["Animal", "Dog"], ["Plant"]]},
}


def full(shared: Path, kind: str) -> Path:
    name = "download.json" if kind == "snapshot" else "JSON.json"
    return shared / "fixtures" / "label_studio" / "exports" / kind / name


def short(shared: Path, kind: str) -> Path:
    return full(shared, kind).with_name("JSON_MIN.json")


def config(shared: Path, kind: str) -> Path:
    return shared / "fixtures" / "label_studio" / "configs" / f"{kind}.xml"


def load(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text(encoding="utf-8"))


def answered(place) -> list[tuple[str, dict[str, Any]]]:
    """(item, answers) of every current annotation in force."""
    with place.desk() as desk:
        ids = {item.item_no: item.item_id for item in desk.intake.items()}
        return [(ids[row.item_no], json.loads(row.value)) for row in desk.intake.annotations()]


def test_every_folder_of_exports_is_looked_at(shared: Path):
    folder = shared / "fixtures" / "label_studio" / "exports"
    assert {path.name for path in folder.iterdir() if path.is_dir()} == set(KINDS)
    assert {path.parent.name for path in folder.glob("*/JSON_MIN.json")} == set(SHORT)


@pytest.mark.parametrize("kind", KINDS)
def test_json(shared: Path, place, kind: str):
    tasks = load(full(shared, kind))
    annotations = [each for task in tasks for each in task["annotations"]]
    done = place.take(full(shared, kind))
    assert (done["rows"], done["added"], done["refused"], done["items"]) == (
        len(annotations), len(annotations), 0, len(tasks),
    )  # fmt: skip
    with place.desk() as desk:
        content = {item.item_id: item for item in desk.intake.items()}
        rows = list(desk.intake.annotations())
        assert desk.intake.counts() == (len(annotations), len(tasks), 1)
    assert {item: json.loads(each.data) for item, each in content.items()} == {
        str(task["id"]): task["data"] for task in tasks
    }
    assert {each.project for each in content.values()} == {str(task["project"]) for task in tasks}
    assert len({row.person for row in rows}) == len({_account(each) for each in annotations})
    assert sum(row.skipped for row in rows) == sum(each["was_cancelled"] for each in annotations)
    assert sum(row.ground_truth for row in rows) == sum(each["ground_truth"] for each in annotations)
    assert sorted(row.seconds for row in rows if row.seconds is not None) == sorted(
        each["lead_time"] for each in annotations if each["lead_time"] is not None
    )
    if kind in ANSWERS:
        told = answered(place)
        assert ANSWERS[kind] in [answer for item, answer in told if item == told[0][0]]


def _account(annotation: dict[str, Any]) -> int:
    told = annotation["completed_by"]
    return told["id"] if isinstance(told, dict) else told


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_time_adds_nothing(shared: Path, place, kind: str):
    first = place.take(full(shared, kind))
    before = answered(place)
    again = place.take(full(shared, kind))
    assert (again["added"], again["items"], again["unchanged"]) == (0, 0, first["rows"])
    rewritten = place.folder / "rewritten.json"  # the same tasks in other bytes: nothing is known of this file
    rewritten.write_text(json.dumps(load(full(shared, kind)), ensure_ascii=True), encoding="utf-8")
    again = place.take(rewritten)
    assert (again["added"], again["items"], again["unchanged"]) == (0, 0, first["rows"])
    assert answered(place) == before


@pytest.mark.parametrize("kind", SHORT)
def test_json_min(shared: Path, place, kind: str):
    listed = load(short(shared, kind))
    said = [row for row in listed if row.get("annotation_id")]
    done = place.take(short(shared, kind), "--config", config(shared, kind))
    assert (done["rows"], done["added"], done["refused"]) == (len(said), len(said), 0)
    assert done["items"] == len({row["id"] for row in listed})
    if kind in ANSWERS:
        told = answered(place)
        assert ANSWERS[kind] in [answer for item, answer in told if item == told[0][0]]


@pytest.mark.parametrize("kind", SHORT)
def test_the_short_export_after_the_long_one(shared: Path, place, kind: str):
    place.take(full(shared, kind))
    with place.desk() as desk:
        before = {item.item_id: item for item in desk.intake.items()}
        people = {row.person for row in desk.intake.annotations()}
        annotations = {row.annotation for row in desk.intake.annotations()}
    done = place.take(short(shared, kind), "--config", config(shared, kind))
    assert done["refused"] == 0
    assert done["items"] == 0
    assert done["added"] == done["revised"]  # known annotations, said in fewer words: never a second one beside it
    with place.desk() as desk:
        after = {item.item_id: item for item in desk.intake.items()}
        assert {row.person for row in desk.intake.annotations()} == people
        assert {row.annotation for row in desk.intake.annotations()} == annotations
    # what the short form does not know, such as the project, stays as it was
    assert [(each.project, each.meta, each.data) for each in after.values()] == [
        (each.project, each.meta, each.data) for each in before.values()
    ]


def test_the_snapshot_is_the_same_project_as_its_export(shared: Path, place):
    place.take(full(shared, "choices_single"))
    done = place.take(full(shared, "snapshot"))
    assert (done["added"], done["unchanged"], done["items"]) == (0, 14, 0)

"""Distances between marked regions: what is read, what counts as agreement, and the cases at the edge."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pytest

from labelqa.adapters.label_studio.codec import decode
from labelqa.stats.distance.boxes import BoxDistance, corners
from labelqa.stats.distance.keypoints import KeypointDistance
from labelqa.stats.distance.matching import Matching
from labelqa.stats.distance.polygons import PolygonDistance, area_of
from labelqa.stats.distance.regions import stretches
from labelqa.stats.distance.segments import SegmentDistance
from labelqa.stats.distance.spans import SpanDistance
from labelqa.stats.distance.words import marked_words

EVERY = (
    SpanDistance(),
    SpanDistance(score="characters"),
    SpanDistance.exact(),
    SegmentDistance(),
    SegmentDistance(score="time"),
    SegmentDistance(score="boundaries"),
    SegmentDistance(score="clusters"),
    BoxDistance(),
    PolygonDistance(),
    KeypointDistance(),
    KeypointDistance(score="distance"),
)
SOME = {
    SpanDistance: {"start": 2, "end": 6, "labels": ["x"], "text": "四个字符"},
    SegmentDistance: {"start": 0.5, "end": 3.25, "labels": ["x"]},
    BoxDistance: {"x": 10, "y": 20, "width": 30.5, "height": 40, "rotation": 0, "labels": ["x"]},
    PolygonDistance: {"points": [[10, 10], [60, 12.5], [40, 70]], "labels": ["x"]},
    KeypointDistance: {"x": 12.5, "y": 80, "labels": ["x"]},
}


def between(distance, one: list[dict], other: list[dict]) -> float:
    a, b = distance.read(json.dumps(one)), distance.read(json.dumps(other))
    there, back = distance.between([a, b], [b, a])
    assert there == pytest.approx(back, abs=1e-12)
    return float(there)


def span(start: int, end: int, *labels: str) -> dict:
    return {"start": start, "end": end, "labels": list(labels)}


def box(x: float, y: float, width: float, height: float, *labels: str, rotation: float = 0) -> dict:
    return {"x": x, "y": y, "width": width, "height": height, "rotation": rotation, "labels": list(labels)}


@pytest.mark.parametrize("distance", EVERY, ids=repr)
def test_nothing_marked_twice_agrees_and_once_does_not(distance):
    region = SOME[type(distance)]
    assert between(distance, [], []) == 0.0
    assert between(distance, [region], []) == 1.0
    assert between(distance, [region], [region]) == 0.0
    assert list(distance.between([], [])) == []
    assert pickle.loads(pickle.dumps(distance)) == distance  # noqa: S301 - its own


@pytest.mark.parametrize("distance", EVERY, ids=repr)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "{}",
        "[1]",
        "null",
        '["a"]',
        '[{"labels":["x"]}]',
        '[{"start":"0","end":4,"x":"1","points":"p"}]',
        "[" * 5000,
    ],
)
def test_other_shapes_are_refused(distance, text):
    with pytest.raises(ValueError, match="must be"):
        distance.read(text)


@pytest.mark.parametrize("distance", EVERY, ids=repr)
def test_bad_numbers_and_labels_are_refused(distance):
    region = SOME[type(distance)]
    for key in set(region) - {"labels", "text"}:
        for bad in (None, True, "1", float("nan"), float("inf"), 10**400, [[1, 2], [3]], {}):
            if bad is None and key == "rotation":
                continue
            with pytest.raises(ValueError, match="must be"):
                distance.read(json.dumps([{**region, key: bad}]))
    for bad in ("x", [1], {"x": 1}, None):
        with pytest.raises(ValueError, match="labels of a region"):
            distance.read(json.dumps([{**region, "labels": bad}]))


def test_backward_and_negative_extents_are_refused():
    with pytest.raises(ValueError, match="before it starts"):
        SpanDistance().read(json.dumps([span(5, 4, "x")]))
    with pytest.raises(ValueError, match="wide"):
        BoxDistance().read(json.dumps([box(0, 0, -1, 4)]))
    with pytest.raises(ValueError, match="as many ones as others"):
        SpanDistance().between([SpanDistance().read("[]")], [])
    with pytest.raises(ValueError, match="as many ones as others"):
        SpanDistance(score="characters").between([SpanDistance().read("[]")], [])


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        (Matching, {"score": "sum"}),
        (Matching, {"threshold": 0}),
        (Matching, {"threshold": 1.1}),
        (Matching, {"method": "best"}),
        (Matching, {"other_label": 2}),
        (SpanDistance, {"score": "words"}),
        (SegmentDistance, {"score": "x"}),
        (SegmentDistance, {"step": 0}),
        (BoxDistance, {"aspect": 0}),
        (KeypointDistance, {"sigma": 0}),
        (KeypointDistance, {"score": "x"}),
        (KeypointDistance, {"scale": "x"}),
    ],
)
def test_settings_that_make_no_sense(kind, settings):
    with pytest.raises(ValueError, match="must"):
        kind(**settings)


def test_labels_must_agree_unless_told_otherwise():
    one, other = [span(0, 4, "x")], [span(0, 4, "y")]
    assert between(SpanDistance(), one, other) == 1.0
    assert between(SpanDistance(matching=Matching(other_label=0.5)), one, other) == 0.5
    assert between(SpanDistance(matching=Matching(other_label=1)), one, other) == 0.0
    # of two labels one is shared: a third of the union
    assert between(SpanDistance(), [span(0, 4, "x", "y")], [span(0, 4, "y", "z")]) == pytest.approx(2 / 3)
    assert between(SpanDistance(), [span(0, 4)], [span(0, 4)]) == 0.0
    assert between(SpanDistance(), [span(0, 4)], [span(0, 4, "x")]) == 1.0
    assert between(SpanDistance(), [span(0, 4, "nan")], [span(0, 4, "nan")]) == 0.0


def test_an_answer_about_a_region_counts_as_a_label():
    one, other = [{**span(0, 4), "answer": ["你好"]}], [{**span(0, 4), "answer": ["您好"]}]
    assert between(SpanDistance(), one, one) == 0.0
    assert between(SpanDistance(), one, other) == 1.0


def test_matching_is_one_to_one():
    one, other = [span(0, 10, "x")], [span(0, 10, "x"), span(0, 10, "x")]
    assert between(SpanDistance(), one, other) == pytest.approx(1 / 3)
    assert between(SpanDistance(matching=Matching(score="best")), one, other) == 0.0


def test_optimal_matching_beats_greedy():
    # the middle span is most like the first, but then the second finds nobody
    one, other = [span(0, 10, "x"), span(6, 16, "x")], [span(2, 12, "x"), span(-8, 2, "x")]
    greedy = between(SpanDistance(matching=Matching(method="greedy")), one, other)
    optimal = between(SpanDistance(), one, other)
    assert greedy == pytest.approx(1 - 8 / 12 / 2)
    assert optimal == pytest.approx(1 - max(8 / 12, 6 / 14 + 2 / 18) / 2)
    one, other = [span(0, 10, "x"), span(6, 16, "x")], [span(2, 12, "x"), span(-9, 9, "x")]
    assert between(SpanDistance(), one, other) < between(SpanDistance(matching=Matching(method="greedy")), one, other)


def test_detection_counts_matches_over_the_threshold():
    one, other = [span(0, 10, "x"), span(20, 30, "x")], [span(0, 8, "x"), span(26, 40, "x")]
    for method in ("optimal", "greedy"):
        assert between(SpanDistance(matching=Matching(score="f1", method=method)), one, other) == 0.5
        low = Matching(score="f1", threshold=0.2, method=method)
        assert between(SpanDistance(matching=low), one, other) == 0.0
    assert between(SpanDistance.exact(), one, [span(0, 10, "x"), span(20, 31, "x")]) == 0.5


def test_many_regions_go_through_the_same_rule():
    apart = [span(20 * at, 20 * at + 10, "x") for at in range(30)]
    moved = [span(20 * at + 2, 20 * at + 12, "x") for at in range(30)]
    for method in ("optimal", "greedy"):
        found = between(SpanDistance(matching=Matching(method=method)), apart, moved[::-1])
        assert found == pytest.approx(1 - 8 / 12)


def test_characters_weigh_by_length_and_count_once():
    one, other = [span(0, 9, "x"), span(3, 9, "x"), span(20, 21, "x")], [span(0, 9, "x")]
    assert between(SpanDistance(score="characters"), one, other) == pytest.approx(1 - 18 / 19)
    assert between(SpanDistance(score="characters"), [span(0, 4, "x", "y")], [span(0, 4, "x")]) == pytest.approx(1 / 3)
    # marks of no length cover nothing, and agree with the very same mark only
    assert between(SpanDistance(score="characters"), [span(4, 4, "x")], [span(4, 4, "x")]) == 0.0
    assert between(SpanDistance(score="characters"), [span(4, 4, "x")], [span(5, 5, "x")]) == 1.0


def test_places_without_extent_agree_with_themselves_only():
    assert between(SpanDistance(), [span(4, 4, "x")], [span(4, 4, "x")]) == 0.0
    assert between(SpanDistance(), [span(4, 4, "x")], [span(5, 5, "x")]) == 1.0
    assert between(SpanDistance(), [span(4, 4, "x")], [span(2, 6, "x")]) == 1.0
    assert between(BoxDistance(), [box(4, 4, 0, 9)], [box(4, 4, 0, 9)]) == 0.0
    assert between(BoxDistance(), [box(4, 4, 0, 9, rotation=45)], [box(1, 1, 9, 9)]) == 1.0
    for points in ([[5, 5]], [[5, 5], [9, 9]], [[1, 1], [2, 2], [3, 3]]):
        line = {"points": points, "labels": []}
        assert between(PolygonDistance(), [line], [line]) == 0.0
        assert between(PolygonDistance(), [line], [{"points": [[0, 0], [9, 0], [9, 9]], "labels": []}]) == 1.0


def test_segments_on_other_channels_do_not_meet():
    left, right = {"start": 0, "end": 4, "labels": ["x"]}, {"start": 0, "end": 4, "labels": ["x"], "channel": 1}
    for score in ("overlap", "time"):
        assert between(SegmentDistance(score=score), [left], [right]) == 1.0
        assert between(SegmentDistance(score=score), [right], [right]) == 0.0


def test_boundaries_meet_within_the_tolerance():
    one, other = [{"start": 0, "end": 9.5, "labels": ["x"]}], [{"start": 0.4, "end": 12, "labels": ["y"]}]
    assert between(SegmentDistance(score="boundaries"), one, other) == 0.5
    assert between(SegmentDistance(score="boundaries", tolerance=3), one, other) == 0.0
    assert between(SegmentDistance(score="boundaries", tolerance=0.1), one, other) == 1.0


def test_clusters_ask_what_goes_together_not_what_it_is_called():
    one = [{"start": 0, "end": 5, "labels": ["A"]}, {"start": 5, "end": 10, "labels": ["B"]}]
    named = [{**each, "labels": [each["labels"][0] * 2]} for each in one]
    assert between(SegmentDistance(score="clusters"), one, named) == 0.0
    whole = [{"start": 0, "end": 10, "labels": ["A"]}]
    pairs, all_pairs = 2 * 50 * 49, 100 * 99
    assert between(SegmentDistance(score="clusters"), one, whole) == pytest.approx(1 - 2 * pairs / (pairs + all_pairs))
    short = [{"start": 0, "end": 0.01, "labels": ["A"]}]
    assert between(SegmentDistance(score="clusters"), short, [{**short[0], "end": 0.02}]) == 1.0


def test_a_box_turns_about_its_top_left_corner():
    assert between(BoxDistance(), [box(50, 50, 20, 10, rotation=90)], [box(40, 50, 10, 20)]) == pytest.approx(
        0, abs=1e-9
    )
    assert between(BoxDistance(), [box(50, 50, 20, 10, rotation=360)], [box(50, 50, 20, 10)]) == 0.0
    # on a picture twice as wide as high, 20 % of the width turned upright is 40 % of the height
    wide = BoxDistance(aspect=2.0)
    assert between(wide, [box(50, 50, 20, 10, rotation=90)], [box(45, 50, 5, 40)]) == pytest.approx(0, abs=1e-9)
    tilted = corners(np.array([[10.0, 10.0, 10.0, 10.0, 45.0]]), 1.0)[0]
    assert tilted[1] == pytest.approx([10 + 50**0.5, 10 + 50**0.5])
    assert between(BoxDistance(), [box(10, 10, 10, 10, rotation=45)], [box(10, 10, 10, 10, rotation=45)]) == 0.0


def test_outlines_that_cross_themselves_are_mended():
    bow = {"points": [[0, 0], [10, 10], [10, 0], [0, 10]], "labels": ["x"]}
    square = {"points": [[0, 0], [10, 0], [10, 10], [0, 10]], "labels": ["x"]}
    assert area_of([(0, 0), (10, 10), (10, 0), (0, 10)]).area == pytest.approx(50)
    assert between(PolygonDistance(), [bow], [square]) == pytest.approx(0.5)
    assert between(PolygonDistance(), [bow], [bow]) == 0.0
    spike = {"points": [[0, 0], [10, 0], [20, 0], [10, 0], [10, 10], [0, 10]], "labels": ["x"]}
    assert between(PolygonDistance(), [spike], [square]) == pytest.approx(0.0)
    opened = {**square, "closed": False}
    assert between(PolygonDistance(), [opened], [square]) == 0.0


def test_object_keypoint_similarity():
    def pose(*points: tuple[float, float]) -> list[dict]:
        return [{"x": x, "y": y, "labels": [f"p{at}"]} for at, (x, y) in enumerate(points)]

    one, other = pose((10, 10), (30, 50)), pose((12, 10), (30, 50))
    area = (20 * 40 + 18 * 40) / 2
    alike = (np.exp(-4 / (2 * area * 0.18**2)) + 1) / 2
    assert between(KeypointDistance(), one, other) == pytest.approx(1 - alike)
    point = pose((10, 10)), pose((28, 10))
    assert between(KeypointDistance(), *point) == pytest.approx(1 - np.exp(-0.5))  # one point: the whole picture
    assert between(KeypointDistance(scale="picture"), one, other) < between(KeypointDistance(), one, other)
    assert between(KeypointDistance(score="distance", aspect=4 / 3), pose((0, 0)), pose((75, 0))) == pytest.approx(0.6)


def test_words_that_were_marked():
    read = SpanDistance().read
    answers = [read(json.dumps([span(0, 4, "x"), span(5, 9, "y")])), read(json.dumps([span(0, 9, "x")])), read("[]")]
    assert marked_words("甲乙丙丁 戊己庚辛 end", answers).tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 0]]
    assert marked_words("甲乙丙丁 戊己庚辛 end", answers, labels=["x"]).sum(axis=1).tolist() == [1, 2, 0]
    assert marked_words("甲乙丙丁 戊己庚辛", answers, unit="character").sum(axis=1).tolist() == [8, 8, 0]
    # half a word is none
    assert marked_words("甲乙丙 丁戊己 庚辛", answers).tolist() == [[1, 0, 0], [1, 1, 0], [0, 0, 0]]
    assert marked_words("", answers).shape == (3, 0)
    with pytest.raises(ValueError, match="unit must be"):
        marked_words("a", answers, unit="line")


def test_stretches_hold_only_so_much():
    parts = list(stretches(np.array([3, 3, 3, 50, 0, 0, 1]), room=6))
    assert [(part.start, part.stop) for part in parts] == [(0, 2), (2, 3), (3, 4), (4, 7)]


def test_the_result_does_not_depend_on_the_stretches(monkeypatch):
    rng = np.random.default_rng(3)
    texts = [
        json.dumps([span(int(at), int(at) + 5, "xy"[int(at) % 2]) for at in rng.integers(0, 30, rng.integers(0, 6))])
        for _ in range(60)
    ]
    for distance in (SpanDistance(), SpanDistance(score="characters")):
        answers = [distance.read(text) for text in texts]
        whole = distance.between(answers, answers[::-1])
        monkeypatch.setattr(stretches, "__kwdefaults__", {"room": 20})
        assert distance.between(answers, answers[::-1]) == pytest.approx(whole, abs=1e-12)
        monkeypatch.undo()


@pytest.mark.shared
@pytest.mark.parametrize(
    ("folder", "control", "distance"),
    [
        ("ner", "label", SpanDistance()),
        ("audio", "speaker", SegmentDistance()),
        ("audio", "transcript", SegmentDistance()),
        ("image_bbox", "box", BoxDistance()),
        ("image_polygon", "poly", PolygonDistance()),
    ],
)
def test_what_label_studio_exports_is_read(shared: Path, folder, control, distance):
    tasks = json.loads((shared / "fixtures/label_studio/exports" / folder / "JSON.json").read_text("utf-8"))
    found = [decode(each["result"]).answers for task in tasks for each in task["annotations"]]
    read = [distance.read(json.dumps(answers[control])) for answers in found if control in answers]
    assert read
    assert distance.between(read, read) == pytest.approx(np.zeros(len(read)))

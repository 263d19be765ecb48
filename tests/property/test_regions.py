"""What must hold of any two sets of regions, whatever their kind."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelqa.stats.agreement.alignment import Dissimilarity, disorder
from labelqa.stats.agreement.continuum import Continuum, Unit
from labelqa.stats.agreement.unitizing import unitizing
from labelqa.stats.distance.boxes import BoxDistance
from labelqa.stats.distance.keypoints import KeypointDistance
from labelqa.stats.distance.matching import Matching
from labelqa.stats.distance.polygons import PolygonDistance
from labelqa.stats.distance.segments import SegmentDistance
from labelqa.stats.distance.spans import SpanDistance

LABELS = st.lists(st.sampled_from(["x", "y", "nan", "猫"]), max_size=2, unique=True).map(sorted)
WHOLE = st.integers(0, 40)


def stretch(unit: float):
    return st.builds(
        lambda start, size, labels: {"start": start * unit, "end": (start + size) * unit, "labels": labels},
        WHOLE,
        st.integers(0, 12),
        LABELS,
    )


BOX = st.builds(
    lambda x, y, width, height, rotation, labels: {
        "x": x,
        "y": y,
        "width": width,
        "height": height,
        "rotation": rotation,
        "labels": labels,
    },
    WHOLE,
    WHOLE,
    st.integers(0, 20),
    st.integers(0, 20),
    st.sampled_from([0, 0, 0, 30, 90]),
    LABELS,
)
POINT = st.builds(lambda x, y, labels: {"x": x, "y": y, "labels": labels}, WHOLE, WHOLE, LABELS)
POLYGON = st.builds(
    lambda points, labels: {"points": [list(each) for each in points], "labels": labels},
    st.lists(st.tuples(WHOLE, WHOLE), min_size=1, max_size=6),
    LABELS,
)
SPAN, SEGMENT = stretch(1), stretch(0.25)
KINDS = [
    *(
        (kind(matching=matching), region)
        for kind, region in ((SpanDistance, SPAN), (BoxDistance, BOX), (PolygonDistance, POLYGON))
        for matching in (Matching(), Matching(score="f1"), Matching(score="best"), Matching(other_label=0.3))
    ),
    (SpanDistance(score="characters"), SPAN),
    (SpanDistance.exact(), SPAN),
    (SegmentDistance(), SEGMENT),
    (SegmentDistance(score="time"), SEGMENT),
    (SegmentDistance(score="boundaries"), SEGMENT),
    (SegmentDistance(score="clusters", step=0.25), SEGMENT),
    (KeypointDistance(), POINT),
    (KeypointDistance(score="distance"), POINT),
]
IDS = [f"{type(distance).__name__}-{at}" for at, (distance, _) in enumerate(KINDS)]


def moved(region: dict, by: int) -> dict:
    places = {key: region[key] + by for key in ("start", "end", "x", "y") if key in region}
    if "points" in region:
        places["points"] = [[x + by, y + by] for x, y in region["points"]]
    return {**region, **places}


def read(distance, regions: list[dict]):
    return distance.read(json.dumps(regions))


@pytest.mark.parametrize(("distance", "region"), KINDS, ids=IDS)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_distances_are_symmetric_bounded_and_blind_to_order_and_place(distance, region, data):
    one, other = (data.draw(st.lists(region, max_size=5)) for _ in range(2))
    by = data.draw(st.integers(1, 30))
    a, b = read(distance, one), read(distance, other)
    turned = read(distance, data.draw(st.permutations(one)))
    far = [read(distance, [moved(each, by) for each in regions]) for regions in (one, other)]
    there, back, shuffled, shifted = distance.between([a, b, turned, far[0]], [b, a, b, far[1]])
    assert 0 <= there <= 1
    assert there == pytest.approx(back, abs=1e-9)
    assert there == pytest.approx(shuffled, abs=1e-9)
    if not isinstance(distance, SegmentDistance) or distance.score != "clusters":  # the unmarked start is a cluster
        assert there == pytest.approx(shifted, abs=1e-6)
    assert distance.between([a, b], [a, b]) == pytest.approx([0, 0], abs=1e-9)


@pytest.mark.parametrize(("distance", "region"), KINDS, ids=IDS)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_what_shares_nothing_is_as_far_as_can_be(distance, region, data):
    one, other = (data.draw(st.lists(region, min_size=1, max_size=4)) for _ in range(2))
    one = [{**each, "labels": ["only here"]} for each in one]
    if isinstance(distance, KeypointDistance) or distance.matching.other_label:
        return
    if isinstance(distance, SegmentDistance) and distance.score in ("boundaries", "clusters"):
        return  # neither asks for labels
    a, b = read(distance, one), read(distance, other)
    apart = read(distance, [moved({**each, "labels": ["only here"]}, 1000) for each in other])
    assert distance.between([a, a], [b, apart]).tolist() == [1.0, 1.0]


@pytest.mark.parametrize("distance", [SpanDistance(), SpanDistance(score="characters"), BoxDistance()], ids=repr)
@given(start=WHOLE, size=st.integers(1, 20), moves=st.lists(st.integers(0, 30), min_size=2, max_size=2).map(sorted))
def test_less_overlap_is_never_nearer(distance, start, size, moves):
    def one(by: int) -> dict:
        if isinstance(distance, BoxDistance):
            return {"x": start + by, "y": 5, "width": size, "height": 3, "labels": ["x"]}
        return {"start": start + by, "end": start + by + size, "labels": ["x"]}

    here = read(distance, [one(0)])
    near, far = distance.between([here, here], [read(distance, [one(by)]) for by in moves])
    assert near <= far + 1e-12


@given(
    ones=st.lists(SPAN, max_size=6),
    others=st.lists(SPAN, max_size=6),
    thresholds=st.tuples(st.floats(0.05, 1), st.floats(0.05, 1)),
)
def test_stricter_detection_finds_no_more_and_optimal_no_less_than_greedy(ones, others, thresholds):
    a, b = read(SpanDistance(), ones), read(SpanDistance(), others)
    low, high = sorted(thresholds)

    def at(**options) -> float:
        return float(SpanDistance(matching=Matching(**options)).between([a], [b])[0])

    assert at(score="f1", threshold=low) <= at(score="f1", threshold=high)
    assert at(score="mean") <= at(score="mean", method="greedy") + 1e-12
    assert at(score="f1") <= at(score="f1", method="greedy") + 1e-12
    assert at(score="best") <= at(score="mean") + 1e-12


UNITS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 8), st.sampled_from("ab")).map(
        lambda u: Unit(u[0], u[0] + u[1], u[2])
    ),
    max_size=4,
)


@settings(deadline=None)
@given(annotators=st.lists(UNITS, min_size=2, max_size=3), by=st.integers(1, 9))
def test_disorder_does_not_depend_on_order_place_or_scale(annotators, by):
    def of(turn, factor: float = 1.0, shift: float = 0.0) -> float:
        made = [
            [Unit(u.start * factor + shift, u.end * factor + shift, u.label) for u in units[::-1]] for units in turn
        ]
        return disorder(made, Dissimilarity())

    found = disorder(annotators, Dissimilarity())
    assert found == pytest.approx(of(annotators[::-1]), abs=1e-9)
    assert found == pytest.approx(of(annotators, shift=by), abs=1e-9)
    assert found == pytest.approx(of(annotators, factor=by), abs=1e-9)
    assert disorder([annotators[0]] * len(annotators), Dissimilarity()) == pytest.approx(0, abs=1e-12)


@given(marks=st.lists(st.booleans(), min_size=8, max_size=40), annotators=st.integers(2, 4))
def test_unitizing_alpha_is_one_where_all_mark_alike(marks, annotators):
    units = tuple(Unit(at, at + 1, "x") for at, marked in enumerate(marks) if marked)
    if not units:
        return
    item = Continuum(start=0, end=len(marks) + 1, annotators=(units,) * annotators)
    row = unitizing([item], ["x"])[0]
    assert row.observed == 0
    assert row.expected > 0
    assert row.point == 1.0
    same = unitizing([item, item, item], ["x"])[0].alpha
    assert same.point == same.high == 1.0
    assert 0 < same.low < 1
    assert np.isfinite(same.low)

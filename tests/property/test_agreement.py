"""What must hold for any labels, and a slow definition to hold the fast one against."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate
from labelqa.records.reductions import Patterns
from labelqa.stats.agreement import COEFFICIENTS, cohen_kappa, krippendorff_alpha, per_label
from labelqa.stats.agreement.labels import specific_agreement

LABELS = ("a", "b", "c", "d")
UNITS = st.lists(st.lists(st.integers(0, 3), max_size=6), min_size=1, max_size=12)


def patterns_of(units: list[list[int]], labels: tuple[str, ...] = LABELS) -> Patterns:
    return Patterns.of([[unit.count(label) for label in range(len(labels))] for unit in units], labels)


def outcome(work) -> Estimate | str:
    try:
        return work()
    except InsufficientData as error:
        return error.reason


def alpha_by_definition(units: list[list[int]]) -> float | None:
    """1 - observed / expected disagreement, over ordered pairs of values; Krippendorff's own words, no algebra."""
    paired = [unit for unit in units if len(unit) > 1]
    values = [value for unit in paired for value in unit]
    n = len(values)
    if len(paired) < 2 or len(set(values)) < 2:
        return None
    observed = sum(
        sum(one != other for one, other in permutations(unit, 2)) / (len(unit) - 1) for unit in paired
    ) / n  # fmt: skip
    expected = sum(one != other for one, other in permutations(values, 2)) / (n * (n - 1))
    return 1 - observed / expected


@given(UNITS)
def test_alpha_is_its_definition(units: list[list[int]]):
    slow = alpha_by_definition(units)
    fast = outcome(lambda: krippendorff_alpha(patterns_of(units)))
    if slow is None:
        assert fast in {"no-annotations", "no-overlap", "too-few-items", "no-variation"}
    else:
        assert fast.point == pytest.approx(slow, abs=1e-12)


@given(st.lists(st.integers(0, 3), min_size=2, max_size=20), st.integers(2, 5))
def test_identical_annotators_agree_fully(labels: list[int], annotators: int):
    assume(len(set(labels)) > 1)
    patterns = patterns_of([[label] * annotators for label in labels])
    for measure in COEFFICIENTS:
        estimate = measure.estimate(patterns)
        assert estimate.point == pytest.approx(1.0)
        assert estimate.low < 1.0
        assert estimate.high == 1.0


@given(UNITS, st.permutations(range(4)), st.randoms(use_true_random=False))
def test_names_and_order_do_not_matter(units: list[list[int]], renamed: list[int], shuffle):
    other = [[renamed[label] for label in unit] for unit in units]
    shuffle.shuffle(other)
    for measure in COEFFICIENTS:
        one = outcome(lambda measure=measure: measure.estimate(patterns_of(units)))
        two = outcome(lambda measure=measure: measure.estimate(patterns_of(other)))
        if isinstance(one, Estimate):
            assert [two.point, two.low, two.high] == pytest.approx([one.point, one.low, one.high], abs=1e-9)
        else:
            assert one == two


@given(UNITS)
def test_intervals_hold_the_point_and_grow_with_confidence(units: list[list[int]]):
    patterns = patterns_of(units)
    works = [measure.estimate for measure in COEFFICIENTS]
    works += [lambda p, confidence, i=i: specific_agreement(p, i, confidence=confidence) for i in range(4)]
    for work in works:
        found = [outcome(lambda work=work, c=c: work(patterns, confidence=c)) for c in (0.5, 0.9, 0.99)]
        if isinstance(found[0], str):
            assert len(set(found)) == 1
            continue
        lows, highs = [e.low for e in found], [e.high for e in found]
        assert lows == sorted(lows, reverse=True)
        assert highs == sorted(highs)
        assert all(e.low <= e.point <= e.high <= 1 and e.low >= min(-1, e.point) for e in found)


@given(UNITS)
def test_every_label_has_a_line_and_shares_add_up(units: list[list[int]]):
    assume(any(units))
    lines = per_label(patterns_of(units))
    assert [line.label for line in lines] == list(LABELS)
    assert sum(line.count for line in lines) == sum(map(len, units))
    assert sum(line.share for line in lines) == pytest.approx(1)


@given(st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=3, max_size=3))
@settings(max_examples=50)
def test_kappa_does_not_care_who_is_first(table: list[list[int]]):
    one = outcome(lambda: cohen_kappa(table))
    two = outcome(lambda: cohen_kappa(np.array(table).T))
    if isinstance(one, Estimate):
        assert [one.point, one.low, one.high] == pytest.approx([two.point, two.low, two.high], abs=1e-9)
    else:
        assert one == two

"""What must hold for intervals over any items, and how often they hold the truth where that is hard."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate
from labelqa.records.reductions import Patterns
from labelqa.stats.agreement import COEFFICIENTS, krippendorff_alpha
from labelqa.stats.agreement.item_intervals import default_interval, doubtful, jackknife
from labelqa.stats.agreement.terms import ac_values, alpha_values
from labelqa.stats.clustered import share_over_items
from labelqa.stats.proportion import wilson

LABELS = ("a", "b", "c", "d")
UNITS = st.lists(st.lists(st.integers(0, 3), max_size=6), min_size=1, max_size=12)
MEASURES = st.sampled_from(COEFFICIENTS)
MANY = settings(max_examples=60, deadline=None)


def patterns_of(units: list[list[int]], labels: tuple[str, ...] = LABELS) -> Patterns:
    return Patterns.of([[unit.count(label) for label in range(len(labels))] for unit in units], labels)


def outcome(work) -> Estimate | str:
    try:
        return work()
    except InsufficientData as error:
        return error.reason


@MANY
@given(UNITS, MEASURES, st.floats(0.01, 0.999))
def test_limits_are_in_order_or_there_is_a_reason(units, measure, confidence):
    patterns = patterns_of(units)
    found = outcome(lambda: default_interval(patterns, measure.values, confidence=confidence, lowest=measure.lowest))
    plain = outcome(lambda: measure.estimate(patterns, confidence=confidence))
    if isinstance(found, str):
        assert found == plain
        return
    assert found.point == pytest.approx(plain.point, abs=1e-12)
    assert min(measure.lowest, found.point) <= found.low <= found.point <= found.high <= 1
    assert found.n == patterns.items_with_pairs
    assert found.method.startswith("assumed items, beta, t(")


@MANY
@given(UNITS, MEASURES, st.permutations(range(4)), st.randoms(use_true_random=False))
def test_names_and_order_do_not_matter(units, measure, renamed, shuffle):
    other = [[renamed[label] for label in unit] for unit in units]
    shuffle.shuffle(other)
    one, two = (outcome(lambda u=u: default_interval(patterns_of(u), measure.values)) for u in (units, other))
    if isinstance(one, str):
        assert one == two
    else:
        assert [two.low, two.point, two.high] == pytest.approx([one.low, one.point, one.high], abs=1e-9)


@MANY
@given(UNITS, MEASURES)
def test_more_confidence_and_fewer_items_are_wider(units, measure):
    patterns, more = patterns_of(units), patterns_of(units * 5)
    usual = outcome(lambda: default_interval(patterns, measure.values, lowest=measure.lowest))
    assume(isinstance(usual, Estimate))
    sure = default_interval(patterns, measure.values, lowest=measure.lowest, confidence=0.99)
    assert sure.low <= usual.low + 1e-9
    assert usual.high <= sure.high + 1e-9
    narrow = default_interval(more, measure.values, lowest=measure.lowest)
    assert narrow.high - narrow.low < usual.high - usual.low + 1e-9


@MANY
@given(UNITS, MEASURES)
def test_jackknife_leaves_out_one_item_after_the_other(units, measure):
    units = [unit for unit in units if unit]
    patterns = patterns_of(units)
    found = outcome(lambda: jackknife(patterns, measure.values, lowest=measure.lowest))
    assume(isinstance(found, Estimate) and found.method.startswith("jackknife"))
    labels = np.array([[unit.count(label) for label in range(4)] for unit in units])
    n = len(units)
    rest = [measure.values(np.delete(labels, i, axis=0), np.ones((1, n - 1)))[0] for i in range(n)]
    error = np.sqrt((n - 1) / n * ((rest - np.mean(rest)) ** 2).sum())
    wide = jackknife(patterns, measure.values, lowest=-1e9, confidence=0.5)
    assume(wide.high < 1)
    from scipy.stats import t

    assert wide.high - wide.low == pytest.approx(2 * t.ppf(0.75, n - 1) * error, rel=1e-6, abs=1e-9)


def drawn_items(rng: np.random.Generator, *, items: int, annotators: int, alpha: float, rare: float) -> Patterns:
    """Items each with a chance of their own for the rare label (beta), so that ``alpha`` is the true coefficient."""
    total = 1 / alpha - 1
    chance = rng.beta(total * rare, total * (1 - rare), items)
    marked = rng.binomial(annotators, chance)
    return Patterns.of(np.stack([annotators - marked, marked], axis=1), ("common", "rare"))


@pytest.mark.parametrize("annotators", [3, 5])
def test_few_rare_labels_are_covered_where_linearising_fails(annotators: int):
    rng, held, linear, doubted, known = np.random.default_rng(1), 0, 0, 0, 0
    for _ in range(400):
        patterns = drawn_items(rng, items=50, annotators=annotators, alpha=0.6, rare=0.05)
        found = outcome(lambda patterns=patterns: default_interval(patterns, alpha_values))
        if isinstance(found, str):
            assert found == "no-variation"
            continue
        plain = krippendorff_alpha(patterns)
        known += 1
        held += found.low <= 0.6 <= found.high
        linear += plain.method.startswith("gwet") and plain.low <= 0.6 <= plain.high
        doubted += doubtful(found) is not None
    assert 0.925 <= held / known <= 0.99
    assert linear / known < 0.8
    assert doubted / known > 0.8


@pytest.mark.parametrize(("statistic", "rare"), [(alpha_values, 0.5), (ac_values, 0.5), (alpha_values, 0.2)])
def test_plain_items_are_covered(statistic, rare: float):
    rng = np.random.default_rng(2)
    truth = 0.6
    found = [
        default_interval(drawn_items(rng, items=100, annotators=3, alpha=truth, rare=rare), statistic)
        for _ in range(400)
    ]
    assert 0.925 <= np.mean([one.low <= truth <= one.high for one in found]) <= 0.98
    assert np.mean([doubtful(one) is not None for one in found]) < 0.15


def test_items_that_differ_in_difficulty_are_covered_where_wilson_fails():
    rng, held, plain = np.random.default_rng(3), 0, 0
    for _ in range(300):
        right = rng.binomial(5, rng.beta(0.85 * 2, 0.15 * 2, 100))
        found = share_over_items(right, np.full(100, 5))
        other = wilson(int(right.sum()), 500)
        held += found.low <= 0.85 <= found.high
        plain += other.low <= 0.85 <= other.high
    assert 0.925 <= held / 300 <= 0.985
    assert plain / 300 < 0.9

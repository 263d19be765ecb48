"""Allocation, chances and estimators over strata: what must hold for any of them."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelqa.records.designs import Allocation, StratumSize
from labelqa.stats.strata import (
    allocate,
    complement,
    difference,
    estimate_share,
    fewest,
    inclusion_chances,
    size_measure,
    stratified_difference,
)
from labelqa.stats.strata.walks import interleaved
from labelqa.stats.weighted_share import horvitz_thompson

ITEMS = st.lists(st.integers(0, 60), min_size=1, max_size=6).filter(lambda items: sum(items) > 0)
SPREAD = st.one_of(st.just(0.0), st.floats(1e-3, 1e3))


def strata_of(items: list[int]) -> list[StratumSize]:
    return [StratumSize(name=str(number), items=count) for number, count in enumerate(items)]


@given(ITEMS, st.integers(0, 5), st.sampled_from(Allocation), st.data())
def test_sizes_add_up_within_their_bounds(items, minimum, allocation, data):
    strata = strata_of(items)
    least = fewest(strata, minimum)
    n = data.draw(st.integers(least, sum(items)))
    spreads = data.draw(st.lists(SPREAD, min_size=len(items), max_size=len(items)))
    costs = data.draw(st.lists(st.floats(0.1, 10), min_size=len(items), max_size=len(items)))
    sizes = allocate(n, strata, allocation=allocation, minimum=minimum, spreads=spreads, costs=costs)
    assert sum(sizes) == n
    for size, count in zip(sizes, items, strict=True):
        assert min(minimum, count) <= size <= count
    if n < sum(items):
        with pytest.raises(ValueError, match="take"):
            allocate(sum(items) + 1, strata)


@given(ITEMS, st.data())
def test_proportional_sizes_are_within_one_of_the_proportion(items, data):
    n = data.draw(st.integers(0, sum(items)))
    for size, count in zip(allocate(n, strata_of(items)), items, strict=True):
        assert abs(size - Fraction(n * count, sum(items))) < 1


def by_bisection(n: int, weights: list[float], least: list[int], most: list[int]) -> list[float]:
    low, high = 0.0, 1e9
    for _ in range(200):
        level = (low + high) / 2
        total = sum(min(max(level * w, a), b) for w, a, b in zip(weights, least, most, strict=True))
        low, high = (level, high) if total < n else (low, level)
    return [min(max(high * w, a), b) for w, a, b in zip(weights, least, most, strict=True)]


@given(ITEMS, st.integers(0, 3), st.data())
def test_what_a_full_stratum_cannot_take_goes_to_the_others_by_the_same_rule(items, minimum, data):
    spreads = data.draw(st.lists(st.floats(0.01, 100), min_size=len(items), max_size=len(items)))
    strata, least = strata_of(items), [min(minimum, count) for count in items]
    n = data.draw(st.integers(sum(least), sum(items)))
    sizes = allocate(n, strata, allocation=Allocation.NEYMAN, minimum=minimum, spreads=spreads)
    wanted = by_bisection(n, [count * s for count, s in zip(items, spreads, strict=True)], least, items)
    assert max(abs(size - want) for size, want in zip(sizes, wanted, strict=True)) < 1 + 1e-6


@given(ITEMS, st.data())
def test_every_stretch_is_shared_out_like_the_whole(items, data):
    n = data.draw(st.integers(1, sum(items)))
    sizes = allocate(n, strata_of(items))
    order = interleaved(sizes, items, n)
    assert np.bincount(order, minlength=len(items)).tolist() == list(sizes)
    for t in range(1, n + 1):
        seen = np.bincount(order[:t], minlength=len(items))
        assert all(abs(count - Fraction(t * size, n)) < len(items) for count, size in zip(seen, sizes, strict=True))
    assert sorted(np.bincount(interleaved(sizes, items, sum(items)), minlength=len(items))) == sorted(items)


@given(st.lists(st.floats(0.01, 50), min_size=1, max_size=40), st.data())
def test_chances_add_up_and_follow_the_sizes(sizes, data):
    n = data.draw(st.integers(0, len(sizes)))
    chances = inclusion_chances(sizes, n)
    assert chances.sum() == pytest.approx(n, abs=1e-9)
    assert ((chances >= 0) & (chances <= 1)).all()
    open_ = chances < 1 - 1e-9
    if n and open_.sum() > 1:
        ratio = chances[open_] / np.array(sizes)[open_]
        assert np.ptp(ratio) <= 1e-9 * ratio.max()
        if not open_.all():
            assert np.array(sizes)[~open_].min() >= np.array(sizes)[open_].max() * (1 - 1e-9)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50), st.floats(0.05, 1))
def test_no_size_is_below_the_floor_and_the_mean_is_one(scores, floor):
    sizes = size_measure(scores, floor)
    assert sizes.min() >= floor - 1e-12
    assert sizes.mean() == pytest.approx(1)


@given(st.floats(0, 1), st.integers(1, 20))
def test_scores_that_are_all_alike_give_a_simple_random_draw(score, count):
    assert size_measure([score] * count).tolist() == [1.0] * count


def designs(population: int, n: int, rng: np.random.Generator) -> tuple[list[tuple[int, ...]], np.ndarray, np.ndarray]:
    """Every sample of ``n``, a chance for each, and the chances of the items that follow."""
    samples = list(itertools.combinations(range(population), n))
    chance = rng.dirichlet(np.ones(len(samples)))
    items = np.array([sum(p for p, each in zip(chance, samples, strict=True) if i in each) for i in range(population)])
    return samples, chance, items


@given(st.integers(0, 10_000))
@settings(max_examples=25)
def test_shares_are_free_of_bias_over_all_samples_of_any_design(seed):
    rng = np.random.default_rng(seed)
    y = rng.permutation([True] * 4 + [False] * 3)
    r = rng.uniform(0.3, 0.6, 7)
    samples, chance, pi = designs(7, 4, rng)
    means = {}
    for p, each in zip(chance, samples, strict=True):
        drawn = list(each)
        expanded = {
            "ht": (y[drawn] / pi[drawn]).sum() / 7,
            "difference": (r.sum() + ((y[drawn] - r[drawn]) / pi[drawn]).sum()) / 7,
        }
        found = {
            "ht": horvitz_thompson(y[drawn], pi[drawn], 7).figure,
            "difference": difference(y[drawn], pi[drawn], 7, scores=r[drawn], score_total=r.sum()).figure,
        }
        for name, value in expanded.items():
            assert found[name].low <= found[name].point <= found[name].high
            if found[name].method.startswith(("horvitz", "difference")) and 0 < value < 1:
                assert found[name].point == pytest.approx(value)
            means[name] = means.get(name, 0) + p * value
    assert means == {name: pytest.approx(4 / 7) for name in means}


def test_strata_are_free_of_bias_over_all_samples():
    y = np.array([1, 1, 0, 1, 0, 1, 1, 0, 1], dtype=bool)
    r = np.array([0.5, 0.6, 0.4, 0.55, 0.45, 0.6, 0.5, 0.5, 0.5])
    stratum = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1])
    totals = [r[stratum == h].sum() for h in (0, 1)]
    points = [
        stratified_difference(
            y[[*a, *b]], stratum[[*a, *b]], [4, 5], scores=r[[*a, *b]], score_totals=totals
        ).figure.point
        for a in itertools.combinations(range(4), 3)
        for b in itertools.combinations(range(4, 9), 3)
    ]
    assert all(0 < point < 1 for point in points)
    assert np.mean(points) == pytest.approx(y.mean())


@given(
    st.lists(st.tuples(st.booleans(), st.floats(0.05, 1), st.floats(0, 1)), min_size=3, max_size=25), st.floats(0, 1)
)
def test_estimates_are_shares_with_their_point_inside(rows, mean):
    y, p, r = (np.array(column) for column in zip(*rows, strict=True))
    if 1 <= (p < 1).sum() < 2:
        return
    found = estimate_share(y, p, 500, scores=r, score_total=500 * mean)
    assert 0 <= found.figure.low <= found.figure.point <= found.figure.high <= 1
    other = complement(found).figure
    assert (other.low, other.high) == (1 - found.figure.high, 1 - found.figure.low)

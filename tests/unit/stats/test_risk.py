"""Draws by risk: real chances are the stated ones, and the estimators hold the truth and refuse nonsense."""

from __future__ import annotations

import numpy as np
import pytest

from labelqa.errors import InsufficientData
from labelqa.records.designs import Allocation, StratumSize
from labelqa.stats.strata import (
    allocate,
    difference,
    estimate_share,
    inclusion_chances,
    reviews_for_half_width,
    reviews_for_margin,
    reviews_for_share,
    reviews_of_strata,
    size_measure,
    stratified_difference,
    tuned_difference,
)
from labelqa.stats.strata.difference import tuning
from labelqa.stats.weighted_share import horvitz_thompson


def test_items_come_as_often_as_their_chances_say():
    rng = np.random.default_rng(11)
    sizes = size_measure(rng.beta(0.3, 5, 300))
    n, runs = 60, 20_000
    chances = inclusion_chances(sizes, n)
    taken = np.zeros(300)
    for _ in range(runs):
        taken[np.argpartition(rng.random(300) / sizes, n - 1)[:n]] += 1
    noise = np.sqrt(chances * (1 - chances) / runs)
    # four standard errors, and what sequential Poisson sampling itself is off by at n = 60
    assert (np.abs(taken / runs - chances) < 4 * noise + 0.012).all()
    assert np.abs(taken / runs - chances).mean() < 0.004
    assert np.ptp(taken / runs) > 0.4  # and not because all were alike


def test_no_item_counts_for_more_than_the_floor_allows():
    scores = np.r_[np.zeros(900), np.full(100, 0.5)]
    for floor in (0.1, 0.25, 1.0):
        chances = inclusion_chances(size_measure(scores, floor), 50)
        assert (1 / chances).max() <= 1000 / 50 / floor + 1e-9
    assert size_measure(scores, 1.0).tolist() == [1.0] * 1000


def test_what_is_surely_wrong_is_not_drawn_for_it():
    assert size_measure([0.0, 0.5, 1.0]).argmax() == 1
    assert size_measure([0.0, 1.0, 0.0]).tolist() == [1.0, 1.0, 1.0]
    assert size_measure([]).tolist() == []


def world(seed: int) -> tuple[np.ndarray, np.ndarray, np.random.Generator]:
    rng = np.random.default_rng(seed)
    scores = rng.beta(0.3, 6, 4000)
    return scores, rng.random(4000) < scores, rng


def test_the_share_of_a_draw_by_risk_is_found_again():
    held = {"default": 0, "difference": 0, "tuned": 0}
    for seed in range(150):
        scores, wrong, rng = world(seed)
        sizes = size_measure(scores)
        taken = np.argsort(rng.random(4000) / sizes)[:250]
        known = (wrong[taken], inclusion_chances(sizes, 250)[taken], 4000)
        for name, way in (("default", estimate_share), ("difference", difference), ("tuned", tuned_difference)):
            figure = way(*known, scores=scores[taken], score_total=scores.sum()).figure
            held[name] += figure.low <= wrong.mean() <= figure.high
    assert all(count >= 134 for count in held.values()), held  # 95 % of 150, less three standard errors


def test_scores_make_the_interval_shorter():
    scores, wrong, rng = world(1)
    sizes = size_measure(scores)
    taken = np.argsort(rng.random(4000) / sizes)[:250]
    simple = rng.permutation(4000)[:250]
    known = {"scores": scores[taken], "score_total": scores.sum()}
    risky = estimate_share(wrong[taken], inclusion_chances(sizes, 250)[taken], 4000, **known)
    plain = estimate_share(wrong[simple], np.full(250, 250 / 4000), 4000)
    assert risky.figure.method.startswith("difference")
    assert plain.figure.method.startswith("horvitz-thompson")
    assert risky.effective_n > 1.5 * plain.effective_n


def test_scores_on_another_scale_help_to_choose_and_are_not_added_up():
    scores, wrong, rng = world(2)
    bold = np.clip(12 * scores, 0, 1)
    sizes = size_measure(bold)
    taken = np.argsort(rng.random(4000) / sizes)[:250]
    chances = inclusion_chances(sizes, 250)[taken]
    found = estimate_share(wrong[taken], chances, 4000, scores=bold[taken], score_total=bold.sum())
    assert found == horvitz_thompson(wrong[taken], chances, 4000)
    assert difference(wrong[taken], chances, 4000, scores=bold[taken], score_total=bold.sum()) != found


def test_without_a_wrong_item_the_scores_do_not_speak_for_the_reviews():
    marks, chances, scores = np.zeros(50, bool), np.full(50, 0.05), np.full(50, 0.01)
    found = difference(marks, chances, 1000, scores=scores, score_total=10.0)
    assert found == horvitz_thompson(marks, chances, 1000)
    assert found.figure.low == 0
    assert found.figure.high > 0.05


def test_a_score_that_is_right_about_everything_is_scaled_by_one_and_noise_by_nothing():
    rng = np.random.default_rng(4)
    y, p = (rng.random(4000) < 0.2).astype(float), rng.uniform(0.1, 0.9, 4000)
    assert tuning(y, y, p) == pytest.approx(1)
    assert tuning(y, rng.random(4000), p) < 0.15
    assert tuning(y, 1 - y, p) == 0
    assert tuning(y, y, np.ones(4000)) == 0


def test_the_whole_batch_reviewed_is_a_census():
    y, r = np.array([1, 0, 0, 1], bool), np.array([0.5, 0.2, 0.1, 0.7])
    for way in (difference, tuned_difference, estimate_share):
        figure = way(y, np.ones(4), 4, scores=r, score_total=r.sum()).figure
        assert (figure.low, figure.point, figure.high, figure.method) == (0.5, 0.5, 0.5, "census")


def test_strata_with_their_own_differences():
    rng = np.random.default_rng(8)
    number = np.repeat([0, 1], [3000, 1000])
    scores = np.where(number == 0, 0.02, 0.3) * rng.uniform(0.2, 1.8, 4000)
    held = 0
    for _ in range(120):
        wrong = rng.random(4000) < scores
        taken = np.r_[rng.choice(3000, 150, False), 3000 + rng.choice(1000, 150, False)]
        totals = [scores[number == h].sum() for h in (0, 1)]
        found = stratified_difference(
            wrong[taken], number[taken], [3000, 1000], scores=scores[taken], score_totals=totals
        )
        held += found.figure.low <= wrong.mean() <= found.figure.high
    assert held >= 107


def test_a_planned_margin_is_the_one_that_is_had():
    scores, wrong, rng = world(6)
    n = reviews_for_margin(scores, margin=0.02)
    sizes = size_measure(scores)
    widths = []
    for _ in range(60):
        taken = np.argsort(rng.random(4000) / sizes)[:n]
        known = {"scores": scores[taken], "score_total": scores.sum()}
        figure = estimate_share(wrong[taken], inclusion_chances(sizes, n)[taken], 4000, **known).figure
        widths.append((figure.high - figure.low) / 2)
    assert 0.016 < np.mean(widths) < 0.024
    assert n < 0.7 * reviews_for_share(0.02, scores.mean(), 4000)
    assert reviews_for_margin(np.full(300, 0.5), margin=0.05) == reviews_for_share(0.05, 0.5, 300)


def test_planned_strata():
    strata = [StratumSize(name="a", items=6000, expected=0.01), StratumSize(name="b", items=2000, expected=0.2)]
    proportional, neyman = (reviews_of_strata(strata, margin=0.02, allocation=kind)
                            for kind in (Allocation.PROPORTIONAL, Allocation.NEYMAN))  # fmt: skip
    assert neyman < proportional < reviews_for_share(0.02, 0.0575, 8000)
    items = [each.items for each in strata]
    spreads = [(e * (1 - e) * N / (N - 1)) ** 0.5 for e, N in zip((0.01, 0.2), items, strict=True)]
    assert abs(proportional - reviews_for_half_width(0.02, items, spreads)) <= 1


def test_nonsense_is_refused():
    strata = [StratumSize(name="a", items=10)]
    for broken in (
        lambda: size_measure([0.1, 1.2]), lambda: size_measure([float("nan")]), lambda: size_measure([0.1], 1.5),
        lambda: size_measure([0.0, 0.5], 0.0), lambda: inclusion_chances([1, 0], 1), lambda: inclusion_chances([1, 1], 3),
        lambda: inclusion_chances([1, float("inf")], 1), lambda: allocate(11, strata), lambda: allocate(1, strata, minimum=2),
        lambda: allocate(3, strata, allocation=Allocation.NEYMAN, spreads=[1, 2]),
        lambda: allocate(3, strata, allocation=Allocation.COST_OPTIMAL, costs=[0]),
        lambda: difference([True], [0.5], 5, scores=[0.1, 0.2], score_total=1),
        lambda: difference([True, False], [0.5, 0.5], 1, scores=[0.1, 0.2], score_total=1),
        lambda: stratified_difference([True], [0], [5], scores=[0.5], score_totals=[1]),
        lambda: stratified_difference([True, False], [0, 3], [5, 5], scores=[0.5, 0.5], score_totals=[1, 1]),
        lambda: reviews_for_margin([], margin=0.1), lambda: reviews_for_margin([0.1], margin=0),
        lambda: reviews_of_strata([], margin=0.1), lambda: reviews_for_share(0, 0.5),
        lambda: reviews_for_half_width(0.1, [10], [1], allocation=Allocation.COST_OPTIMAL),
    ):  # fmt: skip
        with pytest.raises(ValueError):
            broken()
    with pytest.raises(InsufficientData):
        estimate_share([], [], 5)

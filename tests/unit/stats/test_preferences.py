"""Strengths from comparisons: the textbook's, a plain MM's, and refusals that name who cannot be compared."""

from __future__ import annotations

from math import exp, log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelqa.errors import InsufficientData
from labelqa.stats.annotators.preferences import BradleyTerry, Comparisons, bradley_terry, preference_agreement

CITATIONS = {  # wins of the row over the column: Agresti (1990), citations among four journals of statistics
    ("Biometrika", "Comm Statist"): (730, 33),
    ("Biometrika", "JASA"): (498, 320),
    ("Biometrika", "JRSS-B"): (221, 284),
    ("Comm Statist", "JASA"): (68, 813),
    ("Comm Statist", "JRSS-B"): (17, 276),
    ("JASA", "JRSS-B"): (142, 325),
}
JOURNALS = ("Biometrika", "Comm Statist", "JASA", "JRSS-B")


def comparisons(rows, options, annotator=None) -> Comparisons:
    first, second, outcome = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    who = np.zeros(len(rows), dtype=np.int64) if annotator is None else np.asarray(annotator)
    return Comparisons(options=options, first=first, second=second, outcome=outcome, annotator=who)


def citations() -> Comparisons:
    rows = []
    for (one, other), (wins, losses) in CITATIONS.items():
        i, j = JOURNALS.index(one), JOURNALS.index(other)
        rows += [(i, j, 0)] * wins + [(j, i, 0)] * losses  # losses are told the other way round
    return comparisons(rows, JOURNALS)


def test_journals_as_they_are_printed():
    """R's BradleyTerry2 (Turner and Firth 2012), its citations example: Biometrika is the base, standard errors."""
    fit = bradley_terry(citations())
    wanted = {"Comm Statist": (-2.94907, 0.10255), "JASA": (-0.47957, 0.06059), "JRSS-B": (0.26895, 0.07083)}
    for name, (point, error) in wanted.items():
        found = fit.difference(JOURNALS.index(name), 0)
        assert found.point == pytest.approx(point, abs=6e-6)
        assert (found.high - found.low) / 2 / 1.959963985 == pytest.approx(error, abs=6e-6)
    assert sum(each.point for each in fit.strength) == pytest.approx(0, abs=1e-9)
    assert fit.tie == 0.0


def plain(data: Comparisons, rounds: int = 4000) -> tuple[np.ndarray, float]:
    """Davidson's model by cyclic minorisation, one number at a time (Hunter 2004): slow and obvious."""
    m = len(data.options)
    pi, nu = np.ones(m), 1.0
    rows = list(zip(data.first.tolist(), data.second.tolist(), data.outcome.tolist(), strict=True))
    wins = [sum((o == 0 and i == k) or (o == 1 and j == k) or (o == 2 and k in (i, j)) / 2 for i, j, o in rows)
            for k in range(m)]  # fmt: skip
    ties = sum(o == 2 for _, _, o in rows)
    nu = 1.0 if ties else 0.0
    for _ in range(rounds):
        for k in range(m):
            below = 0.0
            for i, j, _ in rows:
                if k in (i, j):
                    other = pi[j if k == i else i]
                    whole = pi[i] + pi[j] + nu * sqrt(pi[i] * pi[j])
                    below += (1 + nu / 2 * sqrt(other / pi[k])) / whole
            pi[k] = wins[k] / below
        if ties:
            nu = ties / sum(sqrt(pi[i] * pi[j]) / (pi[i] + pi[j] + nu * sqrt(pi[i] * pi[j])) for i, j, _ in rows)
        pi /= np.exp(np.log(pi).mean())
    return pi, nu


def test_ties_beside_a_plain_minorisation():
    rows = [(0, 1, 0)] * 4 + [(0, 1, 1)] * 2 + [(0, 1, 2)] * 3 + [(1, 2, 0), (1, 2, 1), (1, 2, 2), (2, 0, 0), (2, 0, 2)]
    data = comparisons(rows, ("x", "y", "z"))
    fit = bradley_terry(data)
    pi, nu = plain(data, 600)
    assert [each.point for each in fit.strength] == pytest.approx(np.log(pi), abs=1e-6)
    assert fit.tie == pytest.approx(nu, abs=1e-6)
    first, second, neither = fit.outcomes(0, 1)
    assert first + second + neither == pytest.approx(1)
    whole = pi[0] + pi[1] + nu * sqrt(pi[0] * pi[1])
    assert (first, neither) == pytest.approx((pi[0] / whole, nu * sqrt(pi[0] * pi[1]) / whole), abs=1e-6)
    assert fit.preferred(0, 1).point == pytest.approx(pi[0] / (pi[0] + pi[1]), abs=1e-6)


def test_two_options_are_a_share():
    fit = bradley_terry(comparisons([(0, 1, 0)] * 30 + [(1, 0, 0)] * 10, ("x", "y")))
    chance = fit.preferred(0, 1)
    assert chance.point == pytest.approx(0.75)
    half = 1.959963985 * sqrt(1 / 30 + 1 / 10)
    assert (chance.low, chance.high) == pytest.approx((1 / (1 + exp(half) / 3), 1 / (1 + exp(-half) / 3)))
    assert fit.log_likelihood == pytest.approx(30 * log(0.75) + 10 * log(0.25))
    assert (chance.n, chance.method) == (40, "bradley-terry, wald")


def test_intervals_cover():
    """True differences of ten options from 450 comparisons: 95 % intervals hold about 95 % of them."""
    rng = np.random.default_rng(4)
    inside = total = 0
    for _ in range(60):
        truth = rng.normal(0, 1, 10)
        first, second = (np.tile(each, 10) for each in np.triu_indices(10, k=1))
        x = np.exp(np.column_stack([truth[first], truth[second], (truth[first] + truth[second]) / 2 + log(0.6)]))
        outcome = (rng.random(len(x))[:, None] > np.cumsum(x / x.sum(axis=1, keepdims=True), axis=1)).sum(axis=1)
        fit = bradley_terry(comparisons(list(zip(first, second, outcome, strict=True)), tuple("abcdefghij")), prior=0.1)
        for i in range(1, 10):
            found = fit.difference(i, i - 1)
            inside += found.low <= truth[i] - truth[i - 1] <= found.high
            total += 1
    assert 0.92 <= inside / total <= 0.98


def test_groups_that_were_never_compared_are_named():
    data = comparisons([(0, 1, 0), (1, 0, 0), (2, 3, 0), (3, 2, 0)], ("a", "b", "c", "d"))
    for prior in (0.0, 0.5):
        with pytest.raises(InsufficientData) as caught:
            bradley_terry(data, prior=prior)
        assert caught.value.reason == "disconnected-comparisons"
        assert str(caught.value).endswith("a, b | c, d")


def test_one_that_always_won_is_refused_unless_a_prior_holds_it():
    rows = [(0, 1, 0), (1, 2, 0), (2, 1, 0), (0, 2, 0)]
    data = comparisons(rows, ("best", "y", "z"))
    with pytest.raises(InsufficientData) as caught:
        bradley_terry(data)
    assert caught.value.reason == "separated-comparisons"
    assert "best | y, z" in str(caught.value) or "y, z | best" in str(caught.value)
    held = bradley_terry(data, prior=0.5)
    assert held.strength[0].point > held.strength[1].point == pytest.approx(held.strength[2].point)
    tied = bradley_terry(comparisons([*rows, (0, 1, 2)], ("best", "y", "z")))  # a tie is a loss in part
    assert tied.strength[0].high < np.inf


def test_a_weak_prior_changes_little_and_a_strong_one_pulls_together():
    plainly, weakly, strongly = (bradley_terry(citations(), prior=prior) for prior in (0.0, 0.1, 1e5))
    for a, b, c in zip(plainly.strength, weakly.strength, strongly.strength, strict=True):
        assert b.point == pytest.approx(a.point, abs=2e-3)
        assert abs(c.point) < 0.1
        assert (b.high - b.low) == pytest.approx(a.high - a.low, rel=1e-2)


def test_an_annotator_beside_the_scale_of_the_others():
    rng = np.random.default_rng(7)
    strength, rows, who = np.array([2.0, 1.0, 0.0, -1.0, -2.0]), [], []
    for annotator in range(4):
        for _ in range(150):
            i, j = rng.choice(5, 2, replace=False)
            wins = rng.random() < 1 / (1 + exp(strength[j] - strength[i]))
            if annotator == 2:
                wins = rng.random() < 0.5
            rows.append((i, j, 2 if rng.random() < 0.1 else int(not wins)))
            who.append(annotator)
    lines = {line.annotator: line for line in preference_agreement(comparisons(rows, tuple("abcde"), who))}
    assert len(lines) == 4
    assert lines[2].agreement.high < min(lines[each].agreement.low for each in (0, 1, 3))
    assert lines[0].agreement.n + lines[0].ties == 150


def fitted(data: Comparisons) -> tuple[BradleyTerry | None, str]:
    try:
        return bradley_terry(data, prior=0.2), ""
    except InsufficientData as error:
        return None, error.reason


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=40))
@settings(max_examples=80, deadline=None)
def test_order_and_sides_do_not_matter(rows: list[tuple[int, int, int]]):
    rows = [row for row in rows if row[0] != row[1]]
    if not rows:
        return
    turned = [(j, i, {0: 1, 1: 0, 2: 2}[o]) for i, j, o in reversed(rows)]
    (fit, reason), (other, same) = (fitted(comparisons(each, tuple("abcd"))) for each in (rows, turned))
    assert reason == same
    assert reason in {"", "disconnected-comparisons", "no-variation"}
    if fit is None or other is None:
        return
    assert [each.point for each in fit.strength] == pytest.approx([each.point for each in other.strength], abs=1e-7)
    for each in fit.strength:
        assert each.low < each.point < each.high


def test_an_annotator_is_no_witness_in_the_own_case():
    rows = [(0, 1, 0), (1, 2, 0), (0, 2, 0)] * 3
    contrary = [(0, 1, 1), (1, 2, 1), (0, 2, 1), (0, 1, 2)]
    data = comparisons(rows + contrary, ("a", "b", "c"), [0] * 9 + [5] * 4)
    lines = preference_agreement(data)
    assert [(line.annotator, line.agreement.point, line.ties) for line in lines] == [(0, 0.0, 0), (5, 0.0, 1)]
    assert [line.agreement.n for line in lines] == [9, 3]


def test_the_prior_counts_as_comparisons_with_an_average_option():
    """x and y each draw ten imaginary comparisons with an option of strength zero, five of them won."""
    fit = bradley_terry(comparisons([(0, 1, 0)] * 6 + [(0, 1, 1)] * 2, ("x", "y")), prior=10)
    s = fit.strength[0].point
    chance, own = 1 / (1 + exp(-2 * s)), 1 / (1 + exp(-s))
    assert 6 - 8 * chance + 10 * (0.5 - own) == pytest.approx(0, abs=1e-9)
    penalty = 2 * 5 * (log(own) + log(1 - own))
    assert fit.log_likelihood == pytest.approx(6 * log(chance) + 2 * log(1 - chance) + penalty)


def test_nothing_to_compare():
    empty = np.zeros(0, dtype=np.int64)
    for data, reason in (
        (Comparisons(options=("a", "b"), first=empty, second=empty, outcome=empty, annotator=empty), "no-comparisons"),
        (comparisons([(0, 1, 2)], ("a", "b")), "no-variation"),
    ):
        with pytest.raises(InsufficientData) as caught:
            bradley_terry(data)
        assert caught.value.reason == reason
    for rows in ([(0, 0, 1)], [(0, 2, 1)], [(0, 1, 3)], [(-1, 1, 0)]):
        with pytest.raises(ValueError, match="option"):
            comparisons(rows, ("a", "b"))
    with pytest.raises(ValueError, match="prior"):
        bradley_terry(comparisons([(0, 1, 0)], ("a", "b")), prior=-1)

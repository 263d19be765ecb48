"""Chances of counts against scipy, and the proven limits against exact whole numbers in very large batches."""

from __future__ import annotations

from fractions import Fraction
from math import comb, log

import numpy as np
import pytest
from scipy.stats import betabinom, hypergeom

from labelqa.stats.sequential import Evidence, Marks
from labelqa.stats.sequential.counting import log_hypergeometric, log_marginal, log_tails
from labelqa.stats.sequential.stopping import Limits


@pytest.mark.parametrize(("population", "marked", "drawn"), [(100, 30, 40), (1000, 50, 300), (50, 50, 20), (60, 0, 9)])
def test_counts_are_scipys(population: int, marked: int, drawn: int):
    k = np.arange(drawn + 1)
    given = {"drawn": drawn, "undrawn": population - drawn, "marked": marked}
    law = hypergeom(population, marked, drawn)
    assert np.exp(log_hypergeometric(k, **given)) == pytest.approx(law.pmf(k), rel=1e-9, abs=1e-300)
    lower, upper = log_tails(k, **given)
    assert np.exp(lower) == pytest.approx(law.cdf(k), rel=1e-9, abs=1e-300)
    assert np.exp(upper) == pytest.approx(law.sf(k), rel=1e-7, abs=1e-300)


def test_long_tails_are_scipys():
    size, marked, drawn = 10**6, 200_000, 400_000
    k = np.arange(79_000, 81_001, 250)
    lower, upper = log_tails(k, drawn=drawn, undrawn=size - drawn, marked=marked)
    law = hypergeom(size, marked, drawn)
    assert np.exp(lower) == pytest.approx(law.cdf(k), rel=1e-6)
    assert np.exp(upper) == pytest.approx(law.sf(k), rel=1e-6)
    assert np.exp(lower) + np.exp(upper) == pytest.approx(1, abs=1e-12)
    both = [np.exp(log_tails(k - shift, drawn=drawn, undrawn=size - drawn, marked=marked)[0]) for shift in (0, 1)]
    chance = np.exp(log_hypergeometric(k, drawn=drawn, undrawn=size - drawn, marked=marked))
    assert both[0] - both[1] == pytest.approx(chance, rel=1e-9, abs=1e-14)


@pytest.mark.parametrize("weight", [1.0, 3.5, 60.0, 3000.0])
def test_the_marginal_is_the_beta_binomial(weight: float):
    k = np.arange(201)
    assert np.exp(log_marginal(k, drawn=200, weight=weight)) == pytest.approx(
        betabinom(200, 1, weight).pmf(k), rel=1e-8
    )


@pytest.mark.parametrize(("n", "a", "b", "k"), [(500, 4, 57.5, 30), (900, 1, 42.857, 80), (80, 7, 12.25, 20)])
def test_the_tail_with_a_prior_added_is_that_of_the_beta_binomial(n: int, a: int, b: float, k: int):
    """P(K <= k) of a beta-binomial (n; a, b): at least a marked among the first k + a of n + a + b - 1."""
    _, over = log_tails(a - 1, drawn=a + b - 1, undrawn=n, marked=k + a)
    assert np.exp(over) == pytest.approx(betabinom(n, a, b).cdf(k), rel=1e-9)


@pytest.mark.parametrize(("population", "marked", "drawn", "k"), [
    (10**6, 50_001, 10_000, 400), (10**5, 20_000, 50_000, 9700), (10**6, 1001, 30_000, 10), (10**5, 99_000, 5000, 4990),
])  # fmt: skip
def test_digits_are_kept_in_large_batches(population: int, marked: int, drawn: int, k: int):
    ways = comb(marked, k) * comb(population - marked, drawn - k)
    exact = log(ways * 10**60 // comb(population, drawn)) - 60 * log(10)
    found = log_hypergeometric(k, drawn=drawn, undrawn=population - drawn, marked=marked)[0]
    assert found == pytest.approx(exact, abs=1e-12)


def test_proven_limits_of_ten_thousand_are_those_of_whole_numbers():
    """Sixty right verdicts added, cut below 501: the evidence worked out with whole numbers decides alike."""
    size, limit, weight = 10_000, 501, 60
    first = Limits(Evidence(Marks(size), limit, float(weight)), 0.05, 0.05).first_proven(np.arange(4.0))
    kept = comb(size + weight, weight) - comb(size + weight - limit, weight)  # ways to have one or more of D0 among b

    def exact(t: int, e: int) -> Fraction:
        total = comb(size + weight, t + weight)
        under = sum(comb(limit, j) * comb(size + weight - limit, t + weight - j) for j in range(e + 1))
        marginal = Fraction(comb(t, e) * weight, comb(weight + t, e) * (weight + t - e))
        null = Fraction(comb(limit, e) * comb(size - limit, t - e), comb(size, t))
        return marginal * Fraction(total - under, total) / Fraction(kept, comb(size + weight, weight)) / null

    for e, t in enumerate(first.tolist()):
        assert exact(t - 1, e) < 20 <= exact(t, e)

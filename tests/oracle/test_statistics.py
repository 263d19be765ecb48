"""Our numbers beside those of statsmodels, scikit-learn and SciPy on random data."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import betabinom, binomtest, false_discovery_control, fisher_exact, norm
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.inter_rater import fleiss_kappa as other_fleiss
from statsmodels.stats.proportion import proportion_confint

from labelqa.records.reductions import Patterns
from labelqa.stats.agreement import cohen_kappa, fleiss_kappa
from labelqa.stats.drift.chances import adjusted, chance_of_so_few, chance_of_so_many
from labelqa.stats.drift.trend import falling
from labelqa.stats.proportion import clopper_pearson, wilson


@pytest.mark.parametrize("seed", range(20))
def test_cohen_kappa(seed: int):
    rng = np.random.default_rng(seed)
    one = rng.integers(0, 4, 80)
    other = np.where(rng.random(80) < 0.6, one, rng.integers(0, 4, 80))
    table = np.zeros((4, 4), dtype=int)
    np.add.at(table, (one, other), 1)
    ours, theirs = cohen_kappa(table), cohens_kappa(table)
    assert ours.point == pytest.approx(cohen_kappa_score(one, other), abs=1e-12)
    assert [ours.low, ours.high] == pytest.approx([theirs.kappa_low, theirs.kappa_upp], abs=1e-9)


@pytest.mark.parametrize("seed", range(10))
def test_fleiss_kappa_with_equal_numbers(seed: int):
    counts = np.random.default_rng(seed).multinomial(5, [0.5, 0.3, 0.2], size=40)
    assert fleiss_kappa(Patterns.of(counts, ("a", "b", "c"))).point == pytest.approx(other_fleiss(counts), abs=1e-12)


@pytest.mark.parametrize(("correct", "n"), [(0, 7), (7, 7), (3, 9), (480, 500), (1, 1000)])
def test_binomial_intervals(correct: int, n: int):
    for ours, method in ((wilson, "wilson"), (clopper_pearson, "beta")):
        share = ours(correct, n, confidence=0.9)
        assert [share.low, share.high] == pytest.approx(proportion_confint(correct, n, 0.1, method), abs=1e-9)
    exact = binomtest(correct, n).proportion_ci(0.9)
    assert [clopper_pearson(correct, n, confidence=0.9).low] == pytest.approx([exact.low], abs=1e-9)


def test_adjusted_chances():
    chances = np.random.default_rng(1).random(30) ** 3
    assert adjusted(list(chances)) == pytest.approx(tuple(false_discovery_control(chances)), abs=1e-12)
    with_certain = np.concatenate([chances, np.ones(15)])
    assert adjusted(list(chances), looked_at=45) == pytest.approx(tuple(false_discovery_control(with_certain)[:30]))
    assert adjusted([]) == ()
    with pytest.raises(ValueError, match="cannot come"):
        adjusted([0.1, 0.2], looked_at=1)


@pytest.mark.parametrize("seed", range(20))
def test_a_fall_over_two_weeks_is_fishers_exact_test(seed: int):
    rng = np.random.default_rng(seed)
    n = rng.integers(5, 40, 2)
    right = rng.binomial(n, 0.8)
    table = [[right[0], n[0] - right[0]], [right[1], n[1] - right[1]]]
    assert falling(right, n) == pytest.approx(fisher_exact(table, alternative="greater").pvalue, abs=1e-9)


def test_a_fall_with_many_errors_is_the_score_test():
    right, n = np.array([90, 80, 70, 75]), np.array([120, 110, 105, 130])
    score, p = np.arange(4), right.sum() / n.sum()
    statistic = score @ (right - n * p)
    spread = p * (1 - p) * (n @ score**2 - (n @ score) ** 2 / n.sum()) * n.sum() / (n.sum() - 1)
    assert falling(right, n) == pytest.approx(norm.cdf(statistic / np.sqrt(spread)), abs=1e-12)


def test_exact_and_approximate_falls_meet():
    rng = np.random.default_rng(3)
    differences = []
    for _ in range(40):
        n = rng.integers(60, 120, 5)
        wrong = rng.binomial(n, 0.06)
        exact = falling(n - wrong, n)
        p = wrong.sum() / n.sum()
        score = np.arange(5) - (n @ np.arange(5)) / n.sum()
        z = score @ wrong / np.sqrt(p * (1 - p) * (n @ score**2))
        differences.append(abs(exact - norm.sf(z)))
    assert np.mean(differences) < 0.03


def test_chance_beside_the_team_is_beta_binomial():
    for count, n, team, team_n in ((12, 20, 170, 200), (0, 15, 3, 30), (40, 60, 700, 900)):
        law = betabinom(n, team + 0.5, team_n - team + 0.5)
        few = chance_of_so_few(count, n, team=team, team_n=team_n, margin=0.0)
        many = chance_of_so_many(count, n, team=team, team_n=team_n, margin=0.0)
        assert few == pytest.approx(law.cdf(count), rel=0.02, abs=1e-6)
        assert many == pytest.approx(law.sf(count - 1), rel=0.02, abs=1e-6)
        assert chance_of_so_few(count, n, team=team, team_n=team_n, margin=0.1) > few

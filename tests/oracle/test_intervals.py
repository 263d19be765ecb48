"""Jackknife, bootstrap and BCa beside SciPy's, and beside the plainest way: real items, left out or drawn one by one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import beta, binom, norm, t
from scipy.stats import bootstrap as other_bootstrap

from labelqa.records.reductions import Patterns
from labelqa.stats.agreement import COEFFICIENTS
from labelqa.stats.agreement.item_intervals import default_interval, jackknife
from labelqa.stats.agreement.terms import percent_values
from labelqa.stats.clustered import share_over_items, share_values
from labelqa.stats.proportion import hypergeometric_interval, wilson
from labelqa.stats.resample import acceleration, bootstrap

LABELS = ("a", "b", "c")


def rows_of_items(seed: int, items: int = 40) -> np.ndarray:
    """Label counts item by item, one to four answers each."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(3, items, p=[0.6, 0.3, 0.1])
    given = np.where(rng.random((items, 4)) < 0.7, truth[:, None], rng.integers(0, 3, (items, 4)))
    kept = rng.random((items, 4)) < 0.8
    kept[:, 0] = True
    return ((given[:, :, None] == np.arange(3)) & kept[:, :, None]).sum(axis=1)


def value(measure, rows: np.ndarray) -> float:
    """The coefficient of items as they are, none put together with another."""
    return float(measure.values(rows, np.ones((1, len(rows))))[0])


@pytest.mark.parametrize("measure", COEFFICIENTS, ids=lambda measure: measure.name)
@pytest.mark.parametrize("seed", range(3))
def test_jackknife_of_real_items(measure, seed: int):
    rows = rows_of_items(seed)
    n = len(rows)
    pseudo = n * value(measure, rows) - (n - 1) * np.array(
        [value(measure, np.delete(rows, i, axis=0)) for i in range(n)]
    )
    half = t.ppf(0.975, n - 1) * pseudo.std(ddof=1) / np.sqrt(n)
    found = jackknife(Patterns.of(rows, LABELS), measure.values, lowest=measure.lowest)
    assert found.point == pytest.approx(value(measure, rows), abs=1e-12)
    assert found.low == pytest.approx(max(measure.lowest, found.point - half), abs=1e-9)
    assert found.high == pytest.approx(min(1.0, found.point + half), abs=1e-9)


@pytest.mark.parametrize("measure", COEFFICIENTS, ids=lambda measure: measure.name)
def test_bca_is_scipys(measure):
    rows = rows_of_items(4)
    patterns = Patterns.of(rows, LABELS)

    def of_items(chosen: np.ndarray, axis: int = -1) -> np.ndarray:
        drawn = np.moveaxis(np.asarray(chosen), axis, -1).astype(int)
        flat = drawn.reshape(-1, drawn.shape[-1])
        weights = np.stack([np.bincount(one, minlength=len(rows)) for one in flat]).astype(float)
        return measure.values(rows, weights).reshape(drawn.shape[:-1])

    for limits in ("bca", "percentile"):
        theirs = other_bootstrap(
            (np.arange(len(rows)),), of_items, n_resamples=9999, method=limits, vectorized=True,
            random_state=np.random.default_rng(8),
        ).confidence_interval  # fmt: skip
        ours = bootstrap(patterns, measure.values, rng=np.random.default_rng(9), replicates=9999, limits=limits)
        assert [ours.low, ours.high] == pytest.approx([theirs.low, theirs.high], abs=0.012)


def test_acceleration_of_a_mean_is_a_sixth_of_its_skewness():
    rows = np.array([[3, 0]] * 20 + [[2, 1]] * 8 + [[1, 2]] * 2)
    own = np.array([1.0] * 20 + [1 / 3] * 10)
    centred = own - own.mean()
    expected = (centred**3).sum() / (6 * (centred**2).sum() ** 1.5)
    assert acceleration(Patterns.of(rows, ("a", "b")), percent_values) == pytest.approx(expected, rel=1e-9)


def test_bca_of_skewed_items_is_scipys():
    """Items of very different size give a skewed share: acceleration moves both limits well beyond the noise."""
    size = np.array([2] * 30 + [12] * 3)
    right = np.array([1, 2] * 15 + [0, 1, 12])
    rows = np.stack([right, size - right], axis=1)
    patterns = Patterns.of(rows, ("right", "wrong"))
    assert abs(acceleration(patterns, share_values)) > 0.04

    def share(one: np.ndarray, other: np.ndarray, axis: int = -1) -> np.ndarray:
        return one.sum(axis=axis) / other.sum(axis=axis)

    theirs = other_bootstrap(
        (right, size), share, paired=True, n_resamples=49_999, method="BCa", vectorized=True,
        random_state=np.random.default_rng(8),
    ).confidence_interval  # fmt: skip
    ours = bootstrap(patterns, share_values, rng=np.random.default_rng(9), replicates=49_999, limits="bca")
    plain = bootstrap(patterns, share_values, rng=np.random.default_rng(9), replicates=49_999)
    assert [ours.low, ours.high] == pytest.approx([theirs.low, theirs.high], abs=0.006)
    assert abs(plain.low - ours.low) > 0.012


@pytest.mark.parametrize(("agreeing", "n"), [(50, 50), (49, 50), (37, 50), (190, 200), (3, 200)])
def test_default_of_two_annotators_from_the_beta_distribution(agreeing: int, n: int):
    """Written out: Beta with the mean and variance of Beta(x + 0.6, n - x + 0.8), the variance times (t / z)^2."""
    rows = [[2, 0]] * (agreeing // 2) + [[0, 2]] * (agreeing - agreeing // 2) + [[1, 1]] * (n - agreeing)
    a, b = agreeing + 0.6, n - agreeing + 0.8
    mean, variance = beta.stats(a, b)
    stretched = variance * (t.ppf(0.975, n - 1) / norm.ppf(0.975)) ** 2
    size = mean * (1 - mean) / stretched - 1
    low, high = beta.ppf([0.025, 0.975], size * mean, size * (1 - mean))
    found = default_interval(Patterns.of(rows, ("a", "b")), percent_values, lowest=0.0)
    assert found.low == pytest.approx(min(low, agreeing / n), abs=2e-4)
    assert found.high == pytest.approx(max(high, agreeing / n), abs=2e-4)


@pytest.mark.parametrize("share", [0.7, 0.85, 0.9, 0.95])
@pytest.mark.parametrize("n", [50, 200, 1000])
def test_coverage_of_accuracy_by_weighing_every_outcome(share: float, n: int):
    outcomes = np.arange(n + 1)
    held = [(found := wilson(int(x), n)).low <= share <= found.high for x in outcomes]
    assert 0.93 <= binom.pmf(outcomes, n, share)[held].sum() <= 0.971
    population = 4 * n
    right = round(share * population)
    drawn = np.random.default_rng(n).hypergeometric(right, population - right, n, size=300)
    ends = {int(x): hypergeometric_interval(int(x), n, population) for x in set(drawn.tolist())}
    assert np.mean([ends[int(x)].low <= right / population <= ends[int(x)].high for x in drawn]) >= 0.93


def test_share_over_items_beside_drawing_items_again():
    rng = np.random.default_rng(2)
    right = rng.binomial(4, rng.beta(4, 1, 400))
    found = share_over_items(right, np.full(400, 4))
    drawn = rng.choice(right, (4000, 400)).mean(axis=1) / 4
    assert [found.low, found.high] == pytest.approx(np.quantile(drawn, [0.025, 0.975]).tolist(), abs=0.005)

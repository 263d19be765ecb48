"""Tables of two, confusions, ratings and shares beside scikit-learn, statsmodels, SciPy and krippendorff."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import betabinom, friedmanchisquare, pearsonr, spearmanr
from sklearn.metrics import cohen_kappa_score, confusion_matrix, precision_recall_fscore_support
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

from labelqa.records.reductions import Matched
from labelqa.stats import confusion
from labelqa.stats.agreement import tables
from labelqa.stats.agreement.concordance import kendall_w, lin_ccc, mean_pearson, mean_spearman
from labelqa.stats.agreement.icc import mean_squares
from labelqa.stats.agreement.margins import cohen_kappa_se0
from labelqa.stats.proportion import agresti_coull, jeffreys, wald
from labelqa.stats.shrinkage import log_likelihood
from labelqa.stats.weighted_share import hajek

RNG = np.random.default_rng


def two(seed: int, labels: int = 4, n: int = 90) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = RNG(seed)
    one = rng.integers(0, labels, n)
    other = np.where(rng.random(n) < 0.55, one, rng.integers(0, labels, n))
    return one, other, confusion_matrix(one, other, labels=range(labels))


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize(("weights", "power"), [("identity", None), ("linear", 1), ("quadratic", 2)])
def test_weighted_kappa(seed: int, weights: str, power: int | None):
    one, other, table = two(seed)
    ours = tables.weighted_kappa(table, weights=weights, confidence=0.9)
    name = None if power is None else weights
    assert ours.point == pytest.approx(cohen_kappa_score(one, other, weights=name), abs=1e-12)
    apart = np.abs(np.subtract.outer(np.arange(4), np.arange(4)))
    theirs = cohens_kappa(table, weights=(apart > 0).astype(float) if power is None else apart.astype(float) ** power)
    half = (ours.high - ours.low) / 2
    std = theirs.std_kappa
    assert half == pytest.approx(std * 1.6448536269514722, abs=1e-9)
    if power is None:
        assert cohen_kappa_se0(table) == pytest.approx(cohens_kappa(table).std_kappa0, abs=1e-12)


@pytest.mark.parametrize("seed", range(10))
def test_cohens_matrix_of_ones_own(seed: int):
    table = two(seed)[2]
    disagreement = RNG(seed).integers(1, 9, (4, 4)).astype(float)
    np.fill_diagonal(disagreement, 0)
    ours = tables.weighted_kappa(table, weights=tables.credit(disagreement))
    assert ours.point == pytest.approx(cohens_kappa(table, weights=disagreement).kappa, abs=1e-12)


@pytest.mark.parametrize("seed", range(10))
def test_scott_pi_and_alpha(seed: int):
    krippendorff = pytest.importorskip("krippendorff")
    one, other, table = two(seed)
    counts = np.eye(4, dtype=int)[one] + np.eye(4, dtype=int)[other]
    assert tables.scott_pi(table).point == pytest.approx(fleiss_kappa(counts), abs=1e-12)
    theirs = krippendorff.alpha(np.stack([one, other]).astype(float), level_of_measurement="nominal")
    assert tables.krippendorff_alpha(table).point == pytest.approx(theirs, abs=1e-12)
    squared = np.subtract.outer(np.arange(4), np.arange(4)).astype(float) ** 2
    theirs = krippendorff.alpha(np.stack([one, other]).astype(float), level_of_measurement="interval")
    ours = tables.krippendorff_alpha(table, weights=tables.credit(squared))
    assert ours.point == pytest.approx(theirs, abs=1e-12)


@pytest.mark.parametrize("seed", range(8))
def test_label_scores(seed: int):
    reference, given, table = two(seed, n=150)
    table_of = Matched(
        labels=tuple("abcd"), weeks=("w",), annotator=np.zeros(150, dtype=np.int64), week=np.zeros(150, dtype=np.int64),
        label=given, reference=reference, count=np.ones(150, dtype=np.int64),
    )  # fmt: skip
    ours = confusion.confusion_matrix(table_of)
    assert ours.tolist() == table.tolist()
    precision, recall, f1, support = precision_recall_fscore_support(reference, given, labels=range(4))
    for at, line in enumerate(confusion.label_scores(ours, tuple("abcd"))):
        assert [line.precision.point, line.recall.point, line.f1.point, line.reference] == pytest.approx(
            [precision[at], recall[at], f1[at], support[at]]
        )
        low, high = proportion_confint(line.both, line.given, 0.05, "wilson")
        assert [line.precision.low, line.precision.high] == pytest.approx([low, high], abs=1e-12)


@pytest.mark.parametrize("seed", range(8))
def test_kendalls_w_is_friedmans_test(seed: int):
    rng = RNG(seed)
    table = np.clip(np.round(rng.normal(size=(15, 1)) * 1.5 + rng.normal(size=(15, 4)) + 3), 1, 6)
    theirs = friedmanchisquare(*table)
    ours = kendall_w(table)
    assert (ours.chi2, ours.p) == pytest.approx((theirs.statistic, theirs.pvalue), abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_correlations(seed: int):
    rng = RNG(seed)
    table = np.round(rng.normal(size=(30, 1)) + rng.normal(size=(30, 3)), 1)
    pairs = [(0, 1), (0, 2), (1, 2)]
    for ours, theirs in ((mean_pearson, pearsonr), (mean_spearman, spearmanr)):
        each = [theirs(table[:, i], table[:, j]).statistic for i, j in pairs]
        assert ours(table).point == pytest.approx(np.mean(each), abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_mean_squares_are_those_of_an_analysis_of_variance(seed: int):
    import pandas as pd

    table = RNG(seed).normal(size=(6, 1)) + RNG(seed + 50).normal(size=(6, 3))
    frame = pd.DataFrame(
        [(i, j, table[i, j]) for i in range(6) for j in range(3)], columns=["item", "who", "rating"]
    )  # fmt: skip
    both = anova_lm(ols("rating ~ C(item) + C(who)", frame).fit())
    one = anova_lm(ols("rating ~ C(item)", frame).fit())
    ours = mean_squares(table)
    theirs = [*both["mean_sq"][["C(item)", "C(who)", "Residual"]], one["mean_sq"]["Residual"]]
    assert [ours.items, ours.annotators, ours.rest, ours.within] == pytest.approx(theirs)


@pytest.mark.parametrize("seed", range(5))
def test_lins_error_is_the_delta_methods_for_normal_measurements(seed: int):
    """The same large-sample error from the moments' covariance by numeric derivatives, without Lin's algebra."""
    rng = RNG(seed)
    x = rng.multivariate_normal([0, 0.4], [[1, 0.7], [0.7, 1.5]], size=400)
    ours = lin_ccc(x[:, 0], x[:, 1])

    def ccc(m1: float, m2: float, v1: float, v2: float, c: float) -> float:
        return 2 * c / (v1 + v2 + (m1 - m2) ** 2)

    (m1, m2), s = x.mean(axis=0), np.cov(x, rowvar=False, bias=True)
    at = np.array([m1, m2, s[0, 0], s[1, 1], s[0, 1]])
    v1, v2, c = at[2:]
    spread = np.zeros((5, 5))  # of the moments of a normal pair, times n
    spread[:2, :2] = s
    spread[2:, 2:] = [
        [2 * v1**2, 2 * c**2, 2 * v1 * c],
        [2 * c**2, 2 * v2**2, 2 * v2 * c],
        [2 * v1 * c, 2 * v2 * c, v1 * v2 + c**2],
    ]
    steps = np.eye(5) * 1e-5
    slope = np.array([(ccc(*(at + step)) - ccc(*(at - step))) / 2e-5 for step in steps])
    error = np.sqrt(slope @ spread @ slope / (400 - 2)) / (1 - ours.point**2)
    assert (np.arctanh(ours.high) - np.arctanh(ours.low)) / 2 == pytest.approx(1.959963984540054 * error, rel=1e-6)


@pytest.mark.parametrize(("correct", "n"), [(0, 7), (7, 7), (3, 9), (480, 500), (1, 1000)])
def test_other_binomial_intervals(correct: int, n: int):
    for ours, method in ((agresti_coull, "agresti_coull"), (jeffreys, "jeffreys"), (wald, "normal")):
        share = ours(correct, n, confidence=0.9)
        assert [share.low, share.high] == pytest.approx(proportion_confint(correct, n, 0.1, method), abs=1e-9)


def test_marginal_likelihood_is_beta_binomial():
    correct, n = np.array([5.0, 9.0, 30.0]), np.array([9.0, 9.0, 41.0])
    one, other = (
        log_likelihood(correct, n, mean, weight)
        - betabinom.logpmf(correct, n, mean * weight, (1 - mean) * weight).sum()
        for mean, weight in ((0.7, 12.0), (0.4, 300.0))
    )
    assert one == pytest.approx(other, abs=1e-8)  # they differ by a constant only


def test_weighted_shares_are_weighted_means():
    rng = RNG(3)
    marks, chances = rng.random(60) < 0.8, rng.uniform(0.01, 0.5, 60)
    theirs = DescrStatsW(marks.astype(float), weights=1 / chances)
    assert hajek(marks, chances).figure.point == pytest.approx(theirs.mean)

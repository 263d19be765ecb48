"""Ratings and rankings: every refusal with its reason, and what must hold of the six forms, W and Lin's concordance."""

from __future__ import annotations

import numpy as np
import pytest

from labelqa.errors import InsufficientData
from labelqa.stats.agreement.concordance import kendall_w, lin_ccc, mean_pearson, mean_spearman
from labelqa.stats.agreement.icc import Form, icc, intraclass, mean_squares, one_way

NOTHING = float("nan")
TABLE = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
RNG = np.random.default_rng


def reason(work) -> str:
    with pytest.raises(InsufficientData) as caught:
        work()
    return caught.value.reason


@pytest.mark.parametrize("form", Form)
def test_what_cannot_be_known(form: Form):
    assert reason(lambda: icc([[1], [2], [3]], form)) == "no-overlap"
    assert reason(lambda: icc(np.zeros((0, 3)), form)) == "no-overlap"
    assert reason(lambda: icc([[1, 2, 3]], form)) == "too-few-items"
    assert reason(lambda: icc([[2, 2], [2, 2], [2, 2]], form)) == "no-variation"
    assert reason(lambda: icc([[1, 3], [1, 3], [1, 3]], form)) == "no-variation"
    assert reason(lambda: icc([[1, 3], [3, 1]], form)) == "no-variation"
    with pytest.raises(ValueError, match="confidence"):
        icc(TABLE, form, confidence=1.0)
    for wrong in ([1, 2, 3], [[1, float("inf")], [2, 3]]):
        with pytest.raises(ValueError, match="items, annotators"):
            icc(wrong, form)


def test_gaps_are_refused_but_by_the_one_way_form():
    gaps = [[1, 2, NOTHING], [4, 5, 5], [7, NOTHING, 8], [2, 2, 1]]
    for form in Form:
        if form is Form.ONE_WAY:
            assert icc(gaps, form) == one_way(gaps)
        else:
            assert reason(lambda form=form: icc(gaps, form)) == "incomplete-ratings"
    with pytest.raises(InsufficientData, match="2 of 12 are missing"):
        intraclass(gaps)
    assert reason(lambda: one_way([[1, NOTHING], [NOTHING, 2]])) == "no-overlap"
    assert reason(lambda: one_way([[NOTHING, NOTHING]])) == "no-overlap"
    assert reason(lambda: one_way([[1, 2], [NOTHING, NOTHING]])) == "too-few-items"
    assert reason(lambda: one_way([[2, 2], [2, NOTHING], [2, 2]])) == "no-variation"
    assert one_way([[2, 2], [3, NOTHING], [4, 4]]).method == "clopper-pearson over items"


def test_names():
    assert [form.mcgraw_wong for form in Form] == ["ICC(1)", "ICC(A,1)", "ICC(C,1)", "ICC(k)", "ICC(A,k)", "ICC(C,k)"]
    with pytest.raises(ValueError, match="ICC"):
        icc(TABLE, "ICC(4,1)")


def test_perfect_ratings_are_surer_with_more_items():
    for form in Form:
        few, many = (icc(np.repeat(np.arange(n, dtype=float)[:, None], 3, axis=1), form) for n in (4, 400))
        assert (few.point, few.high, many.point) == (1.0, 1.0, 1.0)
        assert few.low < 0.6 < 0.98 < many.low


def test_a_constant_difference_is_forgiven_by_consistency_only():
    items = np.array([1.0, 4.0, 2.0, 9.0, 5.0])
    shifted = np.stack([items, items + 3, items - 1], axis=1)
    assert icc(shifted, Form.CONSISTENCY).point == 1.0
    assert icc(shifted, Form.AGREEMENT).point < 0.8
    lines = intraclass(shifted)
    assert [line.form for line in lines] == list(Form)
    assert lines[2].f == float("inf")
    assert lines[2].p == 0.0


def test_large_numbers_lose_nothing():
    far = np.array(TABLE) + 1e9
    for form in Form:
        assert icc(far, form).point == pytest.approx(icc(TABLE, form).point, abs=1e-6)


def test_a_mean_that_means_nothing_is_refused():
    opposed = [[1, 2.2], [2, 1], [1.5, 1.5]]
    squares = mean_squares(opposed)
    assert squares.items + (squares.annotators - squares.rest) / 3 < 0
    assert reason(lambda: icc(opposed, Form.AGREEMENT_MEAN)) == "no-variation"
    assert icc(opposed, Form.CONSISTENCY_MEAN).point < -1


def test_without_gaps_the_unequal_form_is_the_equal_one():
    rng = RNG(5)
    for _ in range(20):
        table = rng.normal(size=(7, 1)) + rng.normal(size=(7, 4))
        one, other = icc(table, Form.ONE_WAY), one_way(table)
        assert [one.point, one.low, one.high] == pytest.approx([other.point, other.low, other.high], abs=1e-9)


def covered(matrix, truth: float) -> bool:
    found = one_way(matrix)
    return found.low <= truth <= found.high


def test_unequal_numbers_of_ratings_are_covered():
    rng, hits, runs = RNG(11), 0, 600
    for _ in range(runs):
        table = rng.normal(size=(25, 1)) * np.sqrt(0.6) + rng.normal(size=(25, 5)) * np.sqrt(0.4)
        table[np.arange(5)[None, :] >= rng.integers(1, 6, 25)[:, None]] = NOTHING
        hits += covered(table, 0.6)
    assert 0.92 <= hits / runs <= 0.98


def test_kendalls_w_and_what_it_cannot_say():
    alike = kendall_w([[1, 1, 1], [2, 2, 2], [3, 3, 3], [4, 4, 4]])
    assert (alike.figure.point, alike.figure.high, alike.df) == (1.0, 1.0, 3)
    assert alike.figure.low < 0.6
    assert alike.chi2 == pytest.approx(9.0)
    opposed = kendall_w([[1, 3], [2, 2], [3, 1]])
    assert opposed.figure.point == 0.0
    assert opposed.figure.low == 0.0
    assert reason(lambda: kendall_w([[1, 1], [2, 2]])) == "too-few-items"
    assert reason(lambda: kendall_w([[2, 5], [2, 5], [2, 5]])) == "no-variation"
    assert reason(lambda: kendall_w([[1, 2], [2, NOTHING], [3, 3]])) == "incomplete-ratings"
    assert reason(lambda: kendall_w([[1], [2], [3]])) == "no-overlap"
    # only the first item is told from the others: without it nothing is left
    assert reason(lambda: kendall_w([[1, 1, 2], [2, 2, 2], [2, 2, 2], [2, 2, 2]], corrected=True)) == "too-few-items"


def test_ties_only_raise_a_corrected_w():
    ties = RNG(2).integers(1, 4, (12, 4))
    assert kendall_w(ties).figure.point > kendall_w(ties, corrected=False).figure.point
    orders = RNG(2).random((12, 4)).argsort(axis=0)
    one, other = kendall_w(orders), kendall_w(orders, corrected=False)
    assert one.figure.point == pytest.approx(other.figure.point)


def test_w_of_many_items_leaves_out_groups():
    rng = RNG(9)
    large = rng.normal(size=(2000, 1)) + rng.normal(size=(2000, 3))
    figure = kendall_w(large).figure
    assert figure.method == "jackknife over 200 groups of items, logit, t(199)"
    small = kendall_w(large[:400]).figure
    assert small.method == "jackknife over items, logit, t(399)"
    assert (figure.high - figure.low) / (small.high - small.low) == pytest.approx(np.sqrt(400 / 2000), rel=0.2)


def test_mean_correlations():
    table = [[1, 2, 1], [2, 1, 2], [3, 3, 4], [4, 4, 3]]
    w = kendall_w(table).figure.point
    assert mean_spearman(table).point == pytest.approx((3 * w - 1) / 2)  # Kendall 1955
    for function in (mean_pearson, mean_spearman):
        assert reason(lambda function=function: function([[1, 2], [1, 3], [1, 4]])) == "no-variation"
        assert function([[1, 2], [2, 4], [3, 6]]).point == 1.0


def test_lins_concordance():
    one = RNG(1).normal(size=40)
    same = lin_ccc(one, one)
    assert (same.point, same.high) == (1.0, 1.0)
    assert same.low < 1
    assert lin_ccc(one, -one + 2 * one.mean()).point == -1.0
    shifted = lin_ccc(one, one + 1)
    assert 0 < shifted.low < shifted.point < shifted.high < 1
    assert shifted.point == pytest.approx(2 * one.var() / (2 * one.var() + 1))
    assert lin_ccc(one, one + 1e-9).point == pytest.approx(1.0)
    assert reason(lambda: lin_ccc([1, 2], [1, 2])) == "too-few-items"
    assert reason(lambda: lin_ccc([1, 1, 1], [1, 2, 3])) == "no-variation"
    assert reason(lambda: lin_ccc([1, 2, NOTHING], [1, 2, 3])) == "incomplete-ratings"
    with pytest.raises(ValueError, match="one number an item"):
        lin_ccc([1, 2, 3], [1, 2])


def test_lins_interval_covers_and_is_not_wide():
    rng, hits, runs = RNG(8), 0, 600
    covariance, shift = [[1.0, 0.8], [0.8, 1.44]], 0.3
    truth = 2 * 0.8 / (1 + 1.44 + shift**2)
    for _ in range(runs):
        x = rng.multivariate_normal([0, shift], covariance, size=50)
        found = lin_ccc(x[:, 0], x[:, 1])
        hits += found.low <= truth <= found.high
    assert 0.92 <= hits / runs <= 0.98


def test_hardly_a_degree_of_freedom_excludes_nothing():
    one, mean = (icc([[0, 3], [0, 4], [2, 1]], form) for form in ("ICC(2,1)", "ICC(2,k)"))
    assert (one.low, one.high) == (-1.0, 1.0)
    assert mean.low <= mean.point <= mean.high == 1.0

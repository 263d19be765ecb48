"""What must hold of any table of two, any ratings, any counts and any draw; slow definitions to hold the fast ones against."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import binom, hypergeom

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate
from labelqa.records.reductions import Answers
from labelqa.stats.agreement import tables
from labelqa.stats.agreement.concordance import kendall_w
from labelqa.stats.agreement.icc import Form, icc, one_way
from labelqa.stats.agreement.repeats import repeats
from labelqa.stats.confusion import f1, label_scores
from labelqa.stats.misclassified import called_at_most
from labelqa.stats.proportion import agresti_coull, clopper_pearson, wilson
from labelqa.stats.reviewer_error import rogan_gladen, true_rate
from labelqa.stats.shrinkage import team
from labelqa.stats.weighted_share import hajek, stratified

TABLES = st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=3, max_size=3)
COEFFICIENTS = [
    tables.percent_agreement,
    tables.weighted_kappa,
    tables.scott_pi,
    tables.krippendorff_alpha,
    tables.brennan_prediger,
    tables.gwet_ac,
]
WEIGHTS = st.sampled_from(["identity", "linear", "quadratic"])
MATRICES = st.integers(2, 4).flatmap(
    lambda k: st.lists(st.lists(st.integers(0, 4), min_size=k, max_size=k), min_size=2, max_size=7)
)
FEW = settings(max_examples=50, deadline=None)


def outcome(work) -> Estimate | str:
    try:
        return work()
    except InsufficientData as error:
        return error.reason


def listed(table: list[list[int]]) -> list[tuple[int, int]]:
    return [(i, j) for i, j in product(range(3), repeat=2) for _ in range(table[i][j])]


@given(TABLES, WEIGHTS)
@FEW
def test_points_are_their_definitions(table: list[list[int]], weights: str):
    pairs, w = listed(table), tables.credits_of(weights, 3)
    assume(len(pairs) > 1)
    observed = np.mean([w[pair] for pair in pairs])
    one, other, both = [i for i, _ in pairs], [j for _, j in pairs], [each for pair in pairs for each in pair]
    assume(len(set(both)) > 1)
    chance = {
        tables.weighted_kappa: np.mean([w[i, j] for i, j in product(one, other)]),
        tables.scott_pi: np.mean([w[i, j] for i, j in product(both, both)]),
        tables.brennan_prediger: w.mean(),
        tables.krippendorff_alpha: np.mean([w[i, j] for i, j in combinations(both, 2)]),
    }
    for coefficient, expected in chance.items():
        found = coefficient(table, weights=weights)
        assert found.point == pytest.approx((observed - expected) / (1 - expected), abs=1e-9)
    assert tables.percent_agreement(table, weights=weights).point == pytest.approx(observed)


@given(TABLES, WEIGHTS)
@FEW
def test_tables_hold_their_point_and_do_not_care_who_is_first(table: list[list[int]], weights: str):
    for coefficient in COEFFICIENTS:
        found = [outcome(lambda c=c, f=coefficient: f(table, weights=weights, confidence=c)) for c in (0.5, 0.9, 0.99)]
        turned = outcome(lambda f=coefficient: f(np.array(table).T, weights=weights, confidence=0.9))
        if isinstance(found[1], str):
            assert set(found) == {turned}
            continue
        assert [turned.point, turned.low, turned.high] == pytest.approx(
            [found[1].point, found[1].low, found[1].high], abs=1e-9
        )
        lows, highs = [each.low for each in found], [each.high for each in found]
        assert all(-1 - 1e-9 <= each.low <= each.point + 1e-12 <= each.high + 1e-12 <= 1 + 1e-9 for each in found)
        assert lows == sorted(lows, reverse=True)
        assert highs == sorted(highs)


@given(TABLES, st.permutations(range(3)))
@FEW
def test_names_of_labels_do_not_matter(table: list[list[int]], order: list[int]):
    renamed = np.array(table)[np.ix_(order, order)]
    for coefficient in (*COEFFICIENTS, tables.bangdiwala_b):
        one, two = outcome(lambda f=coefficient: f(table)), outcome(lambda f=coefficient: f(renamed))
        if isinstance(one, Estimate):
            assert [two.point, two.low, two.high] == pytest.approx([one.point, one.low, one.high], abs=1e-9)
        else:
            assert one == two


@given(MATRICES, st.floats(-50, 50), st.floats(0.1, 20))
@FEW
def test_ratings_on_another_scale_agree_as_well(rows: list[list[int]], shift: float, scale: float):
    table = np.array(rows, dtype=float)
    for form in Form:
        one, two = outcome(lambda f=form: icc(table, f)), outcome(lambda f=form: icc(table * scale + shift, f))
        assert isinstance(one, str) == isinstance(two, str)
        if isinstance(one, Estimate):
            assert [two.point, two.low, two.high] == pytest.approx([one.point, one.low, one.high], rel=1e-4, abs=1e-6)
            assert one.low <= one.point <= one.high <= 1 + 1e-12
    mixed = outcome(lambda: one_way(np.sort(table, axis=1)))
    plain = outcome(lambda: one_way(table))
    assert (mixed if isinstance(mixed, str) else mixed.point) == (
        plain if isinstance(plain, str) else pytest.approx(plain.point, abs=1e-9)
    )


def w_by_definition(table: np.ndarray) -> float:
    """Mean of Spearman's coefficients over pairs, turned into W (Kendall 1955): no formula for ties needed."""
    from scipy.stats import rankdata

    ranks = rankdata(table, axis=0) - (len(table) + 1) / 2
    total, m = ranks.sum(axis=1), table.shape[1]
    return float((total**2).sum() / (m * (ranks**2).sum()))


@given(MATRICES)
@FEW
def test_w_is_its_share_of_the_ranks_spread(rows: list[list[int]]):
    table = np.array(rows, dtype=float)
    found = outcome(lambda: kendall_w(table).figure)
    if isinstance(found, Estimate):
        assert found.point == pytest.approx(w_by_definition(table), abs=1e-9)
        assert 0 <= found.low <= found.point + 1e-12
        assert found.point <= found.high + 1e-12 <= 1 + 1e-9
    else:
        assert found in {"too-few-items", "no-variation"}


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 2)), max_size=40))
@FEW
def test_second_answers_are_found(rows: list[tuple[int, int, int]]):
    rows = sorted(rows, key=lambda row: row[0])
    wanted, seen = np.zeros((3, 3), dtype=int), {}
    for item, who, label in rows:
        given_before = seen.setdefault((item, who), [])
        given_before.append(label)
        if len(given_before) == 2:
            wanted[given_before[0], label] += 1
    columns = np.array(rows, dtype=np.int32).reshape(-1, 3).T
    answers = Answers(labels=("a", "b", "c"), item=columns[0], annotator=columns[1], label=columns[2])
    assert repeats(answers).tolist() == wanted.tolist()


@given(TABLES)
@FEW
def test_label_scores_add_up(table: list[list[int]]):
    lines = label_scores(table, ("a", "b", "c"))
    assert sum(line.both for line in lines) == np.trace(np.array(table))
    for line in lines:
        for figure, n in ((line.precision, line.given), (line.recall, line.reference)):
            assert isinstance(figure, Estimate) == bool(n)
        if isinstance(line.f1, Estimate):
            assert line.f1 == f1(line.both, line.reference, line.given)
            assert line.f1.low <= line.f1.point <= line.f1.high


@given(st.integers(0, 60), st.integers(1, 60))
@FEW
def test_agresti_coull_holds_wilson(correct: int, n: int):
    assume(correct <= n)
    inner, outer = wilson(correct, n), agresti_coull(correct, n)
    assert outer.low <= inner.low + 1e-12
    assert inner.high <= outer.high + 1e-12


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=6))
@settings(max_examples=25, deadline=None)
def test_shrunken_shares_lie_between_the_raw_one_and_the_team(counts: list[tuple[int, int]]):
    found = team({i: (min(pair), max(pair)) for i, pair in enumerate(counts)})
    assert len(found.skills) == len(counts)
    for skill in found.skills:
        if isinstance(skill.shrunken, Estimate):
            ends = sorted([skill.raw.point, found.mean])
            assert ends[0] - 1e-9 <= skill.shrunken.point <= ends[1] + 1e-9
            assert 0 <= skill.shrunken.low <= skill.shrunken.point <= skill.shrunken.high <= 1


@given(st.lists(st.tuples(st.booleans(), st.floats(0.01, 1)), max_size=20))
@FEW
def test_weighted_shares_and_their_complement(drawn: list[tuple[bool, float]]):
    marks, chances = np.array([m for m, _ in drawn], dtype=bool), [c for _, c in drawn]
    one, other = outcome(lambda: hajek(marks, chances)), outcome(lambda: hajek(~marks, chances))
    if isinstance(one, str):
        assert one == other
        return
    share, rest = one.figure, other.figure
    assert 0 <= share.low <= share.point <= share.high <= 1
    assert [share.point, share.low, share.high] == pytest.approx(
        [1 - rest.point, 1 - rest.high, 1 - rest.low], abs=1e-7
    )


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 30)), min_size=1, max_size=4))
@FEW
def test_one_stratum_or_equal_strata_are_the_plain_share(rows: list[tuple[int, int, int]]):
    strata = {str(i): (min(a, b), max(a, b), max(a, b) + more) for i, (a, b, more) in enumerate(rows)}
    found = outcome(lambda: stratified(strata))
    if isinstance(found, str):
        assert found in {"stratum-not-checked", "nothing-checked"}
        return
    assert 0 <= found.figure.low <= found.figure.point <= found.figure.high <= 1
    whole = sum(items for _, _, items in strata.values())
    share = sum(correct / n * items for correct, n, items in strata.values() if n) / whole
    assert found.figure.point == pytest.approx(share)


ERRING = st.tuples(st.integers(51, 100), st.integers(51, 100)).map(lambda pair: (pair[0] / 100, pair[1] / 100))


@given(st.integers(1, 12), st.integers(0, 12), st.integers(0, 24), ERRING, st.integers(-1, 12))
@FEW
def test_chances_of_verdicts_by_adding_up(n: int, more: int, wrong: int, erring: tuple[float, float], count: int):
    population, (se, sp) = n + more, erring
    assume(wrong <= population)
    slow = 0.0
    for drawn in range(n + 1):
        for caught in range(drawn + 1):
            for alarms in range(n - drawn + 1):
                if caught + alarms <= count:
                    slow += (
                        hypergeom.pmf(drawn, population, wrong, n)
                        * binom.pmf(caught, drawn, se)
                        * binom.pmf(alarms, n - drawn, 1 - sp)
                    )
    fast = called_at_most(count, n=n, population=population, wrong=wrong, sensitivity=se, specificity=sp)
    assert fast == pytest.approx(slow, abs=1e-9)


@given(st.integers(0, 40), st.integers(1, 40), ERRING)
@FEW
def test_true_rates_are_never_beyond_0_and_1(wrong: int, n: int, erring: tuple[float, float]):
    assume(wrong <= n)
    se, sp = erring
    for population in (None, n + 13):
        rate = true_rate(wrong, n, sensitivity=se, specificity=sp, population=population)
        raw = rogan_gladen(wrong / n, sensitivity=se, specificity=sp)
        assert bool(rate.notes) == (isinstance(rate.true, Estimate) and not 0 <= raw <= 1)
        if isinstance(rate.true, Estimate):
            assert 0 <= rate.true.low <= rate.true.point <= rate.true.high <= 1
        else:
            assert rate.true.reason == ("below-false-alarms" if raw < 0 else "above-sensitivity")
    known = true_rate(wrong, n, sensitivity=1.0, specificity=1.0).true
    assert [known.low, known.high] == pytest.approx([clopper_pearson(wrong, n).low, clopper_pearson(wrong, n).high])

"""The sequential check against its own definitions in fractions, and against every path of small batches."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import combinations, pairwise, product
from math import comb, exp, inf, log

import numpy as np
import pytest

from labelqa.errors import Message
from labelqa.i18n import render
from labelqa.records.designs import Decision, Design
from labelqa.records.estimate import Estimate, Unknown
from labelqa.stats.acceptance.design import Seen, SpotCheck
from labelqa.stats.sequential import Evidence, Marks, Sequential, certify_chance, planning_table, sequential
from labelqa.stats.sequential.bounds import fewest_wrong, most_wrong, path_of
from labelqa.stats.sequential.evidence import enough
from tests.unit.stats.plain_sequential import called_law, cut_for, mixture, null_chance, path_chance

REVIEWERS = [("1", "1"), ("0.9", "1"), ("0.9", "0.95"), ("1", "0.9"), ("0.6", "0.7")]


def states(population: int) -> list[tuple[int, int]]:
    return [(t, e) for t in range(population + 1) for e in range(t + 1)]


def told(evidence: Evidence, population: int) -> tuple[dict, dict]:
    every = states(population)
    t, e = (np.array(each, dtype=float) for each in zip(*every, strict=True))
    return dict(zip(every, evidence.log_proven(t, e).tolist(), strict=True)), dict(
        zip(every, evidence.log_against(t, e).tolist(), strict=True)
    )


def logarithm(above: Fraction, below: Fraction) -> float:
    return -inf if not above else inf if not below else log(above / below)


@pytest.mark.parametrize(("se", "sp"), REVIEWERS)
@pytest.mark.parametrize("weight", ["3.5", "20"])
@pytest.mark.parametrize("limit", [1, 3, 8])
def test_evidence_is_the_ratio_of_two_chances(limit: int, weight: str, se: str, sp: str):
    n, caught, passed = 8, Fraction(se), Fraction(sp)
    evidence = Evidence(Marks(n, float(se), float(sp)), limit, float(weight))
    proven, against = told(evidence, n)
    begin = evidence._against.cut
    for t, e in states(n):
        above = mixture(n, range(cut_for(n, limit, caught, passed)), Fraction(weight), t, e)
        expected = logarithm(above, null_chance(n, limit, t, e, caught, passed))
        assert proven[t, e] == pytest.approx(expected, abs=1e-9), (t, e)
        above = mixture(n, range(begin, n + 1), Fraction(evidence._against.weight), t, e)
        expected = logarithm(above, null_chance(n, limit - 1, t, e, caught, passed))
        assert against[t, e] == pytest.approx(expected, abs=1e-9), (t, e)


@pytest.mark.parametrize(("se", "sp"), REVIEWERS)
@pytest.mark.parametrize("limit", range(1, 10))
def test_evidence_is_a_supermartingale_whatever_of_the_null_is_true(limit: int, se: str, sp: str):
    n = 9
    proven, against = told(Evidence(Marks(n, float(se), float(sp)), limit, 7.5), n)
    steps = 0
    for wrong in range(n + 1):
        chance = {state: null_chance(n, wrong, *state, Fraction(se), Fraction(sp)) for state in states(n)}
        evidence = proven if wrong >= limit else against
        for t, e in states(n - 1):
            if chance[t, e]:
                nexts = [(t + 1, e), (t + 1, e + 1)]
                mean = sum(float(chance[s] / chance[t, e]) * exp(evidence[s]) for s in nexts if chance[s])
                assert mean <= exp(evidence[t, e]) * (1 + 1e-9), (wrong, t, e)
                steps += 1
    assert steps > 100


@pytest.mark.parametrize(("se", "sp"), REVIEWERS)
def test_evidence_rises_with_right_and_falls_with_wrong(se: str, sp: str):
    n = 30
    for limit in (1, 4, 15, 30):
        proven, against = told(Evidence(Marks(n, float(se), float(sp)), limit, 12.0), n)
        for t, e in states(n - 1):
            assert proven[t, e + 1 if e < t else e] <= proven[t, e]
            assert proven[t + 1, e] >= proven[t, e] - 1e-9
            assert against[t + 1, e] <= against[t, e] + 1e-9
            assert against[t + 1, e + 1] >= against[t, e] - 1e-9


def by_recursion(check: Sequential, wrong: int) -> tuple[Fraction, Fraction]:
    """(chance to be accepted, mean reviews), going through every number of verdicts and errors in fractions."""
    proven, against = told(check.limits.evidence, check.population)
    hopeless = enough(check.futility)

    @cache
    def onward(t: int, e: int) -> tuple[Fraction, Fraction]:
        if proven[t, e] >= enough(check.risk):
            return Fraction(1), Fraction(0)
        if t == check.cut or against[t, e] >= hopeless:
            return Fraction(0), Fraction(0)
        bad = Fraction(wrong - e, check.population - t)
        paths = [(1 - bad, onward(t + 1, e)) if bad < 1 else None, (bad, onward(t + 1, e + 1)) if bad else None]
        accepted = sum((path[0] * path[1][0] for path in paths if path), Fraction(0))
        return accepted, 1 + sum((path[0] * path[1][1] for path in paths if path), Fraction(0))

    return onward(0, 0)


@pytest.mark.parametrize("population", [1, 2, 5, 12, 30])
@pytest.mark.parametrize("accuracy", [0.8, 0.9, 0.95, 0.999])
@pytest.mark.parametrize("futility", [0.0, 0.2])
def test_chances_are_those_of_counting_every_path(population: int, accuracy: float, futility: float):
    for cut in {population, max(1, population // 2)}:
        check = Sequential(population=population, accuracy=accuracy, risk=0.1, n=1, cut=cut, futility=futility)
        for wrong in range(0, population + 1, max(1, population // 8)):
            accepted, mean = by_recursion(check, wrong)
            assert check.accept_chance(wrong) == pytest.approx(float(accepted), abs=1e-12)
            assert check.mean_reviews(wrong) == pytest.approx(float(mean), rel=1e-9)


def test_chances_of_long_checks_are_those_of_one_verdict_after_the_other():
    size, wrong, cut = 4000, 400, 2300
    check = Sequential(population=size, accuracy=0.9, risk=0.05, n=1, cut=cut, futility=0.05)
    going, e = np.ones(1), np.arange(wrong + 1.0)
    proven, hopeless = np.zeros(cut + 1), np.zeros(cut + 1)
    for t in range(1, cut + 1):
        left = e[: going.size]
        bad = (wrong - left) / (size - t + 1)
        going = np.append(going * (1 - bad), 0) + np.append(0, going * bad)
        going = going[: wrong + 1]
        at, errors = np.full(going.size, float(t)), e[: going.size]
        stopped = check.limits.proven(at, errors), check.limits.futile(at, errors)
        proven[t], hopeless[t] = (going[each].sum() for each in stopped)
        going[stopped[0] | stopped[1]] = 0
    fate = check.fate(wrong)
    assert fate.certified == pytest.approx(proven.sum(), abs=1e-12)
    assert fate.hopeless == pytest.approx(hopeless.sum(), abs=1e-12)
    assert hopeless[1025:].sum() > 0.001
    until = fate.futile_at <= 1500
    assert fate.futile[until].sum() == pytest.approx(hopeless[:1501].sum(), abs=1e-12)
    assert fate.mean == pytest.approx(cut - (proven + hopeless) @ (cut - np.arange(cut + 1.0)), rel=1e-10)


@pytest.mark.parametrize("risk", [0.05, 0.3])
@pytest.mark.parametrize("accuracy", [0.6, 0.8, 0.9])
def test_a_batch_that_misses_it_is_hardly_ever_certified(accuracy: float, risk: float):
    for population in (5, 17, 40):
        check = Sequential(population=population, accuracy=accuracy, risk=risk, n=1, cut=1, futility=0.0)
        endless = Sequential(population=population, accuracy=accuracy, risk=risk, n=1, cut=population, futility=0.0)
        chances = [certify_chance(check, wrong) for wrong in range(population + 1)]
        assert max(chances[check.limit :]) <= risk
        assert all(worse <= better + 1e-12 for better, worse in pairwise(chances))
        assert chances[0] == 1
        assert chances[check.limit] == pytest.approx(float(by_recursion(endless, check.limit)[0]), abs=1e-12)


@pytest.mark.parametrize("population", [50, 1000, 6000])
@pytest.mark.parametrize("accuracy", [0.8, 0.95, 0.999])
def test_the_guarantee_in_larger_batches(population: int, accuracy: float):
    for se, sp in ((1.0, 1.0), (0.9, 1.0), (0.95, 0.99)):
        check = Sequential(
            population=population, accuracy=accuracy, risk=0.05, n=1, cut=1, sensitivity=se, specificity=sp
        )
        chance = certify_chance(check, check.limit)
        assert chance <= 0.05
        assert chance > 0.02 or check.limit < 10 or se < 1


def paths(population: int, wrong: int) -> list[np.ndarray]:
    return [np.isin(np.arange(population), each) for each in combinations(range(population), wrong)]


@pytest.mark.parametrize(("accuracy", "cut", "futility"), [(0.7, 8, 0.2), (0.7, 6, 0.0), (0.9, 8, 0.1)])
def test_reading_every_path_gives_the_same_chances(accuracy: float, cut: int, futility: float):
    n = 8
    check = Sequential(population=n, accuracy=accuracy, risk=0.25, n=5, cut=cut, futility=futility)
    for wrong in (0, 1, 2, 3, 5):
        readings = [check.read(Seen(wrong=each)) for each in paths(n, wrong)]
        accepted = sum(each.decision is Decision.ACCEPT for each in readings)
        assert check.accept_chance(wrong) == pytest.approx(accepted / comb(n, wrong), abs=1e-12)
        mean = np.mean([each.stopped_at for each in readings])
        assert check.mean_reviews(wrong) == pytest.approx(mean, rel=1e-9)


def test_reading_every_path_of_reviewers_who_err_gives_the_same_chances():
    n, se, sp = 6, Fraction("0.8"), Fraction("0.9")
    check = Sequential(population=n, accuracy=0.5, risk=0.4, n=4, cut=n, sensitivity=0.8, specificity=0.9)
    for wrong in (0, check.limit):
        accepted, mean, total = 0.0, 0.0, Fraction(0)
        for marks in product([False, True], repeat=n):
            chance = null_chance(n, wrong, n, sum(marks), se, sp)
            reading = check.read(Seen(wrong=np.array(marks)))
            accepted += float(chance) * (reading.decision is Decision.ACCEPT)
            mean += float(chance) * (reading.stopped_at or n)
            total += chance
        assert total == 1
        assert check.accept_chance(wrong) == pytest.approx(accepted, abs=1e-12)
        assert check.mean_reviews(wrong) == pytest.approx(mean, rel=1e-9)


def test_the_law_of_verdicts_is_that_of_two_binomials_and_a_draw():
    marks = Marks(12, 0.8, 0.9)
    law = called_law(12, 5, Fraction("0.8"), Fraction("0.9"))
    for t in (0, 1, 7, 12):
        for e in range(t + 1):
            expected = sum(law[k] * comb(t, e) * path_chance(12, k, t, e) for k in range(13))
            assert exp(marks.log_chance(e, drawn=t, wrong=5)[0]) == pytest.approx(float(expected), rel=1e-11)
    first, logs = Marks(4000, 0.9, 0.98).law(300)
    assert np.exp(logs).sum() == pytest.approx(1, abs=1e-9)
    assert np.exp(logs) @ (first + np.arange(logs.size)) == pytest.approx(300 * 0.9 + 3700 * 0.02)


@pytest.mark.parametrize(("se", "sp"), [("1", "1"), ("0.8", "0.9")])
def test_a_number_once_excluded_excludes_all_beyond_it(se: str, sp: str):
    n = 26
    limits = Sequential(
        population=n, accuracy=0.8, risk=0.2, n=1, cut=n, futility=0.3, sensitivity=float(se), specificity=float(sp)
    ).limits
    t, e = (np.array(each, dtype=float) for each in zip(*states(n), strict=True))
    proven = np.array([limits.at(d).proven(t, e) for d in range(1, n + 1)])
    futile = np.array([limits.at(d).futile(t, e) for d in range(1, n + 1)])
    assert (np.diff(proven.astype(int), axis=0) >= 0).all()
    assert (np.diff(futile.astype(int), axis=0) <= 0).all()
    assert 0 < proven.sum() < proven.size
    assert 0 < futile.sum() < futile.size


@pytest.mark.parametrize("wrong", [0, 1, 3, 6, 9])
def test_bounds_hold_all_along_the_path_as_often_as_they_say(wrong: int):
    n = 9
    limits = Sequential(population=n, accuracy=0.7, risk=0.2, n=1, cut=n, futility=0.3).limits
    every = paths(n, wrong)
    over = sum(most_wrong(limits, path_of(each[:-1])) < wrong for each in every)
    under = sum(fewest_wrong(limits, path_of(each[:-1])) > wrong for each in every)
    assert over / len(every) <= 0.2
    assert under / len(every) <= 0.3


def test_bounds_are_narrower_than_what_logic_alone_says():
    limits = Sequential(population=200, accuracy=0.9, risk=0.05, n=1, cut=200).limits
    path = path_of(np.arange(100) % 10 == 9)
    assert 10 < fewest_wrong(limits, path) < 20 < most_wrong(limits, path) < 50


def test_a_census_decides():
    check = Sequential(population=20, accuracy=0.9, risk=1e-6, n=20, cut=20, futility=1e-6)
    for errors in range(21):
        wrong = np.arange(20) >= 20 - errors
        reading = check.read(Seen(wrong=wrong))
        assert reading.decision is (Decision.ACCEPT if errors <= 2 else Decision.REJECT)
        assert isinstance(reading.accuracy, Estimate)
        assert (reading.accuracy.low, reading.accuracy.high) == ((20 - errors) / 20, (20 - errors) / 20)
        assert reading.accuracy.method == "census"


def test_what_the_check_says_before_and_after():
    check: SpotCheck = sequential(10_000, accuracy=0.95, risk=0.05, expected=0.99, power=0.9)
    assert (check.design, check.n, check.allowed, check.certifies) == (Design.SEQUENTIAL, 240, None, True)
    nothing = check.read(Seen(wrong=np.zeros(0, dtype=bool)))
    assert (nothing.decision, nothing.p_value, nothing.fewest_more) == (Decision.GO_ON, 1.0, 73)
    assert isinstance(nothing.accuracy, Unknown)
    clean = check.read(Seen(wrong=np.zeros(72, dtype=bool)))
    assert (clean.decision, clean.stopped_at, clean.fewest_more) == (Decision.GO_ON, None, 1)
    assert clean.p_value == pytest.approx(1 / 19.531, abs=1e-5)
    proven = check.read(Seen(wrong=np.zeros(73, dtype=bool)))
    assert (proven.decision, proven.stopped_at, proven.fewest_more) == (Decision.ACCEPT, 73, 0)
    assert isinstance(proven.accuracy, Estimate)
    assert 0.95 <= proven.accuracy.low < 0.951
    assert (proven.accuracy.high, proven.accuracy.confidence) == (1.0, 0.9)
    later = check.read(Seen(wrong=np.append(np.zeros(73, dtype=bool), np.ones(50, dtype=bool))))
    assert (later.decision, later.stopped_at) == (Decision.ACCEPT, 73)
    hopeless = check.read(Seen(wrong=np.ones(20, dtype=bool)))
    assert hopeless.decision is Decision.REJECT
    assert hopeless.stopped_at is not None
    assert hopeless.stopped_at < 12
    with pytest.raises(ValueError, match="verdicts on"):
        check.read(Seen(wrong=np.zeros(10_001, dtype=bool)))


def test_the_cut_gives_up_and_leaves_nothing_to_hope():
    check = Sequential(population=10_000, accuracy=0.95, risk=0.05, n=90, cut=150)
    two_wrong = np.isin(np.arange(149), [10, 20])
    assert check.read(Seen(wrong=two_wrong[:60])).fewest_more is None
    assert check.read(Seen(wrong=two_wrong)).decision is Decision.GO_ON
    cut = check.read(Seen(wrong=np.append(two_wrong, False)))
    assert (cut.decision, cut.stopped_at, cut.fewest_more) == (Decision.REJECT, 150, 0)
    assert check.mean_reviews(500) <= 150
    one_wrong = np.isin(np.arange(150), [10])
    assert check.read(Seen(wrong=one_wrong)).stopped_at == 123


def test_very_long_paths_keep_their_bounds_and_their_proof():
    rng = np.random.default_rng(7)
    wrong = rng.random(40_000) < 0.045
    check = Sequential(population=10**7, accuracy=0.95, risk=0.05, n=40_000, cut=10**7)
    reading = check.read(Seen(wrong=wrong))
    assert reading.decision is Decision.ACCEPT
    assert isinstance(reading.accuracy, Estimate)
    assert 0.95 <= reading.accuracy.low < 0.955 < reading.accuracy.high < 0.96
    assert reading.accuracy.point == pytest.approx(1 - wrong.mean())


def test_planning_for_a_million():
    rows = planning_table(10**6, accuracy=0.95, risk=0.05, accuracies=[1.0, 0.99, 0.98, 0.97, 0.96])
    assert [row.reviews[0][1] for row in rows] == sorted(row.reviews[0][1] or 0 for row in rows)
    assert rows[0].reviews == ((0.5, 74), (0.8, 74), (0.9, 74))
    for row in rows:
        check = Sequential(population=10**6, accuracy=0.95, risk=0.05, n=1, cut=row.reviews[2][1] or 1)
        assert check.accept_chance(round(10**6 * (1 - row.accuracy))) >= 0.9
    (never,) = planning_table(1000, accuracy=0.95, risk=0.05, accuracies=[0.9], cut=500)
    assert [reviews for _, reviews in never.reviews] == [None, None, None]


@pytest.mark.parametrize(("cut", "futility"), [(1500, 0.05), (1500, 0.0)])
def test_economy_at_ten_thousand(cut: int, futility: float):
    """An uncertified run counts as 1,500 reviews, hopeless ones too."""
    check = Sequential(population=10_000, accuracy=0.95, risk=0.05, n=cut, cut=cut, futility=futility)
    found = []
    for wrong in (0, 100, 200, 300):
        fate = check.fate(wrong)
        found.append(fate.mean + float(fate.futile @ (cut - fate.futile_at)))
    assert all(mean <= most for mean, most in zip(found, (75, 130, 270, 680), strict=True))
    assert sum(found) <= 0.75 * (59 + 180 + 382 + 933)
    assert found == pytest.approx([73, 128.2, 265.6, 674.4], abs=0.3)


def test_the_size_of_the_first_draw_is_the_smallest_with_the_power():
    check = sequential(2000, accuracy=0.9, risk=0.05, expected=0.96, power=0.8)
    assert check.cut == 2000
    drawn = [Sequential(population=2000, accuracy=0.9, risk=0.05, n=1, cut=cut) for cut in (check.n - 1, check.n)]
    assert drawn[0].accept_chance(80) < 0.8 <= drawn[1].accept_chance(80)
    assert sequential(2000, accuracy=0.9, risk=0.05, expected=0.9, power=0.8, cut=300).n == 300


@pytest.mark.parametrize("wrong", [
    {"population": 0}, {"accuracy": 0.0}, {"accuracy": 1.1}, {"risk": 0.0}, {"risk": 1.0}, {"futility": 1.0},
    {"risk": 0.6, "futility": 0.4}, {"cut": 101}, {"n": 0}, {"n": 60}, {"sensitivity": 0.0}, {"specificity": 1.2},
    {"sensitivity": 0.4, "specificity": 0.6},
])  # fmt: skip
def test_what_cannot_be_checked(wrong: dict):
    fine = {"population": 100, "accuracy": 0.9, "risk": 0.05, "n": 10, "cut": 50}
    Sequential(**fine)
    with pytest.raises(ValueError, match=r"need|must|chances|guess"):
        Sequential(**fine | wrong)


def test_it_explains_itself_in_both_languages():
    plain = sequential(10_000, accuracy=0.95, risk=0.05, expected=0.99, power=0.9)
    cut = sequential(
        10_000, accuracy=0.999, risk=0.01, expected=1.0, power=0.9, cut=5000, futility=0.0, sensitivity=0.9
    )
    for check in (plain, cut):
        for lang in ("en", "zh"):
            said = [render(message, lang) for message in check.explain()]
            assert all(isinstance(message, Message) for message in check.explain())
            assert not any("{" in sentence for sentence in said)
    english = " ".join(str(message) for message in plain.explain())
    for part in ("240 of 10000", "after 73 reviews", "after 123", "501 or more", "95%", "at most 5%"):
        assert part in english, part
    english = " ".join(str(message) for message in cut.explain())
    for part in ("99.9%", "After 5000 reviews", "call 90% of wrong items wrong", "for certain"):
        assert part in english, part
    assert "cannot be proven within 5 reviews" in str(
        Sequential(population=1000, accuracy=0.99, risk=0.05, n=5, cut=5).explain()[1]
    )

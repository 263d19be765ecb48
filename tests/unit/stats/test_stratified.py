"""The stratified certificate: its guarantee counted out whole, its evidence against brute force, and what it says."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from math import comb, exp, log

import numpy as np
import pytest

from labelqa.i18n import render
from labelqa.records.designs import Allocation, Decision, Design, StratumSize
from labelqa.records.estimate import Estimate, Unknown
from labelqa.stats.acceptance.design import Seen, curve
from labelqa.stats.sequential.check import Sequential
from labelqa.stats.sequential.stratified import Stratified, stratified
from labelqa.stats.strata.evidence import evidence_of_few, likeliest_bad, log_falling, mixture
from labelqa.stats.strata.simulated import errors_of
from labelqa.stats.strata.walks import interleaved, walk

Next = Callable[[Sequence[int], Sequence[int]], int]  # wrong and right so far -> the stratum to look at next


def strata(*rows: tuple[int, float]) -> tuple[StratumSize, ...]:
    return tuple(StratumSize(name=f"s{at}", items=items, n=items, expected=e) for at, (items, e) in enumerate(rows))


def check_of(rows: Sequence[tuple[int, float]], *, accuracy: float, risk: float, futility: float = 0.05) -> Stratified:
    sized = strata(*rows)
    return Stratified(strata=sized, accuracy=accuracy, risk=risk, expected=1.0, power=0.5, futility=futility,
                      cut=sum(each.items for each in sized))  # fmt: skip


def ever(check: Stratified, errors: Sequence[int], following: Next, *, side: str = "few") -> Fraction:
    """The exact chance that the evidence ever passes its threshold, looked at after every verdict."""
    items = [each.items for each in check.strata]
    contest, total = check.contest, sum(items)
    open_, passed = {((0,) * len(items), (0,) * len(items)): Fraction(1)}, Fraction(0)
    for _ in range(total):
        further: dict[tuple[tuple[int, ...], tuple[int, ...]], Fraction] = {}
        for (e, s), chance in open_.items():
            h = following(e, s)
            left, bad = items[h] - e[h] - s[h], errors[h] - e[h]
            for wrong, ways in ((1, bad), (0, left - bad)):
                if ways:
                    key = (tuple(n + wrong * (i == h) for i, n in enumerate(e)),
                           tuple(n + (1 - wrong) * (i == h) for i, n in enumerate(s)))  # fmt: skip
                    further[key] = further.get(key, Fraction(0)) + chance * Fraction(ways, left)
        rows = list(further)
        few, many = check._evidence(np.array([e for e, _ in rows], float), np.array([s for _, s in rows], float))
        over = few >= contest.proven if side == "few" else many >= contest.hopeless
        passed += sum((further[key] for key, hit in zip(rows, over, strict=True) if hit), Fraction(0))
        open_ = {key: further[key] for key, hit in zip(rows, over, strict=True) if not hit}
    return passed


def in_turn(items: Sequence[int], sizes: Sequence[int]) -> Next:
    order = interleaved(sizes, items, sum(items)).tolist()
    return lambda e, s: order[sum(e) + sum(s)]


def where_it_looks_best(items: Sequence[int]) -> Next:
    """An order that runs after the cleanest stratum: allowed, and as tempting as can be."""

    def chosen(e: Sequence[int], s: Sequence[int]) -> int:
        return min((h for h in range(len(items)) if e[h] + s[h] < items[h]), key=lambda h: (e[h], -s[h], h))

    return chosen


SMALL = [
    ([(6, 0.1), (6, 0.1)], 0.6),
    ([(8, 0.02), (4, 0.5)], 0.7),
    ([(8, 0.5), (4, 0.02)], 0.7),
    ([(5, 0.1), (4, 0.3), (3, 0.05)], 0.5),
    ([(3, 0.0), (9, 0.2)], 0.8),
]


@pytest.mark.parametrize(("rows", "accuracy"), SMALL)
@pytest.mark.parametrize("risk", [0.1, 0.3])
def test_no_batch_that_misses_is_certified_more_often_than_the_risk(rows, accuracy, risk):
    check, items = check_of(rows, accuracy=accuracy, risk=risk), [count for count, _ in rows]
    worst = Fraction(0)
    for errors in itertools.product(*(range(count + 1) for count in items)):
        if sum(errors) == check.limit or sum(errors) == check.limit + 1:
            for following in (in_turn(items, items), in_turn(items, items[::-1]), where_it_looks_best(items)):
                worst = max(worst, ever(check, errors, following))
    assert worst <= Fraction(str(risk))
    assert risk < 0.2 or worst > 0


def test_more_errors_than_the_limit_are_no_better():
    check, items = check_of([(5, 0.1), (4, 0.4)], accuracy=0.6, risk=0.3), [5, 4]
    for errors in itertools.product(range(6), range(5)):
        if sum(errors) >= check.limit:
            assert ever(check, errors, in_turn(items, items)) <= Fraction(3, 10)


def test_a_batch_that_reaches_it_is_given_up_no_more_often_than_said():
    check, items = check_of([(6, 0.1), (5, 0.4)], accuracy=0.6, risk=0.1, futility=0.2), [6, 5]
    for errors in itertools.product(range(7), range(6)):
        if sum(errors) < check.limit:
            assert ever(check, errors, where_it_looks_best(items), side="many") <= Fraction(1, 5)


def slowly(e: Sequence[int], s: Sequence[int], items: Sequence[int], limit: int) -> float:
    """The largest chance of the verdicts, every batch tried."""
    best = Fraction(0)
    for errors in itertools.product(*(range(a, count - b + 1) for a, b, count in zip(e, s, items, strict=True))):
        if sum(errors) >= limit:
            chance = Fraction(1)
            for d, a, b, count in zip(errors, e, s, items, strict=True):
                chance *= Fraction(comb(count - a - b, d - a), comb(count, d))
            best = max(best, chance)
    return log(best) if best else -np.inf


def test_the_likeliest_bad_batch_is_the_likeliest_of_all():
    rng = np.random.default_rng(3)
    for _ in range(400):
        items = rng.integers(1, 8, rng.integers(1, 4))
        t = rng.integers(0, items + 1)
        e = rng.integers(0, t + 1)
        limit = int(rng.integers(0, items.sum() + 2))
        found, batch = likeliest_bad(e[None].astype(float), (t - e)[None].astype(float), items.astype(float), limit)
        wanted = slowly(e, t - e, items, limit)
        if np.isinf(wanted):
            assert np.isinf(found[0])
        else:
            assert -1e-9 <= found[0] - wanted < 2e-6  # if anything too large: on the safe side
            assert batch[0].sum() >= limit


def test_falling_factorials_are_exact_for_large_batches():
    for x, k in ((10, 3), (25, 25), (1000, 999), (10_000_000, 5), (10_000_000, 300), (40, 20), (19, 0)):
        wanted = sum(log(x - i) for i in range(k))
        assert float(log_falling(np.array(float(x)), np.array(float(k)))) == pytest.approx(wanted, rel=1e-13, abs=1e-11)
    assert np.isneginf(log_falling(np.array(3.0), np.array(4.0)))


def test_the_mixture_is_a_fixed_chance_on_all_verdicts():
    sized = strata((40, 0.01), (20, 0.2))
    mixed = mixture(sized, 0.9)
    assert mixed.good.sum() == pytest.approx(1)
    assert mixed.bad.sum() == pytest.approx(1)
    for weights in (mixed.good, mixed.bad):
        total = 0.0
        for first, second in itertools.product(range(5), range(4)):
            e, s = np.array([[first, second]], float), np.array([[4 - first, 3 - second]], float)
            total += comb(4, first) * comb(3, second) * exp(mixed.log_chance(e, s, weights)[0])
        assert total == pytest.approx(1)


def exact_fate(check: Stratified, errors: int, horizon: int) -> tuple[float, float]:
    """One stratum: the chance to be certified and the mean reviews, by dynamic programming over (reviews, errors)."""
    contest, (items,) = check.contest, [each.items for each in check.strata]
    open_, accepted, mean = np.array([1.0]), 0.0, 0.0
    for t in range(1, horizon + 1):
        e = np.arange(len(open_))
        wrong = np.clip((errors - e) / (items - t + 1), 0, 1)
        mean += open_.sum()
        open_ = np.append(open_ * (1 - wrong), 0) + np.append(0, open_ * wrong)
        alive = np.flatnonzero(open_ > 1e-13)
        counts = alive[:, None].astype(float)
        few, many = check._evidence(counts, t - counts)
        accepted += open_[alive[few >= contest.proven]].sum()
        open_[alive[(few >= contest.proven) | (many >= contest.hopeless)]] = 0
        open_ = open_[: alive[-1] + 1] if alive.size else np.zeros(1)
    return accepted, mean


@pytest.mark.parametrize("errors", [10, 20, 35])
def test_simulated_chances_of_one_stratum_are_the_exact_ones(errors):
    check = check_of([(1000, 0.0)], accuracy=0.95, risk=0.05)
    accepted, mean = exact_fate(check, errors, 400)
    found = walk(check.contest, np.array([errors]), check.order(400), batches=2000, rng=np.random.default_rng(1))
    share = (found.end == 1).mean()
    assert abs(share - accepted) < 4 * (accepted * (1 - accepted) / 2000) ** 0.5 + 1e-3
    assert abs(found.reviews.mean() - mean) < 4 * found.reviews.std() / 2000**0.5


def test_one_stratum_is_as_quick_as_the_unstratified_check():
    plain = Sequential(population=10_000, accuracy=0.95, risk=0.05, n=100, cut=400)
    check = check_of([(10_000, 0.0)], accuracy=0.95, risk=0.05)
    for errors in (0, 100, 200):
        exact = exact_fate(check, errors, 400)
        assert exact[1] == pytest.approx(plain.mean_reviews(errors), rel=0.02)
        assert exact[0] == pytest.approx(plain.accept_chance(errors), abs=0.01)
    assert 0.02 < exact_fate(check, 501, 400)[0] <= 0.05


def test_walks_stop_where_reading_stops():
    check = stratified(strata((3000, 0.01), (1000, 0.06)), accuracy=0.95, risk=0.05, expected=0.99, power=0.8)
    order, errors = check.order(600), np.array([60, 40])

    class Told:
        """A random generator that deals a known batch."""

        def __init__(self, marks: np.ndarray) -> None:
            self.marks, self.at = marks, -1

        def random(self, size: int) -> np.ndarray:
            self.at += 1
            return np.full(size, 0.0 if self.marks[self.at] else 1.0)

    ends = set()
    for seed in range(25):
        marks = np.random.default_rng(seed).random(600) < (0.02 if seed % 2 else 0.12)
        reading = check.read(Seen(wrong=marks, stratum=order))
        walked = walk(check.contest, np.array([3000, 1000]) // 2, order, batches=1, rng=Told(marks))
        ends.add(int(walked.end[0]))
        assert {1: Decision.ACCEPT, -1: Decision.REJECT, 0: Decision.GO_ON}[int(walked.end[0])] == reading.decision
        assert reading.stopped_at is None or reading.stopped_at == walked.reviews[0]
    assert {1, -1} <= ends
    assert errors.sum() == 100


def test_a_reading_says_what_is_proven_and_what_remains():
    check = stratified(strata((8000, 0.01), (2000, 0.04)), accuracy=0.95, risk=0.05, expected=0.99, power=0.8)
    nothing = check.read(Seen(wrong=np.zeros(0, bool), stratum=np.zeros(0, np.int64)))
    assert isinstance(nothing.accuracy, Unknown)
    assert (nothing.decision, nothing.p_value) == (Decision.GO_ON, 1.0)
    more = nothing.fewest_more
    for reviews, decision in ((more - 1, Decision.GO_ON), (more, Decision.ACCEPT)):
        found = check.read(Seen(wrong=np.zeros(reviews, bool), stratum=check.order(reviews)))
        assert found.decision is decision
        assert found.stopped_at == (more if decision is Decision.ACCEPT else None)
        assert isinstance(found.accuracy, Estimate)
        assert (found.accuracy.low >= 0.95) == (decision is Decision.ACCEPT)
        assert (found.p_value <= 0.05) == (decision is Decision.ACCEPT)
    wrong = np.zeros(300, bool)
    wrong[::7] = True
    lost = check.read(Seen(wrong=wrong, stratum=check.order(300)))
    assert lost.decision is Decision.REJECT
    assert lost.fewest_more == 0
    assert lost.accuracy.low < lost.accuracy.point < lost.accuracy.high < 0.95


def test_verdicts_after_the_decision_do_not_take_it_back():
    check = stratified(strata((8000, 0.01), (2000, 0.04)), accuracy=0.95, risk=0.05, expected=0.99, power=0.8)
    wrong = np.zeros(200, bool)
    wrong[100:] = True
    found = check.read(Seen(wrong=wrong, stratum=check.order(200)))
    assert found.decision is Decision.ACCEPT
    assert found.p_value <= 0.05


def test_the_cut_a_census_and_logical_bounds():
    check = check_of([(6, 0.1), (4, 0.1)], accuracy=0.8, risk=1e-6, futility=0)
    order = check.order(10)
    done = check.read(Seen(wrong=np.array([1, 0, 0, 0, 0, 0, 0, 1, 0, 0], bool), stratum=order))
    assert (done.decision, done.stopped_at) == (Decision.ACCEPT, 10)
    assert (done.accuracy.low, done.accuracy.point, done.accuracy.method) == (0.8, 0.8, "census")
    sure = check.read(Seen(wrong=np.zeros(8, bool), stratum=order[:8]))
    assert (sure.decision, sure.stopped_at) == (Decision.ACCEPT, 8)
    lost = check.read(Seen(wrong=np.ones(3, bool), stratum=order[:3]))
    assert (lost.decision, lost.stopped_at) == (Decision.REJECT, 3)
    early = replace(check, strata=tuple(replace(each, n=2) for each in check.strata), cut=5)
    assert early.read(Seen(wrong=np.zeros(5, bool), stratum=order[:5])).decision is Decision.REJECT
    assert early.read(Seen(wrong=np.zeros(4, bool), stratum=order[:4])).fewest_more is None


def test_intervals_hold_the_truth_at_every_moment():
    check = check_of([(120, 0.05), (60, 0.3)], accuracy=0.85, risk=0.1)
    rng, errors, missed = np.random.default_rng(5), [6, 20], 0
    batch = [np.repeat([True, False], [bad, size - bad]) for bad, size in zip(errors, (120, 60), strict=True)]
    order = check.order(180)
    for _ in range(40):
        marks = np.empty(180, bool)
        for h in (0, 1):
            marks[order == h] = rng.permutation(batch[h])
        looked = (check.read(Seen(wrong=marks[:t], stratum=order[:t])).accuracy for t in (5, 40, 90, 150))
        missed += any(not each.low - 1e-12 <= 1 - 26 / 180 <= each.high + 1e-12 for each in looked)
    assert missed <= 4 + 3 * 1.9


def test_reviews_are_shared_out_as_declared_and_enough_for_the_power():
    sized = strata((6000, 0.01), (3000, 0.02), (40, 0.2))
    check = stratified(sized, accuracy=0.95, risk=0.05, expected=0.985, power=0.8, minimum=5)
    assert check.design is Design.STRATIFIED
    assert check.certifies
    assert check.allowed is None
    assert check.strata[2].n == 5
    within = walk(
        check.contest, errors_of(sized, 135), check.order(check.n), batches=3000, rng=np.random.default_rng(9)
    )
    assert abs((within.end == 1).mean() - 0.8) < 0.06
    chances = [point.accept for point in curve(check, (1.0, 0.985, 0.95, 0.9))]
    assert chances == sorted(chances, reverse=True)
    assert check.simulated(135) == check.simulated(135)
    assert check.accept_chance(452) <= 0.05 + 3 * 0.007
    mixed = stratified(sized, accuracy=0.95, risk=0.05, expected=0.985, power=0.8, allocation=Allocation.NEYMAN)
    assert mixed.strata[2].n / mixed.n > check.strata[2].n / check.n


def test_relative_risks_steer_the_speed_and_not_the_guarantee():
    told, lied = (check_of([(800, a), (200, b)], accuracy=0.9, risk=0.05) for a, b in ((0.01, 0.2), (0.2, 0.01)))
    counts = np.array([[1.0, 6.0]]), np.array([[120.0, 24.0]])
    well, ill = (
        evidence_of_few(each.contest.mixed, *counts, each.contest.items, each.limit)[0] for each in (told, lied)
    )
    assert well > ill


def test_it_is_explained_in_both_languages():
    check = stratified(strata((8000, 0.01), (2000, 0.04)), accuracy=0.95, risk=0.05, expected=0.99, power=0.8, cut=1500)
    for cut in (1500, 10_000):
        told = replace(check, cut=cut, futility=0.05 if cut == 1500 else 0).explain()
        english, chinese = (" ".join(render(each, lang) for each in told) for lang in ("en", "zh"))
        assert f"{check.n:,} of 10,000 items" in english
        assert "501 wrong labels or more" in english
        assert ("After 1,500 reviews" in english) == (cut == 1500)
        assert "{" not in english + chinese
        assert "reviews" not in chinese


def test_what_makes_no_sense_is_refused():
    two = strata((50, 0.1), (50, 0.1))
    check = check_of([(50, 0.1), (50, 0.1)], accuracy=0.9, risk=0.05)
    known = {"accuracy": 0.9, "risk": 0.05, "expected": 0.95, "power": 0.8}
    for wrong in ({"accuracy": 0.0}, {"risk": 1.0}, {"power": 1.0}, {"expected": 0.8}, {"cut": 3, "minimum": 5}):
        with pytest.raises(ValueError):
            stratified(two, **{**known, **wrong})
    with pytest.raises(ValueError):
        stratified([], **known)
    with pytest.raises(ValueError):
        check.read(Seen(wrong=np.zeros(3, bool)))
    with pytest.raises(ValueError):
        check.read(Seen(wrong=np.zeros(51, bool), stratum=np.zeros(51, np.int64)))
    with pytest.raises(ValueError):
        check.read(Seen(wrong=np.zeros(2, bool), stratum=np.array([0, 2])))
    with pytest.raises(ValueError):
        check.accept_chance(101)

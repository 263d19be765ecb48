"""Designs that draw once: fixed plans, discovery, estimates; each against every order in which its verdicts could come."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

from labelqa.i18n import render
from labelqa.records.designs import Decision, Design, StratumSize
from labelqa.records.estimate import Estimate, Unknown
from labelqa.records.review import Resolved
from labelqa.stats.acceptance import (
    aql_plan,
    census,
    contract,
    detects,
    discovery,
    estimate,
    estimate_strata,
    fixed_plan,
    two_point,
    with_size,
    worst_outgoing,
    zero_acceptance,
)
from labelqa.stats.acceptance.design import Seen, SpotCheck, curve, point_at
from labelqa.stats.acceptance.estimates import half_width, items_for_margin
from labelqa.stats.acceptance.switching import Inspection, Switch
from labelqa.stats.proportion import hypergeometric_interval


def seen(*wrong: int, **more) -> Seen:
    return Seen(wrong=np.array(wrong, dtype=bool), **more)


def numbered(population: int, n: int, c: int, accuracy: float = 0.75) -> SpotCheck:
    resolved = Resolved(population=population, n=n, c=c, risk=0.5, power=0.5)
    return fixed_plan(resolved, design=Design.TWO_POINT, accuracy=accuracy, risk=0.05)


def every_order(check: SpotCheck, defects: int) -> tuple[Fraction, Fraction]:
    """The chance to accept and the mean number of reviews, by reading every order of the whole batch item by item."""
    accepted, reviews, orders = 0, 0, 0
    for places in combinations(range(check.population), defects):
        wrong = np.isin(np.arange(check.population), places)
        for t in range(1, check.n + 1):
            reading = check.read(Seen(wrong=wrong[:t]))
            if reading.decision is not Decision.GO_ON:
                assert reading.stopped_at == t
                break
        orders += 1
        reviews += t
        accepted += reading.decision is Decision.ACCEPT
        whole = check.read(Seen(wrong=wrong[: check.n]))
        assert (whole.decision, whole.stopped_at) == (reading.decision, t)  # nothing that comes later changes it
    return Fraction(accepted, orders), Fraction(reviews, orders)


CHECKS = [
    *(numbered(9, n, c) for n, c in ((1, 0), (4, 0), (4, 1), (5, 2), (9, 2), (9, 8), (6, 5))),
    discovery(9, defects=3, risk=0.2),
    contract(9, n=6, pass_rate=0.7),
    contract(9, n=7, pass_rate=0.85, decimals=0),
    contract(9, share=0.5, pass_rate=1.0),
    aql_plan(9, aql="10", level="III"),
    aql_plan(9, aql="10", level="III", switch=Switch(inspection=Inspection.TIGHTENED)),
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: f"{check.design}-{check.n}-{check.allowed}")
def test_chances_and_reviews_are_those_of_every_order(check: SpotCheck):
    for defects in range(check.population + 1):
        accept, reviews = every_order(check, defects)
        assert check.accept_chance(defects) == pytest.approx(float(accept), abs=1e-9)
        assert check.mean_reviews(defects) == pytest.approx(float(reviews), rel=1e-9)


def test_a_fixed_plan_is_decided_as_soon_as_it_can_be():
    check = numbered(100, 5, 1)
    assert check.read(seen(0, 1, 0)).decision is Decision.GO_ON
    assert check.read(seen(0, 1, 0)).fewest_more == 2
    lost = check.read(seen(1, 0, 1, 0, 0))
    assert (lost.decision, lost.stopped_at, lost.fewest_more) == (Decision.REJECT, 3, 0)
    won = check.read(seen(0, 0, 0, 0))
    assert (won.decision, won.stopped_at, won.fewest_more) == (Decision.ACCEPT, 4, 0)
    # what was won early is worth no more than with the last item wrong, and the share is told at the end alone
    assert won.p_value == check.read(seen(0, 0, 0, 0, 1)).p_value > check.read(seen(0, 0, 0, 0, 0)).p_value
    assert isinstance(won.accuracy, Unknown)
    assert check.read(seen(1, 1)).p_value is None
    assert check.read(seen(0, 0, 0, 0, 0, 1, 1, 1)).decision is Decision.ACCEPT
    assert check.read(seen()).decision is Decision.GO_ON
    assert check.read(seen(0, 0, 0, 0, left_out=np.array([1, 0, 0, 1], dtype=bool))).decision is Decision.REJECT
    with pytest.raises(ValueError, match="101 verdicts on 100 items"):
        check.read(seen(*[0] * 101))


def test_acceptance_proves_what_it_says():
    plan = two_point(2000, accuracy=0.9, risk=0.05, expected=0.96, power=0.9)
    check = fixed_plan(plan, design=Design.TWO_POINT, accuracy=0.9, risk=0.05)
    assert check.certifies
    for wrong in range(plan.c + 3):
        reading = check.read(seen(*[1] * wrong, *[0] * (plan.n - wrong)))
        share = reading.accuracy
        assert isinstance(share, Estimate)
        assert (share.low >= 0.9) == (reading.p_value <= 0.05) == (reading.decision is Decision.ACCEPT)
        assert share.low <= share.point <= share.high == (2000 - wrong) / 2000
        assert (share.confidence, share.n, share.method) == (0.95, plan.n, "hypergeometric, lower")


def test_a_plan_that_does_not_hold_its_risk_does_not_certify():
    plan = zero_acceptance(1000, accuracy=0.95, risk=0.05)
    short = Resolved(population=1000, n=plan.n - 1, c=0, risk=0.05, power=1.0)
    assert fixed_plan(plan, design=Design.ZERO_ACCEPTANCE, accuracy=0.95, risk=0.05).certifies
    assert not fixed_plan(short, design=Design.ZERO_ACCEPTANCE, accuracy=0.95, risk=0.05).certifies


def test_an_extended_sample_is_read_by_the_larger_plan():
    plan = zero_acceptance(1000, accuracy=0.95, risk=0.05)
    larger = fixed_plan(with_size(plan, 80, accuracy=0.95), design=Design.ZERO_ACCEPTANCE, accuracy=0.95, risk=0.05)
    late = seen(*[0] * 79, 1)
    assert larger.read(late).decision is Decision.REJECT
    assert larger.accept_chance(51) < plan.risk


def test_a_census_is_exact():
    check = fixed_plan(census(200, accuracy=0.95), design=Design.CENSUS, accuracy=0.95, risk=0.05)
    assert (check.n, check.allowed, check.certifies) == (200, 10, True)
    assert [check.accept_chance(defects) for defects in (10, 11)] == [1.0, 0.0]
    whole = check.read(seen(*[1] * 10, *[0] * 190))
    assert whole.decision is Decision.ACCEPT
    assert whole.p_value == 0.0
    assert (whole.accuracy.low, whole.accuracy.high, whole.accuracy.method) == (0.95, 0.95, "census")
    assert check.read(seen(*[1] * 11)).decision is Decision.REJECT


@pytest.mark.parametrize(
    ("design", "c", "n"), [(Design.SEQUENTIAL, 0, 5), (Design.TWO_POINT, None, 5), (Design.TWO_POINT, 5, 5)]
)
def test_what_is_no_fixed_plan(design: Design, c: int | None, n: int):
    with pytest.raises(ValueError, match=r"fixed number|need"):
        fixed_plan(Resolved(population=9, n=n, c=c, risk=0, power=1), design=design, accuracy=0.9, risk=0.05)


def test_discovery_would_have_seen_one():
    found = discovery(1000, accuracy=0.99, risk=0.05)
    assert found.defects == 11
    assert found.accept_chance(11) <= 0.05 < discovery(1000, defects=10, risk=0.05).accept_chance(9)
    assert found.certifies
    none = found.read(seen(*[0] * found.n))
    assert (none.decision, none.p_value) == (Decision.ACCEPT, found.accept_chance(11))
    assert none.accuracy.low == 0.99
    assert found.read(seen(0, 0, 1)).stopped_at == 3
    for wrong in ({}, {"accuracy": 0.9, "defects": 3}, {"defects": 0}, {"defects": 1001}):
        with pytest.raises(ValueError, match=r"say either|need"):
            discovery(1000, risk=0.05, **wrong)


def test_what_a_number_of_items_detects_is_what_it_was_drawn_for():
    for k in (1, 2, 7, 30, 100):
        n = discovery(500, defects=k, risk=0.05).n
        assert detects(500, n, 0.05) <= k < detects(500, n - 1, 0.05)
    assert detects(500, 1, 0.05) == 475  # drawing one item misses 24 right ones at most once in twenty


def test_an_estimate_is_as_narrow_as_it_was_planned():
    for population, margin, expected in ((300, 0.05, None), (10_000, 0.02, 0.95), (2000, 0.01, 0.99), (50, 0.1, 0.8)):
        check = estimate(population, margin=margin, expected=expected)
        share = 0.5 if expected is None else round(1 - expected, 9)
        widths = [half_width(n, population, wrong_share=share, confidence=0.95) for n in (check.n, check.n - 1)]
        assert widths[0] <= Fraction(str(margin)) < widths[1]
        assert not check.certifies
        assert check.allowed is None
        assert (check.accept_chance(3), check.mean_reviews(3)) == (0.0, check.n)
    assert estimate(10_000, margin=0.02).n > estimate(10_000, margin=0.02, expected=0.9).n


def test_the_planned_width_is_the_wider_of_the_two_that_may_come():
    for n, share in ((130, 0.05), (77, 0.02), (40, 0.5), (33, 0.5)):
        less, more = int(n * share), int(n * share) + 1
        found = [hypergeometric_interval(n - wrong, n, 500) for wrong in (less, more)]
        widths = [round((each.high - each.low) * 500) for each in found]
        wanted = widths[0] if n * share == less else max(widths)
        assert half_width(n, 500, wrong_share=share, confidence=0.95) == Fraction(wanted, 1000)


def test_an_estimate_decides_nothing():
    check = estimate(300, margin=0.1)
    half = check.read(seen(*[0, 1] * (check.n // 4)))
    assert (half.decision, half.stopped_at, half.p_value) == (Decision.GO_ON, None, None)
    assert half.fewest_more == check.n - 2 * (check.n // 4)
    done = check.read(seen(*[0] * check.n))
    assert (done.decision, done.stopped_at, done.fewest_more) == (Decision.GO_ON, check.n, 0)
    assert done.accuracy == hypergeometric_interval(check.n, check.n, 300)
    left = check.read(seen(0, 0, 1, 0, left_out=np.array([0, 1, 1, 0], dtype=bool)))
    assert left.accuracy == hypergeometric_interval(2, 2, 300)
    assert isinstance(check.read(seen()).accuracy, Unknown)


def test_each_stratum_has_its_own_margin():
    strata = [
        StratumSize(name="easy", items=5000, expected=0.02), StratumSize(name="none", items=0),
        StratumSize(name="hard", items=800),
    ]  # fmt: skip
    check = estimate_strata(strata, margin=0.05)
    assert [each.n for each in check.strata] == [
        items_for_margin(5000, margin=0.05, wrong_share=0.02), 0, items_for_margin(800, margin=0.05)
    ]  # fmt: skip
    assert (check.n, check.population) == (sum(each.n for each in check.strata), 5800)
    assert estimate_strata(strata, margin=0.05, expected=0.9).strata[2].n < check.strata[2].n
    stratum = np.array([0] * 40 + [2] * 40)
    wrong = np.array([0] * 40 + [0, 1] * 20, dtype=bool)
    whole = check.read(Seen(wrong=wrong, stratum=stratum)).accuracy
    assert whole.point == pytest.approx((5000 + 400) / 5800)
    with pytest.raises(ValueError, match="stratum of each item"):
        check.read(Seen(wrong=wrong))
    assert isinstance(check.read(Seen(wrong=wrong[:40], stratum=stratum[:40])).accuracy, Unknown)
    with pytest.raises(ValueError, match="a stratum with items"):
        estimate_strata([StratumSize(name="none", items=0)], margin=0.05)


def test_what_goes_out_at_worst():
    for check in (
        contract(1500, n=120, pass_rate=0.95),
        numbered(700, 50, 2, 0.9),
        discovery(900, defects=9, risk=0.1),
    ):
        every = [point_at(check, defects).outgoing for defects in range(check.population + 1)]
        worst = worst_outgoing(check)
        assert worst.outgoing == max(every)
        assert every[worst.defects] == worst.outgoing
    points = curve(numbered(1000, 59, 0, 0.95), [0.9, 0.95, 1.0])
    assert [point.defects for point in points] == [100, 50, 0]
    assert [point.accuracy for point in points] == [0.9, 0.95, 1.0]
    assert points[2].outgoing == 0.0
    # 50 of 1,000 wrong: all that passes unseen, by adding up over the places of the first wrong item
    none = np.cumprod([(950 - t) / (1000 - t) for t in range(59)])
    reviews = 1 + float(none[:-1].sum())
    assert points[1].reviews == pytest.approx(reviews)
    assert points[1].outgoing == pytest.approx(0.05 * none[-1] * (1000 - reviews) / 1000)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_design_explains_itself(lang: str):
    whole = fixed_plan(census(30, accuracy=0.9), design=Design.CENSUS, accuracy=0.9, risk=0.05)
    plain = estimate(900, margin=0.05)
    strata = estimate_strata([StratumSize(name="a", items=90)], margin=0.1, expected=0.9)
    for check in (*CHECKS, numbered(5000, 80, 2), whole, plain, strata, contract(9, n=1, pass_rate=0.5, one_vote=True)):
        said = [render(each, lang) for each in check.explain()]
        assert len(said) >= 3
        assert not any("{" in each for each in said)
        assert all(any("一" <= sign <= "鿿" for sign in each) == (lang == "zh") for each in said)
    told = " ".join(render(each, "en") for each in numbered(5000, 80, 2, 0.95).explain())
    for figure in ("80 of 5,000", "at most 2", "item 3", "item 78", "95%", "251"):
        assert figure in told

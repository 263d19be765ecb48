"""The contract's rule as the contract counts it, and beside it what is proven; the presets that follow from texts."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelqa.i18n import render
from labelqa.records.designs import Counts, Decision, Design, Preset, Terms, terms_of
from labelqa.records.estimate import Estimate, Unknown
from labelqa.stats.acceptance import PRESETS, contract, discovery
from labelqa.stats.acceptance.contracts import Contract, items_of
from labelqa.stats.acceptance.design import Seen
from labelqa.stats.acceptance.endless import stream_at_most, stream_items
from labelqa.stats.proportion import clopper_pearson


def seen(wrong: int, right: int, **more) -> Seen:
    return Seen(wrong=np.array([True] * wrong + [False] * right), **more)


def rounded(right: int, judged: int, decimals: int) -> Decimal:
    """The rate in percent, half up, by long division."""
    exact = Decimal(100 * right) / Decimal(judged)
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def test_rounding_lifts_a_rate_up_to_the_pass_rate():
    plain, one = (contract(10**6, n=100_000, pass_rate=0.96, decimals=decimals) for decimals in (None, 2))
    assert not plain.passes(95_995, 100_000)
    assert one.passes(95_995, 100_000)  # 95.995 % is written 96.00 %
    assert not one.passes(95_994, 100_000)
    assert (plain.allowed, one.allowed) == (4000, 4005)
    assert contract(1000, n=200, pass_rate=0.955, decimals=0).threshold == Fraction("0.955")  # only 96 % reaches 95.5 %
    assert contract(1000, n=200, pass_rate=0.955, decimals=1).threshold == Fraction("0.9545")


@given(st.integers(1, 5000), st.data(), st.integers(0, 4), st.integers(1, 10_000))
def test_the_rule_is_the_rate_as_one_would_write_it(judged: int, data: st.DataObject, decimals: int, rate: int):
    right = data.draw(st.integers(max(0, judged - 60), judged))
    check = contract(10_000, n=judged, pass_rate=rate / 10_000, decimals=decimals)
    assert check.passes(right, judged) == (rounded(right, judged, decimals) >= Decimal(rate) / 100)
    exact = contract(10_000, n=judged, pass_rate=rate / 10_000)
    assert exact.passes(right, judged) == (right * 10_000 >= rate * judged)
    assert exact.passes(judged - exact.allowed, judged)
    assert not exact.passes(judged - exact.allowed - 1, judged) if exact.allowed < judged - 1 else True


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 6), st.sampled_from([0.3, 0.5, 0.66, 0.8, 1.0]), st.sampled_from([None, 0]), st.randoms())
def test_the_rule_is_decided_when_nothing_to_come_can_change_it(n: int, rate: float, decimals: int | None, chance):
    check = contract(20, n=n, pass_rate=rate, decimals=decimals)
    verdicts = [chance.choice("rwo") for _ in range(n)]  # right, wrong, left out
    decided = None
    for t in range(1, n + 1):
        ends = {final(check, [*verdicts[:t], *more]) for more in product("rwo", repeat=n - t)}
        reading = check.read(as_seen(verdicts[:t]))
        wanted = {(True,): Decision.ACCEPT, (False,): Decision.REJECT}.get(tuple(ends), Decision.GO_ON)
        assert reading.decision is wanted
        if reading.decision is not Decision.GO_ON:
            decided = decided or t
            assert reading.stopped_at == decided
            assert reading.rule is (reading.decision is Decision.ACCEPT)


def as_seen(verdicts: list[str]) -> Seen:
    marks = np.array(verdicts)
    return Seen(wrong=marks == "w", left_out=marks == "o")


def final(check: Contract, verdicts: list[str]) -> bool | None:
    judged = [each for each in verdicts if each != "o"]
    return check.passes(judged.count("r"), len(judged)) if judged else None


def test_further_right_items_that_would_do():
    check = contract(1000, n=10, pass_rate=0.8)
    assert check.read(seen(2, 3)).fewest_more == 5
    assert check.read(seen(0, 3)).fewest_more == 5
    assert check.read(seen(0, 8)).fewest_more == 0
    assert check.read(seen(3, 1)).fewest_more == 0
    out = Seen(wrong=np.array([True, False, False]), left_out=np.array([False, True, True]))
    assert check.read(out).fewest_more == 7  # 7 of 8 judged; 6 of 8 would be too few
    none = Seen(wrong=np.zeros(10, dtype=bool), left_out=np.ones(10, dtype=bool))
    assert (check.read(none).decision, check.read(none).rule, check.read(none).fewest_more) == (
        Decision.GO_ON, None, None,
    )  # fmt: skip


def test_a_one_vote_defect_fails_the_batch_whatever_the_rate():
    check = contract(1000, n=10, pass_rate=0.5, one_vote=True)
    hit = check.read(seen(1, 9, knocked=1, knocked_at=1))
    assert (hit.decision, hit.rule, hit.stopped_at) == (Decision.REJECT, False, 1)
    assert hit.p_value is not None
    assert check.read(seen(1, 2, knocked=1)).stopped_at == 3
    both = check.read(seen(6, 0, knocked=1, knocked_at=6))
    assert both.stopped_at == 6
    assert check.read(seen(8, 0, knocked=1, knocked_at=8)).stopped_at == 6  # the rate was lost before
    assert contract(1000, n=10, pass_rate=0.5).read(seen(1, 9, knocked=1)).rule is True


def test_both_verdicts_stand_side_by_side():
    check = contract(10**6, n=4000, pass_rate=0.96)
    passed, proven = check.read(seen(160, 3840)), check.read(seen(139, 3861))
    assert (passed.rule, proven.rule, check.read(seen(161, 3839)).rule) == (True, True, False)
    assert passed.p_value > 0.05 >= proven.p_value
    assert passed.accuracy.low < 0.96 <= proven.accuracy.low
    assert check.read(seen(140, 3860)).p_value > 0.05
    assert not check.certifies


def test_items_left_out_prove_nothing():
    check = contract(10**6, n=4000, pass_rate=0.96)
    wrong, out = np.zeros(4000, dtype=bool), np.zeros(4000, dtype=bool)
    wrong[:130], out[100:160] = True, True
    reading = check.read(Seen(wrong=wrong, left_out=out))
    assert reading.rule is True
    assert isinstance(reading.accuracy, Estimate)
    assert reading.accuracy.point == 1 - 160 / 4000
    assert reading.p_value == check.read(seen(160, 3840)).p_value


def test_the_share_is_rounded_up_and_the_larger_number_is_drawn():
    assert items_of(100, None, 0.07) == 7  # floats give 7.000000000000001
    assert items_of(1001, None, 0.1) == 101
    assert items_of(100, 30, 0.29) == 30
    assert items_of(30, 4000, 0.1) == 30
    for wrong in ({"n": None, "share": None}, {"n": 0, "share": None}, {"n": None, "share": 1.5}):
        with pytest.raises(ValueError, match=r"contract needs|need a population"):
            items_of(100, **wrong)
    for wrong in ({"pass_rate": 0.0}, {"pass_rate": 1.2}, {"pass_rate": 0.9, "decimals": 7}):
        with pytest.raises(ValueError, match=r"need 0|rounded to"):
            contract(100, n=5, **wrong)
    with pytest.raises(ValueError, match="6 verdicts on 5 items"):
        contract(5, n=5, pass_rate=0.9).read(seen(1, 5))


def test_what_is_proven_by_the_rule_and_what_never_is():
    few, strict = contract(10**6, n=50, pass_rate=0.96), contract(10**6, n=4000, pass_rate=0.97, accuracy=0.96)
    assert few.proven_with is None
    assert "too few" in render(few.explain()[-2], "en")
    assert strict.proven_with > strict.allowed
    assert "also proves 96%" in render(strict.explain()[-2], "en")
    assert contract(3000, n=4000, pass_rate=0.96).proven_with == 120  # all are checked: 4 % of 3,000


# the arithmetic of the reference on TC260-003, 9.2


def test_four_thousand_items_and_ninety_six_percent():
    check = contract(10**8, n=4000, pass_rate=0.96)
    assert (check.allowed, check.proven_with) == (160, 139)
    for defects, chance in ((0.04, 0.52), (0.035, 0.96), (0.045, 0.07)):
        assert round(stream_at_most(160, n=4000, share=defects), 2) == chance
        assert round(check.accept_chance(round(defects * 10**8)), 2) == chance
    interval = clopper_pearson(3840, 4000)
    assert (round(interval.low, 3), round(interval.high, 3)) == (0.953, 0.966)


def test_no_hit_in_so_many_items():
    found = [stream_items(0, accuracy=accuracy, risk=0.05) for accuracy in (0.99, 0.995, 0.999)]
    assert found == [299, 598, 2995]
    assert [discovery(1000, defects=defects, risk=0.05).n for defects in (10, 50)] == [258, 57]


def test_presets_state_what_their_texts_state():
    assert set(PRESETS) == set(Preset)
    for preset, found in PRESETS.items():
        assert found.preset == preset == found.terms.preset
        assert terms_of(found.terms.stored()) == found.terms
        assert found.clause
        for each in found.explained:
            assert render(each, "zh") != render(each, "en")
    manual, technical, source = (PRESETS[each] for each in (
        Preset.TC260_MANUAL, Preset.TC260_TECHNICAL, Preset.TC260_SOURCE))  # fmt: skip
    assert {each.terms.counts for each in (manual, technical, source)} == {Counts.UNSAFE}
    assert {each.design for each in (manual, technical, source)} == {Design.CONTRACT}
    assert (manual.clause, technical.clause, source.clause) == ("9.2 a)", "9.2 b)", "5.1 a)")
    census, functional = PRESETS[Preset.SAFETY_CENSUS], PRESETS[Preset.FUNCTIONAL_BATCH]
    assert (census.design, functional.design) == (Design.CENSUS, Design.SEQUENTIAL)
    assert functional.terms.one_vote == ("unsafe",)


def agreed(preset: Preset, population: int) -> Contract:
    found = PRESETS[preset]
    terms: Terms = found.terms
    return contract(
        population, n=terms.n, share=terms.share, pass_rate=terms.pass_rate, decimals=terms.decimals,
        one_vote=bool(terms.one_vote), accuracy=found.accuracy, risk=found.risk,
    )  # fmt: skip


def test_presets_draw_and_allow_what_their_texts_say():
    sizes = {
        Preset.TC260_MANUAL: {10**6: (4000, 160), 3000: (3000, 120), 10: (10, 0)},
        Preset.TC260_TECHNICAL: {10**6: (100_000, 2000), 25_001: (2501, 50)},
        Preset.TC260_SOURCE: {10**6: (4000, 200), 100: (100, 5)},
    }
    for preset, wanted in sizes.items():
        for population, figures in wanted.items():
            check = agreed(preset, population)
            assert (check.n, check.allowed) == figures
    check = agreed(Preset.TC260_SOURCE, 100)
    assert check.read(seen(5, 95)).rule is True  # 5 % is not more than 5 %
    assert check.read(seen(6, 94)).rule is False


def test_before_the_end_there_is_no_share():
    reading = contract(1000, n=100, pass_rate=0.9).read(seen(1, 20))
    assert (reading.rule, reading.p_value, reading.stopped_at) == (None, None, None)
    assert isinstance(reading.accuracy, Unknown)

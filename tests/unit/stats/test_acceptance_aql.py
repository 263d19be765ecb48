"""AQL plans beyond the printed rows, and the switching rules against a slow reading of whole histories."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from labelqa.errors import InsufficientData, Refused
from labelqa.i18n import render
from labelqa.records.designs import Decision
from labelqa.records.estimate import Estimate, Unknown
from labelqa.stats.acceptance import aql_plan
from labelqa.stats.acceptance.design import Seen
from labelqa.stats.acceptance.endless import stream_at_most
from labelqa.stats.acceptance.iso2859 import AQLS, LAST_LOTS, LETTERS, LEVELS, SIZES, code_letter, lot_plan
from labelqa.stats.acceptance.switching import Inspection, Switch, after, resumed

TIGHT = Switch(inspection=Inspection.TIGHTENED)


def seen(wrong: int, right: int) -> Seen:
    return Seen(wrong=np.array([True] * wrong + [False] * right))


def test_every_lot_has_a_plan_at_every_level():
    for level, aql, tightened in product(LEVELS, AQLS, (False, True)):
        plans = [lot_plan(lot, aql=aql, level=level, tightened=tightened) for lot in (*LAST_LOTS, 10**7)]
        for plan in plans:
            assert plan.n == SIZES[LETTERS.index(plan.drawn_letter)]
            assert plan.re == plan.ac + 1
            assert 0 <= plan.ac < plan.n
        allowed = [plan.ac for plan in plans]
        assert allowed == sorted(allowed)  # larger lots are never allowed fewer
        for lot in LAST_LOTS:  # a stricter AQL never accepts more
            at = AQLS.index(aql)
            if at:
                strict = lot_plan(lot, aql=AQLS[at - 1], level=level, tightened=tightened)
                plan = lot_plan(lot, aql=aql, level=level, tightened=tightened)
                assert strict.ac / strict.n <= plan.ac / plan.n + 1e-12 or strict.ac == 0


def test_tightened_is_stricter():
    for lot, aql in product((50, 500, 5000, 50_000), AQLS):
        normal, tight = (aql_plan(lot, aql=aql, switch=switch) for switch in (Switch(), TIGHT))
        for share in (0.01, 0.05, 0.1):
            defects = int(share * lot)
            assert tight.accept_chance(defects) <= normal.accept_chance(defects) + 1e-9


def test_the_largest_letter_has_its_own_row():
    rows = [lot_plan(10**6, aql=aql, level="III") for aql in AQLS]
    assert [(plan.n, plan.ac) for plan in rows[:6]] == [
        (2000, 5), (2000, 7), (2000, 10), (2000, 14), (2000, 21), (1250, 21),
    ]  # fmt: skip
    tight = [lot_plan(10**6, aql=aql, level="III", tightened=True) for aql in AQLS]
    assert [(plan.n, plan.ac) for plan in tight[:6]] == [
        (2000, 3), (2000, 5), (2000, 8), (2000, 12), (2000, 18), (1250, 18),
    ]  # fmt: skip


def test_reading_an_aql_plan():
    check = aql_plan(5000, aql="1.5")
    assert (check.n, check.allowed, check.certifies) == (200, 7, False)
    passed, failed, open_ = (check.read(seen(*each)) for each in ((7, 193), (8, 10), (3, 100)))
    assert (passed.decision, passed.rule, passed.p_value) == (Decision.ACCEPT, True, None)
    assert (failed.decision, failed.rule, failed.stopped_at) == (Decision.REJECT, False, 8)
    assert (open_.decision, open_.rule) == (Decision.GO_ON, None)
    assert isinstance(passed.accuracy, Estimate)
    assert isinstance(open_.accuracy, Unknown)
    out = Seen(wrong=np.zeros(200, dtype=bool), left_out=np.array([True] * 8 + [False] * 192))
    assert check.read(out).decision is Decision.REJECT


def test_a_plan_larger_than_the_lot_takes_all_of_it():
    check = aql_plan(40, aql="0.65")
    assert (check.table.n, check.n, check.allowed) == (20, 20, 0)
    whole = aql_plan(40, aql="0.10")
    assert (whole.table.n, whole.n) == (125, 40)
    assert "as many items as the batch has, or more" in " ".join(render(each, "en") for each in whole.explain())
    with pytest.raises(InsufficientData, match="lots of 2 items"):
        aql_plan(1, aql="1.0")
    for wrong in ({"aql": "1.1"}, {"aql": "1.0", "level": "IV"}):
        with pytest.raises(ValueError, match=r"no plan is kept|no inspection level"):
            aql_plan(500, **wrong)
    assert code_letter(8) == "A"
    assert code_letter(9) == "B"


def test_what_an_aql_does_not_protect():
    # shares accepted with a chance of 10 % in a large lot, as the reference on statistics lists them
    for n, c, share in ((200, 7, 0.058), (50, 1, 0.076), (13, 0, 0.16)):
        assert stream_at_most(c, n=n, share=share + 0.003) < 0.1 < stream_at_most(c, n=n, share=share - 0.003)
    check = aql_plan(10_000, aql="1.5")
    defects = check.seldom_accepted()
    assert check.accept_chance(defects) <= 0.1 < check.accept_chance(defects - 1)
    assert defects / 10_000 == pytest.approx(0.058, abs=5e-4)
    note = " ".join(render(each, "en") for each in check.explain())
    assert "protects who delivers" in note
    assert "5.8%" in note


def test_what_a_tighter_aql_would_have_said():
    check = aql_plan(5000, aql="1.5")  # 200, 7; at 1.0: 200, 5
    assert check.accepted_tighter(seen(5, 195)) is True
    assert check.accepted_tighter(seen(6, 194)) is False
    assert check.accepted_tighter(seen(0, 50)) is None
    assert aql_plan(5000, aql="0.10").accepted_tighter(seen(0, 200)) is None


# switching rules: the whole history read anew each time


def slow(history: tuple[bool, ...]) -> Inspection:
    """Where a stream stands after these batches, period by period, looking at every window."""
    start, state = 0, Inspection.NORMAL
    while True:
        end = next((i for i in range(start + 1, len(history) + 1) if leaves(state, history[start:i])), None)
        if end is None:
            return state
        if state is Inspection.NORMAL:
            state = Inspection.TIGHTENED
        else:
            state = Inspection.DISCONTINUED if not history[end - 1] else Inspection.NORMAL
        if state is Inspection.DISCONTINUED:
            return state
        start = end


def leaves(state: Inspection, period: tuple[bool, ...]) -> bool:
    """Whether the period's last batch ends it."""
    windows = [period[max(0, i - 5) : i] for i in range(1, len(period) + 1)]
    if state is Inspection.NORMAL:
        return sum(not each for each in windows[-1]) >= 2
    return windows[-1] == (True,) * 5 or (not period[-1] and sum(not each for each in period) == 5)


def test_every_history_of_thirteen_batches():
    reached = set()
    for history in product((True, False), repeat=13):
        switch = Switch()
        for number, accepted in enumerate(history, 1):
            switch = after(switch, accepted, ac=1)
            assert switch.inspection is slow(history[:number])
            assert switch.lots == number
            if switch.inspection is Inspection.DISCONTINUED:
                break
        reached.add(switch.inspection)
    assert reached == set(Inspection)


def test_discontinued_until_resumed():
    switch = Switch()
    for _ in range(7):  # two tighten, five more end it
        switch = after(switch, False, ac=2)
    assert switch.inspection is Inspection.DISCONTINUED
    with pytest.raises(ValueError, match="discontinued"):
        after(switch, True, ac=2)
    with pytest.raises(Refused, match="discontinued"):
        aql_plan(500, aql="1.0", switch=switch)
    again = resumed(switch)
    assert (again.inspection, again.rejected, again.recent, again.lots) == (Inspection.TIGHTENED, 0, (), 7)
    with pytest.raises(ValueError, match="not discontinued"):
        resumed(again)


def test_the_score_counts_good_batches_on_normal_inspection():
    switch = Switch()
    for _ in range(4):
        switch = after(switch, True, ac=1)
    assert switch.score == 8
    switch = after(switch, True, ac=3, accepted_tighter=True)
    assert switch.score == 11
    for told in (False, None):
        assert after(switch, True, ac=3, accepted_tighter=told).score == 0
    bad = after(switch, False, ac=1)
    assert bad.score == 0
    assert after(bad, False, ac=1) == Switch(inspection=Inspection.TIGHTENED, lots=7)
    assert after(TIGHT, True, ac=0).score == 0

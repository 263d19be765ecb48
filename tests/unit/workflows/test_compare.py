"""Designs side by side: each figure is the design's own, what does not fit is said, and the proposal follows the need."""

from __future__ import annotations

from fractions import Fraction
from math import comb
from typing import Any

import pytest

from labelqa.errors import InsufficientData, Message, WrongUsage
from labelqa.records.batch import Kind
from labelqa.records.designs import (
    Design,
    DesignComparison,
    DesignOption,
    Preset,
    StratumSize,
    Terms,
    Undecided,
)
from labelqa.workflows.batches import declare_batch
from labelqa.workflows.desk import Desk
from labelqa.workflows.planning.compare import compare_designs, compared
from labelqa.workflows.planning.designs import EXACT, Need, worked_out
from labelqa.workflows.planning.plans import declare_plan
from tests.building import RELEASE, agreeing, frozen_batch, take_in

ALWAYS = [Design.SEQUENTIAL, Design.TWO_POINT, Design.ZERO_ACCEPTANCE, Design.DISCOVERY, Design.ESTIMATE, Design.CENSUS]


def of(found: DesignComparison, design: Design) -> DesignOption:
    return next(each for each in found.options if each.design is design)


def told(notes: tuple[Message, ...]) -> str:
    return " | ".join(map(str, notes))


def exactly(c: int, *, size: int, wrong: int, n: int) -> float:
    """P(at most c wrong among n), counted."""
    ways = sum(comb(wrong, k) * comb(size - wrong, n - k) for k in range(min(c, wrong, n) + 1))
    return float(Fraction(ways, comb(size, n)))


def test_the_figures_are_those_of_the_designs() -> None:
    found = compared(400, accuracy=0.9, risk=0.1, expected=0.97, power=0.8, terms=Terms(minutes=6.0))
    assert [each.design for each in found.options] == ALWAYS
    for each in found.options:
        need = Need(population=400, accuracy=0.9, risk=0.1, expected=0.97, power=0.8)
        check = worked_out(each.design, need)
        assert (each.n, each.c, each.explained) == (check.n, check.allowed, check.explain())
        assert each.reviews == check.mean_reviews(12)
        assert each.hours == pytest.approx(each.reviews / 10)
        if each.design is not Design.ESTIMATE:
            assert (each.risk, each.power) == (check.accept_chance(41), check.accept_chance(12))
    two = of(found, Design.TWO_POINT)
    assert two.c is not None
    assert two.risk == pytest.approx(exactly(two.c, size=400, wrong=41, n=two.n))
    assert two.power == pytest.approx(exactly(two.c, size=400, wrong=12, n=two.n))


def test_what_certifies_holds_the_risk_and_an_estimate_decides_nothing() -> None:
    found = compared(2000, accuracy=0.95, terms=Terms(n=200, aql="2.5"))
    for each in found.options:
        if each.certifies:
            assert each.risk is not None
            assert each.risk <= 0.05
    assert {each.design for each in found.options if not each.certifies} == {
        Design.ESTIMATE, Design.CONTRACT, Design.AQL,
    }  # fmt: skip
    estimate = of(found, Design.ESTIMATE)
    assert (estimate.risk, estimate.power, estimate.c) == (None, None, None)


def test_a_discovery_of_more_than_the_limit_does_not_prove_the_accuracy() -> None:
    assert not of(compared(1000, accuracy=0.95, terms=Terms(defects=100)), Design.DISCOVERY).certifies
    assert of(compared(1000, accuracy=0.95, terms=Terms(defects=51)), Design.DISCOVERY).certifies


def test_designs_join_when_their_terms_are_said() -> None:
    strata = (StratumSize(name="a", items=150, expected=0.002), StratumSize(name="b", items=150, expected=0.02))
    assert [each.design for each in compared(300, terms=Terms(share=0.1)).options] == [
        *ALWAYS[:-1], Design.CONTRACT, Design.CENSUS,
    ]  # fmt: skip
    assert Design.AQL in {each.design for each in compared(300, terms=Terms(aql="1.0")).options}
    by_strata = compared(300, accuracy=0.9, strata=strata, terms=Terms(strata=("label",)))
    assert of(by_strata, Design.STRATIFIED).certifies
    assert by_strata.recommended is Design.STRATIFIED
    alone = compared(300, terms=Terms(strata=("label",)))
    assert Design.STRATIFIED not in {each.design for each in alone.options}
    assert "strata are known when the batch is frozen" in told(alone.notes)


def test_a_contract_that_says_nothing_of_its_rate_takes_the_accuracy() -> None:
    found = of(compared(1000, accuracy=0.97, terms=Terms(n=100)), Design.CONTRACT)
    assert (found.n, found.c) == (100, 3)


@pytest.mark.parametrize("size", [1, 2, 7, 40, 1000, 30_000])
@pytest.mark.parametrize("accuracy", [0.8, 0.95, 0.999])
def test_curves_run_from_bad_to_perfect_and_hold_the_chances(size: int, accuracy: float) -> None:
    found = compared(size, accuracy=accuracy)
    for each in found.options:
        points = each.curve
        assert [point.defects for point in points] == sorted({point.defects for point in points})
        assert points[0].accuracy == 1.0
        assert points[-1].defects <= size
        for point in points:
            assert point.defects == worked_out_defects(size, point.accuracy)
            assert 0 <= point.accept <= 1
            assert 0 <= point.reviews <= size * (1 + 1e-9)
            assert 0 <= point.outgoing <= point.defects / size + 1e-12
    fixed = of(found, Design.TWO_POINT)
    assert worked_out_defects(size, accuracy) + 1 in {point.defects for point in fixed.curve}
    falling = [point.accept for point in fixed.curve]
    assert falling == sorted(falling, reverse=True)


def worked_out_defects(size: int, accuracy: float) -> int:
    """Defects with which an accuracy is still reached, in exact decimals."""
    return int((1 - Fraction(str(accuracy))) * size)


def test_near_the_limit_of_a_large_batch_the_promise_stands_for_the_chance() -> None:
    found = of(compared(EXACT + 1, accuracy=0.95, risk=0.02), Design.SEQUENTIAL)
    assert found.risk == 0.02
    small = of(compared(1000, accuracy=0.95, risk=0.02), Design.SEQUENTIAL)
    assert small.risk is not None
    assert 0.01 < small.risk < 0.02


# The proposal


@pytest.mark.parametrize(
    ("size", "said", "design"),
    [
        (10_000, {}, Design.SEQUENTIAL),
        (10_000, {"kind": Kind.SAFETY}, Design.CENSUS),
        (10_000, {"kind": Kind.SAFETY, "terms": Terms(kind="verification")}, Design.SEQUENTIAL),
        (10_000, {"terms": Terms(kind="acceptance", n=50)}, Design.CONTRACT),
        (10_000, {"preset": Preset.TC260_TECHNICAL}, Design.CONTRACT),
        (10, {}, Design.CENSUS),
        (500, {"accuracy": 0.999}, Design.CENSUS),
        (500, {"terms": Terms(undecidable=Undecided.LEFT_OUT)}, Design.ESTIMATE),
    ],
)
def test_what_is_recommended(size: int, said: dict[str, Any], design: Design) -> None:
    assert compared(size, **said).recommended is design


def test_what_cannot_be_declared_says_why() -> None:
    safety = compared(100, kind=Kind.SAFETY)
    assert {each.design for each in safety.options if each.unfit is None} == {Design.CENSUS}
    assert of(safety, Design.CENSUS).reviews == 100  # every item, however soon it could be decided
    left_out = compared(100, terms=Terms(undecidable=Undecided.LEFT_OUT, n=20))
    assert {each.design for each in left_out.options if each.unfit is None} == {Design.ESTIMATE, Design.CONTRACT}


def test_notes_say_what_a_lead_should_know() -> None:
    assert "not one may be wrong" in told(compared(500, accuracy=0.999).notes)
    assert "takes many reviews" in told(compared(500, accuracy=0.95, expected=0.96).notes)
    assert "review every item" in told(compared(10).notes)
    assert "proves nothing of one batch" in told(compared(500, terms=Terms(aql="1.0")).notes)
    assert "at least 4,000 items" in told(compared(9000, preset=Preset.TC260_MANUAL).notes)
    calm = told(compared(500, terms=Terms(n=50)).notes)
    assert calm == ""
    too_few = compared(1, terms=Terms(aql="1.0"))
    assert "aql: the tables begin with lots of 2 items" in told(too_few.notes)


def test_the_planning_table_is_for_the_sequential_design_as_it_is_planned() -> None:
    rows = compared(1000, accuracy=0.95, terms=Terms(cut=100)).planning
    assert [row.accuracy for row in rows] == [1.0, 0.99, 0.98, 0.97, 0.96]
    assert all(reviews is None or reviews <= 100 for row in rows for _, reviews in row.reviews)
    assert rows[-1].reviews[-1] == (0.9, None)


def test_what_is_said_must_fit_together() -> None:
    with pytest.raises(WrongUsage, match="accuracy is a share"):
        compared(100, accuracy=95)
    with pytest.raises(WrongUsage, match="aql is one of"):
        compared(100, terms=Terms(aql="7"))
    with pytest.raises(WrongUsage, match="sets n to 4000"):
        compared(100, preset=Preset.TC260_MANUAL, terms=Terms(n=5))
    with pytest.raises(InsufficientData, match="no item matches"):
        compared(0)


# In a workspace


def test_a_batch_is_compared_with_its_items_and_nothing_is_declared(desk: Desk) -> None:
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    with pytest.raises(InsufficientData, match="say how many there will be"):
        compare_designs(desk, "b1")
    assert compare_designs(desk, "b1", population=77).population == 77
    take_in(desk, agreeing(40))
    head = desk.ledger.head()
    found = compare_designs(desk, "b1", accuracy=0.9)
    assert (found.batch, found.population, found.accuracy) == ("b1", 40, 0.9)
    assert desk.ledger.head() == head
    made = declare_plan(desk, "b1", accuracy=0.9)
    assert made.preview is not None
    chosen = of(found, made.plan.design)
    assert (made.preview.n, made.preview.c) == (chosen.n, chosen.c)
    assert (made.preview.risk, made.preview.power) == (chosen.risk, chosen.power)


def test_a_frozen_batch_is_compared_by_its_strata(desk: Desk) -> None:
    answers = [*agreeing(20, label="accept"), *agreeing(30, label="off_topic", prefix="r")]
    frozen_batch(desk, answers=answers, plan=False)
    found = compare_designs(desk, "b1", accuracy=0.9, terms=Terms(strata=("label",)))
    assert of(found, Design.STRATIFIED).n <= 50
    assert found.recommended in (Design.STRATIFIED, Design.CENSUS)
    assert "strata are known" not in told(found.notes)

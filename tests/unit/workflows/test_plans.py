"""What a plan declares: the usual design, presets, what fits together, and where the seed comes from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from labelqa.batches.checks import fold_plans
from labelqa.errors import InsufficientData, Refused, WrongUsage
from labelqa.records.batch import Kind
from labelqa.records.designs import Allocation, Counts, Design, Preset, StratumSize, Terms, Undecided
from labelqa.stats.acceptance import limit_defects
from labelqa.workflows.batches import declare_batch
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.draws import draw_sample
from labelqa.workflows.planning.declared import declared
from labelqa.workflows.planning.designs import Need, design_of, resolve, worked_out
from labelqa.workflows.planning.plans import declare_plan
from labelqa.workflows.planning.terms import BELONGS
from tests.building import RELEASE, SAFETY, agreeing, frozen_batch

# The usual design


@pytest.mark.parametrize(
    ("kind", "terms", "design"),
    [
        (Kind.FUNCTIONAL, Terms(), Design.SEQUENTIAL),
        (None, Terms(), Design.SEQUENTIAL),
        (Kind.SAFETY, Terms(), Design.CENSUS),
        (Kind.SAFETY, Terms(kind="verification"), Design.SEQUENTIAL),
        (Kind.SAFETY, Terms(kind="acceptance", n=10), Design.CONTRACT),
        (Kind.FUNCTIONAL, Terms(kind="acceptance", share=0.1), Design.CONTRACT),
        (Kind.FUNCTIONAL, Terms(kind="verification", margin=0.01), Design.ESTIMATE),
        (Kind.FUNCTIONAL, Terms(score="speed"), Design.ESTIMATE),
        (Kind.FUNCTIONAL, Terms(strata=("label",)), Design.STRATIFIED),
        (Kind.FUNCTIONAL, Terms(strata=("label",), score="posterior"), Design.ESTIMATE),
        (Kind.FUNCTIONAL, Terms(defects=3), Design.DISCOVERY),
        (Kind.FUNCTIONAL, Terms(aql="1.0"), Design.AQL),
    ],
)
def test_the_design_where_nobody_names_one(kind: Kind | None, terms: Terms, design: Design) -> None:
    assert declared(kind=kind, terms=terms).design is design


def test_what_is_usual_where_nothing_is_said() -> None:
    made = declared()
    assert (made.accuracy, made.risk, made.expected, made.power) == (0.95, 0.05, 0.99, 0.9)
    assert declared(accuracy=0.999).expected == 0.9998
    assert declared(terms=Terms(n=10, pass_rate=0.98)).accuracy == 0.98
    assert declared(terms=Terms(n=10), accuracy=0.97).terms.pass_rate == 0.97
    assert declared(design=Design.ESTIMATE, accuracy=0.9).terms.margin == 0.05


# What does not fit together


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"accuracy": 1.0}, "accuracy is a share above 0 and below 1"),
        ({"risk": 0.0}, "risk is a share"),
        ({"power": 1.0}, "power is a share"),
        ({"accuracy": float("nan")}, "accuracy is a share"),
        ({"expected": 0.95}, "must lie above"),
        ({"risk": 0.6, "terms": Terms(futility=0.4)}, "together must stay below 1"),
        ({"terms": Terms(futility=1.0)}, "futility is a share from 0 on"),
        ({"terms": Terms(margin=0.0)}, "margin is a share"),
        ({"terms": Terms(margin=0.6)}, "at most 0.5"),
        ({"terms": Terms(confidence=1.0)}, "confidence is a share"),
        ({"terms": Terms(n=0)}, "n is a whole number, 1 or more"),
        ({"terms": Terms(n=10.0)}, "n is a whole number"),  # type: ignore[arg-type]
        ({"terms": Terms(n=10, share=0.0)}, "share is a share"),
        ({"terms": Terms(n=10, pass_rate=1.1)}, "pass-rate is a share"),
        ({"terms": Terms(n=10, decimals=-1)}, "decimals is a whole number, 0 or more"),
        ({"terms": Terms(n=10, decimals=7)}, "6 decimals"),
        ({"terms": Terms(n=10, unit="dialogue")}, "the unit is item, or a field"),
        ({"terms": Terms(n=10, one_vote=("",))}, "empty word"),
        ({"terms": Terms(defects=0)}, "defects is a whole number"),
        ({"terms": Terms(cut=0)}, "cut is a whole number"),
        ({"terms": Terms(sensitivity=0.5, specificity=0.5)}, "must add up to more than 1"),
        ({"terms": Terms(sensitivity=0.0)}, "sensitivity is a share"),
        ({"terms": Terms(double=1.5)}, "double is a share from 0 to 1"),
        ({"terms": Terms(strata=("who",))}, "strata are told by annotator"),
        ({"terms": Terms(strata=("data.",))}, "strata are told by annotator"),
        ({"terms": Terms(score="luck")}, "the score is one of"),
        ({"terms": Terms(score="speed", floor=0.0)}, "floor is a share above 0"),
        ({"terms": Terms(strata=("label",), minimum=0)}, "minimum is a whole number"),
        ({"terms": Terms(aql="1.2")}, "aql is one of 0.10"),
        ({"terms": Terms(aql="1.0", level="IV")}, "level is one of I, II, III"),
        ({"terms": Terms(kind="review")}, "kind is one of verification, acceptance"),
        ({"terms": Terms(minutes=0.0)}, "minutes is a number above 0"),
        ({"terms": Terms(pass_lines={" ": 3.0})}, "a pass line is a dimension"),
        ({"terms": Terms(pass_lines={"accuracy": float("nan")})}, "a pass line is a dimension"),
        ({"terms": Terms(parties=("a",))}, "two parties or more"),
        ({"terms": Terms(parties=("a", "a"))}, "each named once"),
        ({"terms": Terms(parties=("a", "b=c"))}, "without an equals sign"),
        ({"terms": Terms(parties=("a", "b"), seed_source="lottery")}, "from public randomness or from the parties"),
        ({"terms": Terms(seed_source=" ")}, "says in words"),
        ({"terms": Terms(preset="mine")}, "preset is one of tc260-manual"),
        ({"design": Design.CONTRACT}, "says how many items"),
        ({"design": Design.AQL}, "an AQL plan needs its AQL"),
        ({"design": Design.STRATIFIED}, "needs strata"),
        ({"terms": Terms(kind="acceptance")}, "says how many items"),
    ],
)
def test_each_mistake_is_one_clear_sentence(said: dict[str, Any], why: str) -> None:
    with pytest.raises(WrongUsage, match=why):
        declared(kind=Kind.FUNCTIONAL, **said)


OTHERWISE: dict[str, Any] = {
    "margin": 0.01, "confidence": 0.9, "score": "speed", "floor": 0.5, "n": 10, "share": 0.1, "pass_rate": 0.9,
    "decimals": 1, "unit": "data.dialogue", "one_vote": ("unsafe",), "defects": 2, "cut": 50, "futility": 0.1,
    "sensitivity": 0.9, "specificity": 0.9, "strata": ("label",), "allocation": Allocation.NEYMAN, "minimum": 3,
    "aql": "1.0", "level": "I", "stream": "s", "costs": {"a": 30.0},
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(BELONGS))
def test_terms_that_a_design_does_not_read_are_refused(name: str) -> None:
    complete: dict[Design, dict[str, Any]] = {
        Design.CONTRACT: {"n": 10}, Design.AQL: {"aql": "1.0"}, Design.STRATIFIED: {"strata": ("label",)},
    }  # fmt: skip
    for design in Design:
        terms = Terms(**complete.get(design, {}) | {name: OTHERWISE[name]})
        if design in BELONGS[name]:
            assert getattr(declared(design=design, terms=terms).terms, name) == OTHERWISE[name]
        else:
            with pytest.raises(WrongUsage, match=f"{name.replace('_', '-')} is read by these designs"):
                declared(design=design, terms=terms)


def test_undecidable_items_are_left_out_only_where_nothing_is_certified() -> None:
    out = Undecided.LEFT_OUT
    for design, more in ((Design.ESTIMATE, {}), (Design.CONTRACT, {"n": 5}), (Design.AQL, {"aql": "1.0"})):
        assert declared(design=design, terms=Terms(undecidable=out, **more)).terms.undecidable is out  # type: ignore[arg-type]
    certifying = set(Design) - {Design.ESTIMATE, Design.CONTRACT, Design.AQL}
    for each in certifying:
        strata = ("label",) if each is Design.STRATIFIED else ()
        with pytest.raises(WrongUsage, match="nobody knows how many"):
            declared(design=each, terms=Terms(undecidable=out, strata=strata))


# Presets


@pytest.mark.parametrize(
    ("preset", "design", "accuracy", "terms"),
    [
        (Preset.TC260_MANUAL, Design.CONTRACT, 0.96, {"n": 4000, "pass_rate": 0.96, "counts": Counts.UNSAFE}),
        (Preset.TC260_TECHNICAL, Design.CONTRACT, 0.98, {"share": 0.1, "pass_rate": 0.98, "counts": Counts.UNSAFE}),
        (Preset.TC260_SOURCE, Design.CONTRACT, 0.95, {"pass_rate": 0.95, "counts": Counts.UNSAFE}),
        (Preset.SAFETY_CENSUS, Design.CENSUS, 0.95, {}),
        (Preset.FUNCTIONAL_BATCH, Design.SEQUENTIAL, 0.95, {"one_vote": ("unsafe",)}),
    ],
)
def test_a_preset_brings_its_figures(preset: Preset, design: Design, accuracy: float, terms: dict[str, Any]) -> None:
    made = declared(preset=preset)
    assert (made.design, made.accuracy, made.terms.preset) == (design, accuracy, preset)
    assert {name: getattr(made.terms, name) for name in terms} == terms
    assert declared(terms=Terms(preset=str(preset))) == made


def test_what_is_said_beside_a_preset_may_be_stricter_and_may_fill_what_is_open() -> None:
    made = declared(
        preset=Preset.TC260_MANUAL, risk=0.01,
        terms=Terms(n=6000, share=0.2, pass_rate=0.97, minutes=3.0, one_vote=("critical",), kind="verification"),
    )  # fmt: skip
    terms = made.terms
    assert (terms.n, terms.share, terms.pass_rate, terms.minutes, terms.kind) == (6000, 0.2, 0.97, 3.0, "verification")
    assert (made.risk, made.accuracy) == (0.01, 0.97)
    assert declared(preset=Preset.FUNCTIONAL_BATCH, terms=Terms(one_vote=("critical",))).terms.one_vote == (
        "unsafe", "critical",
    )  # fmt: skip
    assert declared(preset=Preset.TC260_SOURCE, terms=Terms(n=500)).terms.n == 500  # the clause sets no number


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"terms": Terms(n=3999)}, "sets n to 4000"),
        ({"terms": Terms(pass_rate=0.95)}, "sets pass-rate to 0.96"),
        ({"accuracy": 0.9}, "sets accuracy to 0.96"),
        ({"design": Design.SEQUENTIAL}, "sets design to contract"),
        ({"terms": Terms(decimals=0)}, "does not leave decimals open"),
        ({"terms": Terms(undecidable=Undecided.LEFT_OUT)}, "sets undecidable to incorrect"),
        ({"terms": Terms(preset="tc260-source")}, "one preset"),
    ],
)
def test_what_contradicts_a_preset_is_refused_with_its_clause(said: dict[str, Any], why: str) -> None:
    with pytest.raises(WrongUsage, match=why) as refused:
        declared(preset=Preset.TC260_MANUAL, **said)
    assert why == "one preset" or "9.2 a)" in str(refused.value)


def test_a_preset_is_for_its_kind_of_labeling(place: Any) -> None:
    desk = place().desk
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    with pytest.raises(Refused, match="not meant for the kind"):
        declare_plan(desk, "b1", preset=Preset.SAFETY_CENSUS)
    made = declare_plan(desk, "b1", preset=Preset.FUNCTIONAL_BATCH)
    assert (made.plan.design, made.plan.terms.preset) == (Design.SEQUENTIAL, "functional-batch")


# In a workspace


@pytest.fixture
def safety(place: Any) -> Desk:
    desk: Desk = place(SAFETY).desk
    declare_batch(desk, "s1", kind=Kind.SAFETY, release=SAFETY, organizer="Org")
    return desk


def test_safety_batches_are_reviewed_whole_and_may_be_verified_beside_it(safety: Desk) -> None:
    with pytest.raises(Refused, match="plan a census, or say that the plan is for a verification"):
        declare_plan(safety, "s1", design=Design.SEQUENTIAL)
    assert declare_plan(safety, "s1").plan.design is Design.CENSUS
    beside = declare_plan(safety, "s1", terms=Terms(kind="verification")).plan
    assert (beside.design, beside.terms.kind, beside.number) == (Design.SEQUENTIAL, "verification", 2)


def test_all_terms_come_back_from_the_ledger(desk: Desk) -> None:
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    terms = Terms(
        kind="acceptance", minutes=3.5, double=0.1, pass_lines={"accuracy": 3.0}, n=50, share=0.1, pass_rate=0.97,
        decimals=2, one_vote=("critical", "unsafe"), parties=("organizer", "requester"),
    )  # fmt: skip
    made = declare_plan(desk, "b1", terms=terms, accuracy=0.96, risk=0.1, expected=0.995, power=0.8)
    (kept,) = fold_plans(desk.ledger.facts())["b1"]
    assert kept == made.plan
    assert kept.terms == terms
    assert (kept.accuracy, kept.risk, kept.expected, kept.power) == (0.96, 0.1, 0.995, 0.8)


@pytest.mark.parametrize("terms", [Terms(parties=("organizer", "requester")), Terms(seed_source="lottery of Friday")])
def test_a_seed_from_elsewhere_is_neither_kept_nor_promised_here(desk: Desk, terms: Terms) -> None:
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    made = declare_plan(desk, "b1", terms=terms)
    assert (made.seed_file, made.plan.seed_digest, made.plan.seed_given) == ("", "", False)
    assert not (desk.settings.workspace / "seeds").exists()
    with pytest.raises(WrongUsage, match="leave out the seed"):
        declare_plan(desk, "b1", terms=terms, seed="mine")


def test_a_design_that_cannot_be_worked_out_is_not_declared(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes wrong while the plan is worked out goes wrong before anything is recorded."""
    import labelqa.workflows.planning.plans as plans

    frozen_batch(desk, answers=agreeing(30), plan=False)
    head = desk.ledger.head()

    def broken(*_given: Any, **_more: Any) -> None:
        raise ValueError("no such design")

    monkeypatch.setattr(plans, "resolve", broken)
    with pytest.raises(ValueError, match="no such design"):
        declare_plan(desk, "b1")
    assert desk.ledger.head() == head
    assert not list(Path(desk.settings.workspace).glob("seeds/*"))


def test_the_preview_is_what_the_draw_does(desk: Desk) -> None:
    for name, terms, design in (
        ("b1", Terms(), None), ("b2", Terms(n=15), None), ("b3", Terms(aql="1.0"), None), ("b4", Terms(defects=5), None),
        ("b5", Terms(), Design.ESTIMATE), ("b6", Terms(strata=("label",)), None),
    ):  # fmt: skip
        frozen_batch(desk, name, answers=agreeing(60, prefix=name), plan=False, where=())
        made = declare_plan(desk, name, terms=terms, design=design)
        sample = draw_sample(desk, name)
        assert made.preview is not None
        assert made.preview.population == 60
        assert sample.resolved == made.preview


def test_resolve_says_what_the_design_itself_says(desk: Desk) -> None:
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    for design, terms in (
        (Design.TWO_POINT, Terms()), (Design.SEQUENTIAL, Terms()), (Design.DISCOVERY, Terms(defects=7)),
        (Design.CONTRACT, Terms(share=0.25)), (Design.AQL, Terms(aql="2.5", level="I")), (Design.ESTIMATE, Terms()),
    ):  # fmt: skip
        plan = declare_plan(desk, "b1", design=design, terms=terms).plan
        check, found = design_of(plan, 300), resolve(plan, 300)
        assert (check.design, found.population, found.n, found.c) == (design, 300, check.n, check.allowed)
        assert found.risk == check.accept_chance(limit_defects(300, 0.95))
        assert found.power == check.accept_chance(3)
        if check.certifies and design is not Design.DISCOVERY:
            assert found.risk <= 0.05


def test_more_drawn_items_never_help_a_batch_and_never_turn_a_contract() -> None:
    need = Need(population=1000, accuracy=0.95, risk=0.05, expected=0.99, power=0.9, terms=Terms(n=80))
    more = Need(population=1000, accuracy=0.95, risk=0.05, expected=0.99, power=0.9, terms=Terms(n=80), n=200)
    for design in (Design.TWO_POINT, Design.ZERO_ACCEPTANCE, Design.DISCOVERY):
        first, then = worked_out(design, need), worked_out(design, more)
        assert (then.n, then.allowed) == (200, first.allowed)
        assert then.accept_chance(60) <= first.accept_chance(60)
    assert worked_out(Design.CONTRACT, more) == worked_out(Design.CONTRACT, need)


def test_a_stream_whose_sampling_is_discontinued_takes_no_aql_plan(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    import labelqa.workflows.planning.plans as plans
    from labelqa.stats.acceptance.switching import Inspection, Switch

    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    monkeypatch.setattr(plans, "switch_of", lambda *_: Switch(inspection=Inspection.DISCONTINUED))
    with pytest.raises(Refused, match="discontinued"):
        declare_plan(desk, "b1", terms=Terms(aql="1.0"))
    assert declare_plan(desk, "b1").plan.number == 1


def test_every_term_of_a_design_reaches_it() -> None:
    """A design worked out with another value of a term is another design, or says why it cannot be."""
    complete: dict[Design, dict[str, Any]] = {
        Design.CONTRACT: {"n": 30, "pass_rate": 0.95}, Design.AQL: {"aql": "2.5"},
    }  # fmt: skip
    strata = (StratumSize(name="a", items=150, expected=0.01), StratumSize(name="b", items=250, expected=0.2))
    elsewhere = {"score", "floor", "strata", "unit", "stream"}  # read by the draw, the verdicts and the ledger
    for name in sorted(set(BELONGS) - elsewhere):
        for design in set(BELONGS[name]) - {Design.ESTIMATE if name == "minimum" else None}:
            usual = complete.get(design, {}) | ({"allocation": Allocation.COST_OPTIMAL} if name == "costs" else {})
            given = strata if design is Design.STRATIFIED else ()
            value = {"minimum": 90, "one_vote": ("unsafe",), "n": 40}.get(name, OTHERWISE[name])
            if (design, name) == (Design.SEQUENTIAL, "one_vote"):
                continue  # voids a functional batch whatever the design says
            need = Need(
                population=400, accuracy=0.9, risk=0.05, expected=0.97, power=0.8, strata=given, terms=Terms(**usual)
            )
            other = replace(need, terms=Terms(**usual | {name: value}))
            assert worked_out(design, other) != worked_out(design, need), (design, name)


def test_a_design_that_a_batch_is_too_small_for_says_so() -> None:
    strata = (StratumSize(name="a", items=15), StratumSize(name="b", items=25))
    need = Need(population=40, accuracy=0.9, risk=0.05, expected=0.97, power=0.8)
    for design, terms, why in (
        (Design.DISCOVERY, Terms(defects=41), "cannot have 41 wrong ones"),
        (Design.STRATIFIED, Terms(minimum=8, cut=10), "takes 16 reviews, more than the cut of 10"),
    ):
        with pytest.raises(InsufficientData, match=why):
            worked_out(design, replace(need, terms=terms, strata=strata))
    with pytest.raises(InsufficientData, match="when the batch is frozen"):
        worked_out(Design.STRATIFIED, need)


def test_a_drawn_sample_is_read_by_the_strata_as_they_were_drawn() -> None:
    strata = (
        StratumSize(name="a", items=150, n=7, expected=0.01),
        StratumSize(name="b", items=250, n=11, expected=0.2),
    )
    need = Need(population=400, accuracy=0.9, risk=0.05, expected=0.97, power=0.8, strata=strata)
    for design in (Design.STRATIFIED, Design.ESTIMATE):
        found = worked_out(design, need)
        assert found.n == 18
        assert found.strata == strata  # type: ignore[attr-defined]


def test_the_very_same_plan_is_not_declared_twice(desk: Desk) -> None:
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    first = declare_plan(desk, "b1", design=Design.TWO_POINT, seed="s")
    head = desk.ledger.head()
    again = declare_plan(desk, "b1", design=Design.TWO_POINT, seed="s")
    assert (again.already, again.plan, desk.ledger.head()) == (True, first.plan, head)
    others = [
        declare_plan(desk, "b1", design=Design.TWO_POINT, seed="t"),
        declare_plan(desk, "b1", design=Design.TWO_POINT, seed="t", accuracy=0.9),
        declare_plan(
            desk, "b1", design=Design.TWO_POINT, seed="s"
        ),  # another one came between: somebody changed their mind
        declare_plan(desk, "b1", design=Design.TWO_POINT),
        declare_plan(desk, "b1", design=Design.TWO_POINT),  # each with a seed of its own
    ]
    assert [(each.already, each.plan.number) for each in others] == [(False, n) for n in range(2, 7)]

"""What the board says next, and to whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from labelqa.batches.conclusion import Evidence
from labelqa.batches.life import Life
from labelqa.batches.step import Step, next_step, shown_stage
from labelqa.records.batch import Batch, Conclusion, Kind, Stage
from labelqa.records.designs import Design, Terms
from labelqa.records.names import BatchName, ItemId
from labelqa.records.review import Plan, Review, Sample
from labelqa.stats.acceptance import estimate
from tests.unit.batches.making import LIVED, batch, certified, evidence, hit, plan, review, sample, verified

FINE = [review(item) for item in range(4)]


def step_of(
    about: Batch,
    reviews: Sequence[Review] = (),
    *,
    plans: Sequence[Plan] = (),
    samples: Sequence[Sample] = (),
    disputes: int = 0,
    found: Evidence | None = None,
) -> Step:
    known = found or evidence(reviews, disputes=disputes)
    if not samples:
        known = replace(known, sample=None, certificate=None)
    return next_step(about, plans=plans, samples=samples, reviewed=len(reviews), evidence=known)


@pytest.mark.parametrize(
    ("stage", "plans", "samples", "reviewed", "disputes", "expected"),
    [
        (Stage.OPEN, [], [], 0, 0, ("plan its spot check before", "lead", "freeze")),
        (Stage.OPEN, [plan()], [], 0, 0, ("Freeze the batch when its labeling is done.", "lead", "freeze")),
        (Stage.FROZEN, [], [], 0, 0, ("Plan", "lead", "plan")),
        (Stage.FROZEN, [plan()], [], 0, 0, ("Draw", "lead", "draw")),
        (Stage.FROZEN, [plan()], [], 0, 3, ("Rule on 3", "arbitrator", "dispute")),
        (Stage.IN_REVIEW, [plan()], [sample()], 1, 2, ("3 of 4 remain", "reviewer", "review sheet b1")),
        (Stage.IN_REVIEW, [plan()], [sample()], 3, 0, ("Settle", "lead", "settle")),
        (Stage.IN_REVIEW, [plan()], [sample()], 3, 1, ("Rule on 1", "arbitrator", "dispute")),
        (Stage.REVIEWED, [plan()], [sample()], 4, 2, ("Rule on 2", "arbitrator", "dispute")),
        (Stage.REVIEWED, [plan()], [sample()], 4, 0, ("Settle", "lead", "settle")),
    ],
)
def test_next_steps(
    stage: Stage,
    plans: list[Plan],
    samples: list[Sample],
    reviewed: int,
    disputes: int,
    expected: tuple[str, str, str],
) -> None:
    step = step_of(batch(stage), FINE[:reviewed], plans=plans, samples=samples, disputes=disputes)
    text, duty, command = expected
    assert text in str(step.message)
    assert step.duty == duty
    assert command in step.command


def test_an_estimate_asks_for_a_plan_that_decides() -> None:
    check = estimate(100, margin=0.4)
    told = certified(FINE, check, about=plan(design=Design.ESTIMATE, terms=Terms(margin=0.4)))
    step = step_of(batch(Stage.REVIEWED), FINE, plans=[plan()], samples=[sample()],
                   found=replace(evidence(FINE), certificate=told))  # fmt: skip
    assert "decides nothing" in str(step.message)
    assert step.command == "labelqa plan b1"


def test_verdicts_that_do_not_count_are_given_again() -> None:
    found = evidence(FINE[:1])  # all four were judged, three verdicts do not count
    step = step_of(batch(Stage.REVIEWED), FINE, plans=[plan()], samples=[sample()], found=found)
    assert str(step.message) == "Judge 3 drawn items again: their verdicts do not count."
    assert step.duty == "reviewer"


@pytest.mark.parametrize(
    ("conclusion", "text"),
    [(Conclusion.ACCEPT, "accepted"), (Conclusion.RELABEL, "again"), (Conclusion.VOID, "not used")],
)
def test_after_the_end(conclusion: Conclusion, text: str) -> None:
    step = step_of(batch(Stage.SETTLED, conclusion=conclusion))
    assert text in str(step.message)
    assert step.command == ""


def test_commands_quote_names() -> None:
    odd = replace(batch(), name=BatchName("week 46; rm"))
    assert step_of(odd).command == "labelqa plan 'week 46; rm'"


ITEM = frozenset({ItemId("1")})
VERIFYING = plan(2, terms=Terms(kind="verification"))


@pytest.mark.parametrize(
    ("life", "kind", "plans", "stage", "expected"),
    [
        (replace(LIVED, hits=(hit(),)), Kind.FUNCTIONAL, [plan()], Stage.BLOCKED, ("BLOCKED", "reviewer", "hit list")),
        (replace(LIVED, uncorrected=ITEM), Kind.FUNCTIONAL, [plan()], Stage.CORRECTING, ("Correct 1", "executor", "correct")),
        (replace(LIVED, unreviewed=ITEM), Kind.FUNCTIONAL, [plan()], Stage.CORRECTING, ("Review 1", "reviewer", "correct")),
        (replace(LIVED, appeals=2), Kind.FUNCTIONAL, [plan()], Stage.REVIEWED, ("Rule on 2", "arbitrator", "appeal")),
        (replace(LIVED, card=None), Kind.FUNCTIONAL, [plan()], Stage.REVIEWED, ("card", "lead", "card record")),
        (LIVED, Kind.SAFETY, [plan()], Stage.REVIEWED, ("Plan a verification", "lead", "plan b1 --for verification")),
        (LIVED, Kind.SAFETY, [plan(), VERIFYING], Stage.REVIEWED, ("Draw the verification", "lead", "draw")),
        (replace(LIVED, verifications=(verified(),)), Kind.SAFETY, [plan()], Stage.REVIEWED, ("Settle", "lead", "settle")),
    ],
)  # fmt: skip
def test_what_stands_against_acceptance_is_the_next_step(
    life: Life, kind: Kind, plans: list[Plan], stage: Stage, expected: tuple[str, str, str]
) -> None:
    about = batch(Stage.REVIEWED, kind=kind, n=4)
    known = evidence([review(item) for item in range(4)], life=life)
    step = next_step(about, plans=plans, samples=[sample()], reviewed=4, evidence=known)
    text, duty, command = expected
    assert text in str(step.message)
    assert (step.duty, command in step.command) == (duty, True)
    assert shown_stage(about, known) is stage


def test_a_hit_blocks_before_everything_is_reviewed_and_disputes_show_where_nothing_is_drawn() -> None:
    known = evidence([review(0)], c=0, life=replace(LIVED, hits=(hit(),)))
    assert "BLOCKED" in str(
        next_step(batch(Stage.IN_REVIEW), plans=[plan()], samples=[sample()], reviewed=1, evidence=known).message
    )
    disputed = replace(evidence([], disputes=2), sample=None, certificate=None)
    assert shown_stage(batch(Stage.FROZEN), disputed) is Stage.DISPUTED
    assert shown_stage(batch(Stage.OPEN), disputed) is Stage.OPEN
    open_ = evidence([], life=replace(LIVED, card=None))
    step = next_step(batch(Stage.OPEN), plans=[plan()], samples=[], reviewed=0, evidence=open_)
    assert step.command == "labelqa card record b1"

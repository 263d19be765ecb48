"""Batches, plans, samples, verdicts and rulings out of facts: every field, what is superseded, which fact stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from labelqa.batches.checks import current_reviews, first_reviews, fold_plans, fold_reviews, fold_rulings, fold_samples
from labelqa.batches.fold import fold_batches
from labelqa.records.batch import Batch, Conclusion, Condition, Exclusion, Kind, Operator, RecordRule, Repeats, Stage
from labelqa.records.designs import Design
from labelqa.records.facts import (
    KINDS,
    BatchDeclared,
    BatchFrozen,
    BatchSettled,
    DisputeRuled,
    Fact,
    PlanDeclared,
    ReviewRecorded,
    SampleDrawn,
)
from labelqa.records.review import DefectSeverity, Identity, Resolved, SeedStanding, Verdict, VerdictKind

NOON = datetime(2026, 11, 9, 12, tzinfo=UTC)
DECLARED = BatchDeclared(
    batch="b1", kind="safety", release="a@1.0", control="c", labels=["x", "y"], organizer="us", requester="them",
    where=[["data.week", "=", "46"], ["project", "in", "3,4"]], record_rule="majority", late=True,
)  # fmt: skip
PLAN = PlanDeclared(
    batch="b1", number=1, design="census", accuracy=0.95, risk=0.05, expected=0.99, power=0.9, seed_digest="5eed",
    before_freeze=True, after_results=False,
)  # fmt: skip
FROZEN = BatchFrozen(
    batch="b1", annotations="a", items="b", frame="c", n_annotations=6, n_items=2, n_disputed=1,
    exclusions=[["repeat", 3]], repeats="last", before_declared=0,
)  # fmt: skip
DRAWN = SampleDrawn(
    sample="b1/1", batch="b1", plan=1, kind="review", population=2, n=2, c=0, risk=0.01, power=0.8, seed="s",
    standing="committed", frame="c", digest="d", verifiers=["p-2"], pool=["p-2", "p-3"],
)  # fmt: skip
REVIEW = ReviewRecorded(
    sample="b1/1", batch="b1", item="i1", verdict="incorrect", kind="review", reviewer="p-2", rule="R-3", defect="P1",
    severity="major", correct_label="y", unsafe="A.1 a", comment="cc",
)  # fmt: skip
RULING = DisputeRuled(batch="b1", item="i2", label="x", arbitrator="p-4", reason="rr")
SETTLED = BatchSettled(
    batch="b1", conclusion="void", reason="failing-over-limit", drawn=2, reviewed=2, defects=1, critical=0, allowed=0,
    accuracy=[], method="",
)  # fmt: skip


def chain(*bodies: Any, supersedes: dict[int, int] | None = None) -> list[Fact]:
    """Facts numbered from 1, a minute apart; ``supersedes`` maps a fact to the one that it replaces."""
    return [
        Fact(
            seq=seq, kind=KINDS[type(body)], format=1, actor="lead", identity=Identity.IMPORTED, recorded_at=NOON,
            effective_at=NOON + timedelta(minutes=seq), subjects=(), supersedes=(supersedes or {}).get(seq), body=body,
            hash="",
        )
        for seq, body in enumerate(bodies, start=1)
    ]  # fmt: skip


def only(facts: list[Fact]) -> Batch:
    (batch,) = fold_batches(facts).values()
    return batch


def test_a_declared_batch_has_every_field() -> None:
    batch = only(chain(DECLARED))
    assert (batch.name, batch.kind, batch.release, batch.control) == ("b1", Kind.SAFETY, "a@1.0", "c")
    assert (batch.labels, batch.organizer, batch.requester) == (("x", "y"), "us", "them")
    assert batch.where == (
        Condition(field="data.week", operator=Operator.EQUAL, value="46"),
        Condition(field="project", operator=Operator.IN, value="3,4"),
    )
    assert (batch.record_rule, batch.late, batch.stage) == (RecordRule.MAJORITY, True, Stage.OPEN)
    assert (batch.declared_at, batch.freeze, batch.conclusion, batch.facts) == (
        NOON + timedelta(minutes=1),
        None,
        None,
        (1,),
    )


def test_a_freeze_is_carried_whole() -> None:
    batch = only(chain(DECLARED, FROZEN))
    assert batch.stage is Stage.FROZEN
    assert batch.freeze is not None
    assert (batch.freeze.annotations, batch.freeze.items, batch.freeze.frame) == ("a", "b", "c")
    assert (batch.freeze.n_annotations, batch.freeze.n_items, batch.freeze.n_disputed) == (6, 2, 1)
    assert (batch.freeze.exclusions, batch.freeze.repeats) == ((Exclusion(reason="repeat", count=3),), Repeats.LAST)
    assert (batch.freeze.at, batch.freeze.fact) == (NOON + timedelta(minutes=2), 2)


@pytest.mark.parametrize(
    ("bodies", "stage"),
    [
        ([DRAWN], Stage.IN_REVIEW),
        ([DRAWN, REVIEW], Stage.IN_REVIEW),
        ([DRAWN, REVIEW, REVIEW], Stage.IN_REVIEW),  # two verdicts on one item are not two items
        ([DRAWN, REVIEW, replace(REVIEW, item="i2")], Stage.REVIEWED),
        ([DRAWN, REVIEW, replace(REVIEW, item="i2"), replace(DRAWN, sample="b1/2")], Stage.IN_REVIEW),
        ([DRAWN, REVIEW, replace(REVIEW, item="i2"), SETTLED], Stage.SETTLED),
    ],
)
def test_stages(bodies: list[Any], stage: Stage) -> None:
    assert only(chain(DECLARED, PLAN, FROZEN, *bodies)).stage is stage


def test_the_end_and_the_trail() -> None:
    batch = only(chain(DECLARED, PLAN, FROZEN, DRAWN, REVIEW, RULING, SETTLED, replace(PLAN, batch="b2")))
    assert (batch.conclusion, batch.reason) == (Conclusion.VOID, "failing-over-limit")
    assert batch.settled_at == NOON + timedelta(minutes=7)
    assert batch.facts == (1, 2, 3, 4, 6, 7)


def test_a_second_telling_does_not_replace_the_first_but_a_superseding_one_does() -> None:
    again = replace(DECLARED, release="a@2.0")
    assert only(chain(DECLARED, again)).release == "a@1.0"
    corrected = only(chain(DECLARED, again, supersedes={2: 1}))
    assert (corrected.release, corrected.facts) == ("a@2.0", (2,))
    frozen_again = only(chain(DECLARED, FROZEN, replace(FROZEN, n_items=9)))
    assert frozen_again.freeze is not None
    assert frozen_again.freeze.n_items == 2


def test_the_order_in_which_facts_are_given_is_no_matter() -> None:
    facts = chain(DECLARED, replace(DECLARED, batch="b0"), FROZEN, PLAN, DRAWN, REVIEW)
    assert fold_batches(facts[::-1]) == fold_batches(facts)
    assert list(fold_batches(facts[::-1])) == ["b1", "b0"]


def test_a_batch_is_late_when_either_fact_says_so() -> None:
    on_time = replace(DECLARED, late=False)
    assert not only(chain(on_time, FROZEN)).late
    assert only(chain(on_time, replace(FROZEN, before_declared=1))).late
    assert only(chain(DECLARED, FROZEN)).late


def test_plans_and_samples_keep_every_field() -> None:
    facts = chain(DECLARED, PLAN, replace(PLAN, number=2, after_results=True), FROZEN, DRAWN)
    first, second = fold_plans(facts)["b1"]
    assert (first.number, first.design, first.accuracy, first.risk) == (1, Design.CENSUS, 0.95, 0.05)
    assert (first.expected, first.power, first.seed_digest) == (0.99, 0.9, "5eed")
    assert (first.before_freeze, first.after_results, first.fact) == (True, False, 2)
    assert (second.number, second.after_results) == (2, True)
    (sample,) = fold_samples(facts)["b1"]
    assert sample.resolved == Resolved(population=2, n=2, c=0, risk=0.01, power=0.8)
    assert (sample.sample, sample.plan, sample.kind, sample.seed) == ("b1/1", 1, VerdictKind.REVIEW, "s")
    assert (sample.standing, sample.frame, sample.digest) == (SeedStanding.COMMITTED, "c", "d")
    assert (sample.verifiers, sample.pool, sample.fact) == (("p-2",), ("p-2", "p-3"), 5)


def test_verdicts_and_rulings_keep_every_field() -> None:
    plain = replace(REVIEW, severity="", comment="", unsafe="")
    facts = chain(REVIEW, plain, RULING)
    full, bare = fold_reviews(facts)["b1/1"]
    assert (full.item_id, full.verdict, full.kind, full.reviewer) == (
        "i1",
        Verdict.INCORRECT,
        VerdictKind.REVIEW,
        "p-2",
    )
    assert (full.rule, full.defect, full.severity, full.correct_label) == ("R-3", "P1", DefectSeverity.MAJOR, "y")
    assert (full.unsafe, full.comment, full.identity, full.fact) == ("A.1 a", "cc", Identity.IMPORTED, 1)
    assert (bare.severity, bare.comment) == (None, None)
    (ruling,) = fold_rulings(facts)["b1"].values()
    assert (ruling.item_id, ruling.label, ruling.arbitrator) == ("i2", "x", "p-4")
    assert (ruling.at, ruling.fact, ruling.identity) == (NOON + timedelta(minutes=3), 3, Identity.IMPORTED)


def test_the_current_verdict_is_the_last_and_the_first_stays_the_first() -> None:
    facts = chain(REVIEW, replace(REVIEW, verdict="correct"), replace(REVIEW, verdict="undecidable"))
    reviews = fold_reviews(facts)["b1/1"]
    assert current_reviews(reviews[::-1])["i1"].verdict is Verdict.UNDECIDABLE
    assert first_reviews(reviews)["i1"].verdict is Verdict.INCORRECT


def test_a_changed_verdict_stays_on_record_and_stays_the_first() -> None:
    facts = chain(REVIEW, replace(REVIEW, verdict="correct"), supersedes={2: 1})
    reviews = fold_reviews(facts)["b1/1"]
    assert [each.verdict for each in reviews] == [Verdict.INCORRECT, Verdict.CORRECT]
    assert first_reviews(reviews)["i1"].verdict is Verdict.INCORRECT
    assert current_reviews(reviews)["i1"].verdict is Verdict.CORRECT


def test_the_last_ruling_in_force_stands() -> None:
    facts = chain(RULING, replace(RULING, label="y"), supersedes={2: 1})
    assert fold_rulings(facts)["b1"]["i2"].label == "y"

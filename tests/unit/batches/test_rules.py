"""What stands against each step, what a batch comes to, and what the board says next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from labelqa.batches.conclusion import (
    REASONS,
    Evidence,
    conclude,
    countable,
    deciding,
    illegal,
    plan_to_draw,
    reason_name,
    tally,
    why_not_settle,
)
from labelqa.batches.preconditions import (
    why_not_declare,
    why_not_draw,
    why_not_freeze,
    why_not_plan,
    why_not_review,
    why_not_rule,
    why_not_verdict,
)
from labelqa.batches.step import next_step
from labelqa.errors import Message, Refused
from labelqa.records.batch import Batch, Conclusion, Freeze, Kind, RecordRule, Repeats, Stage
from labelqa.records.designs import Design
from labelqa.records.facts import DisputeRuled, ReviewRecorded
from labelqa.records.names import BatchName, Digest, ItemId, PersonId, ReleaseName, SampleId
from labelqa.records.people import Qualification, Standing
from labelqa.records.review import Drawn, Identity, Plan, Resolved, Review, Sample, SeedStanding, Verdict, VerdictKind

NOON = datetime(2026, 11, 9, 12, tzinfo=UTC)
NAME = BatchName("b1")
SEED, OTHER = Digest("5eed"), Digest("07e4")
ANN, BOB, CAT = PersonId("p-ann"), PersonId("p-bob"), PersonId("p-cat")
OK = Qualification(
    person=BOB, release=ReleaseName("a@1"), standing=Standing.QUALIFIED, since=NOON, until=None, facts=(1, 2)
)


def frozen(n_items: int = 100) -> Freeze:
    return Freeze(
        annotations=Digest("a"), items=Digest("b"), frame=Digest("c"), n_annotations=n_items, n_items=n_items,
        n_disputed=0, exclusions=(), repeats=Repeats.LAST, at=NOON, fact=5,
    )  # fmt: skip


def batch(
    stage: Stage = Stage.FROZEN, *, kind: Kind = Kind.FUNCTIONAL, conclusion: Conclusion | None = None, n: int = 100
) -> Batch:
    return Batch(
        name=NAME, kind=kind, release=ReleaseName("a@1.0"), control="c", labels=("x", "y"), organizer="us",
        requester="them", where=(), record_rule=RecordRule.MAJORITY, late=False, declared_at=NOON, stage=stage,
        freeze=None if stage is Stage.OPEN else frozen(n), conclusion=conclusion,
    )  # fmt: skip


def plan(number: int = 1, *, after_results: bool = False) -> Plan:
    return Plan(
        batch=NAME, number=number, design=Design.TWO_POINT, accuracy=0.95, risk=0.05, expected=0.99, power=0.9,
        seed_digest=SEED, before_freeze=True, after_results=after_results, declared_at=NOON, fact=number,
    )  # fmt: skip


def sample(n: int = 4, c: int = 1, *, number: int = 1) -> Sample:
    return Sample(
        sample=SampleId(f"b1/{number}"), batch=NAME, plan=number, kind=VerdictKind.VERIFICATION,
        resolved=Resolved(population=100, n=n, c=c, risk=0.05, power=0.9), seed="s", standing=SeedStanding.COMMITTED,
        frame=Digest("c"), digest=Digest("d"), verifiers=(BOB,), pool=(BOB,), at=NOON, fact=10 * number,
    )  # fmt: skip


def review(item: int, verdict: str = "correct", *, fact: int = 0, unsafe: str = "", reviewer: PersonId = BOB) -> Review:
    return Review(
        sample=SampleId("b1/1"), item_id=ItemId(str(item)), verdict=Verdict(verdict), kind=VerdictKind.VERIFICATION,
        reviewer=reviewer, identity=Identity.AUTHENTICATED, at=NOON, fact=fact or 100 + item, unsafe=unsafe,
    )  # fmt: skip


def evidence(reviews: Sequence[Review], *, n: int = 4, c: int = 1, disputes: int = 0, unqualified: int = 0) -> Evidence:
    return Evidence(
        sample=sample(n, c), drawn=frozenset(ItemId(str(item)) for item in range(n)), reviews=tuple(reviews),
        everything=tuple(reviews), disputes_open=disputes, unqualified=unqualified,
    )  # fmt: skip


def said(messages: Sequence[Message]) -> str:
    return " / ".join(str(each) for each in messages)


def test_a_name_is_declared_once() -> None:
    assert why_not_declare(NAME, {}) == []
    assert "declared already" in said(why_not_declare(NAME, {NAME: batch()}))


def test_freezing_needs_an_open_batch_with_items() -> None:
    assert why_not_freeze(batch(Stage.OPEN), 1) == []
    assert "empty" in said(why_not_freeze(batch(Stage.OPEN), 0))
    assert "frozen already" in said(why_not_freeze(batch(), 1))
    assert "settled" in said(why_not_freeze(batch(Stage.SETTLED, conclusion=Conclusion.ACCEPT), 1))


def test_safety_labeling_is_planned_as_a_census() -> None:
    assert why_not_plan(batch(Stage.OPEN), Design.TWO_POINT) == []
    assert why_not_plan(batch(kind=Kind.SAFETY), Design.CENSUS) == []
    assert "census" in said(why_not_plan(batch(kind=Kind.SAFETY), Design.ZERO_ACCEPTANCE))


def test_drawing_needs_a_frame_a_plan_its_seed_and_enough_items() -> None:
    assert why_not_draw(batch(), plan(), 100, seed_digest=SEED, samples=[]) == []
    assert "only 100" in said(why_not_draw(batch(), plan(), 101, seed_digest=SEED, samples=[]))
    assert "at least one" in said(why_not_draw(batch(), plan(), 0, seed_digest=SEED, samples=[]))
    assert "not frozen" in said(why_not_draw(batch(Stage.OPEN), plan(), 4, seed_digest=SEED, samples=[]))
    assert "no such plan" in said(why_not_draw(batch(), None, 4, seed_digest=SEED, samples=[]))
    other = replace(plan(), batch=BatchName("b2"))
    assert "no such plan" in said(why_not_draw(batch(), other, 4, seed_digest=SEED, samples=[]))
    assert "not the seed" in said(why_not_draw(batch(), plan(), 4, seed_digest=OTHER, samples=[]))
    assert "drawn already as sample b1/1" in said(
        why_not_draw(batch(), plan(), 4, seed_digest=SEED, samples=[sample()])
    )


def body(item: str = "1", reviewer: str = BOB, verdict: str = "correct", **more: str) -> ReviewRecorded:
    fields = {"rule": "", "defect": "", "severity": "", "correct_label": "", "unsafe": "", "comment": ""} | more
    fields.setdefault("kind", "verification")
    return ReviewRecorded(sample="b1/1", batch=NAME, item=item, verdict=verdict, reviewer=reviewer, **fields)


DRAWN = {ItemId("1"): Drawn(order=1, item_id=ItemId("1"), ticket="t", verifier=BOB)}


def reasons_against(
    draft: ReviewRecorded,
    *,
    executors: tuple[PersonId, ...] = (ANN,),
    participants: tuple[PersonId, ...] = (ANN,),
    standing: Standing = Standing.QUALIFIED,
    about: Batch | None = None,
) -> str:
    return said(
        why_not_review(
            draft, DRAWN, batch=about or batch(Stage.IN_REVIEW), executors_of_item=executors,
            participants=participants, qualification=replace(OK, standing=standing),
        )
    )  # fmt: skip


def test_a_verdict_needs_a_drawn_item_and_somebody_without_a_part() -> None:
    assert reasons_against(body()) == ""
    assert reasons_against(body("2")) == "item 2 was not drawn in sample b1/1"
    assert "labelled item 1 and may not review own work" in reasons_against(body(), executors=(BOB,))
    assert "held another duty" in reasons_against(body(), participants=(BOB,))
    assert reasons_against(body(reviewer=CAT)) == "item 1 of sample b1/1 was drawn for another verifier than p-cat"
    assert reasons_against(body(reviewer=CAT, kind="review")) == ""
    assert "not qualified" in reasons_against(body(), standing=Standing.EXPIRED)
    assert "settled" in reasons_against(body(), about=batch(Stage.SETTLED, conclusion=Conclusion.VOID))


def test_somebody_unknown_cannot_review() -> None:
    found = why_not_review(
        body(), DRAWN, batch=batch(), executors_of_item=(), participants=(), qualification=None
    )  # fmt: skip
    assert "not qualified" in said(found)


def test_a_verdict_says_what_it_found() -> None:
    assert "names no rule" in said(why_not_verdict(body(verdict="incorrect")))
    assert why_not_verdict(body(verdict="incorrect", rule="R1")) == []
    assert why_not_verdict(body(verdict="incorrect", defect="P2")) == []
    assert "and yet" in said(why_not_verdict(body(correct_label="x")))
    assert why_not_verdict(body(verdict="undecidable")) == []


def ruled(
    item: str = "1", *, label: str = "x", participants: tuple[PersonId, ...] = (), about: Batch | None = None
) -> str:
    draft = DisputeRuled(batch=NAME, item=item, label=label, arbitrator=CAT, reason="")
    return said(
        why_not_rule(draft, batch=about or batch(), disputed={ItemId("1")}, participants=participants, qualification=OK)
    )


def test_rulings_need_a_dispute_a_label_of_the_batch_and_somebody_without_a_part() -> None:
    assert ruled() == ""
    assert "not disputed" in ruled("2")
    assert "not a label" in ruled(label="z")
    assert "may not rule" in ruled(participants=(CAT,))
    assert "not frozen" in ruled(about=batch(Stage.OPEN))


def concluded(found: Evidence, kind: Kind = Kind.FUNCTIONAL, n: int = 100) -> tuple[Conclusion, str]:
    outcome = conclude(batch(Stage.REVIEWED, kind=kind, n=n), found)
    assert outcome.reason in REASONS
    return outcome.conclusion, outcome.reason


FINE = [review(item) for item in range(4)]


@pytest.mark.parametrize(
    ("reviews", "expected"),
    [
        (FINE, (Conclusion.ACCEPT, "within-plan")),
        ([*FINE[:3], review(3, "incorrect")], (Conclusion.ACCEPT, "within-plan")),
        ([*FINE[:3], review(3, "undecidable")], (Conclusion.ACCEPT, "within-plan")),
        ([*FINE[:2], review(2, "incorrect"), review(3, "undecidable")], (Conclusion.RELABEL, "defects-over-plan")),
        ([*FINE[:3], review(3, unsafe="A.1 c")], (Conclusion.VOID, "unsafe-content")),
        ([*FINE[:3], review(3, unsafe="A.5 b")], (Conclusion.ACCEPT, "within-plan")),
        ([*FINE[:2], review(2, "incorrect"), review(3, unsafe="A.5")], (Conclusion.RELABEL, "defects-over-plan")),
        # the later verdict holds, but one that reported a hit is not outvoted, only withdrawn
        ([*FINE, review(3, "incorrect", fact=900), review(2, "incorrect", fact=901)],
         (Conclusion.RELABEL, "defects-over-plan")),
        ([*FINE, review(3, "incorrect", fact=1), review(2, "incorrect", fact=2)], (Conclusion.ACCEPT, "within-plan")),
        ([*FINE, review(3, unsafe="A4a", fact=1)], (Conclusion.VOID, "unsafe-content")),
    ],
)  # fmt: skip
def test_functional_conclusions(reviews: list[Review], expected: tuple[Conclusion, str]) -> None:
    assert concluded(evidence(reviews)) == expected


def test_a_hit_in_a_further_sample_voids_too() -> None:
    found = replace(evidence(FINE), everything=(*FINE, review(77, unsafe="A.2")))
    assert concluded(found) == (Conclusion.VOID, "unsafe-content")


def test_unqualified_work_is_never_accepted_but_void_goes_first() -> None:
    found = conclude(batch(Stage.REVIEWED), evidence(FINE, unqualified=7))
    assert (found.conclusion, found.reason) == (Conclusion.RELABEL, "unqualified-work")
    assert "7 labels" in str(found.message)
    assert concluded(evidence([*FINE[:3], review(3, unsafe="A.3")], unqualified=7))[0] is Conclusion.VOID


def test_open_disputes_wait_for_the_arbitrator_unless_the_batch_is_void() -> None:
    with pytest.raises(Refused, match="2 disputed items"):
        concluded(evidence(FINE, disputes=2))
    with pytest.raises(Refused, match="2 disputed items"):
        concluded(evidence(FINE, disputes=2, unqualified=1))
    assert concluded(evidence([*FINE[:3], review(3, unsafe="A.3")], disputes=2))[0] is Conclusion.VOID


def test_every_drawn_item_needs_a_verdict_that_counts() -> None:
    with pytest.raises(Refused, match="1 of 4 drawn items"):
        concluded(evidence(FINE[:3]))
    with pytest.raises(Refused, match="1 of 4 drawn items"):
        concluded(evidence([*FINE[:3], review(55)]))  # a verdict on an item that was not drawn is none
    with pytest.raises(Refused, match="3 items of a further sample"):
        concluded(replace(evidence(FINE), pending=3))


def test_without_freeze_sample_or_after_the_end_there_is_nothing_to_settle() -> None:
    assert "not frozen" in said(why_not_settle(batch(Stage.OPEN), evidence(FINE)))
    assert "no sample" in said(why_not_settle(batch(), replace(evidence([]), sample=None)))
    assert "settled already" in said(why_not_settle(batch(conclusion=Conclusion.ACCEPT), evidence(FINE)))


def safety(failing: int, *, total: int = 100, **more: int) -> tuple[Conclusion, str]:
    reviews = [review(item, "incorrect" if item < failing else "correct") for item in range(total)]
    return concluded(evidence(reviews, n=total, c=0, **more), Kind.SAFETY, total)


def test_safety_accepts_only_without_a_failing_item_and_is_void_past_five_percent() -> None:
    assert safety(0) == (Conclusion.ACCEPT, "all-approved")
    assert safety(1) == (Conclusion.RELABEL, "failed-items")
    assert safety(5) == (Conclusion.RELABEL, "failed-items")  # 5 % does not exceed 5 %
    assert safety(6) == (Conclusion.VOID, "failing-over-limit")
    assert safety(1, total=20) == (Conclusion.RELABEL, "failed-items")
    assert safety(1, total=19) == (Conclusion.VOID, "failing-over-limit")
    assert safety(0, unqualified=1) == (Conclusion.RELABEL, "unqualified-work")
    assert safety(6, unqualified=1, disputes=1) == (Conclusion.VOID, "failing-over-limit")


def test_safety_counts_the_first_review_for_the_limit_and_any_failure_against_acceptance() -> None:
    first_failed = [review(item, "incorrect", fact=1 + item) for item in range(6)]
    later_fine = [review(item) for item in range(100)]
    found = evidence([*later_fine, *first_failed], n=100)
    assert concluded(found, Kind.SAFETY) == (Conclusion.VOID, "failing-over-limit")
    later_failed = [review(item, "incorrect", fact=900 + item) for item in range(6)]
    found = evidence([*later_fine, *later_failed], n=100)
    assert concluded(found, Kind.SAFETY) == (Conclusion.RELABEL, "failed-items")
    found = evidence([*later_fine[:99], review(99, unsafe="A.1")], n=100)
    assert concluded(found, Kind.SAFETY) == (Conclusion.RELABEL, "failed-items")


def test_safety_needs_a_verdict_on_every_item_of_the_batch() -> None:
    with pytest.raises(Refused, match="1 of 100 items of batch b1 have no verdict by a qualified reviewer"):
        concluded(evidence([review(item) for item in range(99)], n=100), Kind.SAFETY)
    with pytest.raises(Refused, match="96 of 100"):
        concluded(evidence(FINE), Kind.SAFETY)  # a sample is not a census


def test_only_qualified_outsiders_verdicts_count() -> None:
    reviews = [review(1), review(2, reviewer=ANN), review(3, reviewer=CAT)]
    found = countable(
        reviews,
        executors={ItemId("2"): {ANN}, ItemId("1"): {CAT}},
        qualified=lambda person, _: person != CAT,
        labels={ItemId("1"): "x"},
    )
    assert found == (reviews[0],)


def test_a_verdict_on_another_label_than_that_of_record_does_not_count() -> None:
    given = replace(review(1), label="x")

    def counted(labels: dict[ItemId, str]) -> int:
        return len(countable([given], executors={}, qualified=lambda *_: True, labels=labels))

    assert counted({ItemId("1"): "x"}) == 1
    assert counted({ItemId("1"): "y"}) == 0


@pytest.mark.parametrize(
    ("code", "hit"),
    [("", False), ("A.5", False), ("A5a", False), ("a.5 b", False), ("A.1", True), ("A4g", True), ("yes", True)],
)
def test_hits_are_all_risks_but_unfitness(code: str, hit: bool) -> None:
    assert illegal(review(1, unsafe=code)) is hit


def test_the_tally_is_what_is_recorded() -> None:
    reviews = [*FINE[:2], review(2, "incorrect"), review(3, "undecidable", unsafe="A.1"), review(3, "incorrect")]
    assert tally(evidence(reviews)) == (4, 4, 2, 1, 1)
    assert tally(replace(evidence([]), sample=None)) == (4, 0, 0, 0, 0)


def test_the_first_draw_decides_and_so_does_the_first_plan_made_with_labels_at_hand() -> None:
    assert deciding([sample(number=2), sample(number=1)]) == sample(number=1)
    assert deciding([]) is None
    plans = [plan(1), plan(2), plan(3, after_results=True)]
    assert plan_to_draw(plans) == plan(1)
    assert plan_to_draw(plans[2:]) == plans[2]
    early = [replace(plan(1), before_labels=True), replace(plan(2), before_labels=True), plan(3)]
    assert plan_to_draw(early) == early[1]
    assert plan_to_draw([]) is None


def test_reasons_have_names() -> None:
    assert str(reason_name("unsafe-content")) == "illegal or harmful content found"
    assert str(reason_name("other")) == "other"


@pytest.mark.parametrize(
    ("stage", "plans", "samples", "reviewed", "disputes", "expected"),
    [
        (Stage.OPEN, [], [], 0, 0, ("plan its spot check before", "lead", "freeze")),
        (Stage.OPEN, [plan()], [], 0, 0, ("Freeze the batch when its labeling is done.", "lead", "freeze")),
        (Stage.FROZEN, [], [], 0, 0, ("Plan", "lead", "plan")),
        (Stage.FROZEN, [plan()], [], 0, 0, ("Draw", "lead", "draw")),
        (Stage.IN_REVIEW, [plan()], [sample()], 1, 2, ("3 of 4 remain", "reviewer", "review sheet b1")),
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
    step = next_step(batch(stage), plans=plans, samples=samples, reviewed=reviewed, disputes_open=disputes)
    text, duty, command = expected
    assert text in str(step.message)
    assert step.duty == duty
    assert command in step.command


@pytest.mark.parametrize(
    ("conclusion", "text"),
    [(Conclusion.ACCEPT, "accepted"), (Conclusion.RELABEL, "again"), (Conclusion.VOID, "not used")],
)
def test_after_the_end(conclusion: Conclusion, text: str) -> None:
    step = next_step(
        batch(Stage.SETTLED, conclusion=conclusion), plans=[], samples=[], reviewed=0, disputes_open=0
    )  # fmt: skip
    assert text in str(step.message)
    assert step.command == ""


def test_commands_quote_names() -> None:
    odd = replace(batch(), name=BatchName("week 46; rm"))
    assert (
        next_step(odd, plans=[], samples=[], reviewed=0, disputes_open=0).command == "labelqa plan 'week 46; rm'"
    )  # fmt: skip

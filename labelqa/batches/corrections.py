"""Is every problem that was found in a batch answered, and by what: a correction that somebody else looked at, or a reason?

A problem is a verdict that counts against a label (also one that was changed later), or a ruling that lets no label
stand; counts are of items. Only facts decide, in the order of the ledger. What labels of record become by corrections
is read here as well; it changes nothing about the verdicts that were given, nor about what a batch is accepted on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from labelqa.batches.checks import Ruling, fold_reviews, fold_rulings, grouped, in_force
from labelqa.batches.counting import defective
from labelqa.errors import InsufficientData, Message
from labelqa.records.corrections import (
    Closing,
    Completeness,
    Correction,
    ItemProblems,
    LabelSource,
    Problem,
    ProblemStatus,
    RecordLabel,
    ReReview,
)
from labelqa.records.estimate import Figure, Unknown, unknown
from labelqa.records.facts import (
    AppealFiled,
    AppealRuled,
    CorrectionRecorded,
    CorrectionReviewed,
    DisputeRuled,
    Fact,
    HitRuled,
    ProblemClosed,
    ReviewRecorded,
)
from labelqa.records.names import BatchName, ItemId, PersonId
from labelqa.records.people import Duty
from labelqa.records.personnel import AppealRuling
from labelqa.records.production import DisputeOutcome
from labelqa.records.review import Review, Verdict

# What completeness is read from, and what labels of record are.
SAID_OF_PROBLEMS: Final = (
    ReviewRecorded, DisputeRuled, CorrectionRecorded, CorrectionReviewed, ProblemClosed, AppealFiled, HitRuled,
)  # fmt: skip
SAID_OF_LABELS: Final = (DisputeRuled, CorrectionRecorded, CorrectionReviewed, HitRuled)
CORRECTS: Final = Duty.EXECUTOR
RE_REVIEWS: Final = Duty.REVIEWER


def completeness(facts: Iterable[Fact], batch: BatchName, *, confidence: float = 0.95) -> Completeness:
    """Every item of a batch with a recorded problem and where it stands (GB/T 45674—2025, 8.1 e and f).

    ``facts`` are those about the batch, of :data:`SAID_OF_PROBLEMS`, and rulings on appeals; others change nothing. The closing rate is the
    share of items whose problems are all answered, counted whole: Unknown where no problem was recorded.

    >>> completeness([], BatchName("b1")).problems
    0
    """
    known = list(facts)
    found, corrections = fold_problems(known, batch), fold_corrections(known, batch)
    items = tuple(sorted(
        (_item(item, problems, corrections.get(item, ())) for item, problems in found.items()),
        key=lambda each: each.item_id,
    ))  # fmt: skip
    still = tuple(each.item_id for each in items if each.open)
    corrected = sum(each.status is ProblemStatus.CORRECTED for each in items)
    gone = (each.item_id for each in items if any(one.closed is Closing.DISCARDED for one in each.problems))
    return Completeness(
        batch=batch, items=items, corrected=corrected, closed=len(items) - len(still) - corrected,
        waiting=sum(each.status is ProblemStatus.WAITING for each in items), open_items=still, discarded=tuple(gone),
        rate=_rate(len(items) - len(still), len(items), confidence),
    )  # fmt: skip


def _rate(answered: int, items: int, confidence: float) -> Figure:
    from labelqa.stats.accuracy import accuracy

    if not items:
        return Unknown(reason="no-problems", message=Message("no problem was recorded in the batch"))
    try:
        return accuracy(answered, items, population=items, confidence=confidence)
    except InsufficientData as error:
        return unknown(error, n=items)


def fold_problems(facts: Iterable[Fact], batch: BatchName) -> dict[ItemId, tuple[Problem, ...]]:
    """What was found about each item, in the order of the ledger, with what answered it but for a correction.

    Every verdict that counts against the label is a problem, second opinions included; a reviewer who changes it to
    correct leaves a problem that somebody closes with a reason. A sent-back or rejected ruling in force is one as well.
    """
    known = sorted(facts, key=lambda fact: fact.seq)
    rulings = fold_rulings(known).get(batch, {})
    closed = fold_closures(known, batch)
    verdicts = [(each, changed) for each, changed in _verdicts(known, batch) if defective(each)]
    found = [_of_verdict(each, changed) for each, changed in verdicts]
    found += [_of_ruling(each) for each in rulings.values() if not each.stands]
    answered = (_answered(each, closed.get(each.fact), rulings.get(each.item_id)) for each in found)
    return grouped((each.item_id, each) for each in sorted(answered, key=lambda each: each.fact))


def _verdicts(facts: Sequence[Fact], batch: BatchName) -> Iterable[tuple[Review, bool]]:
    """Every verdict on an item that one of the batch speaks against, and whether its reviewer changed it to one in favour."""
    mine = [fact for fact in facts if isinstance(fact.body, ReviewRecorded) and fact.body.batch == batch]
    bad = {fact.body.item for fact in mine if not _plainly_correct(fact.body)}
    for reviews in fold_reviews(fact for fact in mine if fact.body.item in bad).values():
        last = {(each.item_id, each.second): each for each in reviews}
        for each in reviews:
            now = last[each.item_id, each.second]
            yield each, now.fact > each.fact and now.reviewer == each.reviewer and not defective(now)


def _plainly_correct(body: ReviewRecorded) -> bool:
    """Whether a verdict says correct and nothing else: most do, and need no closer look."""
    return body.verdict == Verdict.CORRECT and not body.unsafe and not body.safety


def _of_verdict(review: Review, changed: bool) -> Problem:
    return Problem(
        fact=review.fact, item_id=review.item_id, by=review.reviewer, at=review.at, verdict=review.verdict,
        rule=review.rule, defect=review.defect, correct_label=review.correct_label, unsafe=review.unsafe,
        label=review.label, changed=changed,
    )  # fmt: skip


def _of_ruling(ruling: Ruling) -> Problem:
    return Problem(
        fact=ruling.fact, item_id=ruling.item_id, by=ruling.arbitrator, at=ruling.at, ruling=True, rule=ruling.rule
    )


def _answered(problem: Problem, closure: tuple[Closing, int] | None, ruling: Ruling | None) -> Problem:
    """The problem with what closed it, if anything did; an arbitrator's word goes first."""
    if ruling is not None and ruling.outcome is DisputeOutcome.REJECTED:
        return replace(problem, closed=Closing.DISCARDED, closed_by=ruling.fact)
    stands = ruling is not None and ruling.stands and ruling.fact > problem.fact
    if ruling is not None and stands and problem.label and ruling.label == problem.label:
        return replace(problem, closed=Closing.RULING, closed_by=ruling.fact)
    if closure is None or (closure[0] is Closing.OVERTURNED and problem.verdict is not Verdict.CORRECT):
        return problem
    return replace(problem, closed=closure[0], closed_by=closure[1])


def fold_closures(facts: Iterable[Fact], batch: BatchName) -> dict[int, tuple[Closing, int]]:
    """Problem -> how it was closed, and by which fact: a closure, an upheld appeal, or an overturned hit."""
    known = list(facts)
    overturned = [
        (number, (Closing.OVERTURNED, fact.seq)) for fact, body in in_force(known, HitRuled)
        if body.batch == batch and not body.confirmed for number in body.reviews
    ]  # fmt: skip
    against = {body.appeal: body.against for _, body in in_force(known, AppealFiled)}
    upheld = [
        (against[body.appeal], (Closing.APPEAL, fact.seq)) for fact, body in in_force(known, AppealRuled)
        if body.appeal in against and body.ruling == AppealRuling.UPHELD
    ]  # fmt: skip
    closed = [
        (number, (Closing.CLOSURE, fact.seq)) for fact, body in in_force(known, ProblemClosed)
        if body.batch == batch for number in body.problems
    ]  # fmt: skip
    return dict([*overturned, *upheld, *closed])


def fold_corrections(facts: Iterable[Fact], batch: BatchName) -> dict[ItemId, tuple[Correction, ...]]:
    """Every correction by item, those that another one replaced included, each with its re-review."""
    known = sorted(facts, key=lambda fact: fact.seq)
    mine = [(fact, fact.body) for fact in known if isinstance(fact.body, CorrectionRecorded)]
    replaced = {fact.supersedes: fact.seq for fact, _ in mine if fact.supersedes is not None}
    no_risk = {seq for _, body in in_force(known, HitRuled) if not body.confirmed for seq in body.reviews}
    reviews = {
        body.correction: _re_review(fact, body, overturned=fact.seq in no_risk)
        for fact, body in in_force(known, CorrectionReviewed)
    }
    return grouped(
        (ItemId(body.item), _correction(fact, body, replaced.get(fact.seq, 0), reviews.get(fact.seq)))
        for fact, body in mine
        if body.batch == batch
    )


def _correction(fact: Fact, body: CorrectionRecorded, replaced: int, review: ReReview | None) -> Correction:
    return Correction(
        fact=fact.seq, batch=BatchName(body.batch), item_id=ItemId(body.item), annotator=PersonId(body.annotator),
        corrector=PersonId(body.corrector), before=body.before, after=body.after,
        made_at=datetime.fromisoformat(body.made_at), corrected_at=datetime.fromisoformat(body.corrected_at),
        recorded_at=fact.recorded_at, identity=fact.identity, problems=tuple(body.problems), replaced_by=replaced,
        review=review,
    )  # fmt: skip


def _re_review(fact: Fact, body: CorrectionReviewed, *, overturned: bool) -> ReReview:
    return ReReview(
        fact=fact.seq, verdict=Verdict(body.verdict), reviewer=PersonId(body.reviewer), identity=fact.identity,
        at=fact.effective_at, unsafe=body.unsafe, comment=body.comment, overturned=overturned,
    )  # fmt: skip


def answers(correction: Correction, problem: Problem) -> bool:
    """Whether a correction is about a problem: it names it, or took away the very label that a later verdict judged.

    A later verdict that gives still another label as the correct one is not answered by it.
    """
    if problem.fact in correction.problems:
        return True
    replaced = bool(problem.label) and problem.label == correction.before
    return replaced and not problem.ruling and problem.correct_label in ("", correction.after)


def _item(item: ItemId, problems: Sequence[Problem], corrections: Sequence[Correction]) -> ItemProblems:
    done = [each for each in corrections if each.stands]
    live = [each for each in problems if each.closed is None and not any(answers(one, each) for one in done)]
    status = _status(live, [each for each in corrections if not each.replaced_by and not each.stands])
    if not live and all(each.closed for each in problems):
        status = ProblemStatus.CLOSED
    return ItemProblems(
        item_id=item, problems=tuple(problems), status=status, since=min(each.at for each in live or problems),
        acts=_acts(status, live), corrections=tuple(corrections),
    )  # fmt: skip


def _status(live: Sequence[Problem], tried: Sequence[Correction]) -> ProblemStatus:
    """``tried``: corrections in force that have not passed a re-review."""
    if not live:
        return ProblemStatus.CORRECTED
    waiting = [each for each in tried if each.review is None]
    if waiting and all(any(answers(one, each) for one in waiting) for each in live):
        return ProblemStatus.WAITING
    failed = any(each.review is not None and any(answers(each, one) for one in live) for each in tried)
    return ProblemStatus.FAILED if failed else ProblemStatus.OPEN


def _acts(status: ProblemStatus, live: Sequence[Problem]) -> Duty | None:
    if not live:
        return None
    reviewing = status is ProblemStatus.WAITING or all(each.changed for each in live)
    return RE_REVIEWS if reviewing else CORRECTS


def record_labels(facts: Iterable[Fact], batch: BatchName) -> dict[ItemId, RecordLabel | None]:
    """The labels of record that rulings and corrections made: None for an item that an arbitrator left without one.

    A corrected label counts once its re-review says correct and leaves no risk. Of several the last in the ledger holds. Items of which
    nothing was ruled or corrected are not in it.
    """
    known = list(facts)
    made: list[tuple[int, ItemId, RecordLabel | None]] = [
        (each.fact, item, _ruled(each)) for item, each in fold_rulings(known).get(batch, {}).items()
    ]
    for item, corrections in fold_corrections(known, batch).items():
        made += [
            (each.fact, item, RecordLabel(label=each.after, source=LabelSource.CORRECTED, fact=each.fact))
            for each in corrections
            if each.stands
        ]
    return {item: label for _, item, label in sorted(made, key=lambda each: each[0])}


def _ruled(ruling: Ruling) -> RecordLabel | None:
    if not ruling.stands:
        return None
    return RecordLabel(label=ruling.label, source=LabelSource.ARBITRATED, fact=ruling.fact)


def corrections_of(found: Mapping[ItemId, Sequence[Correction]]) -> tuple[Correction, ...]:
    """All corrections of a batch in the order of the ledger."""
    return tuple(sorted((each for some in found.values() for each in some), key=lambda each: each.fact))

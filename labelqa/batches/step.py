"""What happens to a batch next, who does it, and with which command: one line on the lead's board."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Final, NamedTuple

from labelqa.batches.card import why_not_out
from labelqa.batches.conclusion import Evidence, last_early, purpose_of
from labelqa.batches.hits import waiting
from labelqa.batches.life import decided
from labelqa.batches.settled import why_not_settle, why_undecided
from labelqa.errors import Message
from labelqa.records.batch import Batch, Conclusion, Kind, Stage
from labelqa.records.designs import Design
from labelqa.records.people import Duty
from labelqa.records.review import Plan, Sample, VerdictKind

LEAD: Final = "lead"

FREEZE: Final = "labelqa batch freeze {batch}"
PLAN: Final = "labelqa plan {batch}"
DRAW: Final = "labelqa draw {batch}"
REVIEW: Final = "labelqa review sheet {batch}"
RULE: Final = "labelqa dispute list {batch}"
SETTLE: Final = "labelqa settle {batch}"
EXTEND: Final = "labelqa sample extend {sample} --n {n}"
CARD: Final = "labelqa card record {batch}"
HITS: Final = "labelqa hit list {batch}"
CORRECT: Final = "labelqa correct list {batch}"
APPEALS: Final = "labelqa appeal list {batch}"
VERIFY: Final = "labelqa plan {batch} --for verification"


class Step(NamedTuple):
    """The sentence, the duty (a :class:`Duty`, ``lead``, or empty for nobody), and the command or nothing."""

    message: Message
    duty: str
    command: str


def next_step(
    batch: Batch, *, plans: Sequence[Plan], samples: Sequence[Sample], reviewed: int, evidence: Evidence
) -> Step:
    """The next step of a batch; ``reviewed`` counts the drawn items with a verdict over all its samples."""
    words = {"batch": shlex.quote(batch.name)}
    if batch.stage is Stage.SETTLED:
        return step_after(batch)
    if batch.stage is Stage.OPEN:
        return _open(batch, plans, evidence)
    if not why_not_settle(batch, evidence):
        return Step(Message("Settle the batch: everything needed is there."), LEAD, SETTLE.format(**words))
    blocked = waiting(batch, evidence.life.hits)
    if blocked:
        text = Message(
            "BLOCKED: rule on {n} suspected illegal or harmful {n:hit|hits}, as a second person who neither reported nor labelled.",
            {"n": len(blocked)},
        )
        return Step(text, Duty.REVIEWER, HITS.format(**words))
    if not samples:
        return _undrawn(batch, plans, evidence)
    if why_undecided(batch, evidence):
        return _checking(batch, plans, samples, reviewed, evidence)
    return _ruling(batch, evidence) if evidence.disputes_open else _accepting(batch, plans, samples, evidence)


def shown_stage(batch: Batch, evidence: Evidence) -> Stage:
    """The stage as it is shown: whether the batch is blocked, disputed or being corrected, its facts alone do not say."""
    if batch.stage in (Stage.SETTLED, Stage.OPEN):
        return batch.stage
    if waiting(batch, evidence.life.hits):
        return Stage.BLOCKED
    if evidence.disputes_open and batch.stage is not Stage.IN_REVIEW:
        return Stage.DISPUTED
    checked = bool(evidence.sample) and not why_undecided(batch, evidence)
    return Stage.CORRECTING if checked and evidence.life.open else batch.stage


def _open(batch: Batch, plans: Sequence[Plan], evidence: Evidence) -> Step:
    """Plan and card come first, then the freeze."""
    words = {"batch": shlex.quote(batch.name)}
    if evidence.life.card is None and plans:
        text = Message("Record the batch's card, which says where its items come from; it belongs before the freeze.")
        return Step(text, LEAD, CARD.format(**words))
    return Step(_opened(plans), LEAD, FREEZE.format(**words))


def _undrawn(batch: Batch, plans: Sequence[Plan], evidence: Evidence) -> Step:
    words = {"batch": shlex.quote(batch.name)}
    if not plans:
        return Step(Message("Plan the spot check."), LEAD, PLAN.format(**words))
    if evidence.disputes_open:  # a draw needs a label of record on every item
        return _ruling(batch, evidence)
    return Step(Message("Draw the sample and its verifiers."), LEAD, DRAW.format(**words))


def _ruling(batch: Batch, evidence: Evidence) -> Step:
    text = Message("Rule on {n} disputed {n:item|items}.", {"n": evidence.disputes_open})
    return Step(text, Duty.ARBITRATOR, RULE.format(batch=shlex.quote(batch.name)))


def _checking(
    batch: Batch, plans: Sequence[Plan], samples: Sequence[Sample], reviewed: int, evidence: Evidence
) -> Step:  # fmt: skip
    """The checks say nothing yet."""
    if batch.stage is Stage.IN_REVIEW:
        drawn = sum(sample.resolved.n for sample in samples)
        text = Message("Review the drawn items: {n} of {drawn} remain.", {"n": drawn - reviewed, "drawn": drawn})
        return Step(text, Duty.REVIEWER, REVIEW.format(batch=shlex.quote(batch.name)))
    return _ruling(batch, evidence) if evidence.disputes_open else _undecided(batch, plans, samples, evidence)


def _accepting(batch: Batch, plans: Sequence[Plan], samples: Sequence[Sample], evidence: Evidence) -> Step:
    """The check speaks for the batch; what stands against accepting it, in the order in which it is done."""
    words, life = {"batch": shlex.quote(batch.name)}, evidence.life
    if life.uncorrected:
        text = Message(
            "Correct {n} {n:item|items} found wrong, or close {n:it|them} with a reason.", {"n": len(life.uncorrected)}
        )
        return Step(text, Duty.EXECUTOR, CORRECT.format(**words))
    if life.unreviewed:
        text = Message("Review {n} {n:correction|corrections} again.", {"n": len(life.unreviewed)})
        return Step(text, Duty.REVIEWER, CORRECT.format(**words))
    if life.appeals:
        return Step(
            Message("Rule on {n} {n:appeal|appeals}.", {"n": life.appeals}), Duty.ARBITRATOR, APPEALS.format(**words)
        )
    if batch.kind is Kind.SAFETY and not any(map(decided, life.verifications)):
        return _verifying(batch, plans, samples)
    if why_not_out(batch, life.card):
        text = Message("Record the batch's card, which says where its items come from: it is not accepted without.")
        return Step(text, LEAD, CARD.format(**words))
    return Step(
        Message("Have the items that failed the safety review corrected and reviewed again."),
        Duty.EXECUTOR,
        CORRECT.format(**words),
    )


def _verifying(batch: Batch, plans: Sequence[Plan], samples: Sequence[Sample]) -> Step:
    """A verification by people outside the batch: planned, drawn, reviewed."""
    words = {"batch": shlex.quote(batch.name)}
    drawn = {sample.plan: sample for sample in samples}
    meant = [plan for plan in plans if plan.terms.kind == VerdictKind.VERIFICATION]
    if any(plan.number not in drawn for plan in meant):
        return Step(Message("Draw the verification by people outside the batch."), LEAD, DRAW.format(**words))
    if batch.stage is Stage.IN_REVIEW:
        text = Message("Verify the drawn items: people outside the batch do.")
        return Step(text, Duty.REVIEWER, REVIEW.format(**words))
    text = Message("Plan a verification by people outside the batch, beside the review of every item.")
    return Step(text, LEAD, VERIFY.format(**words))


def _to_draw(batch: Batch, plans: Sequence[Plan], samples: Sequence[Sample]) -> bool:
    """Whether a plan that could decide waits for its draw."""
    drawn, last = {sample.plan for sample in samples}, last_early(plans, batch.kind)
    meant = [plan for plan in plans if plan in last or not plan.before_labels]
    if batch.kind is Kind.SAFETY:
        meant = [plan for plan in meant if purpose_of(plan, batch.kind) is VerdictKind.REVIEW]
    return any(plan.number not in drawn and plan.design is not Design.ESTIMATE for plan in meant)


def _undecided(batch: Batch, plans: Sequence[Plan], samples: Sequence[Sample], evidence: Evidence) -> Step:
    """All drawn items are reviewed, and that was not enough."""
    words, found = {"batch": shlex.quote(batch.name)}, evidence.certificate
    if evidence.sample is None or found is None or found.design is Design.ESTIMATE:
        if _to_draw(batch, plans, samples):
            return Step(Message("Draw the sample and its verifiers."), LEAD, DRAW.format(**words))
        return Step(Message("Plan a check that decides: what was drawn decides nothing."), LEAD, PLAN.format(**words))
    if found.given < found.drawn:
        text = Message(
            "Judge {n} drawn {n:item|items} again: {n:its verdict does|their verdicts do} not count.",
            {"n": found.drawn - found.given},
        )
        return Step(text, Duty.REVIEWER, REVIEW.format(**words))
    values = {"sample": shlex.quote(found.sample), "n": found.read + (found.fewest_more or 0)}
    return Step(
        Message("Draw more items: what was drawn is reviewed and nothing is decided."), LEAD, EXTEND.format(**values)
    )


def _opened(plans: Sequence[Plan]) -> Message:
    if plans:
        return Message("Freeze the batch when its labeling is done.")
    return Message(
        "Freeze the batch when its labeling is done; plan its spot check before, so that the seed is proven."
    )


def step_after(batch: Batch) -> Step:
    """What happens to a settled batch next."""
    if batch.conclusion is Conclusion.RELABEL:
        return Step(Message("Label the items again, as a new batch."), Duty.EXECUTOR, "")
    if batch.conclusion is Conclusion.VOID:
        return Step(Message("Nothing: the batch is void and its labels are not used."), "", "")
    return Step(Message("Nothing: the batch is accepted."), "", "")

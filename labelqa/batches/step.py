"""What happens to a batch next, who does it, and with which command: one line on the lead's board."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from labelqa.batches.conclusion import Evidence
from labelqa.batches.settled import why_not_settle
from labelqa.errors import Message
from labelqa.records.batch import Batch, Conclusion, Stage
from labelqa.records.designs import Design
from labelqa.records.people import Duty
from labelqa.records.review import Plan, Sample

LEAD: Final = "lead"

FREEZE: Final = "labelqa batch freeze {batch}"
PLAN: Final = "labelqa plan {batch}"
DRAW: Final = "labelqa draw {batch}"
REVIEW: Final = "labelqa review sheet {batch}"
RULE: Final = "labelqa dispute list {batch}"
SETTLE: Final = "labelqa settle {batch}"
EXTEND: Final = "labelqa sample extend {sample} --n {n}"


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
        return _after(batch)
    if batch.stage is Stage.OPEN:
        return Step(_opened(plans), LEAD, FREEZE.format(**words))
    if not plans and not samples:
        return Step(Message("Plan the spot check."), LEAD, PLAN.format(**words))
    disputes = evidence.disputes_open
    ruling = Step(Message("Rule on {n} disputed items.", {"n": disputes}), Duty.ARBITRATOR, RULE.format(**words))
    if not samples and disputes:  # a draw needs a label of record on every item
        return ruling
    if not samples:
        return Step(Message("Draw the sample and its verifiers."), LEAD, DRAW.format(**words))
    if not why_not_settle(batch, evidence):
        return Step(Message("Settle the batch: everything needed is there."), LEAD, SETTLE.format(**words))
    drawn = sum(sample.resolved.n for sample in samples)
    if batch.stage is Stage.IN_REVIEW and not _waits_for_ruling(batch, evidence):
        text = Message("Review the drawn items: {n} of {drawn} remain.", {"n": drawn - reviewed, "drawn": drawn})
        return Step(text, Duty.REVIEWER, REVIEW.format(**words))
    return ruling if disputes else _undecided(batch, evidence)


def _waits_for_ruling(batch: Batch, evidence: Evidence) -> bool:
    """Whether open disputes are all that stands against settling."""
    return bool(evidence.disputes_open) and not why_not_settle(batch, replace(evidence, disputes_open=0))


def _undecided(batch: Batch, evidence: Evidence) -> Step:
    """All drawn items are reviewed, and that was not enough."""
    words, found = {"batch": shlex.quote(batch.name)}, evidence.certificate
    if evidence.sample is None or found is None or found.design is Design.ESTIMATE:
        return Step(Message("Plan a check that decides: what was drawn decides nothing."), LEAD, PLAN.format(**words))
    if found.given < found.drawn:
        text = Message("Judge {n} drawn items again: their verdicts do not count.", {"n": found.drawn - found.given})
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


def _after(batch: Batch) -> Step:
    if batch.conclusion is Conclusion.RELABEL:
        return Step(Message("Label the items again, as a new batch."), Duty.EXECUTOR, "")
    if batch.conclusion is Conclusion.VOID:
        return Step(Message("Nothing: the batch is void and its labels are not used."), "", "")
    return Step(Message("Nothing: the batch is accepted."), "", "")

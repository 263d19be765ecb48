"""What happens to a batch next, who does it, and with which command: one line on the lead's board."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Final, NamedTuple

from labelqa.errors import Message
from labelqa.records.batch import Batch, Conclusion, Stage
from labelqa.records.people import Duty
from labelqa.records.review import Plan, Sample

LEAD: Final = "lead"

FREEZE: Final = "labelqa batch freeze {batch}"
PLAN: Final = "labelqa plan {batch}"
DRAW: Final = "labelqa draw {batch}"
REVIEW: Final = "labelqa review sheet {batch}"
RULE: Final = "labelqa dispute list {batch}"
SETTLE: Final = "labelqa settle {batch}"


class Step(NamedTuple):
    """The sentence, the duty (a :class:`Duty`, ``lead``, or empty for nobody), and the command or nothing."""

    message: Message
    duty: str
    command: str


def next_step(
    batch: Batch, *, plans: Sequence[Plan], samples: Sequence[Sample], reviewed: int, disputes_open: int
) -> Step:
    """The next step of a batch; ``reviewed`` counts the drawn items with a verdict over all its samples."""
    words = {"batch": shlex.quote(batch.name)}
    if batch.stage is Stage.SETTLED:
        return _after(batch)
    if batch.stage is Stage.OPEN:
        return Step(_opened(plans), LEAD, FREEZE.format(**words))
    if not plans and not samples:
        return Step(Message("Plan the spot check."), LEAD, PLAN.format(**words))
    ruling = Step(Message("Rule on {n} disputed items.", {"n": disputes_open}), Duty.ARBITRATOR, RULE.format(**words))
    if not samples and disputes_open:  # a draw needs a label of record on every item
        return ruling
    if not samples:
        return Step(Message("Draw the sample and its verifiers."), LEAD, DRAW.format(**words))
    drawn = sum(sample.resolved.n for sample in samples)
    if batch.stage is Stage.IN_REVIEW:
        text = Message("Review the drawn items: {n} of {drawn} remain.", {"n": drawn - reviewed, "drawn": drawn})
        return Step(text, Duty.REVIEWER, REVIEW.format(**words))
    if disputes_open:
        return ruling
    return Step(Message("Settle the batch: everything needed is there."), LEAD, SETTLE.format(**words))


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

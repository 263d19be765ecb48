"""Where a stream of batches stands under the switching rules of AQL plans, folded from the batches settled so far.

A batch belongs to the stream that its deciding plan names; by default all batches of one organizer and one kind of
labeling are one stream. AQL and level are not part of the name, so nobody leaves tightened inspection by another AQL.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from labelqa.batches.conclusion import deciding
from labelqa.errors import Message
from labelqa.records.batch import Batch, Conclusion
from labelqa.records.designs import Design, Terms
from labelqa.records.facts import BatchSettled
from labelqa.stats.acceptance.switching import Inspection, Switch, after
from labelqa.workflows.state import State


class Declaring(Protocol):
    """A plan, or what is about to be declared as one."""

    @property
    def terms(self) -> Terms:
        """Its terms."""
        ...


def stream_of(batch: Batch, plan: Declaring) -> str:
    """The name of the stream that a plan's batch belongs to."""
    return plan.terms.stream or f"{batch.organizer}/{batch.kind}"


def switch_of(state: State, batch: Batch, plan: Declaring, *, before: int | None = None) -> Switch:
    """Where the stream of a plan stands: normal, tightened or discontinued inspection.

    Batches count in the order in which they were settled; ``before`` is the fact up to which they count, such as the
    draw of a sample, which was sized by what was known then.
    """
    switch, stream = Switch(), stream_of(batch, plan)
    for body in _settled(state, stream, before):
        if switch.inspection is Inspection.DISCONTINUED:  # drawn before sampling was discontinued
            break
        accepted = body.conclusion == Conclusion.ACCEPT if body.rule is None else body.rule
        switch = after(switch, accepted, ac=body.allowed or 0)
    return switch


def _settled(state: State, stream: str, before: int | None) -> Iterator[BatchSettled]:
    for name, (fact, body) in state.settlements.items():
        if before is not None and fact.seq >= before:
            continue
        plans, batch = state.plans.get(name, ()), state.batches[name]
        sample = deciding(state.samples.get(name, ()), plans, batch.kind)
        plan = next((each for each in plans if sample and each.number == sample.plan), None)
        if plan is not None and plan.design is Design.AQL and stream_of(batch, plan) == stream:
            yield body


def why_not_sampled(switch: Switch, stream: str) -> list[Message]:
    """Why no batch of a stream is judged by an AQL any more; empty while it may be."""
    if switch.inspection is not Inspection.DISCONTINUED:
        return []
    return [
        Message(
            "sampling by AQL is discontinued in the stream {stream}: five batches were not accepted under tightened inspection; mend the cause, and judge the next batch by another design, such as a census",
            {"stream": stream},
        )
    ]

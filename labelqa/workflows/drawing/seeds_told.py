"""Where the seeds of a batch's plans come from, told before the draw and after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from labelqa.errors import Message
from labelqa.records.names import SampleId
from labelqa.records.review import Plan, Sample, SeedStanding
from labelqa.sampling import Moments, Worth, worth
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.seeds import PartTold, commitments, parts_told, proven
from labelqa.workflows.state import State, read_state

_NOT_YET: Final = 1 << 62  # the number of a fact that is still to come


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedTold:
    """Where the seed of a plan comes from, and what the order of facts proves of it so far."""

    batch: str
    plan: int
    digest: str  # of the plan's own seed; "" for a joint or a public one
    seed_source: str
    parts: tuple[PartTold, ...]
    sample: SampleId | None  # that was drawn with it
    seed: str  # "" until the draw
    published: str
    standing: SeedStanding
    why: tuple[Message, ...]


def seeds_told(desk: Desk, batch: str) -> tuple[SeedTold, ...]:
    """Where the seed of each plan of a batch comes from, in the order of the plans."""
    state = read_state(desk)
    found = state.batch(batch)
    drawn = {each.plan: each for each in state.samples.get(found.name, ())}
    return tuple(_told(desk, state, plan, drawn.get(plan.number)) for plan in state.plans.get(found.name, ()))


def _told(desk: Desk, state: State, plan: Plan, sample: Sample | None) -> SeedTold:
    standing, why = proven(state, sample, plan) if sample else _so_far(desk, state, plan)
    return SeedTold(
        batch=plan.batch, plan=plan.number, digest=plan.seed_digest, seed_source=plan.terms.seed_source,
        parts=parts_told(desk, state, plan), sample=sample.sample if sample else None,
        seed=sample.seed if sample else "", published=sample.published if sample else "", standing=standing, why=why,
    )  # fmt: skip


def _so_far(desk: Desk, state: State, plan: Plan) -> Worth:
    """What would be proven if all that is still to come came now."""
    freeze, now = state.batch(plan.batch).freeze, desk.clock()
    if plan.terms.seed_source and (freeze is None or plan.fact < freeze.fact):
        return Worth(SeedStanding.PUBLIC, (Message("proven only if it is published after the batch was frozen"),))
    promised = commitments(state, plan)
    moments = Moments(frozen=now, published=None, drawn=now)
    return worth(plan, freeze=freeze.fact if freeze else _NOT_YET, commitments=promised, moments=moments)

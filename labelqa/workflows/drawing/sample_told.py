"""A drawn sample as it is told: what decides about the batch, where its seed comes from, and what that proves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from labelqa.errors import Message, Refused
from labelqa.i18n import N_
from labelqa.records.batch import Kind
from labelqa.records.designs import Design
from labelqa.records.names import BatchName, PersonId, SampleId
from labelqa.records.review import Plan, Sample
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.seeds import proven
from labelqa.workflows.state import read_state, shown_names

_DECIDES: Final[Mapping[Design, str]] = {
    Design.SEQUENTIAL: N_("reviewed until it is proven or hopeless"),
    Design.STRATIFIED: N_("reviewed until it is proven or hopeless, one promise for all strata"),
    Design.ESTIMATE: N_("estimates a share, decides nothing"),
    Design.CONTRACT: N_("decided by the contract's pass rate"),
}
_RULE: Final = N_("decided by its rule")
_PSEUDONYM: Final = re.compile(r"\bp-[0-9a-f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleTold:
    """A sample with what is said of it; the strata name people as a lead may see them."""

    sample: Sample
    design: Design
    decides: Message
    why: tuple[Message, ...]  # of the seed: why it is unproven, or what else there is to know
    plans: int = 1  # plans of the batch declared so far


def decides(plan: Plan, c: int | None, *, kind: Kind) -> Message:
    """What decides about the batch of a plan: a number of defects, or something else."""
    if kind is Kind.SAFETY and plan.design is Design.CENSUS:
        return Message(N_("every item has to be approved; when over 5 % fail their first review the batch is void"))
    if c is not None:
        return Message("accepted with at most {c} incorrect", {"c": c})
    return Message(_DECIDES.get(plan.design, _RULE))


def sample_called(desk: Desk, text: str) -> SampleId:
    """A sample's own name; of a batch, that of its only sample. Refused where a batch has several."""
    state = read_state(desk)
    several = [each.sample for each in state.samples.get(BatchName(text), ())]
    if len(several) > 1:
        raise Refused(
            "batch {batch} has {n} samples: name one of {samples}",
            batch=text,
            n=len(several),
            samples=", ".join(several),
        )
    return state.sample(text).sample


def sample_told(desk: Desk, name: str) -> SampleTold:
    """A sample by its name, or the latest one of the batch of that name."""
    state = read_state(desk)
    sample = state.sample(name)
    plan, names = state.plans[sample.batch][sample.plan - 1], shown_names(desk)
    strata = tuple(replace(each, name=_named(each.name, names)) for each in sample.strata)
    return SampleTold(
        sample=replace(sample, strata=strata), design=plan.design, decides=decides(plan, sample.resolved.c, kind=state.batch(sample.batch).kind),
        why=proven(state, sample, plan).why, plans=len(state.plans[sample.batch]),
    )  # fmt: skip


def _named(stratum: str, names: Mapping[PersonId, str]) -> str:
    return _PSEUDONYM.sub(lambda found: names.get(PersonId(found[0]), found[0]), stratum)

"""The spot checks of a period, as a report shows them: what each proves now, and what its design does."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from labelqa.records.designs import CheckLine, Design, DesignComparison
from labelqa.records.review import Sample
from labelqa.workflows.certifying.certificate import certificate_of, check_of, plan_of
from labelqa.workflows.desk import Desk
from labelqa.workflows.planning.compare import by_itself
from labelqa.workflows.planning.designs import need_of
from labelqa.workflows.state import State


def checks_in(desk: Desk, state: State, start: datetime, end: datetime) -> tuple[CheckLine, ...]:
    """The samples that were drawn or judged from ``start`` up to ``end``, in the order in which they were drawn."""
    samples = sorted((each for several in state.samples.values() for each in several), key=lambda each: each.fact)
    return tuple(_line(desk, state, each) for each in samples if _touched(state, each, start, end))


def _touched(state: State, sample: Sample, start: datetime, end: datetime) -> bool:
    moments = (sample.at, *(each.at for each in state.reviews.get(sample.sample, ())))
    return any(start <= each < end for each in moments)


def _line(desk: Desk, state: State, sample: Sample) -> CheckLine:
    found = certificate_of(desk, state, sample)
    return CheckLine(batch=sample.batch, certificate=found, planned=_planned(desk, state, sample))


def _planned(desk: Desk, state: State, sample: Sample) -> DesignComparison:
    """The sample's design with its curves, worked out once for each sample as it was drawn."""
    key = f"planned {sample.sample} {sample.resolved.n}"
    kept: DesignComparison | None = desk.memo.get(key)
    if kept is None:
        plan = plan_of(state, sample)
        need = replace(need_of(plan, sample.resolved.population), strata=sample.strata)
        made = by_itself(check_of(state, sample, plan), need, state.batch(sample.batch).kind)
        whole = made if plan.design is not Design.CENSUS else replace(made, options=())  # a census leaves no curve
        kept = desk.memo[key] = replace(whole, batch=sample.batch)
    return kept

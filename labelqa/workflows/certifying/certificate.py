"""What a sample proves now: its verdicts that count, read by the design of its plan in the order of the tickets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from labelqa.batches.certify import certify
from labelqa.batches.conclusion import Evidence, countable, deciding
from labelqa.batches.stretch import Rules
from labelqa.errors import WrongUsage
from labelqa.intake import ItemContent
from labelqa.records.batch import Batch
from labelqa.records.designs import Certificate, Design
from labelqa.records.estimate import Figure
from labelqa.records.names import BatchName, ItemId
from labelqa.records.people import Standing
from labelqa.records.review import Drawn, Plan, Review, Sample
from labelqa.stats.acceptance.design import SpotCheck
from labelqa.workflows.annotated import book_of, severities_of
from labelqa.workflows.certifying.shares import shares_of, unequal
from labelqa.workflows.certifying.streams import switch_of
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.draws import items_of
from labelqa.workflows.planning.designs import design_of
from labelqa.workflows.population import annotators, frozen_of, population
from labelqa.workflows.select import item_record
from labelqa.workflows.state import State, read_state

Counted = Callable[[Iterable[Review]], tuple[Review, ...]]


def certificate_of(desk: Desk, state: State, sample: Sample) -> Certificate:
    """The certificate of a sample, worked out anew from the verdicts as they stand."""
    return certified(desk, state, sample, counted_in(desk, state, state.batch(sample.batch)))


def certificate_named(desk: Desk, name: str) -> Certificate:
    """The certificate of the sample of that name, or of the sample that decides a batch of that name."""
    state = read_state(desk)
    batch = state.batches.get(BatchName(name))
    sample = deciding(state.samples.get(batch.name, ()), state.plans.get(batch.name, ()), batch.kind) if batch else None
    return certificate_of(desk, state, sample or state.sample(name))


def plan_of(state: State, sample: Sample) -> Plan:
    """The plan that a sample was drawn by."""
    return state.plans[sample.batch][sample.plan - 1]


def check_of(state: State, sample: Sample, plan: Plan) -> SpotCheck:
    """The design of a sample, worked out for what was drawn and for where its stream stood at the draw."""
    switch = (
        switch_of(state, state.batch(sample.batch), plan, before=sample.fact) if plan.design is Design.AQL else None
    )
    return design_of(plan, sample.resolved.population, strata=sample.strata, switch=switch, n=sample.resolved.n)


def counted_in(desk: Desk, state: State, batch: Batch) -> Counted:
    """Picks the verdicts that count in a frozen batch; what that takes is read once."""
    executors, labels = annotators(desk, batch), population(desk, state, batch).labels
    standing = state.standing(batch.release)

    def counted(reviews: Iterable[Review]) -> tuple[Review, ...]:
        return countable(
            reviews, executors=executors, labels=labels,
            qualified=lambda who, at: standing(who, at) is Standing.QUALIFIED,
        )  # fmt: skip

    return counted


def certified(desk: Desk, state: State, sample: Sample, counted: Counted) -> Certificate:
    """The same, where it is known already which verdicts count."""
    plan, batch = plan_of(state, sample), state.batch(sample.batch)
    rules = Rules(
        terms=plan.terms,
        severities=severities_of(book_of(desk, batch)[0]) if plan.terms.one_vote else {},
        groups=_groups(desk, batch, plan.terms.unit) if plan.terms.unit != "item" else None,
    )
    draw, reviews = items_of(desk, state, sample), counted(state.reviews.get(sample.sample, ()))
    figure = _by_chance(desk, batch, sample, plan, draw, reviews)
    return certify(
        sample, plan, check_of(state, sample, plan), drawn=draw, reviews=reviews, rules=rules, figure=figure
    )  # fmt: skip


def _by_chance(
    desk: Desk, batch: Batch, sample: Sample, plan: Plan, draw: tuple[Drawn, ...], reviews: tuple[Review, ...]
) -> Figure | None:
    """The accuracy of an estimate whose items were drawn with unequal chances; None where chances were equal."""
    if plan.design is not Design.ESTIMATE or not unequal(draw, sample):
        return None
    known = Evidence(
        sample=sample, drawn=frozenset(each.item_id for each in draw), draw=draw, reviews=reviews, everything=reviews,
        disputes_open=0, unqualified=0, terms=plan.terms,
    )  # fmt: skip
    return shares_of(desk, batch, known).accuracy


def _groups(desk: Desk, batch: Batch, field: str) -> Mapping[ItemId, str]:
    """The group of each item that has one; WrongUsage for a field that no item has."""
    columns = ("item_no", "item_id", "project", "task", "data", "meta")
    table = desk.frozen.read(frozen_of(batch).items, list(columns))
    groups: dict[ItemId, str] = {}
    for number, item, project, task, data, meta in zip(
        *(table.column(name).to_pylist() for name in columns), strict=True
    ):
        content = ItemContent(
            item_no=number, item_id=item, project=project or "", task=task or "", data=data, meta=meta
        )
        value = item_record(content).get(field)
        if value is not None:
            groups[ItemId(item)] = str(value)
    if not groups:
        raise WrongUsage("no item of {batch} has the field {field}, by which the contract counts", batch=batch.name, field=field)  # fmt: skip
    return groups

"""What a sample proves now: its verdicts that count, read by the design of its plan in the order of the tickets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import groupby

from labelqa.batches.appealing import as_given, overturn
from labelqa.batches.certify import certify
from labelqa.batches.conclusion import Evidence, countable, deciding
from labelqa.batches.stretch import Rules
from labelqa.errors import Message, WrongUsage
from labelqa.i18n import N_
from labelqa.intake import ItemContent
from labelqa.records.batch import Batch
from labelqa.records.designs import Certificate, Design
from labelqa.records.estimate import Figure
from labelqa.records.names import BatchName, ItemId
from labelqa.records.people import Duty, Standing
from labelqa.records.review import Drawn, Plan, Review, Sample
from labelqa.stats.acceptance.design import SpotCheck
from labelqa.workflows.annotated import book_of, severities_of
from labelqa.workflows.appealed import upheld_in
from labelqa.workflows.certifying.shares import shares_of, unequal
from labelqa.workflows.certifying.streams import switch_of
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.draws import items_of
from labelqa.workflows.planning.designs import design_of
from labelqa.workflows.population import annotators, frozen_of, judged_labels
from labelqa.workflows.select import item_record
from labelqa.workflows.state import State, read_state

Counted = Callable[[Iterable[Review]], tuple[Review, ...]]


def certificate_of(desk: Desk, state: State, sample: Sample) -> Certificate:
    """The certificate of a sample, worked out anew from the verdicts as they stand."""
    counted = counted_in(desk, state, state.batch(sample.batch))
    return certified(desk, state, sample, counted(state.reviews.get(sample.sample, ())))


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
    """Picks the verdicts that count in a frozen batch, each about the label that its sample was drawn with.

    A correction changes the label of record, not what was proven of the label that was judged. A verdict that an appeal
    overturned is marked as such: it counts for the label.
    """
    reviewers = {each.reviewer for each in state.reviews_of(batch.name)}
    executors, standing = annotators(desk, batch, among=reviewers), state.standing(batch.release, Duty.REVIEWER)
    upheld = upheld_in(state, batch)
    judged = {
        each.sample: judged_labels(desk, state, each) for each in state.samples.get(batch.name, ())
    }  # fmt: skip

    def counted(reviews: Iterable[Review]) -> tuple[Review, ...]:
        return tuple(
            one for sample, some in groupby(overturn(reviews, upheld), key=lambda each: each.sample)
            for one in countable(
                some, executors=executors, labels=judged[sample],
                qualified=lambda who, at: standing(who, at) is Standing.QUALIFIED,
            )
        )  # fmt: skip

    return counted


def certified(desk: Desk, state: State, sample: Sample, reviews: tuple[Review, ...]) -> Certificate:
    """The same by the verdicts that count, see :func:`counted_in`."""
    plan, batch = plan_of(state, sample), state.batch(sample.batch)
    rules = Rules(
        terms=plan.terms,
        severities=severities_of(book_of(desk, batch)[0]) if plan.terms.one_vote else {},
        groups=_groups(desk, batch, plan.terms.unit) if plan.terms.unit != "item" else None,
    )
    draw, check = items_of(desk, state, sample), check_of(state, sample, plan)

    def read(verdicts: tuple[Review, ...]) -> Certificate:
        figure = _by_chance(desk, batch, sample, plan, draw, verdicts)
        return certify(sample, plan, check, drawn=draw, reviews=verdicts, rules=rules, figure=figure)

    found = read(reviews)
    if not any(each.overturned for each in reviews):
        return found
    return replace(found, explained=(*found.explained, _appealed(read(as_given(reviews)), reviews)))


def _appealed(before: Certificate, reviews: Iterable[Review]) -> Message:
    """What the certificate would say if nobody had appealed."""
    text = N_(
        "{n} verdicts were overturned on appeal and count for the label. As they were given {wrong} of {read} speak against it: {statement}"
    )
    n = sum(bool(each.overturned) for each in reviews)
    return Message(text, {"n": n, "wrong": before.wrong, "read": before.read, "statement": before.statement})


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

"""How many people a labeling task needs, who is there, and whether the plan leaves the time that work really takes.

TC260-003, 5.3 a) 4). A plan is declared with its reason; a later one supersedes it and both stay on record. Nobody is
assigned by a plan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Final

from labelqa.errors import BadInput, InsufficientData, Message, Refused
from labelqa.i18n import N_
from labelqa.ledger.view import Facts
from labelqa.people.duties import NAMES
from labelqa.records.annotation import Origin
from labelqa.records.batch import Batch, Stage
from labelqa.records.duties import DutyStaff, Staffing
from labelqa.records.estimate import Estimate, Figure, unknown
from labelqa.records.facts import Draft, Fact, StaffingDeclared
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.names import PersonId
from labelqa.records.people import Duty
from labelqa.stats.median import median
from labelqa.workflows.behaviour import behaviour_of
from labelqa.workflows.desk import Desk
from labelqa.workflows.duties.check import assignments_of
from labelqa.workflows.identity.pseudonyms import for_ever
from labelqa.workflows.refusals import refuse_settled
from labelqa.workflows.state import State, read_state, shown_names

DAY: Final = 8 * 3600.0  # seconds of work in a day; a plan that takes more is said to be too full


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffingPlan:
    """What is declared: people by duty, items for one annotator in a day, seconds for one item, and why."""

    needs: Mapping[Duty, int]
    items_a_day: float
    seconds: float
    reason: str


def declare_staffing(desk: Desk, batch: str, plan: StaffingPlan) -> Staffing:
    """Record a staffing plan; a later one supersedes the one before. Refused for a settled batch."""
    state = read_state(desk)
    found = state.batch(batch)
    _check(plan)
    if found.stage is Stage.SETTLED:
        raise Refused("batch {batch} is settled: there is nothing to staff any more", batch=batch)
    told = _versions(state.facts, batch)
    needs = {str(duty): plan.needs[duty] for duty in Duty if duty in plan.needs}
    body = StaffingDeclared(
        batch=batch, needs=needs, items_a_day=float(plan.items_a_day), seconds=float(plan.seconds), reason=for_ever(desk, plan.reason),
    )  # fmt: skip

    def unless(facts: Facts) -> None:
        refuse_settled(facts, batch)
        if len(_versions(facts, batch)) != len(told):
            raise Refused(
                "the staffing of batch {batch} was declared anew meanwhile: look at it and repeat", batch=batch
            )

    draft = Draft(
        body=body, subjects=(f"batch:{batch}",), actor=desk.actor, identity=desk.identity,
        supersedes=told[-1].seq if told else None,
    )  # fmt: skip
    desk.ledger.append([draft], now=desk.clock(), unless=unless)
    return staffing_of(desk, batch)


def _check(plan: StaffingPlan) -> None:
    if not plan.reason.strip():
        raise BadInput("a staffing plan needs its reason: say how the numbers were found")
    if not plan.needs or min(plan.needs.values()) < 0 or not sum(plan.needs.values()):
        raise BadInput("a staffing plan needs people: --need executor=6, and so on for the other duties")
    for value in (plan.items_a_day, plan.seconds):
        if not (isfinite(value) and value > 0):
            raise BadInput("items a day and seconds an item are numbers above 0, got {value}", value=value)


def _versions(facts: Facts, batch: str) -> list[Fact]:
    return list(facts.about(f"batch:{batch}", StaffingDeclared))


def staffing_of(desk: Desk, batch: str, *, at: datetime | None = None, known: datetime | None = None) -> Staffing:
    """The staffing of a batch as of a time: planned, assigned and working people, planned and real times, findings."""
    state, moment = read_state(desk, at=at, known=known), at or desk.clock()
    found = state.batch(batch)
    told = _versions(state.facts, batch)
    plan: StaffingDeclared | None = told[-1].body if told else None
    seconds, a_day = _times(desk, found)
    duties = _duties(desk, state, found, plan, moment)
    findings = (
        *_people_findings(found, duties), *(_plan_findings(found, plan, seconds, a_day) if plan else ()),
        *_fast(desk, found),
    )  # fmt: skip
    return Staffing(
        batch=found.name, version=len(told), reason=plan.reason if plan else "",
        declared_at=told[-1].effective_at if told else None, duties=duties,
        planned_seconds=plan.seconds if plan else None, planned_a_day=plan.items_a_day if plan else None,
        seconds=seconds, a_day=a_day, findings=findings, facts=tuple(fact.seq for fact in told),
    )  # fmt: skip


def _duties(
    desk: Desk, state: State, batch: Batch, plan: StaffingDeclared | None, at: datetime
) -> tuple[DutyStaff, ...]:
    here = [each for each in assignments_of(state) if each.batch == batch.name]
    given = {fact for each in here for fact in each.facts[:1]}
    hands = [hand for hand, seq in desk.ledger.hands(batch.name) if seq not in given and seq <= state.facts.last]
    lines = []
    for duty in Duty:
        assigned = {each.person for each in here if each.duty is duty and each.holds(at)}
        # somebody who was assigned first is seen at work only once the batch is frozen or a verdict came: read those
        seen = {each.person for each in hands if each.duty is duty}
        seen |= _at_work(state, batch, duty, {each.person for each in here if each.duty is duty})
        planned = plan.needs.get(duty) if plan else None
        if planned or assigned or seen:
            lines.append(DutyStaff(duty=duty, planned=planned, assigned=len(assigned), working=len(seen)))
    return tuple(lines)


def _at_work(state: State, batch: Batch, duty: Duty, people: set[PersonId]) -> set[PersonId]:
    from labelqa.workflows.duties.deeds import deeds_of

    return {who for who in people if any(each.duty is duty for each in deeds_of(state, who, {batch.name}))}


def _times(desk: Desk, batch: Batch) -> tuple[Figure, Figure]:
    """Median seconds of an answer, and median answers of a person in a day; of people, never of models."""
    if batch.freeze is None:
        none = unknown(InsufficientData("not-frozen", "the batch is not frozen yet"))
        return none, none
    names = ["person", "seconds", "created_at", "origin"]
    table = desk.frozen.read(batch.freeze.annotations, names)
    rows = [
        (person, taken, made)
        for person, taken, made, origin in zip(*(table.column(name).to_pylist() for name in names), strict=True)
        if origin != Origin.MACHINE
    ]
    days = Counter((person, made.astimezone(desk.settings.zone).date()) for person, _, made in rows if made is not None)
    taken = [seconds for _, seconds, _ in rows if seconds is not None and isfinite(seconds) and seconds > 0]
    confidence = desk.settings.confidence
    return _known(lambda: median(taken, confidence=confidence)), _known(
        lambda: median(list(days.values()), confidence=confidence)
    )


def _known(make: Callable[[], Estimate]) -> Figure:
    try:
        return make()
    except InsufficientData as error:
        return unknown(error)


def _people_findings(batch: Batch, duties: Sequence[DutyStaff]) -> Iterator[Finding]:
    for each in duties:
        if each.planned is not None and max(each.assigned, each.working) < each.planned:
            yield finding(
                "staff-short", "batch {batch} was to have {planned} {planned:person|people} as {duty}: {assigned} {assigned:is|are} assigned, {working} seen at work",
                mend=Message(N_("assign more people, or declare the plan anew with its reason")), severity=Severity.WARNING,
                place=Place(subject=f"batch:{batch.name}"), batch=batch.name, planned=each.planned,
                duty=Message(NAMES[each.duty]), assigned=each.assigned, working=each.working,
            )  # fmt: skip


def _plan_findings(batch: Batch, plan: StaffingDeclared, seconds: Figure, a_day: Figure) -> Iterator[Finding]:
    """A day that is too full, and times that people do not keep: the whole interval has to lie beyond the plan."""
    place, mend = (
        Place(subject=f"batch:{batch.name}"),
        Message(N_("declare a plan that leaves the time that the work takes")),
    )
    if plan.items_a_day * plan.seconds > DAY:
        yield finding(
            "plan-too-full", "{items:g} items a day of {seconds:g} s each are {hours:.1f} hours of work: more than {most:g} a day",
            mend=mend, severity=Severity.WARNING, place=place, items=plan.items_a_day, seconds=plan.seconds,
            hours=plan.items_a_day * plan.seconds / 3600, most=DAY / 3600,
        )  # fmt: skip
    if isinstance(seconds, Estimate) and seconds.low > plan.seconds:
        yield finding(
            "plan-too-tight", "{seconds:g} s are planned for an item, and people take {point:.1f} s in the median ({low:.1f} to {high:.1f}, n={n})",
            mend=mend, severity=Severity.WARNING, place=place, seconds=plan.seconds, point=seconds.point,
            low=seconds.low, high=seconds.high, n=seconds.n,
        )  # fmt: skip
    if isinstance(a_day, Estimate) and a_day.low > plan.items_a_day:
        yield finding(
            "day-too-full", "{items:g} items a day are planned for one annotator, and people do {point:g} in the median ({low:g} to {high:g}, n={n})",
            mend=Message(N_("look at the work of those days before trusting it, and plan what people really do")),
            severity=Severity.WARNING, place=place, items=plan.items_a_day, point=a_day.point, low=a_day.low,
            high=a_day.high, n=a_day.n,
        )  # fmt: skip


def _fast(desk: Desk, batch: Batch) -> Iterator[Finding]:
    """People with implausibly fast answers: a reason to look, never a verdict."""
    if batch.freeze is None:
        return
    try:
        found, people = behaviour_of(desk, batch), desk.reducer.people(desk.frozen.checked(batch.freeze.annotations))
    except InsufficientData:
        return
    names = shown_names(desk)
    for each in found.speed:
        if each.flagged:
            who = PersonId(people[each.annotator])
            yield finding(
                "work-too-fast", "{name}: {fast} of {n} answers implausibly fast, {own:.1f} s in the median (p = {p:.2g})",
                mend=Message(N_("look at these answers and ask; speed alone proves nothing")), severity=Severity.WARNING,
                place=Place(subject=f"person:{who}"), name=names.get(who, who), fast=each.fast, n=each.timed,
                own=each.median_seconds, p=each.p_adjusted,
            )  # fmt: skip

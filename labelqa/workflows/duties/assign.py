"""Assignments: who does what in a labeling task, recorded before the work; ended; listed; read from a list.

Refusals name every reason. In a batch that nobody was ever assigned to, work itself shows the duties, as before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from labelqa.errors import BadInput, LabelqaError, Message, Refused
from labelqa.ledger.view import Facts
from labelqa.people.absence import Absence
from labelqa.people.assignments import Assignment, fold_assignments, why_not_assign
from labelqa.people.tasks import Tasks
from labelqa.records.batch import Batch
from labelqa.records.duties import AssignmentLine, AssignmentRow
from labelqa.records.facts import BatchDeclared, Draft, DutyAssigned, DutyEnded, PersonAdded, PersonLeft
from labelqa.records.finding import Finding, finding
from labelqa.records.names import ItemId, PersonId
from labelqa.records.people import Duty
from labelqa.records.results import PeopleImported
from labelqa.workflows.desk import Desk
from labelqa.workflows.duties.check import assignments_of
from labelqa.workflows.duties.deeds import answers_of, deeds_of
from labelqa.workflows.identity.pseudonyms import for_ever
from labelqa.workflows.people import find_person, registered
from labelqa.workflows.refusals import refuse, with_names
from labelqa.workflows.state import State, fold, read_state, shown_names
from labelqa.workflows.training.checks import check_past


def assign(
    desk: Desk,
    people: Sequence[str],
    *,
    duty: Duty,
    batch: str,
    by: str,
    reason: str = "",
    items: Collection[str] = (),
    at: datetime | None = None,
) -> tuple[AssignmentLine, ...]:
    """Assign people to a duty in a batch, from now on or since ``at``: all of them, or nobody.

    ``items`` are the only ones that the assignment covers. Refused with every reason that stands against each.
    """
    state, now = read_state(desk), desk.clock()
    who = tuple(dict.fromkeys(find_person(desk, each) for each in people))
    decider, since = registered(desk, by), past(at, now)
    covered, why = sorted(dict.fromkeys(each.strip() for each in items if each.strip())), for_ever(desk, reason)
    if not who:
        raise BadInput("nobody is named: say who is to be assigned")
    names = shown_names(desk)

    def unless(facts: Facts) -> None:
        later = fold(facts, desk.settings.qualification_days)
        reasons = [each for person in who for each in _reasons(desk, later, person, duty, batch, covered, since)]
        refuse(with_names(reasons, names))

    unless(state.facts)
    drafts = [
        Draft(
            body=DutyAssigned(person=person, duty=duty, batch=batch, by=decider, reason=why, items=covered),
            subjects=tuple(dict.fromkeys((f"batch:{batch}", f"person:{person}", f"person:{decider}"))), actor=desk.actor,
            identity=desk.identity, effective_at=since,
        )
        for person in who
    ]  # fmt: skip
    written = {fact.seq for fact in desk.ledger.append(drafts, now=now, unless=unless)}
    return tuple(each for each in list_assignments(desk, batch=batch) if each.facts[0] in written)


def _reasons(
    desk: Desk, state: State, person: PersonId, duty: Duty, batch: str, items: Sequence[str], at: datetime
) -> Iterator[Message]:
    found = state.batch(batch)
    absence = Absence(state.facts.about(f"person:{person}", PersonAdded, PersonLeft))
    mine = [each for each in assignments_of(state) if each.person == person and each.until is None]
    yield from why_not_assign(
        person, duty, found, known=state.people.get(person), left=absence.gone(person, at),
        qualification=state.qualification(person, found.release, at, duty),
        others=_others(desk, state, found, person, mine, items),
    )  # fmt: skip
    for each in mine:
        covers = not each.items or (items and each.items.issuperset(items))
        if each.batch == batch and each.duty is duty and covers:
            yield Message(
                "{person} is assigned to that already (fact {fact})", {"person": person, "fact": each.facts[0]}
            )


def _others(
    desk: Desk, state: State, batch: Batch, person: PersonId, mine: Sequence[Assignment], items: Sequence[str]
) -> frozenset[Duty]:
    """The duties that somebody has or had in the labeling task, on these items where the policy goes by items."""
    around = Tasks(state.facts.of(BatchDeclared)).around(batch.name)
    standing = [each for each in mine if each.batch in around]
    deeds = deeds_of(state, person, around)
    if state.policies.duties_per != "item":
        return frozenset(each.duty for each in deeds) | frozenset(each.duty for each in standing)
    if not items:  # nobody knows yet which items it will be: what is done on them is found by the check
        return frozenset()
    answered = [each for name in around for each in answers_of(desk, state.batches[name], {person})]
    wanted = frozenset(map(ItemId, items))
    done = {each.duty for each in (*deeds, *answered) if each.item in wanted}
    return frozenset(done | {each.duty for each in standing if each.items & wanted})


def end_duty(
    desk: Desk, person: str, *, duty: Duty, batch: str, by: str, reason: str = "", at: datetime | None = None
) -> tuple[AssignmentLine, ...]:
    """End somebody's assignments to a duty in a batch, now or since ``at``; Refused where there is none to end."""
    now, who, decider = desk.clock(), find_person(desk, person), registered(desk, by)
    since = past(at, now)
    read_state(desk).batch(batch)

    def open_ones(facts: Facts) -> list[Assignment]:
        told = fold_assignments(facts.about(f"person:{who}", DutyAssigned, DutyEnded, PersonLeft))
        return [
            each for each in told
            if each.person == who and each.duty is duty and each.batch == batch and each.until is None
            and each.since <= since
        ]  # fmt: skip

    def unless(facts: Facts) -> None:
        if not open_ones(facts):
            raise Refused(
                "{person} has no such assignment that could end: labelqa duties list shows them", person=person
            )

    unless(read_state(desk).facts)
    body = DutyEnded(person=who, duty=duty, batch=batch, by=decider, reason=for_ever(desk, reason))
    subjects = tuple(dict.fromkeys((f"batch:{batch}", f"person:{who}", f"person:{decider}")))
    draft = Draft(body=body, subjects=subjects, actor=desk.actor, identity=desk.identity, effective_at=since)
    (fact,) = desk.ledger.append([draft], now=now, unless=unless)
    return tuple(each for each in list_assignments(desk, batch=batch) if fact.seq in each.facts)


def list_assignments(
    desk: Desk, *, batch: str = "", person: str = "", at: datetime | None = None, known: datetime | None = None
) -> tuple[AssignmentLine, ...]:
    """The assignments as of a time, those that had ended included, by batch, duty and name."""
    state, moment, names = read_state(desk, at=at, known=known), at or desk.clock(), shown_names(desk)
    if batch:
        state.batch(batch)
    who = find_person(desk, person) if person else None
    found = [
        each for each in assignments_of(state, upto=moment)
        if batch in {"", each.batch} and who in {None, each.person}
    ]  # fmt: skip
    lines = [_line(state, each, names.get(each.person, each.person), moment) for each in found]
    return tuple(sorted(lines, key=lambda line: (line.batch, list(Duty).index(line.duty), line.name, line.since)))


def _line(state: State, each: Assignment, name: str, at: datetime) -> AssignmentLine:
    body: DutyAssigned = state.facts.fact(each.facts[0]).body
    return AssignmentLine(
        person=each.person, name=name, duty=each.duty, batch=each.batch, items=len(each.items), since=each.since,
        until=each.until, holds=each.holds(at), by=body.by, reason=body.reason, facts=each.facts,
    )  # fmt: skip


def import_assignments(desk: Desk, rows: Sequence[AssignmentRow], *, by: str) -> PeopleImported:
    """Record a list; rows that stand already add nothing, those that cannot be taken become findings."""
    added = unchanged = 0
    findings: list[Finding] = []
    registered(desk, by)
    for row in rows:
        try:
            if _stands(desk, row):
                unchanged += 1
                continue
            duty = Duty(row.duty) if row.duty in set(Duty) else None
            if duty is None:
                raise BadInput("{word} is no duty: there are {duties}", word=row.duty, duties=", ".join(Duty))
            assign(desk, [row.person], duty=duty, batch=row.batch, by=by, reason=row.reason, items=row.items)
            added += 1
        except LabelqaError as error:
            findings.append(finding(
                "assignment-refused", "the row is not taken: {why}", place=row.place, why=error.message,
                mend=Message("correct the row and import the list again; rows that were taken are not doubled"),
            ))  # fmt: skip
    return PeopleImported(added=added, unchanged=unchanged, findings=tuple(findings))


def _stands(desk: Desk, row: AssignmentRow) -> bool:
    who, items = find_person(desk, row.person), frozenset(map(ItemId, row.items))
    return any(
        (each.person, each.duty, each.batch, each.until) == (who, row.duty, row.batch, None) and each.items == items
        for each in assignments_of(read_state(desk))
    )


def past(at: datetime | None, now: datetime) -> datetime:
    """The moment from which something counts; BadInput for one that has not come."""
    check_past(at or now, now)
    return at or now

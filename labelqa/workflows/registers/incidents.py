"""Incidents with their timeline: opened, contained, notified, resolved, closed, and notes between.

An incident is reopened by opening it again. Nothing is taken back: what was wrong is said in a later note.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from labelqa.errors import BadInput, Message, Refused
from labelqa.ledger.view import Facts
from labelqa.records.clock import moment_of, moment_text
from labelqa.records.facts import Draft, Fact, IncidentNoted
from labelqa.records.names import PersonId
from labelqa.records.registers import IncidentStep
from labelqa.records.review import Identity
from labelqa.workflows.desk import Desk
from labelqa.workflows.people import find_person
from labelqa.workflows.refusals import joined
from labelqa.workflows.registers.attachments import kept
from labelqa.workflows.registers.noting import aside, checked_id, subjects
from labelqa.workflows.state import read_state, shown_names

_NEXT: Final[Mapping[IncidentStep | None, frozenset[IncidentStep]]] = {  # state -> steps that may follow
    None: frozenset({IncidentStep.OPENED}),
    IncidentStep.OPENED: frozenset(IncidentStep) - {IncidentStep.OPENED, IncidentStep.CLOSED},
    IncidentStep.CONTAINED: frozenset(IncidentStep)
    - {IncidentStep.OPENED, IncidentStep.CONTAINED, IncidentStep.CLOSED},
    IncidentStep.RESOLVED: frozenset(IncidentStep) - {IncidentStep.CONTAINED, IncidentStep.RESOLVED},
    IncidentStep.CLOSED: frozenset({IncidentStep.OPENED, IncidentStep.NOTE}),
}
_STANDING: Final = frozenset(IncidentStep) - {IncidentStep.NOTIFIED, IncidentStep.NOTE}  # steps that change the state


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentLine:
    """One line of a timeline."""

    step: IncidentStep
    at: datetime
    title: str
    text: str
    batch: str
    notified: str
    attachments: tuple[tuple[str, str], ...]
    by: PersonId
    by_name: str
    identity: Identity
    recorded_at: datetime
    fact: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """An incident with its timeline, in the order in which it was recorded."""

    incident: str
    title: str
    state: IncidentStep  # opened, contained, resolved or closed
    opened_at: datetime
    closed_at: datetime | None
    batches: tuple[str, ...]
    notified: tuple[str, ...]
    lines: tuple[IncidentLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Noting:
    """One step as it is handed in; ``at`` None: now. ``by`` is a pseudonym, a name or SERVER=ACCOUNT."""

    incident: str
    step: IncidentStep
    by: str
    title: str = ""
    text: str = ""
    at: datetime | None = None
    batch: str = ""
    notified: str = ""
    attach: Sequence[tuple[str, Path]] = ()


def note_incident(desk: Desk, told: Noting, *, start: Path) -> Incident:
    """Record one step of an incident.

    Raises BadInput for what is missing or a time that cannot be, Refused for a step that cannot follow the last one.
    """
    state, now = read_state(desk), desk.clock()
    at = told.at or now
    before = _lines(state.facts, checked_id(told.incident))
    _check(told, before, at, now)
    if told.batch:
        state.batch(told.batch)
    by, text = find_person(desk, told.by), aside(told.text)
    body = IncidentNoted(
        incident=told.incident, step=str(told.step), title=told.title.strip() or before[0].title, at=moment_text(at),
        batch=told.batch, notified=told.notified.strip(), text=text[0] if text else "",
        attachments=kept(desk, told.attach, start=start), by=by,
    )  # fmt: skip

    def unless(facts: Facts) -> None:
        _check(told, _lines(facts, told.incident), at, now)

    draft = Draft(
        body=body, subjects=subjects("incident", told.incident, batch=told.batch, people=[by]), actor=desk.actor,
        identity=desk.identity, effective_at=at,
    )  # fmt: skip
    desk.ledger.append([draft], now=now, unless=unless, erasable=[text] if text else [])
    return incident(desk, told.incident)


def incident(desk: Desk, name: str) -> Incident:
    """An incident with its whole timeline; BadInput when there is none of that id."""
    found = _told(desk, read_state(desk).facts.about(f"incident:{name}", IncidentNoted))
    if not found:
        raise BadInput("no incident is called {incident}: labelqa incident list shows what there is", incident=name)
    return found[0]


def incidents(desk: Desk, *, at: datetime | None = None, known: datetime | None = None) -> tuple[Incident, ...]:
    """Every incident, open ones first, each group in the order of opening; as of a time."""
    found = _told(desk, read_state(desk, at=at, known=known).facts.of(IncidentNoted))
    return tuple(sorted(found, key=lambda each: (each.state is IncidentStep.CLOSED, each.opened_at)))


def incident_state(steps: Iterable[str]) -> IncidentStep | None:
    """Where an incident stands after its steps; None before the first.

    >>> incident_state(["opened", "notified", "contained", "note"])
    <IncidentStep.CONTAINED: 'contained'>
    """
    standing = [IncidentStep(step) for step in steps if step in _STANDING]
    return standing[-1] if standing else None


def _lines(facts: Facts, name: str) -> list[IncidentNoted]:
    return [fact.body for fact in facts.about(f"incident:{name}", IncidentNoted)]


def _check(told: Noting, before: Sequence[IncidentNoted], at: datetime, now: datetime) -> None:
    reasons = []
    if not before and not told.title.strip():
        reasons.append(Message("an incident that is opened needs a title"))
    if (told.step is IncidentStep.NOTIFIED) != bool(told.notified.strip()):
        reasons.append(Message("the step notified, and only this one, says with --notified who was told"))
    if at > now:
        reasons.append(Message("the time lies in the future: only what has happened is recorded"))
    if before and at < moment_of(before[0].at):
        reasons.append(Message("the time lies before the incident was opened"))
    if reasons:
        whole = joined(reasons)
        raise BadInput(whole.text, **whole.values)
    state = incident_state(body.step for body in before)
    if told.step in _NEXT[state]:
        return
    if state is None:
        raise Refused("{incident} is not opened yet: its first step is opened", incident=told.incident)
    raise Refused(
        "{incident} is {state}: now may come {steps}", incident=told.incident, state=str(state),
        steps=", ".join(each for each in IncidentStep if each in _NEXT[state]),
    )  # fmt: skip


def _told(desk: Desk, facts: Iterable[Fact]) -> list[Incident]:
    names = shown_names(desk)
    grouped: dict[str, list[IncidentLine]] = {}
    for fact in facts:
        grouped.setdefault(fact.body.incident, []).append(_line(desk, fact, names))
    return [_whole(name, lines) for name, lines in grouped.items()]


def _line(desk: Desk, fact: Fact, names: Mapping[PersonId, str]) -> IncidentLine:
    body: IncidentNoted = fact.body
    by = PersonId(body.by)
    return IncidentLine(
        step=IncidentStep(body.step), at=moment_of(body.at), title=body.title, batch=body.batch,
        text=desk.ledger.text_of(body.text) if body.text else "", notified=body.notified,
        attachments=tuple((title, digest) for title, digest in body.attachments), by=by, by_name=names.get(by, by),
        identity=fact.identity, recorded_at=fact.recorded_at, fact=fact.seq,
    )  # fmt: skip


def _whole(name: str, lines: Sequence[IncidentLine]) -> Incident:
    state = incident_state(each.step for each in lines) or IncidentStep.OPENED
    closed = [each.at for each in lines if each.step is IncidentStep.CLOSED]
    return Incident(
        incident=name, title=lines[0].title, state=state, opened_at=lines[0].at,
        closed_at=closed[-1] if state is IncidentStep.CLOSED else None,
        batches=tuple(dict.fromkeys(each.batch for each in lines if each.batch)),
        notified=tuple(each.notified for each in lines if each.notified), lines=tuple(lines),
    )  # fmt: skip

"""Decisions on qualifications: a named supervisor suspends, lifts or cancels, for one line or all, one duty or all.

Nothing is decided by a rule: a proposal only says what the figures are, and the decision names it. What was decided
stays on record for good; a later decision or an upheld appeal ends it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from labelqa.errors import BadInput, Message, Refused
from labelqa.ledger.ledger import salted
from labelqa.ledger.view import Facts
from labelqa.people.absence import Absence
from labelqa.people.qualification import release_line, why_not_decide
from labelqa.people.suspending import Proposal
from labelqa.records.facts import Draft, PersonAdded, PersonLeft, QualificationDecided
from labelqa.records.names import PersonId, ReleaseName
from labelqa.records.people import Decision, Duty, Exam
from labelqa.records.personnel import QualificationAction
from labelqa.workflows.desk import Desk
from labelqa.workflows.people import find_person
from labelqa.workflows.qualifying.proposals import suspension_proposals
from labelqa.workflows.refusals import refuse, with_names
from labelqa.workflows.state import State, fold, read_state, shown_names


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What is decided about: ``release`` is NAME@MAJOR, NAME@VERSION or "" for every line; ``duty`` None for every one.

    ``grounds`` are numbers of facts; ``note`` is kept erasably.
    """

    reason: str = ""
    release: str = ""
    duty: Duty | None = None
    proposal: str = ""
    grounds: tuple[int, ...] = ()
    note: str = ""


def decide(desk: Desk, action: QualificationAction, person: str, matter: Matter, *, by: str) -> Decision:
    """Record a decision, in force from now on; Refused with every reason that stands against it.

    With a ``proposal`` the line, the reason and the grounds are the proposal's.
    """
    state, who, judge = read_state(desk), find_person(desk, person), find_person(desk, by)
    proposal = _proposal(desk, state, matter.proposal, who) if matter.proposal else None
    note = salted(matter.note, secrets.token_hex(16)) if matter.note.strip() else None
    body = QualificationDecided(
        person=who,
        line=proposal.line if proposal else _line(state, matter.release),
        duty=matter.duty or "",
        action=action,
        reason=matter.reason or ("low-accuracy" if proposal else "other"),
        grounds=_grounds(desk, state, who, matter, proposal),
        by=judge,
        proposal=matter.proposal,
        note=note[0] if note else "",
    )
    if body.reason == "other" and note is None:
        raise BadInput("a decision for another reason needs a note that says which")

    names = shown_names(desk)

    def unless(facts: Facts) -> None:
        now = fold(facts, desk.settings.qualification_days)
        told = now.decisions.get(who, ())
        reasons = why_not_decide(body, now.people.get(who), now.people.get(judge), told, desk.clock())
        if Absence(facts.about(f"person:{judge}", PersonAdded, PersonLeft)).gone(judge, desk.clock()):
            reasons.append(Message("{by} is no longer here and cannot decide", {"by": judge}))
        refuse(with_names(reasons, names))

    unless(state.facts)
    subjects = (f"person:{who}", f"person:{judge}", *((f"line:{body.line}",) if body.line else ()))
    draft = Draft(body=body, subjects=subjects, actor=desk.actor, identity=desk.identity)
    (fact,) = desk.ledger.append([draft], now=desk.clock(), erasable=[note] if note else (), unless=unless)
    return next(each for each in read_state(desk).decisions[who] if each.fact == fact.seq)


def _proposal(desk: Desk, state: State, name: str, person: PersonId) -> Proposal:
    """The proposal of that id as it stands now, about that person."""
    for each in suspension_proposals(desk, state):
        if each.proposal == name:
            if each.person != person:
                raise Refused(
                    "proposal {proposal} is about somebody else: labelqa qualify propose shows whom", proposal=name
                )
            return each
    raise Refused(
        "no proposal {proposal} stands now: the figures may have changed, labelqa qualify propose lists them",
        proposal=name,
    )


def line_named(text: str) -> str:
    """NAME@MAJOR of a release or a line; "" for every line.

    >>> line_named("genai-safety@2.3.1"), line_named("genai-safety@2"), line_named("")
    ('genai-safety@2', 'genai-safety@2', '')
    """
    return release_line(ReleaseName(text)) if text else ""


def _line(state: State, release: str) -> str:
    line = line_named(release)
    known = sorted({release_line(each) for each in state.releases})
    if line and line not in known:
        lines = ", ".join(known) or "–"
        raise BadInput("{line} is no line of a released rulebook: there are {lines}", line=release, lines=lines)
    return line


def _grounds(desk: Desk, state: State, person: PersonId, matter: Matter, proposal: Proposal | None) -> list[int]:
    """The facts a decision rests on: those named, the proposal's, or the exams that were not passed."""
    for number in matter.grounds:
        try:
            state.facts.fact(number)
        except KeyError:
            raise BadInput("there is no fact {fact}: labelqa ledger show lists them", fact=number) from None
    found = [*matter.grounds, *(proposal.grounds if proposal else ())]
    if matter.reason == "failed-retraining" and not found:
        found = _failed(state, person, _line(state, matter.release), desk.clock())
        if not found:
            raise BadInput(
                "the last exam of {person} was passed in every line: name the facts of another ground with --ground",
                person=shown_names(desk).get(person, person),
            )
    return list(dict.fromkeys(found))


def _failed(state: State, person: PersonId, line: str, at: datetime) -> list[int]:
    """The last exam of each line concerned, where it was not passed; whatever was decided meanwhile."""
    last: dict[str, Exam] = {}
    for each in sorted(state.exams.get(person, ()), key=lambda exam: (exam.at, exam.fact)):
        if each.at <= at and line in {"", release_line(each.release)}:
            last[release_line(each.release)] = each
    return [each.fact for each in last.values() if not each.passed]

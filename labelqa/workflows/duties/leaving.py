"""Somebody leaves: assignments and login end at once, and nobody draws them as a verifier any more; who had access.

Access on other servers is taken away there; here stands only that somebody said so, and when.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, tzinfo

from labelqa.batches.checks import grouped
from labelqa.errors import BadInput, Message
from labelqa.i18n import N_
from labelqa.ledger.ledger import salted
from labelqa.ledger.view import Facts
from labelqa.people.absence import Absence
from labelqa.people.fold import fold_people, in_force
from labelqa.people.logins import fold_logins
from labelqa.people.qualification import why_not_decide
from labelqa.records.duties import AccessLine, LeaveReason
from labelqa.records.facts import Draft, LoginChanged, PersonAdded, PersonLeft, QualificationDecided
from labelqa.records.logins import LoginChange
from labelqa.records.names import PersonId
from labelqa.records.people import Duty
from labelqa.records.personnel import QualificationAction
from labelqa.workflows.desk import Desk
from labelqa.workflows.duties.assign import past
from labelqa.workflows.people import find_person, registered
from labelqa.workflows.refusals import refuse, with_names
from labelqa.workflows.state import fold, read_state, shown_names


def leave(
    desk: Desk,
    person: str,
    *,
    reason: LeaveReason,
    by: str,
    at: datetime | None = None,
    revoked: Collection[str] = (),
) -> AccessLine:
    """Record that somebody is no longer here; the login goes in the same transaction, sessions with it.

    Disqualified, every qualification is cancelled as well, which only a supervisor decides. Refused for somebody who
    left before, and for servers on which the person never had an account.
    """
    who, decider, now = find_person(desk, person), registered(desk, by), desk.clock()
    since = past(at, now)
    names = shown_names(desk)
    known = {server for server, _ in _accounts(desk, who)} | _servers(desk, who)
    if strange := sorted(set(revoked) - known):
        raise BadInput("{person} has no account on {servers}", person=person, servers=", ".join(strange))
    told = salted("disqualified", secrets.token_hex(16)) if reason is LeaveReason.DISQUALIFIED else None
    decision = _decision(who, decider, told[0] if told else "")
    subjects = tuple(dict.fromkeys((f"person:{who}", f"person:{decider}")))

    def unless(facts: Facts) -> None:
        state = fold(facts, desk.settings.qualification_days)
        reasons = _why_not(facts, who, since, now, desk.settings.zone)
        if told is not None:
            people = (state.people.get(who), state.people.get(decider))
            reasons += why_not_decide(decision, *people, state.decisions.get(who, ()), now)
        refuse(with_names(reasons, names))

    view = read_state(desk).facts
    unless(view)
    bodies: list[object] = [PersonLeft(person=who, reason=reason, revoked=sorted(revoked), by=decider)]
    bodies += [decision] if told else []
    if who in fold_logins(view.of(LoginChanged)):
        bodies.append(LoginChanged(person=who, roles=[], by=decider, change=str(LoginChange.REMOVED)))
    drafts = [
        Draft(
            body=body, subjects=subjects, actor=desk.actor, identity=desk.identity,
            effective_at=None if isinstance(body, LoginChanged) else since,
        )
        for body in bodies
    ]  # fmt: skip
    dropped = desk.ledger.logins.dropped(who, now=now)
    desk.ledger.append(drafts, now=now, erasable=[told] if told else (), unless=unless, beside=dropped)
    return next(each for each in access_lines(desk) if each.person == who)


def _decision(who: PersonId, by: PersonId, note: str) -> QualificationDecided:
    return QualificationDecided(
        person=who, line="", duty="", action=QualificationAction.CANCEL, reason="other", grounds=[], by=by, note=note
    )


def _why_not(facts: Facts, who: PersonId, since: datetime, now: datetime, zone: tzinfo) -> list[Message]:
    told = facts.about(f"person:{who}", PersonAdded, PersonLeft)
    came = max((fact.effective_at for fact, body in in_force(told, PersonAdded) if body.person == who), default=None)
    if came is None:
        return [Message(N_("{person} is not registered: labelqa people add first"), {"person": who})]
    if Absence(told).gone(who, now):
        return [Message(N_("{person} left before: nothing is to be recorded"), {"person": who})]
    if since < came:  # it would say that somebody came back, not that they left
        values = {"person": who, "day": f"{came.astimezone(zone):%Y-%m-%d %H:%M}"}
        return [Message(N_("{person} was registered only on {day}: nobody leaves before that"), values)]
    return []


def _accounts(desk: Desk, who: PersonId) -> list[tuple[str, str]]:
    return [key for key, person in desk.ledger.identities.accounts().items() if person == who]


def _servers(desk: Desk, who: PersonId) -> frozenset[str]:
    told = read_state(desk).facts.about(f"person:{who}", PersonAdded)
    return frozenset(server for fact in told if fact.body.person == who for server in fact.body.servers)


def access_lines(desk: Desk, *, at: datetime | None = None, known: datetime | None = None) -> tuple[AccessLine, ...]:
    """Everybody who ever had access, as of a time: servers, since when, and whether it was taken away; by name."""
    state, moment, names = read_state(desk, at=at, known=known), at or desk.clock(), shown_names(desk)
    facts = [fact for fact in state.facts.of(PersonAdded, PersonLeft) if fact.effective_at <= moment]
    absence, people = Absence(facts), fold_people(facts)
    lines = []
    added = grouped((body.person, (fact, body)) for fact, body in in_force(facts, PersonAdded))
    left = grouped((body.person, (fact, body)) for fact, body in in_force(facts, PersonLeft))
    for person, told in people.items():
        came, gone = added[person], left.get(person, ())
        away = absence.gone(person, moment)
        last = max(gone, key=lambda pair: (pair[0].effective_at, pair[0].seq)) if gone and away else None
        servers = tuple(sorted({server for _, body in came for server in body.servers}))
        revoked = tuple(last[1].revoked) if last else ()
        lines.append(AccessLine(
            person=person, name=names.get(person, person), organizer=told.organizer,
            duties=tuple(duty for duty in Duty if duty in told.duties), servers=servers, since=told.since,
            left=last[0].effective_at if last else None, reason=last[1].reason if last else "", revoked=revoked,
            open_servers=tuple(each for each in servers if each not in revoked) if last else (),
            facts=tuple(fact.seq for fact, _ in (*came, *gone)),
        ))  # fmt: skip
    return tuple(sorted(lines, key=lambda line: (line.left is not None, line.organizer, line.name)))

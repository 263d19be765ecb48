"""Guidance that somebody was given for their work, which facts gave the reason, and whether they have read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from labelqa.batches.checks import in_force
from labelqa.errors import BadInput, Refused
from labelqa.ledger.view import Facts
from labelqa.records.facts import Draft, Fact, GuidanceGiven
from labelqa.records.names import PersonId
from labelqa.workflows.desk import Desk
from labelqa.workflows.people import find_person
from labelqa.workflows.registers.noting import aside, subjects, told_facts
from labelqa.workflows.state import State, read_state, shown_names


@dataclass(frozen=True, slots=True, kw_only=True)
class Guidance:
    """Guidance as it stands: who gave it to whom, on which facts, and when it was read."""

    guidance: str
    person: PersonId
    name: str
    by: PersonId
    by_name: str
    about: tuple[tuple[int, str], ...]  # numbers and kinds of the facts
    batch: str
    text: str
    given_at: datetime
    acknowledged_at: datetime | None
    facts: tuple[int, ...]


def give_guidance(
    desk: Desk, person: str, *, text: str, by: str, about: Sequence[int] = (), batch: str = ""
) -> Guidance:
    """Record guidance; ``about`` are facts that gave the reason, such as supervision checks or verdicts.

    Raises BadInput without a text or for facts that are not there, Refused for oneself or a model.
    """
    state = read_state(desk)
    who, giver, said = find_person(desk, person), find_person(desk, by), aside(text)
    if said is None:
        raise BadInput("guidance needs its text: say what is to be done otherwise")
    if who == giver:
        raise Refused("nobody gives guidance to themselves")
    if who in state.people and state.people[who].model:
        raise Refused("{person} is a model: guidance is for people", person=person)
    if batch:
        state.batch(batch)
    body = GuidanceGiven(
        guidance=desk.new_id("g"), person=who, by=giver, about=told_facts(state.facts, about), batch=batch, text=said[0]
    )
    draft = Draft(body=body, subjects=_subjects(body), actor=desk.actor, identity=desk.identity)
    desk.ledger.append([draft], now=desk.clock(), erasable=[said])
    return next(each for each in guidance_list(desk) if each.guidance == body.guidance)


def acknowledge_guidance(desk: Desk, guidance: str, *, by: str) -> Guidance:
    """Record that somebody has read guidance given to them; again adds nothing. Refused for anybody else."""
    before = _standing(read_state(desk).facts, guidance)
    if before is None:
        raise BadInput("no guidance is called {guidance}: labelqa guidance list shows what there is", guidance=guidance)
    if find_person(desk, by) != before.body.person:
        raise Refused("guidance {guidance} was given to somebody else: only they acknowledge it", guidance=guidance)
    if not before.body.acknowledged:
        body = replace(before.body, acknowledged=True)
        draft = Draft(
            body=body, subjects=_subjects(body), actor=desk.actor, identity=desk.identity, supersedes=before.seq
        )

        def unless(facts: Facts) -> None:
            if _standing(facts, guidance) != before:
                raise Refused("guidance {guidance} was acknowledged meanwhile", guidance=guidance)

        desk.ledger.append([draft], now=desk.clock(), unless=unless)
    return next(each for each in guidance_list(desk) if each.guidance == guidance)


def guidance_list(
    desk: Desk, *, person: str = "", at: datetime | None = None, known: datetime | None = None
) -> tuple[Guidance, ...]:
    """All guidance, or what one person was given; what nobody acknowledged first, else in the order of giving."""
    state, names = read_state(desk, at=at, known=known), shown_names(desk)
    who = find_person(desk, person) if person else None
    told = state.facts.about(f"person:{who}", GuidanceGiven) if who else state.facts.of(GuidanceGiven)
    found = [
        _told(desk, state, fact, names) for fact, body in in_force(told, GuidanceGiven) if who in (None, body.person)
    ]
    return tuple(sorted(found, key=lambda each: (each.acknowledged_at is not None, each.given_at, each.guidance)))


def _standing(facts: Facts, guidance: str) -> Fact | None:
    found = [fact for fact, _ in in_force(facts.about(f"guidance:{guidance}", GuidanceGiven), GuidanceGiven)]
    return found[-1] if found else None


def _told(desk: Desk, state: State, fact: Fact, names: Mapping[PersonId, str]) -> Guidance:
    body: GuidanceGiven = fact.body
    person, by = PersonId(body.person), PersonId(body.by)
    given = desk.ledger.view().fact(fact.supersedes) if fact.supersedes is not None else fact
    return Guidance(
        guidance=body.guidance, person=person, name=names.get(person, person), by=by, by_name=names.get(by, by),
        about=tuple((seq, state.facts.fact(seq).kind if _there(state, seq) else "") for seq in body.about),
        batch=body.batch, text=desk.ledger.text_of(body.text) if body.text else "", given_at=given.effective_at,
        acknowledged_at=fact.effective_at if body.acknowledged else None,
        facts=tuple(dict.fromkeys([given.seq, fact.seq])),
    )  # fmt: skip


def _there(state: State, seq: int) -> bool:
    """Whether a fact is in the view: as of a time, a superseded one is not."""
    try:
        state.facts.fact(seq)
    except KeyError:
        return False
    return True


def _subjects(body: GuidanceGiven) -> tuple[str, ...]:
    return subjects("guidance", body.guidance, batch=body.batch, people=[body.person, body.by])

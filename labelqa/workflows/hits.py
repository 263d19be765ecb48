"""Suspected illegal or harmful hits: listed with the items as shown, and confirmed or overturned by a second person."""

from __future__ import annotations

import secrets
from datetime import datetime

from labelqa.batches.hits import RULERS, waiting, why_not_rule_hit
from labelqa.errors import BadInput, Message
from labelqa.ledger.ledger import salted
from labelqa.ledger.view import Facts
from labelqa.records.batch import Batch
from labelqa.records.facts import Draft, HitRuled
from labelqa.records.life import Hit, HitLine
from labelqa.records.names import ItemId, PersonId
from labelqa.records.people import Duty, Qualification, Standing
from labelqa.workflows.certifying.life import hits_of
from labelqa.workflows.content import contents
from labelqa.workflows.desk import Desk
from labelqa.workflows.duties.fitting import Fitness
from labelqa.workflows.people import find_person
from labelqa.workflows.population import participants
from labelqa.workflows.refusals import refuse, with_names
from labelqa.workflows.state import State, fold, read_state, shown_names


def hit_lines(desk: Desk, batch: str | None = None) -> tuple[HitLine, ...]:
    """The hits of one batch or of all, in the order in which they were reported; those that block come first."""
    state = read_state(desk)
    chosen = [state.batch(batch)] if batch else [each for each in state.batches.values() if each.freeze]
    lines = [line for each in chosen for line in _lines(desk, state, each)]
    return tuple(sorted(lines, key=lambda line: not line.blocks))


def _lines(desk: Desk, state: State, batch: Batch) -> list[HitLine]:
    hits = hits_of(state, batch) if batch.freeze else ()
    if not hits:
        return []
    names, shown = shown_names(desk), contents(desk, batch, [each.item_id for each in hits])
    blocking = {each.item_id for each in waiting(batch, hits)} if batch.conclusion is None else set()

    def named(person: PersonId) -> str:
        return names.get(person, person)

    return [
        HitLine(
            batch=batch.name, item_id=each.item_id, state=each.state,
            codes=tuple(dict.fromkeys(one.code for one in each.reports)),
            reported_by=tuple(dict.fromkeys(named(one.by) for one in each.reports)), reported_at=each.reports[0].at,
            ruled_by=named(each.ruled_by) if each.ruled_by else "", ruled_at=each.ruled_at,
            reason=(desk.ledger.text_of(each.reason) or "") if each.reason else "", content=shown.get(each.item_id, {}),
            blocks=each.item_id in blocking,
            facts=(*(one.fact for one in each.reports), *([each.ruling] if each.ruling else [])),
        )
        for each in hits
    ]  # fmt: skip


def hits_for(desk: Desk, state: State, batch: Batch, person: PersonId, at: datetime) -> tuple[Hit, ...]:
    """The hits that block a frozen batch and on which this person may rule as the second one."""
    found = waiting(batch, hits_of(state, batch))
    return tuple(each for each in found if not _reasons(desk, state, batch, each, each.item_id, person, at))


def rule_hit(desk: Desk, batch: str, item: str, *, confirmed: bool, by: str, reason: str) -> HitLine:
    """Record what a second qualified person makes of a suspected hit; refused with everything that stands against it.

    Confirmed, a functional batch is void for good; overturned, the hit stays on record and blocks nothing.
    """
    state, now = read_state(desk), desk.clock()
    found = state.batch(batch)
    if not reason.strip():
        raise BadInput("a ruling on a hit needs its reason: say which rule decides and why")
    person = find_person(desk, by)
    hit = _hit(state, found, item)
    refuse(with_names(_reasons(desk, state, found, hit, item, person, now), shown_names(desk)))
    text = salted(reason.strip(), secrets.token_hex(16))
    body = HitRuled(
        batch=found.name, item=item, reviews=[each.fact for each in hit.reports] if hit else [], confirmed=confirmed,
        by=person, reason=text[0],
    )  # fmt: skip
    subjects = (f"batch:{found.name}", f"item:{item}", f"person:{person}")
    draft = Draft(body=body, subjects=subjects, actor=desk.actor, identity=desk.identity)

    def unless(facts: Facts) -> None:
        later = fold(facts, desk.settings.qualification_days)
        refuse(_reasons(desk, later, later.batch(batch), _hit(later, later.batch(batch), item), item, person, now))

    desk.ledger.append([draft], now=now, erasable=[text], unless=unless)
    return next(each for each in hit_lines(desk, batch) if each.item_id == item)


def _hit(state: State, batch: Batch, item: str) -> Hit | None:
    return (
        next((each for each in hits_of(state, batch) if each.item_id == ItemId(item)), None) if batch.freeze else None
    )


def _reasons(
    desk: Desk, state: State, batch: Batch, hit: Hit | None, item: str, person: PersonId, at: datetime
) -> list[Message]:
    known = state.people.get(person)
    against = why_not_rule_hit(
        hit, item, batch=batch, by=person, labelled=participants(desk, batch) if batch.freeze else (),
        duties=known.duties if known else (), qualification=_standing(state, batch, person, at), at=at,
    )  # fmt: skip
    return [*against, *Fitness(state, batch).reasons(person, RULERS | {Duty.SUPERVISOR}, at, item)]


def _standing(state: State, batch: Batch, person: PersonId, at: datetime) -> Qualification:
    """As a reviewer or as an arbitrator, whichever holds."""
    known = state.people.get(person)
    duties = [duty for duty in Duty if duty in RULERS and known and duty in known.duties] or [Duty.REVIEWER]
    found = [state.qualification(person, batch.release, at, duty) for duty in duties]
    return next((each for each in found if each.standing is Standing.QUALIFIED), found[0])

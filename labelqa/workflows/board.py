"""Every batch as a card on the lead's board: where it stands, what blocks it, who must act, and since when.

No figure is worked out here, so that a board of hundreds of batches is there at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from labelqa.batches.checks import current_reviews, second_reviews
from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.people.assignments import fold_assignments
from labelqa.people.logins import fold_logins
from labelqa.records.batch import Batch, Conclusion, Kind, Stage
from labelqa.records.facts import DutyAssigned, DutyEnded, LoginChanged
from labelqa.records.life import BatchLife, CardState
from labelqa.records.logins import Role
from labelqa.records.names import PersonId
from labelqa.records.people import Duty
from labelqa.records.review import Sample
from labelqa.workflows.certifying.told import Told, told_again
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.draws import items_of
from labelqa.workflows.state import State, read_state, shown_names

LEAD = "lead"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardCard:
    """One batch on the board; ``since`` is when its last stage of labeling, checking or being settled began."""

    name: str
    kind: Kind
    organizer: str
    release: str
    stage: Stage
    conclusion: Conclusion | None
    items: int
    drawn: int
    reviewed: int
    round: int
    parent: str
    since: datetime
    blocks: tuple[Message, ...]  # the gravest first
    step: Message
    duty: str
    people: tuple[str, ...]  # who must act, by name; () where nobody is named
    life: BatchLife


def board(desk: Desk) -> tuple[BoardCard, ...]:
    """Every batch, the one that has stood longest first; settled ones last, the latest first."""
    state, names = read_state(desk), shown_names(desk)
    cards = [_card(desk, state, batch, names) for batch in state.batches.values()]
    running = sorted((each for each in cards if each.stage is not Stage.SETTLED), key=lambda each: each.since)
    settled = sorted((each for each in cards if each.stage is Stage.SETTLED), key=lambda each: each.since, reverse=True)
    return (*running, *settled)


def _card(desk: Desk, state: State, batch: Batch, names: dict[PersonId, str]) -> BoardCard:
    samples, freeze, told = state.samples.get(batch.name, ()), batch.freeze, told_again(desk, state, batch)
    people = _people(desk, state, batch, told.step.duty, samples)
    return BoardCard(
        name=batch.name, kind=batch.kind, organizer=batch.organizer, release=batch.release,
        stage=told.stage, conclusion=batch.conclusion, items=freeze.n_items if freeze else 0,
        drawn=sum(each.resolved.n for each in samples), reviewed=told.reviewed, round=batch.round, parent=batch.parent,
        since=batch.settled_at or max([*(each.at for each in samples), freeze.at if freeze else batch.declared_at]),
        blocks=tuple(_blocks(batch, told)), step=told.step.message,
        duty=told.step.duty, people=tuple(names.get(each, each) for each in people), life=told.life,
    )  # fmt: skip


def _blocks(batch: Batch, told: Told) -> Iterator[Message]:
    """What stands in a batch's way, in few words."""
    if batch.conclusion is not None:
        return
    life, disputes, unqualified = told.life, told.disputes_open, told.unqualified
    if life.blocked:
        yield Message(N_("suspected illegal or harmful content waits for a second person"))
    if disputes:
        yield Message(N_("{n} open {n:dispute|disputes}"), {"n": disputes})
    if life.problems_open:
        yield Message(N_("{n} open {n:problem|problems}"), {"n": life.problems_open})
    if life.appeals:
        yield Message(N_("{n} open {n:appeal|appeals}"), {"n": life.appeals})
    if unqualified:
        yield Message(N_("{n} {n:label|labels} by people who were not qualified"), {"n": unqualified})
    if life.card in (CardState.NONE, CardState.INCOMPLETE):
        yield Message(N_("no card says where its items come from"))


def _people(
    desk: Desk, state: State, batch: Batch, duty: str, samples: Collection[Sample]
) -> tuple[PersonId, ...]:  # fmt: skip
    """Who must act: verifiers with drawn items left, those assigned to the duty, leads with a login."""
    if duty == LEAD:
        given = fold_logins(state.facts.of(LoginChanged))
        return tuple(person for person, roles in given.items() if Role.LEAD in roles)
    if duty == Duty.REVIEWER and (left := _verifiers(desk, state, samples)):
        return left
    told = fold_assignments(state.facts.about(f"batch:{batch.name}", DutyAssigned, DutyEnded))
    return tuple(dict.fromkeys(each.person for each in told if each.duty == duty and each.holds(desk.clock())))


def _verifiers(desk: Desk, state: State, samples: Collection[Sample]) -> tuple[PersonId, ...]:
    left: dict[PersonId, None] = {}
    for sample in samples:
        told = state.reviews.get(sample.sample, ())
        first, second = current_reviews(told), second_reviews(told)
        for each in items_of(desk, state, sample):
            if each.item_id not in first:
                left[each.verifier] = None
            if each.second is not None and each.item_id not in second:
                left[each.second] = None
    return tuple(left)

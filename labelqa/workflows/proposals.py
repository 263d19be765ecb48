"""Proposals to amend a rulebook: opened by rulings that found a rule unclear, closed with what became of them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from labelqa.batches.checks import in_force
from labelqa.errors import BadInput, Message, Refused
from labelqa.i18n import N_
from labelqa.ledger.ledger import salted
from labelqa.ledger.view import Facts
from labelqa.records.facts import Draft, Fact, ProposalClosed, ProposalOpened
from labelqa.records.names import BatchName, ItemId, PersonId
from labelqa.records.production import ProposalOutcome
from labelqa.workflows.desk import Desk
from labelqa.workflows.people import find_person
from labelqa.workflows.refusals import refuse, refuse_changed
from labelqa.workflows.state import State, read_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One proposal on a rule, with the dispute that brought it up and what became of it."""

    proposal: str
    rulebook: str
    rule: str
    batch: BatchName
    item_id: ItemId
    by: PersonId
    text: str  # "" where it was erased
    opened_at: datetime
    days: int  # whole days that it has been open, or was
    fact: int
    outcome: ProposalOutcome | None = None  # None while open
    reference: str = ""  # the version or the clarification
    closed_by: PersonId | None = None
    why: str = ""
    closed_at: datetime | None = None


def proposals(desk: Desk, *, rulebook: str = "") -> tuple[Proposal, ...]:
    """Every proposal, or those on one rulebook, in the order in which they were opened."""
    state = read_state(desk)
    now = desk.clock()
    found = (_proposal(desk, fact, ended, now) for fact, ended in pairs(state.facts.of(ProposalOpened, ProposalClosed)))
    return tuple(each for each in found if rulebook in ("", each.rulebook))


def pairs(facts: Iterable[Fact]) -> tuple[tuple[Fact, Fact | None], ...]:
    """Each opened proposal with the fact that closed it, None while it is open."""
    known = list(facts)
    ended = {body.proposal: fact for fact, body in in_force(known, ProposalClosed)}
    return tuple((fact, ended.get(body.proposal)) for fact, body in in_force(known, ProposalOpened))


def _proposal(desk: Desk, fact: Fact, ended: Fact | None, now: datetime) -> Proposal:
    body: ProposalOpened = fact.body
    end = ended.effective_at if ended else now
    return Proposal(
        proposal=body.proposal, rulebook=body.rulebook, rule=body.rule, batch=BatchName(body.batch),
        item_id=ItemId(body.item), by=PersonId(body.by), text=desk.ledger.text_of(body.text) or "",
        opened_at=fact.effective_at, days=max(0, (end - fact.effective_at).days), fact=fact.seq,
        outcome=ProposalOutcome(ended.body.outcome) if ended else None, reference=ended.body.reference if ended else "",
        closed_by=PersonId(ended.body.by) if ended else None,
        why=(desk.ledger.text_of(ended.body.reason) or "") if ended else "", closed_at=ended.effective_at if ended else None,
    )  # fmt: skip


def close_proposal(
    desk: Desk, proposal: str, *, outcome: ProposalOutcome, by: str, reason: str, reference: str = ""
) -> Proposal:
    """Say what became of a proposal: taken into a version, answered by a clarification, or declined; and why.

    The version must be released, the clarification issued.
    """
    if not reason.strip():
        raise BadInput("closing a proposal needs its reason")
    state = read_state(desk)
    known = {fact.body.proposal: (fact, ended) for fact, ended in pairs(state.facts.of(ProposalOpened, ProposalClosed))}
    if proposal not in known:
        raise BadInput("no proposal is called {name}: labelqa proposal list shows them", name=proposal)
    fact, ended = known[proposal]
    if ended is not None:
        raise Refused("proposal {name} is closed already", name=proposal)
    person = find_person(desk, by)
    refuse(_reasons(state, fact.body, outcome, reference, person))
    text = salted(reason, secrets.token_hex(16))
    body = ProposalClosed(proposal=proposal, outcome=str(outcome), reference=reference, by=person, reason=text[0])
    subjects = (f"proposal:{proposal}", f"rulebook:{fact.body.rulebook}", f"person:{person}")
    draft = Draft(body=body, subjects=subjects, actor=desk.actor, identity=desk.identity)

    def unless(facts: Facts) -> None:
        refuse_changed(facts, f"proposal:{proposal}", state.facts.last, ProposalClosed)

    desk.ledger.append([draft], now=desk.clock(), erasable=[text], unless=unless)
    return next(each for each in proposals(desk) if each.proposal == proposal)


def _reasons(
    state: State, opened: ProposalOpened, outcome: ProposalOutcome, reference: str, person: PersonId
) -> list[Message]:
    who = {"rulebook": opened.rulebook, "reference": reference, "person": person}
    reasons: list[Message] = []
    if person not in state.people or state.people[person].model:
        reasons.append(Message("{person} is not registered as a person", who))
    if outcome is ProposalOutcome.TAKEN and reference not in _versions(state, opened.rulebook):
        text = N_(
            "{reference} is no released version of {rulebook}: say with --reference which one has the amended rule"
        )
        reasons.append(Message(text, who))
    if outcome is ProposalOutcome.CLARIFIED and reference not in _clarifications(state, opened.rulebook):
        text = N_(
            "{reference} is no clarification issued on {rulebook}: say with --reference which one answers the question"
        )
        reasons.append(Message(text, who))
    return reasons


def _versions(state: State, rulebook: str) -> set[str]:
    names = {name for name, (_, body) in state.releases.items() if body.name == rulebook}
    return names | {name.rpartition("@")[2] for name in names}


def _clarifications(state: State, rulebook: str) -> set[str]:
    numbers = {str(each.number) for each in state.clarifications.get(rulebook, ())}
    return numbers | {f"{rulebook}#{number}" for number in numbers}

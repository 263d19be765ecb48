"""Which batches may go out: accepted ones with a whole card; others only by force, with a reason that stays on record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from labelqa.batches.card import why_not_out
from labelqa.batches.checks import in_force
from labelqa.batches.hits import confirmed
from labelqa.errors import BadInput, Message, Refused, WrongUsage
from labelqa.i18n import N_
from labelqa.records.batch import Batch, Conclusion
from labelqa.records.facts import HitRuled, RegisterEntered
from labelqa.records.life import Card
from labelqa.records.names import BatchName, ItemId
from labelqa.records.registers import Register
from labelqa.workflows.certifying.life import card_of, hits_of
from labelqa.workflows.desk import Desk
from labelqa.workflows.population import frozen_of
from labelqa.workflows.refusals import refuse
from labelqa.workflows.registers.entries import Entry, fold_entries
from labelqa.workflows.state import State

_NAMED = 5  # items named in a sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """The batches that go out, as one state of the ledger tells them."""

    desk: Desk
    state: State
    batches: tuple[Batch, ...]
    cards: dict[BatchName, Card]
    forced: tuple[BatchName, ...]  # those that are not accepted
    models: tuple[Entry, ...]  # entries of assisting models


def leaving(desk: Desk, state: State, names: Sequence[str], *, force: bool, reason: str) -> Leaving:
    """Check that these batches may go out.

    Raises Refused with everything that stands against it, BadInput for a name twice or unknown, WrongUsage where force
    and reason do not come together.
    """
    if force != bool(reason.strip()):
        raise WrongUsage("--force needs --reason, and a reason is given with --force only")
    if len(set(names)) < len(names):
        raise BadInput("a batch is named twice: name each once")
    batches = tuple(state.batch(name) for name in names)
    cards: dict[BatchName, Card] = {}
    reasons: list[Message] = []
    for batch in batches:
        frozen_of(batch)
        card = card_of(state, batch)
        reasons += [*why_not_out(batch, card), *(why_never(state, batch) or ([] if force else why_not_accepted(batch)))]
        if card is not None:
            cards[batch.name] = card
    refuse(reasons)
    return Leaving(
        desk=desk, state=state, batches=batches, cards=cards, models=tuple(_models(state)),
        forced=tuple(batch.name for batch in batches if any(why_not_accepted(batch))),
    )  # fmt: skip


def why_never(state: State, batch: Batch) -> list[Message]:
    """Why a batch goes out by no force: illegal or harmful content in it is confirmed, which makes it void for good."""
    found = confirmed(batch, hits_of(state, batch))
    if not found:
        return []
    values = {"n": len(found), "batch": batch.name, "items": ", ".join(each.item_id for each in found[:_NAMED])}
    text = N_(
        "illegal or harmful content is confirmed in {n} {n:item|items} of batch {batch} ({items}), which makes the batch void for good: its labels go out by no force"
    )
    return [Message(text, values)]


def confirmed_anywhere(state: State) -> frozenset[ItemId]:
    """The items that were confirmed as illegal or harmful in functional labeling, in whichever batch."""
    return frozenset(ItemId(body.item) for _, body in in_force(state.facts.of(HitRuled), HitRuled) if body.confirmed)


def why_not_accepted(batch: Batch) -> list[Message]:
    """Why a batch does not go out of itself: it is void, to be labelled again, or not settled."""
    if batch.conclusion is Conclusion.ACCEPT:
        return []
    if batch.conclusion is Conclusion.VOID:
        return [Message("batch {batch} is void: its labels go out by --force --reason only", {"batch": batch.name})]
    if batch.conclusion is Conclusion.RELABEL:
        text = N_("batch {batch} is to be labelled again: its labels go out by --force --reason only")
        return [Message(text, {"batch": batch.name})]
    text = N_("batch {batch} is not accepted: labelqa settle {batch} says what it lacks")
    return [Message(text, {"batch": batch.name})]


def unchanged(before: Leaving, state: State) -> None:
    """Refused where a batch was concluded otherwise since it was read; for the check under the ledger's lock."""
    for batch in before.batches:
        if state.batch(batch.name).conclusion != batch.conclusion:
            raise Refused("batch {batch} was settled meanwhile: export again", batch=batch.name)


def _models(state: State) -> Iterator[Entry]:
    for entry in fold_entries(state.facts.of(RegisterEntered)).values():
        if entry.register is Register.MODEL:
            yield entry

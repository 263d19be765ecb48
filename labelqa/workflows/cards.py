"""Provenance cards: where the items of a batch come from, recorded before the freeze, and shown with what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from labelqa.batches.card import card_state, lacking, why_not_out
from labelqa.errors import Message, Refused
from labelqa.i18n import N_
from labelqa.ledger.view import Facts
from labelqa.records.batch import Batch
from labelqa.records.facts import CardRecorded, Draft
from labelqa.records.life import Card, CardState
from labelqa.workflows.certifying.life import card_of
from labelqa.workflows.desk import Desk
from labelqa.workflows.refusals import joined
from labelqa.workflows.registers.attachments import kept
from labelqa.workflows.state import State, fold, read_state

__all__ = ["CardForm", "CardShown", "card_of", "card_shown", "record_card", "record_cards"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardForm:
    """A card as somebody fills it in; what is left out is asked for when it is recorded."""

    batch: str
    source: str = ""
    licence: str = ""
    ip_check: str = ""
    personal: bool | None = None
    basis: str = ""
    modalities: Sequence[str] = ()
    languages: Sequence[str] = ()
    scale: int | None = None
    description: str = ""
    generator: str = ""
    acquired: str = ""
    attach: Sequence[tuple[str, Path]] = field(default=())  # (title, file); paths from ``start``
    start: Path = Path()


@dataclass(frozen=True, slots=True, kw_only=True)
class CardShown:
    """The card of a batch as it stands, and why the batch's labels may not go out by it."""

    batch: str
    state: CardState
    card: Card | None
    missing: tuple[Message, ...]
    earlier: int = 0  # cards that this one replaced
    recorded: bool = True  # false: this very card was in force already, and nothing was recorded


def card_shown(desk: Desk, batch: str) -> CardShown:
    """The card of a batch, or that it has none."""
    state = read_state(desk)
    return _shown(state, state.batch(batch))


def _shown(state: State, batch: Batch, *, recorded: bool = True) -> CardShown:
    card = card_of(state, batch)
    told = state.facts.about(f"batch:{batch.name}", CardRecorded)
    return CardShown(
        batch=batch.name, state=card_state(card), card=card, missing=tuple(why_not_out(batch, card)),
        earlier=max(0, len(told) - 1), recorded=recorded,
    )  # fmt: skip


def record_card(desk: Desk, form: CardForm) -> CardShown:
    """Record the card of a batch; a later one takes its place, and both stay on record.

    Refused with the list of everything that it lacks. One recorded after the freeze is marked late.
    """
    (done,) = record_cards(desk, [form])
    return done


def record_cards(desk: Desk, forms: Sequence[CardForm]) -> tuple[CardShown, ...]:
    """Record several cards, all or none; one that is in force already adds nothing.

    A card that was only taken over from an earlier round becomes the batch's own when it is recorded for it.
    """
    state = read_state(desk)
    batches = [state.batch(form.batch) for form in forms]
    twice = {batch.name for batch in batches if sum(one.name == batch.name for one in batches) > 1}
    if twice:
        raise Refused("batch {batch} has several cards in one list: nobody can tell which is meant", batch=min(twice))
    for form, batch in zip(forms, batches, strict=True):
        _refuse_lacking(form, batch)
    before = [card_of(state, batch) for batch in batches]
    bodies = [_body(desk, form, batch) for form, batch in zip(forms, batches, strict=True)]
    new = [known is None or _content(known) != _content_of(body) for known, body in zip(before, bodies, strict=True)]
    drafts = [
        Draft(
            body=body, subjects=(f"batch:{body.batch}",), actor=desk.actor, identity=desk.identity,
            supersedes=known.fact if known else None,
        )
        for body, known, is_new in zip(bodies, before, new, strict=True) if is_new
    ]  # fmt: skip

    def unless(facts: Facts) -> None:
        now = fold(facts, desk.settings.qualification_days)
        for batch, known in zip(batches, before, strict=True):
            if card_of(now, batch) != known:
                raise Refused("the card of batch {batch} changed meanwhile: look at it and repeat", batch=batch.name)

    if drafts:
        desk.ledger.append(drafts, now=desk.clock(), unless=unless)
    state = read_state(desk)
    return tuple(
        _shown(state, state.batch(batch.name), recorded=is_new) for batch, is_new in zip(batches, new, strict=True)
    )


def _refuse_lacking(form: CardForm, batch: Batch) -> None:
    """Everything that a card lacks, before any of its files is kept."""
    held = [[title, str(path)] for title, path in form.attach]
    reasons = lacking(_filled(form, batch, held))
    if form.personal is None:
        reasons.append(Message("say whether the items hold personal data"))
    if reasons:
        text = N_("the card of batch {batch} lacks something: {what}")
        raise Refused(text, batch=batch.name, what=joined(reasons))


def _body(desk: Desk, form: CardForm, batch: Batch) -> CardRecorded:
    return _filled(form, batch, kept(desk, form.attach, start=form.start))


def _filled(form: CardForm, batch: Batch, attachments: list[list[str]]) -> CardRecorded:
    return CardRecorded(
        batch=batch.name, source=form.source.strip(), licence=form.licence.strip(), ip_check=form.ip_check.strip(),
        personal=bool(form.personal), basis=form.basis.strip(), modalities=list(dict.fromkeys(form.modalities)),
        languages=list(dict.fromkeys(form.languages)), scale=form.scale or 0, description=form.description.strip(),
        generator=form.generator.strip(), acquired=form.acquired.strip(), attachments=attachments,
    )  # fmt: skip


def _content(card: Card) -> tuple[object, ...]:
    return (
        card.source, card.licence, card.ip_check, card.personal, card.basis, card.modalities, card.languages, card.scale,
        card.description, card.generator, card.acquired, card.attachments, card.copied,
    )  # fmt: skip


def _content_of(body: CardRecorded) -> tuple[object, ...]:
    return (
        body.source, body.licence, body.ip_check, body.personal, body.basis, tuple(body.modalities),
        tuple(body.languages), body.scale, body.description, body.generator, body.acquired,
        tuple((title, digest) for title, digest in body.attachments), body.copied,
    )  # fmt: skip

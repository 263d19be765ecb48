"""Where the items of a batch come from, told on one card: what the card lacks, and why a batch without it stays in.

GB/T 45674—2025 and TC260-003, 5.1 and 5.2, ask where data come from and by which right. The card says so in words of the
team; whether what it says is true, nobody here can know.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

from labelqa.batches.checks import in_force
from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.batch import Batch
from labelqa.records.facts import BatchFrozen, CardRecorded, Fact
from labelqa.records.life import Card, CardState, Modality, Source
from labelqa.records.names import BatchName

CLEARED: Final = ("cleared", "not-applicable")
FOUND: Final = "found:"  # and what was found, in words
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")


def fold_cards(facts: Iterable[Fact]) -> dict[BatchName, Card]:
    """The card of each batch that is in force, with whether it came before the freeze.

    >>> fold_cards([])
    {}
    """
    known = sorted(facts, key=lambda fact: fact.seq)
    frozen: dict[str, int] = {}
    first: dict[str, int] = {}
    for fact in known:
        if isinstance(fact.body, BatchFrozen):
            frozen.setdefault(fact.body.batch, fact.seq)
        elif isinstance(fact.body, CardRecorded):
            first.setdefault(fact.body.batch, fact.seq)
    return {
        BatchName(body.batch): _card(fact, body, first[body.batch], frozen.get(body.batch))
        for fact, body in in_force(known, CardRecorded)
    }


def _card(fact: Fact, body: CardRecorded, first: int, frozen: int | None) -> Card:
    late = frozen is not None and first > frozen
    return Card(
        batch=BatchName(body.batch), source=body.source, licence=body.licence, ip_check=body.ip_check,
        personal=body.personal, basis=body.basis, modalities=tuple(body.modalities), languages=tuple(body.languages),
        scale=body.scale, description=body.description, generator=body.generator, acquired=body.acquired,
        attachments=tuple((title, digest) for title, digest in body.attachments), at=fact.effective_at, fact=fact.seq,
        late=late, amended=not late and frozen is not None and fact.seq > frozen, copied=body.copied,
    )  # fmt: skip


def lacking(card: Card | CardRecorded) -> list[Message]:
    """What a card lacks, each in a sentence; empty when it says everything that is asked for."""
    return [*_origin(card), *_rights(card), *_content(card)]


def _origin(card: Card | CardRecorded) -> list[Message]:
    if card.source not in list(Source):
        values = {"got": card.source, "known": ", ".join(Source)}
        return [Message("the source {got!r} is none of {known}", values)]
    if card.licence.strip():
        return []
    if card.source == Source.GENERATED:
        return [] if card.generator.strip() else [Message("generated items name their generator: model and version")]
    if card.source == Source.SELF_COLLECTED:
        told = card.description.strip() or card.attachments
        text = Message("self-collected items need the record of their collection: a description, an attachment, or its number as the licence")  # fmt: skip
        return [] if told else [text]
    return [Message("items from the source {source} need a licence, contract or authorization", {"source": card.source})]  # fmt: skip


def _rights(card: Card | CardRecorded) -> list[Message]:
    reasons: list[Message] = []
    told = card.ip_check.strip()
    if told not in CLEARED and not (told.startswith(FOUND) and told.removeprefix(FOUND).strip()):
        text = N_(
            "the check for intellectual property says cleared, not-applicable, or found: and what; it says {got!r}"
        )
        reasons.append(Message(text, {"got": card.ip_check}))
    if card.personal and not card.basis.strip():
        reasons.append(Message("items with personal data need the legal basis of their processing"))
    return reasons


def _content(card: Card | CardRecorded) -> list[Message]:
    reasons: list[Message] = []
    unknown = [each for each in card.modalities if each not in list(Modality)]
    if unknown or not card.modalities:
        values = {"got": ", ".join(unknown), "known": ", ".join(Modality)}
        reasons.append(Message("the modalities are one or more of {known}; got {got!r}", values))
    wrong = [each for each in card.languages if not _LANGUAGE.fullmatch(each)]
    if wrong or not card.languages:
        text = N_("the languages are named by codes such as zh-CN or en, zxx where there is none; got {got!r}")
        reasons.append(Message(text, {"got": ", ".join(wrong)}))
    if card.scale < 1:
        reasons.append(Message("the scale is how many items were meant to be labelled, 1 or more; got {n}", {"n": card.scale}))  # fmt: skip
    if card.acquired and not _is_day(card.acquired):
        reasons.append(Message("{got!r} is no day: write when the items were acquired as YYYY-MM-DD", {"got": card.acquired}))  # fmt: skip
    return reasons


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def card_state(card: Card | None) -> CardState:
    """Whether a batch has the card that it needs; an incomplete one is called so whenever it came."""
    if card is None:
        return CardState.NONE
    if lacking(card):
        return CardState.INCOMPLETE
    if card.late:
        return CardState.LATE
    return CardState.AMENDED if card.amended else CardState.RECORDED


def why_not_out(batch: Batch, card: Card | None) -> list[Message]:
    """Why labels of a batch may neither be accepted nor go out: there is no card, or it lacks something."""
    if card is None:
        text = Message("batch {batch} has no card that says where its items come from: labelqa card record {batch}", {"batch": batch.name})  # fmt: skip
        return [text]
    return [
        Message("the card of batch {batch} lacks something: {what}", {"batch": batch.name, "what": each})
        for each in lacking(card)
    ]

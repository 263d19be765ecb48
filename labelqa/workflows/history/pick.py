"""Items picked at random over everything that was frozen, each with its whole metadata, and what of it is missing.

For the check of an assessor who asks for any hundred items (GB/T 45674—2025, chapter 5 c; TC260-003). The pick is a
function of the seed and the frozen items: anybody can make it again.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from labelqa.batches.card import lacking
from labelqa.batches.checks import fold_rulings, in_force
from labelqa.batches.corrections import SAID_OF_LABELS, record_labels
from labelqa.errors import BadInput
from labelqa.records.batch import Batch
from labelqa.records.clock import moment_text
from labelqa.records.facts import BatchDeclared, BatchFrozen, Fact, ReviewRecorded
from labelqa.records.history import Picked, PickedItem
from labelqa.records.life import Card
from labelqa.records.names import BatchName, Digest, ItemId, PersonId
from labelqa.records.production import DisputeOutcome
from labelqa.sampling.tickets import check_seed
from labelqa.workflows.certifying.life import card_of
from labelqa.workflows.desk import Desk
from labelqa.workflows.population import frozen_of
from labelqa.workflows.state import State, read_state

Rows = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Drawn:
    order: int
    ticket: str
    item: ItemId


def pick_items(desk: Desk, n: int, *, batch: str = "", seed: str = "") -> Picked:
    """The n items with the smallest tickets of all frozen ones, or of one batch; a seed is made where none is given.

    An item that several batches hold is told as the last of them has it. BadInput where nothing is frozen or there are
    fewer items.
    """
    from labelqa.reduce.lookup import smallest

    state = read_state(desk)
    files = _files(desk, state, batch)
    seed = seed or secrets.token_hex(16)
    check_seed(seed)
    population, drawn = smallest(list(files), seed, n)
    if population < n:
        raise BadInput("{n} items were asked for, and {population} are frozen", n=n, population=population)
    by_batch: dict[BatchName, list[_Drawn]] = {}
    for order, (ticket, item, held) in enumerate(drawn, start=1):
        by_batch.setdefault(files[held[-1]], []).append(_Drawn(order, ticket, ItemId(item)))
    found = _told(desk, state, by_batch)
    return Picked(
        seed=seed, population=population, batches=len(files), items=tuple(sorted(found, key=lambda each: each.order))
    )


def _files(desk: Desk, state: State, batch: str) -> dict[Path, BatchName]:
    """The frozen item files with their batches, in the order of freezing; a recheck looks at items of other batches."""
    if batch:
        return {desk.frozen.path(frozen_of(state.batch(batch)).items): state.batch(batch).name}
    again = {body.batch for _, body in in_force(state.facts.of(BatchDeclared), BatchDeclared) if body.recheck}
    told = [body for _, body in in_force(state.facts.of(BatchFrozen), BatchFrozen) if body.batch not in again]
    if not told:
        raise BadInput("no batch is frozen yet: labelqa batch freeze locks one")
    return {desk.frozen.path(body.items): BatchName(body.batch) for body in told}


def _told(desk: Desk, state: State, drawn: Mapping[BatchName, Sequence[_Drawn]]) -> Iterator[PickedItem]:
    batches = {name: state.batch(name) for name in drawn}
    ids = {each.item for some in drawn.values() for each in some}
    columns = ["item_id", "project", "task", "label"]
    shown = {
        (name, ItemId(row["item_id"])): row
        for name, row in _rows(desk, {frozen_of(each).items: each.name for each in batches.values()}, ids, columns)
    }
    made: dict[tuple[BatchName, ItemId], list[Rows]] = {}
    answers = {frozen_of(each).annotations: each.name for each in batches.values()}
    for name, row in _rows(desk, answers, ids, ["item_id", "person", "release"], times=["created_at"]):
        made.setdefault((name, ItemId(row["item_id"])), []).append(row)
    for name, some in drawn.items():
        card = card_of(state, batches[name])
        for each in some:
            facts = state.facts.about(f"item:{each.item}")
            yield _picked(each, batches[name], card, facts, shown[name, each.item], made.get((name, each.item), []))


def _rows(
    desk: Desk, files: Mapping[Digest, BatchName], items: Collection[ItemId], columns: Sequence[str],
    *, times: Sequence[str] = (),
) -> Iterator[tuple[BatchName, Rows]]:  # fmt: skip
    """The items' rows of some frozen files with their batch, the bytes of each file checked."""
    from labelqa.reduce.lookup import rows_of

    paths = {desk.frozen.checked(digest): batch for digest, batch in files.items()}
    for path, row in rows_of(list(paths), items, columns, times=times):
        yield paths[path], row


def _picked(
    each: _Drawn, batch: Batch, card: Card | None, facts: Sequence[Fact], row: Rows, made: Sequence[Rows]
) -> PickedItem:
    told = [fact.body for fact, _ in in_force(facts, ReviewRecorded) if fact.body.batch == batch.name]
    times = [row["created_at"] for row in made]
    label, discarded = _label(each.item, batch, facts, row)
    missing = [
        *_without(batch, label, discarded=discarded, made=made, times=times),
        *([] if card is not None and not lacking(card) else ["card"]),
    ]
    return PickedItem(
        order=each.order, ticket=each.ticket, item_id=each.item, batch=batch.name, kind=str(batch.kind),
        release=batch.release, organizer=batch.organizer, label=label,
        annotators=tuple(dict.fromkeys(PersonId(row["person"]) for row in made)),
        labelled=tuple(moment_text(at) for at in times if at is not None),
        reviewers=tuple(dict.fromkeys(PersonId(body.reviewer) for body in told)),
        verdicts=tuple(body.verdict for body in told), conclusion=str(batch.conclusion or ""),
        card=card.fact if card else 0, source=card.source if card else "", licence=card.licence if card else "",
        project=row["project"] or "", task=row["task"] or "", facts=len(facts), missing=tuple(missing),
    )  # fmt: skip


def _without(
    batch: Batch, label: str, *, discarded: bool, made: Sequence[Rows], times: Iterable[datetime | None]
) -> Iterator[str]:
    """The names of what is not known of an item, as the columns have them."""
    told = {
        "release": batch.release and all(row["release"] for row in made), "organizer": batch.organizer,
        "label": label or discarded, "annotators": made, "labelled": made and all(at is not None for at in times),
    }  # fmt: skip
    yield from (name for name, value in told.items() if not value)


def _label(item: ItemId, batch: Batch, facts: Sequence[Fact], row: Rows) -> tuple[str, bool]:
    """The label of record as it stands, and whether an arbitrator let none stand."""
    changed = record_labels([fact for fact in facts if isinstance(fact.body, SAID_OF_LABELS)], batch.name)
    if item not in changed:
        return row["label"] or "", False
    now, ruling = changed[item], fold_rulings(facts).get(batch.name, {}).get(item)
    discarded = now is None and ruling is not None and ruling.outcome is DisputeOutcome.REJECTED
    return (now.label if now else ""), discarded

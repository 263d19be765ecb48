"""What accuracy needs of a frozen batch besides its labels: item numbers, who answered, what its rules give."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from labelqa.errors import LabelqaError, Message
from labelqa.records.annotation import Origin
from labelqa.records.batch import Batch
from labelqa.records.names import ItemId, PersonId
from labelqa.records.review import DefectSeverity
from labelqa.rulebook.model import Rulebook
from labelqa.workflows.desk import Desk
from labelqa.workflows.population import frozen_of
from labelqa.workflows.rulebooks import released_book
from labelqa.workflows.state import State, shown_names


def item_numbers(desk: Desk, batch: Batch) -> dict[ItemId, int]:
    """The number of each item of a frozen batch."""
    table = desk.frozen.read(frozen_of(batch).items, ["item_id", "item_no"])
    return dict(zip(map(ItemId, table.column("item_id").to_pylist()), table.column("item_no").to_pylist(), strict=True))


def annotators_named(desk: Desk, path: Path) -> tuple[tuple[str, ...], dict[str, str]]:
    """The annotators' pseudonyms by number, and how a lead may see them."""
    people, names = desk.reducer.people(path), shown_names(desk)
    return people, {person: names.get(PersonId(person), person) for person in people}


def model_numbers(desk: Desk, state: State, path: Path) -> frozenset[int]:
    """The annotators who are models: registered so, or every answer of theirs came from one."""
    tally = desk.reducer.tallies(path, ("annotator_no", "person", "origin"))
    answered: dict[int, set[bool]] = {}
    registered: set[int] = set()
    for number, person, origin in tally.keys:
        who = int(number or 0)
        answered.setdefault(who, set()).add(origin == Origin.MACHINE)
        known = state.people.get(PersonId(str(person)))
        if known is not None and known.model:
            registered.add(who)
    return frozenset(registered | {who for who, machine in answered.items() if machine == {True}})


def book_of(desk: Desk, batch: Batch) -> tuple[Rulebook | None, tuple[Message, ...]]:
    """The rulebook of a batch's release; None for a trial, and with the reason where its file cannot be used."""
    if not batch.release:
        return None, ()
    try:
        return released_book(desk, batch.release), ()
    except LabelqaError as error:
        return None, (Message("accuracy is not told by rules: {why}", {"why": error.message}),)


def labels_by_rule(book: Rulebook | None, labels: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The labels of the batch that each rule gives; rules that give none of them are left out."""
    rules = book.rules if book else ()
    given = {rule.id: tuple(label for label in labels if label in rule.labels) for rule in rules}
    return {rule: mine for rule, mine in given.items() if mine}


def rules_of(desk: Desk, batch: Batch) -> tuple[Mapping[str, tuple[str, ...]], tuple[Message, ...]]:
    """The labels that each rule of the batch's release gives, and why there is none where its file cannot be used."""
    book, notes = book_of(desk, batch)
    return labels_by_rule(book, batch.labels), notes


def severities_of(book: Rulebook | None) -> dict[str, DefectSeverity]:
    """How grave each rule's breach and each kind of defect is, by the rulebook."""
    if book is None:
        return {}
    return {each.id: each.severity for each in book.rules} | {each.code: each.severity for each in book.defects}

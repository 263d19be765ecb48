"""The items behind a number: of a batch, by what happened to them, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from labelqa.batches.checks import current_reviews
from labelqa.batches.conclusion import illegal
from labelqa.errors import WrongUsage
from labelqa.records.batch import Batch
from labelqa.records.corrections import LabelSource
from labelqa.records.names import ItemId, PersonId
from labelqa.records.results import ItemPage, ItemRow
from labelqa.records.review import Review, Verdict
from labelqa.workflows.content import contents
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.draws import items_of
from labelqa.workflows.population import Population, frozen_of, labels_of_record, population
from labelqa.workflows.state import State, read_state, shown_names

ONLY = ("", "disputed", "drawn", "incorrect", "unsafe", "gold-wrong", "unqualified")


def item_page(
    desk: Desk,
    batch: str,
    *,
    only: str = "",
    label: str = "",
    against: str = "",
    person: str = "",
    offset: int = 0,
    limit: int = 50,
) -> ItemPage:
    """Some of a frozen batch's items, in the order of the frame.

    ``only`` is one of :data:`ONLY`; ``label`` and ``against``: items where one annotator said the one and another the
    other (``label`` alone: some annotator said it); ``person``: items of that annotator.
    """
    if only not in ONLY:
        raise WrongUsage(
            "{only} is no choice of items: choose one of {choices}", only=only, choices=", ".join(ONLY[1:])
        )
    state = read_state(desk)
    found = state.batch(batch)
    items = population(desk, state, found)
    reviews = current_reviews(state.reviews_of(found.name))
    drawn = {each.item_id for sample in state.samples.get(found.name, ()) for each in items_of(desk, state, sample)}
    special = _special(items, reviews, drawn)
    wanted: set[ItemId] = set(items.ids)
    if only and only != "unqualified":
        wanted &= special[only]
    wanted &= _matching(desk, found, label=label, against=against, person=person, unqualified=only == "unqualified")
    chosen = [item for item in items.ids if item in wanted]
    return ItemPage(
        total=len(chosen),
        offset=offset,
        rows=_rows(desk, state, found, items, chosen[offset : offset + limit], special),
    )


def _special(items: Population, reviews: dict[ItemId, Review], drawn: set[ItemId]) -> dict[str, set[ItemId]]:
    return {
        "disputed": set(items.disputed),
        "drawn": drawn,
        "incorrect": {item for item, each in reviews.items() if each.verdict is not Verdict.CORRECT},
        "unsafe": {item for item, each in reviews.items() if illegal(each)},
        "gold-wrong": {item for item, answer in items.gold.items() if items.labels.get(item, answer) != answer},
    }


def _matching(desk: Desk, batch: Batch, *, label: str, against: str, person: str, unqualified: bool) -> set[ItemId]:
    """Items by their annotations; DuckDB looks at the frozen file."""
    from labelqa.reduce.duckdb import items_where

    path = desk.frozen.checked(frozen_of(batch).annotations)
    found = items_where(path, label=label, against=against, person=person, unqualified=unqualified)
    return set(map(ItemId, found))


def _rows(
    desk: Desk, state: State, batch: Batch, items: Population, chosen: Sequence[ItemId], special: dict[str, set[ItemId]]
) -> tuple[ItemRow, ...]:
    names, shown, now = shown_names(desk), contents(desk, batch, chosen), labels_of_record(desk, state, batch)
    votes, unqualified = _votes(desk, batch, chosen)
    reviews = current_reviews(state.reviews_of(batch.name))
    return tuple(
        ItemRow(
            item_id=item, content=shown[item], label=now[item].label if item in now else "",
            votes=tuple((who, names.get(who, who), said) for who, said in votes[item]), gold=items.gold.get(item, ""),
            verdict=reviews[item].verdict if item in reviews else None,
            correct_label=reviews[item].correct_label if item in reviews else "",
            flags=tuple(
                [name for name in ("disputed", "drawn", "unsafe", "gold-wrong") if item in special[name]]
                + (["unqualified"] if item in unqualified else [])
                + (["corrected"] if item in now and now[item].source is LabelSource.CORRECTED else [])
            ),
        )
        for item in chosen
    )  # fmt: skip


def _votes(
    desk: Desk, batch: Batch, chosen: Iterable[ItemId]
) -> tuple[dict[ItemId, list[tuple[PersonId, str]]], set[ItemId]]:
    import pyarrow as pa
    import pyarrow.compute as pc

    votes: dict[ItemId, list[tuple[PersonId, str]]] = {item: [] for item in chosen}
    table = desk.frozen.read(frozen_of(batch).annotations, ["item_id", "person", "label", "qualified"])
    table = table.filter(pc.is_in(table.column("item_id"), value_set=pa.array(list(votes), pa.string())))
    unqualified: set[ItemId] = set()
    for row in table.to_pylist():
        votes[row["item_id"]].append((PersonId(row["person"]), row["label"]))
        if row["qualified"] is False:
            unqualified.add(row["item_id"])
    return votes, unqualified

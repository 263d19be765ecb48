"""What others said of a drawn item, shown once every verdict that is due on it is in."""

from __future__ import annotations

from labelqa.errors import Refused
from labelqa.records.batch import Batch
from labelqa.records.names import ItemId, PersonId
from labelqa.records.review import Drawn, Review
from labelqa.records.reviewers import RevealedItem
from labelqa.workflows.content import contents
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.draws import items_of
from labelqa.workflows.population import frozen_of, population
from labelqa.workflows.reviewing.verdicts import known_kind
from labelqa.workflows.reviewing.work_sheets import shown_label
from labelqa.workflows.rulebooks import released_book
from labelqa.workflows.state import read_state, shown_names


def revealed_item(desk: Desk, sample: str, item: str) -> RevealedItem:
    """A drawn item with who labelled it how, its label of record and every verdict on it.

    Refused before the verdicts are in, the second verifier's too: until then nobody who judges it is to know.
    """
    state = read_state(desk)
    found = state.sample(sample)
    batch = state.batch(found.batch)
    drawn = next((each for each in items_of(desk, state, found) if each.item_id == item), None)
    if drawn is None:
        raise Refused("item {item} was not drawn in sample {sample}", item=item, sample=found.sample)
    reviews = tuple(each for each in state.reviews.get(found.sample, ()) if each.item_id == drawn.item_id)
    _refuse_early(drawn, reviews)
    items, names = population(desk, state, batch, found), shown_names(desk)
    label = items.labels.get(drawn.item_id, "")
    titles = {each.value: each.title.plain() for each in released_book(desk, batch.release).labels}
    return RevealedItem(
        sample=found.sample, item_id=drawn.item_id, content=contents(desk, batch, [drawn.item_id])[drawn.item_id],
        label=label, titles={
            lang: shown_label(label, {value: said[lang] for value, said in titles.items()}, known_kind(desk, batch))
            for lang in ("zh", "en")
        },
        gold=items.gold.get(drawn.item_id, ""),
        votes=tuple((who, names.get(who, who), said) for who, said in _votes(desk, batch, drawn.item_id)),
        reviews=reviews, names={each.reviewer: names.get(each.reviewer, each.reviewer) for each in reviews},
        comments={each.fact: desk.ledger.text_of(each.comment) or "" for each in reviews if each.comment},
    )  # fmt: skip


def _refuse_early(drawn: Drawn, reviews: tuple[Review, ...]) -> None:
    first = any(not each.second for each in reviews)
    second = drawn.second is None or any(each.second for each in reviews)
    if not (first and second):
        raise Refused(
            "item {item} still waits for a verdict: what others said of it is shown when every verdict is in",
            item=drawn.item_id,
        )


def _votes(desk: Desk, batch: Batch, item: ItemId) -> list[tuple[PersonId, str]]:
    """Who labelled the item how."""
    import pyarrow.compute as pc

    table = desk.frozen.read(frozen_of(batch).annotations, ["item_id", "person", "label"])
    table = table.filter(pc.equal(table.column("item_id"), item))
    return [(PersonId(row["person"]), row["label"]) for row in table.to_pylist()]

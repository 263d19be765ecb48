"""Whose label it was and when it was made: the first half of a correction's record, read from the frozen batch.

Where several annotators gave the label of record, the earliest of them stands as the original annotator, and all of
them are subjects of the fact. Nobody guesses a time: where the frozen batch has none, it must be said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from labelqa.batches.checks import Ruling
from labelqa.records.annotation import Origin
from labelqa.records.batch import Batch
from labelqa.records.corrections import Correction
from labelqa.records.names import ItemId, PersonId
from labelqa.workflows.desk import Desk
from labelqa.workflows.population import frozen_of

_COLUMNS: Final = ("item_id", "person", "editor", "label", "created_at", "origin")
_LAST: Final = datetime.max.replace(tzinfo=UTC)
BETWEEN: Final = " / "  # between the labels of an item that has none of record


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One frozen answer."""

    person: PersonId
    editor: PersonId | None
    label: str
    made_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The label that is to be corrected; ``made_at`` is None where nobody knows."""

    label: str
    annotator: PersonId
    made_at: datetime | None
    people: tuple[PersonId, ...]  # everybody with a hand in it


def answers(desk: Desk, batch: Batch, items: Collection[ItemId]) -> dict[ItemId, tuple[Answer, ...]]:
    """The frozen answers of people on some items; a model's answer has no vote and is no original."""
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted = pc.field("item_id").isin(pa.array(sorted(items), pa.string()))
    table = desk.frozen.read(frozen_of(batch).annotations, list(_COLUMNS), where=wanted)
    found: dict[ItemId, list[Answer]] = {}
    for row in table.to_pylist():
        if row["origin"] != Origin.MACHINE:
            found.setdefault(ItemId(row["item_id"]), []).append(
                Answer(person=row["person"], editor=row["editor"], label=row["label"], made_at=row["created_at"])
            )
    return {item: tuple(rows) for item, rows in found.items()}


def original_of(
    given: Iterable[Answer], label: str | None, *, ruling: Ruling | None = None, corrected: Correction | None = None
) -> Original:
    """Whose label of record it is: the earliest annotator who gave it; the arbitrator's where nobody had.

    ``label`` None: an arbitrator lets none stand, so all that were given are the original, the most frequent first,
    and the earliest annotator of all. ``corrected`` is the correction from which the label comes, if it does.
    """
    if corrected is not None:
        return Original(
            label=corrected.after, annotator=corrected.corrector, made_at=corrected.corrected_at,
            people=(corrected.corrector,),
        )  # fmt: skip
    rows = list(given)
    mine = [each for each in rows if label is None or each.label == label]
    if not mine and ruling is not None:
        return Original(label=ruling.label, annotator=ruling.arbitrator, made_at=ruling.at, people=(ruling.arbitrator,))
    mine = mine or rows
    mine.sort(key=lambda each: (each.made_at or _LAST, each.person))
    shown = BETWEEN.join(_by_votes(rows)) if label is None else label
    hands = dict.fromkeys(person for each in mine for person in (each.person, each.editor) if person)
    return Original(label=shown, annotator=mine[0].person, made_at=mine[0].made_at, people=tuple(hands))


def _by_votes(rows: Iterable[Answer]) -> list[str]:
    votes: Mapping[str, int] = Counter(each.label for each in rows)
    return sorted(votes, key=lambda label: (-votes[label], label))

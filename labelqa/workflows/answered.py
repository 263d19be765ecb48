"""What people answered, as labels, and the gold answers to the same items: what models of annotators rest on.

Models' answers are not among them, and answers that are no single labels are refused with the reason.
"""

from __future__ import annotations

from typing import Final

from labelqa.errors import InsufficientData
from labelqa.records.annotation import ControlKind
from labelqa.records.batch import Batch
from labelqa.records.reductions import Answers, Subset
from labelqa.workflows.coefficients import Manner
from labelqa.workflows.desk import Desk
from labelqa.workflows.population import frozen_of, population
from labelqa.workflows.state import State
from labelqa.workflows.subject import Subject, kind_of_batch

LABELS: Final = (ControlKind.CHOICE, ControlKind.RATING, ControlKind.PAIRWISE)


def label_answers(desk: Desk, batch: Batch) -> Answers:
    """What people answered, as labels; InsufficientData where the answers of the batch are no single labels."""
    kind = kind_of_batch(desk, batch)
    if kind not in LABELS:
        raise not_labels(kind)
    path, subset = desk.frozen.checked(frozen_of(batch).annotations), Subset(machine=False)
    if kind is ControlKind.CHOICE or not beyond_the_labels(desk, batch):
        return desk.reducer.answers(path, batch.labels, subset=subset)
    manner = Manner(confidence=desk.settings.confidence)
    return Subject(desk, batch, kind=kind, subset=subset, names=("percent-agreement",), manner=manner).answers


def beyond_the_labels(desk: Desk, batch: Batch) -> bool:
    """Whether some answers are not among the declared labels, as with ratings that were never declared."""
    tally = desk.reducer.tallies(desk.frozen.checked(frozen_of(batch).annotations), ("label_no",))
    return any(number == -1 for (number,) in tally.keys)


def not_labels(kind: ControlKind) -> InsufficientData:
    """The error of a batch whose answers are no single labels."""
    if kind is ControlKind.TEXT:
        return InsufficientData(
            "texts-not-labels",
            "the answers of this batch are texts, not labels: --model rover combines the transcripts of each item",
        )
    return InsufficientData(
        "not-single-labels",
        "the answers of this batch ({kind}) are not single labels, so no label can be the consensus of an item",
        kind=kind.value,
    )


def gold_numbers(desk: Desk, state: State, batch: Batch, labels: tuple[str, ...]) -> dict[int, int]:
    """The gold answers of a frozen batch: item number to label number."""
    numbers = desk.reducer.item_numbers(desk.frozen.checked(frozen_of(batch).annotations))
    known = {label: number for number, label in enumerate(labels)}
    gold = population(desk, state, batch).gold
    return {numbers[item]: known[label] for item, label in gold.items() if item in numbers and label in known}

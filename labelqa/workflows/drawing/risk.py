"""How likely each item of a frozen batch is wrong, by what is known before anybody checks it: a number from 0 to 1.

A score decides how often an item is drawn and nothing else: what is proven rests on the verdicts. All scores come from
the frozen batch, so that whoever has it works out the same ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from labelqa.errors import InsufficientData, Refused
from labelqa.intake import ItemContent
from labelqa.records.annotation import Origin
from labelqa.records.batch import Batch
from labelqa.records.names import ItemId
from labelqa.records.reductions import Floats
from labelqa.stats.behaviour import fast_answers
from labelqa.workflows.behaviour import timed_answers
from labelqa.workflows.consensus import Choice, opinion
from labelqa.workflows.desk import Desk
from labelqa.workflows.population import Population, frozen_of
from labelqa.workflows.select import item_record
from labelqa.workflows.state import State

DIGITS: Final = 6  # to which scores are rounded, so that every machine gets the same ones


def scores_of(desk: Desk, state: State, batch: Batch, people: Population, score: str) -> Floats:
    """One score for each item in the order of the frame, (items,).

    ``score`` is ``disagreement`` (share of the answers that differ from the label of record), ``posterior`` (chance by
    Dawid and Skene's model that the label of record is wrong), ``speed`` (share of the answers by people flagged as
    too fast), or a field with a probability of error such as ``data.p_wrong``. Raises Refused where a field holds no
    probability, and InsufficientData where a score cannot be known.
    """
    known: dict[str, Callable[[], Floats]] = {
        "disagreement": lambda: _disagreement(desk, batch, people),
        "posterior": lambda: _posterior(desk, state, batch, people),
        "speed": lambda: _speed(desk, batch, people),
    }
    found = known[score]() if score in known else _field(desk, batch, score)
    return found.round(DIGITS)


def _numbers(desk: Desk, batch: Batch, people: Population) -> dict[int, ItemId]:
    """The item's number in the file of annotations, and its id."""
    numbers = desk.reducer.item_numbers(desk.frozen.checked(frozen_of(batch).annotations))
    return {numbers[item]: item for item in people.ids if item in numbers}


def _shares(people: Population, hits: Mapping[ItemId, tuple[int, int]]) -> Floats:
    """Hits of all answers of each item; InsufficientData where an item has none."""
    if missing := [item for item in people.ids if item not in hits]:
        raise InsufficientData(
            "no-score", "item {item} has no answer of a person that could be scored; {n} are like it", item=missing[0],
            n=len(missing),
        )  # fmt: skip
    return np.array([hits[item][0] / hits[item][1] for item in people.ids], dtype=np.float64)


def _disagreement(desk: Desk, batch: Batch, people: Population) -> Floats:
    import pyarrow as pa
    import pyarrow.compute as pc

    table = desk.frozen.read(frozen_of(batch).annotations, ["item_id", "label", "origin"])
    machine = pc.fill_null(pc.equal(table.column("origin").cast(pa.string()), Origin.MACHINE.value), False)
    table = table.filter(pc.invert(machine))
    hits: dict[ItemId, tuple[int, int]] = {}
    for item, label in zip(table.column(0).to_pylist(), table.column(1).to_pylist(), strict=True):
        wrong, seen = hits.get(item, (0, 0))
        hits[item] = wrong + (label != people.labels.get(item)), seen + 1
    return _shares(people, hits)


def _posterior(desk: Desk, state: State, batch: Batch, people: Population) -> Floats:
    seen = opinion(desk, state, batch, Choice())
    numbers = _numbers(desk, batch, people)
    place = {label: at for at, label in enumerate(seen.consensus.classes)}
    right: dict[ItemId, float] = {}
    for number, row in zip(seen.consensus.item.tolist(), seen.consensus.posterior, strict=True):
        item = numbers[number]
        at = place.get(people.labels.get(item, ""))
        right[item] = 0.0 if at is None else float(row[at])
    if missing := [item for item in people.ids if item not in right]:
        raise InsufficientData(
            "no-score", "item {item} has no answer of a person that could be scored; {n} are like it", item=missing[0],
            n=len(missing),
        )  # fmt: skip
    wrong: Floats = np.array([1 - right[item] for item in people.ids], dtype=np.float64)
    return wrong.clip(0.0, 1.0)


def _speed(desk: Desk, batch: Batch, people: Population) -> Floats:
    timed = timed_answers(desk, batch)
    flagged = {each.annotator for each in fast_answers(timed.answers, timed.seconds) if each.flagged}
    numbers = _numbers(desk, batch, people)
    hits: dict[ItemId, tuple[int, int]] = {}
    for number, who in zip(timed.answers.item.tolist(), timed.answers.annotator.tolist(), strict=True):
        fast, seen = hits.get(numbers[number], (0, 0))
        hits[numbers[number]] = fast + (who in flagged), seen + 1
    return _shares(people, hits)


def _field(desk: Desk, batch: Batch, field: str) -> Floats:
    names = ["item_no", "item_id", "project", "task", "data", "meta"]
    table = desk.frozen.read(frozen_of(batch).items, names)
    found: list[float] = []
    for number, item, project, task, data, meta in zip(
        *(table.column(name).to_pylist() for name in names), strict=True
    ):
        content = ItemContent(
            item_no=number, item_id=item, project=project or "", task=task or "", data=data, meta=meta
        )
        said = item_record(content).get(field)
        try:
            value = float(str(said))
        except ValueError:
            value = -1.0
        if not 0 <= value <= 1:
            raise Refused(
                "{field} of item {item} is {said}, which is no probability of error: it is a number from 0 to 1",
                field=field, item=item, said="–" if said is None else said,
            )  # fmt: skip
        found.append(value)
    return np.array(found, dtype=np.float64)

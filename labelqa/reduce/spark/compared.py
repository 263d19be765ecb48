"""Distances by Spark: the same comparison as on one machine, run beside the rows, whole items at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import pyarrow as pa

from labelqa.records.reductions import Distance, Distances
from labelqa.reduce.chance import Selection
from labelqa.reduce.comparing import Compared, Comparer, distances_of
from labelqa.reduce.cuts import to_compare
from labelqa.reduce.spark.frame import in_order

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

Batches: TypeAlias = Iterable[pa.RecordBatch]
_SEEN: Final = "item int, annotator int, text string, answers bigint"
_COMPARED: Final = "kind int, item int, first int, second int, distance double, text string"
_PAIR, _CHANCE, _UNREADABLE = 0, 1, 2


def distances_by(frame: DataFrame, distance: Distance, *, seed: int, pool: int, exact_to: int) -> Distances:
    """What :class:`labelqa.reduce.protocol.Reducer` promises of ``distances``."""
    selection = Selection(seed=seed, size=pool, exact_to=exact_to)
    answers = in_order(frame)
    seen = answers.mapInArrow(_seeing(selection), _SEEN).toArrow()
    item, annotator, count = (seen.column(name).to_numpy() for name in ("item", "annotator", "answers"))
    selection.see(item, annotator, np.arange(len(item)), seen.column("text").to_pylist())
    selection.answers = int(count.sum())
    made_of = (distance, None if selection.exact else selection.pool())
    found = answers.mapInArrow(_comparing(made_of), _COMPARED).toArrow()
    return distances_of(list(_parts(found)), selection, Comparer(*made_of))


def _seeing(whole: Selection) -> Callable[[Batches], Iterator[pa.RecordBatch]]:
    def see(batches: Batches) -> Iterator[pa.RecordBatch]:
        selection = whole.another()
        for stretch in to_compare(batches):
            selection.see(stretch.item, stretch.annotator, stretch.code, stretch.texts)
        item, annotator, text = selection.kept()
        answers = np.zeros(len(item), dtype=np.int64)
        answers[:1] = selection.answers  # of this part, once
        columns = [pa.array(item, pa.int32()), pa.array(annotator, pa.int32()), pa.array(text, pa.string()), answers]
        yield pa.RecordBatch.from_arrays([*columns[:3], pa.array(answers)], ["item", "annotator", "text", "answers"])

    return see


def _comparing(made_of: tuple[Any, ...]) -> Callable[[Batches], Iterator[pa.RecordBatch]]:
    def compare(batches: Batches) -> Iterator[pa.RecordBatch]:
        comparer = Comparer(*made_of)
        for stretch in to_compare(batches):
            yield from _rows(comparer(stretch))

    return compare


def _rows(found: Compared) -> Iterator[pa.RecordBatch]:
    if found.unreadable:
        yield _batch(_UNREADABLE, [found.item], [found.unreadable], [0], [0.0], found.example)
    if found.pairs is not None:
        yield _batch(_PAIR, *found.pairs)
    if found.chance is not None:
        item, other, distance = found.chance
        yield _batch(_CHANCE, item, np.zeros(len(item), dtype=np.int32), other, distance)


def _batch(kind: int, item: Any, first: Any, second: Any, distance: Any, text: str | None = None) -> pa.RecordBatch:
    numbers = [pa.array(np.asarray(each), pa.int32()) for each in (np.full(len(item), kind), item, first, second)]
    columns = [*numbers, pa.array(distance, pa.float64()), pa.array([text] * len(item), pa.string())]
    return pa.RecordBatch.from_arrays(columns, ["kind", "item", "first", "second", "distance", "text"])


def _parts(found: pa.Table) -> Iterator[Compared]:
    """What the machines compared, in the order of the items; the rows of an item are together and in order."""
    kind, item, first, second, distance = (found.column(at).to_numpy() for at in range(5))
    for wrong in np.flatnonzero(kind == _UNREADABLE).tolist():
        text = found.column("text")[wrong].as_py()
        yield Compared(unreadable=int(first[wrong]), example=text, item=int(item[wrong]))
    pairs, chance = (_by_item(item, np.flatnonzero(kind == which)) for which in (_PAIR, _CHANCE))
    yield Compared(
        pairs=(item[pairs], first[pairs], second[pairs], distance[pairs]),
        chance=(item[chance], second[chance], distance[chance]),
    )


def _by_item(item: Any, places: Any) -> Any:
    return places[np.argsort(item[places], kind="stable")]

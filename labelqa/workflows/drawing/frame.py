"""The strata of a frozen batch and how often each item is drawn, written once and named by digest.

Strata are told by who labelled, the label of record, its safety code, the project, or a field of the items; small ones
are put together by a declared rule. Everything here follows from the frozen batch, its rulings and the plan, so that
whoever has these makes the same table.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from labelqa.errors import Refused
from labelqa.intake import ItemContent
from labelqa.records.annotation import Origin
from labelqa.records.batch import Batch
from labelqa.records.designs import Design, StratumSize
from labelqa.records.names import Digest, ItemId
from labelqa.records.reductions import Floats, Small
from labelqa.records.review import Plan
from labelqa.sampling import Measures
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.risk import scores_of
from labelqa.workflows.population import Population, frozen_of, labels_of_record, population
from labelqa.workflows.select import item_record
from labelqa.workflows.state import State

MEASURES: Final = (("item_id", "string"), ("stratum", "int32"), ("size", "double"), ("score", "double"))
BETWEEN: Final = " / "
OTHER: Final = "other"
NOTHING: Final = "-"  # stands for a value that an item does not have
_SAFETY: Final = re.compile(r"A\.?([1-5])(?![0-9])", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """The items of a frozen batch by stratum, with their size measures and what these were made from."""

    measures: Measures
    score: Floats | None  # (items,); None where the plan names no score
    strata: tuple[StratumSize, ...]  # none where the plan names none

    def columns(self) -> dict[str, list[Any]]:
        """What is written."""
        count = len(self.measures.items)
        return {
            "item_id": list(self.measures.items), "stratum": self.measures.stratum.tolist(),
            "size": self.measures.size.tolist(), "score": [None] * count if self.score is None else self.score.tolist(),
        }  # fmt: skip


def needs_frame(plan: Plan) -> bool:
    """Whether a plan draws by stratum or by size."""
    return bool(plan.terms.strata or plan.terms.score)


def frame_of(desk: Desk, state: State, batch: Batch, plan: Plan) -> Frame:
    """The strata and sizes that a plan asks for.

    Only an estimate draws by size: a stratified certificate rests on equal chances within each stratum, where a score
    says what is expected of it. Raises Refused where a stratum or a score cannot be told for this batch.
    """
    now = {item: each.label for item, each in labels_of_record(desk, state, batch).items()}
    people = replace(population(desk, state, batch), labels=now)  # a sample is drawn from the labels as they stand
    score = scores_of(desk, state, batch, people, plan.terms.score) if plan.terms.score else None
    names = merged(_names(desk, batch, people, plan.terms.strata), plan.terms.minimum)
    number = {name: at for at, name in enumerate(in_turn(names))}
    stratum = np.array([number[name] for name in names], dtype=np.int32)
    measures = Measures(people.ids, stratum, _sizes(plan, score, len(names)))
    strata = _strata(plan, list(number), stratum, score) if plan.terms.strata else ()
    return Frame(measures, score, strata)


def _sizes(plan: Plan, score: Floats | None, count: int) -> Floats:
    if score is None or plan.design is not Design.ESTIMATE:
        return np.ones(count)
    from labelqa.stats.strata import size_measure

    return size_measure(score, plan.terms.floor)


def _strata(plan: Plan, names: Sequence[str], stratum: Small, score: Floats | None) -> tuple[StratumSize, ...]:
    usual = round(1 - plan.expected, 10)
    return tuple(
        StratumSize(
            name=name, items=int((stratum == at).sum()),
            expected=usual if score is None else round(float(score[stratum == at].mean()), 6),
        )
        for at, name in enumerate(names)
    )  # fmt: skip


def in_turn(names: Sequence[str]) -> list[str]:
    """The strata in the order of their numbers: by code point, what was put together last.

    >>> in_turn(["b", "other", "a", "b"])
    ['a', 'b', 'other']
    """
    return sorted(set(names), key=lambda name: (name == OTHER, name))


def merged(names: Sequence[str], least: int) -> list[str]:
    """The stratum of each item, those of fewer than ``least`` items put together as ``other``.

    Where these together are still fewer, the smallest of the rest joins them, of equal ones the first by name.

    >>> merged(["a", "a", "b", "c", "c", "c"], 2)
    ['other', 'other', 'other', 'c', 'c', 'c']
    >>> merged(["a", "a", "b", "c", "d", "d"], 2)
    ['a', 'a', 'other', 'other', 'd', 'd']
    """
    sizes = Counter(names)
    ranked = sorted(sizes, key=lambda name: (name != OTHER, sizes[name], name))
    together: set[str] = set()
    held = 0
    for name in ranked:
        if name == OTHER or sizes[name] < least or 0 < held < least:
            together.add(name)
            held += sizes[name]
    return [OTHER if name in together else name for name in names]


def _names(desk: Desk, batch: Batch, people: Population, fields: Sequence[str]) -> list[str]:
    """Each item's stratum by these fields, in the order of the frame."""
    if not fields:
        return [""] * len(people.ids)
    told = [_values(desk, batch, people, field) for field in fields]
    return [BETWEEN.join(values) for values in zip(*told, strict=True)]


def _values(desk: Desk, batch: Batch, people: Population, field: str) -> Iterator[str]:
    known: dict[str, Callable[[], Iterator[str]]] = {
        "annotator": lambda: _annotators(desk, batch, people),
        "label": lambda: (people.labels.get(item, NOTHING) for item in people.ids),
        "risk": lambda: _risks(batch, people),
        "source": lambda: _fields(desk, batch, "project"),
    }
    return known[field]() if field in known else _fields(desk, batch, field)


def _annotators(desk: Desk, batch: Batch, people: Population) -> Iterator[str]:
    """Everybody who labelled an item, together where they are several."""
    table = desk.frozen.read(frozen_of(batch).annotations, ["item_id", "person", "origin"])
    hands: dict[ItemId, set[str]] = defaultdict(set)
    for item, person, origin in zip(*(table.column(name).to_pylist() for name in table.column_names), strict=True):
        if origin != Origin.MACHINE:
            hands[item].add(person)
    return ("+".join(sorted(hands[item])) or NOTHING for item in people.ids)


def safety_code(label: str) -> str:
    """The risk group that a label names, "" for none.

    >>> safety_code("A1"), safety_code("a.3c"), safety_code("safe"), safety_code("BA1")
    ('A.1', 'A.3', '', '')
    """
    found = _SAFETY.match(label)
    return f"A.{found[1]}" if found else ""


def _risks(batch: Batch, people: Population) -> Iterator[str]:
    if not any(safety_code(label) for label in (*batch.labels, *set(people.labels.values()))):
        raise Refused(
            "no label of batch {batch} names a safety risk (A.1 to A.5), so its items cannot be told apart by risk: "
            "plan other strata", batch=batch.name,
        )  # fmt: skip
    return (safety_code(people.labels.get(item, "")) or NOTHING for item in people.ids)


def _fields(desk: Desk, batch: Batch, field: str) -> Iterator[str]:
    names = ["item_no", "item_id", "project", "task", "data", "meta"]
    table = desk.frozen.read(frozen_of(batch).items, names)
    values = [
        str(item_record(ItemContent(item_no=at, item_id=item, project=project or "", task=task or "", data=data, meta=meta)).get(field, ""))
        for at, item, project, task, data, meta in zip(*(table.column(name).to_pylist() for name in names), strict=True)
    ]  # fmt: skip
    if not any(values):
        raise Refused("no item of batch {batch} has {field}: plan other strata", batch=batch.name, field=field)
    return (value or NOTHING for value in values)


def write_frame(desk: Desk, frame: Frame) -> Digest:
    """Write the table once."""
    return desk.frozen.write(MEASURES, frame.columns())


def read_frame(desk: Desk, digest: Digest) -> tuple[Measures, Floats]:
    """The measures as they were written, and the scores, NaN where there were none; Altered where the file is not what
    it was."""
    table = desk.frozen.read(digest, [name for name, _ in MEASURES])
    items, stratum, size, score = (table.column(name) for name, _ in MEASURES)
    measures = Measures(
        tuple(map(ItemId, items.to_pylist())), stratum.to_numpy().astype(np.int32), size.to_numpy().astype(np.float64)
    )
    return measures, score.to_numpy(zero_copy_only=False).astype(np.float64)


def chances_of(desk: Desk, digest: Digest, sizes: Sequence[int], items: Sequence[ItemId]) -> Mapping[ItemId, float]:
    """The chances of some items to be among so many of each stratum."""
    import pyarrow as pa
    import pyarrow.compute as pc

    table = desk.frozen.read(digest, ["item_id", "stratum", "size"])
    stratum, size = table.column("stratum").to_numpy(), table.column("size").to_numpy()
    chances = Measures((), stratum, size).chances(sizes)
    place = pc.index_in(pa.array(list(items), pa.string()), value_set=table.column("item_id").combine_chunks())
    return dict(zip(items, chances[place.to_numpy()].tolist(), strict=True))

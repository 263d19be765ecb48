"""What is measured: the answers of a frozen batch that count, of one kind, compared in one way.

What people answer on items that nobody began from a pre-label is what agreement is about. Models, and people who were
shown a model's suggestion, are measured as well, but apart: they never enter the headline.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from labelqa.errors import InsufficientData
from labelqa.records.annotation import ControlKind, Origin
from labelqa.records.batch import Batch, Freeze
from labelqa.records.estimate import Estimate, Figure
from labelqa.records.reductions import Answers, Distances, Subset
from labelqa.reduce.runs import once
from labelqa.stats.agreement.linearised import known
from labelqa.stats.kinds import default_distance, distance_named, kind_of
from labelqa.workflows.coefficients import SEED, Manner
from labelqa.workflows.desk import Desk
from labelqa.workflows.kinds import Measured, measured
from labelqa.workflows.population import frozen_of

if TYPE_CHECKING:
    import pyarrow as pa

LOOKED_AT: Final = 500  # stored answers from which the kind is told


def kind_of_batch(desk: Desk, batch: Batch) -> ControlKind:
    """Of which kind a frozen batch's answers are: as declared, else told from the answers.

    InsufficientData ``unclear-kind`` where that leaves it open.
    """
    if batch.answers:
        return ControlKind(batch.answers)
    digest = frozen_of(batch).annotations
    labelled = desk.reducer.tallies(desk.frozen.checked(digest), ("label_no",))
    if all(number is not None and number != -1 for (number,) in labelled.keys):
        return ControlKind.CHOICE
    texts = [text for text in desk.frozen.first(digest, "label", LOOKED_AT) if text is not None]
    try:
        return kind_of(texts, batch.labels)
    except InsufficientData as error:
        raise InsufficientData(
            error.reason,
            "{why}: `labelqa agreement {batch} --answers KIND` does, and `labelqa batch declare --answers KIND` for the next",
            batch=batch.name,
            why=error.message,
        ) from None


def counted(freeze: Freeze) -> Subset:
    """The answers that count: people's, on items that nobody began from a pre-label.

    Of a batch frozen before it was known where answers came from, all of them.
    """
    return Subset(
        machine=False if freeze.origins.get(Origin.MACHINE) else None,
        prelabelled=False if freeze.items_prelabelled else None,
    )


def all_prelabelled(freeze: Freeze) -> InsufficientData | None:
    """The error of a batch in which every item was begun from a pre-label; None for any other."""
    if not freeze.items_prelabelled or freeze.items_prelabelled < freeze.n_items:
        return None
    return InsufficientData(
        "all-prelabelled",
        "every item of this batch was begun from a pre-label, so how far people agree on their own is not known",
    )


class Subject:
    """Some answers of a frozen batch; what is read of them is read once, and only when it is asked for."""

    def __init__(
        self,
        desk: Desk,
        batch: Batch,
        *,
        kind: ControlKind,
        subset: Subset,
        names: Sequence[str],
        distance: str = "",
        manner: Manner,
    ) -> None:
        self.desk, self.batch, self.freeze = desk, batch, frozen_of(batch)
        self.kind, self.subset, self.names = kind, subset, tuple(names)
        self.distance, self.manner = distance, manner
        self.path = desk.frozen.checked(self.freeze.annotations)
        self.held: dict[str, Any] = {}  # what other rooms worked out about these answers

    def part(self, subset: Subset, names: Sequence[str]) -> Subject:
        """Other answers of the same batch, measured in the same way."""
        return Subject(
            self.desk, self.batch, kind=self.kind, subset=subset, names=names, distance=self.distance,
            manner=self.manner,
        )  # fmt: skip

    @cached_property
    def measured(self) -> Measured:
        """The coefficients that the engine's small tables give."""
        return measured(
            self.desk.reducer, self.path, self.batch.labels, kind=self.kind, distance=self.distance,
            subset=self.subset, names=self.names, manner=self.manner,
        )  # fmt: skip

    @cached_property
    def answers(self) -> Answers:
        """Who said what of which item, the distinct answers as labels (declared ones first where they are labels)."""
        if self.kind is ControlKind.CHOICE:
            return self.desk.reducer.answers(self.path, self.batch.labels, subset=self.subset)
        patterns = self.measured.patterns
        return coded(self.rows(), patterns.labels if patterns is not None else ())

    @cached_property
    def distances(self) -> Distances:
        """Answers compared pair by pair, also where they can be counted."""
        if self.measured.distances is not None:
            return self.measured.distances
        labels = self.batch.labels
        chosen = distance_named(self.distance, labels) if self.distance else default_distance(self.kind, labels)
        return self.desk.reducer.distances(self.path, chosen, subset=self.subset, seed=SEED)

    @cached_property
    def item_ids(self) -> Mapping[int, str]:
        """The id of each item number."""
        table = self.desk.frozen.read(self.freeze.items, ["item_no", "item_id"])
        return dict(zip(table.column(0).to_pylist(), table.column(1).to_pylist(), strict=True))

    def figure(self, estimate: Callable[[], Estimate]) -> Figure:
        """An estimate about these answers, or why it is unknown."""
        return known(estimate, n=self.measured.items_with_pairs)

    def rows(self, *more: str) -> pa.Table:
        """Item, annotator and answer of the rows that count, and ``more`` columns, in the order of the file."""
        import pyarrow.compute as pc

        conditions: list[tuple[str, Any]] = [
            ("origin", self.subset.machine), ("prelabelled", self.subset.prelabelled), ("week", self.subset.weeks),
            ("item_no", self.subset.items),
        ]  # fmt: skip
        asked = [(column, wanted) for column, wanted in conditions if wanted is not None]
        columns = dict.fromkeys(["item_no", "annotator_no", "label", *more, *(column for column, _ in asked)])
        table = self.desk.frozen.read(self.freeze.annotations, list(columns))
        for column, wanted in asked:
            table = table.filter(_meets(table.column(column), column, wanted))
        return table.filter(pc.is_valid(table.column("label"))).select(["item_no", "annotator_no", "label", *more])


def _meets(column: Any, name: str, wanted: Any) -> Any:
    """Which rows of a column meet one condition of a subset."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if name == "origin":
        return pc.equal(pc.fill_null(pc.equal(column.cast(pa.string()), Origin.MACHINE.value), False), wanted)
    if name == "prelabelled":
        return pc.equal(pc.fill_null(column, False), wanted)
    if name == "week":
        return pc.is_in(column.cast(pa.string()), value_set=pa.array(sorted(wanted), pa.string()))
    return pc.is_in(column, value_set=pa.array(sorted(wanted), column.type))


def coded(table: pa.Table, labels: Sequence[str] = ()) -> Answers:
    """Each annotator's first answer for each item, as places in ``labels`` and then whatever else was said."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = table.column("label").cast(pa.string())
    said = sorted(set(pc.unique(texts).to_pylist()) - set(labels))
    every = (*labels, *said)
    code = pc.index_in(texts, value_set=pa.array(every, pa.string())).to_numpy().astype(np.int32)
    columns = tuple(table.column(name).to_numpy().astype(np.int32) for name in ("item_no", "annotator_no"))
    item, annotator, label = once((*columns, code)) if len(code) else (*columns, code)
    return Answers(labels=every, item=item, annotator=annotator, label=label)

"""The reference engine: one row after the other, slow and obvious. The fast engines are tested against it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from labelqa.records.reductions import EVERYTHING, AnnotatorTally, Key, Matched, PairTable, Patterns, Subset, Tally
from labelqa.reduce.protocol import checked_columns, not_choices

if TYPE_CHECKING:
    import pyarrow as pa

Row: TypeAlias = Mapping[str, Any]
Rows: TypeAlias = "str | Path | pa.Table | Iterable[Row]"


def rows(source: Rows, subset: Subset = EVERYTHING) -> Iterator[Row]:
    """The rows of a source that are in the subset, in their order."""
    if isinstance(source, str | Path):
        import pyarrow.parquet as pq

        source = pq.read_table(source)
    listed: Iterable[Row] = source.to_pylist() if hasattr(source, "to_pylist") else source
    for row in listed:
        if (
            (subset.qualified is None or row["qualified"] == subset.qualified)
            and (subset.weeks is None or row["week"] in subset.weeks)
            and (subset.annotators is None or row["annotator_no"] in subset.annotators)
            and (subset.items is None or row["item_no"] in subset.items)
        ):
            yield row


def labelled(source: Rows, labels: Sequence[str], subset: Subset) -> list[Row]:
    """The rows that carry a label of the declared set."""
    present = [row for row in rows(source, subset) if row["label"] is not None]
    if outside := [row for row in present if row["label_no"] is None or row["label_no"] < 0]:
        raise not_choices(len(outside))
    if any(row["label_no"] >= len(labels) for row in present):
        raise ValueError(f"a label_no is beyond the {len(labels)} declared labels")
    return present


def _first_answers(present: Iterable[Row]) -> dict[int, dict[int, Row]]:
    """Item → annotator → that annotator's first row."""
    items: dict[int, dict[int, Row]] = defaultdict(dict)
    for row in present:
        items[row["item_no"]].setdefault(row["annotator_no"], row)
    return items


def _clear_majority(votes: Iterable[int]) -> int | None:
    """The label with more votes than any other, if there is one."""
    ranked = Counter(votes).most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return None
    return ranked[0][0]


def _columns(cells: Mapping[tuple[int, ...], int], width: int) -> tuple[Any, ...]:
    """Cells in rising order as ``width`` arrays and the array of counts."""
    keys = sorted(cells)
    matrix = np.array(keys, dtype=np.int64).reshape(-1, width)
    return (*(matrix[:, i].copy() for i in range(width)), np.array([cells[key] for key in keys], dtype=np.int64))


def _matched(pairs: Iterable[tuple[Row, int]], labels: Sequence[str]) -> Matched:
    found = Counter((row["annotator_no"], row["week"] or "", row["label_no"], reference) for row, reference in pairs)
    weeks = tuple(sorted({key[1] for key in found}))
    cells: dict[tuple[int, ...], int] = {
        (who, weeks.index(week), own, reference): n for (who, week, own, reference), n in found.items()
    }
    annotator, week, label, reference, count = _columns(cells, 4)
    return Matched(
        labels=tuple(labels), weeks=weeks, annotator=annotator, week=week, label=label, reference=reference, count=count
    )


class PythonReducer:
    """Counts in plain Python; also takes any iterable of rows."""

    def patterns(self, source: Rows, labels: Sequence[str], *, subset: Subset = EVERYTHING) -> Patterns:
        items: dict[int, list[int]] = defaultdict(lambda: [0] * len(labels))
        for item, answers in _first_answers(labelled(source, labels, subset)).items():
            for row in answers.values():
                items[item][row["label_no"]] += 1
        return Patterns.of(list(items.values()), tuple(labels))

    def contingency(self, source: Rows, labels: Sequence[str], *, subset: Subset = EVERYTHING) -> PairTable:
        cells: Counter[tuple[int, ...]] = Counter()
        for answers in _first_answers(labelled(source, labels, subset)).values():
            for one, other in combinations(sorted(answers), 2):
                cells[one, other, answers[one]["label_no"], answers[other]["label_no"]] += 1
        first, second, first_label, second_label, count = _columns(cells, 4)
        return PairTable(
            labels=tuple(labels),
            first=first,
            second=second,
            first_label=first_label,
            second_label=second_label,
            count=count,
        )

    def agreement(
        self, source: Rows, labels: Sequence[str], *, subset: Subset = EVERYTHING
    ) -> tuple[Patterns, PairTable]:
        held = list(rows(source))
        return self.patterns(held, labels, subset=subset), self.contingency(held, labels, subset=subset)

    def people(self, source: Rows) -> tuple[str, ...]:
        return tuple(each.person for each in self.annotators(source))

    def tallies(self, source: Rows, by: Sequence[str], *, subset: Subset = EVERYTHING) -> Tally:
        by = checked_columns(by)
        found: Counter[Key] = Counter(tuple(row[column] for column in by) for row in rows(source, subset))
        keys = sorted(found, key=lambda key: [(part is not None, part) for part in key])
        return Tally(by=tuple(by), keys=tuple(keys), counts=tuple(found[key] for key in keys))

    def against_reference(
        self, source: Rows, labels: Sequence[str], reference: Mapping[int, int], *, subset: Subset = EVERYTHING
    ) -> Matched:
        if any(not 0 <= label < len(labels) for label in reference.values()):
            raise ValueError(f"a reference label is beyond the {len(labels)} declared labels")
        present = labelled(source, labels, subset)
        return _matched(((row, reference[row["item_no"]]) for row in present if row["item_no"] in reference), labels)

    def leave_one_out(self, source: Rows, labels: Sequence[str], *, subset: Subset = EVERYTHING) -> Matched:
        pairs = []
        for answers in _first_answers(labelled(source, labels, subset)).values():
            for who, row in answers.items():
                majority = _clear_majority(other["label_no"] for name, other in answers.items() if name != who)
                if majority is not None:
                    pairs.append((row, majority))
        return _matched(pairs, labels)

    def annotators(self, source: Rows, *, subset: Subset = EVERYTHING) -> tuple[AnnotatorTally, ...]:
        work: dict[int, list[Row]] = defaultdict(list)
        for row in rows(source, subset):
            work[row["annotator_no"]].append(row)
        return tuple(_annotator(number, mine) for number, mine in sorted(work.items()))

    def item_numbers(self, source: Rows) -> dict[str, int]:
        return {row["item_id"]: row["item_no"] for row in rows(source)}


def _annotator(number: int, mine: Sequence[Row]) -> AnnotatorTally:
    times = [row["seconds"] for row in mine if row["seconds"] is not None]
    return AnnotatorTally(
        annotator=number,
        person=mine[0]["person"],
        annotations=len(mine),
        items=len({row["item_no"] for row in mine}),
        median_seconds=float(median(times)) if times else None,
        unqualified=sum(not row["qualified"] for row in mine),
    )

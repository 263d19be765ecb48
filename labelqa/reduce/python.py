"""The reference engine: one row after the other, slow and obvious. The fast engines are tested against it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from labelqa.records.reductions import (
    EVERYTHING,
    AnnotatorTally,
    Answers,
    Distance,
    Distances,
    Floats,
    Key,
    Matched,
    PairTable,
    Patterns,
    Subset,
    Tally,
)
from labelqa.records.review import Ticket
from labelqa.reduce.chance import EXACT, PARTNER, PLACE, POOL, drawn_plainly
from labelqa.reduce.comparing import not_readable
from labelqa.reduce.draws import tickets_plainly
from labelqa.reduce.protocol import LIMIT, checked_columns, not_choices, too_many_values

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
            and (subset.machine is None or (row.get("origin") == "machine") == subset.machine)
            and (subset.prelabelled is None or bool(row.get("prelabelled")) == subset.prelabelled)
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


def _said(source: Rows, subset: Subset) -> dict[int, dict[int, str]]:
    """Item → annotator → the text of that annotator's first answer, by rising numbers."""
    items = _first_answers(row for row in rows(source, subset) if row["label"] is not None)
    return {item: {who: items[item][who]["label"] for who in sorted(items[item])} for item in sorted(items)}


def _partners(asked: list[tuple[int, int]], seed: int, pool: int) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Each answer (item, annotator), and the one it is compared with for chance."""
    ranked = sorted(asked, key=lambda each: (drawn_plainly(*each, seed=seed, purpose=PLACE), each))[:pool]
    found = []
    for each in asked:
        at = drawn_plainly(*each, seed=seed, purpose=PARTNER) % len(ranked)
        found.append((each, ranked[at] if ranked[at] != each else ranked[(at + 1) % len(ranked)]))
    return found


def _numbers(pairs: Iterable[tuple[Any, ...]], width: int) -> list[Any]:
    return list(np.array(list(pairs), dtype=np.int32).reshape(-1, width).T.copy())


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
        found = Counter(map(tuple, items.values()))
        counts = np.array(sorted(found), dtype=np.int32).reshape(len(found), len(labels))
        weight = np.array([found[key] for key in sorted(found)], dtype=np.int64)
        return Patterns(labels=tuple(labels), counts=counts, weight=weight)

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

    def answers(self, source: Rows, labels: Sequence[str], *, subset: Subset = EVERYTHING) -> Answers:
        found = [
            (item, who, answers[who]["label_no"])
            for item, answers in sorted(_first_answers(labelled(source, labels, subset)).items())
            for who in sorted(answers)
        ]
        item, annotator, label = _numbers(found, 3)
        return Answers(labels=tuple(labels), item=item, annotator=annotator, label=label)

    def answered(self, source: Rows, *, subset: Subset = EVERYTHING, limit: int = LIMIT) -> Patterns:
        held, texts = _numbered(source, subset, limit)
        return self.patterns(held, texts)

    def answered_pairs(self, source: Rows, *, subset: Subset = EVERYTHING, limit: int = LIMIT) -> PairTable:
        held, texts = _numbered(source, subset, limit)
        return self.contingency(held, texts)

    def distances(
        self,
        source: Rows,
        distance: Distance,
        *,
        subset: Subset = EVERYTHING,
        seed: int = 0,
        pool: int = POOL,
        exact_to: int = EXACT,
    ) -> Distances:
        if pool < 2:
            raise ValueError(f"a pool has 2 answers or more, not {pool}")
        said = {item: answers for item, answers in _said(source, subset).items() if len(answers) >= 2}
        asked = [(item, who) for item, answers in said.items() for who in answers]
        values = _values(distance, [said[item][who] for item, who in asked])
        read = dict(zip(asked, values, strict=True))
        pairs = [(item, *two) for item, answers in said.items() for two in combinations(answers, 2)]
        chance = _partners(asked, seed, pool) if len(asked) > exact_to else list(combinations(asked, 2))
        item, first, second = _numbers(pairs, 3)
        ones, others = _numbers(((one[0], other[0]) for one, other in chance), 2)
        return Distances(
            item=item,
            first=first,
            second=second,
            distance=_between(distance, [(read[at, one], read[at, other]) for at, one, other in pairs]),
            chance_first=ones,
            chance_second=others,
            chance=_between(distance, [(read[one], read[other]) for one, other in chance]),
            answers=len(asked),
            exact=len(asked) <= exact_to,
        )

    def people(self, source: Rows) -> tuple[str, ...]:
        return tuple(each.person for each in self.annotators(source))

    def tallies(self, source: Rows, by: Sequence[str], *, subset: Subset = EVERYTHING) -> Tally:
        by = checked_columns(by)
        found: Counter[Key] = Counter(tuple(row.get(column) for column in by) for row in rows(source, subset))
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

    def tickets(
        self, source: Rows, seed: str, n: Sequence[int], *, stratum: str = "", size: str = ""
    ) -> tuple[Ticket, ...]:
        return tickets_plainly(rows(source), seed, n, stratum, size)

    def close(self) -> None:
        """Nothing to let go of."""


def _numbered(source: Rows, subset: Subset, limit: int) -> tuple[list[Row], list[str]]:
    """The rows with the place of their text among all texts that occur as their label."""
    held = list(rows(source, subset))
    texts = sorted({row["label"] for row in held} - {None})
    if len(texts) > limit:
        raise too_many_values(limit)
    number = {text: at for at, text in enumerate(texts)}
    return [{**row, "label_no": number.get(row["label"])} for row in held], texts


def _values(distance: Distance, texts: Sequence[str]) -> list[Any]:
    """The texts as the distance reads them."""
    values, bad = [], []
    for text in texts:
        try:
            values.append(distance.read(text))
        except ValueError:
            bad.append(text)
    if bad:
        raise not_readable(len(bad), bad[0])
    return values


def _between(distance: Distance, pairs: Sequence[tuple[Any, Any]]) -> Floats:
    """One pair after the other, so that nothing depends on what else is compared."""
    return np.array([distance.between([one], [other])[0] for one, other in pairs], dtype=np.float64)


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

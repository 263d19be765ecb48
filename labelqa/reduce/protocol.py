"""What every engine promises, so that a number never depends on the machine it was counted with.

A source is a frozen batch: the path of its Parquet file, or the same table in memory, sorted by ``item_no`` and then
``annotator_no``. A row whose label is missing (``label`` null) counts in nothing that is about labels. A batch whose
answers are no choices (``label`` present, ``label_no`` -1) raises InsufficientData ``not-choices``. A ``label_no``
beyond the declared labels is the caller's mistake: ValueError.

Answers that are no choices are counted as the texts they are stored as (``answered``), or compared by a distance.
Of several answers of one annotator for an item the first in the file is taken, unless a reduction says otherwise.
In a batch that was frozen without saying where answers came from, all are people's and no item is pre-labelled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from labelqa.errors import InsufficientData
from labelqa.records.reductions import (
    EVERYTHING,
    AnnotatorTally,
    Answers,
    Distance,
    Distances,
    Matched,
    PairTable,
    Patterns,
    Subset,
    Tally,
)
from labelqa.records.review import Ticket
from labelqa.reduce.chance import EXACT, POOL

if TYPE_CHECKING:
    import pyarrow as pa

Source: TypeAlias = "str | Path | pa.Table"
TALLY_COLUMNS: Final = ("annotator_no", "person", "label_no", "label", "week", "qualified", "origin", "prelabelled")
LIMIT: Final = 2000  # distinct answers that are still told apart one by one


class Reducer(Protocol):
    """An engine that counts."""

    def patterns(self, source: Source, labels: Sequence[str], *, subset: Subset = EVERYTHING) -> Patterns:
        """Items by their label counts, of several answers of one annotator the first: repeats are no agreement."""
        ...

    def contingency(self, source: Source, labels: Sequence[str], *, subset: Subset = EVERYTHING) -> PairTable:
        """Label × label counts for every two annotators who share an item."""
        ...

    def agreement(
        self, source: Source, labels: Sequence[str], *, subset: Subset = EVERYTHING
    ) -> tuple[Patterns, PairTable]:
        """Patterns and contingency in one reading of the file."""
        ...

    def answers(self, source: Source, labels: Sequence[str], *, subset: Subset = EVERYTHING) -> Answers:
        """Who gave which label to which item, one row an item and annotator; as long as the batch itself."""
        ...

    def answered(self, source: Source, *, subset: Subset = EVERYTHING, limit: int = LIMIT) -> Patterns:
        """Items by their counts of answers of any kind: ``labels`` are the stored texts that occur, by code point.

        Raises InsufficientData ``too-many-values`` where more than ``limit`` different ones occur.
        """
        ...

    def answered_pairs(self, source: Source, *, subset: Subset = EVERYTHING, limit: int = LIMIT) -> PairTable:
        """Answer × answer counts for every two annotators who share an item, over the texts of ``answered``."""
        ...

    def distances(
        self,
        source: Source,
        distance: Distance,
        *,
        subset: Subset = EVERYTHING,
        seed: int = 0,
        pool: int = POOL,
        exact_to: int = EXACT,
    ) -> Distances:
        """How far the answers to one item lie apart, and how far answers lie apart by chance.

        By chance every two answers are compared where there are ``exact_to`` or fewer, else each with one of a
        ``pool`` (:mod:`labelqa.reduce.chance`). Raises InsufficientData ``not-readable`` where ``distance`` cannot
        read an answer.
        """
        ...

    def people(self, source: Source) -> tuple[str, ...]:
        """The annotators' pseudonyms, by ``annotator_no``."""
        ...

    def tallies(self, source: Source, by: Sequence[str], *, subset: Subset = EVERYTHING) -> Tally:
        """Rows counted by any of TALLY_COLUMNS; a column that an older batch does not have holds nothing."""
        ...

    def against_reference(
        self, source: Source, labels: Sequence[str], reference: Mapping[int, int], *, subset: Subset = EVERYTHING
    ) -> Matched:
        """Every annotation of an item in ``reference`` (``item_no`` → ``label_no``) beside its reference label."""
        ...

    def leave_one_out(self, source: Source, labels: Sequence[str], *, subset: Subset = EVERYTHING) -> Matched:
        """Every annotation beside the label most of the item's *other* annotators gave; not counted where they tie."""
        ...

    def annotators(self, source: Source, *, subset: Subset = EVERYTHING) -> tuple[AnnotatorTally, ...]:
        """Each annotator's amount of work, by rising ``annotator_no``."""
        ...

    def item_numbers(self, source: Source) -> dict[str, int]:
        """``item_id`` → ``item_no``."""
        ...

    def tickets(
        self, source: Source, seed: str, n: Sequence[int], *, stratum: str = "", size: str = ""
    ) -> tuple[Ticket, ...]:
        """Of a table of items (``item_id``) the n of each stratum that a seed draws, stratum after stratum.

        ``stratum`` and ``size`` are columns of the table: the number of an item's stratum, an index into ``n``, and its
        size measure; without them there is one stratum, and all have the same chance. Within a stratum they come in
        the order of u/p, then of the ticket, then of the id; where a stratum has fewer than n items, all of them.
        """
        ...

    def close(self) -> None:
        """Let go of what the engine holds; it can be used again, and begins anew."""
        ...


def not_choices(count: int) -> InsufficientData:
    """The error of a batch whose answers are not labels of the declared set."""
    return InsufficientData(
        "not-choices",
        "{count} answers of this batch are not labels of its declared set, so this number is not defined for them",
        count=count,
    )


def too_many_values(limit: int) -> InsufficientData:
    """The error of a batch with more different answers than can be told apart one by one."""
    return InsufficientData(
        "too-many-values",
        "there are more than {limit} different answers in this batch: compare them by a distance instead",
        limit=limit,
    )


def checked_columns(by: Sequence[str]) -> tuple[str, ...]:
    """``by`` when each is a column that can be tallied; ValueError otherwise."""
    if unknown := [column for column in by if column not in TALLY_COLUMNS]:
        raise ValueError(f"cannot tally by {unknown[0]!r}; columns are {', '.join(TALLY_COLUMNS)}")
    return tuple(by)

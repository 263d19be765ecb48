"""Where disagreement comes from: which annotator, which item."""

from __future__ import annotations

from dataclasses import dataclass

from labelqa.records.estimate import Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatorInfluence:
    """The agreement of all others without this annotator, and how much higher it is than with everybody.

    ``change`` is None where one of the two cannot be known; above 0, agreement gains without this annotator.
    """

    annotator: str
    without: Figure
    change: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDisagreement:
    """How its annotators differ on one item, by its number in the frozen batch.

    ``entropy`` of its labels in bits, 0 where all are one; ``disagreement``: the share of its pairs of annotations that
    differ, or what their weights lack of full agreement; ``labels`` with how often each was given, the most frequent
    first.
    """

    item: int
    annotations: int
    entropy: float
    disagreement: float
    labels: tuple[tuple[str, int], ...]

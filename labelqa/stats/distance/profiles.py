"""Label Studio Enterprise's way of scoring agreement, for teams that compare with numbers they had there.

It gives raw agreement, not corrected for chance. The rules are those of its built-in metrics reference and of its page
on task agreement (label-studio, docs/source/guide/agreement_metrics.md and stats.md, commit d5fa4369):

- neither annotator answered: 1; one of them did: 0;
- Choices, Taxonomy, Pairwise: the same answer or not; the order of several choices counts;
- several choices by Jaccard: 3 and 3 topics, 2 of them shared, score 0.50;
- Number, Rating: 1 / (1 + difference), so 4 and 5 stars score 0.50, and 30 and 35 years 0.17;
- TextArea: 1 - edits / longer, line by line ("hello" and "world": 0.20); a line too many scores 0;
- regions: intersection over union where the labels agree, each region by its best match in the other answer, both ways.
  Spans at 0-14 and 41-47 beside 4-14 and 41-58 score 0.53; boxes 100 wide and 80 high, shifted by 20, score 0.67; that
  and a second pair of 0.85 score 0.76;
- pairwise is the mean over pairs of annotators, consensus the share of annotators who gave the most common answer. Two
  of three agree: 33 % and 66 %; three different answers: 0 % and 33 %;
- overall is the weighted mean over controls.

Where those pages contradict their own rules, the rule is followed. The overall example (83 % with weight 1.0, 33 % with
0.3, 33 % with 0.2) is printed as 60.67 %, but its own formula gives 66.33 %; "123 Main St" beside "123 Main Street" is
printed as about 0.81, but 4 edits in 15 characters leave 0.73, and "The cat sat on the mat" beside "A dog lay on the
rug" as about 0.43, but 11 edits in 22 leave 0.50; an overview says 0 % consensus for three different
answers where the worked example says 33 %; and where one annotator matches two who do not match each other, 80.47 % is
printed without a rule: here that is 2 of 3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from labelqa.errors import InsufficientData
from labelqa.records.annotation import ControlKind
from labelqa.records.reductions import Distance, Floats
from labelqa.stats.distance.numbers import Absolute
from labelqa.stats.distance.sets import Exact
from labelqa.stats.distance.stored import each_distinct, number
from labelqa.stats.distance.text import EditDistance, TextRules, read_lines

TEXT_THRESHOLD: Final = 0.85  # its default for texts; 0.5 for everything else
THRESHOLD: Final = 0.5
_AS_WRITTEN: Final = EditDistance(rules=TextRules(width=False, space=False))


def best_match_average(scores: npt.ArrayLike) -> float:
    """Mean over all regions of both answers of the best score with a region of the other: from (ones, others) scores.

    Two answers without regions score 1, one without beside one with some 0. One region may be the best of several.

    >>> round(best_match_average([[10 / 14, 0], [0, 6 / 17]]), 2)
    0.53
    """
    table = np.asarray(scores, dtype=np.float64)
    if table.ndim != 2:
        raise ValueError(f"scores must be (ones, others), not {table.shape}")
    if not table.size:
        return float(table.shape == (0, 0))
    best = np.concatenate([table.max(axis=1), table.max(axis=0)])
    return float(best.mean())


def _square(table: npt.ArrayLike) -> Floats:
    square = np.asarray(table, dtype=np.float64)
    if square.ndim != 2 or square.shape[0] != square.shape[1] or not np.array_equal(square, square.T):
        raise ValueError(f"scores of annotators must be symmetric, (annotators, annotators), not {square.shape}")
    if len(square) < 2:
        raise InsufficientData("one-annotator", "agreement is between annotators, and here there are fewer than two")
    return square


def pairwise_score(scores: npt.ArrayLike) -> float:
    """Mean score over all pairs of annotators of one item, from a symmetric (annotators, annotators) table.

    >>> round(pairwise_score([[1, 1, 0], [1, 1, 0], [0, 0, 1]]), 2)
    0.33
    """
    square = _square(scores)
    return float(square[np.triu_indices(len(square), 1)].mean())


def consensus_score(scores: npt.ArrayLike, *, threshold: float = 1.0) -> float:
    """Share of annotators in the largest group of whom every two score ``threshold`` or more with each other.

    >>> round(consensus_score([[1, 0.53, 0.24], [0.53, 1, 0.45], [0.24, 0.45, 1]], threshold=0.5), 2)
    0.67
    """
    square = _square(scores)
    match = square >= threshold
    beside = [{j for j in range(len(square)) if j != i and match[i, j]} for i in range(len(square))]
    return _largest(set(range(len(square))), beside) / len(square)


def _largest(open_: set[int], beside: Sequence[set[int]]) -> int:
    """Members of the largest group within ``open_`` of whom every two are beside each other (Bron and Kerbosch 1973)."""
    best = 0
    left = set(open_)
    if not left:
        return 0
    pivot = max(left, key=lambda each: len(left & beside[each]))
    for each in sorted(left - beside[pivot]):  # the pivot or somebody not beside it is in every largest group
        best = max(best, 1 + _largest(left & beside[each], beside))
        left.discard(each)
    return best


def overall_score(scores: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Mean of the controls' scores by their weights; a control without a weight counts as 1.

    >>> round(overall_score({"box": 0.83, "mood": 0.33, "stars": 0.33}, {"box": 1.0, "mood": 0.3, "stars": 0.2}), 4)
    0.6633
    """
    if strange := sorted(set(weights) - set(scores)):
        raise ValueError(f"weights are given for {', '.join(strange)}, which have no score")
    weight = [weights.get(control, 1.0) for control in scores]
    if not scores or min(weight) < 0 or not sum(weight):
        raise ValueError("an overall score needs scores, and weights of 0 or more that are not all 0")
    return float(np.average(list(scores.values()), weights=weight))


@dataclass(frozen=True, slots=True, kw_only=True)
class NumericDifference:
    """1 - 1 / (1 + difference): half for ratings one step apart.

    >>> NumericDifference().between([4.0, 5.0], [5.0, 3.0]).round(2)
    array([0.5 , 0.67])
    """

    def read(self, text: str) -> float:
        """The number of a stored answer; ValueError where it says none."""
        return number(text)

    def between(self, ones: Sequence[float], others: Sequence[float]) -> Floats:
        """The distance of each pair: (pairs,)."""
        return np.asarray(1 - 1 / (1 + Absolute().between(ones, others)))


def _lines(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    longer = max(len(one), len(other))
    if not longer:
        return 0.0
    shared = min(len(one), len(other))
    apart = _AS_WRITTEN.between(one[:shared], other[:shared]).sum() if shared else 0.0
    return float(apart + longer - shared) / longer


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDistance:
    """Edits over the longer text, line by line in order, averaged; a line that only one has counts 1.

    >>> text = LineDistance()
    >>> text.between([text.read("hello")], [text.read("world")])
    array([0.8])
    """

    def read(self, text: str) -> tuple[str, ...]:
        """The lines of a stored answer as they were written."""
        return read_lines(text)

    def between(self, ones: Sequence[tuple[str, ...]], others: Sequence[tuple[str, ...]]) -> Floats:
        """The distance of each pair: (pairs,)."""
        return each_distinct(ones, others, _lines)


def lse_distance(kind: ControlKind) -> Distance:
    """1 minus the score that Label Studio Enterprise gives two answers of this kind by default.

    ValueError for keypoints: its rule (how near is near enough) is not published.
    """
    if kind is ControlKind.KEYPOINTS:
        raise ValueError("how Label Studio Enterprise scores keypoints is not published, so there is no such distance")
    plain: dict[ControlKind, Distance] = {
        ControlKind.CHOICE: Exact(ordered=True),
        ControlKind.CHOICES: Exact(ordered=True),
        ControlKind.TAXONOMY: Exact(ordered=True),
        ControlKind.PAIRWISE: Exact(ordered=True),
        ControlKind.RANKING: Exact(ordered=True),
        ControlKind.RELATIONS: Exact(ordered=True),
        ControlKind.RATING: NumericDifference(),
        ControlKind.NUMBER: NumericDifference(),
        ControlKind.TEXT: LineDistance(),
    }
    return plain[kind] if kind in plain else _of_regions(kind)


def _of_regions(kind: ControlKind) -> Distance:
    from labelqa.stats.distance.boxes import BoxDistance
    from labelqa.stats.distance.matching import Matching
    from labelqa.stats.distance.polygons import PolygonDistance
    from labelqa.stats.distance.segments import SegmentDistance
    from labelqa.stats.distance.spans import SpanDistance

    best = Matching(score="best")
    regions: dict[ControlKind, Distance] = {
        ControlKind.SPANS: SpanDistance(matching=best),
        ControlKind.SEGMENTS: SegmentDistance(matching=best),
        ControlKind.BOXES: BoxDistance(matching=best),
        ControlKind.POLYGONS: PolygonDistance(matching=best),
    }
    return regions[kind]

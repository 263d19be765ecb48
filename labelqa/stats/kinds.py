"""Which number fits which kind of answer: one table of defaults, what else is offered, and why.

:data:`TABLE` says for every kind of control how the answers are reduced, which coefficients come first, how far apart
two answers lie by default, and the reason. Coefficients are named as in
:mod:`labelqa.stats.agreement.capabilities`, with the metric or weights after a colon (``krippendorff-alpha:ordinal``,
``gwet-ac2:quadratic``); ``distance-alpha``, ``mean-agreement``, ``sigma`` and ``ks`` are made from distances,
``unitizing-alpha`` and ``gamma`` from regions. Distances are named as :func:`distance_named` takes them. Which kind
stored answers are of, where nobody said, tells :func:`labelqa.stats.recognise.kind_of`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

from labelqa.errors import Message
from labelqa.records.annotation import ControlKind
from labelqa.records.reductions import Distance
from labelqa.stats.distance.numbers import Absolute, Ordinal, Relative, Squared, Within
from labelqa.stats.distance.paths import MatchedPaths, SharedAncestors
from labelqa.stats.distance.ranks import Kendall, Preference
from labelqa.stats.distance.sets import Exact, Jaccard, Masi
from labelqa.stats.distance.stored import number
from labelqa.stats.distance.text import SPEECH, EditDistance
from labelqa.stats.recognise import kind_of

__all__ = ["TABLE", "DISTANCES", "Reduction", "KindRow", "default_distance", "distance_named", "kind_of"]

_FROM_DISTANCES: Final = ("mean-agreement", "sigma", "ks")


class Reduction(StrEnum):
    """What the engine makes of the answers."""

    PATTERNS = "patterns"  # few distinct answers: identical items are counted
    DISTANCES = "distances"  # every answer may be another: pairs within an item, and pairs by chance


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRow:
    """What is worked out for one kind of control. The first coefficient is the headline; ``also`` is offered besides.

    ``distance`` is the default, ``distances`` the others that fit.
    """

    kind: ControlKind
    reduction: Reduction
    coefficients: tuple[str, ...]
    also: tuple[str, ...]
    distance: str
    distances: tuple[str, ...]
    reason: Message


_ROWS: Final = (
    KindRow(
        kind=ControlKind.CHOICE,
        reduction=Reduction.PATTERNS,
        coefficients=("krippendorff-alpha", "gwet-ac1", "percent-agreement"),
        also=("fleiss-kappa", "conger-kappa", "cohen-kappa", "light-kappa", "scott-pi", "brennan-prediger"),
        distance="exact",
        distances=("ordinal",),
        reason=Message("labels have no order, so two answers are the same or not"),
    ),
    KindRow(
        kind=ControlKind.CHOICES,
        reduction=Reduction.PATTERNS,
        coefficients=("distance-alpha", "mean-agreement"),
        also=("krippendorff-alpha", "percent-agreement", "sigma", "ks"),
        distance="masi",
        distances=("jaccard", "exact"),
        reason=Message("sets that share labels agree in part, and more where one set holds the other"),
    ),
    KindRow(
        kind=ControlKind.TAXONOMY,
        reduction=Reduction.PATTERNS,
        coefficients=("distance-alpha", "mean-agreement"),
        also=("krippendorff-alpha", "percent-agreement", "sigma", "ks"),
        distance="shared-ancestors",
        distances=("matched-paths", "jaccard", "masi", "exact"),
        reason=Message("paths that part late agree more than paths that part at the root"),
    ),
    KindRow(
        kind=ControlKind.RATING,
        reduction=Reduction.PATTERNS,
        coefficients=("krippendorff-alpha:ordinal", "gwet-ac2:quadratic", "percent-agreement"),
        also=("krippendorff-alpha:interval", "weighted-kappa:quadratic", "icc-2-1", "kendall-w", "krippendorff-alpha"),
        distance="absolute",
        distances=("squared", "ordinal", "within", "exact"),
        reason=Message("ratings have an order, but the steps between them need not be equally wide"),
    ),
    KindRow(
        kind=ControlKind.NUMBER,
        reduction=Reduction.DISTANCES,
        coefficients=("krippendorff-alpha:interval", "icc-2-1"),
        also=(
            "krippendorff-alpha:ratio",
            "krippendorff-alpha:ordinal",
            "icc-1-1",
            "icc-3-1",
            "lin-ccc",
            *_FROM_DISTANCES,
        ),
        distance="squared",
        distances=("absolute", "relative", "within", "exact"),
        reason=Message("measured numbers differ by how much, and nearly every one may be another"),
    ),
    KindRow(
        kind=ControlKind.PAIRWISE,
        reduction=Reduction.PATTERNS,
        coefficients=("krippendorff-alpha", "distance-alpha", "percent-agreement"),
        also=("gwet-ac1", "gwet-ac2:linear", "fleiss-kappa", "cohen-kappa", "bradley-terry"),
        distance="preference",
        distances=("exact",),
        reason=Message("left and right are opposite preferences, and a tie lies half way"),
    ),
    KindRow(
        kind=ControlKind.RANKING,
        reduction=Reduction.PATTERNS,
        coefficients=("distance-alpha", "mean-agreement"),
        also=("kendall-w", "krippendorff-alpha", "sigma", "ks"),
        distance="kendall",
        distances=("exact-ordered",),
        reason=Message("two rankings differ by how many pairs they order differently"),
    ),
    KindRow(
        kind=ControlKind.SPANS,
        reduction=Reduction.DISTANCES,
        coefficients=("unitizing-alpha", "distance-alpha", "mean-agreement"),
        also=("gamma", "sigma", "ks"),
        distance="span-overlap",
        distances=("span-characters", "span-exact", "exact"),
        reason=Message("spans have no items to count, so agreement is told from where they overlap"),
    ),
    KindRow(
        kind=ControlKind.BOXES,
        reduction=Reduction.DISTANCES,
        coefficients=("distance-alpha", "mean-agreement"),
        also=("sigma", "ks"),
        distance="box-overlap",
        distances=("box-detection", "exact"),
        reason=Message("boxes never match to the last digit, so agreement is told from shared area"),
    ),
    KindRow(
        kind=ControlKind.POLYGONS,
        reduction=Reduction.DISTANCES,
        coefficients=("distance-alpha", "mean-agreement"),
        also=("sigma", "ks"),
        distance="polygon-overlap",
        distances=("polygon-detection", "exact"),
        reason=Message("outlines never match point by point, so agreement is told from shared area"),
    ),
    KindRow(
        kind=ControlKind.KEYPOINTS,
        reduction=Reduction.DISTANCES,
        coefficients=("distance-alpha", "mean-agreement"),
        also=("sigma", "ks"),
        distance="keypoint-oks",
        distances=("exact",),
        reason=Message("points never lie on the same spot, so agreement is told from how near they are"),
    ),
    KindRow(
        kind=ControlKind.SEGMENTS,
        reduction=Reduction.DISTANCES,
        coefficients=("distance-alpha", "mean-agreement"),
        also=("unitizing-alpha", "gamma", "sigma", "ks"),
        distance="segment-overlap",
        distances=("segment-time", "segment-boundaries", "segment-clusters", "exact"),
        reason=Message("ends in time never match to the last digit, so agreement is told from shared time"),
    ),
    KindRow(
        kind=ControlKind.TEXT,
        reduction=Reduction.DISTANCES,
        coefficients=("distance-alpha", "mean-agreement"),
        also=("sigma", "ks"),
        distance="edit",
        distances=("edit-words", "speech", "same-text", "exact-ordered"),
        reason=Message("two good texts are seldom the same, so agreement is told from how much must be changed"),
    ),
    KindRow(
        kind=ControlKind.RELATIONS,
        reduction=Reduction.DISTANCES,
        coefficients=("distance-alpha", "mean-agreement"),
        also=("sigma", "ks"),
        distance="jaccard",
        distances=("exact",),
        reason=Message("an answer is a set of relations, and each of them is there or not"),
    ),
)

TABLE: Final[Mapping[ControlKind, KindRow]] = MappingProxyType({row.kind: row for row in _ROWS})

_Maker: TypeAlias = Callable[[tuple[str, ...]], Distance]


def _width(labels: tuple[str, ...]) -> float:
    """Length of the scale where the declared labels are numbers, else 1."""
    try:
        values = [number(label) for label in labels]
    except ValueError:
        return 1.0
    return (max(values) - min(values) if values else 0.0) or 1.0


def _region(name: str) -> Distance:
    from labelqa.stats.distance.boxes import BoxDistance
    from labelqa.stats.distance.keypoints import KeypointDistance
    from labelqa.stats.distance.matching import Matching
    from labelqa.stats.distance.polygons import PolygonDistance
    from labelqa.stats.distance.segments import SegmentDistance
    from labelqa.stats.distance.spans import SpanDistance

    makers: dict[str, Callable[[], Distance]] = {
        "span-overlap": SpanDistance,
        "span-characters": lambda: SpanDistance(score="characters"),
        "span-exact": SpanDistance.exact,
        "segment-overlap": SegmentDistance,
        "segment-time": lambda: SegmentDistance(score="time"),
        "segment-boundaries": lambda: SegmentDistance(score="boundaries"),
        "segment-clusters": lambda: SegmentDistance(score="clusters"),
        "box-overlap": BoxDistance,
        "box-detection": lambda: BoxDistance(matching=Matching(score="f1")),
        "polygon-overlap": PolygonDistance,
        "polygon-detection": lambda: PolygonDistance(matching=Matching(score="f1")),
        "keypoint-oks": KeypointDistance,
    }
    return makers[name]()


_PLAIN: Final[Mapping[str, _Maker]] = MappingProxyType(
    {
        "exact": lambda _: Exact(),
        "exact-ordered": lambda _: Exact(ordered=True),
        "jaccard": lambda _: Jaccard(),
        "masi": lambda _: Masi(),
        "shared-ancestors": lambda _: SharedAncestors(),
        "matched-paths": lambda _: MatchedPaths(),
        "absolute": lambda labels: Absolute(width=_width(labels)),
        "squared": lambda labels: Squared(width=_width(labels)),
        "relative": lambda _: Relative(),
        "within": lambda _: Within(tolerance=1.0),
        "ordinal": lambda labels: Ordinal(order=labels),
        "preference": lambda _: Preference(),
        "kendall": lambda labels: Kendall(buckets=labels),
        "edit": lambda _: EditDistance(),
        "edit-words": lambda _: EditDistance(unit="word"),
        "speech": lambda _: EditDistance(unit="word", rules=SPEECH),
        "same-text": lambda _: EditDistance(unit="whole"),
    }
)
_REGIONS: Final = (
    "span-overlap", "span-characters", "span-exact", "segment-overlap", "segment-time", "segment-boundaries",
    "segment-clusters", "box-overlap", "box-detection", "polygon-overlap", "polygon-detection", "keypoint-oks",
)  # fmt: skip
DISTANCES: Final = (*_PLAIN, *_REGIONS)


def distance_named(name: str, labels: Sequence[str] = ()) -> Distance:
    """The distance of a name in :data:`DISTANCES`; ValueError for others.

    ``labels`` are the declared ones: the order of "ordinal", the buckets of "kendall" (best first), and the ends of the
    scale of "absolute" and "squared" where they are numbers.

    >>> distance_named("absolute", ("1", "2", "3", "4", "5"))
    Absolute(width=4.0)
    """
    if name in _PLAIN:
        return _PLAIN[name](tuple(labels))
    if name in _REGIONS:
        return _region(name)
    raise ValueError(f"there is no distance called {name!r}; known are {', '.join(DISTANCES)}")


def default_distance(kind: ControlKind, labels: Sequence[str] = ()) -> Distance:
    """The default distance of a kind of control.

    >>> default_distance(ControlKind.CHOICES)
    Masi()
    """
    return distance_named(TABLE[kind].distance, labels)

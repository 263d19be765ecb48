"""The right numbers for each kind of answer: from the engine's small tables to named coefficients.

The table of kinds (:mod:`labelqa.stats.kinds`) says which coefficients and which distance; this module asks the engine
for what they need. Answers of few distinct values are counted exactly; where there are too many, and for regions and
texts, pairs of answers are compared, and the note says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from labelqa.errors import InsufficientData, Message, WrongUsage
from labelqa.records.agreement import Coefficient
from labelqa.records.annotation import ControlKind
from labelqa.records.estimate import Estimate
from labelqa.records.reductions import EVERYTHING, Distance, Distances, Floats, PairTable, Patterns, Subset
from labelqa.reduce.protocol import Reducer, Source
from labelqa.stats.agreement import distance_gaps, distances
from labelqa.stats.agreement.linearised import known
from labelqa.stats.distance.numbers import Absolute, Squared
from labelqa.stats.distance.stored import number
from labelqa.stats.kinds import TABLE, Reduction, default_distance, distance_named
from labelqa.workflows.coefficients import NAMES, SEED, Manner, coefficients_of

OF_DISTANCES: Final = ("distance-alpha", "mean-agreement", "sigma", "ks")
_ORDERED: Final = (ControlKind.RATING, ControlKind.PAIRWISE)  # the answers are labels: declared ones count unused


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the agreement of one kind of answer is made of. ``patterns`` and ``pairs`` are over ``patterns.labels``, and
    ``square`` is how far these labels lie apart, (labels, labels); None where answers were compared pair by pair, and
    ``distances`` the other way round."""

    kind: ControlKind
    distance: str
    coefficients: tuple[Coefficient, ...]
    items_with_pairs: int
    patterns: Patterns | None = None
    pairs: PairTable | None = None
    square: Floats | None = field(default=None, compare=False)
    distances: Distances | None = None
    notes: tuple[Message, ...] = ()

    def figure(self, name: str) -> Coefficient | None:
        """The coefficient of that name, if it is among them."""
        return next((each for each in self.coefficients if each.name == name), None)


def names_for(kind: ControlKind, *, distance: str = "", everything: bool = False) -> tuple[str, ...]:
    """Which coefficients are shown for a kind, the headline first; a ``distance`` of one's own puts its alpha first.

    >>> names_for(ControlKind.RATING)[0], names_for(ControlKind.RATING, distance="squared")[0]
    ('krippendorff-alpha:ordinal', 'distance-alpha')
    """
    row = TABLE[kind]
    first = OF_DISTANCES[:2] if distance else ()
    always = NAMES if kind is ControlKind.CHOICE else ()
    return tuple(dict.fromkeys([*first, *row.coefficients, *always, *(row.also if everything else ())]))


def measured(
    reducer: Reducer,
    source: Source,
    labels: Sequence[str],
    *,
    kind: ControlKind,
    distance: str = "",
    subset: Subset = EVERYTHING,
    confidence: float = 0.95,
    names: Sequence[str] = (),
    manner: Manner | None = None,
    pairwise: bool = True,
) -> Measured:
    """The coefficients of a kind of answer, the headline first, and what else can be made of the same tables.

    ``distance`` is one of the kind's own in the table, else its default; ``names`` are the coefficients wanted, else
    everything that these tables give. Raises InsufficientData ``not-readable`` where answers are not of this kind, and
    ``compared-pairwise`` where they would have to be compared pair by pair and ``pairwise`` forbids it.
    """
    manner = manner or Manner(confidence=confidence)
    wanted = tuple(names) or (*names_for(kind, distance=distance, everything=True), "percent-agreement")
    if kind is ControlKind.CHOICE and not distance:
        patterns, pairs = reducer.agreement(source, labels, subset=subset)
        return Measured(
            kind=kind, distance="exact", coefficients=coefficients_of(patterns, None, wanted, manner),
            items_with_pairs=patterns.items_with_pairs, patterns=patterns, pairs=pairs,
        )  # fmt: skip
    chosen = distance_named(distance, labels) if distance else default_distance(kind, labels)
    name = distance or TABLE[kind].distance
    notes: tuple[Message, ...] = ()
    if TABLE[kind].reduction is Reduction.PATTERNS or kind is ControlKind.NUMBER:
        try:
            return _counted(reducer, source, labels, kind, (name, chosen), subset, wanted, manner)
        except InsufficientData as error:
            if error.reason != "too-many-values":
                raise
            notes = (Message("there are too many different answers to count, so pairs of answers were compared"),)
    if not pairwise:
        raise InsufficientData(
            "compared-pairwise",
            "these answers are compared pair by pair, which takes a while: labelqa agreement works it out",
        )
    return replace(_compared(reducer, source, kind, (name, chosen), subset, wanted, manner), notes=notes)


def _compared(
    reducer: Reducer,
    source: Source,
    kind: ControlKind,
    by: tuple[str, Distance],
    subset: Subset,
    names: Sequence[str],
    manner: Manner,
) -> Measured:
    """Where nearly every answer may be another."""
    if manner.interval != "default":
        raise WrongUsage(
            "--interval {interval} is for answers that can be counted; these are compared pair by pair, and their "
            "intervals are made in one way",
            interval=manner.interval,
        )
    found = reducer.distances(source, by[1], subset=subset, seed=SEED)
    return Measured(
        kind=kind, distance=by[0], coefficients=of_distances(found, names, confidence=manner.confidence),
        items_with_pairs=len(np.unique(found.item)), distances=found,
    )  # fmt: skip


def _counted(
    reducer: Reducer,
    source: Source,
    labels: Sequence[str],
    kind: ControlKind,
    by: tuple[str, Distance],
    subset: Subset,
    names: Sequence[str],
    manner: Manner,
) -> Measured:
    """Where the distinct answers are few enough to be counted."""
    patterns, pairs = reducer.answered(source, subset=subset), reducer.answered_pairs(source, subset=subset)
    if kind in _ORDERED or kind is ControlKind.CHOICE:
        declared = [label for label in labels if _readable(by[1], label)]
        patterns, pairs = with_labels(patterns, declared), pairs_with_labels(pairs, declared)
    chosen, notes = _scaled(by[1], patterns.labels)
    square = matrix_of(chosen, patterns.labels)
    return Measured(
        kind=kind, distance=by[0], coefficients=coefficients_of(patterns, square, names, manner), notes=notes,
        items_with_pairs=patterns.items_with_pairs, patterns=patterns, pairs=pairs, square=square,
    )  # fmt: skip


def _scaled(chosen: Distance, texts: Sequence[str]) -> tuple[Distance, tuple[Message, ...]]:
    """Differences of numbers over the range of the answers, where no scale was declared: then they lie in 0..1."""
    if not isinstance(chosen, Absolute | Squared) or chosen.width != 1.0:
        return chosen, ()
    values = [number(text) for text in texts if _readable(chosen, text)]
    width = max(values, default=0.0) - min(values, default=0.0)
    if width <= 1.0:
        return chosen, ()
    told = Message(
        "the scale is not declared, so how much two numbers agree is told by the range of the answers, {width}",
        {"width": f"{width:g}"},
    )
    return replace(chosen, width=width), (told,)


def _places(held: Sequence[str], declared: Sequence[str]) -> tuple[tuple[str, ...], npt.NDArray[np.int64]]:
    """The declared labels in their order, then what else is held; and where each held one stands among them."""
    labels = tuple(dict.fromkeys([*declared, *held]))
    at = {label: place for place, label in enumerate(labels)}
    return labels, np.array([at[label] for label in held], dtype=np.int64)


def with_labels(patterns: Patterns, declared: Sequence[str]) -> Patterns:
    """The same patterns over the declared labels in their order, used or not, then any others.

    >>> with_labels(Patterns.of([[2, 1]], ("high", "low")), ("low", "mid", "high")).counts
    array([[1, 0, 2]], dtype=int32)
    """
    labels, place = _places(patterns.labels, declared)
    counts = np.zeros((len(patterns.weight), len(labels)), dtype=np.int32)
    counts[:, place] = patterns.counts
    return Patterns.of(counts, labels, weight=patterns.weight)


def pairs_with_labels(pairs: PairTable, declared: Sequence[str]) -> PairTable:
    """The same cells over the declared labels in their order, used or not, then any others."""
    labels, place = _places(pairs.labels, declared)
    if not len(pairs.count):
        place = np.zeros(1, dtype=np.int64)
    one, other = place[pairs.first_label], place[pairs.second_label]
    order = np.lexsort((other, one, pairs.second, pairs.first))
    return PairTable(
        labels=labels, first=pairs.first[order], second=pairs.second[order], first_label=one[order],
        second_label=other[order], count=pairs.count[order],
    )  # fmt: skip


def matrix_of(chosen: Distance, texts: Sequence[str]) -> Floats:
    """The distance of every two of the distinct answers, (texts, texts)."""
    values = [_read(chosen, text) for text in texts]
    n = len(values)
    ones, others = np.triu_indices(n, 1)
    square = np.zeros((n, n))
    square[ones, others] = chosen.between([values[i] for i in ones], [values[j] for j in others])
    return square + square.T


def _readable(chosen: Distance, label: str) -> bool:
    """Whether a declared label is one of this kind: a rulebook's labels may belong to another control."""
    try:
        chosen.read(label)
    except ValueError:
        return False
    return True


def _read(chosen: Distance, text: str) -> object:
    try:
        return chosen.read(text)
    except ValueError as error:
        raise InsufficientData(
            "not-readable", "the answer {text} cannot be compared: {why}", text=text[:80], why=error
        ) from None


def of_distances(
    found: Distances, names: Sequence[str] = OF_DISTANCES, *, confidence: float = 0.95
) -> tuple[Coefficient, ...]:
    """Alpha, mean agreement, sigma and KS from pairs of answers; of ``names`` those that distances give."""
    made: Mapping[str, Callable[[], Estimate]] = {
        "distance-alpha": lambda: distances.alpha(found, confidence=confidence),
        "mean-agreement": lambda: distances.mean_agreement(found, confidence=confidence),
        "sigma": lambda: distance_gaps.sigma(found, seed=SEED, confidence=confidence),
        "ks": lambda: distance_gaps.kolmogorov_smirnov(found, seed=SEED, confidence=confidence),
    }
    n = len(np.unique(found.item))
    return tuple(Coefficient(name=name, figure=known(made[name], n=n)) for name in names if name in made)

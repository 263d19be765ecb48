"""Every coefficient by its name, for the answers at hand: a figure, or the reason why there is none.

Most come from counts of answers. Some need to know who answered, some the whole table of numbers, some the stretches
that were marked; what fits which answers is told by :mod:`labelqa.stats.agreement.capabilities`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from labelqa.errors import InsufficientData
from labelqa.records.annotation import ControlKind
from labelqa.records.estimate import Estimate, Figure, unknown
from labelqa.records.reductions import Answers, Floats, Ints
from labelqa.stats.agreement.capabilities import CAPABILITIES, require, situation_of
from labelqa.stats.agreement.concordance import kendall_w, lin_ccc
from labelqa.stats.agreement.icc import icc
from labelqa.stats.agreement.pairs import cohen_kappa
from labelqa.stats.agreement.raters import conger_kappa, first_rows, light_kappa
from labelqa.stats.agreement.tables import scott_pi, weighted_kappa
from labelqa.stats.agreement.weights import label_values, weights_between
from labelqa.workflows.kinds import of_distances
from labelqa.workflows.marked import gamma_of, unitizing_alpha
from labelqa.workflows.subject import Subject

_ORDERED: Final = (ControlKind.RATING, ControlKind.NUMBER)


def figure_of(subject: Subject, name: str) -> Figure:
    """The coefficient of that name, or why it is unknown; InsufficientData where nothing at all can be measured."""
    held = subject.measured.figure(name)
    if held is not None:
        return held.figure
    try:
        return _worked_out(subject, name)
    except InsufficientData as error:
        return unknown(error, n=subject.measured.items_with_pairs)


def _worked_out(subject: Subject, name: str) -> Figure:
    if name in _OF_REGIONS:
        return _OF_REGIONS[name](subject)
    if name in ("sigma", "ks"):
        return of_distances(subject.distances, [name], confidence=subject.manner.confidence)[0].figure
    if name == "krippendorff-alpha:interval" and subject.measured.distance == "squared":
        return _interval_alpha(subject)
    family = name.partition(":")[0]
    if family in CAPABILITIES:
        _require(subject, family, weighted=family != name)
    if name in _OF_ANSWERS:
        return _OF_ANSWERS[name](subject.answers, subject.manner.confidence)
    if name == "bradley-terry":
        raise InsufficientData(
            "sides-not-named",
            "Bradley-Terry ranks what was compared, and it is not known here which two stood side by side in an item",
        )
    raise InsufficientData(
        "too-many-values", "there are too many different answers here for this number: it is made from counts of them"
    )


def _interval_alpha(subject: Subject) -> Figure:
    """The same number as alpha of squared differences, whatever the unit."""
    held = subject.measured.figure("distance-alpha")
    return (
        held.figure
        if held
        else of_distances(subject.distances, ["distance-alpha"], confidence=subject.manner.confidence)[0].figure
    )


def _require(subject: Subject, name: str, *, weighted: bool) -> None:
    """Raise the first reason why this coefficient cannot be had from these answers."""
    if subject.kind is ControlKind.RANKING:
        raise InsufficientData(
            "ranked-within-items",
            "this coefficient compares how annotators rank the items; here each item has a ranking of its own",
        )
    declared = bool(subject.batch.labels)
    ordered = subject.kind in _ORDERED
    require(name, situation_of(subject.answers, declared=declared, ordered=ordered, weights=weighted))


def _two(answers: Answers) -> Ints:
    """The table of the first two annotators' labels, (labels, labels)."""
    rows = first_rows(answers)
    q, both = len(rows.labels), np.flatnonzero(rows.size == 2)
    kept = np.isin(rows.item, both)
    label = rows.label[kept].reshape(-1, 2)
    return np.bincount(label[:, 0] * q + label[:, 1], minlength=q * q).reshape(q, q).astype(np.int64)


def _matrix(answers: Answers) -> Floats:
    """The numbers as (items, annotators), NaN where there is none."""
    rows = first_rows(answers)
    table = np.full((len(rows.size), len(rows.people)), np.nan)
    table[rows.item, rows.annotator] = _values(answers)[rows.label]
    return table


def _ragged(answers: Answers) -> Floats:
    """The numbers as (items, most answers of an item), where columns mean nobody in particular."""
    rows = first_rows(answers)
    starts = np.cumsum(rows.size) - rows.size
    table = np.full((len(rows.size), int(rows.size.max(initial=1))), np.nan)
    table[rows.item, np.arange(len(rows.item)) - starts[rows.item]] = _values(answers)[rows.label]
    return table


def _values(answers: Answers) -> Floats:
    return np.asarray(label_values(answers.labels), dtype=np.float64)


_Maker = Callable[[Answers, float], Estimate]
_OF_ANSWERS: Final[Mapping[str, _Maker]] = {
    "cohen-kappa": lambda answers, c: cohen_kappa(_two(answers), confidence=c),
    "weighted-kappa:quadratic": lambda answers, c: weighted_kappa(
        _two(answers), weights=weights_between("quadratic", answers.labels), confidence=c
    ),
    "scott-pi": lambda answers, c: scott_pi(_two(answers), confidence=c),
    "conger-kappa": lambda answers, c: conger_kappa(answers, confidence=c),
    "light-kappa": lambda answers, c: light_kappa(answers, confidence=c),
    "icc-1-1": lambda answers, c: icc(_ragged(answers), "ICC(1,1)", confidence=c),
    "icc-2-1": lambda answers, c: icc(_matrix(answers), "ICC(2,1)", confidence=c),
    "icc-3-1": lambda answers, c: icc(_matrix(answers), "ICC(3,1)", confidence=c),
    "kendall-w": lambda answers, c: kendall_w(_matrix(answers), confidence=c).figure,
    "lin-ccc": lambda answers, c: lin_ccc(*_matrix(answers).T, confidence=c),
}
_OF_REGIONS: Final[Mapping[str, Callable[[Subject], Figure]]] = {
    "unitizing-alpha": unitizing_alpha,
    "gamma": gamma_of,
}

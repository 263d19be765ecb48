"""The agreement of labels that are in no workspace: what a notebook asks for a data frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from labelqa.errors import InsufficientData, Message
from labelqa.records.agreement import Coefficient
from labelqa.records.annotation import ControlKind
from labelqa.records.diagnostics import AnnotatorInfluence, ItemDisagreement
from labelqa.records.estimate import Estimate, unknown
from labelqa.records.reductions import PairTable, Patterns
from labelqa.records.summary import AgreementReport
from labelqa.reduce.duckdb import DuckDBReducer
from labelqa.reduce.runs import label_counts, pair_cells
from labelqa.stats.agreement import confusions, pair_agreements, per_label, weighted_measures
from labelqa.stats.agreement.coefficients import COEFFICIENTS, Measure, known
from labelqa.stats.agreement.influence import annotator_influence, item_disagreements
from labelqa.stats.agreement.item_intervals import default_interval, doubtful, jackknife
from labelqa.stats.agreement.weights import Weights
from labelqa.stats.resample import Limits, bootstrap_coefficients
from labelqa.workflows.frames import Coded
from labelqa.workflows.kinds import measured

INTERVALS: Final = ("default", "linearised", "jackknife", "bootstrap", "bca")


def frame_agreement(
    answers: Coded,
    *,
    kind: ControlKind = ControlKind.CHOICE,
    distance: str = "",
    weights: Weights | None = None,
    interval: str = "default",
    confidence: float = 0.95,
    replicates: int = 2000,
    seed: int = 0,
) -> AgreementReport:
    """Everything about the agreement in a data frame. ValueError for an ``interval`` or ``distance`` not known.

    ``weights`` between labels (a name or a matrix) give partial credit; they and ``interval`` are for choices, other
    kinds of answers have the intervals of their own coefficients.
    """
    if interval not in INTERVALS:
        raise ValueError(f"there is no interval called {interval!r}; known are {', '.join(INTERVALS)}")
    if kind is not ControlKind.CHOICE or distance:
        return _other_kind(answers, kind, distance, confidence)
    patterns, pairs = _reduced(answers)
    measures = COEFFICIENTS if weights is None else weighted_measures(patterns.labels, weights)
    made = intervals(
        patterns, measures, interval=interval, confidence=confidence, replicates=replicates, rng=np.random.default_rng(seed)
    )  # fmt: skip
    return _report(
        answers, items_with_pairs=patterns.items_with_pairs, coefficients=made, notes=_doubts(made),
        per_label=known_or((), lambda: per_label(patterns, confidence=confidence)),
        pairs=pair_agreements(pairs, answers.annotators, confidence=confidence), confusions=confusions(patterns),
    )  # fmt: skip


def intervals(
    patterns: Patterns,
    measures: Sequence[Measure],
    *,
    interval: str,
    confidence: float,
    replicates: int,
    rng: np.random.Generator,
) -> tuple[Coefficient, ...]:
    """Coefficients with the interval of that name, each known or with its reason."""
    if interval in ("bootstrap", "bca"):
        limits: Limits = "bca" if interval == "bca" else "percentile"
        return bootstrap_coefficients(
            patterns, rng=rng, replicates=replicates, confidence=confidence, limits=limits, measures=measures
        )  # fmt: skip

    def estimate(measure: Measure) -> Estimate:
        if interval == "linearised":
            return measure.estimate(patterns, confidence=confidence)
        method = jackknife if interval == "jackknife" else default_interval
        return method(patterns, measure.values, confidence=confidence, lowest=measure.lowest)

    n = patterns.items_with_pairs
    return tuple(
        Coefficient(name=each.name, figure=known(lambda each=each: estimate(each), n=n))  # type: ignore[misc]
        for each in measures
    )


def _reduced(answers: Coded) -> tuple[Patterns, PairTable]:
    rows = answers.answers
    counts, weight = label_counts(rows.item, rows.label, len(rows.labels))
    cells, count = pair_cells(rows.item, rows.annotator, rows.label, len(rows.labels))
    first, second, first_label, second_label = (column.astype(np.int64) for column in cells.T)
    return Patterns(labels=rows.labels, counts=counts, weight=weight), PairTable(
        labels=rows.labels, first=first, second=second, first_label=first_label, second_label=second_label, count=count
    )


def _other_kind(answers: Coded, kind: ControlKind, distance: str, confidence: float) -> AgreementReport:
    import pyarrow as pa

    rows = answers.answers
    texts = pa.DictionaryArray.from_arrays(pa.array(rows.label), pa.array(rows.labels, pa.string()))
    table = pa.table(
        {
            "item_no": rows.item,
            "annotator_no": rows.annotator,
            "label_no": np.full(len(rows.label), -1, dtype=np.int32),
            "label": texts.cast(pa.string()),
        }
    )
    try:
        found = measured(DuckDBReducer(), table, (), kind=kind, distance=distance, confidence=confidence)
    except InsufficientData as error:
        nothing = (Coefficient(name="distance-alpha", figure=unknown(error)),)
        return _report(answers, items_with_pairs=0, coefficients=nothing, notes=())
    return _report(answers, items_with_pairs=found.items_with_pairs, coefficients=found.coefficients, notes=found.notes)


def _report(
    answers: Coded,
    *,
    items_with_pairs: int,
    coefficients: tuple[Coefficient, ...],
    notes: tuple[Message, ...],
    **more: Any,
) -> AgreementReport:
    rows = answers.answers
    told: Mapping[str, Any] = {"per_label": (), "pairs": (), "confusions": ()} | more
    return AgreementReport(
        batch="", control="", labels=rows.labels, items=len(np.unique(rows.item)), items_with_pairs=items_with_pairs,
        annotations=len(rows.item), annotators=len(np.unique(rows.annotator)), coefficients=coefficients,
        notes=(*notes, *_left_out(answers)), **told,
    )  # fmt: skip


def _left_out(answers: Coded) -> tuple[Message, ...]:
    found = []
    if answers.missing:
        n = {"n": answers.missing}
        found.append(Message("{n} rows without item, annotator or label were left out", n))
    if answers.repeats:
        n = {"n": answers.repeats}
        found.append(Message("{n} later answers of an annotator to the same item were left out", n))
    return tuple(found)


def _doubts(made: Sequence[Coefficient]) -> tuple[Message, ...]:
    """What to say where few items decide, once."""
    figures = (each.figure for each in made)
    told = (doubtful(figure) for figure in figures if isinstance(figure, Estimate))
    return tuple({each.text: each for each in told if each is not None}.values())


def known_or(otherwise: tuple[Any, ...], found: Callable[[], tuple[Any, ...]]) -> tuple[Any, ...]:
    """What is found, or the other where there is not enough to find anything."""
    try:
        return found()
    except InsufficientData:
        return otherwise


def influences(answers: Coded, *, confidence: float) -> tuple[AnnotatorInfluence, ...]:
    """Alpha without each annotator."""
    return annotator_influence(answers.answers, answers.annotators, confidence=confidence)


def disputed(answers: Coded, *, limit: int = 100) -> tuple[tuple[str, ItemDisagreement], ...]:
    """The most disputed items, each with its name."""
    found = item_disagreements(answers.answers, limit=limit)
    return tuple((answers.items[each.item], each) for each in found)

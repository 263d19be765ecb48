"""Figures of a stretch of time over all frozen batches: agreement by weeks of labeling, accuracy by time of verdict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import numpy as np

from labelqa.batches.checks import current_reviews
from labelqa.errors import InsufficientData
from labelqa.records.annotation import ControlKind
from labelqa.records.batch import Batch
from labelqa.records.estimate import Estimate, Figure, unknown
from labelqa.records.reductions import Patterns
from labelqa.records.review import Verdict
from labelqa.stats.pooled import weighted
from labelqa.workflows.agreement import alpha_of_patterns
from labelqa.workflows.certifying.evidence import accuracy_of, evidence_of, share_correct
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import State
from labelqa.workflows.subject import counted


def frozen_batches(state: State) -> list[Batch]:
    """The batches that are frozen."""
    return [batch for batch in state.labelled() if batch.freeze is not None]


def agreement_in(desk: Desk, state: State, weeks: Iterable[str]) -> Figure:
    """Alpha over the annotations made in these weeks, by the same rule as a batch's own: people's, on items that nobody
    began from a pre-label. Several label sets count by their items with two annotations."""
    made, by_labels = frozenset(weeks), defaultdict(list)
    for batch in frozen_batches(state):
        if batch.freeze is not None and batch.answers in {"", ControlKind.CHOICE}:
            try:
                path = desk.frozen.checked(batch.freeze.annotations)
                subset = replace(counted(batch.freeze), weeks=made)
                patterns = desk.reducer.patterns(path, batch.labels, subset=subset)
            except InsufficientData:
                continue  # a batch whose answers are no choices has no nominal alpha
            by_labels[batch.labels].append(patterns)
    figures: list[Estimate] = []
    weights: list[float] = []
    for parts in by_labels.values():
        merged = _merged(parts)
        figure = alpha_of_patterns(merged, desk.settings.confidence)
        if isinstance(figure, Estimate):
            figures.append(figure)
            weights.append(merged.items_with_pairs)
    return _mean(figures, weights, "alpha-by-label-set")


def _merged(parts: list[Patterns]) -> Patterns:
    counts = np.concatenate([part.counts for part in parts])
    return Patterns.of(counts, parts[0].labels, weight=np.concatenate([part.weight for part in parts]))


def accuracy_in(desk: Desk, state: State, start: datetime, end: datetime) -> Figure:
    """Accuracy of the batches whose drawn items were judged between two moments, each batch counting by its size."""
    figures: list[Estimate] = []
    weights: list[float] = []
    for batch in frozen_batches(state):
        if not any(start <= each.at < end for each in state.reviews_of(batch.name)):
            continue
        evidence = evidence_of(desk, state, batch)
        every = current_reviews(evidence.reviews)
        given = [each for each in every.values() if start <= each.at < end]
        right = sum(each.verdict is Verdict.CORRECT and not each.unsafe for each in given)
        size = batch.freeze.n_items if batch.freeze else 0
        figure = accuracy_of(desk, batch, evidence)
        if len(given) < len(every):  # a part of the verdicts has no order of its own
            figure = share_correct(right, len(given), size, desk.settings.confidence)
        if isinstance(figure, Estimate):
            figures.append(figure)
            weights.append(size)
    return _mean(figures, weights, "stratified-by-batch")


def _mean(figures: list[Estimate], weights: list[float], method: str) -> Figure:
    try:
        return weighted(figures, weights, method=method)
    except InsufficientData as error:
        return unknown(error)

"""How good each annotator is by a model, with intervals, and which labels of record the consensus doubts.

Accuracy is the expected share of right ones among an annotator's own answers. Its interval is that of Clopper and
Pearson at the number of plain answers that would be as sure (Korn and Graubard 1998), never more than were given.
Information is the mutual information of answer and class, in bits; cost is what an answer leaves open (the expected cost
of a soft label; Ipeirotis, Provost and Wang 2010), as a share of what is open without any answer. Their errors are those
of known classes, widened as much as accuracy's are by not knowing them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from labelqa.errors import InsufficientData
from labelqa.records.annotators import AnnotatorSkill, ConfusionModel, Consensus, DifficultyModel, Suspect
from labelqa.records.estimate import Estimate, Figure, Unknown, unknown
from labelqa.records.reductions import Answers, Floats, Ints, Small
from labelqa.stats.agreement.interval import checked
from labelqa.stats.annotators.figures import cost, information, normal_interval, share_interval
from labelqa.stats.annotators.information import share_variances
from labelqa.stats.annotators.layout import Rows, rows_of

_FEWEST = 5  # answers below which nobody is judged


def _expected_counts(consensus: Consensus, rows: Rows, labels: int) -> Floats:
    """(annotators, classes, labels) answers expected behind each cell."""
    posterior = consensus.posterior[np.repeat(np.arange(len(rows.items)), np.diff(rows.pointer))]
    codes = len(rows.annotators) * labels
    counts = np.stack([np.bincount(rows.code, column, codes) for column in posterior.T])
    return np.asarray(counts.reshape(-1, len(rows.annotators), labels).transpose(1, 0, 2))


def _other_classes() -> InsufficientData:
    return InsufficientData(
        "classes-are-not-labels", "items are of other classes than the labels, so no answer is simply right"
    )


def _named(consensus: Consensus, labels: tuple[str, ...]) -> Floats:
    """(items, labels) posterior of the class that has each label's name, 0 where there is none."""
    named = np.zeros((len(consensus.item), len(labels)))
    for number, label in enumerate(labels):
        if label in consensus.classes:
            named[:, number] = consensus.posterior[:, consensus.classes.index(label)]
    return named


def _accuracies(posterior: Floats, rows: Rows, given: Ints, confidence: float) -> list[Figure]:
    """One figure an annotator; ``posterior`` (items, labels)."""
    labels = posterior.shape[1]
    item = np.repeat(np.arange(len(rows.items)), np.diff(rows.pointer))
    right = np.bincount(rows.code // labels, posterior[item, rows.code % labels], len(rows.annotators))
    share = np.clip(right / given, 0.0, 1.0)
    found, how = share_variances(rows, labels, posterior, share)
    method = f"clopper-pearson at the effective size, {how}"
    return [
        share_interval(point, variance, n, confidence=confidence, method=method)
        for point, variance, n in zip(share.tolist(), found.tolist(), given.tolist(), strict=True)
    ]


def _widening(accuracy: Figure, n: int) -> float:
    """By how much the variance grows because classes are not known, told by how far accuracy's interval is wider."""
    if not isinstance(accuracy, Estimate):
        return 1.0
    plain = share_interval(accuracy.point, 0.0, n, confidence=accuracy.confidence, method="")
    return max(1.0, (accuracy.high - accuracy.low) / (plain.high - plain.low)) ** 2


def _by_delta(
    compute: Callable[[Floats], tuple[float, float]], table: Floats, accuracy: Figure, *, most: float, confidence: float
) -> Figure:
    n = round(float(table.sum()))
    try:
        point, variance = compute(table)
    except InsufficientData as error:
        return unknown(error, n=n)
    method = "delta over expected answers, widened"
    return normal_interval(point, variance * _widening(accuracy, n), n, most=most, confidence=confidence, method=method)


def _too_few(n: int) -> Unknown:
    return unknown(InsufficientData("too-few-labels", "{n} labels are too few to judge an annotator by", n=n), n=n)


def _line(
    annotator: int, labels: tuple[str, ...], counts: Floats, share: Floats, accuracy: Figure, confidence: float, fewest: int
) -> AnnotatorSkill:  # fmt: skip
    """One annotator from their table (classes, labels) of expected answers and expected shares (labels,)."""
    n = round(float(counts.sum()))
    few = _too_few(n) if n < fewest else None
    behind = counts.sum(axis=1, keepdims=True)
    rows = np.divide(counts, behind, out=np.zeros_like(counts), where=behind > 0)
    bias = counts.sum(axis=0) / n - share
    bits = float(np.log2(len(counts)))
    return AnnotatorSkill(
        annotator=annotator,
        labels_given=n,
        accuracy=few or accuracy,
        confusion=tuple(tuple(row) if some else () for row, some in zip(rows.tolist(), behind > 0, strict=True)),
        bias=() if isinstance(accuracy, Unknown) else tuple(zip(labels, bias.tolist(), strict=True)),
        information=few or _by_delta(information, counts, accuracy, most=bits, confidence=confidence),
        cost=few or _by_delta(cost, counts, accuracy, most=1.0, confidence=confidence),
    )


def annotator_skills(
    model: ConfusionModel | DifficultyModel,
    answers: Answers,
    *,
    confidence: float = 0.95,
    fewest: int = _FEWEST,
) -> tuple[AnnotatorSkill, ...]:
    """One line an annotator, in their order; with fewer than ``fewest`` labels the figures are unknown.

    ``answers`` are those that the model was fitted to. Accuracy is unknown (``classes-are-not-labels``) where items are
    of other classes than the labels.
    """
    checked(confidence)
    rows, labels = rows_of(answers), answers.labels
    if not np.array_equal(rows.annotators, model.annotators) or not np.array_equal(rows.items, model.consensus.item):
        raise ValueError("the model was fitted to other answers than these")
    counts = _expected_counts(model.consensus, rows, len(labels))
    given = np.bincount(rows.code // len(labels), minlength=len(rows.annotators))
    shares = np.zeros((len(rows.annotators), len(labels)))
    accuracy: list[Figure] = [unknown(_other_classes(), n=int(n)) for n in given]
    if set(model.consensus.classes) <= set(labels):
        accuracy = _accuracies(_named(model.consensus, labels), rows, given, confidence)
        for number, name in enumerate(model.consensus.classes):
            shares[:, labels.index(name)] = counts[:, number].sum(axis=1) / given
    return tuple(
        _line(int(annotator), labels, counts[who], shares[who], accuracy[who], confidence, fewest)
        for who, annotator in enumerate(rows.annotators)
    )


def suspects(
    consensus: Consensus, item: Small, recorded: Small, labels: tuple[str, ...], *, most: int = 100
) -> tuple[Suspect, ...]:
    """The ``most`` labels of record most probably wrong, the likeliest error first; none that is more likely right.

    ``item`` (records,) item numbers; ``recorded`` (records,) the index among ``labels`` of the label of record. Items
    that nobody answered are passed over. Raises InsufficientData ``classes-are-not-labels``.
    """
    if len(item) != len(recorded) or (len(recorded) and not 0 <= recorded.min() <= recorded.max() < len(labels)):
        raise ValueError(f"need one recorded label from 0 to {len(labels) - 1} an item")
    if not set(consensus.classes) <= set(labels):
        raise _other_classes()
    place = np.minimum(np.searchsorted(consensus.item, item), len(consensus.item) - 1)
    there = np.flatnonzero(consensus.item[place] == item)
    wrong = 1 - _named(consensus, labels)[place[there], recorded[there]]
    order = np.lexsort((item[there], -wrong))
    order = order[wrong[order] > 0.5][:most]
    winners = consensus.winners[place[there[order]]]
    return tuple(
        Suspect(
            item=int(item[there[at]]),
            recorded=labels[int(recorded[there[at]])],
            likeliest=tuple(name for name, wins in zip(consensus.classes, row, strict=True) if wins),
            wrong=float(wrong[at]),
        )
        for at, row in zip(order, winners, strict=True)
    )

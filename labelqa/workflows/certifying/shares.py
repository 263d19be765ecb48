"""How accurate the labels of record are by a sample: with the interval that its way of drawing and stopping allows.

A check that may stop at any verdict gets the interval that holds at every verdict; so does a plan that was decided
before its last item. Items drawn with unequal chances count for as many as their chance says. The ordinary interval
stands beside the figure where it does not hold, and is called so. What was left out by declaration is told both ways.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from labelqa.batches.conclusion import Evidence, current_of
from labelqa.batches.counting import Mark, mark_of
from labelqa.batches.statements import ANYTIME
from labelqa.errors import InsufficientData, Message
from labelqa.records.accuracy import WeightedShare
from labelqa.records.accuracy_report import StratumAccuracy
from labelqa.records.batch import Batch
from labelqa.records.designs import Certificate, Counts, Decision
from labelqa.records.estimate import Estimate, Figure, Unknown, unknown
from labelqa.records.names import ItemId
from labelqa.records.review import Drawn, Sample
from labelqa.stats.acceptance.design import Seen
from labelqa.stats.accuracy import accuracy
from labelqa.stats.sequential.check import Sequential
from labelqa.stats.strata import complement, estimate_share
from labelqa.stats.weighted_share import hajek, stratified
from labelqa.workflows.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """The accuracy of record, and what stands beside it."""

    accuracy: Figure
    fixed: Figure | None = None  # as if the number of reviews had been fixed beforehand, where it was not
    weighted: WeightedShare | None = None  # where chances were not equal
    left_out: int = 0
    bounds: tuple[Figure, Figure] | None = None  # all left out wrong, all right


def shares_of(desk: Desk, batch: Batch, evidence: Evidence) -> Shares:
    """The accuracy of a batch's labels of record by the sample that decides, or why it is unknown."""
    if batch.freeze is None:
        return Shares(accuracy=Unknown(reason="not-frozen", message=Message("the batch is not frozen yet")))
    if evidence.sample is None:
        return Shares(accuracy=Unknown(reason="no-sample", message=Message("no sample is drawn yet")))
    marks, size, level = _marks(evidence), batch.freeze.n_items, desk.settings.confidence
    right, n = _count(marks, Mark.RIGHT), len(marks)
    out = _count(marks, Mark.LEFT_OUT)
    fixed = share_correct(right, n - out, size, level)
    found = Shares(accuracy=fixed, left_out=out)
    if out:
        found = replace(
            found, bounds=(share_correct(right, n, size, level), share_correct(right + out, n, size, level))
        )
    if unequal(evidence.draw, evidence.sample):
        found = _weighted(desk, evidence, marks, found, size)
    certificate = evidence.certificate
    if certificate is not None and _stopped(evidence, certificate, n):
        return replace(found, accuracy=_anytime(evidence, certificate, marks, size, level), fixed=found.accuracy)
    return found


def share_correct(correct: int, n: int, size: int, confidence: float) -> Figure:
    """Share correct of ``n`` drawn from ``size``, or why it is unknown."""
    try:
        return accuracy(correct, n, population=size, confidence=confidence)
    except InsufficientData as error:
        return unknown(error)


def unequal(draw: Sequence[Drawn], sample: Sample) -> bool:
    """Whether items came into a sample with chances that are not all the same by design."""
    return len(sample.strata) > 1 or len({each.chance for each in draw}) > 1


def _marks(evidence: Evidence) -> dict[ItemId, Mark]:
    """What each verdict counts as for the label, whatever the plan counts besides."""
    terms = replace(evidence.terms, counts=Counts.ERRORS)
    return {item: mark_of(each, terms) for item, each in current_of(evidence).items()}


def _count(marks: Mapping[ItemId, Mark], wanted: Mark) -> int:
    return sum(each is wanted for each in marks.values())


def _stopped(evidence: Evidence, certificate: Certificate, n: int) -> bool:
    """Whether the number of reviews depends on what they showed."""
    if certificate.design in ANYTIME:
        return True
    return certificate.decision is not Decision.GO_ON and n < len(evidence.drawn)


def _anytime(
    evidence: Evidence, certificate: Certificate, marks: Mapping[ItemId, Mark], size: int, confidence: float
) -> Figure:
    """The figure with the interval that holds at every verdict: the certificate's own, where it counts the same."""
    terms = evidence.terms
    sequential = certificate.design in ANYTIME
    if sequential and terms.counts is Counts.ERRORS:
        return certificate.accuracy
    if evidence.sample is not None and unequal(evidence.draw, evidence.sample):
        text = Message("items were drawn with unequal chances and reviewing stopped by what it showed: no interval is known that holds then")  # fmt: skip
        return Unknown(reason="stopped-early", message=text, n=len(marks))
    tail = round((1 - confidence) / 2, 12)
    check = Sequential(
        population=size, accuracy=certificate.target, risk=certificate.risk if sequential else tail, n=1, cut=size,
        futility=terms.futility if sequential else tail,
    )  # fmt: skip
    ordered = [marks.get(each.item_id) for each in sorted(evidence.draw, key=lambda each: each.order)]
    stretch = ordered[: ordered.index(None)] if None in ordered else ordered
    return check.read(Seen(wrong=np.array([each is not Mark.RIGHT for each in stretch], dtype=np.bool_))).accuracy


def _weighted(desk: Desk, evidence: Evidence, marks: Mapping[ItemId, Mark], found: Shares, size: int) -> Shares:
    judged = [each for each in evidence.draw if marks.get(each.item_id) in (Mark.RIGHT, Mark.WRONG)]
    try:
        share = _weighted_share(desk, evidence, marks, judged, size)
    except InsufficientData as error:
        return replace(found, accuracy=unknown(error, n=len(judged)))
    return replace(found, accuracy=share.figure, weighted=share)


def _weighted_share(
    desk: Desk, evidence: Evidence, marks: Mapping[ItemId, Mark], judged: Sequence[Drawn], size: int
) -> WeightedShare:
    """By strata where chances are equal within each; by chance and score where they are not, once all are reviewed."""
    sample, level = evidence.sample, desk.settings.confidence
    if sample is None:
        raise ValueError("there is no sample to weight")
    if not sample.measures or _equal_within(evidence.draw):
        return stratified(
            {f"{number} {name}": (right, n, items) for number, name, items, right, n in _rows(sample, marks, judged)},
            confidence=level,
        )
    right = [marks[each.item_id] is Mark.RIGHT for each in judged]
    chances = [each.chance for each in judged]
    if len(judged) < len(evidence.draw):  # the chances are those of the whole sample: only their ratios are used
        return hajek(right, chances, confidence=level)
    scores, total = _scores(desk, sample, judged)
    return complement(
        estimate_share(np.logical_not(right), chances, size, scores=scores, score_total=total, confidence=level)
    )


def _equal_within(draw: Sequence[Drawn]) -> bool:
    return len({(each.stratum, each.chance) for each in draw}) == len({each.stratum for each in draw})


def _rows(
    sample: Sample, marks: Mapping[ItemId, Mark], judged: Sequence[Drawn]
) -> list[tuple[int, str, int, int, int]]:
    """Number, name, items, right ones and judged ones of each stratum."""
    rows = []
    for number, each in enumerate(sample.strata):
        mine = [marks[one.item_id] for one in judged if one.stratum == number]
        rows.append((number, each.name, each.items, sum(mark is Mark.RIGHT for mark in mine), len(mine)))
    return rows


def _scores(desk: Desk, sample: Sample, judged: Sequence[Drawn]) -> tuple[list[float] | None, float | None]:
    """Scores of the judged items and their sum over the batch, as frozen at the draw; None where there are none."""
    table = desk.frozen.read(str(sample.measures), ["item_id", "score"])
    values = dict(zip(table.column("item_id").to_pylist(), table.column("score").to_pylist(), strict=True))
    if any(value is None for value in values.values()):
        return None, None
    return [values[each.item_id] for each in judged], float(sum(values.values()))


def strata_of_sample(evidence: Evidence, *, confidence: float) -> tuple[StratumAccuracy, ...]:
    """The strata that the sample was drawn by, each with its own interval; empty where there was one."""
    sample = evidence.sample
    if sample is None or len(sample.strata) < 2:
        return ()
    marks = _marks(evidence)
    judged = [each for each in evidence.draw if marks.get(each.item_id) in (Mark.RIGHT, Mark.WRONG)]
    equal, field = _equal_within(evidence.draw), " / ".join(evidence.terms.strata)
    lines = []
    for number, name, items, right, n in _rows(sample, marks, judged):
        mine = [each for each in judged if each.stratum == number]
        figure = share_correct(right, n, items, confidence) if equal else _hajek(mine, marks, confidence)
        lines.append(StratumAccuracy(field=field, value=name, items=items, checked=n, accuracy=figure))
    return tuple(lines)


def _hajek(judged: Sequence[Drawn], marks: Mapping[ItemId, Mark], confidence: float) -> Figure:
    try:
        share = hajek(
            [marks[each.item_id] is Mark.RIGHT for each in judged], [each.chance for each in judged], confidence=confidence
        )  # fmt: skip
    except InsufficientData as error:
        return unknown(error, n=len(judged))
    figure: Estimate = share.figure
    return figure

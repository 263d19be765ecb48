"""What a conclusion on a batch rests on: the sample that decides, its verdicts, disputes, and who was qualified."""

from __future__ import annotations

from labelqa.batches.checks import current_reviews
from labelqa.batches.conclusion import Evidence, countable, deciding, tally
from labelqa.errors import InsufficientData, Message
from labelqa.records.batch import Batch
from labelqa.records.estimate import Figure, Unknown, unknown
from labelqa.records.people import Standing
from labelqa.records.review import Sample
from labelqa.stats.accuracy import accuracy
from labelqa.workflows.desk import Desk
from labelqa.workflows.draws import items_of
from labelqa.workflows.population import annotators, population
from labelqa.workflows.state import State


def evidence_of(desk: Desk, state: State, batch: Batch) -> Evidence:
    """What a conclusion on the batch would rest on now."""
    samples = state.samples.get(batch.name, ())
    sample = deciding(samples)
    everything = state.reviews_of(batch.name)
    drawn = items_of(desk, state, sample) if sample else ()
    executors = annotators(desk, batch) if batch.freeze else {}
    items = population(desk, state, batch) if batch.freeze else None
    standing = state.standing(batch.release)
    reviews = tuple(each for each in everything if sample and each.sample == sample.sample)
    return Evidence(
        sample=sample,
        drawn=frozenset(each.item_id for each in drawn),
        reviews=countable(
            reviews,
            executors=executors,
            qualified=lambda who, at: standing(who, at) is Standing.QUALIFIED,
            labels=items.labels if items else {},
        ),
        everything=everything,
        disputes_open=len(items.open_disputes) if items else 0,
        items_left_out=batch.freeze.items_left_out if batch.freeze else 0,
        unqualified=unqualified_in(desk, batch),
        pending=sum(_pending(state, each) for each in samples if sample and each.sample != sample.sample),
    )


def _pending(state: State, sample: Sample) -> int:
    return sample.resolved.n - len(current_reviews(state.reviews.get(sample.sample, ())))


def unqualified_in(desk: Desk, batch: Batch) -> int:
    """Annotations of a frozen batch by people who were not qualified when they made them."""
    if batch.freeze is None:
        return 0
    import pyarrow.compute as pc

    column = desk.frozen.read(batch.freeze.annotations, ["qualified"]).column("qualified")
    return int(pc.sum(pc.invert(column)).as_py() or 0)


def accuracy_of(desk: Desk, batch: Batch, evidence: Evidence) -> Figure:
    """The accuracy of the labels of record so far, or why it is unknown."""
    if batch.freeze is None:
        return Unknown(reason="not-frozen", message=Message("the batch is not frozen yet"))
    if evidence.sample is None:
        return Unknown(reason="no-sample", message=Message("no sample is drawn yet"))
    counts = tally(evidence)
    return share_correct(
        counts.reviewed - counts.defects, counts.reviewed, batch.freeze.n_items, desk.settings.confidence
    )


def share_correct(correct: int, n: int, size: int, confidence: float) -> Figure:
    """Share correct of ``n`` drawn from ``size``, or why it is unknown."""
    try:
        return accuracy(correct, n, population=size, confidence=confidence)
    except InsufficientData as error:
        return unknown(error)

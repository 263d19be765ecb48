"""What a conclusion on a batch rests on: the sample that decides, its verdicts, disputes, and who was qualified."""

from __future__ import annotations

from labelqa.batches.checks import current_reviews
from labelqa.batches.conclusion import Evidence, deciding
from labelqa.records.batch import Batch
from labelqa.records.designs import Certificate, Decision, Terms
from labelqa.records.estimate import Figure
from labelqa.records.review import Sample
from labelqa.workflows.certifying.certificate import certified, counted_in, plan_of
from labelqa.workflows.certifying.shares import share_correct, shares_of
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.draws import items_of
from labelqa.workflows.population import population
from labelqa.workflows.state import State

__all__ = ["accuracy_of", "evidence_of", "share_correct", "unqualified_in"]


def evidence_of(desk: Desk, state: State, batch: Batch) -> Evidence:
    """What a conclusion on the batch would rest on now."""
    samples = state.samples.get(batch.name, ())
    sample = deciding(samples, state.plans.get(batch.name, ()), batch.kind)
    counted = counted_in(desk, state, batch) if samples else tuple
    certificates = {each.sample: certified(desk, state, each, counted) for each in samples}
    others = [each for each in samples if sample is None or each.sample != sample.sample]
    items = population(desk, state, batch) if batch.freeze else None
    draw = items_of(desk, state, sample) if sample else ()
    return Evidence(
        sample=sample,
        draw=draw,
        drawn=frozenset(each.item_id for each in draw),
        reviews=counted(state.reviews.get(sample.sample, ())) if sample else (),
        everything=state.reviews_of(batch.name),
        disputes_open=len(items.open_disputes) if items else 0,
        items_left_out=batch.freeze.items_left_out if batch.freeze else 0,
        unqualified=unqualified_in(desk, batch),
        pending=sum(_pending(state, each, certificates[each.sample]) for each in others),
        terms=plan_of(state, sample).terms if sample else Terms(),
        certificate=certificates[sample.sample] if sample else None,
        further=tuple(certificates[each.sample] for each in others),
    )


def _pending(state: State, sample: Sample, certificate: Certificate) -> int:
    """Drawn items of a further sample that its design still needs."""
    if certificate.decision is not Decision.GO_ON:
        return 0
    return sample.resolved.n - len(current_reviews(state.reviews.get(sample.sample, ())))


def unqualified_in(desk: Desk, batch: Batch) -> int:
    """Annotations of a frozen batch by people who were not qualified when they made them."""
    if batch.freeze is None:
        return 0
    import pyarrow.compute as pc

    column = desk.frozen.read(batch.freeze.annotations, ["qualified"]).column("qualified")
    return int(pc.sum(pc.invert(column)).as_py() or 0)


def accuracy_of(desk: Desk, batch: Batch, evidence: Evidence) -> Figure:
    """The accuracy of the labels of record so far, or why it is unknown; see :mod:`labelqa.workflows.certifying.shares`."""
    return shares_of(desk, batch, evidence).accuracy

"""What a conclusion on a batch rests on: the sample that decides, its verdicts, disputes, and who was qualified."""

from __future__ import annotations

from dataclasses import replace

from labelqa.batches.appealing import overturn
from labelqa.batches.checks import current_reviews
from labelqa.batches.conclusion import Evidence, deciding
from labelqa.batches.life import NOTHING, first_review
from labelqa.people.absence import Absence
from labelqa.records.batch import Batch, Kind
from labelqa.records.designs import Certificate, Decision, Terms
from labelqa.records.estimate import Figure
from labelqa.records.facts import PersonAdded, PersonLeft, QualificationDecided
from labelqa.records.life import FirstReview, Share
from labelqa.records.names import BatchName, PersonId
from labelqa.records.people import Duty, Standing
from labelqa.records.review import Sample
from labelqa.workflows.appealed import upheld_in
from labelqa.workflows.certifying.certificate import certified, counted_in, plan_of
from labelqa.workflows.certifying.life import life_of, recorded_review, safety_set
from labelqa.workflows.certifying.shares import share_correct, shares_of
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.draws import items_of
from labelqa.workflows.population import open_disputes
from labelqa.workflows.state import State

__all__ = ["accuracy_of", "evidence_of", "share_correct", "unqualified_in"]


def evidence_of(desk: Desk, state: State, batch: Batch) -> Evidence:
    """What a conclusion on the batch would rest on now."""
    found = _alone(desk, state, batch)
    if batch.kind is not Kind.SAFETY or batch.freeze is None:
        return found
    parts = [_failing(desk, state, name) for name in safety_set(state, batch)]
    others, after = (
        Share(*map(sum, zip(NOTHING, *kind, strict=True))) for kind in zip((NOTHING, NOTHING), *parts, strict=True)
    )
    return replace(found, life=replace(found.life, others=others, others_after=after))


def _failing(desk: Desk, state: State, name: BatchName) -> tuple[Share, Share]:
    """How much of a settled safety batch failed its first review, and how much still did; worked out where not recorded."""
    told = recorded_review(state, name)
    if told is None:
        kept: dict[int, FirstReview | None] = desk.memo.setdefault("first reviews", {})
        end = state.settlements[name][0].seq
        if end not in kept:
            batch = state.batch(name)
            kept[end] = first_review(batch, _alone(desk, state, batch))
        told = kept[end]
    return (told.batch, told.batch_after) if told else (NOTHING, NOTHING)


def _alone(desk: Desk, state: State, batch: Batch) -> Evidence:
    """The same, but for what the other batches of its rulebook's line show."""
    samples = state.samples.get(batch.name, ())
    sample = deciding(samples, state.plans.get(batch.name, ()), batch.kind)
    counted = counted_in(desk, state, batch) if samples else tuple
    given = {each.sample: counted(state.reviews.get(each.sample, ())) for each in samples}
    certificates = {each.sample: certified(desk, state, each, given[each.sample]) for each in samples}
    others = [each for each in samples if sample is None or each.sample != sample.sample]
    draw = items_of(desk, state, sample) if sample else ()
    return Evidence(
        sample=sample,
        draw=draw,
        drawn=frozenset(each.item_id for each in draw),
        reviews=given[sample.sample] if sample else (),
        everything=overturn(state.reviews_of(batch.name), upheld_in(state, batch)),
        disputes_open=len(open_disputes(desk, state, batch)) if batch.freeze else 0,
        items_left_out=batch.freeze.items_left_out if batch.freeze else 0,
        unqualified=unqualified_in(desk, state, batch),
        pending=sum(_pending(state, each, certificates[each.sample]) for each in others),
        terms=plan_of(state, sample).terms if sample else Terms(),
        certificate=certificates[sample.sample] if sample else None,
        further=tuple(certificates[each.sample] for each in others),
        life=life_of(state, batch, certificates=certificates, further=others),
    )


def _pending(state: State, sample: Sample, certificate: Certificate) -> int:
    """Drawn items of a further sample that its design still needs."""
    if certificate.decision is not Decision.GO_ON:
        return 0
    return sample.resolved.n - len(current_reviews(state.reviews.get(sample.sample, ())))


def unqualified_in(desk: Desk, state: State, batch: Batch) -> int:
    """Annotations of a frozen batch by people who were not qualified when they made them, or had left.

    The freeze says who was not by what was known then. Where a decision on a qualification came to be known only after
    it, that person's work is looked at once more; where somebody left, in any case.
    """
    if batch.freeze is None:
        return 0
    import pyarrow.compute as pc

    absence = Absence(state.facts.of(PersonAdded, PersonLeft))
    frozen = batch.freeze.fact
    late = {PersonId(fact.body.person) for fact in state.facts.of(QualificationDecided) if fact.seq > frozen}
    again = late | absence.leavers
    if not again:
        column = desk.frozen.read(batch.freeze.annotations, ["qualified"]).column("qualified")
        return int(pc.sum(pc.invert(column)).as_py() or 0)
    table = desk.frozen.read(batch.freeze.annotations, ["qualified", "person", "created_at"])
    standing = state.standing(batch.release, Duty.EXECUTOR)
    rows = zip(*(table.column(name).to_pylist() for name in ("qualified", "person", "created_at")), strict=True)
    return sum(
        qualified is False
        or absence.gone(person, at)
        or (person in late and standing(person, at) is not Standing.QUALIFIED)
        for qualified, person, at in rows
    )


def accuracy_of(desk: Desk, batch: Batch, evidence: Evidence) -> Figure:
    """The accuracy of the labels of record so far, or why it is unknown; see :mod:`labelqa.workflows.certifying.shares`."""
    return shares_of(desk, batch, evidence).accuracy

"""A batch as its facts tell it: declared, frozen, drawn, reviewed, settled.

A fact that another one supersedes is not heard. Where two facts in force say the same of a batch (declared twice,
frozen twice, settled twice), the first one stands: nothing is replaced in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from labelqa.batches.checks import Key, Value, current_reviews, fold_reviews, fold_samples, grouped, in_force
from labelqa.records.batch import (
    Batch,
    Conclusion,
    Condition,
    Exclusion,
    Freeze,
    Kind,
    Operator,
    RecordRule,
    Repeats,
    Stage,
)
from labelqa.records.facts import (
    BatchDeclared,
    BatchFrozen,
    BatchSettled,
    DisputeRuled,
    Fact,
    PlanDeclared,
    ReviewRecorded,
    SampleDrawn,
    SampleExtended,
)
from labelqa.records.names import BatchName, Digest, PersonId, ReleaseName, SampleId
from labelqa.records.review import Sample

Settled: TypeAlias = tuple[Fact, BatchSettled]

# What a batch is folded from: what is said of it as a whole, in some facts a batch, and of its items, in thousands.
SAID_OF_BATCHES: Final = (BatchDeclared, PlanDeclared, BatchFrozen, SampleDrawn, SampleExtended, BatchSettled)
SAID_OF_ITEMS: Final = (DisputeRuled, ReviewRecorded)


def fold_batches(facts: Iterable[Fact], judged: Mapping[SampleId, int] | None = None) -> dict[BatchName, Batch]:
    """Every declared batch, in the order of declaration, with its stage and the facts about it.

    ``facts`` may be those about one batch alone; other kinds than :data:`SAID_OF_BATCHES` and :data:`SAID_OF_ITEMS`
    change nothing. The trail of facts leaves verdicts out: they are many, and found by their sample
    (:func:`fold_reviews`). ``judged`` says how many items of a sample have a verdict where its verdicts are not among
    the facts.
    """
    known = list(facts)
    declared = _first((BatchName(body.batch), (fact, body)) for fact, body in in_force(known, BatchDeclared))
    freezes = _first((BatchName(body.batch), (fact, body)) for fact, body in in_force(known, BatchFrozen))
    ends = _first((BatchName(body.batch), (fact, body)) for fact, body in in_force(known, BatchSettled))
    samples, trails = fold_samples(known), _trails(known)
    counts = {sample: len(current_reviews(given)) for sample, given in fold_reviews(known).items()} | dict(judged or {})
    batches = {}
    for name, (fact, body) in declared.items():
        end = ends.get(name)
        freeze = _freeze(*freezes[name]) if name in freezes else None
        stage = stage_of(freeze, samples.get(name, ()), counts, settled=end is not None)
        batches[name] = _batch(fact, body, freeze=freeze, end=end, stage=stage, trail=trails[name])
    return batches


def stage_of(
    freeze: Freeze | None,
    samples: Sequence[Sample],
    judged: Mapping[SampleId, int],
    *,
    settled: bool,
) -> Stage:
    """Where a batch is: open, frozen, in review once drawn, reviewed once every drawn item has a verdict, settled.

    ``judged``: how many items of a sample have a verdict, second opinions apart.
    """
    if settled:
        return Stage.SETTLED
    if freeze is None:
        return Stage.OPEN
    if not samples:
        return Stage.FROZEN
    done = all(judged.get(each.sample, 0) >= each.resolved.n for each in samples)
    return Stage.REVIEWED if done else Stage.IN_REVIEW


def _batch(
    fact: Fact,
    body: BatchDeclared,
    *,
    freeze: Freeze | None,
    end: Settled | None,
    stage: Stage,
    trail: tuple[int, ...],
) -> Batch:
    return Batch(
        name=BatchName(body.batch),
        kind=Kind(body.kind),
        release=ReleaseName(body.release),
        control=body.control,
        labels=tuple(body.labels),
        organizer=body.organizer,
        requester=body.requester,
        where=tuple(Condition(field=name, operator=Operator(sign), value=value) for name, sign, value in body.where),
        record_rule=RecordRule(body.record_rule),
        # The freeze sees every annotation, so it may find what the declaration could not know.
        late=body.late or bool(freeze and freeze.before_declared),
        declared_at=fact.effective_at,
        stage=stage,
        freeze=freeze,
        conclusion=Conclusion(end[1].conclusion) if end else None,
        reason=end[1].reason if end else "",
        settled_at=end[0].effective_at if end else None,
        facts=trail,
        answers=body.answers,
        recheck=body.recheck,
        sources=tuple(map(BatchName, body.sources)),
        parent=body.parent,
        round=body.round,
    )


def _freeze(fact: Fact, body: BatchFrozen) -> Freeze:
    return Freeze(
        annotations=Digest(body.annotations),
        items=Digest(body.items),
        frame=Digest(body.frame),
        n_annotations=body.n_annotations,
        n_items=body.n_items,
        n_disputed=body.n_disputed,
        exclusions=tuple(Exclusion(reason=reason, count=count) for reason, count in body.exclusions),
        repeats=Repeats(body.repeats),
        at=fact.effective_at,
        fact=fact.seq,
        before_declared=body.before_declared,
        participants=tuple(map(PersonId, body.participants)),
        items_left_out=body.items_left_out,
        records_after=body.records_after,
        origins=dict(body.origins),
        items_prelabelled=body.items_prelabelled,
    )


def _trails(facts: Sequence[Fact]) -> dict[BatchName, tuple[int, ...]]:
    kinds = (BatchDeclared, PlanDeclared, BatchFrozen, SampleDrawn, DisputeRuled, BatchSettled)
    known = [
        (fact.seq, BatchName(fact.body.batch)) for fact, _ in in_force(facts, object) if isinstance(fact.body, kinds)
    ]
    return grouped((name, seq) for seq, name in known)


def _first(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, Value]:
    return {key: values[0] for key, values in grouped(pairs).items()}

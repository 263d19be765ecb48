"""Plans, samples, verdicts and rulings as the facts tell them; a fact that another one supersedes is not heard.

Withdrawing a verdict takes a fact that supersedes it. A second verdict on an item that supersedes nothing stands beside
the first: the later one is the current one, the first one is still the first.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from labelqa.records.designs import Design, StratumSize, terms_of
from labelqa.records.facts import DisputeRuled, Fact, PlanDeclared, ReviewRecorded, SampleDrawn, SampleExtended
from labelqa.records.names import BatchName, Digest, ItemId, PersonId, SampleId
from labelqa.records.production import DisputeOutcome
from labelqa.records.review import (
    DefectSeverity,
    DrawStep,
    Identity,
    Plan,
    Resolved,
    Review,
    Sample,
    SeedStanding,
    Verdict,
    VerdictKind,
)

Body = TypeVar("Body")
Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """An arbitrator's final word on a disputed item: its label of record, or that none stands ("")."""

    batch: BatchName
    item_id: ItemId
    label: str
    arbitrator: PersonId
    identity: Identity
    at: datetime
    fact: int
    outcome: DisputeOutcome = DisputeOutcome.UPHELD
    rule: str = ""  # the rule cited
    unclear: bool = False  # the arbitrator found the rule unclear

    @property
    def stands(self) -> bool:
        """Whether a label stands by it; else the item is discarded, or goes back to be corrected."""
        return self.outcome is DisputeOutcome.UPHELD


def in_force(facts: Iterable[Fact], body: type[Body]) -> Iterator[tuple[Fact, Body]]:
    """The facts with a body of this type that no other fact supersedes, in the order of the ledger."""
    known = sorted(facts, key=lambda fact: fact.seq)
    superseded = {fact.supersedes for fact in known}
    for fact in known:
        if fact.seq not in superseded and isinstance(fact.body, body):
            yield fact, fact.body


def grouped(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, tuple[Value, ...]]:
    """Values by key, both in the order in which they came."""
    groups: dict[Key, list[Value]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}


def fold_plans(facts: Iterable[Fact]) -> dict[BatchName, tuple[Plan, ...]]:
    """The plans of each batch in the order of declaration, those declared after results marked as such."""
    return grouped((BatchName(body.batch), _plan(fact, body)) for fact, body in in_force(facts, PlanDeclared))


def _plan(fact: Fact, body: PlanDeclared) -> Plan:
    return Plan(
        batch=BatchName(body.batch),
        number=body.number,
        design=Design(body.design),
        accuracy=body.accuracy,
        risk=body.risk,
        expected=body.expected,
        power=body.power,
        seed_digest=Digest(body.seed_digest),
        before_freeze=body.before_freeze,
        after_results=body.after_results,
        before_labels=body.before_labels,
        seed_given=body.seed_given,
        terms=terms_of(body.terms),
        declared_at=fact.effective_at,
        fact=fact.seq,
    )


def fold_samples(facts: Iterable[Fact]) -> dict[BatchName, tuple[Sample, ...]]:
    """The samples of each batch in the order in which they were drawn."""
    known = list(facts)
    more = grouped((body.sample, (fact, body)) for fact, body in in_force(known, SampleExtended))
    return grouped(
        (BatchName(body.batch), _extended(_sample(fact, body), more.get(body.sample, ())))
        for fact, body in in_force(known, SampleDrawn)
    )


def _extended(sample: Sample, more: Sequence[tuple[Fact, SampleExtended]]) -> Sample:
    """The sample as the last extension left it; it still dates from its draw."""
    for fact, body in more:
        sample = replace(
            sample, resolved=replace(sample.resolved, n=body.n), digest=Digest(body.digest), strata=_strata(body.strata),
            doubles=body.doubles, extended=(*sample.extended, fact.seq),
            steps=(*sample.steps, _step(body.strata, body.n, body.doubles)),
        )  # fmt: skip
    return sample


def _step(strata: Sequence[Sequence[Any]], n: int, doubles: int) -> DrawStep:
    return DrawStep(sizes=tuple(size for _, _, size, _ in strata) or (n,), doubles=doubles)


def _strata(rows: Iterable[Sequence[Any]]) -> tuple[StratumSize, ...]:
    return tuple(StratumSize(name=name, items=items, n=n, expected=share) for name, items, n, share in rows)


def _sample(fact: Fact, body: SampleDrawn) -> Sample:
    return Sample(
        sample=SampleId(body.sample),
        batch=BatchName(body.batch),
        plan=body.plan,
        kind=VerdictKind(body.kind),
        resolved=Resolved(population=body.population, n=body.n, c=body.c, risk=body.risk, power=body.power),
        seed=body.seed,
        standing=SeedStanding(body.standing),
        frame=Digest(body.frame),
        digest=Digest(body.digest),
        verifiers=tuple(PersonId(person) for person in body.verifiers),
        pool=tuple(PersonId(person) for person in body.pool),
        at=fact.effective_at,
        fact=fact.seq,
        measures=Digest(body.measures) if body.measures else None,
        strata=_strata(body.strata),
        doubles=body.doubles,
        parts=tuple((party, part) for party, part in body.parts),
        steps=(_step(body.strata, body.n, body.doubles),),
        published=body.published,
    )


def fold_reviews(facts: Iterable[Fact]) -> dict[SampleId, tuple[Review, ...]]:
    """All verdicts ever given on each sample, changed ones too, in the order of the ledger.

    The last on an item holds; the first decides whether it passed its first review, and a hit stays a hit.
    """
    return grouped(
        (SampleId(fact.body.sample), _review(fact, fact.body))
        for fact in sorted(facts, key=lambda fact: fact.seq)
        if isinstance(fact.body, ReviewRecorded)
    )


def _review(fact: Fact, body: ReviewRecorded) -> Review:
    return Review(
        sample=SampleId(body.sample),
        item_id=ItemId(body.item),
        verdict=Verdict(body.verdict),
        kind=VerdictKind(body.kind),
        reviewer=PersonId(body.reviewer),
        identity=fact.identity,
        at=fact.effective_at,
        fact=fact.seq,
        rule=body.rule,
        defect=body.defect,
        severity=DefectSeverity(body.severity) if body.severity else None,
        correct_label=body.correct_label,
        unsafe=body.unsafe,
        comment=Digest(body.comment) if body.comment else None,
        label=body.label,
        second=body.second,
        blind=body.blind,
        answer=body.answer,
        obstacle=body.obstacle,
        safety=body.safety,
        checks=dict(body.checks),
        scores=dict(body.scores),
    )


def fold_rulings(facts: Iterable[Fact]) -> dict[BatchName, dict[ItemId, Ruling]]:
    """The ruling on each disputed item of each batch; the last one in force."""
    rulings: dict[BatchName, dict[ItemId, Ruling]] = {}
    for fact, body in in_force(facts, DisputeRuled):
        ruling = Ruling(
            batch=BatchName(body.batch),
            item_id=ItemId(body.item),
            label=body.label,
            arbitrator=PersonId(body.arbitrator),
            identity=fact.identity,
            at=fact.effective_at,
            fact=fact.seq,
            outcome=DisputeOutcome(body.outcome or DisputeOutcome.UPHELD),
            rule=body.rule,
            unclear=body.unclear,
        )
        rulings.setdefault(ruling.batch, {})[ruling.item_id] = ruling
    return rulings


def current_reviews(reviews: Iterable[Review]) -> dict[ItemId, Review]:
    """The verdict that holds for each item: the last one recorded, second opinions apart."""
    return {each.item_id: each for each in sorted(reviews, key=lambda review: review.fact) if not each.second}


def second_reviews(reviews: Iterable[Review]) -> dict[ItemId, Review]:
    """The second opinion that holds for each item judged twice."""
    return {each.item_id: each for each in sorted(reviews, key=lambda review: review.fact) if each.second}


def first_reviews(reviews: Iterable[Review]) -> dict[ItemId, Review]:
    """The first verdict that each item got, second opinions apart."""
    return {each.item_id: each for each in sorted(reviews, key=lambda review: -review.fact) if not each.second}

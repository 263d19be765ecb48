"""All rounds of a batch: what each came to, how much was found and mended, and the risk that they carry together."""

from __future__ import annotations

from labelqa.batches.conclusion import Evidence, plan_to_draw, tally
from labelqa.batches.rounds import risk_of, total_of
from labelqa.batches.settled import reason_name
from labelqa.batches.step import shown_stage
from labelqa.errors import Message
from labelqa.records.batch import Batch
from labelqa.records.facts import BatchReturned
from labelqa.records.rounds import RoundChain, RoundLine, RoundRisk
from labelqa.workflows.certifying.evidence import accuracy_of, evidence_of
from labelqa.workflows.desk import Desk
from labelqa.workflows.rounds.ancestry import rounds_of
from labelqa.workflows.rounds.counts import accepted_in, labels_in
from labelqa.workflows.rounds.returned import gone_back, returned_of
from labelqa.workflows.state import State, read_state


def round_chain(desk: Desk, batch: str, *, limit: float | None = None) -> RoundChain:
    """Every round of the first batch that a batch belongs to; ``limit`` is a total risk that was declared for them."""
    state = read_state(desk)
    rounds = rounds_of(state, state.batch(batch))
    evidence = [evidence_of(desk, state, each) for each in rounds]
    risks = [_risk(state, each, known) for each, known in zip(rounds, evidence, strict=True)]
    return RoundChain(
        batch=rounds[0].name,
        lines=tuple(_line(desk, state, each, known) for each, known in zip(rounds, evidence, strict=True)),
        total=total_of(risks, limit=limit),
        accepted=sum(accepted_in(rounds, labels_in(desk, state, rounds)).values()),
    )  # fmt: skip


def _risk(state: State, batch: Batch, evidence: Evidence) -> RoundRisk:
    plans, sample = state.plans.get(batch.name, ()), evidence.sample
    return risk_of(batch, plans[sample.plan - 1] if sample else plan_to_draw(plans, batch.kind), sample)


def _line(desk: Desk, state: State, batch: Batch, evidence: Evidence) -> RoundLine:
    counts, known, life = tally(evidence), returned_of(desk, state, batch), evidence.life
    freeze = batch.freeze
    items = freeze.n_items if freeze else 0
    return RoundLine(
        batch=batch.name, round=batch.round, parent=batch.parent, scope=_scope(state, batch), release=batch.release,
        stage=shown_stage(batch, evidence), conclusion=batch.conclusion,
        reason=reason_name(batch.reason) if batch.reason else Message(""),
        returned=len(known.items) if known else items, items=items, left_out=freeze.items_left_out if freeze else 0,
        drawn=counts.drawn, reviewed=counts.reviewed, defects=counts.defects,
        accuracy=accuracy_of(desk, batch, evidence), found=life.problems, corrected=len(life.approved),
        went_back=len(gone_back(desk, state, batch)),
        overturned=len({each.item_id for each in evidence.reviews if each.overturned}),
        declared_at=batch.declared_at, settled_at=batch.settled_at,
    )  # fmt: skip


def _scope(state: State, batch: Batch) -> str:
    told = state.facts.about(f"batch:{batch.name}", BatchReturned)
    return next((fact.body.scope for fact in told if fact.body.child == batch.name), "")

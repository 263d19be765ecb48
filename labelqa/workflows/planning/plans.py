"""Spot checks: declare what has to be proven and how, and commit the seed before anybody knows what it will draw."""

from __future__ import annotations

import os
import secrets
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from labelqa.batches.preconditions import why_not_plan
from labelqa.errors import BadInput, InsufficientData, Refused, WrongUsage
from labelqa.ledger.view import Facts
from labelqa.records.batch import Batch
from labelqa.records.designs import Design, Preset, StratumSize, Terms, terms_of
from labelqa.records.facts import Draft, PlanDeclared
from labelqa.records.names import Digest
from labelqa.records.results import PlanResult
from labelqa.records.review import Plan, Resolved
from labelqa.sampling import check_seed, seed_digest
from labelqa.workflows.certifying.streams import stream_of, switch_of, why_not_sampled
from labelqa.workflows.desk import Desk
from labelqa.workflows.planning.declared import Declared, declared
from labelqa.workflows.planning.designs import resolve
from labelqa.workflows.rechecking.recheck import recheck_items
from labelqa.workflows.refusals import refuse
from labelqa.workflows.rounds.returned import begun_items
from labelqa.workflows.state import State, fold, read_state

SEEDS = "seeds"


def declare_plan(
    desk: Desk,
    batch: str,
    *,
    design: Design | None = None,
    preset: Preset | None = None,
    accuracy: float | None = None,
    risk: float | None = None,
    expected: float | None = None,
    power: float | None = None,
    terms: Terms = Terms(),  # noqa: B008 - a frozen value
    seed: str = "",
) -> PlanResult:
    """Declare what a spot check must prove, and commit its seed by digest; ``draw`` reveals the seed.

    Without a design: safety batches are reviewed item by item, an acceptance goes by its contract, everything else is
    reviewed until it is proven. Usual: accuracy 0.95, risk 0.05, power 0.9; a batch is expected to have a fifth of the
    errors that are still allowed. A ``preset`` states its figures itself. With ``terms.seed_source`` or
    ``terms.parties`` no seed is kept: it is published, or committed part by part, later. A plan made when verdicts are
    known is recorded as such beside the earlier ones. The last plan with the same seed is not declared again.
    """
    state = read_state(desk)
    found = state.batch(batch)
    told = declared(
        kind=found.kind, design=design, preset=preset, accuracy=accuracy, risk=risk, expected=expected, power=power,
        terms=terms,
    )  # fmt: skip
    refuse(why_not_plan(found, told.design, told.terms))
    _refuse_discontinued(state, found, told)
    kept = _seed(seed, told.terms)
    size = matching_items(desk, found)
    if _is_last(state, found, told, seed):
        return _again(desk, state, found, size)
    body = PlanDeclared(
        batch=found.name, number=len(state.plans.get(found.name, ())) + 1, design=str(told.design), accuracy=told.accuracy,
        risk=told.risk, expected=told.expected, power=told.power, seed_digest=seed_digest(kept) if kept else "",
        before_freeze=found.freeze is None, after_results=bool(state.reviews_of(found.name)), before_labels=not size,
        seed_given=bool(seed), terms=told.terms.stored(),
    )  # fmt: skip
    now, path = desk.clock(), _seed_path(desk, found, body.number)
    preview = _preview(desk, state, found, thought_of(found, told, now), size)  # before anything is recorded

    def unless(facts: Facts) -> None:
        _refuse_changed(desk, facts, body)
        if kept:
            _keep_seed(path, kept)  # under the lock, so that nobody's kept seed is written over

    draft = Draft(body=body, subjects=(f"batch:{found.name}",), actor=desk.actor, identity=desk.identity)
    desk.ledger.append([draft], now=now, unless=unless)
    return _declared(desk, found, preview, str(path) if kept else "")


def _again(desk: Desk, state: State, batch: Batch, size: int) -> PlanResult:
    """The batch's last plan as an answer that records nothing."""
    preview = _preview(desk, state, batch, state.plans[batch.name][-1], size)
    return replace(_declared(desk, batch, preview, ""), already=True)


def _is_last(state: State, batch: Batch, told: Declared, seed: str) -> bool:
    """Whether the batch's last plan is this very one, its seed given too."""
    plans = state.plans.get(batch.name, ())
    if not plans or not seed:
        return False
    last = plans[-1]
    figures = (last.design, last.accuracy, last.risk, last.expected, last.power, last.terms.stored())
    mine = (told.design, told.accuracy, told.risk, told.expected, told.power, told.terms.stored())
    return figures == mine and last.seed_given and last.seed_digest == seed_digest(seed)


def _declared(desk: Desk, batch: Batch, preview: Resolved | None, path: str) -> PlanResult:
    from labelqa.workflows.drawing.seeds import plan_in_turn

    state = read_state(desk)
    plan = state.plans[batch.name][-1]
    turn = plan_in_turn(state, batch).number
    return PlanResult(plan=plan, preview=preview, seed_file=path, earlier=plan.number - 1, next=turn)


def _refuse_discontinued(state: State, batch: Batch, told: Declared) -> None:
    """Refused where the batch's stream is judged by no AQL plan any more."""
    if told.design is Design.AQL:
        refuse(why_not_sampled(switch_of(state, batch, told), stream_of(batch, told)))


def _seed(seed: str, terms: Terms) -> str:
    """The seed to keep: the one given, or one drawn now; "" where it comes later from elsewhere."""
    if terms.seed_source or terms.parties:
        if seed:
            raise WrongUsage(
                "the plan names where its seed comes from: leave out the seed, or the source and the parties"
            )
        return ""
    seed = seed or secrets.token_hex(16)
    check_seed(seed)
    return seed


def thought_of(batch: Batch, told: Declared, at: datetime) -> Plan:
    """The plan as it would be declared, without a seed and without a fact."""
    return Plan(
        batch=batch.name, number=0, design=told.design, accuracy=told.accuracy, risk=told.risk, expected=told.expected,
        power=told.power, seed_digest=Digest(""), before_freeze=batch.freeze is None, after_results=False, declared_at=at,
        fact=0, terms=told.terms,
    )  # fmt: skip


def _preview(desk: Desk, state: State, batch: Batch, plan: Plan, size: int) -> Resolved | None:
    """The plan worked out for the items that match now; None while that cannot be done."""
    switch = switch_of(state, batch, plan) if plan.design is Design.AQL else None
    try:
        return resolve(plan, size, switch=switch, strata=strata_now(desk, state, batch, plan))
    except InsufficientData:
        return None


def strata_now(desk: Desk, state: State, batch: Batch, plan: Plan) -> tuple[StratumSize, ...]:
    """The strata that a plan gives a frozen batch; none before the freeze, or where they cannot be told."""
    if batch.freeze is None or not plan.terms.strata:
        return ()
    from labelqa.workflows.drawing.frame import frame_of

    try:
        return frame_of(desk, state, batch, plan).strata
    except Refused:
        return ()


def _refuse_changed(desk: Desk, facts: Facts, body: PlanDeclared) -> None:
    """Somebody else planned, froze or judged meanwhile: what the fact says would be untrue."""
    now = fold(facts, desk.settings.qualification_days)
    batch = now.batch(body.batch)
    refuse(why_not_plan(batch, Design(body.design), terms_of(body.terms)))
    told = (body.number - 1, body.before_freeze, body.after_results)
    if told != (len(now.plans.get(batch.name, ())), batch.freeze is None, bool(now.reviews_of(batch.name))):
        raise Refused("batch {batch} changed while the plan was made: look at it again and repeat", batch=batch.name)


def matching_items(desk: Desk, batch: Batch) -> int:
    """How many items the batch has, or would have if it were frozen now."""
    if batch.freeze is not None:
        return batch.freeze.n_items
    if batch.recheck:
        return recheck_items(desk, read_state(desk), batch)
    return len(set(begun_items(desk, read_state(desk), batch)))


def _seed_path(desk: Desk, batch: Batch, number: int) -> Path:
    return desk.settings.workspace / SEEDS / f"{batch.name}-{number}.txt"


def _keep_seed(path: Path, seed: str) -> None:
    """Keep a seed where only its owner can read it."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(seed)


def kept_seed(desk: Desk, batch: Batch, plan: Plan) -> str:
    """The seed that was kept when the plan was declared."""
    path = _seed_path(desk, batch, plan.number)
    if not path.is_file():
        raise BadInput(
            "the seed of plan {plan} is not in {path}: give it with --seed", plan=plan.number, path=str(path)
        )
    return path.read_text(encoding="utf-8")

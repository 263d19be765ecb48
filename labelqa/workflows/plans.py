"""Spot checks: declare a plan and commit its seed, draw items and verifiers, and draw them again to prove it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from labelqa.batches.preconditions import why_not_plan
from labelqa.errors import BadInput, Refused, WrongUsage
from labelqa.records.batch import Batch, Kind
from labelqa.records.designs import Design
from labelqa.records.facts import Draft, Fact, PlanDeclared
from labelqa.records.results import PlanResult
from labelqa.records.review import Plan, Resolved
from labelqa.sampling import check_seed, seed_digest
from labelqa.stats.acceptance import census, two_point, zero_acceptance
from labelqa.workflows.desk import Desk
from labelqa.workflows.refusals import refuse
from labelqa.workflows.select import Matching
from labelqa.workflows.state import fold, read_state

SEEDS = "seeds"


def declare_plan(
    desk: Desk,
    batch: str,
    *,
    design: Design | None = None,
    accuracy: float = 0.95,
    risk: float = 0.05,
    expected: float | None = None,
    power: float = 0.9,
    seed: str = "",
) -> PlanResult:
    """Declare what a spot check must prove, and commit its seed by digest; ``draw`` reveals the seed.

    Without ``expected`` a batch is expected to have a fifth of the errors that are still allowed. Safety batches
    are reviewed item by item. A plan made when verdicts are known is recorded as such beside the earlier ones.
    """
    state = read_state(desk)
    found = state.batch(batch)
    design = design or (Design.CENSUS if found.kind is Kind.SAFETY else Design.TWO_POINT)
    refuse(why_not_plan(found, design))
    expected = round(1 - (1 - accuracy) / 5, 10) if expected is None else expected
    _check_shares(accuracy=accuracy, risk=risk, expected=expected, power=power)
    given, seed = bool(seed), seed or secrets.token_hex(16)
    check_seed(seed)
    size = _matching_items(desk, found)
    body = PlanDeclared(
        batch=found.name, number=len(state.plans.get(found.name, ())) + 1, design=str(design), accuracy=float(accuracy),
        risk=float(risk), expected=float(expected), power=float(power), seed_digest=seed_digest(seed),
        before_freeze=found.freeze is None, after_results=bool(state.reviews_of(found.name)), before_labels=not size,
        seed_given=given,
    )  # fmt: skip
    path = _seed_path(desk, found, body.number)

    def unless(facts: Sequence[Fact]) -> None:
        _refuse_changed(desk, facts, body)
        _keep_seed(path, seed)  # under the lock, so that nobody's kept seed is written over

    draft = Draft(body=body, subjects=(f"batch:{found.name}",), actor=desk.actor, identity=desk.identity)
    desk.ledger.append([draft], now=desk.clock(), unless=unless)
    plan = read_state(desk).plans[found.name][-1]
    return PlanResult(
        plan=plan, preview=resolve(plan, size) if size else None, seed_file=str(path), earlier=plan.number - 1
    )


def _refuse_changed(desk: Desk, facts: Sequence[Fact], body: PlanDeclared) -> None:
    """Somebody else planned, froze or judged meanwhile: what the fact says would be untrue."""
    now = fold(facts, desk.settings.qualification_days)
    batch = now.batch(body.batch)
    refuse(why_not_plan(batch, Design(body.design)))
    told = (body.number - 1, body.before_freeze, body.after_results)
    if told != (len(now.plans.get(batch.name, ())), batch.freeze is None, bool(now.reviews_of(batch.name))):
        raise Refused("batch {batch} changed while the plan was made: look at it again and repeat", batch=batch.name)


def _check_shares(*, accuracy: float, risk: float, expected: float, power: float) -> None:
    for name, value in (("accuracy", accuracy), ("risk", risk), ("power", power)):
        if not 0 < value < 1:
            raise WrongUsage("{name} is a share between 0 and 1, such as 0.95; got {value}", name=name, value=value)
    if not accuracy < expected <= 1:
        raise WrongUsage(
            "the expected accuracy must lie above the accuracy to be proven ({accuracy}), got {expected}",
            accuracy=accuracy, expected=expected,
        )  # fmt: skip


def _matching_items(desk: Desk, batch: Batch) -> int:
    if batch.freeze is not None:
        return batch.freeze.n_items
    matching = Matching(desk, batch.where)
    items = matching.items(desk.intake.items())
    return len({row.item_no for row in desk.intake.annotations() if row.item_no in items and matching.holds(row)})


def resolve(plan: Plan, population_size: int) -> Resolved:
    """The plan worked out for so many items."""
    if plan.design is Design.CENSUS:
        return census(population_size, accuracy=plan.accuracy)
    if plan.design is Design.ZERO_ACCEPTANCE:
        return zero_acceptance(population_size, accuracy=plan.accuracy, risk=plan.risk, expected=plan.expected)
    return two_point(population_size, accuracy=plan.accuracy, risk=plan.risk, expected=plan.expected, power=plan.power)


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

"""Where the seed of a draw comes from: kept with its plan, in parts from several parties, or from public randomness.

A part is promised by its digest before the draw and revealed at the draw; what the order of facts proves is worked out
by :mod:`labelqa.sampling.seeds`.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from labelqa.batches.checks import in_force
from labelqa.batches.conclusion import last_early, plan_to_draw
from labelqa.errors import BadInput, Message, Refused, WrongUsage
from labelqa.ledger.view import Facts
from labelqa.records.batch import Batch
from labelqa.records.facts import Draft, Fact, SeedCommitted
from labelqa.records.names import Digest
from labelqa.records.review import Plan, Sample, SeedStanding
from labelqa.sampling import (
    Commitment,
    Moments,
    Worth,
    check_public,
    check_seed,
    joint_seed,
    seed_digest,
    why_not_seed,
    worth,
)
from labelqa.workflows.desk import Desk
from labelqa.workflows.planning.plans import SEEDS, kept_seed
from labelqa.workflows.population import frozen_of
from labelqa.workflows.refusals import refuse
from labelqa.workflows.rounds.returned import begun_items
from labelqa.workflows.state import State, fold, read_state

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Revealed:
    """A seed as it is drawn with, the parts that it is made of, and what is proven about it."""

    seed: str
    standing: SeedStanding
    why: tuple[Message, ...]
    parts: tuple[tuple[str, str], ...] = ()
    published: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartTold:
    """A party's part of a joint seed."""

    party: str
    digest: Digest | None  # None: not committed yet
    at: datetime | None
    blind: bool
    file: str  # where it is kept until the draw; "" where it is not kept here


def plan_in_turn(state: State, batch: Batch) -> Plan:
    """The plan that the next draw of a batch follows; Refused where there is none."""
    plans = state.plans.get(batch.name, ())
    used = {each.plan for each in state.samples.get(batch.name, ())}
    thought = last_early(plans, batch.kind)  # only the last for a purpose counts, in the place of the first one
    later = sorted((each for each in plans if not each.before_labels), key=lambda each: each.fact)
    waiting = (each for each in (*thought, *later) if each.number not in used)
    plan = next(waiting, None) or plan_to_draw(plans, batch.kind)
    if plan is None:
        raise Refused("batch {batch} has no plan: labelqa plan {batch} declares one before the draw", batch=batch.name)
    return plan


def commitments(state: State, plan: Plan) -> tuple[Commitment, ...]:
    """The promised parts of a plan's seed; of several by one party the first."""
    found: dict[str, Commitment] = {}
    for fact, body in in_force(state.facts.about(f"batch:{plan.batch}", SeedCommitted), SeedCommitted):
        if body.plan == plan.number and body.party not in found:
            found[body.party] = Commitment(
                party=body.party, digest=Digest(body.digest), fact=fact.seq, blind=body.before_labels or not body.given,
                actor=fact.actor, at=fact.recorded_at,
            )  # fmt: skip
    return tuple(found.values())


def commit_seed(desk: Desk, batch: str, *, party: str, seed: str = "", digest: str = "") -> PartTold:
    """Promise a party's part of the seed by its digest; without ``seed`` one is drawn at random and kept.

    ``digest`` promises a part that the party keeps to itself (:func:`labelqa.sampling.seed_digest` of it) and reveals
    at the draw. Best before the batch is frozen and, where somebody chose the part, before anything is labelled.
    """
    state = read_state(desk)
    found = state.batch(batch)
    plan = plan_in_turn(state, found)
    _check_party(plan, party)
    _check_promise(seed, digest)
    given, part = bool(seed or digest), seed or secrets.token_hex(16)
    check_seed(part)
    body = SeedCommitted(
        batch=found.name, plan=plan.number, party=party, digest=digest or seed_digest(part),
        before_labels=found.freeze is None and not _labels_are_there(desk, found), given=given,
    )  # fmt: skip
    path = _part_path(desk, plan, party)

    def unless(facts: Facts) -> None:
        refuse(_why_not_commit(fold(facts, desk.settings.qualification_days), body))
        if not digest:
            _keep(path, part)  # under the lock, so that nobody's kept part is written over

    draft = Draft(body=body, subjects=(f"batch:{found.name}",), actor=desk.actor, identity=desk.identity)
    desk.ledger.append([draft], now=desk.clock(), unless=unless)
    return next(each for each in parts_told(desk, read_state(desk), plan) if each.party == party)


def _check_party(plan: Plan, party: str) -> None:
    said = {"plan": plan.number, "batch": plan.batch, "party": party}
    if not plan.terms.parties:
        raise Refused("the seed of plan {plan} of batch {batch} is not made of parts: a plan names its parties", **said)
    if party not in plan.terms.parties:
        raise WrongUsage(
            "{party} is no party of plan {plan} of batch {batch}; its parties are {parties}",
            **said, parties=", ".join(plan.terms.parties),
        )  # fmt: skip


def _check_promise(seed: str, digest: str) -> None:
    if seed and digest:
        raise WrongUsage("give the part or its digest, and not both")
    if digest and not _DIGEST.fullmatch(digest):
        raise WrongUsage("a digest is 64 small hex digits; got {digest}", digest=digest)


def _labels_are_there(desk: Desk, batch: Batch) -> bool:
    return any(True for _ in begun_items(desk, read_state(desk), batch))


def _why_not_commit(state: State, body: SeedCommitted) -> list[Message]:
    batch = state.batch(body.batch)
    plan = state.plans[batch.name][body.plan - 1]
    said = {"party": body.party, "plan": body.plan, "batch": batch.name}
    reasons: list[Message] = []
    if batch.conclusion is not None:
        reasons.append(Message("batch {batch} is settled: declare a new batch for further work", said))
    if any(each.plan == body.plan for each in state.samples.get(batch.name, ())):
        reasons.append(Message("plan {plan} of batch {batch} is drawn already: its seed is known", said))
    for each in commitments(state, plan):
        if each.party == body.party:
            reasons.append(Message("{party} has committed its part of the seed of plan {plan} already", said))
        elif each.digest == body.digest:
            text = Message("{other} committed the same part: each party gives one of its own", {"other": each.party})
            reasons.append(text)
    if batch.freeze is not None and body.before_labels:
        reasons.append(Message("batch {batch} was frozen meanwhile: look at it again and repeat", said))
    return reasons


def _part_path(desk: Desk, plan: Plan, party: str) -> Path:
    return desk.settings.workspace / SEEDS / f"{plan.batch}-{plan.number}-{quote(party, safe='')}.txt"


def _keep(path: Path, text: str) -> None:
    """Keep a part where only its owner can read it."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)


def reveal(
    desk: Desk,
    state: State,
    plan: Plan,
    *,
    seed: str = "",
    parts: Mapping[str, str] | None = None,
    published: datetime | None = None,
    now: datetime,
) -> Revealed:
    """The seed that a plan is drawn with: given here, or kept since it was committed."""
    given = dict(parts or {})
    _check_given(plan, seed=seed, parts=given, published=published, now=now)
    if plan.terms.parties:
        given = {party: given.get(party) or _kept_part(desk, state, plan, party) for party in plan.terms.parties}
        seed = joint_seed(given)
    elif plan.terms.seed_source:
        check_public(seed)
    else:
        seed = seed or kept_seed(desk, state.batch(plan.batch), plan)
    promised = commitments(state, plan)
    refuse(why_not_seed(plan, seed, given, promised))
    said = published.astimezone(UTC).isoformat() if published else ""
    freeze = frozen_of(state.batch(plan.batch))
    moments = Moments(frozen=fact_of(state, freeze.fact).recorded_at, published=published, drawn=now)
    standing, why = worth(plan, freeze=freeze.fact, commitments=promised, moments=moments)
    return Revealed(seed=seed, standing=standing, why=why, parts=tuple(sorted(given.items())), published=said)


def _check_given(plan: Plan, *, seed: str, parts: Mapping[str, str], published: datetime | None, now: datetime) -> None:
    said = {"plan": plan.number, "batch": plan.batch}
    if parts and not plan.terms.parties:
        raise WrongUsage("plan {plan} of batch {batch} has no parties, so its seed has no parts", **said)
    if unknown := sorted(set(parts) - set(plan.terms.parties)):
        raise WrongUsage(
            "{party} is no party of plan {plan} of batch {batch}; its parties are {parties}",
            **said, party=unknown[0], parties=", ".join(plan.terms.parties),
        )  # fmt: skip
    if plan.terms.parties and seed:
        raise WrongUsage("the seed of plan {plan} is made of its parties' parts: give these with --part", **said)
    if plan.terms.seed_source and not seed:
        raise WrongUsage(
            "the seed of plan {plan} is what {source} publishes: give it with --seed, and its time with --published",
            **said, source=plan.terms.seed_source,
        )  # fmt: skip
    if plan.terms.seed_source and published is None:
        raise WrongUsage(
            "say with --published when {source} published the seed of plan {plan}: without the time its order proves nothing",
            **said, source=plan.terms.seed_source,
        )  # fmt: skip
    if published and published > now:
        raise WrongUsage(
            "{published} lies in the future: the seed of plan {plan} cannot have been published then",
            **said, published=published.isoformat(timespec="minutes"),
        )  # fmt: skip
    if published and not plan.terms.seed_source:
        raise WrongUsage("plan {plan} of batch {batch} names no public source, so nothing was published for it", **said)


def _kept_part(desk: Desk, state: State, plan: Plan, party: str) -> str:
    path = _part_path(desk, plan, party)
    if not any(each.party == party for each in commitments(state, plan)):
        raise Refused(
            "{party} has committed no part of the seed of plan {plan}: labelqa seed commit {batch} --party {party}",
            party=party, plan=plan.number, batch=plan.batch,
        )  # fmt: skip
    if not path.is_file():
        raise BadInput(
            "the part of {party} is not in {path}: give it with --part {party}=TEXT", party=party, path=str(path)
        )
    return path.read_text(encoding="utf-8")


def fact_of(state: State, seq: int) -> Fact:
    """The fact of that number."""
    return state.facts.fact(seq)


def proven(state: State, sample: Sample, plan: Plan) -> Worth:
    """What the order of facts proves about the seed of a sample that was drawn."""
    freeze = frozen_of(state.batch(sample.batch))
    published = datetime.fromisoformat(sample.published) if sample.published else None
    moments = Moments(
        frozen=fact_of(state, freeze.fact).recorded_at,
        published=published.replace(tzinfo=published.tzinfo or UTC) if published else None,
        drawn=fact_of(state, sample.fact).recorded_at,
    )
    return worth(plan, freeze=freeze.fact, commitments=commitments(state, plan), moments=moments)


def parts_told(desk: Desk, state: State, plan: Plan) -> tuple[PartTold, ...]:
    """The parts of a plan's seed, in the order in which the plan names the parties."""
    known = {each.party: each for each in commitments(state, plan)}
    told = []
    for party in plan.terms.parties:
        each, path = known.get(party), _part_path(desk, plan, party)
        told.append(
            PartTold(
                party=party, digest=each.digest if each else None, at=each.at if each else None,
                blind=bool(each and each.blind), file=str(path) if path.is_file() else "",
            )
        )  # fmt: skip
    return tuple(told)

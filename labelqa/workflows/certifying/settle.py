"""What becomes of a batch: the conclusion, with its reason and the accuracy that it rests on."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace
from typing import Any

from labelqa.batches.conclusion import Evidence, changed, tally
from labelqa.batches.hits import confirmed
from labelqa.batches.life import decided, first_review
from labelqa.batches.recorded import kept_figure
from labelqa.batches.settled import Outcome, conclude, why_not_settle
from labelqa.errors import Refused
from labelqa.ledger.view import Facts
from labelqa.people.policy import fold_policies
from labelqa.records.batch import Batch, Conclusion, Kind
from labelqa.records.designs import Design
from labelqa.records.estimate import Estimate, Figure
from labelqa.records.facts import BatchSettled, Draft, PolicyDeclared
from labelqa.records.review import VerdictKind
from labelqa.records.summary import BatchLine
from labelqa.workflows.accuracy import accuracy_report
from labelqa.workflows.agreement import alpha_of
from labelqa.workflows.certifying.certificate import plan_of
from labelqa.workflows.certifying.evidence import accuracy_of, evidence_of
from labelqa.workflows.certifying.streams import switch_of
from labelqa.workflows.certifying.told import reviewed_in
from labelqa.workflows.desk import Desk
from labelqa.workflows.lines import line_of
from labelqa.workflows.population import frozen_of
from labelqa.workflows.refusals import refuse
from labelqa.workflows.state import State, fold, read_state

__all__ = ["accuracy_report", "settle_batch"]


def settle_batch(desk: Desk, batch: str, *, relabel: bool = False) -> BatchLine:
    """Reach the conclusion on a batch and record it with its reason. Refused with the list of what is missing.

    ``relabel``: what was found wrong is labelled again rather than corrected.
    """
    state = read_state(desk)
    found = state.batch(batch)
    if not found.release:
        raise Refused("batch {batch} is a trial without a rulebook: it can be measured, not settled", batch=found.name)
    evidence = evidence_of(desk, state, found)
    refuse(why_not_settle(found, evidence, relabel=relabel))
    body = settlement(desk, state, found, evidence, conclude(found, evidence, relabel=relabel), relabel=relabel)
    draft = Draft(body=body, subjects=(f"batch:{found.name}",), actor=desk.actor, identity=desk.identity)

    def unless(facts: Facts) -> None:
        now = fold(facts, desk.settings.qualification_days)
        known = evidence_of(desk, now, now.batch(batch))
        refuse(why_not_settle(now.batch(batch), known, relabel=relabel))
        if known != evidence:
            raise Refused("batch {batch} changed while it was settled: look at it again and repeat", batch=batch)

    desk.ledger.append([draft], now=desk.clock(), unless=unless)
    state = read_state(desk)
    return line_of(desk, state, state.batch(batch))


def settlement(
    desk: Desk, state: State, batch: Batch, evidence: Evidence, outcome: Outcome, *, relabel: bool = False
) -> BatchSettled:
    """The fact of a conclusion with its counts and figures, and both verdicts, the rule's and the statistical one.

    ``relabel``: what was found wrong is labelled again by choice. Nothing is recorded or refused here.
    """
    counts, found = tally(evidence), evidence.certificate
    figure = accuracy_of(desk, batch, evidence)
    body = BatchSettled(
        batch=batch.name, conclusion=str(outcome.conclusion), reason=outcome.reason, drawn=counts.drawn,
        reviewed=counts.reviewed, defects=counts.defects, critical=counts.critical, allowed=counts.allowed,
        accuracy=[figure.point, figure.low, figure.high] if isinstance(figure, Estimate) else [],
        method=figure.method if isinstance(figure, Estimate) else figure.reason, changed=changed(evidence.everything),
        identities=dict(Counter(str(each.identity) for each in evidence.reviews)),
        design=str(found.design) if found else "", proven=found.proven if found else None,
        p_value=found.p_value if found else None, rule=found.rule if found else None,
        inspection=_inspection(state, batch, evidence), figures=_figures(desk, batch, figure),
        counts=_counts(desk, state, batch, evidence),
    )  # fmt: skip
    return replace(body, **_beside(state, batch, evidence, outcome, relabel=relabel))


def _figures(desk: Desk, batch: Batch, accuracy: Figure) -> dict[str, dict[str, Any]]:
    """The figures of the batch's line, whole."""
    return {"accuracy": kept_figure(accuracy), "alpha": kept_figure(alpha_of(desk, batch))}


def _counts(desk: Desk, state: State, batch: Batch, evidence: Evidence) -> dict[str, int]:
    """The counts of the batch's line that are not recorded elsewhere."""
    people = desk.reducer.people(desk.frozen.checked(frozen_of(batch).annotations))
    return {
        "reviewed": reviewed_in(state, batch), "annotators": len(people), "disputes": evidence.disputes_open,
        "unqualified": evidence.unqualified, "hits": len(evidence.life.hits), "appeals": evidence.life.appeals,
    }  # fmt: skip


def _beside(state: State, batch: Batch, evidence: Evidence, outcome: Outcome, *, relabel: bool) -> dict[str, Any]:
    """What is recorded beside the checks: problems, hits, the first review, and what returns by declared policy."""
    life, review = evidence.life, first_review(batch, evidence)
    returns = outcome.conclusion is Conclusion.RELABEL
    samples = [each.sample for each in life.verifications if decided(each)]
    if batch.kind is Kind.FUNCTIONAL and evidence.sample and evidence.sample.kind is VerdictKind.VERIFICATION:
        samples.insert(0, evidence.sample.sample)
    return {
        "scope": fold_policies(state.facts.of(PolicyDeclared)).relabel if returns else "",
        "chosen": relabel and outcome.reason in ("failed-items", "not-corrected"),
        "confirmed": len(confirmed(batch, life.hits)),
        "problems": {
            "found": life.problems, "corrected": len(life.approved), "closed": life.closed, "open": life.open,
        } if life.problems else {},
        "first_review": {each.name: list(getattr(review, each.name)) for each in fields(review)} if review else {},
        "verifications": samples,
        "card": life.card.fact if life.card else 0,
    }  # fmt: skip


def _inspection(state: State, batch: Batch, evidence: Evidence) -> str:
    """How strictly an AQL's stream was inspected when the sample was drawn; "" for other designs."""
    if evidence.sample is None or evidence.certificate is None or evidence.certificate.design is not Design.AQL:
        return ""
    plan = plan_of(state, evidence.sample)
    return str(switch_of(state, batch, plan, before=evidence.sample.fact).inspection)

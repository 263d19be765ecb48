"""What becomes of a batch: the conclusion, with its reason and the accuracy that it rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from labelqa.batches.conclusion import changed, conclude, tally, why_not_settle
from labelqa.errors import Refused
from labelqa.records.estimate import Estimate
from labelqa.records.facts import BatchSettled, Draft, Fact
from labelqa.records.summary import BatchLine
from labelqa.workflows.accuracy import accuracy_report
from labelqa.workflows.desk import Desk
from labelqa.workflows.evidence import accuracy_of, evidence_of
from labelqa.workflows.lines import line_of
from labelqa.workflows.refusals import refuse
from labelqa.workflows.state import fold, read_state

__all__ = ["accuracy_report", "settle_batch"]


def settle_batch(desk: Desk, batch: str) -> BatchLine:
    """Reach the conclusion on a batch and record it with its reason. Refused with the list of what is missing."""
    state = read_state(desk)
    found = state.batch(batch)
    if not found.release:
        raise Refused("batch {batch} is a trial without a rulebook: it can be measured, not settled", batch=found.name)
    evidence = evidence_of(desk, state, found)
    refuse(why_not_settle(found, evidence))
    outcome, counts = conclude(found, evidence), tally(evidence)
    figure = accuracy_of(desk, found, evidence)
    body = BatchSettled(
        batch=found.name, conclusion=str(outcome.conclusion), reason=outcome.reason, drawn=counts.drawn,
        reviewed=counts.reviewed, defects=counts.defects, critical=counts.critical, allowed=counts.allowed,
        accuracy=[figure.point, figure.low, figure.high] if isinstance(figure, Estimate) else [],
        method=figure.method if isinstance(figure, Estimate) else figure.reason, changed=changed(evidence.everything),
        identities=dict(Counter(str(each.identity) for each in evidence.reviews)),
    )  # fmt: skip
    draft = Draft(body=body, subjects=(f"batch:{found.name}",), actor=desk.actor, identity=desk.identity)

    def unless(facts: Sequence[Fact]) -> None:
        now = fold(facts, desk.settings.qualification_days)
        known = evidence_of(desk, now, now.batch(batch))
        refuse(why_not_settle(now.batch(batch), known))
        if known != evidence:
            raise Refused("batch {batch} changed while it was settled: look at it again and repeat", batch=batch)

    desk.ledger.append([draft], now=desk.clock(), unless=unless)
    state = read_state(desk)
    return line_of(desk, state, state.batch(batch))

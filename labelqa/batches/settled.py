"""What becomes of a batch: accepted, labelled again, or void; and what must happen before that can be said.

Functional and safety labeling have opposite rules. Functional: a planned spot check; confirmed illegal or harmful
content voids the batch (GB/T 45674—2025, 8.2 g), and the design of the plan accepts or rejects it: where a contract has
a rule, the rule decides and the statistics stand beside it. Safety: every item is approved by a reviewer (8.3 b); when
more than 5 % of all items fail their first review the batch is void (8.3 c). An undecidable verdict counts as a defect.
Either is accepted only once nothing stands against it (:mod:`labelqa.batches.life`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from labelqa.batches.conclusion import Evidence, current_of
from labelqa.batches.hits import confirmed, why_blocked
from labelqa.batches.life import not_approved, over_limit, why_not_accept, why_not_relabel
from labelqa.batches.statements import ANYTIME
from labelqa.errors import Message, Refused
from labelqa.i18n import N_
from labelqa.records.batch import Batch, Conclusion, Kind
from labelqa.records.designs import Certificate, Decision, Design

REASONS: Final[Mapping[str, str]] = {
    "within-plan": N_("no more defects than the plan allows"),
    "proven": N_("the accuracy is proven at the plan's risk"),
    "nothing-found": N_("the planned search found nothing"),
    "rule-passed": N_("passed by the contract's rule"),
    "all-approved": N_("every item approved by a reviewer"),
    "defects-over-plan": N_("more defects than the plan allows"),
    "hopeless": N_("given up: little hope to prove the accuracy"),
    "not-proven": N_("the accuracy is not proven by the last review that the plan allows"),
    "rule-failed": N_("failed by the contract's rule"),
    "further-sample": N_("a further sample speaks against it"),
    "failed-items": N_("items failed the safety review"),
    "not-corrected": N_("problems found were not corrected"),
    "items-left-out": N_("items without an answer that was reviewed"),
    "unqualified-work": N_("labels by people who were not qualified"),
    "unsafe-content": N_("illegal or harmful content found"),
    "failing-over-limit": N_("more than 5% of the items failed the safety review"),
}
_COUNTED: Final = ("within-plan", "defects-over-plan")  # two-point, zero acceptance, census, AQL
_CODES: Final[Mapping[Design, tuple[str, str]]] = {
    Design.SEQUENTIAL: ("proven", "hopeless"),
    Design.STRATIFIED: ("proven", "hopeless"),
    Design.CONTRACT: ("rule-passed", "rule-failed"),
    Design.DISCOVERY: ("nothing-found", "defects-over-plan"),
}  # accepted, rejected


class Outcome(NamedTuple):
    """A conclusion, the stable code of its reason, and the sentence."""

    conclusion: Conclusion
    reason: str
    message: Message


def reason_name(code: str) -> Message:
    """The short sentence of a stored reason; the code itself where it is not ours.

    >>> str(reason_name("within-plan"))
    'no more defects than the plan allows'
    """
    return Message(REASONS.get(code, code))


def why_not_settle(batch: Batch, evidence: Evidence, *, relabel: bool = False) -> list[Message]:
    """Everything that must happen before the batch can be settled; empty when :func:`conclude` has an answer.

    A confirmed hit needs nothing else. What is void or to be labelled again waits for no correction, no card and no
    appeal; ``relabel`` chooses that where problems found are still open.
    """
    name = {"batch": batch.name}
    if batch.conclusion is not None:
        return [Message("batch {batch} is settled already", name)]
    if batch.freeze is None:
        return [Message("batch {batch} is not frozen yet", name)]
    if confirmed(batch, evidence.life.hits):
        return []
    reasons = [*why_undecided(batch, evidence), *_disputed(batch, evidence), *why_blocked(batch, evidence.life.hits)]
    coming = heading(batch, evidence)
    if relabel:
        chosen = coming is None or coming.conclusion is Conclusion.ACCEPT
        return reasons or (why_not_relabel(batch, evidence) if chosen else [])
    if coming is None or coming.conclusion is Conclusion.ACCEPT:
        reasons += why_not_accept(batch, evidence)
    return reasons


def why_undecided(batch: Batch, evidence: Evidence) -> list[Message]:
    """What the checks of a frozen batch still lack before they say something."""
    name = {"batch": batch.name}
    if evidence.sample is None or batch.freeze is None:
        return [Message("batch {batch} has no sample that could decide: plan, draw and review one first", name)]
    reasons = _open_items(batch, evidence, batch.freeze.n_items)
    if evidence.pending:
        text = Message("{n} {n:item|items} of a further sample of batch {batch} {n:has|have} no verdict yet",
                       {"n": evidence.pending, **name})  # fmt: skip
        reasons.append(text)
    return reasons


def _disputed(batch: Batch, evidence: Evidence) -> list[Message]:
    """Open disputes; a safety batch that is void waits for none."""
    if not evidence.disputes_open or (batch.kind is Kind.SAFETY and over_limit(batch, evidence)):
        return []
    values = {"n": evidence.disputes_open, "batch": batch.name}
    return [Message("{n} disputed {n:item|items} of batch {batch} {n:waits|wait} for the arbitrator's ruling", values)]


def _open_items(batch: Batch, evidence: Evidence, n_items: int) -> list[Message]:
    """What the sample that decides still lacks."""
    if batch.kind is Kind.SAFETY:
        missing = n_items - len(current_of(evidence).keys() | evidence.life.discarded)
        text = N_(
            "{n} of {total} items of batch {batch} have no verdict by a qualified reviewer who did not label them"
        )
        return [Message(text, {"n": missing, "total": n_items, "batch": batch.name})] if missing > 0 else []
    found = evidence.certificate
    if found is None or _settles(evidence, found):
        return []
    if found.design is Design.ESTIMATE:
        text = N_(
            "the sample of batch {batch} is an estimate, which decides nothing: plan, draw and review one that does, such as labelqa plan {batch} --design sequential"
        )
        return [Message(text, {"batch": batch.name})]
    return [_lacking(batch, found)]


def _lacking(batch: Batch, found: Certificate) -> Message:
    values = {
        "n": found.drawn - found.given, "total": found.drawn, "batch": batch.name, "sample": found.sample,
        "read": found.read, "more": found.fewest_more, "size": found.read + (found.fewest_more or 0),
    }  # fmt: skip
    if found.given < found.drawn:
        return Message("{n} of {total} drawn items of batch {batch} have no verdict that counts", values)
    return Message(
        "all {total} drawn items of batch {batch} are reviewed and nothing is decided: {more} further reviews without an error would do; labelqa sample extend {sample} --n {size} draws them",
        values,
    )


def _settles(evidence: Evidence, found: Certificate) -> bool:
    """Whether a certificate is the end of its check: decided, or as far as the plan lets it go."""
    if found.decision is Decision.ACCEPT and found.design is Design.CENSUS:
        return found.read >= found.population  # every item was promised
    return found.decision is not Decision.GO_ON or _ended(evidence, found)


def _ended(evidence: Evidence, found: Certificate) -> bool:
    """Whether an undecided check may not go on: it is at the cut, or all is reviewed and no further review would do."""
    if found.design not in ANYTIME:
        return False
    cut = evidence.terms.cut
    return (cut is not None and found.read >= cut) or (found.fewest_more is None and found.given >= found.drawn)


def conclude(batch: Batch, evidence: Evidence, *, relabel: bool = False) -> Outcome:
    """What becomes of the batch; raises :class:`Refused` with the first reason of :func:`why_not_settle`.

    ``relabel``: it is to be labelled again rather than corrected. A batch that is void stays void.
    """
    reasons = why_not_settle(batch, evidence, relabel=relabel)
    outcome = None if reasons else heading(batch, evidence)
    if outcome is None:
        reason = reasons[0] if reasons else Message("batch {batch} is not decided", {"batch": batch.name})
        raise Refused(reason.text, **reason.values)
    return _chosen(batch, evidence) if relabel and outcome.conclusion is Conclusion.ACCEPT else outcome


def heading(batch: Batch, evidence: Evidence) -> Outcome | None:
    """What the batch would become if nothing else stood against it; None while its checks say nothing.

    A functional batch with a confirmed hit is void, whatever else was found; of a safety batch the first review says
    whether it is.
    """
    if batch.freeze is None:
        return None
    void = _void(batch, evidence, batch.freeze.n_items)
    if void is not None or why_undecided(batch, evidence):
        return void
    unqualified = _unqualified(evidence)
    if unqualified is not None:
        return unqualified
    outcome = _safety(evidence) if batch.kind is Kind.SAFETY else _functional(evidence)
    return _against(evidence) or outcome if outcome.conclusion is Conclusion.ACCEPT else outcome


def _chosen(batch: Batch, evidence: Evidence) -> Outcome:
    """Labelled again by choice, because of what was found and not corrected."""
    if batch.kind is Kind.SAFETY:
        n = len(not_approved(evidence) | evidence.life.uncorrected | evidence.life.unreviewed)
        text = Message("{n} {n:item|items} failed the safety review: {n:it is|they are} labelled again", {"n": n})
        return Outcome(Conclusion.RELABEL, "failed-items", text)
    text = Message(
        "{n} {n:problem|problems} found {n:was|were} not corrected: {n:it is|they are} labelled again",
        {"n": evidence.life.open},
    )
    return Outcome(Conclusion.RELABEL, "not-corrected", text)


def _void(batch: Batch, evidence: Evidence, n_items: int) -> Outcome | None:
    if batch.kind is Kind.SAFETY:
        if not over_limit(batch, evidence):
            return None
        text = Message(
            "{n} of {total} items failed their first review, more than 5%: the batch is void",
            {"n": len(evidence.failed_first), "total": n_items},
        )
        return Outcome(Conclusion.VOID, "failing-over-limit", text)
    hits = confirmed(batch, evidence.life.hits)
    if not hits:
        return None
    text = Message("illegal or harmful content is confirmed in {n} {n:item|items}: the batch is void", {"n": len(hits)})
    return Outcome(Conclusion.VOID, "unsafe-content", text)


def _unqualified(evidence: Evidence) -> Outcome | None:
    if not evidence.unqualified:
        return None
    text = Message(
        "{n} {n:label was|labels were} made by people who were not qualified then: {n:it is|they are} labelled again",
        {"n": evidence.unqualified},
    )
    return Outcome(Conclusion.RELABEL, "unqualified-work", text)


def _functional(evidence: Evidence) -> Outcome:
    found = evidence.certificate
    if found is None:
        raise ValueError("a functional batch is concluded by the certificate of its sample")
    accepted, rejected = _CODES.get(found.design, _COUNTED)
    if found.decision is Decision.ACCEPT:
        return Outcome(Conclusion.ACCEPT, accepted, found.statement)
    at_cut = found.design in ANYTIME and (found.decision is Decision.GO_ON or _cut(evidence, found))
    return Outcome(Conclusion.RELABEL, "not-proven" if at_cut else rejected, found.statement)


def _cut(evidence: Evidence, found: Certificate) -> bool:
    cut = evidence.terms.cut
    return cut is not None and (found.stopped_at or 0) >= cut


def _against(evidence: Evidence) -> Outcome | None:
    """A further sample that rejects: it adds evidence, and a batch that fails in it is not accepted."""
    for each in evidence.further:
        if each.decision is Decision.REJECT:
            text = Message("sample {sample} speaks against it: {statement}",
                           {"sample": each.sample, "statement": each.statement})  # fmt: skip
            return Outcome(Conclusion.RELABEL, "further-sample", text)
    return None


def _safety(evidence: Evidence) -> Outcome:
    """Every item has a verdict, and few failed; whether all are approved by now is a matter of acceptance."""
    if evidence.items_left_out:
        text = Message(
            "{n} {n:item|items} of the batch {n:has|have} no answer that was reviewed: {n:it is|they are} labelled again",
            {"n": evidence.items_left_out},
        )
        return Outcome(Conclusion.RELABEL, "items-left-out", text)
    text = Message("every item was approved by a reviewer: the batch is accepted")
    return Outcome(Conclusion.ACCEPT, "all-approved", text)

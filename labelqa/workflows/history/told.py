"""Facts about an item or its batch as lines of its history: who did what, in a sentence. Facts are only read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.facts import (
    AppealFiled,
    AppealRuled,
    BatchDeclared,
    BatchFrozen,
    BatchReturned,
    BatchSettled,
    CardRecorded,
    CorrectionRecorded,
    CorrectionReviewed,
    DisputeRaised,
    DisputeRuled,
    Fact,
    GoldRetired,
    HitRuled,
    LabelsExported,
    ProblemClosed,
    ProposalOpened,
    ReviewRecorded,
)
from labelqa.records.history import Happened, HistoryLine
from labelqa.records.names import PersonId
from labelqa.records.supervision import SupervisionChecked
from labelqa.workflows.refusals import joined
from labelqa.workflows.supervising.supervised import SAID

Say = Callable[[str], str]  # the text behind a salted digest, "" when it was erased
OF_BATCHES: Final = (
    BatchDeclared, CardRecorded, BatchFrozen, BatchSettled, BatchReturned, LabelsExported, SupervisionChecked,
)  # fmt: skip

_HAPPENED: Final[Mapping[type, Happened]] = {
    BatchDeclared: Happened.DECLARED, CardRecorded: Happened.CARD, BatchFrozen: Happened.FROZEN,
    DisputeRaised: Happened.DISPUTED, DisputeRuled: Happened.RULED, ReviewRecorded: Happened.VERDICT,
    HitRuled: Happened.HIT, CorrectionRecorded: Happened.CORRECTED, CorrectionReviewed: Happened.RE_REVIEWED,
    ProblemClosed: Happened.CLOSED, AppealFiled: Happened.APPEALED, AppealRuled: Happened.APPEALED,
    SupervisionChecked: Happened.SUPERVISED, BatchReturned: Happened.RETURNED, BatchSettled: Happened.SETTLED,
    LabelsExported: Happened.EXPORTED, GoldRetired: Happened.GOLD, ProposalOpened: Happened.OTHER,
}  # fmt: skip
_HANDS: Final = ("reviewer", "arbitrator", "corrector", "supervisor", "person", "by")


def line_of(
    fact: Fact, *, names: Mapping[PersonId, str], text_of: Say, gone: Collection[int], held: frozenset[str]
) -> HistoryLine:
    """A fact as a line; ``gone`` are the facts that later ones supersede, ``held`` the batches that hold the item."""
    body = fact.body
    person = next((PersonId(who) for name in _HANDS if (who := getattr(body, name, ""))), None)
    batch = getattr(body, "batch", "") or ", ".join(each for each in getattr(body, "batches", ()) if each in held)
    teller = _TOLD.get(type(body))
    return HistoryLine(
        at=fact.effective_at, happened=_HAPPENED.get(type(body), Happened.OTHER), batch=batch, person=person,
        name=names.get(person, person) if person else fact.actor, identity=fact.identity, fact=fact.seq,
        message=teller(body, fact, text_of) if teller else Message("{kind}", {"kind": fact.kind}),
        superseded=fact.seq in gone,
    )  # fmt: skip


def with_details(first: Message, *details: tuple[str, object]) -> Message:
    """A sentence and what belongs to it, where there is something."""
    return joined([first, *(Message(text, {"value": value}) for text, value in details if value)])


def _declared(body: BatchDeclared, _fact: Fact, _say: Say) -> Message:
    text = N_("batch declared under {release}, organized by {organizer}")
    parent = (N_("rework of {value}"), body.parent)
    return with_details(Message(text, {"release": body.release or "–", "organizer": body.organizer}), parent)


def _card(body: CardRecorded, _fact: Fact, _say: Say) -> Message:
    text = N_("provenance card: source {source}, licence {licence}")
    return Message(text, {"source": body.source, "licence": body.licence or "–"})


def _frozen(body: BatchFrozen, _fact: Fact, _say: Say) -> Message:
    text = N_("batch frozen: {items} items, {annotations} annotations")
    return Message(text, {"items": body.n_items, "annotations": body.n_annotations})


def _raised(body: DisputeRaised, _fact: Fact, say: Say) -> Message:
    return with_details(Message("disputed"), (N_("reason: {value}"), say(body.reason)))


def _ruled(body: DisputeRuled, _fact: Fact, say: Say) -> Message:
    outcome = body.outcome or "upheld"
    said = Message(_OUTCOMES.get(outcome, N_("ruled {label}")), {"label": body.label})
    return with_details(said, (N_("rule {value}"), body.rule), (N_("reason: {value}"), say(body.reason)))


_OUTCOMES: Final[Mapping[str, str]] = {
    "upheld": N_("ruled {label}"), "rejected": N_("the arbitrator discarded the item"),
    "sent-back": N_("the arbitrator sent the item back"),
}  # fmt: skip


def _verdict(body: ReviewRecorded, fact: Fact, say: Say) -> Message:
    which = N_("judged {label}: {verdict}")
    if fact.supersedes is not None:
        which = N_("verdict changed, judged {label}: {verdict}")
    elif body.second:
        which = N_("second verdict, judged {label}: {verdict}")
    return with_details(
        Message(which, {"label": body.label or "–", "verdict": Message(SAID.get(body.verdict, "{verdict}"))}),
        (N_("sample {value}"), body.sample), (N_("rule {value}"), body.rule), (N_("defect {value}"), body.defect),
        (N_("should be {value}"), body.correct_label), (N_("suspected harm {value}"), body.unsafe),
        (N_("remark: {value}"), say(body.comment) if body.comment else ""),
    )  # fmt: skip


def _hit(body: HitRuled, _fact: Fact, say: Say) -> Message:
    said = Message("the suspected hit is confirmed") if body.confirmed else Message("the suspected hit is overturned")
    return with_details(said, (N_("reason: {value}"), say(body.reason)))


def _corrected(body: CorrectionRecorded, _fact: Fact, _say: Say) -> Message:
    text = N_("corrected from {before} ({made}) to {after} ({corrected}); problems: {problems}")
    return Message(text, {
        "before": body.before or "–", "after": body.after, "made": body.made_at[:19], "corrected": body.corrected_at[:19],
        "problems": ", ".join(f"fact {seq}" for seq in body.problems) or "–",
    })  # fmt: skip


def _again(body: CorrectionReviewed, _fact: Fact, say: Say) -> Message:
    said = Message(
        "re-review of correction {fact}: {verdict}",
        {"fact": body.correction, "verdict": Message(SAID.get(body.verdict, "{verdict}"))},
    )
    comment = say(body.comment) if body.comment else ""
    return with_details(said, (N_("suspected harm {value}"), body.unsafe), (N_("remark: {value}"), comment))


def _closed(body: ProblemClosed, _fact: Fact, say: Say) -> Message:
    said = Message("problem closed without a correction: {facts}", {"facts": ", ".join(map(str, body.problems))})
    return with_details(said, (N_("reason: {value}"), say(body.reason)))


def _filed(body: AppealFiled, _fact: Fact, say: Say) -> Message:
    said = Message("appeal {appeal} against fact {fact}", {"appeal": body.appeal, "fact": body.against})
    return with_details(said, (N_("reason: {value}"), say(body.reason) if body.reason else ""))


def _appeal(body: AppealRuled, _fact: Fact, say: Say) -> Message:
    upheld = body.ruling == "upheld"
    text = N_("appeal {appeal} upheld") if upheld else N_("appeal {appeal} rejected")
    said = Message(text, {"appeal": body.appeal})
    return with_details(said, (N_("rule {value}"), body.rule), (N_("reason: {value}"), say(body.reason)))


def _supervised(body: SupervisionChecked, _fact: Fact, say: Say) -> Message:
    said = Message(
        "supervisor on {work}: {verdict}",
        {"work": body.work, "verdict": Message(SAID.get(body.verdict, "{verdict}"))},
    )
    return with_details(said, (N_("remark: {value}"), say(body.note) if body.note else ""))


def _returned(body: BatchReturned, _fact: Fact, _say: Say) -> Message:
    return Message("returned into rework round {round}: batch {child}", {"round": body.round, "child": body.child})


def _settled(body: BatchSettled, _fact: Fact, _say: Say) -> Message:
    texts = {
        "accept": N_("batch accepted ({reason})"), "relabel": N_("batch to be labelled again ({reason})"),
        "void": N_("batch void ({reason})"),
    }  # fmt: skip
    return Message(texts.get(body.conclusion, "{reason}"), {"reason": body.reason})


def _exported(body: LabelsExported, _fact: Fact, _say: Say) -> Message:
    said = Message("final labels exported: {export}, {items} items", {"export": body.export, "items": body.items})
    forced = ", ".join(body.forced)
    return with_details(said, (N_("to {value}"), body.recipient), (N_("by force: {value}"), forced))


def _gold(body: GoldRetired, _fact: Fact, _say: Say) -> Message:
    return Message("gold answer {label} retired: {reason}", {"label": body.label, "reason": body.reason})


def _proposal(body: ProposalOpened, _fact: Fact, _say: Say) -> Message:
    text = N_("proposal {proposal} on rule {rule} of {rulebook}")
    return Message(text, {"proposal": body.proposal, "rule": body.rule, "rulebook": body.rulebook})


_TOLD: Final[Mapping[type, Callable[[Any, Fact, Say], Message]]] = {
    BatchDeclared: _declared, CardRecorded: _card, BatchFrozen: _frozen, DisputeRaised: _raised, DisputeRuled: _ruled,
    ReviewRecorded: _verdict, HitRuled: _hit, CorrectionRecorded: _corrected, CorrectionReviewed: _again,
    ProblemClosed: _closed, AppealFiled: _filed, AppealRuled: _appeal, SupervisionChecked: _supervised,
    BatchReturned: _returned, BatchSettled: _settled, LabelsExported: _exported, GoldRetired: _gold,
    ProposalOpened: _proposal,
}  # fmt: skip

"""Facts about an item or its batch as lines of its history: who did what, in a sentence. Facts are only read.

Times and codes stand in the sentences as values; whoever shows them puts them into the reader's words and time zone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, Final

from labelqa.batches.settled import reason_name
from labelqa.batches.supervision import annotation_of
from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.defects import DEFECTS
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
    ReworkSent,
)
from labelqa.records.history import Happened, HistoryLine
from labelqa.records.life import Source
from labelqa.records.names import PersonId
from labelqa.records.supervision import SupervisionChecked
from labelqa.workflows.refusals import joined
from labelqa.workflows.supervising.supervised import SAID

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


class Say:
    """What sentences look up: the text behind a salted digest, "" when it was erased; and how somebody may be shown."""

    def __init__(self, text_of: Callable[[str], str], names: Mapping[PersonId, str]) -> None:
        self._text_of, self._names = text_of, names

    def __call__(self, digest: str) -> str:
        return self._text_of(digest)

    def name(self, person: str) -> str:
        """The person's name, the pseudonym where none is known."""
        return self._names.get(PersonId(person), person)


def line_of(fact: Fact, *, say: Say, gone: Collection[int], held: frozenset[str]) -> HistoryLine:
    """A fact as a line; ``gone`` are the facts that later ones supersede, ``held`` the batches that hold the item."""
    body = fact.body
    person = next((PersonId(who) for name in _HANDS if (who := getattr(body, name, ""))), None)
    batch = getattr(body, "batch", "") or ", ".join(each for each in getattr(body, "batches", ()) if each in held)
    teller = _TOLD.get(type(body))
    return HistoryLine(
        at=fact.effective_at, happened=_HAPPENED.get(type(body), Happened.OTHER), batch=batch, person=person,
        name=say.name(person) if person else fact.actor, identity=fact.identity, fact=fact.seq,
        message=teller(body, fact, say) if teller else Message("{kind}", {"kind": fact.kind}),
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
    source = Source(body.source) if body.source in list(Source) else body.source
    copied = (N_("taken over from batch {value}"), body.copied)
    return with_details(Message(text, {"source": source, "licence": body.licence or "–"}), copied)


def _frozen(body: BatchFrozen, _fact: Fact, _say: Say) -> Message:
    text = N_("batch frozen: {items} {items:item|items}, {annotations} {annotations:annotation|annotations}")
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
        (N_("sample {value}"), body.sample), (N_("rule {value}"), body.rule), (N_("defect {value}"), _defect(body.defect)),
        (N_("should be {value}"), body.correct_label), (N_("suspected harm {value}"), risk_name(body.unsafe)),
        (N_("remark: {value}"), say(body.comment) if body.comment else ""),
    )  # fmt: skip


def _defect(code: str) -> object:
    """A defect of the standard's with its title; one of a rulebook's own as it is called there."""
    title = DEFECTS.get(code)
    return Message("{code} {title}", {"code": code, "title": Message(title)}) if title else code


def risk_name(code: str) -> object:
    """A risk with its name in both languages; the code where it is none of Annex A."""
    from labelqa.rulebook.model import Text
    from labelqa.rulebook.taxonomy import taxonomy

    short = code.replace(".", "")
    group = taxonomy().groups.get(short)
    name = group or next((each.name for each in taxonomy().risks if each.code == short), None)
    return Text(f"{code} {name.zh}", f"{code} {name.en}") if name else code


def _hit(body: HitRuled, _fact: Fact, say: Say) -> Message:
    said = Message("the suspected hit is confirmed") if body.confirmed else Message("the suspected hit is overturned")
    return with_details(said, (N_("reason: {value}"), say(body.reason)))


def _corrected(body: CorrectionRecorded, _fact: Fact, _say: Say) -> Message:
    text = N_("corrected from {before} ({made}) to {after} ({corrected}), because of facts {problems}")
    return Message(text, {
        "before": body.before or "–", "after": body.after, "made": datetime.fromisoformat(body.made_at),
        "corrected": datetime.fromisoformat(body.corrected_at), "problems": ", ".join(map(str, body.problems)) or "–",
    })  # fmt: skip


def _again(body: CorrectionReviewed, _fact: Fact, say: Say) -> Message:
    said = Message(
        "re-review of correction {fact}: {verdict}",
        {"fact": body.correction, "verdict": Message(SAID.get(body.verdict, "{verdict}"))},
    )
    comment = say(body.comment) if body.comment else ""
    return with_details(said, (N_("suspected harm {value}"), risk_name(body.unsafe)), (N_("remark: {value}"), comment))


def _closed(body: ProblemClosed, _fact: Fact, say: Say) -> Message:
    said = Message("problem closed without a correction: facts {facts}", {"facts": ", ".join(map(str, body.problems))})
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
        {"work": _work(body.work, say), "verdict": Message(SAID.get(body.verdict, "{verdict}"))},
    )
    return with_details(said, (N_("remark: {value}"), say(body.note) if body.note else ""))


def _work(work: str, say: Say) -> Message:
    """A piece of work as a person calls it: whose annotation, or which verdict or ruling."""
    annotation = annotation_of(work)
    if annotation is not None:
        return Message("the annotation by {name}", {"name": say.name(annotation[1])})
    kind, _, rest = work.partition(":")
    text = N_("the ruling in fact {fact}") if kind == "ruling" else N_("the verdict in fact {fact}")
    return Message(text, {"fact": rest})


def _returned(body: BatchReturned, _fact: Fact, _say: Say) -> Message:
    return Message("returned into rework round {round}: batch {child}", {"round": body.round, "child": body.child})


def _sent(body: ReworkSent, _fact: Fact, _say: Say) -> Message:
    text = N_("sent as returned work into project {project} of {server}")
    if body.ended:
        text = N_("returned work in project {project} of {server} is closed")
    return Message(text, {"project": body.project, "server": body.server})


def _settled(body: BatchSettled, _fact: Fact, _say: Say) -> Message:
    texts = {
        "accept": N_("batch accepted ({reason})"), "relabel": N_("batch to be labelled again ({reason})"),
        "void": N_("batch void ({reason})"),
    }  # fmt: skip
    return Message(texts.get(body.conclusion, "{reason}"), {"reason": reason_name(body.reason)})


def _exported(body: LabelsExported, _fact: Fact, _say: Say) -> Message:
    said = Message(
        "final labels exported: {export}, {items} {items:item|items}", {"export": body.export, "items": body.items}
    )
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
    ProposalOpened: _proposal, ReworkSent: _sent,
}  # fmt: skip

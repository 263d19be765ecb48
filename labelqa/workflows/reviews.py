"""Verdicts: hand out work sheets, take verdicts back, and say how far a sample is."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from labelqa.batches.checks import current_reviews
from labelqa.batches.conclusion import illegal
from labelqa.batches.preconditions import why_not_review, why_not_verdict
from labelqa.errors import LabelqaError, Message
from labelqa.i18n import Lang
from labelqa.ledger.ledger import salted
from labelqa.records.batch import Batch
from labelqa.records.facts import Draft, ReviewRecorded
from labelqa.records.finding import Finding, Severity, finding
from labelqa.records.names import Digest, ItemId, PersonId
from labelqa.records.results import ReviewsResult, SampleProgress
from labelqa.records.review import DefectSeverity, Drawn, Identity, Review, Sample, Verdict
from labelqa.records.work import RawVerdict, SheetRow, WorkSheet
from labelqa.workflows.content import contents
from labelqa.workflows.desk import Desk
from labelqa.workflows.draws import items_of
from labelqa.workflows.people import find_person
from labelqa.workflows.population import annotators, population, took_part
from labelqa.workflows.refusals import refuse, refuse_settled
from labelqa.workflows.rulebooks import released_book
from labelqa.workflows.state import State, read_state, shown_names

SKEW = timedelta(minutes=10)  # clocks differ
_DEFECT = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,15}")
RISKS = ("A.1", "A.2", "A.3", "A.4", "A.5")


def work_sheets(desk: Desk, sample: str, *, lang: Lang) -> tuple[WorkSheet, ...]:
    """One sheet for each verifier of a sample; who labelled an item is not on it."""
    state = read_state(desk)
    found = state.sample(sample)
    batch = state.batch(found.batch)
    book = released_book(desk, batch.release)
    labels = {each.value: _said(each.title, lang) for each in book.labels}
    rules = {each.id: "" for each in book.rules}
    record = population(desk, state, batch).labels
    drawn = items_of(desk, state, found)
    shown = contents(desk, batch, [each.item_id for each in drawn])
    names = shown_names(desk)
    return tuple(
        WorkSheet(
            sample=found.sample, verifier=verifier, name=names.get(verifier, verifier), labels=labels, rules=rules,
            rows=tuple(
                SheetRow(
                    order=each.order, item_id=each.item_id, content=shown[each.item_id], label=record[each.item_id],
                    shown=labels.get(record[each.item_id], ""),
                )
                for each in drawn
                if each.verifier == verifier
            ),
        )
        for verifier in found.verifiers
    )  # fmt: skip


def _said(title: object, lang: Lang) -> str:
    return str(getattr(title, lang, ""))


class _Desk:
    """What the checks on a sample's verdicts need, read once."""

    def __init__(self, desk: Desk, state: State, sample: Sample) -> None:
        self.state, self.sample = state, sample
        self.batch: Batch = state.batch(sample.batch)
        self.drawn: dict[ItemId, Drawn] = {each.item_id: each for each in items_of(desk, state, sample)}
        self.executors = annotators(desk, self.batch)
        self.participants = took_part(desk, state, self.batch)
        self.labels = population(desk, state, self.batch).labels
        self.rules = (
            {each.id for each in released_book(desk, self.batch.release).rules} if self.batch.release else set()
        )
        self.now = desk.clock()
        self.current = dict(current_reviews(state.reviews.get(sample.sample, ())))

    def reasons(self, body: ReviewRecorded, at: datetime) -> list[Message]:
        """What stands against a verdict."""
        reviewer = PersonId(body.reviewer)
        qualification = self.state.qualification(reviewer, self.batch.release, at)
        known = self.state.people.get(reviewer)
        against = why_not_review(
            body, self.drawn, batch=self.batch, executors_of_item=self.executors.get(ItemId(body.item), set()),
            participants=self.participants, qualification=qualification, duties=known.duties if known else (),
        )  # fmt: skip
        return [*against, *why_not_verdict(body), *self._labels(body), *self._time(body, at)]

    def _time(self, body: ReviewRecorded, at: datetime) -> list[Message]:
        if self.sample.at <= at <= self.now + SKEW:
            return []
        values = {"item": body.item, "at": at.isoformat(timespec="minutes")}
        return [Message("the verdict on item {item} is dated {at}, before the draw or in the future", values)]

    def _labels(self, body: ReviewRecorded) -> list[Message]:
        if body.correct_label and body.correct_label not in self.batch.labels:
            values = {"label": body.correct_label, "batch": self.batch.name}
            return [Message("{label} is not a label of batch {batch}", values)]
        if body.unsafe and body.unsafe not in RISKS:
            return [Message("{code} is no group of risks: write A.1 to A.5", {"code": body.unsafe})]
        if body.rule and body.rule not in self.rules:
            return [
                Message("{rule} is not a rule of release {release}", {"rule": body.rule, "release": self.batch.release})
            ]
        if body.defect and not _DEFECT.fullmatch(body.defect):
            return [
                Message(
                    "{code} is no defect code: write one such as P1, R3 or the rulebook's own", {"code": body.defect}
                )
            ]
        return []


def record_review(
    desk: Desk,
    sample: str,
    item: str,
    *,
    verdict: Verdict,
    by: str,
    rule: str = "",
    defect: str = "",
    severity: DefectSeverity | None = None,
    correct_label: str = "",
    unsafe: str = "",
    comment: str = "",
) -> Review:
    """Record one verdict; a second one on the same item supersedes the first and both stay on record."""
    state = read_state(desk)
    found = state.sample(sample)
    raw = RawVerdict(
        sample=found.sample, item_id=item, verdict=str(verdict), verifier=find_person(desk, by), rule=rule, defect=defect,
        severity=str(severity or ""), correct_label=correct_label, unsafe=unsafe, comment=comment,
    )  # fmt: skip
    checking, now = _Desk(desk, state, found), desk.clock()
    body, text = _body(checking, raw)
    refuse(checking.reasons(body, now))
    draft = _draft(desk, body, checking.current.get(ItemId(item)), desk.identity, None)
    (fact,) = desk.ledger.append(
        [draft], now=now, erasable=[text] if text else [], unless=lambda facts: refuse_settled(facts, found.batch)
    )
    return next(each for each in read_state(desk).reviews[found.sample] if each.fact == fact.seq)


def import_verdicts(
    desk: Desk, verdicts: Sequence[RawVerdict], *, identity: Identity = Identity.IMPORTED, source: str = ""
) -> ReviewsResult:
    """Take verdicts from sheets or exports; each that a rule forbids becomes a finding, the others are recorded.

    A verdict that stands there already adds nothing; a changed one supersedes the earlier, which stays on record.
    ``source`` is the digest of the file that they stand in.
    """
    state = read_state(desk)
    checks: dict[str, _Desk] = {}
    drafts: list[Draft] = []
    texts: list[tuple[Digest, str, str]] = []
    found: list[Finding] = []
    said: dict[tuple[str, str], tuple[ReviewRecorded, str]] = {}  # by sample and item: what this very list said already
    unchanged = unfilled = 0
    for raw in verdicts:
        if not raw.verdict:
            unfilled += 1
            continue
        try:
            checking = checks.setdefault(
                raw.sample, checks.get(raw.sample) or _Desk(desk, state, state.sample(raw.sample))
            )
            body, text = _body(checking, _identified(desk, raw), source=source)
            at = raw.at or desk.clock()
            before = checking.current.get(ItemId(body.item))
            once, content = (body.sample, body.item), (replace(body, comment=""), raw.comment)
            if said.get(once) == content or (
                once not in said and before is not None and _says(desk, before, body, raw.comment)
            ):
                unchanged += 1
                continue
            refuse(checking.reasons(body, at))
            said[once] = content
        except (LabelqaError, ValueError) as error:
            found.append(_refused(raw, error))
            continue
        drafts.append(_draft(desk, body, before, identity, raw.at))
        texts += [text] if text else []
    if drafts:
        batches = {each.batch.name for each in checks.values()}
        desk.ledger.append(
            drafts, now=desk.clock(), erasable=texts, unless=lambda facts: refuse_settled(facts, *batches)
        )
    return ReviewsResult(recorded=len(drafts), unchanged=unchanged, unfilled=unfilled, findings=tuple(found))


def _identified(desk: Desk, raw: RawVerdict) -> RawVerdict:
    """The verdict under the pseudonym of who submitted it, or of whom the sheet was for."""
    return replace(raw, verifier=find_person(desk, raw.account or raw.verifier))


def _refused(raw: RawVerdict, error: Exception) -> Finding:
    message = error.message if isinstance(error, LabelqaError) else Message("{why}", {"why": str(error)})
    return finding(
        "review-refused", "the verdict on item {item} was not taken: {why}",
        mend=Message("correct the sheet and import it again; verdicts that were taken are not doubled"),
        severity=Severity.ERROR, place=raw.place, item=raw.item_id, why=message,
    )  # fmt: skip


def _body(
    checking: _Desk, raw: RawVerdict, *, source: str = ""
) -> tuple[ReviewRecorded, tuple[Digest, str, str] | None]:
    sample = checking.sample
    text = salted(raw.comment, secrets.token_hex(16)) if raw.comment else None
    body = ReviewRecorded(
        sample=sample.sample, batch=sample.batch, item=raw.item_id, verdict=str(Verdict(raw.verdict)), kind=str(sample.kind),
        reviewer=raw.verifier, rule=raw.rule, defect=raw.defect, severity=raw.severity, correct_label=raw.correct_label,
        unsafe=raw.unsafe, comment=text[0] if text else "", label=checking.labels.get(ItemId(raw.item_id), ""),
        source=source,
    )  # fmt: skip
    return body, text


def _says(desk: Desk, before: Review, body: ReviewRecorded, comment: str) -> bool:
    same = (
        (before.verdict, before.reviewer, before.rule, before.defect, str(before.severity or ""))
        == (body.verdict, body.reviewer, body.rule, body.defect, body.severity)
        and (before.correct_label, before.unsafe) == (body.correct_label, body.unsafe)
    )  # fmt: skip
    return same and (desk.ledger.text_of(before.comment) if before.comment else "") == comment


def _draft(desk: Desk, body: ReviewRecorded, before: Review | None, identity: Identity, at: datetime | None) -> Draft:
    subjects = (f"batch:{body.batch}", f"sample:{body.sample}", f"item:{body.item}", f"person:{body.reviewer}")
    return Draft(
        body=body, subjects=subjects, actor=desk.actor, identity=identity, effective_at=at,
        supersedes=before.fact if before else None,
    )  # fmt: skip


def sample_progress(desk: Desk, sample: str) -> SampleProgress:
    """How far the review of a sample is."""
    state = read_state(desk)
    return progress_of(desk, state, state.sample(sample), shown_names(desk))


def progress_of(desk: Desk, state: State, sample: Sample, names: Mapping[PersonId, str]) -> SampleProgress:
    """The same, in a state already read."""
    current = current_reviews(state.reviews.get(sample.sample, ()))
    drawn = items_of(desk, state, sample)
    given = {each: [0, 0] for each in sample.verifiers}
    for each in drawn:
        given[each.verifier][0] += 1
        given[each.verifier][1] += each.item_id in current
    verdicts = [review.verdict for review in current.values()]
    return SampleProgress(
        sample=sample.sample, batch=sample.batch, n=sample.resolved.n, c=sample.resolved.c,
        population=sample.resolved.population, reviewed=len(current), correct=verdicts.count(Verdict.CORRECT),
        incorrect=verdicts.count(Verdict.INCORRECT), undecidable=verdicts.count(Verdict.UNDECIDABLE),
        unsafe=sum(illegal(each) for each in current.values()),
        by_verifier=tuple((each, names.get(each, each), given[each][0], given[each][1]) for each in sample.verifiers),
        standing=str(sample.standing),
    )  # fmt: skip

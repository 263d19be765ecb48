"""Verdicts on drawn items: recorded one by one or taken from filled sheets; each stays on record for good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from labelqa.errors import BadInput, LabelqaError, Message
from labelqa.records.facts import Draft, ReviewRecorded
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.names import Digest, PersonId
from labelqa.records.results import ReviewsResult
from labelqa.records.review import DefectSeverity, Identity, Review, Verdict
from labelqa.records.work import RawVerdict
from labelqa.workflows.desk import Desk
from labelqa.workflows.people import find_person
from labelqa.workflows.refusals import refuse, refuse_settled
from labelqa.workflows.reviewing.progress import progress_of, sample_progress
from labelqa.workflows.reviewing.verdicts import VerdictDesk
from labelqa.workflows.reviewing.work_sheets import work_sheets
from labelqa.workflows.state import State, read_state

__all__ = ["import_verdicts", "lacks_checks", "progress_of", "record_review", "sample_progress", "work_sheets"]


def record_review(
    desk: Desk,
    sample: str,
    item: str,
    *,
    by: str,
    verdict: Verdict | None = None,
    rule: str = "",
    defect: str = "",
    severity: DefectSeverity | None = None,
    correct_label: str = "",
    unsafe: str = "",
    comment: str = "",
    safety: str = "",
    obstacle: str = "",
    answer: str = "",
    checks: Mapping[str, str] | None = None,
    scores: Mapping[str, float | str] | None = None,
) -> Review:
    """Record one verdict; another one on the same item in the same role supersedes it, and both stay on record.

    One that says nothing new is not recorded again: what comes back is the verdict that stands.
    ``verdict`` may be left out where an ``answer`` given blind, an ``obstacle`` or ``scores`` against the plan's pass
    lines give it. Who is the item's second verifier gives a second opinion, which decides nothing.
    """
    state = read_state(desk)
    found = state.sample(sample)
    raw = RawVerdict(
        sample=found.sample, item_id=item, verdict=str(verdict or ""), verifier=find_person(desk, by), rule=rule,
        defect=defect, severity=str(severity or ""), correct_label=correct_label, unsafe=unsafe, comment=comment,
        safety=safety, obstacle=obstacle, answer=answer, checks=dict(checks or {}),
        scores={name: str(score) for name, score in (scores or {}).items()},
    )  # fmt: skip
    checking, now = VerdictDesk(desk, state, found), desk.clock()
    body, text = checking.body(raw)
    refuse(checking.reasons(body, now))
    before = checking.before(body)
    if before is not None and _stands(desk, before, (_content(body), comment)):
        return before
    draft = _draft(desk, body, before, desk.identity, None)
    (fact,) = desk.ledger.append(
        [draft], now=now, erasable=[text] if text else [], unless=lambda facts: refuse_settled(facts, found.batch)
    )
    return next(each for each in read_state(desk).reviews[found.sample] if each.fact == fact.seq)


def lacks_checks(desk: Desk, review: Review) -> bool:
    """Whether a recorded verdict should hold the three checks of GB/T 45674—2025, 8.1 d), and does not."""
    state = read_state(desk)
    return VerdictDesk(desk, state, state.sample(review.sample)).lacks_checks(review)


def import_verdicts(
    desk: Desk, verdicts: Sequence[RawVerdict], *, identity: Identity = Identity.IMPORTED, source: str = ""
) -> ReviewsResult:
    """Take verdicts from sheets or exports; each that a rule forbids becomes a finding, the others are recorded.

    A verdict that stands there already adds nothing; a changed one supersedes the earlier, which stays on record.
    ``source`` is the digest of the file that they stand in.
    """
    taking = _Taking(desk, identity, source)
    for raw in verdicts:
        taking.take(raw)
    return taking.recorded()


class _Taking:
    """A list of verdicts while it is taken in: what to record, what was known, what was refused."""

    def __init__(self, desk: Desk, identity: Identity, source: str) -> None:
        self.desk, self.identity, self.source = desk, identity, source
        self.state: State = read_state(desk)
        self.now = desk.clock()  # one moment for the whole list, however long it takes
        self.checks: dict[str, VerdictDesk] = {}
        self.drafts: list[Draft] = []
        self.texts: list[tuple[Digest, str, str]] = []
        self.findings: list[Finding] = []
        self.said: dict[tuple[str, str, bool], tuple[Any, str]] = {}  # what this very list said already
        self.strange: Counter[tuple[str, str]] = Counter()  # file and sample, where the sample is not known here
        self.touched: dict[str, None] = {}
        self.people: dict[str, PersonId] = {}
        self.unchanged = self.unfilled = self.unchecked = 0

    def take(self, raw: RawVerdict) -> None:
        """One verdict: kept to be recorded, known before, open, or a finding."""
        if not raw.said:
            self.unfilled += 1
            return
        try:
            checking = self._desk(raw.sample)
        except BadInput:
            self.strange[(raw.place.file, raw.sample)] += 1
            return
        try:
            body, text = checking.body(self._identified(raw), source=self.source)
            before = checking.before(body)
            once, content = (body.sample, body.item, body.second), (_content(body), raw.comment)
            if self.said.get(once) == content or (
                once not in self.said and before is not None and _stands(self.desk, before, content)
            ):
                self.unchanged += 1
                self.touched[body.sample] = None
                return
            refuse(checking.reasons(body, raw.at or self.now))
        except (LabelqaError, ValueError) as error:
            self.findings.append(_refused(raw, error))
            return
        self.said[once] = content
        self.touched[body.sample] = None
        self.unchecked += checking.lacks_checks(body)
        self.drafts.append(_draft(self.desk, body, before, self.identity, raw.at))
        self.texts += [text] if text else []

    def _desk(self, sample: str) -> VerdictDesk:
        if sample not in self.checks:
            self.checks[sample] = VerdictDesk(self.desk, self.state, self.state.sample(sample))
        return self.checks[sample]

    def _identified(self, raw: RawVerdict) -> RawVerdict:
        """The verdict under the pseudonym of who submitted it, or of whom the sheet was for."""
        who = raw.account or raw.verifier
        if who not in self.people:
            self.people[who] = find_person(self.desk, who)
        return replace(raw, verifier=self.people[who])

    def recorded(self) -> ReviewsResult:
        """Everything recorded in one go, and what was found."""
        if self.drafts:
            batches = {each.batch.name for each in self.checks.values()}
            self.desk.ledger.append(
                self.drafts, now=self.desk.clock(), erasable=self.texts,
                unless=lambda facts: refuse_settled(facts, *batches),
            )  # fmt: skip
        found = [*map(_stranger, self.strange.items()), *self.findings]
        if self.unchecked:
            found.append(_unchecked(self.unchecked))
        return ReviewsResult(
            recorded=len(self.drafts), unchanged=self.unchanged, unfilled=self.unfilled, findings=tuple(found),
            samples=tuple(self.touched),
        )  # fmt: skip


def _refused(raw: RawVerdict, error: Exception) -> Finding:
    message = error.message if isinstance(error, LabelqaError) else Message("{why}", {"why": str(error)})
    return finding(
        "review-refused", "the verdict on item {item} was not taken: {why}",
        mend=Message("correct the sheet and import it again; verdicts that were taken are not doubled"),
        severity=Severity.ERROR, place=raw.place, item=raw.item_id, why=message,
    )  # fmt: skip


def _stranger(counted: tuple[tuple[str, str], int]) -> Finding:
    (file, sample), count = counted
    return finding(
        "review-other-sample", "the verdicts are about sample {sample}, which this workspace does not have: {n} were not taken",
        mend=Message("import the file into the workspace that wrote the sheet"), severity=Severity.ERROR,
        place=Place(file=file), sample=sample, n=count,
    )  # fmt: skip


def _unchecked(count: int) -> Finding:
    return finding(
        "checks-missing",
        "{n} verdicts were taken that do not record all three checks of GB/T 45674—2025, 8.1 d): understanding, "
        "consistency, quality",
        mend=Message("fill the checks in and import again; correct items are checked too"), severity=Severity.NOTE,
        n=count,
    )  # fmt: skip


def _stands(desk: Desk, before: Review, content: tuple[Any, str]) -> bool:
    """Whether a verdict says what another one says that stands there already."""
    said, comment = content
    return _content(before) == said and (desk.ledger.text_of(before.comment) if before.comment else "") == comment


def _content(said: ReviewRecorded | Review) -> tuple[Any, ...]:
    """What a verdict says, however it is stored, to tell a new one from one that stands there already."""
    safety = said.safety or ("unsafe" if said.unsafe else "")
    return (
        str(said.verdict), said.reviewer, said.rule, said.defect, str(said.severity or ""), said.correct_label,
        said.unsafe, safety, said.obstacle, said.answer, dict(said.checks), dict(said.scores),
    )  # fmt: skip


def _draft(desk: Desk, body: ReviewRecorded, before: Review | None, identity: Identity, at: datetime | None) -> Draft:
    subjects = (f"batch:{body.batch}", f"sample:{body.sample}", f"item:{body.item}", f"person:{body.reviewer}")
    return Draft(
        body=body, subjects=subjects, actor=desk.actor, identity=identity, effective_at=at,
        supersedes=before.fact if before else None,
    )  # fmt: skip

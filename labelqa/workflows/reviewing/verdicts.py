"""One verdict on its way into the record: what it follows from, what is filled in, and what stands against it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from labelqa.batches.checks import current_reviews, second_reviews
from labelqa.batches.preconditions import why_not_review, why_not_verdict
from labelqa.batches.verdict import (
    CLOSED,
    all_checked,
    answered,
    below,
    defect_of,
    judged,
    members,
    risk_code,
    same_label,
    score_of,
)
from labelqa.errors import InsufficientData, Message, Refused
from labelqa.i18n import N_
from labelqa.ledger.ledger import salted
from labelqa.records.annotation import ControlKind
from labelqa.records.batch import Batch, Kind
from labelqa.records.defects import DEFECTS, DIMENSIONS
from labelqa.records.facts import ReviewRecorded
from labelqa.records.names import Digest, ItemId, PersonId
from labelqa.records.people import Duty
from labelqa.records.review import Drawn, Review, Safety, Sample, Verdict, VerdictKind
from labelqa.records.work import RawVerdict
from labelqa.rulebook.taxonomy import taxonomy
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.draws import items_of
from labelqa.workflows.duties.fitting import Fitness
from labelqa.workflows.population import annotators, judged_labels, took_part
from labelqa.workflows.rulebooks import released_book
from labelqa.workflows.state import State
from labelqa.workflows.subject import kind_of_batch

SKEW: Final = timedelta(minutes=10)  # clocks differ
Text = tuple[Digest, str, str]  # digest, salt and text that is kept erasably


def known_kind(desk: Desk, batch: Batch) -> ControlKind | None:
    """Of which kind a frozen batch's answers are; None where nobody can tell."""
    try:
        return kind_of_batch(desk, batch)
    except InsufficientData:
        return None


def why_not_blind(kind: ControlKind | None) -> list[Message]:
    """Only closed labels can be given again without seeing the first: of anything else no two answers are the same."""
    if kind in CLOSED:
        return []
    text = N_(
        "the answers of this batch are of the kind {kind}: responses, preferences and open answers are verified with the "
        "original shown, and only single labels, sets of labels and ratings can be given again blind"
    )
    return [Message(text, {"kind": kind or "?"})]


def is_label(batch: Batch, kind: ControlKind | None, label: str) -> bool:
    """Whether a label may be given in a batch; answers that are no labels at all are not looked up."""
    labels = batch.labels
    if label in labels:
        return True
    if kind is ControlKind.CHOICES:
        return bool(members(label)) and (not labels or members(label) <= set(labels))
    if kind is ControlKind.RATING:
        return (score := score_of(label)) is not None and score.is_integer()
    return not labels or kind not in (None, ControlKind.CHOICE, ControlKind.PAIRWISE)


class VerdictDesk:
    """What the checks on a sample's verdicts need, read once."""

    def __init__(self, desk: Desk, state: State, sample: Sample) -> None:
        self.desk, self.state, self.sample = desk, state, sample
        self.batch: Batch = state.batch(sample.batch)
        self.drawn: dict[ItemId, Drawn] = {each.item_id: each for each in items_of(desk, state, sample)}
        self.executors = annotators(desk, self.batch)
        self.participants = took_part(desk, state, self.batch)
        self.labels = judged_labels(desk, state, sample)
        self.lines: Mapping[str, float] = state.plans[sample.batch][sample.plan - 1].terms.pass_lines
        self.now = desk.clock()
        given = state.reviews.get(sample.sample, ())
        self.current, self.seconds = current_reviews(given), second_reviews(given)
        self._seen = {(each.item_id, each.reviewer) for each in given}
        self.fitness = Fitness(state, self.batch)

    @cached_property
    def kind(self) -> ControlKind | None:
        """Of which kind the answers are."""
        return known_kind(self.desk, self.batch)

    @cached_property
    def rules(self) -> set[str]:
        """The rules that may be named."""
        return {each.id for each in released_book(self.desk, self.batch.release).rules} if self.batch.release else set()

    @cached_property
    def defects(self) -> tuple[str, ...]:
        """The defect codes that may be named: the rulebook's own and those of the standard."""
        own = released_book(self.desk, self.batch.release).defects if self.batch.release else ()
        return tuple(dict.fromkeys([*(each.code for each in own), *DEFECTS]))

    @property
    def checks_wanted(self) -> bool:
        """Whether each verdict is to record the three checks: of safety labels, and of functional ones that are no
        closed choice."""
        return self.batch.kind is Kind.SAFETY or self.kind not in CLOSED

    def lacks_checks(self, said: ReviewRecorded | Review) -> bool:
        """Whether a verdict should record the three checks of GB/T 45674—2025, 8.1 d), and does not."""
        return self.checks_wanted and not said.obstacle and not all_checked(said.checks)

    def before(self, body: ReviewRecorded) -> Review | None:
        """The verdict that this one supersedes: a second opinion never takes the place of the first verdict."""
        return (self.seconds if body.second else self.current).get(ItemId(body.item))

    def body(self, raw: RawVerdict, *, source: str = "") -> tuple[ReviewRecorded, Text | None]:
        """The verdict as it would be recorded, with the text that is kept apart.

        Raises Refused where a score, a risk or an answer cannot be read, or where nothing gives a verdict.
        """
        raw = self._derived(raw)
        text = salted(raw.comment, secrets.token_hex(16)) if raw.comment else None
        item, reviewer = ItemId(raw.item_id), PersonId(raw.verifier)
        drawn = self.drawn.get(item)
        body = ReviewRecorded(
            sample=self.sample.sample, batch=self.batch.name, item=item, verdict=str(Verdict(raw.verdict)),
            kind=str(self.sample.kind), reviewer=reviewer, rule=raw.rule, defect=self._code(raw.defect),
            severity=raw.severity, correct_label=raw.correct_label, unsafe=raw.unsafe, comment=text[0] if text else "",
            label=self.labels.get(item, ""), source=source, answer=raw.answer, obstacle=raw.obstacle,
            safety=raw.safety or (Safety.UNSAFE.value if raw.unsafe else ""), checks=dict(raw.checks),
            scores=self._scores(raw), second=drawn is not None and reviewer == drawn.second != drawn.verifier,
            blind=bool(raw.answer) and (item, reviewer) not in self._seen,
        )  # fmt: skip
        return body, text

    def _code(self, defect: str) -> str:
        """A defect code in the spelling of the rulebook or the standard."""
        return next((each for each in self.defects if each.casefold() == defect.strip().casefold()), defect.strip())

    def _derived(self, raw: RawVerdict) -> RawVerdict:
        """The verdict with what follows from an obstacle, an answer given blind, or scores."""
        if raw.verdict not in ("", *Verdict):
            raise Refused("{word} is none of {words}", word=raw.verdict, words=", ".join(Verdict))
        code = risk_code(raw.unsafe)
        if code is None or (code and not taxonomy().of(code.replace(".", ""))):
            raise Refused(
                "{code} is no risk: write a group, A.1 to A.5, or one risk of Annex A such as A1a", code=raw.unsafe
            )
        raw = replace(raw, unsafe=code)
        if raw.answer:
            return self._by_answer(raw)
        if raw.obstacle and not raw.verdict:
            return replace(raw, verdict=Verdict.UNDECIDABLE.value)
        return self._by_scores(raw) if raw.scores else self._stated(raw)

    def _stated(self, raw: RawVerdict) -> RawVerdict:
        if not raw.verdict:
            raise Refused(
                "item {item} has no verdict, and nothing that gives one: an answer, an obstacle or scores",
                item=raw.item_id,
            )
        return raw

    def _by_answer(self, raw: RawVerdict) -> RawVerdict:
        kind = self.kind
        if kind is None or why_not_blind(kind):
            why = why_not_blind(kind)[0]
            raise Refused(why.text, **why.values)
        if raw.verdict or raw.obstacle or raw.correct_label:
            raise Refused(
                "item {item} was answered blind, and the answer itself gives the verdict: leave out any other verdict, "
                "obstacle and correct label", item=raw.item_id,
            )  # fmt: skip
        answer = answered(raw.answer, kind)
        if not self._is_label(answer):
            raise Refused("{label} is not a label of batch {batch}", label=raw.answer, batch=self.batch.name)
        if same_label(answer, self.labels.get(ItemId(raw.item_id), ""), kind):
            return replace(raw, answer=answer, verdict=Verdict.CORRECT.value)
        return replace(raw, answer=answer, verdict=Verdict.INCORRECT.value, correct_label=answer)

    def _by_scores(self, raw: RawVerdict) -> RawVerdict:
        scores = self._scores(raw)
        verdict = raw.verdict or judged(scores, self.lines)
        if not verdict:
            raise Refused(
                "item {item} has no verdict, and its scores give none: scores of {missing} are missing",
                item=raw.item_id, missing=", ".join(each for each in self.lines if each not in scores) or "?",
            )  # fmt: skip
        failing = below(scores, self.lines)
        defect = next(filter(None, map(defect_of, failing)), "")
        if verdict == Verdict.INCORRECT and not (raw.rule or raw.defect):
            raw = replace(raw, defect=defect)
        return replace(raw, verdict=verdict)

    def _scores(self, raw: RawVerdict) -> dict[str, float]:
        known = tuple(dict.fromkeys([*self.lines, *DIMENSIONS]))
        found: dict[str, float] = {}
        for name, written in raw.scores.items():
            score = score_of(written)
            if name not in known:
                raise Refused("{dimension} is no dimension that is scored: choose one of {known}",
                              dimension=name, known=", ".join(known))  # fmt: skip
            if score is None:
                raise Refused("the score of {dimension} on item {item} is {score}: write a number from 0 to 100",
                              dimension=name, item=raw.item_id, score=written)  # fmt: skip
            found[name] = score
        return found

    def reasons(self, body: ReviewRecorded, at: datetime) -> list[Message]:
        """What stands against a verdict."""
        reviewer = PersonId(body.reviewer)
        qualification = self.state.qualification(reviewer, self.batch.release, at, Duty.REVIEWER)
        known = self.state.people.get(reviewer)
        against = why_not_review(
            body, self.drawn, batch=self.batch, executors_of_item=self.executors.get(ItemId(body.item), set()),
            participants=self.participants, qualification=qualification, duties=known.duties if known else (),
        )  # fmt: skip
        return [
            *against,
            *self.fitness.reasons(reviewer, {Duty.REVIEWER}, at, body.item),
            *why_not_verdict(body, lines=self.lines),
            *self._names(body),
            *self._time(body, at),
            *self._bare(body),
            *self._outside(body),
        ]

    def _outside(self, body: ReviewRecorded) -> list[Message]:
        """Who is drawn to verify a batch from outside does not review it as part of production (8.1 c)."""
        others = [each for each in self.state.samples.get(self.batch.name, ()) if each.kind is VerdictKind.VERIFICATION]
        drawn = any(body.reviewer in each.verifiers for each in others)
        if body.kind != VerdictKind.REVIEW or not drawn:
            return []
        text = N_("{person} is drawn to verify batch {batch} from outside and may not review it as part of production")
        return [Message(text, {"person": body.reviewer, "batch": self.batch.name})]

    def _bare(self, body: ReviewRecorded) -> list[Message]:
        """Nothing is correct about an item of which an arbitrator let no label stand before it was drawn."""
        if body.verdict != Verdict.CORRECT or body.item not in self.drawn or body.item in self.labels:
            return []
        text = N_("item {item} has no label of record, so no verdict calls it correct: say incorrect or undecidable")
        return [Message(text, {"item": body.item})]

    def _time(self, body: ReviewRecorded, at: datetime) -> list[Message]:
        if self.sample.at <= at <= self.now + SKEW:
            return []
        values = {"item": body.item, "at": at.isoformat(timespec="minutes")}
        return [Message("the verdict on item {item} is dated {at}, before the draw or in the future", values)]

    def _names(self, body: ReviewRecorded) -> list[Message]:
        """Labels, rules and defects that are none of the batch's."""
        release = {"release": self.batch.release}
        found: list[Message] = []
        if body.correct_label and not self._is_label(body.correct_label):
            found.append(Message("{label} is not a label of batch {batch}",
                                 {"label": body.correct_label, "batch": self.batch.name}))  # fmt: skip
        if body.rule and body.rule not in self.rules:
            found.append(Message("{rule} is not a rule of release {release}", {"rule": body.rule, **release}))
        if body.defect and body.defect not in self.defects:
            text = N_("{code} is no defect code of release {release}: choose one of {codes}")
            found.append(Message(text, {"code": body.defect, "codes": ", ".join(self.defects), **release}))
        return found

    def _is_label(self, label: str) -> bool:
        return label in self.batch.labels or is_label(self.batch, self.kind, label)

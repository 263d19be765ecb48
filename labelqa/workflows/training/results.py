"""Marked papers on record: the score and the shares by ability, the answers beside them, and the same marks again.

Grading a kept paper is deterministic, so anybody can grade the stored answers once more and compare. Answers are
erasable; then the score stands, and that it cannot be verified is said.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from labelqa.batches.checks import in_force
from labelqa.errors import BadInput, InsufficientData, LabelqaError, Message, Refused
from labelqa.ledger.ledger import salted
from labelqa.ledger.view import Facts
from labelqa.records.estimate import Figure, unknown
from labelqa.records.exams import GroupShare
from labelqa.records.facts import ExamBegun, ExamRecorded, Fact, PaperRegistered
from labelqa.records.finding import Finding
from labelqa.records.names import PersonId, ReleaseName
from labelqa.records.people import Exam
from labelqa.rulebook.exam import KeyedResult, mark_keyed
from labelqa.stats.proportion import wilson
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import State, read_state, shown_names
from labelqa.workflows.training.checks import check_past, check_person, draft_of, subjects_of
from labelqa.workflows.training.papers import kept_paper

LONGEST = 200  # characters of an answer


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamLine:
    """An exam as it went on record, with the intervals of its shares (Wilson's)."""

    exam: Exam
    share: Figure
    abilities: tuple[GroupShare, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Regraded:
    """A stored exam graded again; ``identical`` is None where it could not be, and ``why`` says the reason."""

    fact: int
    paper: str
    person: str
    at: datetime
    score: float
    again: float | None
    identical: bool | None
    why: Message = field(default_factory=lambda: Message(""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many were right of how many, in all and by ability."""

    right: int
    n: int
    by_ability: Mapping[str, tuple[int, int]]

    @property
    def shares(self) -> dict[str, float]:
        """Ability → share right."""
        return {ability: right / n for ability, (right, n) in self.by_ability.items()}


def line_of(exam: Exam, counted: Counted, *, confidence: float, findings: Sequence[Finding] = ()) -> ExamLine:
    """An exam with the intervals of what was counted."""
    groups = tuple(
        GroupShare(name=ability, share=share_of(*pair, confidence)) for ability, pair in counted.by_ability.items()
    )
    share = share_of(counted.right, counted.n, confidence)
    return ExamLine(exam=exam, share=share, abilities=groups, findings=tuple(findings))


def share_of(right: int, n: int, confidence: float) -> Figure:
    """A share with Wilson's interval; unknown for nothing."""
    try:
        return wilson(right, n, confidence=confidence)
    except InsufficientData as error:
        return unknown(error)


def attempts_before(facts: Facts, person: str, release: str) -> int:
    """How often somebody saw the questions of an exam on a release: sittings begun, and exams recorded without one."""
    begun = [body for _, body in in_force(facts.about(f"person:{person}", ExamBegun), ExamBegun)]
    held = [body for _, body in in_force(facts.about(f"person:{person}", ExamRecorded), ExamRecorded)]
    return sum(each.release == release for each in begun) + sum(
        each.release == release and not each.sitting for each in held
    )


def record_marked(
    desk: Desk,
    person: PersonId,
    registered: PaperRegistered,
    answers: Mapping[str, str],
    *,
    at: datetime | None = None,
    proctor: str = "",
    origin: str = "paper",
    begun: ExamBegun | None = None,
) -> ExamLine:
    """Grade the answers to a registered paper and put the exam on record; question by question they stay erasable.

    Refused for the same person, paper and time once more, or a sitting that is ended; ``proctor`` is a pseudonym.
    """
    state, now = read_state(desk), desk.clock()
    check_person(desk, state, person)
    check_past(at or now, now)
    if proctor == person:
        raise Refused("nobody watches over their own exam: name another proctor")
    told = {str(key)[:LONGEST]: str(value)[:LONGEST] for key, value in sorted(answers.items()) if str(value).strip()}
    result = mark_keyed(kept_paper(desk, registered.paper), told)
    text = salted(_answers_text(registered.paper, told), secrets.token_hex(16))
    attempt = begun.attempt if begun else attempts_before(state.facts, person, registered.release) + 1
    body = ExamRecorded(
        person=person, release=registered.release, score=result.score, pass_mark=registered.pass_mark,
        paper=registered.paper, reason=registered.reason, abilities=result.shares, least=registered.least,
        answers=text[0], attempt=attempt, proctor=proctor, origin=origin, sitting=begun.sitting if begun else "",
    )  # fmt: skip

    def unless(facts: Facts) -> None:
        for fact, known in in_force(facts.about(f"person:{person}", ExamRecorded), ExamRecorded):
            same = known.paper == body.paper and (fact.effective_at == at or body.sitting == known.sitting != "")
            if same:
                raise Refused("{person} is on record with this very paper at that time (fact {fact})",
                              person=shown_names(desk).get(person, person), fact=fact.seq)  # fmt: skip

    more = (f"paper:{body.paper}", f"sitting:{body.sitting}" if body.sitting else "")
    draft = draft_of(desk, body, subjects_of(person, body.release, *more), at)
    (fact,) = desk.ledger.append([draft], now=now, erasable=[text], unless=unless)
    counted = Counted(right=result.right, n=len(result.marked), by_ability=result.by_ability)
    return line_of(exam_of(fact), counted, confidence=desk.settings.confidence, findings=result.findings)


def _answers_text(paper: str, told: Mapping[str, str]) -> str:
    return json.dumps({"paper": paper, "answers": told}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def exam_of(fact: Fact) -> Exam:
    """The exam that a fact tells of."""
    body: ExamRecorded = fact.body
    return Exam(
        person=PersonId(body.person), release=ReleaseName(body.release), at=fact.effective_at, score=body.score,
        pass_mark=body.pass_mark, fact=fact.seq, abilities=body.abilities, least=body.least, paper=body.paper,
        attempt=body.attempt, origin=body.origin,
    )  # fmt: skip


def verify_exams(desk: Desk, person: PersonId, *, paper: str = "") -> tuple[Regraded, ...]:
    """Grade the stored answers of somebody's exams again; ``paper`` is a digest or its beginning, "" for all.

    BadInput where no exam of the person is on record.
    """
    state = read_state(desk)
    held = [
        (fact, body)
        for fact, body in in_force(state.facts.about(f"person:{person}", ExamRecorded), ExamRecorded)
        if body.person == person and body.paper.startswith(paper)
    ]
    if not held:
        raise BadInput("no such exam of {person} is on record", person=shown_names(desk).get(person, person))
    return tuple(_regraded(desk, fact, body) for fact, body in held)


def _regraded(desk: Desk, fact: Fact, body: ExamRecorded) -> Regraded:
    try:
        score, shares = _again(desk, body)
        identical: bool | None = score == body.score and shares == body.abilities
        again: float | None = score
        why = Message("") if identical else Message("the stored answers give other marks than those on record")
    except LabelqaError as error:
        again, identical, why = None, None, error.message
    return Regraded(
        fact=fact.seq, paper=body.paper, person=body.person, at=fact.effective_at, score=body.score, again=again,
        identical=identical, why=why,
    )  # fmt: skip


def _again(desk: Desk, body: ExamRecorded) -> tuple[float, dict[str, float]]:
    if not body.answers:
        raise InsufficientData(
            "no-answers", "no answers were stored: the score was typed in, imported, or marked elsewhere"
        )
    text = desk.ledger.text_of(body.answers)
    if not text:
        raise InsufficientData("erased", "the answers were erased, so the exam cannot be graded again")
    told = json.loads(text)
    if body.origin == "gold":
        counted = gold_counts(told["items"])
        if gold_digest((item, label) for item, label, *_ in told["items"]) != body.paper:
            raise InsufficientData("altered", "the stored answers are about other items than the record says")
        return counted.right / counted.n, counted.shares
    result: KeyedResult = mark_keyed(kept_paper(desk, body.paper), told["answers"])
    return result.score, result.shares


def gold_counts(items: Sequence[Sequence[str]]) -> Counted:
    """What answers on gold items count to; each is item, gold label, given label, ability."""
    found: dict[str, tuple[int, int]] = {}
    for _, label, given, ability in items:
        right, n = found.get(ability, (0, 0))
        found[ability] = right + (given == label), n + 1
    return Counted(
        right=sum(right for right, _ in found.values()), n=len(items), by_ability=dict(sorted(found.items()))
    )


def gold_digest(pairs: Iterable[tuple[str, str]]) -> str:
    """The digest of gold items and their labels, by which an exam on them names its paper."""
    text = json.dumps(sorted(pairs), ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def exams_on(state: State, person: str) -> list[tuple[Fact, ExamRecorded]]:
    """Somebody's exams in force, in the order of the ledger."""
    return list(in_force(state.facts.about(f"person:{person}", ExamRecorded), ExamRecorded))

"""Exams marked elsewhere: a score as somebody tells it, alone or in a list, recorded in one append."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from labelqa.errors import BadInput, LabelqaError, Message, Refused
from labelqa.i18n import N_
from labelqa.ledger.view import Facts
from labelqa.records.facts import Draft, ExamRecorded
from labelqa.records.finding import Finding, Place, finding
from labelqa.records.names import PersonId
from labelqa.records.people import Exam
from labelqa.records.results import PeopleImported
from labelqa.rulebook.exam import Ability
from labelqa.workflows.desk import Desk
from labelqa.workflows.people import find_person
from labelqa.workflows.state import State, read_state
from labelqa.workflows.training.checks import check_past, check_person, check_share, draft_of, subjects_of
from labelqa.workflows.training.results import attempts_before, exam_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamRow:
    """One exam: score, pass mark and the shares by ability are shares, 0–1; people by pseudonym, name or account."""

    person: str
    release: str
    at: datetime
    score: float
    pass_mark: float
    paper: str = ""
    reason: str = ""
    proctor: str = ""
    abilities: Mapping[str, float] = field(default_factory=dict)
    least: Mapping[str, float] = field(default_factory=dict)
    place: Place = field(default_factory=Place)


def record_told(desk: Desk, row: ExamRow) -> Exam:
    """Record one exam; raises BadInput or Refused."""
    state = read_state(desk)
    draft = _draft(desk, state, row, origin="", source="", attempts={})
    (fact,) = desk.ledger.append([draft], now=desk.clock())
    return exam_of(fact)


def import_exams(desk: Desk, rows: Sequence[ExamRow], *, source: str = "") -> PeopleImported:
    """Record a list; one that is known already is left alone, one that cannot be taken is a finding."""
    state = read_state(desk)
    known = {(each.person, each.release, each.at) for mine in state.exams.values() for each in mine}
    attempts: dict[tuple[str, str], int] = {}
    drafts: list[Draft] = []
    found: list[Finding] = []
    unchanged, last = 0, state.facts.last
    for row in rows:
        try:
            key = (find_person(desk, row.person), row.release, row.at)
            if key in known:
                unchanged += 1
                continue
            drafts.append(_draft(desk, state, row, origin="import", source=source, attempts=attempts))
            known.add(key)  # type: ignore[arg-type]
        except LabelqaError as error:
            found.append(_refused(row, error.message))

    def unless(facts: Facts) -> None:
        newer = facts.of(ExamRecorded)
        if newer and newer[-1].seq > last:
            raise Refused("exams were recorded meanwhile: import the list again")

    if drafts:
        desk.ledger.append(drafts, now=desk.clock(), unless=unless)
    return PeopleImported(added=len(drafts), unchanged=unchanged, findings=tuple(found))


def _refused(row: ExamRow, why: Message) -> Finding:
    return finding(
        "list-row-refused", "the row is not taken: {why}", mend=Message(N_("Correct the row and import the list again")),
        place=row.place, why=why,
    )  # fmt: skip


def _draft(
    desk: Desk, state: State, row: ExamRow, *, origin: str, source: str, attempts: dict[tuple[str, str], int]
) -> Draft:
    if not (0 <= row.score <= 1 and 0 < row.pass_mark <= 1):
        raise BadInput(
            "score and pass mark are shares between 0 and 1, got {score} and {mark}",
            score=row.score,
            mark=row.pass_mark,
        )
    person = find_person(desk, row.person)
    state.release(row.release)
    check_person(desk, state, person)
    check_past(row.at, desk.clock())
    for ability, share in (*row.abilities.items(), *row.least.items()):
        if ability not in set(Ability):
            raise BadInput("{word} is none of the five abilities: {known}", word=ability, known=", ".join(Ability))
        check_share(share, ability)
    attempt = attempts.get((person, row.release)) or attempts_before(state.facts, person, row.release)
    attempts[person, row.release] = attempt + 1
    body = ExamRecorded(
        person=person, release=row.release, score=float(row.score), pass_mark=float(row.pass_mark), paper=row.paper,
        reason=row.reason, abilities=dict(row.abilities), least=dict(row.least), attempt=attempt + 1,
        proctor=_proctor(desk, row.proctor, person), origin=origin, source=source,
    )  # fmt: skip
    return draft_of(desk, body, subjects_of(person, row.release), row.at)


def _proctor(desk: Desk, text: str, person: PersonId) -> str:
    """The pseudonym of who watched; Refused for the examinee."""
    if not text:
        return ""
    proctor = find_person(desk, text)
    if proctor == person:
        raise Refused("nobody watches over their own exam: name another proctor")
    return proctor

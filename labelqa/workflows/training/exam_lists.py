"""Exams marked elsewhere: a score as somebody tells it, alone or in a list, recorded in one append."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import TypeAlias

from labelqa.errors import BadInput, LabelqaError, Message, Refused
from labelqa.i18n import N_
from labelqa.ledger.view import Facts
from labelqa.records.facts import Draft, ExamRecorded
from labelqa.records.finding import Finding, finding
from labelqa.records.names import PersonId
from labelqa.records.people import Exam
from labelqa.records.results import PeopleImported
from labelqa.records.training import ExamRow
from labelqa.rulebook.exam import Ability
from labelqa.workflows.desk import Desk
from labelqa.workflows.people import find_person
from labelqa.workflows.state import State, read_state
from labelqa.workflows.training.checks import check_past, check_person, check_share, draft_of, subjects_of
from labelqa.workflows.training.results import attempts_before, exam_of

Key: TypeAlias = tuple[PersonId, str, datetime]  # one exam: person, release, time


def record_told(desk: Desk, row: ExamRow) -> Exam:
    """Record one exam; raises BadInput or Refused."""
    state = read_state(desk)
    draft = _draft(desk, state, row, origin="", source="", attempts={})
    (fact,) = desk.ledger.append([draft], now=desk.clock())
    return exam_of(fact)


def import_exams(desk: Desk, rows: Sequence[ExamRow], *, source: str = "") -> PeopleImported:
    """Record a list; one that is known already is left alone, one that cannot be taken is a finding.

    Rows of one person, release and time that differ, and a row that differs from the exam on record, are findings: no
    result is lost, and none is chosen.
    """
    state = read_state(desk)
    told: dict[Key, list[ExamRow]] = {}
    attempts: dict[tuple[str, str], int] = {}
    drafts: list[Draft] = []
    found: list[Finding] = []
    unchanged, last = 0, state.facts.last
    for row in rows:
        with suppress(LabelqaError):  # said below, where the row is taken
            told.setdefault((find_person(desk, row.person), row.release, row.at), []).append(row)
    taken: set[Key] = set()
    for row in rows:
        try:
            key = (find_person(desk, row.person), row.release, row.at)
            check_once(told[key])
            if key in taken or on_record(state, key[0], row):
                unchanged += 1
                continue
            drafts.append(_draft(desk, state, row, origin="import", source=source, attempts=attempts))
            taken.add(key)
        except LabelqaError as error:
            found.append(_refused(row, error.message))

    def unless(facts: Facts) -> None:
        newer = facts.of(ExamRecorded)
        if newer and newer[-1].seq > last:
            raise Refused("exams were recorded meanwhile: import the list again")

    if drafts:
        desk.ledger.append(drafts, now=desk.clock(), unless=unless)
    return PeopleImported(added=len(drafts), unchanged=unchanged, findings=tuple(found))


def check_once(rows: Sequence[ExamRow]) -> None:
    """Refused where rows of one person, release and time tell different exams."""
    other = next((each for each in rows if _content(each) != _content(rows[0])), None)
    if other is not None:
        raise Refused(
            "rows of this person, release and time differ: {score} of {mark}, and {other} of {least}; two attempts need "
            "their times of day",
            score=rows[0].score, mark=rows[0].pass_mark, other=other.score, least=other.pass_mark,
        )  # fmt: skip


def _content(row: ExamRow) -> tuple[object, ...]:
    return row.score, row.pass_mark, row.paper, dict(row.abilities), dict(row.least)


def on_record(state: State, person: PersonId, row: ExamRow) -> bool:
    """Whether the exam is on record; Refused where what is on record for that time says otherwise."""
    here = [
        each for each in state.exams.get(person, ()) if each.release == row.release and each.at == row.at
    ]  # fmt: skip
    if not here:
        return False
    if not any(_agrees(each, row) for each in here):
        raise Refused(
            "the exam is on record with {score} of {mark} (fact {fact}), and the file says otherwise",
            score=here[0].score, mark=here[0].pass_mark, fact=here[0].fact,
        )  # fmt: skip
    return True


def _agrees(exam: Exam, row: ExamRow) -> bool:
    """Whether a row tells what is on record; what it leaves empty it does not tell."""
    same = (exam.score, exam.pass_mark) == (row.score, row.pass_mark) and row.paper in {"", exam.paper}
    shares = ((row.abilities, exam.abilities), (row.least, exam.least))
    return same and all(not told or dict(told) == dict(known) for told, known in shares)


def _refused(row: ExamRow, why: Message) -> Finding:
    return finding(
        "list-row-refused", "the row is not taken: {why}", mend=Message(N_("Correct the row and import the list again")),
        place=row.place, why=why,
    )  # fmt: skip


def _draft(
    desk: Desk, state: State, row: ExamRow, *, origin: str, source: str, attempts: dict[tuple[str, str], int]
) -> Draft:
    check_exam(desk, state, row)
    person = find_person(desk, row.person)
    check_person(desk, state, person)
    proctor = _proctor(desk, row.proctor, person)
    body = exam_body(state, row, person, attempts, proctor=proctor, origin=origin, source=source)
    return draft_of(desk, body, subjects_of(person, row.release), row.at)


def check_exam(desk: Desk, state: State, row: ExamRow) -> None:
    """BadInput for what no exam can be: shares beyond 0 and 1, an unknown release or ability, a time to come."""
    if not (0 <= row.score <= 1 and 0 < row.pass_mark <= 1):
        raise BadInput(
            "score and pass mark are shares between 0 and 1, got {score} and {mark}",
            score=row.score,
            mark=row.pass_mark,
        )
    state.release(row.release)
    check_past(row.at, desk.clock())
    for ability, share in (*row.abilities.items(), *row.least.items()):
        if ability not in set(Ability):
            raise BadInput("{word} is none of the five abilities: {known}", word=ability, known=", ".join(Ability))
        check_share(share, ability)


def exam_body(
    state: State, row: ExamRow, person: PersonId, attempts: dict[tuple[str, str], int], **more: str
) -> ExamRecorded:
    """An exam as it goes on record; ``attempts`` counts those of the same list, ``more`` are further fields."""
    attempt = attempts.get((person, row.release)) or attempts_before(state.facts, person, row.release)
    attempts[person, row.release] = attempt + 1
    return ExamRecorded(
        person=person, release=row.release, score=float(row.score), pass_mark=float(row.pass_mark), paper=row.paper,
        reason=row.reason, abilities=dict(row.abilities), least=dict(row.least), attempt=attempt + 1, **more,
    )  # fmt: skip


def _proctor(desk: Desk, text: str, person: PersonId) -> str:
    """The pseudonym of who watched; Refused for the examinee."""
    if not text:
        return ""
    proctor = find_person(desk, text)
    if proctor == person:
        raise Refused("nobody watches over their own exam: name another proctor")
    return proctor

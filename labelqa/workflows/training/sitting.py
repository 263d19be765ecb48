"""Sitting an exam: begun with the questions and no answer, finished with the answers, marked and put on record.

Whoever sees the questions has used an attempt, so beginning is a fact too; a sitting that was begun and not finished
is taken up again with the same questions. The key never leaves the workspace.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from labelqa.batches.checks import in_force
from labelqa.errors import BadInput, Refused
from labelqa.i18n import Lang
from labelqa.ledger.view import Facts
from labelqa.records.facts import ExamBegun, ExamRecorded, Fact
from labelqa.records.names import PersonId
from labelqa.rulebook.model import Text
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import read_state
from labelqa.workflows.training.checks import check_person, draft_of, subjects_of
from labelqa.workflows.training.papers import find_paper, kept_paper, papers_in
from labelqa.workflows.training.results import ExamLine, attempts_before, record_marked


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedQuestion:
    """One question in the reader's language; ``choices`` are value and title, and tell nothing of which is right."""

    number: int
    key: str
    content: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """An exam under way; the marks and least shares are those on record when it was begun."""

    sitting: str
    person: PersonId
    paper: str
    title: str
    release: str
    attempt: int
    began: datetime
    pass_mark: float
    least: Mapping[str, float]
    questions: tuple[AskedQuestion, ...]


def begin(desk: Desk, paper: str, person: PersonId, *, lang: Lang = "zh") -> Sitting:
    """Begin, or take up again, a sitting of a registered paper; ``paper`` as :func:`find_paper` reads it."""
    state = read_state(desk)
    registered = find_paper(state, paper)
    check_person(desk, state, person)
    kept = kept_paper(desk, registered.paper)
    fact = _open(state.facts, person, registered.paper)
    if fact is None:
        attempt = attempts_before(state.facts, person, registered.release) + 1
        body = ExamBegun(
            sitting=desk.new_id("e"), person=person, paper=registered.paper, release=registered.release, attempt=attempt
        )

        def unless(facts: Facts) -> None:
            if _open(facts, person, registered.paper) is not None:
                raise Refused("this exam was begun elsewhere a moment ago: open it again to go on")

        more = (f"paper:{body.paper}", f"sitting:{body.sitting}")
        draft = draft_of(desk, body, subjects_of(person, body.release, *more), None)
        (fact,) = desk.ledger.append([draft], now=desk.clock(), unless=unless)
    return Sitting(
        sitting=fact.body.sitting, person=person, paper=registered.paper, title=registered.title,
        release=registered.release, attempt=fact.body.attempt, began=fact.effective_at, pass_mark=registered.pass_mark,
        least=registered.least,
        questions=tuple(
            AskedQuestion(
                number=each.number, key=each.key, content=_told(each.content, lang),
                choices=tuple((one.value, _told(one.title, lang) or one.value) for one in each.choices),
            )
            for each in kept.handed().questions
        ),
    )  # fmt: skip


def _told(text: Text, lang: Lang) -> str:
    return (text.zh or text.en) if lang == "zh" else (text.en or text.zh)


def _open(facts: Facts, person: str, paper: str) -> Fact | None:
    """The sitting of a paper that somebody began and did not finish."""
    mine = f"person:{person}"
    ended = {body.sitting for _, body in in_force(facts.about(mine, ExamRecorded), ExamRecorded)}
    begun = in_force(facts.about(mine, ExamBegun), ExamBegun)
    return next((fact for fact, body in begun if body.paper == paper and body.sitting not in ended), None)


def finish(desk: Desk, sitting: str, answers: Mapping[str, str], *, proctor: str = "") -> ExamLine:
    """End a sitting with its answers (question key or number → value of the choice) and put the exam on record.

    The same answers always give the same marks. BadInput where no such sitting was begun, Refused where it is ended.
    """
    state = read_state(desk)
    told = next(iter(in_force(state.facts.about(f"sitting:{sitting}", ExamBegun), ExamBegun)), None)
    if told is None:
        raise BadInput("no exam was begun as {sitting}", sitting=sitting)
    fact, body = told
    if any(in_force(state.facts.about(f"sitting:{sitting}", ExamRecorded), ExamRecorded)):
        raise Refused("this exam is ended: its answers are on record")
    terms = {each.paper: each for _, each in papers_in(state.facts.seen(before=fact.seq))}
    registered = terms[body.paper]  # the marks that were declared when it was begun
    return record_marked(
        desk, PersonId(body.person), registered, answers, proctor=proctor, origin="dashboard", begun=body
    )

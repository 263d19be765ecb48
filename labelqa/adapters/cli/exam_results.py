"""How an exam that went on record, and one that was graded again, look on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import tzinfo
from typing import TYPE_CHECKING

from labelqa.adapters.cli.output import figure_text, when
from labelqa.adapters.report.names import ENUMS
from labelqa.i18n import N_
from labelqa.records.finding import Place

if TYPE_CHECKING:
    from labelqa.adapters.cli.session import Session
    from labelqa.workflows.training.results import ExamLine, Regraded


def print_exam(session: Session, line: ExamLine, person: str, *, answers: str = "") -> None:
    """The score and the shares by ability with their intervals, and whether it was passed; ``answers`` names their file."""
    screen, exam, say = session.screen, line.exam, session.say
    place = Place(file=answers)
    screen.findings([replace(each, place=place) if answers else each for each in line.findings])
    screen.line(N_("Score: {share}; pass mark {mark}; attempt {attempt}."), share=figure_text(line.share, say),
                mark=f"{exam.pass_mark:.2f}", attempt=exam.attempt)  # fmt: skip
    screen.title(N_("By ability"))
    screen.pairs((_name(each.name, session), figure_text(each.share, say, brief=True)) for each in line.abilities)
    for ability in exam.unmet:
        screen.line(
            N_("{ability}: {share} is below the least share of {least}."), ability=_name(ability, session),
            share=f"{exam.abilities.get(ability, 0):.2f}", least=f"{exam.least[ability]:.2f}",
        )  # fmt: skip
    passed = N_("Recorded: {person} passed the exam on {release}.")
    failed = N_("Recorded: {person} did not pass the exam on {release}.")
    screen.line(passed if exam.passed else failed, person=person, release=exam.release)


def _name(ability: str, session: Session) -> str:
    names = ENUMS["Ability"]
    return session.say(names.get(ability, ability))


def print_verified(session: Session, found: Sequence[Regraded], zone: tzinfo) -> None:
    """Each exam with the score on record, the score now, and what that means."""
    heads = (N_("fact"), N_("paper"), N_("time"), N_("score on record"), N_("score now"), N_("result"))
    rows = [
        (each.fact, each.paper[:12] or "–", when(each.at, zone), f"{each.score:.4f}",
         "–" if each.again is None else f"{each.again:.4f}", _result(each, session))
        for each in found
    ]  # fmt: skip
    session.screen.table(heads, rows)
    session.screen.line(
        N_("{same} identical, {other} different, {unknown} cannot be graded again."),
        same=sum(each.identical is True for each in found), other=sum(each.identical is False for each in found),
        unknown=sum(each.identical is None for each in found),
    )  # fmt: skip


def _result(each: Regraded, session: Session) -> str:
    if each.identical:
        return session.say(N_("identical"))
    return session.say(each.why)

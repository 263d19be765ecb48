"""How marked papers and the item bank look on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from labelqa.adapters.cli.output import figure_text
from labelqa.adapters.cli.session import Session
from labelqa.adapters.report.names import ENUMS
from labelqa.i18n import N_, Speaker
from labelqa.records.estimate import Unknown
from labelqa.records.exams import Bank, BankFlag, BankLine, GroupShare
from labelqa.records.people import Exam
from labelqa.rulebook.exam import Marked
from labelqa.rulebook.model import Text
from labelqa.workflows.exams import Graded

FLAGS: Final = {
    BankFlag.TOO_EASY: N_("too easy"),
    BankFlag.TOO_HARD: N_("too hard"),
    BankFlag.NEGATIVE: N_("those who know more get it wrong"),
    BankFlag.WEAK: N_("hardly tells anybody apart"),
}


def print_graded(session: Session, graded: Graded, *, person: str, recorded: Exam | None, pass_mark: float) -> None:
    """The score, the shares, and for every wrong answer why."""
    screen, result = session.screen, graded.result
    screen.line(
        N_("{right} of {n} right on {release}: {share}"),
        right=result.right, n=len(result.marked), release=result.release, share=figure_text(graded.share, session.say),
    )  # fmt: skip
    _shares(session, N_("By ability"), graded.abilities)
    _shares(session, N_("By rule"), graded.rules)
    wrong = [each for each in result.marked if not each.right]
    if wrong:
        screen.title(N_("Wrong answers, explained"))
    for each in wrong:
        _explained(session, each)
    if recorded is not None:
        passed = N_("Recorded: {person} passed the exam on {release}.")
        failed = N_("Recorded: {person} did not pass the exam on {release}.")
        screen.line(passed if recorded.passed else failed, person=person, release=recorded.release)
    else:
        screen.line(N_("Nothing was recorded: --record --person NAME does (pass mark {mark})."), mark=pass_mark)


def _shares(session: Session, title: str, groups: Sequence[GroupShare]) -> None:
    names = ENUMS["Ability"]
    session.screen.title(title)
    session.screen.pairs(
        (session.say(names.get(each.name, each.name)), figure_text(each.share, session.say, brief=True))
        for each in groups
    )


def _explained(session: Session, each: Marked) -> None:
    say, screen = session.say, session.screen
    given = each.given or say(N_("nothing"))
    screen.line(
        N_("Question {number} (rule {rule}): {given} was given, {expected} is right. {reason}"),
        number=each.number, rule=each.rule, given=given, expected=each.expected, reason=_told(each.reason, say),
    )  # fmt: skip
    for step in each.steps:
        screen.line(f"  {step.step}: {_told(step.question, say)} → {say(ANSWERS[step.answer.value])}")


ANSWERS: Final = {"yes": N_("yes"), "no": N_("no")}


def _told(text: Text, say: Speaker) -> str:
    return (text.zh or text.en) if say.lang == "zh" else (text.en or text.zh)


def print_bank(session: Session, bank: Bank) -> None:
    """Every question with its figures, flagged ones first."""
    say, screen = session.say, session.screen
    screen.line(
        N_("{release}: {takers} {takers:marked paper|marked papers} of {papers} different ones; {n} {n:question|questions}."),
        release=bank.release, takers=bank.takers, papers=bank.papers, n=len(bank.lines),
    )  # fmt: skip
    if bank.repeated:
        screen.line(N_("{n} {n:marked paper was|marked papers were} given twice and counted once."), n=bank.repeated)
    heads = (N_("example"), N_("rule"), N_("papers"), N_("takers"), N_("share right"), N_("point-biserial"),
             N_("best − weakest 27 %"), N_("to look at"))  # fmt: skip
    screen.table(
        heads,
        [
            (
                each.example, each.rule, each.papers, each.takers,
                *(figure_text(figure, say, brief=True)
                  for figure in (each.difficulty, each.point_biserial, each.upper_lower)),
                _flags(each, say),
            )
            for each in bank.lines
        ],
    )  # fmt: skip
    screen.line(N_("A question mark: the figure suggests it, its interval does not confirm it yet."))


def _flags(line: BankLine, say: Speaker) -> str:
    told = [say(FLAGS[flag]) for flag in line.flags] + [f"{say(FLAGS[flag])} ?" for flag in line.doubtful]
    if not told and isinstance(line.point_biserial, Unknown) and line.point_biserial.reason == "too-few-takers":
        return say(N_("unknown: too few takers"))
    return ("、" if say.lang == "zh" else ", ").join(told)

"""What the supervision commands print: who was drawn, what was done, what was found."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo
from typing import Final

from labelqa.adapters.cli.output import figure_text, named, when
from labelqa.adapters.cli.session import Session
from labelqa.i18n import N_
from labelqa.records.supervision import SupervisedWork, Supervision, SupervisionLine, SupervisionReport

SHOWN: Final = 60  # characters of an item's fullest field in a list


def print_draw(session: Session, made: Supervision, report: SupervisionReport) -> None:
    """What a draw took from whom, and what proves it."""
    screen, drawn = session.screen, made.draw
    if drawn is None:
        return
    screen.line(
        N_("{supervision}: drew {n} of {pieces} pieces of work of {people} people."),
        supervision=made.supervision,
        n=sum(each.drawn for each in drawn.strata),
        pieces=sum(each.pieces for each in drawn.strata),
        people=len({each.person for each in drawn.strata}),
    )
    _people(session, report.people)
    screen.line(N_("Seed {seed}; digest {digest}."), seed=drawn.seed, digest=drawn.digest)
    screen.line(N_("Seed: {proof}."), proof=report.proof)
    screen.line(N_("Next: `labelqa supervise list {supervision}`."), supervision=made.supervision)


def work_row(session: Session, each: SupervisedWork) -> tuple[object, ...]:
    """One drawn piece of work in a list."""
    said = named(each.verdict, session.say) if each.verdict else session.say(N_("open"))
    content = max(each.content.values(), key=len, default="")  # the fullest field: ids and sources are short
    content = content if len(content) <= SHOWN else content[:SHOWN] + "…"
    return each.order, named(each.duty, session.say), each.name, each.item_id, session.say(each.answer), said, content


def print_report(session: Session, report: SupervisionReport, zone: tzinfo) -> None:
    """What a supervision found, by duty and by person, and what is open."""
    screen = session.screen
    screen.line(
        N_("{supervision}: {each} of everybody's pieces of work in every duty; declared {declared}, drawn {drawn}."),
        supervision=report.supervision,
        each=report.each,
        declared=when(report.declared_at, zone),
        drawn=when(report.drawn_at, zone),
    )
    screen.line(N_("Seed: {proof}."), proof=report.proof)
    if report.drawn_at is None:
        return
    _people(session, report.people)
    screen.title(N_("Share of the work that is wrong"))
    screen.pairs((named(each.duty, session.say), figure_text(each.wrong, session.say)) for each in report.duties)
    _remarks(session, report)


def _people(session: Session, lines: Iterable[SupervisionLine]) -> None:
    say = session.say
    heads = (
        N_("duty"), N_("person"), N_("pieces"), N_("drawn"), N_("checked"), N_("incorrect"), N_("undecidable"),
        N_("share wrong"),
    )  # fmt: skip
    session.screen.table(
        heads,
        (
            (named(each.duty, say), each.name, each.pieces, each.drawn, each.checked, each.incorrect, each.undecidable,
             figure_text(each.wrong, say, brief=True) if each.checked == each.drawn else say(N_("open")))
            for each in lines
        ),
    )  # fmt: skip


def _remarks(session: Session, report: SupervisionReport) -> None:
    screen = session.screen
    screen.line()
    if report.open:
        screen.line(
            N_("{n} drawn pieces of work are open: labelqa supervise list {supervision} shows them."),
            n=report.open,
            supervision=report.supervision,
        )
    if report.later:
        screen.line(
            N_("{n} verdicts and rulings came after the draw; another supervision covers them."), n=report.later
        )
    if report.changed:
        screen.line(N_("{n} verdicts of supervisors were changed after they were given."), n=report.changed)
    screen.line(N_("Undecidable counts as wrong. It is people's work that is judged here; the batch is settled apart."))

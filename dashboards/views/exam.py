"""Sitting an exam: the papers there are, one sitting at a time, and the result by ability; the key stays on the server."""

from __future__ import annotations

from typing import Final

import streamlit as st
from parts.acting import act, told_after
from parts.cards import section
from parts.view import View, recall
from parts.words import plain

from labelqa.adapters.report.names import ENUMS
from labelqa.adapters.report.text import count, figure_text, moment, percent
from labelqa.i18n import Speaker
from labelqa.records.logins import WRITING, Role
from labelqa.records.names import PersonId
from labelqa.workflows.desk import Desk
from labelqa.workflows.training.results import ExamLine
from labelqa.workflows.training.sitting import Sitting
from labelqa.workflows.training.taking import OpenPaper, hand_in, papers_for, sit_down

SITTING: Final = "exam-sitting"
RESULT: Final = "exam-result"
ANYBODY: Final = tuple(role for role in Role if role in WRITING)


def page() -> None:
    """The questions of the exam under way, else the last result and the papers to choose from."""
    view = recall()
    say = view.say
    st.title(say("Exams"), anchor=False)
    if view.who is None:
        st.info(
            say(
                "Nobody is signed in, so no exam can be taken here: a result belongs to whoever sat the exam. Give each person a login; from then on the dashboard asks who comes."
            ),
            icon=":material/lock:",
        )
        st.code("labelqa login add PERSON --role executor --by PERSON", language=None)
        return
    told_after()
    sitting = st.session_state.get(SITTING)
    if isinstance(sitting, Sitting) and sitting.person == view.who.person:
        under_way(view, sitting)
        return
    found = st.session_state.get(RESULT)
    if isinstance(found, ExamLine) and found.exam.person == view.who.person:
        result(found, say)
    choosing(view, view.ask(papers_for, view.who.person))


def choosing(view: View, papers: tuple[OpenPaper, ...]) -> None:
    """The papers that somebody may sit."""
    say = view.say
    section(say("Papers"), say("Who sees the questions has used an attempt. What was begun can be taken up again."))
    if not papers:
        st.info(say("No exam paper is registered for a release in force."), icon=":material/quiz:")
        st.code("labelqa exam register PAPER --pass-mark 0.8 --reason TEXT", language=None)
    running = any(each.under_way for each in papers)
    for each in papers:
        paper(view, each, running=running)


def paper(view: View, each: OpenPaper, *, running: bool) -> None:
    """One paper: what it asks, what passes, how often it was tried."""
    say, line = view.say, each.line
    with st.container(border=True, key=f"paper-{line.paper[:12]}"):
        left, right = st.columns([4, 1], vertical_alignment="center")
        left.markdown(f"**{plain(line.title)}** {plain(line.release)}")
        left.caption(plain(say(
            "{n} questions; pass mark {mark}; attempts so far on this release: {attempts}", n=count(line.questions),
            mark=percent(line.pass_mark), attempts=each.attempts,
        )))  # fmt: skip
        if each.passed_at:
            left.caption(plain(say("Passed on {time}", time=moment(each.passed_at, view.zone))))
        name = say("Go on") if each.under_way else say("Begin")
        right.button(name, key=f"begin-{line.paper[:12]}", type="primary" if each.under_way or not running else "secondary",
                     disabled=running and not each.under_way, on_click=_begin, args=(view, line.paper))  # fmt: skip


def _begin(view: View, digest: str) -> None:
    def deed(desk: Desk, person: PersonId) -> str:
        sitting = sit_down(desk, digest, person, lang=view.say.lang)
        st.session_state[SITTING] = sitting
        st.session_state.pop(RESULT, None)
        return view.say("Attempt {n} of {title} has begun.", n=sitting.attempt, title=sitting.title)

    act(view, ANYBODY, deed)


def under_way(view: View, sitting: Sitting) -> None:
    """The questions one below the other, and the way to hand in."""
    say = view.say
    section(sitting.title, say(
        "{release}, attempt {n}, begun {time}; pass mark {mark}", release=sitting.release, n=sitting.attempt,
        time=moment(sitting.began, view.zone), mark=percent(sitting.pass_mark),
    ))  # fmt: skip
    answers: dict[str, str] = {}
    for each in sitting.questions:
        titles = dict(each.choices)
        with st.container(border=True, key=f"question-{each.number}"):
            st.caption(say("Question {n} of {all}", n=each.number, all=len(sitting.questions)))
            st.text(each.content)
            chosen = st.radio(
                say("Answer to question {n}", n=each.number), list(titles), index=None, key=f"{sitting.sitting}-{each.number}",
                format_func=lambda value, titles=titles: plain(titles[value]), label_visibility="collapsed",
            )  # fmt: skip
        if chosen:
            answers[each.key] = chosen
    left = len(sitting.questions) - len(answers)
    if left:
        st.caption(say("{n} questions have no answer yet; they count as wrong.", n=count(left)))
    sure = left == 0 or st.checkbox(say("Hand in although questions are open"), key=f"{sitting.sitting}-sure")
    with st.container(horizontal=True):
        st.button(say("Hand in"), key="hand-in", type="primary", disabled=not sure, on_click=_finish,
                  args=(view, sitting, answers))  # fmt: skip
        st.button(say("Back to the papers; answers are not kept"), key="leave", on_click=_leave)


def _finish(view: View, sitting: Sitting, answers: dict[str, str]) -> None:
    def deed(desk: Desk, person: PersonId) -> str:
        st.session_state[RESULT] = hand_in(desk, sitting.sitting, answers, person)
        return view.say("The exam is handed in and on record.")

    if act(view, ANYBODY, deed):
        st.session_state.pop(SITTING, None)


def _leave() -> None:
    st.session_state.pop(SITTING, None)


def result(found: ExamLine, say: Speaker) -> None:
    """Score and abilities with their intervals; which answers were right is not told, as the paper stays in use."""
    section(say("Result"))
    exam = found.exam
    if exam.passed:
        st.success(
            say("Passed: {score}, pass mark {mark}", score=percent(exam.score), mark=percent(exam.pass_mark)),
            icon=":material/check_circle:",
        )
    else:
        st.warning(
            say("Not passed: {score}, pass mark {mark}", score=percent(exam.score), mark=percent(exam.pass_mark)),
            icon=":material/cancel:",
        )
    rows = [{say("Ability"): say("All questions"), say("Share right"): figure_text(found.share, say)}]
    names = ENUMS["Ability"]
    rows += [
        {say("Ability"): say(names.get(each.name, each.name)), say("Share right"): figure_text(each.share, say)}
        for each in found.abilities
    ]
    st.dataframe(rows, hide_index=True, key="abilities")


page()

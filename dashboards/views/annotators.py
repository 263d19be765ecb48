"""The annotators beside their team: figures with intervals, reasons to look, and each one's items; never a ranking."""

from __future__ import annotations

from typing import Literal, get_args

import streamlit as st
from parts.annotator import lay_out
from parts.cards import section
from parts.charts import PEOPLE, annotator_names, pick_mark
from parts.tables import Row, brief, pick
from parts.view import View, choose, choose_person, recall

from labelqa.adapters.report import charts
from labelqa.adapters.report.models import models_named
from labelqa.adapters.report.text import count, flag_name, seconds
from labelqa.i18n import Speaker
from labelqa.records.estimate import Estimate
from labelqa.records.summary import AnnotatorLine, Summary

Measure = Literal["gold", "agreement"]


def page() -> None:
    """The team, then the annotator who was picked."""
    view = recall()
    say = view.say
    summary = models_named(view.summary, say)
    lines = summary.annotators
    st.title(say("Annotators"), anchor=False)
    st.caption(say("Week {week}", week=summary.period.name))
    if not lines:
        st.info(say("Nobody labelled in this period."), icon=":material/group_off:")
        return
    st.caption(say("A flag is a reason to look at the work, never a judgement of the person."))
    team(summary, say)
    table(lines, say)
    somebody(view, lines)


def team(summary: Summary, say: Speaker) -> None:
    """Everybody's figure with its interval; a picked mark leads to the annotator."""
    measures = get_args(Measure)
    shown = {"gold": say("Accuracy on gold items"), "agreement": say("Agreement with the others")}
    chosen = choose(
        "measure", measures, default=usual(summary),
        pick=lambda key: st.segmented_control(say("Figure"), measures, format_func=lambda code: shown[code], key=key),
    )  # fmt: skip
    measure: Measure = "gold" if chosen == "gold" else "agreement"
    called = annotator_names(summary.annotators, measure=measure)
    drawn = charts.annotators(summary.annotators, say, measure=measure, most=PEOPLE)
    pick_mark(drawn, key=f"team-{measure}", called=called, then=to_person)


def usual(summary: Summary) -> Measure:
    """Gold where it is known of anybody, else agreement."""
    return "gold" if any(isinstance(line.gold, Estimate) for line in summary.annotators) else "agreement"


def table(lines: tuple[AnnotatorLine, ...], say: Speaker) -> None:
    """Everybody in one table; a picked row leads to the annotator."""
    section(say("Everybody"), say("Pick a row to see the annotator."))
    pick(
        [row(line, say) for line in lines],
        key="annotators",
        then=lambda place: to_person(lines[place].person),
        wide=[say("Look at")],
    )


def row(line: AnnotatorLine, say: Speaker) -> Row:
    """An annotator as a row."""
    return {
        say("Annotator"): line.name,
        say("Look at"): ", ".join(flag_name(flag.code, say) for flag in line.flags),
        say("Annotations"): line.annotations,
        say("Accuracy on gold items"): brief(line.gold, say),
        say("Agreement with the others"): brief(line.agreement, say),
        say("Median time"): seconds(line.median_seconds, say) if line.median_seconds is not None else say("unknown"),
        say("Without qualification"): count(line.unqualified),
        say("Annotating organization"): line.organizer,
    }


def to_person(person: str) -> None:
    """Show an annotator."""
    st.session_state["pick-person"] = person


def somebody(view: View, lines: tuple[AnnotatorLine, ...]) -> None:
    """The annotator who was picked, or the invitation to pick one."""
    say = view.say
    section(say("One annotator"))
    chosen = choose_person(view, {line.person: line.name for line in lines}, label=say("Annotator"))
    for line in lines:
        if line.person == chosen:
            lay_out(view, line)


page()

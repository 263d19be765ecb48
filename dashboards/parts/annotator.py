"""One annotator: figures with intervals, week by week, what is mixed up, and the items behind it."""

from __future__ import annotations

import streamlit as st

from labelqa.adapters.report import charts
from labelqa.adapters.report.text import count, flag_name, seconds
from labelqa.errors import LabelqaError
from labelqa.i18n import Speaker
from labelqa.records.batch import Stage
from labelqa.records.summary import AnnotatorLine, TrendPoint
from parts.cards import figure_card, number_card, section
from parts.items import browse, labels_in, narrow
from parts.tables import pick
from parts.view import View, choose, told
from parts.words import plain


def lay_out(view: View, line: AnnotatorLine) -> None:
    """Everything the week's summary says of somebody, then the items."""
    say = view.say
    reasons(line, say)
    figures(line, say)
    if line.trend:
        points = [TrendPoint(week=week, figure=figure) for week, figure in line.trend]
        st.altair_chart(charts.trend(points, say, title=say("Week by week")), key="person-trend", theme=None)
    confusions(line, say)
    items(view)


def reasons(line: AnnotatorLine, say: Speaker) -> None:
    """Why to look at the work."""
    for flag in line.flags:
        st.warning(f"**{plain(flag_name(flag.code, say))}** {plain(say(flag.message))}", icon=":material/flag:")


def figures(line: AnnotatorLine, say: Speaker) -> None:
    """Counts and shares of the week."""
    labelled, gold, agreement, time = st.columns(4)
    with labelled:
        number_card(
            say("Annotations"), count(line.annotations), say("{n} items", n=count(line.items)),
            *([say("{n} without qualification", n=count(line.unqualified))] if line.unqualified else []),
        )  # fmt: skip
    with gold:
        figure_card(say("Accuracy on gold items"), line.gold, say)
    with agreement:
        figure_card(say("Agreement with the others"), line.agreement, say)
    with time:
        known = line.median_seconds is not None
        number_card(say("Median time"), seconds(line.median_seconds or 0.0, say) if known else say("unknown"))


def confusions(line: AnnotatorLine, say: Speaker) -> None:
    """What is mixed up; a picked row narrows the items below."""
    if not line.confusions:
        return
    section(say("Labels mixed up"), say("Pick a row to see these items below."))
    rows = [
        {say("Gold or majority"): each.first, say("Own label"): each.second, say("Times"): each.count}
        for each in line.confusions
    ]

    def picked(place: int) -> None:
        narrow(label=line.confusions[place].second, against=line.confusions[place].first, person=line.person)

    pick(rows, key=f"confusions-{line.person}", then=picked)


def items(view: View) -> None:
    """The annotator's items in one of the week's frozen batches."""
    say = view.say
    frozen = [each.name for each in view.summary.batches if each.stage is not Stage.OPEN]
    section(say("Items behind these figures"))
    if not frozen:
        st.info(say("No batch of this week is frozen yet."))
        return
    batch = choose("batch", frozen, default=frozen[0], pick=lambda key: st.selectbox(say("Batch"), frozen, key=key))
    try:
        browse(view, batch, labels=view.ask(labels_in, batch), people={})
    except LabelqaError as error:
        told(error, view)

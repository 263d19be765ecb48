"""The annotators of a batch beside each other: what agreement would be without each, and two at a time."""

from __future__ import annotations

from typing import Final

import streamlit as st

from labelqa.adapters.report import agreement_charts
from labelqa.adapters.report.text import signed
from labelqa.i18n import Speaker
from labelqa.records.estimate import Estimate, Figure
from labelqa.records.summary import AgreementReport
from parts.cards import section
from parts.items import annotators_in, to_items
from parts.tables import Row, brief, limited, pick, show, told
from parts.view import View
from parts.words import plain

PEOPLE: Final = 40  # in the chart
ROWS: Final = 200  # of a table


def lay_out(view: View, report: AgreementReport) -> None:
    """Influence, then pairs."""
    influence(report, view.say)
    pairs(view, report)


def influence(report: AgreementReport, say: Speaker) -> None:
    """The number to quote without each annotator, where it gains most first."""
    section(
        say("Without each annotator"),
        say(
            "Above the dashed line, the others agree better among themselves. It is a reason to look, not a judgement."
        ),
    )
    if not report.influence:
        st.info(say("Agreement without single annotators is not known here."))
        return
    drawn = agreement_charts.influence(report.influence, say, most=PEOPLE)
    st.altair_chart(drawn, key="influence-chart", theme=None)
    shown = agreement_charts.by_change(report.influence)[:ROWS]
    show(
        [
            {
                say("Without"): each.annotator,
                say("Agreement of the others"): brief(each.without, say, unit="plain"),
                say("Change"): say("unknown") if each.change is None else signed(each.change, unit="plain"),
            }
            for each in shown
        ],
        key="influence",
    )
    limited(len(shown), len(report.influence), say)


def pairs(view: View, report: AgreementReport) -> None:
    """Two annotators at a time, the lowest agreement first; a picked row leads to the first one's items."""
    say = view.say
    section(say("Pairs of annotators"), say("Pick a row to see the items of the first annotator."))
    if not report.pairs:
        st.info(say("No two annotators labelled the same item."))
        return
    person = {name: person for person, name in view.ask(annotators_in, report.batch).items()}
    shown = sorted(report.pairs, key=lambda each: (at_most(each.agreement), each.first, each.second))[:ROWS]
    figures, said = told(
        {
            say("Agreement"): ([each.agreement for each in shown], "percent"),
            say("Kappa"): ([each.kappa for each in shown], "plain"),
        },
        say,
    )
    rows: list[Row] = [
        {say("First"): each.first, say("Second"): each.second, say("Shared items"): each.shared, **cells}
        for each, cells in zip(shown, figures, strict=True)
    ]
    pick(rows, key="pairs", then=lambda place: to_items(person=person.get(shown[place].first, "")))
    for sentence in said:
        st.caption(plain(sentence))
    limited(len(shown), len(report.pairs), say)


def at_most(figure: Figure) -> float:
    """What agreement is at most: two who share few items do not come first for bad luck alone."""
    return figure.high if isinstance(figure, Estimate) else 2.0

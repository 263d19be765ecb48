"""How far the annotators of a batch agree: coefficients, labels, pairs of people, labels that are mixed up."""

from __future__ import annotations

import streamlit as st

from labelqa.adapters.report import charts
from labelqa.adapters.report.text import Unit, coefficient_name, count
from labelqa.i18n import Speaker
from labelqa.records.summary import AgreementReport, BatchLine
from labelqa.workflows.agreement import agreement_report
from parts.cards import section
from parts.charts import label_names, pick_mark
from parts.items import to_items
from parts.tables import Row, brief, figure_cells, pick, show
from parts.view import View
from parts.words import plain

PAIRS = 200  # rows of a table; the rest is on the command line


def lay_out(view: View, line: BatchLine) -> None:
    """Everything that ``labelqa agreement`` says of the batch."""
    say = view.say
    with st.spinner(say("Measuring agreement…")):
        report = view.ask(agreement_report, line.name)
    st.caption(say(
        "{items} items, {pairs} of them with two annotations or more; {annotations} annotations by {people} annotators",
        items=count(report.items), pairs=count(report.items_with_pairs), annotations=count(report.annotations),
        people=count(report.annotators),
    ))  # fmt: skip
    show(
        [{say("Coefficient"): coefficient_name(each.name, say), **figure_cells(each.figure, say, unit=unit(each.name))}
         for each in report.coefficients],
        key="coefficients",
    )  # fmt: skip
    for note in report.notes:
        st.caption(plain(say(note)))
    per_label(report, say)
    confusions(report, say)
    pairs(view, report)


def unit(coefficient: str) -> Unit:
    """Percent agreement is a share; every other coefficient is a plain number."""
    return "percent" if coefficient == "percent-agreement" else "plain"


def per_label(report: AgreementReport, say: Speaker) -> None:
    """Agreement label by label; a picked label leads to its items."""
    section(say("Label by label"), say("Pick a mark or a row to see the items that somebody gave this label."))
    if not report.per_label:
        st.info(say("No label was given by two annotators."))
        return
    drawn = charts.label_agreement(report.per_label, say)
    pick_mark(drawn, key="label-chart", called=label_names(report.per_label), then=to_label)
    rows: list[Row] = [
        {
            say("Label"): each.label,
            say("Annotations"): each.count,
            say("Agreement on this label"): brief(each.agreement, say),
            say("Alpha, this label against the rest"): brief(each.alpha, say, unit="plain"),
        }
        for each in report.per_label
    ]
    pick(rows, key="label-table", then=lambda place: to_label(report.per_label[place].label))


def confusions(report: AgreementReport, say: Speaker) -> None:
    """Labels given to the same item by different people; a picked row leads to those items."""
    section(say("Labels mixed up"), say("Pick a row to see the items on which annotators differ in this way."))
    if not report.confusions:
        st.info(say("Nobody gave the same item another label."))
        return
    rows = [
        {say("Label of one"): each.first, say("Label of another"): each.second, say("Times"): each.count}
        for each in report.confusions
    ]

    def picked(place: int) -> None:
        to_items(label=report.confusions[place].first, against=report.confusions[place].second)

    pick(rows, key="confusions", then=picked)


def pairs(view: View, report: AgreementReport) -> None:
    """Two annotators at a time; a picked row leads to the first one's items."""
    say = view.say
    section(say("Pairs of annotators"), say("Pick a row to see the items of the first annotator."))
    if not report.pairs:
        st.info(say("No two annotators labelled the same item."))
        return
    shown = report.pairs[:PAIRS]
    rows = [
        {
            say("First"): view.name(each.first),
            say("Second"): view.name(each.second),
            say("Shared items"): each.shared,
            say("Agreement"): brief(each.agreement, say),
            say("Kappa"): brief(each.kappa, say, unit="plain"),
        }
        for each in shown
    ]
    pick(rows, key="pairs", then=lambda place: to_items(person=shown[place].first))
    if len(report.pairs) > PAIRS:
        st.caption(say("{n} of {all} pairs", n=PAIRS, all=count(len(report.pairs))))


def to_label(label: str) -> None:
    """Show the items that somebody gave this label."""
    to_items(label=label)

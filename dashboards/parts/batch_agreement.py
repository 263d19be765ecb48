"""How far the annotators of a batch agree: the number to quote and the others, labels, and where disagreement lies."""

from __future__ import annotations

from itertools import groupby
from typing import Final

import streamlit as st

from labelqa.adapters.report import agreement_charts, charts
from labelqa.adapters.report.answers import answer_text
from labelqa.adapters.report.text import Unit, coefficient_name, count, distance_name, is_share, kind_name, scale_name
from labelqa.i18n import N_, Speaker
from labelqa.records.agreement import Membership
from labelqa.records.annotation import ControlKind
from labelqa.records.summary import AgreementReport, BatchLine
from labelqa.workflows.agreement import agreement_report
from parts import batch_apart, batch_disputed, batch_pairs
from parts.cards import figure_card, section
from parts.charts import label_names, pick_mark
from parts.items import ONE_LABEL, to_items
from parts.tables import Row, figure_cells, limited, pick, show, told
from parts.view import View
from parts.words import plain

LEAST: Final = 0.01  # a range of a scale that is less likely is not named
ROWS: Final = 200  # of a table; the rest is in --json
CHARTED: Final = 40  # labels in the chart
LABELLED: Final = (*ONE_LABEL, ControlKind.CHOICES, ControlKind.TAXONOMY)  # an answer is made of labels


def lay_out(view: View, line: BatchLine) -> None:
    """Everything that ``labelqa agreement`` says of the batch."""
    say = view.say
    with st.spinner(say("Measuring agreement…")):
        report = view.ask(agreement_report, line.name)
    headline(report, say)
    coefficients(report, say)
    per_label(report, say)
    batch_apart.lay_out(report, say)
    batch_disputed.lay_out(view, report)
    confusions(report, say)
    batch_pairs.lay_out(view, report)


def headline(report: AgreementReport, say: Speaker) -> None:
    """The number to quote, what it is about, and what its size is called."""
    st.caption(say(
        "{items} items, {pairs} of them with two annotations or more; {annotations} annotations by {people} annotators",
        items=count(report.items), pairs=count(report.items_with_pairs), annotations=count(report.annotations),
        people=count(report.annotators),
    ))  # fmt: skip
    figure = next((each for each in report.coefficients if each.name == report.headline), None)
    if figure is None:
        return
    left, right = st.columns([2, 3])
    with left:
        figure_card(coefficient_name(figure.name, say), figure.figure, say, unit=unit(figure.name))
    with right, st.container(border=True, height="stretch"):
        for sentences in (about(report, say), called(report.membership, say)):
            st.caption("  \n".join(map(plain, sentences)))


def about(report: AgreementReport, say: Speaker) -> list[str]:
    """The kind of answer, how two of them are compared, and why this number fits."""
    said = []
    if report.kind:
        said.append(say("Kind of answer: {kind}", kind=kind_name(report.kind, say)))
    if report.distance:
        said.append(say("Two answers are compared by: {distance}", distance=distance_name(report.distance, say)))
    if report.reason.text:
        said.append(say("Why this number: {reason}", reason=say(report.reason)))
    return said


def called(membership: tuple[Membership, ...], say: Speaker) -> list[str]:
    """What each scale calls a number of this size, and how likely that is."""
    said = []
    for scale, group in groupby(membership, key=lambda each: each.scale):
        likely = sorted((each for each in group if each.probability >= LEAST), key=lambda each: -each.probability)
        words = say(", ").join(f"{say(each.word)} {each.probability:.0%}" for each in likely)
        said.append(
            say(
                "Range on the scale of {scale}, with its probability: {words}",
                scale=scale_name(scale, say),
                words=words,
            )
        )
    return said


def coefficients(report: AgreementReport, say: Speaker) -> None:
    """Every coefficient with its interval, as a chart and as a table; then what has to be known of them."""
    drawn = agreement_charts.coefficients(report.coefficients, say)
    st.altair_chart(drawn, key="coefficient-chart", theme=None)
    show(
        [{say("Coefficient"): coefficient_name(each.name, say), **figure_cells(each.figure, say, unit=unit(each.name))}
         for each in report.coefficients],
        key="coefficients",
    )  # fmt: skip
    for note in report.notes:
        st.caption(plain(say(note)))


def unit(coefficient: str) -> Unit:
    """Shares are written in percent; every other coefficient is a plain number."""
    return "percent" if is_share(coefficient) else "plain"


def per_label(report: AgreementReport, say: Speaker) -> None:
    """Agreement label by label; where an answer is one label, a picked one leads to its items."""
    if not report.per_label:
        section(say("Label by label"))
        st.info(say(without_labels(report)))
        return
    single = report.kind in ONE_LABEL
    section(
        say("Label by label"),
        say("Pick a mark or a row to see the items that somebody gave this label.") if single else "",
    )
    shown = report.per_label[:ROWS]
    figures, said = told(
        {
            say("Agreement on this label"): ([each.agreement for each in shown], "percent"),
            say("Alpha, this label against the rest"): ([each.alpha for each in shown], "plain"),
        },
        say,
    )
    rows: list[Row] = [
        {say("Label"): each.label, say("Annotations"): each.count, **cells}
        for each, cells in zip(shown, figures, strict=True)
    ]
    drawn = charts.label_agreement(shown[:CHARTED], say)
    if single:
        pick_mark(drawn, key="label-chart", called=label_names(shown[:CHARTED]), then=to_label)
        pick(rows, key="label-table", then=lambda place: to_label(shown[place].label))
    else:
        st.altair_chart(drawn, key="label-chart", theme=None)
        show(rows, key="label-table")
    for sentence in said:
        st.caption(plain(sentence))
    limited(len(shown), len(report.per_label), say)


def without_labels(report: AgreementReport) -> str:
    """Why there is no table of labels."""
    if report.kind in LABELLED:
        return N_("No label was given by two annotators.")
    return N_("Answers of this kind are compared as a whole, so there is no table of single labels.")


def confusions(report: AgreementReport, say: Speaker) -> None:
    """Labels given to the same item by different people; a picked row leads to those items."""
    if not report.confusions:
        if report.per_label and report.kind in LABELLED:
            section(say("Labels mixed up"))
            st.info(say("Nobody gave the same item another label."))
        return
    section(say("Labels mixed up"), say("Pick a row to see the items on which annotators differ in this way."))
    shown = report.confusions[:ROWS]
    rows = [
        {
            say("Label of one"): answer_text(each.first, say),
            say("Label of another"): answer_text(each.second, say),
            say("Times"): each.count,
        }
        for each in shown
    ]

    def picked(place: int) -> None:
        to_items(label=shown[place].first, against=shown[place].second)

    pick(rows, key="confusions", then=picked)
    limited(len(shown), len(report.confusions), say)


def to_label(label: str) -> None:
    """Show the items that somebody gave this label."""
    to_items(label=label)

"""The spot check of a batch: how far each verifier is, what was found, and what that says of the accuracy."""

from __future__ import annotations

import streamlit as st

from labelqa.adapters.report.text import count, percent
from labelqa.errors import LabelqaError
from labelqa.i18n import Speaker
from labelqa.records.results import SampleProgress
from labelqa.records.summary import AccuracyReport, BatchLine
from labelqa.workflows.batches import batch_detail
from labelqa.workflows.settle import accuracy_report
from parts.cards import figure_card, next_step, number_card, section
from parts.items import to_items
from parts.tables import figure_cells, pick, show
from parts.view import View, told
from parts.words import plain


def lay_out(view: View, line: BatchLine) -> None:
    """Sample by sample, the newest first; then the accuracy."""
    say = view.say
    samples = view.ask(batch_detail, line.name).samples
    if not samples:
        st.info(say("Nothing has been drawn from this batch yet."), icon=":material/casino:")
        next_step(line, say)
        return
    try:
        accuracy(view.ask(accuracy_report, line.name), say)
    except LabelqaError as error:
        told(error, view)
    for sample in reversed(samples):
        progress(sample, say)


def accuracy(report: AccuracyReport, say: Speaker) -> None:
    """Accuracy against its target, then label by label, then what was labelled wrong for what."""
    first, second, third = st.columns(3)
    with first:
        figure_card(say("Accuracy of the labels of record"), report.accuracy, say)
    with second:
        number_card(
            say("To be proven"), percent(report.target),
            say("{reviewed} of {drawn} drawn items checked, from {population} items", reviewed=count(report.reviewed),
                drawn=count(report.drawn), population=count(report.population)),
        )  # fmt: skip
    with third:
        figure_card(say("Critical defects"), report.critical_rate, say)
    for note in report.notes:
        st.caption(plain(say(note)))
    per_label(report, say)
    confusions(report, say)


def per_label(report: AccuracyReport, say: Speaker) -> None:
    """Accuracy label by label; a picked row leads to the incorrect items with that label."""
    if report.per_label:
        section(say("Accuracy label by label"), say("Pick a row to see the incorrect items of this label."))
        rows = [{say("Label of record"): label, **figure_cells(figure, say)} for label, figure in report.per_label]
        pick(
            rows, key="accuracy-labels", then=lambda place: to_items(only="incorrect", label=report.per_label[place][0])
        )


def confusions(report: AccuracyReport, say: Speaker) -> None:
    """Label of record against the verifier's; a picked row leads to the incorrect items."""
    if report.confusions:
        section(say("Corrected labels"), say("Pick a row to see the incorrect items of this label."))
        rows = [
            {say("Label of record"): each.first, say("Verifier's label"): each.second, say("Times"): each.count}
            for each in report.confusions
        ]
        pick(
            rows, key="corrections", then=lambda place: to_items(only="incorrect", label=report.confusions[place].first)
        )


def progress(sample: SampleProgress, say: Speaker) -> None:
    """How far a sample is: overall, by verifier, by verdict."""
    section(plain(say("Sample {sample}", sample=sample.sample)))
    st.caption(say(
        "{n} drawn of {population} items; accepted with at most {c} incorrect",
        n=count(sample.n), population=count(sample.population), c=count(sample.c),
    ))  # fmt: skip
    st.progress(
        sample.reviewed / sample.n if sample.n else 0.0,
        text=say("{done} of {n} checked", done=count(sample.reviewed), n=count(sample.n)),
    )
    left, right = st.columns(2, gap="large")
    with left:
        verdicts(sample, say)
    with right:
        rows = [
            {say("Verifier"): name, say("Given"): given, say("Done"): done}
            for _, name, given, done in sample.by_verifier
        ]
        show(rows, key=f"verifiers-{sample.sample}")


def verdicts(sample: SampleProgress, say: Speaker) -> None:
    """How often each verdict was given; a picked row leads to the items."""
    kinds = [
        ("drawn", say("correct"), sample.correct),
        ("incorrect", say("incorrect"), sample.incorrect),
        ("drawn", say("undecidable"), sample.undecidable),
        ("unsafe", say("suspected illegal or harmful content"), sample.unsafe),
    ]
    rows = [{say("Verdict"): name, say("Items"): number} for _, name, number in kinds]
    pick(rows, key=f"verdicts-{sample.sample}", then=lambda place: to_items(only=kinds[place][0]))

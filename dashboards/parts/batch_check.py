"""The spot check of a batch: what it says of the accuracy, what was found, and how far each verifier is."""

from __future__ import annotations

import streamlit as st

from labelqa.adapters.report.text import count, percent
from labelqa.errors import LabelqaError
from labelqa.i18n import Speaker
from labelqa.records.results import SampleProgress
from labelqa.records.summary import AccuracyReport, BatchLine
from labelqa.workflows.accuracy import accuracy_report
from labelqa.workflows.batches import batch_detail
from parts import batch_scores, certificate_card
from parts.cards import figure_card, next_step, number_card, section
from parts.items import to_items
from parts.tables import pick, show
from parts.view import View, told
from parts.words import plain


def lay_out(view: View, line: BatchLine) -> None:
    """What the deciding sample proves, the accuracy, then sample by sample, the newest first."""
    say = view.say
    samples = view.ask(batch_detail, line.name).samples
    if not samples:
        st.info(say("Nothing has been drawn from this batch yet."), icon=":material/casino:")
        next_step(line, say)
        return
    section(say("What the sample proves"))
    deciding = certificate_card.lay_out(view, line.name)
    try:
        report = view.ask(accuracy_report, line.name)
    except LabelqaError as error:
        told(error, view)
    else:
        accuracy(report, say)
        batch_scores.lay_out(report, say)
    for sample in reversed(samples):
        section(plain(say("Sample {sample}", sample=sample.sample)))
        if sample.sample != deciding:
            certificate_card.lay_out(view, sample.sample)
        progress(sample, say)


def accuracy(report: AccuracyReport, say: Speaker) -> None:
    """Accuracy against its target, corrected for reviewers' errors where that was asked for."""
    first, second, third = st.columns(3)
    with first:
        figure_card(say("Accuracy of the labels of record"), report.accuracy, say, *weighing(report, say))
    with second:
        number_card(
            say("To be proven"), percent(report.target),
            say("{reviewed} of {drawn} drawn items checked, from {population} items", reviewed=count(report.reviewed),
                drawn=count(report.drawn), population=count(report.population)),
        )  # fmt: skip
    with third:
        figure_card(say("Critical defects"), report.critical_rate, say)
    batch_scores.further(report, say)
    for note in report.notes:
        st.caption(plain(say(note)))


def weighing(report: AccuracyReport, say: Speaker) -> list[str]:
    """What an unequal draw is worth, where there was one."""
    if report.weighted is None:
        return []
    return [say(
        "drawn with unequal chances: worth {n} items of a simple draw; unweighted it would be {naive}",
        n=f"{report.weighted.effective_n:,.0f}", naive=percent(report.weighted.naive.point),
    )]  # fmt: skip


def progress(sample: SampleProgress, say: Speaker) -> None:
    """How far a sample is: overall, by verifier, by verdict."""
    st.caption(drawn(sample, say))
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


def drawn(sample: SampleProgress, say: Speaker) -> str:
    """How many items were drawn, and how many may be incorrect where a number decides."""
    told = {"n": count(sample.n), "population": count(sample.population)}
    if sample.c is None:
        return say("{n} drawn of {population} items", **told)
    return say("{n} drawn of {population} items; accepted with at most {c} incorrect", **told, c=count(sample.c))


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

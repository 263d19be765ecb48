"""What the spot check says label by label, annotator by annotator, rule by rule, and of which label for which."""

from __future__ import annotations

from typing import Final

import streamlit as st

from labelqa.adapters.report.answers import answer_text
from labelqa.adapters.report.text import count, percent, point
from labelqa.i18n import Speaker
from labelqa.records.accuracy_report import CorrectedAccuracy, TeamAccuracy
from labelqa.records.estimate import Estimate, Figure
from labelqa.records.summary import AccuracyReport
from parts.cards import figure_card, number_card, section
from parts.items import to_items
from parts.tables import Row, brief, figure_cells, limited, pick, show
from parts.words import plain

ROWS: Final = 200  # of a table; the rest is in --json


def lay_out(report: AccuracyReport, say: Speaker) -> None:
    """Everything below the headline; what is not there is left out."""
    per_label(report, say)
    confusions(report, say)
    if report.team is not None:
        team(report.team, say)
    rules(report, say)
    strata(report, say)


def further(report: AccuracyReport, say: Speaker) -> None:
    """The accuracy of single answers, and accuracy corrected for what reviewers get wrong."""
    if report.answers is None and report.corrected is None:
        return
    first, second, third = st.columns(3)
    if report.corrected is not None:
        with first:
            figure_card(say("Accuracy, corrected for reviewers' errors"), report.corrected.accuracy, say)
        with second:
            reviewers(report.corrected, say)
    if report.answers is not None:
        with third if report.corrected is not None else first:
            figure_card(say("Accuracy of single answers"), report.answers, say)


def reviewers(corrected: CorrectedAccuracy, say: Speaker) -> None:
    """How often reviewers see what is there, and from what that is known."""
    said = [
        say("wrong labels called wrong: {share}", share=_share(corrected.sensitivity, say)),
        say("right labels called right: {share}", share=_share(corrected.specificity, say)),
    ]
    if corrected.doubled:
        said.append(say(
            "{n} items judged by two verifiers, who differ on {differing}",
            n=count(corrected.doubled), differing=count(corrected.differing),
        ))  # fmt: skip
    number_card(say("Called right by reviewers"), point(corrected.raw, say), *said, *map(say, corrected.notes))


def _share(share: Figure | float, say: Speaker) -> str:
    return percent(share) if isinstance(share, int | float) else brief(share, say)


def per_label(report: AccuracyReport, say: Speaker) -> None:
    """Precision, recall and F1 label by label, else accuracy; a picked row leads to the incorrect items of the label."""
    note = say("Pick a row to see the incorrect items of this label.")
    if report.scores:
        section(say("Precision and recall label by label"), note)
        scores = report.scores[:ROWS]
        rows: list[Row] = [
            {
                say("Label"): each.label,
                say("Precision"): brief(each.precision, say),
                say("Recall"): brief(each.recall, say),
                say("F1"): brief(each.f1, say),
                say("Of record"): each.given,
                say("By the verifiers"): each.reference,
            }
            for each in scores
        ]
        pick(rows, key="scores", then=lambda place: to_items(only="incorrect", label=scores[place].label))
        limited(len(scores), len(report.scores), say)
    elif report.per_label:
        section(say("Accuracy label by label"), note)
        shown = report.per_label[:ROWS]
        rows = [{say("Label of record"): label, **figure_cells(figure, say)} for label, figure in shown]
        pick(rows, key="accuracy-labels", then=lambda place: to_items(only="incorrect", label=shown[place][0]))
        limited(len(shown), len(report.per_label), say)


def confusions(report: AccuracyReport, say: Speaker) -> None:
    """Label of record against the verifier's; a picked row leads to the incorrect items."""
    if not report.confusions:
        return
    section(say("Corrected labels"), say("Pick a row to see the incorrect items of this label."))
    shown = report.confusions[:ROWS]
    rows = [
        {
            say("Label of record"): answer_text(each.first, say),
            say("Verifier's label"): answer_text(each.second, say),
            say("Times"): each.count,
        }
        for each in shown
    ]
    pick(rows, key="corrections", then=lambda place: to_items(only="incorrect", label=shown[place].first))
    limited(len(shown), len(report.confusions), say)


def team(found: TeamAccuracy, say: Speaker) -> None:
    """Each annotator's own labels on checked items: as counted, and drawn towards the team."""
    if not found.annotators:
        return
    section(
        say("Annotators on checked items"),
        say("Few labels prove little: the drawn figure lies between the annotator's own and the team's. No ranking."),
    )
    if found.mean is not None and found.weight is not None:
        st.caption(say(
            "The team lies about {mean}; that is worth {weight} labels of evidence for each annotator.",
            mean=percent(found.mean), weight=f"{found.weight:,.0f}",
        ))  # fmt: skip
    if found.note is not None:
        st.caption(plain(say(found.note)))
    shown = found.annotators[:ROWS]
    drawn = any(isinstance(each.shrunken, Estimate) for each in shown)
    rows: list[Row] = [
        {
            say("Annotator"): say("{name} (model)", name=each.name) if each.model else each.name,
            say("Right"): each.correct,
            say("Checked"): each.n,
            say("As counted"): brief(each.raw, say),
            **({say("Drawn towards the team"): brief(each.shrunken, say)} if drawn else {}),
        }
        for each in shown
    ]
    pick(rows, key="team-accuracy", then=lambda place: to_items(only="drawn", person=shown[place].person))
    limited(len(shown), len(found.annotators), say)


def rules(report: AccuracyReport, say: Speaker) -> None:
    """Rule by rule: how often the labels that it gives were right, and how often it was named as broken."""
    if not report.rules:
        return
    section(say("Accuracy rule by rule"))
    named = any(each.named is not None for each in report.rules)
    shown = report.rules[:ROWS]
    rows: list[Row] = [
        {
            say("Rule"): each.rule,
            say("Labels"): say(", ").join(each.labels),
            say("Checked"): each.checked,
            say("Accuracy"): brief(each.accuracy, say),
            **({say("Named as broken"): each.named} if named else {}),
        }
        for each in shown
    ]
    show(rows, key="rule-accuracy")
    limited(len(shown), len(report.rules), say)


def strata(report: AccuracyReport, say: Speaker) -> None:
    """Accuracy of items with each value of a field."""
    if not report.strata:
        return
    section(say("Accuracy by field of the items"))
    shown = report.strata[:ROWS]
    rows: list[Row] = [
        {
            say("Field"): each.field,
            say("Value"): each.value or say("without this field"),
            say("Items"): each.items,
            say("Checked"): each.checked,
            say("Accuracy"): brief(each.accuracy, say),
        }
        for each in shown
    ]
    show(rows, key="strata")
    limited(len(shown), len(report.strata), say)

"""Charts of one batch's agreement: shares beside coefficients, who changes it most, and models called models."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from labelqa.adapters.report import agreement_charts
from labelqa.adapters.report.chart_look import svg
from labelqa.adapters.report.html import render_html
from labelqa.adapters.report.markdown import render_markdown
from labelqa.adapters.report.models import models_named
from labelqa.i18n import Speaker
from labelqa.records.agreement import Coefficient
from labelqa.records.diagnostics import AnnotatorInfluence
from labelqa.records.estimate import Estimate, Unknown
from labelqa.records.people import Standing

EN, ZH = Speaker("en"), Speaker("zh")
SILENT = Unknown(reason="x")


def figure(point: float) -> Estimate:
    return Estimate(point=point, low=point - 0.1, high=point + 0.1, confidence=0.95, method="wilson", n=40)


def rows(chart: Any) -> list[dict[str, Any]]:
    return next(each for each in chart.to_dict()["datasets"].values() if "figure" in each[0])


def test_coefficients_share_one_scale_and_keep_their_own_spelling():
    lines = (
        Coefficient(name="krippendorff-alpha:ordinal", figure=figure(0.7)),
        Coefficient(name="percent-agreement", figure=figure(0.85)),
        Coefficient(name="gwet-ac1", figure=SILENT),
    )
    shown = rows(agreement_charts.coefficients(lines, EN))
    assert [row["point"] for row in shown] == [0.7, 0.85, None]
    assert shown[1]["figure"].startswith("85.0% [75.0, 95.0]")
    drawing = svg(agreement_charts.coefficients(lines, ZH))
    assert "Krippendorff α（有序）" in drawing  # never cut
    assert "首选系数" in drawing


def test_a_chart_of_nothing_says_so():
    assert "No coefficient is known here" in svg(
        agreement_charts.coefficients((Coefficient(name="gwet-ac1", figure=SILENT),), EN)
    )
    assert "not known here" in svg(agreement_charts.influence((), EN))


def test_influence_is_drawn_by_change_beside_everybody():
    lines = (
        AnnotatorInfluence(annotator="Li", without=figure(0.55), change=-0.05),
        AnnotatorInfluence(annotator="Li", without=figure(0.8), change=0.2),
        AnnotatorInfluence(annotator="Wu", without=SILENT, change=None),
    )
    assert [each.change for each in agreement_charts.by_change(lines)] == [0.2, -0.05, None]
    assert [round(each, 9) for each in agreement_charts.everybody(lines)] == [0.6]
    assert agreement_charts.everybody(lines[2:]) == []
    shown = rows(agreement_charts.influence(lines, EN))
    assert [row["name"] for row in shown] == ["Li (1)", "Li (2)", "Wu"]
    assert "dashed: with everybody, 0.600" in svg(agreement_charts.influence(lines, EN))
    cut = agreement_charts.influence(lines * 30, EN, most=40)
    assert len(rows(cut)) == 40
    assert "40 of 90 annotators" in svg(cut)


def test_a_model_is_called_one_wherever_it_stands(rich):
    line = replace(rich.people[0], person=rich.annotators[0].person, name="王小明", standing=Standing.MODEL, release="")
    summary = replace(rich, people=(line, *rich.people[1:]))
    shown = models_named(summary, ZH)
    assert shown.annotators[0].name == shown.people[0].name == "王小明（模型）"
    assert shown.annotators[1:] == summary.annotators[1:]
    assert "王小明（模型）" in render_html(summary, "zh")
    assert "王小明 (model)" in render_markdown(summary, "en").replace("\\", "")
    assert models_named(rich, ZH) is rich

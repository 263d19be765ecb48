"""Charts of a week: every point with its interval and n, every unknown as a gap that says so.

The page and the dashboard show the same charts. Colours can be told apart by colour-blind readers and in black and
white, where shapes differ too. Nothing is fetched: data stand in the chart itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import floor
from typing import Final, Literal

import altair as alt

from labelqa.adapters.report import text
from labelqa.adapters.report.chart_look import (
    BLUE,
    GREY,
    ORANGE,
    RED,
    axis,
    finished,
    gaps,
    inline,
    named,
    nothing,
    reach,
    spaced,
    tooltips,
)
from labelqa.adapters.report.row_charts import row_of, rows_chart
from labelqa.i18n import Speaker
from labelqa.records.batch import Conclusion
from labelqa.records.estimate import Estimate, Figure
from labelqa.records.summary import AnnotatorLine, BatchLine, LabelAgreement, TrendPoint

Measure = Literal["gold", "agreement"]
TREND_HEIGHT: Final = 200


def trend(points: Sequence[TrendPoint], say: Speaker, *, title: str, unit: text.Unit = "percent") -> alt.LayerChart:
    """A figure week by week, with intervals; a week that is unknown is a grey gap."""
    rows = [row_of(each.week, each.figure, say, unit=unit) for each in points]
    if not rows:
        return nothing(title, say("No week has been measured yet."))
    for row in rows:
        row["tick"] = f"{row['name']}|{row['n']}"
    ticks = alt.Axis(
        labelExpr="split(datum.label, '|')",
        labelAngle=0,
        labelFontSize=11,
        values=spaced([row["tick"] for row in rows]),
    )
    x = alt.X("tick:N", sort=[row["tick"] for row in rows], title=None, axis=ticks)
    domain = reach(rows, unit)
    y = alt.Y("point:Q", title=say("percent") if unit == "percent" else None, scale=domain, axis=axis())
    data = inline(rows)
    base = alt.Chart(data).encode(x=x, tooltip=tooltips(say("Week"), say))
    line = base.mark_line(color=BLUE, strokeWidth=1.2, opacity=0.6).encode(y=y)
    bars = base.transform_filter("datum.known").mark_rule(color=BLUE, strokeWidth=2.4)
    dots = base.transform_filter("datum.known").mark_point(filled=True, size=70, color=BLUE, opacity=1)
    layers = [gaps(base), line, bars.encode(y=alt.Y("low:Q", scale=domain), y2="high:Q"), dots.encode(y=y)]
    return finished(alt.LayerChart(layer=layers), title=title, height=TREND_HEIGHT)


def accuracy_trend(points: Sequence[TrendPoint], say: Speaker) -> alt.LayerChart:
    """Accuracy of checked labels, week by week."""
    return trend(points, say, title=say("Accuracy of checked labels"))


def agreement_trend(points: Sequence[TrendPoint], say: Speaker) -> alt.LayerChart:
    """Agreement of annotators, week by week."""
    return trend(points, say, title=say("Agreement of annotators (Krippendorff's alpha)"), unit="plain")


def annotators(
    lines: Sequence[AnnotatorLine], say: Speaker, *, measure: Measure = "gold", most: int = 40
) -> alt.LayerChart:
    """Every annotator's figure with its interval against the team's median; the first ``most`` to look at."""
    title = {"gold": say("Accuracy on gold items"), "agreement": say("Agreement with the others")}[measure]
    if not lines:
        return nothing(title, say("Nobody labelled in this period."))
    figures = [line.gold if measure == "gold" else line.agreement for line in lines]
    known = sorted(figure.point for figure in figures if isinstance(figure, Estimate))
    shown = first_to_look_at(lines, measure=measure)[:most]
    names = named([(line.name, line.person) for line in shown])
    rows = []
    for line, name in zip(shown, names, strict=True):
        row = row_of(name, line.gold if measure == "gold" else line.agreement, say)
        rows.append(row | {"sort": say("with reasons to look") if line.flags else say("no reason to look")})
    sorts = {say("no reason to look"): (BLUE, "circle"), say("with reasons to look"): (ORANGE, "diamond")}
    subtitle = [say("{shown} of {all} annotators", shown=len(shown), all=len(lines))] if len(shown) < len(lines) else []
    middle = [100 * _median(known)] if known else []
    subtitle += [say("dashed: median of {n} annotators, {median}", n=len(known), median=f"{at:.1f}%") for at in middle]
    return rows_chart(rows, say, title=title, subtitle=subtitle, heading=say("Annotator"), sorts=sorts, marks=middle)


def first_to_look_at(lines: Sequence[AnnotatorLine], *, measure: Measure) -> list[AnnotatorLine]:
    """Annotators with reasons to look first, then by their figure, lowest first, unknown ones last."""

    def order(line: AnnotatorLine) -> tuple[bool, bool, float, str]:
        figure = line.gold if measure == "gold" else line.agreement
        value = figure.point if isinstance(figure, Estimate) else 2.0
        return not line.flags, not isinstance(figure, Estimate), value, line.person

    return sorted(lines, key=order)


def batch_accuracy(lines: Sequence[BatchLine], say: Speaker, *, most: int = 40) -> alt.LayerChart:
    """Each batch's accuracy with its interval and its target; the lowest ``most`` where there are more."""
    title = say("Accuracy of batches against their targets")
    if not lines:
        return nothing(title, say("No batch was declared or worked on."))
    known = [line for line in lines if isinstance(line.accuracy, Estimate)]
    unknown = [line for line in lines if not isinstance(line.accuracy, Estimate)]
    shown = [*sorted(known, key=lambda line: (_point(line.accuracy), line.name)), *unknown][:most]
    rows = []
    names = named([(line.name, str(place)) for place, line in enumerate(shown, start=1)])
    for line, name in zip(shown, names, strict=True):
        row = row_of(name, line.accuracy, say)
        row["target"] = None if line.target is None else 100 * line.target
        row["sort"] = say("not settled yet") if line.conclusion is None else text.name_of(line.conclusion, say)
        rows.append(row)
    sorts = {text.name_of(each, say): look for each, look in _CONCLUSIONS.items()}
    sorts[say("not settled yet")] = (GREY, "square")
    subtitle = [say("upright bar: target of the batch")]
    if len(shown) < len(lines):
        subtitle.append(say("{shown} of {all} batches, the lowest first", shown=len(shown), all=len(lines)))
    return rows_chart(rows, say, title=title, subtitle=subtitle, heading=say("Batch"), sorts=sorts)


def label_agreement(lines: Sequence[LabelAgreement], say: Speaker) -> alt.LayerChart:
    """How well annotators agree on each label, one label against the rest (Krippendorff's alpha)."""
    title = say("Agreement label by label (alpha)")
    if not lines:
        return nothing(title, say("No label was given by two annotators."))
    names = named([(line.label, str(place)) for place, line in enumerate(lines, start=1)])
    rows = [row_of(name, line.alpha, say, unit="plain") | {"sort": ""} for line, name in zip(lines, names, strict=True)]
    look = {"": (BLUE, "circle")}
    return rows_chart(rows, say, title=title, subtitle=[], heading=say("Label"), sorts=look, unit="plain")


_CONCLUSIONS: Final[dict[Conclusion, tuple[str, str]]] = {
    Conclusion.ACCEPT: (BLUE, "circle"),
    Conclusion.RELABEL: (ORANGE, "diamond"),
    Conclusion.VOID: (RED, "cross"),
}


def _median(values: Sequence[float]) -> float:
    half = floor(len(values) / 2)
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


def _point(figure: Figure) -> float:
    return figure.point if isinstance(figure, Estimate) else 2.0

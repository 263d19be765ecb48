"""Charts of one batch's agreement: its coefficients side by side, and what it would be without each annotator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import altair as alt

from labelqa.adapters.report import text
from labelqa.adapters.report.chart_look import BLUE, GREY, named, nothing
from labelqa.adapters.report.row_charts import row_of, rows_chart
from labelqa.i18n import Speaker
from labelqa.records.agreement import Coefficient
from labelqa.records.diagnostics import AnnotatorInfluence
from labelqa.records.estimate import Estimate

_WIDE: Final = 300  # pixels; names of coefficients are not cut


def coefficients(lines: Sequence[Coefficient], say: Speaker) -> alt.LayerChart:
    """The coefficients of a batch with their intervals, the one to quote first."""
    title = say("Coefficients with their intervals")
    if not any(isinstance(line.figure, Estimate) for line in lines):
        return nothing(title, say("No coefficient is known here; the table says why."))
    first, others = say("the one to quote"), say("others")
    rows = []
    for place, line in enumerate(lines):
        row = row_of(text.coefficient_name(line.name, say), line.figure, say, unit="plain")
        written = text.figure_text(line.figure, say, unit="percent" if text.is_share(line.name) else "plain")
        rows.append(row | {"figure": written, "sort": others if place else first})
    looks = {first: (BLUE, "circle"), others: (GREY, "diamond")}
    return rows_chart(
        rows, say, title=title, subtitle=[], heading=say("Coefficient"), sorts=looks, unit="plain", room=_WIDE
    )


def influence(lines: Sequence[AnnotatorInfluence], say: Speaker, *, most: int = 40) -> alt.LayerChart:
    """Agreement without each annotator, beside that of everybody; where it gains most first."""
    title = say("Agreement without each annotator")
    shown = by_change(lines)[:most]
    if not shown:
        return nothing(title, say("Agreement without single annotators is not known here."))
    names = named([(line.annotator, str(place)) for place, line in enumerate(shown, start=1)])
    rows = [
        row_of(name, line.without, say, unit="plain") | {"sort": ""} for line, name in zip(shown, names, strict=True)
    ]
    marks = [*everybody(lines)]
    subtitle = [say("dashed: with everybody, {figure}", figure=text.decimal(mark)) for mark in marks]
    if len(shown) < len(lines):
        subtitle.insert(0, say("{shown} of {all} annotators", shown=len(shown), all=len(lines)))
    return rows_chart(
        rows, say, title=title, subtitle=subtitle, heading=say("Without"), sorts={"": (BLUE, "circle")}, marks=marks,
        unit="plain",
    )  # fmt: skip


def everybody(lines: Sequence[AnnotatorInfluence]) -> list[float]:
    """The number that the changes start from, once; it need not be the one to quote."""
    for line in lines:
        if isinstance(line.without, Estimate) and line.change is not None:
            return [line.without.point - line.change]
    return []


def by_change(lines: Sequence[AnnotatorInfluence]) -> list[AnnotatorInfluence]:
    """Those first without whom agreement gains most; those whose change is not known last."""
    return sorted(lines, key=lambda line: (line.change is None, -(line.change or 0.0), line.annotator))

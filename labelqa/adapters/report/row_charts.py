"""Charts with one row for each subject: a batch, an annotator, a label or a coefficient, with its interval and n."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import altair as alt

from labelqa.adapters.report import text
from labelqa.adapters.report.chart_look import ROW, Rows, axis, finished, inline, reach, tooltips
from labelqa.i18n import Speaker
from labelqa.records.estimate import Estimate, Figure

ROOM: Final = 190  # pixels for the names at the left


def row_of(name: str, figure: Figure, say: Speaker, *, unit: text.Unit = "percent") -> dict[str, Any]:
    """One mark's data: numbers for the scales, sentences for the reader; an unknown has no numbers."""
    known = isinstance(figure, Estimate)
    scale = 100 if unit == "percent" else 1
    return {
        "name": name,
        "point": scale * figure.point if isinstance(figure, Estimate) else None,
        "low": scale * figure.low if isinstance(figure, Estimate) else None,
        "high": scale * figure.high if isinstance(figure, Estimate) else None,
        "n": say("n = {n}", n=text.count(figure.n)) if known else say("unknown"),
        "known": known,
        "figure": text.figure_text(figure, say, unit=unit),
    }


def rows_chart(
    rows: Rows,
    say: Speaker,
    *,
    title: str,
    subtitle: list[str],
    heading: str,
    sorts: dict[str, tuple[str, str]],
    marks: Sequence[float] = (),
    unit: text.Unit = "percent",
    room: int = ROOM,
) -> alt.LayerChart:
    """One row a subject: interval, point by sort, target where there is one, and n at the right edge.

    ``sorts``: colour and shape of each sort; ``marks``: places of upright dashed lines; ``room``: pixels for names.
    """
    domain = reach(rows, unit, also=marks)
    colour, shape = _looks(rows, sorts)
    data = inline(rows)
    y = alt.Y(
        "name:N",
        sort=[row["name"] for row in rows],
        title=None,
        axis=alt.Axis(labelLimit=room, grid=True, domain=False),
    )
    base = alt.Chart(data).encode(y=y, tooltip=tooltips(heading, say))
    known = base.transform_filter("datum.known")
    x = alt.X("point:Q", scale=domain, title=say("percent") if unit == "percent" else None, axis=axis())
    bars = known.mark_rule(strokeWidth=2.4).encode(x=alt.X("low:Q", scale=domain), x2="high:Q", color=colour)
    dots = known.mark_point(filled=True, size=75, opacity=1).encode(x=x, color=colour, shape=shape)
    counts = base.mark_text(align="left", dx=9, color="#444").encode(x=alt.value("width"), text="n:N")
    layers = [*map(_mark_at, marks), bars, dots, counts]
    if any(row.get("target") is not None for row in rows):
        layers.append(_targets(data, y, domain))
    chart = alt.LayerChart(layer=layers)
    return finished(chart, title=title, subtitle=subtitle, height=ROW * len(rows), right=10)


def _looks(rows: Rows, sorts: dict[str, tuple[str, str]]) -> tuple[alt.Color, alt.Shape]:
    """Colour and shape of each sort of row, with a legend of those that are there."""
    present = [name for name in sorts if any(row["sort"] == name for row in rows)]
    colours, shapes = ([sorts[name][part] for name in present] for part in (0, 1))
    legend = alt.Legend(title=None, orient="top", symbolSize=80) if len(sorts) > 1 else None
    return (
        alt.Color("sort:N", legend=legend, sort=present, scale=alt.Scale(domain=present, range=colours)),
        alt.Shape("sort:N", legend=legend, sort=present, scale=alt.Scale(domain=present, range=shapes)),
    )


def _targets(data: alt.InlineData, y: alt.Y, domain: alt.Scale) -> alt.Chart:
    marks = alt.Chart(data).transform_filter("isValid(datum.target)")
    shown: alt.Chart = marks.mark_tick(color="#000", thickness=2, size=ROW - 6).encode(
        x=alt.X("target:Q", scale=domain), y=y
    )
    return shown


def _mark_at(value: float) -> alt.Chart:
    chart: alt.Chart = (
        alt.Chart(inline([{"middle": value}])).mark_rule(color="#000", strokeDash=[5, 4]).encode(x="middle:Q")
    )
    return chart

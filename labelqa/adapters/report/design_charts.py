"""Charts of designs side by side: how often they accept, how many reviews they take, and what they leave behind.

Operating characteristic, average sample number and average outgoing quality (Dodge and Romig 1929), by the accuracy that
a batch really has. Marks stand where a figure was worked out; the line between them only guides the eye. Designs whose
curves coincide are drawn once and named together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import altair as alt

from labelqa.adapters.report.chart_look import BLUE, GREY, ORANGE, RED, axis, finished, inline, nothing, tooltips
from labelqa.adapters.report.design_tables import chance, share, short_name
from labelqa.i18n import Speaker
from labelqa.records.designs import CurvePoint, Design, DesignComparison, DesignOption, StoppingLines

HEIGHT: Final = 260
GREEN: Final = "#009E73"
SKY: Final = "#56B4E9"
AMBER: Final = "#E69F00"
PINK: Final = "#CC79A7"
BLACK: Final = "#222222"


class Look(NamedTuple):
    """Colour, shape and dashes of a design, the same in every chart."""

    colour: str
    shape: str
    dash: tuple[int, int]


LOOKS: Final[Mapping[Design, Look]] = {
    Design.SEQUENTIAL: Look(BLUE, "circle", (1, 0)),
    Design.TWO_POINT: Look(ORANGE, "diamond", (6, 3)),
    Design.ZERO_ACCEPTANCE: Look(GREEN, "triangle-up", (2, 2)),
    Design.DISCOVERY: Look(AMBER, "triangle-down", (2, 2)),
    Design.ESTIMATE: Look(PINK, "square", (8, 4)),
    Design.CONTRACT: Look(RED, "cross", (6, 3)),
    Design.STRATIFIED: Look(SKY, "square", (1, 0)),
    Design.AQL: Look(BLACK, "triangle-right", (4, 4)),
    Design.CENSUS: Look(GREY, "stroke", (10, 4)),
}
_Value = Callable[[CurvePoint], float]


def acceptance(found: DesignComparison, say: Speaker) -> alt.LayerChart:
    """The chance to accept a batch, by its true accuracy (operating characteristic)."""
    subtitle = [
        say("upright: to be proven {accuracy}, expected {expected}; level: risk {risk}", accuracy=share(found.accuracy),
            expected=share(found.expected), risk=share(found.risk))
    ]  # fmt: skip
    scale = alt.Scale(domain=[0, 100], nice=False)
    return _chart(
        found, say, title=say("Chance to accept the batch"), subtitle=subtitle, heading=say("percent"), scale=scale,
        value=lambda point: 100 * point.accept, told=lambda point: chance(point.accept), level=100 * found.risk,
    )  # fmt: skip


def reviews(found: DesignComparison, say: Speaker) -> alt.LayerChart:
    """How many reviews a design takes on average, by the batch's true accuracy (average sample number)."""
    subtitle = [say("on average; the scale rises by factors")]
    return _chart(
        found, say, title=say("Reviews until a decision"), subtitle=subtitle, heading=say("Reviews"),
        scale=alt.Scale(type="log", nice=False), value=lambda point: max(1.0, point.reviews),
        told=lambda point: say("{n} reviews", n=f"{point.reviews:,.0f}"), deciding=False,
    )  # fmt: skip


def outgoing(found: DesignComparison, say: Speaker) -> alt.LayerChart:
    """The share of wrong labels that is left, by the batch's true accuracy (average outgoing quality)."""
    subtitle = [say("on average, when rejected batches and found errors are mended")]
    return _chart(
        found, say, title=say("Wrong labels left afterwards"), subtitle=subtitle, heading=say("percent"),
        scale=alt.Scale(zero=True, nice=True), value=lambda point: 100 * point.outgoing,
        told=lambda point: chance(point.outgoing),
    )  # fmt: skip


def stopping(lines: StoppingLines, say: Speaker) -> alt.LayerChart:
    """Where a sequential check stops, by verdicts and errors among them, and the path of a sample between the lines."""
    names = {"proven": say("proven from here on"), "hopeless": say("hopeless up to here"), "path": say("this sample")}
    rows = [
        _stop(names[key], drawn, wrong, say) | {"until": key == "hopeless"}
        for key, points in (("proven", lines.proven), ("hopeless", lines.hopeless), ("path", lines.path))
        for drawn, wrong in points
    ]
    title = say("Where the sequential check stops")
    if not rows:
        return nothing(title, say("Nothing is proven or hopeless within {n} verdicts.", n=f"{lines.horizon:,}"))
    present = [name for name in names.values() if any(row["name"] == name for row in rows)]
    looks = {names["proven"]: (BLUE, [1, 0]), names["hopeless"]: (ORANGE, [6, 3]), names["path"]: (BLACK, [1, 0])}
    base = alt.Chart(inline(rows)).encode(
        x=alt.X("accuracy:Q", title=say("verdicts in ticket order"), axis=axis(), scale=alt.Scale(domain=[0, lines.horizon], nice=False)),
        y=alt.Y("value:Q", title=say("errors among them"), axis=axis()),
        color=alt.Color("name:N", sort=present, legend=alt.Legend(title=None, orient="top"), scale=alt.Scale(domain=present, range=[looks[each][0] for each in present])),
        strokeDash=alt.StrokeDash("name:N", legend=None, sort=present, scale=alt.Scale(domain=present, range=[looks[each][1] for each in present])),
        tooltip=tooltips(say("Line"), say),
    )  # fmt: skip
    # so many errors are hopeless up to a verdict and proven from one on: the stairs turn at different ends
    layers = [
        base.transform_filter(alt.datum.until).mark_line(strokeWidth=2, interpolate="step-before"),
        base.transform_filter(~alt.datum.until).mark_line(strokeWidth=2, interpolate="step-after"),
    ]
    if lines.cut is not None:
        layers.insert(0, _upright(lines.cut))
    subtitle = [say("below the first line: proven; above the second: given up")]
    return finished(alt.LayerChart(layer=layers), title=title, subtitle=subtitle, height=HEIGHT, right=12)


def _stop(name: str, drawn: int, wrong: int, say: Speaker) -> dict[str, Any]:
    figure = say("{n} verdicts, {wrong} wrong", n=f"{drawn:,}", wrong=f"{wrong:,}")
    return {"name": name, "accuracy": drawn, "value": wrong, "figure": figure}


def _chart(
    found: DesignComparison,
    say: Speaker,
    *,
    title: str,
    subtitle: Sequence[str],
    heading: str,
    scale: alt.Scale,
    value: _Value,
    told: Callable[[CurvePoint], str],
    level: float | None = None,
    deciding: bool = True,
) -> alt.LayerChart:
    shown = _alike([each for each in found.options if each.curve and (each.risk is not None or not deciding)], value)
    if not shown:
        return nothing(title, say("No design could be worked out."))
    names = {designs[0]: say(", ").join(short_name(each, say) for each in designs) for designs, _ in shown}
    rows = [_row(names[designs[0]], point, value, told, say) for designs, curve in shown for point in curve]
    colour, shape, dash = _looks(names)
    base = alt.Chart(inline(rows)).encode(
        x=alt.X("accuracy:Q", title=say("true accuracy, percent"), axis=axis(), scale=alt.Scale(zero=False, nice=False)),
        y=alt.Y("value:Q", title=heading, axis=axis(), scale=scale), color=colour,
        tooltip=tooltips(say("Design"), say),
    )  # fmt: skip
    layers = [
        *(_upright(100 * at) for at in (found.accuracy, found.expected)),
        *(_level(each) for each in ([] if level is None else [level])),
        base.mark_line(strokeWidth=1.8, interpolate="monotone").encode(strokeDash=dash),
        base.mark_point(filled=True, size=52, opacity=1).encode(shape=shape),
    ]
    return finished(alt.LayerChart(layer=layers), title=title, subtitle=subtitle, height=HEIGHT, right=12)


def _row(
    name: str, point: CurvePoint, value: _Value, told: Callable[[CurvePoint], str], say: Speaker
) -> dict[str, Any]:
    figure = say("{accuracy} right: {figure}", accuracy=share(round(point.accuracy, 6)), figure=told(point))
    return {"name": name, "accuracy": 100 * point.accuracy, "value": value(point), "figure": figure}


def _alike(options: Sequence[DesignOption], value: _Value) -> list[tuple[list[Design], Sequence[CurvePoint]]]:
    """The curves, those that coincide once, with the designs that they are of."""
    kept: dict[tuple[tuple[float, float], ...], tuple[list[Design], Sequence[CurvePoint]]] = {}
    for each in options:
        key = tuple((point.accuracy, round(value(point), 9)) for point in each.curve)
        kept.setdefault(key, ([], each.curve))[0].append(each.design)
    return list(kept.values())


def _looks(names: Mapping[Design, str]) -> tuple[alt.Color, alt.Shape, alt.StrokeDash]:
    """Colour, shape and dashes of each curve, with one legend for all."""
    called, looks = list(names.values()), [LOOKS[design] for design in names]
    legend = alt.Legend(title=None, orient="top", symbolSize=80, columns=4)

    def scale(part: Sequence[Any]) -> alt.Scale:
        return alt.Scale(domain=called, range=list(part))

    return (
        alt.Color("name:N", legend=legend, sort=called, scale=scale([each.colour for each in looks])),
        alt.Shape("name:N", legend=legend, sort=called, scale=scale([each.shape for each in looks])),
        alt.StrokeDash("name:N", legend=None, sort=called, scale=scale([list(each.dash) for each in looks])),
    )


def _upright(value: float) -> alt.Chart:
    chart: alt.Chart = alt.Chart(inline([{"at": value}])).mark_rule(color="#000", strokeDash=[5, 4]).encode(x="at:Q")
    return chart


def _level(value: float) -> alt.Chart:
    chart: alt.Chart = alt.Chart(inline([{"at": value}])).mark_rule(color="#000", strokeDash=[1, 3]).encode(y="at:Q")
    return chart

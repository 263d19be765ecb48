"""How our charts look: fonts that know Chinese, colours for everyone, scales that leave room, and SVG of it all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import ceil, floor
from typing import Any, Final, TypeAlias
from unicodedata import east_asian_width

import altair as alt

from labelqa.i18n import Speaker

Rows: TypeAlias = list[dict[str, Any]]
FONT: Final = "Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei, sans-serif"
# Okabe and Ito's palette: tells apart for every kind of colour vision.
BLUE: Final = "#0072B2"
ORANGE: Final = "#D55E00"
RED: Final = "#882255"
GREY: Final = "#767676"
INK: Final = "#222222"
ROW: Final = 24  # height of one row, in pixels
LONGEST_NAME: Final = 26  # of a row, in Latin letters
WIDTH: Final = 700  # of a chart in a report, in pixels


def inline(rows: Rows) -> alt.InlineData:
    """Rows as data that stand in the chart."""
    return alt.InlineData(values=rows)


def axis() -> alt.Axis:
    """The axis of a figure."""
    return alt.Axis(tickCount=6, labelFlush=False)


def reach(rows: Rows, unit: str, *, also: Sequence[float] = ()) -> alt.Scale:
    """A scale around all intervals, targets and ``also``, with round ends; shares never past 0 and 100."""
    ends = [row[key] for row in rows for key in ("low", "high", "target") if row.get(key) is not None]
    ends += also
    step, least, most = (5.0, 0.0, 100.0) if unit == "percent" else (0.1, -1.0, 1.0)
    if not ends:
        return alt.Scale(domain=[least if unit == "percent" else 0.0, most], nice=False, zero=False)
    low = max(least, step * floor(round(min(ends) / step, 9)))
    high = min(most, step * ceil(round(max(ends) / step, 9)))
    if low == high:
        low, high = max(least, low - step), min(most, high + step)
    return alt.Scale(domain=[round(low, 9), round(high, 9)], nice=False, zero=False)


def named(names: Sequence[tuple[str, str]]) -> list[str]:
    """Names for an axis, short and each its own: where two are equal, the pseudonym (or number) stands beside.

    >>> named([("Li", "p-1"), ("Li", "p-2"), ("Wang", "p-3")])
    ['Li (p-1)', 'Li (p-2)', 'Wang']
    """
    short = [shortened(name) for name, _ in names]
    often = Counter(short)
    return [
        name if often[name] == 1 else f"{shortened(name, most=LONGEST_NAME - cells(own) - 3)} ({own})"
        for name, (_, own) in zip(short, names, strict=True)
    ]


def shortened(name: str, *, most: int = LONGEST_NAME) -> str:
    """A name of at most ``most`` Latin letters' width; its end is kept, as numbers tend to stand there.

    >>> shortened("sentiment-of-customer-care-batch-07", most=16)
    'sentime…batch-07'
    """
    if cells(name) <= most:
        return name
    end = _taken(reversed(name), most // 2)[::-1]
    return f"{_taken(name, most - 1 - cells(end))}…{end}"


def cells(words: str) -> int:
    """How wide words are, in Latin letters; a Chinese character takes two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in words)


def spaced(labels: Sequence[str], *, room: int = 480) -> list[str]:
    """As many of an axis' labels as fit side by side in ``room`` pixels, evenly, always with the last one."""
    widest = max((cells(line) for label in labels for line in label.split("|")), default=1)
    step = max(1, ceil(len(labels) * (6.2 * widest + 6) / room))
    return list(labels)[::-1][::step][::-1]


def _taken(letters: Iterable[str], most: int) -> str:
    taken, used = [], 0
    for letter in letters:
        used += cells(letter)
        if used > most:
            break
        taken.append(letter)
    return "".join(taken)


def tooltips(heading: str, say: Speaker) -> list[alt.Tooltip]:
    """What a pointer sees: whose figure, and the whole figure."""
    return [alt.Tooltip("name:N", title=heading), alt.Tooltip("figure:N", title=say("Figure"))]


def gaps(base: alt.Chart) -> alt.Chart:
    """Grey columns where the figure is unknown."""
    shown: alt.Chart = (
        base.transform_filter("!datum.known").mark_bar(color="#E4E4E4").encode(y=alt.value(0), y2=alt.value("height"))
    )
    return shown


def nothing(title: str, sentence: str) -> alt.LayerChart:
    """An empty chart that says why."""
    words = alt.Chart(inline([{"words": sentence}])).mark_text(fontSize=13, color=GREY)
    return finished(alt.LayerChart(layer=[words.encode(text="words:N")]), title=title, height=60)


def finished(
    chart: alt.LayerChart, *, title: str, height: int, subtitle: Sequence[str] = (), right: int = 5
) -> alt.LayerChart:
    """The chart with its title, its size (as wide as its box) and our fonts."""
    heading = alt.TitleParams(title, subtitle=list(subtitle)) if subtitle else alt.TitleParams(title)
    shown: alt.LayerChart = (
        chart.properties(
            title=heading,
            height=height,
            width="container",
            padding={"left": 5, "top": 5, "bottom": 5, "right": right},
            autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        )
        .configure(font=FONT, aria=False, background="white")
        .configure_title(anchor="start", fontSize=14, subtitleFontSize=12, subtitleColor="#444", color=INK, offset=10)
        .configure_axis(labelFontSize=12, titleFontSize=12, labelColor=INK, titleColor=INK, gridColor="#E6E6E6")
        .configure_legend(labelFontSize=12, labelColor=INK)
        .configure_text(fontSize=12, font=FONT)
        .configure_view(stroke="#CCCCCC")
    )
    return shown


def svg(chart: alt.LayerChart, *, width: int = WIDTH) -> str:
    """A chart as SVG text of fixed width, made without a browser and without the network."""
    import vl_convert

    drawn = vl_convert.vegalite_to_svg(chart.properties(width=width).to_dict())
    return str(drawn)

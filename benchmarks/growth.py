"""How time and memory grow with the number of labels: the whole agreement, pairs of annotators, Dawid and Skene's model.

    python benchmarks/growth.py --labels 100000 300000 1000000 3000000 10000000 --svg docs/images/growth.svg

Writes seeded frozen batches to a temporary folder. Every run is a fresh process that warms up on a small batch first;
time is from the file to the result, memory is the whole process at its peak. The runs of all sizes are made in turn and
the least counts, since what else the machine does only adds. Prints Markdown, with the exponent k of time ~ labels^k over
all sizes and from the last size but one to the last. Small batches cost what starting costs, so the second exponent is
the one that tells. Dawid-Skene climbs from one start at every size.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from math import ceil, floor, log, log10
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
from agreement import LABELS, everything, write_batch
from measured import measure

from labelqa.frozen import FrozenStore
from labelqa.reduce.duckdb import DuckDBReducer
from labelqa.stats.agreement import pair_agreements
from labelqa.stats.annotators import Search, dawid_skene

WARM = 10_000
FONT = "Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei, sans-serif"
COLOURS = ["#0072B2", "#D55E00", "#009E73"]  # Okabe and Ito


def pairs(reducer: DuckDBReducer, path: Path) -> None:
    """Kappa of all pairs of annotators, with intervals."""
    pair_agreements(reducer.contingency(path, LABELS), reducer.people(path))


def model(reducer: DuckDBReducer, path: Path) -> None:
    """Consensus and confusion matrices, with the default prior."""
    dawid_skene(reducer.answers(path, LABELS), search=Search(starts=1))


WORKS: dict[str, tuple[str, Callable[[DuckDBReducer, Path], object]]] = {
    "agreement": ("whole agreement · 全部一致性", everything),
    "pairs": ("all pairs · 两两比较", pairs),
    "model": ("Dawid–Skene", model),
}


def alone(work: str, warm: Path, path: Path) -> None:
    """One run in this process; prints seconds."""
    reducer, do = DuckDBReducer(), WORKS[work][1]
    do(reducer, warm)
    begin = time.perf_counter()
    do(reducer, path)
    print(time.perf_counter() - begin)


def grown(sizes: Sequence[int], runs: int, seed: int) -> list[dict[str, Any]]:
    """The least of every work at every size."""
    found: dict[tuple[int, str], list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as name:
        store = FrozenStore(Path(name))
        warm = store.path(write_batch(store, WARM, seed)[0])
        batches = [
            (labels, store.path(digest)) for digest, labels in (write_batch(store, size, seed) for size in sizes)
        ]
        for _ in range(runs):
            for labels, path in batches:
                for work in WORKS:
                    told = measure([sys.executable, __file__, "--alone", work, str(warm), str(path)])
                    found.setdefault((labels, work), []).append((float(told.out[-1]), told.megabytes))
    return [
        {"labels": labels, "work": WORKS[work][0], "seconds": seconds, "megabytes": peak}
        for (labels, work), each in found.items()
        for seconds, peak in [map(min, zip(*each, strict=True))]
    ]


def exponents(sizes: Sequence[float], values: Sequence[float]) -> tuple[float, float]:
    """The slope on log scales: fitted over all sizes, and that of the last step."""
    fitted = float(np.polyfit(np.log(sizes), np.log(values), 1)[0]) if len(sizes) > 1 else float("nan")
    last = log(values[-1] / values[-2]) / log(sizes[-1] / sizes[-2]) if len(sizes) > 1 else float("nan")
    return fitted, last


def table(rows: list[dict[str, Any]]) -> str:
    """Markdown, a line each work and measure."""
    sizes = sorted({row["labels"] for row in rows})
    lines = [
        "| | " + " | ".join(f"{size:,}" for size in sizes) + " | exponent | of the last step |",
        "| --- |" + " --- |" * (len(sizes) + 2),
    ]
    for title, _ in WORKS.values():
        for key, unit, digits in (("seconds", "s", 2), ("megabytes", "MB", 0)):
            values = [row[key] for row in rows if row["work"] == title]
            fitted, last = exponents(sizes, values)
            shown = " | ".join(f"{value:,.{digits}f} {unit}" for value in values)
            lines.append(f"| {title} | {shown} | {fitted:.2f} | {last:.2f} |")
    return "\n".join(lines)


def panel(rows: list[dict[str, Any]], key: str, title: str) -> alt.LayerChart:
    """One measure against size, and a line of slope 1 through the highest point."""
    sizes = sorted({row["labels"] for row in rows})
    top = max(row[key] for row in rows if row["labels"] == sizes[-1])
    linear = [{"labels": size, key: top * size / sizes[-1]} for size in sizes]
    ends = [row[key] for row in rows]
    domain = [10 ** floor(log10(min(ends))), 10 ** ceil(log10(max(ends)))]
    x = alt.X(
        "labels:Q",
        scale=alt.Scale(type="log", domain=[float(f"{size:.1g}") for size in (sizes[0], sizes[-1])], nice=False),
        axis=alt.Axis(title="labels · 标签数", format="~s", values=[10**power for power in range(4, 9)]),
    )
    y = alt.Y(
        f"{key}:Q",
        scale=alt.Scale(type="log", domain=domain, nice=False),
        axis=alt.Axis(title=title, format="~g", values=[one * 10**power for power in range(-4, 5) for one in (1, 3)]),
    )
    colour = alt.Color(
        "work:N",
        sort=None,
        scale=alt.Scale(range=COLOURS),
        legend=alt.Legend(title=None, orient="bottom", labelLimit=300),
    )
    shape = alt.Shape("work:N", sort=None, legend=None)
    drawn = alt.Chart(alt.InlineData(values=rows)).mark_line(point=True).encode(x=x, y=y, color=colour, shape=shape)
    straight = alt.Chart(alt.InlineData(values=linear)).mark_line(strokeDash=[5, 4], color="#767676", clip=True)
    return alt.LayerChart(layer=[straight.encode(x=x, y=y), drawn]).properties(width=300, height=260)


def picture(rows: list[dict[str, Any]]) -> str:
    """Time and memory side by side, as SVG."""
    import vl_convert

    panels = [panel(rows, "seconds", "seconds · 秒"), panel(rows, "megabytes", "peak memory, MB · 内存峰值")]
    chart = (
        alt.hconcat(*panels)
        .properties(
            title=alt.TitleParams("dashed: slope 1, that is linear · 虚线：斜率为 1，即线性", fontWeight="normal")
        )
        .configure(font=FONT, background="white", aria=False)
        .configure_title(anchor="start", fontSize=12, color="#444444")
        .configure_axis(labelFontSize=11, titleFontSize=12, gridColor="#E6E6E6")
    )
    return str(vl_convert.vegalite_to_svg(chart.to_dict()))


def main() -> None:
    """Parse, run, print, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sizes = [100_000, 300_000, 1_000_000, 3_000_000, 10_000_000]
    parser.add_argument("--labels", type=int, nargs="+", default=sizes)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--svg", type=Path, help="where the picture goes; without it there is none")
    parser.add_argument("--alone", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.alone:
        work, warm, path = given.alone
        alone(work, Path(warm), Path(path))
        return
    rows = grown(sorted(given.labels), given.runs, given.seed)
    print(table(rows))
    print(f"\n{given.runs} runs each, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    if given.svg:
        given.svg.write_text(picture(rows), "utf-8")


if __name__ == "__main__":
    main()

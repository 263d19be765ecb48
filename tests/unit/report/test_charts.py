"""Charts: unknowns are gaps and not zeros, intervals and n are there, names stay apart, data stand inside."""

from __future__ import annotations

import json
from typing import Any

import pytest

from labelqa.adapters.report import charts
from labelqa.adapters.report.chart_look import cells, reach, shortened, spaced, svg
from labelqa.i18n import Speaker
from labelqa.records.summary import TrendPoint

EN = Speaker("en")


def rows(chart: Any) -> list[dict[str, Any]]:
    """The rows that stand in a chart, of its largest data set."""
    return max(chart.to_dict()["datasets"].values(), key=len)


def test_an_unknown_week_is_a_gap_not_a_zero(rich):
    shown = rows(charts.accuracy_trend(rich.accuracy_trend, EN))
    assert [row["known"] for row in shown] == [True, False, True, True, True, True]
    assert (shown[1]["point"], shown[1]["low"], shown[1]["n"]) == (None, None, "unknown")
    drawing = svg(charts.accuracy_trend(rich.accuracy_trend, EN))
    assert drawing.count(">unknown<") == 1
    assert drawing.index("2026-W42") < drawing.index("2026-W43") < drawing.index("2026-W47")
    assert ">n = 450<" in drawing


def test_points_stand_inside_their_intervals(rich, samples):
    made = [
        charts.agreement_trend(rich.agreement_trend, EN),
        charts.annotators(rich.annotators, EN, measure="gold"),
        charts.batch_accuracy(rich.batches, EN),
        charts.label_agreement(samples.label_agreement(), EN),
    ]
    for chart in made:
        known = [row for row in rows(chart) if row["known"]]
        assert known
        assert all(row["low"] <= row["point"] <= row["high"] for row in known)
        assert all("n = " in row["figure"] and "95%" in row["figure"] for row in known)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_charts_are_drawn_the_same_twice_and_fetch_nothing(rich, lang):
    chart = charts.batch_accuracy(rich.batches, Speaker(lang))
    drawing = svg(chart)
    assert drawing == svg(charts.batch_accuracy(rich.batches, Speaker(lang)))
    assert "<script>" not in drawing
    assert "<image" not in drawing
    assert "&lt;script&gt;" in drawing
    assert "Noto Sans CJK SC" in drawing
    spec = json.dumps(chart.to_dict())
    assert '"url"' not in spec


def test_charts_are_as_wide_as_their_box_and_drawings_are_fixed(rich):
    chart = charts.accuracy_trend(rich.accuracy_trend, EN)
    assert chart.to_dict()["width"] == "container"
    assert 'width="540"' in svg(chart, width=540)


def test_equal_names_stay_two_rows(rich):
    names = [row["name"] for row in rows(charts.annotators(rich.annotators, EN))]
    assert len(set(names)) == len(rich.annotators)
    assert {"王小明 (p-00000001)", "王小明 (p-00000005)"} <= set(names)


def test_those_to_look_at_come_first_and_the_chart_says_what_it_leaves_out(large):
    chart = charts.annotators(large.annotators, EN, most=30)
    shown = rows(chart)
    assert len(shown) == 30
    assert {row["sort"] for row in shown} == {"with reasons to look"}
    assert chart.to_dict()["title"]["subtitle"] == ["30 of 300 annotators", "dashed: median of 200 annotators, 83.1%"]
    assert len({row["name"] for row in shown}) == 30


def test_targets_and_medians_lie_on_the_scale(large, rich):
    domain = reach(rows(charts.batch_accuracy(rich.batches, EN)), "percent").to_dict()["domain"]
    assert domain == [70, 100]
    layers = charts.annotators(large.annotators, EN, most=12).to_dict()["layer"]
    scales = [layer["encoding"]["x"]["scale"]["domain"] for layer in layers if "scale" in layer["encoding"]["x"]]
    assert all(low <= 83.1 <= high for low, high in scales)


def test_an_empty_chart_says_why():
    drawing = svg(charts.accuracy_trend((), EN))
    assert "No week has been measured yet." in drawing
    for chart in (charts.annotators((), EN), charts.batch_accuracy((), EN), charts.label_agreement((), EN)):
        assert rows(chart)[0]["words"].endswith(".")


def test_all_unknown_still_draws(samples):
    points = tuple(TrendPoint(week=f"2026-W{week}", figure=samples.NO_VERDICTS) for week in (46, 47))
    drawing = svg(charts.accuracy_trend(points, EN))
    assert drawing.count(">unknown<") == 2
    assert "NaN" not in drawing


def test_long_axes_keep_the_last_week():
    labels = [f"2026-W{week}|n = 1,234" for week in range(20, 46)]
    kept = spaced(labels)
    assert kept[-1] == labels[-1]
    assert 4 <= len(kept) <= 8
    assert spaced(labels[:3]) == labels[:3]


def test_short_names_keep_their_ends():
    name = "面向客户服务场景的多轮对话意图识别标注批次-第007期"
    short = shortened(name)
    assert short.endswith("第007期")
    assert cells(short) <= 27
    assert shortened("short") == "short"

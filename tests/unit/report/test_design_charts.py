"""Designs side by side as charts and as a page: nothing invented, nothing fetched, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from labelqa.adapters.report import design_charts, design_tables
from labelqa.adapters.report.chart_look import svg
from labelqa.adapters.report.design_page import design_page
from labelqa.i18n import LANGS, Speaker
from labelqa.records.designs import (
    CurvePoint,
    Design,
    DesignComparison,
    DesignOption,
    PlanningRow,
    StoppingLines,
    Terms,
)
from labelqa.workflows.certifying.stopping import stopping_lines
from labelqa.workflows.planning.compare import compared

EN, ZH = Speaker("en"), Speaker("zh")


@pytest.fixture(scope="module")
def made() -> DesignComparison:
    return compared(2000, accuracy=0.95, terms=Terms(n=300, aql="1.0"))


def rows(chart: Any) -> list[dict[str, Any]]:
    """The marks' data, whatever else stands in the chart."""
    return [row for data in chart.to_dict()["datasets"].values() for row in data if "figure" in row]


def option(design: Design, accept: float, *, risk: float | None = 0.04) -> DesignOption:
    curve = tuple(
        CurvePoint(accuracy=at, defects=round(100 * (1 - at)), accept=accept, reviews=30.0, outgoing=0.01)
        for at in (0.9, 1.0)
    )
    return DesignOption(
        design=design, n=30, c=0, certifies=True, risk=risk, power=0.9, reviews=30.0, hours=1.0, curve=curve, explained=()
    )  # fmt: skip


def comparison(*options: DesignOption) -> DesignComparison:
    return DesignComparison(
        batch="", population=100, accuracy=0.95, risk=0.05, expected=0.99, power=0.9, minutes=2.0,
        recommended=Design.SEQUENTIAL, options=options,
    )  # fmt: skip


def test_every_mark_is_a_point_that_was_worked_out(made):
    shown = rows(design_charts.acceptance(made, EN))
    for each in made.options:
        if each.risk is None:
            continue
        mine = {
            (row["accuracy"], row["value"]) for row in shown if design_tables.short_name(each.design, EN) in row["name"]
        }
        assert {(100 * point.accuracy, 100 * point.accept) for point in each.curve} <= mine
    left = rows(design_charts.outgoing(made, EN))
    best = max(made.options[0].curve, key=lambda point: point.outgoing)
    assert max(row["value"] for row in left if row["name"] == "sequential") == 100 * best.outgoing
    asked = rows(design_charts.reviews(made, EN))
    census = next(each for each in made.options if each.design is Design.CENSUS)
    assert {row["value"] for row in asked if row["name"] == "census"} == {max(1.0, p.reviews) for p in census.curve}


def test_what_decides_nothing_is_only_in_the_chart_of_reviews(made):
    assert not any("estimate" in row["name"] for row in rows(design_charts.acceptance(made, EN)))
    assert not any("estimate" in row["name"] for row in rows(design_charts.outgoing(made, EN)))
    assert any("estimate" in row["name"] for row in rows(design_charts.reviews(made, EN)))


def test_curves_that_coincide_are_drawn_once_and_named_together():
    alike = comparison(option(Design.SEQUENTIAL, 0.7), option(Design.DISCOVERY, 0.7), option(Design.CENSUS, 0.8))
    shown = rows(design_charts.acceptance(alike, EN))
    assert [row["name"] for row in shown] == ["sequential, discovery"] * 2 + ["census"] * 2
    assert {row["name"] for row in rows(design_charts.acceptance(alike, ZH))} == {"序贯、发现", "全检"}


def test_a_chart_of_nothing_says_so():
    drawing = svg(design_charts.acceptance(comparison(option(Design.ESTIMATE, 0.5, risk=None)), EN))
    assert "No design could be worked out." in drawing
    empty = StoppingLines(horizon=60, proven=(), hopeless=())
    assert "Nothing is proven or hopeless within 60 verdicts." in svg(design_charts.stopping(empty, EN))


def test_every_design_has_a_look_of_its_own_and_a_name():
    assert set(design_charts.LOOKS) == set(design_tables.SHORT) == set(Design)
    assert len({(look.colour, look.shape) for look in design_charts.LOOKS.values()}) == len(Design)
    assert len({design_tables.short_name(each, ZH) for each in Design}) == len(Design)


def test_the_stopping_chart_holds_lines_and_path():
    lines = StoppingLines(
        horizon=90, proven=((40, 0), (60, 1)), hopeless=((8, 4), (20, 5)), path=((0, 0), (1, 0), (2, 1))
    )
    shown = rows(design_charts.stopping(lines, EN))
    told = {
        name: [(row["accuracy"], row["value"]) for row in shown if row["name"] == name]
        for name in ("proven from here on", "hopeless up to here", "this sample")
    }
    assert list(told.values()) == [[(40, 0), (60, 1)], [(8, 4), (20, 5)], [(0, 0), (1, 0), (2, 1)]]
    assert shown[-1]["figure"] == "2 verdicts, 1 wrong"
    assert "this sample" not in svg(design_charts.stopping(replace(lines, path=()), EN))


class Page(HTMLParser):
    """Tags, and what the page would fetch."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.fetched += [value or "" for name, value in attrs if name in {"src", "href", "xlink:href"}]
        if tag == "script":
            self.fetched.append("script")

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_stands_alone(made, lang):
    text = design_page(made, lang, stopping=stopping_lines(made, Terms()))
    page = Page(text)
    assert [each for each in page.fetched if not each.startswith("#")] == []
    assert "://" not in re.sub(r'xmlns(:\w+)?="[^"]*"', "", text)
    assert page.open.count("svg") >= 4
    assert text == design_page(made, lang, stopping=stopping_lines(made, Terms()))
    said = " ".join(page.words)
    assert "{" not in said.partition("</style>")[2]
    for each in made.options:
        assert design_tables.short_name(each.design, Speaker(lang)) in said
        assert all(Speaker(lang)(sentence) in said for sentence in each.explained)
    english = ("recommended", "Side by side", "reviews", "accept")
    assert any(word in said for word in english) is (lang == "en")


def test_the_page_escapes_what_people_wrote(made):
    text = design_page(replace(made, batch="<b>x</b>"), "en")
    assert "<b>x</b>" not in text
    assert "&lt;b&gt;x&lt;/b&gt;" in text


def test_cells_say_the_numbers(made):
    first = made.options[0]
    cells = design_tables.option_row(first, made, EN)
    assert (cells["Draws"], cells["Hours"]) == (f"{first.n:,}", f"{first.hours:,.1f}")
    assert cells["Advice"] == ("recommended" if made.recommended is first.design else "")
    row = PlanningRow(accuracy=0.99, reviews=((0.5, 120), (0.9, None)), mean=130.4)
    assert list(design_tables.planning_cells(row, EN).values()) == ["99%", "120", "—", "130"]
    curve = design_tables.curve_cells(option(Design.ESTIMATE, 0.5, risk=None), EN)
    assert {line["Accepted"] for line in curve} == {"—"}

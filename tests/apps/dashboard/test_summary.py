"""Pages on hand-made summaries: every figure with its interval, hostile names as plain text, large weeks whole."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from labelqa.i18n import LANGS

WEEK = "2026-W47"


@pytest.mark.parametrize("lang", LANGS)
def test_the_headline_shows_figures_with_interval_and_n(empty, samples, show_summary, open_page, everything, lang):
    show_summary(samples.rich())
    app = open_page(empty, "overview", lang=lang, week=WEEK)
    assert [each.value for each in app.metric] == ["95.6%", "0.812", "12,480", "2"]
    said = everything(app).replace("\\", "")
    assert "[93.2, 97.1]" in said
    assert "n = 450" in said
    assert "[0.791, 0.832]" in said


def test_an_unknown_figure_says_why_and_is_never_zero(empty, samples, show_summary, open_page, everything):
    rich = samples.rich()
    why = samples.silent("no-verdicts", "nobody has checked anything")
    show_summary(replace(rich, now=replace(rich.now, accuracy=why)))
    app = open_page(empty, "overview", week=WEEK)
    assert app.metric[0].value == "unknown"
    assert "nobody has checked anything" in everything(app)


def test_what_waits_is_sorted_by_the_gravity_of_its_alerts(empty, samples, show_summary, open_page):
    show_summary(samples.rich())
    app = open_page(empty, "overview", week=WEEK)
    names = [each.value for each in app.markdown if each.value.startswith("**")]
    assert names[0].startswith("**week46\\-安全")  # has an error
    assert "script" in names[1]  # has a warning
    assert names[2].startswith("**week47")


def test_alerts_come_gravest_first_and_link_to_their_subject(empty, samples, show_summary, open_page):
    show_summary(samples.rich())
    app = open_page(empty, "overview", week=WEEK)
    grave = [re.search(r"\*\*(error|warning|note)\*\*", each.value) for each in app.markdown]
    assert [found.group(1) for found in grave if found] == ["error", "warning", "warning", "note"]
    links = [each.proto.query_string for each in app.get("page_link")]
    assert any("person=p-00000002" in link for link in links)
    assert all("lang=en" in link for link in links)


@pytest.mark.parametrize("page", ["overview", "annotators", "people"])
def test_hostile_names_are_shown_as_they_are(empty, samples, show_summary, open_page, page):
    show_summary(samples.rich())
    app = open_page(empty, page, week=WEEK, person="p-00000004")
    for each in (*app.markdown, *app.caption, *app.warning, *app.subheader):
        assert not re.search(r"(?<!\\)<(?!style)", each.value), each.value


@pytest.mark.parametrize("page", ["overview", "annotators", "people", "rulebooks"])
def test_a_large_week_is_laid_out(empty, samples, show_summary, open_page, page):
    show_summary(samples.large())
    app = open_page(empty, page, week=WEEK)
    assert app.dataframe
    if page == "overview":
        assert len(app.dataframe[0].value) == 200


def test_an_annotator_is_shown_with_reasons_and_confusions(empty, samples, show_summary, open_page, everything):
    show_summary(samples.rich())
    app = open_page(empty, "annotators", week=WEEK, person="p-00000002")
    assert [each.value for each in app.metric] == ["902", "71.0%", "74.2%", "8.4 s"]
    assert len(app.warning) >= 2
    mixed = next(each.value for each in app.dataframe if "Own label" in each.value.columns)
    assert list(mixed.iloc[0]) == ["正面", "中性", 41]


def test_the_matrix_has_people_down_and_releases_across(empty, samples, show_summary, open_page):
    show_summary(samples.rich())
    app = open_page(empty, "people", week=WEEK)
    matrix = app.dataframe[0].value
    assert len(matrix) == 5
    assert list(matrix[samples.RELEASE]) == [
        "✓ qualified, until 2027-11-03", "✗ qualification expired 2026-11-01", "✗ not trained", "✗ exam not passed",
        "✓ qualified, until 2027-11-03",
    ]  # fmt: skip


def test_the_language_is_kept_in_the_address(empty, samples, show_summary, open_page):
    show_summary(samples.rich())
    app = open_page(empty, "overview", lang="zh", week=WEEK)
    assert app.title[0].value == "2026-W47 周"
    app.radio(key="pick-lang").set_value("en").run()
    assert app.title[0].value == "Week 2026-W47"
    assert "en" in app.query_params["lang"]

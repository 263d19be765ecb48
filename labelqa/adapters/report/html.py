"""The report as one page that needs nothing else: opened from a mail, printed on A4, handed to an inspector.

Style, charts and words stand in the file; it asks no server for anything and says so to the browser.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from labelqa.adapters.report import charts, check_tables, tables, text
from labelqa.adapters.report.chart_look import WIDTH, svg
from labelqa.adapters.report.grid import cell_text
from labelqa.adapters.report.models import models_named
from labelqa.adapters.report.record_tables import methods, notes, standing_tone, title_of, verify_command
from labelqa.i18n import Lang, Speaker
from labelqa.records.estimate import Estimate, Figure, Unknown
from labelqa.records.summary import Summary

HALF = 540  # pixels of a chart that has another beside it
MOST_ROWS = 30  # of a chart; the tables hold everybody


@dataclass(frozen=True, slots=True)
class Card:
    """One headline: this week, how sure, and how it was last week."""

    title: str
    value: str
    lines: tuple[str, ...]
    known: bool = True


def render_html(summary: Summary, lang: Lang) -> str:
    """The whole report as one HTML document; the same summary gives the same text."""
    say = Speaker(lang)
    page = pages().get_template("report.html.j2")
    return page.render(_words(say, summary.period.timezone) | _parts(models_named(summary, say), say)) + "\n"


@cache
def pages() -> Environment:
    """The templates of pages that stand alone."""
    loader = PackageLoader("labelqa.adapters.report", "templates")
    # the extension .j2 would otherwise be taken for "not HTML"
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _words(say: Speaker, zone: str) -> dict[str, Any]:
    """What the template may say and how it writes numbers."""
    return {
        "say": say,
        "cell_text": partial(cell_text, say=say, zone=zone),
        "known": lambda figure: isinstance(figure, Estimate),
        "name_of": partial(text.name_of, say=say),
        "duty_name": partial(text.duty_name, say=say),
        "flag_name": partial(text.flag_name, say=say),
        "exclusion_name": partial(text.exclusion_name, say=say),
        "confusions": partial(tables.confusions_text, say=say),
        "conclusion": partial(tables.conclusion, say=say),
        "title_of": partial(title_of, say=say),
        "standing_tone": standing_tone,
        "point": partial(text.point, say=say),
        "interval": text.interval,
        "cases": partial(text.cases, say=say),
        "how": partial(text.how, say=say),
        "figure_text": partial(text.figure_text, say=say),
        "count": text.count,
        "percent": text.percent,
        "seconds": partial(text.seconds, say=say),
        "moment": partial(text.moment, zone=zone),
        "day": partial(text.day, zone=zone),
    }


def _parts(summary: Summary, say: Speaker) -> dict[str, Any]:
    return {
        "summary": summary,
        "title": tables.heading(summary, say),
        "zone": summary.period.timezone,
        "offset": text.offset(summary.period.start, summary.period.timezone),
        "made_at": text.moment(summary.made_at, summary.period.timezone),
        "html_lang": "zh-CN" if say.lang == "zh" else "en",
        "footer": re.sub(r"[^0-9A-Za-z -]", "", f"labelqa {summary.period.name} {text.short_digest(summary.head)}"),
        "cards": cards(summary, say),
        "todo": tables.todo(summary, say),
        "trends": tables.trends(summary, say),
        "methods": methods(summary, say),
        "notes": notes(summary, say),
        "verify": verify_command(summary),
        "empty": {table.key: table.empty for table in tables.tables(summary, say)},
        "charts": _charts(summary, say),
        "checks": check_tables.checks(summary, say),
        "curves": [
            (
                check_tables.title(each, say),
                [drawn_inline(svg(chart, width=HALF)) for chart in check_tables.curves(each, say)],
            )
            for each in check_tables.planned(summary)
        ],
    }


def cards(summary: Summary, say: Speaker) -> list[Card]:
    """The headline: two figures and four counts, each against the week before."""
    now, last, before = summary.now, summary.last, summary.before.name
    return [
        _figure_card(say("Accuracy of checked labels"), now.accuracy, last.accuracy, say, before=before),
        _figure_card(say("Agreement (alpha)"), now.agreement, last.agreement, say, before=before, unit="plain"),
        _count_card(
            say("Annotations"), now.annotations, last.annotations, say, before=before,
            more=say("{items} items, {annotators} annotators", items=text.count(now.items), annotators=now.annotators),
        ),
        _count_card(say("Verdicts on drawn items"), now.reviewed, last.reviewed, say, before=before),
        _count_card(
            say("Batches settled"), now.settled, last.settled, say, before=before,
            more=say("{accepted} accepted, {relabelled} to be relabelled, {voided} voided", accepted=now.accepted,
                     relabelled=now.relabelled, voided=now.voided),
        ),
        _count_card(
            say("Annotations by people not qualified"), now.unqualified, last.unqualified, say, before=before,
            more=say("{unbatched} annotations in no batch", unbatched=text.count(now.unbatched)),
        ),
    ]  # fmt: skip


def _figure_card(
    title: str, now: Figure, last: Figure, say: Speaker, *, before: str, unit: text.Unit = "percent"
) -> Card:
    past = say("{week}: {figure}", week=before, figure=text.figure_text(last, say, unit=unit))
    if isinstance(now, Unknown):
        reason = say(now.message) or now.reason
        return Card(title, say("unknown"), (reason, past), known=False)
    sure = say("{interval}, {rest}", interval=text.interval(now, unit=unit), rest=text.sureness(now, say))
    change = text.difference(now, last)
    moved = () if isinstance(change, Unknown) else (text.change_text(change, say, unit=unit),)
    return Card(title, text.point(now, say, unit=unit), (sure, past, *moved))


def _count_card(title: str, now: int, last: int, say: Speaker, *, before: str, more: str = "") -> Card:
    past = say("{week}: {figure}", week=before, figure=text.count(last))
    return Card(title, text.count(now), tuple(line for line in (more, past) if line))


def _charts(summary: Summary, say: Speaker) -> dict[str, Markup | None]:
    """The charts as inline SVG; None where there is nothing to show."""
    people, batches = summary.annotators, summary.batches
    made = {
        "accuracy_trend": charts.accuracy_trend(summary.accuracy_trend, say),
        "agreement_trend": charts.agreement_trend(summary.agreement_trend, say),
        "batches": charts.batch_accuracy(batches, say, most=MOST_ROWS),
        "gold": charts.annotators(people, say, measure="gold", most=MOST_ROWS),
        "agreement": charts.annotators(people, say, measure="agreement", most=MOST_ROWS),
    }
    shown = {
        "accuracy_trend": bool(summary.accuracy_trend),
        "agreement_trend": bool(summary.agreement_trend),
        "batches": _any_known([line.accuracy for line in batches]),
        "gold": _any_known([line.gold for line in people]),
        "agreement": _any_known([line.agreement for line in people]),
    }
    return {
        key: drawn_inline(svg(chart, width=WIDTH if key == "batches" else HALF)) if shown[key] else None
        for key, chart in made.items()
    }


def _any_known(figures: Sequence[Figure]) -> bool:
    return any(isinstance(figure, Estimate) for figure in figures)


def drawn_inline(drawing: str) -> Markup:
    """SVG for inside a page, where it needs no name space; its words were escaped when it was drawn."""
    return Markup(re.sub(r' xmlns(:xlink)?="[^"]*"', "", drawing, count=2))  # noqa: S704

"""Designs side by side as one page that needs nothing else: the table, the charts, and what each design means in words.

Style, charts and words stand in the file; it asks no server for anything and says so to the browser.
"""

from __future__ import annotations

from markupsafe import Markup

from labelqa.adapters.report import design_charts, design_tables, text
from labelqa.adapters.report.chart_look import svg
from labelqa.adapters.report.html import HALF, drawn_inline, pages
from labelqa.i18n import Lang, Speaker
from labelqa.records.designs import DesignComparison, StoppingLines


def design_page(found: DesignComparison, lang: Lang, *, stopping: StoppingLines | None = None) -> str:
    """The whole comparison as one HTML document; the same comparison gives the same text.

    ``stopping``: where the sequential design stops, drawn beside the others' charts.
    """
    say = Speaker(lang)
    rows = [design_tables.option_row(each, found, say) for each in found.options]
    planning = [design_tables.planning_cells(each, say) for each in found.planning]
    page = pages().get_template("designs.html.j2")
    return (
        page.render(
            say=say,
            html_lang="zh-CN" if lang == "zh" else "en",
            title=say("Designs of a spot check"),
            batch=found.batch,
            heading=design_tables.heading(found, say),
            note=design_tables.table_note(found, say),
            rows=rows,
            planning=planning,
            notes=found.notes,
            options=found.options,
            chosen=found.recommended,
            name_of=lambda design: design_tables.short_name(design, say),
            long_name=lambda design: text.name_of(design, say),
            curve=lambda option: design_tables.curve_cells(option, say),
            charts=charts(found, say, stopping),
        )
        + "\n"
    )


def charts(found: DesignComparison, say: Speaker, stopping: StoppingLines | None = None) -> list[tuple[str, Markup]]:
    """What each chart shows, and the chart as inline SVG."""
    drawn = [
        (say("Chance to accept the batch"), design_charts.acceptance(found, say)),
        (say("Reviews until a decision"), design_charts.reviews(found, say)),
        (say("Wrong labels left afterwards"), design_charts.outgoing(found, say)),
    ]
    if stopping is not None:
        drawn.append((say("Where the sequential check stops"), design_charts.stopping(stopping, say)))
    return [(title, drawn_inline(svg(chart, width=HALF))) for title, chart in drawn]

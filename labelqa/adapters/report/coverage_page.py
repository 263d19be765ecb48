"""The coverage matrix as one page that needs nothing else: gaps first, then every risk and the items of Article 4."""

from __future__ import annotations

from labelqa.adapters.report import coverage_tables as tables
from labelqa.adapters.report.html import pages
from labelqa.i18n import Lang, Speaker
from labelqa.workflows.coverage import Coverage


def coverage_page(found: Coverage, title: str, lang: Lang) -> str:
    """The whole matrix as one HTML document; the same matrix gives the same text."""
    say = Speaker(lang)
    rows = tables.lines(found, say)
    page = pages().get_template("coverage.html.j2")
    return (
        page.render(
            say=say, html_lang="zh-CN" if lang == "zh" else "en", title=title, found=found,
            gaps=[row for row in rows if row.gaps], rows=sorted(rows, key=lambda row: row.code),
            articles=tables.article_lines(found, say), sentences=list(tables.sentences(found, say)),
        )
        + "\n"
    )  # fmt: skip

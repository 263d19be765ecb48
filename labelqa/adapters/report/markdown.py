"""The report as Markdown: for a mail, a ticket or a repository, in either language."""

from __future__ import annotations

import re
from typing import Final

from labelqa.adapters.report import text
from labelqa.adapters.report.grid import Cell, Table, cell_text
from labelqa.adapters.report.models import models_named
from labelqa.adapters.report.record_tables import notes
from labelqa.adapters.report.tables import heading, tables
from labelqa.i18n import Lang, Speaker
from labelqa.records.summary import Summary

_MARKS: Final = re.compile(r"([\\`*_{}\[\]<>|#~&])")
_RIGHT: Final = frozenset({"count", "more", "share", "seconds", "percent", "plain", "percent-change", "plain-change"})


def render_markdown(summary: Summary, lang: Lang) -> str:
    """The whole report as Markdown text, ended by a line break."""
    say = Speaker(lang)
    zone = summary.period.timezone
    parts = [f"# {escaped(heading(summary, say))}: {escaped(summary.workspace)}", _facts(summary, say)]
    for table in tables(models_named(summary, say), say):
        parts += [f"## {escaped(table.title)}", _table(table, say, zone)]
    parts += [f"## {escaped(say('Notes'))}", "\n".join(f"- {escaped(note)}" for note in notes(summary, say))]
    return "\n\n".join(parts) + "\n"


def escaped(words: str) -> str:
    """Words that mean nothing to Markdown, on one line: marks and pipes escaped, Chinese left as it is.

    >>> print(escaped("a|b *c*"))
    a\\|b \\*c\\*
    """
    return _MARKS.sub(r"\\\1", " ".join(words.split()))


def code(words: str) -> str:
    """Words as a code span, whatever backquotes are in them; a pipe stays inside its table cell."""
    line = " ".join(words.split()).replace("|", "\\|")
    fence = "`" * (max((len(run) for run in re.findall("`+", line)), default=0) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def _facts(summary: Summary, say: Speaker) -> str:
    period = summary.period
    lines = [
        say("Period {name}: {first} to {last}", name=period.name, first=period.first_day, last=period.last_day),
        say(
            "Weeks are cut in {zone} ({offset})",
            zone=period.timezone,
            offset=text.offset(period.start, period.timezone),
        ),
        say("Made at {moment}", moment=text.moment(summary.made_at, period.timezone)),
    ]
    return "\n".join(f"- {escaped(line)}" for line in lines)


def _table(table: Table, say: Speaker, zone: str) -> str:
    if not table.rows:
        return escaped(table.empty)
    heads = [escaped(column.heading) for column in table.columns]
    rules = ["---:" if column.kind in _RIGHT else "---" for column in table.columns]
    rows = [[_cell(cell, say, zone) for cell in row] for row in table.rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in [heads, rules, *rows])


def _cell(cell: Cell, say: Speaker, zone: str) -> str:
    words = cell_text(cell, say, zone)
    return code(words) if cell.kind == "code" and cell.value is not None else escaped(words)

"""How answers look: tables, findings, numbers with their intervals, one JSON document, a bar while it takes long.

Colour, boxes and bars appear on a terminal only; what is piped is plain text in which nothing is cut off.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Any, TextIO

from labelqa.adapters.cli.width import cells, longest_word, pad, wrap
from labelqa.errors import Message
from labelqa.i18n import N_, Lang, Speaker
from labelqa.records.estimate import Estimate, Figure
from labelqa.records.finding import Finding, Place

MARKS = {"error": "bold red", "warning": "yellow", "note": "cyan"}
SEVERITIES = {"error": N_("error"), "warning": N_("warning"), "note": N_("note")}


@dataclass(frozen=True, slots=True)
class Screen:
    """Standard output in one language."""

    lang: Lang

    @property
    def out(self) -> TextIO:
        """Standard output as it is now."""
        return sys.stdout

    @property
    def terminal(self) -> bool:
        """Whether a person is looking."""
        return self.out.isatty()

    @property
    def say(self) -> Speaker:
        """Sentences in this language."""
        return Speaker(self.lang)

    def line(self, message: Message | str = "", /, **values: Any) -> None:
        """One sentence on a line of its own."""
        self.out.write(self.say(message, **values) + "\n")

    def title(self, message: Message | str, /, **values: Any) -> None:
        """A heading over what follows, with an empty line before it."""
        self.out.write("\n" + self.say(message, **values) + "\n")

    def pairs(self, rows: Iterable[tuple[Message | str, object]]) -> None:
        """Names and values under each other."""
        held = [(self.say(name), str(value)) for name, value in rows]
        left = max((cells(name) for name, _ in held), default=0)
        self.out.writelines(f"{pad(name, left)}  {value}".rstrip() + "\n" for name, value in held)

    def table(self, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """A table; the headings are sentences of the catalogs, the cells are said as they are."""
        heads = [self.say(heading) for heading in headings]
        body = [[_cell(value) for value in row] for row in rows]
        right = [bool(body) and all(_is_number(row[at]) for row in body) for at in range(len(heads))]
        if self.terminal:
            _rich_table(heads, body, right, self.out)
        else:
            self.out.writelines(line + "\n" for line in plain_table(heads, body, right))

    def findings(self, found: Sequence[Finding]) -> None:
        """One line a finding: ``file:line:column: severity CODE message (mend)``."""
        for each in found:
            self._finding(each)

    def _finding(self, each: Finding) -> None:
        text = finding_text(each, self.say)
        if not self.terminal:
            self.out.write(text + "\n")
            return
        from rich.console import Console
        from rich.text import Text

        word = self.say(SEVERITIES[each.severity])
        styled = Text(text)
        styled.highlight_words([f"{word} {each.code}"], MARKS[each.severity])
        Console(file=self.out, highlight=False).print(styled, soft_wrap=True)

    def json(self, value: object) -> None:
        """One JSON document."""
        from labelqa.adapters.report.data import render_json

        self.out.write(render_json(value, self.lang))

    @contextmanager
    def bar(self, text: str, *, total: int | None = None) -> Iterator[Callable[[int], None]]:
        """A function to be told how much more is done; a bar on a terminal, nothing else elsewhere."""
        if not sys.stderr.isatty():
            yield lambda _more: None
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        # Lines printed meanwhile go above the bar, but only when they are seen on the same terminal.
        seen = self.terminal
        with Progress(
            *columns, console=Console(file=sys.stderr), transient=True, redirect_stdout=seen, redirect_stderr=False
        ) as shown:
            task = shown.add_task(self.say(text), total=total)
            yield lambda more: shown.advance(task, more)


def _cell(value: object) -> str:
    return " ".join(str(value).split())


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).replace("%", "").replace(",", "").lstrip("-<>").isdigit() or text in {"", "–"}


def plain_table(heads: Sequence[str], body: Sequence[Sequence[str]], right: Sequence[bool]) -> list[str]:
    """The table as text: columns two spaces apart, as wide as their widest cell.

    >>> plain_table(["标签", "n"], [["正面", "12"], ["x", "3"]], [False, True])
    ['标签   n', '----  --', '正面  12', 'x      3']
    """
    widths = [max(cells(row[at]) for row in [heads, *body]) for at in range(len(heads))]
    rule = ["-" * width for width in widths]
    return [
        "  ".join(pad(text, width, right=end) for text, width, end in zip(row, widths, right, strict=True)).rstrip()
        for row in [heads, rule, *body]
    ]


def too_narrow(heads: Sequence[str], body: Sequence[Sequence[str]], width: int) -> bool:
    """Whether a table of that many columns would break words apart, or stand in long thin columns."""
    rows = [heads, *body]
    room = width - 3 * len(heads)  # what stands between the columns
    words = [max(longest_word(row[at]) for row in rows) for at in range(len(heads))]
    whole = [max(cells(row[at]) for row in rows) for at in range(len(heads))]
    return bool(body) and (sum(words) > room or sum(whole) > 3 * width)


def stacked(heads: Sequence[str], body: Sequence[Sequence[str]], width: int) -> list[str]:
    """Each row as lines of head and cell, for a terminal that is too narrow for a table.

    >>> stacked(["no.", "why"], [["1", "as it is"]], 10)
    ['no.  1', 'why  as it', '     is', '']
    """
    left = max(cells(head) for head in heads)
    lines: list[str] = []
    for row in body:
        for head, text in zip(heads, row, strict=True):
            first, *more = wrap(text, max(width - left - 2, 1))
            lines.append(f"{pad(head, left)}  {first}".rstrip())
            lines += [" " * (left + 2) + each for each in more]
        lines.append("")
    return lines


def _rich_table(heads: Sequence[str], body: Sequence[Sequence[str]], right: Sequence[bool], out: TextIO) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    width = Console(file=out).width
    if too_narrow(heads, body, width):
        out.writelines(line + "\n" for line in ["", *stacked(heads, body, width)])
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head, end in zip(heads, right, strict=True):
        table.add_column(Text(head), justify="right" if end else "left", overflow="fold")
    for row in body:
        table.add_row(*(Text(text) for text in row))
    Console(file=out, highlight=False).print(table)


def place_text(place: Place, say: Speaker) -> str:
    """Where a finding stands, for people."""
    spot = ":".join(str(part) for part in (place.file, place.line, place.column) if part)
    row = say(N_("row {row}"), row=place.row) if place.row else ""
    return " ".join(part for part in (spot, row, place.subject) if part)


def finding_text(each: Finding, say: Speaker) -> str:
    """One finding as one line."""
    where = place_text(each.place, say)
    mend = say(each.mend)
    colon, left, right = ("：", "（", "）") if say.lang == "zh" else (": ", " (", ")")
    text = f"{say(SEVERITIES[each.severity])} {each.code} {say(each.message)}" + (
        f"{left}{mend}{right}" if mend else ""
    )
    return f"{where}{colon}{text}" if where else text


def figure_text(figure: Figure, say: Speaker, *, brief: bool = False) -> str:
    """A number with its interval, or the sentence that says why it is unknown.

    >>> e = Estimate(point=0.842, low=0.801, high=0.88, confidence=0.95, method="wilson", n=150)
    >>> figure_text(e, Speaker("en"))
    '0.842 [0.801, 0.880] n=150 (95% Wilson)'
    """
    from labelqa.adapters.report.text import method_name, whole

    if isinstance(figure, Estimate):
        text = f"{figure.point:.3f} [{figure.low:.3f}, {figure.high:.3f}] n={figure.n}"
        return text if brief else f"{text} ({whole(figure.confidence)} {method_name(figure.method, say)})"
    if brief:
        return say(N_("unknown ({reason})"), reason=say(figure.message).strip().rstrip(".。"))
    return say(N_("unknown: {sentence}"), sentence=figure.message)


def when(moment: datetime | None, zone: tzinfo) -> str:
    """A time in the workspace's time zone, to the minute; a dash where there is none."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment else "–"


def named(value: Any, say: Speaker) -> str:
    """An enum's or a code's name for people."""
    from labelqa.adapters.report.text import name_of

    return name_of(value, say)


def worded(message: Message, say: Speaker, zone: tzinfo) -> Message:
    """The same sentence with its times in a time zone and its codes by their names, the sentences in it too.

    >>> from datetime import UTC
    >>> str(worded(Message("{at}", {"at": datetime(2026, 11, 16, 2, tzinfo=UTC)}), Speaker("en"), UTC))
    '2026-11-16 02:00'
    """
    return Message(message.text, {name: _worded(value, say, zone) for name, value in message.values.items()})


def _worded(value: Any, say: Speaker, zone: tzinfo) -> Any:
    from labelqa.rulebook.model import Text

    if isinstance(value, Message):
        return worded(value, say, zone)
    if isinstance(value, datetime):
        return when(value, zone)
    if isinstance(value, Text):
        return value.zh if say.lang == "zh" else value.en
    return named(value, say) if isinstance(value, StrEnum) else value

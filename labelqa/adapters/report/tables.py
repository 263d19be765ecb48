"""The tables of a report, made once and shown on the page, in the text and in the workbook alike.

A cell keeps the number itself and what kind of number it is; each renderer writes it in its own way, so that the
three cannot disagree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from labelqa.adapters.report import text
from labelqa.adapters.report.check_tables import checks
from labelqa.adapters.report.grid import Cell, Table
from labelqa.adapters.report.grid import columns as headed
from labelqa.adapters.report.record_tables import ledger, methods, people, rulebooks
from labelqa.errors import InsufficientData
from labelqa.i18n import N_, Speaker
from labelqa.records.estimate import Figure, unknown
from labelqa.records.finding import Severity
from labelqa.records.summary import Alert, AnnotatorLine, BatchLine, Confusion, Summary

GRAVITY: Final[Mapping[Severity, str]] = {
    Severity.ERROR: N_("act now"),
    Severity.WARNING: N_("to be answered"),
    Severity.NOTE: N_("for information"),
}


def tables(summary: Summary, say: Speaker) -> tuple[Table, ...]:
    """All tables of the report, in reading order."""
    makers: tuple[Callable[[Summary, Speaker], Table], ...] = (
        headline, todo, batches, checks, exclusions, annotators, trends, people, rulebooks, methods, ledger,
    )  # fmt: skip
    return tuple(make(summary, say) for make in makers)


def heading(summary: Summary, say: Speaker) -> str:
    """What the report is called: a weekly one only where its period is a week."""
    return say("Weekly quality report") if is_week(summary.period.name) else say("Quality report")


def is_week(name: str) -> bool:
    """Whether a period is named as an ISO week.

    >>> is_week("2026-W47"), is_week("2026-11-01..2026-11-30")
    (True, False)
    """
    return re.fullmatch(r"\d{4}-W\d{2}", name) is not None


def headline(summary: Summary, say: Speaker) -> Table:
    """This period against the one before."""
    now, last = summary.now, summary.last
    figures = [
        (say("Accuracy of checked labels"), "percent", now.accuracy, last.accuracy),
        (say("Agreement of annotators (Krippendorff's alpha)"), "plain", now.agreement, last.agreement),
    ]
    rows = [_figure_row(name, unit, this, before) for name, unit, this, before in figures]
    rows += [
        (Cell("text", name), Cell("count", this), Cell("count", before), Cell("more", this - before))
        for name, this, before in counted(summary, say)
    ]
    columns = headed(
        (say("Measure"), "text"),
        (summary.period.name, "percent"),
        (summary.before.name, "percent"),
        (say("Change"), "percent-change"),
    )
    return Table("headline", say("This period against the one before"), columns, tuple(rows), "")


def counted(summary: Summary, say: Speaker) -> list[tuple[str, int, int]]:
    """The counts of this week and last, each with its name."""
    names = {
        "annotations": say("Annotations"),
        "items": say("Items"),
        "annotators": say("Annotators"),
        "unbatched": say("Annotations in no batch"),
        "unqualified": say("Annotations by people not qualified"),
        "reviewed": say("Verdicts on drawn items"),
        "settled": say("Batches settled"),
        "accepted": say("Batches accepted"),
        "relabelled": say("Batches to be relabelled"),
        "voided": say("Batches voided"),
    }
    return [(name, getattr(summary.now, key), getattr(summary.last, key)) for key, name in names.items()]


def todo(summary: Summary, say: Speaker) -> Table:
    """What needs doing, by whom, the gravest first."""
    shown = {f"person:{line.person}": line.name for line in summary.people}
    shown |= {f"person:{line.person}": line.name for line in summary.annotators}
    columns = headed(
        (say("Urgency"), "text"), (say("What"), "text"), (say("By whom"), "text"), (say("About"), "text"),
        (say("Command or page"), "code"),
    )  # fmt: skip
    rows = tuple(
        (
            Cell("text", say(GRAVITY[alert.severity]), {"error": "bad", "warning": "warn"}.get(alert.severity, "")),
            Cell("text", say(alert.message)),
            Cell("text", text.duty_name(alert.duty, say) or None),
            Cell("text", text.subject_name(alert.subject, say, shown=shown) or None),
            Cell("code", alert.command or None),
        )
        for alert in by_gravity(summary.alerts)
    )
    return Table("todo", say("What needs doing, and by whom"), columns, rows, say("Nothing is waiting for anybody."))


def by_gravity(alerts: Iterable[Alert]) -> list[Alert]:
    """Alerts, the gravest first; otherwise in the order in which they came."""
    order = list(Severity)
    return sorted(alerts, key=lambda alert: order.index(alert.severity))


def batches(summary: Summary, say: Speaker) -> Table:
    """Every batch: where it stands, what was measured, what comes next."""
    columns = headed(
        (say("Batch"), "text"), (say("Kind"), "text"), (say("Rulebook release"), "text"), (say("Organizer"), "text"),
        (say("Stage"), "text"), (say("Declared late"), "text"), (say("Items"), "count"),
        (say("Annotations"), "count"), (say("Annotators"), "count"), (say("Disputed items"), "count"),
        (say("Disputes open"), "count"), (say("By people not qualified"), "count"), (say("Drawn"), "count"),
        (say("Checked"), "count"), (say("Problems open"), "count"), (say("Card"), "text"),
        (say("Failed the first review"), "text"), (say("Failing after correction"), "text"), (say("Agreement (alpha)"), "plain"), (say("Accuracy"), "percent"),
        (say("Target"), "share"), (say("Conclusion"), "text"), (say("Reason"), "text"), (say("Next step"), "text"),
        (say("By whom"), "text"), (say("Command or page"), "code"), (say("Declared at"), "moment"),
        (say("Frozen at"), "moment"), (say("Settled at"), "moment"),
    )  # fmt: skip
    rows = tuple(_batch_row(line, say) for line in summary.batches)
    return Table("batches", say("Batches"), columns, rows, say("No batch was declared or worked on."))


def _batch_row(line: BatchLine, say: Speaker) -> tuple[Cell, ...]:
    counts = (
        line.items, line.annotations, line.annotators, line.disputed, line.disputes_open, line.unqualified,
        line.drawn, line.reviewed, line.life.problems_open,
    )  # fmt: skip
    return (
        Cell("text", line.name),
        Cell("text", text.name_of(line.kind, say)),
        Cell("text", line.release),
        Cell("text", line.organizer or None),
        Cell("text", text.name_of(line.stage, say)),
        Cell("text", say("yes") if line.late else say("no")),
        *(Cell("count", number) for number in counts),
        Cell("text", text.name_of(line.life.card, say)),
        *_first_review(line, say),
        Cell("plain", line.alpha),
        Cell("percent", line.accuracy),
        Cell("share", line.target),
        Cell("text", conclusion(line, say)),
        Cell("text", say(line.reason) or None),
        Cell("text", say(line.next_step) or None),
        Cell("text", text.duty_name(line.next_duty, say) or None),
        Cell("code", line.next_command or None),
        Cell("moment", line.declared_at),
        Cell("moment", line.frozen_at),
        Cell("moment", line.settled_at),
    )


def _first_review(line: BatchLine, say: Speaker) -> tuple[Cell, Cell]:
    """What failed of a safety batch and, behind the stroke, with the safety batches of its line that were settled before, at first and by now."""
    found = line.life.first_review
    if found is None:
        return Cell("text", None), Cell("text", None)
    pairs = ((found.batch, found.whole), (found.batch_after, found.whole_after))
    first, after = (f"{one.failing}/{one.items} · {all_.failing}/{all_.items}" for one, all_ in pairs)
    if line.life.unreviewed:
        first += say(N_("; {n} {n:item is|items are} not reviewed yet"), n=line.life.unreviewed)
    return Cell("text", first), Cell("text", after)


def conclusion(line: BatchLine, say: Speaker) -> str:
    """What was concluded of a batch, or that nothing is yet."""
    return say("not settled yet") if line.conclusion is None else text.name_of(line.conclusion, say)


def exclusions(summary: Summary, say: Speaker) -> Table:
    """Which annotations stayed out of frozen batches, and why."""
    columns = headed((say("Batch"), "text"), (say("Why"), "text"), (say("Annotations"), "count"))
    rows = tuple(
        (Cell("text", line.name), Cell("text", text.exclusion_name(each.reason, say)), Cell("count", each.count))
        for line in summary.batches
        for each in line.exclusions
    )
    return Table("exclusions", say("Left out at freeze"), columns, rows, say("Nothing was left out of a frozen batch."))


def annotators(summary: Summary, say: Speaker) -> Table:
    """Every annotator of the period, with the reasons to look at the work."""
    columns = headed(
        (say("Annotator"), "text"), (say("Pseudonym"), "text"), (say("Organizer"), "text"),
        (say("Annotations"), "count"), (say("Items"), "count"), (say("Median time"), "seconds"),
        (say("Accuracy on gold items"), "percent"), (say("Agreement with the others"), "percent"),
        (say("While not qualified"), "count"), (say("Reasons to look"), "text"), (say("Mixed up most"), "text"),
    )  # fmt: skip
    rows = tuple(_annotator_row(line, say) for line in summary.annotators)
    return Table("annotators", say("Annotators"), columns, rows, say("Nobody labelled in this period."))


def _annotator_row(line: AnnotatorLine, say: Speaker) -> tuple[Cell, ...]:
    return (
        Cell("text", line.name),
        Cell("text", line.person),
        Cell("text", line.organizer or None),
        Cell("count", line.annotations),
        Cell("count", line.items),
        Cell("seconds", line.median_seconds),
        Cell("percent", line.gold),
        Cell("percent", line.agreement),
        Cell("count", line.unqualified),
        Cell("text", flags_text(line, say) or None),
        Cell("text", confusions_text(line.confusions, say) or None),
    )


def flags_text(line: AnnotatorLine, say: Speaker) -> str:
    """The reasons to look at somebody's work, in words."""
    return say("; ").join(
        say("{flag}: {why}", flag=text.flag_name(flag.code, say), why=say(flag.message))
        if flag.message.text
        else text.flag_name(flag.code, say)
        for flag in line.flags
    )


def confusions_text(confusions: Sequence[Confusion], say: Speaker, *, most: int = 3) -> str:
    """The most frequent confusions, in words."""
    worst = sorted(confusions, key=lambda pair: (-pair.count, pair.first, pair.second))[:most]
    return say("; ").join(f"{pair.first} → {pair.second} × {text.count(pair.count)}" for pair in worst)


def trends(summary: Summary, say: Speaker) -> Table:
    """The weeks behind the charts."""
    columns = headed(
        (say("Week"), "text"), (say("Accuracy of checked labels"), "percent"), (say("Agreement (alpha)"), "plain")
    )
    accuracy = {each.week: each.figure for each in summary.accuracy_trend}
    agreement = {each.week: each.figure for each in summary.agreement_trend}
    silent = unknown(InsufficientData("not-measured", "not measured in that week"))
    rows = tuple(
        (
            Cell("text", week),
            Cell("percent", accuracy.get(week, silent)),
            Cell("plain", agreement.get(week, silent)),
        )
        for week in sorted(accuracy | agreement)
    )
    return Table("trends", say("Week by week"), columns, rows, say("No week has been measured yet."))


def _figure_row(name: str, unit: Any, now: Figure, last: Figure) -> tuple[Cell, ...]:
    moved = Cell("percent-change" if unit == "percent" else "plain-change", text.difference(now, last))
    return Cell("text", name), Cell(unit, now), Cell(unit, last), moved

"""``labelqa report``: the week as files, in Chinese and English."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from labelqa.adapters.cli.command import command, noun, option
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import DayWord, OneOf, WeekWord
from labelqa.errors import WrongUsage
from labelqa.i18n import LANGS, N_, Lang
from labelqa.records.summary import Period, Summary

if TYPE_CHECKING:
    from labelqa.adapters.report.files import Format
    from labelqa.records.names import Digest
    from labelqa.workflows.desk import Desk


@command(
    "weekly",
    says=N_("Write the weekly report into reports/ and record that it was issued."),
    more=(N_("Without --week: the current week in the workspace's time zone. --from and --to choose other days."),),
    examples=("labelqa report weekly --week 2026-W47 --format html,xlsx --lang both",),
    words=(
        option("--week", word=WeekWord(), says=N_("The week, Monday to Sunday.")),
        option("--from", word=DayWord(), says=N_("First day, instead of a week.")),
        option("--to", word=DayWord(), says=N_("Last day, instead of a week.")),
        option(
            "--format", default="html,md,json,xlsx", metavar="FORMAT,…", says=N_("Which files: html, md, json, xlsx.")
        ),
        option(
            "--lang", word=OneOf([*LANGS, "both"]), default="both", says=N_("Language of the report: zh, en or both.")
        ),
    ),
    reports=True,
    names=True,
)
def weekly(
    session: Session,
    *,
    week: str | None,
    format: str,  # noqa: A002
    lang: str,
    **days: date | None,
) -> None:
    """Writes the report and prints where it is."""
    from labelqa.adapters.report.files import formats_of

    forms = formats_of(format)
    with session.desk() as desk:
        period = _period(desk, week, days.get("from"), days.get("to"))
        langs: Sequence[Lang] = LANGS if lang == "both" else (lang,)  # type: ignore[assignment]
        summary, files = issue(desk, period, formats=forms, langs=langs)
    if session.json:
        paths = {str(path): digest for path, digest in files.items()}
        return session.screen.json({"files": paths, "head": summary.head, "summary": summary})
    for path in files:
        session.screen.line("{path}", path=path)
    return session.screen.line(
        N_("The report on {period} stands on the ledger's head {head}."), period=period.name, head=summary.head
    )


def issue(
    desk: Desk,
    period: Period,
    *,
    formats: Sequence[Format] = ("html", "md", "json", "xlsx"),
    langs: Sequence[Lang] = LANGS,
) -> tuple[Summary, dict[Path, Digest]]:
    """Summarises the period, writes its files and records them; by pseudonyms where the desk shows nothing else."""
    from labelqa.adapters.report.files import write_report
    from labelqa.workflows.identity.pseudonyms import summary_shown
    from labelqa.workflows.reports import record_report, reports_folder

    summary = summary_shown(desk, period)
    files = write_report(reports_folder(desk), summary, formats=formats, langs=langs)
    record_report(desk, period, {path.name: digest for path, digest in files.items()}, head=summary.head)
    return summary, files


def _period(desk: Desk, week: str | None, first: date | None, last: date | None) -> Period:
    from labelqa.workflows.summarise import range_period, week_of, week_period

    zone = desk.settings.timezone
    if week and (first or last):
        raise WrongUsage(N_("--week and --from/--to exclude each other; say one of them."))
    if first or last:
        if first is None or last is None or last < first:
            raise WrongUsage(N_("--from and --to go together, and --to is not before --from."))
        return range_period(first, last, zone)
    return week_period(week or week_of(desk.clock(), zone), zone)


report = noun("report", says=N_("Write the weekly report."), commands=[weekly])

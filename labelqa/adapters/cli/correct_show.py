"""``labelqa correct sheet`` and ``show``: a work list to hand out, and the record of all corrections."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from labelqa.adapters.cli.command import argument, command, option
from labelqa.adapters.cli.output import figure_text, named, when
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE
from labelqa.i18n import N_

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from labelqa.records.corrections import Completeness, Correction
    from labelqa.workflows.correcting.records import CorrectionRecords


@command(
    "sheet",
    says=N_("Write the open problems of a batch as a list to be filled in (XLSX)."),
    more=(N_("`labelqa correct import` takes it back; what is left empty stays open."),),
    examples=("labelqa correct sheet safety-w46 --out corrections.xlsx",),
    words=(argument("batch"), option("--out", word=FILE, required=True, says=N_("The file to write."))),
    reports=True,
)
def sheet(session: Session, *, batch: str, out: Path) -> None:
    """Writes the work list."""
    from labelqa.adapters.files.correction_sheets import write_work_list
    from labelqa.workflows.correcting.records import open_list

    path = session.start / out
    with session.desk() as desk:
        lines = [each for each in open_list(desk, batch) if each.item.status != "waiting-re-review"]
        write_work_list(path, batch, lines, lang=session.screen.lang)
    if session.json:
        return session.screen.json({"file": str(out), "items": [each.item.item_id for each in lines]})
    return session.screen.line(N_("Wrote {n} open {n:problem|problems} to {file}."), n=len(lines), file=out)


@command(
    "show",
    says=N_("Show every correction of a batch with its six fields, its re-review, and the closing rate."),
    more=(
        N_(
            "The record that GB/T 45674—2025, 8.1 f) asks for, item by item: original annotator, corrector, original and "
            "corrected label, time of each. --out writes it as a workbook to be printed."
        ),
    ),
    examples=("labelqa correct show safety-w46", "labelqa correct show safety-w46 --out corrections.xlsx"),
    words=(argument("batch"), option("--out", word=FILE, says=N_("Write it as a workbook (XLSX)."))),
    reports=True,
    names=True,
)
def show(session: Session, *, batch: str, out: Path | None) -> None:
    """Prints or writes the record."""
    from labelqa.adapters.files.correction_sheets import write_record
    from labelqa.workflows.correcting.records import correction_records
    from labelqa.workflows.identity.pseudonyms import shown

    with session.desk() as desk:
        found, zone = shown(desk, correction_records(desk, batch)), desk.settings.zone
    if out is not None:
        write_record(session.start / out, found, lang=session.screen.lang, zone=zone)
    if session.json:
        return session.screen.json(found)
    if found.corrections:
        heads = (
            N_("item"), N_("original annotator"), N_("original label"), N_("labelled at"), N_("corrector"),
            N_("corrected label"), N_("corrected at"), N_("re-review"), N_("re-reviewer"), N_("state"),
        )  # fmt: skip
        session.screen.table(heads, (_row(session, each, found, zone) for each in found.corrections))
    _closed(session, found)
    rates(session, found.completeness)
    return session.screen.line(
        N_("Labels of record that come from a correction: {n}. What the samples proved stays as it was."),
        n=found.labels_corrected,
    )


def _row(session: Session, each: Correction, found: CorrectionRecords, zone: ZoneInfo) -> tuple[object, ...]:
    from labelqa.adapters.files.correction_sheets import state_text

    seen = each.review
    return (
        each.item_id, found.names.get(each.annotator, each.annotator), each.before, when(each.made_at, zone),
        found.names.get(each.corrector, each.corrector), each.after, when(each.corrected_at, zone),
        "–" if seen is None else named(seen.verdict, session.say),
        "–" if seen is None else found.names.get(seen.reviewer, seen.reviewer), state_text(each, session.say),
    )  # fmt: skip


def _closed(session: Session, found: CorrectionRecords) -> None:
    """What was answered without a correction; what closed several problems of an item stands once."""
    closed = dict.fromkeys(
        (item.item_id, each.closed, each.closed_by)
        for item in found.completeness.items
        for each in item.problems
        if each.closed is not None
    )
    if not closed:
        return
    session.screen.title(N_("Closed without a correction"))
    heads = (N_("item"), N_("answered by"), N_("reason"))
    rows = ((item, named(how, session.say), found.texts.get(fact, "")) for item, how, fact in closed)
    session.screen.table(heads, rows)


def rates(session: Session, told: Completeness) -> None:
    """One line on how many problems are answered."""
    session.screen.line(
        N_(
            "{problems} {problems:item|items} with problems: {corrected} corrected, {closed} closed, {open} open ({waiting} of them wait for "
            "a re-review); closing rate {rate}."
        ),
        problems=told.problems, corrected=told.corrected, closed=told.closed, open=told.open, waiting=told.waiting,
        rate=figure_text(told.rate, session.say),
    )  # fmt: skip

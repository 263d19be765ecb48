"""``labelqa duties``: who does what in a labeling task, and whether anybody did two things in one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from pathlib import Path

from labelqa.adapters.cli.command import argument, command, noun, option
from labelqa.adapters.cli.duties_staff import staff
from labelqa.adapters.cli.output import named, when
from labelqa.adapters.cli.people import AT_SAYS, print_imported
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE, MomentWord, OneOf, in_zone
from labelqa.errors import Exit
from labelqa.i18n import N_
from labelqa.records.duties import AssignmentLine
from labelqa.records.people import Duty
from labelqa.workflows.desk import Desk

KNOWN_SAYS = N_("Only what was recorded by then.")
BY_SAYS = N_("Who decides it: pseudonym, name or SERVER=ACCOUNT.")
_TIMES = (
    option("--at", word=MomentWord(), says=AT_SAYS),
    option("--known", word=MomentWord(), says=KNOWN_SAYS),
)


def moment(desk: Desk, told: datetime | None) -> datetime | None:
    """A time as it was typed, in UTC; None where none was."""
    return in_zone(told, desk.settings.zone, desk.clock()) if told else None


@command(
    "check",
    says=N_("Say who held two duties in one labeling task, or worked unassigned, while suspended, or after leaving."),
    more=(
        N_("The right answer is nobody (exit code 0); with findings the exit code is 1."),
        N_(
            "The task is the batch with its rework rounds and with what rechecks it; policy duties-per relaxes that to "
            "single items. With --batch every piece of work in it is held against its assignment; without, that is done "
            "for batches that are not settled, and elsewhere where an assignment ended or began after work was recorded."
        ),
        N_(
            "Work while suspended or cancelled is found though the decision was lifted or the answer overwritten since; "
            "an answer that says no release, where the person was suspended in every line ever learned."
        ),
    ),
    examples=("labelqa duties check", "labelqa duties check --batch sft-w46 --at 2026-11-16 --json"),
    words=(option("--batch", default="", shown="", says=N_("Only the labeling task of this batch.")), *_TIMES),
    reports=True,
    names=True,
)
def check(session: Session, *, batch: str, at: datetime | None, known: datetime | None) -> int:
    """Prints what was found."""
    from labelqa.workflows.duties.check import check_duties
    from labelqa.workflows.identity.pseudonyms import shown

    with session.desk() as desk:
        found = shown(desk, check_duties(desk, batch=batch, at=moment(desk, at), known=moment(desk, known)))
    if session.json:
        session.screen.json(found)
    else:
        session.screen.findings(found.findings)
        clean = N_(
            "{n} {n:batch|batches}: nobody held two duties in one labeling task, or worked unassigned, while suspended, "
            "or after leaving."
        )
        wrong = N_("{n} {n:batch|batches}: {found} {found:finding|findings}.")
        session.screen.line(wrong if found.findings else clean, n=found.batches, found=len(found.findings))
    return Exit.FAILED if found.findings else Exit.FINE


@command(
    "assign",
    says=N_("Assign people to a duty in a batch, before they begin."),
    more=(
        N_(
            "Refused, with every reason, for somebody who is not qualified for the duty under the batch's release, has "
            "another duty in the labeling task, left, is a model (which may only label), or where the batch is settled."
        ),
        N_("Once anybody is assigned in a batch, work there by somebody who is not is a finding of `labelqa duties check`."),
    ),
    examples=("labelqa duties assign 陈思远 李雨桐 --duty executor --batch sft-w46 --by 周敏 --reason 第46周排班",),
    words=(
        argument("person", many=True),
        option("--duty", word=OneOf.named(Duty), required=True, says=N_("The duty.")),
        option("--batch", required=True, says=N_("The batch.")),
        option("--items", word=FILE, says=N_("A text file with the only items it covers, an id a line.")),
        option("--by", required=True, metavar="PERSON", says=BY_SAYS),
        option("--reason", default="", shown="", says=N_("Why, in one sentence.")),
        option("--at", word=MomentWord(), says=AT_SAYS),
    ),
    reports=True,
)  # fmt: skip
def assign_(
    session: Session,
    *,
    person: Sequence[str],
    duty: Duty,
    batch: str,
    items: Path | None,
    by: str,
    reason: str,
    at: datetime | None,
) -> None:
    """Records assignments."""
    from labelqa.adapters.files.assignment_table import read_items
    from labelqa.workflows.duties.assign import assign

    wanted = read_items(session.start / items) if items else ()
    with session.desk() as desk:
        lines = assign(desk, person, duty=duty, batch=batch, by=by, reason=reason, items=wanted, at=moment(desk, at))
        zone = desk.settings.zone
    _print(session, lines, zone)


@command(
    "end",
    says=N_("End somebody's assignment to a duty in a batch."),
    examples=("labelqa duties end 陈思远 --duty executor --batch sft-w46 --by 周敏 --reason 调往另一任务",),
    words=(
        argument("person"),
        option("--duty", word=OneOf.named(Duty), required=True, says=N_("The duty.")),
        option("--batch", required=True, says=N_("The batch.")),
        option("--by", required=True, metavar="PERSON", says=BY_SAYS),
        option("--reason", default="", shown="", says=N_("Why, in one sentence.")),
        option("--at", word=MomentWord(), says=AT_SAYS),
    ),
    reports=True,
)
def end(
    session: Session, *, person: str, duty: Duty, batch: str, by: str, reason: str, at: datetime | None
) -> None:  # fmt: skip
    """Records an end."""
    from labelqa.workflows.duties.assign import end_duty

    with session.desk() as desk:
        lines = end_duty(desk, person, duty=duty, batch=batch, by=by, reason=reason, at=moment(desk, at))
        zone = desk.settings.zone
    _print(session, lines, zone)


@command(
    "list",
    says=N_("List the assignments: who, which duty, in which batch, from when until when."),
    examples=("labelqa duties list", "labelqa duties list --batch sft-w46 --at 2026-11-16"),
    words=(
        option("--batch", default="", shown="", says=N_("Only this batch.")),
        option("--person", default="", shown="", says=N_("Only this person.")),
        *_TIMES,
    ),
    reports=True,
    names=True,
)
def list_(session: Session, *, batch: str, person: str, at: datetime | None, known: datetime | None) -> None:
    """Prints the assignments."""
    from labelqa.workflows.duties.assign import list_assignments
    from labelqa.workflows.identity.pseudonyms import shown

    with session.desk() as desk:
        moments = {"at": moment(desk, at), "known": moment(desk, known)}
        lines = shown(desk, list_assignments(desk, batch=batch, person=person, **moments))
        zone = desk.settings.zone
    _print(session, lines, zone)


def _print(session: Session, lines: Sequence[AssignmentLine], zone: tzinfo) -> None:
    if session.json:
        return session.screen.json(lines)
    if not lines:
        return session.screen.line(N_("Nobody is assigned: work itself shows who did what."))
    heads = (
        N_("batch"), N_("duty"), N_("person"), N_("name"), N_("items"), N_("since"), N_("until"), N_("reason"),
        N_("facts"),
    )  # fmt: skip
    every = session.say(N_("all"))
    rows = [
        (
            each.batch, named(each.duty, session.say), each.person, each.name, each.items or every,
            when(each.since, zone), when(each.until, zone), each.reason or "–", " ".join(map(str, each.facts)),
        )
        for each in lines
    ]  # fmt: skip
    return session.screen.table(heads, rows)


@command(
    "import",
    says=N_("Record the assignments of a list (CSV or XLSX)."),
    more=(N_("Columns: person, duty, batch; items (with semicolons between) and reason where there are any."),),
    examples=("labelqa duties import assignments.csv --by 周敏",),
    words=(argument("file", word=FILE), option("--by", required=True, metavar="PERSON", says=BY_SAYS)),
    reports=True,
)
def import_(session: Session, *, file: Path, by: str) -> int:
    """Records a list."""
    from dataclasses import replace

    from labelqa.adapters.cli.files import limit
    from labelqa.adapters.cli.lists import in_order
    from labelqa.adapters.files.assignment_table import read_assignments
    from labelqa.workflows.duties.assign import import_assignments

    with session.desk() as desk:
        rows, found = read_assignments(session.start / file, limit=limit(desk))
        done = import_assignments(desk, rows, by=by)
    return print_imported(session, file, replace(done, findings=in_order((*found, *done.findings))))


duties = noun(
    "duties",
    says=N_("Assign people to duties in labeling tasks, and find who held two in one."),
    commands=[check, assign_, end, list_, import_, staff],
)

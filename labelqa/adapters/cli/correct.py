"""``labelqa correct``: what was found wrong in a batch, its corrections, and the re-review of each."""

from __future__ import annotations

from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Final

from labelqa.adapters.cli.command import argument, command, noun, option
from labelqa.adapters.cli.correct_show import rates, sheet, show
from labelqa.adapters.cli.output import named, when
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE, MomentWord, OneOf, in_zone
from labelqa.errors import Exit
from labelqa.i18n import N_
from labelqa.records.review import Verdict

if TYPE_CHECKING:
    from labelqa.adapters.cli.lists import Row
    from labelqa.records.corrections import Completeness, ItemProblems
    from labelqa.records.finding import Finding
    from labelqa.workflows.correcting import CorrectionRow
    from labelqa.workflows.correcting.records import OpenProblem

LIST: Final = ("item_id", "label", "by")  # columns that a list of corrections has at the least
WHO: Final = N_("Who: pseudonym, name or SERVER=ACCOUNT.")


@command(
    "list",
    says=N_("List what was found wrong in a batch and is not answered yet, and who must act."),
    more=(
        N_(
            "Every verdict that counts against a label is a problem, also one that was changed later; so is a ruling that "
            "sends an item back. It is answered by a correction that somebody else found correct, or by a closure with a "
            "reason. No batch is accepted while one is open."
        ),
    ),
    examples=("labelqa correct list safety-w46",),
    words=(argument("batch"),),
    reports=True,
)
def list_(session: Session, *, batch: str) -> None:
    """Prints the open problems, the longest open first, and the closing rate."""
    from labelqa.workflows.correcting.records import correction_records, open_list

    with session.desk() as desk:
        found, told, zone = open_list(desk, batch), correction_records(desk, batch).completeness, desk.settings.zone
    if session.json:
        return session.screen.json({"open": found, "completeness": _counts(told)})
    if found:
        heads = (N_("item"), N_("label"), N_("problem"), N_("correct label"), N_("since"), N_("days"), N_("state"),
                 N_("who acts"))  # fmt: skip
        session.screen.table(heads, (_line(session, each, zone) for each in found))
    return rates(session, told)


def _counts(told: Completeness) -> dict[str, object]:
    return {
        "problems": told.problems, "corrected": told.corrected, "closed": told.closed, "open": told.open,
        "waiting": told.waiting, "rate": told.rate,
    }  # fmt: skip


def _line(session: Session, each: OpenProblem, zone: tzinfo) -> tuple[object, ...]:
    from labelqa.adapters.files.correction_sheets import problem_text
    from labelqa.adapters.report.names import duty_name

    found = "; ".join(problem_text(one, session.say) for one in each.item.problems if one.closed is None)
    return (
        each.item.item_id, each.label, found, each.correct_label, when(each.item.since, zone), each.days,
        named(each.item.status, session.say), duty_name(str(each.item.acts or ""), session.say),
    )  # fmt: skip


@command(
    "record",
    says=N_("Record the corrected label of an item that was found wrong."),
    more=(
        N_(
            "Whose label it was and when it was made is read from the frozen batch; where several annotators gave it, the "
            "earliest stands for them. The corrected label counts once somebody else has re-reviewed it."
        ),
    ),
    examples=("labelqa correct record safety-w46 q-0007 --label refuse --by 王芳",),
    words=(
        argument("batch"),
        argument("item"),
        option("--label", required=True, says=N_("The corrected label.")),
        option("--by", required=True, metavar="PERSON", says=N_("The corrector: pseudonym, name or SERVER=ACCOUNT.")),
        option("--at", word=MomentWord(), says=N_("When it was corrected; else now.")),
        option("--made-at", word=MomentWord(), says=N_("When the label was made, where the frozen batch does not know.")),
    ),
    reports=True,
)  # fmt: skip
def record(
    session: Session, *, batch: str, item: str, label: str, by: str, at: datetime | None, made_at: datetime | None
) -> None:  # fmt: skip
    """Records one correction."""
    from labelqa.workflows.correcting import record_correction
    from labelqa.workflows.people import shown_name

    with session.desk() as desk:
        zone = desk.settings.zone
        done = record_correction(
            desk, batch, item, label=label, by=by, at=in_zone(at, zone, at) if at else None,
            made_at=in_zone(made_at, zone, made_at) if made_at else None,
        )  # fmt: skip
        name = shown_name(desk, done.annotator)
    if session.json:
        return session.screen.json(done)
    if done.already:
        return session.screen.line(
            N_("{item} of {batch} is corrected to {after} by the same person already: nothing was recorded."),
            item=item, batch=batch, after=done.after,
        )  # fmt: skip
    return session.screen.line(
        N_("{item} of {batch}: {before} by {name} is corrected to {after}; it waits for the re-review by somebody else."),
        item=item, batch=batch, before=done.before, after=done.after, name=name,
    )  # fmt: skip


@command(
    "import",
    says=N_("Record the corrections of a list (CSV or XLSX)."),
    more=(
        N_(
            "Columns: item, label (the corrected one), by (the corrector), and where they are known at (of the "
            "correction) and made_at (of the label). A row without a label is left for later. Exit code 1 when rows were "
            "refused; each is named with its number, the others are recorded."
        ),
    ),
    examples=("labelqa correct import safety-w46 corrections.csv",),
    words=(argument("batch"), argument("file", word=FILE)),
    reports=True,
)
def import_(session: Session, *, batch: str, file: Path) -> int:
    """Records the corrections of a list."""
    from labelqa.adapters.cli.files import looked
    from labelqa.adapters.cli.lists import in_order, rows
    from labelqa.workflows.correcting import CorrectionRow, import_corrections

    with session.desk() as desk:
        facts = looked(desk, session.start / file)
        held = rows(facts, required=LIST)
        read = [_correction(row, desk.settings.zone) for row in held if row.told("label")]
        wrong = [found for each in read if not isinstance(each, CorrectionRow) for found in each]
        told = [each for each in read if isinstance(each, CorrectionRow)]
        done = import_corrections(desk, batch, told, source=facts.digest)
    findings = in_order((*wrong, *done.findings))
    left = len(held) - len(read)
    if session.json:
        session.screen.json(
            {"recorded": done.recorded, "unchanged": done.unchanged, "left": left, "findings": findings}
        )
    else:
        session.screen.findings(findings)
        session.screen.line(
            N_("{file}: {recorded} corrections recorded, {unchanged} known before, {left} rows not filled in, {n} findings."),
            file=file, recorded=done.recorded, unchanged=done.unchanged, left=left, n=len(findings),
        )  # fmt: skip
    return Exit.FAILED if findings else Exit.FINE


def _correction(row: Row, zone: tzinfo) -> CorrectionRow | list[Finding]:
    """A row of the list, or what is wrong with its times."""
    from labelqa.adapters.cli.lists import read_cell
    from labelqa.workflows.correcting import CorrectionRow

    cells = {name: read_cell(row, name, lambda name=name: row.moment(name, zone)) for name in ("date", "made_at")  # type: ignore[misc]
             if row.told(name)}  # fmt: skip
    times = {name: each for name, each in cells.items() if isinstance(each, datetime)}
    if len(times) < len(cells):
        return [each for each in cells.values() if not isinstance(each, datetime)]
    return CorrectionRow(
        item_id=row.told("item_id"), label=row.told("label"), by=row.told("by"), at=times.get("date"),
        made_at=times.get("made_at"), place=row.place,
    )  # fmt: skip


@command(
    "close",
    says=N_("Close what was found about an item without a correction, with a reason."),
    more=(N_("For whoever reviews, arbitrates or supervises and had no hand in the label."),),
    examples=("labelqa correct close safety-w46 q-0007 --by 陈静 --reason 'the verdict was given on another item'",),
    words=(
        argument("batch"),
        argument("item"),
        option("--by", required=True, metavar="PERSON", says=WHO),
        option("--reason", required=True, says=N_("Why, in one sentence.")),
    ),
    reports=True,
)
def close(session: Session, *, batch: str, item: str, by: str, reason: str) -> None:
    """Closes one item's problems."""
    from labelqa.workflows.correcting import close_problem

    with session.desk() as desk:
        done = close_problem(desk, batch, item, by=by, reason=reason)
    return _stands(session, batch, done)


@command(
    "review",
    says=N_("Record the re-review of a corrected label."),
    more=(
        N_(
            "By a qualified reviewer who neither made nor corrected the label. Correct: it is the label of record from now "
            "on. Incorrect: the problem is open again and is corrected anew."
        ),
    ),
    examples=("labelqa correct review safety-w46 q-0007 --verdict correct --by 陈静",),
    words=(
        argument("batch"),
        argument("item"),
        option("--verdict", word=OneOf.named(Verdict), required=True, says=N_("What the re-reviewer says of the label.")),
        option("--unsafe", default="", metavar="RISK", says=N_("A risk of Annex A that the item shows, such as A1a.")),
        option("--comment", default="", says=N_("A remark; it is kept erasably.")),
        option("--by", required=True, metavar="PERSON", says=WHO),
    ),
    reports=True,
)  # fmt: skip
def review(session: Session, *, batch: str, item: str, verdict: Verdict, unsafe: str, comment: str, by: str) -> None:
    """Records one re-review."""
    from labelqa.workflows.correcting import re_review

    with session.desk() as desk:
        done = re_review(desk, batch, item, by=by, verdict=verdict, unsafe=unsafe, comment=comment)
    return _stands(session, batch, done)


def _stands(session: Session, batch: str, item: ItemProblems) -> None:
    if session.json:
        return session.screen.json(item)
    status = named(item.status, session.say)
    return session.screen.line(N_("{item} of {batch}: {label}."), item=item.item_id, batch=batch, label=status)


correct = noun(
    "correct",
    says=N_("Correct what was found wrong, and have it looked at again."),
    commands=[list_, record, import_, close, review, sheet, show],
)

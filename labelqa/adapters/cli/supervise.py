"""``labelqa supervise``: a supervisor sample-checks the work of everybody, reviewers and arbitrators included."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from labelqa.adapters.cli.command import argument, command, noun, option
from labelqa.adapters.cli.output import named
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.supervise_tables import print_draw, print_report, work_row
from labelqa.adapters.cli.words import FILE, OneOf, Whole
from labelqa.errors import Exit, WrongUsage
from labelqa.i18n import N_
from labelqa.records.review import Verdict

if TYPE_CHECKING:
    from labelqa.adapters.cli.lists import Row
    from labelqa.workflows.supervising.supervised import CheckRow

BY = N_("The supervisor: pseudonym, name or SERVER=ACCOUNT; holds no other duty in the batch.")


@command(
    "declare",
    says=N_("Declare how many pieces of everybody's work are looked at, and commit a random seed."),
    more=(
        N_(
            "Best before the batch is frozen: then the order of facts proves that nobody could know what is drawn. "
            "The seed is drawn at random, never given, and kept until the draw."
        ),
    ),
    examples=("labelqa supervise declare safety-w46 --each 5",),
    words=(
        argument("batch"),
        option("--each", word=Whole(), default=5, says=N_("Pieces of work of every person in every duty.")),
    ),
    reports=True,
)
def declare(session: Session, *, batch: str, each: int) -> None:
    """Declares a supervision."""
    from labelqa.workflows.supervising.supervision import declare_supervision

    with session.desk() as desk:
        made = declare_supervision(desk, batch, each=each)
    if session.json:
        return session.screen.json(made)
    session.screen.line(
        N_("{supervision}: {each} pieces of work of everybody in every duty will be looked at; seed digest {digest}."),
        supervision=made.supervision,
        each=made.each,
        digest=made.seed_digest,
    )
    return session.screen.line(N_("Next: `labelqa supervise draw {batch}` once there is work."), batch=batch)


@command(
    "draw",
    says=N_("Draw the pieces of work from all that stands in the ledger now."),
    more=(
        N_(
            "Answers of the frozen batch, verdicts of reviewers, rulings of arbitrators: of every person in every duty "
            "the pieces with the smallest tickets. Anybody can draw them again."
        ),
    ),
    examples=("labelqa supervise draw safety-w46",),
    words=(
        argument("supervision"),
        option("--seed", default="", says=N_("The seed, when it was kept elsewhere.")),
    ),
    reports=True,
)
def draw(session: Session, *, supervision: str, seed: str) -> None:
    """Draws a supervision."""
    from labelqa.workflows.supervising.supervision import draw_supervision
    from labelqa.workflows.supervising.supervision_report import supervision_report

    with session.desk() as desk:
        made = draw_supervision(desk, supervision, seed=seed)
        report = supervision_report(desk, made.supervision)
    if session.json:
        return session.screen.json(made)
    return print_draw(session, made, report)


@command(
    "list",
    says=N_("List what a supervisor has to look at, with what was said so far."),
    examples=("labelqa supervise list safety-w46/s1",),
    words=(argument("supervision"),),
    reports=True,
)
def list_(session: Session, *, supervision: str) -> None:
    """Prints the drawn pieces of work."""
    from labelqa.workflows.supervising.supervised import supervised_work

    with session.desk() as desk:
        works = supervised_work(desk, supervision)
    if session.json:
        return session.screen.json(works)
    heads = (N_("no."), N_("duty"), N_("person"), N_("item"), N_("what was done"), N_("verdict"), N_("content"))
    session.screen.table(heads, (work_row(session, each) for each in works))
    return session.screen.line(
        N_(
            "{n} pieces of work, {open} still open; `labelqa supervise record` takes the number or the name of a piece."
        ),
        n=len(works),
        open=sum(each.verdict is None for each in works),
    )


@command(
    "sheet",
    says=N_("Write a workbook (XLSX) in which a supervisor fills in verdicts."),
    examples=("labelqa supervise sheet safety-w46/s1 --out supervision.xlsx",),
    words=(
        argument("supervision"),
        option("--out", word=FILE, required=True, says=N_("The workbook to write; its name ends in .xlsx.")),
    ),
    reports=True,
)
def sheet(session: Session, *, supervision: str, out: Path) -> None:
    """Writes the sheet."""
    from labelqa.adapters.files.supervision_sheet import write_supervision_sheet
    from labelqa.workflows.supervising.supervised import supervised_work

    path = session.start / out
    if path.suffix.lower() != ".xlsx":
        raise WrongUsage("--out {path}: the name must end in .xlsx", path=str(out))
    with session.desk() as desk:
        works = supervised_work(desk, supervision)
        write_supervision_sheet(path, works, lang=session.lang)
    if session.json:
        return session.screen.json({"file": str(path), "n": len(works)})
    return session.screen.line(
        N_("{path}: {n} pieces of work; filled in, it comes back with `labelqa supervise import`."),
        path=out,
        n=len(works),
    )


@command(
    "record",
    says=N_("Record a supervisor's verdict on one piece of work."),
    examples=(
        "labelqa supervise record safety-w46/s1 3 --verdict correct --by 何监督",
        "labelqa supervise record safety-w46/s1 review:88 --verdict incorrect --by 何监督 --note '漏看第二段，已辅导'",
    ),
    words=(
        argument("supervision"),
        argument("work"),
        option("--verdict", word=OneOf.named(Verdict), required=True, says=N_("What is said of the work.")),
        option("--by", required=True, metavar="PERSON", says=BY),
        option("--note", default="", says=N_("What was found and what was done about it; it is kept erasably.")),
    ),
    reports=True,
)
def record(session: Session, *, supervision: str, work: str, verdict: Verdict, by: str, note: str) -> None:
    """Records one verdict."""
    from labelqa.workflows.supervising.supervised import record_supervision
    from labelqa.workflows.supervising.supervision_report import supervision_report

    with session.desk() as desk:
        done = record_supervision(desk, supervision, work, verdict=verdict, by=by, note=note)
        still = supervision_report(desk, done.supervision).open
    if session.json:
        return session.screen.json(done)
    return session.screen.line(
        N_("Recorded for {work}: {verdict}; {open} pieces of work of {supervision} are still open."),
        work=done.work,
        verdict=named(done.verdict, session.say),
        open=still,
        supervision=done.supervision,
    )


@command(
    "import",
    says=N_("Record the verdicts of a filled sheet (XLSX or CSV)."),
    more=(
        N_(
            "Columns: work, verdict, note. Exit code 1 when rows were refused; each is named with its number, the "
            "others are recorded. Empty rows stay open."
        ),
    ),
    examples=("labelqa supervise import safety-w46/s1 supervision.xlsx --by 何监督",),
    words=(
        argument("supervision"),
        argument("file", word=FILE),
        option("--by", required=True, metavar="PERSON", says=BY),
    ),
    reports=True,
)
def import_(session: Session, *, supervision: str, file: Path, by: str) -> int:
    """Records the verdicts of a sheet."""
    from labelqa.adapters.cli.files import looked
    from labelqa.adapters.cli.lists import rows
    from labelqa.workflows.supervising.supervised import import_supervision

    with session.desk() as desk:
        held = rows(looked(desk, session.start / file), required=("work", "verdict"))
        done = import_supervision(desk, supervision, _told(held), by=by)
    if session.json:
        session.screen.json(done)
    else:
        session.screen.findings(done.findings)
        session.screen.line(
            N_("{file}: {recorded} verdicts recorded, {unchanged} known before, {unfilled} still open, {n} findings."),
            file=file,
            recorded=done.recorded,
            unchanged=done.unchanged,
            unfilled=done.unfilled,
            n=len(done.findings),
        )
    return Exit.FAILED if done.findings else Exit.FINE


def _told(held: Iterable[Row]) -> list[CheckRow]:
    from labelqa.adapters.files.supervision_sheet import verdict_read
    from labelqa.workflows.supervising.supervised import CheckRow

    return [
        CheckRow(
            work=row.told("work"), verdict=verdict_read(row.told("verdict")), note=row.told("note"), place=row.place
        )
        for row in held
    ]


@command(
    "show",
    says=N_("Show what a supervision found: by duty and by person, and what is open."),
    examples=("labelqa supervise show safety-w46",),
    words=(argument("supervision"),),
    reports=True,
)
def show(session: Session, *, supervision: str) -> None:
    """Prints the report."""
    from labelqa.workflows.supervising.supervision_report import supervision_report

    with session.desk() as desk:
        report, zone = supervision_report(desk, supervision), desk.settings.zone
    if session.json:
        return session.screen.json(report)
    return print_report(session, report, zone)


@command(
    "verify",
    says=N_("Draw a supervision again and compare; say who checked and should not have."),
    more=(N_("Exit code 1 when something differs. A batch's name stands for its latest supervision."),),
    examples=("labelqa supervise verify safety-w46/s1",),
    words=(argument("supervision"),),
    reports=True,
)
def verify(session: Session, *, supervision: str) -> int:
    """Redraws the supervision."""
    from labelqa.workflows.supervising.supervision_report import verify_supervision

    with session.desk() as desk:
        findings = verify_supervision(desk, supervision)
    if session.json:
        session.screen.json({"supervision": supervision, "findings": findings})
    elif findings:
        session.screen.findings(findings)
    else:
        session.screen.line(N_("{supervision}: the same pieces of work come out again."), supervision=supervision)
    return Exit.FAILED if findings else Exit.FINE


supervise = noun(
    "supervise",
    says=N_("Sample-check the work of everybody, reviewers and arbitrators included."),
    commands=[declare, draw, list_, sheet, record, import_, show, verify],
)

"""``labelqa review``: work sheets go out to the verifiers, verdicts come back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from labelqa.adapters.cli.command import argument, command, noun, option
from labelqa.adapters.cli.files import looked, verdicts_from, write_sheets
from labelqa.adapters.cli.output import named
from labelqa.adapters.cli.sample import sample_named
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE, FOLDER, OneOf
from labelqa.errors import Exit
from labelqa.i18n import N_
from labelqa.records.finding import Severity, worst
from labelqa.records.results import ReviewsResult
from labelqa.records.review import DefectSeverity, Verdict

if TYPE_CHECKING:
    from labelqa.workflows.desk import Desk

FORMATS = ("xlsx", "ls-json")


@command(
    "sheet",
    says=N_("Write a work sheet for each verifier of a sample; it never says who labelled."),
    more=(
        N_(
            "xlsx is a workbook to be filled in; ls-json are tasks for a Label Studio review project, with its "
            "labeling config."
        ),
    ),
    examples=("labelqa review sheet safety-w46 --format xlsx --out sheets",),
    words=(
        argument("sample"),
        option("--format", word=OneOf(FORMATS), default="xlsx", says=N_("What is written.")),
        option("--out", word=FOLDER, says=N_("Folder to write to; else reviews/ in the workspace.")),
    ),
    reports=True,
)
def sheet(session: Session, *, sample: str, format: str, out: Path | None) -> None:  # noqa: A002
    """Writes the sheets."""
    with session.desk() as desk:
        name = sample_named(desk, sample)
        folder = session.start / out if out else desk.settings.workspace / "reviews" / re.sub(r"[^\w.-]", "-", name)
        paths = write_sheets(desk, name, folder, form=format, lang=session.lang)
    if session.json:
        return session.screen.json({"sample": name, "files": [str(path) for path in paths]})
    for path in paths:
        session.screen.line("{path}", path=path)
    return session.screen.line(N_("Filled in, they come back with `labelqa review import FILE`."))


@command(
    "import",
    says=N_("Read verdicts back: a filled work sheet or the export of a review project."),
    more=(N_("Exit code 1 when verdicts were refused; each is named with its row. Empty rows stay open."),),
    examples=("labelqa review import sheets/safety-w46-1.xlsx",),
    words=(argument("files", word=FILE, many=True),),
    reports=True,
)
def import_(session: Session, *, files: Sequence[Path]) -> int:
    """Records the verdicts of files."""
    from labelqa.adapters.report.data import plain

    done = []
    with session.desk() as desk:
        seen = [(file, looked(desk, session.start / file)) for file in files]
        for file, facts in seen:
            done.append(take_back(desk, Path(facts.path)))
            if not session.json:
                _print(session, file, done[-1])
    if session.json:
        told = zip(files, done, strict=True)
        session.screen.json([{"file": str(file), **plain(each, session.lang)} for file, each in told])
    return Exit.FAILED if any(worst(each.findings) is Severity.ERROR for each in done) else Exit.FINE


def take_back(desk: Desk, path: Path) -> ReviewsResult:
    """Reads one filled file and records its verdicts."""
    from dataclasses import replace

    from labelqa.workflows.reviews import import_verdicts

    verdicts, findings = verdicts_from(desk, path)
    done = import_verdicts(desk, verdicts, source=looked(desk, path).digest)
    return replace(done, findings=(*findings, *done.findings))


def _print(session: Session, file: Path, done: ReviewsResult) -> None:
    session.screen.findings(done.findings)
    session.screen.line(
        N_("{file}: {recorded} verdicts recorded, {unchanged} known before, {unfilled} still open, {n} findings."),
        file=file,
        recorded=done.recorded,
        unchanged=done.unchanged,
        unfilled=done.unfilled,
        n=len(done.findings),
    )


@command(
    "record",
    says=N_("Record a single verdict on a drawn item."),
    examples=(
        "labelqa review record safety-w46 s-0042 --verdict correct --by 郑明哲",
        (
            "labelqa review record safety-w46 s-0043 --verdict incorrect --correct-label A2 --severity major --rule "
            "2.1 --by 郑明哲"
        ),
    ),
    words=(
        argument("sample"),
        argument("item"),
        option("--verdict", word=OneOf.named(Verdict), required=True, says=N_("What is said of the label of record.")),
        option("--by", required=True, metavar="PERSON", says=N_("The reviewer: pseudonym, name or SERVER=ACCOUNT.")),
        option("--rule", default="", says=N_("Number of the rule that was broken.")),
        option("--defect", default="", metavar="CODE", says=N_("Code of the defect.")),
        option("--severity", word=OneOf.named(DefectSeverity), says=N_("How grave the defect is.")),
        option("--correct-label", default="", metavar="LABEL", says=N_("The label it should have.")),
        option("--unsafe", default="", metavar="CODE", says=N_("Risk code of suspected harmful content, A.1 to A.5.")),
        option("--comment", default="", says=N_("A remark; it is kept erasably.")),
    ),
    reports=True,
)
def record(
    session: Session,
    *,
    sample: str,
    item: str,
    verdict: Verdict,
    by: str,
    rule: str,
    defect: str,
    severity: DefectSeverity | None,
    correct_label: str,
    unsafe: str,
    comment: str,
) -> None:
    """Records one verdict."""
    from labelqa.workflows.reviews import record_review

    with session.desk() as desk:
        done = record_review(
            desk,
            sample_named(desk, sample),
            item,
            verdict=verdict,
            by=by,
            rule=rule,
            defect=defect,
            severity=severity,
            correct_label=correct_label,
            unsafe=unsafe,
            comment=comment,
        )
    if session.json:
        return session.screen.json(done)
    return session.screen.line(
        N_("Recorded for {item} of {sample}: {verdict}; the author's name was typed in, not proven."),
        item=done.item_id,
        sample=done.sample,
        verdict=named(done.verdict, session.say),
    )


review = noun("review", says=N_("Hand out work sheets and take verdicts back."), commands=[sheet, import_, record])

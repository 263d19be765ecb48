"""``labelqa review``: work sheets go out to the verifiers, verdicts come back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labelqa.adapters.cli.command import argument, command, flag, noun, option
from labelqa.adapters.cli.files import looked, verdicts_from
from labelqa.adapters.cli.output import named
from labelqa.adapters.cli.review_form import form
from labelqa.adapters.cli.review_send import collect, send
from labelqa.adapters.cli.review_show import show
from labelqa.adapters.cli.sample import sample_named
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.sheet_files import write_sheets
from labelqa.adapters.cli.words import FILE, FOLDER, OneOf, PairWord
from labelqa.errors import Exit, LabelqaError, Message
from labelqa.i18n import N_
from labelqa.records.designs import Certificate
from labelqa.records.finding import Severity, worst
from labelqa.records.results import ReviewsResult
from labelqa.records.review import DefectSeverity, Obstacle, Review, Safety, Verdict

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
        N_(
            "With --blind the label that is checked is not shown either, and the verifiers label again: for single labels, "
            "sets of labels and ratings. Responses, preferences and open answers are always verified with the original "
            "shown."
        ),
    ),
    examples=(
        "labelqa review sheet safety-w46 --format xlsx --out sheets",
        "labelqa review sheet safety-w46 --blind",
    ),
    words=(
        argument("sample"),
        option("--format", word=OneOf(FORMATS), default="xlsx", says=N_("What is written.")),
        option("--out", word=FOLDER, says=N_("Folder to write to; else reviews/ in the workspace.")),
        flag("--blind", says=N_("Hide the label that is checked; the verifiers label again.")),
        option(
            "--config",
            word=FILE,
            says=N_("The annotators' labeling config, for a review project whose answers are no single labels."),
        ),
    ),
    reports=True,
)
def sheet(session: Session, *, sample: str, format: str, out: Path | None, blind: bool, config: Path | None) -> None:  # noqa: A002
    """Writes the sheets."""
    with session.desk() as desk:
        name = sample_named(desk, sample)
        folder = session.start / out if out else desk.settings.workspace / "reviews" / re.sub(r"[^\w.-]", "-", name)
        shown = session.start / config if config else None
        paths = write_sheets(desk, name, folder, form=format, lang=session.lang, blind=blind, config=shown)
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
        standing = certificates(desk, [name for each in done for name in each.samples])
        if not session.json:
            print_standing(session, standing)
    if session.json:
        told = zip(files, done, strict=True)
        session.screen.json(
            [
                {"file": str(file), **plain(each, session.lang), "certificates": _of(each, standing)}
                for file, each in told
            ]
        )
    return Exit.FAILED if any(worst(each.findings) is Severity.ERROR for each in done) else Exit.FINE


def take_back(desk: Desk, path: Path) -> ReviewsResult:
    """Reads one filled file and records its verdicts."""
    from dataclasses import replace

    from labelqa.workflows.reviewing.reviews import import_verdicts

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


def certificates(desk: Desk, samples: Iterable[str]) -> dict[str, Certificate | Message]:
    """Where each sample stands now: what is proven, what remains; or why nothing can be said."""
    from labelqa.workflows.certifying.certificate import certificate_named

    found: dict[str, Certificate | Message] = {}
    for name in dict.fromkeys(samples):
        try:
            found[name] = certificate_named(desk, name)
        except LabelqaError as error:  # the verdicts are recorded, whatever can be said of them
            found[name] = error.message
    return found


def _of(done: ReviewsResult, standing: Mapping[str, Certificate | Message]) -> list[Certificate | Message]:
    return [standing[name] for name in done.samples]


def print_standing(session: Session, standing: Mapping[str, Certificate | Message]) -> None:
    """What the verdicts prove so far, sample by sample, and whether the verifiers may stop."""
    from labelqa.adapters.cli.certificate import print_certificate

    for each in standing.values():
        if isinstance(each, Message):
            session.screen.line(each)
        else:
            print_certificate(session, each)


@command(
    "record",
    says=N_("Record a single verdict on a drawn item."),
    more=(
        N_(
            "A second verdict by the same verifier supersedes the first; both stay on record. --verdict may be left out "
            "where --answer, --obstacle or scores below or on the plan's pass lines give it."
        ),
    ),
    examples=(
        (
            "labelqa review record safety-w46 s-0042 --verdict correct --check understanding=passed --check "
            "consistency=passed --check quality=passed --by 郑明哲"
        ),
        (
            "labelqa review record safety-w46 s-0043 --verdict incorrect --correct-label A2 --severity major --rule "
            "2.1 --by 郑明哲"
        ),
        "labelqa review record safety-w46 s-0044 --obstacle broken-media --by 郑明哲",
        "labelqa review record safety-w46 s-0045 --answer A2 --by 郑明哲",
    ),
    words=(
        argument("sample"),
        argument("item"),
        option("--verdict", word=OneOf.named(Verdict), says=N_("What is said of the label of record.")),
        option("--by", required=True, metavar="PERSON", says=N_("The reviewer: pseudonym, name or SERVER=ACCOUNT.")),
        option("--rule", default="", says=N_("Number of the rule that was broken.")),
        option(
            "--defect",
            default="",
            metavar="CODE",
            says=N_("Code of the defect: P1, P2, R1 to R6, or the rulebook's own."),
        ),
        option("--severity", word=OneOf.named(DefectSeverity), says=N_("How grave the defect is.")),
        option("--correct-label", default="", metavar="LABEL", says=N_("The label it should have.")),
        option("--safety", word=OneOf.named(Safety), says=N_("Whether the content is safe; unsafe names its risk.")),
        option(
            "--unsafe",
            default="",
            metavar="CODE",
            says=N_("Risk of suspected harmful content: A.1 to A.5, or one such as A1a."),
        ),
        option(
            "--check",
            word=PairWord("CHECK=RESULT"),
            multiple=True,
            says=N_(
                "One of the three checks: understanding, consistency or quality, each passed, failed or "
                "not-applicable; repeat."
            ),
        ),
        option(
            "--score",
            word=PairWord("DIMENSION=SCORE"),
            multiple=True,
            says=N_("A score such as accuracy=4; below the plan's pass line the item is incorrect; repeat."),
        ),
        option("--obstacle", word=OneOf.named(Obstacle), says=N_("Why the item cannot be reviewed at all.")),
        option(
            "--answer",
            default="",
            metavar="LABEL",
            says=N_("The verifier's own label, given without seeing the other."),
        ),
        option("--comment", default="", says=N_("A remark; it is kept erasably.")),
    ),
    reports=True,
)
def record(
    session: Session,
    *,
    sample: str,
    item: str,
    check: Sequence[tuple[str, str]],
    score: Sequence[tuple[str, str]],
    safety: Safety | None,
    obstacle: Obstacle | None,
    **said: Any,
) -> None:
    """Records one verdict."""
    from labelqa.workflows.reviewing.reviews import lacks_checks, record_review

    with session.desk() as desk:
        name = sample_named(desk, sample)
        done = record_review(
            desk, name, item, checks=dict(check), scores=dict(score), safety=str(safety or ""),
            obstacle=str(obstacle or ""), **said,
        )  # fmt: skip
        standing, unchecked = certificates(desk, [name]), lacks_checks(desk, done)
    if session.json:
        return session.screen.json(_told(session, done, standing[name]))
    session.screen.line(
        N_("Recorded for {item} of {sample}: {verdict}; the author's name was typed in, not proven."),
        item=done.item_id,
        sample=done.sample,
        verdict=named(done.verdict, session.say),
    )
    if unchecked:
        session.screen.line(
            N_("The three checks of GB/T 45674—2025, 8.1 d) are not all recorded: give each with --check.")
        )
    return print_standing(session, standing)


def _told(session: Session, done: Review, standing: Certificate | Message) -> dict[str, Any]:
    """The verdict and where the sample stands; whether it is a second opinion stays unsaid to whoever gave it."""
    from labelqa.adapters.report.data import plain

    told = {key: value for key, value in plain(done, session.lang).items() if key != "second"}
    return {**told, "certificate": plain(standing, session.lang)}


review = noun(
    "review",
    says=N_("Hand out work sheets and take verdicts back."),
    commands=[sheet, send, collect, import_, record, show, form],
)

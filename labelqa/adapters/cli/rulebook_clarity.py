"""``labelqa rulebook clarity``: how clear the rules proved to be in use, and which to mend first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from labelqa.adapters.cli.command import argument, command, option
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE
from labelqa.errors import WrongUsage
from labelqa.i18n import N_

if TYPE_CHECKING:
    from labelqa.records.clarity import RulebookClarity


@command(
    "clarity",
    says=N_("Measure how clear each rule proved to be in use, and rank the rules to mend."),
    more=(
        N_(
            "From the frozen batches labelled under a release (NAME@VERSION) or under every release of a rulebook (NAME); "
            "or, with --labels, from the table of a trial and a rulebook's file, without any workspace."
        ),
        N_(
            "The table has one row a label: item_id, annotator, label, and where there are any rule, seconds and gold "
            "(条目、标注员、标签、规则条款、用时、金标)."
        ),
    ),
    examples=(
        "labelqa rulebook clarity genai-sft@1.0.0",
        "labelqa rulebook clarity genai-sft --into rulebooks/genai-sft/draft.yaml",
        "labelqa rulebook clarity rulebooks/genai-sft/draft.yaml --labels pilot.csv",
    ),
    words=(
        argument("rulebook"),
        option("--batch", multiple=True, metavar="NAME", says=N_("Only this batch; may be given several times.")),
        option("--labels", word=FILE, says=N_("The table of a trial; the rulebook is then a file.")),
        option(
            "--into",
            word=FILE,
            metavar="DRAFT.yaml",
            says=N_("Write what was measured above each rule of a draft, as comments; earlier ones are replaced."),
        ),
        option("--multiple", default="", metavar="SEP", says=N_("The sign between several labels in one cell.")),
    ),
    reports=True,
)
def clarity(
    session: Session, *, rulebook: str, batch: Sequence[str], labels: Path | None, multiple: str, into: Path | None
) -> None:
    """Prints what was measured; with ``into`` writes it into the draft as well."""
    found = _measured(session, rulebook, batch, labels, multiple)
    told = None if into is None else _remark(session.start / into, found)
    if session.json:
        return session.screen.json(found)
    from labelqa.adapters.cli.clarity_tables import print_clarity

    session.screen.findings(found.findings)
    print_clarity(session, found)
    if told is not None:
        session.screen.line(N_("Remarks on {n} rules stand in {file} now, above each rule."), n=told[0], file=str(into))
        if told[1]:
            text = N_("{rules}: not in the draft, or not on lines of their own; their remarks were left out")
            session.screen.line(text, rules=", ".join(told[1]))
    return None


def _remark(file: Path, found: RulebookClarity) -> tuple[int, tuple[str, ...]]:
    """Write the remarks into a draft: on how many rules, and which rules have no place in it."""
    from labelqa.adapters.files.whole import write_whole
    from labelqa.adapters.report.clarity_remarks import remarks
    from labelqa.rulebook.comments import remarked
    from labelqa.workflows.clarity.book import document_in

    data, draft, _ = document_in(file)
    told = remarks(found, draft)
    made = remarked(data, told, file=str(file))
    if made.data != data:
        write_whole(file, made.data)
    return len(told) - len(made.left_out), made.left_out


def _measured(
    session: Session, rulebook: str, batches: Sequence[str], labels: Path | None, multiple: str
) -> RulebookClarity:
    if labels is not None:
        if batches:
            raise WrongUsage(N_("choose one: --labels reads a table, --batch names frozen batches"))
        return _pilot(session.start / rulebook, session.start / labels, multiple)
    from labelqa.workflows.clarity.frozen import rulebook_clarity

    with session.desk() as desk:
        return rulebook_clarity(desk, rulebook, batches=batches)


def _pilot(file: Path, labels: Path, multiple: str) -> RulebookClarity:
    from labelqa.adapters.files.pilot_table import read_pilot
    from labelqa.workflows.clarity.pilot import pilot_clarity_of_file

    rows, findings = read_pilot(labels, multiple=multiple)
    return pilot_clarity_of_file(file, rows, labels=str(labels), findings=findings)


@command(
    "trend",
    says=N_("Follow the shares of labels batch by batch over the versions of a rulebook."),
    more=(
        N_(
            "Labels that were renamed, split or merged are followed as the groups that mean the same in every version; "
            "labels that cannot be compared are named."
        ),
    ),
    examples=("labelqa rulebook trend genai-sft",),
    words=(argument("name"),),
    reports=True,
)
def trend(session: Session, *, name: str) -> None:
    """Prints the shares."""
    from labelqa.workflows.clarity.trends import label_trend

    with session.desk() as desk:
        found = label_trend(desk, name)
    if session.json:
        return session.screen.json(found)
    from labelqa.adapters.cli.clarity_tables import print_trend

    return print_trend(session, found)

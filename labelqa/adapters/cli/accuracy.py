"""``labelqa accuracy``: how right a batch's labels are, by the verdicts on its sample or by gold answers."""

from __future__ import annotations

from collections.abc import Sequence

from labelqa.adapters.cli.accuracy_tables import (
    confusion_tables,
    figures,
    label_table,
    method_line,
    rule_table,
    said,
    strata_tables,
    team_table,
)
from labelqa.adapters.cli.command import argument, command, flag, option
from labelqa.adapters.cli.output import figure_text
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import OneOf, Share
from labelqa.errors import Message, WrongUsage
from labelqa.i18n import N_
from labelqa.records.accuracy_report import CorrectedAccuracy
from labelqa.records.estimate import Figure
from labelqa.records.gold_report import Comparison, GoldReport
from labelqa.records.summary import AccuracyReport


@command(
    "accuracy",
    says=N_("Say how accurate a batch's labels are, by its spot check or by gold answers."),
    more=(
        N_(
            "Against review: the labels of record, estimated from the verdicts on the sample that decides; label by "
            "label, annotator by annotator (as counted, and drawn towards the team), rule by rule, and which label is "
            "taken for which. Against gold: labels of record and all single answers on the items that carry a gold "
            "answer."
        ),
        N_(
            "Reviewers err too. --sensitivity and --specificity say how often a wrong label is called wrong and a right "
            "one right; --double-review estimates both from items that two verifiers judged in two samples. The corrected "
            "accuracy stands beside the raw one."
        ),
    ),
    examples=(
        "labelqa accuracy safety-w46",
        "labelqa accuracy safety-w46 --by data.topic",
        "labelqa accuracy safety-w46 --against gold --json",
        "labelqa accuracy safety-w46 --sensitivity 0.9 --specificity 0.98",
    ),
    words=(
        argument("batch"),
        option(
            "--against",
            word=OneOf(["review", "gold"]),
            default="review",
            says=N_("What the labels are compared with: the verdicts of the spot check, or gold answers."),
        ),
        option(
            "--by",
            multiple=True,
            metavar="FIELD",
            says=N_("Tell a field of the items apart, such as data.topic; repeat."),
        ),
        option("--sensitivity", word=Share(), says=N_("The share of wrong labels that reviewers call wrong.")),
        option("--specificity", word=Share(), says=N_("The share of right labels that reviewers call right.")),
        flag("--double-review", says=N_("Estimate both from items that two verifiers judged.")),
    ),
    reports=True,
)
def accuracy(
    session: Session,
    *,
    batch: str,
    against: str,
    by: Sequence[str],
    sensitivity: float | None,
    specificity: float | None,
    double_review: bool,
) -> None:
    """Prints the estimate of a batch's accuracy."""
    from labelqa.workflows.accuracy import accuracy_report
    from labelqa.workflows.gold_accuracy import gold_report
    from labelqa.workflows.reviewing.reviewer_error import ReviewerError

    errors = ReviewerError(sensitivity=sensitivity, specificity=specificity, double_review=double_review)
    if against == "gold":
        if errors.asked:
            raise WrongUsage(
                N_(
                    "--sensitivity, --specificity and --double-review are about verdicts: leave them out with --against gold"
                )
            )
        with session.desk() as desk:
            gold = gold_report(desk, batch, by=by)
        return session.screen.json(gold) if session.json else print_gold(session, gold)
    with session.desk() as desk:
        found = accuracy_report(desk, batch, by=by, errors=errors)
    return session.screen.json(found) if session.json else print_accuracy(session, found)


def print_accuracy(session: Session, found: AccuracyReport) -> None:
    """The estimate against its target, table by table, with what is to be said of it."""
    screen = session.screen
    screen.line(
        N_("{batch}: {reviewed} of {drawn} drawn items reviewed, out of {population}"),
        batch=found.batch, reviewed=found.reviewed, drawn=found.drawn, population=found.population,
    )  # fmt: skip
    screen.line(
        N_("{correct} correct, {incorrect} incorrect, {undecidable} undecidable; {critical} with a critical error"),
        correct=found.correct, incorrect=found.incorrect, undecidable=found.undecidable, critical=found.critical_errors,
    )  # fmt: skip
    rows: list[tuple[str, Figure | str]] = [
        (N_("accuracy"), found.accuracy),
        (N_("critical errors"), found.critical_rate),
    ]
    if found.weighted:
        rows.insert(1, (N_("naive share, as if all chances were equal"), found.weighted.naive))
    if found.fixed:
        rows.insert(1, (N_("as if the number of reviews had been fixed"), found.fixed))
    if found.bounds:
        worst, best = found.bounds
        rows[1:1] = [(N_("if all left out were wrong"), worst), (N_("if all left out were right"), best)]
    if found.answers:
        rows.append((N_("single answers"), found.answers))
    figures(screen, [*rows, (N_("to be proven"), f"{found.target:.3f}")])
    if found.corrected:
        _corrected(session, found.corrected)
    label_table(screen, N_("Label by label, labels of record"), found.scores)
    if not found.scores:
        screen.title(N_("Label by label"))
        screen.table(
            (N_("label"), N_("accuracy")),
            ((label, figure_text(each, session.say)) for label, each in found.per_label),
        )
    if found.team:
        team_table(screen, found.team)
    rule_table(screen, found.rules)
    strata_tables(screen, found.strata)
    heads = (N_("label of record"), N_("correct label"), N_("n"))
    confusion_tables(screen, found.matrix, found.confusions, N_("Corrected by the reviewers"), heads)
    _close(session, found, found.notes)


def _corrected(session: Session, found: CorrectedAccuracy) -> None:
    """Raw and corrected accuracy, and from what the correction was made."""
    say, screen = session.say, session.screen

    def told(value: Figure | float) -> Figure | str:
        return say(N_("{value} (given)"), value=f"{value:.3f}") if isinstance(value, float) else value

    screen.title(N_("Corrected for the reviewers' errors"))
    figures(
        screen,
        [
            (N_("as reviewed"), found.raw),
            (N_("corrected"), found.accuracy),
            (N_("sensitivity"), told(found.sensitivity)),
            (N_("specificity"), told(found.specificity)),
        ],
    )
    for note in found.notes:
        said(screen, note)


def print_gold(session: Session, found: GoldReport) -> None:
    """Labels of record and single answers beside gold."""
    screen = session.screen
    said(
        screen,
        N_("{batch}: {gold} of {items} items have a gold answer; {record} labels of record and {answers} single answers."),
        batch=found.batch, gold=found.gold_items, items=found.items, record=found.record.n, answers=found.answers.n,
    )  # fmt: skip
    figures(screen, [(N_("labels of record"), found.record.accuracy), (N_("single answers"), found.answers.accuracy)])
    if found.undecided:
        screen.line(N_("{n} gold items are still disputed and have no label of record."), n=found.undecided)
    team_table(screen, found.team)
    for part, titles in ((found.record, _RECORD), (found.answers, _ANSWERS)):
        _comparison(session, part, titles)
    _close(session, found, found.notes)


_RECORD = (
    N_("Label by label, labels of record"),
    N_("Rule by rule, labels of record"),
    N_("By {field}, labels of record"),
    N_("Labels of record that gold contradicts"),
)
_ANSWERS = (
    N_("Label by label, single answers"),
    N_("Rule by rule, single answers"),
    N_("By {field}, single answers"),
    N_("Single answers that gold contradicts"),
)


def _comparison(session: Session, part: Comparison, titles: tuple[str, str, str, str]) -> None:
    labels, rules, strata, pairs = titles
    screen = session.screen
    label_table(screen, labels, part.scores)
    rule_table(screen, part.rules, title=rules)
    strata_tables(screen, part.strata, title=strata)
    confusion_tables(screen, part.matrix, part.confusions, pairs, (N_("label given"), N_("gold"), N_("n")))


def _close(session: Session, found: object, notes: Sequence[Message]) -> None:
    """How the intervals were made, and what else is to be said."""
    how = method_line(found, session.say)
    if how or notes:
        session.screen.title(N_("How to read it"))
    for line in (*((how,) if how else ()), *map(session.say, notes)):
        said(session.screen, "{line}", line=line)

"""``labelqa agreement`` and ``labelqa accuracy``: what was measured of a batch, with how sure it is."""

from __future__ import annotations

from collections.abc import Sequence

from labelqa.adapters.cli.command import argument, command
from labelqa.adapters.cli.output import figure_text
from labelqa.adapters.cli.session import Session
from labelqa.i18n import N_
from labelqa.records.summary import AccuracyReport, AgreementReport, Confusion


@command(
    "agreement",
    says=N_("Say how far the annotators of a frozen batch agree."),
    more=(
        N_(
            "Percent agreement, Fleiss' kappa, Krippendorff's alpha and Gwet's AC1, each with its interval and n; "
            "label by label "
            "and pair by pair."
        ),
    ),
    examples=("labelqa agreement safety-w46",),
    words=(argument("batch"),),
    reports=True,
)
def agreement(session: Session, *, batch: str) -> None:
    """Prints the coefficients of a batch."""
    from labelqa.workflows.agreement import agreement_report

    with session.desk() as desk:
        found = agreement_report(desk, batch)
    return session.screen.json(found) if session.json else print_agreement(session, found)


def print_agreement(session: Session, found: AgreementReport) -> None:
    """All tables of the agreement report."""
    from labelqa.adapters.report.text import coefficient_name

    say, screen = session.say, session.screen
    screen.line(
        N_("{batch}: {annotations} annotations by {annotators} annotators; {pairs} of {items} items have two or more."),
        batch=found.batch,
        annotations=found.annotations,
        annotators=found.annotators,
        pairs=found.items_with_pairs,
        items=found.items,
    )
    screen.title(N_("Agreement"))
    screen.pairs((coefficient_name(each.name, say), figure_text(each.figure, say)) for each in found.coefficients)
    screen.title(N_("Label by label"))
    screen.table(
        (N_("label"), N_("n"), N_("share"), N_("specific agreement"), N_("alpha")),
        (
            (
                each.label,
                each.count,
                f"{each.share:.3f}",
                figure_text(each.agreement, say, brief=True),
                figure_text(each.alpha, say, brief=True),
            )
            for each in found.per_label
        ),
    )
    screen.title(N_("Pair by pair"))
    screen.table(
        (N_("annotator"), N_("annotator"), N_("shared"), N_("agreement"), N_("kappa")),
        (
            (
                each.first,
                each.second,
                each.shared,
                figure_text(each.agreement, say, brief=True),
                figure_text(each.kappa, say, brief=True),
            )
            for each in found.pairs
        ),
    )
    _confusions(session, N_("Most often confused"), (N_("label"), N_("label"), N_("n")), found.confusions)
    for note in found.notes:
        screen.line(note)


def _confusions(session: Session, title: str, heads: Sequence[str], found: Sequence[Confusion]) -> None:
    if found:
        session.screen.title(title)
        session.screen.table(heads, ((each.first, each.second, each.count) for each in found))


@command(
    "accuracy",
    says=N_("Estimate the accuracy of a batch's labels of record from its spot check."),
    examples=("labelqa accuracy safety-w46",),
    words=(argument("batch"),),
    reports=True,
)
def accuracy(session: Session, *, batch: str) -> None:
    """Prints the estimate of a batch's accuracy."""
    from labelqa.workflows.settle import accuracy_report

    with session.desk() as desk:
        found = accuracy_report(desk, batch)
    return session.screen.json(found) if session.json else print_accuracy(session, found)


def print_accuracy(session: Session, found: AccuracyReport) -> None:
    """The estimate, label by label, and which labels were wrong."""
    say, screen = session.say, session.screen
    screen.line(
        N_(
            "{batch}: {reviewed} of {drawn} drawn items reviewed, out of {population}; {correct} correct, "
            "{incorrect} incorrect, "
            "{undecidable} undecidable, {critical} critical."
        ),
        batch=found.batch,
        reviewed=found.reviewed,
        drawn=found.drawn,
        population=found.population,
        correct=found.correct,
        incorrect=found.incorrect,
        undecidable=found.undecidable,
        critical=found.critical,
    )
    screen.pairs(
        [
            (N_("accuracy"), figure_text(found.accuracy, say)),
            (N_("critical errors"), figure_text(found.critical_rate, say)),
            (N_("to be proven"), f"{found.target:.3f}"),
        ]
    )
    screen.title(N_("Label by label"))
    screen.table((N_("label"), N_("accuracy")), ((label, figure_text(each, say)) for label, each in found.per_label))
    _confusions(
        session,
        N_("Corrected by the reviewers"),
        (N_("label of record"), N_("correct label"), N_("n")),
        found.confusions,
    )
    for note in found.notes:
        screen.line(note)

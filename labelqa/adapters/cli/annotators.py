"""``labelqa annotators``: everybody who labelled a batch, with figures, reasons to look beside them, and models apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from labelqa.adapters.cli.agreement_tables import WIDE as TERMINAL
from labelqa.adapters.cli.agreement_tables import cut
from labelqa.adapters.cli.command import argument, command
from labelqa.adapters.cli.consensus_tables import MODEL_NAMES, WIDE, short
from labelqa.adapters.cli.output import figure_text
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.width import wrap
from labelqa.i18n import N_, Speaker
from labelqa.records.consensus import AnnotatorFigures, AnnotatorReport, ModelFigures, Sides
from labelqa.records.estimate import Estimate, Figure, Unknown

REASONS: Final = 44  # columns; all of them are told below
Columns = tuple[tuple[str, str], ...]
RIGHT: Final[Columns] = (
    ("agreement", N_("with the others")),
    ("gold", N_("on gold")),
    ("gold_shrunken", N_("gold, drawn to team")),
    ("accuracy", N_("by the model")),
)
TOLD: Final[Columns] = (("information", N_("bits a label")), ("without", N_("alpha without")))


@command(
    "annotators",
    says=N_("Show everybody who labelled a frozen batch: figures, and reasons to look beside them."),
    more=(
        N_(
            "Implausible speed, one label down the line, a favourite label, mistakes shared with a neighbour, a fall "
            "over the weeks: each with what was counted, what would be expected, and a chance that allows for how many "
            "were looked at. A reason to look is no verdict."
        ),
        N_(
            "Models that label stand apart, validated against people. A model never counts as a reviewer, and its "
            "scores weigh nothing in any draw yet."
        ),
    ),
    examples=("labelqa annotators safety-w46",),
    words=(argument("batch"),),
    reports=True,
)
def annotators(session: Session, *, batch: str) -> None:
    """Prints everybody's figures."""
    from labelqa.workflows.annotator_report import annotator_report

    with session.desk() as desk:
        found = annotator_report(desk, batch)
    return session.screen.json(found) if session.json else print_annotators(session, found)


def print_annotators(session: Session, found: AnnotatorReport) -> None:
    """The people in one table, the reasons to look at them, pairs with shared mistakes, and the models."""
    say, screen = session.say, session.screen
    screen.line(
        N_("{batch}: {annotations} labels by {people} people; {model} is the model; alpha of all is {alpha}."),
        batch=found.batch, annotations=found.annotations, people=len(found.annotators),
        model=say(MODEL_NAMES[found.model]), alpha=short(found.alpha, digits=3),
    )  # fmt: skip
    _print_people(session, found.annotators)
    _print_flags(session, found)
    for model in found.models:
        _print_model(session, model)
    if found.sides is not None:
        _print_sides(session, found.sides)
    if found.notes:
        screen.line()
    for note in found.notes:
        screen.line(note)


def _print_people(session: Session, people: Sequence[AnnotatorFigures]) -> None:
    """How far each is right, then what that tells and what to look at; a figure that nobody has is said once."""
    from labelqa.adapters.report.text import flag_name

    say, screen = session.say, session.screen
    right, told = (_known(people, figures) for figures in (RIGHT, TOLD))
    timed = any(each.median_seconds is not None for each in people)
    screen.title(N_("People"))
    screen.table(
        (N_("annotator"), N_("n"), *([N_("seconds")] if timed else []), *(head for _, head in right)),
        (
            (
                cut(each.name, WIDE), each.annotations, *([_seconds(each)] if timed else []),
                *(short(getattr(each, name)) for name, _ in right),
            )
            for each in people
        ),
    )  # fmt: skip
    screen.line()
    screen.table(
        (N_("annotator"), *(head for _, head in told), N_("look at")),
        (
            (
                cut(each.name, WIDE), *(short(getattr(each, name)) for name, _ in told),
                cut(", ".join(dict.fromkeys(flag_name(flag.code, say) for flag in each.flags)) or "–", REASONS),
            )
            for each in people
        ),
    )  # fmt: skip
    for name, head in (*RIGHT, *TOLD):
        if people and (name, head) not in (*right, *told):
            figure: Figure = getattr(people[0], name)
            if isinstance(figure, Unknown):
                screen.line(N_("{figure}: {why}"), figure=say(head), why=figure_text(figure, say))


def _known(people: Sequence[AnnotatorFigures], figures: Columns) -> list[tuple[str, str]]:
    """The figures that somebody has."""
    return [(name, head) for name, head in figures if any(isinstance(getattr(each, name), Estimate) for each in people)]


def _seconds(each: AnnotatorFigures) -> str:
    return "–" if each.median_seconds is None else f"{each.median_seconds:.1f}"


def _print_flags(session: Session, found: AnnotatorReport) -> None:
    from labelqa.adapters.report.text import flag_name

    say, screen = session.say, session.screen
    screen.title(N_("Reasons to look"))
    flagged = [(each, flag) for each in found.annotators for flag in each.flags]
    if not flagged:
        screen.line(N_("None."))
    for each, flag in flagged:
        text = say(N_("{name}: {flag}: {why}"), name=each.name, flag=flag_name(flag.code, say), why=flag.message)
        first, *more = wrap(text, TERMINAL - 2)
        screen.out.writelines(f"{line}\n" for line in (first, *(f"  {part}" for part in more)))
    if found.pairs_looked_at:
        text = N_("{n} of {pairs} pairs with enough shared items have more mistakes in common than chance makes.")
        screen.line(text, n=len(found.copies), pairs=found.pairs_looked_at)
    screen.line(N_("A reason to look is a question to ask, no verdict: nothing here may be acted upon alone."))


def _print_model(session: Session, model: ModelFigures) -> None:
    say, screen = session.say, session.screen
    screen.title(N_("Model {name}"), name=" · ".join(part for part in (model.name, model.model) if part))
    screen.pairs(
        [
            (N_("labels given"), model.annotations),
            (N_("accuracy on gold"), figure_text(model.gold, say)),
            (N_("accuracy by people's majority"), figure_text(model.majority, say)),
            (N_("agreement with a person"), figure_text(model.with_people, say)),
            (N_("agreement of people with each other"), figure_text(model.among_people, say)),
            (N_("difference of the two"), figure_text(model.difference, say)),
            (N_("share of the human ceiling"), figure_text(model.ratio, say)),
        ]
    )
    for line in _verdict(model, say):
        screen.line(line)
    if model.leans:
        screen.table(
            (N_("label"), N_("given beyond the reference"), N_("found where it is")),
            ((each.label, short(each.bias), short(each.found)) for each in model.leans),
        )


def _verdict(model: ModelFigures, say: Speaker) -> Sequence[str]:
    """Whether the model is surely no worse than one more person, said with the margin."""
    margin = f"{100 * model.margin:g}"
    if model.confirmed:
        text = N_("It agrees with people no worse than they do with each other, within {margin} points.")
        return [say(text, margin=margin)]
    if model.confirmed is False:
        text = N_("That it agrees with people as they do with each other, within {margin} points, is not shown.")
        return [say(text, margin=margin)]
    return []


def _print_sides(session: Session, sides: Sides) -> None:
    say, screen = session.say, session.screen
    screen.title(N_("People and models"))
    screen.table(
        (N_("between"), N_("agreement"), N_("beyond chance")),
        (
            (say(N_("people")), short(sides.people), short(sides.people_alpha)),
            (say(N_("models")), short(sides.models), short(sides.models_alpha)),
            (say(N_("people and models")), short(sides.across), short(sides.across_beyond_chance)),
        ),
    )

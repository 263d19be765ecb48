"""The tables of ``labelqa consensus``: the fit, the annotators, the doubtful items; nothing wider than a terminal.

Intervals that a table has no room for are in ``--json``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from labelqa.adapters.cli.agreement_tables import cut
from labelqa.adapters.cli.session import Session
from labelqa.errors import Message
from labelqa.i18n import N_, Speaker
from labelqa.records.consensus import ConsensusReport, PreferenceReport, TranscriptReport
from labelqa.records.estimate import Estimate, Figure

MODEL_NAMES: Final = {
    "majority": N_("majority vote"),
    "wawa": N_("votes weighed by agreement with the majority (Wawa)"),
    "dawid-skene": N_("Dawid–Skene"),
    "one-coin": N_("the one-coin model"),
    "glad": N_("GLAD"),
    "mace": N_("MACE"),
}
UNITS: Final = {"word": N_("word by word"), "character": N_("character by character")}
WIDE: Final = 16  # columns of a name or a label
_SMALL: Final = 0.0005  # a share that rounds to nothing


def short(figure: Figure, *, digits: int = 2) -> str:
    """A figure with its interval, or the code of the reason why it is unknown, for wide tables.

    >>> from labelqa.records.estimate import Unknown
    >>> short(Unknown(reason="no-gold")), short(Estimate(point=0.5, low=0, high=1, confidence=0.95, method="", n=1))
    ('(no-gold)', '0.50 [0.00, 1.00]')
    """
    if isinstance(figure, Estimate):
        middle, low, high = (_number(each, digits) for each in (figure.point, figure.low, figure.high))
        return f"{middle} [{low}, {high}]"
    return f"({figure.reason})"


def _number(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")


def point(figure: Figure) -> str:
    """A figure without its interval."""
    return _number(figure.point, 2) if isinstance(figure, Estimate) else f"({figure.reason})"


def print_consensus(session: Session, found: ConsensusReport) -> None:
    """The fit, the annotators, and the labels of record that are most probably wrong."""
    from labelqa.adapters.report.text import percent

    say, screen = session.say, session.screen
    screen.line(
        N_("{batch}: consensus of {items} items from {annotations} labels of {annotators} annotators, by {model}."),
        batch=found.batch, items=found.items, annotations=found.annotations, annotators=found.annotators,
        model=say(MODEL_NAMES[found.model]),
    )  # fmt: skip
    for line in _fit_lines(found):
        screen.line(line)
    shares = "; ".join(f"{cut(label, WIDE)} {percent(share)}" for label, share in found.shares)
    screen.line(N_("Share of the labels: {shares}."), shares=shares)
    screen.line(
        N_("Ties: in {majority} items the plain majority has no winner, in {ties} this consensus has none."),
        majority=found.majority_ties, ties=found.ties,
    )  # fmt: skip
    screen.line(
        N_("It differs from the label of record in {n} of {recorded} items; it changes none of them."),
        n=found.differing, recorded=found.recorded,
    )  # fmt: skip
    _annotators(session, found)
    _suspects(session, found)
    _notes(session, found.notes)


def _fit_lines(found: ConsensusReport) -> Iterator[Message]:
    fit = found.fit
    if fit is None:
        return
    done = N_("Converged after {sweeps} sweeps; {agreeing} of {starts} starts agree; log-likelihood {likelihood}.")
    not_done = N_("Stopped after {sweeps} sweeps; {agreeing} of {starts} starts agree; log-likelihood {likelihood}.")
    told = {
        "sweeps": fit.sweeps,
        "agreeing": fit.agreeing,
        "starts": fit.starts,
        "likelihood": _log(fit.log_likelihood),
    }
    yield Message(done if fit.converged else not_done, told)
    if found.prior is not None:
        learnt = N_("The prior was learnt from the answers; it is worth {strength} labels.")
        given = N_("The prior is worth {strength} labels.")
        text = learnt if found.prior.found == "learnt" else given
        yield Message(text, {"strength": f"{found.prior.strength:.3g}"})
    if found.gold:
        yield Message(N_("{n} gold items were held fixed."), {"n": found.gold})


def _log(value: float) -> str:
    return f"{value:,.1f}".replace("-", "−")


def _annotators(session: Session, found: ConsensusReport) -> None:
    screen = session.screen
    screen.title(N_("Annotators"))
    if found.fit is None:
        rows = ((cut(each.name, WIDE), each.labels_given, f"{each.weight:.3f}") for each in found.lines)
        screen.table((N_("annotator"), N_("labels given"), N_("weight of a vote")), rows)
        return
    screen.table(
        (
            N_("annotator"), N_("n"), N_("accuracy"), N_("bits a label"), N_("cost"), N_("too often"), N_("too rarely"),
        ),
        (
            (
                cut(each.name, WIDE), each.labels_given, short(each.accuracy), short(each.information), point(each.cost),
                *leans(each.bias),
            )
            for each in found.lines
        ),
    )  # fmt: skip
    screen.line(N_("Bits: what one label tells of the item. Cost: what it leaves open, 0 nothing, 1 everything."))


def leans(bias: tuple[tuple[str, float], ...]) -> tuple[str, str]:
    """The label given most beyond what is expected, and the one given most below it, in percentage points.

    >>> leans((("a", 0.03), ("b", -0.03)))
    ('a +3.0', 'b −3.0')
    """
    from labelqa.adapters.report.text import signed

    if not bias:
        return "–", "–"
    most, least = max(bias, key=lambda each: each[1]), min(bias, key=lambda each: each[1])
    often = f"{cut(most[0], WIDE)} {signed(most[1])}" if most[1] >= _SMALL else "–"
    rarely = f"{cut(least[0], WIDE)} {signed(least[1])}" if least[1] <= -_SMALL else "–"
    return often, rarely


def _suspects(session: Session, found: ConsensusReport) -> None:
    from labelqa.adapters.report.text import percent

    screen = session.screen
    screen.title(N_("Labels of record most probably wrong"))
    if not found.suspects:
        screen.line(N_("None is named: the consensus takes none of those asked for as more likely wrong than right."))
        return
    against = N_("probably wrong") if found.fit else N_("votes against")
    screen.table(
        (N_("item"), N_("label of record"), N_("likeliest"), against),
        ((each.item, each.recorded, " | ".join(each.likeliest), percent(each.wrong)) for each in found.suspects),
    )


def _notes(session: Session, notes: tuple[Message, ...]) -> None:
    if notes:
        session.screen.line()
    for note in notes:
        session.screen.line(note)


def print_transcripts(session: Session, found: TranscriptReport) -> None:
    """What the combined transcripts rest on, and those with the least support."""
    from labelqa.adapters.report.text import percent

    say, screen = session.say, session.screen
    screen.line(
        N_("{batch}: {items} items, each combined {unit} from its transcripts ({annotations} by {annotators} annotators)."),
        batch=found.batch, items=found.items, unit=say(UNITS[found.unit]), annotations=found.annotations,
        annotators=found.annotators,
    )  # fmt: skip
    screen.line(
        N_("On average {support} of the votes stand behind what was chosen; ties in {ties} places. No answer changes."),
        support=percent(found.support), ties=found.ties,
    )  # fmt: skip
    if found.doubtful:
        screen.title(N_("Items with the least support"))
        screen.table(
            (N_("item"), N_("support"), N_("ties"), N_("transcript")),
            ((each.item, percent(each.support), each.ties, cut(each.text, 60)) for each in found.doubtful),
        )
    _notes(session, found.notes)


def print_preferences(session: Session, found: PreferenceReport) -> None:
    """The scale of what was compared, and how far each annotator goes along with it."""
    say, screen = session.say, session.screen
    screen.line(
        N_("{batch}: {n} comparisons of {options} things by {annotators} annotators, by Bradley–Terry."),
        batch=found.batch, n=found.comparisons, options=len(found.options), annotators=found.annotators,
    )  # fmt: skip
    screen.line(
        N_("The items name them as {left} and {right}; log-likelihood {likelihood}. No answer changes."),
        left=found.left, right=found.right, likelihood=_log(found.log_likelihood),
    )  # fmt: skip
    screen.title(N_("The strongest first"))
    screen.table(
        (N_("compared"), N_("strength (log odds)"), N_("preferred"), N_("passed over"), N_("tied")),
        (
            (each.option, short(each.strength), each.preferred, each.passed_over, each.tied)
            for each in found.options
        ),
    )  # fmt: skip
    if found.lines:
        screen.title(N_("Annotators, each beside the scale of all others"))
        screen.table(
            (N_("annotator"), N_("stronger preferred"), N_("ties")),
            ((cut(each.name, WIDE), _counted(each.agreement, say), each.ties) for each in found.lines),
        )
    _notes(session, found.notes)


def _counted(figure: Figure, say: Speaker) -> str:
    from labelqa.adapters.cli.output import figure_text

    return figure_text(figure, say, brief=True)

"""Designs of a spot check as words and cells: names, chances, the side-by-side table, the planning table, the command.

The page of a comparison and the planner of the dashboard show the same cells. Nothing here computes a design.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Final

from labelqa.adapters.report.text import NOTHING, count, whole
from labelqa.i18n import N_, Speaker
from labelqa.records.designs import Design, DesignComparison, DesignOption, PlanningRow, Preset, Terms
from labelqa.workflows.planning.terms import BELONGS

SHORT: Final[Mapping[Design, str]] = {
    Design.SEQUENTIAL: N_("sequential"),
    Design.TWO_POINT: N_("two-point"),
    Design.ZERO_ACCEPTANCE: N_("zero-acceptance"),
    Design.DISCOVERY: N_("discovery"),
    Design.ESTIMATE: N_("estimate"),
    Design.CONTRACT: N_("contract"),
    Design.STRATIFIED: N_("stratified"),
    Design.AQL: N_("AQL"),
    Design.CENSUS: N_("census"),
}


def short_name(design: Design, say: Speaker) -> str:
    """What a design is called in a table or a legend.

    >>> short_name(Design.TWO_POINT, Speaker("en"))
    'two-point'
    """
    return say(SHORT[design])


def share(value: float) -> str:
    """A declared share as somebody would write it.

    >>> share(0.95), share(0.999)
    ('95%', '99.9%')
    """
    return f"{100 * value:.8g}%"


def chance(value: float | None) -> str:
    """A worked-out chance, never rounded to impossible or certain; a dash where the design decides nothing.

    >>> chance(0.0478), chance(0.99999), chance(0.0), chance(None)
    ('4.8%', '>99.9%', '0%', '—')
    """
    if value is None:
        return NOTHING
    if value in (0.0, 1.0):
        return f"{value:.0%}"
    if value < 0.0005:
        return "<0.1%"
    return ">99.9%" if value > 0.9995 else f"{100 * value:.1f}%"


def heading(found: DesignComparison, say: Speaker) -> str:
    """What is to be proven of which batch, in one sentence."""
    return say(
        "{population} items; to be proven: at least {accuracy} right, at a risk of {risk}; expected: {expected}.",
        population=count(found.population), accuracy=share(found.accuracy), risk=whole(found.risk),
        expected=share(found.expected),
    )  # fmt: skip


def option_row(each: DesignOption, found: DesignComparison, say: Speaker) -> dict[str, str]:
    """One design beside the others; heading -> cell."""
    marked = say("recommended") if each.design is found.recommended else ""
    return {
        say("Design"): short_name(each.design, say),
        say("Advice"): say("cannot be used here") if each.unfit else marked,
        say("Draws"): count(each.n),
        say("Allows"): NOTHING if each.c is None else count(each.c),
        say("Proves it"): say("yes") if each.certifies else say("no"),
        say("Risk"): chance(each.risk),
        say("Power"): chance(each.power),
        say("Reviews on average"): f"{each.reviews:,.0f}",
        say("Hours"): f"{each.hours:,.1f}",
    }


def table_note(found: DesignComparison, say: Speaker) -> str:
    """How to read the side-by-side table."""
    return say(
        "Risk: chance to accept a batch that just misses {accuracy}. Power: chance to accept one with {expected} right. "
        "Reviews and hours: on average for the latter, at {minutes} minutes a review.",
        accuracy=share(found.accuracy), expected=share(found.expected), minutes=f"{found.minutes:g}",
    )  # fmt: skip


def planning_cells(row: PlanningRow, say: Speaker) -> dict[str, str]:
    """Reviews by which the sequential check has finished, for one true accuracy; heading -> cell."""
    cells = {say("True accuracy"): share(row.accuracy)}
    for likely, reviews in row.reviews:
        cells[say("{chance} chance", chance=whole(likely))] = NOTHING if reviews is None else count(reviews)
    return cells | {say("on average"): f"{row.mean:,.0f}"}


def curve_cells(each: DesignOption, say: Speaker) -> list[dict[str, str]]:
    """What a design does with better and worse batches; heading -> cell, best batch first."""
    return [
        {
            say("Accuracy"): share(round(point.accuracy, 6)),
            say("Wrong items"): count(point.defects),
            say("Accepted"): chance(point.accept if each.risk is not None else None),
            say("Reviews on average"): f"{point.reviews:,.0f}",
            say("Wrong afterwards"): chance(point.outgoing if each.risk is not None else None),
        }
        for point in each.curve
    ]


# terms as options of `labelqa plan`, where the option is not the term's own name
_OPTIONS: Final = {"kind": "--for", "parties": "--party", "pass_lines": "--pass-line", "one_vote": "--one-vote"}


def declaring(
    batch: str, found: DesignComparison, design: Design, *, terms: Terms, preset: Preset | None = None
) -> str:
    """The command that declares a design with what it reads of the terms, ready to copy; a preset states its own figures.

    >>> made = DesignComparison(batch="", population=100, accuracy=0.95, risk=0.05, expected=0.99, power=0.9, minutes=2,
    ...     recommended=Design.SEQUENTIAL, options=())
    >>> declaring("b1", made, Design.SEQUENTIAL, terms=Terms(cut=40, aql="1.0"))
    'labelqa plan b1 --design sequential --accuracy 0.95 --risk 0.05 --expected 0.99 --power 0.9 --cut 40'
    >>> declaring("", made, Design.SEQUENTIAL, terms=Terms(), preset=Preset.TC260_MANUAL)
    'labelqa plan BATCH --preset tc260-manual'
    """
    words = ["labelqa", "plan", batch or "BATCH"]
    if preset is not None and design is found.recommended:
        words += ["--preset", str(preset)]
    else:
        figures = {"accuracy": found.accuracy, "risk": found.risk, "expected": found.expected, "power": found.power}
        words += ["--design", str(design)]
        for name, value in figures.items():
            words += [f"--{name}", f"{value:.10g}"]
    for name, value in terms.stored().items():
        if design in BELONGS.get(name, tuple(Design)):
            option = _OPTIONS.get(name, "--" + name.replace("_", "-"))
            for part in _parts(value):
                words += [option, part]
    return shlex.join(words)


def _parts(value: object) -> Sequence[str]:
    """A term's value as the words behind its option, once for each of several."""
    if isinstance(value, Mapping):
        return [f"{name}={line:g}" for name, line in value.items()]
    if isinstance(value, (list, tuple)):
        return [str(part) for part in value]
    return [f"{value:.10g}" if isinstance(value, float) else str(value)]

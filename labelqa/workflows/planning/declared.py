"""From what somebody says of a plan to all that a plan declares: what a preset fixes, what is usual, what fits together.

What is said besides a preset may be stricter than its text, never laxer and never something else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from labelqa.errors import WrongUsage
from labelqa.records.batch import Kind
from labelqa.records.designs import Design, Preset, Terms
from labelqa.records.review import VerdictKind
from labelqa.stats.hypergeometric import written
from labelqa.workflows.planning.designs import usual_margin
from labelqa.workflows.planning.presets import Said, preset_named, with_preset
from labelqa.workflows.planning.terms import check_shares, check_terms, check_values

ACCURACY: Final = 0.95
RISK: Final = 0.05
POWER: Final = 0.9

# Terms by which a design is told where nobody names one.
_TELLING: Final[Mapping[Design, tuple[str, ...]]] = {
    Design.AQL: ("aql",),
    Design.ESTIMATE: ("margin", "score"),
    Design.STRATIFIED: ("strata",),
    Design.CONTRACT: ("n", "share", "pass_rate"),
    Design.DISCOVERY: ("defects",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """Everything that a plan declares of what it proves; ``None`` and 0 stand for nothing any more."""

    design: Design
    accuracy: float
    risk: float
    expected: float
    power: float
    terms: Terms


def usual_design(kind: Kind | None, terms: Terms) -> Design:
    """The design where nobody names one.

    Safety labeling is reviewed item by item; an acceptance goes by its contract; terms that only one design reads tell
    that design; everything else is reviewed until it is proven.
    """
    if kind is Kind.SAFETY and not terms.kind:
        return Design.CENSUS
    usual = Terms()
    for design, names in _TELLING.items():
        if any(getattr(terms, name) != getattr(usual, name) for name in names):
            return design
    return Design.CONTRACT if terms.kind == VerdictKind.ACCEPTANCE else Design.SEQUENTIAL


def usual_expected(accuracy: float) -> float:
    """Where nobody says what is expected: a fifth of the errors that are still allowed.

    >>> usual_expected(0.95)
    0.99
    """
    return round(1 - (1 - accuracy) / 5, 10)


def declared(
    *,
    kind: Kind | None = None,
    design: Design | None = None,
    preset: Preset | None = None,
    accuracy: float | None = None,
    risk: float | None = None,
    expected: float | None = None,
    power: float | None = None,
    terms: Terms = Terms(),  # noqa: B008 - a frozen value
) -> Declared:
    """What is said, with what is usual where nothing was; WrongUsage where it does not fit together.

    ``kind`` is the batch's kind of labeling, None where there is no batch.

    >>> declared(accuracy=0.98).expected
    0.996
    """
    check_values(terms)
    check_shares(accuracy=accuracy, risk=risk, power=power)
    named = preset_named(preset, terms)
    if named is not None:
        design, accuracy, risk, terms = with_preset(named, Said(design, accuracy, risk, terms))
    design = design or usual_design(kind, terms)
    if accuracy is None:
        accuracy = ACCURACY if terms.pass_rate is None or terms.pass_rate >= 1 else terms.pass_rate
    risk, power = RISK if risk is None else risk, POWER if power is None else power
    expected = usual_expected(accuracy) if expected is None else expected
    if not accuracy < expected <= 1:
        raise WrongUsage(
            "the expected accuracy must lie above the accuracy to be proven ({accuracy}), got {expected}",
            accuracy=accuracy, expected=expected,
        )  # fmt: skip
    if written(risk) + written(terms.futility) >= 1:
        raise WrongUsage(
            "risk and futility together must stay below 1, got {risk} and {futility}",
            risk=risk,
            futility=terms.futility,
        )
    terms = _filled(design, terms, accuracy)
    check_terms(design, terms)
    return Declared(
        design=design,
        accuracy=float(accuracy),
        risk=float(risk),
        expected=float(expected),
        power=float(power),
        terms=terms,
    )


def _filled(design: Design, terms: Terms, accuracy: float) -> Terms:
    """The terms with what their design cannot do without."""
    if design is Design.CONTRACT and terms.pass_rate is None:
        return replace(terms, pass_rate=float(accuracy))
    if design is Design.ESTIMATE and terms.margin is None:
        return replace(terms, margin=usual_margin(accuracy))
    return terms

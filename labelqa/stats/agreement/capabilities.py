"""What each coefficient can do, in one table, and why it cannot be had from data or with wishes that do not fit.

The refusals are InsufficientData with these reasons: ``one-annotator``, ``needs-two-annotators``,
``needs-identified-annotators``, ``incomplete-ratings``, ``unequal-annotators``, ``takes-no-weights``, ``ignores-order``,
``needs-order``, ``labels-not-numbers``, ``needs-declared-labels``. What only the numbers themselves can show (no overlap,
no variation) is said by the coefficient when it is worked out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from labelqa.errors import InsufficientData
from labelqa.i18n import N_
from labelqa.records.reductions import Answers, Patterns
from labelqa.stats.agreement.metrics import LEVELS
from labelqa.stats.agreement.weights import numbers_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """One coefficient. ``takes``: it copes with it or makes use of it; ``needs``: without it there is no such number."""

    name: str
    only_two: bool = False  # exactly two annotators, else any number from two
    needs_identity: bool = False  # who answered matters, else annotators are exchangeable
    takes_missing: bool = True  # an annotator need not have answered every item
    takes_unequal: bool = True  # items may have unequal numbers of answers
    takes_weights: bool = False  # partial credit between labels
    takes_order: bool = False  # the order of the labels can count
    needs_order: bool = False
    needs_numbers: bool = False
    needs_declared: bool = False  # the number depends on labels that nobody used


def _complete(name: str, *, only_two: bool = False, numbers: bool = True, identity: bool = True) -> Capability:
    """A coefficient of rankings or numbers that needs every annotator's answer for every item."""
    return Capability(
        name=name, only_two=only_two, needs_identity=identity, takes_missing=False, takes_unequal=False,
        takes_order=True, needs_order=True, needs_numbers=numbers,
    )  # fmt: skip


_ALL: Final = (
    Capability(name="percent-agreement", takes_weights=True, takes_order=True),
    Capability(name="cohen-kappa", only_two=True, needs_identity=True),
    Capability(name="weighted-kappa", only_two=True, needs_identity=True, takes_weights=True, takes_order=True),
    Capability(name="scott-pi", only_two=True, takes_weights=True, takes_order=True),
    Capability(name="fleiss-kappa", takes_weights=True, takes_order=True),
    Capability(name="conger-kappa", needs_identity=True, takes_weights=True, takes_order=True),
    Capability(name="light-kappa", needs_identity=True, takes_weights=True, takes_order=True),
    Capability(name="brennan-prediger", takes_weights=True, takes_order=True, needs_declared=True),
    Capability(name="krippendorff-alpha", takes_weights=True, takes_order=True),
    Capability(name="gwet-ac1", needs_declared=True),
    Capability(name="gwet-ac2", takes_weights=True, takes_order=True, needs_declared=True),
    # the one-way form of single answers knows neither annotators nor a fixed number of them
    Capability(name="icc-1-1", takes_order=True, needs_order=True, needs_numbers=True),
    _complete("icc-2-1"),
    _complete("icc-3-1"),
    _complete("icc-1-k", identity=False),
    _complete("icc-2-k"),
    _complete("icc-3-k"),
    _complete("kendall-w", numbers=False),
    _complete("lin-ccc", only_two=True),
)
CAPABILITIES: Final = {each.name: each for each in _ALL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Data as a coefficient meets them, and what is wished: ``weights``, and that the ``order`` of labels counts."""

    annotators: int
    identified: bool = True  # it is known who answered
    missing: bool = False
    unequal: bool = False
    ordered: bool = False  # the labels have an order
    numbers: bool = False  # the labels are numbers
    declared: bool = True  # the whole set of labels is known, used or not
    weights: bool = False
    order: bool = False


def capability(name: str, *, level: str = "nominal") -> Capability:
    """What the coefficient can do; for Krippendorff's alpha at a level.

    >>> capability("gwet-ac1").needs_declared, capability("krippendorff-alpha", level="ordinal").needs_order
    (True, True)
    """
    if name not in CAPABILITIES:
        raise ValueError(f"there is no coefficient called {name!r}; known are {', '.join(CAPABILITIES)}")
    if level not in LEVELS:
        raise ValueError(f"there is no level called {level!r}; known are {', '.join(LEVELS)}")
    found = CAPABILITIES[name]
    if level == "nominal":
        return found
    if name != "krippendorff-alpha":
        raise ValueError(f"only krippendorff-alpha has levels, not {name}")
    return replace(found, takes_weights=False, needs_order=True, needs_numbers=level in ("interval", "ratio"))


_RULES: Final[tuple[tuple[str, str, Callable[[Capability, Situation], bool]], ...]] = (
    (
        "one-annotator",
        N_("agreement is between annotators, and here there are fewer than two"),
        lambda _, s: s.annotators < 2,
    ),
    (
        "needs-two-annotators",
        N_("this coefficient compares exactly two annotators, and here there are {annotators}"),
        lambda c, s: c.only_two and s.annotators != 2,
    ),
    (
        "needs-identified-annotators",
        N_("this coefficient has to know who gave which answer, and here that is not known"),
        lambda c, s: c.needs_identity and not s.identified,
    ),
    (
        "incomplete-ratings",
        N_("this coefficient needs every annotator's answer for every item, and here some are missing"),
        lambda c, s: s.missing and not c.takes_missing,
    ),
    (
        "unequal-annotators",
        N_("this coefficient needs the same number of answers for every item, and here the numbers differ"),
        lambda c, s: s.unequal and not c.takes_unequal,
    ),
    (
        "takes-no-weights",
        N_("this coefficient has no weights between labels; take one that does"),
        lambda c, s: s.weights and not c.takes_weights,
    ),
    (
        "ignores-order",
        N_("this coefficient does not see the order of labels; take one that does"),
        lambda c, s: s.order and not c.takes_order,
    ),
    (
        "needs-order",
        N_("this coefficient needs labels with an order, and these have none"),
        lambda c, s: c.needs_order and not s.ordered,
    ),
    (
        "labels-not-numbers",
        N_("this coefficient needs labels that are numbers, and these are words"),
        lambda c, s: c.needs_numbers and not s.numbers,
    ),
    (
        "needs-declared-labels",
        N_("this coefficient depends on how many labels there are, used or not, and the set of labels is not declared"),
        lambda c, s: c.needs_declared and not s.declared,
    ),
)
REASONS: Final = tuple(reason for reason, _, _ in _RULES)


def refusals(name: str, situation: Situation, *, level: str = "nominal") -> tuple[InsufficientData, ...]:
    """Every reason why the coefficient cannot be had here, the first being the one to show; none when it can."""
    found = capability(name, level=level)
    return tuple(
        InsufficientData(reason, text, annotators=situation.annotators)
        for reason, text, broken in _RULES
        if broken(found, situation)
    )


def require(name: str, situation: Situation, *, level: str = "nominal") -> None:
    """Raise the first refusal, if there is one.

    >>> require("fleiss-kappa", Situation(annotators=5, identified=False, unequal=True))
    """
    for refusal in refusals(name, situation, level=level):
        raise refusal


def possible(situation: Situation) -> tuple[str, ...]:
    """The coefficients that can be had here, in the order of the table (alpha at its nominal level).

    >>> possible(Situation(annotators=2, identified=False, declared=False))
    ('percent-agreement', 'scott-pi', 'fleiss-kappa', 'krippendorff-alpha')
    """
    return tuple(name for name in CAPABILITIES if not refusals(name, situation))


def situation_of(
    data: Answers | Patterns,
    *,
    declared: bool = True,
    ordered: bool = False,
    weights: bool = False,
    order: bool = False,
) -> Situation:
    """The situation of answers (annotators known) or patterns (annotators exchangeable, as many as the fullest item has).

    ``ordered``: the labels have an order; numbers always have one.
    """
    if isinstance(data, Answers):
        sizes = np.unique(data.item, return_counts=True)[1]
        annotators = len(np.unique(data.annotator))
    else:
        sizes = data.counts.sum(axis=1)
        annotators = int(sizes.max(initial=0))
    numbers = numbers_in(data.labels) is not None
    return Situation(
        annotators=annotators,
        identified=isinstance(data, Answers),
        missing=bool((sizes < annotators).any()),
        unequal=len(set(sizes.tolist())) > 1,
        ordered=ordered or numbers,
        numbers=numbers,
        declared=declared,
        weights=weights,
        order=order,
    )

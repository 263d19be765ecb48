"""Where a sequential check stops: the lines that its verdicts must cross, and how far a sample has come between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from labelqa.batches.checks import current_reviews
from labelqa.batches.stretch import Rules, judged
from labelqa.records.designs import DesignComparison, StoppingLines, Terms
from labelqa.records.review import Sample
from labelqa.stats.sequential import Sequential, sequential
from labelqa.stats.sequential.stopping import stairs
from labelqa.workflows.certifying.certificate import check_of, counted_in, plan_of
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.draws import items_of
from labelqa.workflows.state import State

SHOWN: Final = 3  # times the items drawn at first
LEAST: Final = 60


def stopping_lines(found: DesignComparison, terms: Terms) -> StoppingLines:
    """The lines of the sequential design for a need that was compared."""
    check = sequential(
        found.population, accuracy=found.accuracy, risk=found.risk, expected=found.expected, power=found.power,
        cut=terms.cut, futility=terms.futility, sensitivity=terms.sensitivity, specificity=terms.specificity,
    )  # fmt: skip
    return _lines(check, ())


def stopping_of(desk: Desk, state: State, sample: Sample) -> StoppingLines | None:
    """The lines of a sample's check with the path of its verdicts; None where its design is not sequential.

    The path ends with the completed stretch in ticket order: verdicts that came out of turn wait.
    """
    plan = plan_of(state, sample)
    check = check_of(state, sample, plan)
    if not isinstance(check, Sequential):
        return None
    counted = counted_in(desk, state, state.batch(sample.batch))(state.reviews.get(sample.sample, ()))
    held = tuple(current_reviews(counted).values())
    found = judged(
        items_of(desk, state, sample), held, Rules(terms=plan.terms, severities={}, groups=None), strata=False
    )
    return _lines(check, np.cumsum(found.seen(found.read).wrong).tolist())


def _lines(check: Sequential, errors: Sequence[int]) -> StoppingLines:
    horizon = min(check.population, max(LEAST, SHOWN * check.n, round(1.2 * len(errors))))
    limits = stairs(check.limits, horizon)
    proven = [(int(drawn), wrong) for wrong, drawn in enumerate(limits.proven) if drawn <= horizon]
    hopeless = [(int(drawn), wrong) for wrong, drawn in enumerate(limits.futile) if wrong <= drawn]
    if proven:
        proven.append((horizon, proven[-1][1]))
    return StoppingLines(
        horizon=horizon, proven=tuple(proven),
        hopeless=tuple((min(drawn, horizon), wrong) for drawn, wrong in hopeless),
        path=((0, 0), *((place, wrong) for place, wrong in enumerate(errors, start=1))) if errors else (),
        cut=check.cut if check.cut <= horizon else None,
    )  # fmt: skip

"""How many reviews a sequential check takes: the size of its first draw, and a table by true accuracy."""

from __future__ import annotations

from collections.abc import Sequence

from labelqa.records.designs import PlanningRow
from labelqa.stats.acceptance.fixed import tolerated
from labelqa.stats.sequential.check import Sequential
from labelqa.stats.sequential.walks import reviews_for


def sequential(
    population: int,
    *,
    accuracy: float,
    risk: float,
    expected: float,
    power: float,
    cut: int | None = None,
    futility: float = 0.05,
    sensitivity: float = 1.0,
    specificity: float = 1.0,
) -> Sequential:
    """The check that draws so many items at first that a batch as good as ``expected`` is proven with chance ``power``.

    Where that takes more than the cut, it draws up to the cut. More can be drawn at any time; it changes no promise.

    >>> sequential(10_000, accuracy=0.95, risk=0.05, expected=0.99, power=0.9).n
    240
    """
    if not accuracy <= expected <= 1 or not 0 < power < 1:
        raise ValueError(f"need accuracy <= expected <= 1 and 0 < power < 1, not {accuracy}, {expected}, {power}")
    most = population if cut is None else min(cut, population)
    check = Sequential(
        population=population, accuracy=accuracy, risk=risk, n=most, cut=most, futility=futility,
        sensitivity=sensitivity, specificity=specificity,
    )  # fmt: skip
    (n,) = reviews_for(check.limits, tolerated(population, expected), (power,), most)
    return Sequential(
        population=population, accuracy=accuracy, risk=risk, n=n or most, cut=most, futility=futility,
        sensitivity=sensitivity, specificity=specificity,
    )  # fmt: skip


def planning_table(
    population: int,
    *,
    accuracy: float,
    risk: float,
    accuracies: Sequence[float],
    chances: Sequence[float] = (0.5, 0.8, 0.9),
    cut: int | None = None,
    futility: float = 0.05,
    sensitivity: float = 1.0,
    specificity: float = 1.0,
) -> tuple[PlanningRow, ...]:
    """Reviews within which it is proven with each chance, and the mean until any end, a line for each true accuracy.

    None stands where not even the cut, or every item, gives that chance. Exact: every path is counted.

    >>> row, = planning_table(10_000, accuracy=0.95, risk=0.05, accuracies=[0.99])
    >>> row.reviews
    ((0.5, 123), (0.8, 165), (0.9, 240))
    """
    most = population if cut is None else min(cut, population)
    check = Sequential(
        population=population, accuracy=accuracy, risk=risk, n=most, cut=most, futility=futility,
        sensitivity=sensitivity, specificity=specificity,
    )  # fmt: skip
    rows = []
    for each in accuracies:
        wrong = tolerated(population, each)
        reviews = reviews_for(check.limits, wrong, tuple(chances), most)
        told = tuple(zip(chances, reviews, strict=True))
        rows.append(PlanningRow(accuracy=each, reviews=told, mean=check.mean_reviews(wrong)))
    return tuple(rows)

"""How long answers took under a release, rule by rule: what a rulebook's time budgets are held against."""

from __future__ import annotations

from labelqa.records.clarity import RulebookClarity
from labelqa.records.estimate import Estimate, Figure
from labelqa.rulebook.lint.measured import Measured, Seconds
from labelqa.workflows.clarity.frozen import rulebook_clarity
from labelqa.workflows.desk import Desk


def measured_times(desk: Desk, release: str) -> Measured:
    """Median seconds of all answers and of each rule's, from the frozen batches under a release (or a rulebook's name).

    What too few times tell is left out. Raises BadInput and Refused where nothing of that name is released or frozen.
    """
    return times_in(rulebook_clarity(desk, release))


def times_in(found: RulebookClarity) -> Measured:
    """The same from figures that are there already."""
    rules = {each.rule: told for each in found.rules if (told := _seconds(each.seconds)) is not None}
    return Measured(item=_seconds(found.seconds), rules=rules)


def _seconds(figure: Figure) -> Seconds | None:
    if not isinstance(figure, Estimate):
        return None
    return Seconds(median=figure.point, low=figure.low, high=figure.high, n=figure.n)

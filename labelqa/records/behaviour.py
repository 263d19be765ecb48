"""What is odd about how somebody works: too fast, one label in long runs, the same mistakes as a neighbour.

Each is a reason to look and to ask, never a judgement, and never acted upon alone. Chances are one-sided; the adjusted
ones allow for how many annotators, or pairs of them, were looked at (Benjamini and Hochberg 1995).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeedCheck:
    """One annotator's times: ``median_seconds``; ``pace`` the median ratio to what others took for the same items (None
    where nobody else did them); ``fast`` of ``timed`` answers were implausibly fast, where the others' rate lets
    ``expected`` be so (None without others). ``below_floor`` of them took less than the declared seconds."""

    annotator: int
    timed: int
    untimed: int
    median_seconds: float
    pace: float | None
    below_floor: int
    fast: int
    expected: float | None
    p_value: float
    p_adjusted: float
    flagged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCheck:
    """The longest run of one label in one annotator's work, in the order of working: it starts with answer ``start``
    (from 0). ``expected`` is the median longest run when labels come at random in the annotator's own shares. Of the
    run's answers ``compared`` have other people's to compare with; those mostly say the same to ``agreeing``."""

    annotator: int
    n: int
    label: str
    longest: int
    start: int
    expected: int
    compared: int
    agreeing: int
    p_value: float
    p_adjusted: float
    flagged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FavouriteCheck:
    """The label that an annotator gives most beyond the others on the same items: ``count`` of ``n`` where ``expected``
    would be as the others answer. ``variety`` is the entropy of the annotator's labels in bits, ``variety_others``
    that of the others' on the same items."""

    annotator: int
    n: int
    label: str
    count: int
    expected: float
    variety: float
    variety_others: float
    p_value: float
    p_adjusted: float
    flagged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyCheck:
    """Two annotators on ``shared`` items that others answered too: ``agreeing`` with each other, and ``same_mistakes``
    the answers they share although the others make them improbable. ``expected`` is how many of these their own
    accuracies, and what happens in the other pairs, would give."""

    first: int
    second: int
    shared: int
    agreeing: int
    expected_agreeing: float
    same_mistakes: int
    expected: float
    p_value: float
    p_adjusted: float
    flagged: bool

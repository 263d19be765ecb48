"""Figures as they stand in sentences about designs, and the sentences that several designs share."""

from __future__ import annotations

from labelqa.errors import Message


def percent(share: float) -> str:
    """A declared share as somebody would write it.

    >>> percent(0.95), percent(0.999), percent(0.05)
    ('95%', '99.9%', '5%')
    """
    return f"{100 * share:.8g}%"


def points(share: float) -> str:
    """A difference of shares in percentage points.

    >>> points(0.025)
    '2.5'
    """
    return f"{100 * share:.8g}"


def chance(share: float) -> str:
    """A worked-out chance, with as many digits as can be used; never rounded to impossible or certain.

    >>> chance(0.04923), chance(0.0), chance(1.0), chance(0.99999), chance(0.000012)
    ('4.9%', '0%', '100%', '> 99.9%', '< 0.01%')
    """
    if share in (0.0, 1.0):
        return f"{share:.0%}"
    if share > 0.9995:
        return "> 99.9%"
    if share < 0.0001:
        return "< 0.01%"
    return f"{100 * share:.2g}%" if share < 0.1 else f"{share:.0%}" if share < 0.95 else f"{share:.1%}"


def drawn(n: int, population: int) -> Message:
    """What is drawn."""
    if n == population:
        return Message("All {population:,} items are reviewed.", {"population": population})
    return Message(
        "{n:,} of {population:,} items are drawn, every set of {n:,} as likely as any other.",
        {"n": n, "population": population},
    )


def passes(c: int, n: int) -> Message:
    """When a plan with a number of allowed defects passes and when reviewing may stop."""
    if c == 0:
        return Message("The batch passes when none of them is wrong; the first wrong one ends it.")
    return Message(
        "The batch passes when at most {c:,} of them are wrong. Wrong item {lost:,} ends it, and so does right item {won:,}.",
        {"c": c, "lost": c + 1, "won": n - c},
    )


def others() -> Message:
    """What no check of a sample protects."""
    return Message(
        "Nothing is said of single items that were not reviewed, of batches to come, or of mistakes of the reviewers themselves."
    )

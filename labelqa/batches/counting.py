"""What a verdict counts as: for the label or against it, under what a plan declared; and who reports harmful content.

A defect is an incorrect label, an undecidable one unless it is left out by declaration, and any suspected harm. A plan
may count illegal and harmful content alone. Nothing here knows what a batch comes to.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from labelqa.records.designs import Counts, Preset, Terms, Undecided
from labelqa.records.review import DefectSeverity, Review, Safety, Verdict

UNSAFE: Final = "unsafe"  # among the one-vote defects of a contract
# TC260-003, 9.2: an item passes with none of the 31 risks, the two of A.5 included; elsewhere A.1 to A.4 are illegal
# or harmful content.
_EVERY_RISK: Final = (Preset.TC260_MANUAL, Preset.TC260_TECHNICAL)


class Mark(IntEnum):
    """What an item's verdict counts as."""

    RIGHT = 0
    WRONG = 1
    LEFT_OUT = 2  # by the plan's declaration: counted neither way, and told


def illegal(review: Review) -> bool:
    """Whether a verdict reports suspected illegal or harmful content: any risk but A.5 (unfit for a kind of service).

    A code that cannot be read counts as a report, and so does "unsafe" without a code.
    """
    return illegal_code(review.unsafe, review.safety)


def illegal_code(unsafe: str, safety: str = "") -> bool:
    """The same of what a verdict says: the code of its risk, and its safety verdict.

    >>> illegal_code("A.1 a"), illegal_code("A.5 b"), illegal_code("", "unsafe"), illegal_code("")
    (True, False, True, False)
    """
    code = unsafe.strip().upper().replace(".", "").replace(" ", "")
    return not code.startswith("A5") if code else safety == Safety.UNSAFE


def suspected(review: Review) -> bool:
    """Whether a verdict reports any risk at all."""
    return bool(review.unsafe.strip()) or review.safety == Safety.UNSAFE


def defective(review: Review) -> bool:
    """Whether a verdict counts against the label of record, an undecidable one included; one that an appeal overturned
    does not."""
    if review.overturned:
        return False
    return review.verdict is not Verdict.CORRECT or suspected(review)


def mark_of(review: Review, terms: Terms) -> Mark:
    """What a verdict counts as under the terms of a plan.

    Where illegal and harmful content alone counts, an item that could not be judged is not known to be safe: it counts
    as the plan declares of undecidable ones, unless its safety was judged by itself. What an appeal overturned counts
    for the label.
    """
    if review.overturned:
        return Mark.RIGHT
    if terms.counts is Counts.UNSAFE:
        return _safety_mark(review, terms)
    if review.verdict is Verdict.UNDECIDABLE and not suspected(review):
        return _undecided(terms)
    return Mark.WRONG if defective(review) else Mark.RIGHT


def _safety_mark(review: Review, terms: Terms) -> Mark:
    hit = suspected(review) if terms.preset in _EVERY_RISK else illegal(review)
    if hit:
        return Mark.WRONG
    unclear = review.safety == Safety.UNCLEAR or (review.verdict is Verdict.UNDECIDABLE and not review.safety)
    return _undecided(terms) if unclear else Mark.RIGHT


def _undecided(terms: Terms) -> Mark:
    return Mark.LEFT_OUT if terms.undecidable is Undecided.LEFT_OUT else Mark.WRONG


def knocks_out(review: Review, terms: Terms, severities: Mapping[str, DefectSeverity]) -> bool:
    """Whether a verdict reports a one-vote defect: one of them fails the batch, where the contract says so.

    ``severities`` is how grave each rule's breach and each defect is, by the rulebook; what a verdict says goes first.
    """
    if not terms.one_vote or review.overturned:
        return False
    if UNSAFE in terms.one_vote and illegal(review):
        return True
    if review.verdict is not Verdict.INCORRECT:
        return False
    grave = review.severity or severities.get(review.defect) or severities.get(review.rule)
    return review.defect in terms.one_vote or (grave is not None and str(grave) in terms.one_vote)

"""Tables of ISO 2859-1 (GB/T 2828.1): how many items to draw from a lot, and how many of them may be wrong.

Source: MIL-STD-105E (10 May 1989, public domain), Table I (sample size code letters, all seven levels) and the master
tables II-A and II-B (single sampling, normal and tightened inspection), for its eleven AQLs from 0.10 to 10. ISO
2859-1:1999 took these over, and GB/T 2828.1—2012 is identical with it; the ISO edition of 2026 was not seen. The master
tables run along diagonals, so that they follow from the places of code letter and AQL, but for one edge: AQL 10 has no
plan with Ac 0. That was compared with the tables as the R package AQLSchemes has them, both inspections, every lot size
of levels I, II and III; the tests repeat it for level II.

Left out: reduced inspection (MIL-STD-105E and ISO 2859-1:1999 differ there, and no table of the latter was to be had),
double and multiple sampling, AQLs outside 0.10 to 10.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import Final

from labelqa.errors import InsufficientData, Message

EDITION: Final = Message(
    "MIL-STD-105E of 1989, tables I, II-A and II-B, taken over by ISO 2859-1:1999 and GB/T 2828.1—2012"
)
AQLS: Final = ("0.10", "0.15", "0.25", "0.40", "0.65", "1.0", "1.5", "2.5", "4.0", "6.5", "10")
LETTERS: Final = "ABCDEFGHJKLMNPQR"
SIZES: Final = (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000)
LAST_LOTS: Final = (8, 15, 25, 50, 90, 150, 280, 500, 1200, 3200, 10_000, 35_000, 150_000, 500_000)
LEVELS: Final = {  # the code letter for each size of lot, from 2-8 to 500,001 and more
    "I": "AABCCDEFGHJKLMN",
    "II": "ABCDEFGHJKLMNPQ",
    "III": "BCDEFGHJKLMNPQR",
    "S-1": "AAAABBBBCCCCDDD",
    "S-2": "AAABBBCCCDDDEEE",
    "S-3": "AABBCCDDEEFFGGH",
    "S-4": "AABCCDEEFGGHJJK",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Diagonals:
    """A master table: Ac by the sum of the places of letter and AQL; arrows where there is no plan."""

    first: int  # the diagonal of Ac 0; below it the arrow points down to it
    next: int  # the diagonal of Ac 1
    numbers: tuple[int, ...]  # Ac on the diagonals from ``next`` on; past them the arrow points up to the last
    up: int  # the diagonals between the two up to which the arrow points up to ``first``

    def on(self, diagonal: int) -> int:
        """The diagonal on which the arrows end."""
        if diagonal <= self.first:
            return self.first
        if diagonal < self.next:
            return self.first if diagonal <= self.up else self.next
        return min(diagonal, self.next + len(self.numbers) - 1)

    def allowed(self, diagonal: int) -> int:
        """Ac on a diagonal that has a plan."""
        return 0 if diagonal == self.first else self.numbers[diagonal - self.next]


_NORMAL = _Diagonals(first=9, next=12, numbers=(1, 2, 3, 5, 7, 10, 14, 21), up=10)
_TIGHTENED = _Diagonals(first=10, next=13, numbers=(1, 2, 3, 5, 8, 12, 18), up=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class LotPlan:
    """What the tables say for a lot, the arrows followed: draw ``n``, accept with at most ``ac`` wrong."""

    letter: str  # of the size of the lot
    drawn_letter: str  # of the plan to which the arrows lead
    n: int  # as the table says; where the lot is not larger, all of it is inspected
    ac: int
    re: int


def code_letter(lot: int, level: str = "II") -> str:
    """The sample size code letter of a lot (Table I).

    >>> code_letter(10_000), code_letter(10_001, "S-4")
    ('L', 'H')
    """
    if level not in LEVELS:
        raise ValueError(f"there is no inspection level {level!r}: {', '.join(LEVELS)}")
    if lot < 2:
        raise InsufficientData("lot-too-small", "the tables begin with lots of 2 items: review this one whole")
    return LEVELS[level][bisect_left(LAST_LOTS, lot)]


def lot_plan(lot: int, *, aql: str, level: str = "II", tightened: bool = False) -> LotPlan:
    """The single sampling plan for a lot (Tables II-A and II-B).

    >>> found = lot_plan(5000, aql="1.5")
    >>> found.n, found.ac, found.re
    (200, 7, 8)
    """
    if aql not in AQLS:
        raise ValueError(f"no plan is kept for AQL {aql!r}: {', '.join(AQLS)}")
    letter = code_letter(lot, level)
    row, column = LETTERS.index(letter), AQLS.index(aql)
    table = _TIGHTENED if tightened else _NORMAL
    diagonal = table.on(row + column)
    if diagonal == table.first and aql == AQLS[-1]:
        diagonal = table.next  # the column of AQL 10 has no plan with Ac 0: its arrow points on
    place = diagonal - column
    ac = table.allowed(diagonal)
    return LotPlan(letter=letter, drawn_letter=LETTERS[place], n=SIZES[place], ac=ac, re=ac + 1)


def one_step_tighter(aql: str) -> str | None:
    """The next smaller AQL, which the switching score asks about; None below the smallest.

    >>> one_step_tighter("1.0"), one_step_tighter("0.10")
    ('0.65', None)
    """
    place = AQLS.index(aql)
    return AQLS[place - 1] if place else None

"""The smallest tickets of a table of items: what every engine's draw has in common, and the slow and obvious one.

A ticket is the sha256, in hex digits, of the seed, byte 0x1F and the item's id in UTF-8. Its first 52 bits name one of
2**52 cells, whose middle is u; where items have size measures p, those with the smallest u/p are drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from math import inf, isfinite, sqrt
from typing import Any, Final, NamedTuple

from labelqa.records.names import ItemId
from labelqa.records.review import Ticket

SEPARATOR: Final = "\x1f"
CELLS: Final = 1 << 52
DIGITS: Final = 13  # hex digits of 52 bits
_WIDER: Final = 4.0  # by which a cutoff is raised that left too few


class Total(NamedTuple):
    """A stratum of the table: its items, the sum of their sizes, and how many of these are no size measure."""

    items: int
    size: float
    bad: int


def checked(n: Sequence[int], stratum: str) -> None:
    """ValueError where ``n`` is no list of counts that fits the columns."""
    if any(each < 0 for each in n) or not n:
        raise ValueError(f"n are counts of items by stratum, got {list(n)}")
    if not stratum and len(n) != 1:
        raise ValueError(f"without a column of strata there is one, not {len(n)}")


def check_totals(totals: Mapping[int, Total], n: Sequence[int]) -> None:
    """ValueError where a stratum is not one of those that are drawn from, or a size is no size."""
    if outside := [number for number in totals if not 0 <= number < len(n)]:
        raise ValueError(f"stratum {outside[0]} is not one of the {len(n)}")
    if bad := sum(each.bad for each in totals.values()):
        raise ValueError(f"{bad} size measures are not positive and finite")


def cutoffs(totals: Mapping[int, Total], n: Sequence[int]) -> list[float]:
    """A u/p for each stratum below which almost surely n of its items lie, and not many more."""
    found: list[float] = []
    for number, wanted in enumerate(n):
        total = totals.get(number, Total(0, 0.0, 0))
        enough = wanted + 6 * sqrt(wanted) + 30
        found.append(enough / total.size if enough < total.items / 2 else inf)
    return found


def raised(cut: Sequence[float], got: Mapping[int, int], totals: Mapping[int, Total], n: Sequence[int]) -> list[float]:
    """The cutoffs again, wider where too few items lay below; the same where there were enough."""
    return [
        each * _WIDER if got.get(number, 0) < min(wanted, totals[number].items if number in totals else 0) else each
        for number, (each, wanted) in enumerate(zip(cut, n, strict=True))
    ]


def tickets_plainly(
    rows: Iterable[Mapping[str, Any]], seed: str, n: Sequence[int], stratum: str, size: str
) -> tuple[Ticket, ...]:
    """Stratum after stratum the n items with the smallest u/p, then ticket, then id, as tickets."""
    checked(n, stratum)
    ranked: list[tuple[int, float, str, str]] = []
    for row in rows:
        ticket = sha256(f"{seed}{SEPARATOR}{row['item_id']}".encode()).hexdigest()
        p = row[size] if size else 1.0
        if not (isfinite(p) and p > 0):
            raise ValueError(f"{p} is no size measure: they are positive and finite")
        number = row[stratum] if stratum else 0
        if not 0 <= number < len(n):
            raise ValueError(f"stratum {number} is not one of the {len(n)}")
        u = (int(ticket[:DIGITS], 16) + 0.5) / CELLS
        ranked.append((number, u / p, ticket, row["item_id"]))
    found: list[Ticket] = []
    left = list(n)
    for number, _, ticket, item_id in sorted(ranked):
        if left[number] > 0:
            left[number] -= 1
            found.append(Ticket(ticket, ItemId(item_id), number))
    return tuple(found)

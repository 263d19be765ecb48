"""Draws by stratum and by size: within a stratum the items with the smallest u/p, and every beginning a fair share.

u is the item's ticket read as a number between 0 and 1, p its size measure; where all sizes are 1 the order is that of
the tickets. Nothing here decides what a stratum is, how many items each gets, or how large anything is.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, lcm
from typing import TYPE_CHECKING, TypeAlias

from labelqa.errors import Refused
from labelqa.records.names import ItemId
from labelqa.records.review import DrawStep, Sample, Ticket
from labelqa.sampling.tickets import check_seed, repeated, share, ticket

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from labelqa.records.reductions import Floats

Row: TypeAlias = tuple[ItemId, int, float]
_Ranked: TypeAlias = tuple[float, str, ItemId]
_HELD = 4096  # tickets a stratum may hold beside those that are drawn


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """The frame's items with the number of each one's stratum and its size measure: three columns, (items,)."""

    items: Sequence[ItemId]
    stratum: npt.NDArray[np.int32]
    size: Floats

    def rows(self) -> Iterator[Row]:
        """One after the other."""
        return zip(self.items, self.stratum.tolist(), self.size.tolist(), strict=True)

    def chances(self, n: Sequence[int]) -> Floats:
        """Each item's chance to be among the n of its stratum, (items,)."""
        import numpy as np

        from labelqa.stats.strata import inclusion_chances

        found = np.zeros(len(self.size))
        for number, drawn in enumerate(n):
            mine = self.stratum == number
            size = self.size[mine]
            if len(size):
                alike = bool((size == size[0]).all())
                found[mine] = drawn / len(size) if alike else inclusion_chances(size, drawn)
        return found


def draw_strata(seed: str, rows: Iterable[tuple[str, int, float]], sizes: Sequence[int]) -> list[Ticket]:
    """``sizes[h]`` items of each stratum h, ordered so that every beginning of the list is shared out like the whole.

    ``rows`` are (item id, stratum, size measure), read once; an item's size is positive and finite. Refused where a
    stratum has too few items or an item stands in it twice.

    >>> rows = [("a", 0, 1.0), ("b", 0, 1.0), ("c", 1, 1.0)]
    >>> sorted(each.item_id for each in draw_strata("seed", rows, [2, 1]))
    ['a', 'b', 'c']
    """
    return in_order(smallest(seed, rows, sizes), [DrawStep(sizes=tuple(sizes))])


def smallest(seed: str, rows: Iterable[tuple[str, int, float]], sizes: Sequence[int]) -> list[Ticket]:
    """The same items, stratum after stratum, each in the order of u/p, then of the ticket, then of the id."""
    check_seed(seed)
    if any(n < 0 for n in sizes):
        raise ValueError(f"sizes are counts of items, got {list(sizes)}")
    held: list[list[_Ranked]] = [[] for _ in sizes]
    for item_id, stratum, size in rows:
        if not 0 < size < inf:
            raise ValueError(f"the size measure of item {item_id!r} is {size!r}; it must be positive and finite")
        if not 0 <= stratum < len(sizes):
            raise ValueError(f"item {item_id!r} is in stratum {stratum}, of {len(sizes)}")
        drawn = ticket(seed, item_id)
        held[stratum].append((share(drawn) / size, drawn, ItemId(item_id)))
        if len(held[stratum]) > 2 * sizes[stratum] + _HELD:
            held[stratum] = heapq.nsmallest(sizes[stratum] + 1, held[stratum])
    return [each for number, ranked in enumerate(held) for each in _first(number, ranked, sizes[number])]


def _first(number: int, ranked: list[_Ranked], n: int) -> Iterator[Ticket]:
    found = heapq.nsmallest(n + 1, ranked)
    for (_, _, one), (_, _, other) in pairwise(found):
        if one == other:
            raise repeated(one)
    return (Ticket(drawn, item_id, number) for _, drawn, item_id in found[:n])


def in_order(tickets: Iterable[Ticket], steps: Sequence[DrawStep]) -> list[Ticket]:
    """Tickets given stratum by stratum in the order of their u/p, as they are drawn step by step.

    A step adds its own items after those of the steps before it. Within a step of n items of a stratum the i-th of
    them stands at i/n; equal places go by the number of the stratum.
    """
    by_stratum: list[list[Ticket]] = [[] for _ in steps[-1].sizes]
    for each in tickets:
        by_stratum[each.stratum].append(each)
    _refuse_too_few(by_stratum, steps[-1].sizes)
    order: list[Ticket] = []
    before = tuple(0 for _ in by_stratum)
    for step in steps:
        if len(step.sizes) != len(before) or any(now < was for now, was in zip(step.sizes, before, strict=True)):
            raise ValueError(f"a step draws no fewer than the one before: {before}, then {step.sizes}")
        order += _interleaved([some[was:now] for some, was, now in zip(by_stratum, before, step.sizes, strict=True)])
        before = step.sizes
    return order


def _refuse_too_few(by_stratum: Sequence[Sequence[Ticket]], sizes: Sequence[int]) -> None:
    for number, (found, n) in enumerate(zip(by_stratum, sizes, strict=True)):
        if len(found) == n:
            continue
        if len(sizes) == 1:
            raise Refused(
                "{n} items were to be drawn, but the frame has only {available}: plan fewer items or check every item",
                n=n, available=len(found),
            )  # fmt: skip
        raise Refused(
            "{n} items were to be drawn from stratum {stratum}, but it has only {available}: plan fewer items",
            n=n, stratum=number + 1, available=len(found),
        )  # fmt: skip


def _interleaved(parts: Sequence[Sequence[Ticket]]) -> list[Ticket]:
    if len(parts) == 1:
        return list(parts[0])
    whole = lcm(*(len(part) for part in parts if part), 1)  # exact: i/n is a whole number of these
    placed = [
        (rank * (whole // len(part)), number, each)
        for number, part in enumerate(parts)
        for rank, each in enumerate(part, start=1)
    ]
    return [each for _, _, each in sorted(placed, key=lambda one: one[:2])]


def grown(drawn: Sequence[int], wanted: Sequence[int]) -> tuple[int, ...]:
    """The sizes of an extension: as near to ``wanted`` as can be without giving back what is drawn; the same sum.

    Where a stratum already has more than is wanted of it, the others wait: each further item goes where the share
    reached of what is wanted is the smallest, then to the stratum with the smaller number.

    >>> grown([2, 1], [3, 3]), grown([5, 1], [3, 5])
    ((3, 3), (5, 3))
    """
    free = sum(wanted) - sum(drawn)
    if free < 0:
        raise ValueError(f"{sum(wanted)} items are fewer than the {sum(drawn)} that are drawn")
    whole = lcm(*(want for want in wanted if want), 1)
    steps = sorted(
        (rank * (whole // want), number)
        for number, (have, want) in enumerate(zip(drawn, wanted, strict=True))
        for rank in range(have + 1, want + 1)
    )[:free]
    more = [number for _, number in steps]
    return tuple(have + more.count(number) for number, have in enumerate(drawn))


def steps_of(sample: Sample) -> tuple[DrawStep, ...]:
    """The draw and the extensions of a sample."""
    if sample.steps:
        return sample.steps
    sizes = tuple(each.n for each in sample.strata) or (sample.resolved.n,)
    return (DrawStep(sizes=sizes, doubles=sample.doubles),)

"""When a plan with a number of allowed defects is decided, and what that costs: as early as no verdict can change it.

A plan draws ``n`` items and allows ``c`` wrong ones. It is lost at wrong item c + 1 and won at right item n - c, so one
of the two always comes by item n, and stopping there decides what reading all ``n`` would have decided.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from labelqa.errors import InsufficientData
from labelqa.records.designs import Decision
from labelqa.records.estimate import Estimate, Figure, unknown
from labelqa.stats.acceptance.design import Reading, Seen
from labelqa.stats.hypergeometric import at_most
from labelqa.stats.proportion import upper_bound


def decided_at(wrong: npt.NDArray[np.bool_], n: int, c: int) -> tuple[Decision, int | None]:
    """What the first ``n`` verdicts decide, and after which one (from 1) it was decided; later ones change nothing.

    >>> decided_at(np.array([False, True, False, False]), 4, 1)
    (<Decision.ACCEPT: 'accept'>, 4)
    """
    bad, good = np.flatnonzero(wrong[:n]), np.flatnonzero(~wrong[:n])
    if len(bad) > c:
        return Decision.REJECT, int(bad[c]) + 1
    if len(good) >= n - c:
        return Decision.ACCEPT, int(good[n - c - 1]) + 1
    return Decision.GO_ON, None


def mean_reviews(population: int, defects: int, n: int, c: int) -> float:
    """Reviews on average until the plan is decided, exact (moments of the negative hypergeometric, cut at ``n``).

    The r-th of D marked items among N comes at place t with chance C(t-1, r-1) C(N-t, D-r) / C(N, D); times t this is
    r (N+1) / (D+1) times the chance that the next one of D + 1 among N + 1 comes at place t + 1.

    >>> mean_reviews(10, 10, 5, 1)
    2.0
    """
    _check(population, defects, n, c)
    lost = 1 - at_most(c + 1, population=population + 1, marked=defects + 1, n=n + 1)
    won = at_most(c, population=population + 1, marked=defects, n=n + 1)
    more = population + 1
    return (c + 1) * more / (defects + 1) * lost + (n - c) * more / (population - defects + 1) * won


def _check(population: int, defects: int, n: int, c: int) -> None:
    if not 0 <= defects <= population:
        raise ValueError(f"{defects} defects among {population} items cannot be")
    if not 0 <= c < n <= population:
        raise ValueError(f"need 0 <= c < n <= population, not {c}, {n}, {population}")


def accept_chance(population: int, defects: int, n: int, c: int) -> float:
    """The chance that at most ``c`` of ``n`` drawn items are wrong in a batch with so many defects."""
    _check(population, defects, n, c)
    return at_most(c, population=population, marked=defects, n=n)


def counted(seen: Seen) -> npt.NDArray[np.bool_]:
    """What counts against the batch where nothing may be left out: wrong items, and items left out all the same."""
    return seen.wrong if seen.left_out is None else seen.wrong | seen.left_out


def fewest_more(wrong: npt.NDArray[np.bool_], n: int, c: int) -> int:
    """Further reviews after which the plan is won if all are right; 0 where it is decided."""
    decision, _ = decided_at(wrong, n, c)
    return n - c - int((~wrong[:n]).sum()) if decision is Decision.GO_ON else 0


def certified_accuracy(wrong: npt.NDArray[np.bool_], n: int, population: int, risk: float) -> Figure:
    """The accuracy with a lower limit that holds at 1 - risk, from exactly the first ``n`` verdicts.

    ``low`` inverts the hypergeometric tail; ``high`` is certain, since wrong items that were seen stay wrong. Before the
    ``n``-th verdict there is no figure: where reviewing ends at wrong item c + 1, the last item is wrong by construction,
    and an interval that takes the number of reviews as fixed would not hold what it says.
    """
    if len(wrong) < n:
        return unknown(not_read(len(wrong), n), n=len(wrong))
    bad = int(wrong[:n].sum())
    share = upper_bound(bad, n, population=population, confidence=1 - risk)
    low = (population - round(share.high * population)) / population
    method = "census" if n == population else "hypergeometric, lower"
    return Estimate(
        point=1 - bad / n, low=low, high=(population - bad) / population, confidence=1 - risk, method=method, n=n
    )


def not_read(read: int, n: int) -> InsufficientData:
    """Why there is no accuracy before the whole sample was reviewed."""
    return InsufficientData(
        "sample-not-read",
        "{read:,} of {n:,} items were reviewed; how accurate the batch is can be said when all are",
        read=read, n=n,
    )  # fmt: skip


def worst_p_value(wrong: npt.NDArray[np.bool_], n: int, population: int, limit: int) -> float:
    """P(X <= wrong items) if the batch had ``limit`` defects, every item not yet read counted as wrong.

    So the p-value of a plan that is won early is never smaller than that of the whole sample.
    """
    most = n - int((~wrong[:n]).sum())
    return at_most(most, population=population, marked=limit, n=n)


def reading(seen: Seen, *, n: int, c: int, population: int, limit: int, risk: float) -> Reading:
    """What the verdicts say of a plan that proves fewer than ``limit`` defects at ``risk``.

    Verdicts past ``n`` change nothing. The p-value is exact at the end; where the plan is won before, items not yet read
    count as wrong in it; there is none where it was lost before the end.
    """
    wrong = counted(seen)
    if len(wrong) > population:
        raise ValueError(f"{len(wrong)} verdicts on {population} items")
    decision, stopped = decided_at(wrong, n, c)
    known = len(wrong) >= n or decision is Decision.ACCEPT
    return Reading(
        decision=decision,
        stopped_at=stopped,
        p_value=worst_p_value(wrong, n, population, limit) if known else None,
        accuracy=certified_accuracy(wrong, n, population, risk),
        fewest_more=fewest_more(wrong, n, c),
    )

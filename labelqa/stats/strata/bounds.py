"""How many errors a batch may hold, after verdicts from several strata: both ends at once, at every moment.

One mixture against every batch: for the true one the evidence ever passes 1/risk with a chance of at most the risk, so the
numbers of errors that stay possible at all moments looked at hold the true one with 1 - risk, whichever moments these are.
"""

from __future__ import annotations

from bisect import bisect_left

from labelqa.records.reductions import Floats
from labelqa.stats.strata.evidence import NEAR, Mixture, likeliest_bad


def most_errors(mixed: Mixture, e: Floats, s: Floats, items: Floats, threshold: float) -> int:
    """The largest number of errors that none of the moments (rows of counts) rules out."""
    log = mixed.log_chance(e, s, mixed.good)

    def ruled_out(errors: int) -> bool:
        return bool((log - likeliest_bad(e, s, items, errors)[0] >= threshold + NEAR).any())

    first = int(e.sum(axis=-1).max())
    return first + bisect_left(range(first, int(items.sum()) + 1), True, key=ruled_out) - 1


def fewest_errors(mixed: Mixture, e: Floats, s: Floats, items: Floats, threshold: float) -> int:
    """The smallest number of errors that none of the moments rules out."""
    log, total = mixed.log_chance(e, s, mixed.good), int(items.sum())

    def possible(errors: int) -> bool:
        return not (log - likeliest_bad(s, e, items, total - errors)[0] >= threshold + NEAR).any()

    return bisect_left(range(total + 1), True, key=possible)

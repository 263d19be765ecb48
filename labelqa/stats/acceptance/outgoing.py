"""The worst that a check lets out: the largest share of wrong items left in what it accepts, whatever comes in."""

from __future__ import annotations

from labelqa.records.designs import CurvePoint
from labelqa.stats.acceptance.design import SpotCheck, point_at

_POINTS = 32  # of a round; each round looks closer around the best of the last


def worst_outgoing(check: SpotCheck) -> CurvePoint:
    """The batch of which most is left unseen in the end (AOQL, average outgoing quality limit; Dodge and Romig 1929).

    Rejected batches are mended whole and wrong items that were seen are mended. The outgoing share rises and then falls
    with the batch's defects; that is used to look at some hundred of them only, however large the batch is.

    >>> from labelqa.stats.acceptance import contract
    >>> worst_outgoing(contract(10_000, n=500, pass_rate=0.96)).defects
    320
    """
    low, high = 0, check.population
    while True:
        step = max(1, -(-(high - low) // _POINTS))
        points = {defects: point_at(check, defects) for defects in (*range(low, high, step), high)}
        best = max(points.values(), key=lambda point: point.outgoing)
        if step == 1:
            return best
        low, high = max(0, best.defects - step), min(check.population, best.defects + step)

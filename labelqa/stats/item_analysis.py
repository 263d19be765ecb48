"""How well single exam questions work: how many get them right, and whether those who know more do.

Discrimination is the point-biserial correlation of a question with the rest of the paper, and the difference of the
share right between the best and the weakest 27 % (Kelley 1939; Ebel and Frisbie 1991). Few takers, or takers who all
did equally well, raise InsufficientData; nothing here knows what the questions say.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import atanh, ceil, fsum, sqrt, tanh
from typing import Final

from scipy.special import ndtri

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate
from labelqa.stats.proportion import wilson

FEWEST: Final = 20  # takers: below, an interval for discrimination spans nearly everything
TAIL: Final = 0.27


def point_biserial(right: Sequence[bool], rest: Sequence[float], *, confidence: float = 0.95) -> Estimate:
    """Correlation of one question with the score on the others (one entry a taker), interval by Fisher's z (1921).

    >>> right = [True] * 10 + [False] * 10
    >>> round(point_biserial(right, [0.9, 0.7] * 5 + [0.3, 0.5] * 5).point, 3)
    0.894
    """
    n = _checked(right, rest)
    mean = fsum(rest) / n
    share = sum(right) / n
    spread = sqrt(fsum((score - mean) ** 2 for score in rest) / n)
    if not 0 < share < 1 or spread < 1e-12:
        raise InsufficientData(
            "all-alike", "all {n} takers did alike on the question or on the rest, so nothing tells them apart", n=n
        )
    upper = fsum(score for score, hit in zip(rest, right, strict=True) if hit) / sum(right)
    lower = fsum(score for score, hit in zip(rest, right, strict=True) if not hit) / (n - sum(right))
    point = max(-1.0, min(1.0, (upper - lower) / spread * sqrt(share * (1 - share))))
    if abs(point) > 1 - 1e-12:
        return Estimate(point=point, low=point, high=point, confidence=confidence, method="fisher-z", n=n)
    half = float(ndtri((1 + confidence) / 2)) / sqrt(n - 3)
    return Estimate(
        point=point, low=tanh(atanh(point) - half), high=tanh(atanh(point) + half), confidence=confidence,
        method="fisher-z", n=n,
    )  # fmt: skip


def upper_lower(right: Sequence[bool], total: Sequence[float], *, confidence: float = 0.95) -> Estimate:
    """Share right among the best 27 % minus that among the weakest 27 %, interval of Newcombe (1998).

    Takers who did as well as the last of a group belong to it too, so that no order of the files decides.
    """
    n = _checked(right, total)
    k = ceil(TAIL * n)
    ordered = sorted(total)
    low_line, high_line = ordered[k - 1], ordered[-k]
    if not low_line < high_line:
        raise InsufficientData("all-alike", "the best and the weakest of {n} takers did alike", n=n)
    best = [hit for hit, score in zip(right, total, strict=True) if score >= high_line]
    weak = [hit for hit, score in zip(right, total, strict=True) if score <= low_line]
    above, below = (wilson(sum(group), len(group), confidence=confidence) for group in (best, weak))
    point = above.point - below.point
    return Estimate(
        point=point,
        low=point - sqrt((above.point - above.low) ** 2 + (below.high - below.point) ** 2),
        high=point + sqrt((above.high - above.point) ** 2 + (below.point - below.low) ** 2),
        confidence=confidence, method="newcombe", n=len(best) + len(weak),
    )  # fmt: skip


def _checked(right: Sequence[bool], scores: Sequence[float]) -> int:
    if len(right) != len(scores):
        raise ValueError(f"{len(right)} answers, {len(scores)} scores")
    if len(right) < FEWEST:
        raise InsufficientData(
            "too-few-takers", "{n} people answered the question; {least} are needed", n=len(right), least=FEWEST
        )
    return len(right)

"""How sure a number over many items is, from how it moves when some of the items are left out."""

from __future__ import annotations

from math import sqrt

import numpy as np

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate
from labelqa.stats.agreement.interval import around, checked, no_spread, without_spread
from labelqa.stats.agreement.terms import Floats


def jackknifed(point: float, without: Floats, *, n: int, confidence: float) -> Estimate:
    """A coefficient with its jackknife interval over ``n`` items (Tukey 1958), Student's t.

    ``without`` is the coefficient with each group of items left out in turn, groups as equal as can be; NaN where it
    is not defined then: InsufficientData ``too-few-items``.
    """
    groups = len(without)
    if groups < 2 or np.isnan(without).any():
        raise InsufficientData(
            "too-few-items", "what there is to compare lies on one item, too few to say how sure the number is"
        )
    error = sqrt(float(((without - without.mean()) ** 2).sum()) * (groups - 1) / groups)
    if no_spread(error):
        return without_spread(point, point, 0.0, n=n, confidence=checked(confidence))
    by = "items" if groups == n else "groups of items"
    method = f"jackknife over {by}, t({groups - 1})"
    return around(point, error, n=n, degrees=groups - 1, confidence=checked(confidence), method=method)

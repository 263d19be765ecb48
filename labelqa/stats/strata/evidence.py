"""What verdicts from several strata say against "there are too many errors in all", however these lie in the strata.

The chance of the verdicts, were there D_h errors among the N_h items of each stratum, is a product of falling factorials.
The evidence is the chance that a fixed mixture of good batches gives the same verdicts, divided by the largest chance that
any bad batch gives them (universal inference: Wasserman, Ramdas and Balakrishnan 2020, here without replacement and exact).
For the true D the mixture over its chance is a martingale, and the largest is no smaller; so by Ville's inequality the
evidence ever passes 1/risk with a chance of at most the risk: in any order of strata, at any moment, whatever D is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, logsumexp

from labelqa.records.designs import StratumSize
from labelqa.records.reductions import Floats
from labelqa.stats.acceptance.fixed import limit_defects

NEAR = 1e-8  # evidence must pass its threshold by this much, so that rounding never decides in favour
_BELOW, _BEYOND = 32, 16  # grid points of the overall share of errors on either side of the limit
_TAIL = 0.02  # weight of shares beyond the limit, so that intervals stay useful for batches that fail
_EVEN = 0.25  # weight of "all strata alike", for strata that are not as declared
_HALVINGS = 32  # what is left of the price then costs less than a millionth of evidence, on the safe side


@dataclass(frozen=True, slots=True)
class Mixture:
    """A fixed mixture of batches: each component has a share of errors in every stratum."""

    wrong: Floats  # (components, strata) log chance of a wrong label
    right: Floats  # (components, strata) log chance of a right label
    good: Floats  # (components,) weights for proving that there are few errors
    bad: Floats  # (components,) weights for proving that there are too many

    def log_chance(self, e: Floats, s: Floats, weights: Floats) -> Floats:
        """Log chance of verdicts with ``e`` wrong and ``s`` right labels (..., strata)."""
        log = e @ self.wrong.T + s @ self.right.T
        return np.asarray(logsumexp(log, axis=-1, b=weights), dtype=np.float64)


def mixture(strata: Sequence[StratumSize], accuracy: float) -> Mixture:
    """Overall shares of errors from Beta(1, 3/(1 - accuracy)) cut at the limit, at the strata's expected relative risks.

    A quarter of the weight has all strata alike, a fiftieth lies beyond the limit.
    """
    items = np.array([each.items for each in strata], dtype=np.float64)
    limit = limit_defects(int(items.sum()), accuracy) / items.sum()
    edges = limit * np.linspace(0, 1, _BELOW + 1) ** 2
    q = limit * ((np.arange(_BELOW) + 0.5) / _BELOW) ** 2
    weights = -np.diff((1 - edges) ** (3 / max(1 - accuracy, limit)))
    beyond = limit ** (1 - (np.arange(_BEYOND) + 0.5) / _BEYOND)
    relative, even = relative_risks(strata), np.ones(len(items))
    alike = 1.0 if np.allclose(relative, 1) else _EVEN
    rates = np.clip(np.vstack([np.outer(q, relative), np.outer(q, even), np.outer(beyond, relative),
                               np.outer(beyond, even)]), 1e-12, 0.97)  # fmt: skip
    few = np.concatenate([(1 - alike) * weights, alike * weights]) / weights.sum()
    many = np.concatenate([np.full(_BEYOND, 1 - alike), np.full(_BEYOND, alike)]) / _BEYOND
    used = np.concatenate([few, many]) > 0
    good, bad = np.concatenate([(1 - _TAIL) * few, _TAIL * many]), np.concatenate([0 * few, many])
    return Mixture(np.log(rates)[used], np.log1p(-rates)[used], good[used], bad[used])


def relative_risks(strata: Sequence[StratumSize]) -> Floats:
    """Expected share of errors of each stratum by that of the whole; 1 for all where none is expected.

    A stratum in which nothing is expected to be wrong counts like one with a hundredth of the largest share.
    """
    items = np.array([each.items for each in strata], dtype=np.float64)
    shares = np.array([each.expected for each in strata], dtype=np.float64)
    if not shares.any():
        return np.ones(len(items))
    shares = np.maximum(shares, shares.max() / 100)
    return np.asarray(shares * items.sum() / (items @ shares), dtype=np.float64)


def log_falling(x: Floats, k: Floats) -> Floats:
    """log x(x - 1) … (x - k + 1) to about twelve digits for x up to 10^8; -inf where k > x."""
    a, b = np.maximum(x - k + 1, 1.0), x + 1.0
    far = np.maximum(a, 20.0)
    wide = np.maximum(b, far)
    steady = (wide - far) * np.log(wide) + (far - 0.5) * np.log1p((wide - far) / far) - (wide - far)
    found = np.where(a >= 20, steady + _stirling(wide) - _stirling(far), gammaln(b) - gammaln(a))
    return np.where(k > x, -np.inf, found)


def _stirling(x: Floats) -> Floats:
    return (1 / 12 - (1 / 360 - 1 / (1260 * x * x)) / (x * x)) / x


def log_path(e: Floats, s: Floats, items: Floats, d: Floats) -> Floats:
    """Log chance of verdicts in their order, were there ``d`` errors in each stratum (..., strata); summed over strata."""
    each = log_falling(d, e) + log_falling(items - d, s) - log_falling(np.broadcast_to(items, d.shape), e + s)
    return np.asarray(each.sum(axis=-1), dtype=np.float64)


def likeliest_bad(e: Floats, s: Floats, items: Floats, limit: Floats | int) -> tuple[Floats, Floats]:
    """Log of the largest chance of verdicts under any batch with ``limit`` errors or more, and such a batch.

    ``e`` wrong and ``s`` right (rows, strata). The chance is log-concave in each D_h, so its ratio from D - 1 to D falls,
    and errors are best placed where that ratio is largest: at one common price, found by halving; at any price the value
    is an upper bound, at the last one it is the maximum but for rounding. -inf, where the verdicts leave no such batch.
    """
    limit = np.broadcast_to(np.asarray(limit, dtype=np.float64), e.shape[:-1])
    most = items - s
    with np.errstate(divide="ignore", invalid="ignore"):
        free = np.where(e + s > 0, np.floor(e * (items + 1) / (e + s)), items)
    d = np.clip(free, e, most)
    tight = np.flatnonzero((d.sum(axis=-1) < limit) & (most.sum(axis=-1) >= limit))
    paid = np.zeros(limit.shape)
    if tight.size:
        d[tight], price = _placed(e[tight], s[tight], items, limit[tight])
        paid[tight] = price * (d[tight].sum(axis=-1) - limit[tight])
    value = log_path(e, s, items, d) + paid
    return np.where(most.sum(axis=-1) < limit, -np.inf, value), d


def _placed(e: Floats, s: Floats, items: Floats, limit: Floats) -> tuple[Floats, Floats]:
    """Errors placed at the least price of one error at which there are ``limit``; (rows, strata) and the price."""
    low: Floats = np.full(len(limit), np.log(1e-16))
    high: Floats = np.full(len(limit), np.log(20.0))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        enough = _at_price(np.exp(middle), e, s, items).sum(axis=-1) >= limit
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return _at_price(np.exp(high), e, s, items), np.exp(high)


def _at_price(price: Floats, e: Floats, s: Floats, items: Floats) -> Floats:
    """The most errors in each stratum of which the last one still lowers the log chance by no more than ``price``.

    The ratio of chances D(N - D + 1 - s) / ((D - e)(N - D + 1)) >= exp(-price) is a quadratic inequality in D.
    """
    rho, omega = np.exp(-price)[:, None], -np.expm1(-price)[:, None]
    b = omega * (items + 1) - s - rho * e
    c = rho * e * (items + 1)
    root = np.sqrt(b * b + 4 * omega * c)
    with np.errstate(divide="ignore", invalid="ignore"):
        d = np.where(b >= 0, (b + root) / (2 * omega), 2 * c / (root - b))
    return np.asarray(np.clip(np.floor(d), e, items - s), dtype=np.float64)


def evidence_of_few(mixed: Mixture, e: Floats, s: Floats, items: Floats, limit: Floats | int) -> Floats:
    """Log evidence that there are fewer errors than ``limit`` in all, for each row of counts; inf where it is certain."""
    return mixed.log_chance(e, s, mixed.good) - likeliest_bad(e, s, items, limit)[0]


def evidence_of_many(mixed: Mixture, e: Floats, s: Floats, items: Floats, limit: Floats | int) -> Floats:
    """Log evidence that there are ``limit`` errors or more: the same with right and wrong exchanged."""
    return mixed.log_chance(e, s, mixed.bad) - likeliest_bad(s, e, items, items.sum() - limit + 1)[0]

"""The exact chance of so many or more, when every case has a chance of its own: the Poisson-binomial distribution."""

from __future__ import annotations

from math import ceil, sqrt

import numpy as np

from labelqa.records.reductions import Floats, Ints

_CELLS = 2**21  # complex numbers held at a time


def at_least(count: int, chances: Floats, times: Ints) -> float:
    """P(``count`` or more) of independent cases: ``times`` (kinds,) cases with each of ``chances`` (kinds,).

    By the discrete Fourier transform of the characteristic function (Hong 2013), on a grid that reaches so far beyond
    the mean that what is folded back is less than rounding. Chances below about 1e-13 are rounding themselves and come
    back as 1e-13 rather than as 0.

    >>> round(at_least(2, np.array([0.5]), np.array([2])), 12)
    0.25
    """
    p, total = np.asarray(chances, dtype=np.float64), int(times.sum())
    if p.shape != times.shape or (p < 0).any() or (p > 1).any():
        raise ValueError("need chances between 0 and 1, and how many times each")
    if count <= 0:
        return 1.0
    if count > int(times[p > 0].sum()):
        return 0.0
    mean, spread = float(times @ p), sqrt(float(times @ (p * (1 - p))))
    size = min(total, max(count, ceil(mean + 12 * spread)) + 60) + 1
    angle = 2 * np.pi * np.arange(size // 2 + 1) / size
    turn, logs = np.exp(1j * angle) - 1, np.zeros(len(angle), dtype=np.complex128)
    step = max(1, _CELLS // len(angle))
    with np.errstate(divide="ignore", invalid="ignore"):
        for at in range(0, len(p), step):
            part = slice(at, at + step)
            logs += times[part].astype(np.float64) @ np.log(1 + p[part, None] * turn[None, :])
        values = np.where(np.isnan(logs.real) | (logs.real == -np.inf), 0.0, np.exp(logs))
    mass = np.fft.irfft(np.conj(values), n=size)
    return float(min(1.0, max(1e-13, mass[count:].sum())))

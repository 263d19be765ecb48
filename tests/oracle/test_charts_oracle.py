"""Run lengths beside a Markov chain of our own making (Brook and Evans 1972) and beside plain simulation."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import norm

from labelqa.stats.drift import cusum_arl, error_cusum, error_cusum_arl, error_cusum_chance, ewma_arl


def chain(reference: float, limit: float, shift: float, states: int) -> float:
    """The one-sided CUSUM on a grid: state i stands for the middle of its cell, state 0 for zero."""
    width = 2 * limit / (2 * states - 1)
    at = np.arange(states) * width
    upper = norm.cdf(at[None, :] + width / 2 - at[:, None] + reference - shift)
    lower = norm.cdf(at[None, :] - width / 2 - at[:, None] + reference - shift)
    lower[:, 0] = 0.0
    return float(np.linalg.solve(np.eye(states) - (upper - lower), np.ones(states))[0])


@pytest.mark.parametrize(("reference", "limit", "shift"), [(0.5, 4, 0.0), (0.25, 6, 0.5), (1.0, 2.5, 1.0)])
def test_cusum_beside_a_markov_chain(reference: float, limit: float, shift: float):
    """The chain's error falls with the square of the cell, so two grids extrapolate to the limit."""
    coarse, fine = chain(reference, limit, shift, 150), chain(reference, limit, shift, 300)
    wanted = fine + (fine - coarse) / ((299.5 / 149.5) ** 2 - 1)
    assert cusum_arl(reference=reference, limit=limit, shift=shift, sides="up") == pytest.approx(wanted, rel=2e-5)


def ewma_chain(smoothing: float, width: float, shift: float, states: int) -> float:
    end = width * np.sqrt(smoothing / (2 - smoothing))
    cell = 2 * end / states
    middle = -end + cell * (np.arange(states) + 0.5)
    edges = middle[None, :] - (1 - smoothing) * middle[:, None]
    inside = norm.cdf((edges + cell / 2) / smoothing - shift) - norm.cdf((edges - cell / 2) / smoothing - shift)
    return float(np.linalg.solve(np.eye(states) - inside, np.ones(states))[states // 2])


@pytest.mark.parametrize(("smoothing", "width", "shift"), [(0.2, 2.5, 0.0), (0.4, 2.8, 0.5)])
def test_ewma_beside_a_markov_chain(smoothing: float, width: float, shift: float):
    coarse, fine = ewma_chain(smoothing, width, shift, 151), ewma_chain(smoothing, width, shift, 301)
    wanted = fine + (fine - coarse) / ((301 / 151) ** 2 - 1)
    assert ewma_arl(smoothing=smoothing, width=width, shift=shift) == pytest.approx(wanted, rel=1e-4)


def simulated(plan_errors: np.ndarray, reference: float, limit: float) -> np.ndarray:
    """Periods until the first alarm of each row; 0 where there is none."""
    total, first = np.zeros(len(plan_errors)), np.zeros(len(plan_errors), dtype=int)
    for period in range(plan_errors.shape[1]):
        total = np.maximum(0, total + plan_errors[:, period] - reference)
        first = np.where((first == 0) & (total >= limit - 1e-9), period + 1, first)
    return first


def test_error_cusum_beside_simulation():
    plan = error_cusum(0.03, 0.1, size=20, run_length=60)
    rng = np.random.default_rng(5)
    first = simulated(rng.binomial(20, 0.03, (4000, 1200)), float(plan.reference), float(plan.limit))
    assert (first > 0).all()
    error = first.std() / np.sqrt(len(first))
    assert plan.run_length == pytest.approx(first.mean(), abs=3.5 * error)
    shape = {"size": 20, "reference": plan.reference, "limit": plan.limit}
    within = (first <= 40).mean()
    spread = np.sqrt(within * (1 - within) / len(first))
    assert error_cusum_chance(0.03, 40, **shape) == pytest.approx(within, abs=3.5 * spread)


def test_bernoulli_cusum_beside_a_dense_chain_and_simulation():
    rate, m, h = 0.1, 5, 2  # S goes up by 4/5 on an error, down by 1/5 otherwise, alarm at 2
    states = h * m
    move = np.zeros((states, states))
    for state in range(states):
        for error, chance in ((0, 1 - rate), (1, rate)):
            target = max(0, state + error * m - 1)
            if target < states:
                move[state, target] += chance
    wanted = np.linalg.inv(np.eye(states) - move).sum(axis=1)[0]
    found = error_cusum_arl(rate, size=1, reference=Fraction(1, m), limit=Fraction(h))
    assert found == pytest.approx(wanted, rel=1e-12)
    rng = np.random.default_rng(6)
    first = simulated((rng.random((3000, 2500)) < rate).astype(float), 1 / m, h)
    assert (first > 0).all()
    assert found == pytest.approx(first.mean(), abs=3.5 * first.std() / np.sqrt(len(first)))

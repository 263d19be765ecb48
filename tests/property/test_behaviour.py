"""Behaviour checks on any table: chances are chances, names do not matter, and tails are those of a plain sum."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from labelqa.errors import InsufficientData
from labelqa.records.reductions import Answers
from labelqa.stats.behaviour import fast_answers, favourite_labels, long_runs, run_chance, shared_mistakes
from labelqa.stats.behaviour.tails import at_least


@st.composite
def tables(draw: st.DrawFn) -> Answers:
    """Up to 25 items, 5 annotators, 3 labels; any subset of annotators answers an item."""
    labels = draw(st.integers(2, 3))
    rows = [
        (item, who, draw(st.integers(0, labels - 1)))
        for item in range(draw(st.integers(0, 25)))
        for who in sorted(draw(st.sets(st.integers(0, 4))))
    ]
    columns = np.array(rows, dtype=np.int32).reshape(-1, 3)
    return Answers(
        labels=("x", "y", "z")[:labels],
        item=columns[:, 0].copy(),
        annotator=columns[:, 1].copy(),
        label=columns[:, 2].copy(),
    )


def known(check, table: Answers) -> tuple[tuple, str]:
    """The lines of a check, and the reason why there are none."""
    try:
        return check(table), ""
    except InsufficientData as error:
        return (), error.reason


@given(tables(), st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_chances_are_chances_and_names_do_not_matter(table: Answers, seed: int):
    rng = np.random.default_rng(seed)
    order, seconds = rng.permutation(len(table.item)), rng.exponential(10, len(table.item))
    renamed = np.array([10, 13, 17, 18, 40], dtype=np.int32)
    other = Answers(labels=table.labels, item=table.item * 2 + 1, annotator=renamed[table.annotator], label=table.label)
    checks = (
        lambda each: long_runs(each, order, minimum=2),
        lambda each: favourite_labels(each, minimum=2),
        lambda each: shared_mistakes(each, minimum=2),
        lambda each: fast_answers(each, seconds, minimum=2),
    )
    for check in checks:
        lines, reason = known(check, table)
        again, same = known(check, other)
        assert reason == same
        assert reason in {"", "no-annotations", "no-third-answer", "no-times"}
        assert [line.p_value for line in lines] == [line.p_value for line in again]
        for line in lines:
            assert 0 <= line.p_value <= line.p_adjusted <= 1
            assert isinstance(line.flagged, bool)


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(1, 4)), min_size=1, max_size=6), st.integers(0, 25))
@settings(max_examples=150, deadline=None)
def test_tail_beside_a_plain_convolution(kinds: list[tuple[float, int]], count: int):
    mass = np.ones(1)
    for chance, times in kinds:
        for _ in range(times):
            mass = np.convolve(mass, [1 - chance, chance])
    found = at_least(count, np.array([chance for chance, _ in kinds]), np.array([times for _, times in kinds]))
    assert abs(found - mass[count:].sum()) < 1e-12


@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=4), st.integers(1, 40), st.integers(1, 12))
@settings(max_examples=100, deadline=None)
def test_longer_runs_are_rarer_and_more_work_makes_them_likelier(weights: list[float], n: int, longest: int):
    shares = np.array(weights) / sum(weights)
    here = run_chance(longest, n, shares)
    assert run_chance(longest + 1, n, shares) <= here + 1e-12
    assert run_chance(longest, n + 1, shares) >= here - 1e-12
    assert 0 <= here <= 1

"""Verdicts in any order, changed at will: the certificate is what a slow reading of each moment would give."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from labelqa.records.designs import Decision, Design
from labelqa.records.names import ItemId
from labelqa.records.review import Review
from labelqa.stats.acceptance import fixed_plan, zero_acceptance
from labelqa.stats.acceptance.design import Seen, SpotCheck
from labelqa.stats.sequential.check import Sequential
from tests.unit.batches.making import certified, plan, review

N = 12
CHECKS: list[SpotCheck] = [
    Sequential(population=N, accuracy=0.5, risk=0.2, n=N, cut=N, futility=0.2),
    fixed_plan(
        zero_acceptance(N, accuracy=0.7, risk=0.3), design=Design.ZERO_ACCEPTANCE, accuracy=0.7, risk=0.3
    ),
]  # fmt: skip
ONE = st.tuples(st.integers(0, N - 1), st.sampled_from(["correct", "correct", "incorrect"]), st.booleans())
# first a stretch without an error, so that there is something to take back, then anything
EVENTS = st.builds(
    lambda fine, more: [(item, "correct", False) for item in range(fine)] + more,
    st.integers(0, N),
    st.lists(ONE, max_size=30),
)


@cache
def decided(which: int, path: tuple[bool, ...]) -> Decision:
    """What a check makes of a stretch of verdicts; the same stretches come again at every moment."""
    return CHECKS[which].read(Seen(wrong=np.array(path, dtype=bool))).decision


def slow(which: int, events: list[Review]) -> Decision:
    """Item after item from the first, as long as there is a verdict; the last word on each holds."""
    path: list[bool] = []
    for item in range(N):
        words = [each for each in events if each.item_id == str(item) and not each.second]
        if not words:
            break
        path.append(words[-1].verdict != "correct")
    return decided(which, tuple(path))


@settings(max_examples=500, deadline=None)
@given(EVENTS, st.sampled_from(range(len(CHECKS))), st.randoms(use_true_random=False))
def test_the_certificate_is_what_each_moment_would_have_shown(
    events: list[tuple[int, str, bool]], which: int, random: object
) -> None:
    check = CHECKS[which]
    reviews = [
        replace(review(item, verdict, fact=100 + at), second=second and at % 3 == 0)
        for at, (item, verdict, second) in enumerate(events)
    ]
    moments = [slow(which, reviews[:at]) for at in range(len(reviews) + 1)]
    given_to = list(reviews)
    random.shuffle(given_to)  # type: ignore[attr-defined]
    found = certified(given_to, check, about=plan(design=check.design), n=N)
    assert found.decision is moments[-1]
    taken_back = [
        at
        for at in range(len(reviews))
        if moments[at] is Decision.ACCEPT and moments[at + 1] is not Decision.ACCEPT
    ]  # fmt: skip
    if moments[-1] is Decision.ACCEPT or not taken_back:
        assert found.retracted is None
    else:
        assert f"on item {reviews[taken_back[-1]].item_id} was changed" in str(found.retracted)
    first = {item: at for at, item in reversed(list(enumerate(each.item_id for each in reviews if not each.second)))}
    firsts = sum(not each.second for each in reviews)
    assert found.changed == firsts - len(first)
    assert found.given == len(first)
    assert found.read == next((item for item in range(N) if ItemId(str(item)) not in first), N)

"""A suspension is proposed where the interval lies below the declared share, never by the point alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from labelqa.people.suspending import GoldCount, Proposal, propose
from labelqa.records.names import BatchName, PersonId
from labelqa.stats.proportion import wilson


def count(right: int, n: int, *, batch: str = "b1", person: str = "p-1", line: str = "a@1", fact: int = 7) -> GoldCount:
    return GoldCount(
        person=PersonId(person), line=line, batch=BatchName(batch), frozen=f"digest of {batch}", fact=fact,
        right=right, n=n,
    )  # fmt: skip


def proposed(*counts: GoldCount, below: float | None = 0.8, least: int = 30) -> tuple[Proposal, ...]:
    return propose(counts, below=below, least=least, confidence=0.95, rules=(2, 3))


def test_the_interval_decides_and_not_the_point():
    # 28 of 40 are 0.70; the Wilson interval reaches up to 0.819 and so over 0.8
    assert wilson(28, 40).high > 0.8
    assert proposed(count(28, 40)) == ()
    (found,) = proposed(count(70, 100))  # the same point, but up to 0.781 only
    assert (found.right, found.n, round(found.accuracy.high, 3)) == (70, 100, 0.781)
    assert (found.person, found.line, found.batches, found.grounds) == ("p-1", "a@1", ("b1",), (2, 3, 7))


def test_an_interval_that_just_reaches_the_share_proposes_nothing():
    high = wilson(70, 100).high
    assert proposed(count(70, 100), below=high) == ()
    assert len(proposed(count(70, 100), below=high + 1e-9)) == 1


def test_too_few_answers_or_no_rule_propose_nothing():
    assert proposed(count(0, 29)) == ()
    assert len(proposed(count(0, 30))) == 1
    assert proposed(count(0, 30), below=None) == ()
    assert proposed(count(0, 0), least=0) == ()


def test_batches_of_one_line_are_added_and_lines_kept_apart():
    parts = [count(10, 20), count(10, 20, batch="b2", fact=9), count(0, 20, batch="b3", line="a@2", fact=11)]
    (found,) = proposed(*parts)
    assert (found.right, found.n, found.batches, found.grounds) == (20, 40, ("b1", "b2"), (2, 3, 7, 9))


@pytest.mark.parametrize(
    "other", [{"right": 11}, {"n": 41}, {"frozen": "another"}, {"person": PersonId("p-2")}, {"line": "a@2"}]
)
def test_the_id_names_what_the_proposal_rests_on(other: dict[str, object]):
    first, again = proposed(count(10, 40)), proposed(count(10, 40))
    assert first[0].proposal == again[0].proposal
    assert proposed(replace(count(10, 40), **other))[0].proposal != first[0].proposal  # type: ignore[arg-type]
    assert proposed(count(10, 40), below=0.81)[0].proposal != first[0].proposal

"""Policies from their facts: the last in effect counts, the default before the first one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from labelqa.people.policy import Policies, fold_policies, why_not_declare_policy
from labelqa.records.facts import Fact, PolicyDeclared
from labelqa.records.policy import Policy
from labelqa.records.review import Identity

NOON = datetime(2026, 11, 9, 12, tzinfo=UTC)


def declared(seq: int, name: str, value: str, *, day: float = 0, supersedes: int | None = None) -> Fact:
    at = NOON + timedelta(days=day)
    return Fact(
        seq=seq, kind="policy.declared", format=1, actor="lead", identity=Identity.ASSERTED, recorded_at=at,
        effective_at=at, subjects=(), supersedes=supersedes, hash="",
        body=PolicyDeclared(name=name, value=value, reason="because", by="p-1"),
    )  # fmt: skip


def test_before_the_first_declaration_the_defaults_hold():
    found = fold_policies([], qualification_days=90)
    assert (found.qualification_days, found.suspend_below, found.retention_qa_years) == (90, None, 3)
    assert all(found.last(each) is None for each in Policy)
    assert found == Policies(qualification_days=90)


def test_the_last_one_in_effect_counts_however_they_are_given():
    facts = [declared(3, "qualification-days", "30", day=9), declared(1, "qualification-days", "180")]
    assert fold_policies(facts).qualification_days == 30
    assert fold_policies(facts, at=NOON + timedelta(days=8)).qualification_days == 180
    assert fold_policies(facts, at=NOON - timedelta(days=1)).qualification_days == 365
    assert fold_policies(facts).validities == ((NOON, 180), (NOON + timedelta(days=9), 30))
    corrected = [*facts, declared(4, "qualification-days", "31", day=9, supersedes=3)]
    assert fold_policies(corrected).qualification_days == 31


def test_every_policy_has_a_field_and_a_form():
    for policy in Policy:
        Policies().value(policy)
        assert why_not_declare_policy(policy, "no such value", "r", Policies())


@pytest.mark.parametrize(
    ("name", "values", "shortened"),
    [
        ("retention-qa-years", ("3",), [False]),
        ("retention-qa-years", ("9", "4"), [False, True]),
        ("retention-eu-years", ("10", "0"), [False, True]),
        ("qualification-days", ("300", "100"), [False, False]),
    ],
)
def test_only_a_shorter_retention_is_a_shortening(name: str, values: tuple[str, ...], shortened: list[bool]):
    facts = [declared(seq, name, value, day=seq) for seq, value in enumerate(values, start=1)]
    assert [each.shortens for each in fold_policies(facts).declared[Policy(name)]] == shortened

"""The risk of several rounds together: by hand, against simulation, and what each design leaves of it."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelqa.batches.rounds import accepted_once, risk_left, risk_of, total_of, total_risk
from labelqa.records.batch import Batch, Conclusion, Kind, RecordRule, Stage
from labelqa.records.designs import Design, Terms
from labelqa.records.names import BatchName, Digest, ItemId, ReleaseName
from labelqa.records.review import Plan
from labelqa.stats.acceptance.fixed import two_point

risks = st.lists(st.floats(0, 1), max_size=6)
NOW = datetime(2026, 11, 16, tzinfo=UTC)
B1 = Batch(
    name=BatchName("b1"), kind=Kind.FUNCTIONAL, release=ReleaseName("r@1.0.0"), control="c", labels=("a", "b"),
    organizer="Org", requester="", where=(), record_rule=RecordRule.MAJORITY, late=False, declared_at=NOW, stage=Stage.OPEN,
)  # fmt: skip


def plan(design: Design, risk: float = 0.05, accuracy: float = 0.95) -> Plan:
    return Plan(
        batch=BatchName("b1"), number=1, design=design, accuracy=accuracy, risk=risk, expected=0.99, power=0.9,
        seed_digest=Digest("d"), before_freeze=True, after_results=False, terms=Terms(), declared_at=NOW, fact=1,
    )  # fmt: skip


def test_three_rounds_worked_by_hand() -> None:
    # 0.95 * 0.90 * 0.98 = 0.8379 that none accepts
    assert total_risk([0.05, 0.10, 0.02]) == pytest.approx(0.1621)
    assert risk_left(0.2, [0.05, 0.10, 0.02]) == pytest.approx(1 - 0.8 / 0.8379)


@given(risks)
def test_the_total_is_at_least_each_risk_and_at_most_their_sum(told: list[float]) -> None:
    total = total_risk(told)
    assert max(told, default=0.0) <= total + 1e-12
    assert total <= min(1.0, sum(told)) + 1e-12
    assert total_risk(list(reversed(told))) == pytest.approx(total)


@given(st.floats(0, 0.99), st.lists(st.floats(0, 0.9), max_size=4))
def test_what_is_left_uses_up_the_total_and_no_more(limit: float, told: list[float]) -> None:
    left = risk_left(limit, told)
    assert total_risk([*told, left]) == pytest.approx(max(limit, total_risk(told)))


@pytest.mark.parametrize("told", [[-0.1], [1.1], [0.5, 2]])
def test_a_risk_lies_between_0_and_1(told: list[float]) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        total_risk(told)


def test_simulated_rounds_accept_a_batch_that_never_gets_better_as_often_as_the_total_says() -> None:
    """1,000 labels of which 51 are wrong, just missing 95 %: three fresh draws by the same two-point plan."""
    found = two_point(1_000, accuracy=0.95, risk=0.05, expected=0.99, power=0.9)
    generator = np.random.default_rng(7)
    wrong = generator.hypergeometric(51, 949, found.n, size=(40_000, 3))
    share = float((wrong <= found.c).any(axis=1).mean())
    total = total_risk([found.risk] * 3)
    assert share == pytest.approx(total, abs=4 * (total * (1 - total) / 40_000) ** 0.5)
    # one that got better by luck is not what the total is about, one that got worse is accepted less often
    worse = generator.hypergeometric(70, 930, found.n, size=(40_000, 3))
    assert float((worse <= found.c).any(axis=1).mean()) < total


@pytest.mark.parametrize(
    ("design", "risk"),
    [(Design.CENSUS, 0.0), (Design.ESTIMATE, 0.0), (Design.SEQUENTIAL, 0.05), (Design.ZERO_ACCEPTANCE, 0.05), (Design.CONTRACT, None), (Design.AQL, None)],
)  # fmt: skip
def test_each_design_says_what_it_risks_before_it_is_drawn(design: Design, risk: float | None) -> None:
    assert risk_of(B1, plan(design), None).risk == risk


def test_rounds_of_unknown_risk_are_counted_apart_and_the_lowest_demand_is_named() -> None:
    known = [risk_of(B1, plan(Design.SEQUENTIAL, 0.1, 0.97), None), risk_of(B1, plan(Design.SEQUENTIAL, 0.05), None)]
    total = total_of([*known, risk_of(B1, None, None)], limit=0.1)
    assert (total.unknown, total.accuracy, total.left) == (1, 0.95, 0.0)
    assert total.risk == pytest.approx(0.145)
    assert total.crude == pytest.approx(0.15)
    assert total_of([]).risk is None


@given(
    st.lists(
        st.tuples(st.sampled_from([None, *Conclusion]), st.frozensets(st.sampled_from("abcdefgh"), max_size=8)),
        max_size=6,
    )
)
def test_no_item_is_paid_for_twice_and_none_that_was_accepted_is_forgotten(
    told: list[tuple[Conclusion | None, frozenset[str]]],
) -> None:
    rounds = [(BatchName(f"b{n}"), each, [ItemId(item) for item in items]) for n, (each, items) in enumerate(told)]
    accepted = frozenset[str]().union(*(items for each, items in told if each is Conclusion.ACCEPT))
    counted = accepted_once(rounds)
    assert sum(counted.values()) == len(accepted)
    assert all(counted[name] <= len(items) for name, _, items in rounds)
    assert all(not counted[name] for name, each, _ in rounds if each is not Conclusion.ACCEPT)

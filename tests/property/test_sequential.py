"""Whatever the verdicts, reading them never contradicts itself."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from labelqa.records.designs import Decision
from labelqa.records.estimate import Estimate
from labelqa.stats.acceptance.design import Reading, Seen
from labelqa.stats.sequential import Sequential, certify_chance, planning_table, sequential
from labelqa.stats.sequential.bounds import most_wrong, path_of

SLOW = settings(max_examples=40, deadline=None)


@st.composite
def checks(draw: st.DrawFn) -> Sequential:
    population = draw(st.integers(1, 300))
    return Sequential(
        population=population,
        accuracy=draw(st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99])),
        risk=draw(st.sampled_from([0.01, 0.05, 0.2])),
        n=1,
        cut=draw(st.integers(1, population)),
        futility=draw(st.sampled_from([0.0, 0.05, 0.3])),
        sensitivity=draw(st.sampled_from([1.0, 1.0, 0.9])),
        specificity=draw(st.sampled_from([1.0, 1.0, 0.95])),
    )


@st.composite
def paths(draw: st.DrawFn) -> tuple[Sequential, np.ndarray]:
    check = draw(checks())
    length = draw(st.integers(0, check.population))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    return check, rng.random(length) < draw(st.sampled_from([0.0, 0.02, 0.1, 0.4, 1.0]))


def read(check: Sequential, wrong: np.ndarray) -> Reading:
    return check.read(Seen(wrong=wrong))


@SLOW
@given(paths(), st.data())
def test_a_decision_stands_and_evidence_is_never_lost(given_: tuple, data: st.DataObject):
    check, wrong = given_
    before = read(check, wrong[: data.draw(st.integers(0, wrong.size))])
    after = read(check, wrong)
    assert before.p_value is not None
    assert after.p_value is not None
    assert after.p_value <= before.p_value * (1 + 1e-9)
    if before.stopped_at is not None:
        assert (after.decision, after.stopped_at) == (before.decision, before.stopped_at)
    if after.stopped_at is not None:
        assert read(check, wrong[: after.stopped_at]).decision is after.decision
        assert read(check, wrong[: after.stopped_at - 1]).decision is Decision.GO_ON


@SLOW
@given(paths())
def test_p_value_and_decision_agree(given_: tuple):
    check, wrong = given_
    reading = read(check, wrong)
    if reading.decision is Decision.ACCEPT:
        assert reading.p_value is not None
        assert reading.p_value < check.risk
        assert most_wrong(check.limits, path_of(wrong)) < check.limit
    if isinstance(reading.accuracy, Estimate):
        assert 0 <= reading.accuracy.low <= reading.accuracy.point <= reading.accuracy.high <= 1
        if check.sensitivity == check.specificity == 1:
            errors = int(wrong.sum())
            assert reading.accuracy.high <= (check.population - errors) / check.population
            assert reading.accuracy.low >= (wrong.size - errors) / check.population


@SLOW
@given(paths())
def test_fewest_more_is_neither_too_few_nor_too_many(given_: tuple):
    check, wrong = given_
    reading = read(check, wrong)
    if reading.stopped_at is not None:
        assert reading.fewest_more == 0
    elif reading.fewest_more is None:
        right = np.append(wrong, np.zeros(check.cut - wrong.size, dtype=bool))
        assert read(check, right).decision is Decision.REJECT
    else:
        enough = np.append(wrong, np.zeros(reading.fewest_more, dtype=bool))
        assert read(check, enough).decision is Decision.ACCEPT
        assert read(check, enough[:-1]).decision is Decision.GO_ON


@SLOW
@given(checks(), st.data())
def test_chances_are_chances_and_the_guarantee_holds(check: Sequential, data: st.DataObject):
    defects = data.draw(st.integers(0, check.population))
    fate = check.fate(defects)
    assert fate.certified + fate.hopeless + fate.open <= 1 + 1e-9
    assert 1 <= fate.mean <= check.cut + 1e-9
    ever = certify_chance(check, defects)
    assert check.accept_chance(defects) <= ever + 1e-9
    if defects >= check.limit:
        assert ever <= check.risk
    elif defects < check.limit and check.futility:
        assert fate.hopeless <= check.futility


@SLOW
@given(st.integers(20, 20_000), st.sampled_from([0.8, 0.95, 0.99]), st.sampled_from([0.0, 0.05]))
def test_plans_and_tables_say_the_same(population: int, accuracy: float, futility: float):
    expected = (1 + accuracy) / 2
    given_ = {"accuracy": accuracy, "risk": 0.05, "cut": 3000, "futility": futility}
    (row,) = planning_table(population, accuracies=[expected], **given_)
    reviews = dict(row.reviews)
    check = sequential(population, expected=expected, power=0.8, **given_)
    assert check.n == (reviews[0.8] or check.cut)
    known = [each for each in reviews.values() if each is not None]
    assert known == sorted(known)
    assert row.mean <= check.cut + 1e-6

"""Weighted coefficients, alpha at every level, Conger and Light: beside slow definitions, and what holds for any labels."""

from __future__ import annotations

from itertools import combinations, permutations
from math import isclose, log2, sqrt
from statistics import mean

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate
from labelqa.records.reductions import Answers, Patterns
from labelqa.stats.agreement import COEFFICIENTS, cohen_kappa, weighted_measures
from labelqa.stats.agreement.alpha import krippendorff_alpha, linearised_alpha
from labelqa.stats.agreement.coefficients import linearised
from labelqa.stats.agreement.continuous import alpha_of_numbers
from labelqa.stats.agreement.influence import annotator_influence, item_disagreements
from labelqa.stats.agreement.item_intervals import default_interval
from labelqa.stats.agreement.metrics import LEVELS, metric_values
from labelqa.stats.agreement.raters import conger_kappa, light_kappa
from labelqa.stats.agreement.weights import WEIGHTS, label_values, weight_matrix

LABELS = ("0", "1", "2", "5")
VALUES = [0.0, 1.0, 2.0, 5.0]
CELL = st.one_of(st.none(), st.integers(0, 3))
GRIDS = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=2, max_size=9)
)  # items by annotators
FORMS = st.sampled_from(WEIGHTS)


def answers_of(grid: list[list[int | None]], labels: tuple[str, ...] = LABELS) -> Answers:
    rows = [(i, who, k) for i, unit in enumerate(grid) for who, k in enumerate(unit) if k is not None]
    item, annotator, label = np.array(rows, dtype=np.int32).reshape(-1, 3).T
    return Answers(labels=labels, item=item.copy(), annotator=annotator.copy(), label=label.copy())


def patterns_of(grid: list[list[int | None]], labels: tuple[str, ...] = LABELS) -> Patterns:
    return Patterns.of([[unit.count(k) for k in range(len(labels))] for unit in grid], labels)


def outcome(work) -> Estimate | str:
    try:
        return work()
    except InsufficientData as error:
        return error.reason


def matches(found: Estimate | str, slow: float | None) -> None:
    """The fast value is the slow one; where the slow one has none, the fast one has a reason."""
    if slow is None:
        assert isinstance(found, str)
    elif isinstance(found, str):
        assert found == "too-few-items"
    else:
        assert found.point == pytest.approx(slow, abs=1e-9)
        assert found.low <= found.point <= found.high <= 1 + 1e-12


# slow definitions ----------------------------------------------------------------------------------------------------


def mean_credit(grid: list[list[int | None]], w: list[list[float]]) -> float | None:
    """Mean over items of the mean credit of two different annotators' labels."""
    paired = [[k for k in unit if k is not None] for unit in grid]
    paired = [unit for unit in paired if len(unit) >= 2]
    return mean(mean(w[a][b] for a, b in permutations(unit, 2)) for unit in paired) if paired else None


def shares(grid: list[list[int | None]]) -> list[float]:
    units = [[k for k in unit if k is not None] for unit in grid]
    units = [unit for unit in units if unit]
    return [mean(unit.count(k) / len(unit) for unit in units) for k in range(len(LABELS))]


def slow_weighted(name: str, grid: list[list[int | None]], w: list[list[float]]) -> float | None:
    q, pa = len(LABELS), mean_credit(grid, w)
    if pa is None:
        return None
    if name == "percent-agreement":
        return pa
    pi = shares(grid)
    if sum(share > 0 for share in pi) < 2:
        return None
    total = sum(map(sum, w))
    expected = {
        "fleiss-kappa": sum(w[a][b] * pi[a] * pi[b] for a in range(q) for b in range(q)),
        "gwet-ac2": total / (q * (q - 1)) * sum(share * (1 - share) for share in pi),
        "brennan-prediger": total / q**2,
    }[name]
    return None if isclose(expected, 1, abs_tol=1e-9) else (pa - expected) / (1 - expected)


def ordinal_distance(a: int, b: int, values: list[int]) -> float:
    """Krippendorff's own words: labels from one to the other, the two ends by a half, squared."""
    low, high = min(a, b), max(a, b)
    between = sum(values.count(k) for k in range(low, high + 1))
    return (between - (values.count(low) + values.count(high)) / 2) ** 2


def slow_alpha(grid: list[list[int | None]], level: str) -> float | None:
    units = [[k for k in unit if k is not None] for unit in grid]
    units = [unit for unit in units if len(unit) >= 2]
    values = [k for unit in units for k in unit]

    def apart(a: int, b: int) -> float:
        x, y = VALUES[a], VALUES[b]
        if level == "nominal":
            return float(a != b)
        if level == "ordinal":
            return ordinal_distance(a, b, values)
        return (x - y) ** 2 if level == "interval" else (((x - y) / (x + y)) ** 2 if x + y else 0.0)

    if len(set(values)) < 2:
        return None
    n = len(values)
    observed = sum(sum(apart(a, b) for a, b in permutations(unit, 2)) / (len(unit) - 1) for unit in units) / n
    return 1 - observed / (sum(apart(a, b) for a, b in permutations(values, 2)) / (n * (n - 1)))


def slow_conger(grid: list[list[int | None]], w: list[list[float]]) -> float | None:
    q, pa = len(LABELS), mean_credit(grid, w)
    people = [[unit[who] for unit in grid if unit[who] is not None] for who in range(len(grid[0]))]
    people = [given for given in people if given]
    if pa is None or len({k for given in people for k in given}) < 2:
        return None
    p = [[given.count(k) / len(given) for k in range(q)] for given in people]
    pe = mean(sum(one[a] * w[a][b] * two[b] for a in range(q) for b in range(q)) for one, two in combinations(p, 2))
    return None if isclose(pe, 1, abs_tol=1e-9) else (pa - pe) / (1 - pe)


# properties ----------------------------------------------------------------------------------------------------------


@given(GRIDS, FORMS)
@settings(max_examples=150)
def test_weighted_coefficients_are_their_definitions(grid, form):
    w = weight_matrix(form, VALUES).tolist()
    patterns = patterns_of(grid)
    for measure in weighted_measures(LABELS, form):
        if measure.name == "krippendorff-alpha":
            continue
        matches(outcome(lambda measure=measure: measure.estimate(patterns)), slow_weighted(measure.name, grid, w))


@given(GRIDS, st.sampled_from(LEVELS))
@settings(max_examples=200)
def test_alpha_is_its_definition_at_every_level(grid, level):
    matches(outcome(lambda: krippendorff_alpha(patterns_of(grid), metric=level)), slow_alpha(grid, level))


@given(GRIDS, st.sampled_from(LEVELS[1:]))
@settings(max_examples=100)
def test_alpha_of_numbers_is_alpha_of_labels_that_are_numbers(grid, level):
    one = outcome(lambda: krippendorff_alpha(patterns_of(grid), metric=level))
    rows = [(i, VALUES[k]) for i, unit in enumerate(grid) for k in unit if k is not None]
    two = outcome(lambda: alpha_of_numbers([i for i, _ in rows], [x for _, x in rows], level=level))
    if isinstance(one, str):
        assert one == two
    else:
        assert (two.method, two.n, two.high) == (one.method, one.n, pytest.approx(one.high, abs=1e-9))
        assert two.point == pytest.approx(one.point, abs=1e-9)
        if one.method.startswith("clopper"):  # declared labels may lie further apart than any that were given
            assert two.low >= one.low - 1e-9
        else:
            assert two.low == pytest.approx(one.low, abs=1e-9)


@given(GRIDS, FORMS)
@settings(max_examples=150)
def test_conger_is_its_definition(grid, form):
    w = weight_matrix(form, VALUES).tolist()
    matches(outcome(lambda: conger_kappa(answers_of(grid), weights=form)), slow_conger(grid, w))


@given(GRIDS)
def test_light_is_the_mean_of_the_kappas_of_all_pairs(grid):
    found = outcome(lambda: light_kappa(answers_of(grid)))
    kappas: list[float] = []
    people = [who for who in range(len(grid[0])) if any(unit[who] is not None for unit in grid)]
    for one, two in combinations(people, 2):
        table = np.zeros((4, 4), dtype=int)
        for unit in grid:
            if unit[one] is not None and unit[two] is not None:
                table[unit[one], unit[two]] += 1
        each = outcome(lambda table=table: cohen_kappa(table))
        if isinstance(each, str):
            assert isinstance(found, str)
            return
        kappas.append(each.point)
    if isinstance(found, Estimate):
        assert found.point == pytest.approx(mean(kappas), abs=1e-12)


def test_of_two_annotators_light_is_conger_is_cohen_and_fleiss_is_scott():
    rng = np.random.default_rng(4)
    table = rng.integers(1, 9, (4, 4))
    grid = [[i, j] for i in range(4) for j in range(4) for _ in range(table[i, j])]
    cohen = cohen_kappa(table)
    n = len(grid)
    for found in (light_kappa(answers_of(grid)), conger_kappa(answers_of(grid))):
        assert found.point == pytest.approx(cohen.point, abs=1e-12)
        # the same large-sample error but for n - 1 in place of n and t in place of the normal
        error = (found.point - found.low) * sqrt(1 - 1 / n)
        assert error / (cohen.point - cohen.low) == pytest.approx(1, abs=0.05)
    pi = (table.sum(axis=0) + table.sum(axis=1)) / (2 * n)
    scott = (np.trace(table) / n - pi @ pi) / (1 - pi @ pi)
    assert linearised("fleiss-kappa", patterns_of(grid)).point == pytest.approx(scott, abs=1e-12)


@given(GRIDS, FORMS)
@settings(max_examples=100)
def test_bare_values_are_the_estimates(grid, form):
    patterns = patterns_of(grid)
    assume(patterns.annotations)
    for measure in (*COEFFICIENTS, *weighted_measures(LABELS, form)):
        rows = np.stack([patterns.weight, 3 * patterns.weight])
        values = measure.values(patterns.counts, rows)
        found = outcome(lambda measure=measure: measure.estimate(patterns))
        assert values.shape == (2,)
        if isinstance(found, Estimate):
            assert values[0] == pytest.approx(found.point, abs=1e-9)
        elif found.startswith("no-"):
            assert np.isnan(values[0])
        if measure.name != "krippendorff-alpha":  # alpha has a small-sample term
            assert values[1] == pytest.approx(values[0], nan_ok=True)


@given(GRIDS, st.sampled_from(LEVELS), st.randoms(use_true_random=False))
@settings(max_examples=100)
def test_bare_alpha_of_a_level_is_the_estimate_in_any_redrawn_set(grid, level, random):
    patterns = patterns_of(grid)
    assume(len(patterns.weight) > 1)
    drawn = np.array([[random.randrange(4) for _ in patterns.weight] for _ in range(3)], dtype=float)
    values = metric_values(level, LABELS)(patterns.counts, drawn)
    for row, value in zip(drawn, values, strict=True):
        kept = row > 0
        again = Patterns(labels=LABELS, counts=patterns.counts[kept], weight=row[kept].astype(np.int64))
        found = outcome(lambda again=again: krippendorff_alpha(again, metric=level))
        if isinstance(found, Estimate):
            assert value == pytest.approx(found.point, abs=1e-9)


@given(st.integers(0, 2**32 - 1), st.sampled_from([*LEVELS, "custom"]))
@settings(max_examples=25)
def test_influence_is_the_derivative(seed, level):
    """Of alpha without its small-sample term, by counting an item a little more: central differences."""
    rng = np.random.default_rng(seed)
    grid = rng.integers(0, 4, (12, 4)).tolist()
    metric = level if level != "custom" else [[0, 1, 4, 9], [1, 0, 2, 8], [4, 2, 0, 3], [9, 8, 3, 0]]
    patterns = patterns_of(grid)
    result = linearised_alpha(patterns, metric=metric)
    values, step = metric_values(metric, LABELS), 1e-5
    moved = patterns.weight + np.concatenate([np.eye(len(patterns.weight)), -np.eye(len(patterns.weight))]) * step
    n = moved @ patterns.counts.sum(axis=1)
    plain = 1 - (1 - values(patterns.counts, moved)) / (1 - 1 / n)
    up, down = np.split(plain, 2)
    slope = (up - down) / (2 * step) * patterns.items
    assert result.influence - result.centre == pytest.approx(slope, abs=1e-5)
    assert float(result.weight @ (result.influence - result.centre)) == pytest.approx(0, abs=1e-8)


@pytest.mark.parametrize("level", LEVELS)
def test_the_error_is_near_the_jackknife(level):
    rng = np.random.default_rng(8)
    truth = rng.integers(0, 4, 150)
    given_ = np.where(rng.random((150, 4)) < 0.7, truth[:, None], rng.integers(0, 4, (150, 4)))
    patterns = patterns_of(given_.tolist())
    n = patterns.items
    left = np.maximum(patterns.weight - np.eye(len(patterns.weight)), 0)
    values = metric_values(level, LABELS)(patterns.counts, left)
    centre = float(patterns.weight @ values) / n
    error = sqrt((n - 1) / n * float(patterns.weight @ (values - centre) ** 2))
    assert linearised_alpha(patterns, metric=level).error == pytest.approx(error, rel=0.02)


def test_the_errors_of_conger_and_light_are_near_the_jackknife():
    rng = np.random.default_rng(9)
    truth = rng.integers(0, 4, 120)
    grid = np.where(rng.random((120, 3)) < 0.7, truth[:, None], rng.integers(0, 4, (120, 3))).tolist()
    for who in range(0, 100, 7):
        grid[who][who % 3] = None
    for work in (conger_kappa, light_kappa):
        found = work(answers_of(grid), confidence=0.5)
        values = [work(answers_of(grid[:i] + grid[i + 1 :])).point for i in range(len(grid))]
        error = sqrt((len(grid) - 1) / len(grid) * sum((value - mean(values)) ** 2 for value in values))
        assert (found.high - found.point) / 0.6764 == pytest.approx(error, rel=0.04)


def by_default(measure, grid):
    return default_interval(patterns_of(grid), measure.values, lowest=measure.lowest)


@given(GRIDS)
@settings(max_examples=100)
def test_influence_of_an_annotator_is_the_coefficient_of_the_others(grid):
    answers = answers_of(grid)
    assume(len(answers.label))
    people = ["w", "x", "y", "z"]
    for measure in (COEFFICIENTS[0], COEFFICIENTS[2]):
        whole = outcome(lambda measure=measure: by_default(measure, grid))
        lines = annotator_influence(answers, people, measure=measure)
        assert [line.annotator for line in lines] == [people[who] for who in sorted(set(answers.annotator.tolist()))]
        for line in lines:
            who = people.index(line.annotator)
            others = [[k for at, k in enumerate(unit) if at != who] for unit in grid]
            slow = outcome(lambda measure=measure, others=others: by_default(measure, others))
            if isinstance(slow, Estimate):
                assert line.without == slow
            else:
                assert line.without.reason == slow
            known = isinstance(slow, Estimate) and isinstance(whole, Estimate)
            assert line.change == (pytest.approx(slow.point - whole.point) if known else None)


@given(GRIDS)
@settings(max_examples=100)
def test_items_by_how_much_they_are_disputed(grid):
    lines = item_disagreements(answers_of(grid), limit=99)
    units = {i: [k for k in unit if k is not None] for i, unit in enumerate(grid)}
    assert {line.item for line in lines} == {i for i, unit in units.items() if len(unit) >= 2}
    for line in lines:
        unit = units[line.item]
        counts = [unit.count(k) for k in range(4) if k in unit]
        assert line.annotations == len(unit)
        assert dict(line.labels) == {LABELS[k]: unit.count(k) for k in set(unit)}
        assert line.entropy == pytest.approx(-sum(c / len(unit) * log2(c / len(unit)) for c in counts), abs=1e-12)
        assert line.disagreement == pytest.approx(mean(a != b for a, b in permutations(unit, 2)), abs=1e-12)
    keys = [(-round(line.disagreement, 9), -round(line.entropy, 9)) for line in lines]
    assert keys == sorted(keys)
    assert item_disagreements(answers_of(grid), limit=2) == lines[:2]


@given(st.lists(st.integers(-50, 50), min_size=2, max_size=6, unique=True), FORMS)
def test_weights_are_legal_and_do_not_mind_the_order_of_labels(values, form):
    values = [abs(value) for value in values] if form == "ratio" else values
    assume(len(set(values)) == len(values))
    w = weight_matrix(form, values)
    assert w == pytest.approx(w.T)
    assert np.diagonal(w) == pytest.approx(1)
    assert w.min() >= -1e-12
    assert w.max() <= 1 + 1e-12
    assert weight_matrix(form, values[::-1]) == pytest.approx(w[::-1, ::-1])
    if form != "identity":
        assert w.min() == pytest.approx(0, abs=1e-12)


@given(st.lists(st.text(min_size=1, max_size=4), min_size=1, max_size=5, unique=True))
def test_labels_are_numbers_only_when_they_all_are(labels):
    values = label_values(labels)
    assert len(values) == len(labels)
    assert np.isfinite(values).all()

"""Intervals over items: what they promise on plain, poor and large data."""

from __future__ import annotations

import numpy as np
import pytest

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate
from labelqa.records.reductions import Patterns
from labelqa.stats import resample
from labelqa.stats.agreement import COEFFICIENTS, assumed, item_intervals, leave_one_out
from labelqa.stats.agreement.assumed import AGREEING, DIFFERING, assumed_items
from labelqa.stats.agreement.coefficients import weighted_measures
from labelqa.stats.agreement.interval import without_spread
from labelqa.stats.agreement.item_intervals import default_interval, doubtful, jackknife
from labelqa.stats.agreement.leave_one_out import group_slopes, slopes, without_one
from labelqa.stats.agreement.terms import ac_values, alpha_values, percent_values
from labelqa.stats.clustered import share_over_items, share_values
from labelqa.stats.proportion import wilson
from labelqa.stats.resample import bootstrap, bootstrap_coefficients

RNG = np.random.default_rng
BY_NAME = {measure.name: measure for measure in COEFFICIENTS}


def simulated(items: int, *, labels: int = 3, annotators: int = 4, right: float = 0.75, seed: int = 11) -> Patterns:
    rng = RNG(seed)
    truth = rng.integers(0, labels, items)
    guess = rng.integers(0, labels, (items, annotators))
    given = np.where(rng.random((items, annotators)) < right, truth[:, None], guess)
    rows = (given[:, :, None] == np.arange(labels)).sum(axis=1)
    return Patterns.of(rows, tuple(f"label {k}" for k in range(labels)))


def ends(estimate: Estimate) -> tuple[float, float]:
    return estimate.low, estimate.high


@pytest.mark.parametrize("measure", COEFFICIENTS, ids=lambda measure: measure.name)
def test_all_ways_meet_on_many_plain_items(measure):
    patterns = simulated(4000)
    default = default_interval(patterns, measure.values, lowest=measure.lowest)
    others = (
        measure.estimate(patterns),
        jackknife(patterns, measure.values, lowest=measure.lowest),
        bootstrap(patterns, measure.values, rng=RNG(1), limits="bca"),
        bootstrap(patterns, measure.values, rng=RNG(1), limits="percentile"),
    )
    assert default.method == "assumed items, beta, t(3999)"
    assert doubtful(default) is None
    for other in others:
        assert ends(other) == pytest.approx(ends(default), abs=0.004)
        assert other.point == pytest.approx(default.point, abs=1e-12)


def test_two_annotators_without_t_would_be_the_beta_of_a_share():
    """Percent agreement of two is a plain share: Beta(agreeing + 0.6, differing + 0.8), but for Student's t."""
    patterns = Patterns.of([[2, 0]] * 3000 + [[0, 2]] * 3000 + [[1, 1]] * 2000, ("a", "b"))
    found = default_interval(patterns, percent_values, lowest=0.0)
    draws = RNG(3).beta(6000 + AGREEING, 2000 + DIFFERING, 2_000_000)
    assert ends(found) == pytest.approx(tuple(np.quantile(draws, [0.025, 0.975])), abs=5e-5)


def test_few_items_with_a_rare_label_leave_much_open_and_say_so():
    patterns = Patterns.of([[3, 0]] * 47 + [[0, 3]] * 2 + [[1, 2]], ("common", "rare"))
    default = default_interval(patterns, alpha_values)
    assert default.method == "assumed items, beta, t(49), few items decide"
    assert "few items decide" in str(doubtful(default))
    assert default.low < 0.5
    with pytest.raises(InsufficientData) as caught:
        bootstrap(patterns, alpha_values, rng=RNG(1))
    assert caught.value.reason == "bootstrap-undefined"
    more = Patterns.of([[3, 0]] * 45 + [[0, 3]] * 5, ("common", "rare"))
    assert bootstrap(more, alpha_values, rng=RNG(1)).low == 1.0
    assert default_interval(more, alpha_values).low < 0.8
    assert doubtful(default_interval(simulated(50), alpha_values)) is None


@pytest.mark.parametrize("n", [5, 50, 1000])
def test_full_agreement_joins_the_exact_limit(n):
    """From one differing item to none the lower limit rises, and ends near Clopper and Pearson's."""
    for measure in COEFFICIENTS:
        full = Patterns.of([[2, 0]] * (n // 2) + [[0, 2]] * (n - n // 2), ("a", "b"))
        but_one = Patterns.of([[2, 0]] * (n // 2) + [[0, 2]] * (n - n // 2 - 1) + [[1, 1]], ("a", "b"))
        found = default_interval(full, measure.values, lowest=measure.lowest)
        below = default_interval(but_one, measure.values, lowest=measure.lowest)
        expected = 0.0 if measure.name == "percent-agreement" else 0.5
        exact = without_spread(1.0, 1.0, expected, n=n, confidence=0.95)
        assert found.point == found.high == 1.0
        assert below.low < found.low
        assert 1 - found.low == pytest.approx(1 - exact.low, rel=0.7 if n == 5 else 0.12)


@pytest.mark.parametrize(
    "rows",
    [
        [[2, 0], [0, 2]],
        [[2, 0], [1, 1]],
        [[1, 1], [1, 1], [1, 1]],
        [[2, 0], [1, 0], [0, 1], [0, 1], [0, 1], [1, 1]],
        [[1, 1], [1, 0], [1, 0], [1, 0], [1, 0], [2, 0], [1, 0]],
        [[40, 1], [1, 40], [1, 1], [0, 2]],
    ],
)
@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.999])
def test_poor_data_still_give_limits_in_order(rows, confidence):
    patterns = Patterns.of(rows, ("a", "b"))
    for measure in COEFFICIENTS:
        found = default_interval(patterns, measure.values, lowest=measure.lowest, confidence=confidence)
        assert min(found.point, measure.lowest) <= found.low <= found.point <= found.high <= 1
        assert found.low < found.high
        assert found.n == patterns.items_with_pairs


def test_what_cannot_be_known():
    reasons = {
        "no-annotations": [],
        "no-overlap": [[1, 0], [0, 1]],
        "too-few-items": [[2, 0], [0, 1]],
        "no-variation": [[2, 0], [2, 0]],
    }
    for reason, rows in reasons.items():
        for way in (default_interval, jackknife):
            with pytest.raises(InsufficientData) as caught:
                way(Patterns.of(rows, ("a", "b")), alpha_values)
            assert caught.value.reason == reason
    with pytest.raises(InsufficientData) as caught:
        jackknife(Patterns.of([[2, 0]] * 9 + [[0, 2]], ("a", "b")), alpha_values)
    assert caught.value.reason == "too-few-items"
    with pytest.raises(ValueError, match="confidence"):
        default_interval(simulated(50), alpha_values, confidence=95)


def test_one_declared_label_and_one_used_label():
    declared = default_interval(Patterns.of([[2], [3]], ("a",)), percent_values, lowest=0.0)
    assert (declared.point, declared.high, declared.method) == (1.0, 1.0, "clopper-pearson over items")
    used = default_interval(Patterns.of([[2, 0, 0]] * 50, ("a", "b", "c")), percent_values, lowest=0.0)
    assert 0.9 < used.low < used.point == used.high == 1.0


def test_jackknife_without_spread_is_the_default():
    patterns = Patterns.of([[1, 1]] * 9, ("a", "b"))
    assert jackknife(patterns, percent_values, lowest=0.0) == default_interval(patterns, percent_values, lowest=0.0)


def test_singles_do_not_widen_percent_agreement():
    """Items that one annotator saw say nothing of agreement; Gwet's linearised variance counts them all the same."""
    paired = [[3, 0]] * 20 + [[0, 3]] * 20 + [[1, 2]] * 20
    alone = Patterns.of(paired, ("a", "b"))
    crowded = Patterns.of(paired + [[1, 0], [0, 1]] * 70, ("a", "b"))
    one, two = (default_interval(p, percent_values, lowest=0.0) for p in (alone, crowded))
    assert ends(two) == pytest.approx(ends(one), abs=0.003)
    gwet = BY_NAME["percent-agreement"].estimate(crowded)
    assert gwet.high - gwet.low > 1.5 * (two.high - two.low)


def test_assumed_items_lean_on_the_rare_and_share_ties():
    found = assumed_items(percent_values, np.array([[4, 0, 0], [0, 4, 0], [0, 0, 4]]), np.array([50, 25, 25]))
    assert found.weight.sum() == pytest.approx(AGREEING + DIFFERING)
    assert found.counts.tolist()[:3] == [[4, 0, 0], [0, 4, 0], [0, 0, 4]]
    assert found.weight[:3] == pytest.approx(AGREEING * np.array([0.25, 0.375, 0.375]))
    nominal = assumed_items(alpha_values, np.array([[4, 0, 0], [0, 4, 0], [0, 0, 4]]), np.array([50, 25, 25]))
    differing = {tuple(row): part for row, part in zip(nominal.counts[3:].tolist(), nominal.weight[3:], strict=True)}
    both, one = DIFFERING * 0.25 / 2, DIFFERING * 0.375  # the first label's others are alike
    assert differing == pytest.approx({(1, 3, 0): both, (1, 0, 3): both, (3, 1, 0): one, (3, 0, 1): one})
    assert assumed_items(percent_values, np.array([[2]]), np.array([5])) is None


def test_with_weights_the_assumed_difference_is_the_furthest():
    labels = ("1", "2", "3", "4")
    percent, _, alpha, *_ = weighted_measures(labels, "quadratic")
    rows = np.array([[2, 0, 0, 0], [0, 2, 0, 0], [0, 0, 2, 0], [0, 0, 0, 2], [0, 1, 1, 0]])
    for measure in (percent, alpha):
        found = assumed_items(measure.values, rows, np.array([10, 10, 10, 10, 5]))
        assert [0, 1, 1, 0] not in found.counts[4:].tolist()
        assert [1, 0, 0, 1] in found.counts[4:].tolist()
    patterns = Patterns(labels=labels, counts=rows.astype(np.int32), weight=np.array([10, 10, 10, 10, 5]))
    assert default_interval(patterns, percent.values, lowest=0.0).low < 0.97


def test_slopes_are_the_influence_that_one_item_has():
    patterns = simulated(3000)
    weight = patterns.weight.astype(float)
    point = alpha_values(patterns.counts, weight[None, :])[0]
    near = point - without_one(alpha_values, patterns.counts, weight)
    assert slopes(alpha_values, patterns.counts, weight, point=point) == pytest.approx(near, rel=0.01, abs=1e-7)
    later = slopes(alpha_values, patterns.counts, weight, point=point, first=5)
    assert later == pytest.approx(slopes(alpha_values, patterns.counts, weight, point=point)[5:])


def test_random_groups_give_the_same_spread():
    patterns = simulated(20_000)
    weight = patterns.weight.astype(float)
    slope = group_slopes(ac_values, patterns.counts, weight, items=patterns.weight)
    own = slopes(ac_values, patterns.counts, weight, point=ac_values(patterns.counts, weight[None, :])[0])
    found = leave_one_out.spread_of_groups(slope)
    assert (found.groups, found.degrees) == (1000, 999)
    assert found.error == pytest.approx(float(np.sqrt(weight @ own**2)), rel=0.07)
    assert slope.sum() == pytest.approx(float(weight @ own), abs=1e-3)


def test_many_patterns_go_by_groups_and_say_so(monkeypatch):
    patterns = simulated(5000)
    plain, left_out = default_interval(patterns, alpha_values), jackknife(patterns, alpha_values)
    for module in (leave_one_out, item_intervals, assumed, resample):
        monkeypatch.setattr(module, "MOST_PATTERNS", 5)
    found, grouped = default_interval(patterns, alpha_values), jackknife(patterns, alpha_values)
    assert found.method == "assumed items, beta, 1000 groups, t(999)"
    assert grouped.method == "jackknife over groups of items, t(999)"
    assert found == default_interval(patterns, alpha_values)
    assert ends(found) == pytest.approx(ends(plain), abs=0.003)
    assert ends(grouped) == pytest.approx(ends(left_out), abs=0.003)
    assert resample.acceleration(patterns, alpha_values) == pytest.approx(0.0, abs=0.01)
    monkeypatch.setattr(resample, "MOST_REDRAWN", 5)
    assert bootstrap(patterns, alpha_values, rng=RNG(1), limits="bca") == found
    lines = bootstrap_coefficients(patterns, rng=RNG(1), limits="bca")
    assert lines[2].figure == found


def test_redrawn_in_small_chunks_is_the_same(monkeypatch):
    patterns = simulated(300)
    whole = bootstrap(patterns, alpha_values, rng=RNG(1), limits="bca")
    assert whole.method == "bootstrap over items, BCa, 2000 replicates"
    monkeypatch.setattr(resample, "_CELLS", 1000)
    monkeypatch.setattr(leave_one_out, "_CELLS", 40)
    assert ends(bootstrap(patterns, alpha_values, rng=RNG(1), limits="bca")) == pytest.approx(ends(whole), abs=1e-12)
    with pytest.raises(ValueError, match="replicates"):
        bootstrap(patterns, alpha_values, rng=RNG(1), replicates=0)


def test_coefficients_share_their_redrawn_items():
    patterns = simulated(300)
    lines = bootstrap_coefficients(patterns, rng=RNG(5), limits="bca", measures=COEFFICIENTS[1:3])
    assert [line.name for line in lines] == ["fleiss-kappa", "krippendorff-alpha"]
    assert lines[0].figure == bootstrap(patterns, COEFFICIENTS[1].values, rng=RNG(5), limits="bca")


def test_share_over_items_sees_that_answers_go_together():
    right, answers = np.array([4] * 80 + [0] * 20), np.full(100, 4)
    found = share_over_items(right, answers)
    plain = wilson(320, 400)
    assert (found.point, found.n) == (0.8, 400)
    assert found.high - found.low > 1.8 * (plain.high - plain.low)
    assert share_over_items(right // 4, answers // 4) == wilson(80, 100)
    for rights, totals, reason in (([0], [0], "nothing-checked"), ([2], [3], "too-few-items")):
        with pytest.raises(InsufficientData) as caught:
            share_over_items(np.array(rights), np.array(totals))
        assert caught.value.reason == reason
    with pytest.raises(ValueError, match="right"):
        share_over_items(np.array([3]), np.array([2]))
    assert share_values(np.array([[1, 1], [2, 0]]), np.array([[1, 1], [0, 2]])).tolist() == [0.75, 1.0]

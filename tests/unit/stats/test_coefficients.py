"""Weights, metrics, degenerate data, scales of words, and the traps that others fell into."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate, Unknown
from labelqa.records.reductions import Answers, Patterns
from labelqa.stats.agreement import (
    COEFFICIENTS,
    brennan_prediger,
    coefficients,
    fleiss_kappa,
    gwet_ac1,
    gwet_ac2,
    krippendorff_alpha,
    krippendorff_alpha_gwet_form,
    percent_agreement,
    weighted_measures,
)
from labelqa.stats.agreement.benchmark import SCALES, bands, called, fleiss_null
from labelqa.stats.agreement.coefficients import linearised
from labelqa.stats.agreement.continuous import alpha_of_numbers, ratio_sums
from labelqa.stats.agreement.influence import annotator_influence, item_disagreements
from labelqa.stats.agreement.labels import label_alpha, label_kappa
from labelqa.stats.agreement.metrics import checked_distances, distance_matrix, metric_values, midranks
from labelqa.stats.agreement.raters import conger_kappa, light_kappa
from labelqa.stats.agreement.weights import (
    WEIGHTS,
    checked_weights,
    label_values,
    numbers_in,
    weight_matrix,
    weights_between,
)

GRID = [[0, 0, 0], [0, 1, 0], [1, 1, 1], [2, 2, 1], [2, 2, 2], [0, 0, 1]]


def answers_of(grid, labels=("1", "2", "3")) -> Answers:
    rows = [(i, who, k) for i, unit in enumerate(grid) for who, k in enumerate(unit) if k is not None]
    item, annotator, label = np.array(rows, dtype=np.int32).reshape(-1, 3).T
    return Answers(labels=labels, item=item.copy(), annotator=annotator.copy(), label=label.copy())


def patterns_of(grid, labels=("1", "2", "3")) -> Patterns:
    return Patterns.of([[unit.count(k) for k in range(len(labels))] for unit in grid], labels)


# weights and metrics -------------------------------------------------------------------------------------------------


def test_named_weights_as_gwet_defines_them():
    assert weight_matrix("identity", [1, 2, 3]).tolist() == np.eye(3).tolist()
    assert weight_matrix("linear", [1, 2, 4])[0] == pytest.approx([1, 2 / 3, 0])
    assert weight_matrix("quadratic", [1, 2, 4])[0] == pytest.approx([1, 8 / 9, 0])
    assert weight_matrix("radical", [1, 2, 5])[0] == pytest.approx([1, 0.5, 0])
    assert weight_matrix("ordinal", [1, 2, 40])[0] == pytest.approx([1, 2 / 3, 0])  # places, not distances
    assert weight_matrix("ratio", [1, 2, 3])[0] == pytest.approx([1, 1 - (1 / 9) / (1 / 4), 0])
    assert weight_matrix("circular", [1, 2, 3, 4])[0] == pytest.approx([1, 0.5, 0, 0.5])  # 4 lies beside 1
    assert weight_matrix("bipolar", [1, 2, 3])[0] == pytest.approx([1, 2 / 3, 0])
    assert [weight_matrix(form, [7]).tolist() for form in WEIGHTS] == [[[1.0]]] * 8


def test_ratio_weights_know_that_zero_is_zero():
    w = weight_matrix("ratio", [0, 1, 2])
    assert np.isfinite(w).all()
    assert w[0].tolist() == [1.0, 0.0, 0.0]
    with pytest.raises(ValueError, match="0 or more"):
        weight_matrix("ratio", [-1, 1])
    ratings = patterns_of(GRID, ("0", "1", "2"))
    assert 0 < gwet_ac2(ratings, weights="ratio").point < 1
    assert 0 < krippendorff_alpha(ratings, metric="ratio").point < 1


@pytest.mark.parametrize(
    ("matrix", "said"),
    [
        ([[1, 0.5]], "must be \\(2, 2\\)"),
        ([[1, 0.5], [0.4, 1]], "symmetric"),
        ([[0.9, 0.5], [0.5, 1]], "diagonal"),
        ([[1, 1.5], [1.5, 1]], "between 0"),
        ([[1, -0.1], [-0.1, 1]], "between 0"),
        ([[1, float("nan")], [float("nan"), 1]], "between 0"),
    ],
)
def test_weights_that_are_not_legal(matrix, said):
    with pytest.raises(ValueError, match=said):
        checked_weights(matrix, 2)


@pytest.mark.parametrize(
    "matrix", [[[0, 1]], [[0, 1], [2, 0]], [[1, 1], [1, 0]], [[0, -1], [-1, 0]], [[0, np.inf]] * 2]
)
def test_distances_that_are_not_legal(matrix):
    with pytest.raises(ValueError, match="distances"):
        checked_distances(matrix, 2)


def test_names_that_are_not_known():
    with pytest.raises(ValueError, match="cubic"):
        weights_between("cubic", ("a", "b"))
    with pytest.raises(ValueError, match="nominal, interval or ratio"):
        distance_matrix("ordinal", [1, 2])
    with pytest.raises(ValueError, match="differ"):
        weight_matrix("linear", [1, 1])
    with pytest.raises(ValueError, match="fuzzy"):
        krippendorff_alpha(patterns_of(GRID), metric="fuzzy")
    with pytest.raises(ValueError, match="no coefficient"):
        linearised("kappa", patterns_of(GRID))
    with pytest.raises(ValueError, match="no scale"):
        bands(0.5, 0.1, scale="mine")


def test_what_stands_for_a_label():
    assert label_values(("3", "1.5", "-2")).tolist() == [3, 1.5, -2]
    assert label_values(("bad", "fair", "good")).tolist() == [1, 2, 3]
    for words in (("nan", "1"), ("inf", "1"), ("1", "01"), ("1_0", "2"), ("１", "2"), ("", "1")):
        assert numbers_in(words) is None


def test_weights_of_ones_own_are_the_named_ones():
    ratings = patterns_of(GRID)
    for form in WEIGHTS:
        own = weight_matrix(form, [1, 2, 3])
        for work in (gwet_ac2, fleiss_kappa, brennan_prediger, percent_agreement, krippendorff_alpha_gwet_form):
            assert work(ratings, weights=own) == work(ratings, weights=form)
        assert conger_kappa(answers_of(GRID), weights=own) == conger_kappa(answers_of(GRID), weights=form)


def test_ordinal_weights_are_not_the_ordinal_metric_but_quadratic_weights_are_the_interval_metric():
    ratings = patterns_of(GRID)
    by_weights = krippendorff_alpha_gwet_form(ratings, weights="ordinal").point
    by_metric = krippendorff_alpha(ratings, metric="ordinal").point
    assert abs(by_weights - by_metric) > 0.005
    quadratic = krippendorff_alpha_gwet_form(ratings, weights="quadratic")
    assert krippendorff_alpha(ratings, metric="interval").point == pytest.approx(quadratic.point, abs=1e-12)
    # the metric follows the margins: a label between that nobody gives changes nothing, unlike with weights
    wider = patterns_of([[k + (k == 2) for k in unit] for unit in GRID], ("1", "2", "2.5", "3"))
    assert krippendorff_alpha(wider, metric="ordinal").point == pytest.approx(by_metric, abs=1e-12)
    assert abs(krippendorff_alpha_gwet_form(wider, weights="ordinal").point - by_weights) > 0.005


def test_the_unit_of_a_distance_does_not_matter():
    ratings = patterns_of(GRID)
    distance = np.array([[0, 1, 5], [1, 0, 2], [5, 2, 0]])
    one, two = (krippendorff_alpha(ratings, metric=unit * distance) for unit in (1, 1000))
    assert [two.point, two.low, two.high] == pytest.approx([one.point, one.low, one.high], abs=1e-12)
    same = krippendorff_alpha(ratings, metric=1 - np.eye(3))
    plain = krippendorff_alpha(ratings)
    assert [same.point, same.low, same.high] == pytest.approx([plain.point, plain.low, plain.high], abs=1e-12)


def test_ordered_labels_need_not_be_declared_as_numbers():
    words = krippendorff_alpha(patterns_of(GRID, ("low", "middle", "high")), metric="ordinal")
    assert words == krippendorff_alpha(patterns_of(GRID), metric="ordinal")
    assert words.method.startswith("linearised with ranks, t(")
    turned = [[2 - k for k in unit] for unit in GRID]
    numbered = krippendorff_alpha(patterns_of(turned, ("3", "2", "1")), metric="ordinal")
    assert numbered.point == pytest.approx(words.point, abs=1e-12)
    assert midranks(np.array([[1.0, 2.0], [3.0, 1.0]])).tolist() == [[-1.0, 0.5], [-0.5, 1.5]]


@pytest.mark.parametrize(
    ("labels", "metric", "reason"),
    [
        (("1", "2", "nan"), "interval", "labels-not-numbers"),
        (("a", "b", "c"), "ratio", "labels-not-numbers"),
        (("1", "01", "2"), "interval", "labels-not-numbers"),
        (("-1", "0", "1"), "ratio", "negative-values"),
    ],
)
def test_labels_that_a_level_cannot_use(labels, metric, reason):
    for work in (
        lambda: krippendorff_alpha(patterns_of(GRID, labels), metric=metric),
        lambda: metric_values(metric, labels),
    ):
        with pytest.raises(InsufficientData) as caught:
            work()
        assert caught.value.reason == reason


# degenerate data -----------------------------------------------------------------------------------------------------

BY_PATTERN = {
    **{measure.name: measure.estimate for measure in COEFFICIENTS},
    **{f"{m.name}-quadratic": m.estimate for m in weighted_measures(("1", "2", "3"), "quadratic")},
    **{f"alpha-{level}": partial(krippendorff_alpha, metric=level) for level in ("ordinal", "interval", "ratio")},
    "alpha-custom": partial(krippendorff_alpha, metric=[[0, 1, 2], [1, 0, 1], [2, 1, 0]]),
    "label-kappa": partial(label_kappa, label=0),
    "label-alpha": partial(label_alpha, label=0),
}
BY_ANSWER = {
    "conger": conger_kappa,
    "conger-linear": partial(conger_kappa, weights="linear"),
    "light": light_kappa,
    "light-linear": partial(light_kappa, weights="linear"),
}
DEGENERATE = {
    "nothing": ([[None, None], [None, None]], "no-annotations"),
    "one-rater": ([[0], [1], [0]], "no-overlap"),
    "no-overlap": ([[0, None], [None, 1], [2, None]], "no-overlap"),
    "one-item": ([[0, 1], [1, None], [None, 2]], "too-few-items"),
    "one-label": ([[0, 0], [0, 0], [0, None]], "no-variation"),
}


@pytest.mark.parametrize("kind", DEGENERATE)
@pytest.mark.parametrize("name", [*BY_PATTERN, *BY_ANSWER])
def test_degenerate_data_have_a_reason_for_every_coefficient(name, kind):
    grid, reason = DEGENERATE[kind]
    if name in BY_PATTERN:
        work = partial(BY_PATTERN[name], patterns_of(grid))
    else:
        work = partial(BY_ANSWER[name], answers_of(grid))
    if name.startswith("percent") and kind == "one-label":
        assert work().point == 1.0
        return
    with pytest.raises(InsufficientData) as caught:
        work()
    of_label = {"nothing": "label-not-used", "one-rater": "label-not-compared", "no-overlap": "label-not-compared"}
    assert caught.value.reason == (of_label.get(kind, reason) if name.startswith("label-") else reason)
    assert str(caught.value)


def test_percent_agreement_stands_beside_what_cannot_be_known():
    lines = {line.name: line.figure for line in coefficients(patterns_of([[1, 1], [1, 1], [1, 1, 1]]))}
    assert isinstance(lines["percent-agreement"], Estimate)
    assert lines["percent-agreement"].point == 1.0
    others = [figure for name, figure in lines.items() if name != "percent-agreement"]
    assert len(others) == 4
    assert all(isinstance(each, Unknown) and each.reason == "no-variation" and each.n == 3 for each in others)


def test_one_disagreement_in_ten_surprises_and_is_said():
    patterns = patterns_of([[0, 0]] * 9 + [[0, 1]], ("a", "b"))
    found = {line.name: line.figure.point for line in coefficients(patterns)}
    assert found["percent-agreement"] == pytest.approx(0.9)
    assert found["krippendorff-alpha"] == pytest.approx(0.0, abs=1e-12)
    assert found["gwet-ac1"] == pytest.approx(0.8895, abs=5e-5)
    assert found["brennan-prediger"] == pytest.approx(0.8)


def test_a_label_called_nan_is_a_label():
    for labels in (("nan", "2", "3"), ("1", "2", "nan"), ("None", "", "nan")):
        named = patterns_of(GRID, labels)
        for measure in COEFFICIENTS:
            assert measure.estimate(named) == measure.estimate(patterns_of(GRID))
        for work in (conger_kappa, light_kappa):
            assert work(answers_of(GRID, labels)) == work(answers_of(GRID))
        listed = item_disagreements(answers_of([[0, 1, 2]] * 2, labels))
        assert listed[0].labels == tuple((label, 1) for label in labels)


def test_labels_that_weights_make_one():
    ones = np.ones((3, 3))
    for work in (fleiss_kappa, brennan_prediger, krippendorff_alpha_gwet_form):
        with pytest.raises(InsufficientData) as caught:
            work(patterns_of(GRID), weights=ones)
        assert caught.value.reason == "no-variation-weighted"
    with pytest.raises(InsufficientData) as caught:
        conger_kappa(answers_of(GRID), weights=ones)
    assert caught.value.reason == "no-variation-weighted"
    with pytest.raises(InsufficientData) as caught:
        krippendorff_alpha(patterns_of(GRID), metric=np.zeros((3, 3)))
    assert caught.value.reason == "no-variation-weighted"
    assert percent_agreement(patterns_of(GRID), weights=ones).point == 1.0
    for measure in weighted_measures(("1", "2", "3"), ones)[1:3]:
        patterns = patterns_of(GRID)
        assert np.isnan(measure.values(patterns.counts, patterns.weight[None, :])).all()


def test_the_number_of_declared_labels_changes_only_what_depends_on_it():
    narrow, wide = patterns_of(GRID), patterns_of(GRID, ("1", "2", "3", "4", "5"))
    for work in (fleiss_kappa, krippendorff_alpha, percent_agreement):
        assert work(wide) == work(narrow)
    for work in (gwet_ac1, brennan_prediger):
        assert work(wide).point > work(narrow).point
    assert conger_kappa(answers_of(GRID, ("1", "2", "3", "4"))) == conger_kappa(answers_of(GRID))


def test_a_second_answer_of_an_annotator_is_no_agreement():
    once = answers_of(GRID)
    again = np.repeat(np.arange(len(once.item)), 2)
    label = once.label[again].copy()
    label[1::2] = (label[1::2] + 1) % 3
    twice = Answers(labels=once.labels, item=once.item[again], annotator=once.annotator[again], label=label)
    for work in (conger_kappa, light_kappa, item_disagreements, partial(annotator_influence, people="wxy")):
        assert work(twice) == work(once)


def test_answers_need_not_be_sorted_by_annotator():
    once = answers_of(GRID)
    order = np.lexsort((-once.annotator, once.item))
    turned = Answers(
        labels=once.labels, item=once.item[order], annotator=once.annotator[order], label=once.label[order]
    )
    for work in (conger_kappa, light_kappa, item_disagreements):
        assert work(turned) == work(once)


def test_light_is_never_a_mean_over_fewer_pairs():
    apart = [[0, 0, None], [1, 0, None], [None, 1, 1], [None, 0, 1], [2, None, None]]
    with pytest.raises(InsufficientData) as caught:
        light_kappa(answers_of(apart))
    assert caught.value.reason == "pair-without-kappa"
    assert "0 and 2" in str(caught.value)
    assert -1 <= conger_kappa(answers_of(apart)).point <= 1  # Conger needs no such thing


# numbers -------------------------------------------------------------------------------------------------------------


def test_numbers_that_alpha_refuses():
    refused = [
        ([], [], "interval", "no-annotations"),
        ([1, 2, 3], [1, 2, 3], "interval", "no-overlap"),
        ([1, 1, 2], [1, 2, 3], "ordinal", "too-few-items"),
        ([1, 1, 2, 2], [3, 3, 3, 3], "ratio", "no-variation"),
        ([1, 1, 2, 2], [3, -3, 3, 3], "ratio", "negative-values"),
    ]
    for item, value, level, reason in refused:
        with pytest.raises(InsufficientData) as caught:
            alpha_of_numbers(item, value, level=level)
        assert caught.value.reason == reason
    with pytest.raises(ValueError, match="nominal"):
        alpha_of_numbers([1, 1], [1, 2], level="nominal")
    with pytest.raises(ValueError, match="finite"):
        alpha_of_numbers([1, 1], [1, float("nan")], level="interval")


def test_interval_alpha_does_not_mind_offset_and_unit():
    rng = np.random.default_rng(3)
    item = np.repeat(np.arange(40), 3)
    value = np.repeat(rng.normal(size=40), 3) + rng.normal(size=120) * 0.3
    plain = alpha_of_numbers(item, value, level="interval")
    moved = alpha_of_numbers(item, 1.7e9 + 1000 * value, level="interval")  # as times in seconds
    assert [moved.point, moved.low, moved.high] == pytest.approx([plain.point, plain.low, plain.high], abs=1e-9)
    squared = alpha_of_numbers(item, np.exp(value), level="ordinal")  # ranks alone count
    assert squared == alpha_of_numbers(item, value, level="ordinal")


def test_ratio_sums_come_in_blocks_of_any_size():
    rng = np.random.default_rng(2)
    values, totals = np.sort(np.append(rng.exponential(size=99), 0.0)), rng.integers(1, 5, 100).astype(float)
    whole = ratio_sums(values, totals)
    assert ratio_sums(values, totals, cells=1) == pytest.approx(whole)
    assert ratio_sums(values, totals, cells=777) == pytest.approx(whole)
    slow = [sum(t * ((a - b) / (a + b)) ** 2 for b, t in zip(values, totals, strict=True) if a + b) for a in values]
    assert whole == pytest.approx(slow)


# words for numbers ---------------------------------------------------------------------------------------------------


def test_bands_are_shares_of_a_normal_cut_to_its_range():
    for scale, named in SCALES.items():
        found = bands(0.77544, 0.14295, scale=scale)
        assert [band.name for band in found] == [name for name, _ in named]
        assert sum(band.probability for band in found) == pytest.approx(1)
        assert found[-1].reached == pytest.approx(1)
        assert [band.high for band in found] == [1.0, *(band.low for band in found[:-1])]
    drawn = np.random.default_rng(1).normal(0.77544, 0.14295, 400_000)
    drawn = drawn[(drawn >= -1) & (drawn <= 1)]
    for band in bands(0.77544, 0.14295):
        assert band.probability == pytest.approx(((drawn >= band.low) & (drawn < band.high)).mean(), abs=0.004)


def test_an_unsure_number_is_called_worse_than_a_sure_one():
    assert called(0.85, 0.001).name == "almost perfect"
    assert called(0.85, 0.1).name == "substantial"
    assert called(0.85, 0.3).name == "fair"
    assert called(1.0, 0.0).name == "almost perfect"
    assert called(-0.3, 0.0).name == "poor"
    assert [band.probability for band in bands(0.6, 0.0)] == [0, 1, 0, 0, 0, 0]
    with pytest.raises(ValueError, match="certainty"):
        called(0.5, 0.1, certainty=95)
    with pytest.raises(ValueError, match="error"):
        bands(0.5, float("nan"))


def test_the_null_error_is_for_equal_numbers_of_annotations():
    with pytest.raises(InsufficientData) as caught:
        fleiss_null(patterns_of([[0, 0, 1], [1, 1], [0, 1, 1]]))
    assert caught.value.reason == "unequal-annotators"
    test = fleiss_null(patterns_of(GRID))
    assert test.kappa == pytest.approx(fleiss_kappa(patterns_of(GRID)).point)
    assert test.z == pytest.approx(test.kappa / test.error)
    assert test.error < linearised("fleiss-kappa", patterns_of(GRID)).error


def test_influence_where_nobody_is_left():
    grid = [[0, 1], [1, 1], [0, 0]]
    lines = annotator_influence(answers_of(grid, ("a", "b")), ["x", "y"])
    assert [line.without.reason for line in lines] == ["no-overlap", "no-overlap"]
    assert [line.change for line in lines] == [None, None]
    assert annotator_influence(answers_of([[None]]), ["x"]) == ()
    assert item_disagreements(answers_of([[None]])) == ()
    assert item_disagreements(answers_of([[0], [1]])) == ()


def test_partial_credit_between_labels_makes_items_less_disputed():
    grid = [[0, 2], [0, 1], [1, 1]]
    plain = {line.item: line.disagreement for line in item_disagreements(answers_of(grid))}
    graded = {line.item: line.disagreement for line in item_disagreements(answers_of(grid), weights="linear")}
    assert plain == {0: 1.0, 1: 1.0, 2: 0.0}
    assert graded == {0: 1.0, 1: 0.5, 2: 0.0}

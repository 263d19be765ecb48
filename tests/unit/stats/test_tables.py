"""Two annotators in a square table: what cannot be known is said, credits are checked, and forms agree with each other."""

from __future__ import annotations

import numpy as np
import pytest

from labelqa.errors import InsufficientData
from labelqa.records.reductions import Answers, Patterns
from labelqa.stats.agreement import fleiss_kappa, gwet_ac1, margins, tables
from labelqa.stats.agreement import krippendorff_alpha as alpha_of_patterns
from labelqa.stats.agreement import percent_agreement as percent_of_patterns
from labelqa.stats.agreement.pairs import cohen_kappa
from labelqa.stats.agreement.repeats import repeats, repeats_by_annotator

TABLE = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
CHANCE = [
    cohen_kappa,
    tables.weighted_kappa,
    tables.scott_pi,
    tables.krippendorff_alpha,
    tables.brennan_prediger,
    tables.gwet_ac,
    tables.bangdiwala_b,
]


def reason(work) -> str:
    with pytest.raises(InsufficientData) as caught:
        work()
    return caught.value.reason


@pytest.mark.parametrize("coefficient", CHANCE)
def test_what_cannot_be_known(coefficient):
    assert reason(lambda: coefficient([[0, 0], [0, 0]])) == "no-overlap"
    assert reason(lambda: coefficient([[0, 1], [0, 0]])) == "too-few-items"
    assert reason(lambda: coefficient([[12, 0], [0, 0]])) == "no-variation"
    assert reason(lambda: coefficient([[12]])) == "no-variation"
    for wrong in ([[1, 2, 3], [4, 5, 6]], [[1, -1], [0, 2]]):
        with pytest.raises(ValueError, match="labels"):
            coefficient(wrong)
    with pytest.raises(ValueError, match="confidence"):
        coefficient(TABLE, confidence=95)


def test_one_label_leaves_percent_agreement():
    share = tables.percent_agreement([[12, 0], [0, 0]])
    assert (share.point, share.high, share.method) == (1.0, 1.0, "wilson")
    assert reason(lambda: tables.percent_agreement([[0, 0], [0, 0]])) == "no-overlap"


def test_complete_disagreement_and_complete_agreement():
    for coefficient in CHANCE:
        same = coefficient([[6, 0], [0, 5]])
        assert same.point == pytest.approx(1.0)
        assert (same.low < 1, same.high) == (True, 1.0)
        assert same.low < coefficient([[600, 0], [0, 500]]).low
    assert cohen_kappa([[0, 5], [0, 0]]).point == 0.0  # each says one label only, and another one
    assert tables.scott_pi([[0, 5], [5, 0]]).point == -1.0
    assert reason(lambda: tables.bangdiwala_b([[0, 5], [0, 0]])) == "no-common-label"


def test_the_general_form_is_the_plain_one():
    rng = np.random.default_rng(3)
    for _ in range(20):
        table = rng.integers(0, 9, (4, 4)) + np.diag([5, 0, 3, 1])
        one, other = cohen_kappa(table), tables.weighted_kappa(table)
        assert [one.point, one.low, one.high] == pytest.approx([other.point, other.low, other.high], abs=1e-12)
        assert one.method == other.method


def as_patterns(table) -> Patterns:
    table, size = np.array(table), len(table)
    rows, weight = [], []
    for i in range(size):
        for j in range(size):
            if table[i, j]:
                rows.append(np.eye(size, dtype=int)[i] + np.eye(size, dtype=int)[j])
                weight.append(table[i, j])
    return Patterns.of(rows, tuple("abcdefgh"[:size]), weight=np.array(weight, dtype=np.int64))


def test_two_annotators_are_many_annotators_who_are_two():
    rng = np.random.default_rng(4)
    for _ in range(10):
        table = rng.integers(0, 20, (3, 3)) + np.diag([9, 9, 9])
        patterns = as_patterns(table)
        both = [
            (tables.scott_pi(table), fleiss_kappa(patterns)),
            (tables.gwet_ac(table), gwet_ac1(patterns)),
            (tables.krippendorff_alpha(table), alpha_of_patterns(patterns)),
        ]
        for one, other in both:
            assert [one.point, one.low, one.high] == pytest.approx([other.point, other.low, other.high], abs=1e-9)
        assert tables.percent_agreement(table).point == pytest.approx(percent_of_patterns(patterns).point)


def test_credits_of_ones_own():
    linear = tables.credits_of("linear", 3)
    distance = [[0, 1, 2], [1, 0, 1], [2, 1, 0]]
    assert tables.credit(distance) == pytest.approx(linear)
    for coefficient in (tables.weighted_kappa, tables.scott_pi, tables.gwet_ac, tables.brennan_prediger):
        assert coefficient(TABLE, weights=linear) == coefficient(TABLE, weights="linear")
    share = tables.percent_agreement(TABLE, weights="linear")
    assert share.point == pytest.approx(float((np.array(TABLE) * linear).sum() / 200))
    assert share.low < share.point < share.high
    assert (
        tables.weighted_kappa(TABLE, weights="quadratic").point != tables.weighted_kappa(TABLE, weights="linear").point
    )


def test_credits_that_are_refused():
    for weights, words in (
        ("cubic", "cubic"),
        (np.eye(2), r"\(3, 3\)"),
        (np.zeros((3, 3)), "diagonal"),
        (np.eye(3) * 2, "from 0 to 1"),
        (np.full((3, 3), np.nan), "from 0 to 1"),
    ):
        with pytest.raises(ValueError, match=words):
            tables.weighted_kappa(TABLE, weights=weights)
    one_way = np.eye(3)
    one_way[0, 1] = 0.5
    turned = tables.weighted_kappa(np.array(TABLE).T, weights=one_way.T)
    assert tables.weighted_kappa(TABLE, weights=one_way).point == pytest.approx(turned.point)
    assert tables.weighted_kappa(TABLE, weights=one_way.T).point != pytest.approx(turned.point)
    for coefficient in (tables.scott_pi, tables.gwet_ac, tables.brennan_prediger, tables.krippendorff_alpha):
        with pytest.raises(ValueError, match="both ways"):
            coefficient(TABLE, weights=one_way)
    for wrong in ([[0, 1], [-1, 0]], [[1, 1], [1, 0]], [[0, 0], [0, 0]], [[0, 1, 2]], [[0, np.nan], [1, 0]]):
        with pytest.raises(ValueError, match="disagreement"):
            tables.credit(wrong)


def test_labels_that_count_as_one():
    alike = [[1, 1, 0], [1, 1, 0], [0, 0, 1]]
    assert reason(lambda: tables.scott_pi([[3, 1, 0], [2, 4, 0], [0, 0, 0]], weights=alike)) == "no-variation-weighted"


def test_declared_labels_count_although_unused():
    wide = np.zeros((5, 5), dtype=int)
    wide[:3, :3] = TABLE
    assert cohen_kappa(wide) == cohen_kappa(TABLE)
    assert tables.scott_pi(wide).point == pytest.approx(tables.scott_pi(TABLE).point)
    assert tables.gwet_ac(wide).point > tables.gwet_ac(TABLE).point
    assert tables.brennan_prediger(wide).point == pytest.approx((0.7 - 0.2) / 0.8)


def test_highest_kappa():
    assert margins.maximum_kappa([[6, 0], [0, 4]]) == pytest.approx(1.0)
    assert margins.maximum_kappa([[5, 4], [0, 1]]) < 1
    assert margins.maximum_kappa(TABLE) > cohen_kappa(TABLE).point
    for function in (margins.maximum_kappa, margins.cohen_kappa_se0):
        assert reason(lambda function=function: function([[4, 0], [0, 0]])) == "no-variation"
        assert reason(lambda function=function: function([[0, 0], [0, 0]])) == "no-overlap"


def test_single_labels():
    first = margins.conditional_kappa(TABLE, 0)
    assert -1 <= first.low < first.point < first.high <= 1
    assert first.n == 120
    assert reason(lambda: margins.conditional_kappa([[0, 0], [3, 4]], 0)) == "label-not-used"
    assert reason(lambda: margins.conditional_kappa([[3, 0], [4, 0]], 0)) == "no-variation"
    assert margins.conditional_kappa([[4, 0], [0, 9]], 0).point == 1.0
    assert margins.conditional_kappa([[0, 4], [5, 9]], 0).point < 0
    assert margins.label_kappa(TABLE, 1) == margins.label_kappa(np.array(TABLE).T, 1)
    assert reason(lambda: margins.label_kappa([[0, 0], [0, 9]], 0)) == "no-variation"
    for function in (margins.conditional_kappa, margins.label_kappa, margins.label_pi):
        with pytest.raises(ValueError, match="from 0 to 2"):
            function(TABLE, 3)


def test_kappa_is_the_mean_of_its_labels():
    table, n = np.array(TABLE), 200
    parts = [margins.label_kappa(table, label).point for label in range(3)]
    room = [
        (r := table[i].sum() / n) + (c := table[:, i].sum() / n) - 2 * r * c for i in range(3)
    ]  # Cohen 1960: each label's kappa weighs by what it could disagree
    assert np.average(parts, weights=room) == pytest.approx(cohen_kappa(table).point)


def answers(rows: list[tuple[int, int, int]]) -> Answers:
    item, who, label = (np.array(column, dtype=np.int32) for column in zip(*rows, strict=True)) if rows else [
        np.zeros(0, dtype=np.int32)] * 3  # fmt: skip
    return Answers(labels=("a", "b"), item=item, annotator=who, label=label)


def test_answers_given_twice():
    given = answers([(0, 5, 0), (0, 7, 1), (0, 5, 1), (2, 7, 1), (2, 7, 1), (2, 7, 0), (3, 5, 0)])
    assert repeats(given).tolist() == [[0, 1], [0, 1]]
    assert {who: table.tolist() for who, table in repeats_by_annotator(given).items()} == {
        5: [[0, 1], [0, 0]],
        7: [[0, 0], [0, 1]],
    }
    for nobody in (answers([]), answers([(0, 1, 0), (0, 2, 0), (1, 1, 1)])):
        assert repeats(nobody).sum() == 0
        assert repeats_by_annotator(nobody) == {}
    assert reason(lambda: cohen_kappa(repeats(answers([])))) == "no-overlap"

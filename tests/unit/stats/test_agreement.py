"""What cannot be known is said, not guessed; and the shape of what the reports need."""

from __future__ import annotations

import numpy as np
import pytest

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate, Unknown
from labelqa.records.reductions import PairTable, Patterns, grouped
from labelqa.records.summary import Confusion
from labelqa.stats.agreement import (
    coefficients,
    cohen_kappa,
    confusions,
    gwet_ac1,
    krippendorff_alpha,
    pair_agreements,
    per_label,
    percent_agreement,
)
from labelqa.stats.agreement.terms import alpha_values, percent_values
from labelqa.stats.resample import bootstrap, bootstrap_coefficients

NAMES = ["percent-agreement", "fleiss-kappa", "krippendorff-alpha", "gwet-ac1", "brennan-prediger"]
RNG = np.random.default_rng


def reasons(patterns: Patterns) -> list[str | None]:
    lines = coefficients(patterns)
    assert [line.name for line in lines] == NAMES
    return [line.figure.reason if isinstance(line.figure, Unknown) else None for line in lines]


def test_one_label_only_leaves_percent_agreement():
    patterns = Patterns.of([[3, 0], [2, 0], [4, 0]], ("yes", "no"))
    assert reasons(patterns) == [None, *["no-variation"] * 4]
    assert percent_agreement(patterns).point == 1.0
    unknown = coefficients(patterns)[3].figure
    assert isinstance(unknown, Unknown)
    assert "“yes”" in str(unknown.message)
    assert unknown.n == 3


def test_nothing_to_compare():
    assert reasons(Patterns.of(np.zeros((0, 2)), ("a", "b"))) == ["no-annotations"] * 5
    assert reasons(Patterns.of([[1, 0], [0, 1]], ("a", "b"))) == ["no-overlap"] * 5
    assert reasons(Patterns.of([[2, 0], [0, 1]], ("a", "b"))) == ["too-few-items"] * 5
    assert reasons(Patterns.of([[2], [3]], ("a",))) == [None, *["no-variation"] * 4]
    with pytest.raises(InsufficientData) as caught:
        per_label(Patterns.of(np.zeros((0, 2)), ("a", "b")))
    assert caught.value.reason == "no-annotations"


def test_one_disagreement_in_ten():
    patterns = Patterns.of([[2, 0]] * 9 + [[1, 1]], ("a", "b"))
    found = {line.name: line.figure.point for line in coefficients(patterns)}
    assert found["krippendorff-alpha"] == pytest.approx(0.0)
    assert found["gwet-ac1"] == pytest.approx(0.8895, abs=5e-5)


def test_declared_labels_count_although_unused():
    counts = [[2, 0], [1, 1], [0, 2], [2, 0]]
    two = Patterns.of(counts, ("a", "b"))
    four = Patterns.of([[*row, 0, 0] for row in counts], ("a", "b", "c", "d"))
    assert gwet_ac1(four).point > gwet_ac1(two).point
    assert krippendorff_alpha(four) == krippendorff_alpha(two)
    unused = per_label(four)[2]
    assert (unused.count, unused.share) == (0, 0.0)
    assert isinstance(unused.agreement, Unknown)
    assert isinstance(unused.alpha, Unknown)
    assert (unused.agreement.reason, unused.alpha.reason) == ("label-not-compared", "label-not-used")


def test_full_agreement_is_surer_with_more_items():
    few, many = (Patterns.of([[2, 0], [0, 2]] * n, ("a", "b")) for n in (3, 300))
    for measure in (percent_agreement, krippendorff_alpha, gwet_ac1):
        assert measure(few).high == measure(many).high == 1.0
        assert measure(few).low < 0.6 < 0.97 < measure(many).low
        assert measure(few).method == "clopper-pearson over items"


def test_intervals_stay_within_the_range():
    patterns = Patterns.of([[2, 0]] * 8 + [[1, 1], [0, 2]], ("a", "b"))
    for line in coefficients(patterns, confidence=0.999):
        assert isinstance(line.figure, Estimate)
        assert -1 <= line.figure.low <= line.figure.high <= 1


def test_confusions_count_pairs_of_annotations():
    patterns = Patterns.of([[2, 1, 0], [2, 1, 0], [0, 1, 1]], ("a", "b", "c"))
    assert confusions(patterns) == (
        Confusion(first="a", second="b", count=4),
        Confusion(first="b", second="c", count=1),
    )


def pair_table(cells: list[tuple[int, int, int, int, int]], labels: tuple[str, ...]) -> PairTable:
    first, second, one, other, count = (np.array(column) for column in zip(*cells, strict=True))
    return PairTable(labels=labels, first=first, second=second, first_label=one, second_label=other, count=count)


def test_pairs_are_what_each_table_alone_gives():
    rng = RNG(5)
    tables = {(0, 1): rng.integers(0, 9, (3, 3)), (0, 3): rng.integers(0, 9, (3, 3)), (1, 3): np.diag([4, 0, 0])}
    cells = [
        (*pair, i, j, int(table[i, j]))
        for pair, table in tables.items()
        for i in range(3)
        for j in range(3)
        if table[i, j]
    ]
    found = pair_agreements(pair_table(cells, ("a", "b", "c")), ["w", "x", "y", "z"])
    assert [(pair.first, pair.second) for pair in found] == [("w", "x"), ("w", "z"), ("x", "z")]
    for pair, table in zip(found[:2], tables.values(), strict=False):
        assert pair.kappa == cohen_kappa(table)
        assert pair.shared == table.sum()
        assert pair.agreement.point == pytest.approx(np.trace(table) / table.sum())
    last = found[2]
    assert isinstance(last.kappa, Unknown)
    assert (last.kappa.reason, last.agreement.point, last.shared) == ("no-variation", 1.0, 4)


def test_tables_of_a_wrong_shape():
    with pytest.raises(ValueError, match="labels"):
        cohen_kappa([[1, 2, 3], [4, 5, 6]])
    with pytest.raises(InsufficientData):
        cohen_kappa([[0, 0], [0, 0]])
    with pytest.raises(ValueError, match="differ"):
        Patterns.of([[1, 1]], ("a", "a"))
    with pytest.raises(ValueError, match="negative"):
        Patterns.of([[1, -1]], ("a", "b"))
    with pytest.raises(ValueError, match="confidence"):
        krippendorff_alpha(Patterns.of([[2, 0], [1, 1], [0, 2]], ("a", "b")), confidence=95)


def test_bootstrap_is_seeded_and_near_the_linearised_interval():
    rng = RNG(11)
    truth = rng.integers(0, 3, 800)
    given = np.where(rng.random((800, 4)) < 0.75, truth[:, None], rng.integers(0, 3, (800, 4)))
    patterns = Patterns.of([np.bincount(row, minlength=3) for row in given], ("a", "b", "c"))
    one, two = (bootstrap(patterns, alpha_values, rng=RNG(1), replicates=1500) for _ in range(2))
    assert one == two
    assert one.method == "bootstrap over items, percentile, 1500 replicates"
    linear = krippendorff_alpha(patterns)
    assert [one.point, one.low, one.high] == pytest.approx([linear.point, linear.low, linear.high], abs=0.006)
    lines = bootstrap_coefficients(patterns, rng=RNG(1), replicates=1500)
    assert lines[2].figure == one
    assert [line.name for line in lines] == NAMES


def test_bootstrap_of_what_cannot_be_known():
    one_label = Patterns.of([[2, 0], [3, 0]], ("a", "b"))
    with pytest.raises(InsufficientData) as caught:
        bootstrap(one_label, alpha_values, rng=RNG(1))
    assert caught.value.reason == "bootstrap-undefined"
    assert bootstrap(one_label, percent_values, rng=RNG(1)).point == 1.0
    figures = [line.figure for line in bootstrap_coefficients(one_label, rng=RNG(1))]
    assert [getattr(figure, "reason", None) for figure in figures] == [None, *["no-variation"] * 4]
    nothing = bootstrap_coefficients(Patterns.of([[1, 0]], ("a", "b")), rng=RNG(1))
    assert {line.figure.reason for line in nothing} == {"no-overlap"}


def test_grouping_rows_too_wide_for_one_number():
    rng = RNG(2)
    rows = rng.integers(0, 1000, (40, 30))
    rows = np.concatenate([rows, rows[::-1]])
    found, weight = grouped(rows, np.ones(80, dtype=np.int64))
    assert found.tolist() == sorted(rows[:40].tolist())
    assert weight.tolist() == [2] * 40

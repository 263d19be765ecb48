"""Unitizing alpha and gamma: intervals over items, reasons where there is no number, and the simulated chance."""

from __future__ import annotations

import numpy as np
import pytest

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate, Unknown
from labelqa.stats.agreement.alignment import Dissimilarity, _several, _two, disorder
from labelqa.stats.agreement.continuum import Continuum, Unit
from labelqa.stats.agreement.gamma import expected_disorder, gamma, pooled_gamma, quotient
from labelqa.stats.agreement.unitizing import unitizing
from labelqa.stats.distance.regions import Regions
from labelqa.stats.distance.spans import SpanDistance

END = 60


def item(*annotators: list[tuple[int, int, str]], end: float = END) -> Continuum:
    return Continuum(start=0, end=end, annotators=tuple(tuple(Unit(*unit) for unit in units) for units in annotators))


def near(rng: np.random.Generator, *, off: int = 2, annotators: int = 3) -> Continuum:
    """An item whose annotators see the same few stretches, each a little elsewhere."""
    starts = [5, 20, 35]
    labels = rng.choice(["a", "b"], 3)
    return item(
        *(
            [
                (int(at + rng.integers(0, off + 1)), int(at + 8 + rng.integers(0, off + 1)), str(label))
                for at, label in zip(starts, labels, strict=True)
            ]
            for _ in range(annotators)
        )
    )


def test_several_items_give_an_interval():
    rng = np.random.default_rng(4)
    items = [near(rng) for _ in range(12)]
    rows = unitizing(items, ["a", "b", "never"])
    assert [row.label for row in rows] == [None, "a", "b", "never"]
    whole = rows[0].alpha
    assert isinstance(whole, Estimate)
    assert whole.low < whole.point < whole.high <= 1
    assert whole.point == pytest.approx(rows[0].point) == pytest.approx(1 - rows[0].observed / rows[0].expected)
    assert (whole.n, whole.method, whole.confidence) == (12, "jackknife over items, t(11)", 0.95)
    assert rows[0].units == 12 * 9 == rows[1].units + rows[2].units
    assert isinstance(rows[3].alpha, Unknown)
    assert rows[3].alpha.reason == "label-not-used"
    with pytest.raises(InsufficientData) as caught:
        _ = rows[3].point
    assert caught.value.reason == "label-not-used"


def test_the_interval_is_the_jackknife_of_the_items():
    rng = np.random.default_rng(5)
    items = [near(rng, off=6) for _ in range(8)]
    found = unitizing(items, ["a", "b"])[0].alpha
    without = np.array([unitizing(items[:at] + items[at + 1 :], ["a", "b"])[0].point for at in range(8)])
    error = np.sqrt(7 / 8 * ((without - without.mean()) ** 2).sum())
    assert found.point - found.low == pytest.approx(2.364624 * error, rel=1e-5)


def test_many_items_are_left_out_in_groups():
    rng = np.random.default_rng(6)
    found = unitizing([near(rng, annotators=2) for _ in range(250)], ["a", "b"])[0].alpha
    assert found.method == "jackknife over groups of items, t(199)"
    assert found.n == 250


def test_the_interval_covers_what_many_items_show():
    rng = np.random.default_rng(7)
    truth = unitizing([near(rng, off=5, annotators=2) for _ in range(3000)], ["a", "b"])[0].point
    covered = 0
    for _ in range(60):
        found = unitizing([near(rng, off=5, annotators=2) for _ in range(25)], ["a", "b"])[0].alpha
        covered += found.low <= truth <= found.high
    assert covered >= 51  # 57 expected; fewer than 51 would happen once in 200 at 95 %


def test_one_item_has_a_number_but_no_interval():
    rows = unitizing([item([(0, 4, "a")], [(0, 5, "a")])], ["a"])
    assert rows[0].alpha.reason == "too-few-items"
    assert 0.9 < rows[0].point < 1
    everywhere = [item([(0, 4, "a")], [(0, 5, "a")]), item([], []), item([], [])]
    assert unitizing(everywhere, ["a"])[0].alpha.reason == "too-few-items"  # all lies on one of them


@pytest.mark.parametrize(
    ("items", "reason"),
    [
        ([], "no-overlap"),
        ([item([(0, 4, "a")])], "no-overlap"),
        ([item([], [])], "nothing-marked"),
        ([item([(0, 4, "a"), (3, 6, "a")], [])], "overlapping-units"),
        ([item([(0.1, 0.3, "a")], [])], "empty-unit"),
    ],
)
def test_reasons(items, reason):
    with pytest.raises(InsufficientData) as caught:
        unitizing(items, ["a"])
    assert caught.value.reason == reason


def test_what_leaves_no_room_is_unknown():
    full = unitizing([item([(0, 1, "a")], [(0, 1, "a")], end=1)], ["a"])
    assert full[0].alpha.reason == full[1].alpha.reason == "no-variation"
    with pytest.raises(InsufficientData):
        quotient(0.0, 0.0)


def test_touching_units_and_other_labels_may_share_a_place():
    rows = unitizing([item([(0, 4, "a"), (4, 6, "a"), (2, 5, "b")], [(0, 4, "a")])], ["a", "b"])
    assert rows[0].units == 4


def test_a_finer_step_hardly_matters_where_places_are_whole():
    marked = item([(0, 40, "a"), (45, 55, "a")], [(5, 42, "a")], end=100)
    coarse, fine = (unitizing([marked], ["a"], step=step)[0].point for step in (1.0, 0.1))
    assert coarse != fine
    assert coarse == pytest.approx(fine, abs=0.03)


def test_bad_words():
    with pytest.raises(ValueError, match="step"):
        unitizing([item([(0, 4, "a")], [])], ["a"], step=0)
    with pytest.raises(ValueError, match="not declared"):
        unitizing([item([(0, 4, "a")], [])], ["b"])
    with pytest.raises(ValueError, match="end after"):
        item(end=0)
    with pytest.raises(ValueError, match="within"):
        item([(50, 70, "a")])
    with pytest.raises(ValueError, match="two annotators"):
        disorder([[]], Dissimilarity())
    with pytest.raises(ValueError, match="empty above 0"):
        Dissimilarity(empty=0)
    with pytest.raises(ValueError, match="precision"):
        expected_disorder(item([(0, 4, "a")], []), seed=1, precision=0)


def test_answers_become_a_continuum():
    answers = [Regions(((0.0, 4.0),), (("a", "b"),)), Regions(((2.0, 3.0),), ((),)), SpanDistance().read("[]")]
    made = Continuum.of(answers, end=10)
    assert made.annotators == ((Unit(0, 4, "a"), Unit(0, 4, "b")), (Unit(2, 3, ""),), ())
    with pytest.raises(InsufficientData) as caught:
        Continuum.of([Regions(((4.0, 4.0),), (("a",),))], end=10)
    assert caught.value.reason == "empty-unit"


def test_gamma_repeats_with_its_seed_and_says_how_precise_it_is():
    rng = np.random.default_rng(8)
    one = near(rng, off=4)
    first, again, other = (gamma(one, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first.observed == other.observed
    assert first.expected != other.expected
    assert first.expected.disorder == pytest.approx(other.expected.disorder, rel=0.15)
    fine = expected_disorder(one, seed=3, precision=0.02, most=3000)
    assert fine.precision == pytest.approx(0.02, rel=0.25)
    assert fine.samples > first.expected.samples >= 30
    assert expected_disorder(one, seed=3, precision=0.001, most=40).samples == 40


def test_chance_gives_no_gamma_and_agreement_does():
    rng = np.random.default_rng(9)
    agreeing = [near(rng, off=1) for _ in range(6)]
    found = pooled_gamma(agreeing, seed=10)
    assert found.method == "jackknife over items, t(5)"
    assert found.n == 6
    assert 0.7 < found.low < found.point < found.high <= 1
    random = [
        item(*([(int(a), int(a) + 6, str(rng.choice(["a", "b"]))) for a in rng.integers(0, 54, 4)] for _ in range(2)))
        for _ in range(40)
    ]
    by_chance = pooled_gamma(random, seed=11)
    assert by_chance.low < 0.1
    assert abs(by_chance.point) < 0.2


def test_pooled_gamma_of_one_item_is_unknown():
    with pytest.raises(InsufficientData) as caught:
        pooled_gamma([item([(0, 4, "a")], [(0, 5, "a")]), item([], [])], seed=1)
    assert caught.value.reason == "too-few-items"
    with pytest.raises(InsufficientData) as caught:
        gamma(item([], []), seed=1)
    assert caught.value.reason == "nothing-marked"


def test_the_integer_programme_and_the_assignment_agree_on_two():
    rng = np.random.default_rng(12)
    for _ in range(20):
        two = near(rng, off=7, annotators=2).annotators
        wanted = _two(two[0], two[1], Dissimilarity())
        assert _several(two, Dissimilarity()) == pytest.approx(wanted, abs=1e-9)


def test_too_many_alignments_are_refused():
    crowd = [[Unit(at / 100, at / 100 + 50, "a") for at in range(60)] for _ in range(5)]
    with pytest.raises(InsufficientData) as caught:
        disorder(crowd, Dissimilarity())
    assert caught.value.reason == "too-many-alignments"

"""A model judge beside people: never mixed with them, as good as one of them or not, and where it leans."""

from __future__ import annotations

import numpy as np
import pytest

from labelqa.errors import InsufficientData
from labelqa.records.annotation import Origin
from labelqa.records.estimate import Estimate, Unknown
from labelqa.records.reductions import Answers
from labelqa.stats.agreement import cohen_kappa
from labelqa.stats.judges import agreement_across, human_ceiling, judge_accuracy, people_majority
from labelqa.stats.prelabelled import agreement_by_origin

N = -1


def answers(matrix, labels=("a", "b", "c")) -> Answers:
    rows = [(i, j, label) for i, row in enumerate(matrix) for j, label in enumerate(row) if label != N]
    item, who, label = (np.array(column, dtype=np.int32) for column in zip(*rows, strict=True))
    return Answers(labels=labels, item=item, annotator=who, label=label)


def drawn(rng: np.random.Generator, accuracy, items: int = 300, labels: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """(items, annotators) labels, right with each one's accuracy, and the truth."""
    truth = rng.integers(0, labels, items)
    wrong = (truth[:, None] + rng.integers(1, labels, (items, len(accuracy)))) % labels
    return np.where(rng.random(wrong.shape) < np.asarray(accuracy), truth[:, None], wrong), truth


def test_three_numbers_that_are_never_mixed():
    """Annotators 0-2 are people, 3 and 4 models; pairs counted by hand on four items."""
    matrix = [[0, 0, 1, 0, 0], [1, 1, 1, 1, 0], [2, 2, N, 2, 2], [0, 1, N, 2, N]]
    found = agreement_across(answers(matrix), {3, 4})
    assert found.people.point == pytest.approx((1 / 3 + 1 + 1 + 0) / 4)
    assert found.models.point == pytest.approx((1 + 0 + 1) / 3)
    assert found.across.point == pytest.approx((2 / 3 + 1 / 2 + 1 + 0) / 4)
    assert found.across.n == 4
    everybody = agreement_across(answers(matrix), ())
    assert everybody.people.point not in (found.people.point, found.across.point)
    assert isinstance(everybody.models, Unknown)
    assert isinstance(everybody.across, Unknown)
    assert (everybody.models.reason, everybody.across.reason) == ("no-annotations", "no-overlap")


def test_one_person_and_one_model_across_is_cohens_kappa():
    rng = np.random.default_rng(2)
    matrix, _ = drawn(rng, [0.9, 0.7], 250)
    found = agreement_across(answers(matrix), {1})
    table = np.zeros((3, 3), dtype=int)
    np.add.at(table, (matrix[:, 0], matrix[:, 1]), 1)
    kappa = cohen_kappa(table)
    assert found.across_beyond_chance.point == pytest.approx(kappa.point, abs=1e-12)
    assert found.across_beyond_chance.low == pytest.approx(kappa.low, abs=5e-3)
    assert found.across_beyond_chance.high == pytest.approx(kappa.high, abs=5e-3)
    assert found.across_beyond_chance.method == "jackknife over items, t(249)"


def test_intervals_across_cover():
    rng = np.random.default_rng(3)
    expected = 0.85 * 0.75 + 0.15 * 0.25 / 2
    inside = 0
    for _ in range(200):
        matrix, _ = drawn(rng, [0.85, 0.85, 0.75], 80)
        across = agreement_across(answers(matrix), {2}).across
        inside += across.low <= expected <= across.high
    assert inside >= 181  # 95 % of 200; below 181 has a chance of about 1 %


def test_accuracy_and_bias_of_a_judge_that_says_a_too_often():
    rng = np.random.default_rng(4)
    matrix, truth = drawn(rng, [0.95, 0.95, 0.95, 0.8], 600)
    matrix[:, 3] = np.where(rng.random(600) < 0.3, 0, matrix[:, 3])
    table = answers(matrix)
    check = judge_accuracy(table, 3, dict(enumerate(truth.tolist())))
    right = int((matrix[:, 3] == truth).sum())
    assert (check.accuracy.point, check.accuracy.n, check.accuracy.method) == (right / 600, 600, "wilson")
    biases = {each.label: each for each in check.labels}
    assert biases["a"].bias.low > 0.1
    assert biases["b"].bias.high < 0
    assert biases["a"].bias.point == pytest.approx((matrix[:, 3] == 0).mean() - (truth == 0).mean())
    assert biases["a"].found.point > biases["b"].found.point
    assert sum(each.bias.point for each in check.labels) == pytest.approx(0, abs=1e-12)
    beside = judge_accuracy(table, 3, people_majority(table, {3}))
    assert beside.accuracy.point == pytest.approx(check.accuracy.point, abs=0.02)


def test_majority_of_people_leaves_out_ties_and_models():
    matrix = [[0, 0, 1, 1], [0, 1, N, 1], [N, N, N, 2], [2, N, N, 0]]
    assert people_majority(answers(matrix), {3}) == {0: 0, 3: 2}


def test_a_judge_as_good_as_people_and_one_that_is_not():
    rng = np.random.default_rng(5)
    matrix, _ = drawn(rng, [0.85, 0.85, 0.85, 0.88, 0.6], 500)
    table = answers(matrix)
    good, bad = (human_ceiling(table, judge, {3, 4}) for judge in (3, 4))
    assert good.confirmed
    assert good.ratio.low > 0.95
    assert not bad.confirmed
    assert bad.difference.high < -0.05
    assert bad.ratio.high < 0.9
    assert good.among_people == bad.among_people
    assert good.ratio.point == pytest.approx(good.with_people.point / good.among_people.point)
    assert good.difference.point == pytest.approx(good.with_people.point - good.among_people.point)
    assert human_ceiling(table, 4, {3, 4}, margin=0.9).confirmed


def test_non_inferiority_is_wrongly_confirmed_as_rarely_as_said():
    """A judge worse by exactly the margin: confirmed in 2.5 % of data sets."""
    rng = np.random.default_rng(6)
    margin = (0.9 * 0.9 + 0.01 / 2) - (0.9 * 0.8 + 0.02 / 2)
    confirmed = 0
    for _ in range(300):
        matrix, _ = drawn(rng, [0.9, 0.9, 0.9, 0.8], 120)
        confirmed += human_ceiling(answers(matrix), 3, {3}, margin=margin).confirmed
    assert confirmed <= 13  # 7.5 expected, plain t makes 20; more than 13 has a chance below 2 %


def test_complete_agreement_is_not_complete_certainty():
    table = answers([[k % 3] * 3 for k in range(12)])
    found = agreement_across(table, {2})
    assert found.across.point == found.across.high == 1.0
    assert found.across.low < 0.8
    assert isinstance(found.across_beyond_chance, Unknown)
    ceiling = human_ceiling(table, 2, {2})
    assert (ceiling.difference.point, ceiling.confirmed) == (0.0, False)  # twelve items do not show five points
    assert isinstance(ceiling.ratio, Unknown)
    check = judge_accuracy(table, 2, people_majority(table, {2}))
    assert check.labels[0].bias.low < 0 < check.labels[0].bias.high


def test_answers_that_began_as_suggestions_stand_apart():
    rng = np.random.default_rng(7)
    matrix, _ = drawn(rng, [0.8, 0.8, 0.8, 0.8, 0.7], 400)
    suggestion = matrix[:, 4]
    origin = np.full(matrix.shape, Origin.HUMAN.value, dtype=object)
    origin[:, 4] = Origin.MACHINE.value
    origin[200:, 2:4] = Origin.EDITED.value
    accepted = rng.random((200, 2)) < [0.9, 0.5]
    matrix[200:, 2:4] = np.where(accepted, suggestion[200:, None], matrix[200:, 2:4])
    origin[200:, 2:4] = np.where(accepted, Origin.UNCHANGED.value, origin[200:, 2:4])
    check = agreement_by_origin(answers(matrix), origin.ravel().astype(str))
    kinds = {(each.first, each.second): each for each in check.kinds}
    assert len(kinds) == 6
    human, suggested = kinds["human", "human"], kinds["prelabelled", "prelabelled"]
    assert human.answers == 200 * 4 + 200 * 2
    assert isinstance(human.beyond_chance, Estimate)
    assert kinds["prelabelled", "machine"].agreement.point > kinds["human", "machine"].agreement.high
    assert suggested.agreement.point != human.agreement.point
    assert kinds["machine", "machine"].agreement.reason == "no-overlap"
    shares = {each.annotator: each for each in check.annotators}
    assert set(shares) == {2, 3}
    assert shares[2].unchanged == int(accepted[:, 0].sum())
    assert (shares[2].suggestions, shares[2].share.method) == (200, "wilson")
    assert shares[2].share.low > shares[3].share.high
    assert check.unchanged.point == pytest.approx(accepted.mean())


def test_without_any_suggestion_the_share_is_unknown():
    check = agreement_by_origin(answers([[0, 1], [1, 1], [2, 2]]), [Origin.HUMAN] * 6)
    assert [(each.first, each.second) for each in check.kinds] == [("human", "human")]
    assert isinstance(check.unchanged, Unknown)
    assert check.annotators == ()
    with pytest.raises(ValueError, match="origin"):
        agreement_by_origin(answers([[0, 1]]), ["human"])
    with pytest.raises(ValueError, match="guess"):
        agreement_by_origin(answers([[0, 1]]), ["human", "guess"])


def test_nothing_to_judge_by():
    table = answers([[0, N, 1], [1, N, 1]])
    with pytest.raises(InsufficientData) as caught:
        human_ceiling(table, 2, {2})
    assert caught.value.reason == "no-overlap"
    with pytest.raises(InsufficientData) as caught:
        judge_accuracy(table, 2, {7: 1})
    assert caught.value.reason == "nothing-checked"
    with pytest.raises(ValueError, match="margin"):
        human_ceiling(table, 2, {2}, margin=-1)

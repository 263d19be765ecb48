"""A model as one more voice: cleanlab's own figures, and what follows from the formulas."""

from __future__ import annotations

import numpy as np
import pytest

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate, Unknown
from labelqa.records.reductions import Answers
from labelqa.stats.annotators.crowdlab import calibrated, crowdlab

N = -1
LABELS = [
    [1, N, 1, 1],
    [0, 0, 0, N],
    [N, N, 0, 2],
    [2, 2, 2, N],
    [1, 0, 0, 1],
    [N, 0, 0, N],
    [0, N, N, 2],
    [N, N, 2, 1],
    [1, 2, 1, N],
    [N, N, 2, 1],
    [1, 1, 1, 0],
    [N, 0, 2, 1],
    [2, N, 0, N],
    [2, 2, 2, 1],
]
MODEL = [
    [0.007, 0.831, 0.162],
    [0.652, 0.345, 0.003],
    [0.204, 0.102, 0.694],
    [0.427, 0.0, 0.573],
    [0.842, 0.027, 0.131],
    [0.597, 0.123, 0.28],
    [0.509, 0.246, 0.245],
    [0.871, 0.126, 0.003],
    [0.487, 0.507, 0.006],
    [0.404, 0.566, 0.03],
    [0.085, 0.542, 0.373],
    [0.98, 0.019, 0.001],
    [0.175, 0.435, 0.39],
    [0.239, 0.354, 0.407],
]
# cleanlab 2.9.0, multiannotator.get_label_quality_multiannotator(labels, probs, return_weights=True) on the above
TWO_ROUNDS = {
    "consensus": [1, 0, 2, 2, 0, 0, 0, 0, 1, 1, 1, 0, 2, 2],
    "quality": [
        0.77931286,
        0.64882917,
        0.63248523,
        0.5972271,
        0.69916189,
        0.60724505,
        0.53519085,
        0.78836047,
        0.50797025,
        0.5197617,
        0.57697801,
        0.85581459,
        0.4138308,
        0.48879729,
    ],
    "annotators": [0.62132314, 0.65471145, 0.48372582, 0.32639289],
    "weights": [0.355263158, 0.222222222, 0.197916667, 1e-06],
    "model": 1.4604151806934902,
}
# the same with consensus_method="majority_vote": one round; quality there is that of the majority label
ONE_ROUND = {
    "majority": [1, 0, 2, 2, 0, 0, 0, 1, 1, 1, 1, 0, 2, 2],
    "quality": [
        0.7769145,
        0.66370814,
        0.59743538,
        0.61951784,
        0.67472791,
        0.62265726,
        0.55096392,
        0.13228623,
        0.51372763,
        0.49261304,
        0.60217716,
        0.80670027,
        0.41851661,
        0.52666212,
    ],
    "weights": [0.42690058, 0.30864198, 0.28703704, 1e-06],
    "model": 1.2981468272831025,
}


def answers(matrix, labels=("a", "b", "c")) -> Answers:
    rows = [(i, j, label) for i, row in enumerate(matrix) for j, label in enumerate(row) if label != N]
    item, who, label = (np.array(column, dtype=np.int32) for column in zip(*rows, strict=True))
    return Answers(labels=labels, item=item, annotator=who, label=label)


def test_two_rounds_as_cleanlab_has_them():
    found = crowdlab(answers(LABELS), MODEL, rounds=2)
    assert found.consensus.tolist() == TWO_ROUNDS["consensus"]
    assert found.quality.tolist() == pytest.approx(TWO_ROUNDS["quality"], abs=1e-7)
    assert [each.quality for each in found.annotators] == pytest.approx(TWO_ROUNDS["annotators"], abs=1e-7)
    assert [each.weight for each in found.annotators] == pytest.approx(TWO_ROUNDS["weights"], abs=1e-8)
    assert found.model_weight == pytest.approx(TWO_ROUNDS["model"], abs=1e-12)


def test_one_round_as_cleanlab_has_it_for_the_majority():
    found = crowdlab(answers(LABELS), MODEL)
    quality = found.probability[np.arange(len(LABELS)), ONE_ROUND["majority"]]
    assert quality.tolist() == pytest.approx(ONE_ROUND["quality"], abs=1e-7)
    assert [each.weight for each in found.annotators] == pytest.approx(ONE_ROUND["weights"], abs=1e-7)
    assert found.model_weight == pytest.approx(ONE_ROUND["model"], abs=1e-12)


def test_weights_by_hand():
    """Two labels, three annotators, four items; the model is right on all: its error is 0, its weight sqrt(3)."""
    matrix = [[0, 0, 0], [1, 1, 0], [0, 0, 1], [1, 1, 1]]
    found = crowdlab(answers(matrix, ("a", "b")), [[0.9, 0.1], [0.1, 0.9], [0.8, 0.2], [0.3, 0.7]])
    agreement, baseline, likelihood = [0.75, 0.75, 0.5], 0.5, (1 + 2 / 3 + 2 / 3 + 1) / 4
    weights = [max(1e-6, 1 - (1 - each) / baseline) for each in agreement]
    assert [each.weight for each in found.annotators] == pytest.approx(weights)
    assert found.model_weight == pytest.approx(np.sqrt(3))
    total = np.sqrt(3) + sum(weights)
    first = (np.sqrt(3) * 0.9 + likelihood * sum(weights)) / total
    assert found.quality[0] == pytest.approx(first)
    assert found.support[:3].tolist() == pytest.approx([first] * 3)
    assert found.probability.sum(axis=1).tolist() == pytest.approx([1.0] * 4)
    third = found.annotators[2]
    assert isinstance(third.agreement, Estimate)
    assert (third.agreement.point, third.agreement.n, third.n) == (0.5, 4, 4)


def team(rng: np.random.Generator, items: int = 400) -> tuple[Answers, np.ndarray, np.ndarray]:
    truth = rng.integers(0, 3, items)
    skill = np.array([0.9, 0.85, 0.8, 0.35])
    matrix = np.where(rng.random((items, 4)) < skill, truth[:, None], rng.integers(0, 3, (items, 4)))
    matrix = np.where(rng.random((items, 4)) < 0.6, matrix, N)
    matrix[(matrix == N).all(axis=1), 0] = 0
    logits = rng.normal(0, 1.2, (items, 3))
    logits[np.arange(items), truth] += 2
    model = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return answers(matrix), model, truth


def test_better_than_the_majority_and_the_weak_annotator_is_seen():
    table, model, truth = team(np.random.default_rng(5))
    found = crowdlab(table, model)
    votes = np.zeros((len(truth), 3))
    np.add.at(votes, (table.item, table.label), 1)
    assert (found.consensus == truth).mean() > (votes.argmax(axis=1) == truth).mean() + 0.02
    assert min(found.annotators, key=lambda each: each.quality).annotator == 3
    wrong = found.consensus != truth
    assert found.quality[wrong].mean() < found.quality[~wrong].mean() - 0.1


def test_an_annotator_who_shares_no_item():
    matrix = [*LABELS, [N, N, N, N]]
    table = answers([[*row, N] for row in matrix[:-1]] + [[N, N, N, N, 2]])
    found = crowdlab(table, [*MODEL, [0.1, 0.2, 0.7]])
    alone = found.annotators[4]
    assert isinstance(alone.agreement, Unknown)
    assert alone.agreement.reason == "no-overlap"
    assert alone.quality == alone.support > 0.5


def test_calibration_makes_an_overconfident_model_honest():
    table, model, truth = team(np.random.default_rng(6), 1500)
    bold = model**4 / (model**4).sum(axis=1, keepdims=True)
    calm = calibrated(table, bold, seed=3)
    assert calm.sum(axis=1) == pytest.approx(np.ones(len(calm)))
    assert (calm == calibrated(table, bold, seed=3)).all()

    def loss(p: np.ndarray) -> float:
        return float(((p - np.eye(3)[truth]) ** 2).sum(axis=1).mean())

    assert loss(calm) < loss(bold)


def test_no_item_calibrates_itself():
    table, model, _ = team(np.random.default_rng(8), 200)
    before = calibrated(table, model, seed=4)
    for item in (0, 17, 99):
        other = np.where(table.item == item, (table.label + 1) % 3, table.label).astype(np.int32)
        changed = Answers(labels=table.labels, item=table.item, annotator=table.annotator, label=other)
        after = calibrated(changed, model, seed=4)
        assert after[item].tolist() == before[item].tolist()
        assert (after != before).any()


def test_what_cannot_be_weighed():
    alone = answers([[0, N], [N, 1]])
    empty = Answers(labels=("a", "b"), **dict.fromkeys(("item", "annotator", "label"), np.zeros(0, np.int32)))
    for call, reason in (
        (lambda: crowdlab(alone, np.full((2, 3), 1 / 3)), "no-overlap"),
        (lambda: crowdlab(empty, np.zeros((0, 2))), "no-annotations"),
        (lambda: crowdlab(answers([[0, 0]], ("a",)), [[1.0]]), "one-label"),
        (lambda: calibrated(alone, np.full((2, 3), 1 / 3), seed=1), "too-few-items"),
    ):
        with pytest.raises(InsufficientData) as caught:
            call()
        assert caught.value.reason == reason
    table = answers([[0, 1], [1, 1]])
    for probabilities in ([[0.5, 0.5], [0.5, 0.5]], [[0.5, 0.5, 0.5]] * 2, [[1.5, -0.5, 0]] * 2):
        with pytest.raises(ValueError, match="probabilities"):
            crowdlab(table, probabilities)
    with pytest.raises(ValueError, match="rounds"):
        crowdlab(table, [[1, 0, 0]] * 2, rounds=0)
    with pytest.raises(ValueError, match="folds"):
        calibrated(table, [[1, 0, 0]] * 2, seed=1, folds=1)

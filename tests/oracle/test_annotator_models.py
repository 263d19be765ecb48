"""Models of annotators against other ways to the same numbers: a general optimiser, sampling, scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit, log_softmax, logsumexp
from sklearn.metrics import cohen_kappa_score, confusion_matrix, mutual_info_score

from labelqa.records.reductions import Answers
from labelqa.stats.annotators import Search, annotator_skills, dawid_skene, glad, mace, majority, one_coin
from labelqa.stats.annotators.dawid_skene import NO_GOLD
from labelqa.stats.annotators.glad import glad_step, trials_of
from labelqa.stats.annotators.prior import SPREADS, likeness, log_evidence, tilted

LABELS = ("a", "b", "c")


def crowd(items=60, abilities=(0.9, 0.75, 0.6), seed=0) -> tuple[Answers, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 3, items)
    rows = [
        (i, a, truth[i] if rng.random() < q else (truth[i] + rng.integers(1, 3)) % 3)
        for i in range(items)
        for a, q in enumerate(abilities)
    ]
    item, annotator, label = np.array(rows, dtype=np.int32).T.copy()
    return Answers(labels=LABELS, item=item, annotator=annotator, label=label), truth


def joint(data: Answers, log_share, log_confusion) -> np.ndarray:
    """(items, classes) log joint likelihood, straight from the definition."""
    found = np.tile(log_share, (int(data.item.max()) + 1, 1))
    np.add.at(found, data.item, log_confusion[data.annotator, :, data.label])
    return found


@pytest.mark.parametrize("strength", [2.0, 20.0, "learnt"])
def test_a_general_optimiser_finds_nothing_higher_than_dawid_skene(strength):
    data, _ = crowd()
    fit = dawid_skene(data, strength=strength)

    def loss(logits):
        share, confusion = log_softmax(logits[:3]), log_softmax(logits[3:].reshape(3, 3, 3), axis=2)
        prior = fit.strength * (fit.prior.centre * confusion).sum() + (fit.prior.items * share).sum()
        return -logsumexp(joint(data, share, confusion), axis=1).sum() - prior

    begin = np.concatenate([np.log(fit.share), np.log(fit.confusion).ravel()])
    assert -loss(begin) == pytest.approx(fit.ascent.objective, abs=1e-8)
    shaken = begin + np.random.default_rng(1).normal(0, 0.3, len(begin))
    found = minimize(loss, shaken, method="BFGS", options={"gtol": 1e-7})
    assert -found.fun == pytest.approx(fit.ascent.objective, abs=1e-6)
    assert np.exp(log_softmax(found.x[3:].reshape(3, 3, 3), axis=2)) == pytest.approx(fit.confusion, abs=1e-3)


def drawn_tables(annotators, strength, spread, seed, most=40) -> tuple[np.ndarray, np.ndarray]:
    """Answers of annotators who differ as the prior says, and the matrix they differ around."""
    rng = np.random.default_rng(seed)
    matrix = np.array([[0.8, 0.15, 0.05], [0.1, 0.7, 0.2], [0.05, 0.15, 0.8]])
    centres = tilted(matrix, rng.normal(0, spread, annotators))
    tables = [
        [rng.multinomial(rng.integers(5, most), rng.dirichlet(strength * row)) for row in centre] for centre in centres
    ]
    return np.array(tables, dtype=float), matrix


def test_the_evidence_is_that_of_answers_drawn_one_after_the_other():
    """Polya's urn: each answer has the share of its label among the pseudo-labels and the answers before it."""
    counts, matrix = drawn_tables(4, 6.0, 0.5, seed=1, most=12)
    centres = tilted(matrix, np.array([-1.0, 0.0, 2.0]))
    found = log_evidence(counts, centres, 6.0)
    for (who, which), value in np.ndenumerate(found):
        slow = 0.0
        for row, centre in zip(counts[who], centres[which], strict=True):
            urn = 6.0 * centre
            for label in np.repeat(np.arange(3), row.astype(int)):
                slow += np.log(urn[label] / urn.sum())
                urn[label] += 1
        assert value == pytest.approx(slow, abs=1e-9)


@pytest.mark.parametrize(("strength", "spread"), [(4.0, 0.2), (16.0, 1.0), (64.0, 0.4), (8.0, 1.5)])
def test_strength_and_spread_that_made_the_answers_are_learnt_and_a_fine_search_agrees(strength, spread):
    counts, matrix = drawn_tables(150, strength, spread, seed=2)
    found = likeness(counts, matrix)
    assert 0.5 <= found.strength / strength <= 2
    assert 0.5 <= found.spread / spread <= 2
    nodes, weights = np.polynomial.hermite_e.hermegauss(41)

    def loss(logs):
        s, t = np.exp(logs)
        evidence = logsumexp(log_evidence(counts, tilted(matrix, t * nodes), s), b=weights / weights.sum(), axis=1)
        return -evidence.sum() + (logs[0] - np.log(10)) ** 2 / 4.5 + (logs[1] - np.log(0.7)) ** 2 / 2

    best = minimize(loss, np.log([strength, spread]), method="Nelder-Mead")
    assert abs(np.log2(found.strength) - best.x[0] / np.log(2)) <= 0.6  # the grid's strengths are one doubling apart
    assert np.abs(np.log(SPREADS) - best.x[1]).argmin() == np.flatnonzero(found.spread == SPREADS)
    exact = tilted(matrix, nodes := np.linspace(-5.4, 5.4, 361))
    chance = log_evidence(counts, exact, found.strength) - (nodes / found.spread) ** 2 / 2
    chance = np.exp(chance - logsumexp(chance, axis=1, keepdims=True))
    far = np.abs(chance @ nodes) > 3  # near the end of the grid
    assert found.ability[~far] == pytest.approx((chance @ nodes)[~far], abs=0.02)
    assert (~far).sum() > 120


def test_a_general_optimiser_finds_nothing_higher_than_one_coin():
    data, _ = crowd(200)
    fit = one_coin(data, strength=0)

    def loss(logits):
        q = expit(logits[3:])[:, None, None]
        confusion = np.log(np.where(np.eye(3, dtype=bool)[None], q, (1 - q) / 2))
        return -logsumexp(joint(data, log_softmax(logits[:3]), confusion), axis=1).sum()

    found = minimize(loss, np.array([0, 0, 0, 1.0, 1.0, 1.0]), method="BFGS", options={"gtol": 1e-7})
    assert -found.fun <= fit.ascent.objective + 1e-6
    assert -found.fun == pytest.approx(fit.ascent.objective, abs=1e-4)
    assert expit(found.x[3:]) == pytest.approx(fit.ability, abs=1e-3)


def test_a_general_optimiser_finds_nothing_higher_than_glad():
    data, _ = crowd(40)
    fit = glad(data, search=Search(starts=1, tolerance=1e-13))

    def loss(parameters):
        ability, ease = parameters[:3], np.exp(parameters[3:])
        chance = expit(ability[data.annotator] * ease[data.item])
        found = np.full((40, 3), -np.log(3))
        for cell in range(3):
            np.add.at(found[:, cell], data.item, np.log(np.where(data.label == cell, chance, (1 - chance) / 2)))
        return -logsumexp(found, axis=1).sum() + ((parameters - 1) ** 2).sum() / 2

    begin = np.concatenate([fit.ability, np.log(fit.ease)])
    assert -loss(begin) == pytest.approx(fit.ascent.objective, abs=1e-8)
    found = minimize(loss, begin + 0.05, method="BFGS", options={"gtol": 1e-6})
    assert -found.fun == pytest.approx(fit.ascent.objective, abs=1e-5)
    value, following = glad_step(trials_of(data, NO_GOLD))(begin)
    assert value == pytest.approx(fit.ascent.objective, abs=1e-8)
    assert following == pytest.approx(begin, abs=1e-3)


def test_the_bound_of_mace_lies_below_the_evidence_and_close():
    """The evidence by brute force: the mean likelihood of parameters drawn from the prior."""
    data, _ = crowd(6, (0.9, 0.6), seed=3)
    fit = mace(data, habit=2.0, looking=(1.0, 1.0))
    rng, draws = np.random.default_rng(0), 200_000
    look, habit = rng.beta(1, 1, (draws, 2, 1, 1)), rng.dirichlet([2.0] * 3, (draws, 2, 1))
    confusion = look * np.eye(3) + (1 - look) * habit
    given = confusion[:, data.annotator, :, data.label]  # (answers, draws, classes)
    items = np.stack([given[data.item == item].prod(axis=0).mean(axis=1) for item in range(6)])
    evidence = float(np.log(items.prod(axis=0).mean()))
    assert evidence - 2.5 < fit.ascent.objective <= evidence + 0.02


def test_information_and_confusion_where_gold_is_known_are_those_of_scikit_learn():
    data, truth = crowd(300, (0.8, 0.7))
    gold = {i: int(truth[i]) for i in range(300)}
    fit = dawid_skene(data, strength=0, gold=gold)
    for line in annotator_skills(fit, data):
        mine = data.label[data.annotator == line.annotator]
        counted = confusion_matrix(truth, mine, labels=[0, 1, 2])
        assert np.array(line.confusion) == pytest.approx(counted / counted.sum(axis=1, keepdims=True))
        assert fit.confusion[line.annotator] == pytest.approx(np.array(line.confusion))
        assert line.accuracy.point == pytest.approx((mine == truth).mean())
        chance = 4 / (2 * 300 * np.log(2))  # Miller's correction, (3 - 1)(3 - 1) / 2n
        assert line.information.point == pytest.approx(mutual_info_score(truth, mine) / np.log(2) - chance)


def test_majority_of_one_annotator_is_that_annotator():
    data, _ = crowd(50, (0.7,))
    assert cohen_kappa_score(majority(data).consensus.label, data.label) == 1

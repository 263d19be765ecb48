"""Models of annotators: ties, gold, starts, damaged data, and how sure their figures are."""

from __future__ import annotations

import numpy as np
import pytest

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate, Unknown
from labelqa.records.reductions import Answers
from labelqa.stats.annotators import (
    Search,
    annotator_skills,
    dawid_skene,
    glad,
    mace,
    majority,
    one_coin,
    suspects,
    wawa,
)
from labelqa.stats.annotators.ascent import climb
from labelqa.stats.annotators.figures import cost, information
from labelqa.stats.annotators.information import _hidden, share_variances
from labelqa.stats.annotators.layout import laid_out, rows_of
from labelqa.stats.annotators.one_coin import one_coin_matrices

MODELS = (dawid_skene, one_coin, mace, glad)
ALL = (majority, wawa, *MODELS)


def answers(rows, labels=("a", "b")) -> Answers:
    item, annotator, label = np.array(rows, dtype=np.int32).reshape(-1, 3).T.copy()
    return Answers(labels=labels, item=item, annotator=annotator, label=label)


def crowd(items=200, abilities=(0.9, 0.8, 0.7, 0.6), labels=3, seed=0):
    """Answers of annotators of known ability, and the truth."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, labels, items)
    rows = [
        (i, a, truth[i] if rng.random() < q else (truth[i] + rng.integers(1, labels)) % labels)
        for i in range(items)
        for a, q in enumerate(abilities)
    ]
    return answers(rows, tuple("abcdefgh"[:labels])), truth


def test_majority_names_ties_and_breaks_none():
    votes = majority(answers([(3, 0, 0), (3, 1, 1), (7, 0, 1), (7, 1, 1), (7, 5, 0)], ("a", "b", "c")))
    assert votes.consensus.item.tolist() == [3, 7]
    assert votes.consensus.label.tolist() == [-1, 1]
    assert votes.consensus.winners.tolist() == [[True, True, False], [False, True, False]]
    assert votes.consensus.certainty.tolist() == [0.5, pytest.approx(2 / 3)]
    assert votes.annotators.tolist() == [0, 1, 5]


def test_wawa_weighs_by_agreement_with_the_majority():
    # annotator 3 stands alone three times; alone against annotator 0 they lose
    rows = [(i, a, 0) for i in range(3) for a in range(3)] + [(i, 3, 1) for i in range(3)] + [(9, 0, 0), (9, 3, 1)]
    found = wawa(answers(sorted(rows)))
    assert found.weight.tolist() == pytest.approx([3.5 / 4, 1, 1, 0.5 / 4])
    assert found.consensus.label.tolist() == [0, 0, 0, 0]


def test_wawa_of_nobody_who_agrees_falls_back_on_plain_votes():
    found = wawa(answers([(0, 0, 0), (0, 1, 0), (0, 2, 1), (1, 2, 0)]))
    assert np.isfinite(found.consensus.posterior).all()


@pytest.mark.parametrize("model", ALL)
def test_nothing_at_all_is_refused(model):
    with pytest.raises(InsufficientData) as caught:
        model(answers([]))
    assert caught.value.reason == "no-annotations"


@pytest.mark.parametrize("model", MODELS)
def test_one_answer_an_item_is_refused_unless_there_is_gold(model):
    rows = answers([(i, i % 2, i % 2) for i in range(8)])
    with pytest.raises(InsufficientData) as caught:
        model(rows)
    assert caught.value.reason == "nothing-to-compare"
    assert model(rows, gold={0: 0, 1: 1}).gold == 2


@pytest.mark.parametrize("model", MODELS)
def test_one_declared_label_is_refused(model):
    with pytest.raises(InsufficientData) as caught:
        model(answers([(0, 0, 0), (0, 1, 0)], ("a",)))
    assert caught.value.reason == "one-label"


@pytest.mark.parametrize("model", MODELS)
def test_good_annotators_are_told_from_bad_and_the_truth_is_found(model):
    data, truth = crowd(400, (0.95, 0.9, 0.85, 0.5, 0.4))
    fit = model(data)
    assert (fit.consensus.label == truth).mean() > (majority(data).consensus.label == truth).mean()
    skill = [line.accuracy.point for line in annotator_skills(fit, data)]
    assert skill == pytest.approx([0.95, 0.9, 0.85, 0.5, 0.4], abs=0.08)
    assert fit.ascent.monotone
    assert fit.ascent.converged


@pytest.mark.parametrize("model", MODELS)
def test_gold_is_held_and_an_unknown_class_of_gold_is_a_mistake(model):
    data, truth = crowd(60)
    against = {int(i): int((truth[i] + 1) % 3) for i in range(0, 60, 6)}  # gold wins even where all say otherwise
    fit = model(data, gold=against | {999: 0})
    assert fit.gold == 10
    assert {i: int(fit.consensus.label[i]) for i in against} == against
    with pytest.raises(ValueError, match="gold must name a class"):
        model(data, gold={0: 3})


@pytest.mark.parametrize("model", MODELS)
def test_labels_that_nobody_gives_and_annotators_with_one_label(model):
    data, _ = crowd(40, (0.9, 0.8, 0.9))
    rows = [*zip(data.item, data.annotator, data.label, strict=True), (500, 7, 1), (500, 8, 1)]
    fit = model(answers(rows, ("a", "b", "c", "never", "nan")))
    assert np.isfinite(fit.consensus.posterior).all()
    assert fit.consensus.posterior.sum(axis=1) == pytest.approx(1)
    lines = annotator_skills(fit, answers(rows, ("a", "b", "c", "never", "nan")))
    assert isinstance(lines[-1].accuracy, Unknown)
    assert lines[-1].accuracy.reason == "too-few-labels"
    assert lines[-1].labels_given == 1
    assert isinstance(lines[0].accuracy, Estimate)


@pytest.mark.parametrize("model", MODELS)
def test_a_thousand_answers_to_one_item_do_not_underflow(model):
    rows = [(0, a, int(a % 10 == 0)) for a in range(3000)] + [(1, a, int(a % 3 > 0)) for a in range(3000)]
    fit = model(answers(sorted(rows)))
    assert np.isfinite(fit.consensus.posterior).all()
    assert fit.consensus.label.tolist() == [0, 1]


@pytest.mark.parametrize("strength", [0.0, 20.0, "learnt"])
def test_equal_items_are_kept_once_and_change_nothing(monkeypatch, strength):
    data, _ = crowd(300, (0.9, 0.8, 0.7), labels=2)
    gold = {0: 1, 5: 0}
    layout = laid_out(data, classes=2, gold=gold)
    assert layout.rows <= 8 + 8  # patterns of three answers, gold apart
    together = dawid_skene(data, strength=strength, gold=gold)
    monkeypatch.setattr("labelqa.stats.annotators.layout._FEWER", -1.0)
    assert laid_out(data, classes=2, gold=gold).rows == 300
    apart = dawid_skene(data, strength=strength, gold=gold)
    assert together.consensus.posterior == pytest.approx(apart.consensus.posterior, abs=1e-5)
    assert together.ascent.log_likelihood == pytest.approx(apart.ascent.log_likelihood, abs=1e-6)


def test_items_with_equal_hashes_are_still_compared(monkeypatch):
    monkeypatch.setattr("labelqa.stats.annotators.layout._hashes", lambda *known: np.zeros(len(known[1]), int))
    data, _ = crowd(50, (0.9, 0.8, 0.7), labels=2)
    layout = laid_out(data, classes=2, gold={})
    for block in layout.blocks:
        dense = block.rows.toarray()
        for number in range(len(layout.items)):
            mine = np.zeros(6)
            for who, label in zip(data.annotator[data.item == number], data.label[data.item == number], strict=True):
                mine[who * 2 + label] += 1
            assert (dense[layout.row[number]] == mine).all()


def test_starts_are_counted_and_large_data_runs_one(monkeypatch):
    data, _ = crowd(100)
    fit = dawid_skene(data, strength=0, search=Search(starts=6))
    assert fit.ascent.starts == 6
    assert 1 <= fit.ascent.agreeing <= 6
    assert fit.ascent.objective >= dawid_skene(data, strength=0, search=Search(starts=1)).ascent.objective - 1e-6
    monkeypatch.setattr("labelqa.stats.annotators.fitting._LARGE", 100)
    assert dawid_skene(data, search=Search(starts=6)).ascent.starts == 1


def test_too_few_passes_are_told_as_not_converged():
    data, _ = crowd(100)
    fit = dawid_skene(data, strength=0, search=Search(most=3))
    assert not fit.ascent.converged
    assert fit.ascent.sweeps <= 3


def test_a_long_step_that_falls_is_not_taken():
    def step(x):  # creeps towards 1; far beyond it the objective is a cliff
        return float(-((x[0] - 1) ** 2) if x[0] < 1.01 else -1e9), x + 0.05 * (1 - x)

    far = climb(step, np.array([0.0]), repair=lambda *steps: steps[0] + 50, tolerance=1e-12, most=5000)
    assert far.converged
    assert far.parameters[0] == pytest.approx(1, abs=1e-4)
    assert (np.diff(far.history) >= 0).all()


def test_long_steps_save_passes():
    def step(x):
        return float(-((x[0] - 1) ** 2)), x + 0.01 * (1 - x)

    near = climb(step, np.array([0.0]), repair=lambda *steps: steps[0], tolerance=1e-12, most=5000)
    plain = climb(step, np.array([0.0]), repair=lambda *steps: steps[1], tolerance=1e-12, most=5000)
    assert near.sweeps < plain.sweeps / 10


def test_repeated_answers_of_one_annotator_all_count():
    once = dawid_skene(answers([(0, 0, 0), (0, 1, 1), (1, 0, 0), (1, 1, 0)]), strength=1)
    twice = dawid_skene(answers([(0, 0, 0), (0, 0, 0), (0, 1, 1), (1, 0, 0), (1, 1, 0)]), strength=1)
    assert twice.labels_behind.sum() == once.labels_behind.sum() + 1


def test_classes_other_than_the_labels():
    data, truth = crowd(300, (0.9, 0.85, 0.8, 0.8), labels=2)
    maybe = np.where(np.random.default_rng(1).random(len(data.label)) < 0.2, 2, data.label)
    rows = answers(list(zip(data.item, data.annotator, maybe, strict=True)), ("no", "yes", "maybe"))
    fit = dawid_skene(rows, strength=0, classes=("no", "yes"), reading=np.array([[1, 0], [0, 1], [0.5, 0.5]]))
    assert fit.confusion.shape == (4, 2, 3)
    assert fit.confusion[:, :, 2] == pytest.approx(0.2, abs=0.1)
    assert (fit.consensus.label == truth).mean() > 0.9
    assert annotator_skills(fit, rows)[0].accuracy.point > 0.5
    odd = dawid_skene(rows, classes=("dark", "light"), reading=np.array([[1, 0], [0, 1], [0.5, 0.5]]))
    line = annotator_skills(odd, rows)[0]
    assert line.accuracy.reason == "classes-are-not-labels"
    assert line.bias == ()
    assert line.information.point > 0


@pytest.mark.parametrize("reading", [None, np.eye(2), np.ones((3, 2)), -np.eye(3)[:, :2]])
def test_a_reading_that_does_not_fit_is_a_mistake(reading):
    rows = answers([(0, 0, 0), (0, 1, 2)], ("no", "yes", "maybe"))
    with pytest.raises(ValueError, match="reading"):
        dawid_skene(rows, classes=("no", "yes"), reading=reading)


@pytest.mark.parametrize("options", [{"strength": -1}, {"strength": float("nan")}, {"strength": "learned"}])
def test_impossible_strengths_are_mistakes(options):
    for model in (dawid_skene, one_coin):
        with pytest.raises(ValueError, match="pseudo-labels"):
            model(answers([(0, 0, 0), (0, 1, 0)]), **options)
    with pytest.raises(ValueError, match="pseudo-counts"):
        mace(answers([(0, 0, 0), (0, 1, 0)]), habit=0)
    with pytest.raises(ValueError, match="starts"):
        Search(starts=0)


def sparse_crowd(seed, matrix_of):
    """Five of fifty annotators an item, some answers lost; ``matrix_of`` draws an annotator's matrix."""
    rng = np.random.default_rng(seed)
    truth, matrices = rng.integers(0, 5, 667), np.array([matrix_of(rng) for _ in range(50)])
    rows = [
        (i, a, rng.choice(5, p=matrices[a, truth[i]]))
        for i in range(667)
        for a in np.sort(rng.choice(50, 5, replace=False))
        if rng.random() > 0.1
    ]
    return answers(rows, tuple("abcde")), truth


def right(fit, truth) -> float:
    """Share labelled rightly; a tie counts in part."""
    wins, there = fit.consensus.winners, truth[fit.consensus.item]
    return float((wins[np.arange(len(there)), there] / wins.sum(axis=1)).mean())


def test_the_prior_helps_where_answers_are_few():
    wins = np.zeros(3)
    for seed in range(4):
        data, truth = sparse_crowd(seed, lambda rng: one_coin_matrices(rng.beta(6, 2, 1), 5)[0])
        wins += [right(fit, truth) for fit in (majority(data), dawid_skene(data, strength=0), dawid_skene(data))]
    assert wins[2] > wins[0] + 0.01
    assert wins[2] > wins[1] + 0.01


def test_the_strength_is_learnt_low_where_everyone_confuses_in_their_own_way_and_high_where_nobody_does():
    base = np.full((5, 5), 0.075) + 0.625 * np.eye(5)
    own, _ = sparse_crowd(1, lambda rng: np.array([rng.dirichlet(2 * row) for row in base]))
    alike, _ = sparse_crowd(1, lambda _: base)
    able, _ = sparse_crowd(1, lambda rng: one_coin_matrices(rng.beta(2, 1, 1), 5)[0])
    fits = [dawid_skene(data, search=Search(starts=1)) for data in (own, alike, able)]
    assert fits[0].strength <= 8
    assert fits[1].strength >= 64
    assert fits[2].strength >= 64
    assert fits[1].prior.spread <= 0.2
    assert fits[2].prior.spread >= 0.7
    assert all(fit.prior.found == "learnt" and fit.strength == fit.prior.strength for fit in fits)
    again = dawid_skene(able, search=Search(starts=1))
    assert again == fits[2] or (again.prior == fits[2].prior and again.consensus == fits[2].consensus)


def test_a_given_strength_believes_nothing_else():
    data, _ = crowd(100)
    for strength in (0, 5):
        for model in (dawid_skene, one_coin):
            prior = model(data, strength=strength).prior
            assert (prior.found, prior.strength, prior.spread) == ("given", strength, 0)
            assert prior.items.tolist() == [0, 0, 0]
            assert prior.centre.shape == (1, 3, 3)
    assert dawid_skene(data, strength=5).pooled == pytest.approx(dawid_skene(data, strength=5).prior.centre[0])
    coins = one_coin(data).prior
    assert coins.found == "learnt"
    assert coins.items.sum() == pytest.approx(100)


def test_no_class_vanishes_because_few_answers_can_do_without_it():
    learnt, fixed, shares = [], [], []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        truth, shy = rng.integers(0, 2, 100), rng.normal(0, 1, 30)
        rows = [  # annotators who hardly know, each readier or less ready to say yes
            (i, a, int(rng.random() < 1 / (1 + np.exp(1.2 - 1.6 * truth[i] - shy[a]))))
            for i in range(100)
            for a in np.sort(rng.choice(30, 3, replace=False))
        ]
        fit, other = dawid_skene(answers(rows)), dawid_skene(answers(rows), strength=20)
        shares.append((fit.share.min(), other.share.min()))
        learnt.append(right(fit, truth))
        fixed.append(right(other, truth))
    assert min(own for own, _ in shares) > 0.3
    assert min(other for _, other in shares) < 0.05
    assert np.mean(learnt) > np.mean(fixed) + 0.05


def test_many_annotators_are_learnt_from_in_part(monkeypatch):
    data, _ = sparse_crowd(2, lambda rng: one_coin_matrices(rng.beta(6, 2, 1), 5)[0])
    all_of_them = dawid_skene(data, search=Search(starts=1))
    monkeypatch.setattr("labelqa.stats.annotators.prior._CELLS", 700)
    some = dawid_skene(data, search=Search(starts=1))
    assert some.prior.centre.shape == all_of_them.prior.centre.shape
    assert 0.5 <= some.strength / all_of_them.strength <= 2
    assert (some.consensus.label == all_of_them.consensus.label).mean() > 0.97


def test_observed_information_is_the_curvature_of_the_likelihood():
    data, _ = crowd(80, (0.85, 0.75, 0.65), seed=5)
    fit = one_coin(data, strength=0)
    rows, posterior = rows_of(data), fit.consensus.posterior
    logit = np.log(fit.ability / (1 - fit.ability))

    def likelihood(shift):
        q = 1 / (1 + np.exp(-(logit + shift)))
        chance = np.log(one_coin_matrices(q, 3))
        joint = np.tile(np.log(fit.share), (len(posterior), 1))
        np.add.at(joint, data.item, chance[data.annotator, :, data.label])
        return np.log(np.exp(joint).sum(axis=1)).sum()

    step, eye = 1e-3, np.eye(3)
    curve = np.array([
        [
            sum(s * t * likelihood(step * (s * eye[i] + t * eye[j])) for s in (1, -1) for t in (1, -1))
            / (4 * step**2)
            for j in range(3)
        ]
        for i in range(3)
    ])  # fmt: skip
    given = np.full(3, 80.0)
    found = np.diag(given * fit.ability * (1 - fit.ability)) - _hidden(rows, 3, fit.ability, posterior, together=True)
    assert found == pytest.approx(-curve, abs=1e-4)
    alone = _hidden(rows, 3, fit.ability, posterior, together=False)
    assert alone == pytest.approx(np.diag(_hidden(rows, 3, fit.ability, posterior, together=True)))


def test_where_every_class_is_certain_the_interval_is_that_of_a_plain_share(monkeypatch):
    data, truth = crowd(100)
    posterior = np.eye(3)[truth]
    share = np.array([(data.label[data.annotator == a] == truth).mean() for a in range(4)])
    found, method = share_variances(rows_of(data), 3, posterior, share)
    assert found == pytest.approx(share * (1 - share) / 100, rel=1e-6)
    assert method == "observed information"
    monkeypatch.setattr("labelqa.stats.annotators.information._TOGETHER", 2)
    alone, method = share_variances(rows_of(data), 3, posterior, share)
    assert alone == pytest.approx(found, rel=1e-6)
    assert method == "observed information, others held"


@pytest.mark.parametrize("model", [dawid_skene, one_coin])
def test_intervals_cover_the_true_accuracy(model):
    inside = total = 0
    for seed in range(25):
        rng = np.random.default_rng(seed)
        abilities = rng.beta(8, 2, 5)
        data, _ = crowd(150, tuple(abilities), seed=seed)
        for line in annotator_skills(model(data, search=Search(starts=1)), data):
            inside += line.accuracy.low <= abilities[line.annotator] <= line.accuracy.high
            total += 1
    assert inside / total >= 0.9


def test_bias_says_which_label_is_given_too_often():
    data, _ = crowd(300, (0.95, 0.95, 0.95, 0.34))
    biased = data.label.copy()
    biased[data.annotator == 3] = 1
    rows = answers(list(zip(data.item, data.annotator, biased, strict=True)), data.labels)
    line = annotator_skills(dawid_skene(rows), rows)[3]
    bias = dict(line.bias)
    assert bias["b"] == pytest.approx(2 / 3, abs=0.08)
    assert sum(bias.values()) == pytest.approx(0, abs=1e-9)
    assert line.information.point < 0.02
    assert line.cost.point > 0.98
    assert [row[1] for row in line.confusion] == pytest.approx([1, 1, 1])


def test_information_and_cost_of_known_tables():
    symmetric = np.array([[450.0, 50.0], [50.0, 450.0]])
    bits, variance = information(symmetric)
    assert bits == pytest.approx(1 + 0.9 * np.log2(0.9) + 0.1 * np.log2(0.1) - 1 / (2000 * np.log(2)))
    assert cost(symmetric)[0] == pytest.approx((1 - 0.9**2 - 0.1**2) / 0.5)
    rng = np.random.default_rng(0)
    drawn = rng.multinomial(1000, symmetric.ravel() / 1000, size=4000).reshape(-1, 2, 2).astype(float)
    assert np.var([information(table)[0] for table in drawn]) == pytest.approx(variance, rel=0.1)
    assert np.var([cost(table)[0] for table in drawn]) == pytest.approx(cost(symmetric)[1], rel=0.1)
    uneven = np.array([[700.0, 60.0, 40.0], [30.0, 90.0, 5.0], [15.0, 10.0, 50.0]])
    for figure in (information, cost):
        slopes = np.zeros((3, 3))
        for cell in np.ndindex(3, 3):
            moved = uneven.copy()
            moved[cell] += 1e-3
            slopes[cell] = (figure(moved)[0] - figure(uneven)[0]) / 1e-3 * 1000
        joint = uneven / 1000
        known = ((joint * slopes**2).sum() - (joint * slopes).sum() ** 2) / 1000
        assert figure(uneven)[1] == pytest.approx(known, rel=2e-2 if figure is information else 1e-4)
    with pytest.raises(InsufficientData) as caught:
        cost(np.array([[3.0, 2.0], [0.0, 0.0]]))
    assert caught.value.reason == "one-class"


def test_suspects_are_the_labels_of_record_that_the_consensus_doubts():
    data, truth = crowd(100, (0.95, 0.95, 0.95, 0.95))
    recorded = truth.astype(np.int32)
    recorded[[4, 40]] = (recorded[[4, 40]] + 1) % 3
    fit = dawid_skene(data)
    items = np.arange(102, dtype=np.int32)  # two items that nobody answered
    found = suspects(fit.consensus, items, np.append(recorded, [0, 0]).astype(np.int32), data.labels)
    assert {4, 40} <= {each.item for each in found}
    assert [each.wrong for each in found] == sorted((each.wrong for each in found), reverse=True)
    assert all(each.wrong > 0.5 for each in found)
    first = next(each for each in found if each.item == 4)
    assert (first.recorded, first.likeliest) == (data.labels[recorded[4]], (data.labels[truth[4]],))
    assert len(suspects(fit.consensus, items[:100], recorded, data.labels, most=1)) == 1
    with pytest.raises(ValueError, match="recorded label"):
        suspects(fit.consensus, items, recorded, data.labels)


def test_other_answers_than_the_fitted_are_a_mistake():
    fit = dawid_skene(crowd(50)[0])
    with pytest.raises(ValueError, match="other answers"):
        annotator_skills(fit, crowd(51)[0])


def test_what_is_surely_known_is_not_called_unknown() -> None:
    """Annotators who say the same throughout leave directions without any information; the others must not pay for it."""
    rng = np.random.default_rng(5)
    truth = rng.integers(0, 3, 300)
    said = np.where(rng.random((300, 9)) < 0.75, truth[:, None], rng.integers(0, 3, (300, 9)))
    said[:, 7], said[:, 8] = truth, 0  # one is never wrong, one presses the first key
    answers = Answers(
        labels=("a", "b", "c"), item=np.repeat(np.arange(300, dtype=np.int32), 9),
        annotator=np.tile(np.arange(9, dtype=np.int32), 300), label=said.ravel().astype(np.int32),
    )  # fmt: skip
    for fit in (dawid_skene, glad, mace, one_coin):
        skills = annotator_skills(fit(answers), answers)
        assert all(each.accuracy.high - each.accuracy.low < 0.25 for each in skills), fit.__name__

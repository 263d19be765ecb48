"""What must hold of every model of annotators, whatever the answers: order does not matter, nothing falls, sums are one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelqa.records.reductions import Answers
from labelqa.stats.annotators import Search, annotator_skills, dawid_skene, glad, mace, majority, one_coin
from labelqa.stats.annotators.dawid_skene import _centred
from labelqa.stats.annotators.fitting import step_of
from labelqa.stats.annotators.layout import laid_out

LABELS = ("a", "b", "nan")
ONE = Search(starts=1)
ITEMS, ANNOTATORS = 14, 5
MODELS = (
    dawid_skene,
    lambda *given, **how: dawid_skene(*given, strength=0, **how),
    lambda *given, **how: dawid_skene(*given, strength=20, **how),
    one_coin,
    mace,
    glad,
)
tables = st.lists(
    st.tuples(st.integers(0, ITEMS - 1), st.integers(0, ANNOTATORS - 1), st.integers(0, len(LABELS) - 1)),
    min_size=2,
    max_size=60,
).filter(lambda rows: len({row[0] for row in rows}) < len(rows))
golds = st.dictionaries(st.integers(0, ITEMS - 1), st.integers(0, len(LABELS) - 1), max_size=6)


def answers(rows) -> Answers:
    item, annotator, label = np.array(sorted(rows), dtype=np.int32).T.copy()
    return Answers(labels=LABELS, item=item, annotator=annotator, label=label)


@pytest.mark.parametrize("model", MODELS)
@given(rows=tables, gold=golds)
@settings(max_examples=30, deadline=None)
def test_the_objective_never_falls_and_posteriors_add_up_to_one(model, rows, gold):
    fit = model(answers(rows), gold=gold)
    assert (np.diff(fit.ascent.history) >= -1e-9 * (1 + abs(fit.ascent.objective))).all()
    assert fit.consensus.posterior.sum(axis=1) == pytest.approx(1)
    assert (fit.consensus.posterior >= 0).all()
    there = [item for item in gold if item in fit.consensus.item]
    place = {int(item): number for number, item in enumerate(fit.consensus.item)}
    assert all(fit.consensus.label[place[item]] == gold[item] for item in there)
    for line in annotator_skills(fit, answers(rows), fewest=1):
        assert 0 <= line.accuracy.low <= line.accuracy.point <= line.accuracy.high <= 1


@pytest.mark.parametrize(
    "model",
    [
        lambda data: dawid_skene(data, search=ONE),
        lambda data: dawid_skene(data, strength=5, search=ONE),
        lambda data: one_coin(data, search=ONE),
        majority,
    ],
)
@given(rows=tables, seed=st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_names_and_order_do_not_matter(model, rows, seed):
    rng = np.random.default_rng(seed)
    items, people, labels = rng.permutation(ITEMS), rng.permutation(ANNOTATORS), rng.permutation(len(LABELS))
    one = model(answers(rows))
    other = model(answers([(items[i], people[a], labels[said]) for i, a, said in rows]))
    place = {int(item): number for number, item in enumerate(other.consensus.item)}
    for number, item in enumerate(one.consensus.item):
        moved = other.consensus.posterior[place[int(items[item])]]
        assert moved[labels] == pytest.approx(one.consensus.posterior[number], abs=2e-4)


def slow_step(data, share, confusion, prior, gold):
    """One EM step written out with loops: log posterior of what was given, and what follows."""
    items = sorted(set(data.item.tolist()))
    size, total, strength = len(LABELS), 0.0, prior.strength
    centre = np.broadcast_to(prior.centre, confusion.shape)
    counts, members = np.zeros_like(confusion), np.zeros(size)
    for item in items:
        mine = [(a, said) for i, a, said in zip(data.item, data.annotator, data.label, strict=True) if i == item]
        joint = share.copy()
        for a, said in mine:
            joint = joint * confusion[a, :, said]
        posterior = joint / joint.sum()
        if item in gold:
            total += np.log(joint[gold[item]])
            posterior = np.eye(size)[gold[item]]
        else:
            total += np.log(joint.sum())
        members += posterior
        for a, said in mine:
            counts[a, :, said] += posterior
    believed = sum(
        strength * centre[a, k, said] * np.log(confusion[a, k, said])
        for a in range(len(confusion))
        for k in range(size)
        for said in range(size)
        if centre[a, k, said] > 0 and strength > 0
    )
    believed += sum(prior.items[k] * np.log(share[k]) for k in range(size) if prior.items[k] > 0)
    following = np.empty_like(confusion)
    for a in range(len(confusion)):
        for k in range(size):
            behind = counts[a, k].sum() + strength
            following[a, k] = (counts[a, k] + strength * centre[a, k]) / behind if behind > 0 else centre[a, k]
    members += prior.items
    return total + believed, members / members.sum(), following


@given(rows=tables, gold=golds, strength=st.sampled_from([0.0, 3.0, 20.0, "learnt"]))
@settings(max_examples=40, deadline=None)
def test_ten_steps_are_those_of_a_plain_em(rows, gold, strength):
    used = sorted({row[1] for row in rows})
    data = answers([(i, used.index(a), said) for i, a, said in rows])
    layout = laid_out(data, classes=len(LABELS), gold=gold)
    family, parameters = _centred(layout, np.eye(len(LABELS)), strength, named=True)
    step = step_of(layout, family)
    share, confusion = (part.copy() for part in family.matrices(parameters))
    held = {item: label for item, label in gold.items() if item in set(data.item.tolist())}
    for _ in range(10):
        value, parameters = step(parameters)
        slow, share, confusion = slow_step(data, share, confusion, family.prior, held)
        assert value == pytest.approx(slow, abs=1e-8)
        ours = family.matrices(parameters)
        assert ours[0] == pytest.approx(share, abs=1e-8)
        assert ours[1] == pytest.approx(confusion, abs=1e-8)


@given(seed=st.integers(0, 1000), known=st.integers(1, 40))
@settings(max_examples=5, deadline=None)
def test_gold_never_makes_the_gold_items_worse(seed, known):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 3, 60)
    rows = [(i, a, truth[i] if rng.random() < 0.6 else rng.integers(3)) for i in range(60) for a in range(3)]
    gold = {int(i): int(truth[i]) for i in rng.choice(60, known, replace=False)}
    for model in MODELS:
        blind, told = model(answers(rows)), model(answers(rows), gold=gold)
        chosen = sorted(gold)
        assert (told.consensus.label[chosen] == truth[chosen]).all()
        assert (told.consensus.label[chosen] == truth[chosen]).mean() >= (
            blind.consensus.label[chosen] == truth[chosen]
        ).mean()

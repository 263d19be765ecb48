"""A model's probabilities as one more voice: consensus and how sure it is, after CROWDLAB (Goh, Tkachenko, Mueller 2022).

Annotators are weighed by how often they agree with each other, the model by how often it agrees with their majority,
both measured against always giving the commonest label; then everybody's opinion is averaged. The model must not have
seen these labels when it was trained, or it agrees with them for that reason alone. It is a help in looking for
mistakes and never counts as an annotator in agreement.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Figure, unknown
from labelqa.records.reductions import Answers, Floats, Ints
from labelqa.stats.proportion import wilson

_LEAST = 1e-6  # nobody's word weighs nothing, so that a lone annotator's label still counts


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatorQuality:
    """``quality`` of an annotator from 0 to 1; ``weight`` in the consensus; ``agreement`` with the consensus on items
    that others answered too, Unknown where there are none; ``support`` the mean probability of the labels given."""

    annotator: int
    n: int
    quality: float
    weight: float
    support: float
    agreement: Figure


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Crowdlab:
    """``item`` (items,) as in the answers; ``probability`` (items, labels) after weighing everybody; ``consensus``
    (items,) the likeliest label and ``quality`` its probability; ``support`` (rows,) the probability of each answer."""

    labels: tuple[str, ...]
    item: Ints
    probability: Floats
    consensus: Ints
    quality: Floats
    support: Floats
    annotators: tuple[AnnotatorQuality, ...]
    model_weight: float


@dataclass(frozen=True, slots=True, eq=False)
class _Votes:
    """Answers by place: item and annotator of each row, votes (items, labels), and which items have two or more."""

    items: Ints
    people: Ints
    item: Ints
    who: Ints
    label: Ints
    votes: Ints
    size: Ints
    several: npt.NDArray[np.bool_]


def _counted(answers: Answers) -> _Votes:
    if not len(answers.item):
        raise InsufficientData("no-annotations", "there are no annotations here, so there is no agreement to measure")
    items, item = np.unique(answers.item.astype(np.int64), return_inverse=True)
    people, who = np.unique(answers.annotator.astype(np.int64), return_inverse=True)
    label, q = answers.label.astype(np.int64), len(answers.labels)
    votes = np.bincount(item * q + label, minlength=len(items) * q).reshape(len(items), q)
    size = votes.sum(axis=1)
    return _Votes(items, people, item, who, label, votes, size, size > 1)


def _checked(probabilities: npt.ArrayLike, items: int, labels: int) -> Floats:
    p = np.asarray(probabilities, dtype=np.float64)
    if p.shape != (items, labels):
        raise ValueError(f"probabilities must be (items, labels) = ({items}, {labels}), not {p.shape}")
    if not np.isfinite(p).all() or (p < 0).any() or np.abs(p.sum(axis=1) - 1).max() > 1e-3:
        raise ValueError("an item's probabilities must be 0 or more and add up to 1")
    return p


def _majority(v: _Votes, p: Floats) -> Ints:
    """Most votes; among equals what the model finds likelier, then the commoner label, then the first declared."""
    tied = v.votes == v.votes.max(axis=1, keepdims=True)
    likely = np.where(tied, p, -1.0)
    tied = likely == likely.max(axis=1, keepdims=True)
    return np.asarray(np.where(tied, v.votes.sum(axis=0), -1).argmax(axis=1))


def _agreement(v: _Votes) -> Floats:
    """How often each annotator says what each other annotator of the same item says; the mean of all where alone."""
    pairs = np.bincount(v.who, weights=v.size[v.item] - 1)
    same = np.bincount(v.who, weights=v.votes[v.item, v.label] - 1)
    overall = same.sum() / pairs.sum()
    return np.where(pairs > 0, same / np.maximum(pairs, 1), overall)


def _averaged(v: _Votes, p: Floats, weight: Floats, model_weight: float, likelihood: float) -> Floats:
    """Everybody's opinion: an annotator gives ``likelihood`` to the own label and shares the rest among the others."""
    q = p.shape[1]
    rest = (1 - likelihood) / (q - 1)
    voice = np.bincount(v.item, weights=weight[v.who])
    given = np.bincount(v.item * q + v.label, weights=weight[v.who], minlength=p.size).reshape(p.shape)
    total = model_weight * p + rest * voice[:, None] + (likelihood - rest) * given
    return np.asarray(total / (model_weight + voice)[:, None])


def _weighed(v: _Votes, p: Floats, consensus: Ints) -> tuple[Floats, float, Floats]:
    """Weights of annotators (annotators,) and model, and everybody's opinion, by a consensus to compare with."""
    shared = consensus[v.several]
    likelihood = float((v.votes[v.several, shared] / v.size[v.several]).mean())
    commonest = np.bincount(shared, minlength=p.shape[1]).argmax()
    baseline = max(_LEAST, float((shared != commonest).mean()))
    weight = np.maximum(_LEAST, 1 - (1 - _agreement(v)) / baseline)
    wrong = float((p[v.several].argmax(axis=1) != shared).mean())
    model_weight = max(_LEAST, 1 - wrong / baseline) * float(np.sqrt(v.size.mean()))
    return weight, model_weight, _averaged(v, p, weight, model_weight, likelihood)


def crowdlab(answers: Answers, probabilities: npt.ArrayLike, *, rounds: int = 1, confidence: float = 0.95) -> Crowdlab:
    """Consensus, its quality, and the annotators' from answers and a model's ``probabilities`` (items, labels).

    The rows of ``probabilities`` are the items that occur in the answers, in rising order, the columns the declared
    labels. One round compares with the majority, as published; each further one with the consensus before. Raises InsufficientData ``no-overlap`` where no item has two answers, ``one-label`` where one is declared.

    >>> answers = Answers(labels=("a", "b"), item=np.array([0, 0, 1, 1]), annotator=np.array([0, 1, 0, 1]),
    ...                   label=np.array([0, 0, 1, 0]))
    >>> crowdlab(answers, [[0.9, 0.1], [0.2, 0.8]]).consensus.tolist()
    [0, 1]
    """
    v = _counted(answers)
    if len(answers.labels) < 2:
        raise InsufficientData("one-label", "only one label is declared, so there is nothing to choose between")
    if not v.several.any():
        raise InsufficientData("no-overlap", "no item was labelled by two annotators, so agreement cannot be measured")
    if rounds < 1:
        raise ValueError(f"rounds must be 1 or more, not {rounds}")
    p = _checked(probabilities, len(v.items), len(answers.labels))
    consensus = _majority(v, p)
    for _ in range(rounds):
        weight, model_weight, post = _weighed(v, p, consensus)
        kept = post[np.arange(len(post)), consensus] >= post.max(axis=1)
        consensus = np.where(kept, consensus, post.argmax(axis=1))
    return Crowdlab(
        labels=answers.labels,
        item=v.items,
        probability=post,
        consensus=consensus,
        quality=post[np.arange(len(post)), consensus],
        support=post[v.item, v.label],
        annotators=_qualities(v, post, consensus, weight, model_weight, confidence),
        model_weight=model_weight,
    )


def _qualities(
    v: _Votes, post: Floats, consensus: Ints, weight: Floats, model_weight: float, confidence: float
) -> tuple[AnnotatorQuality, ...]:
    """Support and agreement with the consensus, weighed by how much of it is the model's and how much the people's."""
    n = np.bincount(v.who)
    support = np.bincount(v.who, weights=post[v.item, v.label]) / n
    compared = np.bincount(v.who, weights=v.several[v.item]).astype(np.int64)
    same = np.bincount(v.who, weights=v.several[v.item] & (v.label == consensus[v.item])).astype(np.int64)
    people = float(weight.mean() * v.size.mean())
    share = model_weight / (model_weight + people)
    lines = []
    for at, annotator in enumerate(v.people.tolist()):
        quality = float(support[at])
        if compared[at]:
            quality = float(share * support[at] + (1 - share) * same[at] / compared[at])
            figure: Figure = wilson(int(same[at]), int(compared[at]), confidence=confidence)
        else:
            figure = unknown(
                InsufficientData("no-overlap", "this annotator shares no item with anybody, so there is no agreement")
            )
        lines.append(
            AnnotatorQuality(
                annotator=annotator,
                n=int(n[at]),
                quality=quality,
                weight=float(weight[at]),
                support=float(support[at]),
                agreement=figure,
            )
        )
    return tuple(lines)


def calibrated(
    answers: Answers, probabilities: npt.ArrayLike, *, seed: int | np.random.Generator, folds: int = 5
) -> Floats:
    """A model's probabilities (items, labels) made to mean what they say: isotonic regression on the annotators' votes.

    Each label's probability is mapped to the share of votes that items like it got (Zadrozny and Elkan 2002), by a
    rising curve that is fitted on the other ``folds``, so that no item calibrates itself. Raises InsufficientData
    ``too-few-items`` where there are fewer items than folds.
    """
    from sklearn.isotonic import IsotonicRegression

    v = _counted(answers)
    p = _checked(probabilities, len(v.items), len(answers.labels))
    if folds < 2:
        raise ValueError(f"folds must be 2 or more, not {folds}")
    if len(p) < folds:
        raise InsufficientData(
            "too-few-items", "{n} items are too few to calibrate a model in {folds} parts", n=len(p), folds=folds
        )
    part = np.random.default_rng(seed).permutation(np.arange(len(p)) % folds)
    shares = v.votes / v.size[:, None]
    result = np.empty_like(p)
    for fold in range(folds):
        held, rest = part == fold, part != fold
        for label in range(p.shape[1]):
            curve = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
            curve.fit(p[rest, label], shares[rest, label], sample_weight=v.size[rest])
            result[held, label] = curve.predict(p[held, label])
    total = result.sum(axis=1, keepdims=True)
    return np.where(total > 0, result / np.where(total > 0, total, 1.0), p)

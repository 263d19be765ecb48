"""What models of annotators say: the consensus of each item with its certainty, and how good each annotator is.

Items and annotators carry their numbers in the frozen batch; ``labels`` are the declared labels, ``classes`` what an
item can truly be (the same names unless a model was told otherwise). Posteriors and shares are 0–1. Nothing here counts
or decides anything. This module needs numpy, so a command that does not count must not import it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from labelqa.records.estimate import Figure
from labelqa.records.reductions import Columns, Floats, Ints, Small

_TIE = 1e-9  # posteriors closer than this are equal: rounding must not choose a label
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Consensus(Columns):
    """How likely each item is of each class: ``posterior`` (items, classes), rows add up to one."""

    classes: tuple[str, ...]
    item: Small
    posterior: Floats

    @property
    def winners(self) -> Flags:
        """(items, classes): the likeliest class, or all of them where several are equally likely."""
        return np.asarray(self.posterior >= self.posterior.max(axis=1, keepdims=True) - _TIE)

    @property
    def tied(self) -> Flags:
        """(items,): whether two classes or more are equally likely, so that there is no consensus."""
        return np.asarray(self.winners.sum(axis=1) > 1)

    @property
    def label(self) -> Ints:
        """(items,): index of the likeliest class; -1 for a tie, which is never broken silently."""
        return np.where(self.tied, -1, self.posterior.argmax(axis=1)).astype(np.int64)

    @property
    def certainty(self) -> Floats:
        """(items,): posterior of the likeliest class."""
        return np.asarray(self.posterior.max(axis=1))

    @property
    def entropy(self) -> Floats:
        """(items,): bits still missing to know the class; 0 when it is certain."""
        positive = np.where(self.posterior > 0, self.posterior, 1.0)
        return np.asarray(0.0 - (positive * np.log2(positive)).sum(axis=1))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Votes(Columns):
    """Votes counted: ``votes`` (items, labels) of each label, ``weight`` (annotators,) of each annotator's vote.

    ``consensus.posterior`` holds shares of the votes, not probabilities; a tie has no consensus label.
    """

    model: str  # majority, wawa
    annotators: Ints
    weight: Floats
    votes: Floats
    consensus: Consensus


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ascent(Columns):
    """How a model was fitted.

    ``history`` (steps,): the objective after each accepted step from the kept start; the objective is the
    log-likelihood plus the log prior density up to a constant, or its variational lower bound. ``sweeps`` counts every
    pass over the data from that start. ``agreeing`` of the ``starts`` tried reached the kept maximum.
    """

    objective: float
    log_likelihood: float
    history: Floats
    sweeps: int
    converged: bool
    starts: int
    agreeing: int

    @property
    def monotone(self) -> bool:
        """Whether the objective never fell by more than rounding."""
        return bool((np.diff(self.history) >= -1e-9 * (1 + abs(self.objective))).all())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prior(Columns):
    """What is believed of annotators before they answer, held while a model is fitted.

    ``found``: ``given`` by the caller or ``learnt`` from the answers. ``strength``: pseudo-labels a row of a confusion
    matrix (one-coin: an annotator; MACE: those of competence). ``centre`` (annotators, or 1 for all alike; classes,
    labels): the matrix that they are spread like. ``spread``: standard deviation, in log odds, of the ability by which
    the centres of annotators differ; 0 where they do not. ``items`` (classes,): pseudo-items of the class shares.
    """

    found: str  # given, learnt
    strength: float
    spread: float
    centre: Floats
    items: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ConfusionModel(Columns):
    """Annotators who answer each true class in their own way: Dawid-Skene, one-coin, MACE.

    ``share`` (classes,): how common each class is. ``confusion`` (annotators, classes, labels): how likely an annotator
    gives a label to an item of a class. ``labels_behind`` (annotators, classes): labels expected to stand behind each of
    its rows; where it is near 0 the row is the prior (or, without a prior, what all annotators together do).
    ``pooled`` (classes, labels): the matrix of all annotators together. ``prior``: what was believed beforehand.
    ``ability`` (annotators,): one-coin: chance of a right answer; MACE: chance that an annotator looks instead of
    guessing; Dawid-Skene: empty.
    """

    model: str  # dawid-skene, one-coin, mace
    classes: tuple[str, ...]
    labels: tuple[str, ...]
    annotators: Ints
    share: Floats
    confusion: Floats
    labels_behind: Floats
    pooled: Floats
    prior: Prior
    ability: Floats
    gold: int  # items whose class was given
    consensus: Consensus
    ascent: Ascent

    @property
    def strength(self) -> float:
        """Pseudo-labels of the prior, given or learnt."""
        return self.prior.strength


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DifficultyModel(Columns):
    """Annotators of different ability on items of different difficulty: GLAD.

    The chance of a right answer is logistic(ability × ease). ``ability`` (annotators,): 0 guesses among two labels,
    below 0 answers against better knowledge. ``ease`` (items,): above 0; near 0 nobody can tell.
    """

    model: str  # glad
    labels: tuple[str, ...]
    annotators: Ints
    ability: Floats
    ease: Floats
    gold: int
    consensus: Consensus
    ascent: Ascent


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatorSkill:
    """One annotator as a model's consensus sees them.

    ``confusion`` (classes × labels): how they answer items of each class; a row is empty where they met none. ``bias``:
    for each label the share given minus the share expected from the consensus of the same items. ``information``: bits
    that one answer tells about the class. ``cost``: expected cost of what an answer leaves open, 0 for a perfect
    annotator, 1 for answers that tell nothing.
    """

    annotator: int
    labels_given: int
    accuracy: Figure
    confusion: tuple[tuple[float, ...], ...]
    bias: tuple[tuple[str, float], ...]
    information: Figure
    cost: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A label of record that the consensus doubts: ``wrong`` is one minus the posterior of the recorded label."""

    item: int
    recorded: str
    likeliest: tuple[str, ...]  # more than one where several are equally likely
    wrong: float

"""What is told of a batch's consensus and of its annotators: figures with intervals, and reasons to look, side by side.

A consensus is a second opinion on the labels of record and changes none of them. Items carry their own ids and people
their pseudonym and the name that a lead may see.
"""

from __future__ import annotations

from dataclasses import dataclass

from labelqa.errors import Message
from labelqa.records.behaviour import FavouriteCheck, RunCheck, SpeedCheck
from labelqa.records.estimate import Estimate, Figure
from labelqa.records.summary import AnnotatorFlag


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How the model was fitted: ``sweeps`` over the answers from the kept start, and how many of the ``starts`` agreed."""

    sweeps: int
    converged: bool
    starts: int
    agreeing: int
    log_likelihood: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorTold:
    """What was believed of annotators beforehand: worth ``strength`` labels, ``given`` or ``learnt`` from the answers;
    ``spread``: standard deviation of their abilities, in log odds."""

    found: str  # given, learnt
    strength: float
    spread: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsensusAnnotator:
    """One annotator as the consensus sees them. ``bias``: for each label the share given beyond what the consensus of
    the same items expects. ``weight`` is how much a vote counts, None where a model was fitted."""

    person: str
    name: str
    labels_given: int
    accuracy: Figure
    information: Figure  # bits that one label tells
    cost: Figure  # what an answer leaves open: 0 nothing, 1 everything
    bias: tuple[tuple[str, float], ...]
    weight: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtfulRecord:
    """A label of record that the consensus doubts: ``wrong`` is one minus what the recorded label has."""

    item: str
    recorded: str
    likeliest: tuple[str, ...]  # more than one where several are equally likely
    wrong: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsensusReport:
    """Everything ``labelqa consensus`` says of a batch of choices. ``shares``: how common each label is by the model.
    ``ties`` counts items where two labels are equally likely, ``majority_ties`` those where the plain majority has no
    winner; ``differing`` the items whose consensus is not the label of record, of the ``recorded`` that have one."""

    batch: str
    control: str
    model: str
    labels: tuple[str, ...]
    items: int
    annotations: int
    annotators: int
    gold: int  # items held fixed at their gold answer
    shares: tuple[tuple[str, float], ...]
    ties: int
    majority_ties: int
    recorded: int
    differing: int
    lines: tuple[ConsensusAnnotator, ...]
    suspects: tuple[DoubtfulRecord, ...]
    fit: Fit | None = None  # None where votes were counted
    prior: PriorTold | None = None  # where the model has one
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsensusItem:
    """One item beside its label of record: ``label`` is "" for a tie, whose labels are in ``tied``. ``certainty`` is the
    posterior of the likeliest label (or its share of the votes), ``recorded_certainty`` that of the label of record."""

    item: str
    label: str
    certainty: float
    tied: tuple[str, ...]
    recorded: str | None
    recorded_certainty: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptItem:
    """Several people's transcripts of one item as one text; ``support`` is the mean share of the winning votes."""

    item: str
    text: str
    transcripts: int
    support: float
    ties: int  # places where another word had as many votes


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptReport:
    """What ``labelqa consensus --model rover`` says: ``unit`` is word or character; ``doubtful`` the items with the
    least support first."""

    batch: str
    control: str
    model: str
    items: int
    annotations: int
    annotators: int
    unit: str
    ties: int
    support: float  # mean over items
    doubtful: tuple[TranscriptItem, ...]
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatorFigures:
    """One person in a batch. ``agreement``: with the label that most others gave. ``gold`` and ``gold_shrunken``: right
    on gold items, as counted and drawn towards the team. ``accuracy`` and ``information`` are the model's, ``without``
    is alpha of all others and ``change`` how much higher than with everybody. The checks are None where there was too
    little to look at; ``flags`` are reasons to look, never a verdict."""

    person: str
    name: str
    annotations: int
    median_seconds: float | None
    agreement: Figure
    gold: Figure
    gold_shrunken: Figure
    accuracy: Figure
    information: Figure
    without: Figure
    change: float | None
    speed: SpeedCheck | None
    run: RunCheck | None
    favourite: FavouriteCheck | None
    flags: tuple[AnnotatorFlag, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyLine:
    """Two people with more shared mistakes than chance makes."""

    first: str
    second: str
    shared: int
    agreeing: int
    expected_agreeing: float
    same_mistakes: int
    expected: float
    p_value: float
    p_adjusted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelLean:
    """How much more often (in share of items) a model gives a label than the reference has it, and how often it finds
    it."""

    label: str
    bias: Figure
    found: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFigures:
    """A model that labels, validated against people. ``gold`` and ``majority``: accuracy against gold and against what
    most people said; ``leans`` label by label, against ``reference`` (gold or majority). ``with_people`` beside
    ``among_people`` is the human ceiling, their ``difference`` is surely no worse than -``margin`` where
    ``confirmed``."""

    person: str
    name: str
    model: str
    annotations: int
    gold: Figure
    majority: Figure
    reference: str
    leans: tuple[LabelLean, ...]
    with_people: Figure
    among_people: Figure
    difference: Figure
    ratio: Figure
    margin: float
    confirmed: bool | None  # None where it cannot be tested


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Agreement among people, among models and of one with the other: the share of agreeing pairs, and beyond chance."""

    people: Figure
    models: Figure
    across: Figure
    people_alpha: Figure
    models_alpha: Figure
    across_beyond_chance: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatorReport:
    """Everything ``labelqa annotators`` says of a batch; ``model`` made the model's figures, ``alpha`` is everybody's."""

    batch: str
    control: str
    labels: tuple[str, ...]
    annotations: int
    model: str
    alpha: Figure
    annotators: tuple[AnnotatorFigures, ...]
    copies: tuple[CopyLine, ...]
    pairs_looked_at: int
    models: tuple[ModelFigures, ...] = ()
    sides: Sides | None = None
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionStrength:
    """What was compared, with its ``strength`` (log odds against the average one) and how often it was ``preferred``,
    passed over, or tied."""

    option: str
    strength: Estimate
    preferred: int
    passed_over: int
    tied: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPairs:
    """How often one annotator preferred the option that is stronger on the scale of all others; ties stand apart."""

    person: str
    name: str
    agreement: Figure
    ties: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceReport:
    """What ``labelqa consensus --model bradley-terry`` says: the ``options`` that the items name as ``left`` and
    ``right``, the strongest first. ``prior``: comparisons with an average option that each is lent."""

    batch: str
    control: str
    model: str
    left: str
    right: str
    comparisons: int
    annotators: int
    prior: float
    log_likelihood: float
    options: tuple[OptionStrength, ...]
    lines: tuple[JudgedPairs, ...]
    notes: tuple[Message, ...] = ()

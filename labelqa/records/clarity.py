"""How clear the rules proved to be in use: what was measured of each rule, and which rules to mend first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from labelqa.errors import Message
from labelqa.records.estimate import Figure
from labelqa.records.finding import Finding
from labelqa.records.summary import LabelAgreement


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleClarity:
    """One rule as it was met in use. Shares are 0–1, times in seconds; ``shared`` rules give some of the same labels.

    Where an answer cites its rule, it counts for that rule; else for every rule that gives its label. ``n`` of what is
    counted over pairs of answers is the number of items that have such pairs.
    """

    rule: str
    statement: dict[str, str]  # language → text
    labels: tuple[str, ...]
    shared: tuple[str, ...]  # other rules that give one of these labels: figures cannot tell them apart
    answers: int  # that fall to the rule
    items: int  # with such an answer
    agreement: Figure  # chance that another annotator gives the rule's labels too where one gave them
    alpha: Figure  # Krippendorff's alpha of the rule's labels, taken as one, against all others
    differing: Figure  # chance that two annotators of one item differ with the rule on one side
    wrong: Figure  # share of checked labels of the rule that were found wrong
    named: Figure  # share of reviews that name the rule as broken
    disputes: Figure  # share of disputes on which one of its labels was given
    rulings: Figure  # share of rulings whose reason cites the rule, or that cite none and end at its label
    rulings_citing: int
    seconds: Figure  # median time of an answer
    time_budget: int | None
    doubts: Figure  # share of its answers beside which a doubt was noted
    doubted: tuple[str, ...]  # some of these in words, each after its item


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePair:
    """Two rules whose labels are exchanged for each other; ``first`` and ``second`` are one where it is within a rule.

    ``share``: of every two answers to one item of which one falls to either rule, those that stand between the two;
    ``corrected``: of the checked labels of either, or that should have been, those taken for the other's.
    """

    first: str
    second: str
    declared: bool  # one of the two names the other as its neighbour
    items: int  # on which annotators exchanged them
    share: Figure
    corrections: tuple[int, int]  # first given where second is right, and the reverse
    corrected: Figure
    labels: tuple[tuple[str, str, int], ...]  # label of the first, of the second, items; the most frequent first
    steps: tuple[str, ...]  # decision steps at which the two part
    examples: tuple[str, ...]  # ids of items to look at


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleToMend:
    """A place in the ranking: how many of all items the rule's unclearness is expected to spoil.

    ``expected`` is a number of items, not a share. Rules with an unknown number come last, with ``rank`` None.
    """

    rank: int | None
    rule: str
    expected: Figure
    neighbour: str  # with which its labels are exchanged most often, "" for none; the rule itself: among its own


@dataclass(frozen=True, slots=True, kw_only=True)
class RulebookClarity:
    """What was measured of a rulebook in use; ``releases`` and ``batches`` are empty where it came from a file."""

    name: str
    version: str  # of which the rules are
    releases: tuple[str, ...]
    batches: tuple[str, ...]
    source: str  # the file, "" for frozen batches
    items: int
    items_with_pairs: int
    answers: int
    checked: int  # items whose right label, or whose verdict, is known
    disputes: int
    rulings: int
    confidence: float
    alpha: Figure
    rules: tuple[RuleClarity, ...]
    labels: tuple[LabelAgreement, ...]
    pairs: tuple[RulePair, ...]  # the largest share that is certain first
    ranking: tuple[RuleToMend, ...]
    seconds: Figure  # median time of an answer, all rules
    time_budget: int | None
    doubts: Figure  # share of answers beside which a doubt was noted
    notes: tuple[Message, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PilotRow:
    """One label of a trial as it stands in a table; ``number`` is its row from 1."""

    number: int
    item: str
    annotator: str
    label: str
    rule: str = ""
    seconds: float | None = None
    gold: str = ""
    doubt: str | None = None  # what left the annotator unsure, "" for nothing; None where nobody was asked


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendGroup:
    """Labels that only together mean the same in every version: (version, its labels), () where it has none."""

    labels: tuple[tuple[str, tuple[str, ...]], ...]
    everywhere: bool  # every version has some of it


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendBatch:
    """One batch in the trend: ``shares`` of its answers in each group, in the order of the groups."""

    batch: str
    release: str
    frozen_at: datetime
    items: int
    answers: int
    shares: tuple[Figure, ...]
    outside: int  # answers whose label is in no group


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelTrend:
    """Shares of labels batch by batch over the versions of a rulebook; ``notes`` say what cannot be compared."""

    name: str
    versions: tuple[str, ...]
    groups: tuple[TrendGroup, ...]
    batches: tuple[TrendBatch, ...]
    notes: tuple[Message, ...] = ()

"""Designs of a spot check: what is declared beforehand, what each design costs and promises, and what was proven.

A plan names a design and its terms; the statistics work it out for a population; the verdicts, read in ticket order,
decide. Nothing here computes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any

from labelqa.errors import Message
from labelqa.records.estimate import Figure


class Design(StrEnum):
    """How many items are checked, and what follows."""

    SEQUENTIAL = "sequential"  # review until it is proven, or hopeless; anytime-valid
    TWO_POINT = "two-point"  # smallest plan with both risks held, exact hypergeometric
    ZERO_ACCEPTANCE = "zero-acceptance"  # no defect allowed
    DISCOVERY = "discovery"  # if there were k or more, one would have been seen
    ESTIMATE = "estimate"  # a share with a margin, nothing decided
    CONTRACT = "contract"  # a number and a pass rate, as the contract counts them
    STRATIFIED = "stratified"  # sequential over strata, one promise for the whole
    AQL = "aql"  # ISO 2859-1 / GB/T 2828.1 single plans with switching rules
    CENSUS = "census"  # every item


class Preset(StrEnum):
    """Designs with the figures that a text states."""

    TC260_MANUAL = "tc260-manual"  # TC260-003, 9.2 a)
    TC260_TECHNICAL = "tc260-technical"  # TC260-003, 9.2 b)
    TC260_SOURCE = "tc260-source"  # TC260-003, 5.1 a)
    SAFETY_CENSUS = "safety-census"  # GB/T 45674—2025, 8.3 b) and c)
    FUNCTIONAL_BATCH = "functional-batch"  # GB/T 45674—2025, 8.2 g)


class Allocation(StrEnum):
    """How the reviews are shared out over strata."""

    PROPORTIONAL = "proportional"
    NEYMAN = "neyman"
    COST_OPTIMAL = "cost-optimal"


class Counts(StrEnum):
    """What a check counts against a batch."""

    ERRORS = "errors"  # incorrect labels, undecidable ones as declared, and suspected harm
    UNSAFE = "unsafe"  # illegal or harmful content alone


class Undecided(StrEnum):
    """What becomes of items that cannot be judged or cannot be reviewed; they are never replaced."""

    INCORRECT = "incorrect"
    LEFT_OUT = "left-out"  # only where nothing is certified


class Decision(StrEnum):
    """What a design says after the verdicts so far."""

    GO_ON = "go-on"
    ACCEPT = "accept"  # proven, or passed by the rule
    REJECT = "reject"  # hopeless, or failed by the rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a plan declares beyond accuracy, risk, expected accuracy and power; each design reads its own."""

    preset: str = ""
    kind: str = ""  # verification or acceptance; "" for what the batch's kind of labeling asks for
    minutes: float = 2.0  # what one review costs
    undecidable: Undecided = Undecided.INCORRECT
    double: float = 0.0  # share of the drawn items that a second verifier judges as well
    pass_lines: Mapping[str, float] = field(default_factory=dict)  # dimension → lowest score that passes
    counts: Counts = Counts.ERRORS
    # estimate
    margin: float | None = None  # half the width of the interval
    confidence: float = 0.95
    # contract
    n: int | None = None  # items; with ``share`` the larger of both
    share: float | None = None  # of the batch
    pass_rate: float | None = None  # lowest that is accepted
    decimals: int | None = None  # of a percentage to which the pass rate is rounded (half up) before it is compared
    unit: str = "item"  # or a field whose items pass or fail together, such as data.dialogue
    one_vote: tuple[str, ...] = ()  # severities, defect codes or "unsafe": one of them fails the batch
    # discovery
    defects: int | None = None  # k; else worked out from the accuracy
    # sequential and stratified
    cut: int | None = None  # reviews after which it is given up
    futility: float = 0.05  # chance to give up a batch that has what is to be proven
    sensitivity: float = 1.0  # chance that a reviewer calls a wrong label wrong
    specificity: float = 1.0  # chance that a reviewer calls a right label right
    # strata and risk
    strata: tuple[str, ...] = ()  # annotator, label, risk, source, or a field such as data.topic
    allocation: Allocation = Allocation.PROPORTIONAL
    minimum: int = 2  # items a stratum
    costs: Mapping[str, float] = field(default_factory=dict)  # minutes a review by stratum, where they differ
    score: str = ""  # disagreement, posterior, speed, or a field with a probability of error such as data.p_wrong
    floor: float = 0.25  # share of the chances that every item has alike
    # ISO 2859-1
    aql: str = ""  # as the standard writes it: "1.0"
    level: str = "II"
    stream: str = ""  # batches that are judged one after another; by default organizer and kind
    # where the seed comes from
    seed_source: str = ""  # public randomness that is published later, in words: who, what, which number
    parties: tuple[str, ...] = ()  # who commits a part of a joint seed

    def stored(self) -> dict[str, Any]:
        """What differs from the defaults, as it stands in a fact."""
        plain, usual = asdict(self), asdict(Terms())
        return {
            name: list(value) if isinstance(value, tuple) else dict(value) if isinstance(value, Mapping) else value
            for name, value in plain.items()
            if value != usual[name]
        }


_READ = {"undecidable": Undecided, "counts": Counts, "allocation": Allocation, "one_vote": tuple, "strata": tuple,
         "parties": tuple}  # fmt: skip


def terms_of(stored: Mapping[str, Any]) -> Terms:
    """Terms as a fact has them.

    >>> terms_of({"strata": ["label"], "minutes": 3.0}).strata
    ('label',)
    >>> terms_of(Terms(n=4000, pass_rate=0.96).stored()).n
    4000
    """
    known = {each.name for each in fields(Terms)}
    return Terms(**{name: _READ.get(name, lambda same: same)(value) for name, value in stored.items() if name in known})


@dataclass(frozen=True, slots=True, kw_only=True)
class StratumSize:
    """One stratum of a frame: its items, how many are drawn, and what is expected there."""

    name: str
    items: int
    n: int = 0
    expected: float = 0.0  # share of errors expected


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """What a design does with a batch of one accuracy."""

    accuracy: float
    defects: int
    accept: float  # chance to accept (operating characteristic)
    reviews: float  # mean number of reviews (average sample number)
    outgoing: float  # share of defects left in what is accepted, rejected batches mended (average outgoing quality)


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignOption:
    """One design worked out for a batch, beside the others."""

    design: Design
    n: int  # items drawn
    c: int | None  # defects allowed; None where a rule decides otherwise
    certifies: bool  # whether acceptance proves the accuracy at the risk
    risk: float | None  # attained chance to accept at the first accuracy that misses the limit
    power: float | None  # attained chance to accept at the expected accuracy
    reviews: float  # mean, at the expected accuracy
    hours: float
    curve: tuple[CurvePoint, ...]
    explained: tuple[Message, ...]
    unfit: Message | None = None  # why the design cannot be used here


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignComparison:
    """Designs side by side for one need."""

    batch: str  # "" for a population that is only thought of
    population: int
    accuracy: float
    risk: float
    expected: float
    power: float
    minutes: float
    recommended: Design
    options: tuple[DesignOption, ...]
    notes: tuple[Message, ...] = ()
    planning: tuple[PlanningRow, ...] = ()  # of the sequential design


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningRow:
    """Reviews by which a sequential check has finished with a certain chance, if the true accuracy is so."""

    accuracy: float
    reviews: tuple[tuple[float, int | None], ...]  # (chance, reviews); None: not even with every item
    mean: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppingLines:
    """Where a sequential check stops, as (verdicts, errors among them), and the path that a sample has taken.

    With at least so many verdicts and no more errors it is proven; with at most so many and no fewer it is hopeless.
    """

    horizon: int  # verdicts up to which the lines are followed
    proven: tuple[tuple[int, int], ...]
    hopeless: tuple[tuple[int, int], ...]
    path: tuple[tuple[int, int], ...] = ()
    cut: int | None = None  # verdicts after which it is given up; None where that lies beyond the horizon


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What the verdicts on a sample prove now, and whether the reviewers may stop."""

    sample: str
    design: Design
    decision: Decision
    population: int
    drawn: int
    given: int  # verdicts that count, in and out of turn
    read: int  # of the completed stretch in ticket order, which alone the test reads
    wrong: int  # in that stretch
    stopped_at: int | None  # review after which the decision was first reached
    target: float  # accuracy to be proven
    risk: float
    p_value: float | None  # valid at every moment where the design is sequential; None where none is defined
    accuracy: Figure  # of the labels of record; its ``low`` holds at the plan's risk where the design certifies
    fewest_more: int | None  # further reviews that would do if all were right; None where nothing would
    rule: bool | None  # what the contract's or the preset's own rule says; None where there is none or not yet
    proven: bool | None  # what the statistics say; None: not yet
    statement: Message  # the sentence to be signed
    explained: tuple[Message, ...] = ()
    changed: int = 0  # verdicts changed after they were given
    retracted: Message | None = None  # said where a changed verdict took back what was proven before
    undecided: int = 0  # of those read, how many could not be judged
    unreviewable: int = 0  # of those, items that could not be reviewed at all
    standing: str = ""  # of the seed
    to_give: int | None = None  # of ``fewest_more``, those that are not given yet: others wait for their turn


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLine:
    """One spot check of a period: what it proves now, and its own design with its curves."""

    batch: str
    certificate: Certificate
    planned: DesignComparison  # with the plan's design alone; with none where it could not be worked out

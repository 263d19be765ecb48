"""The week in one value: report, dashboard and ``--json`` all show this and so cannot disagree."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from labelqa.errors import Message
from labelqa.records.accuracy import LabelScore, WeightedShare
from labelqa.records.accuracy_report import CorrectedAccuracy, Matrix, RuleAccuracy, StratumAccuracy, TeamAccuracy
from labelqa.records.agreement import Coefficient, DisputedItem, Membership, PartAgreement, Unchanged
from labelqa.records.batch import Conclusion, Exclusion, Kind, Stage
from labelqa.records.designs import CheckLine
from labelqa.records.diagnostics import AnnotatorInfluence
from labelqa.records.estimate import Figure
from labelqa.records.finding import Severity
from labelqa.records.governance import ReleaseState, Signature
from labelqa.records.life import BatchLife
from labelqa.records.people import Duty, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From ``start`` up to, not including, ``end``, as cut in ``timezone``; ``name`` such as 2026-W47."""

    name: str
    start: datetime
    end: datetime
    first_day: date
    last_day: date
    timezone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelAgreement:
    """How well annotators agree on one label (one label against the rest)."""

    label: str
    count: int  # annotations with this label
    share: float
    agreement: Figure  # specific agreement on this label
    alpha: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class PairAgreement:
    """Two annotators over the items both labelled."""

    first: str
    second: str
    shared: int
    agreement: Figure
    kappa: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """Two labels given to the same item by different annotators, and how often."""

    first: str
    second: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementReport:
    """Everything ``labelqa agreement`` says of a batch."""

    batch: str
    control: str
    labels: tuple[str, ...]
    items: int
    items_with_pairs: int  # items with two annotations or more
    annotations: int
    annotators: int
    coefficients: tuple[Coefficient, ...]
    per_label: tuple[LabelAgreement, ...]
    pairs: tuple[PairAgreement, ...]
    confusions: tuple[Confusion, ...]
    notes: tuple[Message, ...] = ()
    kind: str = ""  # a ControlKind; "" where it is not clear
    distance: str = ""  # by which two answers are compared
    headline: str = ""  # name of the coefficient to quote: the first one
    reason: Message = field(default_factory=lambda: Message(""))  # why this one fits this kind of answer
    membership: tuple[Membership, ...] = ()  # of the headline
    parts: tuple[PartAgreement, ...] = ()  # the batch taken apart
    unchanged: tuple[Unchanged, ...] = ()
    influence: tuple[AnnotatorInfluence, ...] = ()  # the headline without each annotator
    disputed: tuple[DisputedItem, ...] = ()  # the most disputed first


@dataclass(frozen=True, slots=True, kw_only=True)
class AccuracyReport:
    """Everything ``labelqa accuracy`` says of a batch."""

    batch: str
    sample: str
    population: int
    drawn: int
    reviewed: int
    correct: int
    incorrect: int
    undecidable: int
    critical: int
    accuracy: Figure  # of the labels of record
    critical_rate: Figure
    target: float
    per_label: tuple[tuple[str, Figure], ...]
    confusions: tuple[Confusion, ...]  # label of record → label the verifier gave
    notes: tuple[Message, ...] = ()
    against: str = "review"
    critical_errors: int = 0  # drawn items with a critical defect or an illegal hit: what critical_rate counts
    scores: tuple[LabelScore, ...] = ()  # precision, recall and F1 of the labels of record
    answers: Figure | None = None  # share right of people's single answers to drawn items
    team: TeamAccuracy | None = None  # None where answers are no single labels
    rules: tuple[RuleAccuracy, ...] = ()
    strata: tuple[StratumAccuracy, ...] = ()
    matrix: Matrix | None = None
    corrected: CorrectedAccuracy | None = None  # for the errors of reviewers, where it was asked for
    weighted: WeightedShare | None = None  # where items were drawn with unequal chances; accuracy is then its figure
    fixed: Figure | None = None  # as if the number of reviews had been fixed before, where what they showed decided it
    left_out: int = 0  # items that could not be judged and are left out, by declaration
    bounds: tuple[Figure, Figure] | None = None  # accuracy if all of those were wrong, and if all were right


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLine:
    """One batch as a lead sees it: where it stands, what was measured, who must act."""

    name: str
    kind: Kind
    release: str
    organizer: str
    stage: Stage
    late: bool
    items: int
    annotations: int
    annotators: int
    disputed: int
    disputes_open: int
    unqualified: int  # annotations by people who were not qualified
    drawn: int
    reviewed: int
    alpha: Figure
    accuracy: Figure
    target: float | None
    conclusion: Conclusion | None
    reason: Message
    next_step: Message
    next_duty: str  # executor, reviewer, arbitrator, supervisor, lead or ""
    next_command: str
    declared_at: datetime
    frozen_at: datetime | None
    settled_at: datetime | None
    exclusions: tuple[Exclusion, ...] = ()
    records_after: int = 0  # annotations covered by training or exam records that were entered only afterwards
    items_left_out: int = 0  # items that meet the conditions and have no answer in the frame
    plans: int = 0  # plans declared so far
    life: BatchLife = field(default_factory=BatchLife)  # hits, card, open problems, how much failed


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatorFlag:
    """A reason to look at somebody's work; never a judgement."""

    code: str  # low-accuracy, drift, confuses, fast, unqualified
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatorLine:
    """One annotator in the period, beside the team."""

    person: str
    name: str  # as the lead may see it; the pseudonym where no name is known
    organizer: str
    annotations: int
    items: int
    median_seconds: float | None
    gold: Figure  # accuracy on gold items
    agreement: Figure  # share of agreement with the others on the same items
    unqualified: int
    confusions: tuple[Confusion, ...]  # gold or majority label → own label
    trend: tuple[tuple[str, Figure], ...]  # week name → accuracy or agreement that week
    flags: tuple[AnnotatorFlag, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """One person's records against one release."""

    person: str
    name: str
    organizer: str
    duties: tuple[Duty, ...]
    release: str
    standing: Standing
    trained_at: datetime | None
    examined_at: datetime | None
    score: float | None
    pass_mark: float | None
    until: datetime | None
    facts: tuple[int, ...]
    replaced: bool = False  # another release ends it, not its expiry
    expiring: bool = False  # it holds and ends within the days that policy expiring-days says
    since: datetime | None = None  # when this standing began
    withheld: tuple[tuple[Duty, Standing], ...] = ()  # duties that are suspended or cancelled apart
    left: datetime | None = None  # since when the person is no longer here
    coming: bool = False  # the release is not in force yet


@dataclass(frozen=True, slots=True, kw_only=True)
class RulebookLine:
    """One release of a rulebook."""

    name: str
    version: str
    title: dict[str, str]  # zh, en
    kind: Kind
    digest: str
    released_at: datetime
    released_by: str
    labels: int
    rules: int
    examples: int
    batches: tuple[str, ...]
    previous: str = ""  # the version before, "" for the first
    bump: str = ""  # a Bump; "" for the first
    effective_from: datetime | None = None
    until: datetime | None = None  # when open work under it ends; None: no end is stated
    state: ReleaseState = ReleaseState.IN_FORCE
    signatures: tuple[Signature, ...] = ()  # the approvals, by pseudonym


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    """One week of one series over all batches."""

    week: str
    figure: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something that needs a person: what, how bad, who acts, and which command or page."""

    code: str
    severity: Severity
    message: Message
    duty: str
    command: str
    subject: str  # batch:NAME, person:ID, item:ID


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What happened in a period."""

    annotations: int
    items: int
    annotators: int
    unbatched: int
    unqualified: int
    reviewed: int
    settled: int
    accepted: int
    relabelled: int
    voided: int
    agreement: Figure  # alpha over the period's frozen batches
    accuracy: Figure  # over the period's verdicts on drawn items


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """One period, with the period before beside it."""

    workspace: str
    period: Period
    before: Period
    now: Totals
    last: Totals
    batches: tuple[BatchLine, ...]
    annotators: tuple[AnnotatorLine, ...]
    people: tuple[PersonLine, ...]
    rulebooks: tuple[RulebookLine, ...]
    accuracy_trend: tuple[TrendPoint, ...]
    agreement_trend: tuple[TrendPoint, ...]
    alerts: tuple[Alert, ...]
    head: str  # digest of the ledger's last fact
    facts: int  # length of the ledger
    made_at: datetime
    checks: tuple[CheckLine, ...] = ()  # samples drawn or judged in the period
    notes: tuple[Message, ...] = ()
    pseudonyms: bool = False  # people stand in it by pseudonym only

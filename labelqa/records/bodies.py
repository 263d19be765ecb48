"""What facts say of batches, samples, people and files: one body a kind.

A body never changes its meaning; a field that comes later has a default, and facts from before are read with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceCreated:
    name: str
    timezone: str
    origin: str  # user or demo


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAdded:
    person: str
    organizer: str
    duties: list[str]
    servers: list[str]  # servers on which the person has accounts; the accounts themselves are erasable
    model: str = ""  # the model and version that answers under this name; "" for a person
    by: str = ""  # who decided a change of somebody registered; "" for a registration


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRecorded:
    person: str
    release: str
    organizer: str
    topics: list[str]
    material: str  # digest of what was taught, "" when not given
    session: str = ""  # the session that was attended
    provider: bool = False  # held by the provider itself
    source: str = ""  # digest of the file that brought it


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamRecorded:
    person: str
    release: str
    score: float
    pass_mark: float
    paper: str
    reason: str = ""  # why this pass mark
    abilities: dict[str, float] = field(default_factory=dict)  # share right by Ability
    least: dict[str, float] = field(default_factory=dict)  # lowest share by ability that passes
    answers: str = ""  # salted digest of the erasable answers, question by question
    attempt: int = 1
    proctor: str = ""  # who watched, by pseudonym
    origin: str = ""  # paper, dashboard, gold, import; "" where nobody said
    source: str = ""  # digest of the file that brought it
    sitting: str = ""  # the sitting that it ends


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportCounted:
    import_no: int
    file: str  # salted digest of the file's name, which may name somebody; the name itself is erasable
    file_digest: str
    format: str
    encoding: str
    server: str
    options: dict[str, str]
    rows: int
    added: int
    unchanged: int
    refused: int
    items: int
    digest: str  # of the rows staged
    contents: str = ""  # digest of the items' ids and contents, and of who is behind the numbers in the rows
    gone: int = 0  # of those added: answers that are not at their source any more


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldRegistered:
    added: int
    digest: str  # of the pairs of item id and label


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchDeclared:
    batch: str
    kind: str
    release: str
    control: str
    labels: list[str]
    organizer: str
    requester: str
    where: list[list[str]]  # [field, operator, value]
    record_rule: str
    late: bool
    answers: str = ""  # which kind of answers it holds, a ControlKind; "" where nobody said
    recheck: str = ""  # the release under which the labels were made, where they are looked at again
    sources: list[str] = field(default_factory=list)  # frozen batches whose labels are looked at again
    parent: str = ""  # the batch of which it is a rework round
    round: int = 0  # 1 for the first rework of the first batch


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDeclared:
    batch: str
    number: int
    design: str
    accuracy: float
    risk: float
    expected: float
    power: float
    seed_digest: str
    before_freeze: bool
    after_results: bool
    before_labels: bool = False  # no annotation that belongs to the batch was imported yet
    seed_given: bool = True  # somebody chose the seed; false: labelqa drew it at random
    terms: dict[str, Any] = field(default_factory=dict)  # what differs from the usual Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedCommitted:
    batch: str
    plan: int
    party: str  # organizer, requester or another one named in the plan
    digest: str  # of the party's part of a joint seed
    before_labels: bool = False  # no annotation that belongs to the batch was imported yet
    given: bool = True  # the party chose its part; false: labelqa drew it at random


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFrozen:
    batch: str
    annotations: str
    items: str
    frame: str
    n_annotations: int
    n_items: int
    n_disputed: int
    exclusions: list[list[Any]]  # [reason, count]
    repeats: str
    before_declared: int = 0  # annotations made before the batch was declared
    participants: list[str] = field(default_factory=list)  # everybody who ever had a hand in it, left-out work included
    items_left_out: int = 0  # items that meet the conditions and have no answer in the frame
    records_after: int = 0  # annotations covered by a training or exam that was recorded only after they were made
    origins: dict[str, int] = field(default_factory=dict)  # annotations by where they came from
    items_prelabelled: int = 0  # items that somebody began from a pre-label


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleDrawn:
    sample: str
    batch: str
    plan: int
    kind: str
    population: int
    n: int
    c: int | None
    risk: float
    power: float
    seed: str
    standing: str
    frame: str
    digest: str
    verifiers: list[str]
    pool: list[str]
    measures: str = ""  # digest of the frozen table of strata and sizes
    strata: list[list[Any]] = field(default_factory=list)  # [name, items, n, expected share of errors]
    doubles: int = 0
    parts: list[list[str]] = field(default_factory=list)  # [party, its part] of a joint seed
    published: str = ""  # when a public seed was published, as an ISO time in UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleExtended:
    sample: str
    batch: str
    n: int  # items drawn now
    digest: str  # of all of them
    strata: list[list[Any]] = field(default_factory=list)
    doubles: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRecorded:
    sample: str
    batch: str
    item: str
    verdict: str
    kind: str
    reviewer: str
    rule: str
    defect: str
    severity: str
    correct_label: str
    unsafe: str
    comment: str  # salted digest of the erasable text, "" for none
    label: str = ""  # the label that was judged
    source: str = ""  # digest of the file that brought the verdict, "" when it was typed in
    second: bool = False
    blind: bool = False
    answer: str = ""
    obstacle: str = ""
    safety: str = ""
    checks: dict[str, str] = field(default_factory=dict)
    scores: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeRuled:
    batch: str
    item: str
    label: str
    arbitrator: str
    reason: str  # salted digest of the erasable text
    rule: str = ""  # the rule cited
    outcome: str = ""  # a DisputeOutcome; "" for upheld
    unclear: bool = False  # the rule is unclear: a proposal on the rulebook is opened


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSettled:
    batch: str
    conclusion: str
    reason: str  # stable code
    drawn: int
    reviewed: int
    defects: int
    critical: int
    allowed: int | None  # None: no number of defects decides
    accuracy: list[float]  # point, low, high; empty when unknown
    method: str
    changed: int = 0  # verdicts that were changed after they were given
    identities: dict[str, int] = field(default_factory=dict)  # how the authors of the verdicts were known
    design: str = ""  # of the plan that decided
    proven: bool | None = None  # what the statistics say; None: neither way
    p_value: float | None = None
    rule: bool | None = None  # what the contract's or the preset's own rule says
    inspection: str = ""  # of an AQL's stream when the sample was drawn: normal or tightened
    scope: str = ""  # what a rejected batch returns by declared policy: found or whole; "" where nothing returns
    chosen: bool = False  # somebody chose to label again rather than to correct what was found
    confirmed: int = 0  # items with a confirmed illegal or harmful hit
    problems: dict[str, int] = field(default_factory=dict)  # items found wrong: found, corrected, closed, open
    first_review: dict[str, list[int]] = field(default_factory=dict)  # safety: FirstReview, [failing, items] each
    verifications: list[str] = field(default_factory=list)  # samples that people outside the batch checked
    card: int = 0  # the fact of its card
    figures: dict[str, dict[str, Any]] = field(
        default_factory=dict
    )  # accuracy, alpha: whole, as kept_figure writes them
    counts: dict[str, int] = field(default_factory=dict)  # what its line said beside: reviewed, annotators, hits, …


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportIssued:
    period: str
    head: str
    files: dict[str, str]  # file name -> digest

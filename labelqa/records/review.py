"""Plans, samples and verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from labelqa.records.designs import Design, StratumSize, Terms
from labelqa.records.names import BatchName, Digest, ItemId, PersonId, SampleId


class Verdict(StrEnum):
    """What a verifier says of a label."""

    CORRECT = "correct"
    INCORRECT = "incorrect"
    UNDECIDABLE = "undecidable"


class VerdictKind(StrEnum):
    """In which capacity a verdict was given."""

    REVIEW = "review"
    VERIFICATION = "verification"
    RE_REVIEW = "re-review"
    ACCEPTANCE = "acceptance"


class Check(StrEnum):
    """The three checks of GB/T 45674—2025, 8.1 d), recorded of every item, correct ones included."""

    UNDERSTANDING = "understanding"  # 理解准确
    CONSISTENCY = "consistency"  # 问答一致
    QUALITY = "quality"  # 保证质量


class CheckResult(StrEnum):
    """What one of the checks found."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not-applicable"


class Obstacle(StrEnum):
    """Why an item could not be reviewed; its verdict is undecidable."""

    SKIPPED = "skipped"
    DELETED = "deleted"
    BROKEN_MEDIA = "broken-media"


class Safety(StrEnum):
    """The safety verdict on an item; "unsafe" names its risk beside it."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    UNCLEAR = "unclear"


class DefectSeverity(StrEnum):
    """How grave a defect is."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"


class Identity(StrEnum):
    """How the author of a verdict, approval or ruling was known."""

    AUTHENTICATED = "authenticated"
    IMPORTED = "imported"
    ASSERTED = "asserted"


class SeedStanding(StrEnum):
    """What the order of facts proves about a seed."""

    COMMITTED = "committed"  # its digest was in the ledger before the frame was
    JOINT = "joint"  # organizer and requester each committed a part before the frame was
    PUBLIC = "public"  # named beforehand, published after the frame
    UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A declared design: what must be proven, at which risk."""

    batch: BatchName
    number: int  # 1 for the first plan of the batch
    design: Design
    accuracy: float  # p0: to be proven
    risk: float  # chance to accept a batch that is not better than p0
    expected: float  # accuracy at which the plan should usually pass
    power: float  # chance to accept a batch as good as expected
    seed_digest: Digest
    before_freeze: bool
    after_results: bool  # declared when verdicts were already known
    declared_at: datetime
    fact: int
    before_labels: bool = False  # nothing that belongs to the batch was imported yet
    seed_given: bool = True  # somebody chose the seed; false: labelqa drew it at random
    terms: Terms = field(default_factory=Terms)

    @property
    def blind(self) -> bool:
        """Whether whoever made the plan could not know which items its seed would draw with which labels."""
        return self.before_freeze and (self.before_labels or not self.seed_given)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A plan worked out for a frame of ``population`` items: draw ``n``, accept with at most ``c`` defects."""

    population: int
    n: int
    c: int | None  # None: no number of defects decides
    risk: float  # attained chance to accept at the first accuracy below p0's limit
    power: float  # attained chance to accept at the expected accuracy


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One drawn item: its place in ticket order (from 1), its ticket, and who verifies it."""

    order: int
    item_id: ItemId
    ticket: str
    verifier: PersonId
    second: PersonId | None = None  # who judges it as well
    stratum: int = 0  # number of its stratum in the sample's list
    chance: float = 1.0  # with which it came into the sample; 1 where all had the same


class Ticket(NamedTuple):
    """An item with the ticket that drew it, and the number of its stratum."""

    ticket: str
    item_id: ItemId
    stratum: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawStep:
    """How many items are drawn by now, after the draw or after one of its extensions."""

    sizes: tuple[int, ...]  # by stratum; one number where there are no strata
    doubles: int = 0  # of them, those that a second verifier judges as well


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Plan + seed + tickets; anybody can redraw it."""

    sample: SampleId
    batch: BatchName
    plan: int  # number of the plan
    kind: VerdictKind
    resolved: Resolved
    seed: str
    standing: SeedStanding
    frame: Digest
    digest: Digest  # of the drawn items with their verifiers, in order
    verifiers: tuple[PersonId, ...]
    pool: tuple[PersonId, ...]  # who could have been drawn as verifier
    at: datetime
    fact: int
    measures: Digest | None = None  # of the frozen table of strata and sizes; None where all had the same chance
    strata: tuple[StratumSize, ...] = ()
    doubles: int = 0  # drawn items that a second verifier judges as well
    parts: tuple[tuple[str, str], ...] = ()  # (party, its part) of a joint seed
    extended: tuple[int, ...] = ()  # facts that drew more of it later
    steps: tuple[DrawStep, ...] = ()  # the draw and its extensions, each with all items by then
    published: str = ""  # when a public seed was published, as an ISO time in UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One verdict on one drawn item by one person."""

    sample: SampleId
    item_id: ItemId
    verdict: Verdict
    kind: VerdictKind
    reviewer: PersonId
    identity: Identity
    at: datetime
    fact: int
    rule: str = ""
    defect: str = ""  # P1–P2, R1–R6 or a rulebook's own code
    severity: DefectSeverity | None = None
    correct_label: str = ""
    unsafe: str = ""  # risk code A.1–A.5 of a suspected illegal or harmful hit, "" for none
    comment: Digest | None = field(default=None)  # salted digest of the erasable text
    label: str = ""  # the label that was judged
    second: bool = False  # by the second verifier of the item: measures the reviewers, decides nothing
    blind: bool = False  # given without seeing the label of record
    answer: str = ""  # the verifier's own label, where the item was labelled again blind
    obstacle: str = ""  # why the item could not be reviewed: skipped, deleted, broken-media; "" where it could
    safety: str = ""  # safe, unsafe, unclear; "" where nobody said
    checks: Mapping[str, str] = field(default_factory=dict)  # Check → CheckResult
    scores: Mapping[str, float] = field(default_factory=dict)  # dimension → score
    overturned: int = 0  # the ruling that upheld an appeal against it: it counts no longer against the label

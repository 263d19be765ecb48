"""Facts about people at work: taught, examined, assigned, judged, gone; and how long what is kept of them stays.

Bodies only. People stand here by pseudonym; what was written about them is a salted digest of an erasable text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Topic(StrEnum):
    """What a training covers: the six topics of GB/T 45674—2025, 7.1 a); two more that TC260-003, 5.3 a) 1) names."""

    RULE_SAFETY = "rule-safety"
    PLATFORM = "platform"
    VERIFICATION = "verification"
    DATA_SECURITY = "data-security"
    RISK_CASES = "risk-cases"
    LAW_AWARENESS = "law-awareness"
    TASK_RULES = "task-rules"
    TOOL_USE = "tool-use"


class QualificationAction(StrEnum):
    """What a named person decides about somebody's qualification."""

    SUSPEND = "suspend"
    LIFT = "lift"  # ends a suspension
    CANCEL = "cancel"


class AppealRuling(StrEnum):
    """What an arbitrator makes of an appeal."""

    UPHELD = "upheld"  # the appellant is right
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingHeld:
    """A training session; each attendee has a training.recorded fact that names it."""

    session: str  # an id of its own
    title: str
    organizer: str
    provider: bool  # held by the provider itself
    topics: list[str]
    releases: list[str]
    starts: str  # ISO times in UTC
    ends: str
    place: str = ""
    trainer: str = ""
    materials: list[list[str]] = field(default_factory=list)  # [title, digest]
    attendance: list[list[str]] = field(default_factory=list)  # [person, attended or absent]
    minutes: str = ""  # salted digest of the erasable text
    source: str = ""  # digest of the file that brought it


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseAcknowledged:
    """Somebody has read a release."""

    person: str
    release: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRegistered:
    """An exam paper that people sit: drawn from a rulebook or uploaded."""

    paper: str  # digest of the paper's file
    title: str
    version: str
    release: str
    questions: int
    abilities: dict[str, int]  # questions by Ability
    pass_mark: float  # a share, 0–1
    reason: str  # why this pass mark
    least: dict[str, float] = field(default_factory=dict)  # lowest share by ability, where one is asked for
    origin: str = "rulebook"  # or upload


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamBegun:
    """Somebody has seen the questions of a paper: an attempt, whether it is finished or not."""

    sitting: str  # an id of its own
    person: str
    paper: str  # digest of the paper's file
    release: str
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QualificationDecided:
    """A named person suspends, reinstates or cancels a qualification; it is never set otherwise."""

    person: str
    line: str  # NAME@MAJOR; "" for every one
    duty: str  # a Duty; "" for every one
    action: str
    reason: str  # stable code: low-accuracy, failed-retraining, misconduct, other
    grounds: list[int]  # facts that it rests on
    by: str
    proposal: str = ""  # the proposal that it follows
    note: str = ""  # salted digest of the erasable text


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealFiled:
    """Somebody objects to a verdict on own work, or to a decision on own qualification."""

    appeal: str
    person: str
    against: int  # the fact objected to
    batch: str = ""
    item: str = ""
    reason: str = ""  # salted digest of the erasable text


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealRuled:
    """The final word on an appeal."""

    appeal: str
    ruling: str
    by: str
    reason: str  # salted digest of the erasable text
    rule: str = ""  # the rule cited
    against: int = 0  # the fact that was objected to


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyAssigned:
    """Who does what in a labeling task, from when."""

    person: str
    duty: str
    batch: str
    by: str
    reason: str = ""
    items: list[str] = field(default_factory=list)  # [] for the whole batch


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyEnded:
    """An assignment ends."""

    person: str
    duty: str
    batch: str
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffingDeclared:
    """How many people in which duty a labeling task needs, and why."""

    batch: str
    needs: dict[str, int]  # Duty -> people
    items_a_day: float  # planned for one executor
    seconds: float  # planned for one item
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLeft:
    """Somebody left or lost a qualification for good: access ends at once."""

    person: str
    reason: str  # stable code: left, disqualified, contract-ended
    revoked: list[str]  # servers on which access was taken away
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorImported:
    """Records of a vendor, taken in from a file that somebody signed for."""

    vendor: str
    file: str  # salted digest of the file's name
    file_digest: str
    signed_by: str  # who answers for it at the vendor: a pseudonym
    counts: dict[str, int]  # what came: people, trainings, exams


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRenamed:
    """A name was corrected; neither the old nor the new one stands here."""

    person: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonErased:
    """A name and its accounts were erased; the pseudonym stays."""

    person: str
    reason: str  # an ErasureReason
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginChanged:
    """Somebody was given, or lost, a login to the dashboard."""

    person: str
    roles: list[str]  # [] where it was taken away
    by: str
    change: str = ""  # a LoginChange


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDeclared:
    """A number or rule that no text sets, declared by the team with its reason."""

    name: str  # a Policy
    value: str
    reason: str
    by: str

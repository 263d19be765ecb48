"""Facts: what happened in quality work, written once and chained.

A fact is an envelope around a body. Bodies are the dataclasses below, one a kind; :data:`BODIES` names them. A body
never changes its meaning: a new meaning is a new ``format`` number, and old ones are upcast on reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from labelqa.records.accounts import AccountsSeen
from labelqa.records.bodies import (
    BatchDeclared,
    BatchFrozen,
    BatchSettled,
    DisputeRuled,
    ExamRecorded,
    GoldRegistered,
    ImportCounted,
    PersonAdded,
    PlanDeclared,
    ReportIssued,
    ReviewRecorded,
    SampleDrawn,
    SampleExtended,
    SeedCommitted,
    TrainingRecorded,
    WorkspaceCreated,
)
from labelqa.records.governance import (
    ClarificationAcknowledged,
    ClarificationIssued,
    DocumentSigned,
    RulebookReleased,
)
from labelqa.records.personnel import (
    AppealFiled,
    AppealRuled,
    DutyAssigned,
    DutyEnded,
    ExamBegun,
    LoginChanged,
    PaperRegistered,
    PersonErased,
    PersonLeft,
    PersonRenamed,
    PolicyDeclared,
    QualificationDecided,
    ReleaseAcknowledged,
    StaffingDeclared,
    TrainingHeld,
    VendorImported,
)
from labelqa.records.production import (
    BatchReturned,
    CardRecorded,
    CorrectionRecorded,
    CorrectionReviewed,
    DisputeRaised,
    FormIssued,
    GoldRetired,
    HitRuled,
    LabelsExported,
    ProblemClosed,
    ProposalClosed,
    ProposalOpened,
)
from labelqa.records.registers import (
    AttachmentErased,
    GuidanceGiven,
    IncidentNoted,
    RegisterEntered,
    RiskNoted,
)
from labelqa.records.review import Identity
from labelqa.records.servers import (
    HookPlaced,
    LogAttached,
    ProjectFollowed,
    ReleasePushed,
    ReviewSent,
    ReworkSent,
    ServerConnected,
)
from labelqa.records.supervision import (
    SupervisionChecked,
    SupervisionDeclared,
    SupervisionDrawn,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A fact as it stands in the ledger. ``effective_at``: when it was so; ``recorded_at``: when we learned it."""

    seq: int
    kind: str
    format: int
    actor: str
    identity: Identity
    recorded_at: datetime
    effective_at: datetime
    subjects: tuple[str, ...]  # "batch:b1", "person:p-12ab34cd", "rulebook:genai-safety"
    supersedes: int | None
    body: Any
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A fact before it is recorded."""

    body: Any
    subjects: tuple[str, ...]
    actor: str
    identity: Identity = Identity.ASSERTED
    effective_at: datetime | None = None  # None: when it is recorded
    supersedes: int | None = None


BODIES: Final[dict[str, tuple[int, type]]] = {
    "workspace.created": (1, WorkspaceCreated),
    "document.signed": (1, DocumentSigned),
    "rulebook.released": (1, RulebookReleased),
    "clarification.issued": (1, ClarificationIssued),
    "clarification.acknowledged": (1, ClarificationAcknowledged),
    "person.added": (1, PersonAdded),
    "training.recorded": (1, TrainingRecorded),
    "exam.recorded": (1, ExamRecorded),
    "import.counted": (1, ImportCounted),
    "gold.registered": (1, GoldRegistered),
    "batch.declared": (1, BatchDeclared),
    "plan.declared": (1, PlanDeclared),
    "batch.frozen": (1, BatchFrozen),
    "seed.committed": (1, SeedCommitted),
    "sample.drawn": (1, SampleDrawn),
    "sample.extended": (1, SampleExtended),
    "supervision.declared": (1, SupervisionDeclared),
    "supervision.drawn": (1, SupervisionDrawn),
    "supervision.checked": (1, SupervisionChecked),
    "review.recorded": (1, ReviewRecorded),
    "dispute.ruled": (1, DisputeRuled),
    "batch.settled": (1, BatchSettled),
    "report.issued": (1, ReportIssued),
    "form.issued": (1, FormIssued),
    "training.held": (1, TrainingHeld),
    "rulebook.acknowledged": (1, ReleaseAcknowledged),
    "paper.registered": (1, PaperRegistered),
    "exam.begun": (1, ExamBegun),
    "qualification.decided": (1, QualificationDecided),
    "appeal.filed": (1, AppealFiled),
    "appeal.ruled": (1, AppealRuled),
    "duty.assigned": (1, DutyAssigned),
    "duty.ended": (1, DutyEnded),
    "staffing.declared": (1, StaffingDeclared),
    "person.left": (1, PersonLeft),
    "vendor.imported": (1, VendorImported),
    "person.renamed": (1, PersonRenamed),
    "person.erased": (1, PersonErased),
    "login.changed": (1, LoginChanged),
    "policy.declared": (1, PolicyDeclared),
    "card.recorded": (1, CardRecorded),
    "hit.ruled": (1, HitRuled),
    "dispute.raised": (1, DisputeRaised),
    "proposal.opened": (1, ProposalOpened),
    "proposal.closed": (1, ProposalClosed),
    "correction.recorded": (1, CorrectionRecorded),
    "problem.closed": (1, ProblemClosed),
    "correction.reviewed": (1, CorrectionReviewed),
    "batch.returned": (1, BatchReturned),
    "gold.retired": (1, GoldRetired),
    "labels.exported": (1, LabelsExported),
    "register.entered": (1, RegisterEntered),
    "incident.noted": (1, IncidentNoted),
    "risk.noted": (1, RiskNoted),
    "guidance.given": (1, GuidanceGiven),
    "attachment.erased": (1, AttachmentErased),
    "server.connected": (1, ServerConnected),
    "server.project": (1, ProjectFollowed),
    "release.pushed": (1, ReleasePushed),
    "hook.placed": (1, HookPlaced),
    "review.sent": (1, ReviewSent),
    "rework.sent": (1, ReworkSent),
    "log.attached": (1, LogAttached),
    "accounts.seen": (1, AccountsSeen),
}  # kind -> (format in force, body type)
KINDS: Final[dict[type, str]] = {body: kind for kind, (_, body) in BODIES.items()}

__all__ = [
    "AccountsSeen",
    "BODIES",
    "KINDS",
    "Draft",
    "Fact",
    "AppealFiled",
    "AppealRuled",
    "AttachmentErased",
    "BatchDeclared",
    "BatchFrozen",
    "BatchReturned",
    "BatchSettled",
    "CardRecorded",
    "ClarificationAcknowledged",
    "ClarificationIssued",
    "CorrectionRecorded",
    "CorrectionReviewed",
    "DisputeRaised",
    "DisputeRuled",
    "DocumentSigned",
    "DutyAssigned",
    "DutyEnded",
    "ExamBegun",
    "ExamRecorded",
    "FormIssued",
    "GoldRegistered",
    "GoldRetired",
    "GuidanceGiven",
    "HitRuled",
    "ImportCounted",
    "IncidentNoted",
    "LabelsExported",
    "LoginChanged",
    "PaperRegistered",
    "PersonAdded",
    "PersonErased",
    "PersonLeft",
    "PersonRenamed",
    "PlanDeclared",
    "PolicyDeclared",
    "ProblemClosed",
    "ProposalClosed",
    "ProposalOpened",
    "QualificationDecided",
    "RegisterEntered",
    "ReleaseAcknowledged",
    "ReportIssued",
    "ReviewRecorded",
    "RiskNoted",
    "RulebookReleased",
    "SampleDrawn",
    "SampleExtended",
    "SeedCommitted",
    "ProjectFollowed",
    "ReleasePushed",
    "HookPlaced",
    "ReviewSent",
    "ReworkSent",
    "LogAttached",
    "ServerConnected",
    "StaffingDeclared",
    "SupervisionChecked",
    "SupervisionDeclared",
    "SupervisionDrawn",
    "TrainingHeld",
    "TrainingRecorded",
    "VendorImported",
    "WorkspaceCreated",
]

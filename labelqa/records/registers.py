"""Facts about the surroundings of labeling: platforms, sites, assisting models, guidance, risks, incidents.

Bodies only. Entries are small, dated, and name their attachments by digest.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Register(StrEnum):
    """Which register an entry belongs to (GB/T 45674—2025, chapter 5)."""

    PLATFORM = "platform"  # 5 b): name, version, owner
    ASSESSMENT = "assessment"  # 5 a): a security assessment of a platform
    FIX = "fix"  # 5 a): a vulnerability and what was done
    SITE = "site"  # 5 d): premises or a remote work place
    CHANNEL = "channel"  # 5 d): device and network channel
    ISOLATION = "isolation"  # 5 d): where safety data is kept apart
    MODEL = "model"  # 5 e): an assisting model with its filing
    CONTRACT = "contract"  # with a vendor


class IncidentStep(StrEnum):
    """One step in the life of an incident."""

    OPENED = "opened"
    CONTAINED = "contained"
    NOTIFIED = "notified"
    RESOLVED = "resolved"
    CLOSED = "closed"
    NOTE = "note"


class RiskStep(StrEnum):
    """What became of a risk (GB/T 45674—2025, 7.3 d)."""

    FOUND = "found"
    HANDLED = "handled"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterEntered:
    """An entry of a register; a later one with the same id supersedes it."""

    register: str
    entry: str  # an id of its own, such as platform:label-studio
    title: str
    data: dict[str, str]  # what the register asks for
    about: str = ""  # the entry that it is about: an assessment's platform
    since: str = ""  # ISO dates
    until: str = ""  # when it ends, or is due again
    attachments: list[list[str]] = field(default_factory=list)  # [title, digest]
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentNoted:
    """One entry in the timeline of an incident."""

    incident: str
    step: str  # opened, contained, notified, resolved, closed, note
    title: str
    at: str  # ISO time in UTC
    batch: str = ""
    notified: str = ""  # whom, where somebody was
    text: str = ""  # salted digest of the erasable text
    attachments: list[list[str]] = field(default_factory=list)
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskNoted:
    """A risk found in labeling or transfer, or how it was handled (GB/T 45674—2025, 7.3 d)."""

    risk: str  # an id of its own
    step: str  # found, handled, accepted
    title: str
    batch: str = ""
    text: str = ""  # salted digest of the erasable text
    by: str = ""
    about: list[int] = field(default_factory=list)  # facts that show it, such as supervision checks


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidanceGiven:
    """Guidance for somebody's work, and which facts gave the reason."""

    guidance: str
    person: str
    by: str
    about: list[int] = field(default_factory=list)
    batch: str = ""
    text: str = ""  # salted digest of the erasable text
    acknowledged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentErased:
    """A kept file was erased when its time of keeping was over; its digest stays where facts name it."""

    attachment: str  # its digest
    reason: str
    by: str

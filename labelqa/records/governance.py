"""How rules come into force: signatures, releases with their dates, clarifications and who acknowledged them.

The texts themselves are files named by their digests; the ledger keeps who signed which digest, and when it counts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from labelqa.records.names import Digest, PersonId, ReleaseName
from labelqa.records.review import Identity

APPROVALS: Final = 2  # by different people, before a text comes into force


class Meaning(StrEnum):
    """What a signature stands for; two approvals by different people make a release."""

    AUTHORSHIP = "authorship"
    REVIEW = "review"
    APPROVAL = "approval"


class Bump(StrEnum):
    """How far a version goes beyond the one before."""

    NONE = "none"
    PATCH = "patch"  # wording
    MINOR = "minor"  # examples and other additions
    MAJOR = "major"  # what a label, rule, threshold or worked example means


class ReleaseState(StrEnum):
    """Where a release stands at a time."""

    COMING = "coming"  # released, and it counts only later
    IN_FORCE = "in-force"  # new work is done under it
    OPEN_WORK = "open-work"  # a later one counts for new work; what was begun under this one goes on
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Somebody signed a document of exactly these bytes; ``fact`` is where the ledger says so."""

    person: PersonId
    meaning: Meaning
    digest: Digest
    at: datetime
    fact: int
    identity: Identity = Identity.ASSERTED  # how the signer was known


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A released version with the time from which it counts and the time until which the version before serves."""

    release: ReleaseName
    name: str
    version: str
    digest: Digest
    material: bool
    previous: str  # the version before, "" for the first
    effective_from: datetime
    previous_until: datetime | None  # when open work under the version before ends; None: it is never ended
    signatures: tuple[Signature, ...]
    fact: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Clarification:
    """A numbered answer on a rule between releases (答疑)."""

    rulebook: str
    number: int
    rule: str
    release: ReleaseName  # the version that it explains
    digest: Digest
    effective_from: datetime
    signatures: tuple[Signature, ...]
    acknowledged: tuple[tuple[PersonId, datetime], ...]
    taken_in: str  # the version that holds it now, "" while it stands alone
    fact: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSigned:
    """A person signed a document of these bytes."""

    document: str  # "rulebook:genai-safety@2.0.0" or "clarification:genai-safety#3"
    digest: str  # of the bytes that were signed
    person: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RulebookReleased:
    """A version was made final."""

    name: str
    version: str
    kind: str
    digest: str
    title: dict[str, str]
    control: str
    labels: list[str]
    rules: int
    examples: int
    material: bool
    previous: str  # version before, "" for the first
    bump: str = ""  # the least that the changes ask for; "" for the first and where nobody computed it
    effective_from: str = ""  # an ISO time in UTC; "" when it was released
    previous_until: str = ""  # when open work under the version before ends, an ISO time in UTC; "" for never
    signatures: list[int] = field(default_factory=list)  # the facts of its approvals
    label_changes: list[list[list[str]]] = field(default_factory=list)  # [labels before, labels after]
    clarifications: list[int] = field(default_factory=list)  # numbers of those that it takes in
    adopted: bool = False  # the text came with labelqa


@dataclass(frozen=True, slots=True, kw_only=True)
class ClarificationIssued:
    """An answer on a rule came into force."""

    rulebook: str
    number: int
    rule: str
    release: str
    digest: str
    effective_from: str  # an ISO time in UTC
    signatures: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClarificationAcknowledged:
    """A person has read it."""

    rulebook: str
    number: int
    person: str

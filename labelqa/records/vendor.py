"""A vendor's records of its people, as they travel in a file: by the vendor's own pseudonyms, never by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from labelqa.records.finding import Finding, Place
from labelqa.records.names import Digest
from labelqa.records.training import ExamRow


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorPerson:
    """Somebody at a vendor: the vendor's pseudonym, duties, and accounts by server."""

    person: str
    organizer: str
    duties: tuple[str, ...]
    accounts: Mapping[str, str]
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorTraining:
    """A training as the vendor recorded it."""

    person: str
    release: str
    at: datetime
    organizer: str
    topics: tuple[str, ...]
    material: str = ""
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorFile:
    """What a vendor handed over: its records, and the head of the ledger that they come from ("" where none is told)."""

    name: str
    digest: Digest
    people: tuple[VendorPerson, ...]
    trainings: tuple[VendorTraining, ...]
    exams: tuple[ExamRow, ...]
    workspace: str = ""
    head: str = ""
    facts: int = 0
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorTaken:
    """What an import of a vendor's file came to; ``fact`` is 0 where it added nothing."""

    vendor: str
    people: int
    trainings: int
    exams: int
    unchanged: int
    fact: int
    findings: tuple[Finding, ...]

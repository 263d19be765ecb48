"""The verification record of a batch as it is printed and filed (GB/T 45674—2025, 8.1 g).

Values only: who verified when, with which result, what was found, and what was done about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from labelqa.records.acceptance import SheetCheck
from labelqa.records.batch import Batch
from labelqa.records.corrections import Completeness, Correction
from labelqa.records.names import Digest
from labelqa.records.review import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierLine:
    """What one person said in one sample; items as the verdicts on them stand, second opinions among them."""

    name: str
    judged: int
    results: Mapping[Verdict, int]
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedSample:
    """One check of the batch, its verifiers, and what of the three checks (8.1 d) its verdicts record."""

    check: SheetCheck
    population: int
    standing: str  # of the seed
    frame: Digest
    verifiers: tuple[VerifierLine, ...]
    judged: int  # items with a verdict
    all_checked: int  # of them, with all three checks recorded
    checks: Mapping[str, Mapping[str, int]]  # check -> result -> verdicts; "" for not recorded
    unsafe: int  # verdicts that report a risk


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationForm:
    """Everything that the form says. ``names`` are how people may be shown, ``texts`` reasons by fact."""

    batch: Batch
    release_digest: str
    samples: tuple[VerifiedSample, ...]
    completeness: Completeness
    corrections: tuple[Correction, ...]
    names: Mapping[str, str]
    texts: Mapping[int, str]
    disputes: Mapping[str, int]
    hits: Mapping[str, int]
    head: str
    made_at: datetime
    zone: str

"""Facts about problems and corrections made by hand; numbers say the order of the ledger."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from labelqa.records.facts import (
    KINDS,
    CorrectionRecorded,
    CorrectionReviewed,
    DisputeRuled,
    Fact,
    ProblemClosed,
    ReviewRecorded,
)
from labelqa.records.review import Identity
from tests.unit.batches.making import NAME, NOON

BLANK = {"rule": "", "defect": "", "severity": "", "correct_label": "", "unsafe": "", "comment": ""}


def fact(seq: int, body: Any, *, supersedes: int | None = None) -> Fact:
    at = NOON + timedelta(minutes=seq)
    return Fact(
        seq=seq, kind=KINDS[type(body)], format=1, actor="cli", identity=Identity.ASSERTED, recorded_at=at,
        effective_at=at, subjects=(f"batch:{NAME}",), supersedes=supersedes, body=body, hash="",
    )  # fmt: skip


def verdict(
    seq: int, item: str, said: str = "incorrect", *, by: str = "p-rex", label: str = "a", sample: str = "b1/1",
    supersedes: int | None = None, **more: Any,
) -> Fact:  # fmt: skip
    body = ReviewRecorded(
        sample=sample, batch=NAME, item=item, verdict=said, kind="verification", reviewer=by, label=label,
        **BLANK | more,
    )  # fmt: skip
    return fact(seq, body, supersedes=supersedes)


def correction(
    seq: int, item: str, *problems: int, before: str = "a", after: str = "b", by: str = "p-ann",
    supersedes: int | None = None,
) -> Fact:  # fmt: skip
    body = CorrectionRecorded(
        batch=NAME, item=item, annotator="p-ann", corrector=by, before=before, after=after,
        made_at=NOON.isoformat(), corrected_at=(NOON + timedelta(minutes=seq)).isoformat(), problems=list(problems),
    )  # fmt: skip
    return fact(seq, body, supersedes=supersedes)


def re_review(seq: int, item: str, of: int, said: str = "correct", *, by: str = "p-rae", unsafe: str = "") -> Fact:
    body = CorrectionReviewed(batch=NAME, item=item, correction=of, verdict=said, reviewer=by, unsafe=unsafe)
    return fact(seq, body)


def closure(seq: int, item: str, *problems: int) -> Fact:
    return fact(seq, ProblemClosed(batch=NAME, item=item, problems=list(problems), by="p-rae", reason="d"))


def ruling(seq: int, item: str, outcome: str = "upheld", label: str = "", *, supersedes: int | None = None) -> Fact:
    body = DisputeRuled(batch=NAME, item=item, label=label, arbitrator="p-art", reason="d", outcome=outcome)
    return fact(seq, body, supersedes=supersedes)

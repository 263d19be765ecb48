"""Verdicts from a review project go on record as given by the verifiers' own accounts; what a rule forbids is a finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from labelqa.errors import Message, Refused
from labelqa.records.finding import Finding, Severity
from labelqa.records.review import Identity
from labelqa.records.work import RawVerdict
from labelqa.workflows.desk import Desk
from labelqa.workflows.reviewing.reviews import import_verdicts

_AGAIN: Final = Message("the verifier mends it in the review project; verdicts that were taken are not doubled")


@dataclass(slots=True)
class Recorded:
    """What was recorded."""

    recorded: int = 0
    unchanged: int = 0
    late: int = 0  # verdicts that came after the batch was settled
    findings: list[Finding] = field(default_factory=list)

    def take(self, desk: Desk, verdicts: list[RawVerdict]) -> None:
        """Record verdicts as given by the verifiers' own accounts; what a rule forbids is a finding."""
        try:
            result = import_verdicts(desk, verdicts, identity=Identity.AUTHENTICATED)
        except Refused:  # the batch was settled meanwhile
            self.late += len(verdicts)
            return
        self.recorded, self.unchanged = self.recorded + result.recorded, self.unchanged + result.unchanged
        self.findings += _mended(result.findings)


def is_error(each: Finding) -> bool:
    """Whether an answer was not taken because of it."""
    return each.severity is Severity.ERROR


def _mended(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The same findings, with what to do in a project instead of in a sheet."""
    for each in findings:
        yield replace(each, mend=_AGAIN) if each.code in ("review-refused", "checks-missing") else each

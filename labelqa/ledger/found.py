"""What a verification found, as much of it as anybody can read: the first findings of each code, and how many more.

A ledger of a million facts may be wrecked as a whole, and a million lines would tell no more than a hundred.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from labelqa.ledger.altered import RESTORE
from labelqa.records.finding import Finding, Place, Severity, finding

MOST: Final = 100  # findings of one code that are kept


class Found:
    """Findings as they come in; what is kept of them does not grow with their number."""

    def __init__(self) -> None:
        self._kept: list[Finding] = []
        self._counts = Counter[tuple[str, Severity]]()

    def add(self, findings: Iterable[Finding]) -> None:
        """Take findings in: of each code the first :data:`MOST` are kept, the others counted."""
        for each in findings:
            self._counts[each.code, each.severity] += 1
            if self._counts[each.code, each.severity] <= MOST:
                self._kept.append(each)

    def count(self, code: str, number: int) -> None:
        """So many more errors of a code: none, or :data:`MOST` of them were taken in before."""
        self._counts[code, Severity.ERROR] += number

    def __len__(self) -> int:
        """How many there are, those included that are not kept."""
        return self._counts.total()

    def told(self) -> list[Finding]:
        """The findings that were kept, and of each code how many more there are."""
        more = [(code, grave, count - MOST) for (code, grave), count in self._counts.items() if count > MOST]
        return self._kept + [
            finding(
                "LG012", "{more} more findings {code} are not listed", severity=grave, mend=RESTORE,
                place=Place(subject=code), more=count, code=code,
            )
            for code, grave, count in more
        ]  # fmt: skip

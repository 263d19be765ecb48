"""Work that goes out to people and comes back: rows of work sheets, verdicts as they were written, lists of people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from labelqa.records.finding import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class RawVerdict:
    """A verdict as a sheet or a review project brought it back, in the stored spelling but checked by nobody yet.

    ``verifier`` is whom the work was given to, ``account`` who submitted it ("" when the source does not say).
    ``severity`` is critical, major or minor; ``unsafe`` is A.1 … A.5 or one risk such as A1a; "" means that nothing was
    said. A verdict may be left open where an ``answer`` given blind, an ``obstacle`` or ``scores`` decide it.
    """

    sample: str
    item_id: str
    verdict: str  # correct, incorrect, undecidable
    verifier: str
    rule: str = ""
    defect: str = ""
    severity: str = ""
    correct_label: str = ""
    unsafe: str = ""
    comment: str = ""
    at: datetime | None = None
    account: str = ""
    place: Place = field(default_factory=Place)
    safety: str = ""  # safe, unsafe, unclear
    obstacle: str = ""  # skipped, deleted, broken-media
    answer: str = ""  # the verifier's own label, given without seeing the label of record
    checks: Mapping[str, str] = field(default_factory=dict)  # Check -> CheckResult
    scores: Mapping[str, str] = field(default_factory=dict)  # dimension -> score as it was written

    @property
    def said(self) -> bool:
        """Whether there is anything that gives a verdict."""
        return bool(self.verdict or self.answer or self.obstacle or self.scores)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """One item on a work sheet: what was shown, and which label it got; never who gave it.

    ``content`` holds the texts of the item by field name; ``pictures`` the bytes of those fields that are images.
    """

    order: int  # from 1, the sheet's own, in ticket order
    item_id: str
    content: Mapping[str, str]
    label: str  # stored spelling; "" where the item is labelled again blind
    shown: str = ""  # the label's title in the sheet's language, "" when it has none
    pictures: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewItem:
    """One item of a review project: its data as the annotators saw it and the canonical answers to be checked."""

    item_id: str
    data: Mapping[str, Any]
    answers: Mapping[str, Any]  # {control: canonical answer}; empty where the item is labelled again blind
    verifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """One line of a list of people: the name, for whom they work, what they do, and their accounts by server."""

    name: str
    organizer: str
    duties: tuple[str, ...]  # stored spellings of Duty, in the order of Duty
    accounts: Mapping[str, str]  # server -> account
    place: Place = field(default_factory=Place)
    model: str = ""  # the model and version, where it is no person


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreLine:
    """A dimension on which responses are scored, its title in the sheet's language, and the lowest score that passes."""

    name: str
    title: str
    line: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkSheet:
    """One verifier's share of a sample: the items in ticket order, and the choices offered with their titles.

    Items that somebody else judges as well stand among the others and are not marked.
    """

    sample: str
    verifier: str  # pseudonym
    name: str  # how the verifier is addressed
    labels: Mapping[str, str]  # stored spelling -> title in the sheet's language
    rules: Mapping[str, str]
    rows: tuple[SheetRow, ...]
    defects: Mapping[str, str] = field(default_factory=dict)  # code -> title
    lines: tuple[ScoreLine, ...] = ()
    blind: bool = False  # the label of record is hidden, and the verifier labels again
    kind: str = ""  # ControlKind of the answers, "" where nobody knows it

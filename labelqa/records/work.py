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
    ``severity`` is critical, major or minor; ``unsafe`` is A.1 … A.5; "" means that nothing was said.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """One item on a work sheet: what was shown, and which label it got; never who gave it.

    ``content`` holds the texts of the item by field name; ``pictures`` the bytes of those fields that are images.
    """

    order: int  # from 1, in ticket order
    item_id: str
    content: Mapping[str, str]
    label: str  # stored spelling
    shown: str = ""  # the label's title in the sheet's language, "" when it has none
    pictures: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewItem:
    """One item of a review project: its data as the annotators saw it and the canonical answers to be checked."""

    item_id: str
    data: Mapping[str, Any]
    answers: Mapping[str, Any]  # {control: canonical answer}
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
class WorkSheet:
    """One verifier's share of a sample: the items in ticket order, and the choices offered with their titles."""

    sample: str
    verifier: str  # pseudonym
    name: str  # how the verifier is addressed
    labels: Mapping[str, str]  # stored spelling -> title in the sheet's language
    rules: Mapping[str, str]
    rows: tuple[SheetRow, ...]

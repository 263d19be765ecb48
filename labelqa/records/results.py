"""What a use case answers with: what was done, what it found, what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from labelqa.records.batch import Batch
from labelqa.records.finding import Finding
from labelqa.records.names import ItemId
from labelqa.records.review import Plan, Resolved, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """One imported file: how many rows came to what."""

    file: str
    format: str
    encoding: str
    import_no: int  # 0: nothing was added, so nothing was recorded
    rows: int
    added: int
    revised: int  # of those added: new revisions of annotations known before
    unchanged: int
    refused: int
    items: int  # items new to the intake
    repeats: int  # rows in which an annotator answers an item again
    unqualified: int  # added annotations by people who were not qualified then
    unregistered: tuple[str, ...]  # accounts that belong to nobody yet, as they may be shown
    findings: tuple[Finding, ...]  # the first hundred
    findings_file: str  # "" when there are none
    gone: int = 0  # of those added: answers that are not at their source any more


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleImported:
    """A people, training or exam list read in."""

    added: int
    unchanged: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanResult:
    """A declared plan, worked out for the items that match now."""

    plan: Plan
    preview: Resolved | None  # None while no item matches
    seed_file: str  # where the seed is kept until the draw
    earlier: int  # plans of this batch declared before
    next: int = 1  # number of the plan that the next draw follows
    already: bool = False  # the last plan is this very one, so nothing was recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleProgress:
    """How far the review of a sample is, and by whom."""

    sample: str
    batch: str
    n: int
    c: int | None
    population: int
    reviewed: int
    correct: int
    incorrect: int
    undecidable: int
    unsafe: int
    by_verifier: tuple[tuple[str, str, int, int], ...]  # person, name, given (second opinions among them), done
    standing: str
    doubles: int = 0  # drawn items that a second verifier judges as well
    doubled: int = 0  # of those, judged by the second verifier
    checked: int = 0  # verdicts that record all three checks of GB/T 45674—2025, 8.1 d)
    unreviewable: int = 0  # items that could not be reviewed at all; they count among the undecidable
    blind: int = 0  # verdicts given without seeing the label of record


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewsResult:
    """Verdicts read in."""

    recorded: int
    unchanged: int
    unfilled: int
    findings: tuple[Finding, ...]
    samples: tuple[str, ...] = ()  # those of the verdicts that were recorded or known before


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """An item on which the declared rule finds no label of record, or that somebody disputed."""

    batch: str
    item_id: ItemId
    votes: tuple[tuple[str, int], ...]  # label, how many annotators gave it
    content: Mapping[str, str]
    ruling: str  # label of record by ruling, "" while open and where none stands
    outcome: str = ""  # a DisputeOutcome; "" while open
    rule: str = ""  # cited by the ruling
    unclear: bool = False  # the arbitrator found the rule unclear
    candidates: tuple[str, ...] = ()  # rules of the release that give one of the labels in question
    since: datetime | None = None  # frozen, or disputed by somebody
    days: int = 0  # whole days that it has been waiting, or waited
    raised_by: str = ""  # pseudonym of who disputed it, "" where the declared rule did
    why: str = ""  # the reason they gave
    identity: str = ""  # an Identity: how the arbitrator was known; "" while open
    already: bool = False  # this very ruling stands, so nothing was recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow:
    """One item behind a number."""

    item_id: ItemId
    content: Mapping[str, str]
    label: str  # of record as it stands now, corrections included; "" where there is none
    votes: tuple[tuple[str, str, str], ...]  # person, name, label
    gold: str
    verdict: Verdict | None
    correct_label: str
    flags: tuple[str, ...]  # disputed, drawn, unsafe, gold-wrong, unqualified, corrected


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPage:
    """A stretch of a batch's items under a filter."""

    total: int
    offset: int
    rows: tuple[ItemRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchDetail:
    """A batch with what is behind its line: facts, plans, samples."""

    batch: Batch
    plans: tuple[Plan, ...]
    samples: tuple[SampleProgress, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unbatched:
    """Annotations that belong to no declared batch, by project."""

    project: str
    annotations: int
    items: int
    first: datetime | None
    last: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerState:
    """What ``ledger verify`` answers."""

    facts: int
    head: str
    findings: Sequence[Finding]  # of each code the first, and how many more
    found: int  # how many there are, those included that are not listed

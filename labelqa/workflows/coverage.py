"""What a rulebook covers and what was labelled under it: risk by risk against the recommended number of items.

An item counts once, by its label of record. Where one label stands for several risks and the item does not name its
risk, nobody can say which risk it is: then only an upper limit is given. Voided batches do not count.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from labelqa.errors import LabelqaError, Message
from labelqa.i18n import N_
from labelqa.records.batch import Batch, Conclusion, Kind
from labelqa.records.names import ItemId
from labelqa.rulebook.coverage import Gap, Matrix, Treated, matrix, risks_of_labels
from labelqa.rulebook.model import Rulebook
from labelqa.rulebook.taxonomy import taxonomy
from labelqa.workflows.desk import Desk
from labelqa.workflows.population import frozen_of, labels_of_record
from labelqa.workflows.rulebooks import released_book
from labelqa.workflows.state import read_state

PER_RISK: Final = 200  # GB/T 45674—2025, 8.1 a): recommended items for each risk
SAFETY_SHARE: Final = 0.03  # 8.1 b): recommended share of safety items among all
FIELD: Final = "risk"  # of an item's data or meta: names the risk that it is about


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Items labelled for a risk: at least so many, at most so many; the two are equal where the split is known."""

    at_least: int
    at_most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageRow:
    """A risk with what treats it, what was labelled (None: nobody counted) and what is missing."""

    treated: Treated
    counted: Counted | None
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """What the frozen batches of a workspace hold; batches by name."""

    risks: Mapping[str, Counted]
    items: int  # under this rulebook
    safety_items: int
    all_items: int
    batches: tuple[str, ...]
    left_out: tuple[str, ...]  # voided
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The coverage matrix of a rulebook; risks with gaps first, else in the order of the list."""

    release: str
    digest: str
    taxonomy: str
    risks: tuple[CoverageRow, ...]
    articles: tuple[CoverageRow, ...]
    labelled: Labelled | None
    per_risk: int = PER_RISK
    safety_share: float = SAFETY_SHARE

    @property
    def gaps(self) -> int:
        """How many risks lack something."""
        return sum(bool(row.gaps) for row in self.risks)


def coverage(book: Rulebook, *, release: str, digest: str, desk: Desk | None = None) -> Coverage:
    """The matrix of a rulebook; with a ``desk`` the items labelled so far under any of its releases are counted."""
    found = matrix(book)
    labelled = None if desk is None else _labelled(desk, book.name, found)
    rows = [_row(each, labelled) for each in found.risks]
    return Coverage(
        release=release, digest=digest, taxonomy=found.taxonomy,
        risks=tuple(sorted(rows, key=lambda row: _weight(row.gaps))),
        articles=tuple(CoverageRow(treated=each, counted=None, gaps=each.gaps) for each in found.articles),
        labelled=labelled,
    )  # fmt: skip


def _weight(gaps: tuple[Gap, ...]) -> int:
    """Gravest first: no rule, then too few items, then examples, then what is not known."""
    order = (Gap.NO_RULE, Gap.TOO_FEW, Gap.NO_POSITIVE, Gap.NO_NEGATIVE, Gap.NO_BORDERLINE, Gap.NOT_KNOWN)
    return min((order.index(gap) for gap in gaps), default=len(order))


def _row(treated: Treated, labelled: Labelled | None) -> CoverageRow:
    counted = labelled.risks[treated.code] if labelled else None
    gaps = treated.gaps
    if counted is not None and treated.rules:
        if counted.at_most < PER_RISK:
            gaps = (*gaps, Gap.TOO_FEW)
        elif counted.at_least < PER_RISK:
            gaps = (*gaps, Gap.NOT_KNOWN)
    return CoverageRow(treated=treated, counted=counted, gaps=gaps)


def _labelled(desk: Desk, name: str, found: Matrix) -> Labelled:
    state = read_state(desk)
    frozen = [batch for batch in state.labelled() if batch.freeze is not None]
    kept = [batch for batch in frozen if batch.conclusion is not Conclusion.VOID]
    kept.sort(key=lambda batch: frozen_of(batch).fact, reverse=True)  # of an item in several batches the latest counts
    seen: dict[Kind, set[ItemId]] = {kind: set() for kind in Kind}
    tally, notes, mine = _Tally([each.code for each in found.risks]), list[Message](), list[str]()
    for batch in kept:
        known = {item: each.label for item, each in labels_of_record(desk, state, batch).items()}
        fresh = [item for item in known if item not in seen[batch.kind]]
        seen[batch.kind].update(known)
        if batch.release.partition("@")[0] == name:
            mine.append(batch.name)
            notes += _count(desk, batch, fresh, known, tally)
    return Labelled(
        risks=tally.counted(), items=tally.items, safety_items=len(seen[Kind.SAFETY]),
        all_items=sum(map(len, seen.values())), batches=tuple(sorted(mine)),
        left_out=tuple(sorted(batch.name for batch in frozen if batch not in kept and _of(batch, name))),
        notes=tuple(notes),
    )  # fmt: skip


def _of(batch: Batch, name: str) -> bool:
    return batch.release.partition("@")[0] == name


class _Tally:
    """Items by risk, surely and perhaps."""

    def __init__(self, codes: Iterable[str]) -> None:
        self.codes = tuple(codes)
        self.sure: Counter[str] = Counter()
        self.perhaps: Counter[str] = Counter()
        self.items = 0

    def take(self, groups: Iterable[frozenset[str]]) -> None:
        """One item: each group holds the risks of which it has one."""
        sure, perhaps = set[str](), set[str]()
        for group in groups:
            (sure if len(group) == 1 else perhaps).update(group)
        self.items += 1
        self.sure.update(sure)
        self.perhaps.update(perhaps - sure)

    def counted(self) -> dict[str, Counted]:
        return {
            code: Counted(at_least=self.sure[code], at_most=self.sure[code] + self.perhaps[code]) for code in self.codes
        }


def _count(desk: Desk, batch: Batch, items: list[ItemId], labels: Mapping[ItemId, str], tally: _Tally) -> list[Message]:
    """Count a batch's items; what could not be understood is said."""
    try:
        book = released_book(desk, batch.release)
    except LabelqaError as error:
        return [Message(N_("batch {batch} is not counted by risk: {why}"), {"batch": batch.name, "why": error.message})]
    known, risks = taxonomy(book.taxonomy), risks_of_labels(book)
    named, strange = _named(desk, batch), set[str]()
    for item in items:
        code = named.get(item, "")
        told = frozenset(risk.code for risk in known.of(code))
        if code and not told:
            strange.add(code)
        tally.take([told] if told else [risks.get(label, frozenset()) for label in labels_in(labels[item])])
    text = N_("items of batch {batch} name a risk that is not on the list: {code}")
    return [Message(text, {"batch": batch.name, "code": code}) for code in sorted(strange)[:5]]


def _named(desk: Desk, batch: Batch) -> dict[ItemId, str]:
    """The items that name their risk, in ``data.risk`` or else in their meta."""
    table = desk.frozen.read(frozen_of(batch).items, ["item_id", "data", "meta"])
    found: dict[ItemId, str] = {}
    rows = zip(*(table.column(name).to_pylist() for name in ("item_id", "data", "meta")), strict=True)
    for item, data, meta in rows:
        for text in (meta, data):
            if text and f'"{FIELD}"' in text:
                code = json.loads(text).get(FIELD)
                if isinstance(code, str) and code.strip():
                    found[ItemId(item)] = code.strip()
    return found


def labels_in(answer: str) -> tuple[str, ...]:
    """The labels of an answer of any kind: a label as it is, those of a set, of spans or boxes, of paths.

    >>> labels_in("A1"), labels_in('["A1","A2"]'), labels_in('[{"start":0,"end":2,"labels":["A1"]}]')
    (('A1',), ('A1', 'A2'), ('A1',))
    """
    if not answer.startswith(("[", "{")):
        return (answer,)
    try:
        held = json.loads(answer)
    except ValueError:
        return (answer,)
    return tuple(dict.fromkeys(_inside(held)))


def _inside(held: Any) -> Iterable[str]:
    if isinstance(held, str):
        return [held]
    if isinstance(held, Mapping):
        return _inside(held["labels"]) if "labels" in held else []
    return [label for part in held for label in _inside(part)] if isinstance(held, list) else []

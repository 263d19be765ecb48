"""Which annotations a batch is made of: those that meet its conditions, less the ones that must stay out, with reasons."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any, NamedTuple

from labelqa.batches.where import Record, absent_fields, matcher
from labelqa.errors import Refused
from labelqa.intake import AnnotationRow, ItemContent
from labelqa.records.annotation import ControlKind, Origin
from labelqa.records.batch import Batch, Conclusion, Condition, Repeats
from labelqa.records.finding import Finding
from labelqa.records.names import PersonId
from labelqa.workflows.desk import Desk
from labelqa.workflows.labels import answers, is_structured, label_of
from labelqa.workflows.splits import Split, split_of, taken_over
from labelqa.workflows.state import State

MOVED = frozenset({"later-release", "earlier-release", "other-release"})
ANNOTATION_FIELDS = frozenset({"created_at", "annotator", "release", "server", "import", "annotation"})


class Chosen(NamedTuple):
    """An annotation that goes into the batch, with its label."""

    row: AnnotationRow
    item: ItemContent
    label: str
    label_no: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What a batch would hold if it were frozen now."""

    chosen: Sequence[Chosen]
    exclusions: Mapping[str, int]
    repeats: int  # answers of an annotator for an item that another answer of the same one stands beside
    findings: Sequence[Finding]
    participants: frozenset[PersonId]  # everybody with a hand in anything that meets the conditions, kept or left out
    items_left_out: int  # items that meet the conditions and have no answer that was kept


class Matching:
    """The conditions of a batch, tested on items first and on annotations after."""

    def __init__(self, desk: Desk, where: Sequence[Condition]) -> None:
        zone = desk.settings.zone
        self._where = where
        self._item_holds = matcher([each for each in where if each.field not in ANNOTATION_FIELDS], zone=zone)
        self._row_holds = matcher([each for each in where if each.field in ANNOTATION_FIELDS], zone=zone)
        self._seen: set[str] = set(ANNOTATION_FIELDS)

    def items(self, content: Iterator[ItemContent]) -> dict[int, ItemContent]:
        """The items that meet the conditions on items."""
        kept: dict[int, ItemContent] = {}
        for item in content:
            if self.takes(item_record(item)):
                kept[item.item_no] = item
        return kept

    def takes(self, record: Record) -> bool:
        """Whether an item, as :func:`item_record` has it, meets the conditions on items."""
        self._seen.update(record)
        return self._item_holds(record)

    def holds(self, row: AnnotationRow) -> bool:
        """Whether an annotation meets the conditions on annotations."""
        return self._row_holds(
            {
                "created_at": None if row.created_at is None else moment(row.created_at),
                "annotator": row.person,
                "release": row.release,
                "server": row.server,
                "import": row.import_no,
                "annotation": row.annotation,
            }
        )

    @property
    def of_items_alone(self) -> bool:
        """Whether every condition, and at least one, is about items: then an item without an answer is missing one."""
        return bool(self._where) and all(each.field not in ANNOTATION_FIELDS for each in self._where)

    def findings(self) -> list[Finding]:
        """Conditions on fields that nothing has."""
        return absent_fields(self._where, self._seen)


_LAST = (
    7_258_118_400_000_000  # the beginning of 2200; readers refuse what lies outside, this must not fail all the same
)


def moment(microseconds: int) -> datetime:
    """The UTC moment of a stored time; times that nothing can have been made at are taken as 1970 or 2200.

    >>> moment(0).year, moment(2**62).year
    (1970, 2200)
    """
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=min(max(microseconds, 0), _LAST))


def item_record(item: ItemContent) -> Record:
    """An item as a flat record for conditions: data.*, meta.*, project, task, item_id."""
    record: dict[str, Any] = {"item_id": item.item_id, "project": item.project or None, "task": item.task or None}
    for part, text in (("data", item.data), ("meta", item.meta)):
        if text != "{}":
            _flatten(record, part, json.loads(text))
    return {name: value for name, value in record.items() if value is not None}


def _flatten(record: dict[str, Any], name: str, value: Any) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _flatten(record, f"{name}.{key}", inner)
    elif isinstance(value, bool):
        record[name] = "true" if value else "false"
    elif isinstance(value, str | int | float):
        record[name] = value
    elif isinstance(value, list):
        record[name] = json.dumps(value, ensure_ascii=False)


def select(
    desk: Desk, state: State, batch: Batch, *, repeats: Repeats, progress: Callable[[int], None] = lambda _n: None
) -> Selection:
    """The annotations that a batch is made of now."""
    matching = Matching(desk, batch.where)
    items = matching.items(desk.intake.items())
    taken, split = taken_annotations(desk, state, but=batch.name), split_of(state, batch)
    out: Counter[str] = Counter()
    chosen: list[Chosen] = []
    numbers = {label: number for number, label in enumerate(batch.labels)}
    hands: set[PersonId] = set()
    # An item that nobody has begun is the later release's, once a batch under that one waits for it.
    awaited = matching.of_items_alone and not (split and taken_over(state, batch, desk.clock()))
    missing = set(items) if awaited else set()
    elsewhere: set[int] = set()  # items whose answers belong to a batch under another release
    for row in desk.intake.annotations():
        item = items.get(row.item_no)
        if item is None or not matching.holds(row):
            continue
        hands.update(each for each in (row.person, row.editor) if each)
        said = answers(row.value)
        label = None if row.skipped else label_of(said, batch.control)
        reason = _why_out(row, batch, label, numbers, taken, split)
        if reason == "not-in-release" and is_structured(said, batch.control):
            reason = ""
        if reason == "other-batch":
            missing.discard(row.item_no)
        elif reason in MOVED and split is not None and split.leaves(row):
            elsewhere.add(row.item_no)
        elif reason:
            missing.add(row.item_no)
        if reason:
            out[reason] += 1
        elif label is not None:
            chosen.append(Chosen(row, item, label, numbers.get(label, -1)))
        progress(1)
    chosen, alone = _without_machine_only(state, chosen)
    out["machine-only"] += len(alone)
    missing.update(each.row.item_no for each in alone)
    kept, repeated = _settle_repeats(chosen, repeats, batch.name)
    if repeats is not Repeats.ALL and repeated:
        out["repeat"] = repeated
    hands.update(person for number, person in desk.intake.earlier_hands() if number in items)
    return Selection(
        chosen=kept, exclusions={reason: n for reason, n in sorted(out.items()) if n}, repeats=repeated, findings=matching.findings(),
        participants=frozenset(hands), items_left_out=len(missing - elsewhere - {each.row.item_no for each in kept}),
    )  # fmt: skip


def by_machine(state: State, row: AnnotationRow) -> bool:
    """Whether a model gave the answer: a registered one, or the file says so."""
    known = state.people.get(row.person)
    return row.origin == Origin.MACHINE or bool(known and known.model)


def _without_machine_only(state: State, chosen: list[Chosen]) -> tuple[list[Chosen], list[Chosen]]:
    """The answers to items that a person answered as well, and those to items that only models answered."""
    by_people = {each.row.item_no for each in chosen if not by_machine(state, each.row)}
    alone = [each for each in chosen if each.row.item_no not in by_people]
    return ([each for each in chosen if each.row.item_no in by_people] if alone else chosen), alone


def _why_out(
    row: AnnotationRow,
    batch: Batch,
    label: str | None,
    numbers: Mapping[str, int],
    taken: Mapping[int, float],
    split: Split | None,
) -> str:
    if row.skipped:
        return "skipped"
    if row.rev <= taken.get(row.annotation, 0):
        return "other-batch"
    if row.release and batch.release and row.release != batch.release:
        return "other-release"
    if split is not None and (reason := split.why_out(row)):
        return reason
    if label is None:
        return "no-label"
    return "" if label in numbers or batch.answers not in {"", ControlKind.CHOICE} else "not-in-release"


def _settle_repeats(chosen: list[Chosen], repeats: Repeats, batch: str) -> tuple[list[Chosen], int]:
    """One answer for each item and annotator, by the declared policy; how many answers that touches."""
    groups: dict[tuple[int, str], list[Chosen]] = {}
    for each in chosen:
        groups.setdefault((each.row.item_no, each.row.person), []).append(each)
    repeated = sum(len(group) - 1 for group in groups.values())
    if repeated and repeats is Repeats.REFUSE:
        raise Refused(
            "batch {batch} has {n} repeated answers of an annotator for one item: choose --repeats first, last or all",
            batch=batch, n=repeated,
        )  # fmt: skip
    if repeats is Repeats.ALL:
        return chosen, repeated
    for group in groups.values():
        group.sort(key=lambda each: (each.row.created_at or 0, each.row.rev))
    return [group[0 if repeats is Repeats.FIRST else -1] for group in groups.values()], repeated


def taken_annotations(desk: Desk, state: State, *, but: str = "") -> dict[int, float]:
    """Annotations that are in a frozen batch already, each with its last revision that is spoken for.

    An answer that was changed after its batch was sent back or voided is new work, and free for another batch.
    """
    taken: dict[int, float] = {}
    for batch in state.labelled():
        if batch.freeze is not None and batch.name != but:
            table = desk.frozen.read(batch.freeze.annotations, ["annotation", "rev"])
            again = batch.conclusion in {Conclusion.RELABEL, Conclusion.VOID}
            for number, rev in zip(table["annotation"].to_pylist(), table["rev"].to_pylist(), strict=True):
                taken[number] = max(taken.get(number, 0), rev if again else inf)
    return taken

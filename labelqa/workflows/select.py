"""Which annotations a batch is made of: those that meet its conditions, less the ones that must stay out, with reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, Final, NamedTuple

from labelqa.errors import Refused
from labelqa.intake import AnnotationRow, ItemContent
from labelqa.records.annotation import ControlKind, Origin
from labelqa.records.batch import Batch, Conclusion, Repeats
from labelqa.records.finding import Finding
from labelqa.records.names import ItemId, PersonId
from labelqa.workflows.desk import Desk
from labelqa.workflows.labels import answers, is_structured, label_of
from labelqa.workflows.matching import ANNOTATION_FIELDS, Matching, item_record, moment
from labelqa.workflows.rounds.returned import Returned, made_at, open_rounds, returned_of, voided_items
from labelqa.workflows.splits import Split, split_of, taken_over
from labelqa.workflows.state import State

__all__ = [
    "ANNOTATION_FIELDS", "MOVED", "Chosen", "Matching", "Selection", "by_machine", "item_record", "moment", "select",
    "taken_annotations",
]  # fmt: skip

MOVED: Final = frozenset({"later-release", "earlier-release", "other-release"})


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


def select(
    desk: Desk, state: State, batch: Batch, *, repeats: Repeats, progress: Callable[[int], None] = lambda _n: None
) -> Selection:
    """The annotations that a batch is made of now: of the items that meet its conditions, or that went back into it.

    Refused where all of these are of void batches.
    """
    sieve = _Sieve(desk, state, batch)
    out: Counter[str] = Counter()
    chosen: list[Chosen] = []
    hands: set[PersonId] = set()
    missing = sieve.awaited()
    elsewhere: set[int] = set()  # items whose answers belong to a batch under another release
    for row in desk.intake.annotations():
        item = sieve.items.get(row.item_no)
        if item is None or not sieve.holds(row):
            continue
        hands.update(each for each in (row.person, row.editor) if each)
        found, reason = sieve.look(row, item)
        if reason in {"other-batch", "voided"}:
            missing.discard(row.item_no)
        elif reason in MOVED and sieve.leaves(row, item):
            elsewhere.add(row.item_no)
        elif reason:
            missing.add(row.item_no)
        if reason:
            out[reason] += 1
        elif found is not None:
            chosen.append(found)
        progress(1)
    sieve.refuse_void(out)
    chosen, alone = _without_machine_only(state, chosen)
    out["machine-only"] += len(alone)
    missing.update(each.row.item_no for each in alone)
    kept, repeated = _settle_repeats(chosen, repeats, batch.name)
    if repeats is not Repeats.ALL and repeated:
        out["repeat"] = repeated
    hands.update(person for number, person in desk.intake.earlier_hands() if number in sieve.items)
    return Selection(
        chosen=kept, exclusions={reason: n for reason, n in sorted(out.items()) if n}, repeats=repeated, findings=sieve.findings(),
        participants=frozenset(hands), items_left_out=len(missing - elsewhere - {each.row.item_no for each in kept}),
    )  # fmt: skip


class _Sieve:
    """The items of a batch, and which of their annotations stay out for which reason."""

    def __init__(self, desk: Desk, state: State, batch: Batch) -> None:
        self._state, self._batch, self._now = state, batch, desk.clock
        self._matching = Matching(desk, batch.where)
        self._round: Returned | None = returned_of(desk, state, batch)
        content = desk.intake.items()
        if self._round is None:
            self.items = self._matching.items(content)
        else:
            self.items = {each.item_no: each for each in content if each.item_id in self._round.items}
        self._taken = taken_annotations(desk, state, but=batch.name)
        # what goes back belongs to the release that the return named, whenever it was assigned
        self._split = split_of(state, batch) if self._round is None else None
        self._numbers = {label: number for number, label in enumerate(batch.labels)}
        self._void: frozenset[ItemId] = voided_items(desk, state)
        self._rounds = open_rounds(desk, state, but=batch.name)

    def awaited(self) -> set[int]:
        """The items that have to have an answer.

        All that went back have; else an item that nobody has begun is the later release's, once a batch under that one
        waits for it.
        """
        split, batch = self._split, self._batch
        wanted = self._matching.of_items_alone and not (split and taken_over(self._state, batch, self._now()))
        if self._round is None and not wanted:
            return set()
        return {number for number, item in self.items.items() if item.item_id not in self._void}

    def holds(self, row: AnnotationRow) -> bool:
        """Whether an annotation meets the conditions on annotations; those of a round are not asked."""
        return self._round is not None or self._matching.holds(row)

    def leaves(self, row: AnnotationRow, item: ItemContent) -> bool:
        """Whether an annotation is another release's work."""
        return self._split is not None and self._split.leaves(row, item.item_id)

    def findings(self) -> list[Finding]:
        """Conditions on fields that nothing has."""
        return [] if self._round is not None else self._matching.findings()

    def look(self, row: AnnotationRow, item: ItemContent) -> tuple[Chosen | None, str]:
        """The annotation as it goes in, or the reason why it stays out."""
        if item.item_id in self._void:
            return None, "voided"
        waiting = self._rounds.get(item.item_id)
        if waiting is not None and not waiting.why_out(row):
            return None, "other-batch"
        if self._round is not None:
            reason = self._round.why_out(row)
            if reason:
                return None, reason
            row = row._replace(created_at=made_at(row))  # rework is of the time when it was done
        said = answers(row.value)
        label = None if row.skipped else label_of(said, self._batch.control)
        reason = _why_out(row, item, self._batch, label, self._numbers, self._taken, self._split)
        if reason == "not-in-release" and is_structured(said, self._batch.control):
            reason = ""
        if reason or label is None:
            return None, reason
        return Chosen(row, item, label, self._numbers.get(label, -1)), ""

    def refuse_void(self, out: Mapping[str, int]) -> None:
        """Refused where there is nothing but items of void batches."""
        if out.get("voided") and all(item.item_id in self._void for item in self.items.values()):
            raise Refused(
                "batch {batch} would hold nothing but {n} items of void batches, and these are never batched again: label other items",
                batch=self._batch.name, n=len(self.items),
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
    item: ItemContent,
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
    if split is not None and (reason := split.why_out(row, item.item_id)):
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

    An answer that was changed after its batch was sent back is new work, and free for another batch; what is void never
    is.
    """
    import numpy as np

    numbers: list[Any] = []
    revisions: list[Any] = []
    for batch in state.labelled():
        if batch.freeze is not None and batch.name != but:
            table = desk.frozen.read(batch.freeze.annotations, ["annotation", "rev"])
            again = batch.conclusion is Conclusion.RELABEL
            numbers.append(table["annotation"].to_numpy())
            revisions.append(table["rev"].to_numpy().astype(float) if again else np.full(len(table), inf))
    if not numbers:
        return {}
    last = np.zeros(max(each.max(initial=0) for each in numbers) + 1)  # annotations are numbered from 1 as they come
    for number, revision in zip(numbers, revisions, strict=True):
        np.maximum.at(last, number, revision)
    found = np.flatnonzero(last)
    return dict(zip(found.tolist(), last[found].tolist(), strict=True))

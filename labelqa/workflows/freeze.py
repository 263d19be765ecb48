"""The two tables of a frozen batch: every annotation, and every item as it was shown with its label of record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from labelqa.batches.disputing import disputed, label_of_record
from labelqa.frozen import ANNOTATIONS, ITEMS
from labelqa.intake import AnnotationRow, ItemContent
from labelqa.records.annotation import Origin
from labelqa.records.batch import Batch
from labelqa.records.names import Digest
from labelqa.records.people import Duty, Standing
from labelqa.sampling import frame_digest
from labelqa.workflows.desk import Desk
from labelqa.workflows.golden.retired import gold_in_use
from labelqa.workflows.qualifying.standing import StandingAt
from labelqa.workflows.select import Chosen, by_machine, moment
from labelqa.workflows.state import State

__all__ = ["Tables", "frozen_tables", "label_of_record", "week_name"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """What was written."""

    origins: Mapping[str, int]
    items_prelabelled: int
    annotations: Digest
    items: Digest
    frame: Digest
    n_items: int
    n_disputed: int
    records_after: int  # annotations covered by a training or exam that was recorded only after they were made


@dataclass(frozen=True, slots=True, kw_only=True)
class _Origins:
    """Where each answer came from, and the items (of the intake) that somebody began from a pre-label."""

    origin: Sequence[Origin]
    prelabelled: frozenset[int]

    @classmethod
    def of(cls, state: State, rows: Sequence[Chosen]) -> _Origins:
        origin = [
            Origin.MACHINE if by_machine(state, each.row) else Origin(each.row.origin or Origin.HUMAN) for each in rows
        ]
        suggested = {Origin.UNCHANGED, Origin.EDITED}
        began = frozenset(each.row.item_no for each, one in zip(rows, origin, strict=True) if one in suggested)
        return cls(origin=origin, prelabelled=began)


def week_name(at: datetime, zone: ZoneInfo) -> str:
    """The ISO week of a moment as cut in a time zone.

    >>> week_name(datetime.fromisoformat("2026-11-15T17:00:00+00:00"), ZoneInfo("Asia/Shanghai"))
    '2026-W47'
    """
    year, week, _ = at.astimezone(zone).isocalendar()
    return f"{year}-W{week:02d}"


def frozen_tables(desk: Desk, state: State, batch: Batch, chosen: Sequence[Chosen]) -> Tables:
    """Write both tables; rows by item id in code-point order, then by person."""
    ids = sorted({each.item.item_id for each in chosen})
    numbers = {item: number for number, item in enumerate(ids)}
    people = {person: number for number, person in enumerate(sorted({each.row.person for each in chosen}))}
    rows = sorted(chosen, key=lambda each: (numbers[each.item.item_id], people[each.row.person], each.row.rev))
    covered = state.standing(batch.release, Duty.EXECUTOR)
    origins = _Origins.of(state, rows)
    annotations = desk.frozen.write(
        ANNOTATIONS, _turned(ANNOTATIONS, _annotation_rows(desk, covered, batch, rows, numbers, people, origins))
    )
    lines = list(_item_rows(state, desk, batch, rows, origins))
    items = desk.frozen.write(ITEMS, _turned(ITEMS, iter(lines)))
    n_disputed = sum(line[-2] for line in lines)
    return Tables(
        annotations=annotations, items=items, frame=frame_digest(ids), n_items=len(ids), n_disputed=n_disputed,
        origins=dict(Counter(origins.origin)), items_prelabelled=len(origins.prelabelled),
        records_after=sum(
            row.created_at is not None and covered.recorded_after(row.person, moment(row.created_at)) for row, *_ in rows
        ) if batch.release else 0,
    )  # fmt: skip


def _turned(columns: Sequence[tuple[str, str]], rows: Iterator[tuple[Any, ...]]) -> dict[str, list[Any]]:
    turned = list(zip(*rows, strict=True))
    return {name: list(values) for (name, _), values in zip(columns, turned, strict=True)}


def _annotation_rows(
    desk: Desk,
    covered: StandingAt,
    batch: Batch,
    rows: Sequence[Chosen],
    numbers: dict[Any, int],
    people: dict[Any, int],
    origins: _Origins,
) -> Iterator[tuple[Any, ...]]:
    zone = desk.settings.zone
    weeks: dict[int, str] = {}  # by hour, since time zones differ by quarters of one at the least
    for (row, item, label, label_no), origin in zip(rows, origins.origin, strict=True):
        made = None if row.created_at is None else moment(row.created_at)
        standing = covered(row.person, made) if batch.release else None
        week = None
        if made is not None and row.created_at is not None:
            quarter = row.created_at // 900_000_000
            week = weeks.get(quarter) or weeks.setdefault(quarter, week_name(made, zone))
        yield (
            numbers[item.item_id], item.item_id, people[row.person], row.person, label_no, label, row.value, week, made,
            row.seconds, None if standing in {None, Standing.MODEL} else standing is Standing.QUALIFIED,
            None if standing is None else str(standing), _bound(row, made, batch), row.server, row.editor,
            row.annotation, row.rev, str(origin), row.item_no in origins.prelabelled,
        )  # fmt: skip


def _bound(row: AnnotationRow, made: datetime | None, batch: Batch) -> str | None:
    """The release an annotation was made under: stamped on it, else declared for its batch before it; never a guess."""
    if row.release or not batch.release:
        return row.release or None
    return batch.release if made is not None and made >= batch.declared_at else None


def _item_rows(
    state: State, desk: Desk, batch: Batch, rows: Sequence[Chosen], origins: _Origins
) -> Iterator[tuple[Any, ...]]:
    gold, dispute_rule = gold_in_use(desk, state), state.policies.dispute_rule
    labels = {label: number for number, label in enumerate(batch.labels)}
    grouped: dict[str, tuple[ItemContent, list[str]]] = {}
    for each, origin in zip(rows, origins.origin, strict=True):
        if origin is Origin.MACHINE:
            continue  # a model's answer has no vote
        grouped.setdefault(each.item.item_id, (each.item, []))[1].append(each.label)
    for number, (item, votes) in enumerate(grouped.values()):
        open_ = disputed(votes, batch.record_rule, dispute_rule)
        record = None if open_ else label_of_record(votes, batch.record_rule)
        yield (
            number, item.item_id, item.project, item.task, item.data, item.meta, record,
            -1 if record is None else labels.get(record, -1), len(votes), record is None, gold.get(item.item_id),
        )  # fmt: skip

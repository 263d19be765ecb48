"""The items of a frozen batch by what they showed: by topic, by length, by anything else that they carry."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final, NamedTuple

from labelqa.errors import Message, WrongUsage
from labelqa.i18n import N_
from labelqa.intake import ItemContent
from labelqa.records.batch import Batch
from labelqa.workflows.desk import Desk
from labelqa.workflows.population import frozen_of
from labelqa.workflows.select import item_record

MOST_VALUES: Final = 50  # of a field that are told one by one
_COLUMNS: Final = ("item_no", "item_id", "project", "task", "data", "meta")


class Stratum(NamedTuple):
    """The items (by number in the frozen batch) with one value of a field; "" for those that do not have it."""

    field: str
    value: str
    items: tuple[int, ...]


def strata_of(desk: Desk, batch: Batch, fields: Sequence[str]) -> tuple[tuple[Stratum, ...], tuple[Message, ...]]:
    """The strata of each field, as ``--where`` writes it (``data.topic``), the largest first, and what to say of them.

    Of a field with more than 50 values the largest strata are told. WrongUsage for a field that no item has.
    """
    asked = tuple(dict.fromkeys(fields))
    if not asked:
        return (), ()
    groups = _groups(desk, batch, asked)
    found: list[Stratum] = []
    notes: list[Message] = []
    for field in asked:
        ranked = sorted(groups[field].items(), key=lambda pair: (-len(pair[1]), pair[0]))
        found += [Stratum(field, value, tuple(items)) for value, items in ranked[:MOST_VALUES]]
        if len(ranked) > MOST_VALUES:
            text = N_("{field} has {n} values; the {most} with the most items are told apart")
            notes.append(Message(text, {"field": field, "n": len(ranked), "most": MOST_VALUES}))
    return tuple(found), tuple(notes)


def _groups(desk: Desk, batch: Batch, asked: Sequence[str]) -> dict[str, dict[str, list[int]]]:
    """For each field its values with their items."""
    table = desk.frozen.read(frozen_of(batch).items, list(_COLUMNS))
    groups: dict[str, dict[str, list[int]]] = {field: defaultdict(list) for field in asked}
    seen: Counter[str] = Counter()
    for number, item_id, project, task, data, meta in zip(
        *(table.column(name).to_pylist() for name in _COLUMNS), strict=True
    ):
        content = ItemContent(
            item_no=number, item_id=item_id, project=project or "", task=task or "", data=data, meta=meta
        )
        record = item_record(content)
        seen.update(record)
        for field in asked:
            groups[field][str(record.get(field, ""))].append(number)
    for field in asked:
        if not seen[field]:
            raise WrongUsage(
                "no item of {batch} has the field {field}; its items have {known}",
                batch=batch.name, field=field, known=", ".join(sorted(seen)) or "–",
            )  # fmt: skip
    return groups

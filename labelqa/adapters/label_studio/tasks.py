"""One task of a Label Studio export as one item and its annotations; shared by the JSON and the JSON_MIN reader.

Who labelled is given as the account's number, or as the e-mail address where the file has only that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from labelqa.adapters.files.columns import annotation_batch, canonical, item_batch
from labelqa.adapters.files.long_times import EARLIEST, LATEST
from labelqa.adapters.label_studio.codec import decode
from labelqa.errors import Message
from labelqa.records.annotation import ANNOTATION_COLUMNS, ITEM_COLUMNS, Chunk, ControlSpec, Origin
from labelqa.records.finding import Finding, Place, Severity, finding

CONTROL_CHARACTER: Final = re.compile(r"[\x00-\x1f]")
_NOTHING: Final = "{}"


@dataclass(slots=True, kw_only=True)
class Collected:
    """Rows of the chunk that is being filled, and how many annotations the file had so far."""

    path: str
    item_key: str
    specs: Mapping[str, ControlSpec]
    live: bool = False  # read from the server itself: its annotations are known with the task that they are on
    count: int = 0
    annotations: list[tuple[Any, ...]] = field(default_factory=list)
    items: list[tuple[str, ...]] = field(default_factory=list)
    refused: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)

    def place(self, entry: int, subject: str = "") -> Place:
        """Where a finding stands: the entry in the file, and which annotation of it."""
        return Place(file=self.path, row=entry, subject=subject)

    def size(self) -> int:
        """Rows and findings held."""
        return len(self.annotations) + len(self.items) + len(self.refused) + len(self.notes)

    def chunk(self) -> Chunk:
        """What was collected; the collection starts anew."""
        made = Chunk(
            annotations=annotation_batch(_columns(self.annotations, ANNOTATION_COLUMNS)),
            items=item_batch(_columns(self.items, ITEM_COLUMNS)),
            refused=self.refused,
            notes=self.notes,
        )
        self.annotations, self.items, self.refused, self.notes = [], [], [], []
        return made


class _On(NamedTuple):
    """What all annotations of a task share."""

    item_id: str
    release: str
    task: str | None


def _columns(rows: list[tuple[Any, ...]], wanted: tuple[tuple[str, str], ...]) -> dict[str, list[Any]]:
    columns = list(zip(*rows, strict=True)) or [()] * len(wanted)
    return {name: list(column) for (name, _), column in zip(wanted, columns, strict=True)}


def take_task(task: Any, entry: int, into: Collected) -> None:
    """One entry of a JSON export: the item, and every annotation that can be taken."""
    data = task.get("data") if isinstance(task, dict) else None
    annotations = (task.get("annotations") or task.get("completions") or []) if isinstance(task, dict) else None
    if not isinstance(data, dict) or not isinstance(annotations, list):
        into.refused.append(_no_task(into.place(entry)))
        return
    meta = task.get("meta") if isinstance(task.get("meta"), dict) else {}
    item_id = item_key(into, entry, key=into.item_key, task=task, data=data, meta=meta)
    if item_id is None:
        return
    into.items.append((item_id, canonical(data), canonical(meta), text(task.get("project")), text(task.get("id"))))
    on = _On(item_id, _release(meta), text(task.get("id")) if into.live else None)
    for annotation in annotations:
        _take_annotation(annotation, on, entry, into)


def item_key(
    into: Collected, entry: int, *, key: str, task: Mapping[str, Any], data: Mapping[str, Any], meta: Mapping[str, Any]
) -> str | None:
    """The item id by the declared key; None when the task does not have it, which is told."""
    found: Any = task.get("id") if not key else None
    if key:
        first, _, rest = key.partition(".")
        found = {"data": data, "meta": meta}.get(first, {}).get(rest) if rest else task.get(key)
    place = into.place(entry, f"task:{text(task.get('id'))}")
    if isinstance(found, dict | list | bool) or not text(found).strip():
        into.refused.append(
            finding(
                "LS001",
                'the task has no item key "{key}"',
                key=key or "id",
                mend=Message("Name a field that every task has, such as --item-key data.id"),
                place=place,
            )
        )
        return None
    if CONTROL_CHARACTER.search(text(found)):
        into.refused.append(
            finding(
                "IM002",
                "the item id holds a control character (below U+0020)",
                mend=Message("Remove line breaks, tabs and other control characters from item ids"),
                place=place,
            )
        )
        return None
    return text(found)


def _take_annotation(annotation: Any, on: _On, entry: int, into: Collected) -> None:
    if not isinstance(annotation, dict):
        into.refused.append(_no_task(into.place(entry)))
        return
    place = into.place(entry, f"annotation:{text(annotation.get('id'))}")
    account = account_of(annotation.get("completed_by"))
    if account is None:
        into.refused.append(nobody(place))
        return
    skipped = annotation.get("was_cancelled") is True
    decoded = decode(annotation.get("result") or [], specs=into.specs, place=place)
    into.notes += decoded.findings
    if not skipped and not decoded.answers and not decoded.findings:
        into.notes.append(empty_submit(place))
    times = {name: moment(annotation.get(name), name, place, into) for name in ("created_at", "updated_at")}
    editor = account_of(annotation.get("updated_by"))
    into.count += 1
    into.annotations.append(
        (
            into.count,
            on.item_id,
            text(annotation.get("id")),
            account,
            _NOTHING if skipped else decoded.value,
            times["created_at"],
            times["updated_at"],
            seconds(annotation.get("lead_time")),
            skipped,
            annotation.get("ground_truth") is True,
            on.release,
            editor if editor and editor != account else "",
            _origin(annotation, decoded.answers, into) if not skipped else None,
            on.task,
        )
    )


def _origin(annotation: Mapping[str, Any], said: Mapping[str, Any], into: Collected) -> str | None:
    """Whether an answer began as a pre-label, and whether it was left as it was; None where nothing tells.

    The prediction itself is compared where the export holds it, else each region says where it came from.
    """
    prediction = annotation.get("prediction")
    if annotation.get("parent_prediction") is None and not prediction:
        return None
    if isinstance(prediction, dict) and prediction.get("result"):
        same = decode(prediction["result"], specs=into.specs).answers == said
    else:
        regions = [each for each in annotation.get("result") or [] if isinstance(each, dict)]
        same = all(each.get("origin") == "prediction" for each in regions)
    return Origin.UNCHANGED if same else Origin.EDITED


def _release(meta: Mapping[str, Any]) -> str:
    ours = meta.get("labelqa")
    return text(ours.get("release")) if isinstance(ours, dict) else ""


def account_of(raw: Any) -> str | None:
    """The account as text: its number, or the e-mail address where there is no number.

    >>> account_of(3), account_of({"id": 3, "email": "a@example.com"}), account_of({"email": "a@example.com"})
    ('3', '3', 'a@example.com')
    """
    if isinstance(raw, dict):
        return account_of(raw.get("id")) or account_of(raw.get("email"))
    return text(raw).strip() or None if not isinstance(raw, bool | list) else None


def text(raw: Any) -> str:
    """A number or text as text; "" for nothing."""
    return "" if raw is None else str(raw)


def seconds(raw: Any) -> float | None:
    """The time spent; None when Label Studio does not know it."""
    return float(raw) if isinstance(raw, int | float) and not isinstance(raw, bool) and raw >= 0 else None


def utc_of(raw: Any) -> datetime:
    """A written time in UTC, without an offset taken as UTC; raises ValueError outside 1970 … 2200."""
    try:
        read = datetime.fromisoformat(raw)
        moment = read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (TypeError, OverflowError) as error:
        raise ValueError(str(raw)) from error
    if not EARLIEST <= moment <= LATEST:
        raise ValueError(str(raw))
    return moment


def moment(raw: Any, name: str, place: Place, into: Collected) -> datetime | None:
    """A time of Label Studio in UTC; one that cannot be read is unknown, and told."""
    if raw is None or raw == "":
        return None
    try:
        return utc_of(raw)
    except ValueError:
        into.notes.append(
            finding(
                "LS010",
                'the time {name} is not readable: "{cell}"; it was taken as unknown',
                name=name,
                cell=raw,
                mend=Message("Export the project again"),
                severity=Severity.WARNING,
                place=place,
            )
        )
        return None


def nobody(place: Place) -> Finding:
    """An annotation that nobody made cannot be counted for anybody."""
    return finding(
        "IM003",
        "annotation without annotator",
        mend=Message("Say who labelled it; unknown people cannot be counted"),
        place=place,
    )


def empty_submit(place: Place) -> Finding:
    """Submitted, not skipped, and nothing in it."""
    return finding(
        "LS002",
        "submitted without an answer",
        mend=Message("Switch off empty annotations in the project, or ask the annotator"),
        severity=Severity.NOTE,
        place=place,
    )


def _no_task(place: Place) -> Finding:
    return finding(
        "LS011",
        "the entry is not a task of Label Studio",
        mend=Message("Export the project again as JSON"),
        place=place,
    )

"""JSON_MIN, Label Studio's short export: one flat row an annotation, answers and content side by side.

Which keys are answers the labeling config tells; without it the order does: content, the task's id, answers, the
annotator. What this format has lost already (skips, ground truth, relations, edits) is said once, never invented.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from labelqa.adapters.files.columns import canonical
from labelqa.adapters.label_studio import regions
from labelqa.adapters.label_studio.codec import Decoded, decode, texts
from labelqa.adapters.label_studio.tasks import (
    Collected,
    account_of,
    empty_submit,
    item_key,
    moment,
    nobody,
    seconds,
    text,
)
from labelqa.errors import BadInput, Message
from labelqa.records.annotation import ControlKind, ControlSpec
from labelqa.records.finding import Finding, Place, Severity, finding

_OWN: Final = ("id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time")
_WHOLE: Final[Mapping[str, ControlKind]] = {  # key in the first entry of a list -> kind
    "rating": ControlKind.RATING,
    "number": ControlKind.NUMBER,
    "selected": ControlKind.PAIRWISE,
    "ranker": ControlKind.RANKING,
    "taxonomy": ControlKind.TAXONOMY,
    "choices": ControlKind.CHOICES,
}
_REGION_TYPES: Final = ("rectanglelabels", "polygonlabels", "labels")


class MinimalReader:
    """Takes the rows of one file; remembers which keys were taken as answers."""

    def __init__(self) -> None:
        self._controls: dict[str, None] = {}
        self._said = False

    def take(self, row: Any, entry: int, into: Collected) -> None:
        """One row: an item, and its annotation if it has one."""
        if not isinstance(row, dict) or "id" not in row or "annotator" not in row:
            into.refused.append(_no_row(into.place(entry)))
            return
        controls = _controls(row, into)
        data = {key: value for key, value in row.items() if key not in controls and key not in _OWN}
        item_id = item_key(into, entry, key=into.item_key, task=row, data=data, meta={})
        if item_id is None:
            return
        self._say(controls, into)
        into.items.append((item_id, canonical(data), "{}", "", text(row.get("id"))))
        if row.get("annotation_id") is not None or row.get("annotator") is not None:
            self._annotation(row, controls, item_id, entry, into)

    def _annotation(
        self, row: Mapping[str, Any], controls: list[str], item_id: str, entry: int, into: Collected
    ) -> None:
        place = into.place(entry, f"annotation:{text(row.get('annotation_id'))}")
        account = account_of(row.get("annotator"))
        if account is None:
            into.refused.append(nobody(place))
            return
        decoded = decode_row({name: row[name] for name in controls}, specs=into.specs, place=place)
        into.notes += decoded.findings
        if not decoded.answers and not decoded.findings:
            into.notes.append(empty_submit(place))
        into.count += 1
        created, updated = (moment(row.get(name), name, place, into) for name in ("created_at", "updated_at"))
        spent, source = seconds(row.get("lead_time")), text(row.get("annotation_id"))
        into.annotations.append(
            (
                into.count,
                item_id,
                source,
                account,
                decoded.value,
                created,
                updated,
                spent,
                False,
                False,
                "",
                "",
                None,
                None,
            )
        )

    def _say(self, controls: list[str], into: Collected) -> None:
        if not self._said:
            into.notes.append(_lost(into.place(0)))
            self._said = True
        new = [name for name in controls if name not in self._controls]
        self._controls.update(dict.fromkeys(new))
        if new and not into.specs:
            into.notes.append(_taken(new, into.place(0)))


def decode_row(cells: Mapping[str, Any], *, specs: Mapping[str, ControlSpec], place: Place = Place()) -> Decoded:  # noqa: B008
    """The answers of a JSON_MIN row by control.

    >>> decode_row({"mood": "good", "topics": {"choices": ["b", "a"]}}, specs={}).answers
    {'mood': 'good', 'topics': ['a', 'b']}
    """
    done = Decoded()
    for name, cell in cells.items():
        found = _cell(name, cell, specs, place)
        done.answers.update(found.answers)
        done.kinds.update(found.kinds)
        done.findings += found.findings
    return done


def _cell(name: str, cell: Any, specs: Mapping[str, ControlSpec], place: Place) -> Decoded:
    spec = specs.get(name)
    if isinstance(cell, dict) and set(cell) == {"choices"}:  # this format itself says that it is a set
        as_set = specs or {name: ControlSpec(name=name, kind=ControlKind.CHOICES)}
        return decode([_item(name, "choices", cell)], specs=as_set, place=place)
    words = texts([cell] if isinstance(cell, str) else cell)
    if words is not None:
        text_area = spec.kind is ControlKind.TEXT if spec else not isinstance(cell, str)
        value = {"text": words, "choices": words}
        return decode([_item(name, "textarea" if text_area else "choices", value)], specs=specs, place=place)
    if isinstance(cell, list) and cell and all(isinstance(part, dict) for part in cell):
        return decode([_item(name, *_typed(part, spec)) for part in cell], specs=specs, place=place)
    return decode([_item(name, "", {})], specs=specs, place=place)


def _typed(part: Mapping[str, Any], spec: ControlSpec | None) -> tuple[str, dict[str, Any]]:
    """Type and value of an answer whose type this format leaves out."""
    sound = bool(spec and spec.kind is ControlKind.SEGMENTS)
    value = {**part, "channel": part.get("channel", 0)} if sound else dict(part)
    for key in _REGION_TYPES:
        if key in part and regions.shape(part, {}):
            return key, value
    for key, kind in _WHOLE.items():
        if key in part:
            return str(kind.value if kind is not ControlKind.RANKING else "ranker"), value
    return ("textarea" if "text" in part else ""), value


def _item(name: str, kind: str, value: Mapping[str, Any]) -> dict[str, Any]:
    return {"from_name": name, "type": kind, "value": value}


def _controls(row: Mapping[str, Any], into: Collected) -> list[str]:
    named = [name for name in into.specs if name in row and name not in _OWN]
    keys = list(row)
    first, last = keys.index("id"), keys.index("annotator")
    if last < first:  # the keys were sorted, their order tells nothing
        if into.specs:
            return named
        raise BadInput(
            "{path}: its keys were sorted, so answers cannot be told from content; give the labeling config (--config)",
            path=into.path,
        )
    between = [name for name in keys[first + 1 : last] if name not in _OWN]
    return list(dict.fromkeys([*between, *named]))


def _lost(place: Place) -> Finding:
    return finding(
        "LS012",
        "JSON_MIN leaves out skipped annotations, ground truth, relations and who edited",
        mend=Message("Export the project as JSON to have them"),
        severity=Severity.NOTE,
        place=place,
    )


def _taken(names: list[str], place: Place) -> Finding:
    return finding(
        "LS013",
        "taken as answers, by their order: {names}",
        names=", ".join(names),
        mend=Message("Give the labeling config with --config to be sure"),
        severity=Severity.NOTE,
        place=place,
    )


def _no_row(place: Place) -> Finding:
    return finding(
        "LS014", "the entry is not a row of JSON_MIN", mend=Message("Export the project again as JSON_MIN"), place=place
    )

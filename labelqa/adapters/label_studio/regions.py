"""Marked places in an item (spans, boxes, polygons, points, stretches of sound) in their canonical form.

Numbers that are whole are written without a fraction, so that 10 and 10.0 are one answer.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from labelqa.adapters.files.columns import canonical
from labelqa.records.annotation import ControlKind

Region: TypeAlias = tuple[ControlKind, dict[str, Any]]

KINDS: Final = (ControlKind.SPANS, ControlKind.BOXES, ControlKind.POLYGONS, ControlKind.KEYPOINTS, ControlKind.SEGMENTS)
LABEL_KEYS: Final[Mapping[str, str]] = {  # type -> key of the labels in value
    "labels": "labels",
    "rectanglelabels": "rectanglelabels",
    "polygonlabels": "polygonlabels",
    "rectangle": "rectanglelabels",
    "polygon": "polygonlabels",
    "keypointlabels": "keypointlabels",
    "keypoint": "keypointlabels",
}
_BOX: Final = ("x", "y", "width", "height")
_POINT: Final = ("x", "y")  # ``width`` is how large the point is drawn
_ELLIPSE: Final = "radiusX"


def number(raw: Any) -> int | float | None:
    """A finite number, whole ones as int; None for anything else.

    >>> number(10.0), number(0.5), number("7"), number(True)
    (10, 0.5, None, None)
    """
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not math.isfinite(raw):
        return None
    return int(raw) if float(raw).is_integer() else raw


def shape(value: Mapping[str, Any], item: Mapping[str, Any]) -> ControlKind | None:
    """What kind of place a value describes, if any; sound and text share ``start`` and ``end``."""
    if "points" in value:
        return ControlKind.POLYGONS
    if all(key in value for key in _BOX):
        return ControlKind.BOXES
    if all(key in value for key in _POINT) and "height" not in value and _ELLIPSE not in value:
        return ControlKind.KEYPOINTS
    if "start" not in value or "end" not in value:
        return None
    sound = "channel" in value or "original_length" in item
    fraction = not all(isinstance(number(value[key]), int) for key in ("start", "end"))
    return ControlKind.SEGMENTS if sound or fraction else ControlKind.SPANS


def bare(item: Mapping[str, Any]) -> Region | None:
    """The place alone, without labels; None when its numbers are not numbers."""
    value = item["value"]
    kind = shape(value, item)
    if kind is ControlKind.POLYGONS:
        made = _polygon(value)
    elif kind is ControlKind.BOXES:
        made = _numbers(value, (*_BOX, "rotation"), {"rotation": 0})
    elif kind is ControlKind.KEYPOINTS:
        made = _numbers(value, _POINT, {})
    elif kind is ControlKind.SPANS:
        made = _span(value)
    elif kind is ControlKind.SEGMENTS:
        made = _segment(value)
    else:
        return None
    return (kind, made) if kind and made else None


def of(item: Mapping[str, Any]) -> Region | None:
    """The place with its labels."""
    place = bare(item)
    labels = item["value"].get(LABEL_KEYS[item["type"]], [])
    if place is None or not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        return None
    return place[0], {**place[1], "labels": sorted(set(labels))}


def by_id(items: Iterable[Mapping[str, Any]]) -> dict[str, Region]:
    """The labelled places of an annotation by their id."""
    found = {}
    for item in items:
        if item.get("type") in LABEL_KEYS and isinstance(item.get("value"), dict) and item.get("id"):
            region = of(item)
            if region is not None:
                found[str(item["id"])] = region
    return found


def owners(items: Iterable[Mapping[str, Any]], known: Mapping[str, Region]) -> dict[str, dict[str, Any]]:
    """For every region id the place it stands for, with the name of the control that marked it."""
    return {
        str(item["id"]): {"control": str(item.get("from_name")), **known[str(item["id"])][1]}
        for item in items
        if item.get("type") in LABEL_KEYS and str(item.get("id")) in known
    }


def order(region: Mapping[str, Any]) -> tuple[list[float], str]:
    """Sort key: by place, then by text."""
    spot = [region[key] for key in ("start", "end", *_BOX) if key in region]
    spot += [coordinate for point in region.get("points", ()) for coordinate in point]
    return spot, canonical(region)


def _numbers(value: Mapping[str, Any], keys: Sequence[str], missing: Mapping[str, int]) -> dict[str, Any] | None:
    made = {key: number(value.get(key, missing.get(key))) for key in keys}
    return None if None in made.values() else made


def _span(value: Mapping[str, Any]) -> dict[str, Any] | None:
    made = _numbers(value, ("start", "end"), {})
    if made is not None and isinstance(value.get("text"), str):
        made["text"] = value["text"]
    return made


def _segment(value: Mapping[str, Any]) -> dict[str, Any] | None:
    made = _numbers(value, ("start", "end"), {})
    if made is not None and value.get("channel"):
        made["channel"] = number(value["channel"])
    return made


def _polygon(value: Mapping[str, Any]) -> dict[str, Any] | None:
    points = value["points"]
    if not isinstance(points, list) or not points:
        return None
    made = [
        [number(each) for each in point] if isinstance(point, list) and len(point) == 2 else [None] for point in points
    ]
    if any(None in point for point in made):
        return None
    return {"points": made} if value.get("closed", True) else {"points": made, "closed": False}

"""A labeling config (the XML of a Label Studio form) as a list of controls with their kinds and labels.

The XML comes from outside: document types and entities are refused, and nothing it names is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final
from xml.etree import ElementTree as ET

from labelqa.adapters.label_studio.codec import RELATIONS
from labelqa.errors import BadInput, Message
from labelqa.records.annotation import ControlKind, ControlSpec
from labelqa.records.finding import Finding, Place, Severity, finding

LIMIT: Final = 1 << 20  # characters
_TAGS: Final[Mapping[str, ControlKind]] = {
    "Choices": ControlKind.CHOICE,
    "Taxonomy": ControlKind.TAXONOMY,
    "Rating": ControlKind.RATING,
    "Number": ControlKind.NUMBER,
    "Pairwise": ControlKind.PAIRWISE,
    "Ranker": ControlKind.RANKING,
    "Labels": ControlKind.SPANS,
    "Rectangle": ControlKind.BOXES,
    "RectangleLabels": ControlKind.BOXES,
    "Polygon": ControlKind.POLYGONS,
    "PolygonLabels": ControlKind.POLYGONS,
    "KeyPoint": ControlKind.KEYPOINTS,
    "KeyPointLabels": ControlKind.KEYPOINTS,
    "TextArea": ControlKind.TEXT,
    "Relations": ControlKind.RELATIONS,
}
_SOUND: Final = ("Audio", "AudioPlus", "Video", "TimeSeries")
_PARTS: Final = ("Label", "Choice", "Relation", "Bucket", "Channel", "MultiChannel")
_VISUAL: Final = (
    "View", "Header", "Style", "Collapse", "Panel", "Filter", "Shortcut", "Repeater", "Markdown", "Typography",
    "Text", "HyperText", "Paragraphs", "Image", "Audio", "AudioPlus", "Video", "List", "Table", "TimeSeries",
    "Pdf", "PDF",
)  # fmt: skip


def read_config(xml: str, *, file: str = "") -> tuple[tuple[ControlSpec, ...], list[Finding]]:
    """The controls of a form, and a finding for every tag that is not known; raises BadInput when it is not a form.

    >>> specs, _ = read_config('<View><Choices name="m" toName="t"><Choice value="good" alias="g"/></Choices></View>')
    >>> specs[0].labels, specs[0].shown
    (('g',), {'g': 'good'})
    """
    root = parse(xml, file=file)
    objects = {tag.get("name", ""): tag.tag for tag in root.iter() if "toName" not in tag.attrib}
    specs, findings = [], []
    for tag in root.iter():
        if tag.tag in _TAGS:
            specs += [_spec(tag, objects, root)] if tag.get("name") or tag.tag == "Relations" else []
            findings += [] if tag.get("name") or tag.tag == "Relations" else [_nameless(tag.tag, file)]
        elif tag.tag not in _VISUAL + _PARTS:
            findings.append(_unknown(tag.tag, tag.get("name", ""), file))
    return tuple(specs), findings


def parse(xml: str, *, file: str = "") -> ET.Element:
    """The XML tree of a labeling config, safely."""
    where = file or "config"
    if len(xml) > LIMIT:
        raise BadInput(
            "{path}: the labeling config is longer than {limit} characters; that is no form", path=where, limit=LIMIT
        )
    if re.search(r"<!(DOCTYPE|ENTITY)", xml, re.IGNORECASE):
        raise BadInput("{path}: the labeling config declares a document type or entities; remove them", path=where)
    try:
        return ET.fromstring(xml.strip().removeprefix("\ufeff"))  # noqa: S314 - no document type gets here
    except (ET.ParseError, ValueError) as error:
        raise BadInput(
            "{path}: the labeling config is not XML ({why}); copy it from Label Studio again",
            path=where,
            why=str(error),
        ) from error


def to_names(root: ET.Element) -> dict[str, str]:
    """For every control the first object tag it is about."""
    return {
        tag.get("name", ""): tag.get("toName", "").split(",")[0].strip() for tag in root.iter() if tag.get("toName")
    }


def _spec(tag: ET.Element, objects: Mapping[str, str], root: ET.Element) -> ControlSpec:
    shown = dict(_labels(tag))
    return ControlSpec(
        name=tag.get("name") or RELATIONS,
        kind=_kind(tag, objects, root),
        labels=tuple(shown),
        shown={stored: text for stored, text in shown.items() if stored != text},
    )


def _kind(tag: ET.Element, objects: Mapping[str, str], root: ET.Element) -> ControlKind:
    kind = _TAGS[tag.tag]
    target = tag.get("toName", "").split(",")[0].strip()
    if tag.get("perRegion") == "true":
        return _region_kind(target, objects, root)
    if tag.tag == "Choices" and tag.get("choice", "single") == "multiple":
        return ControlKind.CHOICES
    if tag.tag == "Labels" and objects.get(target) in _SOUND:
        return ControlKind.SEGMENTS
    return kind


def _region_kind(target: str, objects: Mapping[str, str], root: ET.Element) -> ControlKind:
    """An answer about a region has the kind of the regions that are marked on the same object."""
    for tag in root.iter():
        kind = _TAGS.get(tag.tag)
        if (
            kind in (ControlKind.SPANS, ControlKind.BOXES, ControlKind.POLYGONS, ControlKind.KEYPOINTS)
            and tag.get("toName", "").split(",")[0].strip() == target
        ):
            return _kind(tag, objects, root) if tag.get("perRegion") != "true" else kind
    if objects.get(target) in _SOUND:
        return ControlKind.SEGMENTS
    return ControlKind.BOXES if objects.get(target) == "Image" else ControlKind.SPANS


def _labels(tag: ET.Element) -> Iterator[tuple[str, str]]:
    """Stored and shown spelling of every label; the path of a taxonomy is joined by slashes."""
    if tag.tag == "Pairwise":
        yield from (("left", tag.get("leftText", "left")), ("right", tag.get("rightText", "right")))
    waiting = [(child, "", "") for child in reversed(tag)]
    while waiting:
        part, above, above_shown = waiting.pop()
        if part.tag not in _PARTS:
            waiting += [(child, above, above_shown) for child in reversed(part)]
            continue
        stored, shown = _spelling(part)
        if shown.startswith("$"):
            continue  # the labels stand in each task
        yield above + stored, above_shown + shown
        waiting += [(child, f"{above}{stored}/", f"{above_shown}{shown}/") for child in reversed(part)]


def _spelling(part: ET.Element) -> tuple[str, str]:
    """What Label Studio stores for a label, and what it shows."""
    if part.tag == "Bucket":
        name = part.get("name", "")
        return name, part.get("title", name)
    shown = part.get("value", "")
    return part.get("alias") or shown, shown


def _unknown(tag: str, name: str, file: str) -> Finding:
    return finding(
        "LS006",
        "unknown control tag <{tag}>; its answers cannot be read",
        tag=f'{tag} name="{name}"' if name else tag,
        mend=Message("Use one of the controls that labelqa reads, or leave this one out of the batch"),
        severity=Severity.WARNING,
        place=Place(file=file),
    )


def _nameless(tag: str, file: str) -> Finding:
    return finding(
        "LS009",
        "the control <{tag}> has no name; its answers cannot be read",
        tag=tag,
        mend=Message("Give the control a name in the labeling config"),
        place=Place(file=file),
    )

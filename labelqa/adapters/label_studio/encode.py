"""Canonical answers back into Label Studio's own form, for review projects; decoding gives the same answers again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from labelqa.adapters.files.columns import canonical
from labelqa.adapters.label_studio import regions
from labelqa.records.annotation import ControlKind

_KEYS: Final[Mapping[ControlKind, tuple[str, str]]] = {  # kind -> type, key in value
    ControlKind.TEXT: ("textarea", "text"),
    ControlKind.RATING: ("rating", "rating"),
    ControlKind.NUMBER: ("number", "number"),
    ControlKind.PAIRWISE: ("pairwise", "selected"),
    ControlKind.TAXONOMY: ("taxonomy", "taxonomy"),
}
_REGION_TYPES: Final[Mapping[ControlKind, str]] = {
    ControlKind.SPANS: "labels",
    ControlKind.SEGMENTS: "labels",
    ControlKind.BOXES: "rectanglelabels",
    ControlKind.POLYGONS: "polygonlabels",
    ControlKind.KEYPOINTS: "keypointlabels",
}
_MORE: Final[Mapping[ControlKind, Mapping[str, float]]] = {  # what Label Studio wants besides
    ControlKind.SEGMENTS: {"channel": 0},
    ControlKind.KEYPOINTS: {"width": 0.5},  # how large the point is drawn
}


def encode(
    answers: Mapping[str, Any], *, kinds: Mapping[str, ControlKind], to_names: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The ``result`` of an annotation or prediction that says these answers.

    ``kinds`` has the kind of every control in ``answers``, ``to_names`` the object tag it is about. Ids are numbered.

    >>> encode({"mood": "good"}, kinds={"mood": ControlKind.CHOICE}, to_names={"mood": "text"})[0]["value"]
    {'choices': ['good']}
    """
    ids: dict[str, str] = {}
    related = [
        relation for name, answer in answers.items() if kinds[name] is ControlKind.RELATIONS for relation in answer
    ]
    owners = {end["control"] for relation in related for end in (relation["from"], relation["to"])}
    made = [
        item
        for name, answer in sorted(
            answers.items(), key=lambda pair: pair[0] not in owners
        )  # regions before what is said of them
        if kinds[name] is not ControlKind.RELATIONS
        for item in _items(name, answer, kinds[name], to_names.get(name, name), ids)
    ]
    return made + [_relation(each, ids) for each in related]


def _items(name: str, answer: Any, kind: ControlKind, to_name: str, ids: dict[str, str]) -> Iterator[dict[str, Any]]:
    if kind in _REGION_TYPES:
        before: Counter[str] = Counter()
        for region in answer:
            spot = {key: part for key, part in region.items() if key not in ("labels", "answer")}
            before[canonical(spot)] += 1
            made = ids.setdefault(f"place {before[canonical(spot)]} {canonical(spot)}", f"labelqa{len(ids)}")
            first = ids.setdefault(f"owner {made}", name) == name
            yield {"id": made, "from_name": name, "to_name": to_name, **_region(region, kind, spot, first=first)}
            ids.setdefault(canonical({"control": name, **region}), made)
        return
    value: dict[str, Any]
    if kind in (ControlKind.CHOICE, ControlKind.CHOICES):
        sort, value = "choices", {"choices": [answer] if isinstance(answer, str) else list(answer)}
    elif kind is ControlKind.RANKING:
        sort, value = "ranker", {"ranker": answer if isinstance(answer, dict) else {"rank": answer}}
    else:
        sort, key = _KEYS[kind]
        value = {key: answer}
    yield {"id": _new_id(ids, name), "from_name": name, "to_name": to_name, "type": sort, "value": value}


def _region(region: Mapping[str, Any], kind: ControlKind, spot: Mapping[str, Any], *, first: bool) -> dict[str, Any]:
    """Type and value of a place; only the ``first`` control that marks it owns it, others say something about it."""
    if "answer" in region:
        said = region["answer"]
        sort, key = ("textarea", "text") if isinstance(said, list) else ("number", "number")
    else:
        said = region["labels"]
        sort = _REGION_TYPES[kind] if first else "choices"
        key = regions.LABEL_KEYS.get(sort, "choices")
    value = {**spot, key: said}
    return {"type": sort, "value": {**_MORE.get(kind, {}), **value}}


def _new_id(ids: dict[str, str], name: str) -> str:
    return ids.setdefault(f"control {name}", f"labelqa{len(ids)}")


def _relation(relation: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    return {
        "type": "relation",
        "from_id": ids[canonical(relation["from"])],
        "to_id": ids[canonical(relation["to"])],
        "direction": relation["direction"],
        "labels": relation["labels"],
    }

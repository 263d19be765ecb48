"""Label Studio's answers as plain values, one canonical form a kind of control, so that equal answers are equal texts.

Region ids, colours and picture sizes are dropped; what is not understood becomes a finding and the rest is kept.
A per-region answer is read as regions of its own: choices stand as ``labels``, anything else under ``answer``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from labelqa.adapters.files.columns import canonical
from labelqa.adapters.label_studio import regions
from labelqa.errors import Message
from labelqa.records.annotation import ControlKind, ControlSpec
from labelqa.records.finding import Finding, Place, Severity, finding

RELATIONS: Final = "relations"  # relations have no control name of their own
_PLAIN: Final[Mapping[str, tuple[str, ControlKind]]] = {  # type -> key in value, kind
    "choices": ("choices", ControlKind.CHOICES),
    "textarea": ("text", ControlKind.TEXT),
    "rating": ("rating", ControlKind.RATING),
    "number": ("number", ControlKind.NUMBER),
    "pairwise": ("selected", ControlKind.PAIRWISE),
    "ranker": ("ranker", ControlKind.RANKING),
    "taxonomy": ("taxonomy", ControlKind.TAXONOMY),
}
_MERGED: Final = (ControlKind.CHOICES, ControlKind.TEXT, ControlKind.TAXONOMY)


@dataclass(slots=True, kw_only=True)
class Decoded:
    """The answers of one annotation by control, the kind of each, and what was not understood."""

    answers: dict[str, Any] = field(default_factory=dict)
    kinds: dict[str, ControlKind] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def value(self) -> str:
        """The canonical JSON text of the answers."""
        return canonical(self.answers)


def decode(result: Any, *, specs: Mapping[str, ControlSpec] | None = None, place: Place = Place()) -> Decoded:  # noqa: B008
    """The answers in an annotation's ``result``; never raises.

    Whether one choice is a label or a set of one only the labeling config tells: give ``specs`` by control name.
    Without them one choice is a label and several are a set.

    >>> decode([{"from_name": "mood", "type": "choices", "value": {"choices": ["good"]}}]).answers
    {'mood': 'good'}
    """
    done = Decoded()
    if not isinstance(result, list):
        done.findings.append(_malformed("result", place))
        return done
    items = [item for item in result if isinstance(item, dict) and not isinstance(item.get("type"), dict | list)]
    if len(items) < len(result):
        done.findings.append(_malformed("result", place))
    known = regions.by_id(items)
    for item in items:
        if item.get("type") != "relation":
            _take(item, done, known, place)
    _take_relations(items, done, regions.owners(items, known), place)
    _settle(done, specs or {}, place)
    return done


def _settle(done: Decoded, specs: Mapping[str, ControlSpec], place: Place) -> None:
    """Bring the answers into their canonical order and hold them against the labeling config, if there is one."""
    for name, kind in done.kinds.items():
        answer = done.answers[name]
        if kind in regions.KINDS or kind is ControlKind.RELATIONS:
            done.answers[name] = sorted(answer, key=regions.order)
        elif kind is ControlKind.TAXONOMY:
            done.answers[name] = [list(path) for path in sorted({tuple(path) for path in answer})]
        elif kind is ControlKind.CHOICES:
            done.answers[name], done.kinds[name] = _choice(sorted(set(answer)), specs.get(name))
        elif kind is ControlKind.RANKING:
            done.answers[name] = _ranking(name, answer, specs.get(name))
        if specs:
            done.findings += _against(name, done.answers[name], specs.get(name), place)


def plain(kind: ControlKind, raw: Any) -> Any | None:
    """A whole-item answer of a kind in its canonical form; None when it does not have the shape."""
    if kind is ControlKind.TEXT:
        return texts([raw] if isinstance(raw, str) else raw)
    if kind is ControlKind.CHOICES:
        return texts(raw)
    if kind is ControlKind.TAXONOMY:
        return raw if isinstance(raw, list) and raw and all(texts(path) for path in raw) else None
    if kind is ControlKind.RANKING:
        return raw if isinstance(raw, dict) and all(isinstance(ids, list) for ids in raw.values()) else None
    if kind is ControlKind.PAIRWISE:
        return raw if raw in ("left", "right") else None
    return regions.number(raw)


def texts(raw: Any) -> list[str] | None:
    """A list of texts with something in it, or None."""
    return raw if isinstance(raw, list) and raw and all(isinstance(each, str) for each in raw) else None


def _take(item: Mapping[str, Any], done: Decoded, known: Mapping[str, regions.Region], place: Place) -> None:
    name, kind, value = item.get("from_name"), item.get("type"), item.get("value")
    if not isinstance(name, str) or not name or not isinstance(value, dict):
        done.findings.append(_malformed(str(name or kind), place))
    elif kind in regions.LABEL_KEYS:
        _add_region(name, regions.of(item), done, place)
    elif kind not in _PLAIN:
        done.findings.append(_unknown_type(name, str(kind), place))
    elif regions.shape(value, item):
        _add_region(name, _per_region(item, str(kind), known), done, place)
    else:
        key, sort = _PLAIN[str(kind)]
        _add_plain(name, sort, plain(sort, value.get(key)), done, place)


def _per_region(item: Mapping[str, Any], kind: str, known: Mapping[str, regions.Region]) -> regions.Region | None:
    """An answer about a region: the region as its own control marked it, with this answer in place of the labels."""
    key, sort = _PLAIN[kind]
    answer = plain(sort, item["value"].get(key))
    spot = known.get(str(item.get("id"))) or regions.bare(item)
    if answer is None or spot is None:
        return None
    marked, where = dict(spot[1]), spot[0]
    marked["labels"] = sorted(set(answer)) if sort is ControlKind.CHOICES else []
    return where, marked if sort is ControlKind.CHOICES else {**marked, "answer": answer}


def _add_region(name: str, region: regions.Region | None, done: Decoded, place: Place) -> None:
    if region is None or done.kinds.get(name, region[0]) is not region[0]:
        done.findings.append(_malformed(name, place))
        return
    done.kinds[name] = region[0]
    done.answers.setdefault(name, []).append(region[1])


def _add_plain(name: str, kind: ControlKind, answer: Any | None, done: Decoded, place: Place) -> None:
    if answer is None or done.kinds.get(name, kind) is not kind:
        done.findings.append(_malformed(name, place))
    elif name not in done.answers:
        done.kinds[name], done.answers[name] = kind, answer
    elif kind in _MERGED:
        done.answers[name] = [*done.answers[name], *answer]
    elif done.answers[name] != answer:
        done.findings.append(
            finding(
                "LS005",
                'the control "{control}" was answered twice and differently; the first answer was taken',
                control=name,
                mend=Message("Look at the annotation in Label Studio"),
                severity=Severity.WARNING,
                place=place,
            )
        )


def _take_relations(
    items: Sequence[Mapping[str, Any]], done: Decoded, owners: Mapping[str, Mapping[str, Any]], place: Place
) -> None:
    for item in items:
        if item.get("type") != "relation":
            continue
        ends = [owners.get(str(item.get(key))) for key in ("from_id", "to_id")]
        if None in ends:
            done.findings.append(_malformed(RELATIONS, place))
            continue
        relation = {
            "from": ends[0],
            "to": ends[1],
            "direction": item.get("direction") or "right",
            "labels": sorted(set(texts(item.get("labels")) or [])),
        }
        done.kinds[RELATIONS] = ControlKind.RELATIONS
        done.answers.setdefault(RELATIONS, []).append(relation)


def _choice(labels: list[str], spec: ControlSpec | None) -> tuple[str | list[str], ControlKind]:
    single = len(labels) == 1 and (spec is None or spec.kind is not ControlKind.CHOICES)
    return (labels[0], ControlKind.CHOICE) if single else (labels, ControlKind.CHOICES)


def _ranking(name: str, answer: dict[str, list[str]], spec: ControlSpec | None) -> list[str] | dict[str, list[str]]:
    """Without buckets Label Studio files the order under one key; with buckets under theirs."""
    bucketed = bool(spec and spec.labels)
    if not bucketed and len(answer) == 1 and next(iter(answer)) in ("rank", name):
        return next(iter(answer.values()))
    return answer


def _against(name: str, answer: Any, spec: ControlSpec | None, place: Place) -> list[Finding]:
    if spec is None:
        return [
            finding(
                "LS007",
                'the labeling config has no control "{control}"',
                control=name,
                mend=Message("Give the config under which the item was labelled"),
                severity=Severity.WARNING,
                place=place,
            )
        ]
    strange = sorted(_labels_of(answer) - set(spec.labels)) if spec.labels else []
    return [
        finding(
            "LS008",
            'the control "{control}" has no label "{label}"',
            control=name,
            label=label,
            mend=Message("Give the config under which the item was labelled"),
            severity=Severity.WARNING,
            place=place,
        )
        for label in strange
    ]


def _labels_of(answer: Any) -> set[str]:
    if isinstance(answer, str):
        return {answer}
    if isinstance(answer, dict):
        return set(answer)
    found: set[str] = set()
    for each in answer if isinstance(answer, list) else ():
        found |= (
            {each}
            if isinstance(each, str)
            else {"/".join(each)}
            if isinstance(each, list)
            else set(each.get("labels", ()))
        )
    return found


def _malformed(name: str, place: Place) -> Finding:
    return finding(
        "LS004",
        'the answer of "{control}" does not have the shape that Label Studio writes; it was left out',
        control=name,
        mend=Message("Look at the annotation in Label Studio and save it again"),
        place=place,
    )


def _unknown_type(name: str, kind: str, place: Place) -> Finding:
    return finding(
        "LS003",
        'the control "{control}" has answers of the unknown type {type}; they were left out',
        control=name,
        type=kind,
        mend=Message("Use one of the controls that labelqa reads; the rest of the annotation was taken"),
        severity=Severity.WARNING,
        place=place,
    )

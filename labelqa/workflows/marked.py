"""Spans and segments as what they are: stretches of one text or recording, from its start to its end.

How far annotators agree on what is marked depends on how much was left unmarked, so the length of each item is needed.
It is taken from the text that the item showed; where no field of the items holds that text, an item is taken to end
where the last mark ends, and the note says so. Stretches that one annotator gave one label and that overlap are taken
as one, and what has no length is left out; that is said as well.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from labelqa.errors import InsufficientData, Message
from labelqa.records.annotation import ControlKind
from labelqa.records.estimate import Figure, Unknown
from labelqa.records.summary import LabelAgreement
from labelqa.stats.agreement.continuum import Continuum
from labelqa.stats.agreement.gamma import pooled_gamma
from labelqa.stats.agreement.unitizing import Unitizing, unitizing
from labelqa.stats.distance.regions import Regions
from labelqa.stats.distance.segments import SegmentDistance
from labelqa.stats.distance.spans import SpanDistance
from labelqa.workflows.coefficients import SEED
from labelqa.workflows.subject import Subject

MOST_FOR_GAMMA: Final = 200  # items: each is simulated by itself
STEPS: Final = {ControlKind.SPANS: 1.0, ControlKind.SEGMENTS: 0.01}  # a character; a hundredth of a second
_NO_SPECIFIC: Final = Unknown(
    reason="marked-stretches", message=Message("specific agreement is for labels of whole items, not of stretches")
)
_LOOKED_AT: Final = 200  # spans by which it is told which field holds the text


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """What was marked in every item with two annotators or more; ``notes`` say how the items' lengths were found."""

    continua: tuple[Continuum, ...]
    labels: tuple[str, ...]
    notes: tuple[Message, ...]


def marked_in(subject: Subject) -> Marked:
    """The continua of spans or segments; read once."""
    if "marked" not in subject.held:
        subject.held["marked"] = _marked(subject)
    found: Marked = subject.held["marked"]
    return found


def rows_of(subject: Subject) -> tuple[Unitizing, ...]:
    """Unitizing alpha over all labels, then label by label; worked out once."""
    if "unitizing" not in subject.held:
        found = marked_in(subject)
        subject.held["unitizing"] = unitizing(
            found.continua, found.labels, step=STEPS[subject.kind], confidence=subject.manner.confidence
        )
    rows: tuple[Unitizing, ...] = subject.held["unitizing"]
    return rows


def unitizing_alpha(subject: Subject) -> Figure:
    """Unitizing alpha over all labels."""
    return rows_of(subject)[0].alpha


def gamma_of(subject: Subject) -> Figure:
    """Gamma over the items; InsufficientData ``too-many-items`` beyond :data:`MOST_FOR_GAMMA`."""
    found = marked_in(subject)
    if len(found.continua) > MOST_FOR_GAMMA:
        raise InsufficientData(
            "too-many-items",
            "gamma is simulated item by item, for up to {most} items; here there are {n}",
            most=MOST_FOR_GAMMA, n=len(found.continua),
        )  # fmt: skip
    return pooled_gamma(found.continua, seed=SEED, confidence=subject.manner.confidence)


def per_label(subject: Subject) -> tuple[LabelAgreement, ...]:
    """Each label: how often it was marked, and unitizing alpha of it alone."""
    rows = rows_of(subject)
    total = rows[0].units
    return tuple(
        LabelAgreement(
            label=each.label or "", count=each.units, share=each.units / total if total else 0.0,
            agreement=_NO_SPECIFIC, alpha=each.alpha,
        )
        for each in rows[1:]
    )  # fmt: skip


def _marked(subject: Subject) -> Marked:
    answers = subject.answers
    reader = SpanDistance() if subject.kind is ControlKind.SPANS else SegmentDistance()
    read = [reader.read(text) for text in answers.labels]
    regions = [joined(each, step=STEPS[subject.kind]) for each in read]
    by_item: dict[int, list[int]] = defaultdict(list)
    for item, code in zip(answers.item.tolist(), answers.label.tolist(), strict=True):
        by_item[item].append(code)
    several = {item: codes for item, codes in by_item.items() if len(codes) >= 2}
    last = {item: max((end for code in codes for _, end, *_ in regions[code].places), default=0.0)
            for item, codes in several.items()}  # fmt: skip
    lengths = _lengths(subject, several, answers.labels) if subject.kind is ControlKind.SPANS else {}
    ends = {item: max(last[item], float(lengths.get(item, 0))) for item in several}
    continua = tuple(
        Continuum.of([regions[code] for code in codes], end=ends[item]) for item, codes in several.items() if ends[item]
    )
    labels = {label for each in regions for group in each.labels for label in group or ("",)}
    return Marked(
        continua=continua, labels=tuple(dict.fromkeys([*subject.batch.labels, *sorted(labels)])),
        notes=tuple(_notes(read, regions, STEPS[subject.kind], known=bool(lengths) or not several)),
    )  # fmt: skip


def _empty(start: float, end: float, step: float) -> bool:
    """Whether a stretch has no length in whole steps."""
    return round(start / step) == round(end / step)


def joined(answer: Regions, *, step: float = 1.0) -> Regions:
    """The same stretches with one label each, those of a label that overlap as one, those without length left out.

    >>> joined(Regions(places=((0, 4), (2, 6), (6, 8), (9, 9)), labels=(("x",),) * 4)).places
    ((0, 6), (6, 8))
    """
    by_label: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for (start, end, *_), labels in zip(answer.places, answer.labels, strict=True):
        for label in labels or ("",):
            by_label[label] += [] if _empty(start, end, step) else [(start, end)]
    made: list[tuple[float, float, str]] = []
    for label, stretches in by_label.items():
        for start, end in sorted(stretches):
            if made and made[-1][2] == label and start < made[-1][1]:
                made[-1] = (made[-1][0], max(end, made[-1][1]), label)
            else:
                made.append((start, end, label))
    made.sort()
    return Regions(tuple((start, end) for start, end, _ in made), tuple((label,) for *_, label in made))


def _notes(read: Sequence[Regions], regions: Sequence[Regions], step: float, *, known: bool) -> Iterator[Message]:
    if not known:
        yield Message("how long the items are is not known, so each is taken to end where the last mark in it ends")
    empty = [
        sum(max(1, len(labels)) * _empty(place[0], place[1], step) for place, labels in zip(*each, strict=True))
        for each in read
    ]
    if any(empty):
        yield Message("marks without any length were left out of the measures of marked stretches")
    sizes = [sum(max(1, len(labels)) for labels in each.labels) for each in read]
    fewer = sum(n - none > len(each.places) for n, none, each in zip(sizes, empty, regions, strict=True))
    if fewer:
        yield Message(
            "in {n} different answers stretches with one label overlap; in the measures of marked stretches they are one",
            {"n": fewer},
        )


def _lengths(subject: Subject, items: Mapping[int, Sequence[int]], texts: Sequence[str]) -> dict[int, int]:
    """Length of the marked text of each item, in code points; nothing where no field is found to hold it."""
    table = subject.desk.frozen.read(subject.freeze.items, ["item_no", "data"])
    shown: dict[int, dict[str, str]] = {}
    for item, data in zip(*(table.column(at).to_pylist() for at in range(2)), strict=True):
        if item in items:
            content = json.loads(data)
            shown[item] = {name: text for name, text in content.items() if isinstance(text, str)}
    spans = ((item, span) for item, codes in items.items() for code in codes for span in json.loads(texts[code]))
    name = _text_field(shown, spans)
    return {item: len(fields[name]) for item, fields in shown.items() if name in fields} if name else {}


def _text_field(shown: Mapping[int, Mapping[str, str]], spans: Iterable[tuple[int, Mapping[str, Any]]]) -> str:
    """The field in which most of the marked texts stand where they were marked; where spans bring no text, the only
    field whose texts are long enough."""
    right: Counter[str] = Counter()
    long: Counter[str] = Counter()
    seen = told = 0
    for item, span in spans:
        seen += 1
        told += isinstance(span.get("text"), str)
        start, end = int(span["start"]), int(span["end"])
        for name, text in shown.get(item, {}).items():
            right[name] += span.get("text") == text[start:end]
            long[name] += end <= len(text)
        if seen >= _LOOKED_AT:
            break
    if told:
        name, hits = max(right.items(), key=lambda pair: pair[1], default=("", 0))
        return name if 2 * hits > told else ""
    fitting = [name for name, hits in long.items() if seen and hits == seen]
    return fitting[0] if len(fitting) == 1 else ""

"""What was marked in an item: spans over a text, boxes and shapes over a picture, stretches of sound.

Every mark carries its label in words; colour alone tells nothing. Shapes lie over the picture as a picture of their
own, so that no script can come with them.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from markupsafe import Markup

from labelqa.adapters.report.item_view.safe import joined, tag

HUES: Final = ("#b85c00", "#1f6fb2", "#2e7d32", "#8e3b8e", "#b3261e", "#5d5fbf", "#00796b", "#6d4c41")  # dark enough
MOST: Final = 400  # marks that are drawn; the rest is counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One marked place with the words that were said of it."""

    place: Mapping[str, Any]
    said: tuple[str, ...]
    hue: str


def gathered(regions: Sequence[tuple[Mapping[str, Any], Sequence[str]]]) -> tuple[Mark, ...]:
    """The marked places, each once, with all that was said of it; a colour for each first word."""
    found: dict[str, tuple[Mapping[str, Any], list[str]]] = {}
    for place, said in regions:
        found.setdefault(_key(place), (place, []))[1].extend(said)
    hues: dict[str, str] = {}
    marks = []
    for place, said in found.values():
        first = said[0] if said else ""
        hue = hues.setdefault(first, HUES[len(hues) % len(HUES)])
        marks.append(Mark(place=place, said=tuple(dict.fromkeys(said)), hue=hue))
    return tuple(marks)


def _key(place: Mapping[str, Any]) -> str:
    return repr(sorted((name, value) for name, value in place.items() if name not in ("labels", "answer", "text")))


def marked_text(text: str, marks: Sequence[Mark]) -> Markup:
    """A text with its spans in place, overlapping ones too; each span ends with its label.

    >>> str(marked_text("ab", [Mark(place={"start": 1, "end": 2}, said=("X",), hue="#000000")])).count("<mark")
    1
    """
    spans = [each for each in marks if _inside(each.place, len(text))][:MOST]
    cuts = sorted({0, len(text), *(int(each.place[side]) for each in spans for side in ("start", "end"))})
    pieces: list[object] = []
    for start, end in pairwise(cuts):
        over = [each for each in spans if each.place["start"] <= start and each.place["end"] >= end]
        ending = [each for each in over if each.place["end"] == end]
        pieces.append(_piece(text[start:end], over, ending))
    return joined(pieces) if pieces else joined([text])


def _inside(place: Mapping[str, Any], length: int) -> bool:
    start, end = place.get("start"), place.get("end")
    return isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= length


def _piece(text: str, over: Sequence[Mark], ending: Sequence[Mark]) -> object:
    if not over:
        return text
    edges = ",".join(f"inset 0 -{2 + 3 * at}px 0 {each.hue}" for at, each in enumerate(over))
    named = [
        tag("span", " ", " · ".join(each.said), class_="iv-tag", style=f"background:{each.hue}")
        for each in ending
        if each.said
    ]
    return joined([tag("mark", text, style=f"box-shadow:{edges}", class_="iv-mark"), *named])


def over_picture(address: str, marks: Sequence[Mark], *, alt: str) -> Markup:
    """A picture with boxes, polygons and points drawn over it, in percent of its sides as Label Studio stores them."""
    shapes = "".join(_shape(each) for each in marks[:MOST])
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" preserveAspectRatio="none" '
        f'width="1000" height="1000">{shapes}</svg>'
    )
    inside: list[object] = [tag("img", src=address, alt=alt, class_="iv-picture")]
    if shapes:
        encoded = base64.b64encode(drawing.encode()).decode()
        inside.append(tag("img", src=f"data:image/svg+xml;base64,{encoded}", alt="", class_="iv-over"))
    inside += [_name(each) for each in marks[:MOST] if each.said]
    return tag("div", *inside, class_="iv-frame")


def _name(mark: Mark) -> Markup:
    left, top = _corner(mark.place)
    style = f"left:{left:.3f}%;top:{top:.3f}%;background:{mark.hue}"
    return tag("span", " · ".join(mark.said), class_="iv-tag iv-at", style=style)


def _corner(place: Mapping[str, Any]) -> tuple[float, float]:
    points = place.get("points")
    if isinstance(points, list) and points:
        return _held(min(_number(each[0]) for each in points)), _held(min(_number(each[1]) for each in points))
    return _held(_number(place.get("x"))), _held(_number(place.get("y")))


def _held(value: float) -> float:
    return min(96.0, max(0.0, value))


def _number(value: Any) -> float:
    good = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if good else 0.0


def _shape(mark: Mark) -> str:
    """One shape as SVG: numbers and a colour of our own, nothing else."""
    place, look = mark.place, f'fill="{mark.hue}" fill-opacity="0.14" stroke="{mark.hue}" stroke-width="3"'
    look += ' vector-effect="non-scaling-stroke"'
    points = place.get("points")
    if isinstance(points, list):
        told = " ".join(f"{_number(each[0]):g},{_number(each[1]):g}" for each in points)
        return f'<polygon points="{told}" {look}/>'
    x, y = _number(place.get("x")), _number(place.get("y"))
    if "width" in place and "height" in place:
        turned = _number(place.get("rotation"))
        spin = f' transform="rotate({turned:g} {x:g} {y:g})"' if turned else ""
        return (
            f'<rect x="{x:g}" y="{y:g}" width="{_number(place["width"]):g}" height="{_number(place["height"]):g}"{spin} '
            f"{look}/>"
        )
    return f'<circle cx="{x:g}" cy="{y:g}" r="1.2" {look}/>' if "x" in place else ""

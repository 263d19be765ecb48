"""What the form shows of an item: texts, dialogues, pictures, lists; each with the places marked in it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from labelqa.adapters.report.item_view import safe
from labelqa.adapters.report.item_view.form import Part, filled
from labelqa.adapters.report.item_view.marks import Mark, marked_text, over_picture
from labelqa.adapters.report.item_view.rich import rich
from labelqa.adapters.report.item_view.safe import joined, tag
from labelqa.i18n import Speaker


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """An item on its way to the page: its data, pictures that are at hand, and whether the web may be asked for others."""

    data: Mapping[str, Any]
    say: Speaker
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    remote: bool = False


def shown(part: Part, sheet: Sheet, marks: Sequence[Mark], *, order: Sequence[str] = ()) -> Markup:
    """One part of the form, filled in; ``order`` are the ids of a ranked list, the first one first."""
    if part.tag == "Header" or not part.bound:
        return tag("p", filled(part.title, sheet.data), class_="iv-header")
    value = _value(sheet.data, part.bound)
    if value is None:
        return _named(part, tag("p", sheet.say("the item has no field {field}", field=part.bound), class_="iv-note"))
    if part.tag == "Image":
        return _named(part, _pictures(value, sheet, marks))
    if part.tag in ("Audio", "AudioPlus", "Video", "TimeSeries", "Pdf", "PDF"):
        return _named(part, joined([_elsewhere(str(value), sheet), _stretches(marks)]))
    if part.tag == "List":
        return _named(part, _list(value, order, sheet.say))
    if part.tag == "Paragraphs" and isinstance(value, list):
        return _named(part, joined([_dialogue(part, value), _stretches(marks)]))
    if part.tag in ("HyperText", "Markdown") and not marks:
        return _named(part, tag("div", rich(_text(value)), class_="iv-rich"))
    return _named(part, _marked(_text(value), marks))


def _value(data: Mapping[str, Any], name: str) -> Any:
    found: Any = data.get(name)
    if found is None and "." in name:
        found = data
        for step in name.split("."):
            found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _named(part: Part, inside: Markup) -> Markup:
    name = part.title or part.bound
    return tag("div", tag("div", name, class_="iv-field"), inside, class_="iv-part")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _marked(text: str, marks: Sequence[Mark]) -> Markup:
    here = [each for each in marks if "start" in each.place and "points" not in each.place]
    body = tag("p", marked_text(text, here), class_="iv-text")
    lost = [each for each in here if not isinstance(each.place.get("start"), int)]
    return joined([body, _stretches(lost)])


def _pictures(value: Any, sheet: Sheet, marks: Sequence[Mark]) -> Markup:
    values = [str(each) for each in value] if isinstance(value, list) else [str(value)]
    rows = []
    for place, each in enumerate(values):
        address = safe.picture(each, sheet.pictures)
        here = marks if place == 0 else ()
        if address is None and sheet.remote:
            address = safe.remote(each)
        if address is None:
            rows.append(joined([_elsewhere(each, sheet), _places(here, sheet.say)]))
        else:
            rows.append(over_picture(address, here, alt=sheet.say("picture of the item")))
    return joined(rows)


def _elsewhere(value: str, sheet: Sheet) -> Markup:
    """What is not at hand: an address to open by oneself, or the name alone."""
    address = safe.remote(value)
    name = value if len(value) <= 120 else f"{value[:60]}…{value[-30:]}"
    if address is None:
        return tag("p", sheet.say("not at hand here: {name}", name=name), class_="iv-note")
    link = tag("a", name, href=address, target="_blank", rel="noopener noreferrer")
    return tag("p", sheet.say("Elsewhere; opens in a new window:"), " ", link, class_="iv-note")


def _places(marks: Sequence[Mark], say: Speaker) -> Markup:
    """Marked places in words, where there is no picture to draw them on."""
    rows = []
    for each in marks:
        told = " ".join(
            f"{name}={each.place[name]:g}"
            for name in ("x", "y", "width", "height")
            if isinstance(each.place.get(name), int | float)
        )
        rows.append(tag("li", " · ".join(each.said) or "·", tag("span", f" {told or say('shape')}", class_="iv-note")))
    return tag("ul", *rows, class_="iv-list") if rows else Markup()


def _stretches(marks: Sequence[Mark]) -> Markup:
    """Stretches of sound or paragraphs in words."""
    rows = [
        tag("li", tag("b", f"{each.place.get('start')} – {each.place.get('end')}"), " ", " · ".join(each.said))
        for each in marks if "start" in each.place
    ]  # fmt: skip
    return tag("ul", *rows, class_="iv-list") if rows else Markup()


def _dialogue(part: Part, turns: Sequence[Any]) -> Markup:
    name, text = part.options.get("nameKey", "author"), part.options.get("textKey", "text")
    rows = []
    for each in turns:
        if isinstance(each, Mapping):
            rows.append(
                tag(
                    "p",
                    tag("b", str(each.get(name, each.get("role", "")))),
                    " ",
                    str(each.get(text, each.get("content", ""))),
                    class_="iv-turn",
                )
            )
        else:
            rows.append(tag("p", str(each), class_="iv-turn"))
    return joined(rows)


def _list(value: Any, order: Sequence[str], say: Speaker) -> Markup:
    """The entries of a list, ranked where an order is given; the place of each stands in words."""
    entries = value if isinstance(value, list) else [value]
    known = {str(each.get("id", "")): each for each in entries if isinstance(each, Mapping)}
    ranked = [known[each] for each in order if each in known]
    rest = [each for each in entries if each not in ranked]
    rows = [_entry(each, say("place {n}", n=place) if order else "") for place, each in enumerate(ranked, 1)]
    rows += [_entry(each, say("not placed") if order else "") for each in rest]
    return tag("div", *rows, class_="iv-entries")


def _entry(each: Any, place: str) -> Markup:
    sign = [tag("span", place, class_="iv-place")] if place else []
    if not isinstance(each, Mapping):
        return tag("div", *sign, str(each), class_="iv-entry")
    title, body = str(each.get("title", each.get("id", ""))), str(each.get("body", each.get("text", "")))
    return tag("div", *sign, tag("b", title), tag("p", body, class_="iv-text") if body else "", class_="iv-entry")

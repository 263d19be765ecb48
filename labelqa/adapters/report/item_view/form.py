"""The labeling form as somebody sat before it: what it shows in which order, and what it asks.

Read from the XML of a Label Studio project, or made from the form that a rulebook describes. Nothing is drawn here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final
from xml.etree.ElementTree import Element

from labelqa.adapters.label_studio.config import parse, read_config
from labelqa.errors import BadInput
from labelqa.i18n import Lang
from labelqa.records.annotation import ControlSpec
from labelqa.rulebook.model import Rulebook

SHOWN: Final = (
    "Text", "HyperText", "Paragraphs", "Image", "Audio", "AudioPlus", "Video", "List", "Header", "Table", "TimeSeries",
    "Pdf", "PDF", "Markdown",
)  # fmt: skip
_PLACE: Final = re.compile(r"\$(\w+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something that the form shows: ``bound`` is the item's field, "" for words of the form itself."""

    tag: str
    name: str = ""
    bound: str = ""
    title: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A control with the parts of the form it is about."""

    spec: ControlSpec
    about: tuple[str, ...]  # names of parts
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormView:
    """A form: its parts in order, and its controls in order."""

    parts: tuple[Part, ...]
    controls: tuple[Asked, ...]


def form_of(config: str) -> FormView:
    """The form that a labeling config describes; BadInput where the text is no config.

    >>> form = form_of('<View><Text name="t" value="$q"/><Rating name="r" toName="t"/></View>')
    >>> form.parts[0].bound, form.controls[0].about
    ('q', ('t',))
    """
    root = parse(config)
    specs = {spec.name: spec for spec in read_config(config)[0]}
    tags = {tag.get("name", ""): tag for tag in root.iter() if tag.get("toName")}
    return FormView(
        parts=_until_last(tuple(_part(tag) for tag in _unfolded(root) if tag.tag in SHOWN and not tag.get("toName"))),
        controls=tuple(_asked(spec, tags.get(spec.name)) for spec in specs.values()),
    )


def plain_form(fields: Mapping[str, Any]) -> FormView:
    """A form that shows every field as text and asks nothing: for items of which nobody kept the form."""
    return FormView(parts=tuple(Part(tag="Text", name=name, bound=name, title=name) for name in fields), controls=())


def config_of(book: Rulebook, lang: Lang) -> str:
    """The form that a rulebook release describes, in one language; "" where none can be made of it."""
    from labelqa.adapters.label_studio.form import labeling_config

    try:
        return labeling_config(book, lang)
    except BadInput:
        return ""


def _unfolded(root: Element) -> Iterator[Element]:
    """The tags in order, but for what the form folds away: labels and rules stand beside the item already."""
    for tag in root:
        if tag.tag != "Collapse":
            yield tag
            yield from _unfolded(tag)


def _until_last(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The parts up to the last one that shows something of the item; headings after it belong to controls."""
    last = max((place for place, each in enumerate(parts) if each.bound or "$" in each.title), default=-1)
    shown = pairwise(parts[: last + 2])
    told = [each for each, after in shown if each.bound or each.title != after.bound]  # the field says its name itself
    return (*told, parts[last]) if last == len(parts) - 1 and parts else tuple(told)


def _part(tag: Element) -> Part:
    value = tag.get("value", "")
    bound = value[1:] if re.fullmatch(r"\$[\w.\[\]{}]+", value) else ""
    return Part(
        tag=tag.tag, name=tag.get("name", ""), bound=bound, title=tag.get("title", "") if bound else value,
        options=dict(tag.attrib),
    )  # fmt: skip


def _asked(spec: ControlSpec, tag: Element | None) -> Asked:
    options = {} if tag is None else dict(tag.attrib)
    about = tuple(each.strip() for each in options.get("toName", "").split(",") if each.strip())
    return Asked(spec=spec, about=about, options=options)


def filled(text: str, data: Mapping[str, Any]) -> str:
    """Words of the form with the item's own in their places.

    >>> filled("Judge: $q", {"q": "why?"})
    'Judge: why?'
    """
    return _PLACE.sub(lambda found: str(data.get(found[1], found[0])), text)

"""The fields of an item on a labeling form: in their order, with their titles, and which of them is labelled.

A field whose answers need another way of showing it gets that one: boxes are drawn on pictures, spans in text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from xml.etree import ElementTree as ET

from labelqa.adapters.label_studio.form_labels import first_of, plain, shown_text
from labelqa.i18n import Lang
from labelqa.records.annotation import ControlKind
from labelqa.rulebook.model import Rulebook, Shown, ShownAs

_TAGS: Final[Mapping[ShownAs, tuple[str, Mapping[str, str]]]] = {
    ShownAs.TEXT: ("Text", {}),
    ShownAs.HTML: ("HyperText", {}),
    ShownAs.DIALOGUE: ("Paragraphs", {"layout": "dialogue"}),
    ShownAs.IMAGE: ("Image", {"zoom": "true", "zoomControl": "true"}),
    ShownAs.AUDIO: ("Audio", {}),
    ShownAs.VIDEO: ("Video", {}),
    ShownAs.LIST: ("List", {}),
}
_NEEDS: Final[Mapping[ControlKind, ShownAs]] = {
    ControlKind.SPANS: ShownAs.TEXT,
    ControlKind.SEGMENTS: ShownAs.AUDIO,
    ControlKind.BOXES: ShownAs.IMAGE,
    ControlKind.POLYGONS: ShownAs.IMAGE,
    ControlKind.KEYPOINTS: ShownAs.IMAGE,
    ControlKind.RANKING: ShownAs.LIST,
}
_USUAL: Final[Mapping[ShownAs, str]] = {ShownAs.IMAGE: "image", ShownAs.AUDIO: "audio", ShownAs.LIST: "items"}
_PAIR: Final = ("answer_a", "answer_b")
_NAME: Final = re.compile(r"[\w.-]+")


@dataclass(frozen=True, slots=True)
class Field:
    """A field as the form shows it; ``name`` is that of the tag, which no other part of the form has."""

    name: str
    field: str
    shown_as: ShownAs
    title: str


def fillable(field: str) -> bool:
    """Whether Label Studio finds the field of this name in an item.

    >>> fillable("answer_a"), fillable("问题"), fillable("a b")
    (True, False, False)
    """
    return re.fullmatch(r"[\w\[\].{}]+", field, re.ASCII) is not None


def numeric(name: str) -> bool:
    """Whether Label Studio reads a name as a number or a truth value, and then refuses it.

    >>> numeric("12"), numeric("1e5"), numeric("True"), numeric("q1")
    (True, True, True, False)
    """
    if name.lower() in ("true", "false"):
        return True
    try:
        float(name)
    except ValueError:
        return False
    return True


def asked(book: Rulebook, lang: Lang, *, taken: Collection[str]) -> tuple[Field, ...]:
    """The fields of the form in their order; names in ``taken`` are others'."""
    used = set(taken)
    return tuple(
        Field(_free(each.name, at, used), each.name, each.shown_as, shown_text(each.title, lang) or plain(each.name))
        for at, each in enumerate(_needed(book), start=1)
    )


def bent(book: Rulebook) -> Iterator[tuple[str, str]]:
    """Fields that are not shown as the rulebook says, with how they are."""
    said = {each.name: each.shown_as for each in reversed(book.form.shows)}
    for each in _needed(book):
        if said.get(each.name, each.shown_as) is not each.shown_as:
            yield each.name, each.shown_as.value


def targets(shown: Sequence[Field], kind: ControlKind) -> str:
    """What the control is about: one field, or the two last of a pairwise form."""
    if kind is ControlKind.PAIRWISE:
        return ",".join(each.name for each in shown[-2:])
    need = _NEEDS.get(kind)
    return next((each.name for each in shown if each.shown_as is need), shown[0].name)


def noted(shown: Sequence[Field], kind: ControlKind) -> str:
    """The field that a note is about."""
    return targets(shown, kind).partition(",")[0]


def show(root: ET.Element, shown: Sequence[Field], *, beside: bool) -> None:
    """Put the fields on the form, each under its title; with ``beside`` the last two stand side by side."""
    pair = shown[-2:] if beside else ()
    for each in shown[: len(shown) - len(pair)]:
        _show(root, each)
    if pair:
        columns = ET.SubElement(root, "View", style="display: grid; grid-template-columns: 1fr 1fr; gap: 16px")
        for each in pair:
            _show(ET.SubElement(columns, "View"), each)


def _show(parent: ET.Element, each: Field) -> None:
    tag, own = _TAGS[each.shown_as]
    ET.SubElement(parent, "Header", value=each.title, size="4")
    titled = {"title": each.title} if each.shown_as is ShownAs.LIST else {}
    ET.SubElement(parent, tag, {"name": each.name, "value": f"${each.field}", **own, **titled})


def _needed(book: Rulebook) -> tuple[Shown, ...]:
    """The fields that the rulebook shows, each once; those that its answers need when they are missing."""
    kind = book.form.answers
    shows = tuple(first_of(book.form.shows, by=lambda each: each.name).values())
    if kind is ControlKind.PAIRWISE:
        more = [name for name in _PAIR if name not in {each.name for each in shows}]
        return (*shows, *(Shown(name=name) for name in more[: max(0, 2 - len(shows))]))
    need = _NEEDS.get(kind)
    if not shows:
        return (Shown(name=_USUAL.get(need or ShownAs.TEXT, "text"), shown_as=need or ShownAs.TEXT),)
    if need is None or any(each.shown_as is need for each in shows):
        return shows
    return (replace(shows[0], shown_as=need), *shows[1:])


def _free(field: str, at: int, used: set[str]) -> str:
    """A name for the tag: the field's own where that is possible."""
    name = field if _NAME.fullmatch(field) and not numeric(field) else f"field_{at}"
    while name in used:
        name += "_shown"
    used.add(name)
    return name

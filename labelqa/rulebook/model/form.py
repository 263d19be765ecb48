"""The labeling form that a rulebook describes: what is shown, and which kind of answer is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from labelqa.records.annotation import ControlKind
from labelqa.rulebook.model.words import Text


class ShownAs(StrEnum):
    """How a field of the item is shown to the annotator."""

    TEXT = "text"
    HTML = "html"
    DIALOGUE = "dialogue"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    LIST = "list"  # entries to be ordered


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A field of the item's data, and how it is shown."""

    name: str
    shown_as: ShownAs = ShownAs.TEXT
    title: Text = Text()
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What the annotator sees: the fields in order, the kind of answer, and how far it goes.

    The first field is the one that is labelled; a pairwise form shows the two candidates last. ``highest`` is the
    top of a rating's scale.
    """

    answers: ControlKind = ControlKind.CHOICE
    shows: tuple[Shown, ...] = ()
    highest: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

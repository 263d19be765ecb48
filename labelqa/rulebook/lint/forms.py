"""Checks that the labeling form fits the kind of answer that it asks for, and says what it shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.annotation import ControlKind
from labelqa.records.finding import Severity
from labelqa.rulebook.lint.check import Check, Hit, Subject
from labelqa.rulebook.model import ShownAs

CANDIDATES: Final = 2  # a pairwise form shows two, last
_ON_IMAGES: Final = frozenset({ShownAs.IMAGE})
_ON_TEXT: Final = frozenset({ShownAs.TEXT, ShownAs.HTML, ShownAs.DIALOGUE})
_ON_TIME: Final = frozenset({ShownAs.AUDIO, ShownAs.VIDEO})
_LABELLED: Final[Mapping[ControlKind, frozenset[ShownAs]]] = {
    ControlKind.SPANS: _ON_TEXT,
    ControlKind.BOXES: _ON_IMAGES,
    ControlKind.POLYGONS: _ON_IMAGES,
    ControlKind.KEYPOINTS: _ON_IMAGES,
    ControlKind.SEGMENTS: _ON_TIME,
}


def form_shows_nothing(subject: Subject) -> Iterator[Hit]:
    """A form from which nobody could label, as no field of the item is shown."""
    if not subject.book.form.shows:
        message = Message("the form does not say which fields of an item are shown")
        yield Hit(("form", "shows"), message, Message("name the fields under form.shows, the labelled one first"))


def candidates_missing(subject: Subject) -> Iterator[Hit]:
    """A pairwise form without two things to compare."""
    form = subject.book.form
    if form.answers is ControlKind.PAIRWISE and len(form.shows) < CANDIDATES:
        yield Hit(
            ("form", "shows"),
            Message("a pairwise form shows two candidates"),
            Message("name both under form.shows, last"),
        )


def list_missing(subject: Subject) -> Iterator[Hit]:
    """A ranking form without entries to put in order."""
    form = subject.book.form
    if form.answers is ControlKind.RANKING and all(each.shown_as is not ShownAs.LIST for each in form.shows):
        mend = Message("name the field with the entries under form.shows, with shown_as: list")
        yield Hit(("form", "shows"), Message("a ranking form shows a list of entries"), mend)


def scale_missing(subject: Subject) -> Iterator[Hit]:
    """A rating without the top of its scale, or with labels that are not on it."""
    form = subject.book.form
    if form.answers is not ControlKind.RATING:
        return
    if form.highest is None:
        yield Hit(
            ("form", "highest"),
            Message("a rating form has no top of its scale"),
            Message("write it under form.highest"),
        )
        return
    scale = {str(number) for number in range(1, form.highest + 1)}
    for index, label in enumerate(subject.book.labels):
        if label.value not in scale:
            values = {"label": label.value, "highest": form.highest}
            message = Message("the label {label} is not on the scale from 1 to {highest}", values)
            yield Hit(("labels", index, "value"), message, Message("let the labels be whole numbers of the scale"))


def tree_missing(subject: Subject) -> Iterator[Hit]:
    """A taxonomy whose labels form no tree."""
    book = subject.book
    if book.form.answers is ControlKind.TAXONOMY and not any(label.parent for label in book.labels):
        message = Message("a taxonomy form has labels without a tree")
        yield Hit(("labels",), message, Message("name the value above each label under parent, or ask for a choice"))


def wrong_field(subject: Subject) -> Iterator[Hit]:
    """Spans on an image, boxes on a text: the labelled field cannot take such answers."""
    form = subject.book.form
    fit = _LABELLED.get(form.answers)
    if fit and form.shows and form.shows[0].shown_as not in fit:
        values = {"answers": form.answers.value, "field": form.shows[0].name, "shown": form.shows[0].shown_as.value}
        message = Message("{answers} cannot be marked in the field {field}, which is shown as {shown}", values)
        mend = Message("let the first field be shown as one of: {words}", {"words": ", ".join(sorted(fit))})
        yield Hit(("form", "shows", 0), message, mend)


def _unfit(subject: Subject) -> Iterator[Hit]:
    """Everything that keeps a form from asking for its kind of answer."""
    for check in (candidates_missing, list_missing, scale_missing, tree_missing, wrong_field):
        yield from check(subject)


_E, _W = Severity.ERROR, Severity.WARNING
CHECKS: Final[tuple[Check, ...]] = (
    Check("RB113", _E, N_("The form does not fit its kind of answer"), _unfit),
    Check("RB114", _W, N_("The form shows nothing"), form_shows_nothing),
)

"""An item of the queue on the page: as the annotator saw it, with the answers to be judged."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from labelqa.adapters.report.answers import answer_text
from labelqa.adapters.report.item_view import STYLE, FormView, Sheet, config_of, form_of, item_html, plain_form
from labelqa.adapters.report.text import count
from labelqa.i18n import Lang
from labelqa.records.annotation import ControlKind
from labelqa.records.queue import Version, WaitingItem
from labelqa.workflows.desk import Desk
from labelqa.workflows.rulebooks import released_book
from parts.view import View
from parts.words import plain

ONE_LABEL = ("", ControlKind.CHOICE, ControlKind.CHOICES, ControlKind.RATING, ControlKind.NUMBER)
FULL = 4  # answers that are laid out in full; of further ones the label is told


def show_item(view: View, item: WaitingItem, *, hidden: bool) -> None:
    """The item; every answer to be judged in its place, or none where the work is blind."""
    say, form = view.say, _form_for(view, item)
    if not item.data:
        st.caption(say("The content is no longer kept."))
    for note in item.notes:
        st.info(plain(say(note)), icon=":material/info:")
    st.html(STYLE)
    with st.container(border=True, key="queue-item"):
        if hidden or not item.versions:
            _lay(view, item, form, None)
        elif len(item.versions) == 1:
            _lay(view, item, form, item.versions[0])
        elif item.kind in ONE_LABEL and all(isinstance(each.answers.get(item.control), str) for each in item.versions):
            _lay(view, item, form, None)
            _labels(view, item)
        else:
            shown = item.versions[:FULL]
            for tab, version in zip(st.tabs([_title(view, each) for each in shown]), shown, strict=True):
                with tab:
                    _lay(view, item, form, version)


def _lay(view: View, item: WaitingItem, form: FormView, version: Version | None) -> None:
    sheet = Sheet(data=item.data, say=view.say, pictures=item.pictures)
    st.html(item_html(form, version.answers if version else {}, sheet, hidden=version is None))


def _labels(view: View, item: WaitingItem) -> None:
    """The answers in words, where each is one label."""
    for each in item.versions:
        st.markdown(f"**{plain(_title(view, each))}** {plain(titled(view, item, each.label))}")


def _title(view: View, version: Version) -> str:
    return view.say(version.title)


def titled(view: View, item: WaitingItem, label: str) -> str:
    """A label with its title, where it has one."""
    title, told = item.labels.get(label, ""), answer_text(label, view.say)
    return f"{told} {title}" if title and title != told else told or "—"


def _form_for(view: View, item: WaitingItem) -> FormView:
    """The form of the release, unless it shows nothing that the item has."""
    found: FormView | None = view.ask(_form, item.release, view.say.lang) if item.release else None
    if found is None or not any(part.bound in item.data for part in found.parts if part.bound):
        controls = found.controls if found is not None else ()
        return replace(plain_form(item.data), controls=controls)
    return found


def _form(desk: Desk, release: str, lang: Lang) -> FormView | None:
    config = config_of(released_book(desk, release), lang)
    return form_of(config) if config else None


def how_far(view: View, place: int, keys: int, left: int) -> str:
    """Where in the group this item stands."""
    return view.say("Item {place} of {all}; {left} still open", place=count(place), all=count(keys), left=count(left))

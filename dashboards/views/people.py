"""The people: who may work under which release until when, what they were taught, what ends soon, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st
from parts import people_why
from parts.people_tables import expiring, qualifications, topics
from parts.view import View, choose, recall

from labelqa.i18n import N_, Speaker
from labelqa.records.summary import PersonLine
from labelqa.workflows.people import person_lines

SECTIONS: Final = {
    "standing": N_("Qualifications"),
    "topics": N_("Training by topic"),
    "expiring": N_("Ending soon"),
    "why": N_("Why"),
}


def page() -> None:
    """One of the four views, over the people that the filters leave."""
    view = recall()
    say = view.say
    lines = view.ask(person_lines)
    st.title(say("People"), anchor=False)
    if not lines:
        st.info(say("Nobody is registered yet."), icon=":material/badge:")
        st.code("labelqa people import people.xlsx", language=None)
        return
    shown = choose(
        "people", list(SECTIONS), default="standing",
        pick=lambda key: st.segmented_control(
            say("Section"), list(SECTIONS), format_func=lambda code: say(SECTIONS[code]), key=key,
            label_visibility="collapsed",
        ),
    )  # fmt: skip
    if shown == "why":
        people_why.lay_out(view, {line.person: line.name for line in lines})
        return
    found = filtered(lines, say)
    if not found:
        st.info(say("Nobody matches."), icon=":material/search_off:")
        return
    lay_out(shown, view, found)


def lay_out(shown: str, view: View, lines: Sequence[PersonLine]) -> None:
    """The section that was picked."""
    if shown == "topics":
        topics(view, [line.person for line in lines])
    elif shown == "expiring":
        expiring(view, lines)
    else:
        qualifications(view, lines)


def filtered(lines: Sequence[PersonLine], say: Speaker) -> list[PersonLine]:
    """The people of one organization, with a word in their name or pseudonym; all of them to begin with."""
    organizers = ["", *dict.fromkeys(line.organizer for line in lines if line.organizer)]
    left, right = st.columns(2)
    with left:
        who = choose("from", organizers, default="", pick=lambda key: st.selectbox(
            say("Organization"), organizers, format_func=lambda each: each or say("all"), key=key))  # fmt: skip
    word = (right.text_input(say("Name contains"), key="people-word") or "").strip().casefold()
    return [
        line for line in lines
        if who in ("", line.organizer) and (word in line.name.casefold() or word in line.person.casefold())
    ]  # fmt: skip


page()

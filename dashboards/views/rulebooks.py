"""The released rulebooks: what was released when, every rule with its worked examples, and the batches under it."""

from __future__ import annotations

import streamlit as st
from parts.cards import section
from parts.links import batch_link
from parts.rules import lay_out
from parts.tables import pick
from parts.view import View, choose, recall
from parts.words import plain

from labelqa.adapters.report.text import moment, name_of
from labelqa.i18n import Speaker
from labelqa.records.summary import RulebookLine
from labelqa.workflows.rulebooks import rulebook_lines

FIRST = """labelqa rulebook lint draft.yaml
labelqa rulebook sign draft.yaml --by PERSON
labelqa rulebook release draft.yaml"""


def page() -> None:
    """All releases, then the one that was picked."""
    view = recall()
    say = view.say
    lines = view.ask(rulebook_lines)
    st.title(say("Rulebooks"), anchor=False)
    if not lines:
        st.info(say("No rulebook has been released yet."), icon=":material/menu_book:")
        st.code(FIRST, language=None)
        return
    pick([row(line, view) for line in lines], key="releases", then=lambda place: to_release(release(lines[place])))
    names = [release(line) for line in reversed(lines)]
    chosen = choose("release", names, default=names[0], pick=lambda key: st.selectbox(say("Release"), names, key=key))
    for line in lines:
        if release(line) == chosen:
            about(line, view)
            lay_out(view, line)


def release(line: RulebookLine) -> str:
    """NAME@VERSION."""
    return f"{line.name}@{line.version}"


def to_release(name: str) -> None:
    """Show another release."""
    st.session_state["pick-release"] = name


def title(line: RulebookLine, say: Speaker) -> str:
    """The title in the reader's language, else in the other."""
    return line.title.get(say.lang) or next(iter(line.title.values()), "")


def row(line: RulebookLine, view: View) -> dict[str, object]:
    """A release as a row."""
    say = view.say
    return {
        say("Release"): release(line),
        say("Title"): title(line, say),
        say("Kind"): name_of(line.kind, say),
        say("Labels"): line.labels,
        say("Rules"): line.rules,
        say("Examples"): line.examples,
        say("State"): name_of(line.state, say),
        say("Counts from"): moment(line.effective_from or line.released_at, view.zone),
        say("Approved by"): say(", ").join(signers(line, view)),
        say("Batches"): len(line.batches),
    }


def signers(line: RulebookLine, view: View) -> list[str]:
    """Who approved a release, by name."""
    return [view.name(each.person) for each in line.signatures]


def about(line: RulebookLine, view: View) -> None:
    """Title, dates, approvals, digest, and the batches labelled under it."""
    say = view.say
    section(plain(title(line, say)))
    start = moment(line.effective_from or line.released_at, view.zone)
    if line.until is None:
        st.text(say("Counts from {start}; no end is stated for work begun under it.", start=start))
    else:
        st.text(
            say(
                "Counts from {start}; work begun under it ends on {end}.",
                start=start,
                end=moment(line.until, view.zone),
            )
        )
    for each in line.signatures:
        name, at = view.name(each.person), moment(each.at, view.zone)
        st.text(say("{name} approved exactly these bytes on {at} (fact {fact}).", name=name, at=at, fact=each.fact))
    if not line.signatures:
        st.warning(say("Nobody's approval of this release is on record."), icon=":material/edit_off:")
    st.caption(say("Digest of the released file"))
    st.code(line.digest, language=None, wrap_lines=True)
    if not line.batches:
        st.caption(say("No batch was declared under this release."))
        return
    with st.expander(say("{n} batches under this release", n=len(line.batches))):
        for name in line.batches[-50:]:
            left, right = st.columns([4, 1], vertical_alignment="center")
            left.text(name)
            with right:
                batch_link(name, say)


page()

"""The dashboard: the week's labeling quality for the annotation lead, page by page.

It lays out what the workspace answers and computes nothing. Start it with ``labelqa dashboard``.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import streamlit as st
from parts.links import follow
from parts.pages import PAGES, navigation, pages_for
from parts.sign_in import entrance, read_only, signed_in
from parts.start import no_workspace
from parts.view import View, choose, mark_of, opened, remember, weeks
from parts.words import plain

from labelqa.adapters.report.text import short_digest
from labelqa.errors import LabelqaError, NoWorkspace
from labelqa.i18n import LANGS, Lang, Speaker, lang_of_locale
from labelqa.records.logins import SignedIn
from labelqa.workflows.desk import Desk
from labelqa.workflows.identity.logins import signed_desk

ICON: Final = Path(__file__).with_name("icon.svg")
# Streamlit leaves a hand's breadth free on every side; tables of figures need it.
ROOM: Final = "<style>[data-testid=stMainBlockContainer] {padding: 3.2rem 2.6rem 3rem}</style>"
SHOWN: Final[dict[Lang, str]] = {"zh": "中文", "en": "English"}


def language() -> Lang:
    """The reader's language: picked, else LABELQA_LANG, else the browser's."""
    wanted = os.environ.get("LABELQA_LANG", "") or st.context.locale or ""
    chosen = choose(
        "lang",
        LANGS,
        default=lang_of_locale(wanted),
        pick=lambda key: st.sidebar.radio(
            "语言 / Language", LANGS, format_func=lambda lang: SHOWN[lang], horizontal=True, key=key
        ),
    )
    return "zh" if chosen == "zh" else "en"


def week(desk: Desk, mark: str, say: Speaker) -> str:
    """The week to look at: picked, else the latest that has something to show."""
    known, latest = weeks(desk, mark)
    return choose("week", known, default=latest, pick=lambda key: st.sidebar.selectbox(say("Week"), known, key=key))


def about(desk: Desk, say: Speaker) -> None:
    """Which workspace this is, and where its ledger stands."""
    number, head = desk.ledger.head()
    if desk.settings.origin == "demo":  # its name is in the language in which it was made
        st.sidebar.caption(say("Synthetic example data"))
    else:
        st.sidebar.caption(plain(desk.settings.name or desk.settings.workspace.name))
    st.sidebar.caption(say("Ledger: {n} facts, head {head}", n=f"{number:,}", head=short_digest(head)))


def main() -> None:
    """One rerun: language, workspace, who it is, navigation, week, page."""
    st.set_page_config(page_icon=str(ICON), layout="wide")
    st.html(ROOM)
    say = Speaker(language())
    try:
        desk = opened(os.environ)
    except NoWorkspace as error:
        navigation(PAGES, say)
        no_workspace(error, say)
        return
    try:
        lay_out(desk, say)
    except LabelqaError as error:
        st.warning(plain(say(error.message)))


def lay_out(desk: Desk, say: Speaker) -> None:
    """The sign-in form, or the page that was asked for, for who is there."""
    found = entrance(desk, say)
    if found is False:
        navigation(PAGES, say, hidden=True)  # the address stays as it is, for after the sign-in
        return
    who = found if isinstance(found, SignedIn) else None
    page, mark = navigation(pages_for(who), say), mark_of(desk)
    here = desk if who is None else signed_desk(desk, who.person)
    remember(View(say=say, desk=here, mark=mark, week=week(desk, mark, say), who=who))
    about(desk, say)
    if who is None:
        read_only(say)
    else:
        signed_in(desk, who, say)
    follow()
    page.run()


main()

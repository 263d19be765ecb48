"""The dashboard: the week's labeling quality for the annotation lead, page by page.

It lays out what the workspace answers and computes nothing. Start it with ``labelqa dashboard``.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import streamlit as st
from parts.links import ANNOTATORS, BATCH, OVERVIEW, PEOPLE, PLANNER, RULEBOOKS, follow
from parts.start import no_workspace
from parts.view import View, choose, mark_of, opened, remember, weeks
from parts.words import plain

from labelqa.adapters.report.text import short_digest
from labelqa.errors import LabelqaError, NoWorkspace
from labelqa.i18n import LANGS, Lang, Speaker, lang_of_locale
from labelqa.workflows.desk import Desk

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
    st.sidebar.caption(plain(desk.settings.name or desk.settings.workspace.name))
    st.sidebar.caption(say("Ledger: {n} facts, head {head}", n=f"{number:,}", head=short_digest(head)))
    if desk.settings.origin == "demo":
        st.sidebar.caption(say("Synthetic example data"))


def main() -> None:
    """One rerun: language, navigation, workspace, week, page."""
    st.set_page_config(page_icon=str(ICON), layout="wide")
    st.html(ROOM)
    say = Speaker(language())
    page = st.navigation([
        st.Page(OVERVIEW, title=say("Overview"), icon=":material/dashboard:", url_path="overview", default=True),
        st.Page(BATCH, title=say("Batch"), icon=":material/inventory_2:", url_path="batch"),
        st.Page(PLANNER, title=say("Planner"), icon=":material/calculate:", url_path="planner"),
        st.Page(ANNOTATORS, title=say("Annotators"), icon=":material/group:", url_path="annotators"),
        st.Page(RULEBOOKS, title=say("Rulebooks"), icon=":material/menu_book:", url_path="rulebooks"),
        st.Page(PEOPLE, title=say("People"), icon=":material/badge:", url_path="people"),
    ])  # fmt: skip
    try:
        desk = opened(os.environ)
    except NoWorkspace as error:
        no_workspace(error, say)
        return
    mark = mark_of(desk)
    remember(View(say=say, desk=desk, mark=mark, week=week(desk, mark, say)))
    about(desk, say)
    follow()
    try:
        page.run()
    except LabelqaError as error:
        st.warning(plain(say(error.message)))


main()

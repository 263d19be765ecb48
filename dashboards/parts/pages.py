"""The pages there are, and for which roles: a new page is one line here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from labelqa.i18n import N_, Speaker
from labelqa.records.logins import Role, SignedIn
from parts.links import ANNOTATORS, BATCH, BOARD, CONNECTION, EXAM, OPENED, OVERVIEW, PEOPLE, PLANNER, QUEUE, RULEBOOKS

EVERYBODY: Final = frozenset(Role)
# Figures, names and other people's answers: not for those who label, nor for those who judge blind.
JUDGING: Final = frozenset({Role.REVIEWER, Role.ARBITRATOR, Role.SUPERVISOR})
LEADING: Final = frozenset({Role.LEAD, Role.SUPERVISOR, Role.INSPECTOR})


@dataclass(frozen=True, slots=True)
class Shown:
    """One page: its file, its name, its sign, its address, and who sees it."""

    file: str
    title: str
    icon: str
    path: str
    roles: frozenset[Role]


PAGES: Final = (
    Shown(OVERVIEW, N_("Overview"), ":material/dashboard:", "overview", LEADING),
    Shown(QUEUE, N_("My queue"), ":material/checklist:", "queue", JUDGING),
    Shown(BOARD, N_("Batch board"), ":material/view_kanban:", "board", LEADING),
    Shown(BATCH, N_("Batch"), ":material/inventory_2:", "batch", LEADING),
    Shown(PLANNER, N_("Planner"), ":material/calculate:", "planner", LEADING | {Role.AUTHOR}),
    Shown(ANNOTATORS, N_("Annotators"), ":material/group:", "annotators", LEADING),
    Shown(RULEBOOKS, N_("Rulebooks"), ":material/menu_book:", "rulebooks", EVERYBODY),
    Shown(PEOPLE, N_("People"), ":material/badge:", "people", LEADING),
    Shown(CONNECTION, N_("Connection"), ":material/lan:", "connection", LEADING),
    Shown(EXAM, N_("Exams"), ":material/quiz:", "exam", JUDGING | {Role.EXECUTOR, Role.AUTHOR}),
)


def pages_for(who: SignedIn | None) -> tuple[Shown, ...]:
    """The pages that somebody sees; all of them where nobody has a login."""
    return tuple(each for each in PAGES if who is None or each.roles & who.roles)


def navigation(shown: Sequence[Shown], say: Speaker, *, hidden: bool = False) -> StreamlitPage:
    """The page that was asked for among those shown, else the first; no address leads to any other."""
    st.session_state[OPENED] = frozenset(each.file for each in shown)
    pages = [
        st.Page(each.file, title=say(each.title), icon=each.icon, url_path=each.path, default=place == 0)
        for place, each in enumerate(shown)
    ]
    return st.navigation(pages, position="hidden" if hidden else "sidebar")

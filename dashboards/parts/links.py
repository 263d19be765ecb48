"""Ways from one page to another: every alert and every row leads to the page of what it is about."""

from __future__ import annotations

from typing import Final

import streamlit as st

from labelqa.i18n import Speaker
from parts.words import plain

# Not a folder called "pages": Streamlit would open those by itself, before app.py has found the workspace.
OVERVIEW: Final = "views/overview.py"
BATCH: Final = "views/batch.py"
ANNOTATORS: Final = "views/annotators.py"
PLANNER: Final = "views/planner.py"
RULEBOOKS: Final = "views/rulebooks.py"
PEOPLE: Final = "views/people.py"
QUEUE: Final = "views/queue.py"
BOARD: Final = "views/board.py"
EXAM: Final = "views/exam.py"
CONNECTION: Final = "views/connection.py"
OPEN: Final = {"batch": BATCH, "person": ANNOTATORS, "rulebook": RULEBOOKS}  # kinds of subjects that have a page
WANTED: Final = "wanted-page"
OPENED: Final = "opened-pages"  # the pages that who is there may see; a link to another one is not shown
KEPT: Final = ("lang", "week")  # travel along to the next page


def with_choices(**chosen: str) -> dict[str, str]:
    """The address of the next page: language and week as they are now, and what was chosen."""
    kept = {name: st.query_params[name] for name in KEPT if name in st.query_params}
    return kept | {name: value for name, value in chosen.items() if value}


def batch_link(name: str, say: Speaker, **filters: str) -> None:
    """A link to a batch."""
    _link(BATCH, say("Open"), batch=name, **filters)


def person_link(person: str, say: Speaker) -> None:
    """A link to somebody's work."""
    _link(ANNOTATORS, say("Open annotator"), person=person)


def subject_link(subject: str, say: Speaker) -> None:
    """A link to what an alert is about; nothing for subjects that have no page."""
    kind, _, name = subject.partition(":")
    if kind in OPEN and name:
        _link(OPEN[kind], say("Open"), **{"release" if kind == "rulebook" else kind: name})


def task_link(url: str, say: Speaker) -> None:
    """A link to an item's task on the server that it came from, in a window of its own; nothing where that is not known."""
    if url:
        st.link_button(say("Open the task on its server"), url, icon=":material/open_in_new:", type="tertiary")


def send(page: str, **chosen: str) -> None:
    """Ask, from inside a callback, to be moved to another page."""
    st.session_state[WANTED] = page, chosen


def follow() -> None:
    """Move to the page that was asked for, if any."""
    if WANTED in st.session_state:
        page, chosen = st.session_state.pop(WANTED)
        if not _open(page):
            return
        st.switch_page(page, query_params=with_choices(**chosen))


def _open(page: str) -> bool:
    return page in st.session_state.get(OPENED, (page,))


def _link(page: str, label: str, **chosen: str) -> None:
    if not _open(page):
        return
    st.page_link(page, label=plain(label), icon=":material/arrow_forward:", query_params=with_choices(**chosen))

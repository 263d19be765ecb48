"""Something is recorded by who is signed in: asked once more at the moment of the click, refused in a sentence, told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from labelqa.errors import LabelqaError
from labelqa.i18n import Speaker
from labelqa.records.logins import Role, SignedIn
from labelqa.records.names import PersonId
from labelqa.workflows.desk import Desk
from labelqa.workflows.identity.logins import signed_desk
from labelqa.workflows.identity.sign_in import resume
from labelqa.workflows.refusals import call_by_name
from labelqa.workflows.state import shown_names
from parts.view import View
from parts.words import plain

SAID: Final = "said-after-acting"
Deed = Callable[[Desk, PersonId], str]


def act(view: View, roles: tuple[Role, ...], deed: Deed) -> bool:
    """Do something at the desk of who is signed in now, and keep what is to be said of it; whether it was done.

    The page may be older than the session: who it is and what they may do is asked again before anything is recorded.
    """
    say, fresh = view.say, None if view.who is None else resume(view.desk, view.who.token)
    if not isinstance(fresh, SignedIn):
        st.session_state[SAID] = False, say("You are not signed in any more: nothing was recorded.")
        return False
    if not fresh.roles & frozenset(roles):
        st.session_state[SAID] = False, say("Your login does not have the role that this needs: nothing was recorded.")
        return False
    try:
        done = deed(signed_desk(view.desk, fresh.person), fresh.person)
    except LabelqaError as error:
        call_by_name(error, shown_names(view.desk))
        st.session_state[SAID] = False, say(error.message)
        return False
    st.session_state[SAID] = True, done
    return True


def told_after() -> None:
    """What came of the last deed, once."""
    if SAID in st.session_state:
        done, sentence = st.session_state.pop(SAID)
        if done:
            st.toast(plain(sentence), icon=":material/check:")  # the page does not move under the reader
        else:
            st.error(plain(sentence), icon=":material/block:")


def unsigned(say: Speaker) -> None:
    """Why nothing can be recorded here, and how that changes."""
    st.info(
        say("Nobody is signed in, so nothing can be recorded here: a verdict counts only when it is known who gave it. Give each person a login; from then on the dashboard asks who comes."),
        icon=":material/lock:",
    )  # fmt: skip
    st.code("labelqa login add PERSON --role reviewer --by PERSON", language=None)

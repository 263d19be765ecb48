"""The door: who uses the pages, in which roles; the form to sign in, the way out, a new password.

The session's token stays in the memory of this browser session on the server and in no address, cookie or file: so a
page that is loaded anew asks again. What somebody may do is asked at every rerun.
"""

from __future__ import annotations

from typing import Final

import streamlit as st

from labelqa.adapters.report.text import moment, name_of
from labelqa.errors import LabelqaError
from labelqa.i18n import Speaker
from labelqa.records.logins import NotSignedIn, Role, SignedIn
from labelqa.workflows.desk import Desk
from labelqa.workflows.identity.logins import has_logins
from labelqa.workflows.identity.sign_in import change_own_password, resume, sign_in, sign_out
from labelqa.workflows.people import shown_name
from parts.words import plain

TOKEN: Final = "sign-in-token"  # noqa: S105 - where it is kept
KEPT: Final = ("pick-lang", "last-lang", "pick-week", "last-week")  # of no one person


def entrance(desk: Desk, say: Speaker) -> SignedIn | bool:
    """Who is signed in; True where the workspace has no logins and may only be looked at; False: the form was shown."""
    if not has_logins(desk):
        return True
    token = st.session_state.get(TOKEN)
    if token is None:
        _form(desk, say, told="")
        return False
    found = resume(desk, token)
    if isinstance(found, SignedIn):
        return found
    forget()
    _form(desk, say, told=say(found.message))
    return False


def read_only(say: Speaker) -> None:
    """Says that nothing can be recorded here, and how that changes."""
    st.sidebar.info(
        say("Nobody has a login here: everything can be seen and nothing recorded. `labelqa login add` changes that."),
        icon=":material/lock_open:",
    )


def _form(desk: Desk, say: Speaker, *, told: str) -> None:
    """The form; nothing of the workspace is on the page."""
    st.title(say("Sign in"), anchor=False)
    if told:
        st.info(plain(told), icon=":material/logout:")
    with st.form("sign-in", clear_on_submit=True, width=420):
        who = st.text_input(say("Name, account or pseudonym"), max_chars=200, autocomplete="username")
        password = st.text_input(say("Password"), type="password", max_chars=256, autocomplete="current-password")
        asked = st.form_submit_button(say("Sign in"), type="primary")
    if not asked:
        return
    found = sign_in(desk, who or "", password or "", address=st.context.ip_address or "")
    if isinstance(found, NotSignedIn):
        st.error(plain(say(found.message)))
        return
    st.session_state[TOKEN] = found.token
    st.rerun()


def signed_in(desk: Desk, who: SignedIn, say: Speaker) -> None:
    """In the sidebar: who it is, the way out, and a new password."""
    with st.sidebar:
        st.markdown(f"**{plain(shown_name(desk, who.person))}**  \n{plain(', '.join(_roles(who, say)))}")
        ends = moment(who.ends, desk.settings.timezone)
        st.caption(say("Signed in until {time}; loading the page anew asks again.", time=ends))
        st.button(say("Sign out"), key="sign-out", on_click=_out, args=(desk, who.token), icon=":material/logout:")
        with st.expander(say("New password")):
            _new_password(desk, who, say)


def _roles(who: SignedIn, say: Speaker) -> list[str]:
    return [name_of(role, say) for role in Role if role in who.roles]


def _new_password(desk: Desk, who: SignedIn, say: Speaker) -> None:
    with st.form("new-password", clear_on_submit=True, border=False):
        words = {"type": "password", "max_chars": 256}
        before = st.text_input(say("Password in force"), autocomplete="current-password", **words)
        first = st.text_input(say("New password, 12 characters or more"), autocomplete="new-password", **words)
        again = st.text_input(say("The new one again"), autocomplete="new-password", **words)
        asked = st.form_submit_button(say("Change password"))
    if not asked:
        return
    if first != again:
        st.error(say("The two new passwords differ: nothing was changed."))
        return
    try:
        done = change_own_password(desk, who, before or "", first or "")
    except LabelqaError as error:
        st.error(plain(say(error.message)))
        return
    if isinstance(done, NotSignedIn):
        st.error(plain(say(done.message)))
    else:
        st.success(say("The password is changed; your other sessions have ended."))


def _out(desk: Desk, token: str) -> None:
    sign_out(desk, token)
    forget()


def forget() -> None:
    """Nothing that the one before looked at or typed is left for the next one in this browser."""
    for key in [each for each in st.session_state if each not in KEPT]:
        del st.session_state[key]

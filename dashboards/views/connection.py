"""The connection to annotation servers: how fresh each project is, what waits, what failed and what mends it."""

from __future__ import annotations

import streamlit as st
from parts.connection import lay_out
from parts.start import no_server
from parts.view import recall

from labelqa.adapters.report.text import moment
from labelqa.workflows.servers.health import connections


def page() -> None:
    """Every connected server, or the first commands where there is none."""
    view = recall()
    say = view.say
    st.title(say("Connection"), anchor=False)
    found = connections(
        view.desk
    )  # not by the ledger's head: a pass over a server records no fact where nothing changed
    if not found.servers:
        no_server(say)
    else:
        left, right = st.columns([5, 1], vertical_alignment="center")
        left.caption(say(
            "As of {time} ({zone}). This page asks no server: it shows what was last heard.",
            time=moment(found.now, view.zone), zone=view.zone,
        ))  # fmt: skip
        right.button(say("Look again"), key="again", icon=":material/refresh:", width="stretch")
    for server in found.servers:
        lay_out(view, server, found.now)
    if found.ended:
        st.caption(say("No longer connected: {names}.", names=", ".join(found.ended)))


page()

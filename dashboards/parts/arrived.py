"""What just came in and needs somebody: the open alerts, the gravest first, each with what to do."""

from __future__ import annotations

from typing import Final

import streamlit as st

from labelqa.adapters.report.text import name_of
from labelqa.errors import LabelqaError
from labelqa.records.alerts import Alert
from labelqa.workflows.watching import alert_lines
from parts.cards import HUES, ICONS, section
from parts.view import View
from parts.words import plain

FIRST: Final = 3  # shown at once; the rest unfolds
MOST: Final = 50  # that unfold; the command line has all


def arrived(view: View) -> None:
    """The open alerts; nothing at all where there are none, and a sentence where they cannot be read."""
    say = view.say
    try:
        found = alert_lines(view.desk)
    except LabelqaError as error:
        st.warning(plain(say(error.message)))
        return
    if not found:
        return
    section(
        say("Came in and needs somebody"),
        say("{n} open, the gravest first; who has seen one says so with its command", n=len(found)),
    )
    for each in found[:FIRST]:
        _row(view, each)
    if len(found) > FIRST:
        with st.expander(say("More alerts: {n}", n=len(found) - FIRST)):
            for each in found[FIRST:MOST]:
                _row(view, each)
            if len(found) > MOST:
                st.caption(say("and {n} more", n=len(found) - MOST))


def _row(view: View, alert: Alert) -> None:
    say = view.say
    with st.container(border=True, key=f"arrived-{alert.number}"):
        named = f":{HUES[alert.severity]}[{ICONS[alert.severity]} **{plain(name_of(alert.severity, say))}**]"
        st.markdown(f"{named} {plain(say(alert.message))}")
        st.caption(plain(say(alert.mend)))
        st.code(f"labelqa alerts seen {alert.number} --by …", language=None)

"""The small pieces of a page: a number in a box, a heading with a sentence, a batch that waits, an alert."""

from __future__ import annotations

from typing import Final

import streamlit as st

from labelqa.adapters.report.text import (
    Unit,
    change_text,
    difference,
    duty_name,
    interval,
    name_of,
    point,
    sureness,
)
from labelqa.i18n import Speaker
from labelqa.records.batch import Stage
from labelqa.records.estimate import Estimate, Figure, Unknown
from labelqa.records.finding import Severity
from labelqa.records.life import CardState
from labelqa.records.summary import Alert, BatchLine
from parts.links import batch_link, subject_link
from parts.words import plain

COLOURS: Final = {
    Stage.OPEN: "gray",
    Stage.FROZEN: "blue",
    Stage.DISPUTED: "orange",
    Stage.IN_REVIEW: "orange",
    Stage.CORRECTING: "orange",
    Stage.REVIEWED: "violet",
    Stage.BLOCKED: "red",
    Stage.SETTLED: "green",
}
ICONS: Final = {
    Severity.ERROR: ":material/error:",
    Severity.WARNING: ":material/warning:",
    Severity.NOTE: ":material/info:",
}
HUES: Final = {Severity.ERROR: "red", Severity.WARNING: "orange", Severity.NOTE: "blue"}


def number_card(label: str, value: str, *notes: str) -> None:
    """A count with what has to be known about it beneath."""
    with st.container(border=True, height="stretch"):
        st.metric(label, value)
        for note in notes:
            st.caption(plain(note))


def figure_card(
    label: str, figure: Figure, say: Speaker, *notes: str, unit: Unit = "percent", before: Figure | None = None
) -> None:
    """A figure with its interval and n beneath, and how it moved since the week before."""
    if isinstance(figure, Unknown):
        number_card(label, say("unknown"), say(figure.message), *notes)
        return
    below = [f"{interval(figure, unit=unit)}  {sureness(figure, say)}"]
    change = difference(figure, before) if before is not None else None
    if isinstance(change, Estimate):
        below.append(say("Against the week before: {change}", change=change_text(change, say, unit=unit)))
    number_card(label, point(figure, say, unit=unit), *below, *notes)


def section(title: str, note: str = "") -> None:
    """A heading within a page, with a sentence that says how to read what follows."""
    st.subheader(title, anchor=False)
    if note:
        st.caption(note)


def badges(line: BatchLine, say: Speaker) -> str:
    """Stage, conclusion and kind of a batch as Markdown badges."""
    shown = [f":{COLOURS[line.stage]}-badge[{plain(name_of(line.stage, say))}]"]
    if line.conclusion:
        shown.append(f":gray-badge[{plain(name_of(line.conclusion, say))}]")
    shown.append(f":gray-badge[{plain(name_of(line.kind, say))}]")
    if line.late:
        late = say("declared after labeling began")
        shown.append(f":orange-badge[{plain(late)}]")
    if line.life.card is not CardState.RECORDED:
        card = say("Card: {state}", state=name_of(line.life.card, say))
        shown.append(f":orange-badge[{plain(card)}]")
    return " ".join(shown)


def waiting_batch(line: BatchLine, say: Speaker) -> None:
    """A batch that waits for somebody: what is next, who does it, with which command."""
    with st.container(border=True, key=f"waiting-{abs(hash(line.name))}"):
        left, right = st.columns([7, 2], vertical_alignment="center")
        left.markdown(f"**{plain(line.name)}** {badges(line, say)}")
        with right:
            batch_link(line.name, say)
        next_step(line, say)


def next_step(line: BatchLine, say: Speaker) -> None:
    """What is next for a batch, by whom, and the command to copy."""
    step = plain(say(line.next_step))
    if not step:
        return
    who = plain(duty_name(line.next_duty, say))
    st.markdown(f"{step} — {who}" if who else step)
    if line.next_command:
        st.code(line.next_command, language=None, wrap_lines=True)


def alert_row(alert: Alert, say: Speaker, *, place: int) -> None:
    """An alert: how grave, what, who acts, and a link to what it is about."""
    with st.container(border=True, key=f"alert-{place}"):
        left, right = st.columns([7, 2], vertical_alignment="center")
        hue = HUES[alert.severity]
        who = plain(duty_name(alert.duty, say))
        named = f":{hue}[{ICONS[alert.severity]} **{plain(name_of(alert.severity, say))}**]"
        left.markdown(f"{named} {plain(say(alert.message))}" + (f" — {who}" if who else ""))
        with right:
            subject_link(alert.subject, say)
        if alert.command and not alert.command.endswith(" dashboard"):  # the reader is there already
            st.code(alert.command, language=None, wrap_lines=True)

"""One batch: where it stands, how far annotators agree, what the spot check found, and the items behind it all."""

from __future__ import annotations

from typing import Final

import streamlit as st
from parts import batch_agreement, batch_check, batch_items, batch_record, batch_state
from parts.cards import next_step
from parts.start import empty_workspace
from parts.view import View, choose, recall

from labelqa.i18n import N_
from labelqa.records.batch import Stage
from labelqa.workflows.batches import batch_line, batch_lines

SECTIONS: Final = {
    "state": (N_("State"), batch_state.lay_out),
    "agreement": (N_("Agreement"), batch_agreement.lay_out),
    "check": (N_("Spot check"), batch_check.lay_out),
    "items": (N_("Items"), batch_items.lay_out),
    "record": (N_("Record"), batch_record.lay_out),
}
FROZEN_ONLY: Final = ("agreement", "check", "items")


def page() -> None:
    """Choose a batch and one of its sections."""
    view = recall()
    say = view.say
    lines = view.ask(batch_lines)
    st.title(say("Batch"), anchor=False)
    if not lines:
        st.info(say("No batch has been declared yet."), icon=":material/inventory_2:")
        empty_workspace(say)
        return
    batch = chosen_batch(view, [line.name for line in reversed(lines)])
    section = choose(
        "show", list(SECTIONS), default="state",
        pick=lambda key: st.segmented_control(
            say("Section"), list(SECTIONS), format_func=lambda code: say(SECTIONS[code][0]), key=key,
            label_visibility="collapsed",
        ),
    )  # fmt: skip
    line = view.ask(batch_line, batch)
    if line.stage is Stage.OPEN and section in FROZEN_ONLY:
        st.info(say("This batch is not frozen yet: there is nothing to measure."), icon=":material/lock_open:")
        next_step(line, say)
        return
    SECTIONS[section][1](view, line)


def chosen_batch(view: View, names: list[str]) -> str:
    """The batch to look at: picked, else the newest."""
    return choose("batch", names, default=names[0], pick=lambda key: st.selectbox(view.say("Batch"), names, key=key))


page()

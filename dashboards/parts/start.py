"""What to do when there is nothing to show yet: the first commands, ready to copy."""

from __future__ import annotations

import streamlit as st

from labelqa.errors import NoWorkspace
from labelqa.i18n import Speaker
from parts.words import plain


def no_workspace(error: NoWorkspace, say: Speaker) -> None:
    """There is no workspace here: how to make one, or how to look at a filled one."""
    st.title(say("No workspace yet"), anchor=False)
    st.warning(plain(say(error.message)), icon=":material/folder_off:")
    st.markdown(
        say("A workspace is a folder that holds the ledger, the labels as they arrived and the frozen batches.")
    )
    _step(say("Look at a filled example first:"), "labelqa demo")
    _step(say("Or make a workspace of your own:"), "labelqa init my-workspace")
    _step(say("Then start the dashboard in it:"), "labelqa --workspace my-workspace dashboard")


def empty_workspace(say: Speaker) -> None:
    """A workspace without facts: the week's first steps, in order."""
    st.info(say("Nothing has happened in this workspace yet. These are the first steps."), icon=":material/flag:")
    _step(say("1. Register the people:"), "labelqa people import people.xlsx")
    _step(
        say("2. Let two of them sign the rulebook, and release it, so that everybody labels by the same rules:"),
        "labelqa rulebook sign draft.yaml --by PERSON\nlabelqa rulebook release draft.yaml",
    )
    _step(say("3. Record their training and their exams:"), "labelqa train import trainings.xlsx")
    _step(say("4. Declare a batch before it is labelled:"), "labelqa batch declare BATCH --rulebook NAME@VERSION")
    _step(say("5. Import the labels:"), "labelqa import export.json")
    _step(say("6. Freeze the batch, then look at it here:"), "labelqa batch freeze BATCH")


def _step(sentence: str, command: str) -> None:
    st.text(sentence)
    st.code(command, language=None)

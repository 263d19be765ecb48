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


def no_server(say: Speaker) -> None:
    """No annotation server is connected: how to connect one and follow its projects."""
    st.info(say("No annotation server is connected. Exports can be imported all the same."), icon=":material/lan:")
    _step(say("1. Connect a server:"), "labelqa connect https://labels.example.com")
    _step(say("2. See its projects, and follow one:"), "labelqa server projects\nlabelqa sync follow PROJECT")
    _step(say("3. Take in what changes, for as long as it runs:"), "labelqa sync run --follow")
    _step(
        say("4. Hear of changes at once, through webhooks:"),
        "labelqa serve --register --url http://HOST:8990/\nlabelqa serve",
    )


def _step(sentence: str, command: str) -> None:
    st.text(sentence)
    st.code(command, language=None)

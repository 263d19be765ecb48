"""The planner: say what has to be proven and what a review costs, and see what each design of a spot check takes."""

from __future__ import annotations

from typing import Any

import streamlit as st
from parts import planner_shown
from parts.planner_inputs import Asked, ask
from parts.view import View, recall, told

from labelqa.errors import LabelqaError
from labelqa.records.designs import DesignComparison, StoppingLines, Terms
from labelqa.workflows.batches import batch_lines
from labelqa.workflows.certifying.stopping import stopping_lines
from labelqa.workflows.desk import Desk
from labelqa.workflows.planning.compare import compare_designs, compared


def page() -> None:
    """Questions above, answers below."""
    view = recall()
    say = view.say
    st.title(say("Planner"), anchor=False)
    st.caption(say("Nothing is declared here: the planner only works out what each design takes and proves."))
    lines = view.ask(batch_lines)
    if not lines:
        st.info(
            say("No batch has been declared yet. The planner answers for any number of items; declare a batch with:"),
            icon=":material/inventory_2:",
        )
        st.code("labelqa batch declare BATCH --rulebook NAME@VERSION", language=None)
    asked = ask(lines, say)
    try:
        with st.spinner(say("Working the designs out …")):
            found = answer(view, asked)
            stopping = view.ask(lines_of, found, asked.terms)
    except LabelqaError as error:
        told(error, view)
        return
    planner_shown.lay_out(found, stopping, asked, say)


def answer(view: View, asked: Asked) -> DesignComparison:
    """The designs for what was asked."""
    said: dict[str, Any] = {
        "accuracy": asked.accuracy, "risk": asked.risk, "expected": asked.expected, "power": asked.power,
        "preset": asked.preset, "terms": asked.terms, "population": asked.population,
    }  # fmt: skip
    if asked.batch:
        return view.ask(compare_designs, asked.batch, **said)
    return view.ask(thought_of, **said)


def thought_of(_desk: Desk, *, population: int, **said: Any) -> DesignComparison:
    """The designs for items that are only thought of."""
    return compared(population, **said)


def lines_of(_desk: Desk, found: DesignComparison, terms: Terms) -> StoppingLines:
    """Where the sequential design stops."""
    return stopping_lines(found, terms)


page()

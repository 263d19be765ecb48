"""What the planner answers: designs side by side, their charts, when a check finishes, and the command that declares one."""

from __future__ import annotations

import streamlit as st

from labelqa.adapters.report import design_charts
from labelqa.adapters.report.design_tables import (
    curve_cells,
    declaring,
    heading,
    option_row,
    planning_cells,
    short_name,
    table_note,
)
from labelqa.adapters.report.text import name_of
from labelqa.i18n import Speaker
from labelqa.records.designs import Design, DesignComparison, DesignOption, StoppingLines
from parts.cards import number_card, section
from parts.planner_inputs import Asked
from parts.tables import show
from parts.words import plain


def lay_out(found: DesignComparison, stopping: StoppingLines, asked: Asked, say: Speaker) -> None:
    """The comparison, then the chosen design."""
    st.markdown(plain(heading(found, say)))
    section(say("Side by side"), table_note(found, say))
    show([option_row(each, found, say) for each in found.options], key="designs", wide=[say("Advice")])
    for note in found.notes:
        st.caption(plain(say(note)))
    charts(found, stopping, say)
    planning(found, say)
    one(found, asked, say)


def charts(found: DesignComparison, stopping: StoppingLines, say: Speaker) -> None:
    """How often the designs accept, what they cost, what they leave behind, and where the sequential one stops."""
    section(say("What the designs do with better and worse batches"))
    left, right = st.columns(2, gap="large")
    with left:
        st.altair_chart(design_charts.acceptance(found, say), key="acceptance", theme=None)
    with right:
        st.altair_chart(design_charts.reviews(found, say), key="reviews", theme=None)
    left, right = st.columns(2, gap="large")
    with left:
        st.altair_chart(design_charts.outgoing(found, say), key="outgoing", theme=None)
    with right:
        st.altair_chart(design_charts.stopping(stopping, say), key="stopping", theme=None)


def planning(found: DesignComparison, say: Speaker) -> None:
    """Reviews by which the sequential check has finished."""
    if not found.planning:
        return
    told = say("By true accuracy, and with which chance; a dash: not with that chance, however many are reviewed.")
    section(say("Reviews by which the sequential check has finished"), told)
    show([planning_cells(each, say) for each in found.planning], key="planning")


def one(found: DesignComparison, asked: Asked, say: Speaker) -> None:
    """One design in words, with the command that declares it."""
    section(say("One design"))
    codes = [str(each.design) for each in found.options]
    usual = str(found.recommended) if str(found.recommended) in codes else codes[0]
    asked_for = st.query_params.get("design")
    first = asked_for if asked_for in codes else usual
    # a widget of its own for each recommendation: a new one is shown at once, what was picked stays until then
    picked = st.segmented_control(
        say("Design"), codes, default=first, key=f"plan-design-{usual}", label_visibility="collapsed",
        format_func=lambda code: short_name(Design(code), say),
    )  # fmt: skip
    chosen = picked or first
    option = next(each for each in found.options if str(each.design) == chosen)
    left, right = st.columns([2, 1], gap="large")
    with left:
        st.markdown(f"**{plain(name_of(option.design, say))}**")
        for sentence in option.explained:
            st.markdown("- " + plain(say(sentence)))
        if option.unfit is not None:
            st.warning(plain(say(option.unfit)))
    with right:
        cost(option, found, say)
    if option.curve:
        with st.expander(say("What it does with better and worse batches")):
            show(curve_cells(option, say), key=f"curve-{option.design}")
    command(found, asked, option, say)


def cost(option: DesignOption, found: DesignComparison, say: Speaker) -> None:
    """Hours, and the reviews behind them."""
    number_card(
        say("Hours on average"), f"{option.hours:,.1f}",
        say("{reviews} reviews at {minutes} minutes; {n} of {population} items drawn at first",
            reviews=f"{option.reviews:,.0f}", minutes=f"{found.minutes:g}", n=f"{option.n:,}",
            population=f"{found.population:,}"),
    )  # fmt: skip


def command(found: DesignComparison, asked: Asked, option: DesignOption, say: Speaker) -> None:
    """What to type to declare the design."""
    st.markdown(say("This command declares it; best before the batch is frozen:"))
    st.code(declaring(asked.batch, found, option.design, preset=asked.preset, terms=asked.terms), language=None,
            wrap_lines=True)  # fmt: skip
    if not asked.batch:
        st.caption(say("BATCH stands for the name of a declared batch."))

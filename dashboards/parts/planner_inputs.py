"""What the planner asks: how many items, what has to be proven, what a review costs; sliders with the usual values set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import streamlit as st

from labelqa.adapters.report.design_tables import share
from labelqa.i18n import N_, Speaker
from labelqa.records.batch import Stage
from labelqa.records.designs import Preset, Terms
from labelqa.records.summary import BatchLine
from labelqa.workflows.planning.terms import AQLS
from parts.view import choose

ACCURACIES: Final = (0.8, 0.85, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.985, 0.99, 0.995, 0.998, 0.999)
RISKS: Final = (0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
PARTS: Final = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)  # of the errors still allowed
POWERS: Final = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
SENSITIVITIES: Final = (0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98, 1.0)
SPECIFICITIES: Final = (0.95, 0.97, 0.98, 0.99, 0.995, 0.998, 1.0)
FUTILITIES: Final = (0.0, 0.01, 0.05, 0.1, 0.2)
TEXTS: Final = {
    Preset.TC260_MANUAL: N_("TC260-003, 9.2 a): corpus, manual spot check"),
    Preset.TC260_TECHNICAL: N_("TC260-003, 9.2 b): corpus, technical spot check"),
    Preset.TC260_SOURCE: N_("TC260-003, 5.1 a): a source of data"),
    Preset.SAFETY_CENSUS: N_("GB/T 45674—2025, 8.3: safety labeling, every item"),
    Preset.FUNCTIONAL_BATCH: N_("GB/T 45674—2025, 8.2 g): functional labeling"),
}
USUAL: Final = 10_000  # items
MOST: Final = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody wants to prove; None for a figure that a preset states."""

    batch: str  # "" for items that are only thought of
    population: int | None  # None: the items of the batch
    accuracy: float | None
    risk: float | None
    expected: float | None
    power: float | None
    preset: Preset | None
    terms: Terms


def ask(lines: Sequence[BatchLine], say: Speaker) -> Asked:
    """Lays the questions out and says what was answered."""
    batch = which_batch([line.name for line in reversed(lines) if line.stage is not Stage.SETTLED], say)
    line = next((line for line in lines if line.name == batch), None)
    with st.container(border=True):
        population = items(line, say)
        preset = preset_of(say)
        figures = need(say, fixed=preset is not None)
        terms = costs(say)
    return Asked(batch=batch, population=population, preset=preset, terms=terms, **figures)


def which_batch(names: Sequence[str], say: Speaker) -> str:
    """A batch that is not settled yet, or none."""
    if not names:
        return ""
    nothing = say("no batch: a number of items")
    return choose(
        "batch", ["", *names], default="",
        pick=lambda key: st.selectbox(
            say("Batch"), ["", *names], format_func=lambda name: name or nothing, key=key
        ),
    )  # fmt: skip


def items(line: BatchLine | None, say: Speaker) -> int | None:
    """How many items there are; those of a batch with labels are known."""
    if line is not None and line.items:
        st.metric(say("Items"), f"{line.items:,}")
        return None
    label = say("Items expected") if line else say("Items")
    return int(st.number_input(label, min_value=1, max_value=MOST, value=USUAL, step=100, key="plan-population"))


def preset_of(say: Speaker) -> Preset | None:
    """A text that states its figures, or none."""
    none = say("none: own figures")
    chosen = st.selectbox(
        say("Figures of a text"), [None, *Preset], key="plan-preset",
        format_func=lambda each: none if each is None else say(TEXTS[each]),
    )  # fmt: skip
    return Preset(chosen) if chosen else None


def need(say: Speaker, *, fixed: bool) -> dict[str, Any]:
    """Accuracy, risk, expected accuracy and power; none of them where a preset states them."""
    first, second = st.columns(2)
    with first:
        accuracy = slider(say("Accuracy to be proven"), ACCURACIES, 0.95, key="plan-accuracy", disabled=fixed)
        part = st.select_slider(
            say("Accuracy expected"), PARTS, value=0.2, key="plan-expected", disabled=fixed,
            format_func=lambda each: share(round(1 - each * (1 - accuracy), 10)),
        )  # fmt: skip
    with second:
        risk = slider(
            say("Risk: chance to accept a batch that misses it"), RISKS, 0.05, key="plan-risk", disabled=fixed
        )
        power = slider(
            say("Power: chance to accept a batch as expected"), POWERS, 0.9, key="plan-power", disabled=fixed
        )
    if fixed:
        return {"accuracy": None, "risk": None, "expected": None, "power": None}
    return {"accuracy": accuracy, "risk": risk, "expected": round(1 - part * (1 - accuracy), 10), "power": power}


def slider(label: str, options: Sequence[float], usual: float, *, key: str, disabled: bool = False) -> float:
    """A share out of some."""
    return float(st.select_slider(label, options, value=usual, format_func=share, key=key, disabled=disabled))


def costs(say: Speaker) -> Terms:
    """What a review costs, when it is given up, how reviewers err, and what a contract or an AQL asks."""
    minutes = st.slider(say("Minutes a review"), 0.5, 20.0, 2.0, 0.5, key="plan-minutes")
    with st.expander(say("Reviewers, contract, AQL")):
        first, second, third = st.columns(3)
        with first:
            cut = whole(say("Give up after so many reviews (0: never)"), key="plan-cut")
            futility = slider(say("Chance to give up a good batch"), FUTILITIES, 0.05, key="plan-futility")
        with second:
            caught = slider(say("Wrong labels that reviewers notice"), SENSITIVITIES, 1.0, key="plan-sensitivity")
            spared = slider(say("Right labels that they leave alone"), SPECIFICITIES, 1.0, key="plan-specificity")
        with third:
            n = whole(say("Contract: items checked (0: no contract)"), key="plan-n")
            rate = slider(say("Contract: lowest pass rate"), ACCURACIES, 0.95, key="plan-rate", disabled=not n)
            aql = st.selectbox(say("AQL"), ["", *AQLS], key="plan-aql", format_func=lambda each: each or "—")
    return Terms(
        minutes=minutes, cut=cut or None, futility=futility, sensitivity=caught, specificity=spared, n=n or None,
        pass_rate=rate if n else None, aql=aql or "",
    )  # fmt: skip


def whole(label: str, *, key: str) -> int:
    """A count, 0 for none."""
    return int(st.number_input(label, min_value=0, max_value=MOST, value=0, step=10, key=key))

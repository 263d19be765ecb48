"""What a preset fixes in a plan, and what it leaves to whoever plans: stricter is welcome, laxer or different is refused."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, Final, NamedTuple

from labelqa.errors import WrongUsage
from labelqa.records.designs import Design, Preset, Terms
from labelqa.stats.acceptance import PRESETS, PresetFigures
from labelqa.workflows.planning.terms import spelled

_LEAST: Final = ("n", "share", "pass_rate", "accuracy")  # more of it is stricter; n and share: the larger of both holds
_FREE: Final = (
    "kind", "minutes", "double", "pass_lines", "cut", "futility", "sensitivity", "specificity", "seed_source", "parties",
    "one_vote",
)  # fmt: skip


class Said(NamedTuple):
    """What is said of a plan's design, accuracy, risk and terms; None where nothing is."""

    design: Design | None
    accuracy: float | None
    risk: float | None
    terms: Terms


def preset_named(preset: Preset | None, terms: Terms) -> Preset | None:
    """The preset that is asked for, by itself or in the terms; WrongUsage for one that is not there."""
    if preset is not None and terms.preset and terms.preset != preset:
        raise WrongUsage("a plan has one preset; got {first} and {second}", first=str(preset), second=terms.preset)
    if preset is not None or not terms.preset:
        return preset
    if terms.preset not in list(Preset):
        raise WrongUsage(
            "{name} is one of {words}; got {value}", name="preset", words=", ".join(Preset), value=terms.preset
        )
    return Preset(terms.preset)


def with_preset(preset: Preset, said: Said) -> Said:
    """What is said, filled up by a preset; WrongUsage where the two contradict each other.

    >>> with_preset(Preset.TC260_MANUAL, Said(None, None, None, Terms(n=5000))).terms.n
    5000
    """
    figures = PRESETS[preset]
    if said.design not in (None, figures.design):
        raise _other(figures, "design", figures.design, said.design)
    rate = said.terms.pass_rate
    accuracy = _chosen(figures, "accuracy", said.accuracy, figures.accuracy)
    if said.accuracy is None and rate is not None and accuracy < rate < 1:
        accuracy = rate
    return Said(
        design=figures.design,
        accuracy=accuracy,
        risk=_chosen(figures, "risk", said.risk, figures.risk),
        terms=_terms(figures, said.terms),
    )


def _chosen(figures: PresetFigures, name: str, said: Any, due: Any) -> Any:
    """One figure: what is said where that is open or stricter, else what the preset has."""
    if said is None or said == due:
        return due
    if name in figures.ours or (name in _LEAST and (due is None or said >= due)):
        return said
    raise _other(figures, name, due, said)


def _terms(figures: PresetFigures, said: Terms) -> Terms:
    usual = Terms()
    made: dict[str, Any] = {"preset": str(figures.preset)}
    for each in fields(Terms):
        name, due = each.name, getattr(figures.terms, each.name)
        value = getattr(said, name)
        if name == "preset":
            continue
        if name == "one_vote":
            made[name] = tuple(dict.fromkeys((*due, *value)))
        elif value == getattr(usual, name):
            made[name] = due
        else:
            made[name] = value if name in _FREE else _chosen(figures, name, value, due)
    return replace(said, **made)


def _other(figures: PresetFigures, name: str, due: object, said: object) -> WrongUsage:
    told = {"preset": str(figures.preset), "source": figures.source, "clause": figures.clause, "name": spelled(name)}
    if due is None:
        return WrongUsage(
            "preset {preset} ({source}, {clause}) does not leave {name} open: {value} would change what it asks for",
            value=str(said), **told,
        )  # fmt: skip
    return WrongUsage(
        "preset {preset} ({source}, {clause}) sets {name} to {due}: {value} contradicts it",
        due=str(due), value=str(said), **told,
    )  # fmt: skip

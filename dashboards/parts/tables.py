"""Tables of figures: each row shows point, interval and n, and can be picked to see what is behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import pandas as pd
import streamlit as st

from labelqa.adapters.report.text import Unit, interval, method_name, point
from labelqa.i18n import Speaker
from labelqa.records.estimate import Figure, Unknown

Row: TypeAlias = dict[str, Any]
TALL: Final = 560  # px; longer tables scroll
LINE: Final = 35


def figure_cells(figure: Figure, say: Speaker, *, unit: Unit = "percent") -> Row:
    """A figure spread over the columns of a table; an unknown one says why in the interval's place."""
    if isinstance(figure, Unknown):
        return {
            say("Figure"): say("unknown"),
            say("Interval"): say(figure.message),
            say("n"): figure.n,
            say("Method"): "",
        }
    return {
        say("Figure"): point(figure, say, unit=unit),
        say("Interval"): interval(figure, unit=unit),
        say("n"): figure.n,
        say("Method"): method_name(figure.method, say),
    }


def brief(figure: Figure, say: Speaker, *, unit: Unit = "percent") -> str:
    """A figure in one cell: point, interval and n, or why it is unknown."""
    if isinstance(figure, Unknown):
        reason = say(figure.message)
        return say("unknown ({reason})", reason=reason) if reason else say("unknown")
    return f"{point(figure, say, unit=unit)} {interval(figure, unit=unit)} n={figure.n:,}"


def told(columns: Mapping[str, tuple[Sequence[Figure], Unit]], say: Speaker) -> tuple[list[Row], list[str]]:
    """Columns of figures as rows; a column that is unknown for one reason throughout becomes a sentence instead."""
    kept: dict[str, list[str]] = {}
    said = []
    for name, (figures, unit) in columns.items():
        reasons = {figure.reason if isinstance(figure, Unknown) else "" for figure in figures}
        first = figures[0] if figures else None
        if len(reasons) == 1 and isinstance(first, Unknown):
            said.append(say("{column}: {figure}", column=name, figure=brief(first, say)))
        else:
            kept[name] = [brief(figure, say, unit=unit) for figure in figures]
    places = len(next(iter(columns.values()))[0])
    return [{name: cells[place] for name, cells in kept.items()} for place in range(places)], said


def show(rows: Sequence[Row], *, key: str, wide: Sequence[str] = ()) -> None:
    """A table to read."""
    st.dataframe(_frame(rows), hide_index=True, key=key, height=_height(rows), column_config=_config(wide))


def pick(rows: Sequence[Row], *, key: str, then: Callable[[int], None], wide: Sequence[str] = ()) -> None:
    """A table whose rows can be picked; ``then`` is told which, before the page is laid out again."""

    def picked() -> None:
        chosen = st.session_state[key]["selection"]["rows"]
        if chosen:
            then(int(chosen[0]))

    st.dataframe(
        _frame(rows), hide_index=True, key=key, height=_height(rows), column_config=_config(wide),
        on_select=picked, selection_mode="single-row",
    )  # fmt: skip


def picked_row(rows: Sequence[Row], *, key: str, wide: Sequence[str] = ()) -> int | None:
    """A table of which a row can be picked; the place of that row, if any."""
    picked = st.dataframe(
        _frame(rows), hide_index=True, key=key, height=_height(rows), column_config=_config(wide),
        on_select="rerun", selection_mode="single-row",
    )  # fmt: skip
    chosen = picked["selection"]["rows"]
    return int(chosen[0]) if chosen and chosen[0] < len(rows) else None


def limited(shown: int, there: int, say: Speaker) -> None:
    """How many rows there are beyond those shown, if any."""
    if shown < there:
        st.caption(say("{shown} of {all} rows are shown.", shown=f"{shown:,}", all=f"{there:,}"))


def _frame(rows: Sequence[Row]) -> pd.DataFrame:
    return pd.DataFrame(list(rows))


def _height(rows: Sequence[Row]) -> int:
    return min(TALL, LINE * (len(rows) + 1) + 3)


def _config(wide: Sequence[str]) -> dict[str, Any]:
    return {name: st.column_config.TextColumn(width="medium") for name in wide}

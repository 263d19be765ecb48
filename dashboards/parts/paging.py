"""Long tables page by page: only the rows that are looked at go to the browser."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

import pandas as pd
import streamlit as st

from labelqa.adapters.report.text import count
from labelqa.i18n import Speaker

Some = TypeVar("Some")
EACH: Final = 50
LINE: Final = 35
LONG: Final = 24  # letters of a pinned name from which on it is cut
TONES: Final = {  # how a cell begins → its colours; the sign says the same in a letter
    "✓": "background-color:#e6f4ea;color:#14532d",
    "⚠": "background-color:#fef3c7;color:#713f12",
    "✗": "background-color:#fde8e8;color:#7f1d1d",
}


def page_of(rows: Sequence[Some], say: Speaker, *, key: str) -> Sequence[Some]:
    """The rows of the page that is asked for, and the way to the others where there are more."""
    pages = max(1, -(-len(rows) // EACH))
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    number = 1
    if pages > 1:
        kept = st.session_state.get(key, 1)
        st.session_state[key] = min(max(1, int(kept)), pages)
        with right:
            number = int(st.number_input(say("Page, of {pages}", pages=count(pages)), 1, pages, step=1, key=key))
    first = EACH * (number - 1)
    shown = rows[first : first + EACH]
    left.caption(
        say(
            "Rows {first} to {last} of {total}",
            first=count(first + 1 if rows else 0),
            last=count(first + len(shown)),
            total=count(len(rows)),
        )
    )
    return shown


def toned(rows: Sequence[dict[str, str]], *, key: str, pinned: str, then: Callable[[int], None] | None = None) -> None:
    """A table whose cells begin with ✓, ⚠ or ✗ and are coloured alike; a picked row is told to ``then``, if to anybody."""

    def picked() -> None:
        chosen = st.session_state[key]["selection"]["rows"]
        if chosen and then is not None:
            then(int(chosen[0]))

    long = any(len(row[pinned]) > LONG for row in rows)  # it scrolls along with nothing: the rest must keep its room
    table = pd.DataFrame(list(rows)).style.map(lambda cell: TONES.get(str(cell)[:1], ""))
    st.dataframe(
        table, hide_index=True, key=key, height=min(620, LINE * (len(rows) + 1) + 3), on_select=picked if then is not None else "ignore",
        selection_mode="single-row", column_config={pinned: st.column_config.TextColumn(pinned=True, width="medium" if long else None)},
    )  # fmt: skip

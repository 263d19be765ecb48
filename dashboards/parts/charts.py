"""Charts on a page: the report's own, with marks that can be picked to see what is behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import altair as alt
import streamlit as st

from labelqa.adapters.report import charts
from labelqa.adapters.report.chart_look import named
from labelqa.records.estimate import Estimate
from labelqa.records.summary import AnnotatorLine, BatchLine, LabelAgreement

BATCHES: Final = 12  # in the chart of batches; all are in the table
PEOPLE: Final = 40  # in the chart of annotators; all are in the table
PICK: Final = "pick"
FIELD: Final = "name"  # what every row of a chart's data is called by


def pick_mark(drawn: alt.LayerChart, *, key: str, called: Mapping[str, str], then: Callable[[str], None]) -> None:
    """A chart; ``then`` is told what was picked, before the page is laid out again. ``called``: name of a mark -> what
    it stands for."""

    def picked() -> None:
        chosen = st.session_state[key]["selection"].get(PICK) or [{}]
        name = chosen[0].get(FIELD)
        if name in called:  # a click beside the marks, or on the legend, picks nothing
            then(called[name])

    if _has_names(drawn):
        selection = alt.selection_point(name=PICK, fields=[FIELD], on="click", clear=False)
        st.altair_chart(drawn.add_params(selection), key=key, theme=None, on_select=picked, selection_mode=PICK)
    else:
        st.altair_chart(drawn, key=key, theme=None)


def _has_names(drawn: alt.LayerChart) -> bool:
    """Whether there is anything to pick: an empty chart says so in words instead."""
    return f'"{FIELD}"' in drawn.to_json(validate=False)


def batch_names(lines: Sequence[BatchLine]) -> dict[str, str]:
    """What each batch is called in the chart of batches -> its name; the chart shortens long names."""

    known = [(line.accuracy.point, line.name) for line in lines if isinstance(line.accuracy, Estimate)]
    unknown = [line.name for line in lines if not isinstance(line.accuracy, Estimate)]
    return _called([*(name for _, name in sorted(known)), *unknown][:BATCHES])


def label_names(lines: Sequence[LabelAgreement]) -> dict[str, str]:
    """What each label is called in the chart of labels -> the label."""
    return _called([line.label for line in lines])


def annotator_names(lines: Sequence[AnnotatorLine], *, measure: charts.Measure) -> dict[str, str]:
    """What each annotator is called in the chart of annotators -> the pseudonym."""
    shown = charts.first_to_look_at(lines, measure=measure)[:PEOPLE]
    return dict(zip(named([(line.name, line.person) for line in shown]), [line.person for line in shown], strict=True))


def _called(names: Sequence[str]) -> dict[str, str]:
    shown = named([(name, str(place)) for place, name in enumerate(names, start=1)])
    return dict(zip(shown, names, strict=True))

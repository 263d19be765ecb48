"""A batch taken apart: by origin, by who answered, by week, rule and field; and how pre-labels were treated."""

from __future__ import annotations

from itertools import groupby
from typing import Final

import streamlit as st

from labelqa.adapters.report.text import name_of, part_name
from labelqa.i18n import Speaker
from labelqa.records.agreement import Apart, PartAgreement
from labelqa.records.summary import AgreementReport
from parts.cards import section
from parts.tables import brief, limited, show, told
from parts.words import plain

ROWS: Final = 200


def lay_out(report: AgreementReport, say: Speaker) -> None:
    """The parts, then what became of pre-labels."""
    parts(report, say)
    unchanged(report, say)


def parts(report: AgreementReport, say: Speaker) -> None:
    """Agreement within each part, a table for each way of taking the batch apart."""
    section(say("Taken apart"), say("Agreement within each part of the batch, each with its own interval."))
    several = [(by, list(group)) for by, group in groupby(report.parts, key=lambda each: (each.apart, each.field))]
    if not several:
        st.info(say("There is nothing to take this batch apart by."))
    for place, ((apart, field), found) in enumerate(several):
        st.markdown(f"**{_heading(apart, field, say)}**")
        table(found[:ROWS], say, key=f"apart-{place}")
        limited(min(ROWS, len(found)), len(found), say)


def table(found: list[PartAgreement], say: Speaker, *, key: str) -> None:
    """Parts with their figures."""
    figures, said = told(
        {
            say("Agreement"): ([each.agreement for each in found], "percent"),
            say("Alpha"): ([each.alpha for each in found], "plain"),
        },
        say,
    )
    show(
        [
            {say("Part"): part_name(each.apart, each.name, say), say("Items"): each.items, **cells}
            for each, cells in zip(found, figures, strict=True)
        ],
        key=key,
    )
    for sentence in said:
        st.caption(plain(sentence))


def unchanged(report: AgreementReport, say: Speaker) -> None:
    """How much of what was suggested each person submitted as it was."""
    if not report.unchanged:
        return
    section(
        say("Pre-labels left unchanged"),
        say("A high share can mean good pre-labels or unread ones; only a look at the items can tell."),
    )
    shown = report.unchanged[:ROWS]
    show(
        [
            {
                say("Annotator"): each.name,
                say("Begun from a pre-label"): each.prelabelled,
                say("Left unchanged"): brief(each.share, say),
            }
            for each in shown
        ],
        key="unchanged",
    )
    limited(len(shown), len(report.unchanged), say)


def _heading(apart: Apart, field: str, say: Speaker) -> str:
    return plain(say("by {field}", field=field) if field else name_of(apart, say))

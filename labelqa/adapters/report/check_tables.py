"""The spot checks of a report: the table, and how their designs behave by a batch's true accuracy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import altair as alt

from labelqa.adapters.report import design_charts, text
from labelqa.adapters.report.design_tables import short_name
from labelqa.adapters.report.grid import Cell, Table
from labelqa.adapters.report.grid import columns as headed
from labelqa.i18n import N_, Speaker
from labelqa.records.designs import CheckLine, Decision, DesignComparison
from labelqa.records.summary import Summary

MOST_CURVES: Final = 6  # designs whose curves a report draws; the table holds every check
_DECIDED: Final[Mapping[Decision, tuple[str, str]]] = {
    Decision.ACCEPT: (N_("decided: accepted"), "good"),
    Decision.REJECT: (N_("decided: not accepted"), "bad"),
    Decision.GO_ON: (N_("not decided yet: reviewing goes on"), "warn"),
}


def checks(summary: Summary, say: Speaker) -> Table:
    """Every spot check of the period: what was read, what is decided, and the sentence to be signed."""
    columns = headed(
        (say("Sample"), "text"), (say("Design"), "text"), (say("Drawn"), "count"), (say("Verdicts"), "count"),
        (say("Read in turn"), "count"), (say("Wrong"), "count"), (say("Decision"), "text"),
        (say("Accuracy"), "percent"), (say("What is proven"), "text"),
    )  # fmt: skip
    rows = tuple(_row(line, say) for line in summary.checks)
    return Table("checks", say("Spot checks"), columns, rows, say("No sample was drawn or judged in this period."))


def _row(line: CheckLine, say: Speaker) -> tuple[Cell, ...]:
    found = line.certificate
    decided, tone = _DECIDED[found.decision]
    said = " ".join(say(each) for each in (found.statement, found.retracted) if each is not None)
    return (
        Cell("text", found.sample),
        Cell("text", short_name(found.design, say)),
        Cell("count", found.drawn),
        Cell("count", found.given),
        Cell("count", found.read),
        Cell("count", found.wrong),
        Cell("text", say(decided), tone),
        Cell("percent", found.accuracy),
        Cell("text", said),
    )


def planned(summary: Summary) -> tuple[DesignComparison, ...]:
    """The different designs of the period's checks that have curves, each with the first batch that used it."""
    known: dict[tuple[object, ...], DesignComparison] = {}
    for line in summary.checks:
        for option in line.planned.options:
            if option.curve:
                key = (option.design, option.n, option.c, line.planned.population, line.planned.accuracy)
                known.setdefault(key, line.planned)
    return tuple(known.values())[:MOST_CURVES]


def title(found: DesignComparison, say: Speaker) -> str:
    """What a pair of curves is about."""
    return say(
        "{batch}: {design}, {n} of {population} items drawn at first", batch=found.batch,
        design=short_name(found.recommended, say), n=text.count(found.options[0].n), population=text.count(found.population),
    )  # fmt: skip


def curves(found: DesignComparison, say: Speaker) -> tuple[alt.LayerChart, alt.LayerChart]:
    """The chance to accept, and the reviews it takes, by the batch's true accuracy (OC and ASN)."""
    return design_charts.acceptance(found, say), design_charts.reviews(found, say)

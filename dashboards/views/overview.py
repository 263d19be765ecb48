"""The week at a glance: what was measured, what waits for whom, what is wrong, and where it is going."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st
from altair import LayerChart
from parts.arrived import arrived
from parts.cards import alert_row, figure_card, number_card, section, waiting_batch
from parts.charts import BATCHES, batch_names, pick_mark
from parts.links import BATCH, send
from parts.start import empty_workspace
from parts.tables import brief, pick
from parts.view import recall
from parts.words import plain

from labelqa.adapters.report import charts
from labelqa.adapters.report.text import count, day, name_of
from labelqa.i18n import Speaker
from labelqa.records.finding import Severity
from labelqa.records.summary import Alert, BatchLine, Summary, TrendPoint

FIRST: Final = 5  # alerts and waiting batches shown at once; the rest unfolds
GRAVITY: Final = list(Severity)


def page() -> None:
    """Lay out the week."""
    view = recall()
    say, summary = view.say, view.summary
    period = summary.period
    st.title(say("Week {week}", week=period.name), anchor=False)
    st.caption(say(
        "{first} to {last}, days as in {zone}",
        first=day(period.first_day), last=day(period.last_day), zone=period.timezone,
    ))  # fmt: skip
    if not summary.batches and not summary.rulebooks and not summary.now.annotations and not summary.last.annotations:
        empty_workspace(say)
        return
    headline(summary, say)
    arrived(view)
    left, right = st.columns(2, gap="large")
    with left:
        waiting(summary, say)
    with right:
        alerts(summary, say)
    trends(summary, say)
    all_batches(summary, say)
    for note in summary.notes:
        st.caption(plain(say(note)))


def headline(summary: Summary, say: Speaker) -> None:
    """The figures of the week beside those of the week before."""
    now, last = summary.now, summary.last
    accuracy, agreement, labelled, settled = st.columns(4)
    with accuracy:
        figure_card(say("Accuracy of checked labels"), now.accuracy, say, before=last.accuracy)
    with agreement:
        figure_card(say("Agreement (Krippendorff's alpha)"), now.agreement, say, unit="plain", before=last.agreement)
    with labelled:
        number_card(
            say("Annotations"), count(now.annotations),
            say("{items} items by {people} annotators", items=count(now.items), people=count(now.annotators)),
            say("Week before: {n}", n=count(last.annotations)),
            *([say("{n} by people who were not qualified", n=count(now.unqualified))] if now.unqualified else []),
            *([say("{n} belong to no batch", n=count(now.unbatched))] if now.unbatched else []),
        )  # fmt: skip
    with settled:
        number_card(
            say("Batches settled"), count(now.settled),
            say("{accepted} accepted, {relabelled} to relabel, {voided} void",
                accepted=now.accepted, relabelled=now.relabelled, voided=now.voided),
            say("{n} drawn items checked", n=count(now.reviewed)),
            say("Week before: {n}", n=count(last.settled)),
        )  # fmt: skip


def waiting(summary: Summary, say: Speaker) -> None:
    """The batches that somebody has to act on, the most urgent first."""
    grave = {alert.subject: GRAVITY.index(alert.severity) for alert in reversed(by_gravity(summary))}

    def urgency(line: BatchLine) -> tuple[int, object]:
        return grave.get(f"batch:{line.name}", len(GRAVITY)), line.declared_at

    lines = sorted((line for line in summary.batches if line.next_duty), key=urgency)
    section(say("Batches awaiting action"), say("{n} batches, the most urgent first", n=len(lines)))
    if not lines:
        st.success(say("No batch waits for anybody."), icon=":material/check_circle:")
    for line in lines[:FIRST]:
        waiting_batch(line, say)
    if len(lines) > FIRST:
        st.caption(say("{n} more in the table of batches below", n=len(lines) - FIRST))


def by_gravity(summary: Summary) -> list[Alert]:
    """Alerts, errors first."""
    return sorted(summary.alerts, key=lambda alert: GRAVITY.index(alert.severity))


def alerts(summary: Summary, say: Speaker) -> None:
    """What needs somebody, the gravest first."""
    shown = by_gravity(summary)
    section(say("Alerts"), say("{n} alerts, the gravest first", n=len(shown)))
    if not shown:
        st.success(say("No alerts."), icon=":material/check_circle:")
    for place, alert in enumerate(shown[:FIRST]):
        alert_row(alert, say, place=place)
    if len(shown) > FIRST:
        with st.expander(say("More alerts: {n}", n=len(shown) - FIRST)):
            for place, alert in enumerate(shown[FIRST:], start=FIRST):
                alert_row(alert, say, place=place)


def trends(summary: Summary, say: Speaker) -> None:
    """Accuracy and agreement week by week; a picked week becomes the week of the page."""
    section(say("Week by week"), say("A mark shows the figure, its interval and n. Pick a mark to see its week."))
    left, right = st.columns(2, gap="large")
    with left:
        pick_trend(charts.accuracy_trend(summary.accuracy_trend, say), summary.accuracy_trend, key="accuracy-trend")
    with right:
        pick_trend(charts.agreement_trend(summary.agreement_trend, say), summary.agreement_trend, key="agreement-trend")


def pick_trend(drawn: LayerChart, points: Sequence[TrendPoint], *, key: str) -> None:
    """A trend whose marks lead to their weeks."""
    pick_mark(drawn, key=key, called={point.week: point.week for point in points}, then=to_week)


def to_week(week: str) -> None:
    """Show another week."""
    st.session_state["pick-week"] = week


def all_batches(summary: Summary, say: Speaker) -> None:
    """Every batch of the period with its figures; picking a row opens it."""
    section(say("Batches"), say("Pick a row to open the batch."))
    if not summary.batches:
        st.info(say("No batch was declared or worked on."))
        return
    drawn = charts.batch_accuracy(summary.batches, say, most=BATCHES)
    pick_mark(drawn, key="batch-accuracy", called=batch_names(summary.batches), then=open_batch)
    rows = [batch_row(line, say) for line in summary.batches]
    pick(rows, key="batches", then=lambda place: open_batch(summary.batches[place].name))


def open_batch(name: str) -> None:
    """Go to a batch."""
    send(BATCH, batch=name)


def batch_row(line: BatchLine, say: Speaker) -> dict[str, object]:
    """A batch as a row."""
    return {
        say("Batch"): line.name,
        say("Stage"): name_of(line.stage, say),
        say("Conclusion"): name_of(line.conclusion, say) if line.conclusion else "",
        say("Items"): line.items,
        say("Annotators"): line.annotators,
        say("Disputes open"): line.disputes_open,
        say("Checked"): f"{count(line.reviewed)} / {count(line.drawn)}" if line.drawn else "",
        say("Accuracy"): brief(line.accuracy, say),
        say("Agreement"): brief(line.alpha, say, unit="plain"),
        say("Annotating organization"): line.organizer,
    }


page()

"""The week in one value: everything that report, dashboard and ``--json`` show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.batch import Conclusion
from labelqa.records.estimate import Figure
from labelqa.records.summary import BatchLine, Period, Summary, Totals, TrendPoint
from labelqa.workflows import people, rulebooks
from labelqa.workflows.alerts import alerts
from labelqa.workflows.annotators import annotator_lines, not_watched
from labelqa.workflows.batches import unbatched, unbatched_rows
from labelqa.workflows.certifying.reported import checks_in
from labelqa.workflows.desk import Desk
from labelqa.workflows.duties.alerts import duty_alerts
from labelqa.workflows.lines import line_of
from labelqa.workflows.measures import accuracy_in, agreement_in, frozen_batches
from labelqa.workflows.periods import before, range_period, week_of, week_period, weeks_in, weeks_up_to
from labelqa.workflows.qualifying.alerts import qualification_alerts
from labelqa.workflows.state import State, read_state, shown_names

TREND_WEEKS: Final = 8


def summarise(desk: Desk, period: Period) -> Summary:
    """One period, with the one before beside it. Figures rest on frozen batches and recorded verdicts alone."""
    state, names = read_state(desk), shown_names(desk)
    weeks, window = weeks_in(period), weeks_up_to(period, TREND_WEEKS)
    lines = tuple(line_of(desk, state, batch) for batch in state.batches.values())
    left = tuple(made for _, _, made in unbatched_rows(desk))
    workers = annotator_lines(desk, state, names, weeks=weeks, window=window)
    registered = people.lines_of(state, names, min(desk.clock(), period.end))
    count, head = desk.ledger.head()
    return Summary(
        workspace=desk.settings.name, period=period, before=before(period), now=_totals(desk, state, period, lines, left),
        last=_totals(desk, state, before(period), lines, left), batches=lines, annotators=workers, people=registered,
        rulebooks=rulebooks.lines_of(state, at=min(desk.clock(), period.end)),
        accuracy_trend=tuple(TrendPoint(week=week, figure=_accuracy(desk, state, week_period(week, period.timezone))) for week in window),
        agreement_trend=tuple(TrendPoint(week=week, figure=agreement_in(desk, state, [week])) for week in window),
        alerts=alerts(
            state, batches=lines, annotators=workers, people=registered, unbatched=unbatched(desk) if left else (), start=period.start, end=period.end,
            qualified=(*qualification_alerts(desk, state, names), *duty_alerts(desk)),
        ),
        checks=checks_in(desk, state, period.start, period.end), head=head, facts=count, made_at=desk.clock().astimezone(UTC), notes=(*_notes(period), *not_watched(desk, state, weeks)),
    )  # fmt: skip


def _accuracy(desk: Desk, state: State, period: Period) -> Figure:
    return accuracy_in(desk, state, period.start, period.end)


def _totals(
    desk: Desk, state: State, period: Period, lines: tuple[BatchLine, ...], left: Sequence[datetime | None]
) -> Totals:
    made, on, by = desk.intake.activity(period.start, period.end)
    settled = [line for line in lines if line.settled_at is not None and period.start <= line.settled_at < period.end]
    ends = [line.conclusion for line in settled]
    return Totals(
        annotations=made, items=on, annotators=by, unbatched=sum(made is not None and period.start <= made < period.end for made in left),
        unqualified=_unqualified(desk, state, weeks_in(period)),
        reviewed=sum(period.start <= each.at < period.end for reviews in state.reviews.values() for each in reviews),
        settled=len(settled), accepted=ends.count(Conclusion.ACCEPT), relabelled=ends.count(Conclusion.RELABEL),
        voided=ends.count(Conclusion.VOID), agreement=agreement_in(desk, state, weeks_in(period)),
        accuracy=_accuracy(desk, state, period),
    )  # fmt: skip


def _unqualified(desk: Desk, state: State, weeks: tuple[str, ...]) -> int:
    total = 0
    for batch in frozen_batches(state):
        if batch.freeze is not None:
            tally = desk.reducer.tallies(desk.frozen.checked(batch.freeze.annotations), ("week", "qualified"))
            total += sum(
                n
                for (week, qualified), n in zip(tally.keys, tally.counts, strict=True)
                if week in weeks and qualified is False
            )
    return total


def _notes(period: Period) -> tuple[Message, ...]:
    first, last = weeks_in(period)[0], weeks_in(period)[-1]
    whole = period.first_day.isoweekday() == 1 and period.last_day.isoweekday() == 7
    if whole:
        return ()
    text = N_("agreement and annotators' figures are those of the whole weeks {first} to {last}")
    return (Message(text, {"first": first, "last": last}),)


__all__ = ["range_period", "summarise", "week_of", "week_period"]

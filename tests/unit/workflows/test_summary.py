"""The week in one value: empty workspaces, edges of weeks, trends, and nothing unknown shown as a number."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelqa.errors import WrongUsage
from labelqa.records.estimate import Estimate, Unknown
from labelqa.records.finding import Severity
from labelqa.records.review import Verdict
from labelqa.workflows.agreement import agreement_report
from labelqa.workflows.certifying.certificate import certificate_named
from labelqa.workflows.certifying.settle import settle_batch
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.draws import drawn_items
from labelqa.workflows.imports import import_gold
from labelqa.workflows.items import item_page
from labelqa.workflows.periods import before, range_period, week_of, week_period, weeks_in, weeks_up_to
from labelqa.workflows.reports import record_report, reports_folder
from labelqa.workflows.reviewing.reviews import record_review
from labelqa.workflows.summarise import summarise
from tests.building import EXECUTORS, MONDAY, Answer, account, agreeing, drawn_batch, frozen_batch, take_in

ANN, BOB, CAI = map(account, EXECUTORS)
SHANGHAI = "Asia/Shanghai"
WEEK = week_period("2026-W47", SHANGHAI)


def test_an_empty_workspace_has_a_summary_in_which_nothing_is_known(bare: Desk) -> None:
    found = summarise(bare, WEEK)
    assert (found.batches, found.annotators, found.people, found.rulebooks, found.alerts) == ((), (), (), (), ())
    assert (found.now.annotations, found.now.settled) == (0, 0)
    figures = [found.now.agreement, found.now.accuracy, found.last.agreement, found.last.accuracy]
    figures += [point.figure for point in (*found.accuracy_trend, *found.agreement_trend)]
    assert len(figures) == 4 + 16
    assert all(isinstance(each, Unknown) and str(each.message) for each in figures)
    assert (found.facts, found.head) == bare.ledger.head()


def test_a_workspace_with_open_work_only_has_a_summary(desk: Desk) -> None:
    take_in(desk, agreeing(3, at=MONDAY))
    found = summarise(desk, WEEK)
    assert (found.now.annotations, found.now.items, found.now.annotators, found.now.unbatched) == (9, 3, 3, 9)
    assert [alert.code for alert in found.alerts] == ["unbatched"]


def test_a_week_of_work_verdicts_and_a_conclusion(desk: Desk) -> None:
    drawn_batch(desk, answers=agreeing(60, at=MONDAY))
    for place, each in enumerate(drawn_items(desk, "b1")):
        said: dict[str, Any] = (
            {"verdict": Verdict.INCORRECT, "rule": "Q-01"} if not place else {"verdict": Verdict.CORRECT}
        )
        record_review(desk, "b1", each.item_id, by=each.verifier, **said)
    settle_batch(desk, "b1")
    found = summarise(desk, WEEK)
    reviewed = len(drawn_items(desk, "b1"))
    assert (found.now.reviewed, found.now.settled, found.last.settled) == (reviewed, 1, 0)
    assert found.now.accepted + found.now.relabelled == 1
    assert isinstance(found.now.accuracy, Estimate)
    assert found.now.accuracy.point == pytest.approx(1 - 1 / reviewed)
    assert isinstance(found.last.accuracy, Unknown)
    assert [point.week for point in found.accuracy_trend] == [f"2026-W{week}" for week in range(40, 48)]
    assert found.accuracy_trend[-1].figure == found.now.accuracy
    assert all(isinstance(point.figure, Unknown) for point in found.accuracy_trend[:-1])
    (check,) = found.checks
    assert (check.batch, check.certificate.given, check.certificate.wrong) == ("b1", reviewed, 1)
    assert check.certificate == certificate_named(desk, "b1")
    (option,) = check.planned.options
    assert (option.design, option.n) == (check.certificate.design, check.certificate.drawn)
    assert summarise(desk, before(WEEK)).checks == ()
    assert {line.annotations for line in found.annotators} == {60}
    assert (found.annotators[0].name, found.annotators[0].organizer) == (EXECUTORS[0], "Org")


def test_agreement_of_a_week_is_that_of_the_labels_made_in_it(desk: Desk) -> None:
    early, late = MONDAY - timedelta(days=7), MONDAY
    both = [("accept", "accept"), ("off_topic", "off_topic"), ("accept", "accept")]
    split = [("accept", "off_topic"), ("off_topic", "accept"), ("accept", "accept")]
    answers = [
        Answer(f"{week}-{place}", who, label, at=at)
        for week, pairs, at in (("e", both, early), ("l", split, late))
        for place, pair in enumerate(pairs)
        for who, label in zip((ANN, BOB), pair, strict=True)
    ]
    frozen_batch(desk, answers=answers, plan=False)
    trend = {point.week: point.figure for point in summarise(desk, WEEK).agreement_trend}
    assert isinstance(trend["2026-W46"], Estimate)
    assert trend["2026-W46"].point == 1
    assert isinstance(trend["2026-W47"], Estimate)
    assert trend["2026-W47"].point < 0.5
    report = agreement_report(desk, "b1")
    assert (report.items, report.items_with_pairs, report.annotators) == (6, 6, 2)
    assert {(each.first, each.second) for each in report.confusions} == {("accept", "off_topic")}


def test_gold_comes_from_the_register_of_the_time_of_the_freeze(desk: Desk) -> None:
    import_gold(desk, [(f"q-{place:03}", "accept") for place in range(4)])
    answers = [*agreeing(4, at=MONDAY), Answer("q-9", CAI, "accept")]
    answers[0] = Answer("q-000", ANN, "off_topic", at=MONDAY)
    frozen_batch(desk, answers=answers, plan=False)
    import_gold(desk, [("q-9", "accept")])
    lines = {line.name: line for line in summarise(desk, WEEK).annotators}
    gold = {name: line.gold for name, line in lines.items()}
    assert {name: (figure.point, figure.n) for name, figure in gold.items() if isinstance(figure, Estimate)} == {
        EXECUTORS[0]: (0.75, 4), EXECUTORS[1]: (1.0, 4), EXECUTORS[2]: (1.0, 4),
    }  # fmt: skip


def test_an_annotator_alone_has_no_agreement_and_no_gold(desk: Desk) -> None:
    frozen_batch(desk, answers=[Answer("q", ANN, "accept", at=MONDAY)], plan=False)
    (line,) = summarise(desk, WEEK).annotators
    assert (line.gold.reason, line.agreement.reason) == ("no-gold", "no-overlap")  # type: ignore[union-attr]
    assert isinstance(summarise(desk, WEEK).now.agreement, Unknown)


def test_unqualified_work_is_an_alert_of_the_gravest_kind(desk: Desk) -> None:
    frozen_batch(desk, answers=[*agreeing(3, at=MONDAY), Answer("q-000", "stranger", "accept", at=MONDAY)], plan=False)
    found = summarise(desk, WEEK)
    assert found.now.unqualified == 1
    assert [(each.code, each.severity) for each in found.alerts][:2] == [("unqualified", Severity.ERROR)] * 2
    assert {each.subject.partition(":")[0] for each in found.alerts[:2]} == {"batch", "person"}


def test_items_behind_a_number(desk: Desk) -> None:
    import_gold(desk, [("q-001", "off_topic")])
    answers = [*agreeing(6, at=MONDAY), Answer("z", ANN, "accept"), Answer("z", BOB, "off_topic")]
    frozen_batch(desk, answers=answers, plan=False)

    def ids(**asked: Any) -> list[str]:
        return [row.item_id for row in item_page(desk, "b1", **asked).rows]

    assert ids(limit=2, offset=5) == ["q-005", "z"]
    assert item_page(desk, "b1").total == 7
    assert ids(only="disputed") == ids(label="accept", against="off_topic") == ["z"]
    assert ids(only="gold-wrong") == ["q-001"]
    assert ids(only="drawn") == ids(only="incorrect") == ids(only="unqualified") == []
    with pytest.raises(WrongUsage, match="no choice of items"):
        ids(only="nonsense")


def test_a_report_is_recorded_with_its_files(bare: Desk) -> None:
    assert reports_folder(bare).is_dir()
    record_report(bare, WEEK, {"b.md": "2", "a.md": "1"}, head=bare.ledger.head()[1])  # type: ignore[dict-item]
    body = bare.ledger.facts()[-1].body
    assert (body.period, body.files) == ("2026-W47", {"a.md": "1", "b.md": "2"})


@given(
    st.dates(date(2000, 1, 3), date(2099, 12, 27)),
    st.sampled_from([SHANGHAI, "UTC", "Europe/Berlin", "America/New_York"]),
)
def test_weeks_follow_each_other_without_gap_or_overlap(day: date, zone: str) -> None:
    year, week, _ = day.isocalendar()
    period = week_period(f"{year}-W{week:02d}", zone)
    assert period.first_day <= day <= period.last_day
    assert before(period).end == period.start
    assert weeks_in(period) == (period.name,)
    tick = timedelta(microseconds=1)
    assert week_of(period.start, zone) == week_of(period.end - tick, zone) == period.name
    assert week_of(period.start - tick, zone) == before(period).name
    assert weeks_up_to(period, 2) == (before(period).name, period.name)


def test_periods_are_read_strictly() -> None:
    assert week_period("2026W47", SHANGHAI) == WEEK
    assert week_period("2026-W53", SHANGHAI).first_day == date(2026, 12, 28)
    for name in ("2026-47", "2025-W53", "2026-W00", "W47", "2026-W471"):
        with pytest.raises(WrongUsage, match="no week"):
            week_period(name, SHANGHAI)
    days = range_period(date(2026, 11, 3), date(2026, 11, 17), SHANGHAI)
    assert weeks_in(days) == ("2026-W45", "2026-W46", "2026-W47")
    assert (before(days).first_day, before(days).last_day) == (date(2026, 10, 19), date(2026, 11, 2))
    assert days.start == datetime.fromisoformat("2026-11-02T16:00:00+00:00")
    with pytest.raises(WrongUsage, match="ends"):
        range_period(date(2026, 11, 3), date(2026, 11, 2), SHANGHAI)


def test_a_broken_week_says_which_weeks_its_figures_are_of(bare: Desk) -> None:
    assert summarise(bare, WEEK).notes == ()
    days = range_period(date(2026, 11, 18), date(2026, 11, 20), SHANGHAI)
    assert "2026-W47 to 2026-W47" in str(summarise(bare, days).notes[0])

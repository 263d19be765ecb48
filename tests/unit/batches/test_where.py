"""Conditions: what parses, and what each operator means for texts, numbers, times and missing fields."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelqa.batches.where import Value, absent_fields, matcher, matches, parse_condition
from labelqa.errors import WrongUsage
from labelqa.records.batch import Condition, Operator
from labelqa.records.finding import Severity


def met(text: str, **record: Value) -> bool:
    return matches([parse_condition(text)], {name.replace("__", "."): value for name, value in record.items()})


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("data.week = 46", ("data.week", "=", "46")),
        ("data.week=46", ("data.week", "=", "46")),
        ("created_at >= 2026-11-09", ("created_at", ">=", "2026-11-09")),
        ("created_at<2026-11-09 08:00", ("created_at", "<", "2026-11-09 08:00")),
        ("project in 3,4", ("project", "in", "3,4")),
        ("data.周次 != 第46周", ("data.周次", "!=", "第46周")),
        ("meta.source contains forum in", ("meta.source", "contains", "forum in")),
        ("  release  =  a@1.0  ", ("release", "=", "a@1.0")),
        ('meta.url = "https://x/?a=1 and b=2"', ("meta.url", "=", "https://x/?a=1 and b=2")),
        ("meta.empty = ''", ("meta.empty", "=", "")),
        ("meta.inner = x=1", ("meta.inner", "=", "x=1")),
    ],
)
def test_conditions_parse(text: str, parts: tuple[str, str, str]) -> None:
    name, operator, value = parts
    assert parse_condition(text) == Condition(field=name, operator=Operator(operator), value=value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "46",
        "= 46",
        "data.week",
        "data.week =",
        "data.week == 46",
        "data.week <> 46",
        "data.week like 4%",
        "project in",
        "two words = 3",
        "data.week = 46 and project = 3",
        "data.week = 46 OR 1=1",
        "data.week = 46; DROP TABLE annotations",
        "data.week = 46 --",
    ],
)
def test_nonsense_and_sql_are_refused(text: str) -> None:
    with pytest.raises(WrongUsage):
        parse_condition(text)


@given(
    st.sampled_from(["data.week", "project", "meta.源"]),
    st.sampled_from(list(Operator)),
    st.text(st.characters(categories=("L", "N")), min_size=1, max_size=8),
)
def test_a_condition_reads_back_from_its_own_text(name: str, operator: Operator, value: str) -> None:
    condition = Condition(field=name, operator=operator, value=value)
    assert parse_condition(str(condition)) == condition


@pytest.mark.parametrize(
    ("text", "value", "holds"),
    [
        ("f = 46", 46, True),
        ("f = 46", "46", True),
        ("f = 46", "46.0", True),
        ("f = 0.1", 0.1, True),
        ("f = 9007199254740993", 9007199254740992, False),  # exact past what a double holds
        ("f = 46", "46周", False),
        ("f != 46", "046", False),
        ("f = nan", float("nan"), True),  # a text like any other
        ("f < 5", float("nan"), False),
        ("f < 100", "9", True),  # as numbers, not as texts
        ("f < 100", "9a", False),  # no order between a number and a text
        ("f >= b", "c", True),
        ("f >= b", "1", False),
        ("f < b", "a", True),
        ("f contains 周", "第46周", True),
        ("f contains A", "abc", False),
        ("f contains 4", 46, True),
        ("f in 3, 4.0", 4, True),
        ("f in a,b", "b", True),
        ("f in a,b", "a,b", False),
        ("f = true", True, True),
        ("f = 1", True, False),  # a yes is not a one
        ("f = ''", "", True),
        ("f != x", None, False),
        ("f = ٤٦", "46", False),  # only ASCII digits are numbers
    ],
)
def test_values_compare(text: str, value: Value, holds: bool) -> None:
    assert met(text, f=value) is holds


@pytest.mark.parametrize("operator", [each for each in Operator if each not in {Operator.CONTAINS, Operator.IN}])
def test_an_unknown_field_meets_no_condition(operator: Operator) -> None:
    assert not matches([Condition(field="data.nope", operator=operator, value="1")], {"project": 1})


def test_ids_are_equal_as_texts_only() -> None:
    assert not met("item_id = 7", item_id="007")
    assert met("item_id != 7", item_id="007")
    assert met("item_id in 007,8", item_id="007")
    assert met("item_id >= 7", item_id="0010")
    assert met("data__x = 7".replace("__", "."), data__x="007")


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("t = 2026-11-09", True),
        ("t != 2026-11-09", False),
        ("t <= 2026-11-09", True),
        ("t > 2026-11-09", False),
        ("t > 2026-11-08", True),
        ("t >= 2026-11-09", True),
        ("t < 2026-11-09", False),
        ("t < 2026-11-10", True),
        ("t in 2026-11-08,2026-11-09", True),
        ("t = 2026-11-09T23:30:00Z", True),
        ("t = 2026-11-10T07:30:00+08:00", True),
        ("t > 2026-11-09 23:29", True),
        ("t <= 2026-11-09 23:29", False),
        ("t = 2026-02-30", False),  # no such day: a text
    ],
)
def test_times_compare_as_instants_and_a_date_is_a_day(text: str, holds: bool) -> None:
    assert met(text, t="2026-11-09T23:30:00+00:00") is holds
    assert met(text, t=datetime(2026, 11, 9, 23, 30, tzinfo=UTC)) is holds


def test_a_day_is_cut_in_the_given_zone() -> None:
    record = {"created_at": "2026-11-09T23:30:00Z"}  # half past seven on the 10th in Shanghai
    on_the_tenth = [parse_condition("created_at >= 2026-11-10")]
    assert not matches(on_the_tenth, record)
    assert matches(on_the_tenth, record, zone=ZoneInfo("Asia/Shanghai"))


def test_all_conditions_must_hold_and_none_holds_always() -> None:
    holds = matcher([parse_condition("project = 3"), parse_condition("data.week in 46,47")])
    assert holds({"project": "3", "data.week": 47})
    assert not holds({"project": "3", "data.week": 48})
    assert matches([], {})


@given(st.one_of(st.text(max_size=20), st.integers(), st.floats(), st.booleans()), st.text(max_size=20))
def test_equality_and_its_opposite_never_agree_and_nothing_raises(value: Value, wanted: str) -> None:
    record = {"f": value}
    told = {operator: matches([Condition(field="f", operator=operator, value=wanted)], record) for operator in Operator}
    assert told[Operator.EQUAL] is not told[Operator.NOT_EQUAL]
    assert not (told[Operator.LESS] and told[Operator.MORE])


def test_fields_that_never_occurred_are_warned_about() -> None:
    conditions = [parse_condition("data.weak = 46"), parse_condition("project = 3")]
    (found,) = absent_fields(conditions, {"data.week", "project"})
    assert (found.code, found.severity, found.place.subject) == (
        "where-unknown-field",
        Severity.WARNING,
        "field:data.weak",
    )

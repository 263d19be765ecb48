"""Which annotations belong to a batch: conditions such as ``data.week = 46`` or ``created_at >= 2026-11-09``.

A record is a flat mapping of field names to texts, numbers or times: ``data.*``, ``meta.*``, ``project``, ``server``,
``item_id``, ``created_at``, ``annotator``, ``release``, ``import``. All conditions must hold. The comparison, in this
order:

- a field that the record does not have (or has as None) meets no condition, not even ``!=``;
- ``contains`` looks for a piece of text, letter case counts;
- ``item_id`` and ``annotator`` are equal or not as texts: 007 is not 7;
- two numbers compare as numbers, exactly: 46 equals 46.0;
- two times compare as instants; one without an offset is read in ``zone``. A bare date is the whole day: ``<=``
  includes it, ``>`` begins the day after;
- otherwise ``=``, ``!=`` and ``in`` compare texts, and ``<`` ``<=`` ``>`` ``>=`` compare them by code point; a number
  or time against anything else is in no order, and the condition does not hold.

Nothing is ever run as SQL or code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from math import isfinite
from operator import ge, gt, le, lt
from typing import Any, Final, TypeAlias

from labelqa.errors import Message, WrongUsage
from labelqa.records.batch import Condition, Operator
from labelqa.records.finding import Finding, Place, Severity, finding

Value: TypeAlias = str | int | float | datetime | None
Record: TypeAlias = Mapping[str, Value]

IDENTIFIERS: Final = frozenset({"item_id", "annotator"})
_SYMBOLS: Final = re.compile(r"\s*([^\s=!<>]+)\s*(!=|<=|>=|=|<|>)\s*(.*?)\s*", re.DOTALL)
_WORDS: Final = re.compile(r"\s*([^\s=!<>]+)\s+(contains|in)\s+(.*?)\s*", re.DOTALL)
_SECOND: Final = re.compile(r"\s(and|or)\s+\S+\s*[=<>!]|\s--|;\s*\w+\s", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[+-]?(\d{1,400}(\.\d{1,400})?|\.\d{1,400})([eE][+-]?\d{1,4})?", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?\s?(Z|[+-]\d\d:?\d\d)?", re.ASCII)


_COMPARE: Final[Mapping[Operator, Callable[[Any, Any], bool]]] = {
    Operator.LESS: lt,
    Operator.AT_MOST: le,
    Operator.MORE: gt,
    Operator.AT_LEAST: ge,
}


def parse_condition(text: str) -> Condition:
    """One ``--where`` as a condition; a value may stand in quotation marks, and must where it looks like a condition.

    Raises :class:`WrongUsage` for anything that is not FIELD OPERATOR VALUE.

    >>> parse_condition("project in 3,4")
    Condition(field='project', operator=<Operator.IN: 'in'>, value='3,4')
    """
    matched = _WORDS.fullmatch(text) or _SYMBOLS.fullmatch(text)
    if matched is None:
        raise WrongUsage(
            "{text!r} is not a condition: write FIELD OPERATOR VALUE, such as data.week = 46; "
            "the operators are {operators}",
            text=text,
            operators=" ".join(Operator),
        )
    name, operator, value = matched.groups()
    return Condition(field=name, operator=Operator(operator), value=_unquoted(value, text))


def _unquoted(value: str, text: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    if not value:
        raise WrongUsage('{text!r} names no value: write one after the operator, or "" for the empty text', text=text)
    if value[0] in "=<>!" or _SECOND.search(value):
        raise WrongUsage(
            "{text!r} is more than one condition: give each a --where of its own, or put the value in quotation marks",
            text=text,
        )
    return value


@dataclass(frozen=True, slots=True)
class _Reading:
    """A value as text and, where it reads so, as a number or as a stretch of time [start, end)."""

    text: str
    number: Decimal | None = None
    start: datetime | None = None
    end: datetime | None = None  # equal to start for an instant

    @property
    def plain(self) -> bool:
        return self.number is None and self.start is None


def _read(value: str | float | datetime, zone: tzinfo) -> _Reading:
    if isinstance(value, datetime):
        instant = value if value.tzinfo else value.replace(tzinfo=zone)
        return _Reading(value.isoformat(), start=instant, end=instant)
    if isinstance(value, bool):
        return _Reading("true" if value else "false")
    if isinstance(value, int | float):
        return _Reading(str(value), number=Decimal(str(value)) if isfinite(value) else None)
    if _NUMBER.fullmatch(value):
        return _Reading(value, number=Decimal(value))
    try:
        return _read_time(value, zone)
    except (ValueError, OverflowError):  # 2026-02-30, or a day at the end of the calendar: a text like any other
        return _Reading(value)


def _read_time(value: str, zone: tzinfo) -> _Reading:
    if _DAY.fullmatch(value):
        day = datetime.fromisoformat(value)
        return _Reading(value, start=day.replace(tzinfo=zone), end=(day + timedelta(days=1)).replace(tzinfo=zone))
    if _TIME.fullmatch(value):
        instant = datetime.fromisoformat(value.replace(" ", "T", 1).replace(" ", ""))
        instant = instant if instant.tzinfo else instant.replace(tzinfo=zone)
        return _Reading(value, start=instant, end=instant)
    return _Reading(value)


def matcher(conditions: Sequence[Condition], *, zone: tzinfo = UTC) -> Callable[[Record], bool]:
    """A function that says of a record whether all conditions hold; the conditions are read once."""
    tests = [(each.field, _test(each, zone)) for each in conditions]

    def holds(record: Record) -> bool:
        for name, test in tests:
            value = record.get(name)
            if value is None or not test(value):
                return False
        return True

    return holds


def matches(conditions: Sequence[Condition], record: Record, *, zone: tzinfo = UTC) -> bool:
    """Whether all conditions hold for one record; no condition at all holds for every record.

    >>> matches([parse_condition("data.week = 46")], {"data.week": "46.0"})
    True
    """
    return matcher(conditions, zone=zone)(record)


def _test(condition: Condition, zone: tzinfo) -> Callable[[str | float | datetime], bool]:
    operator, wanted = condition.operator, condition.value
    if operator is Operator.CONTAINS:
        return lambda value: wanted in _read(value, zone).text
    if operator in {Operator.EQUAL, Operator.NOT_EQUAL, Operator.IN}:
        texts = [part.strip() for part in wanted.split(",")] if operator is Operator.IN else [wanted]
        exact = condition.field in IDENTIFIERS
        readings = [_Reading(text) if exact else _read(text, zone) for text in texts]
        negated = operator is Operator.NOT_EQUAL
        return lambda value: any(_equal(_read(value, zone), each) for each in readings) is not negated
    reading = _read(wanted, zone)
    return lambda value: _ordered(operator, _read(value, zone), reading)


def _equal(value: _Reading, wanted: _Reading) -> bool:
    if value.number is not None and wanted.number is not None:
        return value.number == wanted.number
    if value.start is not None and wanted.start is not None and wanted.end is not None:
        return value.start == wanted.start or wanted.start <= value.start < wanted.end
    return value.text == wanted.text


def _ordered(operator: Operator, value: _Reading, wanted: _Reading) -> bool:
    if value.number is not None and wanted.number is not None:
        return _COMPARE[operator](value.number, wanted.number)
    if value.start is not None and wanted.start is not None and wanted.end is not None:
        return _time_ordered(operator, value.start, wanted.start, wanted.end)
    return value.plain and wanted.plain and _COMPARE[operator](value.text, wanted.text)


def _time_ordered(operator: Operator, value: datetime, start: datetime, end: datetime) -> bool:
    if start < end and operator is Operator.AT_MOST:
        return value < end
    if start < end and operator is Operator.MORE:
        return value >= end
    return _COMPARE[operator](value, start)


def absent_fields(conditions: Sequence[Condition], seen: Collection[str]) -> list[Finding]:
    """A warning for every field that stands in a condition and occurred in no record."""
    return [
        finding(
            "where-unknown-field",
            "no annotation has the field {field}, so the condition “{condition}” matches nothing",
            mend=Message("Check the spelling: data.* and meta.* name what was shown, the other fields are fixed."),
            severity=Severity.WARNING,
            place=Place(subject=f"field:{each.field}"),
            field=each.field,
            condition=str(each),
        )
        for each in conditions
        if each.field not in seen
    ]

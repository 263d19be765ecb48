"""How numbers, times and unknowns are written for a reader: the same on the page, in the text and on the command line.

A share is written in percent with as many digits as its interval deserves; what is unknown is said with its reason,
never as zero. Nothing here measures anything.
"""

from __future__ import annotations

from datetime import date, datetime
from math import floor, isfinite, log10
from typing import Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from labelqa.adapters.report.change import difference, moved
from labelqa.adapters.report.measures import coefficient_name, distance_name, is_share, part_name, scale_name
from labelqa.adapters.report.methods import method_family, method_name, method_note, methods_used
from labelqa.adapters.report.names import (
    duty_name,
    exclusion_name,
    flag_name,
    kind_name,
    name_of,
    subject_name,
)
from labelqa.i18n import Speaker
from labelqa.records.estimate import Estimate, Figure, Unknown

__all__ = [
    "Unit", "cases", "change_text", "coefficient_name", "count", "day", "decimal", "difference", "distance_name",
    "duty_name", "exclusion_name", "figure_text", "flag_name", "how", "interval", "is_share", "kind_name", "method_family",
    "method_name", "method_note", "methods_used", "moment", "moved", "name_of", "part_name", "percent", "point",
    "scale_name", "seconds", "short_digest", "signed", "subject_name", "sureness", "unknown_text",
]  # fmt: skip

Unit: TypeAlias = Literal["percent", "plain"]
NOTHING: Final = "—"  # a thing that does not apply here; never used for what is unknown
MOST_DIGITS: Final = 4


def percent(share: float, *, digits: int = 1) -> str:
    """A share (0–1) in percent; what is not quite 0 or 1 is never rounded to it.

    >>> percent(0.932), percent(1.0), percent(0.99996), percent(0.0000001)
    ('93.2%', '100.0%', '99.996%', '<0.0001%')
    """
    hundred = 100 * _finite(share)
    while digits <= MOST_DIGITS:
        rounded = round(hundred, digits)
        if hundred == rounded or abs(rounded) not in (0.0, 100.0):
            return f"{rounded:.{digits}f}%"
        digits += 1
    step = 10.0**-MOST_DIGITS
    return f"<{step:.{MOST_DIGITS}f}%" if abs(hundred) < step else f">{100 - step:.{MOST_DIGITS}f}%"


def decimal(value: float) -> str:
    """A coefficient with three decimals and a true minus sign.

    >>> decimal(0.81249), decimal(-0.05)
    ('0.812', '−0.050')
    """
    text = f"{_finite(value):.3f}"
    return "0.000" if text == "-0.000" else text.replace("-", "−")


def count(number: int) -> str:
    """A count with thousands set apart.

    >>> count(1234567)
    '1,234,567'
    """
    return f"{number:,}"


def seconds(value: float, say: Speaker) -> str:
    """A time span of labeling, in seconds."""
    return say("{seconds} s", seconds=f"{_finite(value):.1f}" if value < 10 else f"{_finite(value):,.0f}")


def point(figure: Figure, say: Speaker, *, unit: Unit = "percent") -> str:
    """The figure itself, without its interval; for an unknown one, the word and the reason.

    >>> point(Unknown(reason="no-reviews"), Speaker("en"))
    'unknown'
    """
    if isinstance(figure, Unknown):
        return unknown_text(figure, say)
    return _written(figure.point, figure, unit)


def interval(figure: Estimate, *, unit: Unit = "percent") -> str:
    """The interval in brackets, without the percent sign, with the digits of the point.

    >>> interval(Estimate(point=0.932, low=0.901, high=0.956, confidence=0.95, method="wilson", n=250))
    '[90.1, 95.6]'
    """
    low, high = (_written(end, figure, unit).removesuffix("%") for end in (figure.low, figure.high))
    return f"[{low}, {high}]"


def sureness(figure: Estimate, say: Speaker) -> str:
    """How sure a figure is, after its interval: number of cases, confidence and method."""
    return say("{cases}, {how}", cases=cases(figure, say), how=how(figure, say))


def cases(figure: Figure, say: Speaker) -> str:
    """How many cases are behind a figure."""
    return say("n = {n}", n=count(figure.n))


def how(figure: Estimate, say: Speaker) -> str:
    """A figure's confidence and method."""
    named = method_name(figure.method, say)
    return say("{confidence} {method}", confidence=whole(figure.confidence), method=named)


def figure_text(figure: Figure, say: Speaker, *, unit: Unit = "percent") -> str:
    """The whole figure in one line: point, interval, n, confidence and method; or unknown with its reason.

    >>> week = Estimate(point=0.932, low=0.901, high=0.956, confidence=0.95, method="wilson", n=250)
    >>> figure_text(week, Speaker("en"))
    '93.2% [90.1, 95.6], n = 250, 95% Wilson'
    """
    if isinstance(figure, Unknown):
        return unknown_text(figure, say)
    shown, ends = point(figure, say, unit=unit), interval(figure, unit=unit)
    return say("{point} {interval}, {rest}", point=shown, interval=ends, rest=sureness(figure, say))


def unknown_text(figure: Unknown, say: Speaker) -> str:
    """The word unknown, and why."""
    if not figure.message.text:
        return say("unknown")
    return say("unknown ({reason})", reason=say(figure.message).strip().rstrip(".。"))


def signed(value: float, *, unit: Unit = "percent") -> str:
    """A difference with its sign: percentage points with one decimal, or three decimals.

    >>> signed(0.0312), signed(-0.05, unit="plain")
    ('+3.1', '−0.050')
    """
    text = f"{100 * _finite(value):+.1f}" if unit == "percent" else f"{_finite(value):+.3f}"
    return (text.lstrip("+-") if not float(text) else text).replace("-", "−")


def change_text(change: Figure, say: Speaker, *, unit: Unit = "percent") -> str:
    """How much a figure moved, with an arrow only where the interval leaves out zero."""
    if isinstance(change, Unknown):
        return unknown_text(change, say)
    arrow = {1: "▲", -1: "▼", 0: "≈"}[moved(change)]
    parts = {
        "arrow": arrow,
        "point": signed(change.point, unit=unit),
        "low": signed(change.low, unit=unit),
        "high": signed(change.high, unit=unit),
    }
    if unit == "percent":
        return say("{arrow} {point} points [{low}, {high}]", **parts)
    return say("{arrow} {point} [{low}, {high}]", **parts)


def moment(when: datetime | None, zone: str) -> str:
    """A time in the workspace's time zone, to the minute; a dash where there is none.

    >>> from datetime import UTC
    >>> moment(datetime(2026, 11, 20, 2, 5, tzinfo=UTC), "Asia/Shanghai")
    '2026-11-20 10:05'
    """
    if when is None:
        return NOTHING
    return when.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def day(when: date | datetime | None, zone: str = "UTC") -> str:
    """A day, of the workspace's time zone where a time is given."""
    if isinstance(when, datetime):
        return moment(when, zone)[:10]
    return NOTHING if when is None else when.isoformat()


def offset(when: datetime, zone: str) -> str:
    """How far the time zone is from UTC at that time.

    >>> from datetime import UTC
    >>> offset(datetime(2026, 11, 20, tzinfo=UTC), "Asia/Shanghai")
    'UTC+08:00'
    """
    text = when.astimezone(ZoneInfo(zone)).strftime("%z")
    return f"UTC{text[:3]}:{text[3:]}"


def whole(share: float) -> str:
    """A confidence: percent without needless decimals.

    >>> whole(0.95), whole(0.975)
    ('95%', '97.5%')
    """
    return f"{100 * share:.4g}%"


def short_digest(digest: str) -> str:
    """The first twelve letters of a digest."""
    return digest[:12]


def _written(value: float, figure: Estimate, unit: Unit) -> str:
    return decimal(value) if unit == "plain" else percent(value, digits=_digits(figure))


def _digits(figure: Estimate) -> int:
    """Decimals of a percent: one, or more where the interval is narrower than one percentage point."""
    width = 100 * (_finite(figure.high) - _finite(figure.low))
    return 1 if width <= 0 else min(max(1, 1 - floor(log10(width))), MOST_DIGITS)


def _finite(value: float) -> float:
    if not isfinite(value):
        raise ValueError("a number that is not finite cannot be reported; what is unknown travels as Unknown")
    return value

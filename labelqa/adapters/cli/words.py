"""What may stand behind an option: shares, counts, releases, conditions, days; each refusal says what was expected."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from math import isfinite, nan
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import click

from labelqa.errors import Message, WrongUsage
from labelqa.i18n import LANGS, N_

if TYPE_CHECKING:
    Word: TypeAlias = click.ParamType[Any]  # generic in newer releases of click only
else:
    Word = click.ParamType


EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)  # a time outside is a slip that no calendar could show
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
LARGEST: Final = 2**63 - 1  # that SQLite, DuckDB and PostgreSQL hold


def name_of(param: click.Parameter | None) -> str:
    """The option or argument as it is typed."""
    if param is None:
        return ""
    return param.opts[0] if isinstance(param, click.Option) else (param.name or "").upper()


def not_a(expected: Message, got: object, param: click.Parameter | None) -> WrongUsage:
    """The refusal of a word."""
    return WrongUsage(
        N_("{name}: expected {expected}, got {got!r}."), name=name_of(param), expected=expected, got=str(got)
    )


class OneOf(Word):
    """One of some words, and the enum value behind it when there is one."""

    def __init__(self, words: Sequence[str], kind: type[StrEnum] | None = None) -> None:
        self.words = [str(word) for word in words]
        self.kind = kind
        self.name = "|".join(self.words)

    @classmethod
    def named(cls, kind: type[StrEnum]) -> OneOf:
        """One of an enum's values."""
        return cls(list(kind), kind)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ARG002
        if value not in self.words:
            raise not_a(Message(N_("one of {words}"), {"words": ", ".join(self.words)}), value, param)
        return self.kind(value) if self.kind else value


class Listed(Word):
    """Words separated by commas, each one of some."""

    def __init__(self, one: OneOf) -> None:
        self.one = one
        self.name = f"{one.name},…"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not isinstance(value, str):
            return value
        return tuple(
            dict.fromkeys(self.one.convert(part.strip(), param, ctx) for part in value.split(",") if part.strip())
        )


class Share(Word):
    """A share between 0 and 1."""

    name = "0–1"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ARG002
        try:
            share = float(value)
        except ValueError:
            share = -1.0
        if not 0 <= share <= 1:
            raise not_a(Message(N_("a share between 0 and 1, such as 0.95")), value, param)
        return share


class Whole(Word):
    """A whole number from ``least`` on, up to ``most`` when there is one, and never more than a database holds."""

    name = "N"

    def __init__(self, least: int = 1, most: int | None = None) -> None:
        self.least, self.most = least, most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:  # noqa: ARG002
        try:
            number = int(value)
        except ValueError:
            number = self.least - 1
        most = LARGEST if self.most is None else self.most
        if number > most or (number < self.least and self.most is not None):
            told = {"least": self.least, "most": most}
            raise not_a(Message(N_("a whole number from {least} to {most}"), told), value, param)
        if number < self.least:
            raise not_a(Message(N_("a whole number, {least} or more"), {"least": self.least}), value, param)
        return number


class Number(Word):
    """A number."""

    name = "X"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ARG002
        try:
            number = float(value)
        except ValueError:
            number = nan
        if not isfinite(number):
            raise not_a(Message(N_("a number such as 2.5")), value, param)
        return number


class ReleaseWord(Word):
    """NAME@VERSION."""

    name = "NAME@VERSION"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002
        if not re.fullmatch(r"[^@\s]+@[^@\s]+", str(value)):
            raise not_a(Message(N_("a release such as genai-safety@1.0.0")), value, param)
        return str(value)


class PairWord(Word):
    """KEY=VALUE, and with ``many`` several of them with commas between."""

    def __init__(self, name: str, *, many: bool = False) -> None:
        self.name = name
        self.many = many

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ARG002
        if not isinstance(value, str):
            return value
        pairs = [part.partition("=") for part in (value.split(",") if self.many else [value])]
        if not all(key.strip() and told.strip() for key, _, told in pairs):
            raise not_a(Message("{form}", {"form": self.name}), value, param)
        found = {key.strip(): told.strip() for key, _, told in pairs}
        return found if self.many else next(iter(found.items()))


class ConditionWord(Word):
    """FIELD OPERATOR VALUE, as in ``data.week = 2026-W46``."""

    name = "CONDITION"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ARG002
        from labelqa.workflows.conditions import read_condition

        return read_condition(str(value))


class DayWord(Word):
    """A day such as 2026-11-16."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:  # noqa: ARG002
        try:
            return _sensible(date.fromisoformat(str(value)))
        except ValueError:
            raise not_a(Message(N_("a day such as 2026-11-16")), value, param) from None


class MomentWord(Word):
    """A day or a time; without an offset it is read in the workspace's time zone."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:  # noqa: ARG002
        try:
            moment = datetime.fromisoformat(str(value))
            if not EARLIEST <= in_zone(moment, UTC, moment) <= LATEST:
                raise ValueError(str(value))
            return moment
        except ValueError:
            raise not_a(Message(N_("a time such as 2026-11-16 or 2026-11-16T09:30+08:00")), value, param) from None


class WeekWord(Word):
    """An ISO week such as 2026-W47."""

    name = "YYYY-Www"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002
        try:
            _sensible(date.fromisoformat(f"{value}-1"))
        except ValueError:
            raise not_a(Message(N_("a week such as 2026-W47")), value, param) from None
        return str(value)


class PathWord(Word):
    """A file or folder; whether it is there is asked by the reader, which has the better sentence."""

    def __init__(self, name: str) -> None:
        self.name = name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:  # noqa: ARG002
        return Path(value)


def _sensible(day: date) -> date:
    """The day; raises ValueError outside 1970 … 2199."""
    if not EARLIEST.date() <= day < LATEST.date():
        raise ValueError(str(day))
    return day


def in_zone(moment: datetime | None, zone: tzinfo, now: datetime) -> datetime:
    """The moment in UTC; ``now`` when none was said. Raises ValueError outside 1970 … 2200, a day of grace for zones.

    >>> from zoneinfo import ZoneInfo
    >>> in_zone(datetime(2026, 11, 16), ZoneInfo("Asia/Shanghai"), datetime.now(UTC)).isoformat()
    '2026-11-15T16:00:00+00:00'
    """
    if moment is None:
        return now
    try:
        found = (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(str(moment)) from error
    if not EARLIEST - timedelta(days=1) <= found <= LATEST + timedelta(days=1):
        raise ValueError(str(moment))
    return found


class TextWord(Word):
    """Any text."""

    name = "TEXT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002
        return str(value)


TEXT = TextWord()
FILE = PathWord("FILE")
FOLDER = PathWord("DIR")
LANG = OneOf(LANGS)

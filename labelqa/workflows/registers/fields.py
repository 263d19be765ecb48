"""What each register asks for, and what is wrong with an entry that does not say it.

GB/T 45674—2025, chapter 5, asks for the records; which fields they have is this team's form of them. An entry may hold
further fields. Nothing here reads or writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from labelqa.errors import Message
from labelqa.records.registers import Register

OPEN: Final = "open"  # instead of a day: not fixed yet
EVERY: Final = "*"  # every batch
_ENTRY: Final = re.compile(r"[^\W_][\w.:@/+-]{0,119}")
_FIELD: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_LONGEST: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a register asks of an entry."""

    asked: tuple[str, ...] = ()  # fields that must be there
    one_of: tuple[tuple[str, ...], ...] = ()  # of each group one at least
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    days: tuple[str, ...] = ()  # fields that hold an ISO day
    about: Register | None = None  # what it must be about
    until: bool = False  # whether it must say when it ends or is due again


ON_SITE, REMOTE = "on-site", "remote"
PEOPLE: Final = "people"  # the field that names people, by pseudonym
FORMS: Final[Mapping[Register, Form]] = {
    Register.PLATFORM: Form(asked=("name", "version", "owner")),
    Register.ASSESSMENT: Form(asked=("assessor", "result"), about=Register.PLATFORM, until=True),
    Register.FIX: Form(asked=("vulnerability", "found", "fixed"), days=("found", "fixed"), about=Register.PLATFORM),
    Register.SITE: Form(asked=("kind",), choices={"kind": (ON_SITE, REMOTE)}, one_of=((PEOPLE, "organizer"),)),
    Register.CHANNEL: Form(asked=("device", "channel")),
    Register.ISOLATION: Form(asked=("where", "how")),
    Register.MODEL: Form(asked=("name", "version", "provider"), one_of=(("filing", "reason"),)),
    Register.CONTRACT: Form(asked=("party", "term"), until=True),
}
SITE_ASKS: Final[Mapping[str, tuple[str, ...]]] = {ON_SITE: ("zoning", "access"), REMOTE: ()}


def is_id(text: str) -> bool:
    """Whether a text can be the id of an entry, an incident or a risk.

    >>> is_id("platform:label-studio"), is_id("two words")
    (True, False)
    """
    return _ENTRY.fullmatch(text) is not None


def wrong(
    register: Register,
    entry: str,
    title: str,
    data: Mapping[str, str],
    *,
    about: Register | None,
    since: date | None,
    until: date | None,
) -> list[Message]:
    """Everything that is wrong with an entry as it stands; [] for nothing. ``about``: the register of what it is about.

    >>> [str(each) for each in wrong(Register.CONTRACT, "c1", "t", {"party": "x", "term": "a year"}, about=None,
    ...                              since=None, until=date(2027, 1, 1))]
    []
    """
    return [
        *_outline(entry, title, data),
        *_missing(register, data, about),
        *_shapes(FORMS[register], data),
        *_dates(register, since, until),
    ]


def _outline(entry: str, title: str, data: Mapping[str, str]) -> Iterator[Message]:
    if not is_id(entry):
        yield Message(
            "{entry} is no id of an entry: letters, digits and . : @ / + - _, such as platform:label-studio",
            {"entry": entry},
        )
    if not title.strip():
        yield Message("an entry needs a title")
    for name, value in data.items():
        if not _FIELD.fullmatch(name):
            yield Message("{field} is no name of a field: small letters, digits and hyphens", {"field": name})
        if len(value) > _LONGEST:
            yield Message(
                "field {field} is longer than {most} characters: attach a file", {"field": name, "most": 2000}
            )


def _missing(register: Register, data: Mapping[str, str], about: Register | None) -> Iterator[Message]:
    form = FORMS[register]
    asked = form.asked + (SITE_ASKS.get(data.get("kind", ""), ()) if register is Register.SITE else ())
    if gone := [name for name in asked if not data.get(name, "").strip()]:
        yield Message(
            "the register {register} asks for the fields {fields}: give each with --field NAME=VALUE",
            {"register": str(register), "fields": ", ".join(gone)},
        )
    for group in form.one_of:
        if not any(data.get(name, "").strip() for name in group):
            yield Message(
                "the register {register} asks for one of the fields {fields}: give it with --field NAME=VALUE",
                {"register": str(register), "fields": ", ".join(group)},
            )
    if register is Register.CHANNEL and not data.get(PEOPLE) and about is not Register.SITE:
        yield Message("a channel belongs to people or to a site: give --field people=NAME,… or --about SITE-ENTRY")
    if form.about is not None and about is not form.about:
        yield Message(
            "an entry of {register} is about an entry of {other}: name it with --about",
            {"register": str(register), "other": str(form.about)},
        )


def _shapes(form: Form, data: Mapping[str, str]) -> Iterator[Message]:
    for name, words in form.choices.items():
        if data.get(name, "") not in ("", *words):
            yield Message(
                "field {field} is one of {words}, not {value}",
                {"field": name, "words": ", ".join(words), "value": data[name]},
            )
    for name in form.days:
        if data.get(name) and not _day(data[name]) and (name, data[name]) != ("fixed", OPEN):
            yield Message(
                "field {field} is a day such as 2026-11-16, not {value}; what is not fixed yet says fixed=open",
                {"field": name, "value": data[name]},
            )
    found, fixed = _day(data.get("found", "")), _day(data.get("fixed", ""))
    if found and fixed and fixed < found:
        yield Message("fixed on {fixed}, before it was found on {found}", {"fixed": fixed, "found": found})


def _dates(register: Register, since: date | None, until: date | None) -> Iterator[Message]:
    if FORMS[register].until and until is None:
        yield Message(
            "an entry of {register} says with --until when it ends or is due again", {"register": str(register)}
        )
    if since and until and until < since:
        yield Message("it ends on {until}, before it begins on {since}", {"until": until, "since": since})


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

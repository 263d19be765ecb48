"""Showing people by pseudonym: the desk at which nobody has a name, and names taken out of texts.

Whoever is looked up at such a desk is found under the pseudonym alone. Texts that people typed (a batch's name, a
reason) may still hold a name: those are gone over word by word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar, cast

from labelqa.errors import BadInput, Message
from labelqa.i18n import N_
from labelqa.records.summary import Period, Summary
from labelqa.workflows.desk import Desk

Value = TypeVar("Value")


def pseudonymous(desk: Desk) -> Desk:
    """The same workspace, at which people have pseudonyms only."""
    return replace(desk, pseudonyms=True)


def shown(desk: Desk, value: Value) -> Value:
    """What was worked out at a desk as it may be shown there: as it is, or veiled at one that shows pseudonyms."""
    return veiled(desk, value) if desk.pseudonyms else value


def summary_shown(desk: Desk, period: Period) -> Summary:
    """One period as it may be shown at a desk; where nobody is named there, it says so."""
    from labelqa.workflows.summarise import summarise

    summary = shown(desk, summarise(desk, period))
    if not desk.pseudonyms:
        return summary
    return replace(summary, pseudonyms=True, notes=(*summary.notes, Message(N_("people are named by pseudonym"))))


def veiled(desk: Desk, value: Value) -> Value:
    """The record with every known name or account in its texts replaced by the pseudonym, however deep it stands.

    A single character is replaced only where it is the whole text; an account that is a number never, since it could
    be any number.
    """
    known = dict(desk.ledger.identities.names())
    told = {name: str(person) for person, name in known.items()}
    told |= {
        account: str(person)
        for (_, account), person in desk.ledger.identities.accounts().items()
        if not account.isdigit()
    }
    return cast(Value, _veil(value, _veiler(told)))


def for_ever(desk: Desk, text: str) -> str:
    """A text that goes into a fact as it is, without blanks around it; BadInput where it names somebody.

    What stands in a fact can never be erased, so nobody's name may.
    """
    if veiled(desk, text) != text:
        raise BadInput("a reason stays in the ledger for good, and this one names somebody: write it without the name")
    return text.strip()


def _veiler(told: Mapping[str, str]) -> Callable[[str], str]:
    words = sorted((word for word in told if len(word) > 1), key=len, reverse=True)
    if not words:
        return lambda text: told.get(text, text)
    # a Latin name is a word of its own; Chinese has no blanks between words
    each = (
        rf"\b{re.escape(word)}\b" if word.isascii() and word[0].isalnum() and word[-1].isalnum() else re.escape(word)
        for word in words
    )
    pattern = re.compile("|".join(each))
    return lambda text: told.get(text) or pattern.sub(lambda found: told[found.group()], text)


def _veil(value: Any, over: Callable[[str], str]) -> Any:
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return over(value)
    if isinstance(value, Message):
        return Message(value.text, _veil(dict(value.values), over))
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value, **{each.name: _veil(getattr(value, each.name), over) for each in fields(value) if each.init}
        )
    if isinstance(value, Mapping):
        return {_veil(key, over): _veil(part, over) for key, part in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(_veil(part, over) for part in value))
    if isinstance(value, tuple | list | set | frozenset):
        return type(value)(_veil(part, over) for part in value)
    return value

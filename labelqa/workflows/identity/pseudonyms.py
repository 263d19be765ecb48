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

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.summary import Period, Summary
from labelqa.workflows.desk import Desk
from labelqa.workflows.summarise import summarise

Value = TypeVar("Value")


def pseudonymous(desk: Desk) -> Desk:
    """The same workspace, at which people have pseudonyms only."""
    return replace(desk, pseudonyms=True)


def summarise_veiled(desk: Desk, period: Period) -> Summary:
    """One period in which nobody is named: for readers who need not know who it was."""
    summary = veiled(desk, summarise(pseudonymous(desk), period))
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
    if isinstance(value, tuple | list | set | frozenset):
        return type(value)(_veil(part, over) for part in value)
    return value

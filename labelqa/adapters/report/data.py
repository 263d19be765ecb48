"""A record as plain data for other programs: the JSON of the report and of the command line's ``--json``.

Field names are those of the records and stay the same in both languages; only sentences are said in the reader's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from math import isfinite
from typing import Any

import msgspec

from labelqa.errors import Message
from labelqa.i18n import Lang, render


def plain(value: Any, lang: Lang) -> Any:
    """A record as dicts, lists, texts and numbers; messages as sentences, times in ISO 8601 UTC.

    Raises ValueError for a number that is not finite: what is unknown travels as an ``Unknown`` row.

    >>> from labelqa.records.estimate import Unknown
    >>> plain(Unknown(reason="no-overlap", message=Message("nothing shared")), "en")
    {'reason': 'no-overlap', 'message': 'nothing shared', 'n': 0}
    """
    if isinstance(value, Message):
        return render(value, lang)
    if is_dataclass(value):
        return {each.name: plain(getattr(value, each.name), lang) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(part, lang) for key, part in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(part, lang) for part in value]
    if isinstance(value, (set, frozenset)):
        return sorted(plain(part, lang) for part in value)
    return _single(value)


def _single(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, float) and not isfinite(value):
        raise ValueError("a number that is not finite cannot be reported; what is unknown travels as Unknown")
    if isinstance(value, (datetime, date)):
        return msgspec.to_builtins(value)
    return value


def render_json(value: Any, lang: Lang) -> str:
    """A record as indented JSON in the order of its fields, ended by a line break.

    >>> print(render_json({"n": 3}, "en"), end="")
    {
      "n": 3
    }
    """
    return msgspec.json.format(msgspec.json.encode(plain(value, lang)), indent=2).decode() + "\n"

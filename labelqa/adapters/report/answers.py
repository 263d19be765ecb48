"""Stored answers in few words: labels, paths, rankings, and what was marked where; never a line of JSON.

A text that is not such an answer is shown as it is.
"""

from __future__ import annotations

import json
from typing import Any, Final

from labelqa.i18n import Speaker

MOST: Final = 6  # parts of one answer; the rest is counted
_LONG: Final = 24  # letters of a marked text


def answer_text(answer: str, say: Speaker) -> str:
    """An answer for a reader.

    >>> say = Speaker("en")
    >>> answer_text("off_topic", say), answer_text('["a","b"]', say), answer_text("[]", say)
    ('off_topic', 'a, b', 'nothing marked')
    >>> answer_text('[{"start":3,"end":9,"labels":["drug"],"text":"aspirin"}]', say)
    'drug “aspirin”'
    """
    if answer[:1] not in ("[", "{"):
        return answer
    try:
        value = json.loads(answer)
    except (ValueError, RecursionError):
        return answer
    if isinstance(value, dict):
        value = [{"labels": [bucket], "items": held} for bucket, held in value.items()]
    if not isinstance(value, list):
        return answer
    if not value:
        return say("nothing marked")
    shown = [_part(part) for part in value[:MOST]]
    if len(value) > MOST:
        shown.append(say("{n} more", n=len(value) - MOST))
    return say(", ").join(shown)


def _part(part: Any) -> str:
    """One label, path or region."""
    if isinstance(part, list):
        return "/".join(map(str, part))
    if not isinstance(part, dict):
        return str(part)
    labels = "+".join(map(str, part.get("labels") or ())) or "·"
    where = _where(part)
    return f"{labels} {where}" if where else labels


def _where(part: dict[str, Any]) -> str:
    """What a region holds, else where it lies."""
    if "items" in part:
        return ">".join(map(str, part["items"])) if isinstance(part["items"], list) else str(part["items"])
    if isinstance(part.get("text"), str) and part["text"].strip():
        return f"“{_cut(part['text'])}”"
    if "from" in part and "to" in part:
        return f"{part['from']} → {part['to']}"
    if "start" in part and "end" in part:
        return f"{_number(part['start'])}–{_number(part['end'])}"
    if "x" in part and "y" in part:
        sides = f" {_number(part['width'])}×{_number(part['height'])}" if {"width", "height"} <= part.keys() else ""
        return f"@{_number(part['x'])},{_number(part['y'])}{sides}"
    return ""


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONG else f"{line[: _LONG - 1]}…"


def _number(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, int | float) else str(value)

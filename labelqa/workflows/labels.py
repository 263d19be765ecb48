"""From a stored answer to a label: which control counts, and how a structured answer is spelled."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from labelqa.records.annotation import LABEL


@lru_cache(maxsize=4096)
def answers(value: str) -> dict[str, Any]:
    """The answers of an annotation by control; do not change what comes back."""
    found = json.loads(value)
    return found if isinstance(found, dict) else {}


def label_of(found: dict[str, Any], control: str) -> str | None:
    """The answer of one control as a label: a text as it is, anything structured as canonical JSON; None when absent.

    Files with a single label column answer every control.

    >>> label_of({"quality": "accept"}, "quality"), label_of({"label": ["a", "b"]}, "quality"), label_of({}, "quality")
    ('accept', '["a","b"]', None)
    """
    answer = found.get(control, found.get(LABEL))
    if answer is None or isinstance(answer, str):
        return answer
    return json.dumps(answer, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def is_structured(found: dict[str, Any], control: str) -> bool:
    """Whether the answer of a control is no label at all: spans, boxes, paths, a list or a number.

    >>> is_structured({"q": ["a"]}, "q"), is_structured({"q": "[a]"}, "q")
    (True, False)
    """
    return not isinstance(found.get(control, found.get(LABEL)), str)


def shown_content(data: str) -> dict[str, str]:
    """What an item showed, field by field, as texts.

    >>> shown_content('{"prompt": "hello", "n": 3}')
    {'prompt': 'hello', 'n': '3'}
    """
    found = json.loads(data)
    if not isinstance(found, dict):
        return {}
    return {
        name: each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for name, each in found.items()
    }

"""Answers as they are stored: a plain word, or JSON where the answer has parts; what every distance reads.

A plain table keeps "4" or a transcript as it is, a labeling tool keeps ``["A","B"]``. Both are understood. A text that
merely begins with a bracket and is no JSON is a plain text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any, Never

import numpy as np

from labelqa.records.reductions import Floats


def parsed(text: str) -> Any:
    """A list or an object where the text is JSON of one, else the text itself.

    >>> parsed('["a","b"]'), parsed("[laughs] well"), parsed("4")
    (['a', 'b'], '[laughs] well', '4')
    """
    if text.lstrip()[:1] in ("[", "{"):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    return text


def refuse(text: str, expected: str) -> Never:
    """ValueError saying what a stored answer should have been."""
    raise ValueError(f"expected {expected}, not {text[:80]!r}")


def one_text(value: Any) -> str:
    """A part of an answer as one text: a text as it is, anything else as its canonical JSON."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def number(text: str) -> float:
    """The finite number that a text says; ValueError otherwise.

    >>> number(" 73.5 ")
    73.5
    """
    try:
        value = float(text)
    except ValueError:
        refuse(text, "a number")
    if not isfinite(value) or "_" in text:
        refuse(text, "a finite number")
    return value


def beside(ones: Sequence[Any], others: Sequence[Any]) -> None:
    """ValueError unless both have as many answers."""
    if len(ones) != len(others):
        raise ValueError(f"answers are compared one to one, not {len(ones)} with {len(others)}")


def each_distinct(ones: Sequence[Any], others: Sequence[Any], measure: Callable[[Any, Any], float]) -> Floats:
    """``measure`` of every pair, (pairs,); worked out once for every two answers that occur. Answers are hashable.

    >>> each_distinct([1, 1, 2], [2, 2, 2], lambda one, other: abs(one - other))
    array([1., 1., 0.])
    """
    beside(ones, others)
    known: dict[tuple[Any, Any], float] = {}
    found = np.empty(len(ones), dtype=np.float64)
    for at, pair in enumerate(zip(ones, others, strict=True)):
        value = known.get(pair)
        if value is None:
            value = known[pair] = measure(*pair)
        found[at] = value
    return found

"""How the numbers were made: the name of every method, and a sentence that explains it.

A method's code may carry a number of its own, such as its degrees of freedom; a code that is not known here is shown
as it is, never hidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Final

from labelqa.adapters.report.methods.agreement import AGREEMENT
from labelqa.adapters.report.methods.checks import CHECKS
from labelqa.adapters.report.methods.clarity import CLARITY
from labelqa.adapters.report.methods.entry import Method
from labelqa.adapters.report.methods.items import ITEMS
from labelqa.adapters.report.methods.numbers import NUMBERS
from labelqa.adapters.report.methods.shares import SHARES
from labelqa.i18n import Speaker
from labelqa.records.estimate import Estimate

__all__ = ["METHODS", "Method", "method_family", "method_name", "method_note", "methods_used"]

METHODS: Final[tuple[Method, ...]] = (*SHARES, *CHECKS, *AGREEMENT, *NUMBERS, *CLARITY, *ITEMS)
INNER: Final = "inner"  # the place of another method's code


def method_name(code: str, say: Speaker) -> str:
    """What a method is called, with its own numbers; its code where it has no name here.

    >>> method_name("gwet-linearised, t(11)", Speaker("en"))
    'linearised, t(11)'
    >>> method_name("rogan-gladen of wilson", Speaker("en"))
    "corrected for reviewers' errors, Wilson"
    """
    method, numbers = _known(code)
    if method is None:
        return code
    return say(method.name, **{place: _part(place, part, say) for place, part in numbers.items()})


def _part(place: str, part: str, say: Speaker) -> str:
    return method_name(part, say) if place == INNER else part


def method_family(code: str, say: Speaker) -> str:
    """What a method is called without its own numbers."""
    method, _ = _known(code)
    return say(method.kind) if method else code


def method_note(code: str, say: Speaker) -> str:
    """How a method works, in a sentence; nothing where it is not described here."""
    method, _ = _known(code)
    return say(method.note) if method else ""


def methods_used(value: Any) -> list[tuple[str, tuple[float, ...]]]:
    """The methods of all estimates inside a record, one code for each kind, with the confidences they are stated at."""
    found: dict[str, tuple[str, set[float]]] = {}
    for estimate in _estimates(value):
        method, _ = _known(estimate.method)
        found.setdefault(method.kind if method else estimate.method, (estimate.method, set()))[1].add(
            estimate.confidence
        )
    return [(code, tuple(sorted(confidences))) for _, (code, confidences) in sorted(found.items())]


@cache
def _known(code: str) -> tuple[Method | None, dict[str, str]]:
    for method in METHODS:
        if fits := re.fullmatch(method.pattern, code):
            return method, fits.groupdict()
    return None, {}


def _estimates(value: Any) -> Iterator[Estimate]:
    if isinstance(value, Estimate):
        yield value
    elif is_dataclass(value):
        for each in fields(value):
            yield from _estimates(getattr(value, each.name))
    elif isinstance(value, tuple):
        for part in value:
            yield from _estimates(part)

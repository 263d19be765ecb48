"""How the numbers were made: the name of every method, and a sentence that explains it.

A method's code may carry a number of its own, such as its degrees of freedom; a code that is not known here is shown
as it is, never hidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any, Final

from labelqa.i18n import N_, Speaker
from labelqa.records.estimate import Estimate


@dataclass(frozen=True, slots=True)
class Method:
    """A method: the pattern of its codes, what it is called with its own numbers and without, how it works."""

    pattern: str
    name: str
    family: str
    note: str


METHODS: Final[tuple[Method, ...]] = (
    Method(
        r"wilson",
        N_("Wilson"),
        N_("Wilson"),
        N_("Score interval of a share, for independent cases (Wilson 1927)."),
    ),
    Method(
        r"clopper-pearson",
        N_("Clopper–Pearson"),
        N_("Clopper–Pearson"),
        N_("Exact interval of a share from the binomial; never too narrow (Clopper and Pearson 1934)."),
    ),
    Method(
        r"clopper-pearson, upper",
        N_("Clopper–Pearson, at most"),
        N_("Clopper–Pearson, at most"),
        N_("Exact one-sided limit of a rare rate: it is at most this large."),
    ),
    Method(
        r"clopper-pearson over items",
        N_("Clopper–Pearson over items"),
        N_("Clopper–Pearson over items"),
        N_("All items agree alike, so the exact limit on the share of such items gives the interval."),
    ),
    Method(
        r"hypergeometric",
        N_("exact for the batch's size"),
        N_("exact for the batch's size"),
        N_("Exact interval of a share in a batch of known size, drawn without replacement (hypergeometric)."),
    ),
    Method(
        r"hypergeometric, upper",
        N_("exact for the batch's size, at most"),
        N_("exact for the batch's size, at most"),
        N_("Exact one-sided limit of a rare rate in a batch of known size (hypergeometric)."),
    ),
    Method(
        r"census",
        N_("every item checked"),
        N_("every item checked"),
        N_("Nothing was sampled, so the figure has no sampling error."),
    ),
    Method(
        r"gwet-linearised, t\((?P<degrees>\d+)\)",
        N_("linearised, t({degrees})"),
        N_("linearised over items, t"),
        N_("Variance of a coefficient by linearisation over items, interval by Student's t (Gwet 2014)."),
    ),
    Method(
        r"linearised ratio, t\((?P<degrees>\d+)\)",
        N_("linearised ratio, t({degrees})"),
        N_("linearised ratio, t"),
        N_("A share whose denominator varies too: variance by linearisation over items, interval by Student's t."),
    ),
    Method(
        r"stratified-by-batch",
        N_("batches weighted by size"),
        N_("batches weighted by size"),
        N_(
            "Mean over batches, each counting by its number of items; the limits are put together from the batches' "
            "own (Zou and Donner 2008)."
        ),
    ),
    Method(
        r"alpha-by-label-set",
        N_("label sets weighted by items"),
        N_("label sets weighted by items"),
        N_(
            "Alpha of each label set by itself, then their mean, each counting by its items with two annotations or "
            "more; the limits are put together from their own (Zou and Donner 2008)."
        ),
    ),
    Method(
        r"fleiss-cohen-everitt, normal",
        N_("Fleiss–Cohen–Everitt"),
        N_("Fleiss–Cohen–Everitt"),
        N_("Large-sample variance of kappa, normal interval (Fleiss, Cohen and Everitt 1969)."),
    ),
    Method(
        r"bootstrap over items, percentile, (?P<replicates>\d+) replicates",
        N_("bootstrap, {replicates} replicates"),
        N_("bootstrap over items, percentile"),
        N_("Items are drawn again with replacement many times; the interval is the middle of what came out."),
    ),
    Method(
        r"recovered",
        N_("from both intervals"),
        N_("from both intervals"),
        N_("Difference of two figures; its interval is built from theirs (Zou and Donner 2008; Newcombe 1998)."),
    ),
)


def method_name(code: str, say: Speaker) -> str:
    """What a method is called, with its own numbers; its code where it has no name here.

    >>> method_name("gwet-linearised, t(11)", Speaker("en"))
    'linearised, t(11)'
    """
    method, numbers = _known(code)
    return say(method.name, **numbers) if method else code


def method_family(code: str, say: Speaker) -> str:
    """What a method is called without its own numbers."""
    method, _ = _known(code)
    return say(method.family) if method else code


def method_note(code: str, say: Speaker) -> str:
    """How a method works, in a sentence; nothing where it is not described here."""
    method, _ = _known(code)
    return say(method.note) if method else ""


def methods_used(value: Any) -> list[tuple[str, tuple[float, ...]]]:
    """The methods of all estimates inside a record, one code for each kind, with the confidences they are stated at."""
    found: dict[str, tuple[str, set[float]]] = {}
    for estimate in _estimates(value):
        method, _ = _known(estimate.method)
        found.setdefault(method.family if method else estimate.method, (estimate.method, set()))[1].add(
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

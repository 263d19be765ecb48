"""Checks that people can work by the rules: borderline cases have a way of their own, and the time is enough.

A borderline example that takes exactly the steps of a plain one shows that no question asks for what makes it
borderline; a question with a figure draws the border by that figure. Reading speeds are those of a quick silent reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from statistics import median
from typing import Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.finding import Severity
from labelqa.rulebook.lint.check import Check, Hit, Subject
from labelqa.rulebook.lint.measured import Seconds
from labelqa.rulebook.model import Example, ExampleKind, Rule
from labelqa.rulebook.positions import Path
from labelqa.rulebook.steps import Graph, Stop, Walk, walk

CHARACTERS: Final = 8.0  # Chinese characters that a quick reader reads in a second
WORDS: Final = 5.0  # English words likewise
_FIGURE: Final = re.compile(r"(?<![A-Za-z0-9])[0-9０-９]")


def border_without_step(subject: Subject) -> Iterator[Hit]:
    """A rule all of whose borderline examples walk exactly as plain ones do."""
    for path, rule in subject.rules():
        borders = [index for index, each in enumerate(rule.examples) if each.kind is ExampleKind.BORDERLINE]
        walks = [_walk(rule, example, subject.graph) for example in rule.examples] if borders and rule.steps else []
        if not walks or not all(map(_arrives, walks, rule.examples)):
            continue  # nothing to compare; RB306 and its kin tell of what is broken
        plain = {(*each.passed, each.end) for at, each in enumerate(walks) if at not in borders}
        ways = [walks[at] for at in borders]
        if all((*way.passed, way.end) in plain for way in ways) and not any(_by_figure(rule, way) for way in ways):
            message = Message("no step of rule {rule} tells its borderline examples from plain ones", {"rule": rule.id})
            mend = Message("ask in a step for what decides at the border, with its figure if there is one")
            yield Hit((*path, "examples", borders[0]), message, mend)


def _walk(rule: Rule, example: Example, through: Graph) -> Walk:
    return walk(rule.steps[0].id, example.answers, through=through)


def _arrives(way: Walk, example: Example) -> bool:
    return way.stop is Stop.ARRIVED and way.end == example.expected


def _by_figure(rule: Rule, way: Walk) -> bool:
    asked = [step.question for step in rule.steps if step.id in way.passed]
    return any(_FIGURE.search(text) for question in asked for text in (question.zh, question.en))


def budget_below_measured(subject: Subject) -> Iterator[Hit]:
    """A time budget that people were shown not to keep: it lies below the interval of the median."""
    book, measured = subject.book, subject.measured
    if _beyond(book.time_budget, measured.item):
        yield _too_short(("time_budget",), book.time_budget, measured.item)
    for path, rule in subject.rules():
        budget, taken = rule.time_budget or book.time_budget, measured.rules.get(rule.id)
        if _beyond(budget, taken):
            yield _too_short((*path, "time_budget"), budget, taken)


def _beyond(budget: int | None, taken: Seconds | None) -> bool:
    return budget is not None and taken is not None and taken.low > budget


def _too_short(path: Path, budget: int | None, taken: Seconds | None) -> Hit:
    values = {"budget": budget} | ({} if taken is None else _figures(taken))
    message = Message(
        "the time budget is {budget} s, but half of {n} items took longer than {median} s (95% interval {low} to {high})",
        values,
    )
    return Hit(path, message, Message("allow the time that is needed, or make the rule quicker to apply"))


def _figures(taken: Seconds) -> dict[str, object]:
    return {"n": taken.n, "median": f"{taken.median:g}", "low": f"{taken.low:g}", "high": f"{taken.high:g}"}


def budget_below_reading(subject: Subject) -> Iterator[Hit]:
    """A time budget in which half of the worked examples cannot even be read, with the questions that they pass."""
    book = subject.book
    if book.time_budget is None and all(rule.time_budget is None for rule in book.rules):
        return
    every: list[float] = []
    for path, rule in subject.rules():
        seconds = [_reading(rule, example, subject.graph) for example in rule.examples]
        every += seconds
        yield from _unread((*path, "time_budget"), rule.time_budget, seconds)
    yield from _unread(("time_budget",), book.time_budget, every)


def _unread(path: Path, budget: int | None, seconds: Iterable[float]) -> Iterator[Hit]:
    needed = median(held) if (held := list(seconds)) else 0.0
    if budget is not None and budget < needed:
        values = {"budget": budget, "needed": f"{needed:.0f}"}
        message = Message("the time budget is {budget} s, but reading half of the examples takes {needed} s", values)
        yield Hit(path, message, Message("allow time to read the item and the questions"))


def _reading(rule: Rule, example: Example, through: Graph) -> float:
    """Seconds to read an example and the questions on its way, in the language that is read sooner."""
    passed = _walk(rule, example, through).passed if rule.steps else ()
    texts = [example.content, *(through.steps[step].question for step in passed)]
    zh = sum(len(text.zh) for text in texts) / CHARACTERS
    en = sum(len(text.en.split()) for text in texts) / WORDS
    return min(zh, en)


_W: Final = Severity.WARNING
CHECKS: Final[tuple[Check, ...]] = (
    Check("RB314", _W, N_("No step decides a borderline case"), border_without_step, N_("Interim Measures, Article 8")),
    Check("RB315", _W, N_("A time budget is shorter than people take"), budget_below_measured),
    Check("RB316", _W, N_("A time budget is too short for reading"), budget_below_reading),
)

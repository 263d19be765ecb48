"""Walks the decision steps of a rulebook: questions with yes and no that end at a label.

Step ids are unique in the whole book and every rule is entered at its first step, so a step may hand over to a step of
another rule. A walk follows recorded answers; it guesses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from labelqa.rulebook.model import Answer, Rulebook, Step


class Stop(StrEnum):
    """Why a walk ended."""

    ARRIVED = "arrived"  # at a label
    NO_STEPS = "no-steps"  # the rule has none
    UNANSWERED = "unanswered"  # the next step has no recorded answer
    DANGLING = "dangling"  # an answer leads to nothing
    CYCLE = "cycle"  # a step was met again


@dataclass(frozen=True, slots=True)
class Walk:
    """The steps passed, in order, and where they ended: ``end`` is a label, or the step or target that stopped it."""

    passed: tuple[str, ...]
    stop: Stop
    end: str = ""


@dataclass(frozen=True, slots=True)
class Graph:
    """All decision steps of a book by id, and the labels at which they may end."""

    steps: Mapping[str, Step]
    labels: frozenset[str]

    def targets(self, step: str) -> tuple[str, ...]:
        """The steps to which a step may lead (labels and dangling targets left out)."""
        known = self.steps[step]
        return tuple(target for target in (known.yes, known.no) if target in self.steps)


def graph(book: Rulebook) -> Graph:
    """The decision steps of a book; of steps with the same id the first counts."""
    steps: dict[str, Step] = {}
    for rule in book.rules:
        for step in rule.steps:
            steps.setdefault(step.id, step)
    return Graph(steps, frozenset(label.value for label in book.labels))


def walk(start: str, answers: Mapping[str, Answer], *, through: Graph) -> Walk:
    """Follow recorded answers from a step.

    >>> from labelqa.rulebook.model import Text
    >>> risky = Step(id="risky", question=Text("有风险？", "Is it risky?"), yes="A1", no="safe")
    >>> walk("risky", {"risky": Answer.NO}, through=Graph({"risky": risky}, frozenset({"A1", "safe"}))).end
    'safe'
    """
    passed: list[str] = []
    seen: set[str] = set()
    here = start
    while here in through.steps:
        if here in seen:
            return Walk(tuple(passed), Stop.CYCLE, here)
        answer = answers.get(here)
        if answer is None:
            return Walk(tuple(passed), Stop.UNANSWERED, here)
        passed.append(here)
        seen.add(here)
        here = through.steps[here].yes if answer is Answer.YES else through.steps[here].no
    return Walk(tuple(passed), Stop.ARRIVED if here in through.labels else Stop.DANGLING, here)


def reached(starts: Iterable[str], *, through: Graph) -> frozenset[str]:
    """Every step that can be met from some of ``starts``."""
    waiting = [start for start in starts if start in through.steps]
    found: set[str] = set()
    while waiting:
        here = waiting.pop()
        if here not in found:
            found.add(here)
            waiting.extend(through.targets(here))
    return frozenset(found)


def cycles(through: Graph) -> tuple[tuple[str, str], ...]:
    """Pairs (step, target) that close a circle, found in one pass over all steps; empty when there is none."""
    closed: list[tuple[str, str]] = []
    done: set[str] = set()
    for start in through.steps:
        if start not in done:
            closed.extend(_back_edges(start, done, through))
    return tuple(closed)


def _back_edges(start: str, done: set[str], through: Graph) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    open_now = {start}
    trail = [(start, iter(through.targets(start)))]
    while trail:
        here, targets = trail[-1]
        target = next(targets, None)
        if target is None:
            trail.pop()
            open_now.discard(here)
            done.add(here)
        elif target in open_now:
            found.append((here, target))
        elif target not in done:
            open_now.add(target)
            trail.append((target, iter(through.targets(target))))
    return found

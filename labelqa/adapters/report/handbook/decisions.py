"""The decision steps of a rule as a drawing wants them: which answer goes on downward, and where the others lead.

Also the way that a worked example takes through the steps, over several rules where one hands over to another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from labelqa.rulebook.model import Answer, Example, Rule, Rulebook, Step, Text
from labelqa.rulebook.steps import Graph, graph, walk


class Leads(StrEnum):
    """Where an answer leads."""

    LABEL = "label"
    STEP = "step"  # another step of the same rule
    RULE = "rule"  # a step of another rule
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Exit:
    """An answer that leaves the straight way down; ``target`` is a label, or a step by its rule and number."""

    answer: Answer
    leads: Leads
    target: str
    number: int = 0
    step: str = ""  # the id of the step


@dataclass(frozen=True, slots=True)
class Box:
    """One question: its number in the rule, the answers that go on to the next one, and those that lead elsewhere."""

    id: str
    number: int
    question: Text
    down: tuple[Answer, ...]
    exits: tuple[Exit, ...]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A step of another rule that hands over to this rule, and by which answer."""

    rule: str
    number: int
    answer: Answer
    to: int  # number of the step that is reached
    step: str  # the id of the step that hands over
    to_step: str  # and of the one that is reached


@dataclass(frozen=True, slots=True)
class Passed:
    """A step that a worked example passes."""

    rule: str
    number: int
    question: Text
    answer: Answer
    step: str


class Ways:
    """All decision steps of a book with their rules and numbers."""

    def __init__(self, book: Rulebook) -> None:
        self._graph: Graph = graph(book)
        self._book = book
        self._places: dict[str, tuple[str, int]] = {}
        for rule in book.rules:
            for number, step in enumerate(rule.steps, 1):
                self._places.setdefault(step.id, (rule.id, number))

    def boxes(self, rule: Rule) -> tuple[Box, ...]:
        """The questions of a rule in order."""
        made: list[Box] = []
        for place, step in enumerate(rule.steps):
            below = rule.steps[place + 1].id if place + 1 < len(rule.steps) else None
            ways = ((Answer.YES, step.yes), (Answer.NO, step.no))
            made.append(
                Box(
                    id=step.id,
                    number=place + 1,
                    question=step.question,
                    down=tuple(answer for answer, target in ways if target == below),
                    exits=tuple(self._exit(rule, answer, target) for answer, target in ways if target != below),
                )
            )
        return tuple(made)

    def _exit(self, rule: Rule, answer: Answer, target: str) -> Exit:
        if target in self._graph.labels and target not in self._places:
            return Exit(answer, Leads.LABEL, target)
        place = self._places.get(target)
        if place is None:
            return Exit(answer, Leads.NOWHERE, target)
        owner, number = place
        leads = Leads.STEP if owner == rule.id else Leads.RULE
        return Exit(answer, leads, owner, number, target)

    def arrivals(self, rule: Rule) -> tuple[Arrival, ...]:
        """Where other rules hand over to this one."""
        return tuple(
            Arrival(other.id, number, answer, self._places[target][1], step.id, target)
            for other in self._book.rules
            if other.id != rule.id
            for number, step in enumerate(other.steps, 1)
            for answer, target in _ways(step)
            if self._places.get(target, ("", 0))[0] == rule.id
        )

    def passed(self, rule: Rule, example: Example) -> tuple[Passed, ...]:
        """The steps that an example passes from the rule's first one on, by its recorded answers."""
        if not rule.steps:
            return ()
        answers: Mapping[str, Answer] = example.answers
        way = walk(rule.steps[0].id, answers, through=self._graph)
        return tuple(
            Passed(*self._places[step], self._graph.steps[step].question, answers[step], step) for step in way.passed
        )


def _ways(step: Step) -> tuple[tuple[Answer, str], tuple[Answer, str]]:
    return (Answer.YES, step.yes), (Answer.NO, step.no)

"""At which decision step two labels part: where yes leads to the one, and no to the other.

Told by the worked examples whose recorded answers arrive at the two labels; where there are none, by the steps alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import product
from typing import Final

from labelqa.rulebook.model import Rulebook
from labelqa.rulebook.steps import Graph, Stop, graph, reached, walk

MOST: Final = 3


def parting_steps(book: Rulebook, one: str, other: str) -> tuple[str, ...]:
    """Ids of the steps at which two labels part, the most frequent among examples first; at most three.

    Empty where the book has no steps that lead to both.
    """
    through = graph(book)
    told = Counter(_by_examples(book, through, one, other))
    if told:
        return tuple(step for step, _ in told.most_common(MOST))
    return tuple(_by_steps(through, one, other))[:MOST]


def _by_examples(book: Rulebook, through: Graph, one: str, other: str) -> Iterator[str]:
    walks: dict[str, list[tuple[str, ...]]] = {one: [], other: []}
    for rule in book.rules:
        for example in rule.examples if rule.steps else ():
            found = walk(rule.steps[0].id, example.answers, through=through)
            if found.stop is Stop.ARRIVED and found.end in walks:
                walks[found.end].append(found.passed)
    for first, second in product(walks[one], walks[other]):
        if (step := _last_common(first, second)) is not None:
            yield step


def _last_common(first: tuple[str, ...], second: tuple[str, ...]) -> str | None:
    """The last step that two walks share before they part; None where they never meet."""
    behind = set(second)
    return next((step for step in reversed(first) if step in behind), None)


def _by_steps(through: Graph, one: str, other: str) -> Iterator[str]:
    for step in through.steps.values():
        yes, no = (_labels(target, through) for target in (step.yes, step.no))
        if (one in yes - no and other in no - yes) or (other in yes - no and one in no - yes):
            yield step.id


def _labels(target: str, through: Graph) -> frozenset[str]:
    if target not in through.steps:
        return frozenset((target,))
    steps = reached([target], through=through)
    ends = (end for step in steps for end in (through.steps[step].yes, through.steps[step].no))
    return frozenset(end for end in ends if end in through.labels)

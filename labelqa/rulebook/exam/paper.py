"""Draws an exam paper: every rule is asked before any is asked twice, and the seed decides between its examples.

An example's ticket is the sha256 of the seed, the byte 0x1F and the example's id. Examples kept for exams come first;
borderline ones of the handbook only on request; gold never. A longer paper of the same seed asks all that a shorter one
asks.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Final

from labelqa.rulebook.model import Example, ExampleKind, ExampleUse, Rule, Rulebook, Text
from labelqa.rulebook.release import release_name

MOST_CHOICES: Final = 10
_KEY: Final = 12  # hex digits by which a question is known: they tell neither rule nor kind of the example
_BETWEEN: Final = "\x1f"


@dataclass(frozen=True, slots=True)
class Choice:
    """A label that may be the answer."""

    value: str
    title: Text


@dataclass(frozen=True, slots=True)
class Question:
    """Which label does this content get? ``number`` counts from 1, ``key`` stays the same in every paper of the seed."""

    number: int
    key: str
    content: Text
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What is asked, of whom does not matter; ``book`` is the sha256 of the rulebook's bytes."""

    release: str
    book: str
    title: Text
    seed: str
    with_handbook: bool
    questions: tuple[Question, ...]

    @property
    def digest(self) -> str:
        """sha256 of the whole paper, by which a record names it."""
        text = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Asked:
    """An example that may be asked, and the rule that it belongs to."""

    rule: Rule
    example: Example


def available(book: Rulebook, *, with_handbook: bool = False) -> tuple[Asked, ...]:
    """The examples that an exam may ask, in the order of the file; each id and each expected label is known once."""
    labels = {label.value for label in book.labels}
    found: dict[str, Asked] = {}
    for rule in book.rules:
        for example in rule.examples:
            if example.expected in labels and _may(example, with_handbook):
                found.setdefault(example.id, Asked(rule, example))
    return tuple(found.values())


def _may(example: Example, with_handbook: bool) -> bool:
    if example.use is ExampleUse.HANDBOOK:
        return with_handbook and example.kind is ExampleKind.BORDERLINE
    return example.use is ExampleUse.EXAM


def draw_paper(book: Rulebook, *, digest: str, seed: str, n: int, with_handbook: bool = False) -> Paper:
    """The paper of a seed with ``n`` questions; ``digest`` is that of the rulebook's bytes.

    Raises ValueError for an empty seed, and when the rulebook has fewer than ``n`` examples to ask.
    """
    if not seed.strip():
        raise ValueError("a seed is needed")
    pool = available(book, with_handbook=with_handbook)
    if not 1 <= n <= len(pool):
        raise ValueError(f"{n} questions of {len(pool)} examples")
    drawn = _in_turn(pool, seed)[:n]
    drawn.sort(key=lambda each: ticket(seed, "order", each.example.id))
    return Paper(
        release=release_name(book), book=digest, title=book.title, seed=seed, with_handbook=with_handbook,
        questions=tuple(
            Question(at, key_of(seed, each.example), each.example.content, _choices(book, each, seed))
            for at, each in enumerate(drawn, start=1)
        ),
    )  # fmt: skip


def ticket(seed: str, *parts: str) -> str:
    """sha256 of seed and parts with the byte 0x1F between, as hex digits.

    >>> ticket("2026-11-09 dice 4 2 6", "7")[:16]
    '105f6b90b9286669'
    """
    return sha256(_BETWEEN.join((seed, *parts)).encode()).hexdigest()


def key_of(seed: str, example: Example) -> str:
    """How a question is known on paper."""
    return ticket(seed, "key", example.id)[:_KEY]


def _in_turn(pool: Sequence[Asked], seed: str) -> list[Asked]:
    """All examples: one of each rule, then a second of each, and so on; rules by their smallest tickets."""
    by_rule: defaultdict[str, list[Asked]] = defaultdict(list)
    for each in pool:
        by_rule[each.rule.id].append(each)
    ranked = [
        (turn, ticket(seed, each.example.id), each)
        for mine in by_rule.values()
        for turn, each in enumerate(_over_labels(mine, seed))
    ]
    return [each for *_, each in sorted(ranked, key=lambda entry: entry[:2])]


def _over_labels(mine: Sequence[Asked], seed: str) -> Iterator[Asked]:
    """A rule's examples, those for exams first; within these the expected labels take turns."""
    for use in (ExampleUse.EXAM, ExampleUse.HANDBOOK):
        ordered = sorted(
            (each for each in mine if each.example.use is use), key=lambda each: ticket(seed, each.example.id)
        )
        turns: defaultdict[str, int] = defaultdict(int)
        ranked = []
        for at, each in enumerate(ordered):
            ranked.append((turns[each.example.expected], at, each))
            turns[each.example.expected] += 1
        yield from (each for *_, each in sorted(ranked, key=lambda entry: entry[:2]))


def _choices(book: Rulebook, asked: Asked, seed: str) -> tuple[Choice, ...]:
    """The expected label among others, near ones first where there are too many, in an order that the seed decides."""
    titles = {label.value: label.title for label in reversed(book.labels)}
    values = list(reversed(titles))
    if len(values) > MOST_CHOICES:
        near = _near(book, asked.rule)
        others = [value for value in values if value != asked.example.expected]
        others.sort(key=lambda value: (value not in near, ticket(seed, "other", asked.example.id, value)))
        values = [asked.example.expected, *others[: MOST_CHOICES - 1]]
    values.sort(key=lambda value: ticket(seed, "choice", asked.example.id, value))
    return tuple(Choice(value, titles[value]) for value in values)


def _near(book: Rulebook, rule: Rule) -> frozenset[str]:
    """Labels that may be mistaken for a rule's: its own, its neighbours', and those that its steps lead to."""
    neighbours = {each.rule for each in rule.boundaries}
    near = {value for each in book.rules if each.id in neighbours for value in each.labels}
    return frozenset(near | set(rule.labels) | {end for step in rule.steps for end in (step.yes, step.no)})

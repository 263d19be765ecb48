"""Draws an exam paper: every rule is asked before any is asked twice, and the seed decides between its examples.

The seed travels with the paper, so that it can be made again; it opens nothing by itself. What decides is a secret: the
sha256 of the seed and of everything that the rulebook says of its examples that are not in the handbook, answers and
reasons included. An example's ticket is the sha256 of the secret, the byte 0x1F and the example's id. Who has paper and
seed, but not those examples, cannot tell from a key, an order or a choice which example or which label is meant; who has
the rulebook's file has its answers anyway.

Examples kept for exams come first; borderline ones of the handbook only on request; gold never. A longer paper of the
same rulebook and seed asks all that a shorter one asks.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Final, Protocol

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
    """Which label does this content get? ``number`` counts from 1, ``key`` is the same in every paper of rulebook and seed."""

    number: int
    key: str
    content: Text
    choices: tuple[Choice, ...]


class Handed(Protocol):
    """What a paper shows to whoever sits it, wherever its questions come from."""

    @property
    def release(self) -> str:
        """The release that it is about."""
        ...

    @property
    def title(self) -> Text:
        """What it is called."""
        ...

    @property
    def questions(self) -> tuple[Question, ...]:
        """What is asked, without any answer."""
        ...

    @property
    def digest(self) -> str:
        """By which a record names it."""
        ...


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
    hidden = secret(book, seed)
    drawn = _in_turn(pool, hidden)[:n]
    drawn.sort(key=lambda each: ticket(hidden, "order", each.example.id))
    return Paper(
        release=release_name(book), book=digest, title=book.title, seed=seed, with_handbook=with_handbook,
        questions=tuple(
            Question(at, key_of(hidden, each.example), each.example.content, _choices(book, each, hidden))
            for at, each in enumerate(drawn, start=1)
        ),
    )  # fmt: skip


def ticket(seed: str, *parts: str) -> str:
    """sha256 of seed and parts with the byte 0x1F between, as hex digits.

    >>> ticket("2026-11-09 dice 4 2 6", "7")[:16]
    '105f6b90b9286669'
    """
    return sha256(_BETWEEN.join((seed, *parts)).encode()).hexdigest()


def secret(book: Rulebook, seed: str) -> str:
    """What draws, orders and names the questions: known to whoever has the seed and the examples kept out of the
    handbook."""
    kept = [
        (each.id, each.content.zh, each.content.en, each.expected, sorted(each.answers.items()), each.reason.zh, each.reason.en)
        for rule in book.rules
        for each in rule.examples
        if each.use is not ExampleUse.HANDBOOK
    ]  # fmt: skip
    return ticket(seed, "secret", json.dumps(kept, ensure_ascii=False, separators=(",", ":")))


def key_of(hidden: str, example: Example) -> str:
    """How a question is known on paper; ``hidden`` is the :func:`secret` of rulebook and seed."""
    return ticket(hidden, "key", example.id)[:_KEY]


def _in_turn(pool: Sequence[Asked], hidden: str) -> list[Asked]:
    """All examples: one of each rule, then a second of each, and so on; rules by their smallest tickets."""
    by_rule: defaultdict[str, list[Asked]] = defaultdict(list)
    for each in pool:
        by_rule[each.rule.id].append(each)
    ranked = [
        (turn, ticket(hidden, each.example.id), each)
        for mine in by_rule.values()
        for turn, each in enumerate(_over_labels(mine, hidden))
    ]
    return [each for *_, each in sorted(ranked, key=lambda entry: entry[:2])]


def _over_labels(mine: Sequence[Asked], hidden: str) -> Iterator[Asked]:
    """A rule's examples, those for exams first; within these the expected labels take turns."""
    for use in (ExampleUse.EXAM, ExampleUse.HANDBOOK):
        ordered = sorted(
            (each for each in mine if each.example.use is use), key=lambda each: ticket(hidden, each.example.id)
        )
        turns: defaultdict[str, int] = defaultdict(int)
        ranked = []
        for at, each in enumerate(ordered):
            ranked.append((turns[each.example.expected], at, each))
            turns[each.example.expected] += 1
        yield from (each for *_, each in sorted(ranked, key=lambda entry: entry[:2]))


def _choices(book: Rulebook, asked: Asked, hidden: str) -> tuple[Choice, ...]:
    """The expected label among others, near ones first where there are too many, in an order that the secret decides."""
    titles = {label.value: label.title for label in reversed(book.labels)}
    values = list(reversed(titles))
    if len(values) > MOST_CHOICES:
        near = _near(book, asked.rule)
        others = [value for value in values if value != asked.example.expected]
        others.sort(key=lambda value: (value not in near, ticket(hidden, "other", asked.example.id, value)))
        values = [asked.example.expected, *others[: MOST_CHOICES - 1]]
    values.sort(key=lambda value: ticket(hidden, "choice", asked.example.id, value))
    return tuple(Choice(value, titles[value]) for value in values)


def _near(book: Rulebook, rule: Rule) -> frozenset[str]:
    """Labels that may be mistaken for a rule's: its own, its neighbours', and those that its steps lead to."""
    neighbours = {each.rule for each in rule.boundaries}
    near = {value for each in book.rules if each.id in neighbours for value in each.labels}
    return frozenset(near | set(rule.labels) | {end for step in rule.steps for end in (step.yes, step.no)})

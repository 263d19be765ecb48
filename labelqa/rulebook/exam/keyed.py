"""Papers with their key: a rulebook's questions and written ones together, kept whole so that anybody can grade again.

What is handed out (:meth:`KeyedPaper.handed`) has no answer, no rule and no ability in it. A paper is its bytes: the
same bytes and answers always give the same marks. Nothing here reads a file or knows who sat the exam.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any, Final

from labelqa.records.finding import Finding
from labelqa.rulebook.exam.grading import Ability, Marked, grade, meant, strange, surplus
from labelqa.rulebook.exam.paper import Choice, Paper, Question, ticket
from labelqa.rulebook.exam.questions import WrittenQuestion
from labelqa.rulebook.model import Rulebook, Text

KIND: Final = "labelqa-exam-key"
FORMAT: Final = 1
_KEY: Final = 12
_LETTERS: Final = "abcdefghij"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedQuestion:
    """A question with its right choice, what it shows, and why the choice is right."""

    key: str
    ability: Ability
    content: Text
    choices: tuple[Choice, ...]
    right: str  # value of the right choice
    rule: str
    source: str  # "example:ID" of the rulebook, or "question:ID" of a file
    reason: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedPaper:
    """What whoever sits the exam gets to see; ``digest`` is that of the paper with its key."""

    release: str
    title: Text
    questions: tuple[Question, ...]
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedPaper:
    """A whole paper; questions count from 1 in this order. ``book`` is the sha256 of the rulebook's bytes."""

    release: str
    book: str
    title: Text
    seed: str
    questions: tuple[KeyedQuestion, ...]

    @property
    def data(self) -> bytes:
        """The bytes that are kept: JSON with sorted keys."""
        told = {"kind": KIND, "format": FORMAT, **asdict(self)}
        return (json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()

    @property
    def digest(self) -> str:
        """sha256 of the bytes, by which facts name the paper."""
        return sha256(self.data).hexdigest()

    @property
    def abilities(self) -> dict[str, int]:
        """How many questions show each ability, in the order of :class:`Ability`; those that none shows are left out."""
        counted = {ability.value: sum(each.ability is ability for each in self.questions) for ability in Ability}
        return {ability: n for ability, n in counted.items() if n}

    def handed(self) -> HandedPaper:
        """What is handed out."""
        return HandedPaper(
            release=self.release, title=self.title, digest=self.digest,
            questions=tuple(
                Question(at, each.key, each.content, each.choices) for at, each in enumerate(self.questions, start=1)
            ),
        )  # fmt: skip


def keyed(
    book: Rulebook, *, digest: str, drawn: Paper | None, written: Sequence[WrittenQuestion], seed: str, title: Text
) -> KeyedPaper:
    """The paper of questions drawn from a rulebook (None: none) and written ones; choices stand in the seed's order.

    ``digest`` is that of the rulebook's bytes. Raises ValueError when there is nothing to ask, or for an empty seed.
    """
    if not seed.strip():
        raise ValueError("a seed is needed")
    asked = _drawn(book, drawn) if drawn is not None else []
    asked += [_written(each, seed) for each in written]
    if not asked:
        raise ValueError("there is nothing to ask")
    release = f"{book.name}@{book.version}"
    return KeyedPaper(release=release, book=digest, title=title, seed=seed, questions=tuple(asked))


def _drawn(book: Rulebook, drawn: Paper) -> list[KeyedQuestion]:
    answers = grade(drawn, {}, book=book).marked
    return [_example(question, mark) for question, mark in zip(drawn.questions, answers, strict=True)]


def _example(question: Question, mark: Marked) -> KeyedQuestion:
    return KeyedQuestion(
        key=question.key, ability=mark.ability, content=question.content, choices=question.choices, right=mark.expected,
        rule=mark.rule, source=f"example:{mark.example}", reason=mark.reason,
    )  # fmt: skip


def _written(each: WrittenQuestion, seed: str) -> KeyedQuestion:
    hidden = ticket(seed, "written", json.dumps(asdict(each), ensure_ascii=False, sort_keys=True))
    order = sorted(range(len(each.choices)), key=lambda at: ticket(hidden, "choice", str(at)))
    values = dict(zip(order, _LETTERS, strict=False))
    return KeyedQuestion(
        key=ticket(hidden, "key")[:_KEY], ability=each.ability, content=each.content,
        choices=tuple(Choice(values[at], each.choices[at]) for at in order), right=values[each.right], rule=each.rule,
        source=f"question:{each.id}", reason=each.reason,
    )  # fmt: skip


def chosen(questions: Sequence[WrittenQuestion], *, each: int, seed: str) -> tuple[WrittenQuestion, ...]:
    """So many questions of every ability, those with the smallest tickets; all of an ability that has fewer.

    A larger number asks all that a smaller one asks.
    """
    groups: defaultdict[Ability, list[WrittenQuestion]] = defaultdict(list)
    for question in questions:
        groups[question.ability].append(question)
    taken: list[WrittenQuestion] = []
    for ability in Ability:
        taken += sorted(groups[ability], key=lambda one: ticket(seed, "chosen", one.id))[:each]
    return tuple(taken)


def read_keyed(data: bytes) -> KeyedPaper:
    """The paper behind its bytes; ValueError when they are not exactly what a paper gives."""
    try:
        held: dict[str, Any] = json.loads(data)
        if held.get("kind") != KIND or held.get("format") != FORMAT:
            raise ValueError("not a paper with its key")
        paper = KeyedPaper(
            release=held["release"], book=held["book"], title=Text(**held["title"]), seed=held["seed"],
            questions=tuple(_read(each) for each in held["questions"]),
        )  # fmt: skip
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("not a paper with its key") from error
    if paper.data != data:
        raise ValueError("not a paper with its key")
    return paper


def _read(held: Mapping[str, Any]) -> KeyedQuestion:
    return KeyedQuestion(
        key=held["key"], ability=Ability(held["ability"]), content=Text(**held["content"]),
        choices=tuple(Choice(one["value"], Text(**one["title"])) for one in held["choices"]), right=held["right"],
        rule=held["rule"], source=held["source"], reason=Text(**held["reason"]),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedMark:
    """One question as it was answered; ``given`` is "" where nothing was."""

    number: int
    key: str
    source: str
    rule: str
    ability: Ability
    expected: str
    given: str
    reason: Text

    @property
    def right(self) -> bool:
        """Whether the right choice was given."""
        return self.given == self.expected


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedResult:
    """A marked paper, question by question."""

    paper: str
    release: str
    marked: tuple[KeyedMark, ...]
    findings: tuple[Finding, ...] = field(default=())

    @property
    def right(self) -> int:
        """How many were right."""
        return sum(each.right for each in self.marked)

    @property
    def score(self) -> float:
        """The share of right answers."""
        return self.right / len(self.marked)

    @property
    def by_ability(self) -> dict[str, tuple[int, int]]:
        """Ability → how many right, how many asked; in the order of :class:`Ability`."""
        found: dict[str, tuple[int, int]] = {}
        for ability in Ability:
            mine = [each.right for each in self.marked if each.ability is ability]
            if mine:
                found[ability.value] = (sum(mine), len(mine))
        return found

    @property
    def shares(self) -> dict[str, float]:
        """Ability → share right."""
        return {ability: right / asked for ability, (right, asked) in self.by_ability.items()}


def mark_keyed(paper: KeyedPaper, answers: Mapping[str, str]) -> KeyedResult:
    """Mark answers given by question number or key; an empty one is wrong, a strange one is wrong and a finding."""
    handed = paper.handed()
    known = {str(each.number) for each in handed.questions} | {each.key for each in handed.questions}
    findings = [surplus(key) for key in answers if key not in known]
    marked = []
    for question, answer in zip(handed.questions, paper.questions, strict=True):
        told = (answers.get(question.key) or answers.get(str(question.number)) or "").strip()
        given = meant(question, told)
        if told and not given:
            findings.append(strange(question, told))
        marked.append(
            KeyedMark(
                number=question.number, key=question.key, source=answer.source, rule=answer.rule,
                ability=answer.ability, expected=answer.right, given=given or told, reason=answer.reason,
            )
        )  # fmt: skip
    return KeyedResult(paper=handed.digest, release=paper.release, marked=tuple(marked), findings=tuple(findings))

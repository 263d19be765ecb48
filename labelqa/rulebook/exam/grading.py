"""Marks the answers to an exam paper, and explains each by its rule: the reason, and the steps that lead to the label.

An answer is right or wrong as the rulebook's example says; an empty one is wrong. Nothing is guessed: an answer that is
none of the choices is a finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from labelqa.errors import Message
from labelqa.records.batch import Kind
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.rulebook.exam.paper import Asked, Choice, Paper, Question, available, key_of, secret
from labelqa.rulebook.model import Answer, Example, Rule, Rulebook, Text
from labelqa.rulebook.steps import Graph, graph, walk


class Ability(StrEnum):
    """Which of the five abilities of GB/T 45674—2025, 7.1 b) a question shows; a rulebook's examples show two of them."""

    LAW = "law"  # laws and regulations
    RULES = "rules"  # understanding of the rules
    PLATFORM = "platform"  # use of the labeling platform
    RISK = "risk-judgement"  # judgement of risks
    SECURITY = "data-security"  # security of labelled data


@dataclass(frozen=True, slots=True)
class StepTaken:
    """A decision step on the way to the label, and its answer."""

    step: str
    question: Text
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """One question with its answer, and why the expected label is right; ``given`` is "" where nothing was answered."""

    number: int
    example: str
    rule: str
    ability: Ability
    expected: str
    given: str
    reason: Text
    steps: tuple[StepTaken, ...]

    @property
    def right(self) -> bool:
        """Whether the expected label was given."""
        return self.given == self.expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A marked paper; ``paper`` and ``book`` are digests."""

    release: str
    book: str
    paper: str
    marked: tuple[Marked, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def right(self) -> int:
        """How many were right."""
        return sum(each.right for each in self.marked)

    @property
    def score(self) -> float:
        """The share of right answers."""
        return self.right / len(self.marked)

    def by_rule(self) -> dict[str, tuple[int, int]]:
        """Rule → how many right, how many asked."""
        return self._by({each.number: each.rule for each in self.marked})

    def by_ability(self) -> dict[str, tuple[int, int]]:
        """Ability → how many right, how many asked."""
        return self._by({each.number: each.ability.value for each in self.marked})

    def _by(self, groups: Mapping[int, str]) -> dict[str, tuple[int, int]]:
        found: dict[str, tuple[int, int]] = {}
        for each in self.marked:
            right, asked = found.get(groups[each.number], (0, 0))
            found[groups[each.number]] = right + each.right, asked + 1
        return dict(sorted(found.items()))


def grade(paper: Paper, answers: Mapping[str, str], *, book: Rulebook) -> Result:
    """Mark answers, given by question number or key, as a label's value or title in either language.

    Raises ValueError when the paper asks what the rulebook does not have: then it is another rulebook's.
    """
    hidden = secret(book, paper.seed)
    pool = {key_of(hidden, each.example): each for each in available(book, with_handbook=paper.with_handbook)}
    if not all(question.key in pool for question in paper.questions):
        raise ValueError("the paper asks what the rulebook does not have")
    known = {str(question.number) for question in paper.questions} | {question.key for question in paper.questions}
    findings = [surplus(key) for key in answers if key not in known]
    through, marked = graph(book), []
    for question in paper.questions:
        told = (answers.get(str(question.number)) or answers.get(question.key) or "").strip()
        given = meant(question, told)
        if told and not given:
            findings.append(strange(question, told))
        marked.append(_marked(question, pool[question.key], given or told, book, through))
    return Result(
        release=paper.release, book=paper.book, paper=paper.digest, marked=tuple(marked), findings=tuple(findings)
    )


def meant(question: Question, told: str) -> str:
    """The choice that an answer means (its value, its title in either language, or its mark); "" for none or several."""
    for spellings in (_values, _titles, _loose, _marks):
        found = [choice.value for choice, words in spellings(question.choices) if told and told in words]
        if len(found) == 1:
            return found[0]
    return ""


_Spelled: TypeAlias = Iterator[tuple[Choice, set[str]]]


def _values(choices: tuple[Choice, ...]) -> _Spelled:
    for each in choices:
        yield each, {each.value, f"{each.value} {each.title.zh}".strip(), f"{each.value} {each.title.en}".strip()}


def _titles(choices: tuple[Choice, ...]) -> _Spelled:
    for each in choices:
        yield each, {each.title.zh.strip(), each.title.en.strip()}


def _loose(choices: tuple[Choice, ...]) -> _Spelled:
    """Values and titles, capital letters or not."""
    for each in choices:
        words = {each.value, each.title.zh.strip(), each.title.en.strip()}
        yield each, words | {word.lower() for word in words} | {word.capitalize() for word in words}


def _marks(choices: tuple[Choice, ...]) -> _Spelled:
    """The marks of a printed paper; without brackets only where no label is a single letter."""
    short = any(len(word) == 1 for each in choices for word in (each.value, each.title.zh, each.title.en))
    for at, each in enumerate(choices):
        letter = mark(at).strip("()")
        yield each, {mark(at), mark(at).upper()} | (set() if short else {letter, letter.upper()})


def mark(at: int) -> str:
    """How the choice at a place (from 0) is called on a printed paper.

    >>> mark(0), mark(3)
    ('(a)', '(d)')
    """
    return f"({chr(ord('a') + at)})"


def _marked(question: Question, asked: Asked, given: str, book: Rulebook, through: Graph) -> Marked:
    return Marked(
        number=question.number, example=asked.example.id, rule=asked.rule.id, ability=_ability(asked.rule, book),
        expected=asked.example.expected, given=given, reason=asked.example.reason,
        steps=_steps(asked.rule, asked.example, through),
    )  # fmt: skip


def _ability(rule: Rule, book: Rulebook) -> Ability:
    """Rules of a safety rulebook that rest on risks are judged by judging risks."""
    return Ability.RISK if book.kind is Kind.SAFETY and rule.basis.risks else Ability.RULES


def _steps(rule: Rule, example: Example, through: Graph) -> tuple[StepTaken, ...]:
    if not rule.steps:
        return ()
    passed = walk(rule.steps[0].id, example.answers, through=through).passed
    return tuple(StepTaken(step, through.steps[step].question, example.answers[step]) for step in passed)


def strange(question: Question, told: str) -> Finding:
    """The finding for an answer that is none of the choices."""
    return finding(
        "EX001", "question {number}: {answer} is none of the choices; it counts as wrong",
        number=question.number, answer=repr(told[:80]), severity=Severity.WARNING,
        mend=Message("write the answer as one of the choices and grade again"), place=Place(subject=question.key),
    )  # fmt: skip


def surplus(key: str) -> Finding:
    """The finding for an answer to a question that was not asked."""
    return finding(
        "EX002", "there is no question {number} on the paper; its answer was left out", number=repr(key[:40]),
        severity=Severity.WARNING, mend=Message("grade the answers with the paper that was sat"),
    )  # fmt: skip

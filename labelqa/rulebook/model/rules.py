"""A numbered norm: what it says, on what it rests, its decision steps and worked examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from labelqa.records.review import DefectSeverity
from labelqa.rulebook.model.words import Answer, ExampleKind, ExampleUse, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a rule rests on: articles of the Interim Measures, clauses of standards, codes of risks."""

    articles: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __bool__(self) -> bool:
        return bool(self.articles or self.clauses or self.risks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A question with yes and no, each leading to another step of the book or to a label."""

    id: str
    question: Text
    yes: str
    no: str
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A worked case: the expected label and the answers to the steps that lead to it."""

    id: str
    kind: ExampleKind
    content: Text
    expected: str
    answers: Mapping[str, Answer] = field(default_factory=dict, hash=False)
    reason: Text = Text()
    use: ExampleUse = ExampleUse.HANDBOOK
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """Where a rule ends; ``rule`` is the neighbour beyond, "" where it is not one rule's."""

    text: Text
    rule: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LintException:
    """A warning that the author answers with a reason instead of a change."""

    code: str
    reason: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One numbered norm. ``labels`` are those that it gives; decision starts at its first step."""

    id: str
    statement: Text
    labels: tuple[str, ...]
    severity: DefectSeverity
    definition: Text = Text()
    use_when: tuple[Text, ...] = ()
    avoid_when: tuple[Text, ...] = ()
    boundaries: tuple[Boundary, ...] = ()
    basis: Basis = Basis()
    steps: tuple[Step, ...] = ()
    examples: tuple[Example, ...] = ()
    time_budget: int | None = None  # seconds an item that this rule decides may take
    lint_exceptions: tuple[LintException, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

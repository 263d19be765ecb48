"""The sections of a rulebook around its rules: labels, method, metrics, verification, guidance, defects, terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from labelqa.records.designs import Design
from labelqa.records.review import DefectSeverity
from labelqa.rulebook.model.words import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A value as it is stored with the annotation, and its shown title; ``parent`` is the value above it in a tree."""

    value: str
    title: Text
    definition: Text = Text()
    parent: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """How labeling is carried out and how it is reviewed (6 b)."""

    execution: Text = Text()
    review: Text = Text()
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A measure of quality with its target figure such as ``>= 95%``."""

    name: Text
    target: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A short worked case of a section: what is met, and what is to be said or done about it."""

    content: Text
    answer: Text
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guidance:
    """A section that the standard wants with reference examples (6 e, g, h)."""

    text: Text = Text()
    examples: tuple[Case, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """A kind of wrong label or faulty data, as verifiers record it."""

    code: str
    title: Text
    severity: DefectSeverity
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncovered:
    """A risk that no rule treats, and why the service does not meet it (only A.5 may be explained)."""

    code: str
    reason: Text
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word of the glossary. In rules it is written in corner brackets, 「雨」; handbooks explain it there."""

    term: Text
    definition: Text
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPlan:
    """The spot check that the rules ask of every batch, by the design's own words (``labelqa plan``).

    Shares are 0–1; None leaves a figure to the design's default. A preset brings a text's own figures.
    """

    design: Design
    preset: str = ""
    accuracy: float | None = None  # to be proven
    risk: float | None = None  # of accepting a batch that is worse
    expected: float | None = None
    power: float | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """How quality and safety of the results are verified (6 i): in words, and as a plan that can be declared."""

    text: Text = Text()
    plan: CheckPlan | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

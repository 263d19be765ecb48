"""What a rulebook says: labels, the norms that decide between them, worked examples, and how the work is done.

The field names are the keys of the YAML file. Where something stands in the file is kept beside the model
(:mod:`labelqa.rulebook.positions`), so two rulebooks are equal when they say the same. Fields that labelqa does not
know are kept in ``extra`` and written back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from labelqa.records.batch import Kind
from labelqa.records.review import DefectSeverity

FORMATS: Final[tuple[int, ...]] = (1,)  # formats of the document that this version reads


class TaskType(StrEnum):
    """What sort of data is labelled (GB/T 45674—2025, 6 c)."""

    TEXT = "text"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    TIME_SERIES = "time-series"
    MULTIMODAL = "multimodal"
    FINE_TUNING = "fine-tuning"
    PREFERENCE = "preference"


class ExampleKind(StrEnum):
    """Whether the rule applies to the example, does not, or only just."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    BORDERLINE = "borderline"


class ExampleUse(StrEnum):
    """Where an example may be shown; exam and gold examples stay out of the handbook."""

    HANDBOOK = "handbook"
    EXAM = "exam"
    GOLD = "gold"


class Answer(StrEnum):
    """The answer to a decision step."""

    YES = "yes"
    NO = "no"


class Bare(str):
    """An unquoted scalar of an unknown field, written back unquoted: ``no`` stays what it was to other readers."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence in both languages.

    >>> Text("安全", "Safe").en
    'Safe'
    """

    zh: str = ""
    en: str = ""

    def __bool__(self) -> bool:
        return bool(self.zh.strip() or self.en.strip())

    def plain(self) -> dict[str, str]:
        """Language → text, as facts and templates want it."""
        return {"zh": self.zh, "en": self.en}


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A value as it is stored with the annotation, and its shown title."""

    value: str
    title: Text
    definition: Text = Text()
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
    boundary: Text = Text()
    basis: Basis = Basis()
    steps: tuple[Step, ...] = ()
    examples: tuple[Example, ...] = ()
    lint_exceptions: tuple[LintException, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncovered:
    """A risk that no rule treats, and why the service does not meet it (only A.5 may be explained)."""

    code: str
    reason: Text
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """The whole document; ``control`` is the control of the labeling form whose answers the labels are."""

    format: int
    name: str
    version: str
    kind: Kind
    task_type: TaskType
    title: Text
    control: str
    labels: tuple[Label, ...]
    rules: tuple[Rule, ...]
    objective: Text = Text()
    data_format: Text = Text()
    method: Method = Method()
    quality_metrics: tuple[Metric, ...] = ()
    verification: Text = Text()
    wrong_labels: Guidance = Guidance()
    defects: tuple[Defect, ...] = ()
    emergency: Text = Text()
    risk_recognition: Guidance = Guidance()
    guided_responses: Guidance = Guidance()
    uncovered_risks: tuple[Uncovered, ...] = ()
    lint_exceptions: tuple[LintException, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

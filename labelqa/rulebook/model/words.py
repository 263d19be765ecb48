"""The small words of a rulebook: its enumerations, and texts in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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

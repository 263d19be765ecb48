"""What trainings cover: topics by person and line of a rulebook, and which text asks for which topics; an exam told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from labelqa.i18n import N_
from labelqa.records.finding import Place
from labelqa.records.names import PersonId, ReleaseName
from labelqa.records.personnel import Topic

ABILITIES: Final[Mapping[str, str]] = {  # what the five of GB/T 45674—2025, 7.1 b) are called
    "law": N_("laws and regulations"),
    "rules": N_("understanding of the rules"),
    "platform": N_("use of the platform"),
    "risk-judgement": N_("judgement of risks"),
    "data-security": N_("security of labelled data"),
}


class Demand(StrEnum):
    """Which text asks for a list of topics."""

    GB_45674 = "gb-45674"  # GB/T 45674—2025, 7.1 a): six topics
    TC260_003 = "tc260-003"  # TC260-003, 5.3 a) 1): four topics, held by the provider itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """The training that covers a topic longest, as far as is known at the asked time."""

    topic: Topic
    at: datetime
    until: datetime | None  # exclusive; None: it does not expire
    session: str  # "" where the training names none
    provider: bool
    organizer: str
    release: ReleaseName
    fact: int
    lapsed: bool  # it counted once and does no longer


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageLine:
    """One person under one line: what is covered, and what each text still misses.

    ``by_provider`` is the longest-lasting training of a topic that the provider itself held. ``other`` are topics on
    record that are none of the eight.
    """

    person: PersonId
    line: str
    covered: Mapping[Topic, Covered]
    by_provider: Mapping[Topic, Covered]
    gaps: Mapping[Demand, tuple[Topic, ...]]
    other: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether neither text misses a topic."""
        return not any(self.gaps.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamRow:
    """One exam: score, pass mark and the shares by ability are shares, 0–1; people by pseudonym, name or account."""

    person: str
    release: str
    at: datetime
    score: float
    pass_mark: float
    paper: str = ""
    reason: str = ""
    proctor: str = ""
    abilities: Mapping[str, float] = field(default_factory=dict)
    least: Mapping[str, float] = field(default_factory=dict)
    place: Place = field(default_factory=Place)

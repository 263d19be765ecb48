"""What exams gave: one marked paper with its shares, and how well the questions of a rulebook work over many papers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from labelqa.records.estimate import Figure


class BankFlag(StrEnum):
    """Why a question should be looked at."""

    TOO_EASY = "too-easy"
    TOO_HARD = "too-hard"
    NEGATIVE = "negative-discrimination"  # those who know more get it wrong more often
    WEAK = "weak-discrimination"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupShare:
    """The share right of a rule or an ability in one paper."""

    name: str
    share: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLine:
    """One example as a question: how often it was asked, its difficulty (share right), its discrimination.

    ``doubtful`` holds the flags that the interval does not yet confirm.
    """

    example: str
    rule: str
    papers: int
    takers: int
    difficulty: Figure
    point_biserial: Figure
    upper_lower: Figure
    flags: tuple[BankFlag, ...] = ()
    doubtful: tuple[BankFlag, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """The questions of one release over many marked papers, flagged ones first."""

    release: str
    book: str
    papers: int
    takers: int
    lines: tuple[BankLine, ...]
    repeated: int = 0  # marked papers that were given twice and counted once

"""How well the questions of a rulebook work: difficulty, discrimination and exposure over many marked papers.

Every figure comes with its interval; where too few people were asked it is unknown, and nothing is flagged on a guess.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from labelqa.errors import BadInput, InsufficientData
from labelqa.records.estimate import Estimate, Figure, unknown
from labelqa.records.exams import Bank, BankFlag, BankLine
from labelqa.stats.item_analysis import FEWEST, point_biserial, upper_lower
from labelqa.stats.proportion import wilson

EASY: Final = 0.95  # share right from which a question tells hardly anybody apart
HARD: Final = 0.30
WEAK: Final = 0.20  # discrimination below which a question is usually rewritten (Ebel and Frisbie 1991)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One marked paper: which examples were answered rightly. ``taker`` tells sheets apart, and may be any name."""

    release: str
    book: str
    paper: str
    taker: str
    right: Mapping[str, bool]  # example -> whether it was right
    rules: Mapping[str, str]  # example -> rule


def item_bank(sheets: Sequence[Sheet], *, confidence: float = 0.95) -> Bank:
    """The questions over all sheets; BadInput when there is none, or when they are about several rulebooks."""
    if not sheets:
        raise BadInput("no marked paper was given: labelqa rulebook grade --out FILE writes them")
    about = sorted({(each.release, each.book) for each in sheets})
    if len(about) > 1:
        told = ", ".join(f"{release} ({book[:12]})" for release, book in about)
        raise BadInput("the marked papers are about several rulebooks ({told}): give those of one", told=told)
    held = list({(each.paper, each.taker): each for each in sheets}.values())
    asked: defaultdict[str, list[Sheet]] = defaultdict(list)
    for sheet in held:
        for example in sheet.right:
            asked[example].append(sheet)
    lines = [_line(example, mine, confidence) for example, mine in asked.items()]
    lines.sort(key=lambda line: (not line.flags, not line.doubtful, line.rule, line.example))
    release, book = about[0]
    return Bank(
        release=release, book=book, papers=len({each.paper for each in held}), takers=len(held), lines=tuple(lines),
        repeated=len(sheets) - len(held),
    )  # fmt: skip


def _line(example: str, mine: Sequence[Sheet], confidence: float) -> BankLine:
    right = [sheet.right[example] for sheet in mine]
    longer = [sheet for sheet in mine if len(sheet.right) > 1]
    hits = [sheet.right[example] for sheet in longer]
    rest = [_share(hit for each, hit in sheet.right.items() if each != example) for sheet in longer]
    total = [_share(sheet.right.values()) for sheet in mine]
    difficulty = wilson(sum(right), len(right), confidence=confidence)
    biserial = _figure(lambda: point_biserial(hits, rest, confidence=confidence), len(hits))
    groups = _figure(lambda: upper_lower(right, total, confidence=confidence), len(right))
    flags, doubtful = _flags(difficulty, biserial)
    return BankLine(
        example=example, rule=mine[0].rules[example], papers=len({sheet.paper for sheet in mine}), takers=len(mine),
        difficulty=difficulty, point_biserial=biserial, upper_lower=groups, flags=flags, doubtful=doubtful,
    )  # fmt: skip


def _share(hits: Iterable[bool]) -> float:
    held = list(hits)
    return sum(held) / len(held)


def _figure(measure: Callable[[], Estimate], n: int) -> Figure:
    try:
        return measure()
    except InsufficientData as error:
        return unknown(error, n=n)


def _flags(difficulty: Estimate, biserial: Figure) -> tuple[tuple[BankFlag, ...], tuple[BankFlag, ...]]:
    """Flags that the interval confirms, and those that only the point suggests."""
    suspected = [
        (BankFlag.TOO_EASY, difficulty.point >= EASY, difficulty.low >= EASY - 0.05),
        (BankFlag.TOO_HARD, difficulty.point <= HARD, difficulty.high <= HARD + 0.05),
    ]
    if isinstance(biserial, Estimate):
        negative = biserial.point < 0
        suspected.append((BankFlag.NEGATIVE, negative, biserial.high < 0))
        suspected.append((BankFlag.WEAK, not negative and biserial.point < WEAK, biserial.high < WEAK))
    sure = tuple(flag for flag, suspect, certain in suspected if suspect and certain)
    if difficulty.n < FEWEST:
        return sure, ()
    return sure, tuple(flag for flag, suspect, certain in suspected if suspect and not certain)

"""Suspensions for quality as declared rules propose them: by answers on gold items, and by the interval, not the point.

A proposal is worked out, never recorded, and suspends nobody: a named person decides. Its id names what it rests on,
so that the same figures always give the same id and other figures another one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from labelqa.records.estimate import Estimate
from labelqa.records.names import BatchName, PersonId
from labelqa.stats.proportion import wilson


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldCount:
    """One person's answers on the gold items of one frozen batch."""

    person: PersonId
    line: str  # NAME@MAJOR of the batch's release
    batch: BatchName
    frozen: str  # digest of the frozen answers
    fact: int  # the freeze
    right: int
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Somebody whose accuracy against gold lies below what was declared, as far as the interval reaches."""

    proposal: str
    person: PersonId
    line: str
    right: int
    n: int
    accuracy: Estimate
    below: float  # policy suspend-below
    least: int  # policy suspend-items
    batches: tuple[BatchName, ...]
    grounds: tuple[int, ...]  # facts: the declared rules, and the freezes of the batches


def propose(
    counts: Iterable[GoldCount], *, below: float | None, least: int, confidence: float, rules: tuple[int, ...] = ()
) -> tuple[Proposal, ...]:
    """The people whose interval (Wilson 1927) lies wholly below ``below``, by person and line.

    Nobody where nothing is declared (``below`` None), or with fewer than ``least`` gold answers: too few to say.
    ``rules`` are the facts that declared the rule.
    """
    if below is None:
        return ()
    found: dict[tuple[PersonId, str], list[GoldCount]] = {}
    for each in counts:
        found.setdefault((each.person, each.line), []).append(each)
    proposals = []
    for (person, line), told in sorted(found.items()):
        parts = sorted(told, key=lambda each: each.fact)
        right, n = sum(each.right for each in parts), sum(each.n for each in parts)
        if n < max(least, 1):
            continue
        accuracy = wilson(right, n, confidence=confidence)
        if accuracy.high >= below:
            continue
        proposal = Proposal(
            proposal=_id(person, line, parts, below, least, confidence), person=person, line=line, right=right, n=n,
            accuracy=accuracy, below=below, least=least, batches=tuple(each.batch for each in parts),
            grounds=(*rules, *(each.fact for each in parts)),
        )  # fmt: skip
        proposals.append(proposal)
    return tuple(proposals)


def _id(person: PersonId, line: str, parts: Iterable[GoldCount], below: float, least: int, confidence: float) -> str:
    """A name made of all that the proposal rests on."""
    told = [[each.batch, each.frozen, each.right, each.n] for each in parts]
    text = json.dumps([person, line, below, least, confidence, told], ensure_ascii=False)
    return f"sus-{hashlib.sha256(text.encode()).hexdigest()[:10]}"

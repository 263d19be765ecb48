"""Doubts that annotators noted beside their answers: how often each rule left somebody unsure, and in which words.

Annotators who share a habit may agree and still be unsure; a trial in which they note their doubts shows where the words
of a rule leave a choice. A share of answers, not of people; nobody is asked why there was none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate, Figure
from labelqa.stats.agreement.linearised import known
from labelqa.stats.clustered import share_over_items
from labelqa.workflows.clarity.material import Noted, Sides

SHOWN: Final = 5  # doubts told in words for each rule


class Doubts:
    """The doubts of a trial by rule; ``noted`` is None where the table has no column for them."""

    def __init__(self, noted: Sequence[Noted] | None, sides: Sides, *, confidence: float) -> None:
        self._noted, self._confidence = noted, confidence
        self._by_rule: dict[int, list[Noted]] = defaultdict(list)
        for each in noted or ():
            for rule in sides.of(each.role):
                self._by_rule[rule].append(each)

    def of_all(self) -> Figure:
        """Share of all answers with a doubt."""
        return self._share(self._noted or ())

    def of_rule(self, rule: int) -> Figure:
        """Share of a rule's answers with a doubt."""
        return self._share(self._by_rule[rule])

    def words(self, rule: int) -> tuple[str, ...]:
        """The first few of what was noted of a rule, item by item."""
        told = [f"{each.item}: {each.doubt}" for each in self._by_rule[rule] if each.doubt]
        return tuple(told[:SHOWN])

    def _share(self, answers: Sequence[Noted]) -> Figure:
        if self._noted is None:
            return known(_not_asked, n=0)
        items: dict[str, list[bool]] = defaultdict(list)
        for each in answers:
            items[each.item].append(bool(each.doubt))
        unsure = np.array([sum(each) for each in items.values()], dtype=np.int64)
        given = np.array([len(each) for each in items.values()], dtype=np.int64)
        return known(lambda: share_over_items(unsure, given, confidence=self._confidence), n=len(answers))


def _not_asked() -> Estimate:
    raise InsufficientData("doubts-not-asked", "the table has no column doubt, so nobody was asked")

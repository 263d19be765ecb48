"""How far two answers lie apart when an answer is a label or several labels at once, in no order.

Two answers without any label are the same answer; one without any is as far as can be from one with some.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from labelqa.records.reductions import Floats
from labelqa.stats.distance.stored import each_distinct, one_text, parsed, refuse

Labels: TypeAlias = frozenset[str]


def read_labels(text: str) -> Labels:
    """The labels of a stored answer: those of a JSON list, one plain label, or none where the text is empty.

    Parts that are no texts (a relation, a region) stand for themselves as canonical JSON.

    >>> sorted(read_labels('["b","a","b"]')), read_labels("正面"), len(read_labels(""))
    (['a', 'b'], frozenset({'正面'}), 0)
    """
    value = parsed(text)
    if isinstance(value, dict):
        refuse(text, "a label or a list of labels")
    if isinstance(value, list):
        return frozenset(map(one_text, value))
    return frozenset([value] if value else [])


def jaccard(one: frozenset[object], other: frozenset[object]) -> float:
    """1 minus shared over distinct members (Jaccard 1912); 0 for two empty sets."""
    union = len(one | other)
    return 1 - len(one & other) / union if union else 0.0


def _masi(one: Labels, other: Labels) -> float:
    if one == other:
        return 0.0
    shared = one & other
    if not shared:
        return 1.0
    nested = Fraction(2, 3) if one <= other or other <= one else Fraction(1, 3)
    return float(1 - nested * Fraction(len(shared), len(one | other)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Exact:
    """0 where two answers are the same, else 1; for any kind of answer.

    The order of a list counts where ``ordered`` (a ranking, lines of text) and not otherwise (a set of labels).

    >>> same = Exact()
    >>> same.between([same.read('["a","b"]')], [same.read('["b","a"]')])
    array([0.])
    """

    ordered: bool = False

    def read(self, text: str) -> str:
        """The answer in one spelling."""
        value = parsed(text)
        if isinstance(value, list) and not self.ordered:
            return one_text(sorted({one_text(part) for part in value}))
        return one_text(value)

    def between(self, ones: Sequence[str], others: Sequence[str]) -> Floats:
        """0 or 1 for each pair: (pairs,)."""
        return each_distinct(ones, others, lambda one, other: float(one != other))


@dataclass(frozen=True, slots=True, kw_only=True)
class Jaccard:
    """1 minus the shared labels over all labels of the two answers (Jaccard 1912): 0..1, a metric.

    >>> sets = Jaccard()
    >>> sets.between([sets.read('["a","b","c"]')], [sets.read('["b","c","d"]')])
    array([0.5])
    """

    def read(self, text: str) -> Labels:
        """The labels of a stored answer."""
        return read_labels(text)

    def between(self, ones: Sequence[Labels], others: Sequence[Labels]) -> Floats:
        """The distance of each pair: (pairs,)."""
        return each_distinct(ones, others, jaccard)


@dataclass(frozen=True, slots=True, kw_only=True)
class Masi:
    """Jaccard, dearer where neither set holds the other: 1 - J * M (Passonneau 2006), 0..1.

    M is 1 for equal sets, 2/3 where one holds the other, 1/3 where they overlap, 0 where they share nothing.

    >>> masi = Masi()
    >>> masi.between([masi.read('["a","b"]')], [masi.read('["a","b","c","d"]')]).round(4)
    array([0.6667])
    """

    def read(self, text: str) -> Labels:
        """The labels of a stored answer."""
        return read_labels(text)

    def between(self, ones: Sequence[Labels], others: Sequence[Labels]) -> Floats:
        """The distance of each pair: (pairs,)."""
        return each_distinct(ones, others, _masi)

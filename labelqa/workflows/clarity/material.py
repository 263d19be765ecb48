"""What clarity is measured from: answers as they fall under the rules, what was checked, what was disputed.

Frozen batches and the table of a trial are both brought into this form, so that the same figures come out of either.
An answer that cites its rule falls under that rule; any other under every rule that gives one of its labels.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from labelqa.records.finding import Finding
from labelqa.records.reductions import Floats, Ints, Patterns
from labelqa.rulebook.model import Rulebook
from labelqa.stats.distance.stored import one_text, parsed

Labels: TypeAlias = frozenset[str]
Mask: TypeAlias = npt.NDArray[np.bool_]
_CITES = "\x1f"  # between an answer and the rule that it cites, in the name of a role


@dataclass(frozen=True, slots=True)
class Role:
    """One sort of answer: its labels (a set of them where several may be chosen), and the rule that it cites."""

    labels: Labels
    cited: str = ""


def role_of(text: str, cited: str = "") -> Role:
    """The labels in an answer as it is stored: one, a set, paths of a tree, or those of marks.

    >>> sorted(role_of('["b","a"]').labels), sorted(role_of('[{"start":1,"end":4,"labels":["x"]}]').labels)
    (['a', 'b'], ['x'])
    """
    value = parsed(text)
    parts = value if isinstance(value, list) else [value]
    return Role(frozenset(label for part in parts for label in _labels(part)), cited)


def _labels(part: object) -> list[str]:
    if isinstance(part, dict):
        marks = part.get("labels")
        return [one_text(each) for each in marks] if isinstance(marks, list) else []
    if isinstance(part, list):
        return ["/".join(map(one_text, part)), *([one_text(part[-1])] if part else [])]
    return [one_text(part)]


def named(text: str, cited: str) -> str:
    """The name of a role: the answer as it is stored, and the rule that it cites."""
    return f"{text}{_CITES}{cited}" if cited else text


def role_named(name: str) -> Role:
    """The role of such a name."""
    text, _, cited = name.partition(_CITES)
    return role_of(text, cited)


def cited_in(text: str, rules: Iterable[str]) -> tuple[str, ...]:
    """The rules whose ids stand in a text as words of their own.

    >>> cited_in("按 Q-02，不是Q-031。", ["Q-02", "Q-03", "Q-031"])
    ('Q-02', 'Q-031')
    """
    return tuple(rule for rule in rules if re.search(rf"(?<![\w.-]){re.escape(rule)}(?![\w-]|\.\w)", text, re.ASCII))


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """An item about which more is known than its answers.

    ``judged``: the answers that were compared with what is right, and how many gave each; ``right`` None where it is
    only known that the label is wrong. ``differing``: its annotators differ; ``named`` is the rule that the review
    names as broken. ``alone``: it has a single answer.
    """

    judged: tuple[tuple[Role, int], ...]
    right: Role | None
    wrong: bool
    differing: bool
    alone: bool
    named: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """An arbitrator's ruling: its label, and the rules that its reason cites."""

    label: Role
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Noted:
    """One answer of a table in which doubts may be noted; ``doubt`` is "" where there was none."""

    item: str
    role: Role
    doubt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Everything that is measured, the answers as patterns of roles; ``reviews`` is how many verdicts there are.

    ``times`` (rows,) in seconds with ``timed`` (rows,), the role of each. ``find`` gives ids of items on which a role of
    the first mask stands beside one of the second.
    """

    patterns: Patterns
    checked: Sequence[Checked] = ()
    reviews: int = 0
    disputes: Sequence[tuple[Role, ...]] = ()
    rulings: Sequence[Ruled] = ()
    times: Floats
    timed: Ints
    find: Callable[[Mask, Mask, int], tuple[str, ...]] = lambda _one, _other, _most: ()
    findings: Sequence[Finding] = ()
    noted: Sequence[Noted] | None = None  # answers in which doubts may be noted; None where nobody was asked


@dataclass(frozen=True, slots=True)
class Sides:
    """Which rules answers fall under; rules are told by their place in the book."""

    book: Rulebook
    _giving: Mapping[str, frozenset[int]] = field(init=False, repr=False)
    _place: Mapping[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        giving: dict[str, set[int]] = {}
        for at, rule in enumerate(self.book.rules):
            for label in rule.labels:
                giving.setdefault(label, set()).add(at)
        object.__setattr__(self, "_giving", {label: frozenset(rules) for label, rules in giving.items()})
        object.__setattr__(self, "_place", {rule.id: at for at, rule in reversed([*enumerate(self.book.rules)])})

    def place(self, rule: str) -> int | None:
        """The place of a rule; None for one that is not in the book."""
        return self._place.get(rule)

    def of_labels(self, labels: Labels) -> frozenset[int]:
        """The rules that give any of these labels."""
        return frozenset().union(*(self._giving.get(label, frozenset()) for label in labels))

    def of(self, role: Role) -> frozenset[int]:
        """The rules that an answer falls under; none where no rule gives its labels."""
        cited = self.place(role.cited) if role.cited else None
        return frozenset((cited,)) if cited is not None else self.of_labels(role.labels)

    def against(self, one: Role, other: Role) -> tuple[frozenset[int], frozenset[int]]:
        """Where two answers differ, the rules on either side: of the labels that only one of them has.

        Both are empty where the labels are the same, whatever rules are cited.
        """
        if one.labels == other.labels:
            return frozenset(), frozenset()
        return self._side(one, one.labels - other.labels), self._side(other, other.labels - one.labels)

    def _side(self, role: Role, own: Labels) -> frozenset[int]:
        cited = self.place(role.cited) if role.cited else None
        return frozenset((cited,)) if cited is not None and own else self.of_labels(own)

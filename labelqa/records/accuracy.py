"""What accuracy is told as: label by label, annotator by annotator, corrected for reviewers, weighted by the draw."""

from __future__ import annotations

from dataclasses import dataclass

from labelqa.errors import Message
from labelqa.records.estimate import Estimate, Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelScore:
    """One label against the reference: ``reference`` items have it, it was ``given`` so often, ``both`` at once."""

    label: str
    reference: int
    given: int
    both: int
    precision: Figure  # of those given this label, the share that have it
    recall: Figure  # of those that have this label, the share given it
    f1: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Skill:
    """One annotator's share correct, as counted and drawn towards what the whole team shows."""

    annotator: int
    correct: int
    n: int
    raw: Figure
    shrunken: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Shares of all annotators together: about ``mean``, worth ``weight`` items of evidence for each of them."""

    mean: float | None
    weight: float | None
    skills: tuple[Skill, ...]
    note: Message | None = None  # why nothing was drawn together, where it was not; mean and weight are not known then


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """How far verdicts can be trusted: ``caught`` of ``wrong`` items called wrong, ``passed`` of ``right`` ones right."""

    caught: int
    wrong: int
    passed: int
    right: int
    sensitivity: Figure
    specificity: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubleReview:
    """Items that two reviewers judged, by what they said and how an arbitrator ruled where they differed.

    ``first_upheld``: only the first called it wrong, and rightly; ``first_rejected``: and wrongly; likewise the second.
    """

    both_wrong: int
    both_right: int
    first_upheld: int
    first_rejected: int
    second_upheld: int
    second_rejected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedRate:
    """The share wrong as reviewers said (``apparent``) and as it must be, given how often they err (``true``)."""

    apparent: Estimate
    true: Figure
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightedShare:
    """A share from an unequal draw: corrected for the chances of being drawn, and ``naive`` as if they were equal.

    ``naive`` is shown beside it and never used; ``effective_n`` is how many items of a simple random draw it is worth.
    """

    figure: Estimate
    naive: Estimate
    effective_n: float

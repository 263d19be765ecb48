"""What lies behind a batch's agreement: parts of it apart, single items, and how pre-labels were treated."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from labelqa.records.estimate import Figure


class Apart(StrEnum):
    """By what a batch is taken apart."""

    ORIGIN = "origin"  # answered afresh, or begun from a pre-label
    WHO = "who"  # people among themselves, models among themselves, people with models
    WEEK = "week"
    RULE = "rule"  # the labels that a rule gives, against all others
    STRATUM = "stratum"  # a field of the items


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficient:
    """One coefficient of agreement, or why it is unknown."""

    name: str  # percent-agreement, fleiss-kappa, krippendorff-alpha, gwet-ac1
    figure: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class PartAgreement:
    """Agreement within one part of a batch; ``name`` is a week, a rule, a field's value, or one of the words below.

    Origin: ``afresh``, ``prelabelled``. Who: ``people``, ``models``, ``across``. ``field`` names the items' field of a
    stratum, whose ``name`` is "" for items that do not have it. Across, ``alpha`` is agreement beyond chance, where
    chance is that of one person's label meeting one model's.
    """

    apart: Apart
    name: str
    items: int  # with two annotations or more
    agreement: Figure  # percent agreement, or mean agreement by the distance of the kind
    alpha: Figure  # the batch's headline coefficient
    field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputedItem:
    """One item on which annotators differ: its answers, the most frequent first; ``disagreement`` 0..1 or a distance."""

    item: str
    annotations: int
    disagreement: float
    entropy: float | None  # bits; None where answers are compared by a distance
    answers: tuple[tuple[str, int], ...]  # answer as it is stored, how often


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """How likely a coefficient lies in a named range of a benchmark scale; said after the number, never instead."""

    scale: str  # landis-koch, altman, fleiss
    word: str
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """How much of what was suggested somebody submitted as it was."""

    name: str
    prelabelled: int  # answers begun from a pre-label
    share: Figure

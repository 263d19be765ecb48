"""What lies behind a batch's accuracy: labels, annotators, rules and strata apart, which label is taken for which."""

from __future__ import annotations

from dataclasses import dataclass

from labelqa.errors import Message
from labelqa.records.estimate import Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatorAccuracy:
    """One annotator's own labels against the reference: share right as counted, and drawn towards the team."""

    person: str
    name: str  # as a lead may see it
    model: bool  # not a person; models are never in one team with people
    correct: int
    n: int
    raw: Figure
    shrunken: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamAccuracy:
    """All annotators of the checked items, the one with the most checked labels first.

    ``mean`` and ``weight`` are what the people teach: shares lie about ``mean``, and that is worth ``weight`` labels of
    evidence for each of them. Both are None, and ``note`` says why, where they teach nothing.
    """

    annotators: tuple[AnnotatorAccuracy, ...]
    mean: float | None
    weight: float | None
    note: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleAccuracy:
    """One rule of the release: how often the ``labels`` that it gives were right, and how often it was named as broken.

    ``items`` have such a label of record in the whole batch (None where that is not asked), ``checked`` of them were
    compared; ``named`` verdicts say that this rule was broken, ``named_rate`` is their share of all checked items. None
    where there are no verdicts.
    """

    rule: str
    labels: tuple[str, ...]
    items: int | None
    checked: int
    accuracy: Figure
    named: int | None = None
    named_rate: Figure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StratumAccuracy:
    """The items with one ``value`` of a ``field`` of theirs; "" for those that do not have it."""

    field: str
    value: str
    items: int  # in the batch, checked or not
    checked: int  # labels that were compared
    accuracy: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """How often which label was given (columns) where the reference has which (rows), both in the order of ``labels``.

    ``not_known`` were called wrong or undecidable without a better label: they stand in no cell.
    """

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    not_known: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedAccuracy:
    """Accuracy as reviewers saw it, and as it must be, given how often they err.

    ``sensitivity``: the chance that they call a wrong label wrong; ``specificity``: a right one right. Figures where
    they were estimated, numbers where they were given. The rest tells what they were estimated from: items judged by
    two verifiers, those on which they differ, and by what each of these was settled.
    """

    source: str  # given, double-review
    raw: Figure  # the share called right
    accuracy: Figure
    sensitivity: Figure | float
    specificity: Figure | float
    doubled: int = 0
    differing: int = 0
    by_ruling: int = 0
    by_gold: int = 0
    by_third_verdict: int = 0
    notes: tuple[Message, ...] = ()

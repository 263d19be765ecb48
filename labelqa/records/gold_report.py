"""Everything that ``labelqa accuracy BATCH --against gold`` says."""

from __future__ import annotations

from dataclasses import dataclass

from labelqa.errors import Message
from labelqa.records.accuracy import LabelScore
from labelqa.records.accuracy_report import Matrix, RuleAccuracy, StratumAccuracy, TeamAccuracy
from labelqa.records.estimate import Figure
from labelqa.records.summary import Confusion


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Labels against a reference, told in every way; where an item has several, intervals are over items."""

    items: int
    n: int  # labels that were compared
    correct: int
    accuracy: Figure
    scores: tuple[LabelScore, ...]  # label by label
    rules: tuple[RuleAccuracy, ...]
    strata: tuple[StratumAccuracy, ...]
    matrix: Matrix
    confusions: tuple[Confusion, ...]  # label given → reference, the most frequent first


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldReport:
    """A batch's labels of record and single answers beside the answers that were fixed beforehand."""

    batch: str
    against: str  # gold
    items: int  # of the batch
    gold_items: int
    undecided: int  # of them without a label of record, as they are still disputed
    record: Comparison  # labels of record
    answers: Comparison  # every single answer of people
    team: TeamAccuracy
    notes: tuple[Message, ...] = ()

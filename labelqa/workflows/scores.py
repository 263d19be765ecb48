"""Labels beside their reference, told in every way: over all, label by label, rule by rule, by what the items showed.

Where an item has several answers they are not independent: intervals are then over items.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from labelqa.errors import Message
from labelqa.records.accuracy import LabelScore, Skill
from labelqa.records.accuracy_report import AnnotatorAccuracy, Matrix, RuleAccuracy, StratumAccuracy, TeamAccuracy
from labelqa.records.estimate import Estimate, Figure, Unknown
from labelqa.records.gold_report import Comparison
from labelqa.records.reductions import Ints
from labelqa.records.summary import Confusion
from labelqa.stats.agreement.item_intervals import doubtful
from labelqa.stats.agreement.linearised import known
from labelqa.stats.clustered import share_over_items
from labelqa.stats.confusion import f1, label_scores, top_confusions
from labelqa.stats.proportion import wilson
from labelqa.stats.shrinkage import team
from labelqa.workflows.strata import Stratum

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Compared:
    """Labels beside their reference, one row each (rows,): the item's number, and places in ``labels``."""

    labels: tuple[str, ...]
    item: Ints
    given: Ints
    reference: Ints

    @property
    def right(self) -> Mask:
        """Which rows have the label that they should have."""
        return np.asarray(self.given == self.reference)

    def rows(self, chosen: Mask) -> Compared:
        """Some of the rows."""
        return replace(self, item=self.item[chosen], given=self.given[chosen], reference=self.reference[chosen])

    @property
    def table(self) -> Ints:
        """The confusion matrix, rows the reference, (labels, labels)."""
        table = np.zeros((len(self.labels), len(self.labels)), dtype=np.int64)
        np.add.at(table, (self.reference, self.given), 1)
        return table


def share_right(item: Ints, right: Mask, *, confidence: float) -> Figure:
    """Share of right rows (rows,): Wilson's interval, or over items where one item has several rows."""
    _, at = np.unique(item, return_inverse=True)
    answers = np.bincount(at)
    hits = np.bincount(at[right], minlength=len(answers))
    return known(lambda: share_over_items(hits, answers, confidence=confidence), n=len(item))


def rough(figure: Figure) -> tuple[Message, ...]:
    """What to say of the share of single answers where few items decide its interval."""
    why = doubtful(figure) if isinstance(figure, Estimate) else None
    return (Message("single answers: {why}", {"why": why}),) if why else ()


def comparison(
    compared: Compared, *, rules: Mapping[str, tuple[str, ...]], strata: Sequence[Stratum], confidence: float
) -> Comparison:
    """Everything about some labels and their reference; ``rules`` are the labels that each rule gives."""
    table = compared.table
    return Comparison(
        items=len(np.unique(compared.item)),
        n=len(compared.item),
        correct=int(compared.right.sum()),
        accuracy=share_right(compared.item, compared.right, confidence=confidence),
        scores=scores_over_items(compared, confidence=confidence),
        rules=tuple(_rule(compared, *each, confidence) for each in rules.items()),
        strata=tuple(_stratum(compared, each, confidence) for each in strata),
        matrix=matrix_of(table, compared.labels),
        confusions=given_first(top_confusions(table, compared.labels)),
    )


def given_first(pairs: Sequence[Confusion]) -> tuple[Confusion, ...]:
    """Confusions told as label given → reference."""
    return tuple(Confusion(first=each.second, second=each.first, count=each.count) for each in pairs)


def matrix_of(table: Ints, labels: tuple[str, ...], *, not_known: int = 0) -> Matrix:
    """The confusion matrix as a record."""
    return Matrix(labels=labels, counts=tuple(map(tuple, table.tolist())), not_known=not_known)


def _rule(compared: Compared, rule: str, labels: tuple[str, ...], confidence: float) -> RuleAccuracy:
    mine = np.isin(compared.given, [at for at, label in enumerate(compared.labels) if label in labels])
    figure = share_right(compared.item[mine], compared.right[mine], confidence=confidence)
    return RuleAccuracy(rule=rule, labels=labels, items=None, checked=int(mine.sum()), accuracy=figure)


def _stratum(compared: Compared, stratum: Stratum, confidence: float) -> StratumAccuracy:
    mine = np.isin(compared.item, np.array(stratum.items, dtype=np.int64))
    figure = share_right(compared.item[mine], compared.right[mine], confidence=confidence)
    return StratumAccuracy(
        field=stratum.field, value=stratum.value, items=len(stratum.items), checked=int(mine.sum()), accuracy=figure
    )


def scores_over_items(compared: Compared, *, confidence: float) -> tuple[LabelScore, ...]:
    """Precision, recall and F1 of each label; the intervals are over items where one item has several rows.

    F1 is 2 J / (1 + J) of the share J that has the label on both sides among the rows that have it on either.
    """
    scores = label_scores(compared.table, compared.labels, confidence=confidence)
    if len(np.unique(compared.item)) == len(compared.item):
        return scores
    return tuple(_over_items(compared, at, line, confidence) for at, line in enumerate(scores))


def _over_items(compared: Compared, at: int, line: LabelScore, confidence: float) -> LabelScore:
    given, reference = compared.given == at, compared.reference == at

    def share(figure: Figure, rows: Mask) -> Figure:
        """Over items; what is unknown stays so."""
        if isinstance(figure, Unknown):
            return figure
        return share_right(compared.item[rows], (given & reference)[rows], confidence=confidence)

    both = share(line.f1, given | reference)
    return replace(
        line,
        precision=share(line.precision, given),
        recall=share(line.recall, reference),
        f1=_f1_of(both) if isinstance(both, Estimate) else both,
    )


def _f1_of(shared: Estimate) -> Estimate:
    point, low, high = (2 * each / (1 + each) for each in (shared.point, shared.low, shared.high))
    return replace(shared, point=point, low=low, high=high, method=f"{shared.method} of the shared part, transformed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What verdicts say of one label of record: ``given`` items checked, its ``precision`` in the batch, and of how
    many it is not known which label they have: ``wrong`` ones that surely have another, ``open`` ones that may have it."""

    given: int = 0
    precision: Figure | None = None
    wrong: int = 0
    open: int = 0


def reviewed_scores(
    table: Ints, labels: Sequence[str], checked: Mapping[str, Checked], *, whole: bool = False, confidence: float
) -> tuple[LabelScore, ...]:
    """Precision, recall and F1 of labels of record from verdicts; ``table`` is the matrix of items whose label is known.

    Items called wrong or undecidable without a better label may have any: limits of recall and F1 allow for each case,
    their points leave these items out. ``whole``: every item of the batch was checked, so nothing is left to chance.
    """
    unsettled = sum(each.wrong + each.open for each in checked.values())
    lines = label_scores(table, labels, confidence=confidence)
    return tuple(_reviewed(line, checked.get(line.label, Checked()), unsettled, whole, confidence) for line in lines)


def _reviewed(line: LabelScore, mine: Checked, unsettled: int, whole: bool, confidence: float) -> LabelScore:
    line = replace(line, given=mine.given, precision=mine.precision or line.precision)
    unclear = unsettled - mine.wrong  # items of which it is not known whether they have this label
    if not line.reference and unclear:
        text = Message("no checked item is known to have this label, and of {n} it is not known", {"n": unclear})
        unsure = Unknown(reason="label-not-known", message=text, n=unclear)
        return replace(line, recall=unsure, f1=unsure)
    both, due = line.both, line.reference
    cases = (
        (both, due),
        (both, due + unclear - mine.open),
        (both + mine.open, due + mine.open),
    )  # as it is, worst, best

    def figure(share: Callable[[int, int], Estimate]) -> Figure:
        return known(lambda: _widened([_sure(share(*case), whole) for case in cases], unclear))

    if due:
        line = replace(line, recall=figure(lambda hits, n: wilson(hits, n, confidence=confidence)))
    return replace(line, f1=figure(lambda hits, n: f1(hits, n, mine.given, confidence=confidence)))


def _sure(figure: Estimate, whole: bool) -> Estimate:
    """The figure itself where every item was checked."""
    return replace(figure, low=figure.point, high=figure.point, method="census") if whole else figure


def _widened(found: Sequence[Estimate], unclear: int) -> Estimate:
    """A figure with the limits of its worst and its best case."""
    figure, least, most = found
    if not unclear:
        return figure
    method = f"{figure.method}, widened for {unclear} not known"
    return replace(figure, low=min(figure.low, least.low), high=max(figure.high, most.high), method=method)


def counts_of(annotator: npt.NDArray[np.integer[Any]], right: Mask) -> dict[int, tuple[int, int]]:
    """(correct, checked) of each annotator, from rows of (annotator number, whether right)."""
    people, at = np.unique(annotator, return_inverse=True)
    n, hits = np.bincount(at, minlength=len(people)), np.bincount(at[right], minlength=len(people))
    return {who: (r, total) for who, r, total in zip(people.tolist(), hits.tolist(), n.tolist(), strict=True)}


def team_of(
    counts: Mapping[int, tuple[int, int]],
    people: Sequence[str],
    names: Mapping[str, str],
    models: frozenset[int],
    *,
    confidence: float,
) -> TeamAccuracy:
    """Annotators from (correct, checked) by number; people learn from people, models from models."""
    ours = team({who: each for who, each in counts.items() if who not in models}, confidence=confidence)
    theirs = team({who: each for who, each in counts.items() if who in models}, confidence=confidence)

    def line(skill: Skill) -> AnnotatorAccuracy:
        person = people[skill.annotator]
        return AnnotatorAccuracy(
            person=person, name=names.get(person, person), model=skill.annotator in models, correct=skill.correct,
            n=skill.n, raw=skill.raw, shrunken=skill.shrunken,
        )  # fmt: skip

    lines = sorted(map(line, [*ours.skills, *theirs.skills]), key=lambda each: (-each.n, each.name))
    return TeamAccuracy(
        annotators=tuple(lines), mean=ours.mean, weight=ours.weight,
        note=ours.note,
    )  # fmt: skip

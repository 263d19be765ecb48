"""Models that label, held against people: as good as one more of them, and on which labels they lean.

A model never counts as a reviewer and has no vote in a label of record; its scores weigh nothing in any draw. What is
compared are items that nobody began from a pre-label, since accepting a model's suggestion is no independent answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from labelqa.errors import InsufficientData
from labelqa.records.annotation import Origin
from labelqa.records.batch import Batch
from labelqa.records.consensus import LabelLean, ModelFigures, Sides
from labelqa.records.estimate import Figure, unknown
from labelqa.records.names import PersonId
from labelqa.records.reductions import Answers, Ints, Subset
from labelqa.stats.judges import (
    CeilingCheck,
    JudgeCheck,
    agreement_across,
    human_ceiling,
    judge_accuracy,
    people_majority,
)
from labelqa.workflows.answered import gold_numbers
from labelqa.workflows.desk import Desk
from labelqa.workflows.population import frozen_of
from labelqa.workflows.state import State, shown_names
from labelqa.workflows.subject import all_prelabelled

MARGIN: Final = 0.05  # by which a model may agree less with people than they do with each other


@dataclass(frozen=True, slots=True, eq=False)
class _Bench:
    """People's and models' answers in one table; a model's annotator number is ``shift`` beyond its own, so that an
    account through which both answered is two annotators here."""

    answers: Answers
    shift: int
    models: Ints

    @classmethod
    def of(cls, desk: Desk, batch: Batch, *, prelabelled: bool | None) -> _Bench:
        path = desk.frozen.checked(frozen_of(batch).annotations)
        ours, theirs = (
            desk.reducer.answers(path, batch.labels, subset=Subset(machine=machine, prelabelled=prelabelled))
            for machine in (False, True)
        )
        shift = int(max(ours.annotator.max(initial=0), theirs.annotator.max(initial=0))) + 1
        item = np.concatenate([ours.item, theirs.item])
        who = np.concatenate([ours.annotator, theirs.annotator + np.int32(shift)])
        order = np.lexsort((who, item))
        label = np.concatenate([ours.label, theirs.label])[order]
        both = Answers(labels=ours.labels, item=item[order], annotator=who[order], label=label)
        return cls(both, shift, np.unique(theirs.annotator.astype(np.int64)) + shift)


def models_of(desk: Desk, state: State, batch: Batch) -> tuple[tuple[ModelFigures, ...], Sides | None]:
    """Every model that answered, and agreement among people, among models and across; nothing where none did.

    Raises InsufficientData ``not-choices`` where the answers of the batch are no labels.
    """
    freeze = frozen_of(batch)
    if not freeze.origins.get(Origin.MACHINE):
        return (), None
    confidence = desk.settings.confidence
    every = _Bench.of(desk, batch, prelabelled=None)
    hidden = all_prelabelled(freeze)
    apart = _Bench.of(desk, batch, prelabelled=False) if freeze.items_prelabelled else every
    gold = gold_numbers(desk, state, batch, every.answers.labels)
    majority = {} if hidden else people_majority(apart.answers, apart.models.tolist())
    figures = []
    for number in (every.models - every.shift).tolist():
        against_gold = _against(
            every, number, gold, InsufficientData("no-gold", "no gold item was answered"), confidence
        )
        nobody = hidden or InsufficientData("no-overlap", "no item was answered by enough others")
        against_people = _against(apart, number, majority, nobody, confidence)
        ceiling = _ceiling(apart, number, hidden, confidence)
        figures.append(_figures(desk, state, batch, number, every, against_gold, against_people, ceiling))
    sides = None if hidden else agreement_across(apart.answers, apart.models.tolist(), confidence=confidence)
    told = None if sides is None else Sides(
        people=sides.people, models=sides.models, across=sides.across, people_alpha=sides.people_alpha,
        models_alpha=sides.models_alpha, across_beyond_chance=sides.across_beyond_chance,
    )  # fmt: skip
    return tuple(sorted(figures, key=lambda each: (each.name, each.person))), told


def _against(
    bench: _Bench, number: int, reference: Mapping[int, int], nothing: InsufficientData, confidence: float
) -> JudgeCheck | InsufficientData:
    try:
        if not reference:
            raise nothing
        return judge_accuracy(bench.answers, number + bench.shift, reference, confidence=confidence)
    except InsufficientData as error:
        return error


def _ceiling(
    bench: _Bench, number: int, hidden: InsufficientData | None, confidence: float
) -> CeilingCheck | InsufficientData:
    if hidden is not None:
        return hidden
    judge, models = number + bench.shift, bench.models.tolist()
    try:
        return human_ceiling(bench.answers, judge, models, margin=MARGIN, confidence=confidence)
    except InsufficientData as error:
        return error


def _figures(
    desk: Desk,
    state: State,
    batch: Batch,
    number: int,
    bench: _Bench,
    gold: JudgeCheck | InsufficientData,
    majority: JudgeCheck | InsufficientData,
    ceiling: CeilingCheck | InsufficientData,
) -> ModelFigures:
    person = PersonId(desk.reducer.people(desk.frozen.checked(frozen_of(batch).annotations))[number])
    best = gold if isinstance(gold, JudgeCheck) else majority
    known = state.people.get(person)
    parts = ("with_people", "among_people", "difference", "ratio")
    sides: dict[str, Figure] = {
        name: unknown(ceiling) if isinstance(ceiling, InsufficientData) else getattr(ceiling, name) for name in parts
    }
    return ModelFigures(
        person=person, name=shown_names(desk).get(person, person), model=known.model if known else "",
        annotations=int((bench.answers.annotator == number + bench.shift).sum()), gold=_accuracy(gold),
        majority=_accuracy(majority), reference="gold" if best is gold else "majority",
        leans=tuple(
            LabelLean(label=each.label, bias=each.bias, found=each.found)
            for each in (best.labels if isinstance(best, JudgeCheck) else ())
        ),
        **sides, margin=MARGIN, confirmed=None if isinstance(ceiling, InsufficientData) else ceiling.confirmed,
    )  # fmt: skip


def _accuracy(found: JudgeCheck | InsufficientData) -> Figure:
    return unknown(found) if isinstance(found, InsufficientData) else found.accuracy

"""Which of the compared things people prefer: one scale for all of them, from which side won in each item.

An item must say what stood left and what right, in two fields of its own. Nothing is recorded and no answer changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from labelqa.errors import InsufficientData, Message, WrongUsage
from labelqa.i18n import N_
from labelqa.intake import ItemContent
from labelqa.records.annotation import ControlKind, Origin
from labelqa.records.batch import Batch
from labelqa.records.consensus import JudgedPairs, OptionStrength, PreferenceReport
from labelqa.records.names import PersonId
from labelqa.records.reductions import Ints
from labelqa.stats.annotators.preferences import (
    FIRST,
    SECOND,
    TIE,
    BradleyTerry,
    Comparisons,
    bradley_terry,
    preference_agreement,
)
from labelqa.workflows.answered import label_answers
from labelqa.workflows.desk import Desk
from labelqa.workflows.population import frozen_of
from labelqa.workflows.select import item_record
from labelqa.workflows.state import read_state, shown_names
from labelqa.workflows.subject import kind_of_batch

OUTCOMES: Final[Mapping[str, int]] = {"left": FIRST, "right": SECOND, "tie": TIE}
MOST_OPTIONS: Final = 1_000  # every two of them share a cell


@dataclass(frozen=True, slots=True, eq=False)
class _Compared:
    """The comparisons of a batch, and how many answers say nothing about them."""

    data: Comparisons
    unnamed: int  # on items that do not name both sides
    same: int  # on items with the same thing on both sides


def preference_report(desk: Desk, batch: str, *, left: str, right: str, prior: float = 0.0) -> PreferenceReport:
    """The scale of what the fields ``left`` and ``right`` of a pairwise batch's items name.

    ``prior`` lends every option so many comparisons with an average one. Raises Refused for a batch that is not frozen,
    InsufficientData where its answers are no preferences or leave the scale open, WrongUsage for a field that no item
    has.
    """
    found = read_state(desk).batch(batch)
    frozen_of(found)
    kind = kind_of_batch(desk, found)
    if kind is not ControlKind.PAIRWISE and not set(found.labels) <= OUTCOMES.keys():
        raise InsufficientData(
            "not-preferences",
            "--model bradley-terry ranks what was compared; the answers of this batch are of another kind ({kind})",
            kind=kind.value,
        )
    compared = _compared(desk, found, left, right)
    data = compared.data
    fit = bradley_terry(data, prior=prior, confidence=desk.settings.confidence)
    return PreferenceReport(
        batch=found.name, control=found.control, model="bradley-terry", left=left, right=right,
        comparisons=len(data.first), annotators=len(np.unique(data.annotator)), prior=prior,
        log_likelihood=fit.log_likelihood, options=_options(data, fit), lines=_lines(desk, found, data),
        notes=tuple(_notes(found, compared)),
    )  # fmt: skip


def _compared(desk: Desk, batch: Batch, left: str, right: str) -> _Compared:
    answers = label_answers(desk, batch)
    strange = [label for label in answers.labels if label not in OUTCOMES]
    used = {answers.labels[at] for at in np.unique(answers.label).tolist()}
    if used & set(strange):
        raise InsufficientData(
            "not-preferences-words",
            "a preference is left, right or tie, and this batch has {labels}",
            labels=", ".join(sorted(used & set(strange))[:5]),
        )
    sides = _sides(desk, batch, left, right)
    options = tuple(sorted({each for pair in sides.values() for each in pair}))
    if len(options) > MOST_OPTIONS:
        raise InsufficientData(
            "too-many-options",
            "there are {n} things to rank; up to {most} are ranked",
            n=len(options),
            most=MOST_OPTIONS,
        )
    number = {option: at for at, option in enumerate(options)}
    outcome = np.array([OUTCOMES.get(label, -1) for label in answers.labels], dtype=np.int64)[answers.label]
    first, second = (
        np.array([number[sides[item][at]] if item in sides else -1 for item in answers.item.tolist()], dtype=np.int64)
        for at in range(2)
    )
    named, kept = first >= 0, (first >= 0) & (first != second)
    data = Comparisons(
        options=options, first=first[kept], second=second[kept], outcome=outcome[kept],
        annotator=answers.annotator[kept].astype(np.int64),
    )  # fmt: skip
    return _Compared(data, int((~named).sum()), int((named & (first == second)).sum()))


def _sides(desk: Desk, batch: Batch, left: str, right: str) -> dict[int, tuple[str, str]]:
    """What each item that says so had on its two sides."""
    columns = ["item_no", "item_id", "project", "task", "data", "meta"]
    table = desk.frozen.read(frozen_of(batch).items, columns)
    sides: dict[int, tuple[str, str]] = {}
    seen: set[str] = set()
    for number, item, project, task, data, meta in zip(
        *(table.column(name).to_pylist() for name in columns), strict=True
    ):
        content = ItemContent(
            item_no=number, item_id=item, project=project or "", task=task or "", data=data, meta=meta
        )
        record = item_record(content)
        seen |= record.keys()
        if record.get(left) is not None and record.get(right) is not None:
            sides[number] = (str(record[left]), str(record[right]))
    for field in (left, right):
        if field not in seen:
            raise WrongUsage(
                "no item of {batch} has the field {field}; its items have {known}",
                batch=batch.name, field=field, known=", ".join(sorted(seen)) or "–",
            )  # fmt: skip
    return sides


def _options(data: Comparisons, fit: BradleyTerry) -> tuple[OptionStrength, ...]:
    def counted(options: Ints) -> list[int]:
        return [int(count) for count in np.bincount(options, minlength=len(data.options))]

    won, lost, tied = data.outcome == FIRST, data.outcome == SECOND, data.outcome == TIE
    preferred = counted(np.concatenate([data.first[won], data.second[lost]]))
    passed = counted(np.concatenate([data.second[won], data.first[lost]]))
    both = counted(np.concatenate([data.first[tied], data.second[tied]]))
    lines = [
        OptionStrength(option=name, strength=strength, preferred=w, passed_over=p, tied=t)
        for name, strength, w, p, t in zip(data.options, fit.strength, preferred, passed, both, strict=True)
    ]
    place = {name: fit.strength[at].point for at, name in enumerate(data.options)}
    return tuple(sorted(lines, key=lambda each: (-place[each.option], each.option)))


def _lines(desk: Desk, batch: Batch, data: Comparisons) -> tuple[JudgedPairs, ...]:
    people = desk.reducer.people(desk.frozen.checked(frozen_of(batch).annotations))
    names = shown_names(desk)
    lines = []
    for each in preference_agreement(data, confidence=desk.settings.confidence):
        person = PersonId(people[each.annotator])
        lines.append(
            JudgedPairs(person=person, name=names.get(person, person), agreement=each.agreement, ties=each.ties)
        )
    return tuple(sorted(lines, key=lambda each: (each.name, each.person)))


def _notes(batch: Batch, compared: _Compared) -> Sequence[Message]:
    notes = [Message(N_("comparisons are taken as independent; many of one person make the intervals too narrow"))]
    if compared.unnamed:
        text = N_("{n} answers stayed out because their items do not name both sides")
        notes.append(Message(text, {"n": compared.unnamed}))
    if compared.same:
        text = N_("{n} answers stayed out because both sides of their items are the same")
        notes.append(Message(text, {"n": compared.same}))
    if machines := frozen_of(batch).origins.get(Origin.MACHINE, 0):
        text = N_("{n} answers of models have no vote here; `labelqa annotators` validates models against people")
        notes.append(Message(text, {"n": machines}))
    return notes

"""What annotators and models say of each item of a frozen batch: how many, whether they agree, who suggested, how sure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from labelqa.errors import InsufficientData, Message
from labelqa.records.annotation import Origin
from labelqa.records.batch import Batch
from labelqa.records.handed import HandedModel
from labelqa.records.names import PersonId
from labelqa.records.reductions import Floats, Ints
from labelqa.workflows.consensus import DEFAULT, Choice, Opinion, opinion
from labelqa.workflows.exporting.allowed import Leaving
from labelqa.workflows.population import frozen_of
from labelqa.workflows.registers.checks import assisting, model_entry
from labelqa.workflows.registers.entries import Entry

DIGITS = 6  # of a posterior: what lies beyond depends on the machine


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """Per item number: whether people differ, how many gave a vote, whether a pre-label began it, models that answered."""

    people: Ints
    differs: Floats | Ints
    prelabelled: Floats | Ints
    answered: dict[int, set[PersonId]]  # by models
    annotators: int

    @classmethod
    def of(cls, leaving: Leaving, batch: Batch) -> Told:
        """Read off the frozen annotations."""
        names = ["item_no", "label", "origin", "prelabelled", "person"]
        table = leaving.desk.frozen.read(frozen_of(batch).annotations, names)
        item = table.column("item_no").to_numpy()
        size = int(item.max(initial=-1)) + 1
        machine = np.array([each == Origin.MACHINE for each in table.column("origin").to_pylist()], dtype=bool)
        label = table.column("label").combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False)
        people, votes = ~machine, label[~machine]
        first, differs = np.full(size, -1, dtype=np.int64), np.zeros(size, dtype=bool)
        first[item[people][::-1]] = votes[::-1]  # the first vote of each item wins
        np.logical_or.at(differs, item[people], votes != first[item[people]])
        began = np.zeros(size, dtype=bool)
        began[item[table.column("prelabelled").to_numpy(zero_copy_only=False).astype(bool)]] = True
        who = table.column("person").to_pylist()
        hands = {(at, person) for at, person, given in zip(item.tolist(), who, people.tolist(), strict=True) if given}
        counts = np.bincount(np.array([at for at, _ in hands], dtype=np.int64), minlength=size)
        answered: dict[int, set[PersonId]] = {}
        for at in np.flatnonzero(machine).tolist():
            answered.setdefault(int(item[at]), set()).add(PersonId(who[at]))
        humans = {each for each, is_model in zip(who, machine.tolist(), strict=True) if not is_model}
        return cls(counts, differs, began, answered, len(humans))


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """How probable a label of an item is by the model of the annotators, where that can be said."""

    why_not: Message | None
    _opinion: Opinion | None
    _row: dict[int, int] = field(default_factory=dict)
    _column: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, leaving: Leaving, batch: Batch) -> Posterior:
        """Fit the model; where it cannot be fitted, the reason is kept."""
        try:
            found = opinion(leaving.desk, leaving.state, batch, Choice())
        except InsufficientData as error:
            return cls(error.message, None)
        rows = {item: at for at, item in enumerate(found.consensus.item.tolist())}
        return cls(None, found, rows, {label: at for at, label in enumerate(found.consensus.classes)})

    @property
    def model(self) -> str:
        """The name of the model; "" where there is none."""
        return "" if self._opinion is None else DEFAULT

    def __call__(self, item: int, label: str) -> float | None:
        row, column = self._row.get(item), self._column.get(label)
        if self._opinion is None or row is None or column is None:
            return None
        return round(float(self._opinion.consensus.posterior[row, column]), DIGITS)


@dataclass(frozen=True, slots=True)
class Models:
    """The models behind a batch's pre-labels and answers, by their register entries."""

    suggesting: tuple[Entry, ...]
    by_person: dict[PersonId, tuple[str, Entry | None]]  # model as registered with the person, its entry

    @classmethod
    def of(cls, leaving: Leaving, batch: Batch) -> Models:
        """As registered people and entries say."""
        known = {each.person: each.model for each in leaving.state.people.values() if each.model}
        return cls(
            assisting(leaving.models, batch),
            {person: (model, model_entry(leaving.models, model)) for person, model in known.items()},
        )

    def names(self, *, prelabelled: bool, answered: Iterable[PersonId]) -> tuple[str, ...]:
        """The entries of the models that had a hand in an item; "?" where an entry is missing."""
        told = [each.entry for each in self.suggesting] or ["?"] if prelabelled else []
        for person in sorted(answered):
            model, entry = self.by_person.get(person, ("", None))
            told.append(entry.entry if entry else f"?{model}")
        return tuple(dict.fromkeys(told))

    def handed(self, answered: Iterable[PersonId]) -> tuple[HandedModel, ...]:
        """What is said of them beside the labels."""
        found = {each.entry: _handed(each) for each in self.suggesting}
        for person in sorted(answered):
            model, entry = self.by_person.get(person, ("", None))
            key = entry.entry if entry else f"?{model}"
            found[key] = _handed(entry) if entry else HandedModel(
                entry="", name=model, version="", provider="", filing=""
            )  # fmt: skip
        return tuple(found.values())


def _handed(entry: Entry) -> HandedModel:
    said = entry.data
    return HandedModel(
        entry=entry.entry, name=said.get("name", ""), version=said.get("version", ""),
        provider=said.get("provider", ""), filing=said.get("filing", "") or said.get("reason", ""),
    )  # fmt: skip

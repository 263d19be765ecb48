"""What goes back to whom: the items of a batch that were found wrong, each with its label and what speaks against it.

The person is the one whose label it was; who corrected it in vain tries again. Nothing is recorded or sent here, and of
whoever judged a label nothing leaves, their name in a comment or a reason included.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from labelqa.batches.checks import in_force
from labelqa.batches.correcting import CORRECTORS, why_not_corrector
from labelqa.errors import Message
from labelqa.frozen import texts
from labelqa.i18n import N_
from labelqa.records.annotation import LABEL, ControlKind
from labelqa.records.batch import Batch
from labelqa.records.corrections import ItemProblems, Problem, ProblemStatus
from labelqa.records.facts import BatchReturned
from labelqa.records.names import ItemId, PersonId
from labelqa.records.people import Duty, Standing
from labelqa.workflows.correcting.bench import CorrectionBench
from labelqa.workflows.correcting.originals import Original, answers, original_of
from labelqa.workflows.correcting.recording import open_problems
from labelqa.workflows.desk import Desk
from labelqa.workflows.duties.fitting import Fitness
from labelqa.workflows.labels import answers as answers_in
from labelqa.workflows.population import frozen_of
from labelqa.workflows.rounds.returned import begun_items, returned_of
from labelqa.workflows.sending.rework_values import SENT_BACK, Reason, ReworkItem
from labelqa.workflows.state import State

_GIVEN: Final = ("item_id", "person", "label", "value", "server", "created_at")
_AS_TEXT: Final = (ControlKind.CHOICE, ControlKind.PAIRWISE)
_HIDDEN: Final = "…"  # in place of the name of whoever judged


@dataclass(frozen=True, slots=True)
class _Given:
    """One frozen answer with all its controls."""

    label: str
    value: str
    server: str
    made_at: datetime | None


class Returning:
    """What goes back of one batch: the open problems of a frozen one, or what an open rework round waits for."""

    def __init__(self, desk: Desk, state: State, batch: Batch) -> None:
        self.desk, self.state, self.batch = desk, state, batch
        self.round = returned_of(desk, state, batch) if batch.freeze is None else None
        base = batch if self.round is None else state.batch(batch.parent)
        frozen_of(base)  # refused where there is nothing frozen to go back
        self.bench = CorrectionBench(desk, state, base)
        self._fitness = Fitness(state, batch)

    @cached_property
    def wanted(self) -> tuple[ItemId, ...]:
        """The items that an annotator must label again now."""
        if self.round is None:
            open_ = (each for each in self.bench.completeness.items if each.open and each.acts is Duty.EXECUTOR)
            return tuple(each.item_id for each in open_)
        numbers = self.desk.intake.numbers(self.round.items)
        begun = set(begun_items(self.desk, self.state, self.batch))
        done = {item for number, item in numbers.items() if number in begun}
        return tuple(sorted(self.round.items - done))

    def items(self) -> list[ReworkItem]:
        """These items, each for whose label it was; who that may not be any more is for the caller to see."""
        self.bench.read(self.wanted)
        bare = [item for item in self.wanted if item not in self.bench.items]
        self._bare = answers(self.desk, self.bench.batch, bare) if bare else {}
        given, shown = self._given(self.wanted), self._shown(self.wanted)
        return [self._item(item, given, shown[item]) for item in self.wanted]

    def why_not(self, person: PersonId, item: ItemId, now: datetime) -> list[Message]:
        """Every rule that stands against giving an item to somebody."""
        if self.round is None:
            actor = self.bench.actor(person, item, CORRECTORS, now)
            against = why_not_corrector(actor, batch=self.batch, item=item)
            return [*against, *self.bench.unfit(person, item, CORRECTORS, now)]
        who = {"person": person, "batch": self.batch.name, "item": item}
        known = self.state.people.get(person)
        reasons = []
        if known is None or Duty.EXECUTOR not in known.duties or known.model:
            reasons.append(Message(N_("{person} is not registered as an annotator"), who))
        if person in self.round.judges:
            text = N_("{person} judged an earlier round of batch {batch} and may not label in this one")
            reasons.append(Message(text, who))
        standing = self.state.qualification(person, self.batch.release, now, Duty.EXECUTOR).standing
        if standing is not Standing.QUALIFIED:
            reasons.append(Message(N_("{person} is not qualified under the release of batch {batch}"), who))
        return [*reasons, *self._fitness.reasons(person, CORRECTORS, now, item)]

    def _original(self, item: ItemId) -> Original:
        if item in self.bench.items:
            return self.bench.original(item)
        record = self.bench.labels.get(item)
        return original_of(self._bare.get(item, ()), None if record is None else record.label)

    def _item(
        self, item: ItemId, given: Mapping[tuple[ItemId, PersonId], _Given], shown: tuple[str, str, str]
    ) -> ReworkItem:
        data, project, task = shown
        original, known = self._original(item), self.bench.items.get(item)
        tried = self.bench.tried(item)
        row = given.get((item, original.annotator))
        source = {
            "server": row.server if row else "", "project": project, "task": task,
            "made_at": original.made_at.isoformat() if original.made_at else "",
        }  # fmt: skip
        return ReworkItem(
            item_id=item, person=tried.corrector if tried else original.annotator, label=original.label,
            answers=self._answers(original, row, answered=item in self.bench.labels), data=_object(data),
            reasons=tuple(self._reasons(known)) if known else (), problems=self._problems(known),
            returned=self._returned, source={name: value for name, value in source.items() if value},
        )  # fmt: skip

    @cached_property
    def _returned(self) -> str:
        if self.round is None:
            return ""
        told = in_force(self.state.facts.about(f"batch:{self.batch.name}", BatchReturned), BatchReturned)
        return self._hidden(next((body.reason for _, body in told if body.child == self.batch.name), ""))

    def _answers(self, original: Original, row: _Given | None, *, answered: bool) -> Mapping[str, Any]:
        """What is filled in beforehand: the whole answer in question, else the label of record alone."""
        control = self.batch.control
        if row is not None and (row.label == original.label or not answered):
            found = dict(answers_in(row.value))
            if control not in found and LABEL in found:
                found[control] = found.pop(LABEL)
            return found
        return {control: _value(original.label, self.bench.kind)} if answered else {}

    def _problems(self, known: ItemProblems | None) -> tuple[int, ...]:
        if known is None:
            return ()
        failed = [
            each.review.fact for each in known.corrections
            if not each.replaced_by and each.review is not None and not each.stands
        ]  # fmt: skip
        return (*sorted({*open_problems(self.bench, known.item_id), *failed}),)

    def _reasons(self, known: ItemProblems) -> Iterator[Reason]:
        """What is open about an item, in the order in which it was said."""
        live = set(open_problems(self.bench, known.item_id))
        for each in known.problems:
            if each.fact in live and each.closed is None:
                yield self._reason(each)
        if known.status is ProblemStatus.FAILED:
            for tried in known.corrections:
                review = tried.review
                if review is not None and not tried.stands and not tried.replaced_by:
                    yield Reason(
                        word=str(review.verdict), again=True, unsafe=review.unsafe, label=tried.after,
                        comment=self._comment(review.fact, "comment"),
                    )  # fmt: skip

    def _reason(self, problem: Problem) -> Reason:
        return Reason(
            word=SENT_BACK if problem.ruling or problem.verdict is None else str(problem.verdict), rule=problem.rule,
            defect=problem.defect, unsafe=problem.unsafe, label=problem.label, correct_label=problem.correct_label,
            comment=self._comment(problem.fact, "reason" if problem.ruling else "comment"),
        )  # fmt: skip

    def _comment(self, fact: int, name: str) -> str:
        """The words of whoever judged, without the name of anybody who judges; "" where there are none, or none any more."""
        digest = getattr(self.state.facts.fact(fact).body, name)
        return self._hidden((self.desk.ledger.text_of(digest) or "") if digest else "")

    def _hidden(self, said: str) -> str:
        """What somebody said, without the name of anybody who judges."""
        for word in self._names:
            said = said.replace(word, _HIDDEN)
        return said

    @cached_property
    def _names(self) -> Sequence[str]:
        """The names and accounts of everybody with a duty to judge, the longest first."""
        identities, judging = self.desk.ledger.identities, frozenset(Duty) - {Duty.EXECUTOR}
        judges = {each.person for each in self.state.people.values() if each.duties & judging}
        named = [*identities.names().items(), *((who, account) for (_, account), who in identities.accounts().items())]
        words = {word for who, word in named if who in judges and len(word) > 1 and not word.isdigit()}
        return sorted(words, key=len, reverse=True)

    def _given(self, items: Collection[ItemId]) -> dict[tuple[ItemId, PersonId], _Given]:
        """The frozen answers on these items, each with all its controls."""
        import pyarrow.compute as pc

        wanted = pc.field("item_id").isin(texts(items))
        table = self.desk.frozen.read(frozen_of(self.bench.batch).annotations, list(_GIVEN), where=wanted)
        return {
            (ItemId(row["item_id"]), PersonId(row["person"])): _Given(
                row["label"], row["value"], row["server"], row["created_at"]
            )
            for row in table.to_pylist()
        }

    def _shown(self, items: Collection[ItemId]) -> dict[ItemId, tuple[str, str, str]]:
        """What these items showed, and the project and task in which they were labelled."""
        import pyarrow.compute as pc

        columns = ["item_id", "data", "project", "task"]
        wanted = pc.field("item_id").isin(texts(items))
        table = self.desk.frozen.read(frozen_of(self.bench.batch).items, columns, where=wanted)
        return {ItemId(row["item_id"]): (row["data"], row["project"], row["task"]) for row in table.to_pylist()}


def _object(text: str) -> dict[str, Any]:
    found = json.loads(text or "{}")
    return found if isinstance(found, dict) else {}


def _value(label: str, kind: ControlKind | None) -> Any:
    """A label of record as an answer: a text, or what its JSON says."""
    if kind is None or kind in _AS_TEXT:
        return label
    try:
        return json.loads(label)
    except ValueError:
        return label

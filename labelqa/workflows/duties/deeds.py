"""What people did in which duty: answers of frozen batches, verdicts, rulings, checks, corrections and assignments.

Read person by person and batch by batch. Whether somebody was allowed to is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, Final

from labelqa.batches.supervision import annotation_of
from labelqa.people.assignments import Assignment
from labelqa.records.batch import Batch
from labelqa.records.duties import Act, Deed
from labelqa.records.facts import (
    AppealRuled,
    BatchFrozen,
    CorrectionRecorded,
    CorrectionReviewed,
    DisputeRuled,
    Fact,
    ReviewRecorded,
    SupervisionChecked,
)
from labelqa.records.hands import hands_of
from labelqa.records.names import BatchName, ItemId, PersonId
from labelqa.records.people import Duty
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import State

WORK: Final = (ReviewRecorded, CorrectionReviewed, DisputeRuled, AppealRuled, SupervisionChecked, CorrectionRecorded)
ACTS: Final[dict[type, Act]] = {
    BatchFrozen: Act.ANSWER, ReviewRecorded: Act.VERDICT, CorrectionReviewed: Act.VERDICT, DisputeRuled: Act.RULING,
    AppealRuled: Act.RULING, SupervisionChecked: Act.CHECK, CorrectionRecorded: Act.CORRECTION,
}  # fmt: skip


def deeds_of(state: State, person: PersonId, batches: Collection[BatchName]) -> list[Deed]:
    """What the facts of a state show somebody to have done in some batches; a freeze is one deed, without items."""
    told: dict[int, Fact] = {}
    for fact in state.facts.about(f"person:{person}", *WORK):
        told[fact.seq] = fact
    for batch in sorted(batches):  # an answer that was corrected need not name whose it was among its subjects
        for fact in state.facts.about(f"batch:{batch}", BatchFrozen, CorrectionRecorded):
            told[fact.seq] = fact
    wanted = frozenset(batches)
    return [each for _, fact in sorted(told.items()) for each in _deeds(state, fact, person, wanted)]


def _deeds(state: State, fact: Fact, person: PersonId, batches: Collection[BatchName]) -> Iterator[Deed]:
    for hand in dict.fromkeys(hands_of(fact.body, fact.subjects)):
        if hand.person == person and hand.batch in batches:
            act = ACTS[type(fact.body)]
            own = act is Act.CORRECTION and fact.body.corrector != person  # whose label was corrected: an answer
            yield Deed(
                person=person, duty=hand.duty, batch=hand.batch, act=Act.ANSWER if own else act,
                item=_item(state, fact), at=None if own or act is Act.ANSWER else fact.effective_at, fact=fact.seq,
            )  # fmt: skip


def _item(state: State, fact: Fact) -> ItemId:
    body = fact.body
    if isinstance(body, SupervisionChecked):
        return _supervised(state, body.work)
    told = getattr(body, "item", "") or next((each[5:] for each in fact.subjects if each.startswith("item:")), "")
    return ItemId(told)


def _supervised(state: State, work: str) -> ItemId:
    """The item of a piece of work: annotation:ITEM:PERSON, review:FACT or ruling:FACT."""
    if annotation := annotation_of(work):
        return annotation[0]
    number = work.rpartition(":")[2]
    if not number.isdigit():
        return ItemId("")
    try:
        return ItemId(getattr(state.facts.fact(int(number)).body, "item", ""))
    except KeyError:
        return ItemId("")


def answers_of(desk: Desk, batch: Batch, people: Collection[PersonId]) -> list[Deed]:
    """The answers in a frozen batch that these people gave or changed, one a row."""
    if batch.freeze is None or not people:
        return []
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted = pa.array(sorted(people), pa.string())
    where: Any = pc.field("person").cast(pa.string()).isin(wanted) | pc.field("editor").cast(pa.string()).isin(wanted)
    names = ["item_id", "person", "editor", "created_at"]
    table = desk.frozen.read(batch.freeze.annotations, names, where=where)
    rows = zip(*(table.column(name).to_pylist() for name in names), strict=True)
    return [
        Deed(
            person=PersonId(who), duty=Duty.EXECUTOR, batch=batch.name, act=Act.ANSWER, item=ItemId(item),
            at=made if who == person else None, fact=0,
        )
        for item, person, editor, made in rows
        for who in dict.fromkeys((person, editor))
        if who in people
    ]  # fmt: skip


def outside(deeds: Collection[Deed], assignments: Collection[Assignment]) -> list[Deed]:
    """The deeds that no assignment to their duty in their batch covers; those without a time need one at any time."""
    held: dict[tuple[PersonId, Duty, BatchName], list[Assignment]] = {}
    for each in assignments:
        held.setdefault((each.person, each.duty, each.batch), []).append(each)
    return [
        deed
        for deed in deeds
        if not any(
            each.holds(deed.at, deed.item) for each in held.get((deed.person, deed.duty, deed.batch), ())
        )
    ]  # fmt: skip


def spans(deeds: Collection[Deed]) -> tuple[datetime | None, datetime | None]:
    """The times of the first and the last deed; None where no time is known."""
    times = [each.at for each in deeds if each.at is not None]
    return min(times, default=None), max(times, default=None)

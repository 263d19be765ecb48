"""Whether anything was recorded since some fact that changes what is shown of a batch; if not, what was known then holds.

Nothing is worked out here, and no fact about items is read: the ledger's indexes say whether there is one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from labelqa.batches.corrections import SAID_OF_PROBLEMS
from labelqa.records.batch import Batch
from labelqa.records.facts import (
    KINDS,
    AppealRuled,
    BatchSettled,
    CardRecorded,
    DisputeRaised,
    ExamRecorded,
    Fact,
    PersonAdded,
    PersonLeft,
    PlanDeclared,
    PolicyDeclared,
    QualificationDecided,
    SampleDrawn,
    SampleExtended,
    TrainingRecorded,
)
from labelqa.records.governance import RulebookReleased
from labelqa.records.names import BatchName
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import State

# What is said of a frozen batch that its figures, its stage and its open matters are worked out from.
BEARS: Final = (*SAID_OF_PROBLEMS, DisputeRaised, AppealRuled, SampleDrawn, SampleExtended, BatchSettled)
BEFORE_SETTLING: Final = (
    PlanDeclared,
    CardRecorded,
)  # change nothing of a settled one but its card, which is read anew
# Who was qualified, and so which verdicts and labels count: said of people, and of everybody.
OF_PEOPLE: Final = (PersonAdded, PersonLeft, TrainingRecorded, ExamRecorded, QualificationDecided, AppealRuled)
OF_EVERYBODY: Final = (PolicyDeclared, RulebookReleased)
_ALL: Final = 10**9


def changed_since(desk: Desk, state: State, batch: Batch, seq: int, *, until: datetime | None = None) -> bool:
    """Whether a fact after ``seq`` bears on a frozen batch.

    ``until`` is when the batch was settled: what people learned or lost later does not count, what came to be known
    later of the time before does, and so does what replaces an earlier record.
    """
    bodies = (*BEARS, *(BEFORE_SETTLING if until is None else ()))
    if state.facts.said_after(seq, f"batch:{batch.name}", *bodies):
        return True
    later = [each for each in _said(desk, state, seq) if each.seq > seq and _reaches(each, until)]
    if not later:
        return False
    hands = _hands(state, batch)
    return any(isinstance(each.body, OF_EVERYBODY) or not hands.isdisjoint(each.subjects) for each in later)


def _reaches(fact: Fact, until: datetime | None) -> bool:
    return until is None or fact.effective_at <= until or fact.supersedes is not None


def _said(desk: Desk, state: State, seq: int) -> list[Fact]:
    """The facts on people and on everybody, at least those after ``seq``; read once for a state."""
    kept: tuple[State, int, list[Fact]] | None = desk.memo.get("said of people")
    if kept is None or kept[0] is not state or kept[1] > seq:
        told = [
            fact
            for body in (*OF_PEOPLE, *OF_EVERYBODY)
            for fact in state.facts.latest(_ALL, kind=KINDS[body], after=seq)
        ]
        kept = desk.memo["said of people"] = (state, seq, told)
    return kept[2]


def _hands(state: State, batch: Batch) -> frozenset[str]:
    """Everybody whose labels or verdicts are in a batch, or may be, as subjects of facts."""
    people = set(batch.freeze.participants if batch.freeze else ())
    for sample in state.samples.get(BatchName(batch.name), ()):
        people |= {*sample.verifiers, *sample.pool}
    return frozenset(f"person:{each}" for each in people)

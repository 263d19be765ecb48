"""Who was assigned to which duty in which labeling task, from when until when: a fold over facts.

An assignment ends when somebody says so or when the person leaves. What work was done is told elsewhere; nothing here
sets an assignment or judges work.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.people.duties import NAMES
from labelqa.people.fold import in_force
from labelqa.records.batch import Batch, Stage
from labelqa.records.facts import DutyAssigned, DutyEnded, Fact, PersonLeft
from labelqa.records.names import BatchName, ItemId, PersonId
from labelqa.records.people import Duty, Person, Qualification, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Somebody's duty in a batch from ``since`` until ``until`` (exclusive; None: it goes on).

    ``items`` are the only ones it covers; () for all. ``facts`` are the assignment and what ended it.
    """

    person: PersonId
    duty: Duty
    batch: BatchName
    items: frozenset[ItemId]
    since: datetime
    until: datetime | None
    facts: tuple[int, ...]

    def holds(self, at: datetime | None, item: str = "") -> bool:
        """Whether it covers a moment, and an item where one is named; a moment that nobody knows is covered."""
        timely = at is None or (self.since <= at and (self.until is None or at < self.until))
        return timely and (not item or not self.items or item in self.items)


def fold_assignments(facts: Iterable[Fact]) -> tuple[Assignment, ...]:
    """Every assignment, in the order in which they began; an end counts for those that began before it.

    Of an assignment and an end at one moment the later recorded comes second.

    >>> fold_assignments([])
    ()
    """
    known = list(facts)
    ends: dict[tuple[PersonId, Duty | None, str], list[tuple[datetime, int]]] = {}
    for fact, body in in_force(known, DutyEnded):
        key = (PersonId(body.person), Duty(body.duty), body.batch)
        ends.setdefault(key, []).append((fact.effective_at, fact.seq))
    for fact, gone in in_force(known, PersonLeft):
        ends.setdefault((PersonId(gone.person), None, ""), []).append((fact.effective_at, fact.seq))
    found = [_assignment(fact, body, ends) for fact, body in in_force(known, DutyAssigned)]
    return tuple(sorted(found, key=lambda each: (each.since, each.facts[0])))


def _assignment(
    fact: Fact, body: DutyAssigned, ends: Mapping[tuple[PersonId, Duty | None, str], list[tuple[datetime, int]]]
) -> Assignment:
    person, duty = PersonId(body.person), Duty(body.duty)
    told = [*ends.get((person, duty, body.batch), ()), *ends.get((person, None, ""), ())]
    later = [each for each in told if each > (fact.effective_at, fact.seq)]
    end = min(later, default=None)
    return Assignment(
        person=person, duty=duty, batch=BatchName(body.batch), items=frozenset(map(ItemId, body.items)),
        since=fact.effective_at, until=end[0] if end else None, facts=(fact.seq, end[1]) if end else (fact.seq,),
    )  # fmt: skip


def why_not_assign(
    person: PersonId,
    duty: Duty,
    batch: Batch,
    *,
    known: Person | None,
    qualification: Qualification,
    others: Collection[Duty] = (),
    left: bool = False,
) -> list[Message]:
    """Why somebody cannot be assigned to a duty in a batch; ``others`` are the duties held in its labeling task already.

    A model may label, and nothing else (GB/T 45674—2025, 7.2 b) and 7.3 e); TC260-003, 5.3 a) 3)).
    """
    who = {"person": person, "duty": Message(NAMES[duty]), "batch": batch.name}
    reasons = _of_person(who, known, duty, left=left)
    if batch.stage is Stage.SETTLED:
        reasons.append(Message(N_("batch {batch} is settled: nobody is assigned to it any more"), who))
    for other in (each for each in Duty if each in others and each is not duty):
        text = N_("{person} is {other} in the labeling task of batch {batch}, and nobody holds two duties in one")
        reasons.append(Message(text, who | {"other": Message(NAMES[other])}))
    if known is not None and not known.model and batch.release and qualification.standing is not Standing.QUALIFIED:
        text = N_("{person} is not qualified as {duty} under {release}: labelqa qualify why says what is missing")
        reasons.append(Message(text, who | {"release": batch.release}))
    return reasons


def _of_person(who: Mapping[str, object], known: Person | None, duty: Duty, *, left: bool) -> list[Message]:
    values = dict(who)
    if known is None:
        return [Message(N_("{person} is not registered: labelqa people add first"), values)]
    reasons: list[Message] = []
    if left:
        reasons.append(Message(N_("{person} is no longer here: register them again first"), values))
    if known.model and duty is not Duty.EXECUTOR:
        reasons.append(Message(N_("{person} is a model: it may label, never review, arbitrate or supervise"), values))
    elif duty not in known.duties:
        reasons.append(Message(N_("{person} is not registered as {duty}"), values))
    return reasons


def assigned_since(
    assignments: Sequence[Assignment], person: PersonId, at: datetime, item: str = ""
) -> datetime | None:
    """When the latest assignment as executor that covers a moment (and an item) began; None where there is none."""
    return max(
        (
            each.since
            for each in assignments
            if each.person == person and each.duty is Duty.EXECUTOR and each.holds(at, item)
        ),
        default=None,
    )

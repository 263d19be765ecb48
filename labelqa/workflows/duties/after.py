"""What somebody did after leaving and before coming back: answers, verdicts, rulings, sign-ins.

Answers are counted by the intake's database. Nothing here takes any of it back.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from datetime import datetime

from labelqa.people.absence import Absence
from labelqa.records.duties import Act, AfterLeaving
from labelqa.records.facts import Fact, PersonAdded, PersonLeft
from labelqa.records.hands import hands_of
from labelqa.records.names import PersonId
from labelqa.workflows.desk import Desk
from labelqa.workflows.duties.deeds import ACTS, WORK
from labelqa.workflows.state import State


def after_leaving(
    desk: Desk, state: State, at: datetime, names: Mapping[PersonId, str], *, imports: Container[int] | None = None
) -> tuple[AfterLeaving, ...]:
    """One line a person, absence and kind of act, by person; what was done after ``at`` is not looked at.

    Answers are looked at where one of ``imports`` brought them, None for all.
    """
    absence = Absence(state.facts.of(PersonAdded, PersonLeft))
    found: list[AfterLeaving] = []
    for person in sorted(absence.leavers):
        for left, back in absence.stretches(person):
            end = min(back, at) if back else at
            if left < end:
                found += _in_stretch(desk, state, person, left, end, names.get(person, person), imports)
    return tuple(found)


def _in_stretch(
    desk: Desk, state: State, person: PersonId, left: datetime, end: datetime, name: str, imports: Container[int] | None
) -> Iterator[AfterLeaving]:
    made = [at for at, _ in desk.intake.made_by(person, left, end, known=imports)]
    if made:
        yield AfterLeaving(
            person=person, name=name, left=left, act=Act.ANSWER, acts=len(made), first=made[0], last=made[-1], facts=()
        )
    told: dict[Act, list[Fact]] = {}
    for fact in state.facts.about(f"person:{person}", *WORK):
        if left <= fact.effective_at < end and any(
            hand.person == person for hand in hands_of(fact.body, fact.subjects)
        ):
            own = ACTS[type(fact.body)] is Act.CORRECTION and fact.body.corrector != person
            if not own:
                told.setdefault(ACTS[type(fact.body)], []).append(fact)
    for act, facts in told.items():
        times = [fact.effective_at for fact in facts]
        yield AfterLeaving(
            person=person, name=name, left=left, act=act, acts=len(facts), first=min(times), last=max(times),
            facts=tuple(fact.seq for fact in facts),
        )  # fmt: skip
    opened = [each.made for each in desk.ledger.logins.sessions(person) if left <= each.made < end]
    if opened:
        yield AfterLeaving(
            person=person, name=name, left=left, act=Act.SIGN_IN, acts=len(opened), first=min(opened),
            last=max(opened), facts=(),
        )  # fmt: skip

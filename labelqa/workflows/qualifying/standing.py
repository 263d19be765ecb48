"""Where people stand under a release, for one moment or for a million. What a standing rests on is told by the rules."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from labelqa.people.qualification import Stretch, qualification, stretch_at, timeline
from labelqa.records.names import PersonId, ReleaseName
from labelqa.records.people import Duty, Qualification, Standing

if TYPE_CHECKING:
    from labelqa.workflows.state import State


def qualification_of(
    state: State, person: PersonId, release: ReleaseName, at: datetime, duty: Duty | None = None
) -> Qualification:
    """Where a person stands under a release; people without a record are not registered.

    Without a ``duty`` only decisions that concern every duty count. What is expiring goes by the policy at that time.
    """
    known = state.people.get(person)
    if known is None or known.model:
        standing = Standing.NOT_REGISTERED if known is None else Standing.MODEL
        return Qualification(
            person=person, release=release, standing=standing, since=None, until=None, facts=(), duty=duty
        )
    return qualification(
        person, release, *_records(state, person), at=at, duty=duty, expiring_days=state.policies_at(at).expiring_days,
        **_terms(state),
    )  # fmt: skip


def _records(state: State, person: PersonId) -> tuple[Any, Any, Any]:
    return state.trainings.get(person, ()), state.exams.get(person, ()), state.decisions.get(person, ())


def _terms(state: State) -> dict[str, Any]:
    return {"valid_days": state.valid_days, "declared": state.policies.validities, "ends": state.line_ends}


class StandingAt:
    """Standings under one release and for one duty, each person's timeline worked out once."""

    def __init__(self, state: State, release: ReleaseName, duty: Duty | None = None) -> None:
        self._state, self._release, self._duty = state, release, duty
        self._lines: dict[PersonId, tuple[Stretch, ...]] = {}

    def __call__(self, person: PersonId, at: datetime | None) -> Standing:
        """The person's standing at a moment; where no moment is known, nobody is qualified."""
        if person not in self._state.people:
            return Standing.NOT_REGISTERED
        if self._state.people[person].model:
            return Standing.MODEL
        return Standing.TIME_UNKNOWN if at is None else stretch_at(self._line(person), at).standing

    def recorded_after(self, person: PersonId, at: datetime) -> bool:
        """Whether a qualification at a moment rests on records that were entered only after it."""
        if person not in self._state.people or self._state.people[person].model:
            return False
        stretch = stretch_at(self._line(person), at)
        return stretch.standing is Standing.QUALIFIED and any(
            self._state.facts.fact(seq).recorded_at > at for seq in stretch.facts
        )

    def _line(self, person: PersonId) -> tuple[Stretch, ...]:
        line = self._lines.get(person)
        if line is None:
            line = self._lines[person] = timeline(
                person, self._release, *_records(self._state, person), duty=self._duty, **_terms(self._state)
            )
        return line

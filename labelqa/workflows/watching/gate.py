"""The gate: work by people who were not allowed to do it when they did it.

Not qualified, suspended, left, an account without a person, a wrong or unknown release, two duties in one labeling task.
It takes nothing back and changes nothing: it tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, NamedTuple

from labelqa.intake import AnnotationRow
from labelqa.intake.alerts import moment_at
from labelqa.intake.stream import Arrived
from labelqa.people.absence import Absence
from labelqa.records.alerts import Noticed
from labelqa.records.facts import PersonAdded, PersonLeft
from labelqa.records.names import PersonId, ReleaseName
from labelqa.records.people import Duty, Standing
from labelqa.workflows.desk import Desk
from labelqa.workflows.qualifying.standing import StandingAt
from labelqa.workflows.state import State
from labelqa.workflows.watching.doubles import Doubles
from labelqa.workflows.watching.placing import Placed

_LONGEST: Final = 100  # characters of a release that nobody knows
_OUT: Final = frozenset({Standing.SUSPENDED, Standing.CANCELLED})
_FINE: Final = frozenset({Standing.QUALIFIED, Standing.MODEL})


class Worked(NamedTuple):
    """Somebody gave or changed an answer, at a moment that may not be known."""

    person: PersonId
    at: datetime | None


def worked(row: AnnotationRow) -> tuple[Worked, ...]:
    """Who had a hand in an answer as it arrived: whose it is, and who changed it or made it in their name.

    >>> row = AnnotationRow(2, 1, 1, PersonId("p"), "", 50, None, False, False, "", "", 1, PersonId("q"), "", 90)
    >>> [each.person for each in worked(row)], [each.person for each in worked(row._replace(rev=1))]
    (['q'], ['p', 'q'])
    """
    touched = moment_at(row.created_at if row.updated_at is None else row.updated_at)
    if row.rev != row.annotation:
        return (Worked(row.editor or row.person, touched),)
    own = Worked(row.person, moment_at(row.created_at))
    return (own, Worked(row.editor, touched)) if row.editor else (own,)


class Gate:
    """What stands against each answer, by what is on record now; each person's timeline is worked out once."""

    def __init__(self, desk: Desk, state: State) -> None:
        self._state = state
        self._absence = Absence(state.facts.of(PersonAdded, PersonLeft))
        self._standings: dict[ReleaseName, StandingAt] = {}
        self._doubles = Doubles(desk, state)

    def look(self, arrived: Arrived, placed: Placed) -> Iterator[Noticed]:
        """Everything that stands against one answer."""
        yield from self._of_release(arrived, placed)
        for person, at in worked(arrived.row):
            for code, place, values in self._of_person(arrived, placed, person, at):
                yield Noticed(
                    code=code, person=person, place=place, item=arrived.item.item_id, first=at, last=at, values=values
                )

    def _of_release(self, arrived: Arrived, placed: Placed) -> Iterator[Noticed]:
        """A release that nobody released, or that is not the one of the batch or project; or none at all."""
        row, at = arrived.row, moment_at(arrived.row.created_at)
        told = Noticed(code="no-release", place=f"server:{row.server}", item=arrived.item.item_id, first=at, last=at)
        values: dict[str, Any] = {"release": placed.release}
        if not placed.release:
            yield told
        elif placed.release not in self._state.releases:
            values["release"] = placed.release[:_LONGEST]  # what is stamped comes from outside, and may be anything
            place = f"server:{row.server}"
            yield replace(told, code="unknown-release", person=row.person, place=place, values=values)
        elif placed.wanted:
            values["wanted"] = placed.wanted
            yield replace(told, code="wrong-release", person=row.person, place=placed.where, values=values)

    def _of_person(
        self, arrived: Arrived, placed: Placed, person: PersonId, at: datetime | None
    ) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Code, place and what is told."""
        if person not in self._state.people:
            yield "no-person", f"server:{arrived.row.server}", {}
            return
        if self._absence.gone(person, at):
            yield "after-leaving", "", {}
        if (found := self._standing(placed.release, person, at)) is not None:
            yield found
        for batch in placed.batches:
            duties = self._doubles.beside(batch, person, arrived.item.item_id)
            if duties:
                yield "two-duties", f"batch:{batch.name}", {"duties": [str(each) for each in duties]}

    def _standing(
        self, release: ReleaseName, person: PersonId, at: datetime | None
    ) -> tuple[str, str, dict[str, Any]] | None:
        if release not in self._state.releases:
            return None
        if release not in self._standings:
            self._standings[release] = self._state.standing(release, Duty.EXECUTOR)
        standing = self._standings[release](person, at)
        place, values = f"release:{release}", {"release": release}
        if standing in _FINE:
            return None
        if standing is Standing.TIME_UNKNOWN:
            return "no-time", place, values
        if standing in _OUT:
            return "suspended-working", place, values
        return "unqualified", place, values | {"standing": str(standing)}

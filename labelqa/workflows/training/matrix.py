"""The coverage matrix of a workspace: people, topics and lines of a rulebook, with who is missing what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from labelqa.people.coverage import Validity, coverage
from labelqa.people.qualification import release_line
from labelqa.records.names import PersonId, ReleaseName
from labelqa.records.people import Duty, Person
from labelqa.records.training import CoverageLine
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import State, read_state, shown_names


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixLine:
    """One person under one line, with the name where it is known."""

    name: str
    organizer: str
    duties: tuple[Duty, ...]
    coverage: CoverageLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Everybody under the asked lines at a time; ``days`` is how long a training counts."""

    at: datetime
    days: int
    lines: tuple[str, ...]
    people: tuple[MatrixLine, ...]


def training_matrix(
    desk: Desk, *, release: str = "", person: PersonId | None = None, at: datetime | None = None,
    known: datetime | None = None,
) -> Matrix:  # fmt: skip
    """The matrix of a release's line, or of every line that is in force or was taught; people by organizer and name.

    BadInput for a release that is not here.
    """
    state, moment = read_state(desk, at=at, known=known), at or desk.clock()
    if release:
        state.release(release)
    lines = (release_line(ReleaseName(release)),) if release else _lines(state, moment)
    names = shown_names(desk)
    people = sorted(
        (each for each in state.people.values() if not each.model and person in {None, each.person}),
        key=lambda each: (each.organizer, names.get(each.person, each.person)),
    )
    days = state.policies_at(moment).qualification_days
    found = coverage(people, state.trainings, lines, at=moment, validity=Validity(days=days, ends=state.line_ends))
    return Matrix(at=moment, days=days, lines=lines, people=_named(people, found, names))


def _named(
    people: Sequence[Person], found: Sequence[CoverageLine], names: dict[PersonId, str]
) -> tuple[MatrixLine, ...]:  # fmt: skip
    known = {each.person: each for each in people}
    return tuple(
        MatrixLine(
            name=names.get(each.person, each.person), organizer=known[each.person].organizer,
            duties=tuple(duty for duty in Duty if duty in known[each.person].duties), coverage=each,
        )
        for each in found
    )  # fmt: skip


def _lines(state: State, at: datetime) -> tuple[str, ...]:
    """The lines of the releases, less those that ended and in which nobody was ever taught."""
    taught = {release_line(each.release) for mine in state.trainings.values() for each in mine if each.at <= at}
    known = dict.fromkeys(release_line(name) for name in state.releases)
    return tuple(line for line in known if line in taught or state.line_ends.get(line, at) >= at)

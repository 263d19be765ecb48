"""Who must be retrained before a changed rulebook counts, and what each of them still lacks (GB/T 45674—2025, 7.1 c).

Derived from trainings and exams on record; nobody is suspended here. Within a line, NAME@MAJOR, nobody is retrained.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from labelqa.people.qualification import release_line
from labelqa.records.governance import Release
from labelqa.records.names import PersonId, ReleaseName
from labelqa.records.people import Duty, Person, Standing
from labelqa.rulebook.force import ends
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import State, read_state, shown_names


class Lack(StrEnum):
    """What stands between a person and the new qualification."""

    TRAINING = "training"
    EXAM = "exam"


# standings under the release before that a change takes something away from
_HELD: Final = frozenset({Standing.QUALIFIED, Standing.STALE})
_TAUGHT: Final = frozenset({Standing.NOT_EXAMINED, Standing.FAILED, Standing.EXPIRED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrainee:
    """Somebody who was qualified under the release before and is not yet under the new one."""

    person: PersonId
    name: str
    organizer: str
    duties: tuple[Duty, ...]
    before: Standing  # under the release before
    now: Standing  # under the new one
    lacks: tuple[Lack, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retraining:
    """Who is to be retrained for a release, and by when."""

    release: ReleaseName
    previous: ReleaseName  # "" for the first release
    material: bool
    new_line: bool  # another major version: qualifications under the release before do not carry over
    effective_from: datetime  # new work needs the new qualification from then on
    previous_until: datetime | None  # open work needs it from then on; None: never
    concerned: int  # how many held a qualification under the release before
    people: tuple[Retrainee, ...]


def retraining(desk: Desk, release: str) -> Retraining:
    """Everybody whom a release makes retrain, as of now; nobody where it begins no new line, or is the first.

    BadInput for a release that was never made here.
    """
    state, now = read_state(desk), desk.clock()
    state.release(release)
    chain = state.releases_of(release)
    place = next(at for at, each in enumerate(chain) if each.release == release)
    made, before = chain[place], chain[place - 1] if place else None
    if before is None:
        return _nobody(made, None, None)
    until = ends(chain)[before.release].open_work
    if release_line(made.release) == release_line(before.release):
        return _nobody(made, before, until)
    names, held = shown_names(desk), _held(state, before, now)
    people = [_retrainee(state, each, names.get(each.person, each.person), (before, made), now) for each in held]
    missing = [each for each in people if each.now is not Standing.QUALIFIED]
    return replace(
        _nobody(made, before, until), new_line=True, concerned=len(held),
        people=tuple(sorted(missing, key=lambda each: (each.organizer, each.name))),
    )  # fmt: skip


def _nobody(made: Release, before: Release | None, until: datetime | None) -> Retraining:
    """The answer of a release that retrains nobody."""
    return Retraining(
        release=made.release, previous=before.release if before else ReleaseName(""), material=made.material,
        new_line=False, effective_from=made.effective_from, previous_until=until, concerned=0, people=(),
    )  # fmt: skip


def _held(state: State, before: Release, now: datetime) -> list[Person]:
    """Who held a qualification under the release before that did not run out by itself."""
    covered = state.standing(before.release)
    return [person for person in state.people.values() if person.duties and covered(person.person, now) in _HELD]


def _retrainee(state: State, person: Person, name: str, releases: tuple[Release, Release], now: datetime) -> Retrainee:
    """Somebody's standings under the release before and the new one."""
    held, after = (state.qualification(person.person, each.release, now).standing for each in releases)
    return Retrainee(
        person=person.person, name=name, organizer=person.organizer,
        duties=tuple(sorted(person.duties, key=list(Duty).index)), before=held, now=after,
        lacks=(Lack.EXAM,) if after in _TAUGHT else (Lack.TRAINING, Lack.EXAM),
    )  # fmt: skip

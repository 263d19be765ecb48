"""One person under one release at one time: the facts that bear on it, read once and no others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final

from labelqa.errors import BadInput
from labelqa.ledger.view import Facts, Listed
from labelqa.people.fold import fold_people
from labelqa.people.qualification import qualification, release_line
from labelqa.records.facts import (
    AppealFiled,
    AppealRuled,
    ExamRecorded,
    Fact,
    PersonAdded,
    PersonLeft,
    PolicyDeclared,
    QualificationDecided,
    TrainingRecorded,
)
from labelqa.records.governance import DocumentSigned, RulebookReleased
from labelqa.records.names import PersonId, ReleaseName
from labelqa.records.people import Duty, Person, Qualification
from labelqa.rulebook.force import Service, ends, in_force
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import State, fold, read_state, shown_names

ALWAYS: Final = datetime.max.replace(tzinfo=UTC)  # known by then is everything; superseded facts are left out
_OWN: Final = (
    PersonAdded, PersonLeft, TrainingRecorded, ExamRecorded, QualificationDecided, AppealFiled, AppealRuled,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is asked, and a state that knows this person, the releases and the policies only."""

    view: Facts
    state: State
    person: PersonId
    names: Mapping[PersonId, str]
    release: ReleaseName
    duty: Duty | None
    at: datetime
    known: datetime | None
    zone: tzinfo
    text: Callable[[str], str]  # an erasable text by its digest, "" where it was erased

    @property
    def name(self) -> str:
        """How the person may be shown."""
        return self.shown(self.person)

    def shown(self, person: str) -> str:
        """How somebody may be shown."""
        return self.names.get(PersonId(person), person)

    @property
    def line(self) -> str:
        """The line of the release."""
        return release_line(self.release)

    @property
    def registered(self) -> Person | None:
        """The person as registered at that time, or first after it; None where nobody ever was by the known time."""
        told = self.own(PersonAdded)
        by_then = [each for each in told if each.effective_at <= self.at] or told[:1]
        return fold_people(by_then).get(self.person)

    def own(self, *bodies: type) -> list[Fact]:
        """The facts of these kinds on the person; those that the person only signed as the one who decided are not."""
        return [each for each in self.state.facts.of(*bodies) if each.body.person == self.person]

    def qualification(self) -> Qualification:
        """Where the person stands."""
        return self.state.qualification(self.person, self.release, self.at, self.duty)

    @property
    def on_record(self) -> bool:
        """Whether the release was on record by the known time."""
        return self.release in self.state.releases

    def service(self) -> Service:
        """When the release serves."""
        return ends(self.state.releases_of(self.release))[self.release]

    def undecided(self) -> Qualification:
        """Where training and exam alone leave the person, whatever was decided."""
        state, who = self.state, self.person
        return qualification(
            who, self.release, state.trainings.get(who, ()), state.exams.get(who, ()), at=self.at,
            valid_days=state.valid_days, declared=state.policies.validities, ends=state.line_ends,
        )  # fmt: skip

    def fact(self, seq: int) -> Fact:
        """A fact by its number."""
        return self.state.facts.fact(seq)

    def day(self, moment: datetime) -> str:
        """A time in the workspace's time zone, to the minute."""
        return f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M}"


def cases(
    desk: Desk, person: PersonId, *, release: str, duty: Duty | None, at: datetime, known: datetime | None
) -> tuple[Case, ...]:
    """The case of the release named, else one for each rulebook: its release in force at that time.

    Rulebooks on which the person has no record are left out where there are others. Where none was released by the
    known time, it is the first release of each rulebook that came later. BadInput for a release that was never
    released, and where there is none at all.
    """
    view, names = desk.ledger.view().seen(known=known or ALWAYS), shown_names(desk)
    own = view.about(f"person:{person}", *_OWN)
    shared = view.of(RulebookReleased, DocumentSigned, PolicyDeclared)
    told = {fact.seq: fact for fact in (*own, *shared)}
    state = fold(Listed(told.values()), desk.settings.qualification_days)
    return tuple(
        Case(
            view=view, state=state, person=person, names=names, release=each, duty=duty, at=at, known=known,
            zone=desk.settings.zone,
            text=desk.ledger.text_of,
        )
        for each in _releases(desk, state, person, release, at)
    )  # fmt: skip


def _releases(desk: Desk, state: State, person: PersonId, release: str, at: datetime) -> tuple[ReleaseName, ...]:
    if release:
        if ReleaseName(release) not in state.releases:
            read_state(desk).release(release)
        return (ReleaseName(release),)
    now = {name: in_force(releases, at) for name, releases in sorted(state.rulebooks.items())}
    learned = [each.release for each in state.trainings.get(person, ())]
    learned += [each.release for each in state.exams.get(person, ())]
    concerned = {each.partition("@")[0] for each in learned}
    found = {name: each.release for name, each in now.items() if each is not None}
    if not found:
        found = {name: each[0].release for name, each in sorted(read_state(desk).rulebooks.items())}
    if not found:
        raise BadInput("nothing is released in this workspace yet: labelqa rulebook release makes a release")
    return tuple(each for name, each in found.items() if name in concerned) or tuple(found.values())

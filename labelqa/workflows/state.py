"""Everything the ledger says at one moment, folded once for the use case at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from labelqa.batches.checks import Ruling, fold_plans, fold_reviews, fold_rulings, fold_samples
from labelqa.batches.fold import fold_batches
from labelqa.errors import BadInput
from labelqa.ledger.ledger import effective
from labelqa.people.fold import fold_exams, fold_people, fold_trainings
from labelqa.people.qualification import Stretch, line_ends, qualification, stretch_at, timeline
from labelqa.records.batch import Batch
from labelqa.records.facts import Fact
from labelqa.records.governance import Clarification, Release, RulebookReleased
from labelqa.records.names import BatchName, ItemId, PersonId, ReleaseName, SampleId
from labelqa.records.people import Exam, Person, Qualification, Standing, Training
from labelqa.records.review import Plan, Review, Sample
from labelqa.rulebook.fold import fold_clarifications, fold_releases, fold_signatures
from labelqa.workflows.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is known of releases, people and batches."""

    facts: Sequence[Fact]
    releases: Mapping[ReleaseName, tuple[Fact, RulebookReleased]]
    people: Mapping[PersonId, Person]
    trainings: Mapping[PersonId, tuple[Training, ...]]
    exams: Mapping[PersonId, tuple[Exam, ...]]
    batches: Mapping[BatchName, Batch]
    plans: Mapping[BatchName, tuple[Plan, ...]]
    samples: Mapping[BatchName, tuple[Sample, ...]]
    reviews: Mapping[SampleId, tuple[Review, ...]]
    rulings: Mapping[BatchName, Mapping[ItemId, Ruling]]
    valid_days: int
    rulebooks: Mapping[str, tuple[Release, ...]]  # by name, in the order in which they were released
    clarifications: Mapping[str, tuple[Clarification, ...]]  # by rulebook, in the order of their numbers
    line_ends: Mapping[str, datetime]  # NAME@MAJOR -> when its last release stops serving open work

    def batch(self, name: str) -> Batch:
        """The batch of that name; BadInput when there is none."""
        found = self.batches.get(BatchName(name))
        if found is None:
            raise BadInput("no batch is called {name}: labelqa batch list shows those that are declared", name=name)
        return found

    def labelled(self) -> tuple[Batch, ...]:
        """The batches with labels of their own: those in which earlier labels are looked at again are left out."""
        return tuple(batch for batch in self.batches.values() if not batch.recheck)

    def sample(self, name: str) -> Sample:
        """The sample of that name, or the latest one of the batch of that name."""
        for samples in self.samples.values():
            for each in samples:
                if each.sample == name:
                    return each
        if latest := self.samples.get(BatchName(name)):
            return latest[-1]
        raise BadInput("no sample is called {name}: draw one with labelqa draw BATCH", name=name)

    def reviews_of(self, batch: str) -> tuple[Review, ...]:
        """Every verdict in force on any sample of a batch."""
        samples = self.samples.get(BatchName(batch), ())
        return tuple(review for sample in samples for review in self.reviews.get(sample.sample, ()))

    def release(self, name: str) -> RulebookReleased:
        """The released rulebook; BadInput when it was never released here."""
        found = self.releases.get(ReleaseName(name))
        if found is None:
            raise BadInput("{name} is not released in this workspace: labelqa rulebook list shows what is", name=name)
        return found[1]

    def qualification(self, person: PersonId, release: str, at: datetime) -> Qualification:
        """Where a person stands under a release; people without a record are not registered."""
        if person not in self.people:
            return Qualification(
                person=person,
                release=ReleaseName(release),
                standing=Standing.NOT_REGISTERED,
                since=None,
                until=None,
                facts=(),
            )
        if self.people[person].model:
            return Qualification(
                person=person, release=ReleaseName(release), standing=Standing.MODEL, since=None, until=None, facts=()
            )
        return qualification(
            person, ReleaseName(release), self.trainings.get(person, ()), self.exams.get(person, ()), at=at,
            valid_days=self.valid_days, ends=self.line_ends,
        )  # fmt: skip

    def releases_of(self, release: str) -> tuple[Release, ...]:
        """Every release of the rulebook of a release (NAME@VERSION, or NAME alone), in order; () where there is none."""
        return self.rulebooks.get(release.partition("@")[0], ())

    def standing(self, release: str) -> StandingAt:
        """A fast answer to the same question for many moments."""
        return StandingAt(self, ReleaseName(release))


class StandingAt:
    """Standings under one release, each person's timeline worked out once."""

    def __init__(self, state: State, release: ReleaseName) -> None:
        self._state, self._release = state, release
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
            self._state.facts[seq - 1].recorded_at > at for seq in stretch.facts
        )

    def _line(self, person: PersonId) -> tuple[Stretch, ...]:
        state, line = self._state, self._lines.get(person)
        if line is None:
            line = self._lines[person] = timeline(
                person, self._release, state.trainings.get(person, ()), state.exams.get(person, ()),
                valid_days=state.valid_days, ends=state.line_ends,
            )  # fmt: skip
        return line


def read_state(desk: Desk, *, at: datetime | None = None, known: datetime | None = None) -> State:
    """The state of the ledger now, or as of a time (effective ``at``, recorded by ``known``)."""
    facts = desk.ledger.facts()
    if at is not None or known is not None:
        return fold(effective(facts, at=at, known_at=known), desk.settings.qualification_days)
    kept: State | None = desk.memo.get("state")
    if kept is None or len(kept.facts) != len(facts):
        kept = desk.memo["state"] = fold(facts, desk.settings.qualification_days)
    return kept


def fold(facts: Sequence[Fact], valid_days: int) -> State:
    """A state from facts alone."""
    signatures = fold_signatures(facts)
    rulebooks = fold_releases(facts, signatures)
    return State(
        facts=facts,
        releases={
            ReleaseName(f"{fact.body.name}@{fact.body.version}"): (fact, fact.body)
            for fact in facts
            if isinstance(fact.body, RulebookReleased)
        },
        people=fold_people(facts),
        trainings=fold_trainings(facts),
        exams=fold_exams(facts),
        batches=fold_batches(facts),
        plans=fold_plans(facts),
        samples=fold_samples(facts),
        reviews=fold_reviews(facts),
        rulings=fold_rulings(facts),
        valid_days=valid_days,
        rulebooks=rulebooks,
        clarifications=fold_clarifications(facts, signatures),
        line_ends={line: end for releases in rulebooks.values() for line, end in line_ends(releases).items()},
    )


def shown_names(desk: Desk) -> dict[PersonId, str]:
    """How people may be shown to a lead: by name, else by an account, else (not in here) by pseudonym."""
    by_account = {
        person: account for (_, account), person in sorted(desk.ledger.identities.accounts().items(), reverse=True)
    }
    return by_account | desk.ledger.identities.names()

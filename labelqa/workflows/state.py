"""Everything the ledger says at one moment, folded once for the use case at hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Final

from labelqa.batches.checks import Ruling, fold_plans, fold_reviews, fold_rulings, fold_samples, grouped, in_force
from labelqa.batches.fold import SAID_OF_BATCHES, SAID_OF_ITEMS, fold_batches
from labelqa.errors import BadInput
from labelqa.ledger.view import Facts, viewed
from labelqa.people.fold import fold_exams, fold_people, fold_trainings
from labelqa.people.policy import Policies, fold_policies
from labelqa.people.qualification import fold_decisions, line_ends
from labelqa.records.batch import Batch
from labelqa.records.facts import (
    AppealFiled,
    AppealRuled,
    BatchDeclared,
    BatchSettled,
    DisputeRuled,
    ExamRecorded,
    Fact,
    PersonAdded,
    PlanDeclared,
    PolicyDeclared,
    QualificationDecided,
    ReviewRecorded,
    SampleDrawn,
    SampleExtended,
    TrainingRecorded,
)
from labelqa.records.governance import (
    Clarification,
    ClarificationAcknowledged,
    ClarificationIssued,
    DocumentSigned,
    Release,
    RulebookReleased,
    Signature,
)
from labelqa.records.names import BatchName, ItemId, PersonId, ReleaseName, SampleId
from labelqa.records.people import Decision, Duty, Exam, Person, Qualification, Training
from labelqa.records.review import Plan, Review, Sample
from labelqa.rulebook.fold import fold_clarifications, fold_releases, fold_signatures
from labelqa.workflows.desk import Desk
from labelqa.workflows.lazily import Lazily
from labelqa.workflows.qualifying.standing import StandingAt, qualification_of

_SAMPLES: Final = 40  # whose verdicts are kept: of 5,000 items each, some 100 MB


class State:
    """What is known of releases, people and batches, each part folded when it is first asked for.

    Verdicts, rulings and the stage of a batch are read sample by sample and batch by batch: nobody needs all of them
    at once.
    """

    def __init__(self, facts: Facts, valid_days: int) -> None:
        self.facts = facts
        self.valid_days = valid_days

    @cached_property
    def releases(self) -> Mapping[ReleaseName, tuple[Fact, RulebookReleased]]:
        """Every release with its fact; of two of one name the later."""
        return {
            ReleaseName(f"{fact.body.name}@{fact.body.version}"): (fact, fact.body)
            for fact in self.facts.of(RulebookReleased)
        }

    @cached_property
    def people(self) -> Mapping[PersonId, Person]:
        """Everybody who is registered."""
        return fold_people(self.facts.of(PersonAdded))

    @cached_property
    def trainings(self) -> Mapping[PersonId, tuple[Training, ...]]:
        """Trainings by person, in the order of the ledger."""
        return fold_trainings(self.facts.of(TrainingRecorded))

    @cached_property
    def exams(self) -> Mapping[PersonId, tuple[Exam, ...]]:
        """Exams by person, in the order of the ledger."""
        return fold_exams(self.facts.of(ExamRecorded))

    @cached_property
    def decisions(self) -> Mapping[PersonId, tuple[Decision, ...]]:
        """Decisions on qualifications by person, in the order of the ledger, with what appeals made of them."""
        return fold_decisions(self.facts.of(QualificationDecided, AppealFiled, AppealRuled))

    @cached_property
    def policies(self) -> Policies:
        """What the team declared for itself, as of the last declaration."""
        return fold_policies(self.facts.of(PolicyDeclared), qualification_days=self.valid_days)

    def policies_at(self, at: datetime) -> Policies:
        """The same as it was in force at a time."""
        return fold_policies(self.facts.of(PolicyDeclared), at=at, qualification_days=self.valid_days)

    @cached_property
    def batches(self) -> Mapping[BatchName, Batch]:
        """Every declared batch in the order of declaration; each is worked out when it is asked for."""
        return Lazily(self._batch, lambda: self._told)

    @cached_property
    def _told(self) -> Mapping[BatchName, tuple[Fact, ...]]:
        """What is said of each declared batch as a whole."""
        standing = [fact for fact, _ in in_force(self.facts.of(*SAID_OF_BATCHES), object)]
        told = grouped((BatchName(fact.body.batch), fact) for fact in standing)
        declared = (BatchName(fact.body.batch) for fact in standing if isinstance(fact.body, BatchDeclared))
        return {name: told[name] for name in declared}

    @cached_property
    def settlements(self) -> Mapping[BatchName, tuple[Fact, BatchSettled]]:
        """How each settled batch was settled, in the order of settling; of two in force the first, as in the batch."""
        told = in_force(self.facts.of(BatchSettled), BatchSettled)
        return {
            name: ends[0]
            for name, ends in grouped((BatchName(body.batch), (fact, body)) for fact, body in told).items()
        }

    def _batch(self, name: BatchName) -> Batch | None:
        told = self._told.get(name)
        if told is None:
            return None
        judged = {} if any(isinstance(fact.body, BatchSettled) for fact in told) else self._judged(fold_samples(told))
        wanted = SAID_OF_ITEMS if judged is None else (DisputeRuled,)
        return fold_batches([*told, *self.facts.about(f"batch:{name}", *wanted)], judged)[name]

    def _judged(self, drawn: Mapping[BatchName, Sequence[Sample]]) -> dict[SampleId, int] | None:
        """How many items of each sample have a verdict; None where only the verdicts tell it from second opinions."""
        judged, unsure = {}, False
        for each in (each for samples in drawn.values() for each in samples):
            judged[each.sample] = len(self.facts.named(f"sample:{each.sample}", ReviewRecorded, "item:"))
            if judged[each.sample] < each.resolved.n:
                return judged
            unsure = unsure or each.doubles > 0
        return None if unsure else judged

    @cached_property
    def plans(self) -> Mapping[BatchName, tuple[Plan, ...]]:
        """Plans by batch, in the order of declaration."""
        return fold_plans(self.facts.of(PlanDeclared))

    @cached_property
    def samples(self) -> Mapping[BatchName, tuple[Sample, ...]]:
        """Samples by batch, in the order in which they were drawn."""
        return fold_samples(self.facts.of(SampleDrawn, SampleExtended))

    @cached_property
    def reviews(self) -> Mapping[SampleId, tuple[Review, ...]]:
        """Every verdict ever given on a sample, read sample by sample; going through all of them is slow."""
        return Lazily(
            lambda sample: fold_reviews(self.facts.about(f"sample:{sample}", ReviewRecorded)).get(sample),
            lambda: fold_reviews(self.facts.of(ReviewRecorded)),
            most=_SAMPLES,
        )

    @cached_property
    def rulings(self) -> Mapping[BatchName, Mapping[ItemId, Ruling]]:
        """The rulings in force by batch and item, read batch by batch."""
        return Lazily(
            lambda batch: fold_rulings(self.facts.about(f"batch:{batch}", DisputeRuled)).get(batch),
            lambda: fold_rulings(self.facts.of(DisputeRuled)),
        )

    @cached_property
    def signatures(self) -> Mapping[int, Signature]:
        """Every signature by the number of its fact."""
        return fold_signatures(self.facts.of(DocumentSigned))

    @cached_property
    def rulebooks(self) -> Mapping[str, tuple[Release, ...]]:
        """Releases by the name of the rulebook, in the order in which they were released."""
        return fold_releases(self.facts.of(RulebookReleased), self.signatures)

    @cached_property
    def clarifications(self) -> Mapping[str, tuple[Clarification, ...]]:
        """Clarifications by rulebook, in the order of their numbers."""
        told = self.facts.of(ClarificationIssued, ClarificationAcknowledged, RulebookReleased)
        return fold_clarifications(told, self.signatures)

    @cached_property
    def line_ends(self) -> Mapping[str, datetime]:
        """NAME@MAJOR -> when its last release stops serving open work."""
        return {line: end for releases in self.rulebooks.values() for line, end in line_ends(releases).items()}

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

    def qualification(self, person: PersonId, release: str, at: datetime, duty: Duty | None = None) -> Qualification:
        """Where a person stands under a release, for a duty (None: as far as every duty is concerned)."""
        return qualification_of(self, person, ReleaseName(release), at, duty)

    def releases_of(self, release: str) -> tuple[Release, ...]:
        """Every release of the rulebook of a release (NAME@VERSION, or NAME alone), in order; () where there is none."""
        return self.rulebooks.get(release.partition("@")[0], ())

    def standing(self, release: str, duty: Duty | None = None) -> StandingAt:
        """A fast answer to the same question for many moments."""
        return StandingAt(self, ReleaseName(release), duty)


def read_state(desk: Desk, *, at: datetime | None = None, known: datetime | None = None) -> State:
    """The state of the ledger now, or as of a time (effective ``at``, recorded by ``known``)."""
    facts = desk.ledger.view()
    if at is not None or known is not None:
        return fold(facts.seen(at=at, known=known), desk.settings.qualification_days)
    kept: State | None = desk.memo.get("state")
    if kept is None or kept.facts.last != facts.last:
        kept = desk.memo["state"] = fold(facts, desk.settings.qualification_days)
    return kept


def fold(facts: Facts | Iterable[Fact], valid_days: int) -> State:
    """A state from facts alone: a view of them, or a list."""
    return State(viewed(facts), valid_days)


def shown_names(desk: Desk) -> dict[PersonId, str]:
    """How people may be shown to a lead: by name, else by an account (``ls=8``), else (not in here) by pseudonym.

    Nobody is in here at a desk that shows pseudonyms.
    """
    if desk.pseudonyms:
        return {}
    by_account = {
        person: f"{server}={account}" if account.isdecimal() else account  # a number alone says nothing
        for (server, account), person in sorted(desk.ledger.identities.accounts().items(), reverse=True)
    }
    return by_account | desk.ledger.identities.names()

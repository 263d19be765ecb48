"""The verification record of a batch (GB/T 45674—2025, 8.1 g), gathered from the record at any time after the draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from labelqa.batches.checks import current_reviews, second_reviews
from labelqa.batches.counting import suspected
from labelqa.batches.verdict import all_checked
from labelqa.errors import Refused
from labelqa.records.acceptance import SheetCheck
from labelqa.records.batch import Batch
from labelqa.records.review import Check, Review, Sample
from labelqa.records.verification import VerificationForm, VerifiedSample, VerifierLine
from labelqa.workflows.certifying.evidence import evidence_of
from labelqa.workflows.correcting.records import correction_records
from labelqa.workflows.desk import Desk
from labelqa.workflows.rounds.acceptance import dispute_counts, head_of, hit_counts, sheet_checks
from labelqa.workflows.state import State, read_state


def verification_form(desk: Desk, batch: str) -> VerificationForm:
    """Verifiers, times, results, problems and measures of a batch; Refused while no sample of it is drawn."""
    state = read_state(desk)
    found = state.batch(batch)
    samples = {str(each.sample): each for each in state.samples.get(found.name, ())}
    if not samples:
        raise Refused("no sample of batch {batch} is drawn: there is nothing to put on record yet", batch=found.name)
    evidence, told = evidence_of(desk, state, found), correction_records(desk, batch)
    return VerificationForm(
        batch=found, release_digest=_release_digest(state, found),
        samples=tuple(
            _sample(state, samples[each.sample], each, told.names)
            for each in sheet_checks(desk, state, found, evidence)
        ),
        completeness=told.completeness, corrections=told.corrections, names=told.names, texts=told.texts,
        disputes=dispute_counts(desk, state, found, evidence), hits=hit_counts(evidence), head=head_of(desk),
        made_at=desk.clock(), zone=desk.settings.timezone,
    )  # fmt: skip


def _release_digest(state: State, batch: Batch) -> str:
    known = state.releases.get(batch.release)
    return known[1].digest if known else ""


def _sample(state: State, sample: Sample, check: SheetCheck, names: Mapping[str, str]) -> VerifiedSample:
    given = state.reviews.get(sample.sample, ())
    held = list(current_reviews(given).values())
    results = {
        str(each): dict(Counter(str(review.checks.get(each, "")) for review in held)) for each in Check
    }  # fmt: skip
    return VerifiedSample(
        check=check, population=sample.resolved.population, standing=str(sample.standing), frame=sample.frame,
        verifiers=_verifiers([*held, *second_reviews(given).values()], names), judged=len(held),
        all_checked=sum(all_checked(each.checks) for each in held), checks=results, unsafe=sum(map(suspected, held)),
    )  # fmt: skip


def _verifiers(held: Sequence[Review], names: Mapping[str, str]) -> tuple[VerifierLine, ...]:
    """By person, in the order of their first verdict that stands."""
    by_person: dict[str, list[Review]] = {}
    for each in sorted(held, key=lambda review: review.fact):
        by_person.setdefault(each.reviewer, []).append(each)
    return tuple(
        VerifierLine(
            name=names.get(person, person), judged=len(mine), results=dict(Counter(each.verdict for each in mine)),
            first_at=min(each.at for each in mine), last_at=max(each.at for each in mine),
        )
        for person, mine in by_person.items()
    )  # fmt: skip

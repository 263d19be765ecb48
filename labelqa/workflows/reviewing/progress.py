"""How far the review of a sample is, and by whom."""

from __future__ import annotations

from collections.abc import Mapping

from labelqa.batches.checks import current_reviews, second_reviews
from labelqa.batches.conclusion import illegal
from labelqa.batches.verdict import all_checked
from labelqa.records.names import PersonId
from labelqa.records.results import SampleProgress
from labelqa.records.review import Sample, Verdict
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.draws import items_of
from labelqa.workflows.state import State, read_state, shown_names


def sample_progress(desk: Desk, sample: str) -> SampleProgress:
    """How far the review of a sample is."""
    state = read_state(desk)
    return progress_of(desk, state, state.sample(sample), shown_names(desk))


def progress_of(desk: Desk, state: State, sample: Sample, names: Mapping[PersonId, str]) -> SampleProgress:
    """The same, in a state already read."""
    reviews = state.reviews.get(sample.sample, ())
    current, seconds = current_reviews(reviews), second_reviews(reviews)
    given = {each: [0, 0] for each in sample.verifiers}
    doubles = 0
    for each in items_of(desk, state, sample):
        given[each.verifier][0] += 1
        given[each.verifier][1] += each.item_id in current
        if each.second is not None:
            doubles += 1
            given[each.second][0] += 1
            given[each.second][1] += each.item_id in seconds
    held = list(current.values())
    verdicts = [review.verdict for review in held]
    return SampleProgress(
        sample=sample.sample, batch=sample.batch, n=sample.resolved.n, c=sample.resolved.c,
        population=sample.resolved.population, reviewed=len(current), correct=verdicts.count(Verdict.CORRECT),
        incorrect=verdicts.count(Verdict.INCORRECT), undecidable=verdicts.count(Verdict.UNDECIDABLE),
        unsafe=sum(illegal(each) for each in held),
        by_verifier=tuple((each, names.get(each, each), given[each][0], given[each][1]) for each in sample.verifiers),
        standing=str(sample.standing), doubles=doubles, doubled=len(seconds),
        checked=sum(all_checked(each.checks) for each in held), unreviewable=sum(bool(each.obstacle) for each in held),
        blind=sum(each.blind for each in held),
    )  # fmt: skip

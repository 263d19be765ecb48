"""Whether two verifiers say the same of an item, and how often the verdicts that decide are wrong.

Both come from the items of a sample that a second verifier judged without knowing it. Nothing here changes a
conclusion: second opinions measure the reviewers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from labelqa.batches.checks import current_reviews, second_reviews
from labelqa.errors import InsufficientData, Message
from labelqa.i18n import N_
from labelqa.records.estimate import Estimate, Figure, Unknown, unknown
from labelqa.records.names import ItemId
from labelqa.records.review import Review, Sample, Verdict
from labelqa.records.reviewers import ReviewerAgreement
from labelqa.stats.agreement.linearised import known
from labelqa.stats.agreement.tables import gwet_ac, krippendorff_alpha, percent_agreement
from labelqa.stats.reviewer_error import reviewers
from labelqa.workflows.certifying.certificate import counted_in
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.draws import items_of
from labelqa.workflows.population import population
from labelqa.workflows.reviewing.reviewer_error import double_review
from labelqa.workflows.state import State, read_state

ORDER = tuple(Verdict)


def reviewer_agreement(desk: Desk, sample: str) -> ReviewerAgreement:
    """How far the verifiers of a sample agree on the items that two of them judged, and how often the first one errs.

    Verdicts count that count for the batch (qualified then, not own work, on the label of record). Chance-corrected
    figures are over correct, incorrect and undecidable. What cannot be known is Unknown with its reason.
    """
    state = read_state(desk)
    found = state.sample(sample)
    first, second = _verdicts(desk, state, found)
    both = [(first[item], each) for item, each in second.items() if item in first]
    table = np.zeros((len(ORDER), len(ORDER)), dtype=np.int64)
    for one, other in both:
        table[ORDER.index(one.verdict), ORDER.index(other.verdict)] += 1
    confidence, n = desk.settings.confidence, len(both)
    sensitivity, specificity, adjudicated = _errors(desk, state, found, first)

    def figure(coefficient: Callable[..., Estimate]) -> Figure:
        return known(lambda: coefficient(table, confidence=confidence), n=n) if n else _none_yet(found)

    return ReviewerAgreement(
        sample=found.sample, doubles=sum(each.second is not None for each in items_of(desk, state, found)), n=n,
        agreeing=int(np.trace(table)), agreement=figure(percent_agreement), alpha=figure(krippendorff_alpha),
        ac1=figure(gwet_ac),
        table=tuple(tuple(int(count) for count in row) for row in table), sensitivity=sensitivity,
        specificity=specificity, adjudicated=adjudicated, notes=_notes(both, sensitivity, specificity),
    )  # fmt: skip


def _none_yet(sample: Sample) -> Unknown:
    text = N_("no item of sample {sample} was judged by two verifiers yet, so how far they agree is not known")
    return Unknown(reason="no-double-review", message=Message(text, {"sample": sample.sample}))


def _verdicts(desk: Desk, state: State, sample: Sample) -> tuple[Mapping[ItemId, Review], Mapping[ItemId, Review]]:
    """The first and the second verdicts of a sample that count."""
    counted = counted_in(desk, state, state.batch(sample.batch))(state.reviews.get(sample.sample, ()))
    return current_reviews(counted), second_reviews(counted)


def _errors(
    desk: Desk, state: State, sample: Sample, first: Mapping[ItemId, Review]
) -> tuple[Figure, Figure, int]:  # fmt: skip
    """Sensitivity and specificity of the verdicts that decide, and on how many items it was settled who was right."""
    batch = state.batch(sample.batch)
    try:
        doubled = double_review(desk, state, batch, population(desk, state, batch, sample), first)
    except InsufficientData as error:
        return unknown(error), unknown(error), 0
    mine, _ = reviewers(doubled.counts, confidence=desk.settings.confidence)
    return mine.sensitivity, mine.specificity, doubled.differing


def _notes(both: list[tuple[Review, Review]], *errors: Figure) -> tuple[Message, ...]:
    notes: list[Message] = []
    if any(isinstance(each, Estimate) for each in errors):
        notes.append(Message("what both verifiers said is taken for true, and their errors for independent"))
    hits = sum(bool(one.unsafe) != bool(other.unsafe) for one, other in both)
    if hits:
        text = N_("on {n} items only one of the two verifiers reports unsafe content: the supervisor looks at them")
        notes.append(Message(text, {"n": hits}))
    return tuple(notes)

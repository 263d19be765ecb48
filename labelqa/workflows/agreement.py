"""How far the annotators of a frozen batch agree: coefficients, labels, pairs, confusions."""

from __future__ import annotations

from labelqa.errors import InsufficientData, Message
from labelqa.records.batch import Batch
from labelqa.records.estimate import Figure, unknown
from labelqa.records.names import PersonId
from labelqa.records.reductions import Patterns
from labelqa.records.summary import AgreementReport, Coefficient
from labelqa.stats.agreement import (
    COEFFICIENTS,
    coefficients,
    confusions,
    krippendorff_alpha,
    pair_agreements,
    per_label,
)
from labelqa.stats.agreement.coefficients import known
from labelqa.workflows.desk import Desk
from labelqa.workflows.population import frozen_of
from labelqa.workflows.state import read_state, shown_names


def agreement_report(desk: Desk, batch: str) -> AgreementReport:
    """Everything about the agreement in a frozen batch; what cannot be known says why."""
    found = read_state(desk).batch(batch)
    freeze, confidence = frozen_of(found), desk.settings.confidence
    path, labels = desk.frozen.checked(freeze.annotations), found.labels
    people = desk.reducer.people(path)
    try:
        patterns, pairs = desk.reducer.agreement(path, labels)
    except InsufficientData as error:
        return _not_known(found, error, annotators=len(people))
    names = shown_names(desk)
    shown = [names.get(PersonId(person), person) for person in people]
    return AgreementReport(
        batch=found.name, control=found.control, labels=labels, items=freeze.n_items,
        items_with_pairs=patterns.items_with_pairs, annotations=freeze.n_annotations, annotators=len(people),
        coefficients=coefficients(patterns, confidence=confidence), per_label=per_label(patterns, confidence=confidence),
        pairs=pair_agreements(pairs, shown, confidence=confidence),
        confusions=confusions(patterns), notes=_notes(found),
    )  # fmt: skip


def alpha_of(desk: Desk, batch: Batch) -> Figure:
    """The batch's alpha alone."""
    path = desk.frozen.checked(frozen_of(batch).annotations)
    try:
        patterns = desk.reducer.patterns(path, batch.labels)
    except InsufficientData as error:
        return unknown(error)
    return alpha_of_patterns(patterns, desk.settings.confidence)


def alpha_of_patterns(patterns: Patterns, confidence: float) -> Figure:
    """Krippendorff's alpha, or why it is unknown."""
    return known(lambda: krippendorff_alpha(patterns, confidence=confidence), n=patterns.items_with_pairs)


def _not_known(batch: Batch, error: InsufficientData, *, annotators: int) -> AgreementReport:
    freeze = frozen_of(batch)
    return AgreementReport(
        batch=batch.name, control=batch.control, labels=batch.labels, items=freeze.n_items, items_with_pairs=0,
        annotations=freeze.n_annotations, annotators=annotators,
        coefficients=tuple(Coefficient(name=each.name, figure=unknown(error)) for each in COEFFICIENTS),
        per_label=(), pairs=(), confusions=(), notes=_notes(batch),
    )  # fmt: skip


def _notes(batch: Batch) -> tuple[Message, ...]:
    out = [each for each in frozen_of(batch).exclusions if each.reason == "not-in-release"]
    if not out:
        return ()
    text = Message("{n} annotations stayed out because their label is not in the release", {"n": out[0].count})
    return (text,)

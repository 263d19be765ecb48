"""A batch's agreement taken apart: where answers came from, who gave them, week by week, rule by rule, by what was shown.

People who were shown a model's suggestion agree with the model, and models agree with themselves; neither says how
people agree. So each of these stands by itself, with the same coefficients as the headline.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from labelqa.errors import InsufficientData, LabelqaError, Message
from labelqa.records.agreement import Apart, PartAgreement
from labelqa.records.annotation import ControlKind, Origin
from labelqa.records.estimate import Estimate, Figure, Unknown, unknown
from labelqa.records.reductions import Answers, Patterns, Subset
from labelqa.stats.agreement.distances import mean_agreement_of
from labelqa.stats.agreement.linearised import known
from labelqa.stats.judges import agreement_across
from labelqa.workflows.coefficients import coefficients_of
from labelqa.workflows.figures import figure_of
from labelqa.workflows.rulebooks import released_book
from labelqa.workflows.strata import strata_of
from labelqa.workflows.subject import Subject

_NO_CHANCE: Final = Unknown(
    reason="chance-across",
    message=Message("between people and models, agreement beyond chance is worked out for single labels only"),
)


def parts_of(
    subject: Subject, *, by: Sequence[str] = (), whole: bool = True
) -> tuple[list[PartAgreement], list[Message]]:
    """The parts of a batch and what is to be said of them. ``by`` are fields of the items; WrongUsage for one that no
    item has. Without ``whole`` there is no headline to take apart: only where answers came from and who gave them."""
    parts = [*_origins(subject), *_who(subject)]
    notes: list[Message] = []
    if whole:
        parts += _weeks(subject)
        ruled, said = _rules(subject)
        parts += ruled
        notes += said
    strata, told = strata_of(subject.desk, subject.batch, by)
    for each in strata if whole else ():
        subset = replace(subject.subset, items=frozenset(each.items))
        parts.append(_part(subject, subset, Apart.STRATUM, each.value, field=each.field))
    notes += told
    return parts, notes


def coefficients_shown(subject: Subject) -> tuple[str, str]:
    """The share that agrees, and the headline: what is told of every part."""
    plain = subject.kind in (ControlKind.CHOICE, ControlKind.RATING, ControlKind.PAIRWISE) and not subject.distance
    return ("percent-agreement" if plain else "mean-agreement"), subject.names[0]


def _part(subject: Subject, subset: Subset, apart: Apart, name: str, *, field: str = "") -> PartAgreement:
    shown = coefficients_shown(subject)
    part = subject.part(subset, (shown[1], shown[0]))
    try:
        agreement, alpha = (figure_of(part, each) for each in shown)
        items = part.measured.items_with_pairs
    except InsufficientData as error:
        agreement = alpha = unknown(error)
        items = 0
    return PartAgreement(apart=apart, name=name, items=items, agreement=agreement, alpha=alpha, field=field)


def _origins(subject: Subject) -> Iterator[PartAgreement]:
    if not subject.freeze.items_prelabelled:
        return
    for name, prelabelled in (("afresh", False), ("prelabelled", True)):
        if prelabelled or subject.freeze.items_prelabelled < subject.freeze.n_items:
            subset = Subset(machine=subject.subset.machine, prelabelled=prelabelled)
            yield _part(subject, subset, Apart.ORIGIN, name)


def _who(subject: Subject) -> Iterator[PartAgreement]:
    """People and models among themselves, and across, all on the items that nobody began from a pre-label; on all of
    them where every item was."""
    if not subject.freeze.origins.get(Origin.MACHINE):
        return
    every = subject.freeze.items_prelabelled >= subject.freeze.n_items
    base = replace(subject.subset, prelabelled=None) if every else subject.subset
    people, models = replace(base, machine=False), replace(base, machine=True)
    yield _part(subject, people, Apart.WHO, "people")
    yield _part(subject, models, Apart.WHO, "models")
    try:
        agreement, beyond = _across(subject, people, models)
    except InsufficientData as error:
        agreement = beyond = unknown(error)
    items = agreement.n if isinstance(agreement, Estimate) else 0
    yield PartAgreement(apart=Apart.WHO, name="across", items=items, agreement=agreement, alpha=beyond)


def _across(subject: Subject, people: Subset, models: Subset) -> tuple[Figure, Figure]:
    """People's answers beside models'."""
    if subject.kind is ControlKind.CHOICE and not subject.distance:
        ours, theirs = (subject.part(each, subject.names).answers for each in (people, models))
        shift = int(max(ours.annotator.max(initial=0), theirs.annotator.max(initial=0))) + 1
        both = _together(ours, theirs, shift)
        found = agreement_across(both, range(shift, 2 * shift), confidence=subject.manner.confidence)
        return found.across, found.across_beyond_chance
    apart = subject.part(replace(people, machine=None), subject.names).distances
    machines = _machines(subject)
    mixed = np.isin(apart.first, machines) != np.isin(apart.second, machines)
    if not mixed.any():
        raise InsufficientData("no-overlap", "no item has answers of both kinds, so they cannot be compared")
    _, at = np.unique(apart.item[mixed], return_inverse=True)
    means = np.bincount(at, weights=apart.distance[mixed]) / np.bincount(at)
    return known(lambda: mean_agreement_of(means, confidence=subject.manner.confidence), n=len(means)), _NO_CHANCE


def _together(people: Answers, models: Answers, shift: int) -> Answers:
    """Both as one table; models have numbers of their own, so that nobody is both."""
    item = np.concatenate([people.item, models.item])
    who = np.concatenate([people.annotator, models.annotator + np.int32(shift)])
    order = np.lexsort((who, item))
    label = np.concatenate([people.label, models.label])[order]
    return Answers(labels=people.labels, item=item[order], annotator=who[order], label=label)


def _machines(subject: Subject) -> list[int]:
    """The annotators who are models."""
    tally = subject.desk.reducer.tallies(subject.path, ("annotator_no", "origin"))
    return sorted({int(who or 0) for who, origin in tally.keys if origin == Origin.MACHINE})


def _weeks(subject: Subject) -> Iterator[PartAgreement]:
    tally = subject.desk.reducer.tallies(subject.path, ("week",), subset=subject.subset)
    weeks = [str(week) for (week,) in tally.keys if week]
    if len(weeks) > 1:
        for week in weeks:
            yield _part(subject, replace(subject.subset, weeks=frozenset([week])), Apart.WEEK, week)


def _rules(subject: Subject) -> tuple[list[PartAgreement], list[Message]]:
    """For every rule of the release the labels that it gives, taken as one, against all others."""
    patterns = subject.measured.patterns
    if not subject.batch.release or subject.kind is not ControlKind.CHOICE or patterns is None:
        return [], []
    try:
        book = released_book(subject.desk, subject.batch.release)
    except LabelqaError as error:
        return [], [Message("agreement is not told by rules: {why}", {"why": error.message})]
    labels = subject.batch.labels
    parts = []
    for rule in book.rules:
        given = np.isin(np.array(labels), np.array(rule.labels))
        if given.any() and not given.all():
            parts.append(_rule(subject, patterns, rule.id, given))
    return parts, []


def _rule(
    subject: Subject, patterns: Patterns, name: str, given: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
) -> PartAgreement:
    inside = patterns.counts @ given.astype(np.int32)
    counts = np.stack([inside, patterns.counts.sum(axis=1) - inside], axis=1)
    two = Patterns.of(counts, ("given", "other"), weight=patterns.weight)
    found = coefficients_of(two, None, ("percent-agreement", "krippendorff-alpha"), subject.manner)
    items = int(two.weight[(two.counts[:, 0] > 0) & (two.counts.sum(axis=1) >= 2)].sum())
    return PartAgreement(apart=Apart.RULE, name=name, items=items, agreement=found[0].figure, alpha=found[1].figure)

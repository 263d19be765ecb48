"""Where disagreement comes from: which label, which two people, which annotator, which items.

Everything here is about the same answers as the headline and told in the same manner, so that a page, a report and a
command say the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from scipy.special import ndtri

from labelqa.errors import InsufficientData, Message
from labelqa.records.agreement import DisputedItem, Membership, Unchanged
from labelqa.records.annotation import ControlKind, Origin
from labelqa.records.diagnostics import AnnotatorInfluence
from labelqa.records.estimate import Estimate, Figure, Unknown
from labelqa.records.reductions import Floats, Ints, PairTable, Patterns
from labelqa.records.summary import Confusion, LabelAgreement, PairAgreement
from labelqa.stats.agreement import confusions as confused
from labelqa.stats.agreement import pair_agreements
from labelqa.stats.agreement.benchmark import SCALES, bands
from labelqa.stats.agreement.distance_details import by_annotator, by_item, by_pair
from labelqa.stats.agreement.distances import alpha as distance_alpha
from labelqa.stats.agreement.distances import mean_agreement_of
from labelqa.stats.agreement.influence import ALPHA, annotator_influence, item_disagreements
from labelqa.stats.agreement.labels import against_the_rest, per_label, specific_agreement
from labelqa.stats.agreement.linearised import known
from labelqa.stats.agreement.tables import weighted_kappa
from labelqa.stats.distance.stored import one_text, parsed
from labelqa.stats.proportion import wilson
from labelqa.workflows.coefficients import measure_of, shares_of
from labelqa.workflows.marked import per_label as marked_labels
from labelqa.workflows.subject import Subject

MOST_ANSWERS: Final = 3_000_000  # held row by row, for what has to know who answered
MOST_TEXTS: Final = 200  # distinct answers counted without each annotator; more are compared pair by pair
MOST_LABELS: Final = 500  # labels of sets told one by one
_ONE_LABEL: Final = (ControlKind.CHOICE, ControlKind.RATING, ControlKind.PAIRWISE)
_SETS: Final = (ControlKind.CHOICES, ControlKind.TAXONOMY)
_CORRECTED: Final = ("krippendorff-alpha", "distance-alpha", "unitizing-alpha")
_NO_KAPPA: Final = Unknown(
    reason="compared-pairwise", message=Message("kappa is for answers that can be counted, not for compared ones")
)


def labels_of(subject: Subject) -> tuple[LabelAgreement, ...]:
    """Agreement label by label: each against the rest, or in sets each present or absent.

    InsufficientData ``no-labels-here`` for kinds that have none.
    """
    patterns = subject.measured.patterns
    if subject.kind is ControlKind.SPANS:
        return marked_labels(subject)
    if patterns is None or subject.kind not in (*_ONE_LABEL, *_SETS):
        raise InsufficientData(
            "no-labels-here",
            "label by label there is nothing to compare: answers of this kind are compared as a whole",
        )
    if subject.kind in _SETS:
        return tuple(_present(subject, patterns))
    lines = per_label(patterns, confidence=subject.manner.confidence)
    return tuple(
        replace(line, alpha=_alpha(subject, against_the_rest(patterns, at)))
        if isinstance(line.alpha, Estimate) else line
        for at, line in enumerate(lines)
    )  # fmt: skip


def _alpha(subject: Subject, patterns: Patterns) -> Figure:
    """Nominal alpha in the manner of the headline."""
    return known(lambda: subject.manner(ALPHA, patterns), n=patterns.items_with_pairs)


def _present(subject: Subject, patterns: Patterns) -> Iterator[LabelAgreement]:
    """For each label of the sets whether two annotators both have it, or neither."""
    held = [_members(text) for text in patterns.labels]
    said = patterns.weight @ patterns.counts
    often: Counter[str] = Counter()
    for members, count in zip(held, said.tolist(), strict=True):
        often.update(dict.fromkeys(members, count))
    total = patterns.annotations
    for label in [*dict.fromkeys([*subject.batch.labels, *sorted(often)])][:MOST_LABELS]:
        has = np.array([label in members for members in held], dtype=np.int32)
        there = patterns.counts @ has
        both = np.stack([there, patterns.counts.sum(axis=1) - there], axis=1)
        two = Patterns.of(both, (label, f"not {label}"), weight=patterns.weight)
        missing: Figure = Unknown(
            reason="label-not-used", message=Message("nobody gave the label “{label}”", {"label": label})
        )
        agreement = known(lambda two=two: specific_agreement(two, 0, confidence=subject.manner.confidence))  # type: ignore[misc]
        yield LabelAgreement(
            label=label, count=often[label], share=often[label] / total if total else 0.0,
            agreement=agreement if often[label] else missing, alpha=_alpha(subject, two) if often[label] else missing,
        )  # fmt: skip


def _members(text: str) -> frozenset[str]:
    """The labels in a stored set; a path of a taxonomy is joined by slashes."""
    value = parsed(text)
    parts = value if isinstance(value, list) else [value]
    return frozenset("/".join(map(one_text, part)) if isinstance(part, list) else one_text(part) for part in parts)


def pairs_of(subject: Subject, people: Sequence[str]) -> tuple[PairAgreement, ...]:
    """Every two annotators who share an item: agreement and kappa, by the distance where there is one."""
    found, confidence = subject.measured, subject.manner.confidence
    if found.distances is not None:
        shares_of(found.distances.distance)  # beyond 1 a distance says of no pair what share agrees
        return tuple(
            PairAgreement(first=each.first, second=each.second, shared=each.shared, agreement=each.agreement, kappa=_NO_KAPPA)
            for each in by_pair(found.distances, people, confidence=confidence)
        )  # fmt: skip
    if found.pairs is None:
        return ()
    if found.square is None:
        return pair_agreements(found.pairs, people, confidence=confidence)
    return tuple(_by_distance(found.pairs, found.square, people, confidence))


def _by_distance(pairs: PairTable, square: Floats, people: Sequence[str], confidence: float) -> Iterator[PairAgreement]:
    wide = len(people)
    for code in np.unique(pairs.first * wide + pairs.second).tolist():
        first, second = divmod(code, wide)
        mine = (pairs.first == first) & (pairs.second == second)
        one, other, count = (column[mine] for column in (pairs.first_label, pairs.second_label, pairs.count))
        apart = np.repeat(square[one, other], count)
        table = (one, other, count)
        yield PairAgreement(
            first=people[first], second=people[second], shared=len(apart),
            agreement=known(lambda apart=apart: mean_agreement_of(apart, confidence=confidence), n=len(apart)),  # type: ignore[misc]
            kappa=known(lambda table=table: _kappa(table, square, confidence), n=len(apart)),  # type: ignore[misc]
        )  # fmt: skip


def _kappa(cells: tuple[Ints, Ints, Ints], square: Floats, confidence: float) -> Estimate:
    """Cohen's kappa weighted by the distance, over the answers that these two gave."""
    one, other, count = cells
    used, at = np.unique(np.concatenate([one, other]), return_inverse=True)
    table = np.zeros((len(used), len(used)), dtype=np.int64)
    np.add.at(table, (at[: len(one)], at[len(one) :]), count)
    return weighted_kappa(table, weights=shares_of(square[np.ix_(used, used)]), confidence=confidence)


def confusions_of(subject: Subject) -> tuple[Confusion, ...]:
    """Two answers given to the same item, and how often; for answers that are labels or sets of them."""
    patterns = subject.measured.patterns
    return confused(patterns) if patterns is not None and subject.kind in (*_ONE_LABEL, *_SETS) else ()


def influence_of(subject: Subject, people: Sequence[str]) -> tuple[AnnotatorInfluence, ...]:
    """The headline without each annotator; InsufficientData ``too-many-answers`` where they cannot be held."""
    found, confidence = subject.measured, subject.manner.confidence
    if found.distances is not None or (found.square is not None and len(found.square) > MOST_TEXTS):
        whole = known(lambda: distance_alpha(subject.distances, confidence=confidence))
        return tuple(
            AnnotatorInfluence(annotator=each.annotator, without=each.alpha_without, change=_change(each.alpha_without, whole))
            for each in by_annotator(subject.distances, people, confidence=confidence)
        )  # fmt: skip
    _require_rows(subject)
    measure = measure_of(subject.names[0], subject.answers.labels, found.square) or ALPHA
    return annotator_influence(subject.answers, people, measure=measure, confidence=confidence)


def _change(without: Figure, everybody: Figure) -> float | None:
    both = isinstance(without, Estimate) and isinstance(everybody, Estimate)
    return without.point - everybody.point if both else None  # type: ignore[union-attr]


def _require_rows(subject: Subject) -> None:
    if subject.freeze.n_annotations > MOST_ANSWERS:
        raise InsufficientData(
            "too-many-answers",
            "single annotators and items are told apart in batches of up to {most} answers; this one has {n}",
            most=MOST_ANSWERS, n=subject.freeze.n_annotations,
        )  # fmt: skip


def disputed_items(subject: Subject, limit: int) -> tuple[DisputedItem, ...]:
    """The items on which annotators differ most, with their answers; the most disputed first."""
    _require_rows(subject)
    found, answers, ids = subject.measured, subject.answers, subject.item_ids
    if found.distances is not None:
        worst = [each for each in by_item(found.distances)[:limit] if each.distance > 0]
        said = _answers_to(subject, [each.item for each in worst])
        return tuple(
            DisputedItem(
                item=ids[each.item], annotations=each.annotators, disagreement=each.distance, entropy=None,
                answers=said[each.item],
            )
            for each in worst
        )  # fmt: skip
    weights = "identity" if found.square is None else 1 - found.square / max(1.0, float(found.square.max(initial=0.0)))
    return tuple(
        DisputedItem(
            item=ids[each.item], annotations=each.annotations, disagreement=each.disagreement, entropy=each.entropy,
            answers=each.labels,
        )
        for each in item_disagreements(answers, weights=weights, limit=limit) if each.disagreement > 0
    )  # fmt: skip


def _answers_to(subject: Subject, items: Sequence[int]) -> Mapping[int, tuple[tuple[str, int], ...]]:
    answers = subject.answers
    return {
        item: tuple(Counter(answers.labels[at] for at in answers.label[answers.item == item].tolist()).most_common())
        for item in items
    }


def membership_of(name: str, figure: Figure) -> tuple[Membership, ...]:
    """How likely the coefficient lies in each range of the known scales; nothing where it is not corrected for chance."""
    if not isinstance(figure, Estimate) or name.partition(":")[0] not in _CORRECTED or not -1 <= figure.point <= 1:
        return ()
    error = (figure.high - figure.low) / (2 * float(ndtri((1 + figure.confidence) / 2)))
    return tuple(
        Membership(scale=scale, word=band.name, probability=band.probability)
        for scale in SCALES
        for band in bands(figure.point, error, scale=scale)
    )


def unchanged_of(subject: Subject, people: Sequence[str]) -> tuple[Unchanged, ...]:
    """For everybody who was shown pre-labels, the share submitted as they were (Wilson)."""
    tally = subject.desk.reducer.tallies(subject.path, ("annotator_no", "origin"))
    said: dict[int, Counter[str]] = {}
    for (who, origin), count in zip(tally.keys, tally.counts, strict=True):
        if origin in (Origin.UNCHANGED, Origin.EDITED):
            said.setdefault(int(who or 0), Counter())[str(origin)] += count
    return tuple(
        Unchanged(
            name=people[who], prelabelled=counts.total(),
            share=wilson(counts[Origin.UNCHANGED], counts.total(), confidence=subject.manner.confidence),
        )
        for who, counts in sorted(said.items())
    )  # fmt: skip

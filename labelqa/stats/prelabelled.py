"""Answers that began as a model's suggestion, apart from those that did not: agreement by where answers came from.

Two people who accept the same suggestion agree with the model, not with each other. So agreement is given for answers
made without a suggestion, for those made from one, for models' own, and between these kinds; and for every annotator the
share of suggestions left as they were, which is high for good suggestions and for people who do not look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from labelqa.records.annotation import Origin
from labelqa.records.estimate import Figure
from labelqa.records.reductions import Answers, Patterns
from labelqa.stats.agreement.coefficients import krippendorff_alpha, percent_agreement
from labelqa.stats.agreement.linearised import known
from labelqa.stats.judges import between, items_of, label_counts
from labelqa.stats.proportion import wilson

_KINDS = {
    "human": (Origin.HUMAN,),
    "prelabelled": (Origin.UNCHANGED, Origin.EDITED),
    "machine": (Origin.MACHINE,),
}
_CROSSED = (("human", "prelabelled"), ("human", "machine"), ("prelabelled", "machine"))


@dataclass(frozen=True, slots=True, kw_only=True)
class KindAgreement:
    """Agreement of answers of kind ``first`` with those of kind ``second``: human, prelabelled or machine. The share of
    agreeing pairs of annotators, and beyond chance (alpha within a kind; between kinds chance is one of the first
    meeting one of the second). ``answers`` of both kinds are behind it."""

    first: str
    second: str
    answers: int
    agreement: Figure
    beyond_chance: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class UnchangedShare:
    """Of the suggestions shown to an annotator, how many were submitted as they were."""

    annotator: int
    unchanged: int
    suggestions: int
    share: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginCheck:
    """Agreement by where answers came from, and the unchanged share of all and of each annotator who saw suggestions."""

    kinds: tuple[KindAgreement, ...]
    unchanged: Figure
    annotators: tuple[UnchangedShare, ...]


def _coded(answers: Answers, origin: Sequence[str] | npt.NDArray[np.str_]) -> npt.NDArray[np.str_]:
    codes = np.asarray(origin, dtype=np.str_)
    if codes.shape != answers.item.shape:
        raise ValueError(f"need one origin an answer ({len(answers.item)}), not {codes.shape}")
    unknown = sorted(set(codes.tolist()) - {each.value for each in Origin})
    if unknown:
        raise ValueError(f"an origin must be one of {', '.join(Origin)}, not {unknown[0]}")
    return codes


def agreement_by_origin(
    answers: Answers, origin: Sequence[str] | npt.NDArray[np.str_], *, confidence: float = 0.95
) -> OriginCheck:
    """Agreement within and between human, pre-labelled and machine answers; ``origin`` (rows,) holds ``Origin`` values.

    Every kind that occurs has a line, with Unknown where nothing can be compared; shares of suggestions left unchanged
    carry Wilson's interval. An annotator who answered an item from a suggestion is no independent voice there, so the
    line of "human" with "human" is the one to report as agreement.
    """
    codes, items = _coded(answers, origin), items_of(answers)
    rows = {kind: np.isin(codes, [each.value for each in origins]) for kind, origins in _KINDS.items()}
    counts = {kind: label_counts(answers, mine, items) for kind, mine in rows.items() if mine.any()}
    kinds = []
    for kind, table in counts.items():
        patterns = Patterns.of(table, answers.labels)
        kinds.append(
            KindAgreement(
                first=kind,
                second=kind,
                answers=int(table.sum()),
                agreement=known(lambda p=patterns: percent_agreement(p, confidence=confidence), n=patterns.items),  # type: ignore[misc]
                beyond_chance=known(lambda p=patterns: krippendorff_alpha(p, confidence=confidence), n=patterns.items),  # type: ignore[misc]
            )
        )
    for first, second in _CROSSED:
        if first in counts and second in counts:
            share, beyond = between(counts[first], counts[second], confidence=confidence)
            n = int(counts[first].sum() + counts[second].sum())
            line = KindAgreement(first=first, second=second, answers=n, agreement=share, beyond_chance=beyond)
            kinds.append(line)
    unchanged, shown = codes == Origin.UNCHANGED.value, rows["prelabelled"]
    return OriginCheck(
        kinds=tuple(kinds),
        unchanged=known(lambda: wilson(int(unchanged.sum()), int(shown.sum()), confidence=confidence)),
        annotators=_shares(answers, unchanged, shown, confidence),
    )


def _shares(
    answers: Answers, unchanged: npt.NDArray[np.bool_], shown: npt.NDArray[np.bool_], confidence: float
) -> tuple[UnchangedShare, ...]:
    """The unchanged share of everybody who saw a suggestion, by annotator."""
    lines = []
    for annotator in np.unique(answers.annotator[shown]).tolist():
        mine = shown & (answers.annotator == annotator)
        kept, n = int((unchanged & mine).sum()), int(mine.sum())
        share = wilson(kept, n, confidence=confidence)
        lines.append(UnchangedShare(annotator=annotator, unchanged=kept, suggestions=n, share=share))
    return tuple(lines)

"""A model that labels or judges, held against people: is it as good as one more of them?

Agreement among people, among models and across the two are three numbers and never mixed; a model's accuracy is against
gold or people's majority, and its agreement with people is read beside people's agreement with each other, which is as
much as can be asked for. What began as a model's suggestion stands apart: accepting it is not independent agreement.

Everywhere ``models`` are the annotator numbers that are models, all others are people. Pairs are averaged within an
item, then over items; intervals let the items vary (skewness-corrected means, or the jackknife).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate, Figure, unknown
from labelqa.records.reductions import Answers, Floats, Ints, Patterns
from labelqa.stats.agreement.coefficients import krippendorff_alpha, percent_agreement
from labelqa.stats.agreement.linearised import known
from labelqa.stats.proportion import clopper_pearson, wilson

Flags = npt.NDArray[np.bool_]

_CONFIRMING = 50  # items: with fewer a judge at the margin is confirmed in up to 5 of 100 data sets


@dataclass(frozen=True, slots=True, kw_only=True)
class Across:
    """Agreement of ``people`` with each other, of ``models`` with each other, and of one with the other ``across``: the
    share of agreeing pairs, and the same beyond chance (Krippendorff's alpha; across, chance is that of one person's
    label meeting one model's)."""

    people: Figure
    models: Figure
    across: Figure
    people_alpha: Figure
    models_alpha: Figure
    across_beyond_chance: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelBias:
    """How much more often (in share of items) the judge gives a label than the reference has it, and how often the
    judge finds it where the reference has it."""

    label: str
    bias: Figure
    found: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeCheck:
    """A judge against a reference: ``accuracy`` over the items that both have, and label by label."""

    judge: int
    accuracy: Estimate
    labels: tuple[LabelBias, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CeilingCheck:
    """A judge beside the human ceiling, on the items that it and two people or more answered: agreement with a person,
    of people with each other, ``ratio`` and ``difference`` of the two, and whether the difference is surely no worse
    than -``margin`` (a test of non-inferiority at half of 1 - confidence, and never on fewer than 50 items, where its
    limits are too rough). ``confirmed`` False is no proof of the contrary."""

    judge: int
    with_people: Estimate
    among_people: Estimate
    difference: Estimate
    ratio: Figure
    margin: float
    confirmed: bool


def _is_model(answers: Answers, models: Collection[int]) -> Flags:
    return np.isin(answers.annotator, np.array(sorted(models), dtype=np.int64))


def items_of(answers: Answers) -> Ints:
    """The items that have an answer, rising."""
    return np.unique(answers.item.astype(np.int64))


def label_counts(answers: Answers, kept: Flags, items: Ints) -> Floats:
    """Answers of each label to each of ``items``, (items, labels)."""
    q = len(answers.labels)
    at = np.searchsorted(items, answers.item[kept])
    cells = np.bincount(at * q + answers.label[kept], minlength=len(items) * q)
    return cells.reshape(len(items), q).astype(np.float64)


def _ends(values: Floats, confidence: float, lowest: float, highest: float) -> tuple[float, float]:
    """Limits of a mean of skewed values: Student's t after Hall's (1992) transformation, and never narrower than with
    two more items in the middle of what is possible (after Agresti and Min 2005). Plain t would confirm a judge who is
    just too bad in 4-6 % of cases instead of 2.5 %."""
    n, mean, spread = len(values), float(values.mean()), float(values.std(ddof=1))
    t = stdtrit(n - 1, np.array([1 + confidence, 1 - confidence]) / 2)
    skewness = float(((values - mean) ** 3).mean()) / float(values.std()) ** 3
    turned = t
    if abs(skewness) > 1e-6:
        cube = 1 + skewness / sqrt(n) * (t - skewness / (6 * sqrt(n)))
        turned = 3 * sqrt(n) / skewness * (np.cbrt(cube) - 1)
    hall = mean - spread / sqrt(n) * turned
    middle = (lowest + highest) / 2
    held = (values.sum() + 2 * middle) / (n + 2)
    squares = ((values - held) ** 2).sum() + (middle - held) ** 2
    squares += ((lowest - held) ** 2 + (highest - held) ** 2) / 2
    around = held - t * sqrt(float(squares)) / (n + 2)
    return min(float(hall[0]), float(around[0])), max(float(hall[1]), float(around[1]))


def _mean(values: Floats, confidence: float, *, lowest: float, highest: float) -> Estimate:
    """Mean over items, which may be skewed; where all are alike, the exact limit on the share of such items."""
    n, point = len(values), float(values.mean())
    if n > 1 and float(values.std()) > 1e-9:
        low, high = _ends(values, confidence, lowest, highest)
        method = f"mean over items, hall, t({n - 1})"
    else:
        share = clopper_pearson(n, n, confidence=confidence).low
        low, high = share * point + (1 - share) * lowest, share * point + (1 - share) * highest
        method = "clopper-pearson over items"
    low, high = max(lowest, min(low, point)), min(highest, max(high, point))
    return Estimate(point=point, low=low, high=high, confidence=confidence, method=method, n=n)


def _jackknifed(
    sums: Floats, statistic: Callable[[Floats], Floats], confidence: float, *, lowest: float, highest: float
) -> Estimate:
    """A smooth function of sums over items: ``sums`` (items, parts) is what each item adds. Each item is left out once
    (Tukey 1958)."""
    n = len(sums)
    total = sums.sum(axis=0)
    point = float(statistic(total[None, :])[0])
    without = statistic(total - sums)
    if n < 2 or not np.isfinite(point) or not np.isfinite(without).all():
        raise InsufficientData("too-few-items", "without one of its items this number is not defined any more")
    error = sqrt(float(((without - without.mean()) ** 2).sum()) * (n - 1) / n)
    if error < 1e-9:
        raise InsufficientData("no-variation", "all items are alike here, so this number has no interval")
    half = float(stdtrit(n - 1, (1 + confidence) / 2)) * error
    low, high = max(lowest, point - half), min(highest, point + half)
    method = f"jackknife over items, t({n - 1})"
    return Estimate(point=point, low=low, high=high, confidence=confidence, method=method, n=n)


def _divided(top: Floats, bottom: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(np.abs(bottom) > 1e-12, top / bottom, np.nan))


def _beyond_chance(sums: Floats) -> Floats:
    """(p_a - p_e) / (1 - p_e) from (…, 1 + labels + labels): agreement, people's label shares, models' label shares."""
    q = (sums.shape[1] - 1) // 2
    people, models = sums[:, 1 : 1 + q], sums[:, 1 + q :]
    n = people.sum(axis=1)
    chance = _divided((people * models).sum(axis=1), n * n)
    return _divided(sums[:, 0] / n - chance, 1 - chance)


def between(people: Floats, models: Floats, *, confidence: float) -> tuple[Figure, Figure]:
    """Agreement of answers of two kinds, each (items, labels) counts: the share of agreeing pairs, and beyond chance."""
    both = (people.sum(axis=1) > 0) & (models.sum(axis=1) > 0)
    p, m = (side[both] / side[both].sum(axis=1, keepdims=True) for side in (people, models))
    agreement = (p * m).sum(axis=1)
    if not len(agreement):
        row = unknown(InsufficientData("no-overlap", "no item has answers of both kinds, so they cannot be compared"))
        return row, row
    sums = np.column_stack([agreement, p, m])
    chance = known(lambda: _jackknifed(sums, _beyond_chance, confidence, lowest=-1.0, highest=1.0), n=len(agreement))
    return _mean(agreement, confidence, lowest=0.0, highest=1.0), chance


def agreement_across(answers: Answers, models: Collection[int], *, confidence: float = 0.95) -> Across:
    """Agreement among people, among models, and between one and the other; what cannot be known is Unknown.

    >>> who = np.tile(np.arange(3, dtype=np.int32), 4)
    >>> answers = Answers(labels=("a", "b"), item=np.repeat(np.arange(4, dtype=np.int32), 3), annotator=who,
    ...                   label=np.array([0, 0, 0, 1, 1, 0, 0, 1, 0, 1, 1, 1], dtype=np.int32))
    >>> found = agreement_across(answers, {2})
    >>> found.people.point, found.models.reason, found.across.point
    (0.75, 'no-overlap', 0.625)
    """
    machine, items = _is_model(answers, models), items_of(answers)
    people, others = label_counts(answers, ~machine, items), label_counts(answers, machine, items)
    sides = [Patterns.of(side, answers.labels) for side in (people, others)]
    shares = [known(lambda s=s: percent_agreement(s, confidence=confidence), n=s.items) for s in sides]  # type: ignore[misc]
    alphas = [known(lambda s=s: krippendorff_alpha(s, confidence=confidence), n=s.items) for s in sides]  # type: ignore[misc]
    across, beyond = between(people, others, confidence=confidence)
    return Across(
        people=shares[0],
        models=shares[1],
        across=across,
        people_alpha=alphas[0],
        models_alpha=alphas[1],
        across_beyond_chance=beyond,
    )


def people_majority(answers: Answers, models: Collection[int]) -> dict[int, int]:
    """The label that most people gave to each item that has one; ties and items without people have none."""
    items = items_of(answers)
    counts = label_counts(answers, ~_is_model(answers, models), items)
    most = counts.max(axis=1, initial=0)
    clear = (most > 0) & ((counts == most[:, None]).sum(axis=1) == 1)
    return dict(zip(items[clear].tolist(), counts[clear].argmax(axis=1).tolist(), strict=True))


def judge_accuracy(
    answers: Answers, judge: int, reference: Mapping[int, int], *, confidence: float = 0.95
) -> JudgeCheck:
    """How often a judge gives the reference's label, and where it leans: ``reference`` is a label index by item, of
    gold or of :func:`people_majority` (whose own errors then count against the judge).

    Raises InsufficientData ``nothing-checked`` where the two share no item.
    """
    mine = (answers.annotator == judge) & np.isin(answers.item, np.array(sorted(reference), dtype=np.int64))
    said = answers.label[mine].astype(np.int64)
    truth = np.array([reference[item] for item in answers.item[mine].tolist()], dtype=np.int64)
    accuracy = wilson(int((said == truth).sum()), len(said), confidence=confidence)
    labels = []
    for label, name in enumerate(answers.labels):
        lean = (said == label).astype(np.float64) - (truth == label)
        there = truth == label
        found = int((said[there] == label).sum())
        n = int(there.sum())
        labels.append(
            LabelBias(
                label=name,
                bias=_mean(lean, confidence, lowest=-1.0, highest=1.0),
                found=known(lambda found=found, n=n: wilson(found, n, confidence=confidence)),  # type: ignore[misc]
            )
        )
    return JudgeCheck(judge=judge, accuracy=accuracy, labels=tuple(labels))


def human_ceiling(
    answers: Answers, judge: int, models: Collection[int], *, margin: float = 0.05, confidence: float = 0.95
) -> CeilingCheck:
    """A judge's agreement with people beside people's with each other, on the same items.

    Other models are left out. Raises InsufficientData ``no-overlap`` where no item has the judge and two people.
    """
    if not 0 <= margin < 1 or not 0 < confidence < 1:
        raise ValueError(f"margin must lie in [0, 1) and confidence between 0 and 1, not {margin} and {confidence}")
    items = items_of(answers)
    own = label_counts(answers, answers.annotator == judge, items)
    people = label_counts(answers, ~_is_model(answers, [*models, judge]), items)
    size = people.sum(axis=1)
    both = (own.sum(axis=1) > 0) & (size >= 2)
    if not both.any():
        raise InsufficientData("no-overlap", "no item was answered by the judge and by two people")
    own, people, size = own[both] / own[both].sum(axis=1, keepdims=True), people[both], size[both]
    with_people = (own * people).sum(axis=1) / size
    among = (people * (people - 1)).sum(axis=1) / (size * (size - 1))
    difference = _mean(with_people - among, confidence, lowest=-1.0, highest=1.0)
    sums = np.column_stack([with_people, among])
    return CeilingCheck(
        judge=judge,
        with_people=_mean(with_people, confidence, lowest=0.0, highest=1.0),
        among_people=_mean(among, confidence, lowest=0.0, highest=1.0),
        difference=difference,
        ratio=known(
            lambda: _jackknifed(
                sums, lambda part: _divided(part[:, 0], part[:, 1]), confidence, lowest=0.0, highest=np.inf
            ),
            n=len(sums),
        ),
        margin=margin,
        confirmed=len(sums) >= _CONFIRMING and difference.low > -margin,
    )

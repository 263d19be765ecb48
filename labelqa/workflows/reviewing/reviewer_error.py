"""How far verdicts can be trusted, and what becomes of a batch's accuracy once the reviewers' own errors are allowed for.

How often reviewers err is either said, or estimated from items that two verifiers judged, as second opinions or in two
samples of the batch: where they differ, an arbitrator's ruling, a gold answer or a third verifier settles who was right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from labelqa.batches.checks import current_reviews, second_reviews
from labelqa.errors import InsufficientData, Message, WrongUsage
from labelqa.i18n import N_
from labelqa.records.accuracy import CorrectedRate, DoubleReview
from labelqa.records.accuracy_report import CorrectedAccuracy
from labelqa.records.batch import Batch
from labelqa.records.estimate import Estimate, Figure, Unknown, unknown
from labelqa.records.names import ItemId
from labelqa.records.review import Review, Verdict
from labelqa.stats.reviewer_error import corrected, reviewers, true_rate, true_rate_estimated
from labelqa.workflows.certifying.certificate import counted_in
from labelqa.workflows.desk import Desk
from labelqa.workflows.population import Population
from labelqa.workflows.state import State


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerError:
    """What is said of the reviewers: how often they err, or that it is to be estimated from ``double_review``."""

    sensitivity: float | None = None
    specificity: float | None = None
    double_review: bool = False

    def __post_init__(self) -> None:
        said = [each for each in (self.sensitivity, self.specificity) if each is not None]
        if self.double_review and said:
            raise WrongUsage("choose one: --double-review estimates what --sensitivity and --specificity say")
        if len(said) == 1:
            raise WrongUsage("--sensitivity and --specificity go together: give both")
        if not all(0 <= each <= 1 for each in said):
            raise WrongUsage("--sensitivity and --specificity are shares between 0 and 1, such as 0.95")

    @property
    def asked(self) -> bool:
        """Whether anything is to be corrected."""
        return self.double_review or self.sensitivity is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubled:
    """Items judged by two verifiers, as counts, and by what it was settled where the two differ."""

    counts: DoubleReview
    settled: Mapping[str, int]  # ruling, gold, third

    @property
    def differing(self) -> int:
        """Items on which the two differ."""
        return sum(self.settled.values())

    @property
    def items(self) -> int:
        """Items that two judged."""
        return self.counts.both_wrong + self.counts.both_right + self.differing


def defective(review: Review) -> bool:
    """Whether a verdict counts against the label of record; one that an appeal overturned does not."""
    if review.overturned:
        return False
    return review.verdict is not Verdict.CORRECT or bool(review.unsafe.strip())


def given_error(raw: Figure, wrong: int, n: int, *, population: int, said: ReviewerError) -> CorrectedAccuracy:
    """Accuracy corrected for a sensitivity and specificity that somebody gave; exact for the batch's size."""
    sensitivity, specificity = said.sensitivity, said.specificity
    if sensitivity is None or specificity is None:
        raise ValueError("sensitivity and specificity must both be given")
    found = CorrectedAccuracy(
        source="given", raw=raw, accuracy=raw, sensitivity=sensitivity, specificity=specificity
    )  # fmt: skip
    if not isinstance(raw, Estimate):
        return found
    try:
        rate = true_rate(
            wrong, n, sensitivity=sensitivity, specificity=specificity, population=population, confidence=raw.confidence
        )
    except InsufficientData as error:
        return replace(found, accuracy=unknown(error, n=n))
    return replace(found, accuracy=_right(rate), notes=rate.notes)


def weighted_error(raw: Estimate, *, said: ReviewerError) -> CorrectedAccuracy:
    """The same for an accuracy that is weighted by the chances of being drawn: its limits are carried over.

    Raises WrongUsage for errors that are to be estimated from double review, which does not know the chances.
    """
    sensitivity, specificity = said.sensitivity, said.specificity
    if sensitivity is None or specificity is None:
        raise WrongUsage("--double-review is for items drawn with equal chances: give --sensitivity and --specificity")
    found = CorrectedAccuracy(
        source="given", raw=raw, accuracy=raw, sensitivity=sensitivity, specificity=specificity
    )  # fmt: skip
    wrong = replace(raw, point=1 - raw.point, low=1 - raw.high, high=1 - raw.low)
    try:
        rate = corrected(wrong, sensitivity=sensitivity, specificity=specificity)
    except InsufficientData as error:
        return replace(found, accuracy=unknown(error, n=raw.n))
    return replace(found, accuracy=_right(rate), notes=rate.notes)


def estimated_error(raw: Figure, wrong: int, n: int, *, doubled: Doubled) -> CorrectedAccuracy:
    """Accuracy corrected for errors that double review shows; their own uncertainty goes into the interval."""
    confidence = raw.confidence if isinstance(raw, Estimate) else 0.95
    first, _ = reviewers(doubled.counts, confidence=confidence)
    used = {
        "n": doubled.items, "differing": doubled.differing, "ruling": doubled.settled["ruling"],
        "gold": doubled.settled["gold"], "third": doubled.settled["third"],
    }  # fmt: skip
    text = Message(
        "{n} items were judged by two verifiers, who differ on {differing}: settled by the arbitrator's ruling {ruling}, "
        "by a gold answer {gold}, by a third verifier {third}",
        used,
    )
    taken = Message("what both verifiers said is taken for true, and their errors for independent")
    found = CorrectedAccuracy(
        source="double-review", raw=raw, accuracy=raw, sensitivity=first.sensitivity, specificity=first.specificity,
        doubled=doubled.items, differing=doubled.differing, by_ruling=doubled.settled["ruling"],
        by_gold=doubled.settled["gold"], by_third_verdict=doubled.settled["third"], notes=(text, taken),
    )  # fmt: skip
    if not isinstance(raw, Estimate):
        return found
    try:
        rate = true_rate_estimated(wrong, n, reviewer=first, confidence=confidence)
    except InsufficientData as error:
        return replace(found, accuracy=_why(error, first.wrong, first.right, n))
    return replace(found, accuracy=_right(rate), notes=(text, taken, *rate.notes))


def _why(error: InsufficientData, wrong: int, right: int, n: int) -> Unknown:
    """Why nothing can be corrected, said of the reviewers where it is they of whom too little is known."""
    if error.reason == "nothing-checked" and not wrong:
        text = N_("none of the items that two verifiers judged is wrong, so how many wrong ones they find is not known")
        return Unknown(reason="no-wrong-items", message=Message(text), n=n)
    if error.reason == "nothing-checked" and not right:
        text = N_("none of the items that two verifiers judged is right, so how many right ones they pass is not known")
        return Unknown(reason="no-right-items", message=Message(text), n=n)
    return unknown(error, n=n)


def _right(rate: CorrectedRate) -> Figure:
    """The share right from the share wrong."""
    true = rate.true
    if isinstance(true, Unknown):
        return true
    return replace(true, point=1 - true.point, low=1 - true.high, high=1 - true.low)


def double_review(desk: Desk, state: State, batch: Batch, items: Population, first: Mapping[ItemId, Review]) -> Doubled:
    """Items of one sample (``first`` are its verdicts) that another verifier judged too: second, or in another sample.

    Raises InsufficientData ``no-double-review`` where there is none, ``not-adjudicated`` where nothing settles who was
    right.
    """
    others = _others(desk, state, batch, first)
    tally: Counter[str] = Counter()
    settled = Counter({"ruling": 0, "gold": 0, "third": 0})
    open_: list[ItemId] = []
    for item, verdicts in others.items():
        mine, other = defective(first[item]), defective(verdicts[0])
        if mine == other:
            tally["both_wrong" if mine else "both_right"] += 1
            continue
        how, wrong = _settled(
            state, batch, items, item, [each for each in verdicts if each.reviewer != verdicts[0].reviewer]
        )
        if wrong is None:
            open_.append(item)
            continue
        settled[how] += 1
        tally[f"{'first' if mine else 'second'}_{'upheld' if wrong else 'rejected'}"] += 1
    _refuse_without(batch, others, open_)
    counts = DoubleReview(
        both_wrong=tally["both_wrong"], both_right=tally["both_right"], first_upheld=tally["first_upheld"],
        first_rejected=tally["first_rejected"], second_upheld=tally["second_upheld"],
        second_rejected=tally["second_rejected"],
    )  # fmt: skip
    return Doubled(counts=counts, settled=settled)


def _refuse_without(batch: Batch, others: Mapping[ItemId, object], open_: Sequence[ItemId]) -> None:
    if not others:
        raise InsufficientData(
            "no-double-review",
            "no item of batch {batch} was judged by two verifiers, so their errors cannot be estimated: declare a share "
            "for double review with the next plan, review a further sample, or give --sensitivity and --specificity",
            batch=batch.name,
        )
    if open_:
        raise InsufficientData(
            "not-adjudicated",
            "on {n} items of batch {batch} two verifiers differ, and no ruling, gold answer or third verdict settles it "
            "(the first is {item}): their errors cannot be estimated",
            n=len(open_), batch=batch.name, item=open_[0],
        )  # fmt: skip


def _others(desk: Desk, state: State, batch: Batch, first: Mapping[ItemId, Review]) -> dict[ItemId, list[Review]]:
    """Verdicts on the items of ``first`` by other verifiers: second opinions on them come first, then other samples'."""
    counted = counted_in(desk, state, batch)
    beside: list[Review] = []
    elsewhere: list[Review] = []
    for sample in state.samples.get(batch.name, ()):
        reviews = counted(each for each in state.reviews.get(sample.sample, ()) if each.item_id in first)
        same = [each for each in reviews if first[each.item_id].sample == sample.sample]
        other = [
            each for each in reviews if first[each.item_id].sample != sample.sample and _same(each, first[each.item_id])
        ]
        beside += second_reviews(same).values()
        elsewhere += [*current_reviews(other).values(), *second_reviews(other).values()]
    found: dict[ItemId, list[Review]] = {}
    for each in [*_in_order(beside), *_in_order(elsewhere)]:
        if each.reviewer != first[each.item_id].reviewer:
            found.setdefault(each.item_id, []).append(each)
    return found


def _same(one: Review, other: Review) -> bool:
    """Whether two verdicts are about the same label: a later sample may have been drawn after a correction."""
    return not one.label or not other.label or one.label == other.label


def _in_order(reviews: Iterable[Review]) -> list[Review]:
    return sorted(reviews, key=lambda review: review.fact)


def _settled(
    state: State, batch: Batch, items: Population, item: ItemId, further: Sequence[Review]
) -> tuple[str, bool | None]:
    """By what it is settled whether the label of record is wrong, and whether it is; None where nothing settles it."""
    label, ruling = items.labels.get(item, ""), state.rulings.get(batch.name, {}).get(item)
    if ruling is not None:
        return "ruling", not ruling.stands or ruling.label != label
    if item in items.gold:
        return "gold", items.gold[item] != label
    return ("third", defective(further[0])) if further else ("", None)

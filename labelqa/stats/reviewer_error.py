"""How many items are wrong when reviewers err too: the share called wrong, corrected for misses and false alarms.

Sensitivity is the chance that a wrong item is called wrong, specificity that a right one is called right. Known ones
carry the exact limits over (:func:`true_rate`; Reiczigel, Foldi and Ozsvari 2010); estimated ones add their own doubt
(:func:`true_rate_estimated`; Lang and Reiczigel 2014). A share called wrong that is smaller than the false alarms alone
would make it is never told as a negative share: it is 0 with a note, or Unknown where it cannot come from chance.
"""

from __future__ import annotations

from math import sqrt

from scipy.special import ndtri

from labelqa.errors import InsufficientData, Message
from labelqa.records.accuracy import CorrectedRate, DoubleReview, Reviewer
from labelqa.records.estimate import Estimate, Figure, unknown
from labelqa.stats.misclassified import fewest_and_most
from labelqa.stats.proportion import clopper_pearson, hypergeometric_interval, wilson


def rogan_gladen(apparent: float, *, sensitivity: float, specificity: float) -> float:
    """(apparent + specificity - 1) / (sensitivity + specificity - 1), Rogan and Gladen (1978), as it comes out.

    It may be below 0 or above 1: what is shown to people is :func:`corrected` and its kin. Raises InsufficientData
    ``reviewers-guess`` where sensitivity and specificity add up to 1 or less.

    >>> round(rogan_gladen(0.3, sensitivity=0.95, specificity=0.9), 4)
    0.2353
    """
    if not (0 <= sensitivity <= 1 and 0 <= specificity <= 1):
        raise ValueError(f"sensitivity and specificity must lie between 0 and 1, not {sensitivity}, {specificity}")
    if sensitivity + specificity - 1 <= 1e-12:
        raise InsufficientData(
            "reviewers-guess",
            "reviewers tell wrong items from right ones no better than by guessing, so nothing follows",
        )
    return (apparent + specificity - 1) / (sensitivity + specificity - 1)


def corrected(apparent: Estimate, *, sensitivity: float, specificity: float) -> CorrectedRate:
    """The true share wrong from an estimate of the share called wrong; its limits are carried over as they are.

    >>> rate = corrected(wilson(45, 150), sensitivity=0.95, specificity=0.9)
    >>> round(rate.true.point, 4), round(rate.true.low, 4), round(rate.true.high, 4)
    (0.2353, 0.1558, 0.3266)
    """
    point, low, high = (
        rogan_gladen(each, sensitivity=sensitivity, specificity=specificity)
        for each in (apparent.point, apparent.low, apparent.high)
    )
    method = f"rogan-gladen of {apparent.method}"
    return _told(apparent, point, (low, high), method, sensitivity=sensitivity, specificity=specificity)


def true_rate(
    wrong: int,
    n: int,
    *,
    sensitivity: float,
    specificity: float,
    population: int | None = None,
    confidence: float = 0.95,
) -> CorrectedRate:
    """The true share wrong from ``wrong`` called so of ``n``, with known sensitivity and specificity: exact.

    Clopper and Pearson's limits carried over, or for a simple random sample of a batch of ``population`` items both
    tails of its number of wrong items inverted, each verdict an independent chance (also where everything was checked).

    >>> rate = true_rate(45, 150, sensitivity=0.95, specificity=0.9)
    >>> round(rate.true.low, 3), round(rate.true.high, 3)
    (0.151, 0.33)
    """
    if population is None:
        apparent = clopper_pearson(wrong, n, confidence=confidence)
        return corrected(apparent, sensitivity=sensitivity, specificity=specificity)
    apparent = hypergeometric_interval(wrong, n, population, confidence=confidence)
    point = rogan_gladen(apparent.point, sensitivity=sensitivity, specificity=specificity)
    ends = fewest_and_most(
        wrong, n, population, sensitivity=sensitivity, specificity=specificity, tail=(1 - confidence) / 2
    )  # fmt: skip
    method = "hypergeometric with reviewer error"
    low, high = (each / population for each in ends)
    return _told(apparent, point, (low, high), method, sensitivity=sensitivity, specificity=specificity)


def true_rate_estimated(wrong: int, n: int, *, reviewer: Reviewer, confidence: float = 0.95) -> CorrectedRate:
    """The same where sensitivity and specificity are themselves shares that were counted (Lang and Reiczigel 2014).

    Approximate; the size of the batch is not used. Raises InsufficientData as the reviewer's own figures do.

    >>> rate = true_rate_estimated(45, 150, reviewer=reviewer(95, 100, 90, 100))
    >>> round(rate.true.low, 3), round(rate.true.high, 3)
    (0.128, 0.336)
    """
    apparent = wilson(wrong, n, confidence=confidence)
    for figure in (reviewer.sensitivity, reviewer.specificity):
        if not isinstance(figure, Estimate):
            raise InsufficientData(figure.reason, figure.message.text, **figure.message.values)
    sensitivity, specificity = reviewer.caught / reviewer.wrong, reviewer.passed / reviewer.right
    point = rogan_gladen(apparent.point, sensitivity=sensitivity, specificity=specificity)
    z = float(ndtri((1 + confidence) / 2))
    p, more = (wrong + z * z / 2) / (n + z * z), n + z * z
    se, n_se = (reviewer.caught + 1) / (reviewer.wrong + 2), reviewer.wrong + 2
    sp, n_sp = (reviewer.passed + 1) / (reviewer.right + 2), reviewer.right + 2
    middle = rogan_gladen(p, sensitivity=se, specificity=sp)
    doubt_se, doubt_sp = se * (1 - se) / n_se, sp * (1 - sp) / n_sp
    shift = 2 * z * z * (middle * doubt_se - (1 - middle) * doubt_sp)
    spread = sqrt(p * (1 - p) / more + middle**2 * doubt_se + (1 - middle) ** 2 * doubt_sp) / (se + sp - 1)
    ends = (middle + shift - z * spread, middle + shift + z * spread)
    return _told(apparent, point, ends, "lang-reiczigel", sensitivity=sensitivity, specificity=specificity)


def _told(
    apparent: Estimate, point: float, ends: tuple[float, float], method: str, *, sensitivity: float, specificity: float
) -> CorrectedRate:
    """Nothing below 0 or above 1: a point beyond becomes the end itself with a note, an interval beyond is Unknown."""
    low, high = ends
    share, alarms, caught = apparent.point, 1 - specificity, sensitivity
    if high < 0:
        error = InsufficientData(
            "below-false-alarms",
            "reviewers called {share:.1%} wrong, fewer than the {alarms:.1%} of right items that they are said to call wrong by mistake: their specificity cannot be right",
            share=share, alarms=alarms,
        )  # fmt: skip
        return CorrectedRate(apparent=apparent, true=unknown(error, n=apparent.n))
    if low > 1:
        error = InsufficientData(
            "above-sensitivity",
            "reviewers called {share:.1%} wrong, more than the {caught:.1%} of wrong items that they are said to find: their sensitivity cannot be right",
            share=share, caught=caught,
        )  # fmt: skip
        return CorrectedRate(apparent=apparent, true=unknown(error, n=apparent.n))
    notes: tuple[Message, ...] = ()
    if point < 0:
        notes = (Message(
            "reviewers called {share:.1%} wrong, fewer than the {alarms:.1%} of right items that they call wrong by mistake: the corrected share is shown as 0",
            {"share": share, "alarms": alarms},
        ),)  # fmt: skip
    elif point > 1:
        notes = (Message(
            "reviewers called {share:.1%} wrong, more than the {caught:.1%} of wrong items that they find: the corrected share is shown as 100%",
            {"share": share, "caught": caught},
        ),)  # fmt: skip
    point, low, high = (min(1.0, max(0.0, each)) for each in (point, low, high))
    true: Figure = Estimate(
        point=point, low=min(low, point), high=max(high, point), confidence=apparent.confidence, method=method,
        n=apparent.n,
    )  # fmt: skip
    return CorrectedRate(apparent=apparent, true=true, notes=notes)


def reviewer(caught: int, wrong: int, passed: int, right: int, *, confidence: float = 0.95) -> Reviewer:
    """A reviewer's sensitivity (``caught`` of ``wrong`` items) and specificity (``passed`` of ``right`` ones), exact.

    From items whose truth is known: gold, or double review with arbitration (:func:`reviewers`). What was never seen is
    Unknown.

    >>> reviewer(18, 20, 95, 100).sensitivity.point
    0.9
    """
    return Reviewer(
        caught=caught,
        wrong=wrong,
        passed=passed,
        right=right,
        sensitivity=_exactly(caught, wrong, confidence),
        specificity=_exactly(passed, right, confidence),
    )


def _exactly(count: int, n: int, confidence: float) -> Figure:
    try:
        return clopper_pearson(count, n, confidence=confidence)
    except InsufficientData as error:
        return unknown(error)


def reviewers(double: DoubleReview, *, confidence: float = 0.95) -> tuple[Reviewer, Reviewer]:
    """Both reviewers' sensitivity and specificity from items that both judged and an arbitrator settled.

    Each is measured on what the other got right: of the wrong items that the other caught, how many this one caught too.
    So items that both missed do no harm, as long as the two err independently (the reasoning of capture and recapture,
    Chapman 1951). What both said is taken for true: a mistake that both made counts as right for both.

    >>> double = DoubleReview(
    ...     both_wrong=18, both_right=170, first_upheld=4, first_rejected=3, second_upheld=2, second_rejected=3)
    >>> first, second = reviewers(double)
    >>> first.sensitivity.point, round(second.sensitivity.point, 3)
    (0.9, 0.818)
    """
    d = double
    first = reviewer(d.both_wrong, d.both_wrong + d.second_upheld, d.both_right, d.both_right + d.first_rejected,
                     confidence=confidence)  # fmt: skip
    second = reviewer(d.both_wrong, d.both_wrong + d.first_upheld, d.both_right, d.both_right + d.second_rejected,
                      confidence=confidence)  # fmt: skip
    return first, second

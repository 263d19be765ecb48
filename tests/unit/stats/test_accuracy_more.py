"""Shares correct: label by label, shrunken, weighted by the draw, corrected for reviewers; and what cannot be known."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from labelqa.errors import InsufficientData
from labelqa.records.accuracy import DoubleReview
from labelqa.records.estimate import Estimate, Unknown
from labelqa.records.reductions import Matched
from labelqa.stats.accuracy import by_group, critical_rate, team_skill
from labelqa.stats.confusion import confusion_matrix, f1, label_scores, top_confusions
from labelqa.stats.misclassified import fewest_and_most
from labelqa.stats.proportion import (
    agresti_coull,
    clopper_pearson,
    hypergeometric_interval,
    jeffreys,
    upper_bound,
    wald,
    wilson,
)
from labelqa.stats.reviewer_error import (
    corrected,
    reviewer,
    reviewers,
    rogan_gladen,
    true_rate,
    true_rate_estimated,
)
from labelqa.stats.shrinkage import fit_prior, log_likelihood, team
from labelqa.stats.weighted_share import hajek, horvitz_thompson, stratified

RNG = np.random.default_rng


def reason(work) -> str:
    with pytest.raises(InsufficientData) as caught:
        work()
    return caught.value.reason


def matched(rows: list[tuple[int, int, int, int]]) -> Matched:
    who, reference, label, count = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    return Matched(
        labels=("a", "b", "nan"), weeks=("2026-W47",), annotator=who, week=np.zeros_like(who),
        label=label, reference=reference, count=count,
    )  # fmt: skip


# confusion


def test_confusions_of_all_annotators_together():
    found = confusion_matrix(matched([(0, 0, 0, 5), (0, 0, 1, 2), (4, 0, 1, 3), (4, 1, 1, 6), (4, 2, 0, 1)]))
    assert found.tolist() == [[5, 5, 0], [0, 6, 0], [1, 0, 0]]
    listed = top_confusions(found, ("a", "b", "nan"))
    assert [(each.first, each.second, each.count) for each in listed] == [("a", "b", 5), ("nan", "a", 1)]
    with pytest.raises(ValueError, match=r"\(2, 2\)"):
        top_confusions(found, ("a", "b"))


def test_scores_of_labels_nobody_used():
    lines = label_scores([[5, 0, 0, 1], [0, 0, 0, 0], [2, 0, 0, 0], [0, 0, 0, 0]], ("a", "b", "c", "d"))
    assert [line.label for line in lines] == list("abcd")
    reasons = [[getattr(each, "reason", None) for each in (line.precision, line.recall, line.f1)] for line in lines]
    unused, unasked = "label-not-used", "label-not-in-reference"
    assert reasons == [[None] * 3, [unused, unasked, unused], [unused, None, None], [None, unasked, None]]
    assert isinstance(lines[2].recall, Estimate)
    assert (lines[2].recall.point, lines[2].f1.point, lines[3].precision.point) == (0.0, 0.0, 0.0)
    assert lines[2].f1.high > 0.3


def test_f1_lies_between_precision_and_recall():
    for both, reference, given in ((8, 10, 13), (1, 40, 1), (7, 7, 7)):
        score = f1(both, reference, given)
        assert min(both / reference, both / given) <= score.point <= max(both / reference, both / given)
        assert 0 <= score.low <= score.point <= score.high <= 1
    with pytest.raises(ValueError, match="both"):
        f1(5, 4, 9)


def test_the_interval_of_f1_covers():
    rng, hits, runs = RNG(3), 0, 2000
    cells = np.array([0.15, 0.05, 0.06, 0.74])  # both, reference only, given only, neither
    truth = 0.3 / (0.3 + 0.05 + 0.06)
    for both, one, other, _ in rng.multinomial(200, cells, size=runs):
        score = f1(int(both), int(both + one), int(both + other))
        hits += score.low <= truth <= score.high
    assert 0.93 <= hits / runs <= 0.97


# groups, critical errors, other intervals of a share


def test_groups_and_critical_errors():
    lines = dict(by_group({"rule 1": (9, 10, 100), "rule 2": (0, 0, 4), "rule 3": (9, 10, None), "all": (4, 4, 4)}))
    assert lines["rule 1"] == hypergeometric_interval(9, 10, 100)
    assert lines["rule 3"] == wilson(9, 10)
    assert lines["all"].low == lines["all"].high == 1.0
    assert isinstance(lines["rule 2"], Unknown)
    assert lines["rule 2"].reason == "nothing-checked"
    assert critical_rate(1, 200, population=5000) == upper_bound(1, 200, population=5000)
    assert (critical_rate(0, 59).low, round(critical_rate(0, 59).high, 4)) == (0.0, 0.0495)
    assert reason(lambda: critical_rate(0, 0)) == "nothing-checked"


@pytest.mark.parametrize("interval", [agresti_coull, jeffreys, wald])
def test_other_intervals_of_a_share(interval):
    assert reason(lambda: interval(0, 0)) == "nothing-checked"
    with pytest.raises(ValueError, match="correct"):
        interval(5, 4)
    with pytest.raises(ValueError, match="confidence"):
        interval(1, 4, confidence=0)
    share = interval(30, 100)
    assert share.low < 0.3 < share.high
    assert 1 - interval(70, 100).high == pytest.approx(share.low)


# shrinkage


def test_few_answers_are_drawn_further_than_many():
    found = team({7: (5, 5), 3: (80, 100), 1: (30, 60), 9: (950, 1000), 2: (0, 0)})
    assert [skill.annotator for skill in found.skills] == [7, 3, 1, 9, 2]
    few, many = found.skills[0], found.skills[3]
    assert few.raw == wilson(5, 5)
    assert few.raw.point - few.shrunken.point > 5 * abs(many.raw.point - many.shrunken.point)
    assert few.shrunken.low < few.shrunken.point < few.shrunken.high < 1
    nobody = found.skills[4]
    assert (nobody.raw.reason, nobody.shrunken.reason) == ("nothing-checked", "nothing-checked")
    assert found.note is None
    assert 0.5 < found.mean < 1


def test_a_team_that_teaches_nothing():
    for counts, code in (
        ({1: (5, 9), 2: (8, 9)}, "too-few-annotators"),
        ({1: (5, 9), 2: (8, 9), 3: (0, 0)}, "too-few-annotators"),
        ({}, "too-few-annotators"),
        ({1: (8, 10), 2: (8, 10), 3: (8, 10), 4: (80, 100)}, "no-spread"),
        ({1: (9, 9), 2: (7, 7), 3: (5, 5)}, "no-spread"),
        ({1: (0, 9), 2: (0, 7), 3: (0, 5)}, "no-spread"),
    ):
        found = team(counts)
        assert found.note is not None
        assert str(found.note)
        assert (found.mean, found.weight) == (None, None)
        for skill in found.skills:
            assert isinstance(skill.shrunken, Unknown)
            assert skill.shrunken.reason == (code if skill.n else "nothing-checked")
            assert isinstance(skill.raw, Estimate) == bool(skill.n)
    with pytest.raises(ValueError, match="checked"):
        team({1: (9, 8)})


def test_the_fit_is_the_highest_point_of_the_likelihood():
    rng = RNG(4)
    n = rng.integers(5, 80, 30).astype(float)
    correct = rng.binomial(n.astype(int), rng.beta(8, 2, 30)).astype(float)
    prior = fit_prior(correct, n)
    best = max(
        log_likelihood(correct, n, mean, weight)
        for mean in np.linspace(prior.mean - 0.1, min(0.99, prior.mean + 0.1), 41)
        for weight in np.geomspace(1, 1000, 121)
    )
    assert prior.log_likelihood >= best - 1e-9
    assert prior.log_likelihood - best < 0.05


def test_all_or_nothing_annotators_still_have_intervals():
    found = team({1: (9, 9), 2: (0, 9), 3: (9, 9), 4: (0, 9)})
    assert found.weight == pytest.approx(1.0)
    assert all(skill.shrunken.low < skill.shrunken.point < skill.shrunken.high for skill in found.skills)


def test_credible_intervals_cover_and_shrunken_shares_are_nearer():
    rng, hits, raw_error, error = RNG(6), 0, 0.0, 0.0
    runs, annotators = 25, 25
    for _ in range(runs):
        truth = rng.beta(16, 4, annotators)
        n = rng.integers(5, 60, annotators)
        right = rng.binomial(n, truth)
        found = team({i: (int(right[i]), int(n[i])) for i in range(annotators)})
        for share, skill in zip(truth, found.skills, strict=True):
            figure = skill.shrunken if isinstance(skill.shrunken, Estimate) else skill.raw
            hits += figure.low <= share <= figure.high
            error += (figure.point - share) ** 2
            raw_error += (skill.raw.point - share) ** 2
    assert 0.93 <= hits / (runs * annotators) <= 0.98
    assert error < 0.7 * raw_error


def test_skill_from_counted_annotations():
    rows = [(who, 0, label, count) for who, (right, wrong) in enumerate([(20, 0), (12, 8), (9, 1), (3, 9)])
            for label, count in ((0, right), (1, wrong)) if count]  # fmt: skip
    assert team_skill(matched(rows)) == team({0: (20, 20), 1: (12, 20), 2: (9, 10), 3: (3, 12)})


# unequal draws


def test_a_draw_by_risk_is_weighted_back():
    rng, hits, naive, runs = RNG(7), 0, 0, 300
    size, n = 4000, 200
    risk = rng.random(size) ** 3
    wrong = rng.random(size) < 0.02 + 0.3 * risk
    chance = np.minimum(1, n * (0.1 + risk) / (0.1 + risk).sum())
    truth = 1 - wrong.mean()
    for _ in range(runs):
        drawn = np.argsort(rng.random(size) / chance)[:n]
        found = hajek(~wrong[drawn], chance[drawn])
        hits += found.figure.low <= truth <= found.figure.high
        naive += found.naive.low <= truth <= found.naive.high
    assert hits / runs >= 0.93
    assert naive / runs < 0.2


def test_expanded_numbers_by_the_size_of_the_batch():
    wrong = [True, False, False, True, False]
    chances = [0.5, 0.1, 0.1, 0.25, 0.2]
    found = horvitz_thompson(wrong, chances, 50)
    assert found.figure.point == pytest.approx((1 / 0.5 + 1 / 0.25) / 50)
    assert 0 <= found.figure.low < found.figure.point < found.figure.high < 1
    assert hajek(wrong, chances).figure.point == pytest.approx(6 / (2 + 10 + 10 + 4 + 5))
    assert horvitz_thompson([True] * 5, [0.01] * 5, 50).figure.point == 1.0
    with pytest.raises(ValueError, match="cannot be drawn"):
        horvitz_thompson(wrong, chances, 4)


def test_equal_chances_are_the_plain_share():
    rng = RNG(8)
    y = rng.random(80) < 0.8
    found = hajek(y, np.full(80, 0.01))
    assert found.figure.point == pytest.approx(found.naive.point) == pytest.approx(y.mean())
    assert found.effective_n == pytest.approx(79 / 0.99, rel=1e-9)  # one degree of freedom, and the batch is finite
    assert found.figure.method == "hajek, hajek-rosen variance, korn-graubard"


def test_draws_without_an_error_are_not_certain():
    found = hajek([True] * 40, np.linspace(0.1, 0.9, 40))
    assert (found.figure.point, found.figure.high) == (1.0, 1.0)
    assert found.figure.low < clopper_pearson(40, 40).low < 0.95
    assert found.figure.method == "hajek, clopper-pearson at kish's n"
    census = hajek([True, False, True], [1.0, 1.0, 1.0])
    assert (census.figure.low, census.figure.method) == (census.figure.high, "census")


def test_draws_that_say_nothing():
    assert reason(lambda: hajek([], [])) == "nothing-checked"
    assert reason(lambda: hajek([True], [0.2])) == "too-few-items"
    assert reason(lambda: hajek([True, False], [0.2, 1.0])) == "too-few-items"
    for marks, chances in (([True], [0.0]), ([True], [1.2]), ([True, False], [0.5]), ([0.5], [0.5]), ([1], [np.nan])):
        with pytest.raises(ValueError, match="chance"):
            hajek(marks, chances)


def test_strata():
    found = stratified({"easy": (58, 60, 9000), "hard": (40, 60, 1000), "empty": (0, 0, 0)})
    assert found.figure.point == pytest.approx(0.9 * 58 / 60 + 0.1 * 40 / 60)
    assert found.naive == wilson(98, 120)
    assert found.figure.low < found.figure.point < found.figure.high
    assert stratified({"one": (60, 60, 9000), "two": (60, 60, 1000)}).figure.low < 0.97
    census = stratified({"one": (58, 60, 60), "two": (4, 5, 5)})
    assert (census.figure.low, census.figure.high, census.figure.method) == (62 / 65, 62 / 65, "census")
    half = stratified({"one": (50, 60, 120), "two": (40, 60, 120)}).figure
    tenth = stratified({"one": (50, 60, 6000), "two": (40, 60, 6000)}).figure
    assert half.high - half.low < 0.8 * (tenth.high - tenth.low)
    assert reason(lambda: stratified({})) == "nothing-checked"
    assert reason(lambda: stratified({"a": (1, 2, 5), "b": (0, 0, 5)})) == "stratum-not-checked"
    with pytest.raises(ValueError, match="stratum 'a'"):
        stratified({"a": (3, 2, 5)})


DESIGNS = [
    ((5000, 500, 200), (0.01, 0.05, 0.2), (60, 60, 60)),
    ((2000,) * 8, (0.02,) * 8, (15,) * 8),
    ((300, 300), (0.1, 0.1), (150, 100)),
    ((9000, 1000), (0.02, 0.02), (50, 150)),
]


@pytest.mark.parametrize(("sizes", "rates", "checked"), DESIGNS)
def test_stratified_intervals_cover(sizes, rates, checked):
    rng, hits, runs = RNG(12), 0, 400
    for _ in range(runs):
        wrong = [rng.binomial(size, rate) for size, rate in zip(sizes, rates, strict=True)]
        seen = [rng.hypergeometric(w, s - w, n) for w, s, n in zip(wrong, sizes, checked, strict=True)]
        strata = {str(i): (n - int(x), n, s) for i, (x, n, s) in enumerate(zip(seen, checked, sizes, strict=True))}
        figure = stratified(strata).figure
        hits += figure.low <= 1 - sum(wrong) / sum(sizes) <= figure.high
    assert hits / runs >= 0.93


# reviewers who err


def test_reviewers_without_error_change_nothing():
    for wrong, n in ((0, 20), (3, 40), (40, 40)):
        rate = true_rate(wrong, n, sensitivity=1.0, specificity=1.0)
        plain = clopper_pearson(wrong, n)
        assert [rate.true.point, rate.true.low, rate.true.high] == pytest.approx([plain.point, plain.low, plain.high])
        finite = true_rate(wrong, n, sensitivity=1.0, specificity=1.0, population=300).true
        known = hypergeometric_interval(wrong, n, 300)
        assert [finite.point, finite.low, finite.high] == pytest.approx([known.point, known.low, known.high])
        assert rate.notes == ()


def test_a_census_by_reviewers_who_err_is_not_certain():
    rate = true_rate(60, 1000, sensitivity=0.9, specificity=0.99, population=1000)
    assert rate.apparent.method == "census"
    assert rate.true.low < rate.true.point < rate.true.high
    assert rate.true.method == "hypergeometric with reviewer error"


def test_fewer_called_wrong_than_false_alarms():
    mild = true_rate(1, 40, sensitivity=0.9, specificity=0.95)
    assert (mild.true.point, mild.true.low) == (0.0, 0.0)
    assert mild.true.high > 0
    assert "shown as 0" in str(mild.notes[0])
    for population in (None, 1000):
        rate = true_rate(0, 500, sensitivity=0.9, specificity=0.95, population=population)
        assert isinstance(rate.true, Unknown)
        assert rate.true.reason == "below-false-alarms"
        assert rate.apparent.point == 0.0
        assert "0.0% wrong" in str(rate.true.message)
        above = true_rate(499, 500, sensitivity=0.9, specificity=0.95, population=population)
        assert isinstance(above.true, Unknown)
        assert above.true.reason == "above-sensitivity"
    over = true_rate(37, 40, sensitivity=0.9, specificity=0.95)
    assert (over.true.point, over.true.high) == (1.0, 1.0)
    assert "shown as 100%" in str(over.notes[0])


def test_what_is_not_said_of_reviewers():
    assert reason(lambda: true_rate(3, 9, sensitivity=0.5, specificity=0.5)) == "reviewers-guess"
    assert reason(lambda: true_rate(0, 0, sensitivity=0.9, specificity=0.9)) == "nothing-checked"
    assert reason(lambda: true_rate_estimated(3, 9, reviewer=reviewer(0, 0, 9, 9))) == "nothing-checked"
    assert reason(lambda: true_rate_estimated(3, 9, reviewer=reviewer(4, 9, 4, 9))) == "reviewers-guess"
    for se, sp in ((1.2, 0.9), (0.9, -0.1)):
        with pytest.raises(ValueError, match="between 0 and 1"):
            rogan_gladen(0.1, sensitivity=se, specificity=sp)
    with pytest.raises(ValueError, match="correct"):
        reviewer(5, 4, 9, 9)


def test_known_errors_are_covered_in_a_finite_batch():
    rng, hits, runs = RNG(14), 0, 300
    population, wrong, n, se, sp = 400, 40, 150, 0.85, 0.95

    @cache
    def covered(called: int) -> bool:
        rate = true_rate(called, n, sensitivity=se, specificity=sp, population=population).true
        return isinstance(rate, Estimate) and rate.low <= wrong / population <= rate.high

    for _ in range(runs):
        drawn = rng.hypergeometric(wrong, population - wrong, n)
        called = rng.binomial(drawn, se) + rng.binomial(n - drawn, 1 - sp)
        hits += covered(int(called))
    assert hits / runs >= 0.945


def test_estimated_errors_are_covered_and_known_ones_assume_too_much():
    rng, hits, naive, runs = RNG(15), 0, 0, 1000
    truth, n, se, sp = 0.2, 300, 0.85, 0.93
    for _ in range(runs):
        called = rng.binomial(n, truth * se + (1 - truth) * (1 - sp))
        who = reviewer(int(rng.binomial(60, se)), 60, int(rng.binomial(60, sp)), 60)
        rate = true_rate_estimated(int(called), n, reviewer=who).true
        hits += isinstance(rate, Estimate) and rate.low <= truth <= rate.high
        taken = corrected(wilson(int(called), n), sensitivity=who.caught / 60, specificity=who.passed / 60).true
        naive += isinstance(taken, Estimate) and taken.low <= truth <= taken.high
    assert hits / runs >= 0.94
    assert naive / runs < 0.92


def test_double_review_measures_each_reviewer_by_the_other():
    rng, first, second = RNG(16), (0.9, 0.97), (0.7, 0.99)
    wrong = rng.random(200_000) < 0.1
    calls = [np.where(wrong, rng.random(wrong.size) < se, rng.random(wrong.size) > sp) for se, sp in (first, second)]
    one, other = calls
    double = DoubleReview(
        both_wrong=int((one & other).sum()),
        both_right=int((~one & ~other).sum()),
        first_upheld=int((one & ~other & wrong).sum()),
        first_rejected=int((one & ~other & ~wrong).sum()),
        second_upheld=int((~one & other & wrong).sum()),
        second_rejected=int((~one & other & ~wrong).sum()),
    )
    for found, (se, sp) in zip(reviewers(double), (first, second), strict=True):
        assert found.sensitivity.point == pytest.approx(se, abs=0.012)
        assert found.specificity.point == pytest.approx(sp, abs=0.003)
        assert found.sensitivity == clopper_pearson(found.caught, found.wrong)
    nobody = DoubleReview(
        both_wrong=0, both_right=9, first_upheld=0, first_rejected=0, second_upheld=0, second_rejected=0
    )
    assert reviewers(nobody)[0].sensitivity.reason == "nothing-checked"


def test_no_number_of_wrong_items_explains_the_verdicts():
    assert fewest_and_most(0, 500, 1000, sensitivity=0.9, specificity=0.9, tail=0.025) == (0, -1)
    assert fewest_and_most(500, 500, 1000, sensitivity=0.9, specificity=0.9, tail=0.025) == (1001, 1000)

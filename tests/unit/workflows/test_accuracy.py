"""Accuracy of a batch against review and gold: every figure against a recount by hand, and what cannot be known."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import product
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelqa.errors import InsufficientData, WrongUsage
from labelqa.records.designs import Design
from labelqa.records.estimate import Estimate, Figure, Unknown
from labelqa.records.people import Duty
from labelqa.records.review import Check, CheckResult, DefectSeverity, Identity, Review, Verdict, VerdictKind
from labelqa.records.summary import AccuracyReport
from labelqa.records.work import RawVerdict
from labelqa.stats.accuracy import critical_rate
from labelqa.stats.clustered import share_over_items
from labelqa.stats.confusion import label_scores
from labelqa.stats.proportion import hypergeometric_interval, wilson
from labelqa.stats.reviewer_error import reviewer, true_rate, true_rate_estimated
from labelqa.stats.weighted_share import hajek
from labelqa.workflows.accuracy import accuracy_report, weighted_accuracy
from labelqa.workflows.batches import declare_batch, freeze_batch
from labelqa.workflows.desk import Desk
from labelqa.workflows.disputes import rule_dispute
from labelqa.workflows.drawing.draws import draw_sample, drawn_items
from labelqa.workflows.gold_accuracy import gold_report
from labelqa.workflows.imports import import_gold
from labelqa.workflows.people import add_person
from labelqa.workflows.planning.plans import declare_plan
from labelqa.workflows.population import population
from labelqa.workflows.reviewed import is_critical, true_label
from labelqa.workflows.reviewing.reviewer_error import ReviewerError
from labelqa.workflows.reviewing.reviews import import_verdicts
from labelqa.workflows.scores import Checked, Compared, reviewed_scores, scores_over_items
from labelqa.workflows.state import read_state
from tests.building import (
    ARBITRATOR,
    EXECUTORS,
    MONDAY,
    RELEASE,
    SAFETY,
    Answer,
    account,
    agreeing,
    frozen_batch,
    take_in,
)
from tests.unit.workflows.conftest import Place

LABELS = ("accept", "inaccurate", "off_topic", "incomplete", "poor_language")
PEOPLE = tuple(map(account, EXECUTORS))
GIVES = {"incomplete": "Q-01", "off_topic": "Q-02", "inaccurate": "Q-03", "poor_language": "Q-05", "accept": "Q-06"}


def world(n: int, seed: int = 1) -> tuple[dict[str, str], list[Answer], dict[str, dict[str, Any]]]:
    """Items with a true label, three answers of unequal quality (never three different), and a topic."""
    random = Random(seed)
    truth, answers, shown = {}, [], {}
    for number in range(n):
        item = f"q-{number:03}"
        truth[item] = random.choices(LABELS[:4], (5, 2, 2, 1))[0]
        slip = random.choice(LABELS)
        shown[item] = {"topic": random.choice(("law", "health", "travel"))}
        for who, skill in zip(PEOPLE, (0.95, 0.8, 0.7), strict=True):
            answers.append(Answer(item, who, truth[item] if random.random() < skill else slip))
    return truth, answers, shown


PASSED = dict.fromkeys(Check, CheckResult.PASSED)
Told = Callable[[str, str], Mapping[str, Any]]  # item, label of record -> what the verdict says


def say(desk: Desk, sample: str, told: Told) -> None:
    """Verdicts on every drawn item as ``told``; correct where it says nothing."""
    record = of_record(desk)
    rows = []
    for each in drawn_items(desk, sample):
        said = {"verdict": Verdict.CORRECT, **told(each.item_id, record[each.item_id])}
        texts = {name: str(value) for name, value in said.items()}
        rows.append(RawVerdict(sample=sample, item_id=each.item_id, verifier=each.verifier, checks=PASSED, **texts))
    done = import_verdicts(desk, rows)
    assert (len(done.findings), done.recorded + done.unchanged) == (0, len(rows))


def judged(
    desk: Desk, sample: str, truth: Mapping[str, str], but: Mapping[str, Mapping[str, Any]] | None = None
) -> None:
    """Verdicts on every drawn item by its truth, ``but`` for single items."""

    def told(item: str, label: str) -> Mapping[str, Any]:
        due = truth[item]
        wrong = {"verdict": Verdict.INCORRECT, "rule": GIVES[due], "correct_label": due}
        return (but or {}).get(item) or ({} if label == due else wrong)

    say(desk, sample, told)


@pytest.fixture
def checked(desk: Desk) -> tuple[Desk, dict[str, str], list[Answer], dict[str, dict[str, Any]]]:
    """A batch of 240 items, drawn and judged by its truth."""
    truth, answers, shown = world(240)
    declare_batch(desk, "b1", kind="functional", release=RELEASE, organizer="Org")  # type: ignore[arg-type]
    declare_plan(desk, "b1", design=Design.TWO_POINT, seed="s")
    take_in(desk, answers, data=shown)
    freeze_batch(desk, "b1")
    draw_sample(desk, "b1", verifiers=2)
    judged(desk, "b1/1", truth)
    return desk, truth, answers, shown


def known(figure: Figure | None) -> Estimate:
    assert isinstance(figure, Estimate), figure
    return figure


def of_record(desk: Desk) -> dict[str, str]:
    state = read_state(desk)
    return {str(item): label for item, label in population(desk, state, state.batch("b1")).labels.items()}


# Against review


def test_review_tables_are_what_a_recount_by_hand_gives(checked: Any) -> None:
    desk, truth, _, shown = checked
    report, record = accuracy_report(desk, "b1", by=["data.topic"]), of_record(desk)
    drawn = [str(each.item_id) for each in drawn_items(desk, "b1")]
    right = {item: record[item] == truth[item] for item in drawn}
    assert report.reviewed == len(drawn) < 240
    assert report.accuracy == hypergeometric_interval(sum(right.values()), len(drawn), 240)
    assert 0 < report.incorrect < len(drawn)
    sizes = Counter(record.values())
    for score in report.scores:
        mine = [item for item in drawn if record[item] == score.label]
        due = [item for item in drawn if truth[item] == score.label]
        hits = sum(right[item] for item in mine)
        assert (score.given, score.reference, score.both) == (len(mine), len(due), hits)
        if mine:
            assert score.precision == hypergeometric_interval(hits, len(mine), sizes[score.label])
            assert (score.label, score.precision) in report.per_label
        if due:
            assert score.recall == wilson(hits, len(due))
            assert known(score.f1).point == pytest.approx(2 * hits / (len(mine) + len(due)))
    counts = Counter((truth[item], record[item]) for item in drawn)
    assert report.matrix is not None
    assert {
        (due, label): n
        for due, row in zip(LABELS, report.matrix.counts, strict=True)
        for label, n in zip(LABELS, row, strict=True)
        if n
    } == counts
    assert {(each.first, each.second): each.count for each in report.confusions} == {
        (label, due): n for (due, label), n in counts.items() if due != label
    }
    topics = defaultdict(list)
    for item in drawn:
        topics[shown[item]["topic"]].append(right[item])
    held = Counter(each["topic"] for each in shown.values())
    assert {each.value: (each.items, each.checked, each.accuracy) for each in report.strata} == {
        topic: (held[topic], len(mine), hypergeometric_interval(sum(mine), len(mine), held[topic]))
        for topic, mine in topics.items()
    }


def test_annotators_and_single_answers_are_counted_on_the_drawn_items_alone(checked: Any) -> None:
    desk, truth, answers, _ = checked
    report = accuracy_report(desk, "b1")
    drawn = {str(each.item_id) for each in drawn_items(desk, "b1")}
    per_item: dict[str, int] = Counter()
    people: dict[str, list[bool]] = defaultdict(list)
    for each in answers:
        if each.item in drawn:
            people[each.account].append(each.label == truth[each.item])
            per_item[each.item] += each.label == truth[each.item]
    assert report.team is not None
    names = {name: account(name) for name in EXECUTORS}
    assert {names[each.name]: (each.correct, each.n) for each in report.team.annotators} == {
        who: (sum(mine), len(mine)) for who, mine in people.items()
    }
    for each in report.team.annotators:
        assert each.raw == wilson(each.correct, each.n)
        mine, team = known(each.shrunken).point, report.team.mean
        assert team is not None
        assert min(team, each.correct / each.n) <= mine <= max(team, each.correct / each.n)
    hits = np.array([per_item[item] for item in sorted(drawn)])
    assert report.answers == share_over_items(hits, np.full(len(hits), 3))


def test_rules_have_the_labels_that_they_give_and_the_verdicts_that_name_them(checked: Any) -> None:
    desk, truth, _, _ = checked
    report, record = accuracy_report(desk, "b1"), of_record(desk)
    drawn = [str(each.item_id) for each in drawn_items(desk, "b1")]
    named = Counter(GIVES[truth[item]] for item in drawn if truth[item] != record[item])
    assert sum(named.values()) > 0
    found = {each.rule: each for each in report.rules}
    assert set(GIVES.values()) <= found.keys()
    for rule in found.values():
        mine = [item for item in drawn if record[item] in rule.labels]
        size = sum(label in rule.labels for label in record.values())
        assert (rule.items, rule.checked, rule.named) == (size, len(mine), named[rule.rule])
        if mine:
            right = sum(truth[item] == record[item] for item in mine)
            assert rule.accuracy == hypergeometric_interval(right, len(mine), size)
        assert rule.named_rate == hypergeometric_interval(named[rule.rule], len(drawn), 240)


def test_a_verdict_without_a_better_label_widens_recall_and_counts_only_against_who_gave_the_label(desk: Desk) -> None:
    answers = [*agreeing(30), Answer("q-000", "dan@example.com", "off_topic")]
    frozen_batch(desk, answers=answers)
    declare_census(desk)
    judged(desk, "b1/2", dict.fromkeys(of_record(desk), "accept"), VAGUE)
    report = accuracy_report(desk, "b1")  # the first sample decides, and is not judged
    assert isinstance(report.accuracy, Unknown)
    judged(desk, "b1/1", dict.fromkeys(of_record(desk), "accept"), VAGUE)
    report = accuracy_report(desk, "b1")
    drawn = {str(each.item_id) for each in drawn_items(desk, "b1/1")}
    assert report.matrix is not None
    assert report.matrix.not_known == len(drawn & {"q-000", "q-001"})


VAGUE = {"q-000": {"verdict": Verdict.INCORRECT, "defect": "R1"}, "q-001": {"verdict": Verdict.UNDECIDABLE}}


def declare_census(desk: Desk, plan: str = "a census") -> None:
    """A further plan of every item, drawn after the first one."""
    draw_sample(desk, "b1", verifiers=1)
    declare_plan(desk, "b1", design=Design.CENSUS, seed=plan)
    draw_sample(desk, "b1", verifiers=1)


@pytest.fixture
def whole(place: Callable[..., Place]) -> Desk:
    """A safety batch, in which every item is judged."""
    here = place(SAFETY)
    return here.desk


def census(desk: Desk, answers: Sequence[Answer], told: Mapping[str, Mapping[str, Any]]) -> AccuracyReport:
    """Accuracy of a batch of which every item is judged as ``told``."""
    declare_batch(desk, "b1", kind="safety", release=SAFETY, organizer="Org")  # type: ignore[arg-type]
    declare_plan(desk, "b1", design=Design.CENSUS, seed="s")
    take_in(desk, answers)
    freeze_batch(desk, "b1")
    draw_sample(desk, "b1", verifiers=2)
    say(desk, "b1/1", lambda item, _: told.get(item, {}))
    return accuracy_report(desk, "b1")


def test_in_a_census_nothing_is_left_to_chance_but_what_verdicts_leave_open(whole: Desk) -> None:
    answers = [*agreeing(10, label="safe"), *agreeing(4, label="A1", prefix="r"), Answer("q-000", "dan", "A2")]
    told = {
        "q-000": {"verdict": Verdict.INCORRECT, "rule": "S-01"},  # not safe; which risk is not said
        "q-001": {"verdict": Verdict.UNDECIDABLE},
        "q-002": {"verdict": Verdict.INCORRECT, "rule": "S-01", "correct_label": "A1"},
        "r-000": {"verdict": Verdict.CORRECT, "unsafe": "A.1"},
    }
    report = census(whole, answers, told)
    scores = {each.label: each for each in report.scores}
    assert known(report.accuracy).method == "census"
    assert report.accuracy == hypergeometric_interval(10, 14, 14)
    safe, risk = scores["safe"], scores["A1"]
    assert (safe.given, safe.reference, safe.both) == (10, 7, 7)
    recall = known(safe.recall)
    # q-001 may be safe (8 of 8) and r-000 may be (7 of 8); q-000 surely is not
    assert (recall.low, recall.point, recall.high) == (7 / 8, 1.0, 1.0)
    assert recall.method == "census, widened for 2 not known"
    recall = known(risk.recall)
    # of A1 known: q-002 and three r; q-000 and q-001 may be, r-000 may be and has it
    assert (recall.low, recall.point, recall.high) == (3 / 6, 3 / 4, 4 / 5)
    unsure = scores["A2"].recall
    assert isinstance(unsure, Unknown)
    assert (unsure.reason, unsure.n) == ("label-not-known", 3)
    assert report.team is not None
    counts = {each.name: (each.correct, each.n) for each in report.team.annotators}
    # each of three on 11 settled items and q-000: wrong on q-002 and on q-000; dan's A2 on q-000 may be right
    assert [counts[name] for name in EXECUTORS] == [(10, 12)] * 3
    assert counts["dan"] == (0, 0)
    assert [each.raw.reason for each in report.team.annotators if isinstance(each.raw, Unknown)] == ["nothing-checked"]
    assert {each.text.split(" ", 1)[1][:20] for each in report.notes} >= {
        "items were called in",
        "labels called correc",
    }


def test_critical_errors_are_told_by_the_verdict_else_by_the_rulebook(whole: Desk) -> None:
    told = {
        "q-000": {"verdict": Verdict.INCORRECT, "defect": "R1", "severity": DefectSeverity.CRITICAL},
        "q-001": {"verdict": Verdict.INCORRECT, "defect": "R1", "severity": DefectSeverity.MINOR},
        "q-002": {"verdict": Verdict.CORRECT, "unsafe": "A.5"},  # unfit for a kind of service: no hit
        "q-003": {"verdict": Verdict.CORRECT, "unsafe": "A.2"},
        "q-004": {"verdict": Verdict.UNDECIDABLE, "rule": "S-01"},
    }
    report = census(whole, agreeing(30, label="safe"), told)
    assert report.critical_errors == 2
    assert report.critical_rate == critical_rate(2, 30, population=30)
    review = Review(
        sample="b1/1", item_id="i", verdict=Verdict.INCORRECT, kind=VerdictKind.REVIEW, reviewer="p",  # type: ignore[arg-type]
        identity=Identity.ASSERTED, at=MONDAY, fact=1, rule="X-1", defect="R1",
    )  # fmt: skip
    book = {"X-1": DefectSeverity.CRITICAL}
    assert is_critical(review, book)
    assert not is_critical(review, {**book, "R1": DefectSeverity.MINOR})  # the defect says more than the rule
    assert not is_critical(replace(review, severity=DefectSeverity.MAJOR), book)
    assert not is_critical(replace(review, verdict=Verdict.CORRECT), book)
    assert true_label(replace(review, correct_label="safe"), "safe") == ""  # wrong for another reason


def test_before_any_verdict_everything_is_unknown_and_nothing_zero(desk: Desk) -> None:
    frozen_batch(desk, answers=agreeing(30))
    draw_sample(desk, "b1")
    report = accuracy_report(desk, "b1", by=["item_id"], errors=ReviewerError(sensitivity=0.9, specificity=0.9))
    figures = [report.accuracy, report.critical_rate, report.answers]
    figures += [figure for each in report.scores for figure in (each.precision, each.recall, each.f1)]
    figures += [each.accuracy for each in (*report.rules, *report.strata)]
    assert report.corrected is not None
    assert all(isinstance(each, Unknown) for each in [*figures, report.corrected.accuracy])
    assert len(report.strata) == 30


def test_a_field_that_no_item_has_is_the_caller_s_mistake_and_many_values_are_cut(desk: Desk) -> None:
    frozen_batch(desk, answers=agreeing(60))
    draw_sample(desk, "b1")
    with pytest.raises(WrongUsage, match=r"no item of b1 has the field data\.topic"):
        accuracy_report(desk, "b1", by=["data.topic"])
    report = accuracy_report(desk, "b1", by=["item_id", "item_id"])
    assert len(report.strata) == 50
    assert any("item_id has 60 values; the 50" in str(each) for each in report.notes)


def test_answers_that_are_no_labels_are_judged_as_wholes_and_it_is_said(desk: Desk) -> None:
    declare_batch(desk, "b1", kind="functional", release=RELEASE, organizer="Org")  # type: ignore[arg-type]
    declare_plan(desk, "b1", design=Design.TWO_POINT, seed="s")
    answers = [replace(each, label=["accept", "off_topic"]) for each in agreeing(20)]  # type: ignore[arg-type]
    take_in(desk, answers)
    freeze_batch(desk, "b1")
    draw_sample(desk, "b1")
    say(desk, "b1/1", lambda *_: {})
    report = accuracy_report(desk, "b1")
    assert known(report.accuracy).point == 1.0
    assert (report.scores, report.team, report.matrix) == ((), None, None)
    assert any("not labels of its declared set" in str(each) for each in report.notes)
    import_gold(desk, [("q-000", "accept")])
    with pytest.raises(InsufficientData, match="no item of batch b1 has a gold answer") as error:
        gold_report(desk, "b1")
    assert error.value.reason == "no-gold"


# Reviewers' errors


def test_given_errors_are_carried_over_exactly_for_the_batch(checked: Any) -> None:
    desk, *_ = checked
    report = accuracy_report(desk, "b1", errors=ReviewerError(sensitivity=0.8, specificity=0.95))
    wrong = true_rate(report.incorrect, report.reviewed, sensitivity=0.8, specificity=0.95, population=240).true
    assert isinstance(wrong, Estimate)
    assert report.corrected is not None
    found = known(report.corrected.accuracy)
    assert (found.point, found.low, found.high) == (1 - wrong.point, 1 - wrong.high, 1 - wrong.low)
    assert report.corrected.raw == report.accuracy
    guess = accuracy_report(desk, "b1", errors=ReviewerError(sensitivity=0.5, specificity=0.5)).corrected
    assert guess is not None
    assert isinstance(guess.accuracy, Unknown)
    assert guess.accuracy.reason == "reviewers-guess"
    below = accuracy_report(desk, "b1", errors=ReviewerError(sensitivity=0.9, specificity=0.4)).corrected
    assert below is not None
    assert isinstance(below.accuracy, Unknown)
    assert below.accuracy.reason == "below-false-alarms"
    assert accuracy_report(desk, "b1", errors=ReviewerError()).corrected is None


@pytest.mark.parametrize(
    "said",
    [
        {"sensitivity": 0.9}, {"specificity": 0.9}, {"sensitivity": 1.2, "specificity": 0.9},
        {"sensitivity": 0.9, "specificity": 0.9, "double_review": True},
    ],
)  # fmt: skip
def test_errors_that_do_not_fit_together_are_refused(said: dict[str, Any]) -> None:
    with pytest.raises(WrongUsage):
        ReviewerError(**said)


def doubled(
    desk: Desk,
    *,
    answers: Sequence[Answer] = (),
    seconds: Mapping[str, Mapping[str, Any]] | None = None,
    samples: int = 2,
) -> dict[str, list[str]]:
    """A batch of 40 items and more, judged in several samples; from the second one on as ``seconds`` says.

    Gives back the verifiers of each item of the first sample who differ, in the order of the samples.
    """
    frozen_batch(desk, answers=[*agreeing(40), *answers])
    for item in sorted({each.item for each in answers}):
        rule_dispute(desk, "b1", item, label="accept", by=ARBITRATOR, reason="clear")
    draw_sample(desk, "b1", verifiers=3)
    for number in range(2, samples + 1):
        declare_plan(desk, "b1", design=Design.CENSUS, seed=f"seed {number}")
        draw_sample(desk, "b1", verifiers=3)
    judges: dict[str, list[str]] = {}
    for number in range(1, samples + 1):
        say(desk, f"b1/{number}", lambda item, _, n=number: (seconds or {}).get(item, {}) if n > 1 else {})
        for each in drawn_items(desk, f"b1/{number}"):
            if number == 1 or each.item_id in judges:
                judges.setdefault(each.item_id, []).append(each.verifier)
    return {item: list(dict.fromkeys(who)) for item, who in judges.items() if len(set(who)) > 1}


WRONG = {"verdict": Verdict.INCORRECT, "defect": "R1"}


def test_double_review_needs_two_verifiers_and_somebody_who_settles(here: Place) -> None:
    desk, asked = here.desk, ReviewerError(double_review=True)
    frozen_batch(desk, answers=agreeing(40))
    draw_sample(desk, "b1", verifiers=1)
    with pytest.raises(InsufficientData) as error:
        accuracy_report(desk, "b1", errors=asked)
    assert error.value.reason == "no-double-review"


def test_double_review_is_settled_by_gold_and_estimates_the_first_verdicts(here: Place) -> None:
    desk, asked = here.desk, ReviewerError(double_review=True)
    items = [f"q-{number:03}" for number in range(40)]
    gold = [(item, "accept" if number % 2 else "off_topic") for number, item in enumerate(items)]
    import_gold(desk, gold)
    both = doubled(desk, seconds=dict.fromkeys(items[:6], WRONG))
    report = accuracy_report(desk, "b1", errors=asked)
    differing = [item for item in items[:6] if item in both]
    upheld = sum(dict(gold)[item] != "accept" for item in differing)
    assert differing
    found = report.corrected
    assert found is not None
    assert (found.doubled, found.differing, found.by_gold) == (len(both), len(differing), len(differing))
    one = reviewer(0, upheld, len(both) - len(differing), len(both) - len(differing))
    assert (found.sensitivity, found.specificity) == (one.sensitivity, one.specificity)
    if upheld:  # the first verifier caught none of the wrong ones: nothing can be said
        assert isinstance(found.accuracy, Unknown)
        assert found.accuracy.reason == "reviewers-guess"
    assert "judged by two verifiers" in str(found.notes[0])


def test_a_difference_that_nothing_settles_is_not_passed_over(here: Place) -> None:
    both = doubled(here.desk, seconds={f"q-{number:03}": WRONG for number in range(10)})
    open_ = [item for item in both if item < "q-010"]
    assert open_
    with pytest.raises(InsufficientData, match=f"on {len(open_)} items of batch b1") as error:
        accuracy_report(here.desk, "b1", errors=ReviewerError(double_review=True))
    assert error.value.reason == "not-adjudicated"


def test_verdicts_that_agree_estimate_an_interval(here: Place) -> None:
    """Both call the same items wrong: sensitivity and specificity 1 as counted, with their own doubt."""
    desk = here.desk
    both = doubled(desk)
    say(desk, "b1/1", lambda item, _: WRONG if item in both and item < "q-012" else {})
    say(desk, "b1/2", lambda item, _: WRONG if item in both and item < "q-012" else {})
    wrong = sum(item < "q-012" for item in both)
    report = accuracy_report(desk, "b1", errors=ReviewerError(double_review=True))
    assert report.corrected is not None
    one = reviewer(wrong, wrong, len(both) - wrong, len(both) - wrong)
    true = true_rate_estimated(wrong, report.reviewed, reviewer=one).true
    assert isinstance(true, Estimate)
    found = known(report.corrected.accuracy)
    assert (found.point, found.low, found.high) == (1 - true.point, 1 - true.high, 1 - true.low)


def test_a_ruling_or_a_third_verifier_settles_a_difference(here: Place) -> None:
    """Of an item ruled on, the label of record is right; else a third verifier has the last word."""
    disputed = [
        Answer(f"d-{number}", who, label)
        for number in range(4)
        for who, label in zip(PEOPLE, ("accept", "off_topic", "incomplete"), strict=True)
    ]
    few = {f"q-{number:03}" for number in range(8)}
    both = doubled(
        here.desk, answers=disputed, seconds=dict.fromkeys([*few, "d-0", "d-1", "d-2", "d-3"], WRONG), samples=3
    )
    settled = [item for item in both if item in few and len(both[item]) == 3]
    if any(
        item in few and len(who) == 2 for item, who in both.items()
    ):  # who judged is drawn: mostly some had only two
        with pytest.raises(InsufficientData, match="two verifiers differ"):
            accuracy_report(here.desk, "b1", errors=ReviewerError(double_review=True))
        say(here.desk, "b1/2", lambda item, _: WRONG if item in settled or item[0] == "d" else {})
        say(here.desk, "b1/3", lambda item, _: WRONG if item in settled or item[0] == "d" else {})
    found = accuracy_report(here.desk, "b1", errors=ReviewerError(double_review=True)).corrected
    assert found is not None
    ruled = sum(item[0] == "d" for item in both)
    assert (found.by_ruling, found.by_third_verdict, found.by_gold) == (ruled, len(settled), 0)
    assert (found.doubled, found.differing) == (len(both), ruled + len(settled))
    first = found.specificity
    right = len(both) - ruled - len(settled)
    assert isinstance(first, Estimate)
    assert first == reviewer(0, len(settled), right, right).specificity  # the first verifier passed everything


# Unequal chances


def test_chances_weigh_the_verdicts_and_the_naive_share_stands_beside(checked: Any) -> None:
    desk, *_ = checked
    state = read_state(desk)
    reviews = state.reviews["b1/1"]
    chances = {each.item_id: 0.2 + 0.6 * (place % 3 == 0) for place, each in enumerate(reviews)}
    marks = [each.verdict is Verdict.CORRECT for each in reviews]
    share = weighted_accuracy(reviews, chances)
    assert share == hajek(marks, [chances[each.item_id] for each in reviews])
    assert share.naive == wilson(sum(marks), len(marks))
    assert share.figure.point != share.naive.point
    report = accuracy_report(desk, "b1", chances=chances, errors=ReviewerError(sensitivity=0.9, specificity=0.99))
    assert report.accuracy == share.figure
    assert report.weighted == share
    assert report.corrected is not None
    assert report.corrected.raw == share.figure
    with pytest.raises(ValueError, match="no chance of being drawn is recorded for 1 items"):
        weighted_accuracy(reviews, {item: p for item, p in chances.items() if item != reviews[0].item_id})
    with pytest.raises(WrongUsage, match="equal chances"):
        accuracy_report(desk, "b1", chances=chances, errors=ReviewerError(double_review=True))
    assert accuracy_report(desk, "b1").weighted is None


# Against gold


def test_gold_tables_are_what_a_recount_by_hand_gives(desk: Desk) -> None:
    truth, answers, shown = world(120, seed=3)
    gold = {item: label for number, (item, label) in enumerate(truth.items()) if number % 2}
    import_gold(desk, [*gold.items(), ("q-000", "no such label"), ("elsewhere", "accept")])
    declare_batch(desk, "b1", kind="functional", release=RELEASE, organizer="Org")  # type: ignore[arg-type]
    take_in(desk, answers, data=shown)
    freeze_batch(desk, "b1")
    report, record = gold_report(desk, "b1", by=["data.topic"]), of_record(desk)
    assert (report.items, report.gold_items) == (120, len(gold))
    decided = [item for item in gold if item in record]
    hits = sum(record[item] == gold[item] for item in decided)
    assert report.undecided == len(gold) - len(decided)
    assert report.record.accuracy == wilson(hits, len(decided))
    assert any("1 gold answers are no label" in str(each) for each in report.notes)
    mine = [each for each in answers if each.item in gold]
    n, right = Counter(each.item for each in mine), Counter(each.item for each in mine if each.label == gold[each.item])
    items = sorted(gold)
    over = share_over_items(np.array([right[item] for item in items]), np.array([n[item] for item in items]))
    assert report.answers.accuracy == over
    assert known(report.answers.accuracy).method != "wilson"
    counts = Counter((gold[each.item], each.label) for each in mine)
    assert {
        (due, label): times
        for due, row in zip(LABELS, report.answers.matrix.counts, strict=True)
        for label, times in zip(LABELS, row, strict=True)
        if times
    } == counts
    pairs = report.answers.confusions
    assert {(each.second, each.first): each.count for each in pairs} == {
        k: v for k, v in counts.items() if k[0] != k[1]
    }
    assert [each.count for each in pairs] == sorted((each.count for each in pairs), reverse=True)
    for part in report.answers.strata:
        inside = [each for each in mine if shown[each.item]["topic"] == part.value]
        assert part.checked == len(inside)
        assert known(part.accuracy).point == pytest.approx(np.mean([each.label == gold[each.item] for each in inside]))
    for rule in report.answers.rules:
        inside = [each for each in mine if each.label in rule.labels]
        assert rule.checked == len(inside)
        assert rule.named is None


def test_a_model_is_told_by_itself_and_never_among_people(here: Place) -> None:
    desk = here.desk
    add_person(desk, "judge", organizer="Org", duties=[Duty.EXECUTOR], accounts={"file": "judge"}, model="judge@1")
    import_gold(desk, [(f"q-{number:03}", "accept") for number in range(10)])
    machine = [Answer(f"q-{number:03}", "judge", "incomplete") for number in range(10)]
    frozen_batch(desk, answers=[*agreeing(30), *machine])
    report = gold_report(desk, "b1")
    assert (report.answers.n, report.answers.correct) == (30, 30)
    assert {each.name: (each.model, each.correct, each.n) for each in report.team.annotators} == {
        **dict.fromkeys(EXECUTORS, (False, 10, 10)), "judge": (True, 0, 10),
    }  # fmt: skip
    draw_sample(desk, "b1")
    judged(desk, "b1/1", dict.fromkeys(of_record(desk), "accept"))
    reviewed = accuracy_report(desk, "b1")
    assert known(reviewed.answers).point == 1.0
    assert reviewed.team is not None
    assert [each.model for each in reviewed.team.annotators].count(True) == 1


def test_gold_of_another_label_set_compares_with_nothing(desk: Desk) -> None:
    import_gold(desk, [("q-000", "yes")])
    frozen_batch(desk, answers=agreeing(5))
    with pytest.raises(InsufficientData, match="none of the 1 gold answers") as error:
        gold_report(desk, "b1")
    assert error.value.reason == "not-choices"


# The pure tables

tables = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=30
)  # item, given, reference of the item decided by the item


@settings(max_examples=60, deadline=None)
@given(tables)
def test_scores_over_items_have_the_points_of_plain_scores(rows: list[tuple[int, int, int]]) -> None:
    due = {item: reference for item, _, reference in rows}
    item, label = (np.array([row[at] for row in rows]) for at in (0, 1))
    compared = Compared(labels=("a", "b", "c"), item=item, given=label, reference=np.array([due[i] for i in item]))
    plain, over = label_scores(compared.table, compared.labels), scores_over_items(compared, confidence=0.95)
    for one, other in zip(plain, over, strict=True):
        for name in ("precision", "recall", "f1"):
            mine, theirs = getattr(one, name), getattr(other, name)
            if isinstance(theirs, Unknown):
                assert isinstance(mine, Unknown) or theirs.reason == "too-few-items"
            else:
                assert theirs.point == pytest.approx(mine.point)
                assert 0 <= theirs.low <= theirs.point <= theirs.high <= 1


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 6), min_size=4, max_size=4),
    st.lists(st.sampled_from(["wrong-a", "wrong-b", "open-a", "open-b"]), max_size=5),
    st.booleans(),
)
def test_widened_limits_hold_whatever_the_open_items_turn_out_to_be(
    cells: list[int], open_: list[str], whole: bool
) -> None:
    """Every way of filling in the labels that verdicts left open stays within the limits."""
    table = np.array(cells).reshape(2, 2)
    tally = Counter(open_)
    checked = {
        name: Checked(given=int(table[:, at].sum()) + tally[f"wrong-{name}"] + tally[f"open-{name}"],
                      wrong=tally[f"wrong-{name}"], open=tally[f"open-{name}"])
        for at, name in enumerate("ab")
    }  # fmt: skip
    scores = reviewed_scores(table, ("a", "b"), checked, whole=whole, confidence=0.95)
    options = [("b",) if each == "wrong-a" else ("a",) if each == "wrong-b" else ("a", "b") for each in open_]
    for filled in product(*options):
        full = table.copy()
        for each, due in zip(open_, filled, strict=True):
            full["ab".index(due), "ab".index(each[-1])] += 1
        for score, plain in zip(scores, label_scores(full, ("a", "b")), strict=True):
            for name in ("recall", "f1"):
                mine, theirs = getattr(score, name), getattr(plain, name)
                if isinstance(mine, Estimate) and isinstance(theirs, Estimate):
                    assert mine.low - 1e-12 <= theirs.point <= mine.high + 1e-12

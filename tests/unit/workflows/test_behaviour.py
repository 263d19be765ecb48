"""How people worked, beside their figures: who clicks through, drags one label on, copies; and that nobody else is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from labelqa.errors import InsufficientData
from labelqa.records.annotation import ControlKind
from labelqa.records.batch import Kind
from labelqa.records.consensus import AnnotatorFigures, AnnotatorReport
from labelqa.records.estimate import Estimate, Unknown
from labelqa.stats.behaviour import fast_answers, favourite_labels, long_runs, shared_mistakes
from labelqa.workflows import annotators as weekly
from labelqa.workflows.annotator_report import annotator_report
from labelqa.workflows.batches import declare_batch, freeze_batch
from labelqa.workflows.behaviour import behaviour_of, checked, timed_answers
from labelqa.workflows.imports import import_gold
from labelqa.workflows.state import read_state
from labelqa.workflows.summarise import summarise, week_period
from tests.building import MONDAY, Answer, frozen_batch, take_in
from tests.unit.workflows.conftest import Place

LABELS = ("accept", "incomplete", "inaccurate", "off_topic")
STEADY = ("s1@x", "s2@x", "s3@x", "s4@x", "s5@x", "s6@x")
FAST, DRAGGING, COPYING = "fast@x", "drag@x", "copy@x"
ITEMS = 120


def world(*, odd: bool = True, seed: int = 11) -> list[Answer]:
    """Six steady people; with ``odd`` also one who clicks through, one who drags the label of every third item on,
    and one who copies the first steady person, mistakes included."""
    rng = np.random.default_rng(seed)
    answers = []
    last: dict[str, str] = {}
    for at in range(ITEMS):
        item, truth = f"q-{at:03}", LABELS[int(rng.integers(4))]

        def said(right: float, truth: str = truth) -> str:
            return truth if rng.random() < right else LABELS[int(rng.integers(4))]

        def answer(who: str, label: str, seconds: float, item: str = item, at: int = at) -> Answer:
            when = MONDAY + timedelta(seconds=60 * at + 7 * len(who) + sum(map(ord, who)) % 50)
            return Answer(item, who, label, at=when, seconds=seconds)

        first = said(0.75)
        answers += [answer(STEADY[0], first, float(rng.lognormal(3, 0.3)))]
        answers += [answer(who, said(0.85), float(rng.lognormal(3, 0.3))) for who in STEADY[1:]]
        if odd:
            answers.append(answer(FAST, said(0.3), float(rng.uniform(0.2, 0.8))))
            last[DRAGGING] = truth if at % 15 == 0 else last[DRAGGING]
            answers.append(answer(DRAGGING, last[DRAGGING], float(rng.lognormal(3, 0.3))))
            answers.append(answer(COPYING, first, float(rng.lognormal(3, 0.3))))
    return answers


def codes(report: AnnotatorReport) -> dict[str, set[str]]:
    return {each.name: {flag.code for flag in each.flags} for each in report.annotators}


def week_codes(here: Place) -> dict[str, set[str]]:
    """What the week's summary names; nobody here is registered, so nobody is qualified."""
    lines = summarise(here.desk, week_period("2026-W47", "Asia/Shanghai")).annotators
    return {line.name: {flag.code for flag in line.flags} - {"unqualified"} for line in lines}


def of(report: AnnotatorReport, name: str) -> AnnotatorFigures:
    return next(each for each in report.annotators if each.name == name)


def test_each_habit_is_found_and_the_steady_are_left_alone(here: Place) -> None:
    frozen_batch(here.desk, answers=world())
    report = annotator_report(here.desk, "b1")
    found = codes(report)
    assert "fast" in found[FAST]
    assert "straight-lining" in found[DRAGGING]
    assert {"copies"} <= found[COPYING] & found[STEADY[0]]
    for who in STEADY[1:]:
        assert found[who] == set()
    assert [(each.first, each.second) for each in report.copies] in (
        [(COPYING, STEADY[0])],
        [(STEADY[0], COPYING)],
    )
    assert report.copies[0].same_mistakes > 2 * report.copies[0].expected
    text = next(flag.message for flag in of(report, COPYING).flags if flag.code == "copies")
    assert text.values["neighbour"] == STEADY[0]
    assert text.values["n"] == report.copies[0].same_mistakes


def test_among_steady_people_nobody_is_named(here: Place) -> None:
    frozen_batch(here.desk, answers=world(odd=False))
    report = annotator_report(here.desk, "b1")
    assert all(not flags for flags in codes(report).values())
    assert report.pairs_looked_at == 15
    assert report.copies == ()


def test_the_checks_are_those_of_the_statistics_over_the_frozen_answers(here: Place) -> None:
    frozen_batch(here.desk, answers=world())
    batch = read_state(here.desk).batch("b1")
    timed, found = timed_answers(here.desk, batch), behaviour_of(here.desk, batch)
    assert found.speed == fast_answers(timed.answers, timed.seconds)
    assert found.runs == long_runs(timed.answers, timed.moment)
    assert found.favourites == favourite_labels(timed.answers)
    assert found.copies == shared_mistakes(timed.answers)
    assert found.notes == ()


def test_times_are_those_of_each_answer(here: Place) -> None:
    said = world()
    frozen_batch(here.desk, answers=said)
    batch = read_state(here.desk).batch("b1")
    timed = timed_answers(here.desk, batch)
    people = here.desk.reducer.people(here.desk.frozen.checked(batch.freeze.annotations))  # type: ignore[union-attr]
    names = {person: account for (_, account), person in here.desk.ledger.identities.accounts().items()}
    numbers = here.desk.reducer.item_numbers(here.desk.frozen.checked(batch.freeze.annotations))  # type: ignore[union-attr]
    wanted = {(numbers[each.item], each.account): (each.seconds, each.label) for each in said}  # type: ignore[index]
    rows = zip(
        timed.answers.item.tolist(), timed.answers.annotator.tolist(), timed.seconds.tolist(),
        timed.answers.label.tolist(), strict=True,
    )  # fmt: skip
    assert {(item, names[people[who]]): (s, batch.labels[label]) for item, who, s, label in rows} == wanted


def test_without_times_speed_and_runs_are_not_judged_and_it_is_said(here: Place) -> None:
    bare = [replace(each, seconds=None, at=None) for each in world()]
    frozen_batch(here.desk, answers=bare)
    report = annotator_report(here.desk, "b1")
    assert all(each.speed is None and each.run is None for each in report.annotators)
    texts = [str(note) for note in report.notes]
    assert any("carries the time" in text for text in texts)
    assert any("when it was made" in text for text in texts)
    assert "copies" in codes(report)[COPYING]


def test_days_alone_do_not_say_in_which_order_somebody_worked(here: Place) -> None:
    frozen_batch(here.desk, answers=[replace(each, at=MONDAY) for each in world()])
    report = annotator_report(here.desk, "b1")
    assert all(each.run is None for each in report.annotators)
    assert any("9 annotators" in str(note) for note in report.notes)


def test_the_figures_stand_beside_the_flags(here: Place) -> None:
    said = world()
    import_gold(here.desk, [(f"q-{at:03}", _majority(said, f"q-{at:03}")) for at in range(60)])
    frozen_batch(here.desk, answers=said)
    report = annotator_report(here.desk, "b1")
    for each in report.annotators:
        for figure in (each.agreement, each.gold, each.gold_shrunken, each.accuracy, each.information, each.without):
            assert isinstance(figure, Estimate)
        assert each.gold.n == 60
        assert each.annotations == ITEMS
    careless = of(report, FAST)
    assert careless.median_seconds is not None
    assert careless.median_seconds < 1
    assert careless.speed is not None
    assert (careless.speed.fast, careless.speed.timed) == (ITEMS, ITEMS)
    # drawn towards the team: the worst rise, the best fall
    best = max(report.annotators, key=lambda each: each.gold.point)  # type: ignore[union-attr]
    worst = min(report.annotators, key=lambda each: each.gold.point)  # type: ignore[union-attr]
    assert worst.gold_shrunken.point > worst.gold.point  # type: ignore[union-attr]
    assert best.gold_shrunken.point < best.gold.point  # type: ignore[union-attr]
    assert isinstance(report.alpha, Estimate)
    for each in report.annotators:
        assert each.change == pytest.approx(each.without.point - report.alpha.point, abs=1e-9)  # type: ignore[union-attr]


def _majority(said: list[Answer], item: str) -> str:
    votes = [each.label for each in said if each.item == item and each.account in STEADY]
    return max(sorted(set(votes)), key=votes.count)


def test_without_gold_the_figure_says_so(here: Place) -> None:
    frozen_batch(here.desk, answers=world(odd=False))
    for each in annotator_report(here.desk, "b1").annotators:
        assert isinstance(each.gold, Unknown)
        assert each.gold.reason == "no-gold"


def test_answers_that_are_no_labels_are_refused(here: Place) -> None:
    declare_batch(here.desk, "t", kind=Kind.FUNCTIONAL, release="", organizer="Org", answers=ControlKind.TEXT)
    take_in(here.desk, [Answer("q-1", who, f"text {who}") for who in STEADY], name="t.csv")
    freeze_batch(here.desk, "t")
    with pytest.raises(InsufficientData, match="not single declared labels"):
        annotator_report(here.desk, "t")


def test_the_week_names_them_too(here: Place) -> None:
    frozen_batch(here.desk, answers=world())
    here.clock.now = MONDAY + timedelta(days=5)
    found = week_codes(here)
    assert "copies" in found[COPYING]
    assert "straight-lining" in found[DRAGGING]
    assert "fast" in found[FAST]  # beside another reason
    assert found[STEADY[3]] == set()


def test_speed_alone_is_no_reason_in_the_week(here: Place) -> None:
    hasty = [replace(each, seconds=0.5) if each.account == STEADY[3] else each for each in world(odd=False)]
    frozen_batch(here.desk, answers=hasty)
    here.clock.now = MONDAY + timedelta(days=5)
    assert not any(week_codes(here).values())
    assert codes(annotator_report(here.desk, "b1"))[STEADY[3]] == {"fast"}


def test_what_is_too_large_for_the_week_is_left_out_and_named(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    frozen_batch(here.desk, answers=world())
    here.clock.now = MONDAY + timedelta(days=5)
    monkeypatch.setattr(weekly, "QUICK", 100)
    made = summarise(here.desk, week_period("2026-W47", "Asia/Shanghai"))
    assert all(flag.code not in ("copies", "straight-lining") for line in made.annotators for flag in line.flags)
    assert ["b1" in str(note) for note in made.notes] == [True]


def test_nothing_can_be_said_of_one_person_alone(here: Place) -> None:
    frozen_batch(here.desk, answers=[each for each in world(odd=False) if each.account == STEADY[0]])
    report = annotator_report(here.desk, "b1")
    (only,) = report.annotators
    assert isinstance(only.accuracy, Unknown)
    assert only.accuracy.reason == "nothing-to-compare"
    assert isinstance(only.agreement, Unknown)
    found = checked(timed_answers(here.desk, read_state(here.desk).batch("b1")))
    assert found.copies == ()

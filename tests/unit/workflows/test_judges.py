"""A model that labels is held against people and stands apart from them: its accuracy, its leanings, the human ceiling."""

from __future__ import annotations

import numpy as np
import pytest

from labelqa.records.consensus import AnnotatorReport, ModelFigures
from labelqa.records.estimate import Estimate, Unknown
from labelqa.records.people import Duty
from labelqa.records.reductions import Subset
from labelqa.stats.judges import human_ceiling
from labelqa.workflows.annotator_report import annotator_report
from labelqa.workflows.imports import import_gold
from labelqa.workflows.people import add_person
from labelqa.workflows.state import read_state
from labelqa.workflows.summarise import summarise, week_period
from tests.building import Answer, frozen_batch
from tests.unit.workflows.conftest import Place

LABELS = ("accept", "incomplete", "inaccurate")
PEOPLE = ("p1@x", "p2@x", "p3@x")
JUDGE = {"file": "judge@x"}


def answers(
    *, right: float = 0.9, items: int = 150, suggested: int = 0, seed: int = 2
) -> tuple[dict[str, str], list[Answer]]:
    """Three people right in nine of ten, and a model that is right in ``right`` and otherwise says "accept"; the first
    ``suggested`` items were begun from its suggestion, and people left it as it was."""
    rng = np.random.default_rng(seed)
    truth, said = {}, []
    for at in range(items):
        item, label = f"q-{at:03}", LABELS[int(rng.integers(3))]
        truth[item] = label
        model = label if rng.random() < right else "accept"
        said.append(Answer(item, JUDGE["file"], model))
        for who in PEOPLE:
            own = label if rng.random() < 0.9 else LABELS[int(rng.integers(3))]
            prompted = at < suggested
            said.append(
                Answer(item, who, model if prompted else own, origin="prelabelled-unchanged" if prompted else "")
            )
    return truth, said


def report(here: Place, said: list[Answer], *, gold: dict[str, str] | None = None) -> AnnotatorReport:
    add_person(here.desk, "judge", organizer="Org", duties=[Duty.EXECUTOR], accounts=JUDGE, model="judge@2026-10")
    import_gold(here.desk, list((gold or {}).items()))
    frozen_batch(here.desk, answers=said)
    return annotator_report(here.desk, "b1")


def model(found: AnnotatorReport) -> ModelFigures:
    (only,) = found.models
    return only


def test_a_model_is_no_line_among_the_people(here: Place) -> None:
    found = report(here, answers()[1])
    assert {each.name for each in found.annotators} == set(PEOPLE)
    assert (model(found).name, model(found).model, model(found).annotations) == ("judge", "judge@2026-10", 150)
    assert found.annotations == 450
    assert any("never counts as a reviewer" in str(note) for note in found.notes)


def test_against_gold_it_is_right_as_often_as_counted(here: Place) -> None:
    truth, said = answers(right=0.8)
    gold = dict(list(truth.items())[:100])
    found = model(report(here, said, gold=gold))
    right = sum(each.label == gold[each.item] for each in said if each.account == JUDGE["file"] and each.item in gold)
    assert isinstance(found.gold, Estimate)
    assert (found.gold.point, found.gold.n) == (right / 100, 100)
    assert found.reference == "gold"
    lean = {each.label: each.bias for each in found.leans}
    extra = sum(each.label == "accept" for each in said if each.account == JUDGE["file"] and each.item in gold)
    extra -= sum(label == "accept" for label in gold.values())
    assert isinstance(lean["accept"], Estimate)
    assert lean["accept"].point == pytest.approx(extra / 100)
    assert lean["accept"].low > 0


def test_without_gold_it_is_held_against_people_s_majority(here: Place) -> None:
    found = model(report(here, answers()[1]))
    assert isinstance(found.gold, Unknown)
    assert isinstance(found.majority, Estimate)
    assert found.reference == "majority"
    assert len(found.leans) == 5  # every declared label


def test_a_model_as_good_as_people_is_confirmed_and_a_poor_one_is_not(here: Place) -> None:
    found = model(report(here, answers(right=0.97, items=400)[1]))
    assert found.confirmed is True
    assert isinstance(found.difference, Estimate)
    assert found.difference.low > -found.margin


def test_a_poor_model_is_not_confirmed(here: Place) -> None:
    made = report(here, answers(right=0.6)[1])
    found = model(made)
    assert found.confirmed is False
    assert isinstance(found.with_people, Estimate)
    assert isinstance(found.among_people, Estimate)
    assert found.with_people.point < found.among_people.point
    batch = read_state(here.desk).batch("b1")
    every = here.desk.reducer.answers(
        here.desk.frozen.checked(batch.freeze.annotations), batch.labels, subset=Subset()  # type: ignore[union-attr]
    )  # fmt: skip
    judge = here.desk.reducer.people(here.desk.frozen.checked(batch.freeze.annotations)).index(found.person)  # type: ignore[union-attr]
    assert found.difference == human_ceiling(every, judge, [judge]).difference
    assert made.sides is not None
    assert made.sides.across.point == pytest.approx(found.with_people.point)  # type: ignore[union-attr]
    assert isinstance(made.sides.models, Unknown)
    assert made.sides.models.reason == "no-overlap"


def test_items_begun_from_its_suggestion_do_not_count_for_it(here: Place) -> None:
    truth, said = answers(right=0.5, suggested=100)
    found = model(report(here, said, gold=truth))
    assert found.gold.n == 150
    assert isinstance(found.with_people, Estimate)
    assert found.with_people.n == 50  # those that people answered afresh
    assert found.confirmed is False


def test_where_all_was_suggested_people_say_nothing_of_it(here: Place) -> None:
    made = report(here, answers(items=40, suggested=40)[1])
    found = model(made)
    assert found.confirmed is None
    assert isinstance(found.majority, Unknown)
    assert found.majority.reason == "all-prelabelled"
    assert made.sides is None


def test_a_model_is_nobody_s_neighbour_and_no_part_of_the_team(here: Place) -> None:
    """However poor, it flags nobody and is not flagged: not in the batch, not in the week."""
    truth, said = answers(right=0.1, items=120)
    made = report(here, said, gold=truth)
    assert all(not each.flags for each in made.annotators)
    lines = summarise(here.desk, week_period("2026-W47", "Asia/Shanghai")).annotators
    told = {line.name: line for line in lines}
    assert not told["judge"].flags
    assert isinstance(told["judge"].gold, Estimate)  # it is still held against gold
    assert told["judge"].gold.point < 0.6
    for who in PEOPLE:  # who are not registered
        assert {flag.code for flag in told[who].flags} == {"unqualified"}

"""Models beside people: registered apart, frozen with their origin, without a vote; pre-labelled items told apart."""

from __future__ import annotations

import pytest

from labelqa.errors import Refused
from labelqa.records.facts import Draft, PersonLeft
from labelqa.records.people import Duty, Standing
from labelqa.workflows.batches import batch_line
from labelqa.workflows.people import add_person, person_lines, record_training
from labelqa.workflows.state import read_state
from tests.building import ARBITRATOR, EXECUTORS, MONDAY, RELEASE, Answer, account, frozen_batch
from tests.unit.workflows.conftest import Place

JUDGE = {"file": "judge@example.com"}


def judge(here: Place) -> str:
    return add_person(
        here.desk, "judge", organizer="Org", duties=[Duty.EXECUTOR], accounts=JUDGE, model="judge@2026-10"
    ).person


def answers(*, suggested: str = "") -> list[Answer]:
    """Two items with two people and the model, which disagrees; one item that the model alone answered."""
    people = [
        Answer(item, account(who), "accept", at=MONDAY, origin=suggested if item == "q-1" else "")
        for item in ("q-1", "q-2")
        for who in EXECUTORS[:2]
    ]
    return people + [Answer(item, JUDGE["file"], "incomplete", at=MONDAY) for item in ("q-1", "q-2", "q-3")]


def frozen(here: Place, said: list[Answer]):
    batch = frozen_batch(here.desk, answers=said)
    rows = here.desk.frozen.read(batch.freeze.annotations).to_pylist()
    return batch, rows, here.desk.frozen.read(batch.freeze.items).to_pylist()


def test_a_model_holds_no_duty_but_labeling_and_needs_no_training(here: Place) -> None:
    with pytest.raises(Refused, match="never review"):
        add_person(here.desk, "judge", organizer="Org", duties=[Duty.REVIEWER], accounts={}, model="judge@1")
    person = judge(here)
    assert read_state(here.desk).people[person].model == "judge@2026-10"
    assert [each.standing for each in person_lines(here.desk) if each.person == person] == [Standing.MODEL]
    with pytest.raises(Refused, match="validated against people"):
        record_training(here.desk, person, RELEASE, at=MONDAY, organizer="Org")


def test_a_model_s_answers_are_frozen_but_have_no_vote_and_need_no_qualification(here: Place) -> None:
    person = judge(here)
    batch, rows, items = frozen(here, answers())
    assert {row["person"] for row in rows if row["origin"] == "machine"} == {person}
    assert [(item["item_id"], item["label"], item["annotations"]) for item in items] == [
        ("q-1", "accept", 2),
        ("q-2", "accept", 2),
    ]
    assert batch.freeze.origins == {"human": 4, "machine": 2}
    assert batch_line(here.desk, "b1").unqualified == 0


def test_somebody_who_leaves_makes_no_model_s_answer_unqualified_work(here: Place) -> None:
    judge(here)
    frozen(here, answers())
    body = PersonLeft(person=here.people[EXECUTORS[2]], reason="left", revoked=[], by=here.people[ARBITRATOR])
    subjects = (f"person:{body.person}",)
    here.desk.ledger.append([Draft(body=body, subjects=subjects, actor="lead")], now=here.clock())
    assert batch_line(here.desk, "b1").unqualified == 0


def test_items_that_models_alone_answered_stay_out_and_are_counted(here: Place) -> None:
    judge(here)
    batch, _, _ = frozen(here, answers())
    assert {each.reason: each.count for each in batch.freeze.exclusions} == {"machine-only": 1}
    assert batch.freeze.n_items == 2


def test_an_item_is_pre_labelled_when_anybody_began_from_a_suggestion(here: Place) -> None:
    judge(here)
    batch, rows, _ = frozen(here, answers(suggested="prelabelled-unchanged"))
    assert {row["item_id"] for row in rows if row["prelabelled"]} == {"q-1"}
    assert batch.freeze.items_prelabelled == 1
    assert batch.freeze.origins == {"prelabelled-unchanged": 2, "human": 2, "machine": 2}

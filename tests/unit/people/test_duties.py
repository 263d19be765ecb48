"""One duty a person in a batch; verifiers are qualified reviewers without any part in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from labelqa.people.duties import duty_conflicts, eligible_verifiers, why_not_verifier
from labelqa.records.names import PersonId, ReleaseName
from labelqa.records.people import Duty, Person, Qualification, Standing

NOON = datetime(2026, 11, 9, 12, tzinfo=UTC)
ANN, BOB, CAT = PersonId("p-ann"), PersonId("p-bob"), PersonId("p-cat")


def person(name: PersonId, *duties: Duty, since: datetime = NOON) -> Person:
    return Person(person=name, organizer="us", duties=frozenset(duties), since=since)


def qualified(name: PersonId, standing: Standing = Standing.QUALIFIED, until: datetime | None = None) -> Qualification:
    return Qualification(
        person=name, release=ReleaseName("a@1"), standing=standing, since=NOON, until=until, facts=(1, 2)
    )


def test_two_duties_in_one_batch_are_a_finding_each_person_once() -> None:
    found = duty_conflicts(
        {Duty.EXECUTOR: [ANN, BOB, ANN], Duty.REVIEWER: [BOB, CAT], Duty.SUPERVISOR: [BOB], Duty.ARBITRATOR: []}
    )
    assert [(each.code, each.place.subject) for each in found] == [("duty-conflict", "person:p-bob")]
    assert str(found[0].message) == "p-bob held several duties in one batch: annotator, reviewer, supervisor"


def test_separate_duties_are_fine() -> None:
    assert duty_conflicts({Duty.EXECUTOR: [ANN], Duty.REVIEWER: [BOB]}) == []
    assert duty_conflicts({}) == []


def test_the_pool_is_sorted_and_holds_only_the_eligible() -> None:
    people = [person(name, Duty.REVIEWER) for name in (CAT, ANN, BOB)]
    standings = {each.person: qualified(each.person) for each in people}
    assert eligible_verifiers(people, standings, [], NOON) == (ANN, BOB, CAT)
    assert eligible_verifiers(people, standings, [BOB], NOON) == (ANN, CAT)
    assert eligible_verifiers(people, {**standings, ANN: qualified(ANN, Standing.EXPIRED)}, [], NOON) == (BOB, CAT)
    assert eligible_verifiers(people, {ANN: standings[ANN]}, [], NOON) == (ANN,)


def test_executors_can_be_admitted_by_declaration() -> None:
    people, standings = [person(ANN, Duty.EXECUTOR)], {ANN: qualified(ANN)}
    assert eligible_verifiers(people, standings, [], NOON) == ()
    assert eligible_verifiers(people, standings, [], NOON, duties=frozenset({Duty.EXECUTOR})) == (ANN,)


def test_every_reason_is_given() -> None:
    late = person(ANN, Duty.EXECUTOR, since=NOON + timedelta(seconds=1))
    assert [str(each) for each in why_not_verifier(late, None, {ANN}, NOON)] == [
        "p-ann was not on duty yet",
        "p-ann has no duty that checks labels",
        "p-ann took part in the batch",
        "p-ann is not qualified under the batch's release",
    ]


def test_a_qualification_holds_from_its_beginning_up_to_its_end() -> None:
    ann = person(ANN, Duty.REVIEWER, since=NOON - timedelta(days=9))
    ending = qualified(ANN, until=NOON + timedelta(hours=1))
    assert why_not_verifier(ann, ending, (), NOON) == []
    assert why_not_verifier(ann, ending, (), NOON - timedelta(seconds=1))
    assert why_not_verifier(ann, ending, (), NOON + timedelta(hours=1))

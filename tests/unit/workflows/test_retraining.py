"""Who must be retrained for a changed rulebook, what each still lacks, and by when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from labelqa.errors import BadInput
from labelqa.records.facts import Draft
from labelqa.records.governance import RulebookReleased
from labelqa.records.names import PersonId
from labelqa.records.people import Duty, Standing
from labelqa.workflows.alerts import alerts
from labelqa.workflows.people import add_person, person_lines, record_exam, record_training
from labelqa.workflows.retraining import Lack, Retraining, retraining
from labelqa.workflows.state import read_state
from tests.building import ARBITRATOR, EXECUTORS, RELEASE, REVIEWERS
from tests.unit.workflows.conftest import Place

NEW = "genai-sft@2.0.0"
ALL = {*EXECUTORS, *REVIEWERS, ARBITRATOR}


def released(here: Place, version: str, *, material: bool, days: float = 0, until: float | None = None) -> None:
    """A release as its fact tells it, counting so many days from now."""
    now = here.clock.now
    body = RulebookReleased(
        name="genai-sft", version=version, kind="functional", digest="0" * 64, title={"zh": "新", "en": "New"},
        control="quality", labels=["accept", "bad"], rules=1, examples=1, material=material, previous="1.0.0",
        effective_from=(now + timedelta(days=days)).isoformat(),
        previous_until="" if until is None else (now + timedelta(days=until)).isoformat(),
    )  # fmt: skip
    draft = Draft(body=body, subjects=("rulebook:genai-sft", f"release:genai-sft@{version}"), actor="test")
    here.desk.ledger.append([draft], now=here.desk.clock())


def taught(here: Place, name: str, *, score: float | None = None) -> None:
    record_training(here.desk, here.people[name], NEW, at=here.clock.now, organizer="Org")
    if score is not None:
        record_exam(here.desk, here.people[name], NEW, at=here.clock.now, score=score, pass_mark=0.8)


def names(told: Retraining) -> set[str]:
    return {each.name for each in told.people}


def test_everybody_who_was_qualified_is_named_until_they_are_again(here: Place):
    add_person(here.desk, "Newcomer", organizer="Org", duties=[Duty.EXECUTOR], accounts={})
    add_person(here.desk, "Bot", organizer="Org", duties=[Duty.EXECUTOR], accounts={}, model="bot 1")
    released(here, "2.0.0", material=True, days=7, until=14)
    told = retraining(here.desk, NEW)
    assert names(told) == ALL
    assert told.concerned == len(ALL)
    assert told.previous == RELEASE
    assert told.previous_until is not None
    assert told.previous_until - told.effective_from == timedelta(days=7)
    first = next(each for each in told.people if each.name == EXECUTORS[0])
    assert (first.before, first.now, first.duties) == (Standing.QUALIFIED, Standing.WRONG_RELEASE, (Duty.EXECUTOR,))
    assert first.lacks == (Lack.TRAINING, Lack.EXAM)
    taught(here, EXECUTORS[0], score=0.9)
    taught(here, EXECUTORS[1])
    taught(here, EXECUTORS[2], score=0.1)
    again = retraining(here.desk, NEW)
    assert names(again) == ALL - {EXECUTORS[0]}
    assert again.concerned == len(ALL)
    lacks = {each.name: (each.now, each.lacks) for each in again.people}
    assert lacks[EXECUTORS[1]] == (Standing.NOT_EXAMINED, (Lack.EXAM,))
    assert lacks[EXECUTORS[2]] == (Standing.FAILED, (Lack.EXAM,))


def test_who_went_stale_is_still_named_and_who_had_expired_is_not(here: Place):
    released(here, "2.0.0", material=True, days=1, until=2)
    here.clock.now += timedelta(days=3)
    told = retraining(here.desk, NEW)
    assert names(told) == ALL
    assert {each.before for each in told.people} == {Standing.STALE}
    here.clock.now -= timedelta(days=3)


def test_who_had_expired_before_is_not_retrained_but_begins_anew(here: Place):
    here.clock.now += timedelta(days=here.desk.settings.qualification_days + 30)
    released(here, "2.0.0", material=True, days=1, until=2)
    told = retraining(here.desk, NEW)
    assert (told.concerned, told.people) == (0, ())


def test_everybody_done_leaves_an_empty_list(here: Place):
    released(here, "2.0.0", material=True)
    for name in ALL:
        taught(here, name, score=0.9)
    told = retraining(here.desk, NEW)
    assert (told.people, told.concerned, told.previous_until) == ((), len(ALL), None)


@pytest.mark.parametrize("version", ["1.0.1", "1.1.0"])
def test_a_release_that_changes_no_meaning_retrains_nobody(here: Place, version: str):
    released(here, version, material=False, until=1)
    told = retraining(here.desk, f"genai-sft@{version}")
    assert (told.new_line, told.people, told.concerned) == (False, (), 0)
    here.clock.now += timedelta(days=30)  # the old release has ended, its line has not
    lines = {each.name: each.standing for each in person_lines(here.desk)}
    assert {lines[name] for name in ALL} == {Standing.QUALIFIED}


def test_a_new_major_version_is_a_new_line_whatever_was_changed(here: Place):
    released(here, "2.0.0", material=False)
    assert names(retraining(here.desk, NEW)) == ALL


def test_the_first_release_retrains_nobody(here: Place):
    told = retraining(here.desk, RELEASE)
    assert (told.previous, told.people, told.previous_until) == ("", (), None)


def test_a_release_that_was_never_made(here: Place):
    with pytest.raises(BadInput, match=r"genai-sft@7.0.0 is not released"):
        retraining(here.desk, "genai-sft@7.0.0")


def test_the_end_is_seen_coming_in_the_list_of_people(here: Place):
    person: PersonId = here.people[EXECUTORS[0]]
    before = {each.person: each for each in person_lines(here.desk)}[person]
    assert not before.replaced
    released(here, "2.0.0", material=True, days=1, until=2)
    line = {each.person: each for each in person_lines(here.desk)}[person]
    assert (line.standing, line.replaced) == (Standing.QUALIFIED, True)
    assert line.until is not None
    assert before.until is not None
    assert line.until < before.until
    here.clock.now = line.until
    assert {each.person: each for each in person_lines(here.desk)}[person].standing is Standing.STALE


def warned(here: Place) -> dict[str, str]:
    """Who is named as running out of a qualification, and how."""
    found = alerts(
        read_state(here.desk), batches=(), annotators=(), people=person_lines(here.desk), unbatched=(),
        start=here.clock.now - timedelta(days=7), end=here.clock.now,
    )  # fmt: skip
    told = [each.message for each in found if each.code == "expiring"]
    return {str(each.values["name"]): str(each) for each in told}


def test_alerts_name_the_end_beforehand_until_the_next_qualification_is_held(here: Place):
    assert warned(here) == {}
    released(here, "2.0.0", material=True, days=40, until=45)
    assert warned(here) == {}  # more than thirty days away
    here.clock.now += timedelta(days=20)
    assert set(warned(here)) == ALL
    assert warned(here)[EXECUTORS[0]].endswith("under genai-sft@1.0.0 ends soon, with that release")
    taught(here, EXECUTORS[0], score=0.9)
    assert set(warned(here)) == ALL - {EXECUTORS[0]}
    here.clock.now += timedelta(days=30)
    assert warned(here)[EXECUTORS[1]].endswith("under genai-sft@1.0.0 has ended with that release")
    assert EXECUTORS[0] not in warned(here)

"""Training sessions, lists and statements: recorded once, whole or not at all, and found again by session and person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from labelqa.errors import BadInput, Refused
from labelqa.records.facts import ReleaseAcknowledged, TrainingHeld, TrainingRecorded
from labelqa.records.names import PersonId
from labelqa.records.people import Duty
from labelqa.records.personnel import Topic
from labelqa.records.training import Demand
from labelqa.workflows.desk import Desk
from labelqa.workflows.people import add_person
from labelqa.workflows.state import read_state
from labelqa.workflows.training.exported import Event, badge_facts, learning_records
from labelqa.workflows.training.lists import TrainingRow, import_trainings
from labelqa.workflows.training.matrix import training_matrix
from labelqa.workflows.training.sessions import SessionTerms, acknowledge_release, hold_session, session_line, sessions
from labelqa.workflows.training.statements import Said, StatementRow, StatementTerms, import_statements
from tests.building import EXECUTORS, MONDAY, RELEASE, account

START = MONDAY - timedelta(days=3)


def terms(**more: Any) -> SessionTerms:
    told = {
        "title": "Opening", "topics": ["platform", "rule-safety"], "releases": [RELEASE], "organizer": "Provider Co",
        "starts": START, "ends": START + timedelta(hours=2), "provider": True, "trainer": "Outside Trainer",
        "minutes": "Ann asked about irony.",
    }  # fmt: skip
    return SessionTerms(**(told | more))


def two(here: Any) -> list[PersonId]:
    return [here.people[name] for name in EXECUTORS[:2]]


def test_a_session_trains_whoever_attended(desk: Desk, here: Any) -> None:
    before = desk.ledger.head()[0]
    line = hold_session(desk, terms(), attended=two(here), absent=[here.people[EXECUTORS[2]]])
    assert (line.attended, line.absent) == (EXECUTORS[:2], EXECUTORS[2:])
    assert (line.trainer, line.minutes) == ("Outside Trainer", "Ann asked about irony.")
    held, *trained = desk.ledger.facts()[before:]
    assert isinstance(held.body, TrainingHeld)
    assert [fact.body.person for fact in trained] == two(here)
    assert {fact.body.session for fact in trained} == {line.session}
    assert all(fact.body.provider and fact.effective_at == START + timedelta(hours=2) for fact in trained)
    assert [each.session for each in sessions(desk)] == [line.session]
    text = "".join(row[6] for row in desk.ledger.rows())
    assert "Outside Trainer" not in text
    assert "irony" not in text


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"topics": ["yoga"]}, "yoga: not a topic of a training; the topics are rule-safety, platform"),
        ({"topics": []}, "at least one topic"),
        ({"releases": []}, "at least one release"),
        ({"releases": ["nothing@1.0.0"]}, "not released"),
        ({"ends": START - timedelta(hours=1)}, "ends before it starts"),
        ({"ends": MONDAY + timedelta(days=900)}, "lies in the future"),
        ({"title": " "}, "title: 1 to 200"),
        ({"organizer": "a\nb"}, "organizer: 1 to 200"),
    ],
)
def test_terms_that_cannot_be_are_refused_and_nothing_is_written(desk: Desk, here: Any, more: dict, why: str) -> None:
    before = desk.ledger.head()
    with pytest.raises(BadInput, match=why):
        hold_session(desk, terms(**more), attended=two(here))
    assert desk.ledger.head() == before


def test_a_session_is_held_once_by_somebody_for_people(desk: Desk, here: Any) -> None:
    judge = add_person(desk, "Judge", organizer="Org", duties=[Duty.EXECUTOR], accounts={}, model="j@1").person
    hold_session(desk, terms(), attended=two(here), session="first")
    for attended, absent, error in (([], [], BadInput), (two(here), two(here), BadInput), ([judge], [], Refused)):
        with pytest.raises(error):
            hold_session(desk, terms(), attended=attended, absent=absent, session="second")
    with pytest.raises(Refused, match="on record already"):
        hold_session(desk, terms(), attended=two(here), session="first")
    with pytest.raises(BadInput, match="no session is called second"):
        session_line(desk, "second")


def row(name: str, **more: Any) -> TrainingRow:
    told = {"person": name, "release": RELEASE, "at": START, "topics": ("platform",), "organizer": "Org"}
    return TrainingRow(**(told | more))


def test_a_list_of_sessions_is_read_once_and_added_to_later(desk: Desk) -> None:
    mine = [row(name, session="s-1", title="Opening", starts=START, provider=True) for name in EXECUTORS[:2]]
    done = import_trainings(desk, mine)
    assert (done.added, done.unchanged, done.findings) == (2, 0, ())
    assert import_trainings(desk, mine).unchanged == 2
    absent = row(EXECUTORS[2], session="s-1", attended=False)
    assert import_trainings(desk, [*mine, absent]).added == 1  # an absence is recorded too
    assert session_line(desk, "s-1").absent == (EXECUTORS[2],)
    done = import_trainings(desk, [*mine, replace(absent, attended=True)])
    assert (done.added, done.unchanged) == (1, 2)
    line = session_line(desk, "s-1")
    assert (set(line.attended), line.absent, len(line.trained)) == (set(EXECUTORS), (), 3)
    assert len(sessions(desk)) == 1


def test_rows_that_cannot_be_taken_leave_the_others(desk: Desk) -> None:
    before = desk.ledger.head()[0]
    rows = [
        row(EXECUTORS[0]), row("Nobody"), row(EXECUTORS[1], topics=("yoga",)), row(EXECUTORS[1], release="no@1.0.0"),
        row(EXECUTORS[1], at=None), row(EXECUTORS[0]),
        row(EXECUTORS[0], session="s", trainer="One"), row(EXECUTORS[1], session="s", trainer="Two"),
    ]  # fmt: skip
    done = import_trainings(desk, rows)
    assert (done.added, done.unchanged, len(done.findings)) == (1, 1, 6)
    assert desk.ledger.head()[0] == before + 1
    assert "different things under trainer: One and Two" in str(done.findings[-1].message)


def test_another_training_of_the_day_is_one_and_another_holder_is_a_conflict(desk: Desk, here: Any) -> None:
    first, other = row(EXECUTORS[0]), row(EXECUTORS[0], topics=("task-rules", "tool-use"), organizer="Else")
    done = import_trainings(desk, [first, other, first, replace(first, topics=(), organizer="")])
    assert (done.added, done.unchanged, done.findings) == (2, 2, ())
    assert len(read_state(desk).trainings[here.people[EXECUTORS[0]]]) == 3  # one of the opening week
    for more, why in (({"organizer": "Else"}, "by Org is known"), ({"provider": True}, "the provider held it")):
        done = import_trainings(desk, [replace(first, **more)])
        assert (done.added, done.unchanged) == (0, 0)
        assert why in str(done.findings[0].message)


def test_rows_that_tell_otherwise_of_a_session_on_record_are_refused(desk: Desk) -> None:
    held = row(EXECUTORS[0], session="s-1", title="Opening", starts=START)
    import_trainings(desk, [held])
    for more, why in (
        ({"topics": ("tool-use",)}, "with platform under topics, and the rows say tool-use"),
        ({"organizer": "Else"}, "with Org under organizer, and the rows say Else"),
        ({"title": "Second"}, "under title"),
    ):
        done = import_trainings(desk, [replace(held, **more)])
        assert (done.added, done.unchanged) == (0, 0)
        assert why in str(done.findings[0].message)
    assert import_trainings(desk, [replace(held, topics=(), organizer="", title="")]).unchanged == 1


def statement(number: int, said: Said, who: str, **more: Any) -> StatementRow:
    told = {
        "id": f"00000000-0000-4000-8000-{number:012}", "said": said, "at": START, "account": account(who),
        "home": "https://lms.example.com", "release": RELEASE,
    }  # fmt: skip
    return StatementRow(**(told | more))


def test_statements_count_once_by_their_ids(desk: Desk) -> None:
    rows = [
        statement(1, Said.ATTENDED, EXECUTORS[0], topics=("platform",)),
        statement(2, Said.PASSED, EXECUTORS[0], score=0.9, pass_mark=0.8),
        statement(3, Said.ACKNOWLEDGED, EXECUTORS[1]),
    ]
    done = import_statements(desk, [*rows, rows[0]], StatementTerms())
    assert (done.added, done.unchanged, done.findings) == (3, 1, ())
    kinds = {type(fact.body) for fact in desk.ledger.facts()[-3:]}
    assert {TrainingRecorded, ReleaseAcknowledged} < kinds
    assert desk.ledger.facts()[-2].body.attempt == 2  # the exam of the opening week was the first
    assert import_statements(desk, rows, StatementTerms()).unchanged == 3
    again = statement(4, Said.ACKNOWLEDGED, EXECUTORS[1])
    assert import_statements(desk, [again], StatementTerms()).added == 0


@pytest.mark.parametrize(
    ("said", "more", "why"),
    [
        (Said.ATTENDED, {"account": "stranger"}, "nobody here has the account https://lms.example.com=stranger"),
        (Said.ATTENDED, {"release": ""}, "names no release"),
        (Said.ATTENDED, {"topics": ("yoga",)}, "not a topic"),
        (Said.SCORED, {}, "no score"),
        (Said.SCORED, {"score": 0.5}, "no pass mark"),
        (Said.PASSED, {"score": 0.5, "pass_mark": 0.8}, "contradict what it says"),
        (Said.SCORED, {"score": 0.9, "pass_mark": 0.8, "success": False}, "contradict what it says"),
        (Said.ATTENDED, {"at": MONDAY + timedelta(days=900)}, "future"),
    ],
)
def test_statements_that_cannot_be_taken_are_findings(desk: Desk, said: Said, more: dict, why: str) -> None:
    before = desk.ledger.head()
    done = import_statements(desk, [statement(1, said, EXECUTORS[0], **more)], StatementTerms())
    assert [each.code for each in done.findings] == ["XA004"]
    assert why in str(done.findings[0].message)
    assert desk.ledger.head() == before


def test_an_account_is_that_of_its_server(desk: Desk, here: Any) -> None:
    add_person(desk, "Other", organizer="Org", duties=[Duty.EXECUTOR], accounts={"lms": account(EXECUTORS[0])})
    rows = [statement(1, Said.ATTENDED, EXECUTORS[0])]
    done = import_statements(desk, rows, StatementTerms())
    assert "belongs to several people" in str(done.findings[0].message)
    assert import_statements(desk, rows, StatementTerms(servers={"https://lms.example.com": "file"})).added == 1
    assert desk.ledger.facts()[-1].body.person == here.people[EXECUTORS[0]]


def test_a_release_is_acknowledged_once(desk: Desk, here: Any) -> None:
    fact = acknowledge_release(desk, two(here)[0], RELEASE)
    assert fact.body.digest == read_state(desk).release(RELEASE).digest
    with pytest.raises(Refused, match="acknowledged"):
        acknowledge_release(desk, two(here)[0], RELEASE)


def test_the_matrix_tells_who_misses_what(desk: Desk, here: Any) -> None:
    hold_session(desk, terms(topics=list(Topic)), attended=two(here)[:1])
    found = training_matrix(desk, release=RELEASE)
    by_name = {each.name: each.coverage for each in found.people}
    assert by_name[EXECUTORS[0]].complete
    assert len(by_name[EXECUTORS[1]].gaps[Demand.GB_45674]) == 6
    assert (found.lines, len(found.people)) == (("genai-sft@1",), 7)
    assert training_matrix(desk, release=RELEASE, at=START).people[0].coverage.covered == {}


def test_what_is_told_to_others_has_pseudonyms(desk: Desk, here: Any) -> None:
    ann = two(here)[0]
    hold_session(desk, terms(), attended=[ann])
    records = learning_records(desk, person=ann)
    assert [each.event for each in records] == [Event.TRAINED, Event.EXAMINED, Event.TRAINED]
    assert {each.name for each in records} == {""}
    assert records[-1].minutes == 120
    assert {each.name for each in learning_records(desk, person=ann, names=True)} == {EXECUTORS[0]}
    badge = badge_facts(desk, ann, RELEASE)
    assert [kind for _, kind, _ in badge.evidence] == ["training.recorded", "exam.recorded"]
    stranger = add_person(desk, "New", organizer="Org", duties=[Duty.EXECUTOR], accounts={}).person
    with pytest.raises(Refused, match="not qualified"):
        badge_facts(desk, stranger, RELEASE)

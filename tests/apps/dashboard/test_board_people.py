"""The batch board and the people page: filters, hundreds of batches, a thousand people, and the answer to why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from labelqa.i18n import LANGS, Speaker
from labelqa.records.batch import Kind
from labelqa.records.people import Duty
from labelqa.records.personnel import QualificationAction
from labelqa.workflows.batches import declare_batch
from labelqa.workflows.board import board
from labelqa.workflows.desk import Desk
from labelqa.workflows.people import add_person
from labelqa.workflows.qualifying.deciding import Matter, decide
from labelqa.workflows.qualifying.why import why_qualified
from tests.building import EXECUTORS, RELEASE, REVIEWERS, Clock, agreeing, drawn_batch, new_desk, staffed

NASTY = "<b>x</b> [a](javascript:1)"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with new_desk(tmp_path / "ws", clock=Clock(datetime.now(UTC) - timedelta(days=1))) as desk:
        staffed(desk)
        yield desk


@pytest.mark.parametrize("lang", LANGS)
def test_the_board_shows_each_batch_in_its_stage(desk, open_page, everything, lang):
    drawn_batch(desk, "b1", answers=agreeing(120, at=desk.clock()))
    declare_batch(desk, "b2", kind=Kind.SAFETY, labels=["a", "b"], organizer=NASTY)
    app = open_page(desk, "board", lang=lang)
    assert {each.key for each in app.button} >= {"open-b1", "open-b2"}
    assert any(name in everything(app) for name in REVIEWERS)
    assert "<b>" not in everything(app).replace("\\", "&")
    app.button(key="open-b1").click().run()
    assert not app.exception
    assert [each.value for each in app.title] == [Speaker(lang)("Batch")]


def test_filters_narrow_the_board(desk, open_page):
    declare_batch(desk, "one", kind=Kind.SAFETY, labels=["a", "b"], organizer="First")
    declare_batch(desk, "two", kind=Kind.FUNCTIONAL, labels=["a", "b"], organizer="Second")
    app = open_page(desk, "board", organizer="First")
    assert {each.key for each in app.button if each.key} == {"open-one"}
    app.selectbox(key="pick-organizer").set_value("").run()
    app.selectbox(key="pick-kind").set_value("functional").run()
    assert {each.key for each in app.button if each.key} == {"open-two"}
    app.text_input(key="board-word").input("nothing").run()
    assert not [each for each in app.button if each.key]


def test_hundreds_of_batches_are_laid_out_some_and_listed_all(desk, open_page):
    for number in range(200):
        declare_batch(desk, f"b{number:03}", kind=Kind.FUNCTIONAL, labels=["a", "b"], organizer="Org")
    app = open_page(desk, "board")
    assert len([each for each in app.button if each.key]) == 8
    assert len(app.dataframe[0].value) == 192
    assert len(board(desk)) == 200


def test_an_empty_workspace_says_what_comes_first(empty, open_page, everything):
    assert "labelqa batch declare" in everything(open_page(empty, "board"))
    assert "labelqa people import" in everything(open_page(empty, "people"))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("section", ["standing", "topics", "expiring", "why"])
def test_each_section_of_the_people_page_is_laid_out(desk, open_page, section, lang):
    app = open_page(desk, "people", lang=lang, people=section)
    assert app.session_state["pick-people"] == section
    if section != "why":
        assert len(app.dataframe) == 1


def test_a_suspended_duty_is_seen_beside_the_others(desk, open_page):
    lead = add_person(desk, "Lea D", organizer="Org", duties=[Duty.SUPERVISOR], accounts={})
    matter = Matter(reason="other", release=RELEASE, duty=Duty.EXECUTOR, note="because")
    decide(desk, QualificationAction.SUSPEND, EXECUTORS[0], matter, by=lead.person)
    app = open_page(desk, "people")
    cells = dict(zip(app.dataframe[0].value["Person"], app.dataframe[0].value[RELEASE], strict=True))
    assert "suspended" in cells[EXECUTORS[0]]
    assert cells[EXECUTORS[0]][0] in "⚠✗"
    assert cells[EXECUTORS[1]].startswith("✓")


def test_why_is_the_answer_of_the_command_line(desk, open_page, everything):
    found = why_qualified(desk, EXECUTORS[0], release=RELEASE)[0]
    app = open_page(desk, "people", people="why", person=found.person)
    app.selectbox(key="why-release").set_value(RELEASE).run()
    assert not app.exception
    start = Speaker("en")(found.sentence).split(" on ")[0]
    assert start in app.success[0].value.replace("\\", "")
    assert list(app.dataframe[0].value["Fact"]) == [each.fact for each in found.facts]
    assert f"labelqa qualify why '{EXECUTORS[0]}' --release {RELEASE}" in everything(app)
    app.date_input(key="why-at").set_value(datetime(2020, 1, 1, tzinfo=UTC).date()).run()
    assert app.error


def test_a_thousand_people_come_page_by_page(desk, open_page):
    for number in range(400):
        add_person(
            desk, f"Person {number:03} {NASTY}", organizer=f"Org {number % 3}", duties=[Duty.EXECUTOR], accounts={}
        )
    app = open_page(desk, "people")
    assert len(app.dataframe[0].value) == 50
    app.number_input(key="people-page").set_value(9).run()
    assert len(app.dataframe[0].value) == 407 - 8 * 50
    app.text_input(key="people-word").input("person 399").run()
    assert len(app.dataframe[0].value) == 1
    app.text_input(key="people-word").input("nobody at all").run()
    assert app.info[0].value == "Nobody matches."

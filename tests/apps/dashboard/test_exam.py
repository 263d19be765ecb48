"""Sitting an exam on the page: one at a time, by oneself, with a result and without the key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from labelqa.errors import BadInput, Refused
from labelqa.i18n import LANGS, Speaker
from labelqa.records.facts import ExamBegun, ExamRecorded
from labelqa.records.review import Identity
from labelqa.rulebook.exam import KeyedPaper, chosen, shipped_questions
from labelqa.wiring import shipped
from labelqa.workflows.desk import Desk
from labelqa.workflows.exams import make_paper
from labelqa.workflows.people import find_person
from labelqa.workflows.rulebooks import find_source
from labelqa.workflows.training.papers import PaperTerms, compose_paper, register_paper
from labelqa.workflows.training.taking import hand_in, papers_for, sit_down
from tests.apps.dashboard.signing import signed_in, sound, with_logins
from tests.building import EXECUTORS, SAFETY

ANN, BOB = EXECUTORS[:2]


def paper(desk: Desk, *, each: int = 1) -> KeyedPaper:
    source = find_source(desk, SAFETY, start=Path.cwd(), shelf=shipped("rulebooks"))
    made, _ = compose_paper(
        source, drawn=make_paper(source, seed="s", n=4), written=chosen(shipped_questions(), each=each, seed="s"),
        seed="s", title="Opening",
    )  # fmt: skip
    register_paper(desk, made, PaperTerms(pass_mark=0.6, reason="the pilot", least={}, title=f"Opening {each}"))
    return made


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("LABELQA_WORKSPACE", str(tmp_path / "ws"))
    with with_logins(tmp_path / "ws", release=SAFETY) as desk:
        yield desk


@pytest.mark.parametrize("lang", LANGS)
def test_an_exam_is_sat_and_its_result_told(desk, everything, lang):
    made, say = paper(desk), Speaker(lang)
    app = signed_in(ANN, "exam", lang=lang)
    sound(app.button(key=f"begin-{made.digest[:12]}").click().run())
    assert len(app.radio) == len(made.questions) + 1  # and the language
    for each, radio in zip(made.questions, [one for one in app.radio if one.key != "pick-lang"], strict=True):
        radio.set_value(each.right)
    sound(app.run())
    sound(app.button(key="hand-in").click().run())
    (fact,) = [one for one in desk.ledger.view().of(ExamRecorded) if one.body.sitting]
    assert (fact.actor, fact.identity, fact.body.score) == (find_person(desk, ANN), Identity.AUTHENTICATED, 1.0)
    assert say("Result") in [each.value for each in app.subheader]
    assert len(app.dataframe[0].value) >= 2
    assert "[" in app.dataframe[0].value[say("Share right")][0]  # with its interval


def test_no_key_is_on_the_page_nor_in_the_session(desk):
    made = paper(desk)
    app = signed_in(ANN, "exam")
    sound(app.button(key=f"begin-{made.digest[:12]}").click().run())
    sitting = app.session_state["exam-sitting"]
    told = {name for each in sitting.questions for name in dir(each) if not name.startswith("_")}
    assert told == {"number", "key", "content", "choices"}


def test_open_questions_have_to_be_handed_in_on_purpose(desk):
    made = paper(desk)
    app = signed_in(ANN, "exam")
    sound(app.button(key=f"begin-{made.digest[:12]}").click().run())
    assert app.button(key="hand-in").disabled
    sound(app.checkbox[0].check().run())
    sound(app.button(key="hand-in").click().run())
    (fact,) = [one for one in desk.ledger.view().of(ExamRecorded) if one.body.sitting]
    assert fact.body.score == 0
    assert app.warning


def test_one_sitting_at_a_time_and_it_is_taken_up_again(desk):
    made, other = paper(desk), paper(desk, each=2)
    app = signed_in(ANN, "exam")
    sound(app.button(key=f"begin-{made.digest[:12]}").click().run())
    again = signed_in(ANN, "exam")
    assert again.button(key=f"begin-{other.digest[:12]}").disabled
    sound(again.button(key=f"begin-{made.digest[:12]}").click().run())
    assert len(desk.ledger.view().of(ExamBegun)) == 1
    with pytest.raises(Refused, match="under way"):
        sit_down(desk, other.digest, find_person(desk, ANN), lang="en")
    (first, second) = papers_for(desk, find_person(desk, ANN))
    assert (first.under_way, first.attempts, second.under_way) == (True, first.attempts, False)


def test_nobody_hands_in_for_somebody_else(desk):
    made = paper(desk)
    sitting = sit_down(desk, made.digest, find_person(desk, ANN), lang="en")
    with pytest.raises(BadInput, match="no exam was begun"):
        hand_in(desk, sitting.sitting, {}, find_person(desk, BOB))
    assert hand_in(desk, sitting.sitting, {}, find_person(desk, ANN)).exam.person == find_person(desk, ANN)


def test_without_papers_it_is_said_how_to_register_one(desk, everything):
    app = signed_in(ANN, "exam")
    assert "No exam paper" in app.info[0].value
    assert "labelqa exam register" in everything(app)


def test_without_a_login_no_exam_is_taken(empty, open_page):
    assert "no exam can be taken here" in open_page(empty, "exam").info[0].value

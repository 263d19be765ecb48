"""The door of the dashboard: read-only without logins; with them the form first, then what the roles allow."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from labelqa.i18n import LANGS, Speaker
from labelqa.records.facts import Draft, PersonLeft
from labelqa.records.logins import Role
from labelqa.records.people import Duty
from labelqa.records.review import Identity
from labelqa.wiring import create_workspace
from labelqa.workflows.desk import Desk
from labelqa.workflows.identity.logins import add_login, change_roles
from labelqa.workflows.people import add_person, find_person

ROOT = Path(__file__).resolve().parents[3]
SECRET, LEAD, HAND = "four quiet herons at dusk", "陈思远", "林 <b>一</b>"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A workspace with a lead and an annotator who can sign in."""
    monkeypatch.setenv("LABELQA_WORKSPACE", str(tmp_path / "ws"))
    with create_workspace(tmp_path / "ws", name="the workspace", env={}, clock=lambda: datetime.now(UTC)) as made:
        for name, duty in ((LEAD, Duty.SUPERVISOR), (HAND, Duty.EXECUTOR)):
            add_person(made, name, organizer="Org", duties=[duty], accounts={})
        add_login(made, LEAD, [Role.LEAD], SECRET, by=LEAD)
        add_login(made, HAND, [Role.EXECUTOR], SECRET, by=LEAD)
        yield made


def opened(lang: str = "en") -> AppTest:
    app = AppTest.from_file(str(ROOT / "dashboards" / "app.py"), default_timeout=60)
    app.query_params["lang"] = lang
    return sound(app.run())


def sound(app: AppTest) -> AppTest:
    assert [each.value for each in app.exception] == []
    return app


def sign_in(app: AppTest, who: str, password: str = SECRET) -> AppTest:
    app.text_input[0].input(who)
    app.text_input[1].input(password)
    return sound(app.button[0].click().run())


def seen(app: AppTest) -> set[str]:
    return {Path(each).stem for each in app.session_state["opened-pages"]}


@pytest.mark.parametrize("lang", LANGS)
def test_nothing_is_shown_before_somebody_signs_in(desk, everything, lang):
    app = opened(lang)
    say = Speaker(lang)
    assert [each.value for each in app.title] == [say("Sign in")]
    assert [each.proto.type for each in app.text_input] == [0, 1]  # the second shows dots
    assert "the workspace" not in everything(app)
    assert not app.dataframe
    assert not app.selectbox


def test_a_wrong_password_shows_one_sentence_and_no_page(desk):
    app = sign_in(opened(), LEAD, "four quiet herons at dawn")
    assert [each.value for each in app.error] == [r"Name and password do not belong together\."]
    unknown = sign_in(opened(), "Somebody", SECRET)
    assert [each.value for each in unknown.error] == [each.value for each in app.error]
    assert "sign-in-token" not in app.session_state


@pytest.mark.parametrize("lang", LANGS)
def test_who_signs_in_sees_the_pages_of_the_roles(desk, everything, lang):
    app = sign_in(opened(lang), LEAD)
    assert seen(app) == {"overview", "board", "batch", "planner", "annotators", "rulebooks", "people", "connection"}
    assert LEAD in everything(app)
    assert [each for each in everything(app).splitlines() if each.strip("`") == "None"] == []
    hand = sign_in(opened(lang), HAND)
    assert seen(hand) == {"rulebooks", "exam"}
    assert "<b>" not in everything(hand)
    assert [each.value for each in hand.title] == [Speaker(lang)("Rulebooks")]


def test_what_a_signed_in_person_records_is_authenticated(desk):
    app = sign_in(opened(), LEAD)
    view = app.session_state["view"]
    assert (view.desk.actor, view.desk.identity) == (find_person(desk, LEAD), Identity.AUTHENTICATED)
    assert view.may(Role.LEAD)
    assert not view.may(Role.REVIEWER, Role.EXECUTOR)


def test_no_password_stays_in_the_session(desk):
    app = sign_in(opened(), LEAD)
    kept = app.session_state
    assert SECRET not in repr(kept)
    assert "sign-in-token" in repr(kept)  # what is searched does hold the session


def test_signing_out_leaves_nothing_for_the_next_one(desk):
    app = sign_in(opened(), LEAD)
    app.session_state["pick-person"] = "somebody"
    sound(app.button(key="sign-out").click().run())
    assert [each.value for each in app.title] == ["Sign in"]
    assert not [each for each in ("view", "pick-person", "sign-in-token") if each in app.session_state]
    assert desk.ledger.logins.sessions()[0].over is not None
    assert seen(sign_in(app, HAND)) == {"rulebooks", "exam"}


def test_who_has_left_is_out_at_the_next_rerun(desk):
    app = sign_in(opened(), HAND)
    person = find_person(desk, HAND)
    body = PersonLeft(person=person, reason="left", revoked=[], by=find_person(desk, LEAD))
    desk.ledger.append([Draft(body=body, subjects=(f"person:{person}",), actor="lead")], now=desk.clock())
    sound(app.run())
    assert [each.value for each in app.title] == ["Sign in"]
    assert "no longer there" in app.info[0].value


def test_other_roles_open_other_pages_at_the_next_rerun(desk):
    app = sign_in(opened(), HAND)
    change_roles(desk, HAND, [Role.INSPECTOR], by=LEAD)
    sound(app.run())
    assert "people" in seen(app)
    assert not app.session_state["view"].may(*Role)


def test_a_new_password_from_the_page(desk):
    app, other = sign_in(opened(), LEAD), sign_in(opened(), LEAD)
    before, first, again = (each for each in app.text_input if each.proto.type == 1)
    for field, text in ((before, SECRET), (first, "seven loud geese at dawn"), (again, "seven loud geese at dawn")):
        field.input(text)
    sound(next(each for each in app.button if each.label == "Change password").click().run())
    assert "changed" in app.success[0].value
    assert [each.value for each in sound(other.run()).title] == ["Sign in"]
    assert "changed" in other.info[0].value
    assert seen(sign_in(opened(), LEAD, "seven loud geese at dawn")) >= {"people"}


def test_without_logins_everything_is_seen_and_nothing_recorded(empty, open_page):
    app = open_page(empty, "people")
    assert "nothing recorded" in app.sidebar.info[0].value
    view = app.session_state["view"]
    assert view.who is None
    assert not view.may(*Role)
    assert view.desk.identity is Identity.ASSERTED


def test_the_server_is_told_whom_it_answers():
    from labelqa.adapters.cli.dashboard import child_env, launch
    from labelqa.adapters.cli.session import Session

    words = launch(Path("app.py"), port=1, browser=False)
    told = dict(zip(words[5::2], words[6::2], strict=True))
    assert told["--server.address"] == "127.0.0.1"
    assert told["--server.enableXsrfProtection"] == told["--server.enableCORS"] == "true"
    assert told["--client.showErrorDetails"] == "none"
    assert told["--browser.gatherUsageStats"] == "false"
    session = Session(env={"STREAMLIT_SERVER_ENABLE_CORS": "false", "PATH": "/bin"}, start=Path())
    env = child_env(session, Path("/ws"))
    assert env["STREAMLIT_SERVER_ALLOWED_HOSTS"] == "127.0.0.1"
    assert "STREAMLIT_SERVER_ENABLE_CORS" not in env
    assert env["PATH"] == "/bin"
    assert sys.executable == words[0]

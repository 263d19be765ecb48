"""The connection page: every state of a server in words, what mends it, and nothing asked of anybody."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from labelqa.i18n import LANGS, Speaker
from labelqa.records.connection import Connections, Freshness, TokenKind
from labelqa.records.logins import Role
from labelqa.workflows.desk import Desk
from labelqa.workflows.servers.health import FEW, connections, freshness, token_kind
from labelqa.workflows.sync.projects import follow_project, leave_project
from tests.apps.dashboard.connected import NEW, SICK, WELL, connected
from tests.building import Clock, new_desk


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime.now(UTC) - timedelta(days=2))  # the page looks at the real clock


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    with new_desk(tmp_path / "ws", clock=clock) as made:
        connected(made, clock, folder=tmp_path)
        yield made


def codes(found: Connections) -> dict[str, list[str]]:
    return {each.status.server: [one.code for one in each.findings] for each in found.servers}


def test_each_server_is_told_as_it_is(desk: Desk) -> None:
    found = connections(desk)
    well, sick, new = found.servers
    assert found.ended == ("vendor-z",)
    assert (well.token, sick.token, new.token) == (TokenKind.PERSONAL, TokenKind.LEGACY, TokenKind.ELSEWHERE)
    assert [each.fresh for each in (*well.projects, *sick.projects)] == [
        Freshness.FRESH, Freshness.FAILED, Freshness.NEVER,
    ]  # fmt: skip
    assert codes(found) == {WELL: [], SICK: ["CN001", "CN008", "CN003", "CN007"], NEW: []}
    assert [(each.project, each.role, each.items) for each in well.open] == [(11, "review", 59), (13, "rework", 2)]
    assert well.open[0].url == "https://labels-1.example.com/projects/11/data"
    assert well.logs is not None
    assert well.logs.complete is False


def test_a_project_is_late_after_a_while_and_first_while_it_is_read_first(desk: Desk) -> None:
    (status,) = (each.status for each in connections(desk).servers[0].projects)
    now = connections(desk).now
    assert freshness(status, now + timedelta(minutes=30)) is Freshness.LATE
    assert freshness(replace(status, passed_at=None, complete=False), now) is Freshness.FIRST


def test_a_project_that_is_left_is_not_told_of(desk: Desk) -> None:
    leave_project(desk, 5, server=SICK, reason="over")
    assert [each.status.project for each in connections(desk).servers[1].projects] == [6]


def test_a_token_that_others_can_read_is_told_and_none_is_shown(desk: Desk, open_page, everything) -> None:
    (desk.settings.workspace / "secrets" / f"{SICK}.token").chmod(0o644)
    assert token_kind(desk.settings.workspace, SICK, "https://labels-2.example.com") is TokenKind.EXPOSED
    shown = everything(open_page(desk, "connection"))
    assert "readable by others" in shown
    assert "0123456789abcdef" not in shown + repr(connections(desk))
    assert "eyJ" not in shown + repr(connections(desk))


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_shows_it_all_and_asks_nobody(desk: Desk, open_page, everything, monkeypatch, lang) -> None:
    def forbidden(*_: object) -> None:
        raise AssertionError("the page asks over the network")

    monkeypatch.setattr(socket.socket, "connect", forbidden)
    app, say = open_page(desk, "connection", lang=lang), Speaker(lang)
    shown = everything(app)
    assert [each.value for each in app.title] == [say("Connection")]
    assert [each.value for each in app.header] == ["vendor\\-a", "vendor\\-b", "vendor\\-c"]
    for code in ("CN001", "CN003", "CN007", "CN008", "AC002"):
        assert code in shown
    assert say("Nothing is wrong with this server.") in shown
    assert f"labelqa sync follow PROJECT --server {NEW}" in shown
    assert "<b>" not in shown.replace("\\", "&")  # what servers and people said is shown as it is
    assert "](javascript" not in shown
    tables = [each.value for each in app.dataframe]
    assert "genai-sft@1.0.0" in tables[0].to_string()
    assert "陈思远" in tables[1].to_string()
    assert name_of(Freshness.FAILED, say) in tables[2].to_string()


def name_of(value: object, say: Speaker) -> str:
    from labelqa.adapters.report.text import name_of as named

    return named(value, say)


def test_one_cause_in_many_projects_is_one_finding(desk: Desk) -> None:
    for project in range(100, 100 + FEW):
        follow_project(desk, project, server=NEW, title="x")
    assert codes(connections(desk))[NEW] == ["CN003"] * FEW
    for project in range(200, 240):
        follow_project(desk, project, server=NEW, title="x")
    (found,) = connections(desk).servers[2].findings
    assert found.code == "CN003"
    assert str(found.message) == (
        "project 100 was never read; the like is found in 43 projects, the first of them: 100, 101, 102"
    )


def test_looking_again_shows_what_changed_without_a_fact(desk: Desk, open_page, everything) -> None:
    app = open_page(desk, "connection", lang="en")
    assert "could not be read" in everything(app).replace("\\", "")
    known = desk.intake.synced
    known.move(SICK, 5, error=None, failed_at=None)
    app.button(key="again").click().run()
    assert "could not be read" not in everything(app).replace("\\", "")


@pytest.mark.parametrize("lang", LANGS)
def test_without_a_server_the_first_commands_are_shown(empty: Desk, open_page, lang) -> None:
    app = open_page(empty, "connection", lang=lang)
    assert [each.value.split()[1] for each in app.code] == ["connect", "server", "sync", "serve"]


def test_only_who_leads_sees_the_page() -> None:
    from parts.pages import PAGES

    (shown,) = [each for each in PAGES if each.path == "connection"]
    assert shown.roles == {Role.LEAD, Role.SUPERVISOR, Role.INSPECTOR}


def test_an_item_leads_to_its_task(desk: Desk, laid_out) -> None:
    import streamlit as st

    def render() -> None:
        from parts.links import task_link

        task_link("https://labels.example.com/projects/7/data?task=41", Speaker("en"))
        task_link("", Speaker("en"))
        st.text("end")

    app = laid_out(render)
    (button,) = app.get("link_button")
    assert button.proto.url == "https://labels.example.com/projects/7/data?task=41"

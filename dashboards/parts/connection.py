"""One server on the connection page: in four numbers, what is wrong, project by project, who has an account there."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Final

import streamlit as st

from labelqa.adapters.report.text import count, moment, name_of, percent
from labelqa.i18n import Speaker
from labelqa.records.accounts import AccountsTold
from labelqa.records.connection import OpenProject, ProjectHealth, ServerHealth, TokenKind
from labelqa.records.finding import Finding, Severity
from labelqa.records.servers import ProjectRole
from labelqa.records.sync import ProjectStatus
from labelqa.workflows.servers.accounts import accounts_told
from labelqa.workflows.servers.health import ago
from parts.cards import HUES, ICONS, number_card, section
from parts.paging import toned
from parts.tables import Row, show
from parts.view import View
from parts.words import plain

FIRST: Final = 5  # findings shown at once; the rest unfolds
MANY: Final = 12  # links to projects shown at once


def lay_out(view: View, server: ServerHealth, now: datetime) -> None:
    """Everything about one server."""
    say = view.say
    st.header(plain(server.status.server), anchor=False, divider="gray")
    st.markdown(badges(server, say))
    (told,) = view.ask(accounts_told, server.status.server)
    numbers(view, server, told, now)
    wrong(view, server.status.server, (*server.findings, *told.findings))
    projects(view, server, now)
    made(view, server.open)


def badges(server: ServerHealth, say: Speaker) -> str:
    """What the server is, as Markdown badges, and where."""
    status = server.status
    shown = [f":blue-badge[{plain(f'Label Studio {status.version} {status.edition}')}]"]
    hue = "gray" if server.token in (TokenKind.PERSONAL, TokenKind.ELSEWHERE) else "orange"
    shown.append(f":{hue}-badge[{plain(name_of(server.token, say))}]")
    if status.isolated:
        shown.append(f":green-badge[{plain(say('safety data apart'))}]")
    if status.organizer:
        shown.append(f":gray-badge[{plain(status.organizer)}]")
    return " ".join([*shown, plain(status.url)])


def numbers(view: View, server: ServerHealth, told: AccountsTold, now: datetime) -> None:
    """How fresh, what webhooks brought, who has an account, what the logs are about."""
    say, status = view.say, server.status
    fresh, events, accounts, logs = st.columns(4)
    with fresh:
        passed = say("never") if server.passed_at is None else say(ago(now - server.passed_at))
        number_card(say("Since the last pass"), passed, *_passes(view, server))
    with events:
        number_card(
            say("Webhook events"), count(status.events) if _hooked(server) else "—", *_events(view, server, now)
        )
    with accounts:
        number_card(
            say("Accounts"), count(len(told.lines)),
            say("Findings: {n}", n=count(len(told.findings))),
            say("Looked at: {time}", time=moment(told.seen_at, view.zone) if told.seen_at else say("never")),
        )  # fmt: skip
    with logs:
        _logs(view, server)


def _hooked(server: ServerHealth) -> bool:
    return bool(server.status.events) or any(each.hook for each in server.status.projects)


def _passes(view: View, server: ServerHealth) -> list[str]:
    say = view.say
    if not server.projects:
        return [say("No project is followed.")]
    notes = [say("Projects followed: {n}", n=count(len(server.projects)))]
    if server.passed_at is not None:
        notes.append(moment(server.passed_at, view.zone))
    if server.failed_at is not None:
        notes.append(say("Last failure: {time}", time=moment(server.failed_at, view.zone)))
    return notes


def _events(view: View, server: ServerHealth, now: datetime) -> list[str]:
    say, status = view.say, server.status
    if not _hooked(server):
        return [say("No webhook is placed: everything is found by asking.")]
    notes = [say("Waiting: {n}", n=count(status.waiting))]
    if status.oldest_waiting is not None:
        notes.append(say("The oldest came {time}", time=since(status.oldest_waiting, now, say)))
    told = [each.told for each in status.projects if each.told is not None]
    missed = [each.missed for each in status.projects if each.missed is not None]
    if told:
        notes.append(say("Revisions told {told}, missed {missed}", told=count(sum(told)), missed=count(sum(missed))))
    notes.append(
        say("Doubled {doubled}, refused {refused}", doubled=count(status.doubled), refused=count(status.refused))
    )
    return notes


def _logs(view: View, server: ServerHealth) -> None:
    say, covered = view.say, server.logs
    if covered is None or covered.share is None:
        number_card(say("Access logs"), "—", say("Nothing is to be covered yet."))
        return
    share = int(covered.share * 1000) / 1000  # never rounded up to all of it
    number_card(
        say("Access logs"), percent(share),
        say("of the days since {day}", day=moment(covered.start, view.zone)[:10]),
        say("Log-ins, views and exports stand in no other record.") if covered.complete
        else say("Insufficient evidence of log-ins, views and exports: labelqa server log list"),
    )  # fmt: skip


def since(at: datetime | None, now: datetime, say: Speaker) -> str:
    """How long ago something was; "never" where it never was."""
    if at is None:
        return say("never")
    return say("just now") if now - at < timedelta(minutes=1) else say("{span} ago", span=ago(now - at))


def wrong(view: View, server: str, found: Sequence[Finding]) -> None:
    """What is wrong with the server, the gravest first, each with what mends it."""
    say = view.say
    grave = sorted(found, key=lambda each: list(Severity).index(each.severity))
    if not any(each.severity is not Severity.NOTE for each in grave):
        st.success(say("Nothing is wrong with this server."), icon=":material/check_circle:")
    for place, each in enumerate(grave[:FIRST]):
        finding_row(each, say, key=f"finding-{server}-{place}")
    if len(grave) > FIRST:
        with st.expander(say("More findings: {n}", n=count(len(grave) - FIRST))):
            for place, each in enumerate(grave[FIRST:], start=FIRST):
                finding_row(each, say, key=f"finding-{server}-{place}")


def finding_row(each: Finding, say: Speaker, *, key: str) -> None:
    """A finding with its code, and what mends it beneath."""
    with st.container(border=True, key=key):
        named = f":{HUES[each.severity]}[{ICONS[each.severity]} **{plain(name_of(each.severity, say))}**]"
        st.markdown(f"{named} {plain(say(each.message))} :gray[{plain(each.code)}]")
        if mend := say(each.mend):
            st.caption(plain(mend))


def projects(view: View, server: ServerHealth, now: datetime) -> None:
    """The followed projects, a row each."""
    say = view.say
    section(say("Projects followed"))
    if not server.projects:
        st.info(say("No project of this server is followed yet. What is in them, and how to follow one:"))
        name = server.status.server
        st.code(f"labelqa server projects --server {name}\nlabelqa sync follow PROJECT --server {name}", language=None)
        return
    rows = [row(each, view, now) for each in server.projects]
    toned(rows, key=f"projects-{server.status.server}", pinned=say("Project"))
    links([(f"{each.status.project} {each.status.title}", each.url) for each in server.projects], say)


def row(each: ProjectHealth, view: View, now: datetime) -> dict[str, str]:
    """A project as a row; a dash is for what nobody knows."""
    say, status = view.say, each.status
    return {
        say("Project"): f"{status.project} {status.title}",
        say("State"): name_of(each.fresh, say),
        say("Release"): status.release or "—",
        say("Last read"): since(status.passed_at, now, say),
        say("Compared"): since(status.swept_at, now, say),
        say("Tasks / answers"): f"{count(status.tasks)} / {count(status.annotations)}",
        say("Webhook event"): _hook(each, view, now),
        say("Told / missed / lost"): _brought(status),
        say("Items by"): status.item_key or say("task number"),
        say("Changed there"): moment(status.watermark, view.zone),
    }


def _brought(status: ProjectStatus) -> str:
    told, missed = ("—", "—") if status.told is None else (count(status.told), count(status.missed or 0))
    return f"{told} / {missed} / {count(status.unseen)}"


def _hook(each: ProjectHealth, view: View, now: datetime) -> str:
    say, status = view.say, each.status
    if not status.hook:
        return "—"
    sick = any(one.code.startswith("hook-") and one.severity is not Severity.NOTE for one in status.findings)
    if status.last_event is None and not sick:
        return say("⚠ none yet")
    heard = since(status.last_event, now, say)
    return say("✗ to be repaired, {time}", time=heard) if sick else f"✓ {heard}"


def made(view: View, found: Sequence[OpenProject]) -> None:
    """The projects that labelqa made for verifiers and for returned items, as far as they are open."""
    say = view.say
    if not found:
        return
    section(say("Open review and rework projects"))
    rows: list[Row] = [
        {
            say("Project"): str(each.project), say("For"): name_of(ProjectRole(each.role), say), say("Batch"): each.batch,
            say("Sample"): each.name if each.role == ProjectRole.REVIEW else "—", say("Person"): view.name(each.person),
            say("Items"): each.items, say("Since"): moment(each.since, view.zone),
        }
        for each in found
    ]  # fmt: skip
    show(rows, key=f"open-{found[0].url}")
    links([(f"{each.project} {each.name}", each.url) for each in found], say)


def links(found: Sequence[tuple[str, str]], say: Speaker) -> None:
    """Ways to projects on their server; where there are many they unfold."""
    many = len(found) > MANY
    place = st.expander(say("Open a project on the server: {n}", n=count(len(found)))) if many else nullcontext()
    with place, st.container(horizontal=True):
        for name, url in found:
            if url:
                st.link_button(plain(name), url, icon=":material/open_in_new:", type="tertiary")

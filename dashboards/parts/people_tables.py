"""People against releases and against topics: who may work, until when, what was taught, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import streamlit as st

from labelqa.adapters.report.models import model_name
from labelqa.adapters.report.text import count, day, duty_name, name_of
from labelqa.i18n import Speaker
from labelqa.records.people import Standing
from labelqa.records.personnel import Topic
from labelqa.records.summary import PersonLine
from labelqa.records.training import Covered, Demand
from labelqa.workflows.desk import Desk
from labelqa.workflows.policies import policies_at
from labelqa.workflows.training.matrix import MatrixLine, training_matrix
from parts.cards import section
from parts.paging import page_of, toned
from parts.view import View, choose

WAITING: Final = frozenset({Standing.NOT_TRAINED, Standing.NOT_EXAMINED})
ENDS: Final = frozenset({Standing.EXPIRED, Standing.STALE})


def qualifications(view: View, lines: Sequence[PersonLine]) -> None:
    """People down, releases across: standing, until when, and the duties that are withheld apart."""
    say = view.say
    section(say("Who may work under which release"), say("Pick a row to see why."))
    rows: dict[str, dict[str, str]] = {}
    for line in lines:
        start = {
            say("Person"): model_name(line.name, say) if line.standing is Standing.MODEL else line.name,
            say("Organization"): line.organizer,
            say("Duties"): say(", ").join(duty_name(duty, say) for duty in line.duties),
        }
        row = rows.setdefault(line.person, start)
        if line.release:
            row[line.release] = standing(line, view)
    releases = list(dict.fromkeys(line.release for line in lines if line.release))
    table = [row | {name: row.get(name, "—") for name in releases} for row in rows.values()]
    people = list(rows)
    places = page_of(range(len(people)), say, key="people-page")
    toned([table[at] for at in places], key="matrix", then=lambda at: ask_why(people[places[at]]), pinned=say("Person"))


def standing(line: PersonLine, view: View) -> str:
    """One person under one release in a cell; the sign in front says whether work is allowed."""
    say = view.say
    until = day(line.until, view.zone) if line.until else ""
    if line.standing is Standing.QUALIFIED:
        told = say("⚠ ends soon, {day}", day=until) if line.expiring else f"✓ {name_of(line.standing, say)}"
        told += say(", until {day}", day=until) if until and not line.expiring else ""
    elif line.standing is Standing.MODEL:
        told = f"— {name_of(line.standing, say)}"
    else:
        told = f"✗ {name_of(line.standing, say)}"
        told += f" {until}" if until and line.standing in ENDS else ""
    apart = [f"{duty_name(duty, say)}: {name_of(each, say)}" for duty, each in line.withheld]
    return told if not apart else f"⚠ {told[2:]} · {' · '.join(apart)}"


def expiring(view: View, lines: Sequence[PersonLine]) -> None:
    """The qualifications in force by their end, those that end soon with a sign."""
    say = view.say
    section(say("Qualifications that end first"))
    held = [(line.until, line) for line in lines if line.standing is Standing.QUALIFIED and line.until]
    soon = sum(line.expiring for _, line in held)
    days = view.ask(_expiring_days)
    st.caption(say("{n} end within {days} days; the policy expiring-days says how many.", n=count(soon), days=days))
    if not held:
        st.info(say("No qualification in force has an end."), icon=":material/event_available:")
        return
    held.sort(key=lambda pair: (pair[0], pair[1].person))
    places = page_of(held, say, key="ending-page")
    rows = [
        {
            say("Ends"): f"{'⚠' if line.expiring else '✓'} {day(until, view.zone)}",
            say("Days left"): count(max(0, (until - view.desk.clock()).days)),
            say("Person"): line.name, say("Release"): line.release, say("Organization"): line.organizer,
        }
        for until, line in places
    ]  # fmt: skip
    toned(rows, key="ending", then=lambda at: ask_why(places[at][1].person), pinned=say("Person"))


def topics(view: View, chosen: Sequence[str]) -> None:
    """People down, topics across, for one line of a rulebook: until when each training counts, and what is missing."""
    say = view.say
    matrix = view.ask(training_matrix)
    section(say("Training by topic"), _days(say, matrix.days))
    if not matrix.lines:
        st.info(say("Nothing is released yet, so there is nothing to be trained in."), icon=":material/school:")
        return
    line = choose("line", matrix.lines, default=matrix.lines[0], pick=lambda key: st.selectbox(
        say("Line of the rulebook"), matrix.lines, key=key))  # fmt: skip
    only = st.toggle(say("Only people with gaps"), key="only-gaps")
    wanted = set(chosen)
    found = [
        each for each in matrix.people
        if each.coverage.line == line and each.coverage.person in wanted and not (only and each.coverage.complete)
    ]  # fmt: skip
    if not found:
        st.success(say("Nobody here has a gap."), icon=":material/check_circle:")
        return
    shown = page_of(found, say, key="topics-page")
    soon = timedelta(days=view.ask(_expiring_days))
    rows = [_topics(each, view, matrix.at, soon) for each in shown]
    toned(rows, key="topics", then=lambda at: ask_why(shown[at].coverage.person), pinned=say("Person"))


def _days(say: Speaker, days: int | None) -> str:
    if days is None:
        return say("A training counts without an end.")
    return say("A training counts for {days} days. Pick a row to see why somebody may work.", days=count(days))


def _topics(each: MatrixLine, view: View, at: datetime, soon: timedelta) -> dict[str, str]:
    say = view.say
    missing = {demand: [name_of(topic, say) for topic in each.coverage.gaps.get(demand, ())] for demand in Demand}
    told: Mapping[str, str] = {name_of(demand, say): _gaps(gaps, say) for demand, gaps in missing.items()}
    cells = {name_of(topic, say): _covered(each.coverage.covered.get(topic), view, at, soon) for topic in Topic}
    return {say("Person"): each.name, say("Organization"): each.organizer, **cells, **told}


def _gaps(gaps: Sequence[str], say: Speaker) -> str:
    if not gaps:
        return say("✓ complete")
    return say("✗ missing {n}: {topics}", n=len(gaps), topics=say(", ").join(gaps))


def _covered(found: Covered | None, view: View, at: datetime, soon: timedelta) -> str:
    say = view.say
    if found is None:
        return "—"
    if found.until is None:
        return f"✓ {day(found.at, view.zone)}"
    until = day(found.until, view.zone)
    if found.lapsed:
        return say("✗ ended {day}", day=until)
    return say("⚠ ends soon, {day}", day=until) if found.until - at <= soon else say("✓ until {day}", day=until)


def _expiring_days(desk: Desk) -> int:
    return policies_at(desk, desk.ledger.view()).expiring_days


def ask_why(person: str) -> None:
    """Show why somebody may work or not."""
    st.session_state["pick-person"] = person
    st.session_state["pick-people"] = "why"

"""The people and their qualifications: who may work under which release today, until when, and which facts say so."""

from __future__ import annotations

import streamlit as st
from parts.batch_record import fact_table
from parts.cards import section
from parts.links import person_link
from parts.tables import Row, pick, show
from parts.view import View, choose_person, recall

from labelqa.adapters.report.models import model_name
from labelqa.adapters.report.text import day, duty_name, moment, name_of, percent
from labelqa.i18n import Speaker
from labelqa.records.people import Standing
from labelqa.records.summary import PersonLine
from labelqa.workflows.people import person_lines

SOON = 10  # rows of qualifications that end first


def page() -> None:
    """Everybody against every release, what ends first, and one person's records."""
    view = recall()
    say = view.say
    lines = view.ask(person_lines)
    st.title(say("People"), anchor=False)
    if not lines:
        st.info(say("Nobody is registered yet."), icon=":material/badge:")
        st.code("labelqa people import people.xlsx", language=None)
        return
    matrix(lines, say)
    ending(lines, view)
    somebody(view, lines)


def matrix(lines: tuple[PersonLine, ...], say: Speaker) -> None:
    """People down, releases across, standing in between; a picked row leads to the records."""
    section(say("Who may work under which release"), say("Pick a row to see the records behind it."))
    rows: dict[str, Row] = {}
    for line in lines:
        start = {
            say("Person"): model_name(line.name, say) if line.standing is Standing.MODEL else line.name,
            say("Duties"): ", ".join(duty_name(duty, say) for duty in line.duties),
            say("Organization"): line.organizer,
        }
        row = rows.setdefault(line.person, start)
        if line.release:
            row[line.release] = f"{'✓' if line.standing is Standing.QUALIFIED else '✗'} {name_of(line.standing, say)}"
    releases = list(dict.fromkeys(line.release for line in lines if line.release))
    people = list(rows)
    table = [row | {name: row.get(name, "—") for name in releases} for row in rows.values()]
    pick(table, key="matrix", then=lambda place: to_person(people[place]))


def ending(lines: tuple[PersonLine, ...], view: View) -> None:
    """The qualifications in force that end first."""
    say = view.say
    held = [(line.until, line) for line in lines if line.standing is Standing.QUALIFIED and line.until]
    if not held:
        return
    section(say("Qualifications that end first"))
    show(
        [
            {say("Ends"): day(until, view.zone), say("Person"): line.name, say("Release"): line.release}
            for until, line in sorted(held, key=lambda pair: (pair[0], pair[1].person))[:SOON]
        ],
        key="ending",
    )


def somebody(view: View, lines: tuple[PersonLine, ...]) -> None:
    """One person's records against every release, and the facts behind them."""
    say = view.say
    section(say("One person's records"))
    chosen = choose_person(view, {line.person: line.name for line in lines}, label=say("Person"))
    if not chosen:
        return
    show([record(line, view) for line in lines if line.person == chosen], key="records")
    person_link(chosen, say)
    st.caption(say("The facts behind these records"))
    fact_table(view, f"person:{chosen}")


def record(line: PersonLine, view: View) -> Row:
    """What one person was taught and passed under one release."""
    say = view.say
    return {
        say("Release"): line.release,
        say("Standing"): name_of(line.standing, say),
        say("Trained"): moment(line.trained_at, view.zone),
        say("Examined"): moment(line.examined_at, view.zone),
        say("Score"): percent(line.score) if line.score is not None else "—",
        say("Pass mark"): percent(line.pass_mark) if line.pass_mark is not None else "—",
        say("Valid until"): day(line.until, view.zone),
        say("Facts"): ", ".join(str(number) for number in line.facts),
    }


def to_person(person: str) -> None:
    """Show somebody's records."""
    st.session_state["pick-person"] = person


page()

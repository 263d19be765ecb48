"""May this person work under this release on that day, and why: the answer of ``labelqa qualify why``, on a page."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import streamlit as st

from labelqa.adapters.report.names import ENUMS
from labelqa.adapters.report.text import duty_name, moment, name_of
from labelqa.errors import LabelqaError
from labelqa.i18n import Speaker
from labelqa.records.people import Duty
from labelqa.records.why import Why, WhyFact
from labelqa.workflows.qualifying.why import why_qualified
from labelqa.workflows.rulebooks import rulebook_lines
from parts.batch_record import fact_table
from parts.cards import section
from parts.links import person_link
from parts.tables import Row, show
from parts.view import View, choose_person, told
from parts.words import plain


def lay_out(view: View, names: Mapping[str, str]) -> None:
    """The question, the answer with its facts, what is missing, and the person's own records."""
    say = view.say
    section(say("Why may somebody work, or not"), say("Without a release: those in force then. Without a day: now."))
    person = choose_person(view, names, label=say("Person"))
    first, second, third, fourth = st.columns(4)
    releases = ["", *(f"{each.name}@{each.version}" for each in view.ask(rulebook_lines))]
    release = first.selectbox(
        say("Release"), releases, key="why-release", format_func=lambda each: each or say("in force then")
    )
    duty = second.selectbox(
        say("Duty"), ["", *Duty], key="why-duty", format_func=lambda each: duty_name(each, say) if each else say("any")
    )
    at = third.date_input(say("On the day"), value=None, key="why-at", format="YYYY-MM-DD")
    known = fourth.date_input(say("Only what was recorded by"), value=None, key="why-known", format="YYYY-MM-DD")
    if not person:
        st.info(say("Pick a person first."), icon=":material/person_search:")
        return
    st.code(_command(view, person, release or "", str(duty or ""), at, known), language=None)
    try:
        found = why_qualified(
            view.desk, person, release=release or "", duty=Duty(duty) if duty else None, at=_start(view, at),
            known=_start(view, known),
        )  # fmt: skip
    except LabelqaError as error:
        told(error, view)
    else:
        for place, each in enumerate(found):
            answer(each, view, place)
    person_link(person, say)
    st.caption(say("The facts behind these records"))
    fact_table(view, f"person:{person}")


def _start(view: View, chosen: object) -> datetime | None:
    """The beginning of a day in the workspace's time zone, as the command line reads a day."""
    if not isinstance(chosen, date):
        return None
    return datetime.combine(chosen, time(), ZoneInfo(view.zone)).astimezone(UTC)


def _command(view: View, person: str, release: str, duty: str, at: object, known: object) -> str:
    words = ["labelqa", "qualify", "why", shlex.quote(view.name(person))]
    for name, value in (("--release", release), ("--duty", duty), ("--at", at), ("--known", known)):
        if value:
            words += [name, shlex.quote(str(value))]
    return " ".join(words)


def answer(each: Why, view: View, place: int) -> None:
    """One release: the sentence, the facts, and what to do."""
    say = view.say
    sentence = plain(say(each.sentence))
    if not each.answer:
        st.error(sentence, icon=":material/block:")
    elif each.expiring:
        st.warning(sentence, icon=":material/schedule:")
    else:
        st.success(sentence, icon=":material/check_circle:")
    if each.lacking:
        lines = [f"- {plain(say(lack.message))}: {plain(say(lack.mend))}" for lack in each.lacking]
        st.markdown("\n".join([f"**{plain(say('What is missing, and what to do:'))}**", "", *lines]))
    if each.facts:
        show([fact_row(one, view) for one in each.facts], key=f"why-{place}", wide=[say("What it says")])
    if each.declared is None:
        st.caption(
            say(
                "A passed exam is good for {days} {days:day|days}: the workspace's setting, as no policy was declared by then.",
                days=each.valid_days,
            )
        )


def fact_row(each: WhyFact, view: View) -> Row:
    """A fact that the answer rests on."""
    say = view.say
    return {
        say("Fact"): each.fact,
        say("What it says"): _said(each, say),
        say("Was so"): moment(each.at, view.zone),
        say("Recorded"): moment(each.recorded_at, view.zone),
        say("By"): view.name(each.actor),
        say("Known by"): name_of(each.identity, say),
    }


def _said(each: WhyFact, say: Speaker) -> str:
    text = say(each.message)
    if each.topics:
        titles = ENUMS["Topic"]
        names = say(", ").join(say(titles.get(topic, topic)) for topic in each.topics)
        text = say("{text}; topics: {topics}", text=text, topics=names)
    if each.abilities:
        known = ENUMS["Ability"]
        shares = say(", ").join(f"{say(known.get(name, name))} {share:.2f}" for name, share in each.abilities)
        text = say("{text}; abilities: {shares}", text=text, shares=shares)
    return text if each.counts else say("{text} [does not count any more]", text=text)

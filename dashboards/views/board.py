"""Every batch by stage: what blocks it, who must act, since when; settled ones in a table beneath."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import streamlit as st
from parts.cards import COLOURS, section
from parts.links import BATCH, send
from parts.start import empty_workspace
from parts.tables import Row, pick
from parts.view import View, choose, recall
from parts.words import plain, short

from labelqa.adapters.report.text import count, day, duty_name, name_of
from labelqa.i18n import Speaker
from labelqa.records.batch import Kind, Stage
from labelqa.workflows.board import BoardCard, board

COLUMNS: Final = (
    Stage.OPEN, Stage.FROZEN, Stage.IN_REVIEW, Stage.BLOCKED, Stage.DISPUTED, Stage.CORRECTING, Stage.REVIEWED,
)  # fmt: skip
EACH: Final = 8  # cards of a stage that are laid out; the others stand in a table
WIDEST: Final = 4  # columns side by side


def page() -> None:
    """The filters, the stages with their cards, and what is settled."""
    view = recall()
    say = view.say
    st.title(say("Batch board"), anchor=False)
    cards = view.ask(board)
    if not cards:
        st.info(say("No batch has been declared yet."), icon=":material/inventory_2:")
        empty_workspace(say)
        return
    chosen = filtered(cards, say)
    running = [each for each in chosen if each.stage is not Stage.SETTLED]
    settled = [each for each in chosen if each.stage is Stage.SETTLED]
    st.caption(
        say("{running} batches under way, {settled} settled", running=count(len(running)), settled=count(len(settled)))
    )
    stages = [stage for stage in COLUMNS if any(each.stage is stage for each in running)]
    for start in range(0, len(stages), WIDEST):
        shown = stages[start : start + WIDEST]
        for place, stage in zip(st.columns(max(len(shown), 3)), shown, strict=False):
            with place:
                column(view, stage, [each for each in running if each.stage is stage])
    if not running:
        st.success(say("No batch is under way."), icon=":material/check_circle:")
    if settled:
        section(say("Settled"), say("Pick a row to open the batch."))
        pick(
            [settled_row(each, view) for each in settled],
            key="settled",
            then=lambda at: send(BATCH, batch=settled[at].name),
        )


def filtered(cards: Sequence[BoardCard], say: Speaker) -> list[BoardCard]:
    """The cards of one organization, of one kind, with a word in their name; all of them to begin with."""
    organizers = ["", *dict.fromkeys(each.organizer for each in cards if each.organizer)]
    kinds = ["", *map(str, Kind)]
    first, second, third = st.columns(3)
    with first:
        who = choose("organizer", organizers, default="", pick=lambda key: st.selectbox(
            say("Annotating organization"), organizers, format_func=lambda each: each or say("all"), key=key))  # fmt: skip
    with second:
        kind = choose("kind", kinds, default="", pick=lambda key: st.selectbox(
            say("Kind"), kinds, format_func=lambda each: name_of(Kind(each), say) if each else say("all"), key=key))  # fmt: skip
    with third:
        word = (st.text_input(say("Name contains"), key="board-word") or "").strip().casefold()
    return [
        each for each in cards
        if who in ("", each.organizer) and kind in ("", each.kind) and word in each.name.casefold()
    ]  # fmt: skip


def column(view: View, stage: Stage, cards: Sequence[BoardCard]) -> None:
    """One stage: the batches that stand longest first."""
    say = view.say
    st.markdown(f":{COLOURS[stage]}-badge[{plain(name_of(stage, say))}] **{count(len(cards))}**")
    for each in cards[:EACH]:
        card(view, each)
    rest = cards[EACH:]
    if rest:
        st.caption(say("{n} more; pick a row to open one", n=count(len(rest))))
        rows = [{say("Batch"): each.name, say("Days"): age(view, each.since)} for each in rest]
        pick(rows, key=f"more-{stage}", then=lambda at: send(BATCH, batch=rest[at].name))


def card(view: View, each: BoardCard) -> None:
    """One batch: its name opens it; what blocks it, what is next, by whom."""
    say = view.say
    with st.container(border=True, key=f"card-{each.name}"):
        st.button(plain(each.name), key=f"open-{each.name}", type="tertiary", icon=":material/arrow_forward:",
                  on_click=send, args=(BATCH,), kwargs={"batch": each.name})  # fmt: skip
        for message in each.blocks:
            st.markdown(f":red[:material/block:] {plain(say(message))}")
        st.markdown(plain(say(each.step)))
        who = acting(each, say)
        if who:
            st.markdown(f":material/person: {plain(who)}")
        st.caption(plain(facts(view, each)))


def acting(each: BoardCard, say: Speaker) -> str:
    """Who must act: the duty, and the people where somebody is named."""
    duty = duty_name(each.duty, say)
    if not each.people:
        return duty
    named = say(", ").join(each.people[:4]) + (" …" if len(each.people) > 4 else "")
    return say("{duty}: {people}", duty=duty, people=short(named, most=60))


def facts(view: View, each: BoardCard) -> str:
    """Kind, who labels, how much is checked, which round, and for how long it has stood there."""
    say = view.say
    told = [name_of(each.kind, say), each.organizer]
    if each.items:
        told.append(say("{n} items", n=count(each.items)))
    if each.drawn:
        told.append(say("{done} of {n} checked", done=count(each.reviewed), n=count(each.drawn)))
    if each.round:
        told.append(say("rework round {n} of {parent}", n=each.round, parent=each.parent))
    told.append(say("for {n} days", n=age(view, each.since)))
    return " · ".join(filter(None, told))


def age(view: View, since: datetime) -> int:
    """Whole days since then."""
    return max(0, (view.desk.clock() - since).days)


def settled_row(each: BoardCard, view: View) -> Row:
    """A settled batch as a row."""
    say = view.say
    return {
        say("Batch"): each.name,
        say("Conclusion"): name_of(each.conclusion, say) if each.conclusion else "",
        say("Settled on"): day(each.since, view.zone),
        say("Kind"): name_of(each.kind, say),
        say("Annotating organization"): each.organizer,
        say("Items"): each.items,
        say("Next step"): short(say(each.step), most=90),
    }


page()

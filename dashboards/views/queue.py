"""What waits for who is signed in: drawn items, disputes, corrections, suspected hits, pieces of work; by keyboard."""

from __future__ import annotations

from typing import Final

import streamlit as st
from parts.acting import told_after, unsigned
from parts.links import task_link
from parts.queue_item import how_far, show_item
from parts.queue_others import MAKERS, NEEDED
from parts.queue_review import review
from parts.queue_state import Turn, look_again, name_of_group, turn_of
from parts.view import View, choose, recall, told
from parts.words import plain

from labelqa.adapters.report.text import count, name_of
from labelqa.errors import LabelqaError
from labelqa.records.names import PersonId
from labelqa.records.queue import Group, Waiting, WaitingItem
from labelqa.records.review import Verdict
from labelqa.workflows.queue import queue_of, waiting_item
from labelqa.workflows.servers.links import item_url

# A task on its server shows who labelled it, which verdicts, rulings and re-reviews are given without knowing.
SEEING: Final = frozenset({Waiting.HIT, Waiting.SUPERVISE})
HELD: Final = "queue-item-held"  # the item on the page: the latest one only, as pictures are large


def page() -> None:
    """The groups, the item that is next, and what may be said of it."""
    view = recall()
    say = view.say
    st.title(say("My queue"), anchor=False)
    if view.who is None:
        unsigned(say)
        return
    told_after()
    person = view.who.person
    groups = [each for each in view.ask(queue_of, person) if view.may(*NEEDED[each.waiting])]
    if not any(each.open for each in groups):
        st.success(say("Nothing waits for you."), icon=":material/check_circle:")
    if not groups:
        st.caption(say("What is drawn for you, disputed, corrected or reported appears here by itself."))
        return
    group = chosen_group(view, groups)
    turn = turn_of(group)
    if turn is None:
        finished(view, group, groups)
    else:
        try:
            work(view, person, turn)
        except LabelqaError as error:
            told(error, view)


def chosen_group(view: View, groups: list[Group]) -> Group:
    """The group to work on: picked, else the first with something open."""
    named = {name_of_group(each): each for each in groups}
    first = next((name for name, each in named.items() if each.open), next(iter(named)))

    def shown(name: str) -> str:
        each = named[name]
        return view.say("{what}: {where}", what=name_of(each.waiting, view.say), where=each.name)

    chosen = choose(
        "group", list(named), default=first,
        pick=lambda key: st.selectbox(view.say("Work"), list(named), format_func=shown, key=key, label_visibility="collapsed"),
    )  # fmt: skip
    return named[chosen]


def finished(view: View, group: Group, groups: list[Group]) -> None:
    """Everything in a group is done: what is next."""
    say = view.say
    st.success(
        say("All {n} items that were given to you here are done.", n=count(len(group.keys))), icon=":material/task_alt:"
    )
    others = [each for each in groups if each.open]
    if others:
        each = others[0]
        what = say(
            "{what}: {where} ({n} open)", what=name_of(each.waiting, say), where=each.name, n=count(len(each.open))
        )
        st.button(
            plain(say("Next: {what}", what=what)),
            key="next-group",
            type="primary",
            shortcut="Enter",
            on_click=_to,
            args=(each,),
        )
    else:
        st.caption(say("The annotation lead sees on the batch board that your part is done, and who is next."))
    st.button(say("Look at them again"), key="again", on_click=look_again, args=(group,))


def _to(group: Group) -> None:
    st.session_state["pick-group"] = name_of_group(group)


def work(view: View, person: PersonId, turn: Turn) -> None:
    """One item: at the left as the annotator saw it, at the right what may be said of it."""
    group = turn.group
    chosen = st.session_state.get(_mode(group)) if group.waiting is Waiting.REVIEW else False
    item = held(view, person, turn, blind=chosen is not False)
    if not item.can_be_blind:
        chosen, item = False, held(view, person, turn, blind=False)
    left, right = st.columns([3, 2], gap="large")
    with left:
        around(view, turn, item)
        show_item(view, item, hidden=chosen is not False)
        if group.waiting in SEEING:
            task_link(view.ask(item_url, item.item_id), view.say)
    with right:
        if item.said:
            verdict = name_of(Verdict(item.said), view.say)
            st.caption(plain(view.say(
                "Your verdict so far: {verdict}. Another one takes its place; both stay on record.", verdict=verdict
            )))  # fmt: skip
        if group.waiting is not Waiting.REVIEW:
            MAKERS[group.waiting](view, item, turn)
        elif chosen is None:
            mode(view, group)
        else:
            review(view, item, turn, blind=chosen)
            if chosen:
                st.button(
                    view.say("Show the labels from now on"), key="blind-off", on_click=_set, args=(_mode(group), False)
                )


def around(view: View, turn: Turn, item: WaitingItem) -> None:
    """Where this item stands, and its neighbours on the keys P and N."""
    say, group = view.say, turn.group
    st.progress(1 - len(group.open) / len(group.keys), text=how_far(view, turn.place, len(group.keys), len(group.open)))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            say("Previous"), key="previous", shortcut="P", on_click=turn.step, args=(-1,), icon=":material/arrow_back:"
        )
        st.button(say("Next"), key="next", shortcut="N", on_click=turn.step, args=(1,), icon=":material/arrow_forward:")
        st.text(item.item_id)


def mode(view: View, group: Group) -> None:
    """How to work is chosen before the first label is seen; who has seen labels does not go back."""
    say = view.say
    st.markdown(say("How do you work on this sample?"))
    st.button(say("See the label and judge it"), key="mode-seen", type="primary", shortcut="S", width="stretch",
              on_click=_set, args=(_mode(group), False))  # fmt: skip
    st.button(say("Blind: label again without seeing the label"), key="mode-blind", shortcut="B", width="stretch",
              on_click=_set, args=(_mode(group), True))  # fmt: skip
    st.caption(
        say("Blind, your answer is compared with the label and gives the verdict; it is recorded that it was blind.")
    )


def _mode(group: Group) -> str:
    return f"queue-blind-{group.name}"


def _set(key: str, value: bool) -> None:
    st.session_state[key] = value


def held(view: View, person: PersonId, turn: Turn, *, blind: bool) -> WaitingItem:
    """The item, kept while nothing changes; one at a time."""
    asked = (view.mark, person, name_of_group(turn.group), turn.key, view.say.lang, blind)
    kept = st.session_state.get(HELD)
    if kept is None or kept[0] != asked:
        found = waiting_item(
            view.desk, person, turn.group.waiting, turn.group.name, turn.key, lang=view.say.lang, blind=blind
        )
        st.session_state[HELD] = kept = asked, found
    item: WaitingItem = kept[1]
    return item


page()

"""The other work in the queue: rulings, re-reviews, suspected hits, and a supervisor's word on pieces of work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from labelqa.adapters.report.text import name_of
from labelqa.records.logins import Role
from labelqa.records.names import PersonId
from labelqa.records.production import DisputeOutcome
from labelqa.records.queue import Waiting, WaitingItem
from labelqa.records.review import Verdict
from labelqa.workflows.correcting import re_review
from labelqa.workflows.desk import Desk
from labelqa.workflows.disputes import rule_dispute
from labelqa.workflows.hits import rule_hit
from labelqa.workflows.supervising.supervised import record_supervision
from parts.acting import act
from parts.queue_item import titled
from parts.queue_review import KEYS, RISKS
from parts.queue_state import Turn
from parts.view import View
from parts.words import short

RULING: Final = (Role.ARBITRATOR,)
AGAIN: Final = (Role.REVIEWER,)
HITS: Final = (Role.REVIEWER, Role.ARBITRATOR)
SUPERVISING: Final = (Role.SUPERVISOR,)


def arbitrate(view: View, item: WaitingItem, turn: Turn) -> None:
    """A ruling: which label stands, or that the item is discarded or sent back; always with its reason."""
    say, key = view.say, turn.key
    given = [each.label for each in item.versions]
    options = [*given, *(each for each in item.labels if each not in given)]
    with st.form("ruling"):
        outcome = st.radio(
            say("Ruling"), list(DisputeOutcome), format_func=lambda each: name_of(each, say), key=f"outcome-{key}"
        )
        label = st.selectbox(
            say("Label that stands"), options, index=None, key=f"stands-{key}", placeholder=say("none"),
            format_func=lambda each: short(titled(view, item, each), most=90),
        )  # fmt: skip
        rule = st.selectbox(
            say("Rule that decides"), list(item.rules), index=None, key=f"decides-{key}", placeholder=say("not said"),
            format_func=lambda each: short(f"{each} {item.rules[each]}", most=90),
        )  # fmt: skip
        reason = st.text_area(say("Reason"), key=f"reason-{key}", max_chars=4000, height=80)
        unclear = st.checkbox(say("The rule is unclear: open a proposal on the rulebook"), key=f"unclear-{key}")
        asked = st.form_submit_button(say("Record"), type="primary", shortcut="Ctrl+Enter")

    def deed(desk: Desk, person: PersonId) -> str:
        rule_dispute(
            desk, item.batch, item.item_id, by=person, reason=reason or "", label=label or "", outcome=str(outcome or ""),
            rule=rule or "", unclear=bool(unclear),
        )  # fmt: skip
        return say("Recorded: item {item} is ruled on", item=item.item_id)

    if asked:
        _done(view, RULING, deed, turn)


def again(view: View, item: WaitingItem, turn: Turn) -> None:
    """A verdict on a corrected label."""
    say, key = view.say, turn.key
    comment = st.text_area(say("Remark"), key=f"comment-{key}", max_chars=4000, height=80)
    unsafe = st.selectbox(say("Risk"), RISKS, index=None, key=f"risk-{key}", placeholder=say("not said"))

    def given(verdict: Verdict) -> None:
        def deed(desk: Desk, person: PersonId) -> str:
            re_review(
                desk, item.batch, item.item_id, by=person, verdict=verdict, unsafe=unsafe or "", comment=comment or ""
            )
            return say("Recorded: item {item} {verdict}", item=item.item_id, verdict=name_of(verdict, say))

        if act(view, AGAIN, deed):
            turn.go_on()

    _keys(view, given)


def hit(view: View, item: WaitingItem, turn: Turn) -> None:
    """Suspected illegal or harmful content, looked at by a second person."""
    say, key = view.say, turn.key
    with st.form("hit"):
        said = st.radio(
            say("What was reported"), [True, False], index=None, key=f"hit-{key}",
            format_func=lambda each: say("is illegal or harmful: confirmed") if each else say("is neither: overturned"),
        )  # fmt: skip
        st.caption(
            say("Confirmed, the batch is void for good. Overturned, the report stays on record and blocks nothing.")
        )
        reason = st.text_area(say("Reason"), key=f"reason-{key}", max_chars=4000, height=80)
        asked = st.form_submit_button(say("Record"), type="primary", shortcut="Ctrl+Enter")

    def deed(desk: Desk, person: PersonId) -> str:
        done = rule_hit(desk, item.batch, item.item_id, confirmed=bool(said), by=person, reason=reason or "")
        return say("Recorded: item {item} {verdict}", item=item.item_id, verdict=name_of(done.state, say))

    if asked and said is None:
        st.warning(say("Say first whether it is confirmed or overturned."))
    elif asked:
        _done(view, HITS, deed, turn)


def supervise(view: View, item: WaitingItem, turn: Turn) -> None:
    """A supervisor's word on a piece of work; what is wrong needs a note."""
    say = view.say
    note = st.text_area(
        say("Note: what was found and what was done about it"), key=f"note-{turn.key}", max_chars=4000, height=80
    )

    def given(verdict: Verdict) -> None:
        def deed(desk: Desk, person: PersonId) -> str:
            record_supervision(desk, item.name, item.key, verdict=verdict, by=person, note=note or "")
            return say("Recorded: item {item} {verdict}", item=item.item_id, verdict=name_of(verdict, say))

        if act(view, SUPERVISING, deed):
            turn.go_on()

    _keys(view, given)


def _keys(view: View, given: Callable[[Verdict], None]) -> None:
    """The three verdicts on the keys 1, 2 and 3."""
    say = view.say
    shown = {
        Verdict.CORRECT: say("Correct"),
        Verdict.INCORRECT: say("Incorrect"),
        Verdict.UNDECIDABLE: say("Cannot be decided"),
    }
    for place, (verdict, name) in enumerate(shown.items()):
        st.button(
            name, key=f"verdict-{KEYS[place]}", shortcut=KEYS[place], width="stretch", on_click=given, args=(verdict,),
            type="primary" if place == 0 else "secondary",
        )  # fmt: skip


def _done(view: View, roles: tuple[Role, ...], deed: Callable[[Desk, PersonId], str], turn: Turn) -> None:
    if act(view, roles, deed):
        turn.go_on()
    st.rerun()


MAKERS: Final[dict[Waiting, Callable[[View, WaitingItem, Turn], None]]] = {
    Waiting.ARBITRATE: arbitrate,
    Waiting.RE_REVIEW: again,
    Waiting.HIT: hit,
    Waiting.SUPERVISE: supervise,
}
NEEDED: Final[dict[Waiting, tuple[Role, ...]]] = {
    Waiting.REVIEW: AGAIN,
    Waiting.ARBITRATE: RULING,
    Waiting.RE_REVIEW: AGAIN,
    Waiting.HIT: HITS,
    Waiting.SUPERVISE: SUPERVISING,
}

"""Judging a drawn item: one key for what is right, a short form for what is wrong, or labelling again without seeing."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from labelqa.adapters.report.text import name_of
from labelqa.records.annotation import ControlKind
from labelqa.records.logins import Role
from labelqa.records.names import PersonId
from labelqa.records.queue import WaitingItem
from labelqa.records.review import Check, CheckResult, DefectSeverity, Obstacle, Safety, Verdict
from labelqa.workflows.desk import Desk
from labelqa.workflows.reviewing.reviews import record_review
from parts.acting import act
from parts.queue_state import Turn
from parts.view import View
from parts.words import short

ROLES: Final = (Role.REVIEWER,)
KEYS: Final = "123456789"
RISKS: Final = ("A.1", "A.2", "A.3", "A.4", "A.5")
DETAIL: Final = "queue-detail"
PASSED: Final = {check.value: CheckResult.PASSED.value for check in Check}


def review(view: View, item: WaitingItem, turn: Turn, *, blind: bool) -> None:
    """The keys, and the form where more is to be said."""
    if blind:
        _again(view, item, turn)
    else:
        _verdicts(view, item, turn)
    if st.session_state.get(DETAIL) == turn.key or item.lines:
        _details(view, item, turn, blind=blind)


def _verdicts(view: View, item: WaitingItem, turn: Turn) -> None:
    say = view.say
    right = say("Correct, all three checks passed") if item.wants_checks else say("Correct")
    checks = PASSED if item.wants_checks else {}
    st.button(right, key="verdict-1", shortcut="1", type="primary", width="stretch", on_click=_give,
              args=(view, item, turn), kwargs={"verdict": Verdict.CORRECT, "checks": checks})  # fmt: skip
    st.button(
        say("Incorrect …"), key="verdict-2", shortcut="2", width="stretch", on_click=_open, args=(turn, "incorrect")
    )
    st.button(say("Cannot be decided"), key="verdict-3", shortcut="3", width="stretch", on_click=_give,
              args=(view, item, turn), kwargs={"verdict": Verdict.UNDECIDABLE})  # fmt: skip
    st.button(say("More to say: safety, scores, remarks …"), key="verdict-4", shortcut="4", width="stretch",
              on_click=_open, args=(turn, ""))  # fmt: skip


def _again(view: View, item: WaitingItem, turn: Turn) -> None:
    """The item is labelled again; the answer itself gives the verdict."""
    say = view.say
    st.caption(say("Label the item again. The label of record is hidden; your answer alone gives the verdict."))
    if item.kind == ControlKind.CHOICES:
        with st.form("blind", border=False, clear_on_submit=True):
            chosen = st.multiselect(say("Labels"), list(item.labels), format_func=lambda each: item.labels[each])
            if st.form_submit_button(say("Record"), type="primary", shortcut="Ctrl+Enter") and chosen:
                _give(view, item, turn, answer="; ".join(chosen))
                st.rerun()
        return
    values = [str(each) for each in range(1, 6)] if item.kind == ControlKind.RATING else list(item.labels)
    for place, value in enumerate(values):
        title = item.labels.get(value, value)
        st.button(
            title if title == value else f"{value} {title}", key=f"blind-{place}", width="stretch", on_click=_give,
            shortcut=KEYS[place] if place < len(KEYS) else None, args=(view, item, turn), kwargs={"answer": value},
        )  # fmt: skip
    st.button(
        say("More to say: safety, scores, remarks …"), key="verdict-0", shortcut="0", on_click=_open, args=(turn, "")
    )


def _open(turn: Turn, verdict: str) -> None:
    st.session_state[DETAIL] = turn.key
    st.session_state[f"detail-verdict-{turn.key}"] = verdict


def _details(view: View, item: WaitingItem, turn: Turn, *, blind: bool) -> None:
    """Everything that a verdict may say; what is left open is not said."""
    say, key = view.say, turn.key
    with st.form("details", border=True):
        told: dict[str, Any] = {} if blind else {"verdict": _verdict(view, key)}
        if not blind:
            told |= {"rule": _one(view, say("Rule"), item.rules, f"rule-{key}"),
                     "defect": _one(view, say("Defect"), item.defects, f"defect-{key}"),
                     "correct_label": _label(view, item, key)}  # fmt: skip
        else:
            told["answer"] = _label(view, item, key)
        left, right = st.columns(2)
        with left:
            told["safety"] = _member(view, say("Safety"), Safety, f"safety-{key}") or ""
            if not blind:
                told["severity"] = _member(view, say("Severity"), DefectSeverity, f"severity-{key}")
        with right:
            told["unsafe"] = _plain(view, say("Risk"), RISKS, f"risk-{key}")
            told["obstacle"] = _member(view, say("Could not be reviewed because"), Obstacle, f"obstacle-{key}") or ""
        told["checks"] = _checks(view, item, key)
        told["scores"] = _scores(view, item, key)
        told["comment"] = st.text_area(say("Remark"), key=f"comment-{key}", max_chars=4000, height=80)
        if st.form_submit_button(say("Record"), type="primary", shortcut="Ctrl+Enter"):
            _give(view, item, turn, **told)
            st.rerun()


def _verdict(view: View, key: str) -> Verdict | None:
    options = ["", *(each.value for each in Verdict)]
    names = {each.value: name_of(each, view.say) for each in Verdict}
    chosen = st.radio(
        view.say("Verdict"), options, key=f"detail-verdict-{key}", horizontal=True,
        format_func=lambda each: names.get(each, view.say("as the rest gives it")),
    )  # fmt: skip
    return Verdict(chosen) if chosen else None


def _one(view: View, label: str, options: Any, key: str) -> str:
    """One of some codes, each with its title; nothing said to begin with."""
    chosen: str | None = st.selectbox(
        label, list(options), index=None, key=key, placeholder=view.say("not said"),
        format_func=lambda each: short(f"{each} {options[each]}".strip(), most=90),
    )  # fmt: skip
    return chosen or ""


def _plain(view: View, label: str, options: tuple[str, ...], key: str) -> str:
    return st.selectbox(label, options, index=None, key=key, placeholder=view.say("not said")) or ""


def _member(view: View, label: str, kind: Any, key: str) -> Any:
    """A member of an enum, or None where nothing was said."""
    return st.selectbox(
        label, list(kind), index=None, key=key, placeholder=view.say("not said"),
        format_func=lambda each: name_of(each, view.say),
    )  # fmt: skip


def _label(view: View, item: WaitingItem, key: str) -> str:
    """The label as it should be: chosen where the answers are labels, else written."""
    name = view.say("Correct label")
    if item.kind in ("", ControlKind.CHOICE, ControlKind.PAIRWISE) and item.labels:
        return _one(view, name, item.labels, f"label-{key}")
    return st.text_input(name, key=f"label-{key}", max_chars=4000) or ""


def _checks(view: View, item: WaitingItem, key: str) -> dict[str, str]:
    if not item.wants_checks:
        return {}
    st.caption(view.say("The three checks, of correct items too"))
    found = {}
    for check in Check:
        chosen = st.segmented_control(
            name_of(check, view.say), list(CheckResult), format_func=lambda each: name_of(each, view.say),
            key=f"check-{check}-{key}",
        )  # fmt: skip
        if chosen:
            found[check.value] = str(chosen)
    return found


def _scores(view: View, item: WaitingItem, key: str) -> dict[str, float | str]:
    found: dict[str, float | str] = {}
    for line in item.lines:
        title = view.say("{dimension}, passes from {line}", dimension=line.title, line=f"{line.line:g}")
        given = st.number_input(
            title, min_value=0.0, max_value=100.0, value=None, step=0.5, key=f"score-{line.name}-{key}"
        )
        if given is not None:
            found[line.name] = given
    return found


def _give(view: View, item: WaitingItem, turn: Turn, **told: Any) -> None:
    """Record a verdict and move on to the next item."""

    def deed(desk: Desk, person: PersonId) -> str:
        done = record_review(desk, item.name, item.item_id, by=person, **told)
        return view.say(
            "Recorded as fact {fact}: item {item} {verdict}", fact=done.fact, item=item.item_id,
            verdict=name_of(done.verdict, view.say),
        )  # fmt: skip

    if act(view, ROLES, deed):
        st.session_state.pop(DETAIL, None)
        turn.go_on()

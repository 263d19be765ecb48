"""What every page needs: who asks in which language, which week, and the workspace's answers, each computed once.

Answers are kept by the ledger's head: as long as no fact was added, a rerun of a page asks nothing again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import streamlit as st

from labelqa.errors import LabelqaError
from labelqa.i18n import Speaker
from labelqa.records.estimate import Estimate
from labelqa.records.logins import WRITING, Role, SignedIn
from labelqa.records.summary import Summary
from labelqa.wiring import open_desk
from labelqa.workflows.batches import batch_lines
from labelqa.workflows.desk import Desk
from labelqa.workflows.integrity import facts
from labelqa.workflows.people import person_lines
from labelqa.workflows.summarise import summarise, week_of, week_period
from parts.words import plain

Answer = TypeVar("Answer")
KEY: Final = "view"
IMPORTS: Final = 100  # whose weeks can be chosen although no batch was declared
KEPT: Final = 400  # answers in memory; a page of items is the largest of them


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One reader's rerun: the language, the desk, the week, and who it is.

    At the desk of somebody who is signed in facts are recorded under the pseudonym, as authenticated.
    """

    say: Speaker
    desk: Desk
    mark: str  # changes whenever an answer could change
    week: str
    who: SignedIn | None = None  # None: nobody has a login, and nothing may be recorded

    @property
    def zone(self) -> str:
        """The time zone that times are shown in."""
        return self.desk.settings.timezone

    def may(self, *roles: Role) -> bool:
        """Whether whoever is there may do what one of these roles does; without a login nobody may, nor an inspector."""
        return self.who is not None and bool(self.who.roles & WRITING & frozenset(roles))

    def ask(self, question: Callable[..., Answer], *subject: Any, **options: Any) -> Answer:
        """A use case's answer, from memory while the ledger stands still."""
        name = f"{question.__module__}.{question.__qualname__}"
        answer: Answer = _answer(question, self.desk, name, self.mark, subject, tuple(sorted(options.items())))
        return answer

    @property
    def summary(self) -> Summary:
        """The week in one value."""
        return self.ask(_summary, self.week)

    def name(self, person: str) -> str:
        """What somebody is called on a page: the name, or the pseudonym."""
        return self.ask(_names).get(person, person)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _answer(
    _question: Callable[..., Any],
    _desk: Desk,
    name: str,  # noqa: ARG001 - name and mark say whether an answer in memory still holds
    mark: str,  # noqa: ARG001
    subject: tuple[Any, ...],
    options: tuple[tuple[str, Any], ...],
) -> Any:
    return _question(_desk, *subject, **dict(options))


def _summary(desk: Desk, week: str) -> Summary:
    return summarise(desk, week_period(week, desk.settings.timezone))


def _names(desk: Desk) -> Mapping[str, str]:
    return {line.person: line.name for line in person_lines(desk)}


@dataclass(frozen=True, slots=True)
class _Opened:
    desk: Desk
    birth: str


def _birth(folder: Path) -> str:
    """Differs when a workspace was made anew in the same place."""
    try:
        made = (folder / "labelqa.toml").stat()
    except OSError:
        return ""
    return f"{made.st_ino}-{made.st_mtime_ns}"


def _still_there(opened: _Opened) -> bool:
    return bool(opened.birth) and _birth(opened.desk.settings.workspace) == opened.birth


@st.cache_resource(max_entries=4, show_spinner=False, validate=_still_there)
def _open(start: str, workspace: str, _env: Mapping[str, str]) -> _Opened:
    desk = open_desk(start=Path(start), workspace=Path(workspace) if workspace else None, env=_env)
    return _Opened(desk, _birth(desk.settings.workspace))


def opened(env: Mapping[str, str]) -> Desk:
    """The workspace named by LABELQA_WORKSPACE or found upward from here; raises NoWorkspace."""
    return _open(str(Path.cwd()), env.get("LABELQA_WORKSPACE", ""), env).desk


def mark_of(desk: Desk) -> str:
    """Names the state of a workspace: its place, its last fact, and the day (qualifications expire by the day)."""
    number, head = desk.ledger.head()
    return f"{desk.settings.workspace}|{number}|{head}|{desk.clock():%Y-%m-%d}"


def weeks(desk: Desk, mark: str) -> tuple[tuple[str, ...], str]:
    """The weeks with something to show and the current one, latest first; and the latest with something to show."""
    found: tuple[tuple[str, ...], str] = _answer(_weeks, desk, "weeks", mark, (), ())
    return found


def _weeks(desk: Desk) -> tuple[tuple[str, ...], str]:
    zone = desk.settings.timezone
    now = week_of(desk.clock(), zone)
    moments = [when for line in batch_lines(desk) for when in (line.declared_at, line.frozen_at, line.settled_at)]
    moments += [fact.effective_at for fact in facts(desk, kind="import.counted", last=IMPORTS)]
    seen = {week_of(when, zone) for when in moments if when}
    latest = max(seen, default=now)
    last = summarise(desk, week_period(latest, zone))
    points = (*last.accuracy_trend, *last.agreement_trend)
    seen |= {now} | {point.week for point in points if isinstance(point.figure, Estimate)}
    return tuple(sorted(seen, reverse=True)), latest


def remember(view: View) -> None:
    """Keep this rerun's view for the page that runs next."""
    st.session_state[KEY] = view


def recall() -> View:
    """The view of this rerun."""
    view: View = st.session_state[KEY]
    return view


def choose(name: str, options: list[str] | tuple[str, ...], *, default: str, pick: Callable[[str], Any]) -> str:
    """One of some options, kept in the address (``?name=``) and in the session; ``pick(key)`` shows the widget.

    The address wins when it changed, then what was picked before, then the default.
    """
    key, last = f"pick-{name}", f"last-{name}"
    before = st.session_state.get(last)
    asked = st.query_params.get(name, before)
    wanted = asked if asked in options else default
    if asked != before or st.session_state.get(key) not in options:
        st.session_state[key] = wanted
    pick(key)
    chosen = str(st.session_state[key])
    st.session_state[last] = chosen
    if chosen:
        st.query_params[name] = chosen
    elif name in st.query_params:
        del st.query_params[name]
    return chosen


def choose_person(view: View, names: Mapping[str, str], *, label: str) -> str:
    """One of some people, or nobody yet."""
    nobody = view.say("nobody picked yet")

    def shown(person: str) -> str:
        return f"{names[person]} ({person})" if person else nobody

    people = ["", *names]
    return choose(
        "person", people, default="",
        pick=lambda key: st.selectbox(label, people, format_func=shown, key=key, label_visibility="collapsed"),
    )  # fmt: skip


def told(error: LabelqaError, view: View) -> None:
    """A use case's refusal, as a sentence on the page."""
    st.warning(plain(view.say(error.message)))

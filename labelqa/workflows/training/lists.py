"""Lists of trainings: sessions with who came, or single trainings; what stands there already adds nothing.

A row that cannot be taken becomes a finding, the others are recorded in one append. A list read again with more
people in a session adds these to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from labelqa.errors import BadInput, LabelqaError, Message, Refused
from labelqa.i18n import N_
from labelqa.ledger.view import Facts
from labelqa.records.facts import TrainingHeld, TrainingRecorded
from labelqa.records.finding import Finding, Place, finding
from labelqa.records.names import PersonId
from labelqa.records.results import PeopleImported
from labelqa.workflows.desk import Desk
from labelqa.workflows.people import find_person
from labelqa.workflows.state import State, read_state
from labelqa.workflows.training.checks import (
    Taught,
    check_past,
    check_person,
    check_topics,
    draft_of,
    subjects_of,
    told_before,
    trained,
)
from labelqa.workflows.training.sessions import (
    ABSENT,
    ATTENDED,
    SessionTerms,
    Written,
    attendee_drafts,
    held_draft,
    held_session,
    session_drafts,
)

_NAMES: Final = {
    "title": N_("title"), "organizer": N_("organizer"), "starts": N_("starts"), "ends": N_("ends"),
    "venue": N_("place"), "trainer": N_("trainer"), "provider": N_("provider"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRow:
    """One line of a list: a person's training, or a person's part in a session where ``session`` is named.

    ``None`` and "" mean that the list does not say.
    """

    person: str  # pseudonym, name or SERVER=ACCOUNT
    release: str
    at: datetime | None
    organizer: str = ""
    topics: tuple[str, ...] = ()
    material: str = ""
    session: str = ""
    title: str = ""
    starts: datetime | None = None
    ends: datetime | None = None
    venue: str = ""
    trainer: str = ""
    provider: bool | None = None
    attended: bool = True
    place: Place = field(default_factory=Place)

    @property
    def ended(self) -> datetime | None:
        """When it was over."""
        return self.ends or self.at or self.starts


def import_trainings(desk: Desk, rows: Sequence[TrainingRow], *, source: str = "") -> PeopleImported:
    """Record a list; ``source`` is the digest of its file."""
    taking = _Taking(desk, read_state(desk), source)
    for row in (each for each in rows if not each.session):
        taking.one(row)
    groups: dict[str, list[TrainingRow]] = {}
    for row in rows:
        if row.session:
            groups.setdefault(row.session, []).append(row)
    for session, mine in groups.items():
        taking.session(session, mine)
    if taking.written.drafts:
        desk.ledger.append(
            taking.written.drafts, now=desk.clock(), erasable=taking.written.texts, unless=taking.still_new
        )
    return PeopleImported(added=taking.added, unchanged=taking.unchanged, findings=tuple(taking.findings))


class _Taking:
    """What is being put together from a list."""

    def __init__(self, desk: Desk, state: State, source: str) -> None:
        self.desk, self.state, self.source = desk, state, source
        self.written = Written()
        self.findings: list[Finding] = []
        self.added = self.unchanged = 0
        self._taught: dict[tuple[str, str, datetime], list[Taught]] = {}
        self._last = state.facts.last

    def still_new(self, facts: Facts) -> None:
        """Refuses when somebody recorded trainings since the list was compared with what is on record."""
        newer = facts.of(TrainingRecorded)
        if newer and newer[-1].seq > self._last:
            raise Refused("trainings were recorded meanwhile: import the list again")

    def one(self, row: TrainingRow) -> None:
        """A training without a session."""
        try:
            person = self._person(row)
            at = self._ended(row)
            self.state.release(row.release)
            topics = check_topics(row.topics)
            known = self._known(person, row.release, at)
            if told_before(known, topics, row.organizer, row.provider):
                self.unchanged += 1
                return
        except LabelqaError as error:
            self.findings.append(_refused(row.place, error.message))
            return
        body = TrainingRecorded(
            person=person, release=row.release, organizer=row.organizer, topics=topics, material=row.material,
            provider=bool(row.provider), source=self.source,
        )  # fmt: skip
        self.written.drafts.append(draft_of(self.desk, body, subjects_of(person, row.release), at))
        known.append(Taught(frozenset(topics), row.organizer, bool(row.provider)))
        self.added += 1

    def _known(self, person: PersonId, release: str, at: datetime) -> list[Taught]:
        """What is on record, or was in the list before, of that person, release and time."""
        key = (person, release, at)
        if key not in self._taught:
            self._taught[key] = trained(self.state, person, release, at)
        return self._taught[key]

    def _person(self, row: TrainingRow) -> PersonId:
        person = find_person(self.desk, row.person)
        check_person(self.desk, self.state, person)
        return person

    def _ended(self, row: TrainingRow) -> datetime:
        if row.ended is None:
            raise BadInput("the row has no date: fill in date, or starts and ends")
        check_past(row.ended, self.desk.clock())
        return row.ended

    def session(self, session: str, rows: Sequence[TrainingRow]) -> None:
        """A session with everybody who is listed under it."""
        named = {row: person for row in rows if (person := self._named(row)) is not None}
        if not named:
            return
        attendance = {person: ATTENDED if row.attended else ABSENT for row, person in named.items()}
        before = len(self.written.drafts)
        try:
            held = held_session(self.state.facts, session)
            if held is None:
                terms = _terms(rows)
                pairs = [[who, how] for who, how in attendance.items()]
                if ATTENDED not in attendance.values():
                    raise BadInput("nobody attended: a session without attendees trains nobody, so it is not recorded")
                session_drafts(
                    self.desk, self.state, terms, pairs, session=session, into=self.written, source=self.source
                )
            else:
                _check_same(rows, held[1])
                self._more(held[0].seq, held[1], attendance)
        except LabelqaError as error:
            del self.written.drafts[before:]
            self.findings += [_refused(row.place, error.message) for row in rows]
            return
        was = {PersonId(who): how for who, how in held[1].attendance} if held else {}
        new = sum(was.get(who) not in {how, ATTENDED} for who, how in attendance.items())
        self.added += new
        self.unchanged += len(attendance) - new

    def _named(self, row: TrainingRow) -> PersonId | None:
        try:
            return self._person(row)
        except LabelqaError as error:
            self.findings.append(_refused(row.place, error.message))
            return None

    def _more(self, fact: int, held: TrainingHeld, attendance: dict[PersonId, str]) -> None:
        """Adds people to a session on record; whoever attended stays among those who did."""
        known = {PersonId(who): how for who, how in held.attendance}
        merged = known | {who: how for who, how in attendance.items() if known.get(who) != ATTENDED}
        if merged == known:
            return
        ends = datetime.fromisoformat(held.ends)
        body = replace(held, attendance=[[who, how] for who, how in merged.items()], source=self.source)
        self.written.drafts.append(held_draft(self.desk, body, ends, supersedes=fact))
        for who, how in merged.items():
            if how == ATTENDED and known.get(who) != ATTENDED:
                self.written.drafts.extend(attendee_drafts(self.desk, body, who, ends, source=self.source))


def _terms(rows: Sequence[TrainingRow]) -> SessionTerms:
    """The session that its rows describe; BadInput where they contradict each other or leave out its times."""
    told = {name: _same(rows, name) for name in _NAMES}
    ended = told["ends"] or next((row.at for row in rows if row.at), None)
    if ended is None:
        raise BadInput("the session has no times: fill in starts and ends, or date")
    return SessionTerms(
        title=told["title"] or rows[0].session, organizer=told["organizer"] or "", provider=bool(told["provider"]),
        topics=tuple(dict.fromkeys(topic for row in rows for topic in row.topics)),
        releases=tuple(dict.fromkeys(row.release for row in rows if row.release)),
        starts=told["starts"] or ended, ends=ended, place=told["venue"] or "", trainer=told["trainer"] or "",
        materials=[["", each] for each in dict.fromkeys(row.material for row in rows if row.material)],
    )  # fmt: skip


def _check_same(rows: Sequence[TrainingRow], held: TrainingHeld) -> None:
    """BadInput where rows tell otherwise of a session than what is on record; what they leave out is not told."""
    known = {
        "title": held.title, "organizer": held.organizer, "venue": held.place, "provider": held.provider,
        "starts": datetime.fromisoformat(held.starts), "ends": datetime.fromisoformat(held.ends),
    }  # fmt: skip
    for name, there in known.items():
        told = _same(rows, name)
        if told is not None and told != there:
            raise _otherwise(rows[0].session, Message(_NAMES[name]), str(there), str(told))
    topics = check_topics(tuple(dict.fromkeys(topic for row in rows for topic in row.topics)))
    if topics and set(topics) != set(held.topics):
        raise _otherwise(rows[0].session, Message(N_("topics")), ", ".join(held.topics), ", ".join(topics))
    releases = {row.release for row in rows if row.release}
    if not releases <= set(held.releases):
        there, told = ", ".join(held.releases), ", ".join(sorted(releases))
        raise _otherwise(rows[0].session, Message(N_("release")), there, told)


def _otherwise(session: str, column: Message, one: str, other: str) -> BadInput:
    return BadInput(
        "session {session} is on record with {one} under {column}, and the rows say {other}",
        session=session, column=column, one=one, other=other,
    )  # fmt: skip


def _same(rows: Sequence[TrainingRow], name: str) -> Any:
    """What the rows say of one thing, None where none does; BadInput where two say different things."""
    told = list(dict.fromkeys(value for row in rows if (value := getattr(row, name)) not in {"", None}))
    if len(told) > 1:
        raise BadInput(
            "the rows of session {session} say different things under {column}: {one} and {other}",
            session=rows[0].session, column=Message(_NAMES[name]), one=str(told[0]), other=str(told[1]),
        )  # fmt: skip
    return told[0] if told else None


def _refused(place: Place, why: Message) -> Finding:
    return finding(
        "list-row-refused", "the row is not taken: {why}", mend=Message(N_("Correct the row and import the list again")),
        place=place, why=why,
    )  # fmt: skip

"""Training sessions: what was taught, when, by whom and to whom, kept as one record and one more for each attendee."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from labelqa.batches.checks import in_force
from labelqa.errors import BadInput, Message, Refused
from labelqa.i18n import N_
from labelqa.ledger.ledger import salted
from labelqa.ledger.view import Facts
from labelqa.records.facts import Draft, Fact, ReleaseAcknowledged, TrainingHeld, TrainingRecorded
from labelqa.records.names import Digest, PersonId
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import State, read_state, shown_names
from labelqa.workflows.training.checks import check_past, check_person, check_topics, draft_of, subjects_of

ATTENDED, ABSENT = "attended", "absent"
LONGEST = 200  # characters of a title, a place, an id


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTerms:
    """A session as somebody tells it; ``trainer`` is a pseudonym or any name, ``minutes`` the text itself.

    ``materials`` are ``[title, digest]`` of files that are kept as attachments, or digests alone.
    """

    title: str
    topics: Sequence[str]
    releases: Sequence[str]
    organizer: str
    starts: datetime
    ends: datetime
    provider: bool = False
    place: str = ""
    trainer: str = ""
    materials: Sequence[Sequence[str]] = ()
    minutes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLine:
    """A session on record, with names where they are known."""

    session: str
    title: str
    organizer: str
    provider: bool
    topics: tuple[str, ...]
    releases: tuple[str, ...]
    starts: datetime
    ends: datetime
    place: str
    trainer: str
    materials: tuple[tuple[str, str], ...]
    attended: tuple[str, ...]
    absent: tuple[str, ...]
    minutes: str  # "" where there are none, or they were erased
    fact: int
    trained: tuple[int, ...] = ()  # the facts of its attendees


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What is to be appended: facts, and the erasable texts beside them."""

    drafts: list[Draft] = field(default_factory=list)
    texts: list[tuple[Digest, str, str]] = field(default_factory=list)


def hold_session(
    desk: Desk,
    terms: SessionTerms,
    *,
    attended: Sequence[PersonId],
    absent: Sequence[PersonId] = (),
    session: str = "",
) -> SessionLine:
    """Record a session and the training of everybody who attended, in one append.

    BadInput for terms that cannot be, for nobody attending and for people who are not registered; Refused where a
    session of this id is on record. Without an id it gets one.
    """
    state, name = read_state(desk), session.strip() or desk.new_id("t")
    both = set(attended) & set(absent)
    if both:
        raise BadInput(
            "{person} cannot have attended and been absent", person=shown_names(desk).get(min(both), min(both))
        )
    if not attended:
        raise BadInput("nobody attended: a session without attendees trains nobody, so it is not recorded")
    attendance = [[who, ATTENDED] for who in dict.fromkeys(attended)] + [[who, ABSENT] for who in dict.fromkeys(absent)]
    written = Written()
    session_drafts(desk, state, terms, attendance, session=name, into=written)

    def unless(facts: Facts) -> None:
        if facts.about(f"session:{name}", TrainingHeld):
            raise Refused("the session {session} is on record already: labelqa train show {session}", session=name)

    desk.ledger.append(written.drafts, now=desk.clock(), erasable=written.texts, unless=unless)
    return session_line(desk, name)


def session_drafts(
    desk: Desk,
    state: State,
    terms: SessionTerms,
    attendance: Sequence[Sequence[str]],
    *,
    session: str,
    into: Written,
    source: str = "",
) -> None:
    """The facts of a session and of its attendees; raises BadInput or Refused for what cannot be recorded."""
    topics = _checked(desk, state, terms, session)
    for who, _ in attendance:
        check_person(desk, state, PersonId(who))
    minutes = _beside(terms.minutes, into)
    trainer = terms.trainer if terms.trainer in state.people else _beside(terms.trainer, into)
    body = TrainingHeld(
        session=session, title=terms.title.strip(), organizer=terms.organizer.strip(), provider=terms.provider,
        topics=topics, releases=list(dict.fromkeys(terms.releases)), starts=_text(terms.starts), ends=_text(terms.ends),
        place=terms.place.strip(), trainer=trainer, materials=[list(each) for each in terms.materials],
        attendance=[list(each) for each in attendance], minutes=minutes, source=source,
    )  # fmt: skip
    into.drafts.append(held_draft(desk, body, terms.ends))
    for who, how in attendance:
        if how == ATTENDED:
            into.drafts.extend(attendee_drafts(desk, body, who, terms.ends, source=source))


def held_draft(desk: Desk, body: TrainingHeld, ends: datetime, *, supersedes: int | None = None) -> Draft:
    """The fact of a session, to be asked for by session, release and person."""
    named = [f"session:{body.session}", *(f"release:{each}" for each in body.releases)]
    named += [f"person:{who}" for who, _ in body.attendance]
    return draft_of(desk, body, named, ends, supersedes=supersedes)


def attendee_drafts(desk: Desk, held: TrainingHeld, who: str, ends: datetime, *, source: str) -> Iterable[Draft]:
    """The trainings that a session gave one person, one for each release that was taught."""
    for release in held.releases:
        body = TrainingRecorded(
            person=who, release=release, organizer=held.organizer, topics=list(held.topics),
            material=held.materials[0][1] if held.materials else "", session=held.session, provider=held.provider,
            source=source,
        )  # fmt: skip
        yield draft_of(desk, body, subjects_of(who, release, f"session:{held.session}"), ends)


def _beside(text: str, into: Written) -> str:
    """The salted digest of an erasable text, which is noted; "" for none."""
    if not text.strip():
        return ""
    into.texts.append(salted(text.strip(), secrets.token_hex(16)))
    return into.texts[-1][0]


def _checked(desk: Desk, state: State, terms: SessionTerms, session: str) -> list[str]:
    """The topics; BadInput with the first thing that stands against the terms."""
    named = ((N_("title"), terms.title), (N_("organizer"), terms.organizer), (N_("session"), session))
    for name, told in (*named, (N_("place"), terms.place or "–")):
        if not told.strip() or len(told) > LONGEST or not told.isprintable():
            raise BadInput("{name}: 1 to {most} characters on one line are expected", name=Message(name), most=LONGEST)
    if not terms.releases:
        raise BadInput("name at least one release that was taught: --release NAME@VERSION")
    for release in terms.releases:
        state.release(release)
    if terms.ends < terms.starts:
        raise BadInput("the session ends before it starts: check --starts and --ends")
    check_past(terms.ends, desk.clock())
    topics = check_topics(terms.topics)
    if not topics:
        raise BadInput("name at least one topic that was covered")
    return topics


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def sessions(desk: Desk) -> tuple[SessionLine, ...]:
    """Every session on record, by when it started."""
    state = read_state(desk)
    lines = (_line(desk, state, fact, body) for fact, body in in_force(state.facts.of(TrainingHeld), TrainingHeld))
    return tuple(sorted(lines, key=lambda line: (line.starts, line.fact)))


def session_line(desk: Desk, session: str) -> SessionLine:
    """One session; BadInput when there is none of that id."""
    state = read_state(desk)
    found = held_session(state.facts, session)
    if found is None:
        raise BadInput("no session is called {session}: labelqa train sessions shows them", session=session)
    return _line(desk, state, *found)


def held_session(facts: Facts, session: str) -> tuple[Fact, TrainingHeld] | None:
    """The fact in force about a session; None where there is none."""
    return next(iter(in_force(facts.about(f"session:{session}", TrainingHeld), TrainingHeld)), None)


def _line(desk: Desk, state: State, fact: Fact, body: TrainingHeld) -> SessionLine:
    names = shown_names(desk)
    people = {how: tuple(names.get(PersonId(who), who) for who, one in body.attendance if one == how)
              for how in (ATTENDED, ABSENT)}  # fmt: skip
    trainer = body.trainer and (names.get(PersonId(body.trainer)) or desk.ledger.text_of(body.trainer))
    trained = in_force(state.facts.about(f"session:{body.session}", TrainingRecorded), TrainingRecorded)
    return SessionLine(
        session=body.session, title=body.title, organizer=body.organizer, provider=body.provider,
        topics=tuple(body.topics), releases=tuple(body.releases), starts=datetime.fromisoformat(body.starts),
        ends=datetime.fromisoformat(body.ends), place=body.place, trainer=trainer,
        materials=tuple((title, digest) for title, digest in body.materials), attended=people[ATTENDED],
        absent=people[ABSENT], minutes=body.minutes and desk.ledger.text_of(body.minutes), fact=fact.seq,
        trained=tuple(each.seq for each, _ in trained),
    )  # fmt: skip


def acknowledge_release(desk: Desk, person: PersonId, release: str, *, at: datetime | None = None) -> Fact:
    """Record that somebody has read a release; Refused when that is on record already."""
    state = read_state(desk)
    body = ReleaseAcknowledged(person=person, release=release, digest=state.release(release).digest)
    check_person(desk, state, person)
    now = desk.clock()
    check_past(at or now, now)

    def unless(facts: Facts) -> None:
        if body.release in acknowledged(facts, person):
            raise Refused("{person} has acknowledged {release} already", release=release,
                          person=shown_names(desk).get(person, person))  # fmt: skip

    draft = draft_of(desk, body, subjects_of(person, release), at)
    (fact,) = desk.ledger.append([draft], now=now, unless=unless)
    return fact


def acknowledged(facts: Facts, person: str) -> dict[str, Fact]:
    """The releases that somebody has acknowledged, each with its fact."""
    told = in_force(facts.about(f"person:{person}", ReleaseAcknowledged), ReleaseAcknowledged)
    return {body.release: fact for fact, body in told}

"""What other programs may be told: trainings, exams and acknowledgements, and the proof of a qualification.

People stand in it by pseudonym; their names come along only where that is asked for. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from labelqa.batches.checks import in_force
from labelqa.errors import Refused
from labelqa.records.facts import (
    ExamRecorded,
    Fact,
    PaperRegistered,
    ReleaseAcknowledged,
    TrainingHeld,
    TrainingRecorded,
)
from labelqa.records.names import PersonId, ReleaseName
from labelqa.records.people import Exam, Qualification, Standing
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import State, read_state, shown_names
from labelqa.workflows.training.results import exam_of


class Event(StrEnum):
    """What happened."""

    TRAINED = "trained"
    EXAMINED = "examined"
    ACKNOWLEDGED = "acknowledged"


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningRecord:
    """One training, exam or acknowledgement of one person; ``hash`` is that of its fact and never changes."""

    event: Event
    person: PersonId
    name: str  # "" where names are not told, or erased
    release: str
    at: datetime
    recorded_at: datetime
    fact: int
    hash: str
    organizer: str = ""
    provider: bool = False
    topics: tuple[str, ...] = ()
    session: str = ""
    title: str = ""  # of the session or the paper
    paper: str = ""
    exam: Exam | None = None
    minutes: float | None = None  # how long the session took


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeFacts:
    """What a badge states: who is qualified under which release, since and until when, and which facts prove it."""

    person: PersonId
    name: str  # "" where names are not told
    workspace: str
    release: ReleaseName
    rulebook: str  # digest of the released text
    since: datetime
    until: datetime | None
    organizer: str
    exam: Exam
    evidence: tuple[tuple[int, str, str], ...]  # number, kind and hash of each fact
    topics: tuple[str, ...] = ()
    abilities: Mapping[str, float] = field(default_factory=dict)


def learning_records(desk: Desk, *, person: PersonId | None = None, names: bool = False) -> tuple[LearningRecord, ...]:
    """Everything that people learnt and passed, in the order of the ledger; of one person where one is named."""
    state = read_state(desk)
    shown = desk.ledger.identities.names() if names else {}
    bodies = (TrainingRecorded, ExamRecorded, ReleaseAcknowledged)
    told = state.facts.about(f"person:{person}", *bodies) if person else state.facts.of(*bodies)
    held = {body.session: body for _, body in in_force(state.facts.of(TrainingHeld), TrainingHeld)}
    titles = {body.paper: body.title for _, body in in_force(state.facts.of(PaperRegistered), PaperRegistered)}
    records = (_record(fact, shown, held, titles) for fact, _ in in_force(told, object))
    return tuple(each for each in records if person in {None, each.person})


def _record(
    fact: Fact, names: Mapping[PersonId, str], held: Mapping[str, TrainingHeld], titles: Mapping[str, str]
) -> LearningRecord:
    body = fact.body
    event, more = _told(fact, held, titles)
    return LearningRecord(
        event=event, person=PersonId(body.person), name=names.get(PersonId(body.person), ""), release=body.release,
        at=fact.effective_at, recorded_at=fact.recorded_at, fact=fact.seq, hash=fact.hash, **more,
    )  # fmt: skip


def _told(fact: Fact, held: Mapping[str, TrainingHeld], titles: Mapping[str, str]) -> tuple[Event, dict[str, Any]]:
    body = fact.body
    if isinstance(body, ExamRecorded):
        return Event.EXAMINED, {"exam": exam_of(fact), "paper": body.paper, "title": titles.get(body.paper, "")}
    if isinstance(body, ReleaseAcknowledged):
        return Event.ACKNOWLEDGED, {}
    session = held.get(body.session)
    more: dict[str, Any] = {
        "organizer": body.organizer, "provider": body.provider, "topics": tuple(body.topics), "session": body.session,
    }  # fmt: skip
    if session is not None:
        took = datetime.fromisoformat(session.ends) - datetime.fromisoformat(session.starts)
        more |= {"title": session.title, "minutes": took.total_seconds() / 60}
    return Event.TRAINED, more


def badge_facts(desk: Desk, person: PersonId, release: str, *, names: bool = False) -> BadgeFacts:
    """What proves that somebody is qualified under a release now; Refused for whoever is not."""
    state, now = read_state(desk), desk.clock()
    digest = state.release(release).digest
    standing = state.qualification(person, release, now)
    if standing.standing is not Standing.QUALIFIED or standing.since is None:
        raise Refused(
            "{person} is not qualified under {release}, so there is nothing to certify: labelqa qualify show says why",
            person=shown_names(desk).get(person, person), release=release,
        )  # fmt: skip
    facts = [state.facts.fact(seq) for seq in standing.facts]
    exam = next(exam_of(fact) for fact in reversed(facts) if isinstance(fact.body, ExamRecorded))
    return BadgeFacts(
        person=person, name=desk.ledger.identities.names().get(person, "") if names else "",
        workspace=desk.settings.name, release=ReleaseName(release), rulebook=digest, since=standing.since,
        until=standing.until, organizer=state.people[person].organizer, exam=exam, topics=_topics(state, standing),
        abilities=exam.abilities, evidence=tuple((fact.seq, fact.kind, fact.hash) for fact in facts),
    )  # fmt: skip


def _topics(state: State, standing: Qualification) -> tuple[str, ...]:
    taught = (state.facts.fact(seq).body for seq in standing.facts)
    return tuple(dict.fromkeys(topic for body in taught if isinstance(body, TrainingRecorded) for topic in body.topics))

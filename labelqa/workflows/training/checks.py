"""What every record of a training or an exam is checked for: known topics and releases, registered people, a past time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from labelqa.errors import BadInput, Message, Refused
from labelqa.people.coverage import unknown_topics
from labelqa.records.facts import Draft
from labelqa.records.names import PersonId
from labelqa.records.personnel import Topic
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import State, shown_names


def check_topics(topics: Iterable[str]) -> list[str]:
    """The topics, each once, in their usual order; BadInput for a word that is none of the eight.

    >>> check_topics(["platform", "rule-safety", "platform"])
    ['rule-safety', 'platform']
    """
    told = list(topics)
    if strange := unknown_topics(told):
        raise BadInput(
            "{words}: not a topic of a training; the topics are {known}", words=", ".join(strange),
            known=", ".join(Topic),
        )  # fmt: skip
    return [topic.value for topic in Topic if topic in told]


def check_past(at: datetime, now: datetime) -> None:
    """BadInput for a time that has not come."""
    if at > now:
        raise BadInput("{at} lies in the future: only what has happened is recorded", at=at.date().isoformat())


def check_person(desk: Desk, state: State, person: PersonId) -> None:
    """BadInput for somebody who is not registered, Refused for a model."""
    if person not in state.people:
        raise BadInput("{person} is not registered: labelqa people add first", person=person)
    if state.people[person].model:
        who = shown_names(desk).get(person, person)
        raise Refused("{person} is a model: it is validated against people, not trained or examined", person=who)


def check_share(value: float, name: Message | str, *, least: float = 0.0) -> None:
    """BadInput for what is no share from ``least`` to 1."""
    if not least <= value <= 1:
        raise BadInput("{name}: a share between 0 and 1 is expected, got {value}", name=name, value=value)


def draft_of(
    desk: Desk, body: object, subjects: Sequence[str], at: datetime | None, *, supersedes: int | None = None
) -> Draft:
    """A fact about to be recorded, by whoever sits at the desk; subjects stand once each."""
    return Draft(
        body=body, subjects=tuple(dict.fromkeys(subjects)), actor=desk.actor, identity=desk.identity, effective_at=at,
        supersedes=supersedes,
    )  # fmt: skip


def subjects_of(person: str, release: str, *more: str) -> tuple[str, ...]:
    """By what one may ask for a record of a training or an exam."""
    return (f"person:{person}", f"release:{release}", *(each for each in more if each))


def each_once(people: Iterable[PersonId]) -> Iterator[PersonId]:
    """The people in their order, each once."""
    return iter(dict.fromkeys(people))

"""What every record of a training or an exam is checked for: known topics and releases, registered people, a past time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Taught:
    """What a training of one person, release and time was about, and who held it; ``fact`` is 0 before it has one."""

    topics: frozenset[str]
    organizer: str
    provider: bool
    fact: int = 0


def trained(state: State, person: PersonId, release: str, at: datetime) -> list[Taught]:
    """The trainings on record of that person, release and time."""
    mine = (each for each in state.trainings.get(person, ()) if each.release == release and each.at == at)
    return [Taught(frozenset(each.topics), each.organizer, each.provider, each.fact) for each in mine]


def told_before(known: Sequence[Taught], topics: Sequence[str], organizer: str, provider: bool | None) -> bool:
    """Whether a row tells a training that is known; other topics make it another one, what is empty is not told.

    Refused where the topics are the same and somebody else held it.
    """
    same = [each for each in known if not topics or each.topics == frozenset(topics)]
    if not same:
        return False
    if any(organizer in {"", each.organizer} and provider in {None, each.provider} for each in same):
        return True
    if all(organizer not in {"", each.organizer} for each in same):
        raise Refused(
            "a training of this person, release, time and topics by {organizer} is known (fact {fact}), and the row says "
            "{other}",
            organizer=same[0].organizer or "–", fact=same[0].fact or "–", other=organizer,
        )  # fmt: skip
    raise Refused(
        "a training of this person, release, time and topics is known (fact {fact}), and the row says otherwise whether "
        "the provider held it",
        fact=same[0].fact or "–",
    )  # fmt: skip


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

"""Who was taught what, under which line of a rulebook, by which session, and until when that counts.

A matrix of people, topics and lines (NAME@MAJOR), worked out from trainings alone. Two lists are held against it: the
six topics of GB/T 45674—2025, 7.1 a), and the four of TC260-003, 5.3 a) 1), which count only where the provider itself
held the training. Whether somebody may work is not decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from labelqa.people.qualification import release_line
from labelqa.records.names import PersonId, ReleaseName
from labelqa.records.people import Person, Training
from labelqa.records.personnel import Topic
from labelqa.records.training import CoverageLine, Covered, Demand

SIX: Final = (
    Topic.RULE_SAFETY, Topic.PLATFORM, Topic.VERIFICATION, Topic.DATA_SECURITY, Topic.RISK_CASES, Topic.LAW_AWARENESS,
)  # fmt: skip
FOUR: Final = (Topic.TASK_RULES, Topic.TOOL_USE, Topic.VERIFICATION, Topic.DATA_SECURITY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """How long a training counts: ``days`` (None: for ever), and when lines of a rulebook end."""

    days: int | None
    ends: Mapping[str, datetime] = field(default_factory=dict)

    def until(self, at: datetime, line: str) -> datetime | None:
        """The end of a training held at a time."""
        expiry = None if self.days is None else at + timedelta(days=self.days)
        end = self.ends.get(line)
        return expiry if end is None else end if expiry is None else min(expiry, end)


def coverage(
    people: Iterable[Person],
    trainings: Mapping[PersonId, Sequence[Training]],
    lines: Sequence[str],
    *,
    at: datetime,
    validity: Validity,
    line_of: Callable[[ReleaseName], str] = release_line,
) -> tuple[CoverageLine, ...]:
    """Every person under every line, in the order given; models are left out, as they are not taught.

    Trainings after ``at`` are not looked at. Of several on a topic the one that counts longest stands in the matrix.
    """
    wanted = tuple(dict.fromkeys(lines))
    return tuple(
        _line(person.person, line, mine.get(line, ()), at=at, validity=validity)
        for person in people
        if not person.model
        for mine in (_by_line(trainings.get(person.person, ()), at, line_of),)
        for line in wanted
    )


def _by_line(
    trainings: Iterable[Training], at: datetime, line_of: Callable[[ReleaseName], str]
) -> dict[str, list[Training]]:
    found: dict[str, list[Training]] = {}
    for each in trainings:
        if each.at <= at:
            found.setdefault(line_of(each.release), []).append(each)
    return found


def _line(
    person: PersonId, line: str, trainings: Sequence[Training], *, at: datetime, validity: Validity
) -> CoverageLine:
    covered: dict[Topic, Covered] = {}
    by_provider: dict[Topic, Covered] = {}
    other: set[str] = set()
    for training in sorted(trainings, key=lambda each: (each.at, each.fact)):
        until = validity.until(training.at, line)
        for word in training.topics:
            if word not in _TOPICS:
                other.add(word)
                continue
            one = Covered(
                topic=Topic(word), at=training.at, until=until, session=training.session, provider=training.provider,
                organizer=training.organizer, release=training.release, fact=training.fact,
                lapsed=until is not None and at >= until,
            )  # fmt: skip
            covered[one.topic] = one  # later ones last longer, since all last equally long
            if one.provider:
                by_provider[one.topic] = one
    gaps = {
        Demand.GB_45674: tuple(topic for topic in SIX if _open(covered.get(topic))),
        Demand.TC260_003: tuple(topic for topic in FOUR if _open(by_provider.get(topic))),
    }
    ordered = {topic: covered[topic] for topic in Topic if topic in covered}
    return CoverageLine(
        person=person, line=line, covered=ordered, by_provider=by_provider, gaps=gaps, other=tuple(sorted(other))
    )


_TOPICS: Final = frozenset(topic.value for topic in Topic)


def _open(covered: Covered | None) -> bool:
    return covered is None or covered.lapsed


def unknown_topics(topics: Iterable[str]) -> tuple[str, ...]:
    """The words that are none of the eight topics, in the order given.

    >>> unknown_topics(["platform", "yoga"])
    ('yoga',)
    """
    return tuple(dict.fromkeys(word for word in topics if word not in _TOPICS))

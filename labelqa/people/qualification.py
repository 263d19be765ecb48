"""May this person label under this release today, and because of which training and exam?

A qualification belongs to a line of a rulebook, NAME@MAJOR: a release with another major version changes the rules so
much that people are trained and examined anew (GB/T 45674—2025, 7.1 b and c). Within a line: trained first, then
examined; the last exam counts; a pass is good until it expires, or until the line's last release stops serving open
work: from then on it is stale, and that end is known beforehand. Facts after the asked time are not looked at.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from labelqa.records.governance import Release
from labelqa.records.names import PersonId, ReleaseName
from labelqa.records.people import Exam, Qualification, Standing, Training
from labelqa.rulebook.force import ends as service_ends

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
NO_ENDS: Final[Mapping[str, datetime]] = MappingProxyType({})


def release_line(release: ReleaseName) -> str:
    """The line of a release: its rulebook's name and its major version.

    >>> release_line(ReleaseName("genai-safety@2.3.1"))
    'genai-safety@2'
    """
    name, at, version = release.rpartition("@")
    return f"{name}{at}{version.partition('.')[0]}" if at else release


def line_ends(
    releases: Iterable[Release], *, line_of: Callable[[ReleaseName], str] = release_line
) -> dict[str, datetime]:
    """When each line of one rulebook stops serving open work; a line that goes on is not in it.

    A line serves as long as any of its releases does, so a patch or minor release ends nothing.
    """
    found: dict[str, datetime | None] = {}
    for name, service in service_ends(releases).items():
        line, end = line_of(name), service.open_work
        before = found.get(line, end)
        found[line] = None if end is None or before is None else max(before, end)
    return {line: end for line, end in found.items() if end is not None}


class _History(NamedTuple):
    """One person's trainings and exams, oldest first; ``end`` is that of the line, once it is narrowed to one."""

    trainings: Sequence[Training]
    exams: Sequence[Exam]
    valid: timedelta | None
    line_of: Callable[[ReleaseName], str]
    ends: Mapping[str, datetime]
    end: datetime | None = None

    def within(self, line: str) -> _History:
        """Only what belongs to one line."""
        return self._replace(
            trainings=[each for each in self.trainings if self.line_of(each.release) == line],
            exams=[each for each in self.exams if self.line_of(each.release) == line],
            end=self.ends.get(line),
        )


def _history(
    person: PersonId,
    trainings: Iterable[Training],
    exams: Iterable[Exam],
    valid_days: int | None,
    line_of: Callable[[ReleaseName], str],
    ends: Mapping[str, datetime],
) -> _History:
    if valid_days is not None and valid_days < 1:
        raise ValueError(f"a qualification is valid for a day or more, got {valid_days} days")
    return _History(
        trainings=sorted((each for each in trainings if each.person == person), key=lambda each: (each.at, each.fact)),
        exams=sorted((each for each in exams if each.person == person), key=lambda each: (each.at, each.fact)),
        valid=None if valid_days is None else timedelta(days=valid_days),
        line_of=line_of,
        ends=ends,
    )


def qualification(
    person: PersonId,
    release: ReleaseName,
    trainings: Iterable[Training],
    exams: Iterable[Exam],
    *,
    at: datetime,
    valid_days: int | None,
    line_of: Callable[[ReleaseName], str] = release_line,
    ends: Mapping[str, datetime] = NO_ENDS,
) -> Qualification:
    """Where a person stands under a release at a time, and which facts say so.

    ``trainings`` and ``exams`` may hold other people's. ``since`` is when this standing began, ``until`` when a
    qualification ends: it expires (``valid_days`` days after the exam; None: never), or its line ends before that
    (``ends``, as :func:`line_ends` has them), which ``replaced`` tells. Ends are exclusive, beginnings inclusive.
    """
    return _judge(person, release, _history(person, trainings, exams, valid_days, line_of, ends), at)


def _judge(person: PersonId, release: ReleaseName, history: _History, at: datetime) -> Qualification:
    line = history.line_of(release)
    verdict = _standing(history.within(line), at)
    if verdict.standing is Standing.NOT_TRAINED:
        verdict = _elsewhere(history, release, at) or verdict
    return Qualification(
        person=person,
        release=release,
        standing=verdict.standing,
        since=verdict.since,
        until=verdict.until,
        facts=verdict.facts,
        replaced=verdict.replaced,
    )


class _Verdict(NamedTuple):
    standing: Standing
    since: datetime | None
    until: datetime | None
    facts: tuple[int, ...]
    replaced: bool = False


def _standing(history: _History, at: datetime) -> _Verdict:
    """Where somebody stands in one line."""
    trained = [each for each in history.trainings if each.at <= at]
    if not trained:
        return _Verdict(Standing.NOT_TRAINED, None, None, ())
    examined = [each for each in history.exams if trained[0].at <= each.at <= at]
    if not examined:
        return _Verdict(Standing.NOT_EXAMINED, trained[0].at, None, (trained[-1].fact,))
    exam = examined[-1]
    taught = [each for each in trained if each.at <= exam.at][-1]
    facts = (taught.fact, exam.fact)
    if not exam.passed:
        return _Verdict(Standing.FAILED, exam.at, None, facts)
    expiry = None if history.valid is None else exam.at + history.valid
    return _lasting(exam.at, expiry, history.end, at, facts)


def _lasting(
    passed: datetime, expiry: datetime | None, end: datetime | None, at: datetime, facts: tuple[int, ...]
) -> _Verdict:
    """A passed exam at a time: it holds, has expired, or its line ended before it could."""
    replaced = end is not None and (expiry is None or end < expiry)
    until = end if replaced else expiry
    if until is None or at < until:
        return _Verdict(Standing.QUALIFIED, passed, until, facts, replaced)
    # An exam that was passed after the line had ended never counted: it is stale from the start.
    return _Verdict(Standing.STALE if replaced else Standing.EXPIRED, max(until, passed), None, facts, replaced)


def _elsewhere(history: _History, release: ReleaseName, at: datetime) -> _Verdict | None:
    """Qualified under another line of the same rulebook, where that is so."""
    rulebook = _rulebook(release)
    releases = [each.release for each in history.exams if each.at <= at and _rulebook(each.release) == rulebook]
    for line in sorted({history.line_of(each) for each in releases} - {history.line_of(release)}):
        verdict = _standing(history.within(line), at)
        if verdict.standing is Standing.QUALIFIED:
            return verdict._replace(standing=Standing.WRONG_RELEASE)
    return None


def _rulebook(release: ReleaseName) -> str:
    name, at, _ = release.rpartition("@")
    return name if at else release


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A stretch of time in which a standing and its facts are the same.

    From ``start`` up to, not including, ``until``, which is None for the last one.
    """

    start: datetime
    until: datetime | None
    standing: Standing
    facts: tuple[int, ...]


def timeline(
    person: PersonId,
    release: ReleaseName,
    trainings: Iterable[Training],
    exams: Iterable[Exam],
    *,
    valid_days: int | None,
    line_of: Callable[[ReleaseName], str] = release_line,
    ends: Mapping[str, datetime] = NO_ENDS,
) -> tuple[Stretch, ...]:
    """Where a person stood under a release at all times, as stretches without gaps, oldest first.

    At every time the stretch says what :func:`qualification` says; so a million annotations cost a bisection each.
    """
    history = _history(person, trainings, exams, valid_days, line_of, ends)
    changes = {each.at for each in history.trainings} | {each.at for each in history.exams}
    if history.valid is not None:
        changes |= {each.at + history.valid for each in history.exams}
    rulebook = _rulebook(release)
    changes |= {end for line, end in ends.items() if _rulebook(ReleaseName(line)) == rulebook}
    stretches: list[Stretch] = []
    for start in [BEGINNING, *sorted(changes)]:
        judged = _judge(person, release, history, start)
        stretch = Stretch(start=start, until=None, standing=judged.standing, facts=judged.facts)
        if stretches and (stretches[-1].standing, stretches[-1].facts) == (stretch.standing, stretch.facts):
            continue
        if stretches:
            last = stretches.pop()
            stretches.append(Stretch(start=last.start, until=start, standing=last.standing, facts=last.facts))
        stretches.append(stretch)
    return tuple(stretches)


def stretch_at(stretches: Sequence[Stretch], at: datetime) -> Stretch:
    """The stretch of a timeline that a time falls into."""
    return stretches[bisect_right(stretches, at, key=lambda stretch: stretch.start) - 1]


def stretches_at(stretches: Sequence[Stretch], times: NDArray[np.datetime64]) -> NDArray[np.intp]:
    """For many UTC times (any shape, ``datetime64[us]``) the index of the stretch that each falls into, same shape."""
    import numpy as np

    starts = np.array([stretch.start.astimezone(UTC).replace(tzinfo=None) for stretch in stretches], "datetime64[us]")
    return np.searchsorted(starts, times, side="right") - 1

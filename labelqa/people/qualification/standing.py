"""Where somebody's qualification stands at one time, since when, until when, and which facts say so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from labelqa.people.qualification.history import NO_ENDS, History, Validity, history_of
from labelqa.people.qualification.lines import release_line, rulebook_of
from labelqa.records.names import PersonId, ReleaseName
from labelqa.records.people import Decision, Duty, Exam, Qualification, Standing, Training
from labelqa.records.personnel import QualificationAction

# what was granted once, so that there is something to suspend
_GRANTED: Final = frozenset({Standing.QUALIFIED, Standing.EXPIRED, Standing.STALE, Standing.FAILED})


class Verdict(NamedTuple):
    """A standing with its times and facts."""

    standing: Standing
    since: datetime | None
    until: datetime | None
    facts: tuple[int, ...]
    replaced: bool = False


def qualification(
    person: PersonId,
    release: ReleaseName,
    trainings: Iterable[Training],
    exams: Iterable[Exam],
    decisions: Iterable[Decision] = (),
    *,
    at: datetime,
    valid_days: int | None,
    declared: Iterable[tuple[datetime, int]] = (),
    duty: Duty | None = None,
    expiring_days: int = 30,
    line_of: Callable[[ReleaseName], str] = release_line,
    ends: Mapping[str, datetime] = NO_ENDS,
) -> Qualification:
    """Where a person stands under a release at a time, and which facts say so.

    ``trainings``, ``exams`` and ``decisions`` may hold other people's. ``since`` is when this standing began, ``until``
    when a qualification ends: it expires (``valid_days`` days after the exam; None: never), or its line ends before
    that (``ends``, as :func:`line_ends` has them), which ``replaced`` tells. ``declared`` are other validities, each in
    days from a time on: the one in force at ``at`` counts for every exam, also for those before. Ends are exclusive,
    beginnings inclusive. Without a ``duty`` only decisions on every duty count. Order of what stands against somebody:
    cancelled and not earned anew, suspended, then what training and exam say.
    """
    history = history_of(
        person, trainings, exams, decisions, valid_days=valid_days, declared=declared, duty=duty, line_of=line_of,
        ends=ends,
    )  # fmt: skip
    found = judged(release, history, at)
    soon = found.until is not None and found.until - at <= timedelta(days=expiring_days)
    return Qualification(
        person=person, release=release, standing=found.standing, since=found.since, until=found.until,
        facts=found.facts, replaced=found.replaced, expiring=soon and found.standing is Standing.QUALIFIED, duty=duty,
    )  # fmt: skip


def judged(release: ReleaseName, history: History, at: datetime) -> Verdict:
    """Where somebody stands under a release, other lines of its rulebook included."""
    found = _standing(history.within(history.line_of(release)), at)
    if found.standing is Standing.NOT_TRAINED:
        return _elsewhere(history, release, at) or found
    return found


def _standing(history: History, at: datetime) -> Verdict:
    """Where somebody stands in one line, decisions included."""
    told = [each for each in history.decisions if each.holds(at)]
    cancelled = next((each for each in reversed(told) if each.action is QualificationAction.CANCEL), None)
    if cancelled is not None:
        history = history.since(cancelled.at)
    found = _earned(history, at)
    if cancelled is not None and not _passed(history, at):
        return Verdict(Standing.CANCELLED, cancelled.at, None, (cancelled.fact, *found.facts))
    return _withheld(found, history, told)


def _passed(history: History, at: datetime) -> bool:
    """Whether somebody was taught and then passed an exam, however it stands with that exam now."""
    taught = min((each.at for each in history.trainings), default=None)
    return taught is not None and any(each.passed and taught <= each.at <= at for each in history.exams)


def _withheld(found: Verdict, history: History, told: list[Decision]) -> Verdict:
    """The same under the last word on a suspension, where there was anything to suspend."""
    words = [each for each in told if each.action is not QualificationAction.CANCEL]
    if not words or found.standing not in _GRANTED:
        return found
    if words[-1].action is QualificationAction.SUSPEND:
        since = max(words[-1].at, _first_exam(history))
        return Verdict(Standing.SUSPENDED, since, None, (*found.facts, words[-1].fact))
    before = [each.fact for each in words if each.action is QualificationAction.SUSPEND][-1:]
    return found._replace(facts=(*found.facts, *before, words[-1].fact)) if before else found


def _first_exam(history: History) -> datetime:
    taught = history.trainings[0].at
    return next(each.at for each in history.exams if each.at >= taught)


def _earned(history: History, at: datetime) -> Verdict:
    """Where training and exam in one line leave somebody."""
    trained = [each for each in history.trainings if each.at <= at]
    if not trained:
        return Verdict(Standing.NOT_TRAINED, None, None, ())
    examined = [each for each in history.exams if trained[0].at <= each.at <= at]
    if not examined:
        return Verdict(Standing.NOT_EXAMINED, trained[0].at, None, (trained[-1].fact,))
    exam = examined[-1]
    taught = [each for each in trained if each.at <= exam.at][-1]
    facts = (taught.fact, exam.fact)
    if not exam.passed:
        return Verdict(Standing.FAILED, exam.at, None, facts)
    return _lasting(exam.at, history, at, facts)


def _lasting(passed: datetime, history: History, at: datetime, facts: tuple[int, ...]) -> Verdict:
    """A passed exam at a time: it holds, has expired, or its line ended before it could."""
    expiry, end = history.validity(at).expiry(passed), history.end
    replaced = end is not None and (expiry is None or end < expiry)
    until = end if replaced else expiry
    if until is None or at < until:
        return Verdict(Standing.QUALIFIED, passed, until, facts, replaced)
    if replaced:
        # An exam that was passed after the line had ended never counted: it is stale from the start.
        return Verdict(Standing.STALE, max(until, passed), None, facts, replaced)
    return Verdict(Standing.EXPIRED, max(_expired(passed, history.validities, at), passed), None, facts)


def _expired(passed: datetime, validities: Iterable[Validity], at: datetime) -> datetime:
    """Since when an exam that has expired by a time has been so: also a shorter validity can end it."""
    since = limit = at
    for each in reversed([step for step in validities if step.start <= at]):
        expiry = each.expiry(passed)
        if expiry is None or (expiry >= limit and limit is not at):
            break
        since = max(each.start, expiry)
        if since > each.start:
            break
        limit = each.start
    return since


def _elsewhere(history: History, release: ReleaseName, at: datetime) -> Verdict | None:
    """Qualified under another line of the same rulebook, where that is so."""
    rulebook = rulebook_of(release)
    releases = [each.release for each in history.exams if each.at <= at and rulebook_of(each.release) == rulebook]
    for line in sorted({history.line_of(each) for each in releases} - {history.line_of(release)}):
        verdict = _standing(history.within(line), at)
        if verdict.standing is Standing.QUALIFIED:
            return verdict._replace(standing=Standing.WRONG_RELEASE)
    return None

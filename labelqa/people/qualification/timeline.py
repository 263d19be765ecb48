"""Where somebody stood at all times, so that a million annotations cost a bisection each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from labelqa.people.qualification.history import BEGINNING, NO_ENDS, History, history_of
from labelqa.people.qualification.lines import release_line, rulebook_of
from labelqa.people.qualification.standing import judged
from labelqa.records.names import PersonId, ReleaseName
from labelqa.records.people import Decision, Duty, Exam, Standing, Training

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


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
    decisions: Iterable[Decision] = (),
    *,
    valid_days: int | None,
    declared: Iterable[tuple[datetime, int]] = (),
    duty: Duty | None = None,
    line_of: Callable[[ReleaseName], str] = release_line,
    ends: Mapping[str, datetime] = NO_ENDS,
) -> tuple[Stretch, ...]:
    """Where a person stood under a release at all times, as stretches without gaps, oldest first.

    At every time the stretch says what :func:`qualification` says of the same records.
    """
    history = history_of(
        person, trainings, exams, decisions, valid_days=valid_days, declared=declared, duty=duty, line_of=line_of,
        ends=ends,
    )  # fmt: skip
    stretches: list[Stretch] = []
    for start in [BEGINNING, *sorted(_changes(history, release))]:
        found = judged(release, history, start)
        stretch = Stretch(start=start, until=None, standing=found.standing, facts=found.facts)
        if stretches and (stretches[-1].standing, stretches[-1].facts) == (stretch.standing, stretch.facts):
            continue
        if stretches:
            last = stretches.pop()
            stretches.append(Stretch(start=last.start, until=start, standing=last.standing, facts=last.facts))
        stretches.append(stretch)
    return tuple(stretches)


def _changes(history: History, release: ReleaseName) -> set[datetime]:
    """Every time at which a standing may become another one."""
    exams, rulebook = [each.at for each in history.exams], rulebook_of(release)
    changes = {each.at for each in history.trainings} | set(exams)
    changes |= {each.at for each in history.decisions}
    changes |= {each.annulled for each in history.decisions if each.annulled is not None}
    changes |= {each.start for each in history.validities} - {BEGINNING}
    expiries = (step.expiry(passed) for step in history.validities for passed in exams)
    changes |= {expiry for expiry in expiries if expiry is not None}
    return changes | {end for line, end in history.ends.items() if rulebook_of(line) == rulebook}


def stretch_at(stretches: Sequence[Stretch], at: datetime) -> Stretch:
    """The stretch of a timeline that a time falls into."""
    return stretches[bisect_right(stretches, at, key=lambda stretch: stretch.start) - 1]


def stretches_at(stretches: Sequence[Stretch], times: NDArray[np.datetime64]) -> NDArray[np.intp]:
    """For many UTC times (any shape, ``datetime64[us]``) the index of the stretch that each falls into, same shape."""
    import numpy as np

    starts = np.array([stretch.start.astimezone(UTC).replace(tzinfo=None) for stretch in stretches], "datetime64[us]")
    return np.searchsorted(starts, times, side="right") - 1

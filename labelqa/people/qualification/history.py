"""One person's trainings, exams and decisions as the rules of qualification want them. It judges nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final, NamedTuple

from labelqa.records.names import PersonId, ReleaseName
from labelqa.records.people import Decision, Duty, Exam, Training

BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
NO_ENDS: Final[Mapping[str, datetime]] = MappingProxyType({})


class Validity(NamedTuple):
    """For how long a passed exam is good, as it was declared from a time on; None: for ever."""

    start: datetime
    valid: timedelta | None

    def expiry(self, passed: datetime) -> datetime | None:
        """When an exam passed then is no longer good; None: never."""
        return None if self.valid is None else passed + self.valid


class History(NamedTuple):
    """One person's records, oldest first; ``end`` is that of the line, once it is narrowed to one."""

    trainings: Sequence[Training]
    exams: Sequence[Exam]
    decisions: Sequence[Decision]  # those that concern the duty asked for
    validities: Sequence[Validity]  # the first one holds from the beginning
    line_of: Callable[[ReleaseName], str]
    ends: Mapping[str, datetime]
    end: datetime | None = None

    def within(self, line: str) -> History:
        """Only what belongs to one line."""
        return self._replace(
            trainings=[each for each in self.trainings if self.line_of(each.release) == line],
            exams=[each for each in self.exams if self.line_of(each.release) == line],
            decisions=[each for each in self.decisions if each.line in {"", line}],
            end=self.ends.get(line),
        )

    def since(self, after: datetime) -> History:
        """Only trainings and exams after a time: those before do not count any more."""
        return self._replace(
            trainings=[each for each in self.trainings if each.at > after],
            exams=[each for each in self.exams if each.at > after],
        )

    def validity(self, at: datetime) -> Validity:
        """What was declared of the validity at a time."""
        return [each for each in self.validities if each.start <= at][-1]


def history_of(
    person: PersonId,
    trainings: Iterable[Training],
    exams: Iterable[Exam],
    decisions: Iterable[Decision] = (),
    *,
    valid_days: int | None,
    declared: Iterable[tuple[datetime, int]] = (),
    duty: Duty | None = None,
    line_of: Callable[[ReleaseName], str],
    ends: Mapping[str, datetime] = NO_ENDS,
) -> History:
    """The person's own records in order. ValueError for a validity of less than a day.

    Without a ``duty`` only decisions for every duty count. ``declared`` are validities in days from a time on; before
    the first one ``valid_days`` holds.
    """
    steps = [(BEGINNING, valid_days), *sorted(declared, key=lambda step: step[0])]
    if wrong := [days for _, days in steps if days is not None and days < 1]:
        raise ValueError(f"a qualification is valid for a day or more, got {wrong[0]} days")
    own = [each for each in decisions if each.person == person and each.duty in {None, duty}]
    return History(
        trainings=sorted((each for each in trainings if each.person == person), key=lambda each: (each.at, each.fact)),
        exams=sorted((each for each in exams if each.person == person), key=lambda each: (each.at, each.fact)),
        decisions=sorted(own, key=lambda each: (each.at, each.fact)),
        validities=[Validity(start, None if days is None else timedelta(days=days)) for start, days in steps],
        line_of=line_of,
        ends=ends,
    )

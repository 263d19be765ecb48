"""What stands against the tasks of a project as they were read last: rows refused, answers read in part, tasks unread.

It stands until the task is read without it, or is gone. Details are kept of the last few only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.servers import UnreadTask

UNREAD: Final = "LS220"
_LAST: Final = 20
_TASKS: Final = 10_000  # of more it is not kept which they are
_COLUMNS: Final = {Severity.ERROR: 0, Severity.WARNING: 1}


@dataclass(slots=True)
class Standing:
    """By task: rows refused, answers read in part, and 1 where the task could not be read; ``last`` are the latest."""

    tasks: dict[int, list[int]] = field(default_factory=dict)
    last: list[Finding] = field(default_factory=list)

    @property
    def refused(self) -> int:
        """Rows refused."""
        return sum(each[0] for each in self.tasks.values())

    @property
    def partly(self) -> int:
        """Answers of which something could not be read."""
        return sum(each[1] for each in self.tasks.values())

    @property
    def unread(self) -> list[int]:
        """Tasks that could not be read."""
        return [task for task, each in self.tasks.items() if each[2]]

    def take(self, read: Collection[int], found: Iterable[Finding]) -> list[Finding]:
        """These tasks were read, or are gone, with what was found; gives back what was not told before."""
        known = self._drop(read)
        told = [each for each in found if each.severity in _COLUMNS]
        for each in told:
            self._count(task_of(each), _COLUMNS[each.severity])
        self._keep(told)
        return [each for each in told if _key(each) not in known]

    def missed(self, tasks: Sequence[UnreadTask], project: int) -> list[Finding]:
        """These could not be read; gives back those that were not told before.

        Those of which it could not be kept that they were told are not told: each look would tell them again.
        """
        new = [each for each in tasks if not self.tasks.get(each.task, [0, 0, 0])[2]]
        fresh = [_unread(each, project) for each in new if self._count(each.task, 2)]
        self._keep(fresh)
        return fresh

    def _drop(self, read: Collection[int]) -> set[tuple[Any, ...]]:
        gone = self.tasks.keys() & read
        known = {_key(each) for each in self.last if task_of(each) in gone}
        for task in gone:
            del self.tasks[task]
        if gone:
            self.last = [each for each in self.last if task_of(each) not in gone]
        return known

    def _count(self, task: int, column: int) -> bool:
        """Count one more, where there is room for it."""
        if task not in self.tasks and len(self.tasks) >= _TASKS:
            return False
        self.tasks.setdefault(task, [0, 0, 0])[column] += 1
        return True

    def _keep(self, found: Sequence[Finding]) -> None:
        self.last = [*self.last, *found][-_LAST:]


def task_of(found: Finding) -> int:
    """The task that a finding is about; 0 where it does not say.

    >>> task_of(finding("X", "x", mend=Message(""), place=Place(subject="task:42 annotation:7")))
    42
    """
    number = found.place.subject.partition(" ")[0].removeprefix("task:")
    return int(number) if number.isascii() and number.isdecimal() else 0


def _unread(each: UnreadTask, project: int) -> Finding:
    return finding(
        "LS220", N_("task {task} of project {project} could not be read and was passed over: {why}"),
        mend=Message(N_("every sweep tries it again; see what is wrong with it on the server: is it very large?")),
        place=Place(subject=f"task:{each.task}"), task=each.task, project=project, why=each.why,
    )  # fmt: skip


def _key(each: Finding) -> tuple[Any, ...]:
    return each.code, each.place.subject, str(each.message)


def read_tasks(told: Mapping[str, Any]) -> dict[int, list[int]]:
    """The counts as they were kept."""
    return {int(task): [int(n) for n in each] for task, each in told.items()}

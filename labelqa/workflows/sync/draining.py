"""What webhooks delivered, turned into what is to be read: which answers they hold, and which tasks they speak of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from labelqa.records.servers import HookEvent
from labelqa.workflows.desk import Desk
from labelqa.workflows.sync.source import Codec, Task


@dataclass(slots=True)
class Told:
    """What the events of one project come to, and their numbers."""

    hints: list[Task] = field(default_factory=list)
    tasks: set[int] = field(default_factory=set)
    events: list[int] = field(default_factory=list)


def sorted_out(desk: Desk, codec: Codec, server: str, events: Sequence[HookEvent]) -> dict[int, Told]:
    """The events of one server by project; a deleted answer leads to the task on which it was known.

    An event that names no project is told to that of its tasks; 0 holds those that lead nowhere.
    """
    hints = {each.number: codec.told(each.body) for each in events}
    deleted = {number for each in events for number, _ in each.annotations}
    where = desk.intake.synced.tasks_of(server, deleted)
    for each in events:
        where |= {
            answer["id"]: task["id"]
            for task in hints[each.number]
            for answer in task["annotations"]
            if answer["id"] not in where
        }
    projects = desk.intake.synced.project_of(server, _tasks(events, where))
    found: dict[int, Told] = {}
    for each in events:
        tasks = _tasks([each], where)
        project = each.project or next((projects[task] for task in sorted(tasks) if task in projects), 0)
        told = found.setdefault(project, Told())
        told.hints += hints[each.number]
        told.tasks |= tasks
        told.events.append(each.number)
    return found


def _tasks(events: Iterable[HookEvent], where: dict[int, int]) -> set[int]:
    return {
        task
        for each in events
        for task in (*each.tasks, *(where[number] for number, _ in each.annotations if number in where))
    }

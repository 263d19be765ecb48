"""The inbox of one server, worked through project by project; an event that cannot be is put aside, and the others go on.

Nothing is lost with it but a revision that was overwritten before it was read: what it tells is found by asking as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from labelqa.records.servers import HookEvent
from labelqa.workflows.desk import Desk
from labelqa.workflows.sync.draining import Told, sorted_out
from labelqa.workflows.sync.noticing import written_message
from labelqa.workflows.sync.passing import NOT_THEIRS, Look, defect
from labelqa.workflows.sync.source import Codec

if TYPE_CHECKING:
    from labelqa.intake.inbox import Inbox

_EVENTS: Final = 2_000  # of a project in one pass


class Hearing:
    """The events that wait, as one pass takes them: project by project, so that none waits behind another's."""

    def __init__(self, desk: Desk, codec: Codec, server: str, inbox: Inbox) -> None:
        self._desk, self._codec, self._server, self._inbox = desk, codec, server, inbox
        self._events: dict[int, HookEvent] = {}  # of one project at a time
        self._find_out()
        self.projects = inbox.projects_waiting(server)  # those that something was told of

    def of(self, project: int) -> Told:
        """What the events of a project come to."""
        if project not in self.projects:
            return Told()
        events = self._inbox.waiting(_EVENTS, server=self._server, project=project)
        self._events = {each.number: each for each in events}
        return self._sorted_out(events).get(project, Told())

    def done_but(self, followed: set[int]) -> None:
        """The events of projects that nobody follows are done with."""
        for project in self.projects - followed - {0}:  # of one that came just now the next pass finds out whose it is
            self._inbox.done_with(self._server, project)

    def _find_out(self) -> None:
        """Events that do not name their project get that of their tasks; those that lead nowhere are done with."""
        while events := self._inbox.waiting(_EVENTS, server=self._server, project=0):
            for project, told in self._sorted_out(events).items():
                if project:
                    self._inbox.belong(told.events, project)
                else:
                    self._inbox.done(told.events)

    def work(self, look: Look, told: Told) -> None:
        """Work the events of a project through: together, or one by one where that fails for a reason that is theirs."""
        try:
            look.told(told.hints, sorted(told.tasks))
        except NOT_THEIRS:
            raise
        except Exception as error:  # noqa: BLE001 - whatever an event may hold
            if len(told.events) == 1:
                return self._aside(told.events[0], error)
            for number in told.events:
                for alone in self._sorted_out([self._events[number]]).values():
                    self.work(look, alone)
            return None
        return self._inbox.done(told.events)

    def _sorted_out(self, events: Sequence[HookEvent]) -> dict[int, Told]:
        try:
            return sorted_out(self._desk, self._codec, self._server, events)
        except NOT_THEIRS:
            raise
        except Exception as error:  # noqa: BLE001 - whatever an event may hold
            if len(events) == 1:
                self._aside(events[0].number, error)
                return {}
        found: dict[int, Told] = {}
        for event in events:
            for project, alone in self._sorted_out([event]).items():
                told = found.setdefault(project, Told())
                told.hints += alone.hints
                told.tasks |= alone.tasks
                told.events += alone.events
        return found

    def _aside(self, number: int, error: Exception) -> None:
        self._inbox.failed(number, written_message(defect(error)))

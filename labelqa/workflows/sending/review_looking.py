"""One look at the review projects of a server: what it needs, and what reading a project brought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from labelqa.errors import Altered, Busy, LabelqaError, Message, NotThere, Unreachable
from labelqa.records.finding import Finding
from labelqa.records.names import ItemId
from labelqa.records.review import Sample
from labelqa.records.servers import ServerProject, TaskMarks
from labelqa.workflows.desk import Desk
from labelqa.workflows.sending.pace import Pace, Told
from labelqa.workflows.sending.review_form import Forms
from labelqa.workflows.sending.review_projects import ReviewProject, is_for
from labelqa.workflows.sending.review_protocols import ReadingSide, WritingSide
from labelqa.workflows.sending.review_taking import Owners
from labelqa.workflows.servers.connecting import Server


@dataclass(frozen=True, slots=True, kw_only=True)
class Collecting:
    """How projects are collected from."""

    whole: bool = False  # read every task, also where only the last ones were touched
    keep: bool = False  # leave projects open when all verdicts are in: they may still change
    remove: bool = False  # take a closed project off the server once all that is in it is on record


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """Everything that collecting from the projects of one server needs."""

    desk: Desk
    reading: ReadingSide
    writing: WritingSide
    server: Server
    forms: Forms
    how: Collecting
    owners: Owners

    @property
    def whole(self) -> bool:
        """Whether everything is asked for, and everything odd is to be told."""
        return self.how.whole or self.how.remove

    def told(self, pace: Pace) -> Told:
        """What was said of a project before and need not be said again."""
        return Told() if self.whole else pace.told

    def own(self, project: ReviewProject) -> ServerProject | None:
        """A project as it is on the server; None where what has its number there does not say that it is this one.

        A server that was set up anew or restored gives numbers again.
        """
        there = self.reading.project(project.sent.project)
        sent = project.sent
        return there if is_for(there.data.get("description"), sent.sample, sent.verifier, sent.mode) else None

    def is_gone(self, project: ReviewProject) -> bool:
        """Whether the server says of the project itself that there is none."""
        try:
            self.reading.project(project.sent.project)
        except NotThere:
            return True
        except LabelqaError as error:
            self.of_one(error)
        return False

    def of_one(self, error: LabelqaError) -> Message:
        """What is wrong with a single project; what stands in the way of every project is raised again."""
        if isinstance(error, Busy | Altered) or (isinstance(error, Unreachable) and not self.reading.answers()):
            raise error
        return error.message


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What reading a project brought."""

    project: ReviewProject
    sample: Sample
    pace: Pace
    newest: datetime | None = None  # when a task of it was touched last, as it was asked before reading
    rests: bool = False  # nothing can have come since the last look
    unread: Finding | None = None  # why nothing could be read
    gone: bool = False  # it is not on the server any more
    tasks: int = 0
    items: frozenset[ItemId] = frozenset()  # that have a task
    recorded: int = 0
    unchanged: int = 0
    findings: tuple[Finding, ...] = ()
    clean: bool = False  # everything in it is on record
    marks: Mapping[int, TaskMarks] = field(default_factory=dict)

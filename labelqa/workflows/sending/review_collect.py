"""Verdicts come home from review projects: read, recorded as their verifiers' own, and the projects told how things stand.

Said again it records nothing twice. Nothing a verifier did is changed; a project is removed only when that is asked for
and everything in it is on record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from labelqa.errors import Altered, Busy, LabelqaError, NotThere, Refused, Unreachable
from labelqa.records.batch import Batch
from labelqa.records.finding import Finding
from labelqa.records.names import ItemId
from labelqa.records.review import Sample
from labelqa.records.review_projects import CollectedProject, CollectResult, ProjectStanding
from labelqa.records.servers import ProjectRole, ReviewMode, TaskMarks
from labelqa.workflows.desk import Desk
from labelqa.workflows.population import judged_labels
from labelqa.workflows.reviewing.verdicts import known_kind
from labelqa.workflows.sending import review_findings as odd
from labelqa.workflows.sending.pace import NEVER, Pace, Told, pace_of
from labelqa.workflows.sending.review_faces import show_standing, standing_of
from labelqa.workflows.sending.review_form import Forms
from labelqa.workflows.sending.review_items import originals_now, shares_of
from labelqa.workflows.sending.review_projects import REMOVED, ReviewProject, end_project, fold_review_projects
from labelqa.workflows.sending.review_protocols import ReadingSide, WritingSide, ahead, parts, task_pages
from labelqa.workflows.sending.review_recording import Recorded, is_error
from labelqa.workflows.sending.review_taking import Owners, Taking
from labelqa.workflows.sending.seals import Seal, known_seal
from labelqa.workflows.servers.connecting import Server
from labelqa.workflows.state import State, read_state, shown_names

_AT_ONCE: Final = 2_000  # verdicts recorded together
_OF_ALL: Final = (Unreachable, Busy, Altered)  # what stands in the way of every project


@dataclass(frozen=True, slots=True, kw_only=True)
class Collecting:
    """How projects are collected from."""

    whole: bool = False  # read every task, also where only the last ones were touched
    keep: bool = False  # leave projects open when all verdicts are in: they may still change
    remove: bool = False  # take a closed project off the server once all that is in it is on record


def collect_reviews(
    desk: Desk,
    reading: ReadingSide,
    writing: WritingSide,
    server: Server,
    samples: Collection[str] | None = None,
    *,
    forms: Forms,
    how: Collecting = Collecting(),
) -> CollectResult:
    """Read the open review projects of a server, or all of some samples, and record the verdicts that are new.

    With one desk for a long time, as a worker has it, only tasks touched since the last look are read, and all of them
    once an hour; what is odd is told once. Raises Unreachable and Busy; what is wrong with a single project is a finding.
    """
    known = fold_review_projects(read_state(desk).facts)
    wanted = [each for each in known.values() if each.sent.server == server.name and _is_wanted(each, samples)]
    owners = Owners(desk, reading, server)
    collector = _Collector(desk, reading, writing, server, forms, how, owners)
    read = [collector.read(each) for each in wanted]  # all of them first: one verifier's verdicts may stop the other's
    return CollectResult(projects=tuple(collector.tell(each) for each in read))


def servers_to_ask(desk: Desk, samples: Collection[str] | None = None, server: str = "") -> list[str]:
    """The servers with projects that :func:`collect_reviews` would read, or that one alone."""
    known = fold_review_projects(read_state(desk).facts)
    there = dict.fromkeys(each.sent.server for each in known.values() if _is_wanted(each, samples))
    return [name for name in there if server in ("", name)]


def _is_wanted(project: ReviewProject, samples: Collection[str] | None) -> bool:
    if samples is None:
        return not project.sent.ended
    return project.sent.sample in samples and project.sent.reason != REMOVED


@dataclass(frozen=True, slots=True)
class _Collector:
    """Everything that collecting from the projects of one server needs."""

    desk: Desk
    reading: ReadingSide
    writing: WritingSide
    server: Server
    forms: Forms
    how: Collecting
    owners: Owners

    def read(self, project: ReviewProject) -> _Read:
        """Read what is new in one project, and record it."""
        state = read_state(self.desk)
        sample = state.sample(project.sent.sample)
        pace = pace_of(self.desk, self.server.name, project.sent.project)
        read = _Read(project=project, sample=sample, pace=pace)
        try:
            seal = known_seal(self.desk.settings.workspace, project.sent.seal, self.server.name, ProjectRole.REVIEW)
        except Refused as error:
            return replace(read, unread=odd.keyless(project, error.message))
        try:
            newest = self.reading.newest(project.sent.project)
            if not self._whole and pace.rests(newest, self.desk.clock()):
                return replace(read, rests=True, items=frozenset(pace.items))
            return self._read(state, read, seal, newest)
        except _OF_ALL:
            raise
        except LabelqaError as error:
            return replace(read, unread=odd.unreadable(project, error.message), gone=self._is_gone(project))

    @property
    def _whole(self) -> bool:
        """Whether everything is asked for, and everything odd is to be told."""
        return self.how.whole or self.how.remove

    def _is_gone(self, project: ReviewProject) -> bool:
        """Whether the server says of the project itself that there is none."""
        try:
            self.reading.project(project.sent.project)
        except NotThere:
            return True
        except _OF_ALL:
            raise
        except LabelqaError:
            return False
        return False

    def _read(self, state: State, read: _Read, seal: Seal, newest: datetime | None) -> _Read:
        project, pace = read.project, read.pace
        batch = state.batch(read.sample.batch)
        told = Told() if self._whole else pace.told
        taking = self._taking(state, read.sample, batch, project, seal, told)
        done = self._record(taking, batch, pace, newest)
        told.forget("review-project-unread", "review-keyless")
        strange = [*taking.findings(shown_names(self.desk)), *told.fresh(filter(is_error, done.findings))]
        found = [*strange, *told.fresh(each for each in done.findings if not is_error(each))]
        if done.late:
            found += told.fresh([odd.late(self.server, project, done.late)])
        found += self._originals(batch, project, taking)
        return replace(
            read, tasks=taking.seen.tasks, items=frozenset(pace.items),
            recorded=done.recorded, unchanged=done.unchanged + taking.seen.known, findings=tuple(found),
            clean=not (strange or done.late), marks=taking.seen.marks,
        )  # fmt: skip

    def tell(self, read: _Read) -> CollectedProject:
        """Let a project that was read say how things stand, and end it where nothing is left to do."""
        project, pace = read.project, read.pace
        state = read_state(self.desk)
        before: CollectedProject | None = pace.result
        if read.rests and pace.facts == state.facts.last and before is not None:
            return replace(before, tasks=0, recorded=0, unchanged=0, findings=())
        waiting = shares_of(self.desk, state, read.sample).left(project.key[1])
        left = [item for item in waiting if item in read.items]
        told = Told() if self._whole else pace.told
        if read.unread is not None:
            left, found = list(waiting), told.fresh([read.unread])
            standing = _STANDS[project.sent.ended] if not read.gone else ProjectStanding.REMOVED
        else:
            standing, found = self._stand(state, read, told, left=len(left), unsent=len(waiting) - len(left))
            found = [*read.findings, *found]
        pace.facts = self.desk.ledger.view().last
        done = CollectedProject(
            server=self.server.name, project=project.sent.project, sample=read.sample.sample, verifier=project.key[1],
            standing=standing, tasks=read.tasks, recorded=read.recorded, unchanged=read.unchanged, left=len(left),
            findings=tuple(found),
        )  # fmt: skip
        pace.result = done
        return done

    def _stand(
        self, state: State, read: _Read, told: Told, *, left: int, unsent: int
    ) -> tuple[ProjectStanding, list[Finding]]:
        """How the project stands and says so, and what is odd about that."""
        project, pace, found = read.project, read.pace, list[Finding]()
        if unsent and state.batch(read.sample.batch).conclusion is None:
            found += told.fresh([odd.unsent(project, unsent)])
        standing = standing_of(self.desk, state, read.sample, left=left, keep=self.how.keep)
        try:
            if not read.rests or pace.shown != (standing, left):
                there = self.reading.project(project.sent.project)
                show_standing(self.writing, there, project, standing, left=left)
                pace.shown = standing, left
            standing = self._end(read, standing, found)
            told.forget("review-project-untold")
        except _OF_ALL:
            raise
        except LabelqaError as error:
            found += told.fresh([odd.untold(project, error.message)])
        return standing, found

    def _taking(
        self, state: State, sample: Sample, batch: Batch, project: ReviewProject, seal: Seal, told: Told
    ) -> Taking:
        shown = project.mode is ReviewMode.SHOWN
        return Taking(
            project=project, server=self.server, forms=self.forms, shares=shares_of(self.desk, state, sample),
            owners=self.owners, control=batch.control, kind=known_kind(self.desk, batch),
            labels=judged_labels(self.desk, state, sample) if shown else {}, seal=seal, told=told,
            marking=self.how.remove,
        )  # fmt: skip

    def _record(self, taking: Taking, batch: Batch, pace: Pace, newest: datetime | None) -> Recorded:
        """Record verdicts some at a time, and remember how far was read; nothing once the batch is settled."""
        began, done = self.desk.clock(), Recorded()
        since = NEVER if self._whole else pace.since(began)
        number = taking.project.sent.project
        whole = since == NEVER
        pages = ahead(task_pages(self.reading, number) if whole else self.reading.changed(number, since=since))
        for part in parts(taking.verdicts(task for page in pages for task in page), _AT_ONCE):
            if batch.conclusion is not None:
                done.late += len(part)
            else:
                done.take(self.desk, part)
        pace.items = frozenset(taking.seen.items) | (frozenset() if whole else frozenset(pace.items))
        pace.read(newest, began, whole=whole)
        return done

    def _originals(self, batch: Batch, project: ReviewProject, taking: Taking) -> Iterator[Finding]:
        now = originals_now(self.desk, batch, taking.seen.items)
        for items, gone in ((now.changed, False), (now.gone, True)):
            if new := [each for each in items if taking.told.first("original", gone, each)]:
                yield odd.originals(self.server, project.sent.project, new, gone=gone)

    def _end(self, read: _Read, standing: ProjectStanding, found: list[Finding]) -> ProjectStanding:
        """Record that a project is done with; take it off the server where that is wanted and nothing would be lost."""
        project = read.project
        if standing is not ProjectStanding.CLOSED:
            return standing
        if not project.sent.ended:
            project = end_project(self.desk, project, "closed")
        if self.how.remove and read.clean:
            if self._touched(read):
                found.append(odd.touched(self.server, project))
                return standing
            self.writing.delete_project(project.sent.project)
            end_project(self.desk, project, REMOVED)
            return ProjectStanding.REMOVED
        return standing

    def _touched(self, read: _Read) -> bool:
        """Whether anything in a project is no longer as it was read: looked at last thing before it is removed."""
        now, after = dict[int, TaskMarks](), 0
        while found := self.reading.marks(read.project.sent.project, after=after):
            now |= {each.task: each for each in found}
            after = max(each.task for each in found)
        return now != read.marks


_STANDS: Final = {False: ProjectStanding.OPEN, True: ProjectStanding.CLOSED}  # by whether it ended


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What reading a project brought."""

    project: ReviewProject
    sample: Sample
    pace: Pace
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

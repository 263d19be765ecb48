"""Verdicts come home from review projects: read, recorded as their verifiers' own, and the projects told how things stand.

Said again it records nothing twice. Nothing a verifier did is changed; a project is removed only when that is asked for
and everything in it is on record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from labelqa.errors import Altered, Busy, LabelqaError, Message, Refused, Unreachable
from labelqa.records.batch import Batch
from labelqa.records.finding import Finding, Severity
from labelqa.records.names import ItemId
from labelqa.records.review import Identity, Sample
from labelqa.records.review_projects import CollectedProject, CollectResult, ProjectStanding
from labelqa.records.servers import ReviewMode, ServerProject
from labelqa.records.work import RawVerdict
from labelqa.workflows.desk import Desk
from labelqa.workflows.population import judged_labels
from labelqa.workflows.reviewing.reviews import import_verdicts
from labelqa.workflows.reviewing.verdicts import known_kind
from labelqa.workflows.sending import review_findings as odd
from labelqa.workflows.sending.review_faces import show_standing, standing_of
from labelqa.workflows.sending.review_form import Forms
from labelqa.workflows.sending.review_items import originals_now, shares_of
from labelqa.workflows.sending.review_projects import REMOVED, ReviewProject, end_project, fold_review_projects
from labelqa.workflows.sending.review_protocols import ReadingSide, WritingSide, parts
from labelqa.workflows.sending.review_taking import NEVER, Owners, Taking
from labelqa.workflows.servers.connecting import Server
from labelqa.workflows.state import State, read_state, shown_names

_AT_ONCE: Final = 2_000  # verdicts recorded together
_OVERLAP: Final = timedelta(minutes=2)  # what was being written while we read last
_WHOLE: Final = timedelta(hours=1)  # after which a project is read whole again: what a rule forbade may be allowed now
_OF_ALL: Final = (Unreachable, Busy, Altered)  # what stands in the way of every project
_AGAIN: Final = Message("the verifier mends it in the review project; verdicts that were taken are not doubled")


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
    once an hour. Raises Unreachable and Busy; what is wrong with a single project is a finding.
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
        """Read one project, and record what is new in it."""
        state = read_state(self.desk)
        sample = state.sample(project.sent.sample)
        batch = state.batch(sample.batch)
        taking = self._taking(state, sample, batch, project)
        try:
            there = self.reading.project(project.sent.project)
            done = self._record(taking, batch)
        except _OF_ALL:
            raise
        except LabelqaError as error:
            return _Read(project=project, sample=sample, gone=odd.unreadable(project, error.message))
        strange = [*taking.findings(shown_names(self.desk)), *(each for each in done.findings if _is_error(each))]
        found = [*strange, *(each for each in done.findings if not _is_error(each))]
        if done.late:
            found.append(odd.late(self.server, project, done.late))
        found += self._originals(batch, project, taking)
        return _Read(
            project=project, sample=sample, there=there, tasks=taking.seen.tasks, items=done.there,
            recorded=done.recorded, unchanged=done.unchanged + taking.seen.known, findings=found,
            clean=not (strange or done.late),
        )  # fmt: skip

    def tell(self, read: _Read) -> CollectedProject:
        """Let a project that was read say how things stand, and end it where nothing is left to do."""
        project, found = read.project, list(read.findings)
        state = read_state(self.desk)
        waiting = shares_of(self.desk, state, read.sample).left(project.key[1])
        left = [item for item in waiting if item in read.items]
        standing = ProjectStanding.REMOVED
        if read.there is None:
            left, found = list(waiting), [read.gone] if read.gone else []
        else:
            if len(left) < len(waiting) and state.batch(read.sample.batch).conclusion is None:
                found.append(odd.unsent(project, len(waiting) - len(left)))
            standing = standing_of(self.desk, state, read.sample, left=len(left), keep=self.how.keep)
            try:
                show_standing(self.writing, read.there, project, standing, left=len(left))
                standing = self._end(project, standing, clean=read.clean)
            except _OF_ALL:
                raise
            except LabelqaError as error:
                found.append(odd.untold(project, error.message))
        return CollectedProject(
            server=self.server.name, project=project.sent.project, sample=read.sample.sample, verifier=project.key[1],
            standing=standing, tasks=read.tasks, recorded=read.recorded, unchanged=read.unchanged, left=len(left),
            findings=tuple(found),
        )  # fmt: skip

    def _taking(self, state: State, sample: Sample, batch: Batch, project: ReviewProject) -> Taking:
        shown = project.mode is ReviewMode.SHOWN
        return Taking(
            project=project, server=self.server, forms=self.forms, shares=shares_of(self.desk, state, sample),
            owners=self.owners, control=batch.control, kind=known_kind(self.desk, batch),
            labels=judged_labels(self.desk, state, sample) if shown else {},
        )  # fmt: skip

    def _since(self, mark: _Mark | None) -> datetime:
        if mark is None or self.how.whole or self.how.remove or self.desk.clock() - mark.whole_at >= _WHOLE:
            return NEVER
        return max(NEVER, mark.last - _OVERLAP)

    def _record(self, taking: Taking, batch: Batch) -> _Done:
        """Record verdicts some at a time, and remember how far was read; nothing once the batch is settled."""
        marks, key = _marks(self.desk), (self.server.name, taking.project.sent.project)
        before, began, done = marks.get(key), self.desk.clock(), _Done()
        since = self._since(before)
        tasks = (task for page in self.reading.changed(key[1], since=since) for task in page)
        for part in parts(taking.verdicts(tasks), _AT_ONCE):
            if batch.conclusion is not None:
                done.late += len(part)
            else:
                done.take(self.desk, part)
        done.there = frozenset(taking.seen.items)
        if before is not None and since != NEVER:
            done.there |= before.there
            marks[key] = _Mark(max(taking.seen.last, before.last), before.whole_at, done.there)
        else:
            marks[key] = _Mark(taking.seen.last, began, done.there)
        return done

    def _originals(self, batch: Batch, project: ReviewProject, taking: Taking) -> Iterator[Finding]:
        now = originals_now(self.desk, batch, taking.seen.items)
        for items, gone in ((now.changed, False), (now.gone, True)):
            if items:
                yield odd.originals(self.server, project.sent.project, items, gone=gone)

    def _end(self, project: ReviewProject, standing: ProjectStanding, *, clean: bool) -> ProjectStanding:
        """Record that a project is done with; take it off the server where that is wanted and nothing would be lost."""
        if standing is not ProjectStanding.CLOSED:
            return standing
        if not project.sent.ended:
            project = end_project(self.desk, project, "closed")
        if self.how.remove and clean:
            self.writing.delete_project(project.sent.project)
            end_project(self.desk, project, REMOVED)
            return ProjectStanding.REMOVED
        return standing


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What reading a project brought; nothing ``there`` where the server does not give it."""

    project: ReviewProject
    sample: Sample
    there: ServerProject | None = None
    gone: Finding | None = None
    tasks: int = 0
    items: frozenset[ItemId] = frozenset()
    recorded: int = 0
    unchanged: int = 0
    findings: list[Finding] = field(default_factory=list)
    clean: bool = False  # everything in it is on record


@dataclass(slots=True)
class _Done:
    """What was recorded."""

    recorded: int = 0
    unchanged: int = 0
    late: int = 0  # verdicts that came after the batch was settled
    there: frozenset[ItemId] = frozenset()  # items that have a task
    findings: list[Finding] = field(default_factory=list)

    def take(self, desk: Desk, verdicts: list[RawVerdict]) -> None:
        """Record verdicts as given by the verifiers' own accounts; what a rule forbids is a finding."""
        try:
            result = import_verdicts(desk, verdicts, identity=Identity.AUTHENTICATED)
        except Refused:  # the batch was settled meanwhile
            self.late += len(verdicts)
            return
        self.recorded, self.unchanged = self.recorded + result.recorded, self.unchanged + result.unchanged
        self.findings += _mended(result.findings)


def _is_error(each: Finding) -> bool:
    return each.severity is Severity.ERROR


def _mended(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The same findings, with what to do in a project instead of in a sheet."""
    for each in findings:
        yield replace(each, mend=_AGAIN) if each.code in ("review-refused", "checks-missing") else each


@dataclass(frozen=True, slots=True)
class _Mark:
    """How far a project was read: the last change seen, by the server's clock, and when all was read, by ours."""

    last: datetime
    whole_at: datetime
    there: frozenset[ItemId]  # items that have a task


def _marks(desk: Desk) -> dict[tuple[str, int], _Mark]:
    kept: dict[tuple[str, int], _Mark] = desk.memo.setdefault("review projects", {})
    return kept

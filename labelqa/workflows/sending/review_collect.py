"""Verdicts come home from review projects: read, recorded as their verifiers' own, and the projects told how things stand.

Said again it records nothing twice. Nothing a verifier did is changed; a project is removed only when that is asked for
and everything in it is on record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Any, Final

from labelqa.errors import LabelqaError, NotThere, Refused
from labelqa.records.batch import Batch
from labelqa.records.finding import Finding
from labelqa.records.review import Sample
from labelqa.records.review_projects import CollectResult
from labelqa.records.servers import ProjectRole, ReviewMode, UnreadTask
from labelqa.workflows.desk import Desk
from labelqa.workflows.population import judged_labels
from labelqa.workflows.reviewing.verdicts import known_kind
from labelqa.workflows.sending import review_findings as odd
from labelqa.workflows.sending.pace import NEVER, Pace, Told, kept_if_done, pace_of
from labelqa.workflows.sending.review_form import Forms
from labelqa.workflows.sending.review_items import originals_now, shares_of
from labelqa.workflows.sending.review_looking import Collecting, Read, Round
from labelqa.workflows.sending.review_projects import REMOVED, ReviewProject, fold_review_projects
from labelqa.workflows.sending.review_protocols import ReadingSide, WritingSide, ahead, parts, task_pages
from labelqa.workflows.sending.review_recording import Recorded, is_error
from labelqa.workflows.sending.review_taking import Owners, Taking
from labelqa.workflows.sending.review_telling import Teller
from labelqa.workflows.sending.seals import Seal, known_seal
from labelqa.workflows.servers.connecting import Server
from labelqa.workflows.state import State, read_state, shown_names

__all__ = ["Collecting", "collect_reviews", "servers_to_ask"]

_AT_ONCE: Final = 2_000  # verdicts recorded together
_ASKED: Final = 500  # tasks asked for by their numbers


def collect_reviews(
    desk: Desk,
    reading: ReadingSide,
    writing: WritingSide,
    server: Server,
    samples: Collection[str] | None = None,
    *,
    forms: Forms,
    how: Collecting,
) -> CollectResult:
    """Read the open review projects of a server, or all of some samples, and record the verdicts that are new.

    With one desk for a long time, as a worker has it, only tasks touched since the last look are read, and all of them
    once an hour; what is odd is told once. Raises Unreachable and Busy; what is wrong with a single project is a finding.
    """
    known = fold_review_projects(read_state(desk).facts)
    wanted = [each for each in known.values() if each.sent.server == server.name and _is_wanted(each, samples)]
    this = Round(
        desk=desk, reading=reading, writing=writing, server=server, forms=forms, how=how,
        owners=Owners(desk, reading, server),
    )  # fmt: skip
    reader, teller = _Reader(this), Teller(this)
    with kept_if_done([pace_of(desk, server.name, each.sent.project) for each in wanted]):
        read = [reader.read(each) for each in wanted]  # all of them first: one verifier's verdicts may stop the other's
        return CollectResult(projects=tuple(teller.tell(each) for each in read))


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
class _Reader:
    """Reads the projects of one round."""

    round: Round

    def read(self, project: ReviewProject) -> Read:
        """Read what is new in one project, and record it."""
        desk, server = self.round.desk, self.round.server
        state = read_state(desk)
        pace = pace_of(desk, server.name, project.sent.project)
        read = Read(project=project, sample=state.sample(project.sent.sample), pace=pace)
        try:
            seal = known_seal(desk.settings.workspace, project.sent.seal, server.name, ProjectRole.REVIEW)
        except Refused as error:
            return replace(read, unread=odd.keyless(project, error.message))
        try:
            read = replace(read, newest=self.round.reading.newest(project.sent.project))
            if not self.round.whole and pace.rests(read.newest, desk.clock()):
                return replace(read, rests=True, items=frozenset(pace.items))
            if self.round.own(project) is None:
                return replace(read, unread=odd.other(project))
            with kept_if_done([pace]):
                return self._read(state, read, seal)
        except LabelqaError as error:
            gone = isinstance(error, NotThere) and self.round.is_gone(project)
            return replace(read, unread=odd.unreadable(project, self.round.of_one(error)), gone=gone)

    def _read(self, state: State, read: Read, seal: Seal) -> Read:
        project, pace = read.project, read.pace
        batch = state.batch(read.sample.batch)
        told = self.round.told(pace)
        taking = self._taking(state, read.sample, batch, project, seal, told)
        done, unread = self._record(taking, batch, pace, read.newest)
        told.forget("review-project-unread", "review-keyless", "review-project-other")
        strange = [*taking.findings(shown_names(self.round.desk)), *told.fresh(filter(is_error, done.findings))]
        if new := [each for each in unread if told.first("review-task-unread", each.task)]:
            strange.append(odd.tasks_unread(self.round.server, project, new))
        if not unread:
            told.forget("review-task-unread")
        found = [*strange, *told.fresh(each for each in done.findings if not is_error(each))]
        if done.late:
            found += told.fresh([odd.late(self.round.server, project, done.late)])
        found += self._originals(batch, project, taking)
        return replace(
            read, tasks=taking.seen.tasks, items=frozenset(pace.items),
            recorded=done.recorded, unchanged=done.unchanged + taking.seen.known, findings=tuple(found),
            clean=not (strange or done.late), marks=taking.seen.marks,
        )  # fmt: skip

    def _taking(
        self, state: State, sample: Sample, batch: Batch, project: ReviewProject, seal: Seal, told: Told
    ) -> Taking:
        shown, this = project.mode is ReviewMode.SHOWN, self.round
        return Taking(
            project=project, server=this.server, forms=this.forms, shares=shares_of(this.desk, state, sample),
            owners=this.owners, control=batch.control, kind=known_kind(this.desk, batch),
            labels=judged_labels(this.desk, state, sample) if shown else {}, seal=seal, told=told,
            marking=this.how.remove,
        )  # fmt: skip

    def _record(
        self, taking: Taking, batch: Batch, pace: Pace, newest: datetime | None
    ) -> tuple[Recorded, list[UnreadTask]]:
        """Record verdicts some at a time, and remember how far was read; nothing once the batch is settled.

        Gives besides the tasks that the server could not give; they are asked for again at every look.
        """
        began, done, unread = self.round.desk.clock(), Recorded(), list[UnreadTask]()
        since = NEVER if self.round.whole else pace.since(began)
        whole = since == NEVER
        pages = ahead(self._pages(taking.project.sent.project, since, pace, unread))
        for part in parts(taking.verdicts(task for page in pages for task in page), _AT_ONCE):
            latest = list({each.item_id: each for each in part}.values())  # an item may have two tasks
            if batch.conclusion is not None:
                done.late += len(latest)
            else:
                done.take(self.round.desk, latest)
        pace.items = frozenset(taking.seen.items) | (frozenset() if whole else frozenset(pace.items))
        pace.unread = frozenset(each.task for each in unread)
        pace.read(newest, began, whole=whole)
        return done, unread

    def _pages(
        self, project: int, since: datetime, pace: Pace, unread: list[UnreadTask]
    ) -> Iterator[list[dict[str, Any]]]:
        """Every task, or those touched since and those that could not be read then."""
        reading = self.round.reading
        if since == NEVER:
            return task_pages(reading, project, unread)
        missed = (reading.chosen(project, part, unread=unread) for part in parts(sorted(pace.unread), _ASKED))
        return chain(missed, reading.changed(project, since=since, unread=unread))

    def _originals(self, batch: Batch, project: ReviewProject, taking: Taking) -> Iterator[Finding]:
        now = originals_now(self.round.desk, batch, taking.seen.items)
        for items, gone in ((now.changed, False), (now.gone, True)):
            if new := [each for each in items if taking.told.first("original", gone, each)]:
                yield odd.originals(self.round.server, project.sent.project, new, gone=gone)

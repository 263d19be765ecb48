"""A review project that was read is told how things stand, and ended or removed where nothing is left to do.

Nothing is changed on the server in what does not say that it is this project, and none is ended while something in it
may be unread.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from labelqa.errors import LabelqaError
from labelqa.records.finding import Finding
from labelqa.records.review_projects import CollectedProject, ProjectStanding
from labelqa.records.servers import TaskMarks
from labelqa.workflows.sending import review_findings as odd
from labelqa.workflows.sending.pace import Told
from labelqa.workflows.sending.review_faces import show_standing, standing_of
from labelqa.workflows.sending.review_items import shares_of
from labelqa.workflows.sending.review_looking import Read, Round
from labelqa.workflows.sending.review_projects import REMOVED, end_project
from labelqa.workflows.state import State, read_state

_STANDS: Final = {False: ProjectStanding.OPEN, True: ProjectStanding.CLOSED}  # by whether it ended


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells the projects of one round."""

    round: Round

    def tell(self, read: Read) -> CollectedProject:
        """Let a project that was read say how things stand, and end it where nothing is left to do."""
        project, pace, desk = read.project, read.pace, self.round.desk
        state = read_state(desk)
        before: CollectedProject | None = pace.result
        if read.rests and pace.facts == state.facts.last and before is not None:
            return replace(before, tasks=0, recorded=0, unchanged=0, findings=())
        waiting = shares_of(desk, state, read.sample).left(project.key[1])
        known = read.unread is None and not pace.unread  # which items have a task
        left = [item for item in waiting if item in read.items or not known]
        told = self.round.told(pace)
        if read.unread is not None:
            standing, found = self._missed(read, read.unread, told)
        else:
            standing, found = self._stand(state, read, told, left=len(left), unsent=len(waiting) - len(left))
            found = [*read.findings, *found]
        pace.facts = desk.ledger.view().last
        done = CollectedProject(
            server=self.round.server.name, project=project.sent.project, sample=read.sample.sample,
            verifier=project.key[1], standing=standing, tasks=read.tasks, recorded=read.recorded,
            unchanged=read.unchanged, left=len(left), findings=tuple(found),
        )  # fmt: skip
        pace.result = done
        return done

    def _missed(self, read: Read, why: Finding, told: Told) -> tuple[ProjectStanding, list[Finding]]:
        """How a project stands that could not be read; one that had ended and is gone was removed, whoever did it."""
        if not read.gone:
            return _STANDS[read.project.sent.ended], told.fresh([why])
        if read.project.sent.ended:
            end_project(self.round.desk, read.project, REMOVED)
            return ProjectStanding.REMOVED, []
        return ProjectStanding.REMOVED, told.fresh([why])

    def _stand(
        self, state: State, read: Read, told: Told, *, left: int, unsent: int
    ) -> tuple[ProjectStanding, list[Finding]]:
        """How the project stands and says so, and what is odd about that."""
        project, pace, found = read.project, read.pace, list[Finding]()
        if unsent and state.batch(read.sample.batch).conclusion is None:
            found += told.fresh([odd.unsent(project, unsent)])
        over = not left and (project.sent.ended or not (unsent or pace.unread))
        standing = standing_of(
            self.round.desk, state, read.sample, left=left, over=over, keep=self.round.how.keep
        )  # fmt: skip
        try:
            if not read.rests or pace.shown != (standing, left):
                there = self.round.own(project)
                if there is None:
                    return _STANDS[project.sent.ended], [*found, *told.fresh([odd.other(project)])]
                show_standing(self.round.writing, there, project, standing, left=left)
                pace.shown = standing, left
            standing = self._end(read, standing, found)
            told.forget("review-project-untold")
        except LabelqaError as error:
            found += told.fresh([odd.untold(project, self.round.of_one(error))])
        return standing, found

    def _end(self, read: Read, standing: ProjectStanding, found: list[Finding]) -> ProjectStanding:
        """Record that a project is done with; take it off the server where that is wanted and nothing would be lost."""
        project, remove = read.project, self.round.how.remove and read.clean
        if standing is not ProjectStanding.CLOSED:
            return standing
        if not project.sent.ended:
            if self.round.reading.newest(project.sent.project) != read.newest:  # saved since: the next look takes it
                if remove:
                    found.append(odd.touched(self.round.server, project))
                return ProjectStanding.OPEN
            project = end_project(self.round.desk, project, "closed")
        if remove:
            if self._touched(read):
                found.append(odd.touched(self.round.server, project))
                return standing
            self.round.writing.delete_project(project.sent.project)
            end_project(self.round.desk, project, REMOVED)
            return ProjectStanding.REMOVED
        return standing

    def _touched(self, read: Read) -> bool:
        """Whether anything in a project is no longer as it was read: looked at last thing before it is removed."""
        now, after = dict[int, TaskMarks](), 0
        while found := self.round.reading.marks(read.project.sent.project, after=after):
            now |= {each.task: each for each in found}
            after = max(each.task for each in found)
        return now != read.marks

"""One look at a project: what webhooks told, everything once, what changed since, and what is no longer there.

What was applied is known from the intake, so a look that breaks off is taken up where it was; the cursor never runs ahead
of what counts. Times of the server's clock are only compared with one another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from labelqa.intake.synced import Cursor
from labelqa.records.clock import micros
from labelqa.records.servers import ServerProject, TaskMarks
from labelqa.workflows.desk import Desk
from labelqa.workflows.sync.applying import Applying, Stamp, Tally, digest_of
from labelqa.workflows.sync.projects import Followed
from labelqa.workflows.sync.source import Codec, Source, Task

OVERLAP: Final = timedelta(minutes=2)  # a change is seen again so long, as transactions end out of order
PAGE: Final = 500
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
Progress = Callable[[int, int], None]  # tasks read so far, of how many


def _quiet(_done: int, _all: int) -> None:
    """No progress wanted."""


class Look:
    """One look at one followed project."""

    def __init__(
        self, desk: Desk, source: Source, codec: Codec, followed: Followed, *, stamp: Stamp, progress: Progress = _quiet
    ) -> None:
        self.desk, self.source, self.codec, self.followed = desk, source, codec, followed
        self.project: ServerProject = source.project(followed.project)
        self.applying = Applying(desk, codec, followed, self.project, stamp)
        self._progress = progress

    @property
    def tally(self) -> Tally:
        """What the look came to so far."""
        return self.applying.tally

    @property
    def cursor(self) -> Cursor:
        """How far the project is read."""
        return self.desk.intake.synced.cursors(self.followed.server).get(self.project.project, Cursor())

    def follow(self) -> None:
        """Everything once, page by page, where that is not done; then what changed since the last look."""
        if self.cursor.backfilled_at is None:
            self._backfill()
        self._changed()

    def told(self, hints: Sequence[Task], tasks: Sequence[int]) -> None:
        """What webhooks told: their answers are kept, and every task they speak of is read as it is now."""
        every = set(tasks) | {each["id"] for each in hints}
        where = self.desk.intake.synced.project_of(self.followed.server, every)
        numbers = sorted(each for each in every if where.get(each, self.project.project) == self.project.project)
        for start in range(0, len(numbers), PAGE):
            part = numbers[start : start + PAGE]
            chosen = set(part)
            found = self.source.chosen(self.project.project, part)
            mine = [each for each in hints if each["id"] in chosen]
            heard = {each["id"] for each in mine} - {each["id"] for each in found}
            self.applying.whole(found, why="webhook", lost=self._lost(chosen, found) | heard, hints=mine)

    def sweep(self) -> None:
        """Compare every task and the times of its answers with what is applied; take up a sweep that broke off."""
        after, number = self.cursor.swept_to, self.project.project
        while page := self.source.marks(
            number, after=after, size=PAGE
        ):  # a short page is not the end: servers cap them
            self._compare(page, after, page[-1].task)
            after = page[-1].task
            self._move(swept_to=after)
            self._progress(after, 0)
        self._compare([], after, None)
        self._move(swept_to=0, swept_at=micros(self.desk.clock()))

    def _backfill(self) -> None:
        start, number = self.cursor, self.project.project
        if start.watermark is None and start.backfilled_to == 0:  # what changes from here on is seen as a change
            newest = self.source.newest(number)
            self._move(watermark=None if newest is None else micros(newest), moved_at=micros(self.desk.clock()))
        after, done = start.backfilled_to, 0
        while page := self.source.tasks(number, after=after, size=PAGE):
            self.applying.whole(self._fresh(page), why="first")
            after, done = page[-1]["id"], done + len(page)
            self._move(backfilled_to=after)
            self._progress(done, self.project.tasks)
        now = micros(self.desk.clock())
        self._move(backfilled_at=now, swept_at=now)

    def _changed(self) -> None:
        for page in self.source.changed(self.project.project, since=_since(self.cursor), size=PAGE):
            self.applying.whole(self._fresh(page), why="changed")
            touched = [micros(at) for each in page if (at := self.codec.marks(each).updated_at) is not None]
            if touched and max(touched) > (self.cursor.watermark or 0):
                self._move(watermark=max(touched), moved_at=micros(self.desk.clock()))
        self._move(passed_at=micros(self.desk.clock()), error=None, failed_at=None)

    def _compare(self, page: Sequence[TaskMarks], after: int, upto: int | None) -> None:
        server, number = self.followed.server, self.project.project
        applied = self.desk.intake.synced.applied(server, number, after=after, upto=upto)
        dirty = [each.task for each in page if applied.get(each.task) != digest_of(each)]
        lost = applied.keys() - {each.task for each in page}
        found = self.source.chosen(number, dirty)
        self.applying.whole(found, why="sweep", lost=lost | self._lost(set(dirty), found))

    def _lost(self, asked: set[int], found: Sequence[Task]) -> set[int]:
        """Of the tasks asked for, those that are gone and were known."""
        missing = asked - {each["id"] for each in found}
        return set(self.desk.intake.synced.marks_of(self.followed.server, missing)) if missing else set()

    def _fresh(self, page: Sequence[Task]) -> list[Task]:
        known = self.applying.applied(page)
        return [each for each in page if each["id"] not in known]

    def _move(self, **changes: int | str | None) -> None:
        self.desk.intake.synced.move(self.followed.server, self.project.project, **changes)


def _since(cursor: Cursor) -> datetime:
    """From when on to ask for changes: before the watermark, until a look ended an overlap after it had moved.

    From then on nothing older can show up any more, and a project that was filled at once is not read again and again.
    """
    if cursor.watermark is None:
        return _EPOCH
    mark = _EPOCH + timedelta(microseconds=cursor.watermark)
    looked = cursor.passed_at is not None and cursor.moved_at is not None
    if looked and (cursor.passed_at or 0) - (cursor.moved_at or 0) >= OVERLAP / timedelta(microseconds=1):
        return mark
    return max(_EPOCH, mark - OVERLAP)

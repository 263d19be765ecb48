"""One look at a project: what webhooks told, everything once, what changed since, and what is no longer there.

What was applied is known from the intake, so a look that breaks off is taken up where it was; the cursor never runs ahead
of what counts. Times of the server's clock are only compared with one another.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy.exc import OperationalError

from labelqa.errors import LabelqaError, Message
from labelqa.i18n import N_
from labelqa.intake.synced import Cursor
from labelqa.records.clock import micros
from labelqa.records.finding import Finding
from labelqa.records.servers import ServerProject, TaskMarks, UnreadTask
from labelqa.workflows.desk import Desk
from labelqa.workflows.sync.ahead import begun
from labelqa.workflows.sync.applying import Applying, Stamp, Tally, digest_of
from labelqa.workflows.sync.noticing import read, written
from labelqa.workflows.sync.projects import Followed
from labelqa.workflows.sync.source import Codec, Source, Task

OVERLAP: Final = timedelta(minutes=2)  # a change is seen again so long, as transactions end out of order
PAGE: Final = 500
_LOST: Final = 5_000  # tasks that are gone, in one import
NOT_THEIRS: Final = (LabelqaError, OSError, MemoryError, OperationalError, sqlite3.OperationalError)  # the disk's, ours
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
        self.noticed, self.standing = read(self.cursor.noticed)
        self.looked_at = self.cursor.passed_at  # when the look before this one began, by our clock
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
            unread: list[UnreadTask] = []
            found = self.source.chosen(self.project.project, part, unread=unread)
            self._passed_over(unread)
            left = {each.task for each in unread}
            mine = [each for each in hints if each["id"] in chosen]
            heard = {each["id"] for each in mine} - {each["id"] for each in found} - left
            self._take(found, why="webhook", lost=self._lost(chosen - left, found) | heard, hints=mine)
            self._unread_no_more(chosen - left - {each["id"] for each in found})
            self.desk.intake.synced.recount(self.followed.server, left & {each["id"] for each in mine})

    def sweep(self, *, anew: bool) -> None:
        """Compare every task and the times of its answers with what is applied.

        ``anew``: from the first task on, also where a sweep broke off; else that one is taken up.
        """
        if anew:
            self._move(swept_to=0)
        after, number = self.cursor.swept_to, self.project.project
        while True:  # a short page is not the end: servers cap them
            unread: list[UnreadTask] = []
            page = self.source.marks(number, after=after, size=PAGE, unread=unread)
            left = {each.task for each in unread}
            if not page and not left:
                break
            self._passed_over(unread)
            upto = max(left | {each.task for each in page})
            self._compare(page, after, upto, left)
            after = upto
            self._move(swept_to=after)
            self._progress(after, 0)
        self._compare([], after, None, set())
        self._move(swept_to=0, swept_at=micros(self.desk.clock()))

    def _backfill(self) -> None:
        start, number, began = self.cursor, self.project.project, None
        if start.watermark is None and start.backfilled_to == 0:  # what changes from here on is seen as a change
            newest = self.source.newest(number)
            mark = None if newest is None else min(micros(newest), self._server_now())
            began = micros(self.desk.clock())
            self._move(watermark=mark, moved_at=self._ours(mark))
        done = 0
        for page, unread, upto in self._pages(start.backfilled_to):
            self._passed_over(unread)
            self._take(self._fresh(page), why="first")
            done += len(page)
            self._move(backfilled_to=upto)
            self._progress(done, self.project.tasks)
        now = micros(self.desk.clock())
        self._move(backfilled_at=now, swept_at=now, passed_at=began)  # what was touched before it began is read

    def _pages(self, after: int) -> Iterator[tuple[list[Task], list[UnreadTask], int]]:
        """Every task by number, with those unread and the last number; the next page is asked for meanwhile."""

        def read(after: int) -> tuple[list[Task], list[UnreadTask]]:
            unread: list[UnreadTask] = []
            return self.source.tasks(self.project.project, after=after, size=PAGE, unread=unread), unread

        coming = begun(partial(read, after))
        while True:
            page, unread = coming.result()
            if not page and not unread:
                return
            after = max([each["id"] for each in page] + [each.task for each in unread])
            coming = begun(partial(read, after))
            yield page, unread, after

    def _changed(self) -> None:
        began, since, upto = micros(self.desk.clock()), _since(self.cursor), self._server_clock()
        if micros(since) > self._server_now():  # its clock was set back, and a sweep finds what that hides
            self._move(watermark=self._server_now(), moved_at=began, passed_at=None, swept_at=None, swept_to=0)
            since = _since(self.cursor)
        unread: list[UnreadTask] = []
        for page in self.source.changed(self.project.project, since=since, size=PAGE, unread=unread):
            self._take(self._fresh(page), why="changed")
            self._passed_over(unread)
            self._seen(
                [self.codec.marks(each).updated_at for each in page] + [each.updated_at for each in unread], upto
            )
            unread.clear()
        self._move(passed_at=began, error=None, failed_at=None)

    def _seen(self, times: Sequence[datetime | None], upto: int) -> None:
        """Move the watermark up, and never past the server's clock as it was before anything was asked for.

        A time set wrong must not hide later changes, nor must one of a task that is touched while its page is read.
        """
        mark = max((at for each in times if each is not None and (at := micros(each)) <= upto), default=0)
        if mark > (self.cursor.watermark or 0):
            self._move(watermark=mark, moved_at=self._ours(mark))

    def _ours(self, mark: int | None) -> int:
        """What our clock said when the server's said this, or somewhat later."""
        told, now = self.source.clock(), micros(self.desk.clock())
        return now if told is None or mark is None else now - max(0, micros(told) - mark)

    def _server_clock(self) -> int:
        """What the server's clock said last; our own where it does not say."""
        return micros(self.source.clock() or self.desk.clock())

    def _server_now(self) -> int:
        """What the server's clock may say now at most: it says full seconds, and the one that it said is not over yet."""
        return self._server_clock() + 1_000_000

    def _compare(self, page: Sequence[TaskMarks], after: int, upto: int | None, left: set[int]) -> None:
        """Take in what differs between two tasks; of those ``left`` the server said nothing."""
        server, number = self.followed.server, self.project.project
        there, synced = {each.task: digest_of(each) for each in page}, self.desk.intake.synced
        known = synced.marks_of(server, there, project=number)
        dirty = {task for task, digest in there.items() if known.get(task) != digest}
        here = (each for each in self.standing.unread if after < each and (upto is None or each <= upto))
        self._unread_no_more([each for each in here if each not in dirty and each not in left])
        unread: list[UnreadTask] = []
        found = self.source.chosen(number, sorted(dirty), unread=unread)
        self._passed_over(unread)
        self._take(found, why="sweep", lost=self._lost(dirty - {each.task for each in unread}, found))
        while part := synced.applied(server, number, after=after, upto=upto, most=_LOST):
            after = max(part)
            self._take([], why="sweep", lost=part.keys() - there.keys() - left)

    def _take(self, tasks: Sequence[Task], *, why: str, lost: Collection[int] = (), hints: Sequence[Task] = ()) -> None:
        """Take in tasks, and keep what was found wrong with them; one that labelqa has a defect with is passed over."""
        try:
            found = self.applying.whole(tasks, why=why, lost=lost, hints=hints)
        except NOT_THEIRS:
            raise
        except Exception as error:
            if hints or not tasks:
                raise
            return self._apart(tasks, error, why=why, lost=lost)
        read_now = {each["id"] for each in tasks} | set(lost)
        before = len(self.standing.tasks)
        self.tally.tell(self.standing.take(read_now, found))
        if found or len(self.standing.tasks) != before:
            self._keep()
        return None

    def _apart(self, tasks: Sequence[Task], error: Exception, *, why: str, lost: Collection[int]) -> None:
        """Take in, half by half, what could not be taken in together."""
        if len(tasks) == 1:
            self._passed_over([UnreadTask(task=tasks[0]["id"], updated_at=None, why=defect(error))])
            return self._take([], why=why, lost=lost)
        middle = len(tasks) // 2
        self._take(tasks[:middle], why=why, lost=lost)
        return self._take(tasks[middle:], why=why)

    def _unread_no_more(self, tasks: Collection[int]) -> None:
        """Of these, those that could not be read once are as they were applied all the same, or are gone."""
        if tasks := set(self.standing.unread).intersection(tasks):
            self.standing.take(tasks, [])
            self._keep()

    def _passed_over(self, unread: Sequence[UnreadTask]) -> None:
        if fresh := self.standing.missed(unread, self.project.project):
            self.tally.tell(fresh)
            self._keep()

    def notice(self, found: Sequence[Finding]) -> None:
        """Keep what is wrong with the webhook and the form."""
        self.noticed = tuple(found)
        self._keep()

    def _keep(self) -> None:
        self._move(noticed=written(self.noticed, self.standing))

    def _lost(self, asked: set[int], found: Sequence[Task]) -> set[int]:
        """Of the tasks asked for, those that are gone and were known."""
        missing = asked - {each["id"] for each in found}
        return set(self.desk.intake.synced.marks_of(self.followed.server, missing)) if missing else set()

    def _fresh(self, page: Sequence[Task]) -> list[Task]:
        known = self.applying.applied(page)
        return [each for each in page if each["id"] not in known]

    def _move(self, **changes: int | str | None) -> None:
        self.desk.intake.synced.move(self.followed.server, self.project.project, **changes)


def defect(error: Exception) -> Message:
    """That labelqa has a defect with something that a server said; what it said is not repeated."""
    return Message(N_("labelqa has a defect with it ({why})"), {"why": type(error).__name__})


def _since(cursor: Cursor) -> datetime:
    """From when on to ask for changes: before the watermark, until a look began an overlap after its time.

    From then on nothing older can show up any more, and what was touched at the watermark itself is read: a project that
    was filled or changed at once is not read again and again.
    """
    if cursor.watermark is None:
        return _EPOCH
    mark = _EPOCH + timedelta(microseconds=cursor.watermark)
    looked = cursor.passed_at is not None and cursor.moved_at is not None
    if looked and (cursor.passed_at or 0) - (cursor.moved_at or 0) >= OVERLAP / timedelta(microseconds=1):
        return mark + timedelta(microseconds=1)  # as fine as the server's times are
    return max(_EPOCH, mark - OVERLAP)

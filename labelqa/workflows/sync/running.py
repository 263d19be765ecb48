"""A pass over one server: its inbox first, then each followed project; a fault of one project is kept and told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from labelqa.errors import BadInput, LabelqaError, Message, NotThere, Refused, Unreachable
from labelqa.records.clock import micros
from labelqa.workflows.desk import Desk
from labelqa.workflows.servers.accounts import see_accounts
from labelqa.workflows.servers.bindings import Bindings
from labelqa.workflows.sync.applying import Stamp, Tally
from labelqa.workflows.sync.draining import Told
from labelqa.workflows.sync.hearing import Hearing
from labelqa.workflows.sync.missed import keep_heard
from labelqa.workflows.sync.noticing import noticed, written_message
from labelqa.workflows.sync.passing import Look, Progress, _quiet
from labelqa.workflows.sync.projects import Followed, followed_projects
from labelqa.workflows.sync.source import Codec, Source

if TYPE_CHECKING:
    from labelqa.intake.inbox import Inbox

SWEEP: Final = timedelta(hours=1)
KEPT: Final = timedelta(
    days=7
)  # what an event held is kept so long after it was worked through; that it came, for good
_OWN = (BadInput, NotThere, Refused, Unreachable)  # what is wrong with a project, or with its server's answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """What a pass over one project came to; ``error`` where it broke off.

    ``unreachable``: the server gave no answer to what was asked; ``away``: it answers nothing at all, or not to us.
    """

    followed: Followed
    tally: Tally = field(default_factory=Tally)
    swept: bool = False
    events: int = 0
    error: Message | None = None
    unreachable: bool = False
    away: bool = False


class Running:
    """Passes over one server."""

    def __init__(
        self,
        desk: Desk,
        source: Source,
        codec: Codec,
        server: str,
        *,
        inbox: Inbox | None = None,
        progress: Progress = _quiet,
        applied: Callable[[int], None] = lambda _import: None,
        secret: str = "",
    ) -> None:
        self.desk, self.source, self.codec, self.server = desk, source, codec, server
        self.inbox, self._progress, self._applied, self._secret = inbox, progress, applied, secret

    def run(self, *, sweep: bool | None = None, project: int = 0) -> list[Passed]:
        """One pass over the followed projects, or one of them.

        ``sweep``: whether to look for what is gone; None for when the last time is an hour ago.
        """
        followed = followed_projects(self.desk, self.server)
        heard = None if self.inbox is None else Hearing(self.desk, self.codec, self.server, self.inbox)
        if heard is not None:
            heard.done_but({each.project for each in followed})
        wanted = [each for each in followed if project in (0, each.project)]
        told = set() if heard is None else heard.projects
        wanted.sort(key=lambda each: each.project not in told)  # what was told waits for no other project's answer
        found = list(self._each(wanted, heard, sweep))
        if self.inbox is not None:
            why = next((written_message(each.error) for each in found if each.error is not None), "")
            self.inbox.passed(self.server, self.desk.clock(), why=why)
            if any(each.swept for each in found):
                self.inbox.purge(self.desk.clock() - KEPT)
        return found

    def _each(self, wanted: Sequence[Followed], heard: Hearing | None, sweep: bool | None) -> Iterator[Passed]:
        """A pass over each project; where the server is not there, the others are told so at once and not tried."""
        bindings, away = Bindings(self.desk.ledger.view()), None
        for each in wanted:
            if away is not None:
                yield _broken(self.desk, Passed(followed=each, away=True), away)
                continue
            passed = self._pass(each, heard, bindings, sweep)
            if passed.unreachable and not self.source.answers():
                away, passed = passed.error, replace(passed, away=True)
            yield passed

    def _pass(self, followed: Followed, heard: Hearing | None, bindings: Bindings, sweep: bool | None) -> Passed:
        told = Told() if heard is None else heard.of(followed.project)
        passed = Passed(followed=followed, events=len(told.events))
        try:
            look = Look(
                self.desk, self.source, self.codec, followed, stamp=_stamp(bindings, followed), progress=self._progress
            )
            passed = replace(passed, tally=look.tally)
            if heard is not None:
                heard.work(look, told)
            first = look.cursor.backfilled_at is None
            look.follow()
            due = bool(sweep) or (sweep is None and self._due(look))
            if due:
                look.sweep(anew=bool(sweep) or self._is_past(look.looked_at))
                passed = replace(passed, swept=True)
                if self.inbox is not None:
                    keep_heard(self.desk, self.inbox, followed, look.cursor)
            if first or due:
                self._notice(look)
        except _OWN as error:
            why = self._why(followed, error)
            passed = replace(passed, unreachable=isinstance(error, Unreachable))
            return _broken(self.desk, passed, why)
        finally:
            for each in passed.tally.imports:
                self._applied(each)
        return passed

    def _why(self, followed: Followed, error: LabelqaError) -> Message:
        """Why a pass broke off; a project is gone only where the server says so of the project itself."""
        if isinstance(error, NotThere):
            try:
                self.source.project(followed.project)
            except NotThere:
                return _gone(followed)
            except _OWN as other:
                return other.message
        return error.message

    def _notice(self, look: Look) -> None:
        see_accounts(self.desk, self.server, self.source.accounts())
        look.notice(noticed(self.desk.ledger.view(), self.source, self.server, look.project, secret=self._secret))

    def _due(self, look: Look) -> bool:
        return self._is_past(look.cursor.swept_at)

    def _is_past(self, moment: int | None) -> bool:
        """Whether a time by our clock is as long ago as one sweep is from the next."""
        return moment is None or micros(self.desk.clock()) - moment >= SWEEP / timedelta(microseconds=1)


def failed(desk: Desk, server: str, why: Message, *, project: int = 0) -> list[Passed]:
    """A pass that did not come about: it is kept with every followed project of the server."""
    found = [each for each in followed_projects(desk, server) if project in (0, each.project)]
    return [_broken(desk, Passed(followed=each, away=True), why) for each in found]


def _broken(desk: Desk, passed: Passed, why: Message) -> Passed:
    """The pass with why it broke off, which is kept with its project."""
    now, followed = micros(desk.clock()), passed.followed
    desk.intake.synced.move(followed.server, followed.project, error=written_message(why), failed_at=now)
    return replace(passed, error=why)


def _stamp(bindings: Bindings, followed: Followed) -> Stamp:
    return lambda moment: "" if moment is None else bindings.at(followed.server, followed.project, moment)


def _gone(followed: Followed) -> Message:
    return Message(
        "project {project} is no longer on {server}: labelqa sync leave {project}",
        {"project": followed.project, "server": followed.server},
    )

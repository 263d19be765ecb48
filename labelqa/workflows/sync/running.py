"""A pass over one server: its inbox first, then each followed project; a fault of one project is kept and told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from labelqa.errors import Message, NotThere, Unreachable
from labelqa.records.clock import micros
from labelqa.workflows.desk import Desk
from labelqa.workflows.servers.accounts import see_accounts
from labelqa.workflows.servers.bindings import Bindings
from labelqa.workflows.sync.applying import Stamp, Tally
from labelqa.workflows.sync.draining import Told, sorted_out
from labelqa.workflows.sync.noticing import noticed, written, written_message
from labelqa.workflows.sync.passing import Look, Progress, _quiet
from labelqa.workflows.sync.projects import Followed, followed_projects
from labelqa.workflows.sync.source import Codec, Source

if TYPE_CHECKING:
    from labelqa.intake.inbox import Inbox

SWEEP: Final = timedelta(hours=1)
KEPT: Final = timedelta(
    days=7
)  # what an event held is kept so long after it was worked through; that it came, for good
_EVENTS: Final = 2_000  # in one pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """What a pass over one project came to; ``error`` where it broke off."""

    followed: Followed
    tally: Tally
    swept: bool
    events: int
    error: Message | None = None


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
        wanted = [each for each in followed_projects(self.desk, self.server) if project in (0, each.project)]
        bindings = Bindings(self.desk.ledger.view())
        told = self._told({each.project for each in wanted})
        found = [self._pass(each, told.get(each.project, Told()), bindings, sweep) for each in wanted]
        if self.inbox is not None:
            why = next((str(each.error) for each in found if each.error is not None), "")
            self.inbox.passed(self.server, self.desk.clock(), why=why)
            if any(each.swept for each in found):
                self.inbox.purge(self.desk.clock() - KEPT)
        return found

    def _told(self, followed: set[int]) -> dict[int, Told]:
        """What the inbox holds by project; events of projects that nobody follows are done with."""
        if self.inbox is None:
            return {}
        events = self.inbox.waiting(_EVENTS, server=self.server)
        found = sorted_out(self.desk, self.codec, self.server, events)
        every = {each.project for each in followed_projects(self.desk, self.server)}
        self.inbox.done([each for project, told in found.items() if project not in every for each in told.events])
        return {project: told for project, told in found.items() if project in followed}

    def _pass(self, followed: Followed, told: Told, bindings: Bindings, sweep: bool | None) -> Passed:
        tally, swept = Tally(), False
        try:
            look = Look(
                self.desk, self.source, self.codec, followed, stamp=_stamp(bindings, followed), progress=self._progress
            )
            tally = look.tally
            look.told(told.hints, sorted(told.tasks))
            if self.inbox is not None:
                self.inbox.done(told.events)
            first = look.cursor.backfilled_at is None
            look.follow()
            if first:
                self._notice(look)
            if sweep or (sweep is None and self._due(look)):
                look.sweep()
                swept = True
                self._notice(look)
        except (Unreachable, NotThere) as error:
            why = _gone(followed) if isinstance(error, NotThere) else error.message
            _keep(self.desk, followed, why)
            return Passed(followed=followed, tally=tally, swept=swept, events=len(told.events), error=why)
        finally:
            for each in tally.imports:
                self._applied(each)
        return Passed(followed=followed, tally=tally, swept=swept, events=len(told.events))

    def _notice(self, look: Look) -> None:
        see_accounts(self.desk, self.server, self.source.accounts())
        found = noticed(self.desk.ledger.view(), self.source, self.server, look.project, secret=self._secret)
        self.desk.intake.synced.move(self.server, look.project.project, noticed=written(found))

    def _due(self, look: Look) -> bool:
        last = look.cursor.swept_at
        return last is None or micros(self.desk.clock()) - last >= SWEEP / timedelta(microseconds=1)


def failed(desk: Desk, server: str, why: Message, *, project: int = 0) -> list[Passed]:
    """A pass that did not come about: it is kept with every followed project of the server."""
    found = [each for each in followed_projects(desk, server) if project in (0, each.project)]
    for each in found:
        _keep(desk, each, why)
    return [Passed(followed=each, tally=Tally(), swept=False, events=0, error=why) for each in found]


def _keep(desk: Desk, followed: Followed, why: Message) -> None:
    now = micros(desk.clock())
    desk.intake.synced.move(followed.server, followed.project, error=written_message(why), failed_at=now)


def _stamp(bindings: Bindings, followed: Followed) -> Stamp:
    return lambda moment: "" if moment is None else bindings.at(followed.server, followed.project, moment)


def _gone(followed: Followed) -> Message:
    return Message(
        "project {project} is no longer on {server}: labelqa sync leave {project}",
        {"project": followed.project, "server": followed.server},
    )

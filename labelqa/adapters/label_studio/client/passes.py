"""Passes over the connected servers: one client each, kept open, and the inbox that webhooks fill."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType

from filelock import FileLock, Timeout

from labelqa.adapters.label_studio.client.codec import ServerCodec
from labelqa.adapters.label_studio.client.gathering import OWN, Gathered, gather
from labelqa.adapters.label_studio.client.opening import writing
from labelqa.adapters.label_studio.client.reading import Reading
from labelqa.adapters.label_studio.client.writing import Writing
from labelqa.adapters.notify.sending import notify
from labelqa.errors import BadInput, Busy, LabelqaError, NoWorkspace, Refused
from labelqa.i18n import N_, Lang
from labelqa.workflows.desk import Desk
from labelqa.workflows.servers.connecting import Server, connected, server_lines
from labelqa.workflows.servers.hook_secrets import hook_secret
from labelqa.workflows.servers.inbox import inbox_there
from labelqa.workflows.servers.tokens import kept_token
from labelqa.workflows.sync.projects import followed_projects
from labelqa.workflows.sync.running import Passed, Running, failed
from labelqa.workflows.watching import watch, watch_samples

Client = tuple[Server, Reading, Writing]


@dataclass(frozen=True, slots=True)
class _Open:
    """A client that is kept open, and the server's entry and token that it was made of."""

    client: Client
    made_of: tuple[Server, str] = field(repr=False)
    close: Callable[[], None]


class Passes:
    """Looks at every connected server, or at those named; ``with`` lets go of the connections."""

    def __init__(
        self,
        desk: Desk,
        env: Mapping[str, str],
        *,
        names: Sequence[str] = (),
        progress: Callable[[int], None] = lambda _more: None,
    ) -> None:
        self.desk, self._env, self._names, self._progress = desk, env, tuple(names), progress
        self._stack, self._clients = ExitStack(), dict[str, _Open]()
        self._inbox = inbox_there(desk.settings.workspace)
        if self._inbox is not None:
            self._stack.callback(self._inbox.close)
            with suppress(LabelqaError):  # what a labelqa before this one had a defect with is tried once more
                self._inbox.again()

    def __enter__(self) -> Passes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def run(self, *, sweep: bool | None = None, project: int = 0) -> list[Passed]:
        """One pass over each server; what came in is watched."""
        done: list[Passed] = []
        with alone(self.desk):
            for name in self._wanted():
                try:
                    done += self._server(name, sweep=sweep, project=project)
                except OWN as error:  # one server's trouble is no other's
                    done += failed(self.desk, name, error.message, project=project)
        return done

    def gather(self, done: Sequence[Passed], *, lang: Lang) -> list[Gathered]:
        """What was sent out comes home, and who is to be told is told of what was found."""
        news = {each.followed.server for each in done if each.tally.imports}
        away = {each.followed.server for each in done if each.away}
        found = []
        with alone(self.desk), alone(self.desk, sending=True):
            for name in self._wanted():
                if name in away:
                    continue
                try:
                    told = gather(self.desk, *self._client(name), lang=lang, news=name in news)
                except OWN as error:
                    told = Gathered(server=name, error=error.message)
                for each in told.imports:
                    self._watched(each)
                found.append(told)
        watch_samples(self.desk)
        notify(self.desk, self._env)
        return found

    def _wanted(self) -> list[str]:
        there = {each.name for each in server_lines(self.desk) if not each.ended}
        if unknown := sorted(set(self._names) - there):
            raise BadInput("no server is called {name}; connected are: {known}", name=unknown[0],
                           known=", ".join(sorted(there)) or "–")  # fmt: skip
        return sorted(there & set(self._names) if self._names else there)

    def waiting(self) -> bool:
        """Whether a webhook told something that was not worked through yet."""
        if self._inbox is None:  # the first event makes the inbox
            self._inbox = inbox_there(self.desk.settings.workspace)
            if self._inbox is not None:
                self._stack.callback(self._inbox.close)
        return any(map(self._more, self._wanted()))

    def _server(self, name: str, *, sweep: bool | None, project: int) -> list[Passed]:
        if not followed_projects(self.desk, name):
            return []
        _, reads, _ = self._client(name)
        done_before = [0]

        def progress(done: int, _all: int) -> None:
            self._progress(max(0, done - done_before[0]))
            done_before[0] = done

        running = Running(
            self.desk, reads, ServerCodec(), name, inbox=self._inbox, progress=progress,
            applied=self._watched,
            secret=self._secret(name),
        )  # fmt: skip
        began = self.desk.clock()  # what comes later is for the next pass: else this one lasts as long as people label
        done = running.run(sweep=sweep, project=project)
        last = done
        while self._more(name, by=began) and any(each.events for each in last) and not any(each.error for each in last):
            last = running.run(sweep=False, project=project)
            done += last
        return done

    def _more(self, name: str, *, by: datetime | None = None) -> bool:
        """Whether events wait; ``by``: events that had come by then."""
        waiting = self._inbox.waiting(1, server=name) if self._inbox is not None else []
        return bool(waiting) and (by is None or waiting[0].received_at <= by)

    def _client(self, name: str) -> Client:
        """The client of a server; another one once its address or its token is no longer what it was."""
        server = connected(self.desk, name)
        now = (server, kept_token(self.desk.settings.workspace, name, env=self._env, url=server.url))
        there = self._clients.get(name)
        if there is None or there.made_of != now:
            if there is not None:
                del self._clients[name]  # first: where no other one can be made, a closed one must not be given out
                there.close()
            stack = self._stack.enter_context(ExitStack())
            client = stack.enter_context(writing(self.desk, name, self._env))
            there = self._clients[name] = _Open(client, now, stack.close)
        return there.client

    def _secret(self, name: str) -> str:
        """What the webhooks of a server bring; "" where that is another user's to read: the receiver tells what is wrong."""
        with suppress(Refused):
            return hook_secret(self.desk.settings.workspace, name, env=self._env)
        return ""

    def _watched(self, import_no: int) -> None:
        with suppress(Busy, NoWorkspace):  # the alerts are derived: the next look catches up
            watch(self.desk, import_no)


@contextmanager
def alone(desk: Desk, *, sending: bool = False) -> Iterator[None]:
    """No two passes at a time: what one has read must not come after what the other read later.

    ``sending``: no two who send or collect, which may go on while a long pass reads; each would make projects of its own.
    """
    name, why = "sync.lock", N_("another pass is running in this workspace: try again when it is done")
    if sending:
        name, why = "sending.lock", N_("another process sends or collects here: try again when it is done")
    try:
        with FileLock(desk.settings.workspace / name, timeout=desk.settings.busy_seconds):
            yield
    except Timeout:
        raise Busy(why) from None

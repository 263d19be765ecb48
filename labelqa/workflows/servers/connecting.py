"""Which servers are connected: recorded when one is connected, moves or ends; as of any time.

Nothing goes over the network here: what a server said of itself comes in. Tokens are no part of any record.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from labelqa.batches.checks import in_force
from labelqa.errors import BadInput, Refused
from labelqa.ledger.view import Facts
from labelqa.records.facts import Draft, ServerConnected
from labelqa.records.servers import ServerTold
from labelqa.workflows.desk import Desk
from labelqa.workflows.imports import FILE_SERVER

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9.-]{0,62}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server as the ledger knows it; ``since`` is when it was first connected under this name."""

    name: str
    url: str
    version: str
    edition: str
    account: str
    organizer: str
    isolated: bool
    ended: bool
    reason: str
    since: datetime
    recorded_at: datetime
    fact: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Connecting:
    """A server as somebody wants it connected; ``None`` keeps what is recorded."""

    name: str
    url: str
    organizer: str | None = None
    isolated: bool | None = None
    moved: bool = False  # the name may go on at another address: the accounts are the same


def fold_servers(facts: Facts) -> dict[str, Server]:
    """Every server that was ever connected, by name, as it is known last."""
    found: dict[str, Server] = {}
    for fact, body in in_force(facts.of(ServerConnected), ServerConnected):
        before = found.get(body.server)
        found[body.server] = Server(
            name=body.server, url=body.url, version=body.version, edition=body.edition, account=body.account,
            organizer=body.organizer, isolated=body.isolated, ended=body.ended, reason=body.reason,
            since=before.since if before else fact.effective_at, recorded_at=fact.recorded_at, fact=fact.seq,
        )  # fmt: skip
    return found


def server_lines(desk: Desk, *, at: datetime | None = None, known: datetime | None = None) -> list[Server]:
    """The servers in the order in which they were first connected, as of a time."""
    return list(fold_servers(desk.ledger.view().seen(at=at, known=known)).values())


def connected(desk: Desk, name: str = "") -> Server:
    """The server of that name, or the only one when none is named; BadInput that says which there are."""
    there = {each.name: each for each in server_lines(desk) if not each.ended}
    if not there:
        raise BadInput("no server is connected: labelqa connect URL")
    if not name and len(there) == 1:
        return next(iter(there.values()))
    if name in there:
        return there[name]
    known = ", ".join(there)
    if not name:
        raise BadInput("several servers are connected: name one of {known} with --server", known=known)
    raise BadInput("no server is called {name}; connected are: {known}", name=name, known=known)


def why_not_connect(wanted: Connecting, servers: Mapping[str, Server]) -> BadInput | Refused | None:
    """What stands against a connection; None when nothing does."""
    if not _NAME.fullmatch(wanted.name) or wanted.name == FILE_SERVER:
        return BadInput(
            "{name} cannot name a server: use small letters, digits, dots and hyphens, and not the word file",
            name=wanted.name,
        )
    twin = next((each for each in servers.values() if each.url == wanted.url and not each.ended), None)
    if twin is not None and twin.name != wanted.name:
        return Refused("{url} is connected already, as {name}", url=wanted.url, name=twin.name)
    before = servers.get(wanted.name)
    if before is not None and before.url != wanted.url and not wanted.moved:
        return Refused(
            "{name} is connected at {url}: give the new server another name with --as, or say --moved when it is the "
            "same server, with the same accounts, at a new address",
            name=wanted.name, url=before.url,
        )  # fmt: skip
    return None


def may_connect(desk: Desk, wanted: Connecting) -> None:
    """Raise what stands against a connection, before a token is asked for or sent anywhere."""
    if (against := why_not_connect(wanted, fold_servers(desk.ledger.view()))) is not None:
        raise against


def connect_server(desk: Desk, wanted: Connecting, told: ServerTold) -> tuple[Server, bool]:
    """Record a connection, unless all of it is recorded already; gives the server, and whether anything is new."""

    def unless(facts: Facts) -> None:
        if (against := why_not_connect(wanted, fold_servers(facts))) is not None:
            raise against

    view = desk.ledger.view()
    unless(view)
    before = fold_servers(view).get(wanted.name)
    body = ServerConnected(
        server=wanted.name, url=wanted.url, version=told.version, edition=told.edition, account=told.account,
        organizer=wanted.organizer if wanted.organizer is not None else before.organizer if before else "",
        isolated=wanted.isolated if wanted.isolated is not None else bool(before and before.isolated),
    )  # fmt: skip
    if before is not None and _body(before) == body:
        return before, False
    _append(desk, body, unless)
    return fold_servers(desk.ledger.view())[wanted.name], True


def end_server(desk: Desk, name: str, *, reason: str) -> Server:
    """Record that a server is no longer asked; what came from it stays."""
    there = connected(desk, name)
    if not reason.strip():
        raise BadInput("say why the connection ends")

    def unless(facts: Facts) -> None:
        if fold_servers(facts)[there.name].ended:
            raise Refused("the connection to {name} was ended meanwhile", name=there.name)

    _append(desk, replace(_body(there), ended=True, reason=reason.strip()), unless)
    return fold_servers(desk.ledger.view())[there.name]


def _append(desk: Desk, body: ServerConnected, unless: Callable[[Facts], None]) -> None:
    draft = Draft(body=body, subjects=(f"server:{body.server}",), actor=desk.actor, identity=desk.identity)
    desk.ledger.append([draft], now=desk.clock(), unless=unless)


def _body(server: Server) -> ServerConnected:
    return ServerConnected(
        server=server.name, url=server.url, version=server.version, edition=server.edition, account=server.account,
        organizer=server.organizer, isolated=server.isolated, ended=server.ended, reason=server.reason,
    )  # fmt: skip

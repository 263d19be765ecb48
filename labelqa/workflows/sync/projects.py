"""Which projects of which servers are followed: recorded when the following begins, changes or ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from labelqa.batches.checks import in_force
from labelqa.errors import BadInput, Refused
from labelqa.ledger.view import Facts
from labelqa.records.facts import Draft, ImportCounted, ProjectFollowed
from labelqa.workflows.desk import Desk
from labelqa.workflows.sending.made_projects import made_role
from labelqa.workflows.servers.connecting import connected

_AT_ONCE: Final = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A project as the ledger knows it; ``since`` is when it was first followed."""

    server: str
    project: int
    title: str
    item_key: str
    ended: bool
    reason: str
    since: datetime
    fact: int


def fold_projects(facts: Facts) -> dict[tuple[str, int], Followed]:
    """Every project that was ever followed, as it is known last."""
    found: dict[tuple[str, int], Followed] = {}
    for fact, body in in_force(facts.of(ProjectFollowed), ProjectFollowed):
        before = found.get((body.server, body.project))
        found[body.server, body.project] = Followed(
            server=body.server, project=body.project, title=body.title, item_key=body.item_key,
            ended=body.ended, reason=body.reason, since=before.since if before else fact.effective_at, fact=fact.seq,
        )  # fmt: skip
    return found


def followed_projects(desk: Desk, server: str = "") -> list[Followed]:
    """The projects that are followed for their labels; of one server, if told."""
    found = fold_projects(desk.ledger.view()).values()
    return [each for each in found if not each.ended and server in ("", each.server)]


def follow_project(
    desk: Desk, project: int, *, server: str, title: str, item_key: str | None = None, description: str = ""
) -> Followed:
    """Follow a project from now on, or say anew how its items are called; nothing is recorded twice."""
    there = connected(desk, server)
    before = fold_projects(desk.ledger.view()).get((there.name, project))
    key = item_key if item_key is not None else before.item_key if before else ""
    if before is not None and not before.ended and (before.title, before.item_key) == (title, key):
        return before

    def unless(facts: Facts) -> None:
        known = fold_projects(facts).get((there.name, project))
        if role := made_role(facts, there.name, project, description):
            raise Refused(
                "project {project} of {server} was made by labelqa for {role} work and is collected, not followed",
                project=project, server=there.name, role=role.value,
            )  # fmt: skip
        if known is not None and known.item_key != key and _brought(facts, there.name, project):
            raise Refused(
                "the items of project {project} are in the workspace under the key {key}, and another key would make other "
                "items of them: make another workspace (labelqa init DIR), connect the server there, and follow the project "
                "with the key that you want",
                project=project, key=known.item_key or "id",
            )  # fmt: skip

    unless(desk.ledger.view())
    if before is not None and before.item_key != key:
        _begin_anew(desk, there.name, project)  # first, as nobody does it later for a key that is on record
    _append(desk, ProjectFollowed(server=there.name, project=project, title=title, item_key=key), unless)
    return fold_projects(desk.ledger.view())[there.name, project]


def key_changes(desk: Desk, project: int, *, server: str, item_key: str | None) -> bool:
    """Whether following it so gives other names to the items of a project that was followed before."""
    before = fold_projects(desk.ledger.view()).get((connected(desk, server).name, project))
    return before is not None and item_key is not None and before.item_key != item_key


def _brought(facts: Facts, server: str, project: int) -> bool:
    """Whether anything ever came in from a project; rows that were refused are nothing."""
    return any(
        fact.body.server == server and fact.body.options.get("number") == str(project)
        for fact in facts.of(ImportCounted)
    )


def _begin_anew(desk: Desk, server: str, project: int) -> None:
    """Nothing of a project is taken for read any more, so that all of it is read under its new key."""
    synced = desk.intake.synced
    while part := synced.applied(server, project, after=0, most=_AT_ONCE):
        synced.apply(server, project, dict.fromkeys(part))
    synced.move(
        server, project, backfilled_to=0, backfilled_at=None, watermark=None, moved_at=None, passed_at=None, swept_to=0,
        swept_at=None, noticed=None,
    )  # fmt: skip


def leave_project(desk: Desk, project: int, *, server: str, reason: str) -> Followed:
    """Record that a project is no longer followed; what came from it stays."""
    there = connected(desk, server)
    before = fold_projects(desk.ledger.view()).get((there.name, project))
    if before is None or before.ended:
        raise BadInput("project {project} of {server} is not followed", project=project, server=there.name)
    if not reason.strip():
        raise BadInput("say why the project is no longer followed")

    def unless(facts: Facts) -> None:
        if fold_projects(facts)[there.name, project].ended:
            raise Refused("project {project} of {server} was left meanwhile", project=project, server=there.name)

    body = ProjectFollowed(
        server=there.name, project=project, title=before.title, item_key=before.item_key, ended=True,
        reason=reason.strip(),
    )  # fmt: skip
    _append(desk, body, unless)
    return fold_projects(desk.ledger.view())[there.name, project]


def _append(desk: Desk, body: ProjectFollowed, unless: Callable[[Facts], None]) -> None:
    subjects = (f"server:{body.server}", f"project:{body.server}/{body.project}")
    draft = Draft(body=body, subjects=subjects, actor=desk.actor, identity=desk.identity)
    desk.ledger.append([draft], now=desk.clock(), unless=unless)

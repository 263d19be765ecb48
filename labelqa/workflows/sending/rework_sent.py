"""Which projects of returned work there are, as the ledger tells it; nothing else is looked at."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from labelqa.batches.checks import in_force
from labelqa.ledger.view import Facts
from labelqa.records.facts import Draft, ReworkSent
from labelqa.records.names import BatchName, ItemId, PersonId
from labelqa.workflows.desk import Desk
from labelqa.workflows.refusals import changed


@dataclass(frozen=True, slots=True, kw_only=True)
class ReworkProject:
    """A project of returned work; ``since`` is when the fact in force was recorded."""

    server: str
    project: int
    batch: BatchName
    person: PersonId
    items: frozenset[ItemId]
    ended: bool
    reason: str
    since: datetime
    fact: int
    seal: str = ""


def rework_projects(facts: Facts, *, batch: str = "", server: str = "") -> tuple[ReworkProject, ...]:
    """The projects of a batch (or of all) on a server (or on all), ended ones too, in the order of their last facts."""
    told = facts.about(f"batch:{batch}", ReworkSent) if batch else facts.of(ReworkSent)
    return tuple(
        ReworkProject(
            server=body.server, project=body.project, batch=BatchName(body.batch), person=PersonId(body.person),
            items=frozenset(map(ItemId, body.items)), ended=body.ended, reason=body.reason, since=fact.recorded_at,
            fact=fact.seq, seal=body.seal,
        )
        for fact, body in in_force(told, ReworkSent)
        if server in ("", body.server)
    )  # fmt: skip


def held(projects: Iterable[ReworkProject]) -> dict[ItemId, ReworkProject]:
    """Who has each item that is out: of several projects with it the one that was recorded last."""
    return {item: each for each in projects if not each.ended for item in each.items}


def end_projects(desk: Desk, projects: Iterable[ReworkProject], why: str) -> None:
    """Record that projects are read no longer; Refused where somebody recorded something else of one meanwhile."""
    ending = list(projects)
    if not ending:
        return

    def unless(facts: Facts) -> None:
        for each in ending:
            if each.fact not in {one.fact for one in rework_projects(facts, batch=each.batch)}:
                raise changed(f"project:{each.server}/{each.project}")

    drafts = [
        sent_draft(
            desk, server=each.server, project=each.project, batch=each.batch, person=each.person, items=each.items,
            before=each, ended=True, reason=why, seal=each.seal,
        )
        for each in ending
    ]  # fmt: skip
    desk.ledger.append(drafts, now=desk.clock(), unless=unless)


def sent_draft(
    desk: Desk,
    *,
    server: str,
    project: int,
    batch: str,
    person: str,
    items: Collection[ItemId],
    before: ReworkProject | None,
    ended: bool = False,
    reason: str = "",
    seal: str = "",
) -> Draft:
    """The fact about a project as it is from now on; it supersedes the one ``before``."""
    body = ReworkSent(
        server=server,
        project=project,
        batch=batch,
        person=person,
        items=sorted(items),
        ended=ended,
        reason=reason,
        seal=seal,
    )
    subjects = (f"batch:{batch}", f"person:{person}", f"server:{server}", f"project:{server}/{project}",
                *(f"item:{each}" for each in body.items))  # fmt: skip
    return Draft(
        body=body, subjects=subjects, actor=desk.actor, identity=desk.identity,
        supersedes=None if before is None else before.fact,
    )  # fmt: skip

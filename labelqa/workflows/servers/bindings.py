"""Which rulebook release binds what is labelled in a project at a time: the one that was pushed last before it.

A form or an instruction that somebody changed by hand on the server is a finding here; nothing is put back.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from datetime import datetime
from typing import Any

from labelqa.batches.checks import in_force
from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.ledger.view import Facts
from labelqa.records.clock import micros
from labelqa.records.facts import Fact, ReleasePushed
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.servers import ServerProject


class Bindings:
    """All releases pushed, ready to be asked for many moments.

    Times are those of the server's clock, in microseconds since 1970 UTC.
    """

    def __init__(self, facts: Facts) -> None:
        self._pushed: dict[tuple[str, int], list[tuple[int, int, str]]] = {}
        for fact, body in in_force(facts.of(ReleasePushed), ReleasePushed):
            since = micros(datetime.fromisoformat(body.since))
            self._pushed.setdefault((body.server, body.project), []).append((since, fact.seq, body.release))
        for told in self._pushed.values():
            told.sort()

    def at(self, server: str, project: int, moment: int) -> str:
        """The release in force at a moment; "" before the first one."""
        told = self._pushed.get((server, project), [])
        place = bisect_right(told, moment, key=lambda each: each[0])
        return told[place - 1][2] if place else ""


def latest_pushed(facts: Facts) -> dict[tuple[str, int], tuple[Fact, ReleasePushed]]:
    """What was pushed last to each project, by server and project."""
    told = sorted(in_force(facts.of(ReleasePushed), ReleasePushed), key=lambda each: (each[1].since, each[0].seq))
    return {(body.server, body.project): (fact, body) for fact, body in told}


def text_digest(text: str) -> str:
    """sha256 of a form or an instruction as the server has it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def drift(pushed: ReleasePushed, project: ServerProject) -> Finding | None:
    """What somebody changed by hand since a release was pushed; None where form and instruction are as they were."""
    form = text_digest(project.config) != pushed.config_digest
    if not form and text_digest(project.instruction) == pushed.instruction_digest:
        return None
    told: dict[str, Any] = {"project": project.project, "server": pushed.server, "release": pushed.release}
    mend = Message("labelqa push {release} --project {project} --server {server} --dry-run shows the difference", told)
    place = Place(subject=f"project:{pushed.server}/{pushed.project}")
    if form:
        return finding(
            "LS201", N_("the form of project {project} on {server} is no longer that of {release}"),
            mend=mend, place=place, **told,
        )  # fmt: skip
    return finding(
        "LS202", N_("the instruction of project {project} on {server} is no longer that of {release}"),
        mend=mend, severity=Severity.WARNING, place=place, **told,
    )  # fmt: skip

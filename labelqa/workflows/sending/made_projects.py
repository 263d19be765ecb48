"""The projects that labelqa made on servers for reviews and returned work: they keep their forms, and are not followed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from labelqa.ledger.view import Facts
from labelqa.records.servers import ProjectRole, ReviewMode, has_line
from labelqa.workflows.sending import review_projects, rework_values
from labelqa.workflows.sending.review_projects import REMOVED, fold_review_projects
from labelqa.workflows.sending.rework_sent import rework_projects
from labelqa.workflows.sending.rework_values import ReworkEnd


@dataclass(frozen=True, slots=True)
class Made:
    """A project that labelqa made: what for, the line of its description, and whether it is done with."""

    role: ProjectRole
    line: str
    ended: bool

    def is_it(self, description: Any) -> bool:
        """Whether what has its number on the server now is this project.

        One that is at work is, whatever its description says; in the place of one that is done with a server that was
        set up anew may have another one.
        """
        return not self.ended or has_line(description, self.line)


def made_projects(facts: Facts) -> dict[tuple[str, int], Made]:
    """What labelqa made, by server and number; closed ones too, but none that is known to be gone from its server."""
    reviews = (each.sent for each in fold_review_projects(facts).values())
    made = {
        (each.server, each.project): Made(
            ProjectRole.REVIEW, review_projects.own_line(each.sample, each.verifier, ReviewMode(each.mode)), each.ended
        )
        for each in reviews
        if each.reason != REMOVED
    }
    rework = (each for each in rework_projects(facts) if each.reason != ReworkEnd.GONE)
    return made | {
        (each.server, each.project): Made(
            ProjectRole.REWORK, rework_values.own_line(each.batch, each.person), each.ended
        )
        for each in rework
    }


def made_role(facts: Facts, server: str, project: int, description: Any) -> ProjectRole | None:
    """What labelqa made a project of a server for; None where it did not make what is there now."""
    made = made_projects(facts).get((server, project))
    return made.role if made is not None and made.is_it(description) else None

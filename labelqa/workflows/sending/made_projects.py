"""The projects that labelqa made on servers for reviews and returned work: they keep their forms, and are not followed."""

from __future__ import annotations

from labelqa.ledger.view import Facts
from labelqa.records.servers import ProjectRole
from labelqa.workflows.sending.review_projects import REMOVED, fold_review_projects
from labelqa.workflows.sending.rework_sent import rework_projects
from labelqa.workflows.sending.rework_values import ReworkEnd


def made_projects(facts: Facts) -> dict[tuple[str, int], ProjectRole]:
    """What each is for, by server and number; closed ones too, but none that is known to be gone from its server."""
    reviews = (each.sent for each in fold_review_projects(facts).values())
    made = {(each.server, each.project): ProjectRole.REVIEW for each in reviews if each.reason != REMOVED}
    rework = (each for each in rework_projects(facts) if each.reason != ReworkEnd.GONE)
    return made | {(each.server, each.project): ProjectRole.REWORK for each in rework}

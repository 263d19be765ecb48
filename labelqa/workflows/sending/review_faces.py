"""How a review project stands, and that its verifier reads so there: wanted, stopped by the rule, or closed.

A check that may stop at any verdict is asked after each round; where a changed verdict takes the decision back, the
project asks again.
"""

from __future__ import annotations

from labelqa.batches.statements import ANYTIME
from labelqa.records.designs import Decision
from labelqa.records.review import Sample
from labelqa.records.review_projects import ProjectStanding
from labelqa.records.servers import ServerProject
from labelqa.workflows.certifying.certificate import certificate_of, plan_of
from labelqa.workflows.desk import Desk
from labelqa.workflows.sending.review_projects import ReviewProject, face_of
from labelqa.workflows.sending.review_protocols import WritingSide
from labelqa.workflows.state import State


def standing_of(
    desk: Desk, state: State, sample: Sample, *, left: int, over: bool, keep: bool = False
) -> ProjectStanding:
    """How the project of a verifier stands who has so many items left in it; ``over``: nothing else is waited for either.

    With ``keep`` none is closed for want of work.
    """
    if state.batch(sample.batch).conclusion is not None or (over and not keep):
        return ProjectStanding.CLOSED
    if left == 0:
        return ProjectStanding.OPEN
    return ProjectStanding.STOP if is_decided(desk, state, sample) else ProjectStanding.OPEN


def is_decided(desk: Desk, state: State, sample: Sample) -> bool:
    """Whether a check that may stop at any verdict has come to its end; other designs read every item drawn."""
    if plan_of(state, sample).design not in ANYTIME:
        return False
    kept: dict[str, tuple[int, bool]] = desk.memo.setdefault("checks decided", {})
    last, decided = kept.get(sample.sample, (-1, False))
    if last != state.facts.last:
        decided = certificate_of(desk, state, sample).decision is not Decision.GO_ON
        kept[sample.sample] = (state.facts.last, decided)
    return decided


def show_standing(
    writing: WritingSide, there: ServerProject, project: ReviewProject, standing: ProjectStanding, *, left: int
) -> None:
    """Let a project on the server say how it stands, unless it says so already."""
    face = face_of(project.sent, standing, left, project.lang)
    said = {
        "title": there.title, "description": there.data.get("description"), "expert_instruction": there.instruction
    }  # fmt: skip
    if said != face:
        writing.update_project(project.sent.project, **face)

"""Which review projects there are on which server, how each is found again, and what its verifier reads in it.

Nothing goes over the network here. A project is known by its fact, and by a line in its description where labelqa was
stopped before it could write the fact.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import Any, Final

from labelqa.batches.checks import in_force
from labelqa.errors import Message, Refused
from labelqa.i18n import N_, Lang, render
from labelqa.ledger.view import Facts
from labelqa.records.facts import Draft, ReviewSent
from labelqa.records.names import PersonId, SampleId
from labelqa.records.review_projects import ProjectStanding
from labelqa.records.servers import ReviewMode, has_line
from labelqa.workflows.desk import Desk
from labelqa.workflows.refusals import refuse_settled

LONGEST: Final = 50  # characters of a project's title
REMOVED: Final = "removed"  # why a project ended that is no longer on its server
_ENDS: Final = {ProjectStanding.STOP: N_("[stop]"), ProjectStanding.CLOSED: N_("[closed]")}
_LINE: Final = "labelqa-review"
Key = tuple[SampleId, PersonId]


@dataclass(frozen=True, slots=True)
class ReviewProject:
    """A review project as the ledger knows it last, and the fact that says so."""

    sent: ReviewSent
    fact: int

    @property
    def key(self) -> Key:
        """The sample and the verifier that it is for."""
        return SampleId(self.sent.sample), PersonId(self.sent.verifier)

    @property
    def mode(self) -> ReviewMode:
        """What its verifier sees."""
        return ReviewMode(self.sent.mode)

    @property
    def lang(self) -> Lang:
        """In which language it speaks."""
        return "en" if self.sent.lang == "en" else "zh"


def fold_review_projects(facts: Facts, sample: str = "") -> dict[Key, ReviewProject]:
    """Every review project, or those of one sample, by sample and verifier, as each is known last."""
    told = facts.about(f"sample:{sample}", ReviewSent) if sample else facts.of(ReviewSent)
    found = (ReviewProject(body, fact.seq) for fact, body in in_force(told, ReviewSent))
    return {each.key: each for each in found}


def record_project(desk: Desk, body: ReviewSent, before: ReviewProject | None) -> ReviewProject:
    """Record how a project stands, unless that is recorded already.

    Refused where somebody recorded it meanwhile, and for an open one where the batch is settled.
    """
    if before is not None and before.sent == body:
        return before
    key = SampleId(body.sample), PersonId(body.verifier)

    def unless(facts: Facts) -> None:
        now = fold_review_projects(facts, body.sample).get(key)
        if (now.fact if now else 0) != (before.fact if before else 0):
            raise Refused(N_("sample {sample} was sent by somebody else meanwhile: repeat it"), sample=body.sample)
        if not body.ended:
            refuse_settled(facts, body.batch)

    subjects = (
        f"batch:{body.batch}", f"sample:{body.sample}", f"person:{body.verifier}", f"server:{body.server}",
        f"project:{body.server}/{body.project}",
    )  # fmt: skip
    draft = Draft(body=body, subjects=subjects, actor=desk.actor, identity=desk.identity,
                  supersedes=before.fact if before else None)  # fmt: skip
    (fact,) = desk.ledger.append([draft], now=desk.clock(), unless=unless)
    return ReviewProject(body, fact.seq)


def end_project(desk: Desk, project: ReviewProject, reason: str) -> ReviewProject:
    """Record that a project is no longer read, and why."""
    return record_project(desk, replace(project.sent, ended=True, reason=reason), project)


def items_digest(items: Iterable[str]) -> str:
    """The digest of items in the order sent: sha256 of their ids, each with its length before it."""
    whole = hashlib.sha256()
    for each in items:
        whole.update(f"{len(each)}:{each}\n".encode())
    return whole.hexdigest()


def own_line(sample: str, verifier: str, mode: str) -> str:
    """The line of a description by which a project is known."""
    return f"{_LINE}:{sample}:{verifier}:{mode}"


def is_for(description: Any, sample: str, verifier: str, mode: str) -> bool:
    """Whether a project's description names this sample, verifier and mode: what was shown is never taken for blind.

    >>> is_for("Review\\nlabelqa-review:b1/1:p-1:blind", "b1/1", "p-1", "blind"), is_for(None, "b1/1", "p-1", "blind")
    (True, False)
    """
    return has_line(description, own_line(sample, verifier, mode))


def title_of(sample: str, verifier: str, standing: ProjectStanding = ProjectStanding.OPEN, lang: Lang = "en") -> str:
    """A title of at most 50 characters; of a long name the middle is left out, and the number of the sample stays.

    >>> title_of("b1/1", "p-3f9a2c71"), len(title_of("b" * 80 + "/1", "p-3f9a2c71", ProjectStanding.CLOSED))
    ('labelqa b1/1 p-3f9a2c71', 50)
    """
    end = f" {render(_ENDS[standing], lang)}" if standing in _ENDS else ""
    room = LONGEST - len(f"labelqa  {verifier}{end}")
    if len(sample) > room:
        tail = sample[-min(room // 3, len(sample) - sample.rfind("/")) :]
        sample = f"{sample[: room - len(tail) - 1]}…{tail}"
    return f"labelqa {sample} {verifier}{end}"


def face_of(
    sent: ReviewSent, standing: ProjectStanding = ProjectStanding.OPEN, left: int = 0, lang: Lang = "zh"
) -> dict[str, str]:
    """What a project says of itself, by the server's names: title, description and instruction.

    ``left`` is how many items need no review any more where the check is decided.
    """
    values: Mapping[str, Any] = {"verifier": escape(sent.verifier), "n": left}
    sentences = {
        ProjectStanding.OPEN: (_ASKS[ReviewMode(sent.mode)], _ALONE, _CANNOT),
        ProjectStanding.STOP: (_STOP,),
        ProjectStanding.CLOSED: (_CLOSED,),
    }[standing]
    said = [render(Message(each, values), lang) for each in sentences]
    about = render(Message(_ABOUT[ReviewMode(sent.mode)], {"sample": sent.sample, "verifier": sent.verifier}), lang)
    first = [] if standing is ProjectStanding.OPEN else said
    return {
        "title": title_of(sent.sample, sent.verifier, standing, lang),
        "description": "\n".join([*first, about, own_line(sent.sample, sent.verifier, sent.mode)]),
        "expert_instruction": "".join(f"<p>{each}</p>" for each in said),
    }


_ABOUT: Final = {
    ReviewMode.BLIND: N_("Made by labelqa: the part of sample {sample} that {verifier} labels again, blind."),
    ReviewMode.SHOWN: N_("Made by labelqa: the part of sample {sample} that {verifier} gives verdicts on."),
}
_ASKS: Final = {
    ReviewMode.BLIND: N_("Label each item afresh by the rulebook, in the order given. The label that is checked is not shown."),
    ReviewMode.SHOWN: N_("Say of each item, in the order given, whether its label is right by the rulebook; if not, which rule it breaks and what it should be."),
}  # fmt: skip
_ALONE: Final = N_("This work is for {verifier} alone: what another account says here is not taken.")
_CANNOT: Final = N_("Of an item that cannot be judged, choose why. What is left without an answer stays open.")
_STOP: Final = N_("stop: the result stands, {n} {n:item needs|items need} no review.")
_CLOSED: Final = N_("Closed: nothing more is to be done here.")

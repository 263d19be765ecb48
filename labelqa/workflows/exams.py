"""Exams on a rulebook: make a paper, mark what came back, put the result on record.

The paper of an exam is made again from the rulebook and its seed before anything is marked, so that no paper that was
changed on its way can be graded. Answers stay outside the ledger; it gets the score and the paper's digest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from labelqa.errors import Altered, BadInput, Refused
from labelqa.records.estimate import Figure
from labelqa.records.exams import GroupShare
from labelqa.records.facts import ExamRecorded
from labelqa.records.people import Exam
from labelqa.records.training import ExamRow
from labelqa.rulebook.exam import Paper, Result, available, draw_paper, grade
from labelqa.rulebook.model import Rulebook
from labelqa.sampling import check_seed
from labelqa.workflows.desk import Desk
from labelqa.workflows.people import find_person
from labelqa.workflows.state import read_state
from labelqa.workflows.training.exam_lists import record_told
from labelqa.workflows.training.results import share_of

if TYPE_CHECKING:
    from labelqa.workflows.rulebooks.sources import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperFacts:
    """What a paper on its way says of itself: enough to make it again; ``digest`` is that of the whole paper."""

    release: str
    book: str
    seed: str
    questions: int
    with_handbook: bool
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """A marked paper with its shares; intervals are Wilson's."""

    result: Result
    share: Figure
    rules: tuple[GroupShare, ...]
    abilities: tuple[GroupShare, ...]


def make_paper(source: Source, *, seed: str, n: int, with_handbook: bool = False) -> Paper:
    """The exam paper of a rulebook; BadInput when it has too few examples to ask."""
    check_seed(seed)
    have = len(available(source.book, with_handbook=with_handbook))
    if n > have:
        more = len(available(source.book, with_handbook=True))
        raise BadInput(
            "{release} has {have} examples for an exam, {n} questions were asked for (with --with-handbook {more}): "
            "ask for fewer, or write more examples with use: exam",
            release=source.release, have=have, n=n, more=more,
        )  # fmt: skip
    return draw_paper(source.book, digest=source.digest, seed=seed, n=n, with_handbook=with_handbook)


def facts_of(paper: Paper) -> PaperFacts:
    """What travels with a paper."""
    return PaperFacts(
        release=paper.release, book=paper.book, seed=paper.seed, questions=len(paper.questions),
        with_handbook=paper.with_handbook, digest=paper.digest,
    )  # fmt: skip


def remade(source: Source, facts: PaperFacts) -> Paper:
    """The paper once more; Altered when rulebook or paper are not what they were."""
    if (source.release, source.digest) != (facts.release, facts.book):
        raise Altered(
            "the paper was made from {release} with the digest {told}; this is {found} with the digest {have}: name the "
            "rulebook that it was made from",
            release=facts.release, told=facts.book[:12], found=source.release, have=source.digest[:12],
        )  # fmt: skip
    have = len(available(source.book, with_handbook=facts.with_handbook))
    if not (facts.seed.strip() and 1 <= facts.questions <= have):
        raise _changed(facts)
    paper = draw_paper(
        source.book, digest=source.digest, seed=facts.seed, n=facts.questions, with_handbook=facts.with_handbook
    )
    if paper.digest != facts.digest:
        raise _changed(facts)
    return paper


def _changed(facts: PaperFacts) -> Altered:
    return Altered(
        "the exam paper is not what was made from {release}: grade with the paper that labelqa wrote",
        release=facts.release,
    )


def grade_paper(paper: Paper, answers: Mapping[str, str], book: Rulebook, *, confidence: float = 0.95) -> Graded:
    """Mark the answers; shares by rule and by ability."""
    result = grade(paper, answers, book=book)
    return Graded(
        result=result,
        share=share_of(result.right, len(result.marked), confidence),
        rules=_shares(result.by_rule(), confidence),
        abilities=_shares(result.by_ability(), confidence),
    )


def _shares(groups: Mapping[str, tuple[int, int]], confidence: float) -> tuple[GroupShare, ...]:
    return tuple(GroupShare(name=name, share=share_of(*counts, confidence)) for name, counts in groups.items())


def record_graded(desk: Desk, graded: Graded, person: str, *, pass_mark: float, at: datetime | None) -> Exam:
    """Put a marked paper on record; Refused unless it is about a release of this workspace, and for a paper twice."""
    state, result = read_state(desk), graded.result
    released = state.release(result.release)
    if released.digest != result.book:
        raise Refused(
            "the paper was made from another text than the release {release}: make it from the release",
            release=result.release,
        )
    who = find_person(desk, person)
    known = (fact.body for fact in state.facts.about(f"person:{who}", ExamRecorded))
    if any(body.paper == result.paper for body in known):
        raise Refused("{person} is on record with this very paper: examine again with another seed", person=person)
    shares = {ability: right / asked for ability, (right, asked) in result.by_ability().items()}
    row = ExamRow(
        person=who, release=result.release, at=at or desk.clock(), score=result.score, pass_mark=pass_mark,
        paper=result.paper, abilities=shares,
    )  # fmt: skip
    return record_told(desk, row)

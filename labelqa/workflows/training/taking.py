"""Taking exams oneself: the papers there are for somebody, one sitting at a time, and a result that belongs to who sat.

The questions go out without their key. Whoever hands in is who began; nobody ends somebody else's sitting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from labelqa.batches.checks import in_force
from labelqa.errors import BadInput, Refused
from labelqa.i18n import Lang
from labelqa.records.facts import ExamBegun, ExamRecorded
from labelqa.records.names import PersonId, ReleaseName
from labelqa.rulebook.force import ends
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import State, read_state
from labelqa.workflows.training.checks import check_person
from labelqa.workflows.training.papers import PaperLine, papers
from labelqa.workflows.training.results import ExamLine, attempts_before
from labelqa.workflows.training.sitting import Sitting, begin, finish


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPaper:
    """A paper that somebody may sit: how often they saw questions on its release, and how it went."""

    line: PaperLine
    attempts: int  # sittings begun and exams on record, of the release
    under_way: bool  # begun with this paper and not handed in
    passed_at: datetime | None  # the last time that this paper was passed


def papers_for(desk: Desk, person: PersonId) -> tuple[OpenPaper, ...]:
    """The registered papers of releases that serve now, those under way first; () for nobody registered and for models."""
    state, now = read_state(desk), desk.clock()
    known = state.people.get(person)
    if known is None or known.model:
        return ()
    running = under_way(state, person)
    found = [_paper(state, each, person, running) for each in papers(desk) if _serves(state, each.release, now)]
    return tuple(sorted(found, key=lambda each: not each.under_way))


def _serves(state: State, release: str, now: datetime) -> bool:
    service = ends(state.releases_of(ReleaseName(release))).get(ReleaseName(release))
    return service is None or not service.ended(now)


def _paper(state: State, line: PaperLine, person: PersonId, running: ExamBegun | None) -> OpenPaper:
    passed = [each.at for each in state.exams.get(person, ()) if each.paper == line.paper and each.passed]
    return OpenPaper(
        line=line, attempts=attempts_before(state.facts, person, line.release),
        under_way=running is not None and running.paper == line.paper, passed_at=max(passed, default=None),
    )  # fmt: skip


def under_way(state: State, person: PersonId) -> ExamBegun | None:
    """The sitting that somebody began last and did not hand in."""
    mine = f"person:{person}"
    ended = {body.sitting for _, body in in_force(state.facts.about(mine, ExamRecorded), ExamRecorded)}
    begun = [body for _, body in in_force(state.facts.about(mine, ExamBegun), ExamBegun) if body.sitting not in ended]
    return begun[-1] if begun else None


def sit_down(desk: Desk, paper: str, person: PersonId, *, lang: Lang) -> Sitting:
    """Begin a paper, or take up again the one that was begun; Refused while another one is under way."""
    state = read_state(desk)
    check_person(desk, state, person)
    running = under_way(state, person)
    if running is not None and running.paper != paper:
        raise Refused("another exam is under way: hand that one in first")
    return begin(desk, paper, person, lang=lang)


def hand_in(desk: Desk, sitting: str, answers: Mapping[str, str], person: PersonId) -> ExamLine:
    """End one's own sitting; BadInput for a sitting that this person did not begin."""
    told = in_force(read_state(desk).facts.about(f"sitting:{sitting}", ExamBegun), ExamBegun)
    if not any(body.person == person for _, body in told):
        raise BadInput("no exam was begun as {sitting}", sitting=sitting)
    return finish(desk, sitting, answers)

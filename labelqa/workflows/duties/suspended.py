"""What somebody did while suspended or cancelled: answers, those that were overwritten since too, verdicts, rulings.

Work in another line of a rulebook, or in a duty that was not withheld, is none of it. Nothing here takes any back.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from datetime import datetime
from typing import Final, TypeAlias

from labelqa.people.qualification import release_line, withheld
from labelqa.records.duties import WhileOut
from labelqa.records.hands import hands_of
from labelqa.records.names import PersonId, ReleaseName
from labelqa.records.people import Duty, Standing
from labelqa.workflows.desk import Desk
from labelqa.workflows.duties.deeds import WORK
from labelqa.workflows.qualifying.standing import StandingAt
from labelqa.workflows.state import State

OUT: Final = frozenset({Standing.SUSPENDED, Standing.CANCELLED})
_Act: TypeAlias = tuple[str, Duty, datetime, int]  # line, duty, when, fact (0 for an answer)


def while_out(
    desk: Desk, state: State, at: datetime, names: Mapping[PersonId, str], *, imports: Container[int] | None = None
) -> tuple[WhileOut, ...]:
    """One line a person, line of a rulebook and duty; what was done after ``at`` is not looked at.

    Answers are looked at where one of ``imports`` brought them, None for all.
    Only people on whom a decision is on record are looked at, and only their own work is read.
    """
    looking, found = _Looking(desk, state, imports), list[WhileOut]()
    for person, decisions in sorted(state.decisions.items()):
        known, spans = state.people.get(person), withheld(decisions)
        since = min((start for start, _ in spans), default=at)
        if known is None or known.model or since >= at:
            continue
        done: dict[tuple[str, Duty], list[_Act]] = {}
        for act in (*looking.answers(person, since, at), *looking.work(person, since, at)):
            done.setdefault(act[:2], []).append(act)
        for (line, duty), acts in sorted(done.items()):
            times = [when for _, _, when, _ in acts]
            found.append(WhileOut(
                person=person, name=names.get(person, person), line=line, duty=duty, acts=len(acts), first=min(times),
                last=max(times), facts=tuple(fact for *_, fact in acts if fact),
            ))  # fmt: skip
    return tuple(found)


class _Looking:
    """People's work in a state, held against their standing; each timeline is worked out once."""

    def __init__(self, desk: Desk, state: State, imports: Container[int] | None) -> None:
        self._desk, self._state, self._imports = desk, state, imports
        self._standings: dict[tuple[ReleaseName, Duty], StandingAt] = {}

    def answers(self, person: PersonId, since: datetime, at: datetime) -> Iterator[_Act]:
        """Answers; one that says no release counts where the person was out in every line ever learned."""
        trained, examined = self._state.trainings.get(person, ()), self._state.exams.get(person, ())
        learned = sorted({each.release for each in trained} | {each.release for each in examined})
        for when, release in self._desk.intake.made_by(person, since, at, known=self._imports):
            under = [ReleaseName(release)] if release else learned
            if under and all(self._out(each, Duty.EXECUTOR, person, when) for each in under):
                yield release_line(ReleaseName(release)), Duty.EXECUTOR, when, 0

    def work(self, person: PersonId, since: datetime, at: datetime) -> Iterator[_Act]:
        """Verdicts, rulings, checks and corrections, under the release of their batch."""
        for fact in self._state.facts.about(f"person:{person}", *WORK):
            for hand in hands_of(fact.body, fact.subjects) if since <= fact.effective_at < at else ():
                batch = self._state.batches.get(hand.batch)
                if hand.person != person or batch is None:
                    continue
                if batch.release and self._out(batch.release, hand.duty, person, fact.effective_at):
                    yield release_line(batch.release), hand.duty, fact.effective_at, fact.seq

    def _out(self, release: ReleaseName, duty: Duty, person: PersonId, at: datetime) -> bool:
        standing = self._standings.get((release, duty)) or self._state.standing(release, duty)
        self._standings[release, duty] = standing
        return standing(person, at) in OUT

"""What waits for one person in the batches that are not settled: drawn items, disputes, corrections, hits, pieces of work.

Only what the person may do is listed: own work, and work in a batch in which another duty was held, is left out. What
is recorded in the end is decided by the rules that record it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from labelqa.batches.checks import current_reviews, second_reviews
from labelqa.batches.correcting import RE_REVIEWERS, why_not_re_review
from labelqa.batches.supervision import current_checks
from labelqa.people.assignments import Assignment, fold_assignments
from labelqa.records.batch import Batch
from labelqa.records.facts import CorrectionRecorded, DutyAssigned, DutyEnded
from labelqa.records.names import PersonId
from labelqa.records.people import Duty
from labelqa.records.queue import Group, Waiting
from labelqa.workflows.correcting.bench import CorrectionBench
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.draws import items_of
from labelqa.workflows.hits import hits_for
from labelqa.workflows.population import open_disputes, participants
from labelqa.workflows.ruling import Bench
from labelqa.workflows.state import State, read_state
from labelqa.workflows.supervising.supervised import checks_of, unfit_supervisor
from labelqa.workflows.supervising.supervision import hands, redrawn, supervisions_of

ORDER: Final = list(Waiting)


def queue_of(desk: Desk, person: PersonId) -> tuple[Group, ...]:
    """Everything that waits for somebody, by what is to be done, then by batch in the order of declaration.

    A group of drawn items stays listed when all of them are done, so that they can be looked at again.
    """
    state, now = read_state(desk), desk.clock()
    known = state.people.get(person)
    duties = known.duties if known else ()
    found = [
        group
        for batch in state.batches.values()
        if batch.freeze is not None and batch.conclusion is None
        for group in _in_batch(desk, state, batch, person, frozenset(duties), now)
    ]
    return tuple(sorted(found, key=lambda each: ORDER.index(each.waiting)))


def _in_batch(
    desk: Desk, state: State, batch: Batch, person: PersonId, duties: frozenset[Duty], now: datetime
) -> Iterator[Group]:
    assigned = fold_assignments(state.facts.about(f"batch:{batch.name}", DutyAssigned, DutyEnded))

    def mine(duty: Duty, items: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(item for item in items if _given(assigned, person, duty, now, item))

    if Duty.REVIEWER in duties:
        yield from _reviews(desk, state, batch, person)
        yield from _group(Waiting.RE_REVIEW, batch, mine(Duty.REVIEWER, _corrected(desk, state, batch, person, now)))
    if Duty.ARBITRATOR in duties:
        yield from _group(Waiting.ARBITRATE, batch, mine(Duty.ARBITRATOR, _disputed(desk, state, batch, person)))
    if duties & {Duty.REVIEWER, Duty.ARBITRATOR}:
        hits = tuple(each.item_id for each in hits_for(desk, state, batch, person, now))
        yield from _group(Waiting.HIT, batch, hits)
    if Duty.SUPERVISOR in duties:
        yield from _pieces(desk, state, batch, person, now)


def _given(assigned: tuple[Assignment, ...], person: PersonId, duty: Duty, now: datetime, item: str) -> bool:
    """Whether a duty on an item is somebody's: where it was assigned to nobody, it is everybody's who may do it."""
    held = [each for each in assigned if each.duty is duty and each.holds(now)]
    return not held or any(each.person == person and each.holds(now, item) for each in held)


def _group(waiting: Waiting, batch: Batch, items: tuple[str, ...]) -> Iterator[Group]:
    if items:
        yield Group(waiting=waiting, batch=batch.name, name=batch.name, keys=items, open=items)


def _reviews(desk: Desk, state: State, batch: Batch, person: PersonId) -> Iterator[Group]:
    """The drawn items that were given to somebody, as first or as second verifier."""
    for sample in state.samples.get(batch.name, ()):
        drawn = [each for each in items_of(desk, state, sample) if person in (each.verifier, each.second)]
        if not drawn:
            continue
        told = state.reviews.get(sample.sample, ())
        first, second = current_reviews(told), second_reviews(told)
        still = [each.item_id for each in drawn if each.item_id not in (first if each.verifier == person else second)]
        yield Group(
            waiting=Waiting.REVIEW, batch=batch.name, name=sample.sample,
            keys=tuple(each.item_id for each in drawn), open=tuple(still),
        )  # fmt: skip


def _corrected(desk: Desk, state: State, batch: Batch, person: PersonId, now: datetime) -> tuple[str, ...]:
    """Items whose correction somebody else than its corrector has to look at."""
    if not state.facts.about(f"batch:{batch.name}", CorrectionRecorded):
        return ()
    bench = CorrectionBench(desk, state, batch)
    waiting = [(item, bench.waiting(item)) for item in bench.items]
    return tuple(
        item
        for item, correction in waiting
        if correction is not None
        and not why_not_re_review(
            correction, batch=batch, item=item, actor=bench.actor(person, item, RE_REVIEWERS, now)
        )
    )  # fmt: skip


def _disputed(desk: Desk, state: State, batch: Batch, person: PersonId) -> tuple[str, ...]:
    """Open disputes in a batch in which somebody held no other duty, the first in the frame first."""
    waiting = open_disputes(desk, state, batch)
    if not waiting or Bench(desk, state, batch).held_another_duty(person):
        return ()
    return tuple(sorted(waiting))


def _pieces(desk: Desk, state: State, batch: Batch, person: PersonId, now: datetime) -> Iterator[Group]:
    """The drawn pieces of work of every supervision that somebody may look at."""
    drawn = [each for each in supervisions_of(state.facts, batch.name) if each.draw is not None]
    if not drawn or unfit_supervisor(state, batch, hands(state, batch, participants(desk, batch)), person, now):
        return
    for each in drawn:
        keys = tuple(one.piece.work for one in redrawn(desk, state, each).drawn)
        said = current_checks(checks_of(state, each))
        yield Group(
            waiting=Waiting.SUPERVISE, batch=batch.name, name=each.supervision, keys=keys,
            open=tuple(key for key in keys if key not in said),
        )  # fmt: skip

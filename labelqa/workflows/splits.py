"""A batch is of one release: which annotations a change of the rules in mid-batch leaves to another one.

A release that is stamped on an annotation always decides. Where none is, the time at which the work was assigned does:
of the assignments to the batches that share this work, the latest that covers the person (and the item) when the work
was begun. Where nobody was assigned, the beginning of the work stands for it (when it was made, less the seconds spent
on it). Annotations without a time are left where they are. With one release of a rulebook nothing is split.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Final

from labelqa.intake import AnnotationRow
from labelqa.people.assignments import Assignment, assigned_since, fold_assignments
from labelqa.records.batch import Batch
from labelqa.records.facts import DutyAssigned, DutyEnded, PersonLeft
from labelqa.records.names import BatchName, PersonId
from labelqa.records.people import Duty
from labelqa.rulebook.force import ends, in_order
from labelqa.workflows.state import State

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST: Final = 7_258_118_400_000_000.0  # the beginning of 2200
_ELSEWHERE: Final = frozenset({"later-release", "earlier-release"})  # reasons that leave the work to another batch


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """What belongs to a release, in microseconds since 1970 UTC: assigned from ``start`` to ``end``, made before
    ``open_end``.

    ``others`` are the rulebook's other releases, as they may be stamped on an annotation; ``assigned`` the assignments
    of annotators to the batches that share the work.
    """

    start: float
    end: float
    open_end: float
    others: frozenset[str] = frozenset()
    assigned: tuple[Assignment, ...] = ()

    def why_out(self, row: AnnotationRow, item: str = "") -> str:
        """The reason for which an annotation stays out of the release's batch; "" when it belongs there.

        >>> early = Split(start=0, end=10_000_000, open_end=20_000_000)
        >>> from labelqa.intake import AnnotationRow
        >>> row = AnnotationRow(1, 1, 1, "p", "", 12_000_000, 3.0, False, False, "", "", 1, None, "")
        >>> early.why_out(row), early.why_out(row._replace(seconds=None)), early.why_out(row._replace(seconds=15.0))
        ('', 'later-release', 'earlier-release')
        """
        made = row.created_at
        if row.release or made is None:
            return ""
        given = self._given(row.person, made - max(row.seconds or 0.0, 0.0) * 1e6, item)
        if given < self.start:
            return "earlier-release"
        if given >= self.end:
            return "later-release"
        return "release-ended" if made >= self.open_end else ""

    def _given(self, person: PersonId, begun: float, item: str) -> float:
        """When work that was begun at a time was assigned; the beginning itself where nobody assigned it."""
        if not self.assigned:
            return begun
        at = _EPOCH + timedelta(microseconds=min(max(begun, 0.0), _LATEST))
        return _micros(assigned_since(self.assigned, person, at, item), begun)

    def leaves(self, row: AnnotationRow, item: str = "") -> bool:
        """Whether an annotation is the work of a batch under another release of the same rulebook."""
        return row.release in self.others if row.release else self.why_out(row, item) in _ELSEWHERE


def split_of(state: State, batch: Batch) -> Split | None:
    """How a batch's rulebook divides the work among its releases; None where there is nothing to divide."""
    services = ends(state.releases_of(batch.release)) if batch.release else {}
    if batch.release not in services or len(services) == 1:
        return None
    service = services[batch.release]
    return Split(
        start=_micros(service.start, -inf),
        end=_micros(service.new_work, inf),
        open_end=_micros(service.open_work, inf),
        others=frozenset(services.keys() - {batch.release}),
        assigned=_assigned(state, batch, services.keys()),
    )


def _assigned(state: State, batch: Batch, releases: Collection[str]) -> tuple[Assignment, ...]:
    """Who was assigned as an annotator to the batch, or to one of the same conditions under another release."""
    told = state.facts.of(DutyAssigned)
    if not told:
        return ()
    names = {BatchName(fact.body.batch) for fact in told if fact.body.duty == Duty.EXECUTOR}
    known = [state.batches[name] for name in sorted(names) if name in state.batches]
    shared = {each.name for each in known if each.release in releases and _same_conditions(each, batch)}
    if not shared | (names & {batch.name}):
        return ()
    every = fold_assignments(state.facts.of(DutyAssigned, DutyEnded, PersonLeft))
    return tuple(each for each in every if each.batch in shared | {batch.name} and each.duty is Duty.EXECUTOR)


def taken_over(state: State, batch: Batch, now: datetime) -> bool:
    """Whether a batch of the same conditions under a later release takes what nobody has begun under this one.

    Only once the batch's own release takes no new work.
    """
    names = [each.release for each in in_order(state.releases_of(batch.release))]
    if not batch.release or batch.release not in names:
        return False
    later = frozenset(names[names.index(batch.release) + 1 :])
    service = ends(state.releases_of(batch.release))[batch.release]
    if service.new_work is None or now < service.new_work:
        return False
    return any(each.release in later and _same_conditions(each, batch) for each in state.labelled())


def _same_conditions(one: Batch, other: Batch) -> bool:
    return _spelled(one) == _spelled(other)


def _spelled(batch: Batch) -> frozenset[str]:
    conditions: Iterable[object] = batch.where
    return frozenset(map(str, conditions))


def _micros(moment: datetime | None, unbound: float) -> float:
    return unbound if moment is None else (moment - _EPOCH) // timedelta(microseconds=1)

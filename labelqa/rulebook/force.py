"""Which version of a rulebook counts when: for new work, and for work that was begun under the version before.

A release counts for new work from its ``effective_from`` until a later one does; the first has no beginning, as there
was nothing before it. Work under way keeps the release under which it was assigned until the end that its successor
states (``previous_until``); where none was stated, it ends with the successor's own open work. Nothing here reads a
clock or a ledger: releases and times come in. All releases given are of one rulebook; their order is that of the
ledger, however they are given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from labelqa.records.governance import Release
from labelqa.records.names import ReleaseName


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """When a release serves: beginnings are inclusive, ends exclusive, and None is without bound.

    New work belongs to it from ``start`` until ``new_work``; work so begun may go on until ``open_work``. A release
    that a later one overtook before it counted has ``new_work`` at or before ``start`` and never serves.
    """

    release: Release
    start: datetime | None
    new_work: datetime | None
    open_work: datetime | None

    def takes(self, begun: datetime) -> bool:
        """Whether work that was begun then belongs to this release."""
        return (self.start is None or self.start <= begun) and (self.new_work is None or begun < self.new_work)

    def ended(self, at: datetime) -> bool:
        """Whether even open work under it has ended by then."""
        return self.open_work is not None and self.open_work <= at


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """The release to which a piece of work belongs, and the time until which it may go on under it."""

    release: Release
    until: datetime | None
    stale: bool  # that time has come: what is left is to be done under the release in force


def in_order(releases: Iterable[Release]) -> tuple[Release, ...]:
    """The releases in the order in which they were released."""
    return tuple(sorted(releases, key=lambda each: each.fact))


def ends(releases: Iterable[Release]) -> Mapping[ReleaseName, Service]:
    """When each release serves, and when it stops: for new work, and for work under way."""
    known = in_order(releases)
    found: dict[ReleaseName, Service] = {}
    overtaken: datetime | None = None  # the earliest beginning of any later release
    ended: datetime | None = None  # when open work under the release after this one ends
    for place in reversed(range(len(known))):
        each = known[place]
        stated = known[place + 1].previous_until if place + 1 < len(known) else None
        ended = stated or ended
        if ended is not None and overtaken is not None:
            ended = max(ended, overtaken)
        start = each.effective_from if place else None
        found[each.release] = Service(release=each, start=start, new_work=overtaken, open_work=ended)
        overtaken = each.effective_from if overtaken is None else min(overtaken, each.effective_from)
    return {each.release: found[each.release] for each in known}


def in_force(releases: Iterable[Release], at: datetime) -> Release | None:
    """The release for work that begins at a time; None only where nothing was ever released.

    >>> in_force((), datetime(2026, 11, 16)) is None
    True
    """
    known = in_order(releases)
    begun = [each for place, each in enumerate(known) if not place or each.effective_from <= at]
    return begun[-1] if begun else None


def bound(releases: Iterable[Release], assigned_at: datetime, at: datetime) -> Bound | None:
    """The release to which work belongs that was assigned at a time, as seen at ``at``; None without any release.

    Stale from the time on at which open work under that release ended.
    """
    known = tuple(releases)
    release = in_force(known, assigned_at)
    if release is None:
        return None
    service = ends(known)[release.release]
    return Bound(release=release, until=service.open_work, stale=service.ended(at))


def successor(releases: Iterable[Release], release: ReleaseName) -> Release | None:
    """The release that was made right after this one; None for the latest and for one that is not there."""
    return next((after for before, after in pairwise(in_order(releases)) if before.release == release), None)

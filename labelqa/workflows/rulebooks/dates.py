"""From when a release counts, and until when work under the version before may go on.

Plain rules over times; nothing is read or written. A release counts from now unless a later time is named. A material
change must say when open work under the version before ends; any other lets it go on without an end unless one is named.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from labelqa.errors import BadInput, Refused
from labelqa.records.governance import Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """The two times that may be named with a release, None where nothing was said; ValueError without a time zone."""

    effective_from: datetime | None = None
    previous_until: datetime | None = None

    def __post_init__(self) -> None:
        zoned("effective_from", self.effective_from)
        zoned("previous_until", self.previous_until)


def zoned(name: str, moment: datetime | None) -> None:
    """ValueError for a time that does not say its zone: nobody could tell when it is."""
    if moment is not None and moment.utcoffset() is None:
        raise ValueError(f"{name} needs a time zone, got {moment.isoformat()}")


def check_dates(
    dates: Dates, *, release: str, previous: Release | None, material: bool, now: datetime, zone: ZoneInfo
) -> None:
    """BadInput for times that cannot be meant, Refused for a material change without an end of the version before.

    ``previous`` is the release before; None for the first.
    """
    start = dates.effective_from or now
    told: dict[str, Any] = {
        "release": release,
        "previous": previous.release if previous else "",
        "start": _at(start, zone),
    }
    if start < now:
        raise BadInput("{start} is past: {release} can count from now on at the earliest", **told)
    if previous is None:
        if dates.previous_until is not None:
            raise BadInput(
                "{release} is the first of its name: there is no version before whose work could end", **told
            )
        return
    if start < previous.effective_from:
        told["counts"] = _at(previous.effective_from, zone)
        raise BadInput("{previous} counts only from {counts}: {release} cannot count before it", **told)
    if dates.previous_until is None:
        if material:
            raise Refused(
                "{release} changes what labels or rules mean: say until when work begun under {previous} may go on: --previous-until TIME, {start} or later",
                **told,
            )  # fmt: skip
        return
    if dates.previous_until < start:
        told["end"] = _at(dates.previous_until, zone)
        raise BadInput("work under {previous} cannot end on {end}, before {release} counts from {start}", **told)


def _at(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%dT%H:%M}"

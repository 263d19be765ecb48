"""Reasons to look at somebody's work: falls short of the team, drifts, mixes up two labels, is implausibly fast."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import median
from types import MappingProxyType
from typing import Any

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.names import PersonId
from labelqa.records.reductions import Matched
from labelqa.records.summary import AnnotatorFlag
from labelqa.stats.drift import confused_pairs, drifting, low_outliers

NOTHING_SEEN: Mapping[PersonId, Sequence[AnnotatorFlag]] = MappingProxyType({})
FAST = 3.0  # times faster than the median of the team; said only beside another flag, never alone


def flags_of(people: Sequence[PersonId], both: Matched, *, under: str) -> dict[PersonId, list[AnnotatorFlag]]:
    """The flags of each person, from annotations beside gold or the majority of the others; ``under`` which rulebook."""
    flags: dict[PersonId, list[AnnotatorFlag]] = defaultdict(list)
    for low in low_outliers(both):
        if low.flagged:
            text = N_("{under}: right on {right} of {n} ({rate:.1%}), the others {team:.1%} (p = {p:.2g})")
            values = {
                "under": under,
                "right": low.right,
                "n": low.n,
                "rate": low.rate,
                "team": low.team_rate,
                "p": low.p_adjusted,
            }
            flags[people[low.annotator]].append(AnnotatorFlag(code="low-accuracy", message=Message(text, values)))
    for drift in drifting(_dated(both)):
        if drift.flagged:
            text = N_("{under}: fell from {early:.1%} (n = {early_n}) to {late:.1%} (n = {late_n}; p = {p:.2g})")
            values = {
                "under": under, "early": drift.early_rate, "early_n": drift.early_n, "late": drift.late_rate, "late_n": drift.late_n,
                "p": drift.p_adjusted,
            }  # fmt: skip
            flags[people[drift.annotator]].append(AnnotatorFlag(code="drift", message=Message(text, values)))
    for pair in confused_pairs(both):
        if pair.flagged:
            text = N_(
                "{under}: says {label} for {reference} in {count} of {n} ({rate:.1%}), the others {team:.1%} (p = {p:.2g})"
            )
            said: dict[str, Any] = {
                "under": under, "label": pair.label, "reference": pair.reference, "count": pair.count, "n": pair.n, "rate": pair.rate,
                "team": pair.team_rate, "p": pair.p_adjusted,
            }  # fmt: skip
            flags[people[pair.annotator]].append(AnnotatorFlag(code="confuses", message=Message(text, said)))
    return flags


def _dated(both: Matched) -> Matched:
    """The rows whose week is known: what nobody dated lies before or after nothing."""
    if "" not in both.weeks:
        return both
    kept = both.week != both.weeks.index("")
    columns = (each[kept] for each in (both.annotator, both.week, both.label, both.reference, both.count))
    annotator, week, label, reference, count = columns
    return Matched(
        labels=both.labels, weeks=both.weeks, annotator=annotator, week=week, label=label, reference=reference,
        count=count,
    )  # fmt: skip


def add_speed(
    flags: Mapping[PersonId, list[AnnotatorFlag]],
    speeds: Mapping[PersonId, float],
    *,
    seen: Mapping[PersonId, Sequence[AnnotatorFlag]] = NOTHING_SEEN,
) -> None:
    """Say of those who have another flag that they are implausibly fast, too: as ``seen`` answer by answer, else by
    their median time beside the team's."""
    team = median(speeds.values()) if speeds else 0.0
    for person, found in flags.items():
        own = speeds.get(person)
        if found and seen.get(person):
            found.extend(seen[person])
        elif found and own is not None and own * FAST < team:
            text = N_("{own:.1f} s an item in the median, the team {team:.1f} s")
            found.append(AnnotatorFlag(code="fast", message=Message(text, {"own": own, "team": team})))

"""Shares of labels batch by batch over the versions of a rulebook, in groups that mean the same in every version.

A label that keeps its name is taken for itself; what was renamed, split or merged is followed as its version declares.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from labelqa.errors import Message, Refused
from labelqa.i18n import N_
from labelqa.records.clarity import LabelTrend, TrendBatch, TrendGroup
from labelqa.records.estimate import Figure
from labelqa.rulebook.mapping import Comparable, Group, LabelSet, comparable, of_release
from labelqa.stats.agreement.linearised import known
from labelqa.stats.clustered import share_over_items
from labelqa.workflows.clarity.frozen import Part, batches_under, releases_named
from labelqa.workflows.clarity.material import role_named
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import read_state


def label_trend(desk: Desk, name: str) -> LabelTrend:
    """The shares of answers in each comparable group of labels, for every frozen batch under any release of ``name``.

    Limits are over items; with one answer an item, Wilson's. Raises Refused where nothing is released or frozen, or where
    ``name`` is a single release.
    """
    if "@" in name:
        raise Refused("{name} is one release: a trend goes over all of them, so name the rulebook alone", name=name)
    state = read_state(desk)
    releases = releases_named(state, name)
    chain = [of_release(state.release(release)) for release in releases]
    found = comparable(chain)
    parts = [Part(desk, state, batch, None) for batch in batches_under(state, releases)]
    confidence = desk.settings.confidence
    return LabelTrend(
        name=name, versions=tuple(each.version for each in chain),
        groups=tuple(_told(group, chain) for group in found.groups),
        batches=tuple(_batch(part, found.groups, confidence) for part in parts), notes=tuple(_notes(found)),
    )  # fmt: skip


def _told(group: Group, chain: Sequence[LabelSet]) -> TrendGroup:
    labels = tuple((each.version, group.labels.get(each.version, ())) for each in chain)
    return TrendGroup(labels=labels, everywhere=group.everywhere)


def _batch(part: Part, groups: Sequence[Group], confidence: float) -> TrendBatch:
    version = part.batch.release.partition("@")[2]
    patterns = part.patterns
    roles = [role_named(name).labels for name in patterns.labels]
    mine = [frozenset(group.labels.get(version, ())) for group in groups]
    every = frozenset().union(*mine)
    given = patterns.weight @ patterns.counts.astype(np.int64)
    return TrendBatch(
        batch=part.batch.name, release=part.batch.release, frozen_at=part.freeze.at, items=patterns.items,
        answers=patterns.annotations, shares=tuple(_share(part, roles, labels, confidence) for labels in mine),
        outside=int(sum(n for labels, n in zip(roles, given.tolist(), strict=True) if not labels & every)),
    )  # fmt: skip


def _share(part: Part, roles: Sequence[frozenset[str]], labels: frozenset[str], confidence: float) -> Figure:
    patterns = part.patterns
    inside = np.array([bool(each & labels) for each in roles], dtype=np.int64)
    size = patterns.counts.sum(axis=1, dtype=np.int64)
    right = patterns.counts.astype(np.int64) @ inside
    return known(
        lambda: share_over_items(right, size, weight=patterns.weight, confidence=confidence), n=patterns.annotations
    )


def _notes(found: Comparable) -> Iterator[Message]:
    for each in found.vanished:
        text = N_("label {label} is gone after {version}, and no version says what became of it: it cannot be compared")
        yield Message(text, {"label": each.label, "version": each.last})
    for group in found.groups:
        if not group.everywhere:
            labels = sorted({label for some in group.labels.values() for label in some})
            lacking = ", ".join(version for version, some in group.labels.items() if not some)
            text = N_("{labels}: not in {versions}, so the trend does not go through all versions")
            yield Message(text, {"labels": ", ".join(labels), "versions": lacking})

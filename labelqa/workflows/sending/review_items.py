"""The items of a sample as they go to its verifiers: who gets which, what they showed, and where their labels come from.

Content is of the frozen batch and read part by part. Who labelled an item is nowhere in it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from labelqa.batches.checks import current_reviews, second_reviews
from labelqa.intake import AnnotationRow
from labelqa.records.batch import Batch
from labelqa.records.clock import moment_text
from labelqa.records.names import ItemId, PersonId
from labelqa.records.review import Drawn, Review, Sample
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.draws import items_of
from labelqa.workflows.labels import shown_content
from labelqa.workflows.matching import moment
from labelqa.workflows.population import frozen_of
from labelqa.workflows.state import State

_AT_ONCE: Final = 500  # items whose originals are looked at together


@dataclass(frozen=True, slots=True)
class Shares:
    """Which items of a sample are whose, in ticket order, and the verdict that stands on each."""

    drawn: Mapping[ItemId, Drawn]
    first: Mapping[ItemId, Review]
    second: Mapping[ItemId, Review]

    def of(self, verifier: PersonId) -> tuple[ItemId, ...]:
        """The items that somebody verifies, as first or as second, in the order drawn."""
        return tuple(item for item, each in self.drawn.items() if verifier in (each.verifier, each.second))

    def said(self, item: ItemId, verifier: PersonId) -> Review | None:
        """The verdict that stands in the role which somebody has on an item."""
        return (self.second if self.is_second(item, verifier) else self.first).get(item)

    def is_second(self, item: ItemId, verifier: PersonId) -> bool:
        """Whether somebody judges an item as its second verifier only."""
        each = self.drawn[item]
        return each.second == verifier != each.verifier

    def left(self, verifier: PersonId) -> tuple[ItemId, ...]:
        """Of somebody's items those that have no verdict in that role."""
        return tuple(item for item in self.of(verifier) if self.said(item, verifier) is None)


def shares_of(desk: Desk, state: State, sample: Sample) -> Shares:
    """The shares of a sample's verifiers as things stand."""
    given = state.reviews.get(sample.sample, ())
    drawn = {each.item_id: each for each in items_of(desk, state, sample)}
    return Shares(drawn, current_reviews(given), second_reviews(given))


@dataclass(frozen=True, slots=True)
class Content:
    """What one item showed, and where its label comes from by the words of a task's mark."""

    told: str  # JSON
    source: Mapping[str, Any] = field(default_factory=dict)

    @property
    def data(self) -> dict[str, Any]:
        """The fields as they are."""
        found: dict[str, Any] = json.loads(self.told)
        return found

    @property
    def texts(self) -> dict[str, str]:
        """The fields as texts."""
        return shown_content(self.told)


def contents_of(desk: Desk, batch: Batch, items: Sequence[ItemId]) -> dict[ItemId, Content]:
    """The content of some items of a frozen batch, with the source of each; an item that showed nothing shows its id."""
    shown = _rows(desk, frozen_of(batch).items, ["item_id", "project", "task", "data"], items)
    server, touched = _sources(desk, batch, items)
    return {
        row["item_id"]: Content(
            row["data"] if shown_content(row["data"]) else json.dumps({"text": row["item_id"]}, ensure_ascii=False),
            {
                name: value
                for name, value in (
                    ("source_server", server.get(row["item_id"], "")), ("source_project", row["project"] or ""),
                    ("source_task", row["task"] or ""), ("source_updated_at", touched.get(row["item_id"], "")),
                )
                if value
            },
        )
        for row in shown
    }  # fmt: skip


def _sources(desk: Desk, batch: Batch, items: Sequence[ItemId]) -> tuple[dict[str, str], dict[str, str]]:
    """By item, the server that its answers came from, and when the last of those was touched there."""
    current = _current(desk, items)
    servers: dict[str, str] = {}
    touched: dict[str, str] = {}
    for row in _rows(desk, frozen_of(batch).annotations, ["item_id", "server", "annotation", "rev"], items):
        item = row["item_id"]
        servers[item] = row["server"]
        now = current.get(row["annotation"])
        if now is not None and now.rev == row["rev"] and now.updated_at is not None:
            touched[item] = max(touched.get(item, ""), moment_text(moment(now.updated_at)))
    return servers, touched


def source_projects(desk: Desk, batch: Batch, server: str) -> list[int]:
    """The projects of a server in which the items of a frozen batch were labelled, most items first."""
    freeze = frozen_of(batch)
    came = set(desk.frozen.read(freeze.annotations, ["server"]).column("server").unique().to_pylist())
    if came != {server}:  # then the number of a project may be another server's
        return []
    counted = Counter(desk.frozen.read(freeze.items, ["project"]).column("project").to_pylist())
    return [int(name) for name, _ in counted.most_common() if name and name.isascii() and name.isdecimal()]


@dataclass(frozen=True, slots=True)
class Originals:
    """Items whose answers are no longer what was frozen: changed at their source since, or deleted there."""

    changed: tuple[ItemId, ...] = ()
    gone: tuple[ItemId, ...] = ()


def originals_now(desk: Desk, batch: Batch, items: Collection[ItemId]) -> Originals:
    """Of some items of a frozen batch those whose answers were changed or deleted since, as far as the intake knows."""
    changed: dict[ItemId, None] = {}
    gone: dict[ItemId, None] = {}
    listed = list(items)
    for start in range(0, len(listed), _AT_ONCE):
        part = listed[start : start + _AT_ONCE]
        current = _current(desk, part)
        for row in _rows(desk, frozen_of(batch).annotations, ["item_id", "annotation", "rev"], part):
            now = current.get(row["annotation"])
            if now is None:
                gone[row["item_id"]] = None
            elif now.rev > row["rev"]:
                changed[row["item_id"]] = None
    return Originals(tuple(changed), tuple(gone))


def _current(desk: Desk, items: Sequence[ItemId]) -> dict[int, AnnotationRow]:
    """The answers to some items as they stand in the intake, by annotation."""
    numbers = desk.intake.numbers(items)
    return {row.annotation: row for row in desk.intake.annotations(item_nos=numbers)}


def _rows(desk: Desk, digest: str, columns: Sequence[str], items: Sequence[ItemId]) -> list[dict[str, Any]]:
    import pyarrow.compute as pc

    where = pc.field("item_id").isin(list(items))
    found: list[dict[str, Any]] = desk.frozen.read(digest, columns, where=where).to_pylist()
    return found

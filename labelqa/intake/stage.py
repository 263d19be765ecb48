"""Staging: turn arriving columns into numbered revisions, and tell new ones from those known already.

Rows of items that are new with this import need no look-up; for the others the current revision is read and compared,
so that importing the same thing twice adds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Engine, Table, insert, select

from labelqa.intake.columns import (
    SAYS_NOTHING,
    Content,
    Values,
    contents_of,
    filled_in,
    flags,
    listed,
    moments,
    places_in,
    prefixed,
    present,
    reals,
    texts,
)
from labelqa.intake.digest import ColumnDigest
from labelqa.intake.known import Told, current_items, known_revisions
from labelqa.intake.occurrences import Occurrences
from labelqa.intake.staged import COLUMNS, ITEM_COLUMNS, Staged, Writing
from labelqa.intake.tables import by_item, item_revisions, items, people, revisions
from labelqa.intake.vanished import vanished
from labelqa.records.annotation import Chunk
from labelqa.records.names import PersonId

Ints: TypeAlias = npt.NDArray[np.int64]

_CACHE: Final = 1_000_000  # item numbers kept in memory; beyond that they are looked up


class Staging:
    """One import on its way in."""

    def __init__(
        self, engine: Engine, writing: Writing, *, number: int, server_no: int, first_item: int, first_rev: int
    ) -> None:
        self._engine, self._writing = engine, writing
        self.number, self._server_no = number, server_no
        self._first_item = self._next_item = first_item
        self._next_rev = self._first_rev = first_rev
        self._item_nos: dict[str, int] = {}
        self._shown = bytearray(first_item)  # which of the items known before this file has shown already
        self._people: dict[str, int] = {}
        self._seen = Occurrences()
        self._digest, self._items_digest = ColumnDigest(COLUMNS), ColumnDigest(ITEM_COLUMNS)
        self._hands: set[int] = set()
        self._all_known = first_item == 1  # every item id of the intake is in memory
        self._indexed = False
        if first_rev == 1:  # only later imports look answers up by item, so the first need not keep an index
            with writing(engine) as connection:
                by_item.drop(connection, checkfirst=True)
        self._told = self._whole = False
        self._read: set[str] = set()  # the answers that were read from their server in this import
        self.contents = self.rows = self.added = self.revised = self.unchanged = self.repeats = self.gone = 0

    def add(self, chunk: Chunk, persons: Mapping[str, PersonId], *, prefix: str = "", release: str = "") -> None:
        """Stage one chunk in one transaction; ``persons`` maps its accounts, ``prefix`` goes before its item ids."""
        with self._writing(self._engine) as connection:
            numbers = self._add_items(connection, chunk.items, prefix)
            if chunk.annotations.num_rows:
                numbered = self._numbered(connection, chunk, numbers, prefix)
                self._told, self._whole = chunk.told, bool(chunk.present) and not chunk.told
                self._add_annotations(connection, chunk.annotations, numbered, persons, release)
            if chunk.present:
                self._add_gone(connection, chunk.present)

    def seal(self) -> Staged:
        """Everything is staged."""
        return Staged(
            import_no=self.number, rows=self.rows, added=self.added, revised=self.revised, unchanged=self.unchanged,
            repeats=self.repeats, items=self._next_item - self._first_item,
            contents=self.contents, digest=self._digest.value(), items_digest=self._items_digest.value(),
            hands=frozenset(self._hands), gone=self.gone,
        )  # fmt: skip

    def _add_items(self, connection: Connection, batch: Any, prefix: str) -> list[int]:
        """The numbers of the items; their contents are kept where they came or changed."""
        numbers = self._numbers(connection, prefixed(batch.column("item_id").to_pylist(), prefix))
        first: dict[int, Content] = {}  # of several contents of an item in one file the first one counts
        for number, content in zip(numbers, contents_of(batch), strict=False):  # none when no item has any
            if content != SAYS_NOTHING:
                first.setdefault(number, content)
        known = current_items(connection, sorted(number for number in first if number < self._first_item))
        completed = {number: filled_in(content, known.get(number)) for number, content in first.items()}
        rows = [
            (number, self.number, *content)
            for number, content in completed.items()
            if known.get(number) != content and not (number < self._first_item and self._shown[number])
        ]
        for number in known:
            self._shown[number] = 1
        _insert(connection, item_revisions, rows, ignore=True)
        self.contents += len(rows)
        return numbers

    def _numbered(self, connection: Connection, chunk: Chunk, numbers: list[int], prefix: str) -> Ints:
        """The item number of every annotation; most of its items stand in the chunk, so they need no second look-up."""
        encoded = chunk.annotations.column("item_id").dictionary_encode()
        places = places_in(encoded.dictionary, chunk.items.column("item_id"))
        if places is None:
            ids = encoded.dictionary.to_pylist()
            table = np.asarray(self._numbers(connection, prefixed(ids, prefix)), dtype=np.int64)
        else:
            table = np.asarray(numbers, dtype=np.int64)[places]
        return np.asarray(table[encoded.indices.to_numpy(zero_copy_only=False)])

    def _add_annotations(
        self, connection: Connection, batch: Any, item_nos: Ints, persons: Mapping[str, PersonId], release: str
    ) -> None:
        person_nos = self._encoded(batch.column("account"), lambda who: self._person_nos(connection, who, persons))
        ordinals = self._seen.add(item_nos, person_nos)
        self.repeats += int(np.count_nonzero(ordinals))
        self.rows += batch.num_rows
        columns = self._columns(batch, item_nos, person_nos, ordinals, release)
        columns["editor_no"] = self._editors(connection, batch.column("edited_by"), persons)
        has_source = columns["source_id"] is not None and any(columns["source_id"])
        if has_source or bool((item_nos < self._first_item).any()):
            columns = self._only_new(connection, columns, item_nos)
        self._write(connection, columns)

    def _columns(
        self, batch: Any, item_nos: Ints, person_nos: Ints, ordinals: Ints, release: str
    ) -> dict[str, Values | None]:
        sources = present(batch.column("source_id"), "")
        named = None if sources is None else [f"{self._server_no}:{each}" if each else None for each in sources]
        places: Values = ordinals
        if named is not None:
            places = [None if source else place for source, place in zip(named, ordinals.tolist(), strict=True)]
        releases, origins = (present(batch.column(name), "") for name in ("release", "origin"))
        return {
            "row": batch.column("row").to_numpy(),
            "item_no": item_nos,
            "person_no": person_nos,
            "source_id": named,
            "ordinal": places,
            "value": texts(batch.column("value")),
            "created_at": moments(batch.column("created_at")),
            "updated_at": moments(batch.column("updated_at")),
            "seconds": reals(batch.column("seconds")),
            "skipped": flags(batch.column("skipped")),
            "ground_truth": flags(batch.column("ground_truth")),
            "release": [each or release or None for each in releases]
            if releases
            else ([release] * batch.num_rows if release else None),
            "origin": None if origins is None else [each or None for each in origins],
            "task": self._tasks(batch.column("task")),
        }

    def _add_gone(self, connection: Connection, present: Mapping[str, frozenset[str]]) -> None:
        """A last revision for every answer that is known of these tasks and is not on them any more."""
        for columns in vanished(connection, self._server_no, present):
            self.gone += len(columns["value"])
            self._write(connection, columns)

    def _tasks(self, column: Any) -> list[str | None] | None:
        tasks = present(column, "")
        return None if tasks is None else [f"{self._server_no}:{each}" if each else None for each in tasks]

    def _only_new(self, connection: Connection, columns: dict[str, Any], item_nos: Ints) -> dict[str, Any]:
        """Drop the rows that say what is known already; number later revisions after their first."""
        old = sorted({int(number) for number in item_nos if number < self._first_item})
        sources = [each for each in columns["source_id"] or () if each]
        if old and not self._indexed:
            by_item.create(connection, checkfirst=True)
            self._indexed = True
        if self._whole:
            self._read.update(sources)
        known = known_revisions(connection, old, sources, told=self._told, read=self._read)
        size = len(columns["value"])
        names = [name for name, values in columns.items() if values is not None]
        columns = {name: listed(values) for name, values in columns.items() if values is not None}
        kept: list[tuple[Any, ...]] = []
        news: list[Told] = []
        for index in range(size):
            row = {name: columns[name][index] for name in names}
            news_of = known.compare(row, self._next_rev + len(kept))
            if news_of is None:
                self.unchanged += 1
                continue
            self.revised += news_of.first is not None
            news.append(news_of)
            kept.append(tuple(row.values()))
        turned = zip(*kept, strict=True) if kept else ([] for _ in names)
        new: dict[str, Any] = dict.fromkeys(COLUMNS)
        new.update(zip(names, (list(values) for values in turned), strict=True))
        late = [1 if each.late else None for each in news]
        return new | {"annotation": [each.first for each in news], "late": late if any(late) else None}

    def _write(self, connection: Connection, columns: dict[str, Any]) -> None:
        size = len(columns["value"])
        revs = np.arange(self._next_rev, self._next_rev + size, dtype=np.int64)
        firsts = columns.get("annotation")
        columns["annotation"] = revs if firsts is None else [f or r for f, r in zip(firsts, revs.tolist(), strict=True)]
        columns["rev"], columns["import_no"] = revs, np.full(size, self.number, dtype=np.int64)
        told = {name: listed(columns[name]) for name in COLUMNS if columns.get(name) is not None}
        _insert(connection, revisions, list(zip(*told.values(), strict=True)), columns=tuple(told))
        self._digest.feed([columns.get(name) for name in COLUMNS], size)
        self._hands.update(np.unique(columns["person_no"]).tolist())
        self._hands.update(each for each in columns.get("editor_no") or () if each is not None)
        self._next_rev += size
        self.added += size

    def _encoded(self, column: Any, numbers: Callable[[list[str]], Sequence[int]]) -> Ints:
        """A text column as numbers, looked up once for each distinct text."""
        encoded = column.dictionary_encode()
        table = np.asarray(numbers(encoded.dictionary.to_pylist()), dtype=np.int64)
        return np.asarray(table[encoded.indices.to_numpy(zero_copy_only=False)])

    def _numbers(self, connection: Connection, ids: Sequence[str]) -> list[int]:
        """The number of each item id; ids not met before get one."""
        found = list(map(self._item_nos.get, ids))
        missing = list(dict.fromkeys(item for item, number in zip(ids, found, strict=True) if number is None))
        if missing:
            if len(self._item_nos) > _CACHE:
                self._all_known = False
                self._item_nos = {item: number for item, number in zip(ids, found, strict=True) if number is not None}
            self._item_nos.update(self._looked_up(connection, missing))
            fresh = missing if self._all_known else [item for item in missing if item not in self._item_nos]
            numbered = list(enumerate(fresh, self._next_item))
            _insert(connection, items, numbered)
            self._items_digest.feed([[number for number, _ in numbered], fresh], len(fresh))
            self._item_nos.update((item, number) for number, item in numbered)
            self._next_item += len(fresh)
        return [self._item_nos[item] if number is None else number for item, number in zip(ids, found, strict=True)]

    def _looked_up(self, connection: Connection, ids: Sequence[str]) -> Iterable[tuple[str, int]]:
        if self._all_known:
            return
        for start in range(0, len(ids), 500):
            part = ids[start : start + 500]
            query = select(items.c.item_id, items.c.item_no).where(items.c.item_id.in_(part))
            yield from ((item, number) for item, number in connection.execute(query))

    def _person_nos(
        self, connection: Connection, accounts: Sequence[str], persons: Mapping[str, PersonId]
    ) -> list[int]:
        wanted = dict.fromkeys(persons[account] for account in accounts)
        if wanted.keys() - self._people.keys():
            query = select(people.c.person, people.c.person_no)
            self._people.update((person, number) for person, number in connection.execute(query))
            for person in [each for each in wanted if each not in self._people]:
                connection.execute(insert(people), {"person": person})
            self._people.update((person, number) for person, number in connection.execute(query))
        return [self._people[persons[account]] for account in accounts]

    def _editors(self, connection: Connection, column: Any, persons: Mapping[str, PersonId]) -> list[int | None] | None:
        editors = present(column, "")
        if editors is None:
            return None
        named = sorted({each for each in editors if each})
        numbers = dict(zip(named, self._person_nos(connection, named, persons), strict=True))
        return [numbers.get(each) for each in editors]


def _insert(
    connection: Connection,
    table: Table,
    rows: Sequence[tuple[Any, ...]],
    *,
    columns: Sequence[str] = (),
    ignore: bool = False,
) -> None:
    """Many rows of plain tuples, by the driver's own fast path; columns not named stay null."""
    if not rows:
        return
    names = columns or tuple(column.name for column in table.columns)
    marks = ", ".join("?" for _ in names)
    words = "INSERT OR IGNORE INTO" if ignore else "INSERT INTO"
    called = ", ".join(f'"{name}"' for name in names)
    connection.exec_driver_sql(f"{words} {table.name} ({called}) VALUES ({marks})", list(rows))

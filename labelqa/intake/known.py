"""What the intake knows already of some items and annotations, for comparing what arrives."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, func, select

from labelqa.intake.tables import item_revisions, revisions

_PART: Final = 500
_CONTENT: Final = ("value", "skipped", "item_no", "person_no", "ground_truth", "release", "gone")
_HELD: Final = ("annotation", "created_at", "updated_at", "task", *_CONTENT)


class _Held(NamedTuple):
    """The current revision of one annotation."""

    annotation: int
    created_at: int | None
    updated_at: int | None
    task: str | None
    content: tuple[Any, ...]


class Told(NamedTuple):
    """What an arriving row is: the number of its annotation's first revision (None for a new one), and whether it is history."""

    first: int | None
    late: bool = False


class Known:
    """Current revisions by annotation, and the comparison of an arriving row with them.

    The same answer given anew, at a later time than the one that is known, is a revision too: an item that is labelled
    again may well get the label that it had. A row of a file that was touched before the one that is known is history.
    So is one that somebody only ``told`` us of, where it was touched no later, is on another task than the one that is
    known, or is of an answer that was ``read`` by now: a server's answer is what it says itself, whatever the times say.
    """

    def __init__(
        self, rows: Iterator[tuple[Any, ...]], *, told: bool = False, read: Container[str | None] = ()
    ) -> None:
        self._told, self._read = told, read
        self._current: dict[tuple[Any, ...], _Held] = {}
        self._seen: dict[int, set[tuple[Any, ...]]] = {}  # annotation -> (touched at, content) of every revision
        for item_no, person_no, source_id, ordinal, late, annotation, made, touched, task, *content in rows:
            held = _Held(annotation, made, touched, task, tuple(content))
            self._seen.setdefault(annotation, set()).add((touched, held.content))
            if not late:
                key = ("", source_id) if source_id else (item_no, person_no, ordinal)
                before = self._current.get(key)  # a file does not say on which task an answer is: it is where it was
                self._current[key] = held._replace(task=task or before.task) if before else held

    def compare(self, row: Mapping[str, Any], rev: int) -> Told | None:
        """What an arriving row is; None when it says nothing new.

        The row becomes what is known, under the number ``rev`` when it is new.
        """
        source = row.get("source_id")
        key = ("", source) if source else (row["item_no"], row["person_no"], row["ordinal"])
        content = tuple(row.get(name) for name in _CONTENT)
        made, touched, task = row.get("created_at"), row.get("updated_at"), row.get("task")
        found = self._current.get(key)
        if found is None:
            self._hold(key, _Held(rev, made, touched, task, content))
            return Told(None)
        if found.content[-1] and task is None and not _after(touched, found.updated_at):
            return None  # an older file does not bring back what is gone
        moved = task is not None and task != found.task
        if found.content == content and not moved and not _later(made, found.created_at):
            return None
        late = bool(source) and self._late(source, touched, task, found)
        seen = self._seen[found.annotation]
        if (late or self._told) and (touched, content) in seen:
            return None
        if late:
            seen.add((touched, content))
            return Told(found.annotation, late=True)
        self._hold(key, _Held(found.annotation, made, touched, task or found.task, content))
        return Told(found.annotation)

    def _hold(self, key: tuple[Any, ...], held: _Held) -> None:
        self._current[key] = held
        self._seen.setdefault(held.annotation, set()).add((held.updated_at, held.content))

    def _late(self, source: str | None, touched: int | None, task: str | None, found: _Held) -> bool:
        """Whether a row that differs from the one that is known is history."""
        no_later = touched is not None and found.updated_at is not None and touched <= found.updated_at
        if not self._told:
            return no_later and touched != found.updated_at and source not in self._read
        untimed = touched is None or found.updated_at is None
        elsewhere = task is not None and found.task not in (None, task)
        return no_later or untimed or elsewhere or source in self._read


def _after(touched: int | None, known: int | None) -> bool:
    return touched is not None and known is not None and touched > known


def _later(made: int | None, known: int | None) -> bool:
    return made is not None and known is not None and made > known


def known_revisions(
    connection: Connection,
    item_nos: Sequence[int],
    sources: Sequence[str],
    *,
    told: bool = False,
    read: Container[str | None] = (),
) -> Known:
    """The revisions of these items and of these source ids."""
    return Known(_rows(connection, item_nos, sources), told=told, read=read)


def _rows(connection: Connection, item_nos: Sequence[int], sources: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    columns = [revisions.c[name] for name in ("item_no", "person_no", "source_id", "ordinal", "late", *_HELD)]
    for column, values in ((revisions.c.item_no, item_nos), (revisions.c.source_id, sources)):
        for start in range(0, len(values), _PART):
            chosen = column.in_(values[start : start + _PART])
            yield from map(tuple, connection.execute(select(*columns).where(chosen).order_by(revisions.c.rev)))


def current_items(connection: Connection, item_nos: Sequence[int]) -> dict[int, tuple[str, str, str, str]]:
    """The content in force of these items: project, task, data, meta."""
    content: dict[int, tuple[str, str, str, str]] = {}
    table = item_revisions.c
    for start in range(0, len(item_nos), _PART):
        query = (
            select(table.item_no, table.project, table.task, table.data, table.meta, func.max(table.import_no))
            .where(table.item_no.in_(item_nos[start : start + _PART]))
            .group_by(table.item_no)
        )
        content.update(
            {number: (project, task, data, meta) for number, project, task, data, meta, _ in connection.execute(query)}
        )
    return content

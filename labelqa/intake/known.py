"""What the intake knows already of some items and annotations, for comparing what arrives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

from sqlalchemy import Connection, select

from labelqa.intake.tables import item_revisions, revisions

_PART: Final = 500
_CONTENT: Final = ("value", "skipped", "item_no", "person_no", "ground_truth", "release")


class Known:
    """Current revisions by annotation, and the comparison of an arriving row with them.

    The same answer given anew, at a later time than the one that is known, is a revision too: an item that is labelled
    again may well get the label that it had.
    """

    UNCHANGED: ClassVar[int] = -1

    def __init__(self, rows: Iterator[tuple[Any, ...]]) -> None:
        self._current: dict[tuple[Any, ...], tuple[int, tuple[Any, ...], int | None]] = {}
        for item_no, person_no, annotation, source_id, ordinal, made, *content in rows:
            key = ("", source_id) if source_id else (item_no, person_no, ordinal)
            self._current[key] = (annotation, tuple(content), made)

    def compare(self, row: Mapping[str, Any], rev: int) -> int | None:
        """UNCHANGED, or the first revision's number for a changed annotation, or None for a new one.

        The row becomes what is known, under the number ``rev`` when it is new.
        """
        source = row.get("source_id")
        key = ("", source) if source else (row["item_no"], row["person_no"], row["ordinal"])
        content = tuple(row.get(name) for name in _CONTENT)
        made: int | None = row.get("created_at")
        found = self._current.get(key)
        if found is not None and found[1] == content and not _later(made, found[2]):
            return Known.UNCHANGED
        self._current[key] = (found[0] if found else rev, content, made)
        return found[0] if found else None


def _later(made: int | None, known: int | None) -> bool:
    return made is not None and known is not None and made > known


def known_revisions(connection: Connection, item_nos: Sequence[int], sources: Sequence[str]) -> Known:
    """The current revisions of these items and of these source ids."""
    return Known(_rows(connection, item_nos, sources))


def _rows(connection: Connection, item_nos: Sequence[int], sources: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    names = ("item_no", "person_no", "annotation", "source_id", "ordinal", "created_at", *_CONTENT)
    columns = [revisions.c[name] for name in names]
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
            select(table.item_no, table.project, table.task, table.data, table.meta)
            .where(table.item_no.in_(item_nos[start : start + _PART]))
            .order_by(table.import_no)
        )
        content.update(
            {number: (project, task, data, meta) for number, project, task, data, meta in connection.execute(query)}
        )
    return content

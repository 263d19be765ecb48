"""What one import added, answer by answer in the order of arrival: also what was overwritten since, never what is gone.

The current answers are read elsewhere; here every answer counts that somebody gave.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select

from labelqa.intake.answers import answer_of, answers
from labelqa.intake.read import Reading
from labelqa.intake.rows import AnnotationRow, ItemContent
from labelqa.intake.tables import imports, item_revisions, items, revisions
from labelqa.records.names import ItemId

_PART: Final = 1_000  # answers at a time; what their items show is held only as long
_LAST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Arrived:
    """An answer as it arrived, and its item as it is shown now."""

    row: AnnotationRow
    item: ItemContent


def arrivals(intake: Reading, import_no: int, *, most: int, contents: bool = True) -> Iterator[list[Arrived]]:
    """The first ``most`` answers of a counted import, in parts, in the order of arrival.

    Without ``contents`` items come with their ids alone.
    """
    (after, end), left = _range(intake, import_no), most
    while left > 0:
        rows = _rows(intake, import_no, after, end, min(_PART, left))
        if not rows:
            return
        shown = _items(intake, {row.item_no for row in rows}, contents=contents)
        yield [Arrived(row, shown[row.item_no]) for row in rows]
        after, left = rows[-1].rev, left - len(rows)


def added_by(intake: Reading, import_no: int) -> int:
    """How many answers a counted import added."""
    r, (after, end) = revisions.c, _range(intake, import_no)
    query = (
        select(func.count())
        .select_from(revisions)
        .join(imports, (imports.c.import_no == r.import_no) & (imports.c.counted == 1))
        .where((r.import_no == import_no) & (r.rev > after) & (r.rev < end) & r.gone.is_(None))
    )
    with intake._engine.connect() as connection:
        return int(connection.execute(query).scalar_one())


def counted_between(intake: Reading, after: int, upto: int) -> list[int]:
    """The numbers of the counted imports after one, up to and with another, in order."""
    c = imports.c
    query = select(c.import_no).where((c.counted == 1) & (c.import_no > after) & (c.import_no <= upto))
    with intake._engine.connect() as connection:
        return list(connection.execute(query.order_by(c.import_no)).scalars())


def _range(intake: Reading, import_no: int) -> tuple[int, int]:
    """The numbers between which an import's revisions lie, so that no other import's are looked at."""
    c = imports.c
    with intake._engine.connect() as connection:
        first = connection.execute(select(c.first_rev).where(c.import_no == import_no)).scalar()
        later = select(c.first_rev).where(c.import_no > import_no).order_by(c.import_no).limit(1)
        end = connection.execute(later).scalar()
    return (first or 1) - 1, end or _LAST


def _rows(intake: Reading, import_no: int, after: int, end: int, most: int) -> list[AnnotationRow]:
    r = revisions.c
    wanted = (r.import_no == import_no) & (r.rev > after) & (r.rev < end) & r.gone.is_(None)
    with intake._engine.connect() as connection:
        return [answer_of(row) for row in connection.execute(answers().where(wanted).order_by(r.rev).limit(most))]


def _items(intake: Reading, numbers: set[int], *, contents: bool) -> dict[int, ItemContent]:
    c = item_revisions.c
    with intake._engine.connect() as connection:
        query = select(items.c.item_no, items.c.item_id).where(items.c.item_no.in_(numbers))
        ids = {number: ItemId(item) for number, item in connection.execute(query)}
        told: dict[int, list[str]] = {}
        latest = (
            select(c.item_no, c.project, c.task, *((c.data, c.meta) if contents else ()), func.max(c.import_no))
            .join(imports, (imports.c.import_no == c.import_no) & (imports.c.counted == 1))
            .where(c.item_no.in_(numbers))
            .group_by(c.item_no)
        )
        for row in connection.execute(latest):
            told[row[0]] = list(row[1:-1])
    bare = ["", "", "{}", "{}"]
    found = {number: [*told.get(number, ()), *bare[len(told.get(number, ())) :]] for number in ids}
    return {
        number: ItemContent(item_no=number, item_id=ids[number], project=project, task=task, data=data, meta=meta)
        for number, (project, task, data, meta) in found.items()
    }

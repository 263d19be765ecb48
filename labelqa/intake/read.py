"""What is current in the intake: the latest counted revision of every annotation and item."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Container, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Engine, Select, func, select, union

from labelqa.intake.answers import answer_of, answers
from labelqa.intake.rows import AnnotationRow, ItemContent
from labelqa.intake.staged import COLUMNS, ITEM_COLUMNS
from labelqa.intake.tables import imports, item_revisions, items, people, revisions, staged
from labelqa.records.clock import micros
from labelqa.records.names import Digest, ItemId, PersonId

Wanted = TypeVar("Wanted", int, str)
_AT_ONCE: Final = 5_000  # items named in one query
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Reading:
    """Queries over the intake."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def items(self) -> Iterator[ItemContent]:
        """Every item that has something counted, with its content in force ("{}" where none came)."""
        c = item_revisions.c
        ranked = (
            select(c.item_no, c.project, c.task, c.data, c.meta, func.max(c.import_no))
            .join(imports, (imports.c.import_no == c.import_no) & (imports.c.counted == 1))
            .group_by(c.item_no)
            .subquery()
        )
        query = (
            select(items.c.item_no, items.c.item_id, ranked.c.project, ranked.c.task, ranked.c.data, ranked.c.meta)
            .outerjoin(ranked, ranked.c.item_no == items.c.item_no)
            .where(_arrived())
            .order_by(items.c.item_no)
        )
        with self._engine.connect() as connection:
            for number, item, project, task, data, meta in connection.execution_options(yield_per=5_000).execute(query):
                yield ItemContent(
                    item_no=number, item_id=ItemId(item), project=project or "", task=task or "",
                    data=data or "{}", meta=meta or "{}",
                )  # fmt: skip

    def item(self, item_id: str) -> ItemContent | None:
        """One item as :meth:`items` has it; None where nothing of that id was counted."""
        c = item_revisions.c
        with self._engine.connect() as connection:
            number = connection.execute(
                select(items.c.item_no).where((items.c.item_id == item_id) & _arrived())
            ).scalar()
            if number is None:
                return None
            query = (
                select(c.project, c.task, c.data, c.meta)
                .join(imports, (imports.c.import_no == c.import_no) & (imports.c.counted == 1))
                .where(c.item_no == number)
                .order_by(c.import_no.desc())
                .limit(1)
            )
            row = connection.execute(query).first() or ("", "", "{}", "{}")
        project, task, data, meta = row
        return ItemContent(item_no=number, item_id=ItemId(item_id), project=project, task=task, data=data, meta=meta)

    def numbers(self, wanted: Collection[str]) -> dict[int, ItemId]:
        """The numbers of the items with these ids that have something counted; the others are not in it."""
        found: dict[int, ItemId] = {}
        with self._engine.connect() as connection:
            for part in parts(wanted):
                query = select(items.c.item_no, items.c.item_id).where(items.c.item_id.in_(part) & _arrived())
                found.update((number, ItemId(item)) for number, item in connection.execute(query))
        return found

    def annotations(self, *, item_nos: Collection[int] | None = None, person: str = "") -> Iterator[AnnotationRow]:
        """Every current annotation, by item, person and revision; only on these items and by this person, where told."""
        if item_nos is None:
            yield from self._annotations(person)
            return
        for part in parts(item_nos):
            yield from self._annotations(person, revisions.c.item_no.in_(part))

    def _annotations(self, person: str, *which: ColumnElement[bool]) -> Iterator[AnnotationRow]:
        r, later, counting = revisions.c, revisions.alias("later"), imports.alias("counting")
        superseded = (
            select(later.c.rev)
            .join(counting, (counting.c.import_no == later.c.import_no) & (counting.c.counted == 1))
            .where((later.c.annotation == r.annotation) & (later.c.annotation != later.c.rev) & (later.c.rev > r.rev))
            .where(later.c.late.is_(None))
            .correlate(revisions)
            .exists()
        )
        query = answers().where(~superseded, r.gone.is_(None), r.late.is_(None), *which)
        query = query.order_by(r.item_no, r.person_no, r.rev)
        if person:
            query = query.where(people.c.person == person)
        with self._engine.connect() as connection:
            for row in connection.execution_options(yield_per=10_000).execute(query):
                yield answer_of(row)

    def brought_by(self, item_no: int) -> dict[int, int]:
        """Which counted import brought each revision of an item's annotations, replaced ones too: revision -> import."""
        r = revisions.c
        query = (
            select(r.rev, r.import_no)
            .join(imports, (imports.c.import_no == r.import_no) & (imports.c.counted == 1))
            .where(r.item_no == item_no)
        )
        with self._engine.connect() as connection:
            return {row.rev: row.import_no for row in connection.execute(query)}

    def earlier_hands(self) -> Iterator[tuple[int, PersonId]]:
        """Who made or edited a revision that was replaced since: (item number, person)."""
        r, later = revisions.c, revisions.alias("later")
        query = (
            select(r.item_no, people.c.person)
            .distinct()
            .join(
                later,
                (later.c.annotation == r.annotation) & (later.c.annotation != later.c.rev) & (later.c.rev > r.rev),
            )
        )
        late = select(r.item_no, people.c.person).distinct().where(r.late.is_not(None))
        with self._engine.connect() as connection:
            for each in (query, late):
                told = each.join(people, (people.c.person_no == r.person_no) | (people.c.person_no == r.editor_no))
                yield from ((number, PersonId(person)) for number, person in connection.execute(told))

    def hands(self, person: str = "") -> dict[PersonId, tuple[int, datetime | None, datetime | None]]:
        """How many revisions each person made or edited, the time of the first and of the last; of one person, if told."""
        r = revisions.c
        found: dict[str, tuple[int, int | None, int | None]] = {}
        for hand in (r.person_no, r.editor_no):
            query = select(people.c.person, func.count(), func.min(r.created_at), func.max(r.created_at))
            query = query.join(people, people.c.person_no == hand).where(r.gone.is_(None)).group_by(people.c.person)
            with self._engine.connect() as connection:
                for who, count, first, last in connection.execute(
                    query.where(people.c.person == person) if person else query
                ):
                    known = found.get(who, (0, None, None))
                    found[who] = (known[0] + count, _either(min, known[1], first), _either(max, known[2], last))
        return {PersonId(who): (n, _time(first), _time(last)) for who, (n, first, last) in found.items()}

    def made_by(
        self, person: str, start: datetime, end: datetime, *, known: Container[int] | None = None
    ) -> tuple[tuple[datetime, str], ...]:
        """When somebody gave or changed counted answers from ``start`` to before ``end``, in order.

        Beside each the release that was stamped on it, "" where none was. What was overwritten since is in it too;
        ``known`` are the numbers of the imports that are looked at, None for all.
        """
        r, window = revisions.c, (micros(start), micros(end) - 1)
        changed = (r.rev != r.annotation) | r.editor_no.is_not(None)
        given = select(r.annotation, r.created_at.label("at"), r.release, r.import_no, r.person_no.label("hand"))
        edited = select(
            r.annotation, r.updated_at.label("at"), r.release, r.import_no,
            func.coalesce(r.editor_no, r.person_no).label("hand"),
        ).where(changed)  # fmt: skip
        told = union(given.where(r.created_at.between(*window)), edited.where(r.updated_at.between(*window))).subquery()
        query = (
            select(told.c.at, told.c.release, func.min(told.c.import_no))
            .join(imports, (imports.c.import_no == told.c.import_no) & (imports.c.counted == 1))
            .join(people, people.c.person_no == told.c.hand)
            .where(people.c.person == person)
            .group_by(told.c.annotation, told.c.at, told.c.release)
            .order_by(told.c.at)
        )
        with self._engine.connect() as connection:
            return tuple(
                (EPOCH + timedelta(microseconds=at), release or "")
                for at, release, number in connection.execute(query)
                if known is None or number in known
            )

    def counts(self) -> tuple[int, int, int]:
        """Counted revisions, items with content or annotations, counted imports."""
        with self._engine.connect() as connection:
            counted = imports.c.counted == 1
            rows = connection.execute(
                select(func.count())
                .select_from(revisions)
                .join(imports, imports.c.import_no == revisions.c.import_no)
                .where(counted)
            ).scalar_one()
            numbered = connection.execute(select(func.count()).select_from(items).where(_arrived())).scalar_one()
            files = connection.execute(select(func.count()).select_from(imports).where(counted)).scalar_one()
        return int(rows), int(numbered), int(files)

    def activity(self, start: datetime, end: datetime) -> tuple[int, int, int]:
        """Annotations made in a period, on how many items, by how many people."""
        r = revisions.c
        query = (
            select(func.count(), func.count(r.item_no.distinct()), func.count(r.person_no.distinct()))
            .select_from(revisions)
            .join(imports, (imports.c.import_no == r.import_no) & (imports.c.counted == 1))
            .where(
                (r.rev == r.annotation)
                & (r.created_at >= micros(start))
                & (r.created_at < micros(end))
                & r.skipped.is_(None)
            )
        )
        with self._engine.connect() as connection:
            made, on, by = connection.execute(query).one()
        return int(made), int(on), int(by)

    def contents_digest(self, import_no: int) -> Digest:
        """The same as :meth:`brought`, from what stands in the intake now, for verification."""
        mine = select(imports.c.first_item).where(imports.c.import_no == import_no).scalar_subquery()
        later = select(imports.c.first_item).where(imports.c.import_no > import_no)
        after = later.order_by(imports.c.import_no).limit(1).scalar_subquery()
        new = (items.c.item_no >= mine) & (after.is_(None) | (items.c.item_no < after))
        listed = select(*(items.c[name] for name in ITEM_COLUMNS)).where(new).order_by(items.c.item_no)
        r = revisions.c
        behind = select(r.person_no, r.editor_no).distinct().where(r.import_no == import_no)
        with self._engine.connect() as connection:
            hands = {number for pair in connection.execute(behind) for number in pair if number is not None}
        return self.brought(import_no, items_digest=self._digest_of(listed), hands=hands)

    def brought(self, import_no: int, *, items_digest: Digest, hands: Collection[int]) -> Digest:
        """Digest of what an import brought besides answers: its items' ids and contents, and who is behind its numbers."""
        from labelqa.intake.digest import ColumnDigest

        table = item_revisions.c
        contents = self._digest_of(select(*table).where(table.import_no == import_no).order_by(table.item_no))
        persons = ColumnDigest([people.c.person_no.name, people.c.person.name])
        with self._engine.connect() as connection:
            query = select(people.c.person_no, people.c.person).order_by(people.c.person_no)
            named = [(number, person) for number, person in connection.execute(query) if number in hands]
        if named:
            persons.feed([list(column) for column in zip(*named, strict=True)], len(named))
        return Digest(hashlib.sha256(f"{items_digest}{contents}{persons.value()}".encode()).hexdigest())

    def _digest_of(self, query: Select[Any]) -> Digest:
        from labelqa.intake.digest import ColumnDigest  # here, as only imports and verifications need numbers at all

        digest = ColumnDigest([column["name"] for column in query.column_descriptions])
        with self._engine.connect() as connection:
            for part in connection.execution_options(yield_per=1_000).execute(query).partitions():
                digest.feed([list(column) for column in zip(*part, strict=True)], len(part))
        return digest.value()

    def digest(self, import_no: int) -> tuple[int, Digest]:
        """Row count and digest of an import's rows as they stand now, for verification."""
        from labelqa.intake.digest import ColumnDigest

        query = select(*(revisions.c[name] for name in COLUMNS)).where(revisions.c.import_no == import_no)
        count, digest = 0, ColumnDigest(COLUMNS)
        with self._engine.connect() as connection:
            result = connection.execution_options(yield_per=20_000).execute(query.order_by(revisions.c.rev))
            for part in result.partitions():
                count += len(part)
                digest.feed([list(column) for column in zip(*part, strict=True)], len(part))
        return count, digest.value()


def parts(wanted: Collection[Wanted]) -> Iterator[list[Wanted]]:
    """What is looked for in order, as many at a time as a query may name."""
    order = sorted(wanted)
    yield from (order[start : start + _AT_ONCE] for start in range(0, len(order), _AT_ONCE))


def _either(choose: Callable[[list[int]], int], one: int | None, other: int | None) -> int | None:
    told = [each for each in (one, other) if each is not None]
    return choose(told) if told else None


def _time(since: int | None) -> datetime | None:
    return None if since is None else EPOCH + timedelta(microseconds=since)


def _arrived() -> ColumnElement[bool]:
    """Items are numbered as they come, so those of an import that does not count begin with its first."""
    first = select(func.min(imports.c.first_item)).where(staged).scalar_subquery()
    return first.is_(None) | (items.c.item_no < first)

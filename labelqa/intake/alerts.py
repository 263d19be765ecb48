"""The alerts of a workspace, in a file of their own: worked out from what is on record, and made anew where it is lost.

Losing the file loses who has seen what, and which messages went out; nothing else. Nothing here judges anything.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Engine, delete, func, insert, inspect, select, update

from labelqa.intake.alert_tables import FORMAT, about, alerts, channels, golden, marks, metadata, told, watched
from labelqa.records.alerts import Noticed
from labelqa.records.clock import micros

Writing: TypeAlias = Callable[[Engine], AbstractContextManager[Connection]]
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_BEYOND: Final = 7_258_118_400_000_000  # the beginning of 2200: nothing was made then


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An alert as it is kept; times in UTC, None where nobody knows them."""

    number: int
    noticed: Noticed
    seen_by: str
    seen_at: datetime | None
    seen_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldAnswer:
    """A first answer to a gold item."""

    annotation: int
    person: str
    line: str
    item: str
    right: bool
    made: int | None


class Alerts:
    """An open file of alerts."""

    def __init__(self, engine: Engine, writing: Writing) -> None:
        self._engine, self._writing = engine, writing
        if self._format() is None:  # a copy that is only for reading is left as it is
            with writing(engine) as connection:
                metadata.create_all(connection)
                if connection.execute(select(about.c.format)).first() is None:
                    connection.execute(insert(about), {"format": FORMAT})

    def _format(self) -> int | None:
        with self._engine.connect() as connection:
            if not inspect(connection).has_table(about.name):
                return None
            return connection.execute(select(about.c.format)).scalar()

    @property
    def readable(self) -> bool:
        """Whether this labelqa understands the file; another one may have made it."""
        return self._format() == FORMAT

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def kept(self, *, number: int = 0, keys: Collection[str] | None = None) -> list[Kept]:
        """Every alert in the order in which it came up; only the one of this number, or those of these keys, where told."""
        query = select(alerts).where(alerts.c.number == number) if number else select(alerts)
        queries = [query] if keys is None else [query.where(alerts.c.key.in_(part)) for part in _parts(keys)]
        with self._engine.connect() as connection:
            rows = [row for each in queries for row in connection.execute(each).mappings()]
        return [_kept(row) for row in sorted(rows, key=lambda row: int(row["number"]))]

    def watched(self, *, upto: int) -> int:
        """The last import up to this one that was looked at; 0 for none."""
        c = watched.c.import_no
        with self._engine.connect() as connection:
            return int(connection.execute(select(func.max(c)).where(c <= upto)).scalar() or 0)

    def marks(self, keys: Collection[str]) -> dict[str, Any]:
        """What running checks remember under these keys; those that remember nothing are not in it."""
        found: dict[str, Any] = {}
        with self._engine.connect() as connection:
            for part in _parts(keys):
                rows = connection.execute(select(marks.c.key, marks.c.value).where(marks.c.key.in_(part)))
                found.update((key, json.loads(value)) for key, value in rows)
        return found

    def gold_of(self, people: Collection[str]) -> list[GoldAnswer]:
        """The first answers of these people to gold items, in the order of arrival."""
        found: list[GoldAnswer] = []
        with self._engine.connect() as connection:
            for part in _parts(people):
                rows = connection.execute(select(golden).where(golden.c.person.in_(part)).order_by(golden.c.annotation))
                found += [
                    GoldAnswer(
                        annotation=row.annotation, person=row.person, line=row.line, item=row.item,
                        right=bool(row.right), made=row.made,
                    )
                    for row in rows
                ]  # fmt: skip
        return found

    def keep(
        self,
        noticed: Iterable[Noticed],
        *,
        import_no: int = 0,
        remember: Mapping[str, Any] | None = None,
        gold: Sequence[GoldAnswer] = (),
    ) -> set[str]:
        """Add what was noticed to the alerts, in one transaction; gives the keys of those that are new or grew.

        Nothing where the import was looked at already: two processes that look at it count it once.
        """
        touched: set[str] = set()
        with self._writing(self._engine) as connection:
            if import_no:
                mine = watched.c.import_no == import_no
                if connection.execute(select(watched.c.import_no).where(mine)).first() is not None:
                    return touched
                connection.execute(insert(watched), {"import_no": import_no})
            for each in noticed:
                if _added(connection, each):
                    touched.add(key_of(each))
            for key, value in (remember or {}).items():
                connection.execute(delete(marks).where(marks.c.key == key))
                connection.execute(insert(marks), {"key": key, "value": json.dumps(value, ensure_ascii=False)})
            _golden(connection, gold)
        return touched

    def see(self, number: int, *, by: str, at: datetime) -> bool:
        """Write down who has seen an alert, and when; False where there is none of that number."""
        with self._writing(self._engine) as connection:
            seen = {"seen_by": by, "seen_at": micros(at), "seen_count": alerts.c.count}
            return connection.execute(update(alerts).where(alerts.c.number == number).values(**seen)).rowcount == 1

    def forget(self) -> None:
        """Forget every alert, to make them anew from what is on record; what channels were told of stays known."""
        with self._writing(self._engine) as connection:
            for table in (alerts, watched, marks, golden):
                connection.execute(delete(table))

    def told(self, channel: str) -> dict[str, int]:
        """Which alerts a channel was told of, and how large each was then."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(told.c.key, told.c.count.label("count_")).where(told.c.channel == channel))
            return {row.key: row.count_ for row in rows}

    def channels(self) -> list[dict[str, Any]]:
        """How each channel does: times in microseconds, the last error as kept."""
        with self._engine.connect() as connection:
            return [dict(row) for row in connection.execute(select(channels).order_by(channels.c.channel)).mappings()]

    def went(self, channel: str, at: datetime, counts: Mapping[str, int]) -> None:
        """Write down that a message went through, and what it told."""
        with self._writing(self._engine) as connection:
            for key, count in counts.items():
                connection.execute(delete(told).where((told.c.channel == channel) & (told.c.key == key)))
                connection.execute(insert(told), {"channel": channel, "key": key, "count": count})
            now = _channel(connection, channel)
            values = {"sent_at": micros(at), "sent": now["sent"] + 1, "failures": 0, "error": None, "failed_at": None}
            connection.execute(update(channels).where(channels.c.channel == channel).values(**values))

    def failed(self, channel: str, at: datetime, error: str) -> None:
        """Write down that a message did not go through, and why."""
        with self._writing(self._engine) as connection:
            now = _channel(connection, channel)
            values = {"failed_at": micros(at), "failures": now["failures"] + 1, "error": error}
            connection.execute(update(channels).where(channels.c.channel == channel).values(**values))


def key_of(noticed: Noticed) -> str:
    """The key of an alert as text."""
    return json.dumps(noticed.key, ensure_ascii=False)


def moment_at(at: int | None) -> datetime | None:
    """A kept time in UTC; None where nobody knew it, or where it is out of all bounds."""
    if at is None or not 0 <= at < _BEYOND:
        return None
    return _EPOCH + timedelta(microseconds=at)


def _added(connection: Connection, noticed: Noticed) -> bool:
    """Whether an alert is new or changed by what was noticed."""
    key = key_of(noticed)
    row = connection.execute(select(alerts).where(alerts.c.key == key)).mappings().first()
    before = _kept(row).noticed if row is not None else None
    now = before.with_more(noticed) if before else noticed
    values = {
        "item": now.item, "told": json.dumps(dict(now.values), ensure_ascii=False), "count": now.count,
        "first": None if now.first is None else micros(now.first), "last": None if now.last is None else micros(now.last),
    }  # fmt: skip
    if row is None:
        named = {"key": key, "code": now.code, "person": now.person, "place": now.place}
        connection.execute(insert(alerts), named | values)
        return True
    if all(row[name] == value for name, value in values.items()):
        return False
    connection.execute(update(alerts).where(alerts.c.key == key).values(**values))
    return True


def _golden(connection: Connection, gold: Sequence[GoldAnswer]) -> None:
    rows = [
        {
            "annotation": each.annotation, "person": each.person, "line": each.line, "item": each.item,
            "right": int(each.right), "made": each.made,
        }
        for each in gold
    ]  # fmt: skip
    if rows:
        connection.execute(insert(golden).prefix_with("OR IGNORE"), rows)


def _channel(connection: Connection, channel: str) -> Mapping[str, Any]:
    query = select(channels).where(channels.c.channel == channel)
    if connection.execute(query).first() is None:
        connection.execute(insert(channels), {"channel": channel, "sent": 0, "failures": 0})
    return dict(connection.execute(query).mappings().one())


def _kept(row: Mapping[Any, Any]) -> Kept:
    noticed = Noticed(
        code=row["code"], person=row["person"], place=row["place"], item=row["item"], count=row["count"],
        first=moment_at(row["first"]), last=moment_at(row["last"]), values=json.loads(row["told"]),
    )  # fmt: skip
    return Kept(
        number=row["number"], noticed=noticed, seen_by=row["seen_by"] or "", seen_at=moment_at(row["seen_at"]),
        seen_count=row["seen_count"] or 0,
    )  # fmt: skip


def _parts(wanted: Collection[str]) -> Iterable[Sequence[str]]:
    order = sorted(wanted)
    return [order[start : start + 500] for start in range(0, len(order), 500)]

"""Logins, sessions and wrong tries: what opens the dashboard, kept beside the chain, where it can be erased.

It keeps and counts; whether a password is right, and how long somebody has to wait, is decided elsewhere. Passwords
and tokens never come here, only their hashes. Who may do what stands in the facts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Engine, Row, Select, delete, func, insert, select, update

from labelqa.ledger.tables import logins, sessions, throttles
from labelqa.records.clock import moment_of, moment_text
from labelqa.records.logins import Ending, StoredLogin, StoredSession, Throttle
from labelqa.records.names import PersonId

Delay: TypeAlias = Callable[[int], timedelta]  # wrong tries in a row -> how long nothing more is tried
FORGOTTEN: Final = timedelta(days=1)  # addresses and unknown names are not kept longer
_PERSON: Final = "person:"


class Logins:
    """Logins by pseudonym, sessions by the sha256 of their token."""

    def __init__(self, engine: Engine, writing: Callable[[Engine], AbstractContextManager[Connection]]) -> None:
        self._engine = engine
        self._writing = writing

    def any(self) -> bool:
        """Whether anybody has a login."""
        with self._engine.connect() as connection:
            return connection.execute(select(logins.c.person).limit(1)).first() is not None

    def all(self) -> dict[PersonId, StoredLogin]:
        """Every login."""
        with self._engine.connect() as connection:
            found = [_login(row) for row in connection.execute(select(logins))]
        return {each.person: each for each in found}

    def of(self, person: str) -> StoredLogin | None:
        """Somebody's login."""
        with self._engine.connect() as connection:
            row = connection.execute(select(logins).where(logins.c.person == person)).first()
        return _login(row) if row else None

    def kept(self, person: str, hashed: str, *, now: datetime, spare: str = "") -> Callable[[Connection], None]:
        """Writes a new password beside a fact and ends the person's sessions, but for the one of token ``spare``."""

        def write(connection: Connection) -> None:
            connection.execute(delete(logins).where(logins.c.person == person))
            values = {"person": person, "hash": hashed, "failures": 0, "changed_at": moment_text(now)}
            connection.execute(insert(logins), values)
            _end(connection, sessions.c.person == person, now, Ending.PASSWORD, spare=spare)

        return write

    def dropped(self, person: str, *, now: datetime) -> Callable[[Connection], None]:
        """Takes a login away beside a fact, and ends the person's sessions."""

        def write(connection: Connection) -> None:
            connection.execute(delete(logins).where(logins.c.person == person))
            _end(connection, sessions.c.person == person, now, Ending.REMOVED)

        return write

    def rehash(self, person: str, before: str, after: str) -> None:
        """Replace a hash by one with other parameters, unless the password was changed meanwhile."""
        with self._writing(self._engine) as connection:
            mine = (logins.c.person == person) & (logins.c.hash == before)
            connection.execute(update(logins).where(mine).values(hash=after))

    def attempt(self, delays: Mapping[str, Delay], *, now: datetime) -> datetime | None:
        """Count a try before it is looked at, so that many at a time are no way around; until when to wait instead.

        ``delays`` are the keys that count it: ``person:…`` for a login, ``address:…``, ``unknown:…``. While one of them
        has to wait nothing is counted.
        """
        with self._writing(self._engine) as connection:
            known = {key: _fresh(_throttle(connection, key), now) for key in delays}
            waits = [each.until for each in known.values() if each.until is not None and each.until > now]
            if waits:
                return max(waits)
            connection.execute(delete(throttles).where(throttles.c.until < moment_text(now - FORGOTTEN)))
            for key, delay in delays.items():
                failures = known[key].failures + 1
                _count(connection, key, Throttle(failures=failures, until=now + delay(failures)), now)
        return None

    def forgive(self, *keys: str, now: datetime) -> None:
        """The password was right: nothing is held against the login and the address any more."""
        with self._writing(self._engine) as connection:
            for key in keys:
                _count(connection, key, Throttle(), now)

    def begin(self, session: StoredSession, *, forget: datetime) -> None:
        """Keep a new session; sessions that were over before ``forget`` go."""
        with self._writing(self._engine) as connection:
            connection.execute(delete(sessions).where(sessions.c.over < moment_text(forget)))
            connection.execute(insert(sessions), _row(session))

    def session(self, token: str) -> StoredSession | None:
        """The session of a token, given by the token's sha256."""
        found = self._sessions(select(sessions).where(sessions.c.token == token))
        return found[0] if found else None

    def sessions(self, person: str = "") -> tuple[StoredSession, ...]:
        """Every session that is still kept, oldest first; of one person, where one is told."""
        query = select(sessions).order_by(sessions.c.made, sessions.c.token)
        return self._sessions(query.where(sessions.c.person == person) if person else query)

    def _sessions(self, query: Select[Any]) -> tuple[StoredSession, ...]:
        with self._engine.connect() as connection:
            return tuple(_session(row) for row in connection.execute(query))

    def touch(self, token: str, *, now: datetime) -> None:
        """Note that a session is in use."""
        with self._writing(self._engine) as connection:
            connection.execute(update(sessions).where(sessions.c.token == token).values(seen=moment_text(now)))

    def end(self, token: str, why: Ending, *, now: datetime) -> None:
        """A session is over; the first ending stays."""
        with self._writing(self._engine) as connection:
            _end(connection, sessions.c.token == token, now, why)

    def ended_before(self, moment: datetime) -> int:
        """How many sessions were over before a moment."""
        with self._engine.connect() as connection:
            query = select(func.count()).select_from(sessions).where(sessions.c.over < moment_text(moment))
            return int(connection.execute(query).scalar_one())


def _end(connection: Connection, whose: Any, now: datetime, why: Ending, *, spare: str = "") -> None:
    mine = whose & sessions.c.over.is_(None) & (sessions.c.token != spare)
    connection.execute(update(sessions).where(mine).values(over=moment_text(now), ending=str(why)))


def _throttle(connection: Connection, key: str) -> Throttle:
    if key.startswith(_PERSON):
        query = select(logins.c.failures, logins.c.locked_until).where(logins.c.person == key.removeprefix(_PERSON))
    else:
        query = select(throttles.c.failures, throttles.c.until).where(throttles.c.key == key)
    row = connection.execute(query).first()
    return Throttle(failures=row[0], until=_moment(row[1])) if row else Throttle()


def _fresh(told: Throttle, now: datetime) -> Throttle:
    """Wrong tries long ago are held against nobody: else a wait would tell that a name is somebody's."""
    return Throttle() if told.until is not None and told.until < now - FORGOTTEN else told


def _count(connection: Connection, key: str, told: Throttle, now: datetime) -> None:
    until = moment_text(told.until) if told.until else None
    if key.startswith(_PERSON):
        mine = logins.c.person == key.removeprefix(_PERSON)
        connection.execute(update(logins).where(mine).values(failures=told.failures, locked_until=until))
        return
    connection.execute(delete(throttles).where(throttles.c.key == key))
    if told.failures:
        values = {"key": key, "failures": told.failures, "until": until, "seen": moment_text(now)}
        connection.execute(insert(throttles), values)


def _moment(text: str | None) -> datetime | None:
    return moment_of(text) if text else None


def _login(row: Row[Any]) -> StoredLogin:
    return StoredLogin(
        person=PersonId(row.person), hash=row.hash, failures=row.failures, locked_until=_moment(row.locked_until),
        changed_at=moment_of(row.changed_at),
    )  # fmt: skip


def _session(row: Row[Any]) -> StoredSession:
    return StoredSession(
        token=row.token, person=PersonId(row.person), made=moment_of(row.made), seen=moment_of(row.seen),
        ends=moment_of(row.ends), over=_moment(row.over), ending=Ending(row.ending) if row.ending else None,
    )  # fmt: skip


def _row(session: StoredSession) -> dict[str, Any]:
    return {
        "token": session.token, "person": session.person, "made": moment_text(session.made),
        "seen": moment_text(session.seen), "ends": moment_text(session.ends),
    }  # fmt: skip

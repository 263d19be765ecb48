"""The alerts as people meet them: opened, listed, and marked as seen by somebody with a name.

They stand in ``alerts.sqlite3``, which may be lost: labelqa makes it anew from what is on record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Final

from filelock import FileLock, Timeout
from sqlalchemy.exc import DatabaseError

from labelqa.errors import Altered, BadInput, Busy, NoWorkspace
from labelqa.intake.alerts import Alerts, Kept
from labelqa.ledger.store import sqlite_engine, writing
from labelqa.records.alerts import Alert, AlertState
from labelqa.records.finding import Severity
from labelqa.records.names import PersonId
from labelqa.workflows.desk import Desk
from labelqa.workflows.people import registered
from labelqa.workflows.state import shown_names
from labelqa.workflows.watching.told import said_of, severity_of

FILE: Final = "alerts.sqlite3"
GROWN: Final = 10  # an alert that was seen opens again when it is so many times as large
AGAIN: Final = timedelta(days=1)  # or when it comes back so long after it was seen
_ORDER: Final = list(Severity)


@contextmanager
def opened(desk: Desk) -> Iterator[Alerts]:
    """The alerts of a workspace; NoWorkspace with what to do where their file is no such file."""
    path = desk.settings.workspace / FILE
    with suppress(OSError):
        path.touch(mode=0o600)
    engine = sqlite_engine(path, busy_seconds=desk.settings.busy_seconds, durable=False, cache_mb=2)
    try:
        store = Alerts(engine, writing)
        if not store.readable:
            raise NoWorkspace(
                "{path} was made by another labelqa: remove it and run labelqa alerts rebuild; only who has seen what is lost",
                path=str(path),
            )
        yield store
    except (DatabaseError, Altered) as error:
        if isinstance(error, DatabaseError) and "not a database" not in str(error):
            raise
        raise NoWorkspace(
            "{path} is damaged: remove it and run labelqa alerts rebuild; only who has seen what is lost",
            path=str(path),
        ) from None
    finally:
        engine.dispose()


@contextmanager
def alone(desk: Desk, *, sending: bool = False) -> Iterator[None]:
    """Nobody else watches (or sends) meanwhile; Busy when somebody does for too long."""
    path = (desk.settings.workspace / FILE).with_suffix(".sending.lock" if sending else ".lock")
    lock = FileLock(path, timeout=desk.settings.busy_seconds)
    try:
        with lock:
            yield
    except Timeout:
        raise Busy("another process is looking at what came in: try again when it is done") from None


def alert_lines(desk: Desk, *, seen: bool = False) -> list[Alert]:
    """The open alerts, gravest first, with ``seen`` the others after them; people are named as they may be shown."""
    if not (desk.settings.workspace / FILE).is_file():
        return []
    names = shown_names(desk)
    with opened(desk) as store:
        found = [alert_of(each, names) for each in store.kept()]
    wanted = [each for each in found if seen or each.state is AlertState.OPEN]
    return sorted(wanted, key=lambda each: (each.state is AlertState.SEEN, _ORDER.index(each.severity), -each.number))


def see_alert(desk: Desk, number: int, *, by: str) -> Alert:
    """Mark an alert as seen by a registered person; BadInput where there is none of that number."""
    person, names = registered(desk, by), shown_names(desk)
    with opened(desk) as store:
        if not store.see(number, by=person, at=desk.clock()):
            raise BadInput("there is no alert {number}: labelqa alerts list shows those there are", number=number)
        return alert_of(store.kept(number=number)[0], names)


def alert_of(kept: Kept, names: Mapping[PersonId, str]) -> Alert:
    """An alert as people read it; ``names`` says how they may be shown, nobody in it is shown by pseudonym."""
    what = kept.noticed
    message, mend = said_of(what, names.get(PersonId(what.person), what.person))
    return Alert(
        number=kept.number, code=what.code, severity=severity_of(what.code),
        subject=f"person:{what.person}" if what.person else what.place, message=message, mend=mend, count=what.count,
        person=what.person, place=what.place, item=what.item, first=what.first, last=what.last, state=_state(kept),
        seen_by=names.get(PersonId(kept.seen_by), kept.seen_by), seen_at=kept.seen_at,
    )  # fmt: skip


def _state(kept: Kept) -> AlertState:
    """Seen, unless it has grown much since, or came back long after."""
    if kept.seen_at is None:
        return AlertState.OPEN
    grown = kept.noticed.count > kept.seen_count
    later = kept.noticed.last is not None and kept.noticed.last > kept.seen_at + AGAIN
    much = kept.noticed.count >= GROWN * max(kept.seen_count, 1)
    return AlertState.OPEN if grown and (later or much) else AlertState.SEEN

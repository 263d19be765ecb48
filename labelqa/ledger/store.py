"""Opening the ledger's database: SQLite beside the workspace by default, PostgreSQL by its address.

Writers take the ledger's write lock at once (``BEGIN IMMEDIATE``, or an advisory lock on PostgreSQL), so that the head of
the chain is read under it.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, inspect, text
from sqlalchemy.exc import DatabaseError, OperationalError, ProgrammingError

from labelqa.errors import Altered, Busy, LabelqaError, NoWorkspace, Refused
from labelqa.ledger.ledger import Ledger
from labelqa.ledger.postgres import Address, made_schema, postgres_engine
from labelqa.ledger.source import reading_address, writable
from labelqa.ledger.tables import SCHEMA

__all__ = ["SCHEMA", "open_ledger", "sqlite_engine", "writable", "writing"]

MOVED: Final = "this ledger was moved to "  # what a file says that takes nothing in any more
WAIT: Final = 30.0  # seconds for another process that writes, where nobody says otherwise


def _in_wal(raw: Any, busy_seconds: float) -> None:
    """Writes beside readers from now on. Of two who say so at once SQLite refuses one without waiting, so it is said again."""
    until = time.monotonic() + busy_seconds
    while True:
        try:
            raw.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.05)


def sqlite_engine(path: Path, *, busy_seconds: float, durable: bool = True, cache_mb: int = 8) -> Engine:
    """An engine on one SQLite file: WAL, foreign locks waited for, write transactions immediate.

    A file that may not be written is opened for reading alone, so that an inspector can look at a copy.
    """
    reading_only = not writable(path)
    engine = create_engine(_address(path, reading_only=reading_only), connect_args={"timeout": busy_seconds})

    @event.listens_for(engine, "connect")
    def connected(raw: Any, _record: Any) -> None:
        raw.isolation_level = None  # transactions are begun below, not by the driver
        if reading_only:
            return
        _in_wal(raw, busy_seconds)
        raw.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        raw.execute(f"PRAGMA cache_size={-1024 * cache_mb}")
        raw.execute(f"PRAGMA wal_autocheckpoint={256 * cache_mb}")  # pages of 4 KiB

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        writing = connection.get_execution_options().get("labelqa_writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    @event.listens_for(engine, "handle_error")
    def failed(context: ExceptionContext) -> None:
        if MOVED in str(context.original_exception):
            raise Refused(
                "this ledger was moved to {where}: start labelqa again",
                where=str(context.original_exception).partition(MOVED)[2],
            ) from None
        if "malformed" in str(context.original_exception):
            why = str(context.original_exception)
            raise Altered("the database {file} is damaged ({why}): restore it from a backup", file=path.name, why=why)

    return engine


def _address(path: Path, *, reading_only: bool) -> URL:
    if not reading_only:
        return URL.create("sqlite", database=str(path))
    return URL.create("sqlite", database=f"{reading_address(path)}&uri=true")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One write transaction; Busy when another process does not let go in time."""
    try:
        with engine.connect().execution_options(labelqa_writing=True) as connection, connection.begin():
            yield connection
    except OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            raise Busy(
                "another process is writing to this workspace and did not finish in time: try again when it is done"
            ) from None
        raise LabelqaError("the workspace cannot be written ({why})", why=_said(error)) from None
    except ProgrammingError as error:
        if engine.dialect.name != "postgresql":
            raise
        raise LabelqaError("the workspace cannot be written ({why})", why=_said(error)) from None


def open_ledger(
    where: Path | Address,
    *,
    busy_seconds: float = WAIT,
    create: bool = False,
    clock: Callable[[], datetime] | None = None,
) -> Ledger:
    """The ledger in a SQLite file or at an address of PostgreSQL; brought up to the schema in force when it is older.

    ``clock`` is asked under the lock when facts are recorded; without one they are recorded at the moment they come with.
    """
    if isinstance(where, Address):
        return Ledger(_opened_postgres(where, busy_seconds=busy_seconds, create=create), writing, clock)
    if not create and not where.is_file():
        raise NoWorkspace("the workspace's ledger is missing: {path} should be there", path=str(where))
    engine = sqlite_engine(where, busy_seconds=busy_seconds)
    try:
        _migrate(engine)
    except OperationalError as error:
        engine.dispose()
        if "locked" in str(error):
            raise Busy("another process is writing to this workspace: try again when it is done") from None
        raise NoWorkspace("the ledger {path} cannot be opened ({why})", path=str(where), why=str(error.orig)) from None
    except DatabaseError as error:
        engine.dispose()
        raise NoWorkspace("{path} is not a ledger ({why})", path=str(where), why=str(error.orig)) from None
    return Ledger(engine, writing, clock)


def _opened_postgres(where: Address, *, busy_seconds: float, create: bool) -> Engine:
    engine = postgres_engine(where, busy_seconds=busy_seconds)
    try:
        if create:
            with engine.connect().execution_options(labelqa_writing=True) as connection, connection.begin():
                made_schema(connection, where)
        elif not _version(engine):
            raise NoWorkspace("there is no ledger at {where}: labelqa init makes one", where=str(where))
        _migrate(engine)
        if create and Ledger(engine, writing).head()[0]:
            raise NoWorkspace(
                "{where} holds the ledger of another workspace: name another schema or database", where=str(where)
            )
    except DatabaseError as error:
        engine.dispose()
        raise NoWorkspace("the ledger {path} cannot be opened ({why})", path=str(where), why=_said(error)) from None
    except LabelqaError:
        engine.dispose()
        raise
    return engine


def _said(error: DatabaseError) -> str:
    """What the database says, on one line; PostgreSQL's driver gives the fields of its message."""
    told = error.orig.args[0] if error.orig is not None and error.orig.args else error.orig
    return str(told.get("M", told)) if isinstance(told, dict) else str(told)


def _version(engine: Engine) -> str:
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return ""
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def _migrate(engine: Engine) -> None:
    """Upgrade to the schema in force; forward only."""
    version = _version(engine)
    if version == SCHEMA:
        return
    if version > SCHEMA:
        raise NoWorkspace(
            "this workspace was made by a newer labelqa (schema {version}): install that one", version=version
        )
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "labelqa.ledger:migrations")
    config.set_main_option("path_separator", "os")
    with engine.connect().execution_options(labelqa_writing=True) as connection, connection.begin():
        config.attributes["connection"] = connection  # whoever waited for the lock finds nothing left to do
        command.upgrade(config, "head")

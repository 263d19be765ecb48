"""Opening the ledger's database: SQLite beside the workspace by default, PostgreSQL by URL.

Writers take the database's write lock at once (``BEGIN IMMEDIATE``), so that the head of the chain is read under it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, inspect, text
from sqlalchemy.exc import DatabaseError, OperationalError

from labelqa.errors import Altered, Busy, LabelqaError, NoWorkspace
from labelqa.ledger.ledger import Ledger

SCHEMA: Final = "0001"


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
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        raw.execute(f"PRAGMA cache_size={-1024 * cache_mb}")
        raw.execute(f"PRAGMA wal_autocheckpoint={256 * cache_mb}")  # pages of 4 KiB

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        writing = connection.get_execution_options().get("labelqa_writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    @event.listens_for(engine, "handle_error")
    def failed(context: ExceptionContext) -> None:
        if "malformed" in str(context.original_exception):
            why = str(context.original_exception)
            raise Altered("the database {file} is damaged ({why}): restore it from a backup", file=path.name, why=why)

    return engine


def writable(path: Path) -> bool:
    """Whether a database may be written: the file, and the folder that its journal goes to."""
    return os.access(path.parent, os.W_OK) and (not path.exists() or os.access(path, os.W_OK))


def _address(path: Path, *, reading_only: bool) -> URL:
    if not reading_only:
        return URL.create("sqlite", database=str(path))
    alone = "" if path.with_name(f"{path.name}-wal").exists() else "&immutable=1"  # no journal: nobody writes it
    return URL.create("sqlite", database=f"file:{quote(str(path))}?mode=ro{alone}&uri=true")


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
        raise LabelqaError("the workspace cannot be written ({why})", why=str(error.orig)) from None


def open_ledger(path: Path, *, busy_seconds: float = 30.0, create: bool = False) -> Ledger:
    """The ledger in a SQLite file; brought up to the schema in force when it is older."""
    if not create and not path.is_file():
        raise NoWorkspace("the workspace's ledger is missing: {path} should be there", path=str(path))
    engine = sqlite_engine(path, busy_seconds=busy_seconds)
    try:
        _migrate(engine)
    except OperationalError as error:
        engine.dispose()
        if "locked" in str(error):
            raise Busy("another process is writing to this workspace: try again when it is done") from None
        raise NoWorkspace("the ledger {path} cannot be opened ({why})", path=str(path), why=str(error.orig)) from None
    except DatabaseError as error:
        engine.dispose()
        raise NoWorkspace("{path} is not a ledger ({why})", path=str(path), why=str(error.orig)) from None
    return Ledger(engine, writing)


def _version(engine: Engine) -> str:
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return ""
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def _migrate(engine: Engine) -> None:
    """Upgrade to :data:`SCHEMA`; forward only."""
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
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

"""The ledger in PostgreSQL: its address without secrets, an engine, and what its server says as one sentence.

Writers wait for each other at one advisory lock a ledger, so that the chain stays a line; readers wait for nobody. The
password is never shown: an address says where the ledger is, and nothing else. Needs the extra ``postgres``.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.util import find_spec
from typing import Any, Final

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError

from labelqa.errors import Busy, LabelqaError, NoWorkspace

SCHEMA: Final = "labelqa_ledger"  # of the database, where the address names no other
DRIVER: Final = "postgresql+pg8000"
SCHEMES: Final = ("postgresql://", "postgres://")
MODES: Final = ("disable", "prefer", "require", "verify-full")
KNOWN: Final = frozenset({"host", "schema", "sslmode", "sslrootcert"})
_CONNECT_SECONDS: Final = 10.0
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a ledger is on PostgreSQL; the text of it has no password.

    >>> str(address("postgresql://qa:secret@db.example:5433/labels"))
    'postgresql://qa@db.example:5433/labels'
    """

    host: str  # a folder ("/run/postgresql") for a socket on this machine
    port: int
    database: str
    user: str
    password: str = field(default="", repr=False)
    schema: str = SCHEMA
    sslmode: str = ""
    sslrootcert: str = ""

    def __str__(self) -> str:
        who = f"{self.user}@" if self.user else ""
        spot = "" if self.host.startswith("/") else self.host
        told = {"host": self.host if not spot else "", "schema": self.schema if self.schema != SCHEMA else ""}
        told |= {"sslmode": self.sslmode, "sslrootcert": self.sslrootcert}
        rest = "&".join(f"{name}={value}" for name, value in told.items() if value)
        where = f"[{spot}]" if ":" in spot else spot
        port = f":{self.port}" if spot and self.port != 5432 else ""
        return f"postgresql://{who}{where}{port}/{self.database}" + (f"?{rest}" if rest else "")

    @property
    def mode(self) -> str:
        """How the connection is encrypted; between machines always, unless the address says otherwise."""
        return self.sslmode or ("prefer" if self.host in _LOCAL or self.host.startswith("/") else "require")

    def options(self, *, seconds: float = _CONNECT_SECONDS) -> dict[str, Any]:
        """What the driver's ``connect`` takes, without the encryption."""
        where = {"unix_sock": f"{self.host}/.s.PGSQL.{self.port}"} if self.host.startswith("/") else {"host": self.host}
        return where | {
            "port": self.port, "database": self.database, "user": self.user, "password": self.password,
            "timeout": seconds, "application_name": "labelqa", "startup_params": {"search_path": self.schema},
        }  # fmt: skip


def address(told: str) -> Address:
    """The address that a setting tells; NoWorkspace when it is none. Its sentence never repeats what was told."""
    wrong = NoWorkspace(
        "the setting ledger is no address of PostgreSQL: write postgresql://USER@HOST/DATABASE, with a percent sign and "
        "two digits for special characters"
    )
    if not told.startswith(SCHEMES):
        raise wrong
    try:
        url = make_url(told)
        query = {name: value for name, value in url.query.items() if isinstance(value, str)}
        port = url.port or 5432
    except (ArgumentError, ValueError):
        raise wrong from None
    if not url.database:
        raise wrong
    _check(query, sorted(url.query.keys() - KNOWN))
    return Address(
        host=url.host or query.get("host") or "localhost", port=port, database=url.database, user=url.username or "",
        password=str(url.password or ""), schema=query.get("schema", SCHEMA), sslmode=query.get("sslmode", ""),
        sslrootcert=query.get("sslrootcert", ""),
    )  # fmt: skip


def _check(query: dict[str, str], unknown: list[str]) -> None:
    if unknown:
        raise NoWorkspace(
            "the setting ledger has {name} after its question mark; known are {known}", name=unknown[0],
            known=", ".join(sorted(KNOWN)),
        )  # fmt: skip
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", query.get("schema", SCHEMA)):
        raise NoWorkspace("the setting ledger: a schema's name has small letters, digits and underscores only")
    if query.get("sslmode", MODES[0]) not in MODES:
        raise NoWorkspace("the setting ledger: sslmode must be one of {known}", known=", ".join(MODES))


def lock_key(where: Address) -> int:
    """The number of the advisory lock on which the writers of one ledger wait: 63 bits of its schema's digest."""
    return int.from_bytes(sha256(f"labelqa ledger {where.schema}".encode()).digest()[:8]) >> 1


def encryption(where: Address) -> object:
    """The driver's ``ssl_context``: False for none, None to try, True to insist, a context to verify the server too."""
    if where.mode == "verify-full":
        import ssl

        try:
            return ssl.create_default_context(cafile=where.sslrootcert or None)
        except OSError as error:
            raise NoWorkspace(
                "the certificates {file} cannot be read ({why})",
                file=where.sslrootcert,
                why=error.strerror or str(error),
            ) from None
    return {"disable": False, "prefer": None, "require": True}[where.mode]


def driver_there() -> None:
    """NoWorkspace when the driver is not installed."""
    if find_spec("pg8000") is None:
        raise NoWorkspace(
            "the ledger is on PostgreSQL and its driver is not installed: pip install 'labelqa[postgres]'"
        )


def postgres_engine(where: Address, *, busy_seconds: float) -> Engine:
    """An engine on one ledger: reading sees one moment, writing waits ``busy_seconds`` for other writers."""
    driver_there()
    patience = max(1, round(busy_seconds * 1000))  # 0 would mean for ever
    engine = create_engine(
        DRIVER + "://", connect_args=where.options() | {"ssl_context": encryption(where)}, pool_pre_ping=True,
        hide_parameters=True,
    )  # fmt: skip
    key = lock_key(where)
    engine.dialect.do_close = engine.dialect.do_terminate = _let_go  # type: ignore[method-assign, assignment]
    engine.dialect.do_ping = _alive  # type: ignore[method-assign, assignment]

    @event.listens_for(engine, "connect")
    def connected(raw: Any, _record: Any) -> None:
        raw._usock.settimeout(None)  # the limit is for connecting; a question may take its time

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        if connection.get_execution_options().get("labelqa_writing", False):
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {patience}")
            connection.exec_driver_sql(f"SELECT pg_catalog.pg_advisory_xact_lock({key})")
        else:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

    @event.listens_for(engine, "handle_error")
    def failed(context: ExceptionContext) -> None:
        told = sentence(context.original_exception, where)
        if told is not None:
            context.is_disconnect = context.is_disconnect or isinstance(told, NoWorkspace)
            raise told from None

    return engine


def _let_go(raw: Any) -> None:
    """Close a connection; one that was lost cannot say goodbye any more, and nobody has to hear of it."""
    for each in (raw, raw._sock, raw._usock):
        with suppress(Exception):
            each.close()


def _alive(raw: Any) -> bool:
    """Whether a connection that was kept can still be used; where it cannot, another one is made."""
    try:
        raw.cursor().execute("SELECT 1")
        raw.rollback()
    except Exception:  # noqa: BLE001 - whatever is wrong with it, a new one says it better
        return False
    return True


def made_schema(connection: Connection, where: Address) -> None:
    """The schema that holds the ledger's tables; nothing happens when it is there."""
    there = connection.execute(text("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = :n"), {"n": where.schema})
    if there.scalar() is None:
        connection.exec_driver_sql(f'CREATE SCHEMA "{where.schema}"')


def sentence(error: BaseException, where: Address) -> LabelqaError | None:
    """What went wrong between us and the server as one of our errors; None for what is not about the connection."""
    fields = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
    code, why = str(fields.get("C", "")), str(fields.get("M", ""))
    if code == "55P03":
        return Busy(
            "another process is writing to this workspace and did not finish in time: try again when it is done"
        )
    if code[:2] == "28":
        return NoWorkspace("the ledger's database {where} does not let {user} in: look at user and password",
                           where=str(where), user=where.user)  # fmt: skip
    if code in {"3D000", "3F000", "42501"} or code[:2] == "53":
        return NoWorkspace("the ledger {path} cannot be opened ({why})", path=str(where), why=why)
    if code[:2] in {"57", "08"} or (not code and _unreachable(error)):
        return NoWorkspace(
            "the ledger's database {where} cannot be reached ({why}): nothing is half-written; once it answers, "
            "labelqa ledger tail shows whether the last step was recorded",
            where=str(where), why=why or _cause(error),
        )  # fmt: skip
    return None


def _unreachable(error: BaseException) -> bool:
    return isinstance(error, OSError) or (
        type(error).__module__.startswith("pg8000") and type(error).__name__ == "InterfaceError"
    )


def _cause(error: BaseException) -> str:
    inner = error.__cause__ or error
    return (inner.strerror if isinstance(inner, OSError) else "") or " ".join(str(inner).split())

"""Where a workspace is opened: settings, stores, engine and clock are put together here and nowhere else.

The only reader of the environment: ``LABELQA_WORKSPACE`` (where the workspace is), ``LABELQA_ACTOR`` (who acts),
``LABELQA_LEDGER`` (the ledger's address on PostgreSQL) and what PostgreSQL reads its password from.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tomllib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from labelqa.errors import Altered, LabelqaError, NoWorkspace, Refused, WrongUsage
from labelqa.records.settings import Settings

if TYPE_CHECKING:  # a quick verification does without all of them
    from labelqa.ledger import Ledger
    from labelqa.ledger.postgres import Address
    from labelqa.ledger.ranges import Source
    from labelqa.reduce.protocol import Reducer
    from labelqa.workflows.desk import Desk

FILE: Final = "labelqa.toml"
LEDGER: Final = "ledger.sqlite3"
INTAKE: Final = "intake.sqlite3"
FOLDERS: Final = ("rulebooks", "batches", "reports")
ENGINES: Final = ("duckdb", "spark")
_INTAKE_CACHE_MB: Final = 16  # imports append, so that a larger one would only make memory grow with the file

_TEMPLATE: Final = """\
# A labelqa workspace. Every setting is explained in docs/settings.md.
name = {name}
origin = {origin}
timezone = {timezone}          # weeks are cut here
max_file_mb = 2048             # larger files are refused
busy_seconds = 30.0            # how long to wait for another process that writes
qualification_days = 365       # a passed exam qualifies for so long
server = "label-studio"        # whose accounts imported exports name, unless --server says otherwise
confidence = 0.95              # of every interval
engine = "duckdb"              # what counts frozen batches; "spark" needs the extra spark and Java 17
actor = "lead"                 # who acts, unless LABELQA_ACTOR says otherwise
session_idle_minutes = 30      # a sign-in to the dashboard ends when nothing is done for so long
session_hours = 10             # and after so long in any case
pseudonymous_reports = false   # true: reports name people by pseudonym
"""


def shipped(name: str) -> Path:
    """A folder that comes with labelqa (rulebooks, dashboards, sample_data): inside the wheel, or the source tree."""
    package = Path(__file__).parent
    inside = package / "_shipped" / name
    return inside if inside.is_dir() else package.parent / name


def find_workspace(*, start: Path, workspace: Path | None, env: Mapping[str, str]) -> Path:
    """The workspace named, else LABELQA_WORKSPACE, else the nearest folder upward that holds ``labelqa.toml``."""
    named = workspace or (Path(env["LABELQA_WORKSPACE"]) if env.get("LABELQA_WORKSPACE") else None)
    if named is not None:
        if (named / FILE).is_file():
            return named.resolve()
        raise NoWorkspace("there is no workspace at {path}: labelqa init {path} makes one", path=str(named))
    here = start.resolve()
    for folder in (here, *here.parents):
        if (folder / FILE).is_file():
            return folder
    raise NoWorkspace(
        "no workspace in {path} or above it: go to one, name it with --workspace, or make one with labelqa init",
        path=str(here),
    )


def read_settings(folder: Path, env: Mapping[str, str]) -> Settings:
    """The settings of a workspace; unknown names, wrong types and impossible values are refused by the file's name."""
    path = folder / FILE
    try:
        raw: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        if unknown := sorted(raw.keys() - {each.name for each in fields(Settings)} | raw.keys() & {"workspace"}):
            raise NoWorkspace("{path} has an unknown setting: {name}", path=str(path), name=unknown[0])
        raw["ledger"] = _shown(ledger_at(folder, env))
        raw |= {"workspace": str(folder)} | ({"actor": env["LABELQA_ACTOR"]} if env.get("LABELQA_ACTOR") else {})
        settings = msgspec.convert(raw, Settings, dec_hook=lambda kind, value: kind(value))
        _check(settings, path)
    except (OSError, ValueError, ZoneInfoNotFoundError, msgspec.ValidationError) as error:
        raise NoWorkspace("{path} cannot be read ({why})", path=str(path), why=str(error)) from None
    return settings


def ledger_at(folder: Path, env: Mapping[str, str]) -> Path | Address:
    """Where a workspace's ledger is: at the address in LABELQA_LEDGER or in its settings, else in a file of its own.

    The address holds the password, which comes from nowhere else and goes nowhere but to the driver.
    """
    path, told = folder / FILE, env.get("LABELQA_LEDGER", "")
    kept = "" if told else tomllib.loads(path.read_text(encoding="utf-8")).get("ledger", "")
    if not told and kept == "":
        return folder / LEDGER
    from labelqa.ledger.passwords import ledger_address

    return ledger_address(told or kept, file=None if told else path, env=env)


def _shown(where: Path | Address) -> str:
    return "" if isinstance(where, Path) else str(where)


def open_source(*, start: Path, workspace: Path | None = None, env: Mapping[str, str]) -> tuple[Settings, Source]:
    """A workspace's settings, and how to reach its ledger for hashing all of it again; nothing is opened."""
    from labelqa.ledger.source import postgres_source, sqlite_source

    folder = find_workspace(start=start, workspace=workspace, env=env)
    settings, where = read_settings(folder, env), ledger_at(folder, env)
    return settings, sqlite_source(where) if isinstance(where, Path) else postgres_source(where)


def _check(settings: Settings, path: Path) -> None:
    least = {
        "qualification_days": 1,
        "max_file_mb": 1,
        "busy_seconds": 0,
        "session_idle_minutes": 1,
        "session_hours": 1,
    }
    for name, low in least.items():
        if not getattr(settings, name) >= low:
            raise NoWorkspace("{path}: {name} must be {low} or more", path=str(path), name=name, low=low)
    if not 0 < settings.confidence < 1:
        raise NoWorkspace("{path}: confidence must lie between 0 and 1", path=str(path))
    if settings.engine not in ENGINES:
        raise NoWorkspace("{path}: engine must be duckdb or spark", path=str(path))
    _ = settings.zone


def open_desk(
    *,
    start: Path,
    workspace: Path | None = None,
    env: Mapping[str, str],
    clock: Callable[[], datetime] | None = None,
) -> Desk:
    """The desk of a workspace that exists."""
    folder = find_workspace(start=start, workspace=workspace, env=env)
    return _desk(read_settings(folder, env), env=env, clock=clock, create=False)


def create_workspace(
    folder: Path,
    *,
    name: str = "",
    timezone: str = "Asia/Shanghai",
    origin: str = "user",
    env: Mapping[str, str],
    clock: Callable[[], datetime] | None = None,
) -> Desk:
    """Make a workspace in a folder that is new or empty, and open it."""
    from labelqa.records.facts import Draft, WorkspaceCreated

    if (folder / FILE).exists():
        raise Refused("{path} is a workspace already: nothing was changed", path=str(folder))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused("{path} is not an empty folder: choose another one", path=str(folder))
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError):
        raise WrongUsage("{timezone} is not a time zone: write one such as Asia/Shanghai", timezone=timezone) from None
    told = {"name": name or folder.resolve().name, "origin": origin, "timezone": timezone}
    there = folder.exists()
    try:
        for each in FOLDERS:
            (folder / each).mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)  # names and accounts are in here
        text = _ledger_line(env) + _TEMPLATE.format(
            **{key: msgspec.json.encode(value).decode() for key, value in told.items()}
        )
        (folder / FILE).write_text(text, encoding="utf-8")
        desk = _desk(read_settings(folder.resolve(), env), env=env, clock=clock, create=True)
        draft = Draft(body=WorkspaceCreated(**told), subjects=("workspace",), actor=desk.actor, identity=desk.identity)
        desk.ledger.append([draft], now=desk.clock())
    except BaseException:
        _unmade(folder, remove=not there)
        raise
    return desk


def _ledger_line(env: Mapping[str, str]) -> str:
    """The setting for a new workspace whose ledger is on PostgreSQL: its address, and never the password."""
    if not env.get("LABELQA_LEDGER"):
        return ""
    from labelqa.ledger.postgres import address

    told = msgspec.json.encode(str(address(env["LABELQA_LEDGER"]))).decode()
    return f"ledger = {told}  # the password: LABELQA_LEDGER or the password file\n"


def _unmade(folder: Path, *, remove: bool) -> None:
    """Take back what a workspace that could not be made has left in its folder, which was new or empty."""
    for each in folder.iterdir() if folder.is_dir() else ():
        shutil.rmtree(each, ignore_errors=True) if each.is_dir() else each.unlink(missing_ok=True)
    if remove:
        with suppress(OSError):
            folder.rmdir()


def _reducer(engine: str) -> Reducer:
    """The engine of the settings; Spark itself begins with the first question."""
    if engine == "spark":
        from labelqa.reduce.spark import SparkReducer

        return SparkReducer()
    from labelqa.reduce.duckdb import DuckDBReducer

    return DuckDBReducer()


def _private(path: Path, *, create: bool) -> None:
    """Names, accounts and hashes are for the owner: a new file is for nobody else, an old one not for everybody.

    What the group may do is left as it is, and so is a copy that is only for reading.
    """
    with suppress(OSError):
        if create:
            path.touch(mode=0o600)
            return
        there = path.stat()
        if there.st_mode & 0o007 and there.st_mode & 0o200 and there.st_uid == os.geteuid():
            path.chmod(there.st_mode & 0o770)


def _known(ledger: Ledger, actor: str) -> str:
    """Who acts, as a fact may hold it: a registered name by its pseudonym, since a fact is never erased."""
    with suppress(LabelqaError):  # a damaged ledger is told by whoever asks it
        return next((person for person, name in ledger.identities.names().items() if name == actor), actor)
    return actor


def _machine_time() -> datetime:
    return datetime.now(UTC)


def _desk(settings: Settings, *, env: Mapping[str, str], clock: Callable[[], datetime] | None, create: bool) -> Desk:
    from labelqa.frozen import FrozenStore
    from labelqa.intake import open_intake
    from labelqa.ledger import open_ledger
    from labelqa.ledger.store import sqlite_engine, writable, writing
    from labelqa.reduce.later import later
    from labelqa.workflows.counted import told_of
    from labelqa.workflows.desk import Desk

    busy, folder = settings.busy_seconds, settings.workspace
    path, where = folder / INTAKE, ledger_at(folder, env)
    for each in (where, path):
        if isinstance(each, Path):
            _private(each, create=create)
    ledger = open_ledger(where, busy_seconds=busy, create=create, clock=None if clock else _machine_time)
    engine = sqlite_engine(path, busy_seconds=busy, durable=False, cache_mb=_INTAKE_CACHE_MB)
    try:
        intake = open_intake(path, engine, writing, busy_seconds=busy, create=create)
    except LabelqaError:
        ledger.close()
        raise
    desk = Desk(
        settings=settings,
        ledger=ledger,
        intake=intake,
        frozen=FrozenStore(folder / "batches"),
        reducer=later(lambda: _reducer(settings.engine)),
        clock=clock or _machine_time,
        new_id=lambda prefix: f"{prefix}-{secrets.token_hex(5)}",
        actor=_known(ledger, settings.actor),
    )
    if writable(path):
        with suppress(Altered):  # a damaged intake is told when it is asked, and by the verification
            intake.catch_up(told_of(desk))
    return desk

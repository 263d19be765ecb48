"""Opening the intake's database: a SQLite file of its own, so that no bulk import makes the ledger wait."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError, OperationalError

from labelqa.errors import Busy, NoWorkspace
from labelqa.intake.intake import Intake
from labelqa.intake.staged import Writing


def open_intake(path: Path, engine: Engine, writing: Writing, *, busy_seconds: float, create: bool = True) -> Intake:
    """The intake in ``path``; made when ``create`` says so, and otherwise it must be there."""
    if not create and not path.is_file():
        raise NoWorkspace("the workspace's intake is missing: {path} should be there; restore it", path=str(path))
    try:
        return Intake(engine, writing, lock=path.with_suffix(".lock"), busy_seconds=busy_seconds)
    except OperationalError as error:
        engine.dispose()
        if "locked" in str(error):
            raise Busy("another process is writing to this workspace: try again when it is done") from None
        raise NoWorkspace("the intake {path} cannot be opened ({why})", path=str(path), why=str(error.orig)) from None
    except DatabaseError as error:
        engine.dispose()
        raise NoWorkspace("{path} is not an intake ({why})", path=str(path), why=str(error.orig)) from None

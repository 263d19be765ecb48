"""What somebody with access to a database can do to it: take the guards away, then change what they like."""

from __future__ import annotations

import sqlite3
from pathlib import Path


def unguarded(path: Path) -> sqlite3.Connection:
    """A SQLite file, opened, in which nothing refuses a change any more."""
    base = sqlite3.connect(path)
    for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        base.execute(f'DROP TRIGGER "{name}"')
    return base

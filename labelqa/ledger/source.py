"""How the quick verification reaches a ledger: in a form that another process can be told through a pipe.

Opens nothing and creates nothing.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from labelqa.errors import NoWorkspace
from labelqa.ledger.ranges import Source

if TYPE_CHECKING:
    from labelqa.ledger.postgres import Address


def sqlite_source(path: Path) -> Source:
    """The ledger in a file, for reading alone; NoWorkspace when it is not there."""
    if not path.is_file():
        raise NoWorkspace("the workspace's ledger is missing: {path} should be there", path=str(path))
    return {"sqlite": reading_address(path) if not writable(path) else f"file:{quote(str(path))}?mode=rw"}


def postgres_source(where: Address) -> Source:
    """The ledger at an address of PostgreSQL; NoWorkspace when the driver is not installed."""
    from labelqa.ledger.postgres import driver_there

    driver_there()
    return {"pg8000": where.options(), "tls": {"mode": where.mode, "cafile": where.sslrootcert}}


def reading_address(path: Path) -> str:
    """A SQLite file that nobody here may write, such as an inspector's copy."""
    alone = "" if path.with_name(f"{path.name}-wal").exists() else "&immutable=1"  # no journal: nobody writes it
    return f"file:{quote(str(path))}?mode=ro{alone}"


def writable(path: Path) -> bool:
    """Whether a database may be written: the file, and the folder that its journal goes to."""
    return os.access(path.parent, os.W_OK) and (not path.exists() or os.access(path, os.W_OK))

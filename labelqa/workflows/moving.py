"""Take the ledger of a workspace from its file to PostgreSQL, where several machines can write to it.

The other stores stay in the workspace's folder. There is no way back but a backup.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from labelqa.errors import Refused
from labelqa.ledger import open_ledger
from labelqa.ledger.moving import move
from labelqa.ledger.passwords import ledger_address
from labelqa.workflows.desk import Desk

_SETTINGS: Final = "labelqa.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Where the ledger is now (without its password), how many facts it holds, and its head."""

    to: str
    facts: int
    head: str


def move_ledger(desk: Desk, to: str, *, env: Mapping[str, str]) -> Moved:
    """Move the ledger to an address of PostgreSQL at which there is none yet; facts and hashes stay as they are.

    The settings of the workspace name it afterwards, without the password, which comes from where it always does.
    Refused when the ledger is not in a file; NoWorkspace when the address does not open or holds another ledger.
    """
    if desk.settings.ledger:
        raise Refused("the ledger is on PostgreSQL already: {where}", where=desk.settings.ledger)
    where = ledger_address(to, file=None, env=env)
    target = open_ledger(where, busy_seconds=desk.settings.busy_seconds, create=True)
    path = desk.settings.workspace / _SETTINGS
    try:
        facts, head = move(desk.ledger, target, to=str(where), then=lambda: _named(path, str(where)))
    finally:
        target.close()
    return Moved(to=str(where), facts=facts, head=head)


def _named(path: Path, where: str) -> None:
    """Write the address into the settings, at once or not at all."""
    line = f"ledger = {msgspec.json.encode(where).decode()}  # the password: LABELQA_LEDGER or the password file\n"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    rest = [each for each in lines if not re.match(r"\s*ledger\s*=", each)]  # an empty one may stand there
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text("".join([line, *rest]), encoding="utf-8")
    fresh.chmod(path.stat().st_mode & 0o777)
    fresh.replace(path)

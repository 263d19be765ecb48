"""Where the password of the ledger's database comes from, so that it need not stand in a file of the workspace.

Passwords are looked up, never written, shown or kept. The order is PostgreSQL's own: address, PGPASSWORD, password file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from getpass import getuser
from pathlib import Path

from labelqa.errors import NoWorkspace
from labelqa.ledger.postgres import Address, address


def ledger_address(told: object, *, file: Path | None, env: Mapping[str, str]) -> Address:
    """The address that the environment or the settings' file tells, with user and password; NoWorkspace when it is wrong.

    A password in a settings' file that others can read is refused.
    """
    where = address(told if isinstance(told, str) else "")
    if where.password and file is not None and file.stat().st_mode & 0o077:
        raise NoWorkspace(
            "{path} holds a password and others can read it: chmod 600 {path}, or keep the password in LABELQA_LEDGER or "
            "in the password file ~/.pgpass",
            path=str(file),
        )
    where = replace(where, user=where.user or env.get("PGUSER", "") or _me())
    return where if where.password else replace(where, password=env.get("PGPASSWORD", "") or _kept(where, env))


def _me() -> str:
    try:
        return getuser()
    except (OSError, KeyError, ImportError):
        return ""


def _kept(where: Address, env: Mapping[str, str]) -> str:
    """The password in the password file; "" where there is none for this address."""
    home = env.get("HOME", "")
    path = Path(env["PGPASSFILE"]) if env.get("PGPASSFILE") else Path(home) / ".pgpass" if home else None
    if path is None or not path.is_file():
        return ""
    if path.stat().st_mode & 0o077:
        raise NoWorkspace("others can read the password file {path}: chmod 600 {path}", path=str(path))
    host = "localhost" if where.host.startswith("/") else where.host
    wanted = (host, str(where.port), where.database, where.user)
    for fields in _lines(path):
        if len(fields) == len(wanted) + 1 and all(a in {"*", b} for a, b in zip(fields, wanted, strict=False)):
            return fields[-1]
    return ""


def _lines(path: Path) -> Iterator[list[str]]:
    """The fields of each line: colons divide, a backslash makes the next character an ordinary one."""
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        fields, rest = [""], iter(line if not line.startswith("#") else "")
        for each in rest:
            if each == ":":
                fields.append("")
            else:
                fields[-1] += next(rest, "") if each == "\\" else each
        yield fields

"""Tasks that labelqa sends to a server carry a signature: what they show, and whose they are, cannot be altered unseen.

On a Community server every member may rewrite a task. The key is kept in the workspace that sends; it is in no record,
no message and no log. What was altered and put right again between two looks leaves no trace here.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from labelqa.errors import Refused
from labelqa.i18n import N_
from labelqa.records.servers import ProjectRole
from labelqa.workflows.servers.secret_files import FOLDER, keep, kept

FILE: Final = "sending.key"
SIGNED: Final = "signed"  # under which name a mark holds its signature
_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Seal:
    """Signs the tasks of one kind of project on one server, and knows them again; without a key all are taken as they are."""

    name: str  # which key it is; "" for none
    server: str
    role: ProjectRole
    key: bytes = field(repr=False)

    def put(self, mark: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
        """What a task says of itself, signed together with what it shows."""
        return {**mark, SIGNED: self._signature(mark, data)} if self.name else dict(mark)

    def holds(self, mark: Mapping[str, Any], data: Any) -> bool:
        """Whether mark and data are as they were sent; values of any form may be given."""
        told = mark.get(SIGNED)
        if not self.name:
            return True
        if not isinstance(told, str) or not told.isascii():
            return False
        rest = {name: value for name, value in mark.items() if name != SIGNED}
        try:
            return hmac.compare_digest(told, self._signature(rest, data))
        except (RecursionError, ValueError):
            return False

    def _signature(self, mark: Mapping[str, Any], data: Any) -> str:
        shown = hashlib.sha256(_text(data)).hexdigest()
        whole = _text({"server": self.server, "role": str(self.role), "mark": mark, "data": shown})
        return hmac.new(self.key, whole, "sha256").hexdigest()


def new_seal(workspace: Path, server: str, role: ProjectRole) -> Seal:
    """The seal for what is sent from now on; its key is made at random where there is none yet."""
    key = _kept(workspace) or _made(workspace)
    return Seal(_name(key), server, role, key)


def known_seal(workspace: Path, name: str, server: str, role: ProjectRole) -> Seal:
    """The seal of what was sent before; Refused where its key is not in this workspace."""
    if not name:
        return Seal("", server, role, b"")
    key = _kept(workspace)
    if not key or not hmac.compare_digest(_name(key), name):
        raise Refused(
            N_("the tasks were signed with a key that is not in this workspace: copy {path} from the one that sent them"),
            path=f"{FOLDER}/{FILE}",
        )  # fmt: skip
    return Seal(name, server, role, key)


def _text(told: Any) -> bytes:
    """One spelling of what may be spelled in several ways: order of names, and whole numbers with a point or without."""
    return json.dumps(_plain(told), sort_keys=True, separators=(",", ":")).encode()


def _plain(told: Any) -> Any:
    if isinstance(told, dict):
        return {str(name): _plain(each) for name, each in told.items()}
    if isinstance(told, list | tuple):
        return [_plain(each) for each in told]
    if isinstance(told, float) and told.is_integer():
        return int(told)
    return told


def _name(key: bytes) -> str:
    return hmac.new(key, b"name of the key", "sha256").hexdigest()[:16]


def _kept(workspace: Path) -> bytes:
    """The key; nothing where there is none. Refused where others can read it, or where it is none."""
    path = workspace / FOLDER / FILE
    told = kept(path, longest=4 * _BYTES)
    if told is None:
        return b""
    try:
        key = bytes.fromhex(told)
    except ValueError:
        key = b""
    if len(key) != _BYTES:
        raise Refused(
            N_("{path} holds no key: put back the file that was there when the tasks were sent"), path=str(path)
        )
    return key


def _made(workspace: Path) -> bytes:
    """A key made at random and kept; of two who make one at once both get the first one's."""
    path = workspace / FOLDER / FILE
    keep(path, secrets.token_hex(_BYTES), replace=False)
    key = _kept(workspace)
    if not key:  # signed with nothing, every task would hold
        raise Refused(N_("{path} went away as soon as it was made: see who removes it, and repeat"), path=str(path))
    return key

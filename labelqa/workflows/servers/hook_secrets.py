"""What a webhook must bring along to be believed: a secret of its own for each server, kept like a token.

It comes from the environment, else from a file that only the owner of the workspace can read. It is in no record, no
message and no log; the server holds it in its webhook, where every member can read it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from labelqa.errors import BadInput
from labelqa.workflows.servers.secret_files import FOLDER, keep, kept

SECRET: Final = "LABELQA_HOOK_SECRET"  # noqa: S105 - the name of a variable
KEY: Final = "LABELQA_HOOK_KEY"
_SHORTEST: Final = 16  # characters
_LONGEST: Final = 1024
_PLAIN: Final = re.compile(r"[!-~]+")  # what a header can carry unchanged
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9.-]{0,62}")


def hook_secret(workspace: Path, server: str, *, env: Mapping[str, str]) -> str:
    """The secret of a server's webhook; "" where there is none. BadInput for one that is too short or no plain text."""
    if told := env.get(SECRET, "").strip():
        return _usable(told, SECRET)
    return kept_secret(workspace, server)


def kept_secret(workspace: Path, server: str) -> str:
    """The secret that is kept for a server; "" where none is. Refused when others can read the file."""
    return _kept(workspace, server, "hook")


def made_secret(workspace: Path, server: str, *, env: Mapping[str, str]) -> str:
    """The secret of a server's webhook, made at random and kept where there is none yet."""
    if told := hook_secret(workspace, server, env=env):
        return told
    keep(workspace / FOLDER / f"{server}.hook", secrets.token_urlsafe(32), replace=False)
    return kept_secret(workspace, server)


def signing_key(workspace: Path, server: str, *, env: Mapping[str, str]) -> str:
    """The key with which a proxy in front signs; "" where none is told or kept (``secrets/NAME.signing``)."""
    if told := env.get(KEY, "").strip():
        return _usable(told, KEY)
    return _kept(workspace, server, "signing")


def _kept(workspace: Path, server: str, kind: str) -> str:
    if not _NAME.fullmatch(server):
        return ""
    path = workspace / FOLDER / f"{server}.{kind}"
    told = kept(path, longest=_LONGEST)
    return "" if told is None else _usable(told, str(path))


def _usable(told: str, where: str) -> str:
    if len(told) < _SHORTEST or not _PLAIN.fullmatch(told):
        raise BadInput(
            "{where}: a webhook's secret has {n} plain characters or more, without blanks", where=where, n=_SHORTEST
        )
    return told

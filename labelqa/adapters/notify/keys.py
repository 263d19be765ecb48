"""Where the secret of a channel comes from: the environment, else a file that only the owner of the workspace can read.

The address of a group robot holds its key, so it is a secret as a password is: never in notify.toml, a record, a message
or a log.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from labelqa.errors import BadInput, Refused
from labelqa.i18n import N_

FOLDER: Final = "secrets"
VARIABLE: Final = "LABELQA_NOTIFY_"
_LONGEST: Final = 8192  # bytes


@dataclass(frozen=True, slots=True)
class Secret:
    """The address or password of a channel, and the key with which its messages are signed ("" for none)."""

    value: str = field(repr=False)
    key: str = field(default="", repr=False)

    def hidden(self, text: str) -> str:
        """A text of somebody else, without the secret should it be in it.

        >>> Secret("https://x/hook/abcdefgh").hidden("no https://x/hook/abcdefgh here")
        'no … here'
        """
        parts = [self.value, self.value.rpartition("/")[2], self.value.rpartition("=")[2], self.key]
        for each in sorted((part for part in parts if len(part) >= 6), key=len, reverse=True):
            text = text.replace(each, "…")
        return text


def variable(name: str) -> str:
    """The variable of the environment that may hold a channel's secret.

    >>> variable("night-watch")
    'LABELQA_NOTIFY_NIGHT_WATCH'
    """
    return VARIABLE + name.upper().replace("-", "_")


def secret_of(workspace: Path, name: str, env: Mapping[str, str]) -> Secret:
    """The secret of a channel: two lines, the second only where messages are signed.

    BadInput where there is none, Refused where others can read the file.
    """
    if told := env.get(variable(name), "").strip():
        return Secret(told, env.get(f"{variable(name)}_KEY", "").strip())
    path = workspace / FOLDER / f"{name}.notify"
    try:
        opened = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        raise BadInput(
            N_("channel {name} has no secret: put its address or password into {path} (mode 0600), or into {variable}"),
            name=name, path=str(path), variable=variable(name),
        ) from None  # fmt: skip
    with os.fdopen(opened, "rb") as stream:
        there = os.fstat(stream.fileno())
        if there.st_mode & 0o077 or there.st_uid != os.geteuid():
            raise Refused(N_("{path} can be read by others: chmod 600 {path}"), path=str(path))
        lines = stream.read(_LONGEST).decode(errors="replace").split("\n")
    found = [each.strip() for each in lines if each.strip()]
    if not found:
        raise BadInput(N_("{path} is empty: its first line is the address or password of the channel"), path=str(path))
    return Secret(found[0], found[1] if len(found) > 1 else "")

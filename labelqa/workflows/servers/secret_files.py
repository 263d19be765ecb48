"""Secrets of a workspace, each in a file that only its owner can read: tokens, what webhooks bring along, signing keys.

What they hold is in no record, no message and no log.
"""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from labelqa.errors import Refused
from labelqa.i18n import N_

FOLDER: Final = "secrets"


def kept(path: Path, *, longest: int) -> str | None:
    """The text of a secret, at most so many bytes of it; None where there is none.

    Refused when others can read the file, as it is no secret then, and when there is something that cannot be read: a
    link is not followed.
    """
    try:
        opened = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(opened, "rb") as stream:
            there = os.fstat(stream.fileno())
            if there.st_mode & 0o077 or there.st_uid != os.geteuid():
                raise Refused("{path} can be read by others: chmod 600 {path}", path=str(path))
            return stream.read(longest).decode(errors="replace").strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Refused(N_("{path} is a link: put the file itself there, mode 600"), path=str(path)) from None
        raise Refused(N_("{path} cannot be read ({why})"), path=str(path), why=error.strerror or str(error)) from None


def keep(path: Path, secret: str, *, replace: bool) -> None:
    """Write a secret whole, on the disk before this returns. ``replace``: instead of one that is there; else that one stays.

    Of two who make one at once without replacing, the first one's counts.
    """
    folder = path.parent
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    opened, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=folder)  # its owner's alone
    staged = Path(name)
    try:
        with os.fdopen(opened, "w", encoding="utf-8") as stream:
            stream.write(secret + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        if replace:
            staged.replace(path)
        else:
            with suppress(FileExistsError):
                path.hardlink_to(staged)
    finally:
        staged.unlink(missing_ok=True)

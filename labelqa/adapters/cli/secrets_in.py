"""How a password or token comes in: typed without being seen, from a file that only its owner can read, from a pipe.

Never as a word of the command line, which other users and the shell's history can read. What was typed is not printed,
not even in a complaint.
"""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path

from labelqa.adapters.cli.command import Option, flag, option
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE
from labelqa.errors import BadInput, Refused, WrongUsage
from labelqa.i18n import N_

LONGEST = 4096  # bytes that are read; passwords and tokens are much shorter


def password_words() -> tuple[Option, ...]:
    """The options that say where a password comes from."""
    return (
        option(
            "--password-file",
            word=FILE,
            says=N_("Read the password from the first line of a file that nobody else may read (mode 0600)."),
        ),
        flag("--stdin", says=N_("Read the password from standard input.")),
    )


def read_password(session: Session, *, file: Path | None, stdin: bool) -> str:
    """The password; Refused for a file that others can read, BadInput when none comes or the two differ."""
    if file is not None and stdin:
        raise WrongUsage(N_("--password-file and --stdin exclude each other; say one of them."))
    if file is not None:
        return _first_line(_of_file(session.start / file))
    if stdin:
        return _first_line(sys.stdin.buffer.read(LONGEST))
    if not sys.stdin.isatty():
        raise WrongUsage(N_("A password is typed on a terminal; without one, use --password-file or --stdin."))
    first = getpass.getpass(session.say(N_("New password: ")))
    if getpass.getpass(session.say(N_("The same again: "))) != first:
        raise BadInput(N_("the two passwords differ: nothing was changed"))
    return _first_line(first.encode())


def token_words() -> tuple[Option, ...]:
    """The options that say where a server's token comes from."""
    return (
        option(
            "--token-file",
            word=FILE,
            says=N_("Read the token from the first line of a file that nobody else may read (mode 0600)."),
        ),
        flag("--stdin", says=N_("Read the token from standard input.")),
    )


def read_token(session: Session, *, file: Path | None, stdin: bool) -> str:
    """A server's token, typed once where no file or pipe brings it; Refused for a file that others can read."""
    if file is not None and stdin:
        raise WrongUsage(N_("--token-file and --stdin exclude each other; say one of them."))
    if file is not None:
        return _first_line(_of_file(session.start / file)).strip()
    if stdin:
        return _first_line(sys.stdin.buffer.read(LONGEST)).strip()
    if not sys.stdin.isatty():
        raise WrongUsage(
            N_("A token is typed on a terminal; without one, use LABEL_STUDIO_API_KEY, --token-file or --stdin.")
        )
    return _first_line(getpass.getpass(session.say(N_("Token: "))).encode()).strip()


def _of_file(path: Path) -> bytes:
    try:
        opened = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(opened, "rb") as stream:
            there = os.fstat(stream.fileno())
            if there.st_mode & 0o077 or there.st_uid != os.geteuid():
                raise Refused(N_("{path} can be read by others: chmod 600 {path}, or use --stdin"), path=str(path))
            return stream.read(LONGEST)
    except OSError as error:
        raise BadInput(N_("{path} cannot be read ({why})"), path=str(path), why=error.strerror) from None


def _first_line(content: bytes) -> str:
    try:
        text = content.decode().partition("\n")[0].rstrip("\r")
    except UnicodeDecodeError:
        text = ""
    if not text:
        raise BadInput(N_("nothing came where a password or token was expected: nothing was changed"))
    return text

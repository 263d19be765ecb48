"""Where the token of a server comes from: the environment, else a file that only the owner of the workspace can read.

A token is never in a record, a message or a log, and never a word of a command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from labelqa.errors import BadInput
from labelqa.workflows.servers.secret_files import FOLDER, keep, kept

_LONGEST: Final = 8192  # bytes; a personal access token has some hundreds
URL: Final = "LABEL_STUDIO_URL"
KEY: Final = "LABEL_STUDIO_API_KEY"


def told_token(env: Mapping[str, str], url: str) -> str:
    """The token that the environment holds for a server; "" where it holds none, or one for another address."""
    told = env.get(URL, "").rstrip("/").casefold()
    return env.get(KEY, "").strip() if not told or told == url.casefold() else ""


def keep_token(workspace: Path, name: str, token: str) -> Path:
    """Write a server's token where only the owner can read it; an earlier one is replaced whole."""
    path = workspace / FOLDER / f"{name}.token"
    keep(path, token, replace=True)
    return path


def has_token(workspace: Path, name: str) -> bool:
    """Whether a token is kept for a server."""
    return (workspace / FOLDER / f"{name}.token").is_file()


def kept_token(workspace: Path, name: str, *, env: Mapping[str, str], url: str) -> str:
    """The token of a connected server; BadInput when none is to be had, Refused when others can read the file.

    One in the environment that is told to be for this address goes first; one that is told for no address only stands in
    where none is kept, as it may be another server's.
    """
    told, path = told_token(env, url), workspace / FOLDER / f"{name}.token"
    if told and (env.get(URL) or not path.exists()):
        return told
    token = kept(path, longest=_LONGEST)
    if token is None:
        raise BadInput(
            "no token for {name}: put it in LABEL_STUDIO_API_KEY, or keep it with labelqa connect {url} --as {name}",
            name=name, url=url,
        )  # fmt: skip
    if not token:
        raise BadInput("{path} is empty: labelqa connect {url} --as {name}", path=str(path), name=name, url=url)
    return token


def forget_token(workspace: Path, name: str) -> bool:
    """Remove a kept token, and what the server's webhooks are believed by; whether there was a token."""
    path = workspace / FOLDER / f"{name}.token"
    there = path.exists()
    for each in (path, path.with_name(f"{name}.hook"), path.with_name(f"{name}.signing")):
        each.unlink(missing_ok=True)
    return there

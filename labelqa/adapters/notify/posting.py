"""One POST of JSON to a group robot, and the JSON that comes back; no redirect is followed, and no error names the address.

The address holds the robot's key: it is in no sentence, log or record.
"""

from __future__ import annotations

import json
import time
from http.client import HTTPException
from typing import IO, Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from labelqa.adapters.faults import why
from labelqa.errors import BadInput, Unreachable
from labelqa.i18n import N_

TIMEOUT: Final = 5.0  # seconds for each step; the whole of an answer takes at most twice that
_LARGEST: Final = 64 * 1024  # bytes of an answer
_REFUSED: Final = frozenset({400, 401, 403, 404, 429})
_LOCAL: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class _Nowhere(HTTPRedirectHandler):
    """Redirects are answers like any other."""

    def redirect_request(self, *_told: Any, **_more: Any) -> None:
        """Never another request."""


def checked(url: str, channel: str) -> str:
    """The address of a robot; BadInput where it is none, or where the key would travel in the clear."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        host = None
    if host is None or not url.isascii() or any(each.isspace() for each in url):
        raise BadInput(N_("the secret of channel {channel} is no web address"), channel=channel)
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOCAL):
        raise BadInput(N_("the address of channel {channel} has to begin with https://"), channel=channel)
    return url


def post(url: str, body: dict[str, Any], *, channel: str) -> dict[str, Any]:
    """What a robot answers to a message. Unreachable where it does not, or answers something else."""
    local = urlsplit(url).hostname in _LOCAL
    opener = build_opener(_Nowhere, *([ProxyHandler({})] if local else []))
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "labelqa"}
    sent = Request(url, json.dumps(body, ensure_ascii=False).encode(), headers)  # noqa: S310 - checked() saw the scheme
    status = 0
    try:
        try:
            with opener.open(sent, timeout=TIMEOUT) as answer:
                content = _read(answer, channel)
        except HTTPError as error:
            status = error.code
            with error:
                content = _read(error, channel)
    except (URLError, OSError, HTTPException, ValueError) as error:
        text = N_("channel {channel} cannot be reached ({why})")
        raise Unreachable(text, channel=channel, why=why(error)) from None
    told = _parsed(content)
    if status and (told is None or status not in _REFUSED):  # else the code within says more than the status
        raise Unreachable(N_("channel {channel} answered with status {status}"), channel=channel, status=status)
    if told is None:
        raise Unreachable(N_("channel {channel} does not answer as such a service does"), channel=channel)
    return told


def _parsed(content: bytes) -> dict[str, Any] | None:
    """The object of an answer; None for anything else."""
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _read(answer: IO[bytes], channel: str) -> bytes:
    """The answer, up to a size and a time."""
    parts, size, until = list[bytes](), 0, time.monotonic() + 2 * TIMEOUT
    while part := answer.read(4096):
        parts.append(part)
        size += len(part)
        if size > _LARGEST or time.monotonic() > until:
            raise Unreachable(N_("channel {channel} does not answer as such a service does"), channel=channel)
    return b"".join(parts)

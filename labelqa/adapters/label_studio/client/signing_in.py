"""How a request says who we are: a personal access token, traded for short-lived ones, or a legacy token as it is.

Tokens are held in memory and sent to the one server they belong to; they are in no message, repr or log.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final

from labelqa.errors import BadInput, Refused, Unreachable
from labelqa.i18n import N_

_EARLY: Final = 30.0  # seconds before its end at which an access token is no longer used


class Token:
    """Says who we are; any number of threads may share it.

    ``trade`` sends a personal token to the server and gives back the status and the body of the answer.
    """

    def __init__(self, token: str, *, trade: Callable[[str], tuple[int, bytes]]) -> None:
        if not re.fullmatch(r"[!-~]+", token):
            raise BadInput(N_("this is no token: it is empty, or has blanks or letters that no token has"))
        self._token, self._trade = token, trade
        self._personal = _claims(token) is not None
        self._access, self._ends = "", 0.0
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"Token({'personal' if self._personal else 'legacy'})"

    @property
    def personal(self) -> bool:
        """Whether it is a personal access token (a JWT that is traded) and not a legacy one."""
        return self._personal

    def header(self, *, not_this: str = "") -> str:
        """What stands behind ``Authorization``; afresh when the server did not take ``not_this``.

        Raises Refused, or Unreachable where the server itself failed.
        """
        if not self._personal:
            return f"Token {self._token}"
        with self._lock:  # one thread trades for all
            if not self._access or not_this == f"Bearer {self._access}" or time.monotonic() > self._ends:
                self._access = _access(*self._trade(self._token))
                self._ends = time.monotonic() + _seconds(self._access) - _EARLY
            return f"Bearer {self._access}"


def _access(status: int, body: bytes) -> str:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in {408, 429}:
        raise Unreachable(N_("the server failed while signing in (status {status})"), status=status)
    if status == HTTPStatus.NOT_FOUND:
        raise BadInput(
            N_("nobody can sign in there (status 404): give the address as it stands before /projects in the browser")
        )
    if status == HTTPStatus.OK:
        with suppress(ValueError, AttributeError):
            if isinstance(told := json.loads(body).get("access"), str) and told:
                return told
    raise Refused(
        N_(
            "the server does not take the personal access token (status {status}): make a new one in its account settings"
        ),
        status=status,
    )


def _claims(token: str) -> dict[str, Any] | None:
    """What a JWT says; None when the token is none. Its signature is the server's business."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        told = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, binascii.Error):
        return None
    return told if isinstance(told, dict) else None


def _seconds(access: str) -> float:
    """How long an access token lives, by its own word; Label Studio's default when it does not say."""
    told = _claims(access) or {}
    first, last = told.get("iat"), told.get("exp")
    if isinstance(first, int | float) and isinstance(last, int | float) and last > first:
        return float(last - first)
    return 300.0

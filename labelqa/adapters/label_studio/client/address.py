"""The address of a server, as it is kept and shown; nothing is asked of the network here."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

from labelqa.errors import BadInput
from labelqa.i18n import N_

_LONGEST: Final = 500


def server_address(told: str) -> str:
    """The address with its scheme, in lower case, without a slash at its end; BadInput for what is none.

    User names and passwords in it are refused: they would stand in the records.

    >>> server_address("HTTP://Labels.example.com:8080/studio/")
    'http://labels.example.com:8080/studio'
    """
    parts, port = _parts(told.strip())
    if parts.username is not None or parts.password is not None:
        raise BadInput(N_("the server's address holds a user name or password: give the token by itself"))
    host = parts.hostname or ""
    if parts.scheme not in {"http", "https"} or not host or len(told) > _LONGEST:
        raise BadInput(N_("{url} is no address of a server: write one such as https://labels.example.com"), url=told)
    if parts.query or parts.fragment:
        raise BadInput(N_("{url} has more than a path behind the host: leave ? and # away"), url=told)
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}{f':{port}' if port else ''}{parts.path.rstrip('/')}"


def _parts(told: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(told)
        return parts, parts.port
    except ValueError:
        raise BadInput(
            N_("{url} is no address of a server: write one such as https://labels.example.com"), url=told
        ) from None


def in_the_clear(address: str) -> bool:
    """Whether a token sent there could be read on the way: no TLS, and not this machine.

    >>> in_the_clear("http://127.0.0.1:8080"), in_the_clear("http://labels.example.com")
    (False, True)
    """
    parts = urlsplit(address)
    if parts.scheme == "https" or parts.hostname == "localhost":
        return False
    try:
        return not ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return True

"""Who may hold a connection, and how many: others are let go before a byte of theirs is read.

What a call says is not looked at here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from labelqa.adapters.receiver.guards import Guards, address

CONNECTIONS: Final = 512
FROM_ONE: Final = CONNECTIONS // 2  # one address never holds all of them
_ANSWER: Final = (
    "HTTP/1.1 {status} {says}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{retry}Connection: close"
    "\r\n\r\n{body}"
)


class Slots:
    """The connections of one receiver; ``unheard`` is told of each that is let go: why, and from where."""

    def __init__(
        self, guards: Guards, unheard: Callable[[str, str], None], *, most: int = CONNECTIONS, from_one: int = FROM_ONE
    ) -> None:
        self._guards, self._unheard, self._most, self._from_one = guards, unheard, most, from_one
        self.held: Counter[str] = Counter()

    def taken(self, peer: str) -> bytes:
        """Empty once the other end holds a connection; else what it is told before it is let go."""
        found = address(peer)
        through = any(found in each for each in self._guards.proxies) if found else False
        if not through and not self._guards.lets_in(found):
            return self._away(HTTPStatus.FORBIDDEN, "source", peer)
        if not through and self.held[str(found)] >= self._from_one:
            return self._away(HTTPStatus.TOO_MANY_REQUESTS, "connections", peer)
        if self.held.total() >= self._most:
            return self._away(HTTPStatus.SERVICE_UNAVAILABLE, "connections", peer)
        self.held[str(found)] += 1
        return b""

    def given_back(self, peer: str) -> None:
        """A connection ended."""
        name = str(address(peer))
        self.held[name] -= 1
        if self.held[name] <= 0:
            del self.held[name]

    def _away(self, status: HTTPStatus, why: str, peer: str) -> bytes:
        self._unheard(why, str(address(peer) or ""))
        body = f'{{"answer":"refused","why":"{why}"}}'
        retry = "" if status == HTTPStatus.FORBIDDEN else "Retry-After: 1\r\n"
        told = _ANSWER.format(status=int(status), says=status.phrase, length=len(body), retry=retry, body=body)
        return told.encode()

"""Who may call, how often and how much: the receiver's settings, addresses that are let in, and a rate for each of them.

No header says who calls, unless the proxy that is in front was named.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from labelqa.errors import WrongUsage
from labelqa.i18n import N_

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
LOOPBACK: Final[tuple[Network, ...]] = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
_SOURCES: Final = 1024  # whose rates are remembered


class Signed(StrEnum):
    """How a proxy in front signs what it passes on."""

    NOT = "not"
    HMAC = "hmac"  # X-Labelqa-Signature: sha256=HEX, of the body
    STANDARD = "standard"  # Standard Webhooks: webhook-id, webhook-timestamp, webhook-signature


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """What the receiver lets in. ``secret_of`` and ``key_of`` give "" for a server that nobody placed a webhook on."""

    secret_of: Callable[[str], str] = field(repr=False)
    key_of: Callable[[str], str] = field(repr=False, default=lambda _server: "")
    signed: Signed = Signed.NOT
    allow: tuple[Network, ...] = LOOPBACK
    proxies: tuple[Network, ...] = ()
    largest: int = 32 * 1024 * 1024  # bytes of one body
    held: int = 128 * 1024 * 1024  # bytes of all bodies at one time
    body_seconds: float = 10.0
    rate: float = 1000.0  # calls a second from one address
    burst: float = 2000.0

    def lets_in(self, source: Address | None) -> bool:
        """Whether calls from this address are listened to."""
        return source is not None and any(source in each for each in self.allow)


def networks(words: Iterable[str]) -> tuple[Network, ...]:
    """Addresses and networks as they are typed; WrongUsage for what is none.

    >>> [str(each) for each in networks(["10.0.0.0/8", "192.168.1.7"])]
    ['10.0.0.0/8', '192.168.1.7/32']
    """
    found: list[Network] = []
    for word in words:
        try:
            found.append(ipaddress.ip_network(word.strip(), strict=False))
        except ValueError:
            raise WrongUsage(N_("{word} is no address or network: write one such as 10.0.0.0/8"), word=word) from None
    return tuple(found)


def address(told: str) -> Address | None:
    """An address; an IPv4 address in IPv6 clothes is itself; None for what is none."""
    try:
        found = ipaddress.ip_address(told.strip())
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def source_of(peer: str, forwarded: Sequence[str], proxies: Sequence[Network]) -> Address | None:
    """Where a call comes from: the other end, or what a named proxy says is behind it; None where that is no address.

    >>> proxy = networks(["10.0.0.1"])
    >>> str(source_of("10.0.0.1", ["6.6.6.6, 10.2.0.9"], proxy)), str(source_of("10.0.0.2", ["10.2.0.9"], proxy))
    ('10.2.0.9', '10.0.0.2')
    """
    found = address(peer)
    if not proxies or found is None or not any(found in each for each in proxies):
        return found
    for told in reversed([part for line in forwarded for part in line.split(",")]):
        found = address(told)
        if found is None or not any(found in each for each in proxies):
            return found
    return found


def remembered(
    read: Callable[[str], str], now: Callable[[], float], *, seconds: float = 1.0, most: int = 64
) -> Callable[[str], str]:
    """The same as ``read``, asked again only after some seconds; that there is nothing is never remembered."""
    known: dict[str, tuple[str, float]] = {}

    def told(name: str) -> str:
        value, since = known.get(name, ("", 0.0))
        if value and now() - since < seconds:
            return value
        value = read(name)
        if value and (name in known or len(known) < most):
            known[name] = value, now()
        else:
            known.pop(name, None)
        return value

    return told


class Rates:
    """A bucket for each source: it fills with time, each call takes one."""

    def __init__(self, rate: float, burst: float, now: Callable[[], float]) -> None:
        self._rate, self._burst, self._now = rate, burst, now
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # calls left, and when that was so

    def takes(self, source: str) -> bool:
        """Whether one more call from there is in order."""
        now = self._now()
        left, then = self._left.get(source, (self._burst, now))
        left = min(self._burst, left + (now - then) * self._rate)
        self._left[source] = (left - 1 if left >= 1 else left, now)
        self._left.move_to_end(source)
        if len(self._left) > _SOURCES:
            self._left.popitem(last=False)
        return left >= 1

"""Whether a call proves that it comes from where it says: a secret header, and a signature where a proxy signs.

Everything is compared in constant time; nothing that was sent is ever repeated.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

from labelqa.adapters.receiver.guards import Guards, Signed
from labelqa.workflows.servers.hooks import HEADER

SIGNATURE: Final = "x-labelqa-signature"
TOLERANCE: Final = 300  # seconds between the signer's clock and ours
_PREFIX: Final = "whsec_"
_NEVER: Final = hashlib.sha256(b"nobody knows this").hexdigest()
_MOST: Final = 16  # signatures of one call that are looked at


def brings_secret(headers: Mapping[str, str], secret: str) -> bool:
    """Whether the secret header is right; takes as long where there is no secret at all."""
    told = headers.get(HEADER.casefold(), "")
    return hmac.compare_digest(told.encode(), (secret or _NEVER).encode()) and bool(secret)


def is_signed(headers: Mapping[str, str], body: bytes, guards: Guards, server: str, *, now: float) -> bool:
    """Whether the body is signed as the guards want it; ``now`` in seconds since 1970."""
    if guards.signed == Signed.NOT:
        return True
    key = guards.key_of(server)
    if guards.signed == Signed.HMAC:
        wanted = "sha256=" + hmac.new((key or _NEVER).encode(), body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(headers.get(SIGNATURE, "").encode(), wanted.encode()) and bool(key)
    return standard(headers, body, key, now=now)


def standard_key(key: str) -> bytes:
    """The key of a Standard Webhooks signer, ``whsec_`` and base64, as bytes; empty where it is none."""
    try:
        return base64.b64decode(key.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return b""


def standard(headers: Mapping[str, str], body: bytes, key: str, *, now: float) -> bool:
    """Whether a call is signed after the specification Standard Webhooks 1.0.0, within five minutes.

    ``key`` is ``whsec_`` and base64. Source: https://www.standardwebhooks.com (symmetric signatures, v1).
    """
    number, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not number or not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12) or abs(int(stamp) - now) > TOLERANCE:
        return False
    secret = standard_key(key)
    made = hmac.new(secret, f"{number}.{stamp}.".encode() + body, hashlib.sha256).digest()
    wanted = b"v1," + base64.b64encode(made)
    told = headers.get("webhook-signature", "").split(" ")[:_MOST]
    return bool(secret) and any(hmac.compare_digest(each.encode(), wanted) for each in told)

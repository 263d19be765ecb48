"""Passwords as argon2id hashes: made, compared, and made anew when the parameters grow.

Parameters are those of RFC 9106 for machines with little memory (64 MiB, 3 passes, 4 lanes), above what OWASP asks
for. A password goes in and never comes out: no error here holds it.
"""

from __future__ import annotations

import secrets
from functools import cache
from typing import TYPE_CHECKING, Final

from labelqa.people.passwords import LONGEST, same_text

if TYPE_CHECKING:
    from argon2 import PasswordHasher

PASSES: Final = 3
KIBIBYTES: Final = 65_536
LANES: Final = 4


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=PASSES, memory_cost=KIBIBYTES, parallelism=LANES)


@cache
def _nobody() -> str:
    """The hash of a password that nobody knows: looking at it takes as long as looking at somebody's."""
    return hashed(secrets.token_urlsafe(32))


def hashed(password: str) -> str:
    """The argon2id hash with its parameters and a fresh salt."""
    return _hasher().hash(same_text(password))


def fits(known: str | None, password: str) -> bool:
    """Whether a password belongs to a hash; where there is none, no, after as long a time."""
    from argon2.exceptions import InvalidHashError, VerificationError

    nobody = _nobody()  # made at the first try, whoever it is for: else that one would take longer for unknown names
    try:
        right = _hasher().verify(known or nobody, same_text(password[: LONGEST + 1]))
    except (VerificationError, InvalidHashError):
        return False
    return right and known is not None


def outdated(known: str) -> bool:
    """Whether a hash was made with other parameters than those in force."""
    return _hasher().check_needs_rehash(known)

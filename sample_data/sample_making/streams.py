"""Chance that repeats: one seed, one name, one stream of numbers, the same on every Python and machine.

Only ``random.Random.random`` and ``getrandbits`` are used, whose output does not change between versions; choosing,
shuffling and the bell curve are done here.
"""

from __future__ import annotations

import hashlib
import math
import random
import uuid
from collections.abc import Sequence
from typing import TypeVar

Thing = TypeVar("Thing")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


class Stream:
    """Random choices of one purpose, so that a change in one place leaves the others as they were."""

    def __init__(self, seed: int, purpose: str) -> None:
        digest = hashlib.sha256(f"{seed}/{purpose}".encode()).digest()
        self._random = random.Random(int.from_bytes(digest, "big"))

    def unit(self) -> float:
        """A number from 0 up to, not including, 1."""
        return self._random.random()

    def chance(self, share: float) -> bool:
        """True in ``share`` of all calls."""
        return self.unit() < share

    def below(self, limit: int) -> int:
        """A whole number from 0 up to, not including, ``limit``."""
        return int(self.unit() * limit)

    def between(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both possible."""
        return low + self.below(high - low + 1)

    def pick(self, things: Sequence[Thing]) -> Thing:
        """One of ``things``."""
        return things[self.below(len(things))]

    def shuffled(self, things: Sequence[Thing]) -> list[Thing]:
        """All of ``things`` in a random order (Fisher and Yates 1938)."""
        order = list(things)
        for last in range(len(order) - 1, 0, -1):
            other = self.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return order

    def seconds(self, median: float, spread: float) -> float:
        """A working time: log-normal about ``median``, from 1 to 600 seconds, to the millisecond."""
        bell = sum(self.unit() for _ in range(12)) - 6.0  # variance 1 (Irwin-Hall)
        return round(min(600.0, max(1.0, median * math.exp(spread * bell))), 3)

    def uuid(self) -> str:
        """A UUID of version 4."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def short_id(self) -> str:
        """Ten characters, as the labeling page gives to a result."""
        return "".join(self.pick(LETTERS) for _ in range(10))

"""Versions of a rulebook, MAJOR.MINOR.PATCH, and their order (10 comes after 9)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_FORM: Final = re.compile(r"(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """A content version; comparing two tells which is later.

    >>> Version.parse("1.10.0") > Version.parse("1.9.2")
    True
    """

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> Version:
        """The version that a text names; ValueError when it names none."""
        match = _FORM.fullmatch(text)
        if match is None:
            raise ValueError(f"expected MAJOR.MINOR.PATCH, got {text!r}")
        return cls(*map(int, match.groups()))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


def is_version(text: str) -> bool:
    """Whether a text names a version.

    >>> is_version("1.0"), is_version("1.0.0")
    (False, True)
    """
    return _FORM.fullmatch(text) is not None

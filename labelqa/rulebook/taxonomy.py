"""The safety risks that a safety rulebook must treat: five groups, 31 risks, as versioned data.

The codes (``A1a`` … ``A5b``) follow Annex A of TC260-003 (2024), which GB/T 45654—2025 takes over; the Chinese names
are the official ones, the English names and the mapping to Article 4 of the Interim Measures are labelqa's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

import yaml

from labelqa.rulebook.model import Text

CURRENT: Final = "2025"
# Only needs that depend on the type of service may be explained away; the other risks concern every service.
EXPLAINABLE: Final = frozenset({"A5"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """One risk; ``articles`` are items of Article 4 of the Interim Measures."""

    code: str
    group: str
    name: Text
    articles: tuple[str, ...]

    @property
    def explainable(self) -> bool:
        """Whether a rulebook may say why it does not treat it."""
        return self.group in EXPLAINABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxonomy:
    """All risks in order, and the names of their groups."""

    version: str
    source: str
    groups: dict[str, Text]
    risks: tuple[Risk, ...]

    def of(self, code: str) -> tuple[Risk, ...]:
        """The risks that a code names: one, or all of its group; none when it is unknown."""
        return tuple(risk for risk in self.risks if code in (risk.code, risk.group))


@cache
def taxonomy(version: str = CURRENT) -> Taxonomy:
    """The risks of a version of the list; ValueError when there is no such version.

    >>> [len(taxonomy().of(group)) for group in taxonomy().groups]
    [8, 9, 5, 7, 2]
    """
    file = resources.files("labelqa.rulebook").joinpath(
        "taxonomies", f"risks-{version if version.isalnum() else ''}.yaml"
    )
    if not file.is_file():
        raise ValueError(f"no list of risks has the version {version!r}")
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    risks = tuple(
        Risk(code=code, group=group, name=Text(it["zh"], it["en"]), articles=tuple(it["articles"]))
        for group, part in data["groups"].items()
        for code, it in part["risks"].items()
    )
    groups = {group: Text(part["zh"], part["en"]) for group, part in data["groups"].items()}
    return Taxonomy(version=str(data["version"]), source=data["source"], groups=groups, risks=risks)


def known_taxonomy(version: str) -> Taxonomy | None:
    """The risks of a version of the list; None when there is no such version."""
    try:
        return taxonomy(version)
    except ValueError:
        return None

"""To which line of a rulebook a release belongs, and when a line ends. What a line qualifies for is told elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from labelqa.records.governance import Release
from labelqa.records.names import ReleaseName
from labelqa.rulebook.force import ends as service_ends


def release_line(release: ReleaseName) -> str:
    """The line of a release: its rulebook's name and its major version.

    >>> release_line(ReleaseName("genai-safety@2.3.1"))
    'genai-safety@2'
    """
    name, at, version = release.rpartition("@")
    return f"{name}{at}{version.partition('.')[0]}" if at else release


def rulebook_of(release: str) -> str:
    """The rulebook of a release or of a line.

    >>> rulebook_of("genai-safety@2")
    'genai-safety'
    """
    name, at, _ = release.rpartition("@")
    return name if at else release


def line_ends(
    releases: Iterable[Release], *, line_of: Callable[[ReleaseName], str] = release_line
) -> dict[str, datetime]:
    """When each line of one rulebook stops serving open work; a line that goes on is not in it.

    A line serves as long as any of its releases does, so a patch or minor release ends nothing.
    """
    found: dict[str, datetime | None] = {}
    for name, service in service_ends(releases).items():
        line, end = line_of(name), service.open_work
        before = found.get(line, end)
        found[line] = None if end is None or before is None else max(before, end)
    return {line: end for line, end in found.items() if end is not None}

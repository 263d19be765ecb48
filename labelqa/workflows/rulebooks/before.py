"""What a file says of the version before it, where that lies beside it: so that a draft is not found unfit only when it is
to be signed."""

from __future__ import annotations

from pathlib import Path

from labelqa.records.finding import Finding
from labelqa.rulebook.diff.check import check_changes, question_changes
from labelqa.rulebook.document import LIMIT, parse
from labelqa.rulebook.model import Rulebook
from labelqa.rulebook.versions import Version, is_version


def against_before(path: Path, book: Rulebook) -> list[Finding]:
    """What forbids or questions a version against the highest lower one in the same folder; nothing where none is there."""
    own = Version.parse(book.version)
    lower = [
        each for each in path.parent.glob("*.yaml")
        if is_version(each.stem) and Version.parse(each.stem) < own and each.stat().st_size <= LIMIT
    ]  # fmt: skip
    if not lower:
        return []
    before = parse(max(lower, key=lambda each: Version.parse(each.stem)).read_bytes()).rulebook
    if before is None or before.name != book.name:
        return []
    return [*check_changes(before, book, str(path)), *question_changes(before, book, str(path))]

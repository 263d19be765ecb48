"""Files between a command and its use case: looked at, read by the reader for their format, written where asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from labelqa.adapters.cli.lists import rows
from labelqa.adapters.faults import why
from labelqa.errors import BadInput
from labelqa.i18n import N_
from labelqa.records.annotation import FileFacts
from labelqa.records.finding import Finding
from labelqa.records.work import RawVerdict

if TYPE_CHECKING:
    from labelqa.workflows.desk import Desk

Taken = bool | Finding
SMALL: Final = 1 << 20  # bytes


def looked(desk: Desk, path: Path) -> FileFacts:
    """What a file is; raises BadInput when it is missing, unreadable or over the workspace's size limit."""
    from labelqa.adapters.files.source import look

    return look(path, limit=limit(desk))


def limit(desk: Desk) -> int:
    """The workspace's size limit in bytes."""
    return desk.settings.max_file_mb << 20


def whole_text(path: Path) -> str:
    """A text file of at most 1 MiB; raises BadInput, also for what is no file and would never end."""
    try:
        if path.exists() and not path.is_file():
            raise BadInput("{path}: not a file; name one file, not a folder", path=str(path))
        with path.open("rb") as stream:
            content = stream.read(SMALL + 1)
        if len(content) > SMALL:
            raise BadInput(
                N_("{path}: larger than {limit} bytes, so it is no labeling config; check the name"),
                path=str(path),
                limit=SMALL,
            )
        return content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("{path}: the file cannot be read ({why})", path=str(path), why=why(error)) from error


def gold_rows(facts: FileFacts) -> Iterator[tuple[str, str]]:
    """The answers of a gold list: item and label; raises BadInput for a row that lacks one."""
    for row in rows(facts, required=("item_id", "label")):
        if not (row.told("item_id") and row.told("label")):
            raise BadInput(
                "{path}: row {row} lacks its item or its label; complete it", path=facts.path, row=row.place.row
            )
        yield row.told("item_id"), row.told("label")


def verdicts_from(desk: Desk, path: Path) -> tuple[list[RawVerdict], list[Finding]]:
    """The verdicts of a filled work sheet or of a review project's export."""
    from labelqa.adapters.files.sheet_reading import read_sheet
    from labelqa.adapters.files.source import XLSX
    from labelqa.adapters.label_studio.review import read_reviews

    read = read_sheet if looked(desk, path).format == XLSX else read_reviews
    return read(path, limit=limit(desk))

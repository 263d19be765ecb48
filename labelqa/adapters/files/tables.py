"""Tables that labelqa writes for people: CSV that Excel opens in the right encoding and never runs as formulas."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from labelqa.errors import LabelqaError

BOM: Final = "\ufeff"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def write_csv(path: str | Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write a table whole or not at all, UTF-8 with byte order mark; the number of rows comes back.

    Text that a spreadsheet would run (it begins with =, +, -, @) gets an apostrophe before it; numbers stay numbers.
    Raises LabelqaError when the folder cannot be written.
    """
    buffer = io.StringIO(newline="")
    out = csv.writer(buffer)
    out.writerow([harmless(name) for name in header])
    count = 0
    for row in rows:
        out.writerow([harmless(cell) for cell in row])
        count += 1
    write_whole(path, (BOM + buffer.getvalue()).encode("utf-8"))
    return count


def harmless(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula.

    >>> harmless("=1+1"), harmless(-3), harmless("正面"), harmless(None)
    ("'=1+1", -3, '正面', '')
    """
    if cell is None:
        return ""
    if isinstance(cell, bool | int | float):
        return cell
    text = str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text


def write_whole(path: str | Path, content: bytes) -> None:
    """Write a file so that nobody ever sees half of it: into a neighbour first, then renamed."""
    target = Path(path)
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        neighbour = Path(name)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            neighbour.chmod(0o666 & ~_umask())
            neighbour.replace(target)
        except BaseException:
            neighbour.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise LabelqaError(
            "{path}: the file cannot be written ({why}); check the folder and its rights",
            path=str(path),
            why=str(error),
        ) from error


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask

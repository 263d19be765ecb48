"""Tables that labelqa writes for other programs: CSV in UTF-8, or Parquet; each whole or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from labelqa.adapters.files.whole import write_whole
from labelqa.errors import BadInput, WrongUsage

FORMS: Final = (".csv", ".parquet")
_TYPES: Final[Mapping[type, str]] = {str: "string", int: "int64", float: "float64"}


def check_target(path: Path) -> None:
    """Refuse a file that could not be written, before any work is done.

    Raises WrongUsage for a name that ends in neither .csv nor .parquet, BadInput for a folder that is not there.
    """
    if path.suffix.lower() not in FORMS:
        raise WrongUsage("--out {path}: the name must end in .csv or .parquet", path=str(path))
    if not path.parent.is_dir():
        raise BadInput("{folder}: there is no such folder; make it first, or name another", folder=str(path.parent))
    if path.is_dir():
        raise BadInput("{path}: not a file; name one file, not a folder", path=str(path))


def write_table(path: Path, columns: Sequence[tuple[str, type]], rows: Iterable[Sequence[Any]]) -> int:
    """Write the rows as CSV (UTF-8, marked as such for spreadsheets) or Parquet, by the file's name; how many they were.

    ``columns`` are names with the type of their values: str, int or float; None is an empty cell.
    """
    made = (_parquet if path.suffix.lower() == ".parquet" else _csv)(columns, list(rows))
    write_whole(path, made[0])
    return made[1]


def _csv(columns: Sequence[tuple[str, type]], rows: Sequence[Sequence[Any]]) -> tuple[bytes, int]:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([name for name, _ in columns])
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig"), len(rows)


def _parquet(columns: Sequence[tuple[str, type]], rows: Sequence[Sequence[Any]]) -> tuple[bytes, int]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    arrays = [
        pa.array(list(each), pa.type_for_alias(_TYPES[kind])) for each, (_, kind) in zip(values, columns, strict=True)
    ]
    out = io.BytesIO()
    pq.write_table(pa.table(arrays, names=[name for name, _ in columns]), out, compression="zstd")
    return out.getvalue(), len(rows)

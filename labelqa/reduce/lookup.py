"""Finding single items in many frozen files at once; only the files' statistics and the columns asked for are read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb


def files_with(files: Sequence[Path], item: str) -> list[Path]:
    """Those of some frozen item files that hold an item, in their order."""
    if not files:
        return []
    names = [str(path) for path in files]
    with duckdb.connect(":memory:") as connection:
        found = connection.execute(
            "select distinct filename from read_parquet(?, filename = true) where item_id = ?", [names, item]
        ).fetchall()
    held = {name for (name,) in found}
    return [path for path, name in zip(files, names, strict=True) if name in held]


def close_ids(files: Sequence[Path], item: str, *, most: int = 3) -> list[str]:
    """The item ids most like one that is not there, the most like first; none that are quite unlike it."""
    if not files:
        return []
    with duckdb.connect(":memory:") as connection:
        rows = connection.execute(
            "select item_id from (select distinct item_id from read_parquet(?)) "
            "where jaro_winkler_similarity(item_id, ?) > 0.8 "
            "order by jaro_winkler_similarity(item_id, ?) desc, item_id limit ?",
            [[str(path) for path in files], item, item, most],
        ).fetchall()
    return [name for (name,) in rows]


def smallest(files: Sequence[Path], seed: str, n: int) -> tuple[int, list[tuple[str, str, list[Path]]]]:
    """How many different items some files hold, and the n with the smallest tickets: ticket, item, files in their order.

    A ticket is sha256 over seed, byte 0x1F and item id in UTF-8, as everywhere.
    """
    if not files:
        return 0, []
    names = [str(path) for path in files]
    with duckdb.connect(":memory:") as connection:
        connection.execute("create temp table ids as select distinct item_id from read_parquet(?)", [names])
        (population,) = connection.execute("select count(*) from ids").fetchall()[0]
        picked = connection.execute(
            "select sha256(? || chr(31) || item_id) as ticket, item_id from ids order by ticket limit ?", [seed, n]
        ).fetchall()
        held = connection.execute(
            "select item_id, filename from read_parquet(?, filename = true) where item_id in (select unnest(?))",
            [names, [item for _, item in picked]],
        ).fetchall()
    inside: dict[str, set[str]] = {}
    for item, name in held:
        inside.setdefault(item, set()).add(name)
    return int(population), [
        (ticket, item, [path for path, name in zip(files, names, strict=True) if name in inside[item]])
        for ticket, item in picked
    ]


def earliest(files: Sequence[Path]) -> dict[tuple[Path, str], datetime]:
    """When each person first answered in each of some frozen files of answers; the caller has checked the files."""
    if not files:
        return {}
    with duckdb.connect(":memory:") as connection:
        found = connection.execute(
            "select filename, person, min(epoch_us(created_at)) from read_parquet(?, filename = true) "
            "where created_at is not null group by filename, person",
            [[str(path) for path in files]],
        ).fetchall()
    return {(Path(name), person): _moment(at) for name, person, at in found}


def _moment(micros: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)


def rows_of(
    files: Sequence[Path], items: Collection[str], columns: Sequence[str], *, times: Sequence[str] = ()
) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The rows of some items in some frozen files with their file, in the order of the files; of ``columns`` and ``times``.

    The caller has checked the files. ``times`` are the columns that hold moments, which come back in UTC.
    """
    if not files:
        return
    names = {str(path): place for place, path in enumerate(files)}
    wanted = [*(f'"{name}"' for name in columns), *(f'epoch_us("{name}")' for name in times)]
    with duckdb.connect(":memory:") as connection:
        rows = connection.execute(
            f"select filename, {', '.join(wanted)} from read_parquet(?, filename = true, file_row_number = true) "  # noqa: S608
            "where item_id in (select unnest(?)) order by file_row_number",
            [list(names), list(items)],
        ).fetchall()
    for name, *told in sorted(rows, key=lambda row: names[row[0]]):
        plain, moments = told[: len(columns)], told[len(columns) :]
        at = [None if each is None else _moment(each) for each in moments]
        yield files[names[name]], dict(zip((*columns, *times), (*plain, *at), strict=True))

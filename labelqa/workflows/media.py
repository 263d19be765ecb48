"""Pictures that items name and that lie beside the workspace: read from its folder ``media``, never from anywhere else.

Nothing is fetched. A name that leads out of the folder, a large file and anything that is no picture is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from labelqa.workflows.desk import Desk

FOLDER: Final = "media"
SUFFIXES: Final = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp"})
LARGEST: Final = 8 << 20  # bytes
MOST: Final = 12  # pictures of one item


def pictures_of(desk: Desk, data: Mapping[str, Any]) -> dict[str, bytes]:
    """The pictures that an item's fields name, by the name in the field.

    ``/data/local-files/?d=a/b.png`` and ``a/b.png`` both mean ``media/a/b.png`` in the workspace.
    """
    folder = (desk.settings.workspace / FOLDER).resolve()
    found: dict[str, bytes] = {}
    if folder.is_dir():
        for value in dict.fromkeys(_texts(data)):
            path = _inside(folder, value)
            if path is not None and len(found) < MOST and path.stat().st_size <= LARGEST:
                found[value] = path.read_bytes()
    return found


def _texts(data: Mapping[str, Any]) -> Iterator[str]:
    for each in data.values():
        for one in each if isinstance(each, list) else (each,):
            if isinstance(one, str) and 0 < len(one) <= 1000:
                yield one


def _inside(folder: Path, value: str) -> Path | None:
    try:
        address = urlsplit(value)
        named = parse_qs(address.query).get("d", [""])[0] if address.path.startswith("/data/local-files") else value
        if address.scheme or address.netloc or not named or Path(named).suffix.lower() not in SUFFIXES:
            return None
        path = (folder / unquote(named).lstrip("/")).resolve()
        return path if path.is_relative_to(folder) and path.is_file() else None
    except (ValueError, OSError):
        return None

"""Collect the sentences of the code, check the Chinese catalogs against them, compile: ``python -m labelqa.i18n``.

For people who work on labelqa; needs Babel (extra ``test``).
"""

from __future__ import annotations

import io
import string
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

HERE = Path(__file__).parent
KEYWORDS = dict.fromkeys(("N_", "_", "Message", "say", "LabelqaError", "WrongUsage", "NoWorkspace", "BadInput", "Refused", "Busy", "Altered")) | {"InsufficientData": (2,), "finding": (2,)}  # fmt: skip
METHODS = [("**.py", "python"), ("**.html.j2", "jinja2"), ("**.md.j2", "jinja2")]


def sentences(root: Path) -> Iterator[tuple[str, str]]:
    """Every marked sentence under the package and the pages, with where it stands."""
    for folder in (root / "labelqa", root / "dashboards"):
        for file, line, text, _comments, _context in extract_from_dir(folder, METHODS, keywords=KEYWORDS):
            for part in (text,) if isinstance(text, str) else text:
                if part:
                    yield part, f"{folder.name}/{file}:{line}"


def catalogs() -> Iterator[tuple[Path, Catalog]]:
    """The Chinese catalogs, one an area."""
    for path in sorted((HERE / "zh_CN").glob("*.po")):
        with path.open("rb") as text:
            yield path, read_po(text, locale="zh_CN")


def places(text: str) -> set[str]:
    """The names of a sentence's ``{places}``."""
    return {name.partition(":")[0].partition(".")[0] for _, name, _, _ in string.Formatter().parse(text) if name}


def compiled() -> bytes:
    """All areas in one compiled catalog."""
    always = datetime(2026, 1, 1, tzinfo=UTC)  # the same sentences compile to the same bytes, whenever it is done
    whole = Catalog(locale="zh_CN", charset="utf-8", creation_date=always, revision_date=always)
    for _, catalog in catalogs():
        for message in catalog:
            if message.id and message.string and not message.fuzzy:
                whole.add(message.id, message.string)
    out = io.BytesIO()
    write_mo(out, whole)
    return out.getvalue()


def problems(root: Path) -> list[str]:
    """What is missing or wrong in the Chinese catalogs, a line each."""
    wanted: dict[str, str] = {}
    for text, place in sentences(root):
        wanted.setdefault(text, place)
    found: list[str] = []
    have: dict[str, str] = {}
    for path, catalog in catalogs():
        for message in catalog:
            if not message.id:
                continue
            text = str(message.id)
            have[text] = str(message.string)
            if text not in wanted:
                found.append(f"{path.name}: no longer said anywhere: {text!r}")
            if message.string and places(text) != places(str(message.string)):
                found.append(f"{path.name}: other places than the English has: {text!r}")
    found += [f"{place}: no Chinese for: {text!r}" for text, place in wanted.items() if not have.get(text)]
    return found


def main() -> int:
    """Compile, and list what is missing."""
    (HERE / "zh_CN.mo").write_bytes(compiled())
    wrong = problems(HERE.parent.parent)
    sys.stdout.write("".join(f"{line}\n" for line in wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

"""Writes a report's files: each whole or not at all, and each with its digest for the ledger."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

from labelqa.adapters.files.whole import write_whole
from labelqa.adapters.report.tables import is_week
from labelqa.errors import BadInput, WrongUsage
from labelqa.i18n import LANGS, Lang
from labelqa.records.names import Digest
from labelqa.records.summary import Summary

Format: TypeAlias = Literal["html", "md", "json", "xlsx"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)


def rendered(summary: Summary, form: Format, lang: Lang) -> bytes:
    """One summary in one format and language."""
    return _RENDERERS[form](summary, lang)


def formats_of(words: str) -> tuple[Format, ...]:
    """The formats that a comma-separated list names, each once.

    >>> formats_of("html, md,html")
    ('html', 'md')
    """
    wanted = [word.strip().lower() for word in words.split(",") if word.strip()]
    for word in wanted:
        if word not in FORMATS:
            raise WrongUsage("no report format is called {word}; there are {all}", word=word, all=", ".join(FORMATS))
    if not wanted:
        raise WrongUsage("no report format is named; there are {all}", all=", ".join(FORMATS))
    return tuple(form for form in FORMATS if form in wanted)


def write_report(
    folder: Path, summary: Summary, *, formats: Sequence[Format] = FORMATS, langs: Sequence[Lang] = LANGS
) -> dict[Path, Digest]:
    """Write one file (see :func:`file_name`) for each language and format; the files with their sha256.

    Everything is rendered before the first file is written, and a file is replaced only by a whole one.
    """
    made: dict[Path, bytes] = {}
    for lang in langs:
        for form in formats:
            made[folder / file_name(summary, form, lang)] = rendered(summary, form, lang)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in made.items():
            write_whole(path, content)
    except OSError as error:
        raise BadInput(
            "the report cannot be written to {folder}: {why}", folder=str(folder), why=error.strerror
        ) from error
    return {path: Digest(hashlib.sha256(content).hexdigest()) for path, content in made.items()}


def file_name(summary: Summary, form: Format, lang: Lang) -> str:
    """A report's file name: ``weekly-2026-W47.zh.html``, ``report-…`` for other periods, ``….pseudonyms.zh.html``."""
    prefix = "weekly" if is_week(summary.period.name) else "report"
    veil = ".pseudonyms" if summary.pseudonyms else ""
    return f"{prefix}-{re.sub(r'[^0-9A-Za-z_-]', '_', summary.period.name)}{veil}.{lang}.{form}"


def _html(summary: Summary, lang: Lang) -> bytes:
    from labelqa.adapters.report.html import render_html

    return render_html(summary, lang).encode()


def _markdown(summary: Summary, lang: Lang) -> bytes:
    from labelqa.adapters.report.markdown import render_markdown

    return render_markdown(summary, lang).encode()


def _json(summary: Summary, lang: Lang) -> bytes:
    from labelqa.adapters.report.data import render_json

    return render_json(summary, lang).encode()


def _xlsx(summary: Summary, lang: Lang) -> bytes:
    from labelqa.adapters.report.workbook import render_workbook

    return render_workbook(summary, lang)


_RENDERERS: Final[Mapping[Format, Callable[[Summary, Lang], bytes]]] = {
    "html": _html,
    "md": _markdown,
    "json": _json,
    "xlsx": _xlsx,
}

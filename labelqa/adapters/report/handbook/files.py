"""Writes handbooks and forms as files: all of them are made before the first is written, each whole or not at all."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

from labelqa.adapters.files.whole import write_whole
from labelqa.adapters.report.handbook.view import Audience
from labelqa.errors import BadInput
from labelqa.i18n import Lang
from labelqa.records.names import Digest
from labelqa.workflows.handbook import Issued

BookFormat: TypeAlias = Literal["html", "pdf"]
FormFormat: TypeAlias = Literal["pdf", "docx"]
BOOK_FORMATS: Final[tuple[BookFormat, ...]] = get_args(BookFormat)
FORM_FORMATS: Final[tuple[FormFormat, ...]] = get_args(FormFormat)


def handbook_files(
    issued: Issued, audiences: Sequence[Audience], formats: Sequence[BookFormat], langs: Sequence[Lang]
) -> dict[str, bytes]:
    """The files of handbooks by name, such as ``genai-safety-1.0.0-annotator.zh.pdf``."""
    from labelqa.adapters.report.handbook.page import handbook_html

    made: dict[str, bytes] = {}
    for audience in audiences:
        for lang in langs:
            page = handbook_html(issued, audience, lang)
            for form in formats:
                made[_name(issued, audience.value, lang, form)] = page.encode() if form == "html" else _pdf(page)
    return made


def filing_files(issued: Issued, formats: Sequence[FormFormat], langs: Sequence[Lang]) -> dict[str, bytes]:
    """The files of the form that is filed by name, such as ``genai-safety-1.0.0-filing.zh.docx``."""
    return {
        _name(issued, "filing", lang, form): _FORMS[form](issued, lang) for lang in langs for form in formats
    }  # fmt: skip


def write_files(folder: Path, files: Mapping[str, bytes]) -> dict[Path, Digest]:
    """Writes them into a folder, which is made where it is missing; the files with their sha256."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(
            "the handbook cannot be written to {folder}: {why}", folder=str(folder), why=error.strerror
        ) from error
    for name, content in files.items():
        write_whole(folder / name, content)
    return {folder / name: Digest(hashlib.sha256(content).hexdigest()) for name, content in files.items()}


def _name(issued: Issued, what: str, lang: Lang, form: str) -> str:
    book = issued.book
    return f"{_safe(book.name)}-{_safe(book.version)}-{what}.{lang}.{form}"


def _safe(text: str) -> str:
    return re.sub(r"[^0-9A-Za-z._-]", "_", text).lstrip(".") or "_"


def _pdf(page: str) -> bytes:
    from labelqa.adapters.report.handbook.pdf import pdf_of

    return pdf_of(page)


def _form_pdf(issued: Issued, lang: Lang) -> bytes:
    from labelqa.adapters.report.handbook.filing_page import filing_html

    return _pdf(filing_html(issued, lang))


def _form_docx(issued: Issued, lang: Lang) -> bytes:
    from labelqa.adapters.report.handbook.filing_docx import filing_docx

    return filing_docx(issued, lang)


_FORMS: Final[Mapping[FormFormat, Callable[[Issued, Lang], bytes]]] = {"pdf": _form_pdf, "docx": _form_docx}

"""Pages become PDF: A4, with page numbers, running heads, and the fonts in the file.

WeasyPrint does it (BSD licence; extra ``pdf``), because it prints the very HTML page that people also read on a
screen, knows numbered pages, running heads and page references from CSS, breaks Chinese lines rightly through Pango,
and gives the same bytes for the same page. Pango and fontconfig come from the system (Debian: ``libpango-1.0-0``,
``libpangoft2-1.0-0``), and so do the fonts. Roads that were not taken: a browser without a window is a heavy thing to
ask of a server; typst would need every page laid out twice, in two languages of layout; reportlab and fpdf2 draw line
by line and know neither CSS nor the rules for breaking Chinese lines.

Nothing is loaded from anywhere while a page is laid out. Where common Chinese characters have no font, no PDF is
written: boxes in their place help nobody.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from labelqa.errors import Refused
from labelqa.i18n import N_


def pdf_of(page: str) -> bytes:
    """An HTML page as PDF; Refused where the library or a Chinese font is missing."""
    weasyprint = _library()
    with _quiet():
        # pages carry all that they need, drawings as data: whatever asks for more gets nothing
        inside = weasyprint.urls.URLFetcher(allowed_protocols=["data"])
        document = weasyprint.HTML(string=page, url_fetcher=inside).render()
        made: bytes = document.write_pdf(pdf_tags=True)
    if any(_is_chinese(code) for code in _missing(document)):
        raise Refused(
            N_("no Chinese font is installed here, so no PDF was written: install one (Debian: apt-get install fonts-noto-cjk), or ask for --format html")
        )  # fmt: skip
    return made


def _library() -> Any:
    try:
        import weasyprint
    except ImportError:
        raise Refused(N_("PDF needs the extra pdf: pip install 'labelqa[pdf]', or ask for --format html")) from None
    except OSError as error:  # the library is there, and the system's Pango is not
        raise Refused(
            N_("PDF needs Pango, which is not installed here ({why}): install it (Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0), or ask for --format html"),
            why=str(error).splitlines()[0],
        ) from None  # fmt: skip
    return weasyprint


def _missing(document: Any) -> Iterable[int]:
    """Code points for which no font had a glyph."""
    return {code for font in document.fonts.values() for code in getattr(font, "missing", ())}


def _is_chinese(code: int) -> bool:
    """Whether it is a character that every Chinese font has (GB 2312); a rare one that is missing is shown as a box."""
    try:
        return code > 0x2E80 and bool(chr(code).encode("gb2312"))
    except UnicodeEncodeError:
        return False


@contextmanager
def _quiet() -> Iterator[None]:
    """What CSS for browsers WeasyPrint leaves aside is no news to anybody."""
    loggers = [logging.getLogger(name) for name in ("weasyprint", "weasyprint.progress", "fontTools")]
    before = [each.level for each in loggers]
    for each in loggers:
        each.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for each, level in zip(loggers, before, strict=True):
            each.setLevel(level)

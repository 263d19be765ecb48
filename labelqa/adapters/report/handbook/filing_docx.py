"""The form that is filed as a Word file: Song for text, Hei for headings, page numbers, and the draft's mark.

python-docx writes it (MIT licence; extra ``pdf``). Fonts are named, not embedded: Word has them. The same form gives
the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from labelqa.adapters.files.whole import storable
from labelqa.adapters.report.handbook.filing import Form, form_of
from labelqa.adapters.report.handbook.parts import Heading, Items, Line, Part, Table
from labelqa.errors import Refused
from labelqa.i18n import N_, Lang, Speaker
from labelqa.workflows.handbook import Issued

SONG, HEI, ROMAN, SANS = "宋体", "黑体", "Times New Roman", "Arial"
_ALWAYS: Final = (1980, 1, 1, 0, 0, 0)  # when the parts of the file were made, whenever that was
_SIZES: Final[Mapping[str, float]] = {"Normal": 10.5, "Title": 22, "Heading 1": 14, "Heading 2": 12, "Heading 3": 12}
_LINE: Final = 15.8  # centimetres between the margins
_STYLE: Final = {1: "Heading 1", 2: "Heading 2", 3: "Heading 3"}


def filing_docx(issued: Issued, lang: Lang) -> bytes:
    """The whole form as the bytes of a .docx file; Refused where python-docx is not installed."""
    try:
        import docx
    except ImportError:
        raise Refused(
            N_("Word files need the extra pdf: pip install 'labelqa[pdf]', or ask for --format pdf")
        ) from None
    form, say = form_of(issued, lang), Speaker(lang)
    document = docx.Document()
    _dress(document, form)
    _top(document, form, say)
    for part in form.parts:
        _DRAWN[type(part)](document, part, say)
    held = io.BytesIO()
    document.save(held)
    return _settled(held.getvalue())


def _dress(document: Any, form: Form) -> None:
    """Paper, fonts, running head and page number."""
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin, section.top_margin, section.bottom_margin = (
        Cm(2.8),
        Cm(2.4),
        Cm(2.6),
        Cm(2.4),
    )
    for name, size in _SIZES.items():
        style = document.styles[name]
        style.font.size = Pt(size)
        style.font.color.rgb = RGBColor(0, 0, 0)
        _font(style, HEI if name != "Normal" else SONG, SANS if name != "Normal" else ROMAN)
    for border in document.styles["Title"].element.findall(".//" + qn("w:pBdr")):
        border.getparent().remove(border)
    document.styles["Normal"].paragraph_format.line_spacing = 1.4
    document.styles["Normal"].paragraph_format.space_after = Pt(4)
    head = section.header.paragraphs[0]
    _said(head, form.head, size=8)
    if form.draft:
        run = _said(section.header.add_paragraph(), "草稿 DRAFT", size=12, bold=True)
        run.font.color.rgb = RGBColor(0xA3, 0x24, 0x2A)
    foot = section.footer.paragraphs[0]
    foot.alignment = 1
    _field(foot, "PAGE")
    _said(foot, " / ", size=9)
    _field(foot, "NUMPAGES")
    told = document.core_properties
    told.title, told.subject, told.author, told.comments = storable(form.title), storable(form.subtitle), "labelqa", ""
    told.created = told.modified = datetime(*_ALWAYS)  # noqa: DTZ001 - the format has no zone
    told.last_modified_by = "labelqa"


def _top(document: Any, form: Form, say: Speaker) -> None:
    document.add_paragraph(say(N_("Attachment 3")))
    _centred(document.add_paragraph(style="Title"), form.title)
    _centred(document.add_paragraph(), form.subtitle, size=14)
    facts = Table(("", ""), form.facts, widths=(30, 70))
    _table(document, facts, say, heads=False)
    _bold(document.add_paragraph(), say(N_("Signatures on this text")))
    _table(document, form.signatures, say)
    document.add_paragraph(storable(form.standing))


def _heading(document: Any, part: Heading, _say: Speaker) -> None:
    from docx.shared import Pt

    paragraph = document.add_paragraph(style=_STYLE[part.level])
    paragraph.add_run(storable(part.text))
    if part.clause:
        run = paragraph.add_run("    " + part.clause.replace(" ", "\N{NO-BREAK SPACE}"))
        run.font.size, run.bold = Pt(9), False


def _line(document: Any, part: Line, say: Speaker) -> None:
    paragraph = document.add_paragraph()
    if part.name:
        _bold(paragraph, part.name + say(N_(": ")))
    _broken(paragraph, part.text)


def _items(document: Any, part: Items, say: Speaker) -> None:
    from docx.shared import Cm

    if part.name:
        _bold(document.add_paragraph(), part.name + say(N_(": "))).paragraph_format.keep_with_next = True
    for place, text in enumerate(part.texts, 1):
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.left_indent, paragraph.paragraph_format.first_line_indent = Cm(0.9), Cm(-0.6)
        _broken(paragraph, f"{place}. {text}" if part.ordered else f"• {text}")


def _table(document: Any, part: Table, _say: Speaker, *, heads: bool = True) -> None:
    from docx.shared import Cm, Pt

    if not part.rows:
        document.add_paragraph(storable(part.empty))
        return
    drawn = document.add_table(rows=0, cols=len(part.widths), style="Table Grid")
    drawn.autofit = False
    for column, width in zip(drawn.columns, part.widths, strict=True):
        column.width = Cm(_LINE * width / 100)
    rows = [part.heads, *part.rows] if heads else list(part.rows)
    for place, row in enumerate(rows):
        made = drawn.add_row()
        _unbroken(made, repeated=heads and place == 0)
        for at, (cell, text) in enumerate(zip(made.cells, row, strict=True)):
            cell.width = Cm(_LINE * part.widths[at] / 100)
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
            paragraph.paragraph_format.line_spacing = 1.2
            _broken(paragraph, text, size=9.5, bold=(heads and place == 0) or (not heads and at == 0))
    document.add_paragraph()


_DRAWN: Final[Mapping[type[Part], Callable[..., None]]] = {
    Heading: _heading,
    Line: _line,
    Items: _items,
    Table: _table,
}


def _said(paragraph: Any, text: str, *, size: float, bold: bool = False) -> Any:
    from docx.shared import Pt

    run = paragraph.add_run(storable(text))
    run.font.size, run.bold = Pt(size), bold
    _font(run, HEI if bold else SONG, SANS if bold else ROMAN)
    return run


def _broken(paragraph: Any, text: str, *, size: float = 10.5, bold: bool = False) -> None:
    """A text with its own line breaks."""
    for place, line in enumerate(text.splitlines() or [""]):
        run = _said(paragraph, line, size=size, bold=bold)
        if place + 1 < len(text.splitlines()):
            run.add_break()


def _bold(paragraph: Any, text: str) -> Any:
    _said(paragraph, text, size=10.5, bold=True)
    return paragraph


def _centred(paragraph: Any, text: str, *, size: float | None = None) -> None:
    from docx.shared import Pt

    paragraph.alignment = 1
    run = paragraph.add_run(storable(text))
    if size:
        run.font.size = Pt(size)


def _font(styled: Any, chinese: str, latin: str) -> None:
    """One font for Chinese and one for Latin letters; Word asks for both by name."""
    from docx.oxml.ns import qn

    styled.font.name = latin
    fonts = (styled.element if hasattr(styled, "element") else styled._element).get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), chinese)


def _field(paragraph: Any, code: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    run = _said(paragraph, "", size=9)
    for kind in ("begin", "", "end"):
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = code
        run._element.append(mark)


def _unbroken(row: Any, *, repeated: bool) -> None:
    from docx.oxml import OxmlElement

    told = row._tr.get_or_add_trPr()
    told.append(OxmlElement("w:cantSplit"))
    if repeated:
        told.append(OxmlElement("w:tblHeader"))


def _settled(content: bytes) -> bytes:
    """The same file without the time at which its parts were written."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for name in sorted(source.namelist(), key=lambda each: (each != "[Content_Types].xml", each)):
            entry = zipfile.ZipInfo(name, date_time=_ALWAYS)
            entry.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(entry, source.read(name))
    return held.getvalue()

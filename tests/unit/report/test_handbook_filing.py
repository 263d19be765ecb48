"""The form that is filed: chapter 6 in its order, the same in PDF and Word, and what cannot be made is said."""

from __future__ import annotations

import hashlib
import io
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import docx
import pypdf
import pytest

from labelqa.adapters.report.handbook.files import filing_files, handbook_files, write_files
from labelqa.adapters.report.handbook.filing import form_of
from labelqa.adapters.report.handbook.filing_docx import filing_docx
from labelqa.adapters.report.handbook.filing_page import filing_html
from labelqa.adapters.report.handbook.parts import Heading, Table
from labelqa.adapters.report.handbook.pdf import pdf_of
from labelqa.adapters.report.handbook.view import Audience
from labelqa.rulebook.model import Text
from labelqa.workflows.handbook import Status
from tests.unit.report.handbook_books import BOOKS, book_of, of, released, secret, shipped_as, squeezed, text_of

BOTH = ("zh", "en")


def pdf_text(content: bytes) -> list[str]:
    return [squeezed(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def word_text(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([each.text for each in document.paragraphs] + cells)


@pytest.mark.parametrize("name", BOOKS)
@pytest.mark.parametrize("lang", BOTH)
def test_the_sections_stand_in_the_order_of_the_standard(name, lang):
    clauses = [
        part.clause for part in form_of(shipped_as(name), lang).parts if isinstance(part, Heading) and part.clause
    ]
    assert clauses == [f"GB/T 45674—2025 6 {letter})" for letter in "abcdefghij"]


@pytest.mark.parametrize("lang", BOTH)
def test_every_rule_is_an_article_and_every_risk_has_its_rules(lang):
    form = form_of(shipped_as("genai-safety"), lang)
    articles = [part.text for part in form.parts if isinstance(part, Heading) and part.level == 3]
    assert [each.split()[-1] for each in articles] == [rule.id for rule in book_of("genai-safety").rules]
    (risks,) = [part for part in form.parts if isinstance(part, Table) and len(part.rows) == 31]
    assert all(re.fullmatch(r"S-0\d(?:[、, ]+S-0\d)*", row[2]) for row in risks.rows)


@pytest.mark.parametrize("name", BOOKS)
def test_sections_for_the_other_kind_say_so(name):
    text = text_of(filing_html(shipped_as(name), "en"))
    other = "Asked of functional rulebooks" if name == "genai-safety" else "Asked of safety rulebooks"
    assert other in text


@pytest.mark.parametrize("name", BOOKS)
@pytest.mark.parametrize("lang", BOTH)
def test_word_and_page_say_the_same_and_no_secret(name, lang):
    held = released(name)
    page, word = squeezed(text_of(filing_html(held, lang))), squeezed(word_text(filing_docx(held, lang)))
    for rule in book_of(name).rules:
        for text in (rule.statement, rule.definition, *rule.use_when, *(step.question for step in rule.steps)):
            wanted = squeezed(text.zh if lang == "zh" else text.en)
            assert wanted in page
            assert wanted in word
    for part in secret(book_of(name)):
        assert squeezed(part) not in page
        assert squeezed(part) not in word
    assert squeezed(held.digest) in page
    assert "王芳" in word


def test_word_names_chinese_fonts_and_has_page_numbers():
    content = filing_docx(released("genai-safety"), "zh")
    document = docx.Document(io.BytesIO(content))
    fonts = {name: document.styles[name].element.xml for name in ("Normal", "Heading 1")}
    assert 'w:eastAsia="宋体"' in fonts["Normal"]
    assert 'w:eastAsia="黑体"' in fonts["Heading 1"]
    assert "NUMPAGES" in document.sections[0].footer._element.xml
    assert content == filing_docx(released("genai-safety"), "zh")


def test_word_holds_texts_that_xml_cannot():
    odd = Text("甲\x00乙\x0b丙\ufffe", "a\x00b\x1fc")
    book = book_of("genai-sft")
    bad = replace(book, title=odd, objective=odd, labels=tuple(replace(each, definition=odd) for each in book.labels))
    for lang in BOTH:
        assert "␀" in word_text(filing_docx(of(bad), lang))


@pytest.mark.parametrize("lang", BOTH)
@pytest.mark.usefixtures("pdf")
def test_the_printed_form_is_marked_on_every_page_and_keeps_secrets(lang):
    held = shipped_as("genai-sft", Status.DRAFT)
    pages = pdf_text(filing_files(held, ("pdf",), (lang,))[f"genai-sft-1.0.0-filing.{lang}.pdf"])
    assert len(pages) > 3
    assert all("DRAFT" in page and "草稿" in page for page in pages)
    whole = "".join(pages)
    assert [part for part in secret(held.book) if squeezed(part) in whole] == []
    assert held.digest in whole


@pytest.mark.parametrize(
    ("name", "audience", "lang"), [("genai-sft", Audience.ANNOTATOR, "zh"), ("genai-sft", Audience.REVIEWER, "en")]
)
@pytest.mark.usefixtures("pdf")
def test_the_printed_handbook_is_numbered_marked_and_keeps_secrets(name, audience, lang):
    held = shipped_as(name, Status.DRAFT)
    content = handbook_files(held, [audience], ["pdf"], [lang])[f"{name}-1.0.0-{audience}.{lang}.pdf"]
    pages = pdf_text(content)
    assert all("DRAFT" in page for page in pages)
    assert all(f"{n}/{len(pages)}" in page for n, page in enumerate(pages[1:], 2))
    assert held.digest[:12] in pages[-1]
    assert held.digest in pages[0]
    whole = "".join(pages)
    for rule in held.book.rules:
        assert squeezed(rule.statement.zh if lang == "zh" else rule.statement.en) in whole
    assert [part for part in secret(held.book) if squeezed(part) in whole] == []
    box = pypdf.PdfReader(io.BytesIO(content)).pages[0].mediabox
    assert (round(box.width), round(box.height)) == (595, 842)  # A4 in points


@pytest.mark.usefixtures("pdf")
def test_a_long_way_through_the_steps_stays_on_the_paper():
    """An example may pass more steps than a line holds: every piece of it begins within the margins."""
    held = shipped_as("genai-safety")
    content = handbook_files(held, [Audience.ANNOTATOR], ["pdf"], ["en"])["genai-safety-1.0.0-annotator.en.pdf"]
    beyond: list[tuple[float, str]] = []

    def look(text, matrix, text_matrix, _font, _size):
        x = text_matrix[4] * matrix[0] + matrix[4]
        if text.strip() and x > 595 - 48:  # 17 mm
            beyond.append((x, text))

    for page in pypdf.PdfReader(io.BytesIO(content)).pages[1:]:
        page.extract_text(visitor_text=look)
    assert beyond == []


@pytest.mark.usefixtures("pdf")
def test_a_pdf_loads_nothing_from_anywhere(tmp_path):
    (tmp_path / "secret.txt").write_text("not for the page")
    page = f'<p>before<img src="file://{tmp_path}/secret.txt"><link rel=stylesheet href="http://127.0.0.1:9/x.css">after</p>'
    assert pdf_text(pdf_of(page)) == ["beforeafter"]


def test_without_a_chinese_font_no_pdf_is_made(tmp_path):
    fonts = tmp_path / "fonts.conf"
    (tmp_path / "none").mkdir()
    dejavu = next((path for path in Path("/usr/share/fonts").rglob("DejaVuSans.ttf")), None)
    if dejavu is not None:
        (tmp_path / "none" / dejavu.name).write_bytes(dejavu.read_bytes())
    fonts.write_text(
        f'<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>{tmp_path}/none</dir><cachedir>{tmp_path}/cache</cachedir></fontconfig>'
    )
    script = (
        "from labelqa.adapters.report.handbook.pdf import pdf_of\nfrom labelqa.errors import Refused\n"
        "try:\n    pdf_of('<p>中文</p>')\nexcept Refused as error:\n    print(error)\nelse:\n    print('made')"
    )
    env = {**os.environ, "FONTCONFIG_FILE": str(fonts)}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, env=env)
    assert "no Chinese font is installed here" in done.stdout, done.stderr


@pytest.mark.usefixtures("pdf")
def test_a_rare_character_without_a_font_does_not_forbid_the_pdf():
    assert pdf_text(pdf_of("<p>\U000300002标注</p>"))[0].endswith("标注")


@pytest.mark.parametrize(
    ("absent", "form", "said"),
    [("weasyprint", "pdf", "PDF needs the extra pdf"), ("docx", "docx", "Word files need the extra pdf")],
)
def test_a_missing_library_is_named(monkeypatch, absent, form, said):
    from labelqa.errors import Refused

    monkeypatch.setitem(sys.modules, absent, None)
    with pytest.raises(Refused, match=said):
        filing_files(shipped_as("genai-sft"), (form,), ("en",))


def test_files_are_written_whole_with_their_digests(tmp_path):
    made = write_files(tmp_path / "new" / "folder", {"a.html": b"one", "b.pdf": b"two"})
    assert {path.name: path.read_bytes() for path in made} == {"a.html": b"one", "b.pdf": b"two"}
    assert made[tmp_path / "new" / "folder" / "a.html"] == hashlib.sha256(b"one").hexdigest()


def test_names_of_files_stay_in_their_folder():
    book = replace(book_of("genai-sft"), name="../../etc/x", version="1/2")
    assert list(handbook_files(of(book), [Audience.ANNOTATOR], ["html"], ["zh"])) == ["_.._etc_x-1_2-annotator.zh.html"]

"""Whatever a rulebook says, its handbooks and its form are made, and what exams and gold items know is in none."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from labelqa.adapters.report.handbook.filing_docx import filing_docx
from labelqa.adapters.report.handbook.filing_page import filing_html
from labelqa.adapters.report.handbook.page import handbook_html
from labelqa.adapters.report.handbook.view import Audience
from labelqa.records.names import Digest
from labelqa.rulebook.model import Example, ExampleKind, ExampleUse, Rulebook, Text
from labelqa.workflows.handbook import Issued, Status
from tests.property.rulebook_strategies import BOOKS


@st.composite
def marked(draw: st.DrawFn) -> tuple[Rulebook, dict[str, ExampleUse]]:
    """A book of any shape whose examples carry marks that nothing else has, and what each mark is for."""
    book = draw(BOOKS)
    marks: dict[str, ExampleUse] = {}
    rules = []
    for n, rule in enumerate(book.rules):
        examples = []
        for k, use in enumerate(draw(st.lists(st.sampled_from(ExampleUse), max_size=4))):
            mark = f"ZQX{n}x{k}XQZ"
            marks[mark] = use
            examples.append(
                Example(
                    id=f"{mark}i", kind=draw(st.sampled_from(ExampleKind)), expected="x", use=use,
                    content=Text(f"{mark}c", f"{mark}c"), reason=Text(f"{mark}r", f"{mark}r"),
                )
            )  # fmt: skip
        rules.append(replace(rule, examples=tuple(examples)))
    return replace(book, rules=tuple(rules)), marks


@settings(max_examples=40, deadline=None)
@given(marked(), st.sampled_from(Status), st.sampled_from(["zh", "en"]))
def test_only_examples_for_the_handbook_are_ever_shown(drawn, status, lang):
    book, marks = drawn
    held = Issued(book=book, digest=Digest("a" * 64), status=status)
    with zipfile.ZipFile(io.BytesIO(filing_docx(held, lang))) as word:
        made = [word.read("word/document.xml").decode(), filing_html(held, lang)]
    made += [handbook_html(held, audience, lang) for audience in Audience]
    for page in made:
        for mark, use in marks.items():
            assert (f"{mark}c" in page) == (use is ExampleUse.HANDBOOK)
            assert (f"{mark}r" in page) == (use is ExampleUse.HANDBOOK)

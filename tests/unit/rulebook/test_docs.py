"""The page on rulebooks names every code, with its severity, in both languages; its example is valid."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from labelqa.i18n import translate
from labelqa.records.finding import Severity
from labelqa.rulebook.clarification import CLARIFICATION_CODES
from labelqa.rulebook.diff.check import CHANGE_CODES
from labelqa.rulebook.document import parse
from labelqa.rulebook.lint import catalog
from labelqa.rulebook.problems import DOCUMENT_CODES
from labelqa.rulebook.release import RELEASE_CODES

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "rulebooks.md").read_text(encoding="utf-8")
CODES = (ROOT / "docs" / "rulebook-codes.md").read_text(encoding="utf-8")
ROWS = {row[0]: row[1:] for row in re.findall(r"^\| `(RB\d{3})` \| ([EW]) \| (.+?) \| (.+?) \|", CODES, re.MULTILINE)}


@pytest.fixture
def making() -> Iterator[ModuleType]:
    """The script that makes the page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "docs"))
        yield importlib.import_module("rulebook_codes")


def test_the_page_of_codes_is_what_its_script_makes(making: ModuleType) -> None:
    assert making.page() == CODES, "run: python docs/rulebook_codes.py > docs/rulebook-codes.md"


def test_every_code_is_documented_with_its_mend(making: ModuleType) -> None:
    titles = DOCUMENT_CODES | RELEASE_CODES | CHANGE_CODES | CLARIFICATION_CODES
    titles |= {code: check.title for code, check in catalog().items()}
    assert list(ROWS) == sorted(titles)
    for code, (severity, english, chinese) in ROWS.items():
        assert english.split("<br>")[0] == titles[code]
        assert chinese.split("<br>")[0] == translate(titles[code], "zh") != titles[code]
        check = catalog().get(code)
        if check is not None:
            assert severity == ("W" if check.severity is Severity.WARNING else "E")
            assert making.mends_of(check), f"{code} tells nothing to do"
            assert english.count("→") == chinese.count("→") == len(making.mends_of(check))


def test_every_field_of_the_document_is_named() -> None:
    found = {each.mend.values["key"] for each in parse("x_: 1").findings}
    assert found
    assert all(f"`{key}`" in PAGE for key in found)


def test_the_example_of_a_rule_is_read_without_findings() -> None:
    (block,) = re.findall(r"```yaml\n(- id: W1\n.*?)```", PAGE, re.DOTALL)
    head = "format: 2\nname: w\nversion: 1.0.0\nkind: safety\ntask_type: text\n"
    form = "title: {zh: 雨, en: Rain}\ncontrol: c\nlabels: []\nrules:\n"
    assert parse(head + form + block).findings == ()

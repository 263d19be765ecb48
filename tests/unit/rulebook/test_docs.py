"""The page on rulebooks names every code, with its severity, in both languages; its example is valid."""

from __future__ import annotations

import re
from pathlib import Path

from labelqa.i18n import translate
from labelqa.records.finding import Severity
from labelqa.rulebook.document import parse
from labelqa.rulebook.lint import catalog
from labelqa.rulebook.problems import DOCUMENT_CODES
from labelqa.rulebook.release import RELEASE_CODES

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "rulebooks.md").read_text(encoding="utf-8")
ROWS = {row[0]: row[1:] for row in re.findall(r"^\| `(RB\d{3})` \| ([EW]) \| (.+?) \| (.+?) \|", PAGE, re.MULTILINE)}


def test_every_code_is_documented_as_it_is() -> None:
    titles = DOCUMENT_CODES | RELEASE_CODES | {code: check.title for code, check in catalog().items()}
    assert list(ROWS) == sorted(titles)
    for code, (severity, english, chinese) in ROWS.items():
        assert english == titles[code]
        assert chinese == translate(english, "zh")
        check = catalog().get(code)
        warns = check.severity is Severity.WARNING if check else code == "RB012"
        assert severity == ("W" if warns else "E")


def test_every_field_of_the_document_is_named() -> None:
    found = {each.mend.values["key"] for each in parse("x_: 1").findings}
    assert found
    assert all(f"`{key}`" in PAGE for key in found)


def test_the_example_of_a_rule_is_read_without_findings() -> None:
    (block,) = re.findall(r"```yaml\n(- id: W1\n.*?)```", PAGE, re.DOTALL)
    head = "format: 1\nname: w\nversion: 1.0.0\nkind: safety\ntask_type: text\n"
    form = "title: {zh: 雨, en: Rain}\ncontrol: c\nlabels: []\nrules:\n"
    assert parse(head + form + block).findings == ()

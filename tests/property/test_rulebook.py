"""Whatever a rulebook says, it survives writing and reading; whatever bytes come, reading them only makes findings."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from labelqa.records.batch import Kind
from labelqa.records.finding import Severity
from labelqa.records.review import DefectSeverity
from labelqa.rulebook import model
from labelqa.rulebook.codec import untyped
from labelqa.rulebook.document import parse, render
from labelqa.rulebook.emit import emit
from labelqa.rulebook.lint import catalog, lint
from labelqa.rulebook.nodes import compose
from labelqa.rulebook.problems import Problems
from tests.property.rulebook_strategies import BOOKS, TREES


@settings(max_examples=60, deadline=None)
@given(BOOKS)
def test_parse_undoes_render(book: model.Rulebook) -> None:
    document = parse(render(book), limit=10**8)
    assert document.findings == ()
    assert document.rulebook == book


@settings(max_examples=60, deadline=None)
@given(BOOKS)
def test_lint_takes_every_book_and_points_into_the_file(book: model.Rulebook) -> None:
    source = render(book)
    document = parse(source, limit=10**8)
    assert document.rulebook is not None
    found = lint(document.rulebook, document.positions)
    assert {each.code for each in found} <= set(catalog())
    lines = source.count("\n") + 1
    assert all(0 < each.place.line <= lines and each.place.column > 0 for each in found)
    assert sorted(each.code for each in lint(book)) == sorted(each.code for each in found)


@settings(max_examples=150, deadline=None)
@given(TREES)
def test_every_tree_survives(tree: Any) -> None:
    problems = Problems()
    root = compose(emit(tree), problems=problems)
    assert problems.found == []
    assert root is not None
    assert untyped(root) == tree


@settings(max_examples=250, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text("abz: -?[]{}&*!|>'\"#%@`,\n\t\\雨\x00", max_size=200)))
def test_any_bytes_make_findings_only(source: bytes | str) -> None:
    document = parse(source)
    assert document.rulebook is None
    assert any(each.severity is Severity.ERROR for each in document.findings)
    assert all(each.place.line > 0 and each.place.column > 0 for each in document.findings)


SMALL = render(
    model.Rulebook(
        format=1,
        name="small",
        version="1.0.0",
        kind=Kind.SAFETY,
        task_type=model.TaskType.TEXT,
        title=model.Text("小", "Small"),
        control="c",
        labels=(
            model.Label(value="a", title=model.Text("甲", "A")),
            model.Label(value="b", title=model.Text("乙", "B")),
        ),
        rules=(
            model.Rule(
                id="r",
                statement=model.Text("甲。", "A."),
                labels=("a",),
                severity=DefectSeverity.MAJOR,
                steps=(model.Step(id="s", question=model.Text("甲？", "A?"), yes="a", no="b"),),
            ),
        ),
    )
)
PIECES = [
    "&a ",
    "*a",
    "!!set ",
    "- ",
    "{",
    "}",
    "[",
    "]",
    ": ",
    "\n",
    "\t",
    "'",
    '"',
    "|\n",
    "\x00",
    "no",
    "? ",
    "---\n",
    "\u2028",
    " ",
    "x: 1\n",
]


def test_a_damaged_rulebook_is_read_or_refused_but_never_raises() -> None:
    chance = random.Random(20261121)
    read = refused = 0
    for _ in range(400):
        text = SMALL
        for _ in range(chance.randint(1, 2)):
            at = chance.randrange(len(text))
            text = text[:at] + chance.choice(["", *PIECES]) + text[at + chance.randrange(4) :]
        document = parse(text)
        if document.rulebook is None:
            refused += 1
            assert any(each.severity is Severity.ERROR for each in document.findings)
        else:
            read += 1
            lint(document.rulebook, document.positions)
            assert parse(render(document.rulebook)).rulebook == document.rulebook
    assert refused > 50
    assert read > 10

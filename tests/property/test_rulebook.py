"""Whatever a rulebook says, it survives writing and reading; whatever bytes come, reading them only makes findings."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from labelqa.records.annotation import ControlKind
from labelqa.records.batch import Kind
from labelqa.records.designs import Design
from labelqa.records.finding import Severity
from labelqa.records.review import DefectSeverity
from labelqa.rulebook import model
from labelqa.rulebook.codec import untyped
from labelqa.rulebook.document import parse, render
from labelqa.rulebook.emit import emit
from labelqa.rulebook.lint import catalog, lint
from labelqa.rulebook.nodes import compose
from labelqa.rulebook.problems import Problems

ODD = [
    "",
    " ",
    "no",
    "1.0",
    "~",
    "null",
    "- a",
    "a: b",
    "#",
    "a #b",
    "'",
    '"',
    "\n",
    "a\n b\n",
    "a\n\n",
    "\ta",
    "x\u2028y",
    "\x85",
    "\ufeff",
]
WORDS = st.one_of(st.text(max_size=30), st.sampled_from(ODD), st.text("雨 \n:#-'\"{}[],&*!|>%@`\\", max_size=12))
TEXTS = st.builds(model.Text, WORDS, WORDS)
IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,9}", fullmatch=True)
VALUES = st.one_of(IDS, st.sampled_from(["正面", "no", "1", "a: b", "#x", "- y", "'q'", "null", "off topic"]))
TREES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(WORDS, st.sampled_from(["no", "1.50", "abc", ""]).map(model.Bare)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)),
    max_leaves=6,
)
EXTRA = st.dictionaries(IDS.map(lambda name: f"x_{name}"), TREES, max_size=2)
SEVERITIES = st.sampled_from(DefectSeverity)


def few(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner, max_size=2).map(tuple)


CASES = few(st.builds(model.Case, content=TEXTS, answer=TEXTS, extra=EXTRA))
GUIDANCE = st.builds(model.Guidance, text=TEXTS, examples=CASES, extra=EXTRA)
EXCEPTIONS = few(st.builds(model.LintException, code=IDS, reason=WORDS, extra=EXTRA))
STEPS = few(st.builds(model.Step, id=IDS, question=TEXTS, yes=VALUES, no=VALUES, extra=EXTRA))
EXAMPLES = few(
    st.builds(
        model.Example,
        id=IDS,
        kind=st.sampled_from(model.ExampleKind),
        content=TEXTS,
        expected=VALUES,
        answers=st.dictionaries(WORDS, st.sampled_from(model.Answer), max_size=3),
        reason=TEXTS,
        use=st.sampled_from(model.ExampleUse),
        extra=EXTRA,
    )
)
SECONDS = st.none() | st.integers(1, 86_400)
SHARES = st.none() | st.integers(0, 10**6).map(lambda part: part / 10**6)
VERSIONS = st.tuples(*[st.integers(0, 12)] * 3).map(lambda parts: ".".join(map(str, parts)))
PLANS = st.builds(
    model.CheckPlan, design=st.sampled_from(Design), preset=IDS, accuracy=SHARES, risk=SHARES, expected=SHARES,
    power=SHARES, extra=EXTRA,
)  # fmt: skip
SHOWN = st.builds(model.Shown, name=VALUES, shown_as=st.sampled_from(model.ShownAs), title=TEXTS, extra=EXTRA)
FORMS = st.builds(
    model.Form, answers=st.sampled_from(ControlKind), shows=few(SHOWN), highest=st.none() | st.integers(1, 100),
    extra=EXTRA,
)  # fmt: skip
CHANGES = st.builds(
    model.Changes,
    since=VERSIONS,
    summary=TEXTS,
    labels=few(st.builds(model.LabelChange, before=few(VALUES), after=few(VALUES), extra=EXTRA)),
    same_meaning=few(st.builds(model.SameMeaning, part=WORDS, by=IDS, reason=TEXTS, extra=EXTRA)),
    clarifications=few(st.integers(1, 10**6)),
    extra=EXTRA,
)
BASES = st.builds(model.Basis, articles=few(WORDS), clauses=few(WORDS), risks=few(WORDS), extra=EXTRA)
RULES = few(
    st.builds(
        model.Rule,
        id=IDS,
        statement=TEXTS,
        labels=few(VALUES),
        severity=SEVERITIES,
        definition=TEXTS,
        use_when=few(TEXTS),
        avoid_when=few(TEXTS),
        boundaries=few(st.builds(model.Boundary, text=TEXTS, rule=IDS, extra=EXTRA)),
        time_budget=SECONDS,
        basis=BASES,
        steps=STEPS,
        examples=EXAMPLES,
        lint_exceptions=EXCEPTIONS,
        extra=EXTRA,
    )
)
BOOKS = st.builds(
    model.Rulebook,
    format=st.just(2),
    name=st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True),
    version=st.tuples(*[st.integers(0, 12)] * 3).map(lambda parts: ".".join(map(str, parts))),
    kind=st.sampled_from(Kind),
    task_type=st.sampled_from(model.TaskType),
    title=TEXTS,
    control=VALUES,
    labels=few(st.builds(model.Label, value=VALUES, title=TEXTS, definition=TEXTS, parent=VALUES, extra=EXTRA)),
    rules=RULES,
    objective=TEXTS,
    data_format=TEXTS,
    method=st.builds(model.Method, execution=TEXTS, review=TEXTS, extra=EXTRA),
    quality_metrics=few(st.builds(model.Metric, name=TEXTS, target=WORDS, extra=EXTRA)),
    verification=st.builds(model.Verification, text=TEXTS, plan=st.none() | PLANS, extra=EXTRA),
    form=FORMS,
    time_budget=SECONDS,
    terms=few(st.builds(model.Term, term=TEXTS, definition=TEXTS, extra=EXTRA)),
    taxonomy=IDS,
    changes=st.none() | CHANGES,
    wrong_labels=GUIDANCE,
    defects=few(st.builds(model.Defect, code=IDS, title=TEXTS, severity=SEVERITIES, extra=EXTRA)),
    emergency=TEXTS,
    risk_recognition=GUIDANCE,
    guided_responses=GUIDANCE,
    uncovered_risks=few(st.builds(model.Uncovered, code=IDS, reason=TEXTS, extra=EXTRA)),
    lint_exceptions=EXCEPTIONS,
    extra=EXTRA,
)


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

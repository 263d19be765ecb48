"""What pages are put together from: texts made harmless, marks that lead to the right subject, layers kept apart."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelqa.adapters.report import charts
from labelqa.adapters.report.text import figure_text
from labelqa.i18n import Speaker

PAGES = Path(__file__).resolve().parents[3] / "dashboards"
MAY_IMPORT = ("labelqa.adapters.report", "labelqa.wiring", "labelqa.workflows", "labelqa.records", "labelqa.rulebook",
              "labelqa.errors", "labelqa.i18n", "parts", "streamlit", "pandas", "altair")  # fmt: skip
SAY = Speaker("en")


def modules() -> list[Path]:
    return sorted(PAGES.rglob("*.py"))


@given(st.text())
def test_no_mark_of_markdown_survives(text):
    plain = importlib.import_module("parts.words").plain
    assert not set(plain(text).replace("\\\\", "")[:1]) & set("#>*`")
    unescaped = [b for a, b in zip(" " + plain(text), plain(text), strict=False) if a != "\\" and b in "*_`<>[]$:#|~"]
    assert unescaped == []


def test_a_cut_is_marked_and_never_wider_than_told():
    short = importlib.import_module("parts.words").short
    assert short("数据标注" * 100, most=20) == "数据标注数据标注数…"
    assert short("word", most=4) == "word"
    assert short("two\nlines") == "two lines"


def test_every_mark_of_the_charts_leads_to_its_own_subject(samples):
    parts = importlib.import_module("parts.charts")
    large = samples.large(batches=30, annotators=60)
    for summary in (samples.rich(), large):
        batches = {line.name: line.accuracy for line in summary.batches}
        drawn = charts.batch_accuracy(summary.batches, SAY, most=parts.BATCHES)
        check(drawn, {name: batches[batch] for name, batch in parts.batch_names(summary.batches).items()})
        for measure in ("gold", "agreement"):
            people = {line.person: getattr(line, measure) for line in summary.annotators}
            called = parts.annotator_names(summary.annotators, measure=measure)
            drawn = charts.annotators(summary.annotators, SAY, measure=measure, most=parts.PEOPLE)
            check(drawn, {name: people[person] for name, person in called.items()})


def check(drawn, figures):
    rows = marks(drawn)
    assert {row["name"]: row["figure"] for row in rows} == {
        name: figure_text(each, SAY) for name, each in figures.items()
    }


def marks(drawn):
    """The data rows of a chart that stand for a subject."""
    plain = drawn.to_dict()
    sets = [*plain.get("datasets", {}).values(), *(layer.get("data", {}).get("values", []) for layer in plain["layer"])]
    sets += [plain.get("data", {}).get("values", [])]
    return next(rows for rows in sets if rows and "figure" in rows[0])


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.name)
def test_a_page_lays_out_and_computes_nothing(path):
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            top = name.partition(".")[0]
            if top in {"labelqa", "numpy", "scipy", "sqlalchemy", "duckdb", "sqlite3", "statsmodels"}:
                assert name.startswith(MAY_IMPORT), f"{path.name} imports {name}"
        assert not (isinstance(node, ast.keyword) and node.arg == "unsafe_allow_html")
        assert not (isinstance(node, ast.keyword) and node.arg == "use_container_width")

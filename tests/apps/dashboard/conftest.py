"""Opens the dashboard's pages without a browser, on real workspaces and on hand-made summaries."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from labelqa.records.summary import Summary
from labelqa.wiring import create_workspace
from labelqa.workflows.desk import Desk

ROOT = Path(__file__).resolve().parents[3]
PAGES = ("overview", "queue", "board", "batch", "planner", "annotators", "rulebooks", "people", "connection", "exam")
NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)

Open = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pages find their parts; nothing is remembered from the test before."""
    monkeypatch.syspath_prepend(str(ROOT / "dashboards"))
    for name in ("LABELQA_WORKSPACE", "LABELQA_LANG", "LABELQA_ACTOR"):
        monkeypatch.delenv(name, raising=False)
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.fixture(scope="session")
def samples() -> ModuleType:
    """The hand-made summaries that the report's tests use as well."""
    path = ROOT / "tests" / "unit" / "report" / "sample_summary.py"
    spec = importlib.util.spec_from_file_location("labelqa_dashboard_sample_summary", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Desk]:
    """A workspace in which nothing has happened."""
    with create_workspace(tmp_path / "ws", name="空 <b>工作区</b>", env={}, clock=lambda: NOW) as desk:
        yield desk


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Open:
    """Opens a page: ``open_page(desk, "batch", lang="en", batch="b1")``; an exception on it fails the test."""

    def opened(desk: Desk | None, shown: str, /, *, lang: str = "en", **asked: str) -> AppTest:
        folder = ROOT if desk is None else desk.settings.workspace
        if desk is not None:
            monkeypatch.setenv("LABELQA_WORKSPACE", str(folder))
        app = AppTest.from_file(str(ROOT / "dashboards" / "app.py"), default_timeout=60)
        app.query_params["lang"] = lang
        for name, value in asked.items():
            app.query_params[name] = value
        app.run()
        if shown != "overview":
            for name, value in asked.items():
                app.query_params[name] = value
            app.switch_page(f"views/{shown}.py").run()
        return sound(app)

    return opened


def sound(app: AppTest) -> AppTest:
    """The page, if no exception is shown on it."""
    assert [each.value for each in app.exception] == []
    return app


TEXTS = ("title", "subheader", "markdown", "caption", "text", "code", "info", "warning", "success", "error")


@pytest.fixture
def everything() -> Callable[[AppTest], str]:
    """All that a page says in words, a line each; tables and charts apart."""

    def said(app: AppTest) -> str:
        return "\n".join(str(each.value) for kind in TEXTS for each in app.get(kind))

    return said


@pytest.fixture
def show_summary(monkeypatch: pytest.MonkeyPatch) -> Callable[[Summary], None]:
    """Makes the pages show a hand-made summary, wherever a page or part has imported the use cases."""

    def shown(summary: Summary) -> None:
        answers: dict[str, Callable[..., Any]] = {
            "summarise.summarise": lambda _desk, _period: summary,
            "batches.batch_lines": lambda _desk: summary.batches,
            "batches.batch_line": lambda _desk, name: next(line for line in summary.batches if line.name == name),
            "people.person_lines": lambda _desk: summary.people,
            "rulebooks.rulebook_lines": lambda _desk: summary.rulebooks,
        }
        for name, answer in answers.items():
            module, _, function = name.rpartition(".")
            answer.__qualname__ = function
            monkeypatch.setattr(f"labelqa.workflows.{module}.{function}", answer)
            for known, part in list(sys.modules.items()):
                if known.startswith("parts.") and hasattr(part, function):
                    monkeypatch.setattr(part, function, answer)

    return shown


@pytest.fixture
def laid_out(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], AppTest]:
    """Runs a part of a page by itself: what it lays out; an exception in it fails the test."""

    def ran(render: Callable[[], None]) -> AppTest:
        held = ModuleType("labelqa_laid_out")
        held.render = render  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, held.__name__, held)
        app = AppTest.from_string("import labelqa_laid_out\nlabelqa_laid_out.render()\n", default_timeout=60)
        return sound(app.run())

    return ran

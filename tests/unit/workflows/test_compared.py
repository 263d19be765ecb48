"""Versions found by file or by name, compared with the dates of their release."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta

from labelqa.adapters.report.rulebook_diff import render_diff
from labelqa.records.governance import Bump
from labelqa.wiring import shipped
from labelqa.workflows.compared import compare, find_edition
from tests.building import new_desk, release, staffed

SHELF = shipped("rulebooks")


def test_a_release_of_the_workspace_brings_its_dates(tmp_path) -> None:
    """The notice says from when the new version counts and until when the old one serves."""
    desk = new_desk(tmp_path)
    staffed(desk)
    text = (SHELF / "genai-sft" / "1.0.0.yaml").read_text(encoding="utf-8")
    first = text.index("    statement:")
    text = text[:first] + text[first:].replace('en: "', 'en: "Always: ', 1)
    draft = tmp_path / "draft.yaml"
    draft.write_text(text.replace("version: 1.0.0", "version: 2.0.0", 1), encoding="utf-8")
    start = desk.clock() + timedelta(days=7)
    release(desk, draft, effective_from=start, previous_until=start + timedelta(days=3))
    names = ("genai-sft@1.0.0", "genai-sft@2.0.0")
    old, new = (find_edition(name, start=tmp_path, shelf=SHELF, desk=lambda: nullcontext(desk)) for name in names)
    assert new.release is not None
    assert new.release.effective_from == start
    found = compare(old, new)
    assert (found.asked, found.rose, found.material) == (Bump.MAJOR, Bump.MAJOR, True)
    assert found.touched
    assert found.findings
    page = render_diff(found, "en")
    assert "It counts for new work from" in page
    assert "Work begun under genai-sft@1.0.0 may go on until" in page
    desk.close()

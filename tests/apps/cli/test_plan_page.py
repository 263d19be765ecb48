"""``labelqa plan --out``: the page is written whole, beside the table, and never after a half-made declaration."""

from __future__ import annotations

import json

import pytest


@pytest.mark.parametrize(("lang", "title"), [("en", "Designs of a spot check"), ("zh", "抽检方案比较")])
def test_the_page_is_written_in_the_language_that_was_asked(run, tmp_path, lang, title):
    answer = run("plan", "--compare", "--population", 900, "--out", "designs.html", lang=lang)
    assert (answer.code, answer.err) == (0, "")
    text = (tmp_path / "designs.html").read_text("utf-8")
    assert f"<h1>{title}</h1>" in text
    assert text.count("<svg") >= 4
    assert "designs.html" in answer.out


def test_json_stays_one_document(run, tmp_path):
    answer = run("plan", "--compare", "--population", 900, "--out", "designs.html", "--json")
    assert json.loads(answer.out)["population"] == 900
    assert (tmp_path / "designs.html").is_file()


@pytest.mark.parametrize(
    ("out", "code", "part"),
    [
        ("designs.txt", 2, "must end in .html"),
        ("nowhere/designs.html", 4, "no such folder"),
        (".", 2, "must end in .html"),
    ],
)
def test_a_page_that_cannot_be_written_stops_the_declaration(run, stage, tools, out, code, part):
    place = stage("imported")
    before = tools.contents(place)
    answer = run("plan", "b1", "--out", out, "--workspace", place)
    assert (answer.code, answer.out) == (code, "")
    assert part in answer.err
    assert tools.contents(place) == before


def test_a_declared_plan_gets_its_page(run, stage, tmp_path):
    answer = run("plan", "b1", "--out", "b1.html", "--workspace", stage("imported"))
    assert (answer.code, answer.err) == (0, "")
    assert "<h1>Designs of a spot check: b1</h1>" in (tmp_path / "b1.html").read_text("utf-8")

"""``labelqa rulebook diff``: files and releases, text, JSON and the page, in both languages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from labelqa.wiring import shipped

Run = Callable[..., object]
SAFETY = shipped("rulebooks") / "genai-safety" / "1.0.0.yaml"
EDITS = (
    ("version: 1.0.0", "version: 1.1.0"),
    ("Text that incites, promotes", "Text that incites, glorifies, promotes"),
    ('target: "<= 1%"', 'target: "<= 0.5%"'),
    ('en: "Discriminatory"', 'en: "<b>Discrimination</b>"'),
)


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """A draft beside the shipped release, with material changes and one of wording."""
    text = SAFETY.read_text(encoding="utf-8")
    for old, new in EDITS:
        text = text.replace(old, new, 1)
    path = tmp_path / "draft.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_is_compared_with_a_shipped_release_without_a_workspace(run, draft):
    answer = run("rulebook", "diff", "genai-safety@1.0.0", draft)
    assert answer.code == 0, answer.err
    assert "genai-safety 1.0.0 → 1.1.0: 3 changes; they ask for a major version (X.0.0)." in answer.out
    assert "[rules/S-01/statement]" in answer.out
    assert "Text that incites, {+glorifies, +}promotes" in answer.out
    assert "<= [-1%-]{+0.5%+}" in answer.out
    assert "rechecked: safe, A1, A2." in answer.out
    assert "RB704 1.1.0 is too small a step from 1.0.0" in answer.out
    assert "[labels/A2/title]" in answer.out


def test_it_is_said_in_chinese(run, draft):
    answer = run("rulebook", "diff", "genai-safety@1.0.0", draft, lang="zh")
    assert "共 3 处改动，要求升主版本号（X.0.0）。" in answer.out
    assert "规则 S-01" in answer.out
    assert "须完成该版本的培训并通过考核" in answer.out


def test_json_holds_every_change_and_the_words(run, draft):
    told = json.loads(run("rulebook", "diff", "genai-safety@1.0.0", draft, "--json").out)
    assert (told["bump"], told["rose"], told["material"], told["retraining"]) == ("major", "minor", True, True)
    assert told["touched_labels"] == ["safe", "A1", "A2"]
    changes = {each["part"]: each for each in told["changes"]}
    statement = changes["rules/S-01/statement"]
    assert (statement["bump"], statement["reason"], statement["declarable"]) == ("major", "text", True)
    assert ["added", "glorifies, "] in statement["words"]["en"]
    assert statement["after"]["en"].startswith("Text that incites, glorifies")
    assert changes["version"]["bump"] == "none"
    assert [each["code"] for each in told["findings"]] == ["RB704", "RB708"]
    assert told["labels"]["vanished"] == []


def test_equal_versions_have_nothing_to_tell(run):
    answer = run("rulebook", "diff", "genai-sft@1.0.0", "genai-sft@1.0.0")
    assert answer.code == 0
    assert answer.out == "genai-sft 1.0.0 → 1.0.0: no change.\nNothing changed: nothing is to be done.\n"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_stands_alone_and_shows_all_changes(run, draft, tmp_path, lang):
    answer = run("rulebook", "diff", "genai-safety@1.0.0", draft, "--html", "changes.html", lang=lang)
    assert answer.code == 0, answer.err
    page = (tmp_path / "changes.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "default-src 'none'" in page
    assert not re.search(r'(src|href)="(?!#)', page)
    assert page.index('id="notice"') < page.index('id="changes"')
    assert "<ins>glorifies, </ins>" in page
    assert "<b>Discrimination</b>" not in page
    assert "&lt;b&gt;Discrimination&lt;/b&gt;" in page
    anchors = set(re.findall(r'href="#([^"]+)"', page))
    assert anchors
    assert anchors <= set(re.findall(r'id="([^"]+)"', page))
    assert ("变更通知" if lang == "zh" else "Change notice") in page


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("genai-safety@9.9.9", "genai-safety@1.0.0"), 4, "neither released in this workspace nor shipped"),
        (("nothing.yaml", "genai-safety@1.0.0"), 4, "nothing.yaml cannot be read"),
        (("genai-sft@1.0.0", "genai-safety@1.0.0"), 4, "different rulebooks"),
        (("genai-sft@1.0.0", "genai-sft@1.0.0", "--html", "page.txt"), 2, "must end in .html"),
        (("genai-sft@1.0.0", "genai-sft@1.0.0", "--html", "nowhere/page.html"), 4, "cannot be written"),
        (("genai-sft@1.0.0", "genai-sft@1.0.0", "--workspace", "nowhere"), 3, "no workspace"),
    ],
)
def test_what_cannot_be_compared_is_said(run, words, code, said):
    answer = run("rulebook", "diff", *words)
    assert answer.code == code
    assert said in answer.err
    assert "Traceback" not in answer.err


def test_a_file_that_is_no_rulebook_is_refused_by_its_first_problem(run, tmp_path):
    (tmp_path / "bad.yaml").write_text("name: no\nname: yes\n", encoding="utf-8")
    answer = run("rulebook", "diff", "bad.yaml", "genai-sft@1.0.0")
    assert answer.code == 4
    assert "bad.yaml:2:1" in answer.err

"""``rulebook handbook`` and ``rulebook filing``: which files are written, what they say, what is refused."""

from __future__ import annotations

import hashlib
import json

import pytest

from labelqa.wiring import shipped


def names(folder):
    return sorted(path.name for path in folder.iterdir() if path.is_file())


def test_handbooks_for_both_in_both_languages(run, tmp_path):
    answer = run("rulebook", "handbook", "genai-sft@1.0.0", "--format", "html", "--out", "books")
    assert (answer.code, answer.err) == (0, "")
    assert names(tmp_path / "books") == [
        f"genai-sft-1.0.0-{who}.{lang}.html" for who in ("annotator", "reviewer") for lang in ("en", "zh")
    ]
    assert "without approvals of your own" in answer.out
    assert "Annotator&#39;s handbook" in (tmp_path / "books" / "genai-sft-1.0.0-annotator.en.html").read_text("utf-8")


def test_a_released_book_names_its_approvers(run, stage, tools, tmp_path):
    workspace = stage("imported")
    words = (
        "rulebook",
        "handbook",
        tools.RELEASE,
        "--for",
        "reviewer",
        "--format",
        "html",
        "--lang",
        "zh",
        "--workspace",
        workspace,
    )
    answer = run(*words, lang="zh")
    assert answer.code == 0, answer.err
    page = (tmp_path / "genai-sft-1.0.0-reviewer.zh.html").read_text("utf-8")
    assert all(name in page for name in tools.APPROVERS)
    assert "批准均针对本文本" in page
    digest = hashlib.sha256((shipped("rulebooks") / "genai-sft" / "1.0.0.yaml").read_bytes()).hexdigest()
    assert digest in page.replace(" ", "")


def test_a_draft_is_marked(run, tmp_path):
    draft = tmp_path / "draft.yaml"
    draft.write_text((shipped("rulebooks") / "genai-sft" / "1.0.0.yaml").read_text("utf-8") + "# more\n", "utf-8")
    answer = run("rulebook", "handbook", "draft.yaml", "--for", "annotator", "--format", "html", "--lang", "en")
    assert answer.code == 0
    assert "This is a draft" in answer.out
    assert "草稿 DRAFT" in (tmp_path / "genai-sft-1.0.0-annotator.en.html").read_text("utf-8")


@pytest.mark.usefixtures("pdf")
def test_the_form_in_both_formats_as_json(run, tmp_path):
    answer = run("rulebook", "filing", "genai-sft@1.0.0", "--lang", "zh", "--json")
    assert answer.code == 0, answer.err
    told = json.loads(answer.out)
    assert told["status"] == "shipped"
    made = {tmp_path / f"genai-sft-1.0.0-filing.zh.{form}" for form in ("pdf", "docx")}
    assert {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in made} == told["files"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("handbook", "nothing.yaml"), 4, "nothing.yaml"),
        (("filing", "genai-sft@7.0.0"), 4, "genai-sft@7.0.0"),
        (("handbook", "genai-sft@1.0.0", "--format", "docx"), 2, "expected one of html, pdf"),
        (("handbook", "genai-sft@1.0.0", "--for", "boss"), 2, "expected one of annotator, reviewer"),
        (("handbook", "genai-sft@1.0.0", "--for", ","), 2, "--for names nothing"),
        (("filing", "genai-sft@1.0.0", "--format", ""), 2, "--format names nothing"),
        (("filing", "genai-sft@1.0.0", "--workspace", "nowhere"), 3, "there is no workspace"),
    ],
)
def test_refusals_are_one_sentence_and_write_nothing(run, tmp_path, words, code, said):
    answer = run("rulebook", *words)
    assert (answer.code, answer.out) == (code, "")
    assert said in answer.err
    assert answer.err.count("\n") == 1
    assert names(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_said(run, tmp_path):
    (tmp_path / "books").write_text("a file")
    answer = run("rulebook", "handbook", "genai-sft@1.0.0", "--format", "html", "--out", "books/inside")
    assert answer.code == 4
    assert "the handbook cannot be written to" in answer.err


def test_a_missing_library_costs_nothing_that_was_there(run, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "weasyprint", None)
    answer = run("rulebook", "handbook", "genai-sft@1.0.0")
    assert answer.code == 5
    assert "pip install 'labelqa[pdf]'" in answer.err
    assert names(tmp_path) == []

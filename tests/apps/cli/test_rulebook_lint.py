"""The linter on the command line: files and releases, warnings that fail or not, what is told to people and machines."""

from __future__ import annotations

import json

from labelqa.wiring import shipped

CLEAN = shipped("rulebooks") / "genai-preference" / "draft.yaml"


def vague(folder) -> str:
    """A draft with one warning."""
    text = CLEAN.read_text("utf-8")
    at = text.index('statement: {zh: "') + len('statement: {zh: "')
    (folder / "vague.yaml").write_text(text[:at] + "酌情" + text[at:], encoding="utf-8")
    return "vague.yaml"


def test_warnings_fail_only_where_it_is_strict(run, tmp_path):
    file = vague(tmp_path)
    answer = run("rulebook", "lint", file)
    assert answer.code == 0
    assert "warning RB401" in answer.out
    assert answer.out.endswith("vague.yaml: 0 errors, 1 warnings.\n")
    strict = run("rulebook", "lint", file, "--strict")
    assert (strict.code, strict.out) == (1, answer.out)
    told = json.loads(run("rulebook", "lint", file, "--strict", "--json").out)
    assert (told["strict"], told["failed"], len(told["findings"])) == (True, True, 1)
    assert json.loads(run("rulebook", "lint", file, "--json").out)["failed"] is False


def test_a_clean_book_is_called_so_in_both_languages(run):
    assert run("rulebook", "lint", CLEAN, "--strict").out == f"{CLEAN}: nothing to mend.\n"
    assert run("rulebook", "lint", CLEAN, "--strict", lang="zh").out == f"{CLEAN}：没有需要处理的问题。\n"


def test_a_release_is_checked_by_its_name(run):
    answer = run("rulebook", "lint", "genai-sft@1.0.0")
    assert answer.code == 0
    assert answer.out.splitlines()[-1].startswith("genai-sft@1.0.0: 0 errors")
    missing = run("rulebook", "lint", "genai-sft@9.9.9")
    assert missing.code != 0
    assert "genai-sft@9.9.9" in missing.err
    assert "Traceback" not in missing.err


def test_a_file_that_is_no_rulebook_is_told_with_line_and_column(run, tmp_path):
    (tmp_path / "bad.yaml").write_text("format: 2\nname: [x\n", encoding="utf-8")
    answer = run("rulebook", "lint", "bad.yaml")
    assert answer.code == 1
    assert "bad.yaml:3:1: error RB003" in answer.out
    assert run("rulebook", "lint", "nowhere.yaml").code != 0


def test_a_draft_is_held_against_the_release_beside_it(run, tmp_path):
    folder = tmp_path / "genai-sft"
    folder.mkdir()
    text = (shipped("rulebooks") / "genai-sft" / "2.0.0.yaml").read_text("utf-8")
    (folder / "2.0.0.yaml").write_text(text, "utf-8")
    assert text.count("severity: minor") >= 1
    changed = text.replace("version: 2.0.0", "version: 2.0.1", 1).replace("severity: minor", "severity: major")
    (folder / "draft.yaml").write_text(changed, "utf-8")
    answer = run("rulebook", "lint", "genai-sft/draft.yaml", "--strict")
    assert answer.code == 1
    assert "RB704" in answer.out
    (folder / "2.0.0.yaml").unlink()
    assert "RB704" not in run("rulebook", "lint", "genai-sft/draft.yaml", "--strict").out

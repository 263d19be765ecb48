"""``labelqa rulebook new``, ``schema``, ``upgrade``: beginnings, and nothing written over."""

from __future__ import annotations

import json
import shutil

from labelqa.rulebook.document import parse
from labelqa.wiring import shipped


def test_new_writes_a_draft_and_the_schema_and_never_over_one(run, tmp_path):
    answer = run("rulebook", "new", "support-tone", "--kind", "functional")
    assert answer.code == 0
    assert "labelqa rulebook lint" in answer.out
    draft = tmp_path / "rulebooks" / "support-tone" / "draft.yaml"
    assert parse(draft.read_bytes()).rulebook.name == "support-tone"
    assert json.loads((tmp_path / "rulebooks" / "rulebook.schema.json").read_text("utf-8"))["required"]
    before = draft.read_bytes()
    again = run("rulebook", "new", "support-tone", "--kind", "safety", lang="zh")
    assert again.code != 0
    assert "已存在" in again.err
    assert draft.read_bytes() == before


def test_new_refuses_a_name_that_cannot_be_one(run, tmp_path):
    answer = run("rulebook", "new", "../Tone", "--kind", "functional")
    assert answer.code == 2
    assert "'../Tone' is no name of a rulebook" in answer.err
    assert not (tmp_path / "rulebooks").exists()


def test_schema_is_printed_or_written(run, tmp_path):
    printed = run("rulebook", "schema")
    assert json.loads(printed.out)["properties"]["format"]["const"] == 2
    assert run("rulebook", "schema", "--out", "s.json").code == 0
    assert (tmp_path / "s.json").read_text("utf-8") == printed.out
    refused = run("rulebook", "schema", "--out", "s.json/x.json")
    assert "cannot be written" in refused.err


def test_upgrade_rewrites_a_draft_and_keeps_the_old_one(run, tmp_path):
    old = shipped("rulebooks") / "genai-sft" / "1.0.0.yaml"
    draft = tmp_path / "draft.yaml"
    shutil.copyfile(old, draft)
    answer = run("rulebook", "upgrade", "draft.yaml")
    assert answer.code == 0, answer.err
    assert "format 2" in answer.out
    now = parse(draft.read_bytes())
    assert (now.format, now.rulebook) == ("2", parse(old.read_bytes()).rulebook)
    assert (tmp_path / "draft.yaml.old").read_bytes() == old.read_bytes()
    assert "already" in run("rulebook", "upgrade", "draft.yaml").out


def test_upgrade_leaves_releases_and_broken_files_alone(run, tmp_path):
    shutil.copyfile(shipped("rulebooks") / "genai-sft" / "1.0.0.yaml", tmp_path / "1.0.0.yaml")
    assert "never rewritten" in run("rulebook", "upgrade", "1.0.0.yaml").err
    (tmp_path / "bad.yaml").write_text("format: 1\nname: [", encoding="utf-8")
    answer = run("rulebook", "upgrade", "bad.yaml")
    assert "the first problem at" in answer.err
    assert (tmp_path / "bad.yaml").read_text("utf-8") == "format: 1\nname: ["
    assert "cannot be read" in run("rulebook", "upgrade", "none.yaml").err


def test_a_name_without_its_version_is_told_which_there_are(run):
    for words in (("config", "genai-sft"), ("handbook", "genai-sft"), ("coverage", "genai-sft")):
        answer = run("rulebook", *words)
        assert answer.code != 0
        assert "genai-sft@1.0.0, genai-sft@2.0.0" in answer.err, words
    assert "没有文件 genai-sft" in run("rulebook", "config", "genai-sft", lang="zh").err

"""Personal data on the command line: access, correction, erasure, retention; reports in which nobody is named."""

from __future__ import annotations

import json
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from labelqa.adapters.cli.main import main

LATER = "2031-01-10T08:00:00+00:00"


def later(*words: object, capfd, lang: str = "en"):
    """A command line five years on."""
    capfd.readouterr()
    code = main([str(word) for word in words], env={"LABELQA_LANG": lang}, clock=lambda: datetime.fromisoformat(LATER))
    out, err = capfd.readouterr()
    return code, out, err


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_person_gets_everything_in_two_files(run, stage, tmp_path, lang):
    ws = stage("drawn")
    out = tmp_path / "person.json"
    answer = run("people", "export", "甲", "--out", out, "--workspace", ws, lang=lang)
    assert (answer.code, answer.out.split()) == (0, [str(out), str(out.with_suffix(".txt"))])
    found = json.loads(out.read_text("utf-8"))
    assert (found["name"], found["accounts"]) == ("甲", [["label-studio", "11"]])
    assert found["annotations"] == 20
    assert {"person.added", "batch.frozen"} <= {each["kind"] for each in found["facts"]}
    text = out.with_suffix(".txt").read_text("utf-8")
    assert ("Name: 甲" if lang == "en" else "姓名：甲") in text
    assert ("duties=annotator" if lang == "en" else "duties=标注员") in text
    assert "['" not in text
    assert "+00:00" not in text
    for path in (out, out.with_suffix(".txt")):
        assert path.stat().st_mode & 0o777 == 0o600
    assert run("people", "export", "甲", "--out", tmp_path / "x.txt", "--workspace", ws).code == 2
    assert run("people", "export", "戊", "--out", out, "--workspace", ws).code == 4


def test_a_name_is_corrected(run, stage):
    ws = stage("drawn")
    answer = run("people", "rename", "审甲", "审贾", "--by", "裁", "--workspace", ws)
    assert "is called 审贾" in answer.out
    assert "审甲" not in run("people", "list", "--workspace", ws).out
    assert run("people", "rename", "审贾", "审乙", "--by", "裁", "--workspace", ws).code == 5
    assert run("people", "rename", "审贾", "a\u200bb", "--by", "裁", "--workspace", ws).code == 2
    assert run("ledger", "verify", "--workspace", ws).code == 0


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_erasure_waits_for_retention_and_then_leaves_the_pseudonym(run, stage, capfd, lang):
    ws = stage("drawn")
    at = ("--workspace", ws)
    told = ("people", "erase", "甲", "--by", "裁", "--reason", "request", *at)
    refused = run(*told, lang=lang)
    assert refused.code == 5
    assert "2029-11-" in refused.err
    assert "甲" in refused.err
    assert "p-" not in refused.err  # people are called by name where they have one
    (person,) = (
        each["person"]
        for each in json.loads(run("people", "erase", "--due", "--json", *at).out)
        if each["name"] == "甲"
    )
    assert not any(each["due"] for each in json.loads(run("people", "erase", "--due", "--json", *at).out))
    code, out, err = later(*told, capfd=capfd, lang=lang)
    assert (code, err) == (0, "")
    assert person in out
    code, out, _ = later("people", "list", *at, capfd=capfd)
    assert f"{person}  {person}" in " ".join(out.split(" "))
    assert "甲" not in out.replace("审甲", "")
    assert later("ledger", "verify", *at, capfd=capfd)[0] == 0
    assert later(*told, capfd=capfd)[0] == 4


def test_wrong_words(run, stage):
    ws = stage("imported")
    for words in (
        ["甲"],
        ["甲", "--by", "裁"],
        [],
        ["--due", "--shred"],
        ["甲", "--by", "裁", "--reason", "request", "--due"],
    ):
        assert run("people", "erase", *words, "--workspace", ws).code == 2
    assert run("people", "erase", "甲", "--by", "裁", "--reason", "because", "--workspace", ws).code == 2
    assert run("people", "erase", "--shred", "--workspace", ws).out == "The database was written anew.\n"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_retention_shows_floors_and_shortenings(run, stage, lang):
    ws = stage("imported")
    for years in ("9", "5"):
        words = ("policy", "declare", "retention-qa-years", years, "--reason", f"{years} as agreed", "--by", "裁")
        answer = run(*words, "--workspace", ws)
        assert answer.code == 0
        assert ("shorter time than before" in answer.out) is (years == "5")  # never silently
    shown = run("retention", "show", "--workspace", ws, lang=lang).out
    assert "5 as agreed" in shown
    assert ("Shortened: records of quality work to 5 years" if lang == "en" else "曾缩短：质量工作记录") in shown
    assert (
        run("policy", "declare", "retention-qa-years", "2", "--reason", "x", "--by", "裁", "--workspace", ws).code == 5
    )
    (log, qa, eu) = json.loads(run("retention", "show", "--json", "--workspace", ws).out)
    assert (log["floor"], qa["value"], eu["applies"]) == (6, 5, False)


def words_in(path: Path) -> str:
    """Everything in a report, whatever its form."""
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            return "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    return path.read_text("utf-8")


@pytest.mark.parametrize("how", ["flag", "setting"])
def test_no_name_stands_in_a_pseudonymous_report(run, stage, how):
    ws = stage("drawn")
    names = ("欧阳修远", "Grace Hopper", "夏侯敏", "诸葛明", "司马光", "上官婉", "慕容雪")
    for before, after in zip(("甲", "乙", "丙", "丁", "审甲", "审乙", "裁"), names, strict=True):
        assert run("people", "rename", before, after, "--by", before, "--workspace", ws).code == 0
    if how == "setting":
        told = (ws / "labelqa.toml").read_text("utf-8")
        (ws / "labelqa.toml").write_text(
            told.replace("pseudonymous_reports = false", "pseudonymous_reports = true"), "utf-8"
        )
    flags = ["--pseudonyms"] if how == "flag" else []
    answer = run("report", "weekly", "--week", "2026-W47", *flags, "--workspace", ws, env={"LABELQA_ACTOR": "欧阳修远"})
    assert answer.code == 0
    files = sorted((ws / "reports").iterdir())
    assert len(files) == 8
    assert all(".pseudonyms." in path.name for path in files)
    for path in files:
        text = words_in(path)
        assert [name for name in names if name in text] == [], path
        assert "p-" in text
    assert run("report", "weekly", "--week", "2026-W47", "--workspace", ws).code == 0
    named = [path for path in (ws / "reports").iterdir() if ".pseudonyms." not in path.name]
    if how == "flag":
        assert all(any(name in words_in(path) for name in names) for path in named)  # the search would find one
        assert len(named) == 8
    else:
        assert named == []


def test_a_pseudonymous_answer_on_the_screen(run, stage):
    ws = stage("drawn")
    told = run("report", "weekly", "--week", "2026-W47", "--pseudonyms", "--json", "--workspace", ws).out
    summary = json.loads(told)["summary"]
    assert summary["pseudonyms"]
    assert {each["name"] for each in summary["people"]} == {each["person"] for each in summary["people"]}
    assert "people are named by pseudonym" in summary["notes"]


def everything(folder: Path) -> list[tuple[Path, bytes]]:
    """The bytes of every file of a workspace, what archives hold included."""
    found = []
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        found.append((path, path.read_bytes()))
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                found += [(path, archive.read(name)) for name in archive.namelist()]
    return found


def test_after_an_erasure_the_name_stands_nowhere_and_the_chain_holds(run, stage, tools, tmp_path, capfd):
    ws, name, account = stage("drawn"), "欧阳修远", "ouyang.xiuyuan@example.com"
    at = ("--workspace", ws)

    def said(*words: object):
        answer = run(*words, *at)
        assert answer.code == 0, answer.err
        return answer.out

    said(
        "people",
        "add",
        name,
        "--organizer",
        "组织",
        "--duties",
        "executor,supervisor",
        "--account",
        f"label-studio={account}",
    )
    rows = [("q-90", account, "accept", "2026-11-17T10:00:00+08:00", tools.RELEASE, "text")]
    said("import", tools.table(tmp_path / "more.csv", tools.HEADER, rows), "--server", "label-studio")
    said("people", "rename", name, "欧阳修原", "--by", "裁")
    said("people", "rename", "欧阳修原", name, "--by", "裁")
    (tmp_path / "pw.txt").write_text("four quiet herons at dusk")
    (tmp_path / "pw.txt").chmod(0o600)
    said("login", "add", name, "--role", "lead", "--by", "裁", "--password-file", tmp_path / "pw.txt")
    said("qualify", "suspend", "甲", "--by", name, "--note", f"{name}：与甲谈过")
    said("incident", "note", "leak", "--step", "opened", "--title", "x", "--text", f"{name} 发现", "--by", "裁")
    (person,) = {each["person"] for each in json.loads(said("people", "list", "--json")) if each["name"] == name}
    words = [word.encode() for word in (name, "欧阳修原", account)]
    before = {path.name for path, held in everything(ws) if any(word in held for word in words)}
    assert any(".sqlite3" in each for each in before)  # the search finds names where there are some
    head = json.loads(said("ledger", "verify", "--json"))["head"]
    code, out, err = later("people", "erase", name, "--by", "裁", "--reason", "request", *at, capfd=capfd)
    assert (code, err) == (0, ""), err
    assert person in out
    left = {str(path.relative_to(ws)) for path, held in everything(ws) if any(word in held for word in words)}
    assert left == set()
    for command in ("ledger verify", "people list", "retention show", "report weekly --week 2026-W47", "duties check"):
        code, out, err = later(*command.split(), *at, capfd=capfd)
        assert (code, name in out + err) == (0, False), command
    assert person in later("people", "list", *at, capfd=capfd)[1]
    assert json.loads(later("ledger", "verify", "--json", *at, capfd=capfd)[1])["head"] != head  # the erasure is a fact
    shown = later("qualify", "why", "甲", *at, capfd=capfd)[1]
    assert person in shown
    assert "谈过" not in shown  # the text is gone, the decision and its author stay
    assert not any(word in held for _, held in everything(ws) for word in words)  # in the reports neither

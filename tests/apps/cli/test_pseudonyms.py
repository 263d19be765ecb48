"""Whatever leaves the house can name people by pseudonym: one option, wherever people are named."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest

OLD = ("甲", "乙", "丙", "丁", "审甲", "审乙", "裁")
NAMES = ("欧阳修远", "Grace Hopper", "夏侯敏", "诸葛明", "司马光", "上官婉", "慕容雪")
COMMANDS = (
    "qualify why 夏侯敏",
    "qualify show",
    "people list --all",
    "people access",
    "duties check",
    "duties list",
    "item history q-02",
    "train matrix",
    "train matrix --out FILE.xlsx",
    "register list",
    "register show site:1",
    "incident show leak",
    "acceptance sheet b1 --out FILE.html",
    "review form b1 --out FILE.html",
    "correct show b1 --out FILE.xlsx",
    "rulebook handbook genai-sft@1.0.0 --format html --lang zh --out FILE",
)


@pytest.fixture
def ws(stage, run):
    """A settled batch by people with names of their own, which stand in texts that people typed too."""
    folder = stage("drawn")

    def said(*words: object):
        answer = run(*words, "--workspace", folder)
        assert answer.code == 0, answer.err
        return answer

    for before, after in zip(OLD, NAMES, strict=True):
        said("people", "rename", before, after, "--by", before)
    said("duties", "assign", "慕容雪", "--duty", "arbitrator", "--batch", "b1", "--by", "慕容雪")
    words = ("--source", "commercial", "--licence", "欧阳修远的合同", "--ip-check", "cleared", "--personal", "no")
    said("card", "record", "b1", *words, "--modality", "text", "--language", "zh-CN", "--scale", 20)
    drawn = json.loads(said("sample", "show", "b1", "--json").out)["items"]
    for each in drawn:
        said(
            "review",
            "record",
            "b1",
            each["item_id"],
            "--verdict",
            "incorrect",
            "--rule",
            "Q-03",
            "--by",
            each["verifier"],
        )
    said("correct", "record", "b1", drawn[0]["item_id"], "--label", "inaccurate", "--by", "夏侯敏")
    said("settle", "b1")
    more = ("--field", "kind=remote", "--field", "people=夏侯敏,诸葛明", "--by", "慕容雪")
    said("register", "enter", "site", "site:1", "--title", "夏侯敏的工位", *more)
    more = ("--text", "由 Grace Hopper 发现", "--by", "慕容雪")
    said("incident", "note", "leak", "--step", "opened", "--title", "诸葛明上报", *more)
    said("people", "leave", "Grace Hopper", "--reason", "contract-ended", "--by", "慕容雪")
    return folder


def texts(folder: Path) -> str:
    """Everything in the files of a folder."""
    found = []
    for path in folder.rglob("*"):
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                found += [book.read(name).decode("utf-8", "replace") for name in book.namelist()]
        elif path.is_file():
            found.append(path.read_text("utf-8"))
    return "".join(found)


def told(run, ws: Path, out: Path, command: str, *more: str) -> str:
    """What a command prints, as text and as JSON, and the files that it writes."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    answers = [
        run(*(word.replace("FILE", str(out / name)) for word in command.split()), *more, *form, "--workspace", ws)
        for name, form in (("text", ()), ("json", ("--json",)))
    ]
    assert all(answer.code in {0, 1} and not answer.err for answer in answers), answers
    return "".join(answer.out for answer in answers) + texts(out)


def test_one_option_takes_the_names_out_of_all_that_leaves_the_house(run, ws, tmp_path):
    for command in COMMANDS:
        shown = told(run, ws, tmp_path / "out", command)
        assert [name for name in NAMES if name in shown], command  # the search would find one
        shown = told(run, ws, tmp_path / "out", command, "--pseudonyms")
        assert [name for name in NAMES if name in shown] == [], command
    config = ws / "labelqa.toml"
    config.write_text(config.read_text("utf-8").replace("pseudonymous_reports = false", "pseudonymous_reports = true"))
    shown = told(run, ws, tmp_path / "out", "people access")
    assert [name for name in NAMES if name in shown] == []

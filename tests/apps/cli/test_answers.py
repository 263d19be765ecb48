"""How answers look: plain when piped, one JSON document with --json, Chinese characters two columns wide."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from labelqa.adapters.cli.output import Screen, figure_text, finding_text, plain_table, stacked, too_narrow
from labelqa.adapters.cli.width import cells, wrap
from labelqa.errors import Message
from labelqa.i18n import Speaker
from labelqa.records.estimate import Estimate, Unknown
from labelqa.records.finding import Place, finding

SAY = Speaker("en")


def test_table_columns_line_up_with_chinese_in_them():
    lines = plain_table(["标签", "n"], [["正面", "12"], ["neutral", "3"]], [False, True])
    assert len({cells(line) for line in lines}) == 1
    assert lines[2] == "正面     12"


def test_nothing_is_cut_off_when_piped(capsys):
    long = "很长的内容 " * 60
    Screen("en").table(["item", "content"], [("q-1", long), ("q-2", "short")])
    assert long.strip() in capsys.readouterr().out


@pytest.mark.parametrize("width", [8, 11, 40])
def test_wrapping_keeps_every_character_and_the_width(width):
    text = "抽样方案，先声明，再锁定 batch and plan；错误不超过 3 条则通过。"
    lines = wrap(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(cells(line) <= width + 2 for line in lines)  # a closing mark may hang over
    assert not any(line.startswith(tuple("，；。")) for line in lines)


def test_a_finding_is_one_line_with_its_place_code_and_mend():
    place = Place(file="a.yaml", line=3, column=7)
    found = finding("RB001", "no such label: {label}", label="x", mend=Message("add it"), place=place)
    assert finding_text(found, SAY) == "a.yaml:3:7: error RB001 no such label: x (add it)"
    row = finding("IM001", "no annotator", mend=Message(""), place=Place(file="a.csv", row=4))
    assert finding_text(row, Speaker("zh")) == "a.csv 第 4 行：错误 IM001 no annotator"
    assert finding_text(found, Speaker("zh")) == "a.yaml:3:7：错误 RB001 no such label: x（add it）"


def test_figures_say_how_sure_they_are_and_unknown_says_why():
    made = Estimate(point=0.842, low=0.801, high=0.88, confidence=0.95, method="wilson", n=150)
    assert figure_text(made, SAY) == "0.842 [0.801, 0.880] n=150 (95% Wilson)"
    unknown = Unknown(reason="no-overlap", message=Message("no item has two annotations"))
    assert figure_text(unknown, SAY) == "unknown: no item has two annotations"
    assert figure_text(unknown, SAY, brief=True) == "unknown (no item has two annotations)"


REPORTING = [
    ("rulebook", "list"), ("people", "list"), ("qualify", "show"), ("batch", "list"), ("batch", "show", "b1"),
    ("agreement", "b1"), ("sample", "show", "b1"), ("sample", "verify", "b1"), ("dispute", "list", "b1"),
    ("accuracy", "b1"), ("ledger", "verify"), ("ledger", "show"),
]  # fmt: skip


@pytest.mark.parametrize("words", REPORTING, ids=" ".join)
def test_json_is_one_document_and_nothing_else(run, stage, words):
    workspace = stage("drawn")
    for lang in ("en", "zh"):
        answer = run(*words, "--json", "--workspace", workspace, lang=lang)
        assert answer.code == 0, answer.err
        assert answer.err == ""
        json.loads(answer.out)


@pytest.mark.parametrize("words", REPORTING, ids=" ".join)
def test_piped_answers_hold_no_escapes_and_no_boxes(run, stage, words):
    for lang in ("en", "zh"):
        answer = run(*words, "--workspace", stage("drawn") if lang == "en" else Path("ws"), lang=lang)
        assert answer.code == 0, answer.err
        assert answer.out.strip()
        assert "\x1b" not in answer.out
        assert not set(answer.out) & set("─│┃━┏╭")


def test_a_terminal_gets_a_table_with_a_rule_and_no_lost_text(stage):
    """Run in a pseudo-terminal of 60 columns: the table is folded, never truncated."""
    workspace = stage("drawn")
    reader, writer = pty.openpty()
    words = [sys.executable, "-m", "labelqa.adapters.cli.main", "sample", "show", "b1", "--workspace", str(workspace)]
    env = {**os.environ, "COLUMNS": "60", "TERM": "xterm", "LABELQA_LANG": "en"}
    with subprocess.Popen(words, stdout=writer, stderr=writer, env=env, close_fds=True) as child:
        os.close(writer)
        shown = io.BytesIO()
        while True:
            try:
                part = os.read(reader, 65536)
            except OSError:
                break
            if not part:
                break
            shown.write(part)
        assert child.wait() == 0
    os.close(reader)
    text = shown.getvalue().decode()
    assert "─" in text or "━" in text
    assert "…" not in text.replace("reads…", "")


def test_a_table_that_would_break_words_apart_stands_row_by_row():
    heads, body = ["item", "release", "why"], [["s-0267", "genai-safety@1.0.0", "taught by 云帆数据"]] * 2
    assert not too_narrow(heads, body, 80)
    assert not too_narrow(heads, body, 50)
    assert too_narrow(heads, body, 38)  # a release and an item do not fit beside the reason
    assert too_narrow(heads, [["s-0267", "x", "word " * 200]], 80)  # it would be one long thin column
    assert not too_narrow(heads, [], 3)
    lines = stacked(heads, body, 30)
    assert lines[:5] == [
        "item     s-0267",
        "release  genai-safety@1.0.0",
        "why      taught by 云帆数据",
        "",
        "item     s-0267",
    ]
    assert max(map(len, lines)) <= 30

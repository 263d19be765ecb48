"""Remarks in a rulebook's file: above the right rule, nothing else changed, replaced and never piled up."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelqa.errors import Refused
from labelqa.rulebook.comments import MARK, remarked
from labelqa.rulebook.document import parse
from labelqa.wiring import shipped

DRAFTS = sorted(shipped("rulebooks").glob("*/*.yaml"))
HEAD = """format: 2
name: tiny
version: 1.0.0
kind: functional
task_type: text
title: {zh: "小", en: "Tiny"}
control: c
labels:
  - {value: a, title: {zh: "甲", en: "A"}}
  - {value: b, title: {zh: "乙", en: "B"}}
"""
RULE = """  - id: {id}
    statement: {{zh: "条款{id}", en: "rule {id}"}}
    severity: major
    labels: [{label}]
"""
TINY = HEAD + "rules:\n" + RULE.format(id="T-1", label="a") + "\n  # the author's own words\n" + RULE.format(
    id="T-2", label="b"
)  # fmt: skip


def without(data: bytes) -> bytes:
    return b"".join(line for line in data.splitlines(keepends=True) if not line.lstrip().startswith(MARK.encode()))


def test_remarks_stand_directly_above_their_rule() -> None:
    made = remarked(TINY.encode(), {"T-2": ["第一行", "the second"], "T-1": ["one"]}).data.decode()
    lines = made.splitlines()
    at = lines.index("  - id: T-2")
    assert lines[at - 2 : at] == ["  # [clarity] 第一行", "  # [clarity] the second"]
    assert lines[at - 3] == "  # the author's own words"
    assert lines[lines.index("  - id: T-1") - 1] == "  # [clarity] one"
    assert without(made.encode()) == TINY.encode()


def test_a_second_run_replaces_the_first() -> None:
    once = remarked(TINY.encode(), {"T-1": ["old", "older"], "T-2": ["old"]}).data
    twice = remarked(once, {"T-2": ["new"]}).data
    assert twice == remarked(TINY.encode(), {"T-2": ["new"]}).data
    assert remarked(twice, {}).data == TINY.encode()


@pytest.mark.parametrize("path", DRAFTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_shipped_rulebook_takes_remarks_and_gives_them_up_again(path: Path) -> None:
    data = path.read_bytes()
    book = parse(data).rulebook
    assert book is not None
    made = remarked(data, {rule.id: ["看这里", "look here"] for rule in book.rules})
    assert made.left_out == ()
    assert parse(made.data).rulebook == book
    assert made.data.count(MARK.encode()) == 2 * len(book.rules)
    assert without(made.data) == data
    assert remarked(made.data, {}).data == data


def test_line_ends_and_a_mark_at_the_head_are_kept() -> None:
    data = b"\xef\xbb\xbf" + TINY.replace("\n", "\r\n").encode()
    made = remarked(data, {"T-1": ["x"]}).data
    assert made.startswith(b"\xef\xbb\xbf")
    assert made.count(b"\n") == made.count(b"\r\n") == data.count(b"\r\n") + 1
    assert without(made) == data


def test_a_rule_that_has_no_line_of_its_own_or_is_not_there_is_left_out() -> None:
    inline = HEAD + 'rules: [{id: T-1, statement: {zh: "一", en: "one"}, severity: major, labels: [a, b]}]\n'
    made = remarked(inline.encode(), {"T-1": ["x"], "T-9": ["y"]})
    assert (made.data, made.left_out) == (inline.encode(), ("T-1", "T-9"))


def test_a_dash_on_a_line_of_its_own_takes_the_remark_above_it() -> None:
    text = HEAD + "rules:\n  -\n" + RULE.format(id="T-1", label="a").replace("  - id", "    id") + RULE.format(
        id="T-2", label="b"
    )  # fmt: skip
    made = remarked(text.encode(), {"T-1": ["x"]}).data.decode()
    assert "rules:\n  # [clarity] x\n  -\n    id: T-1" in made


def test_a_text_that_only_looks_like_a_remark_is_not_taken_out() -> None:
    block = RULE.format(id="T-1", label="a") + "    x_note: |\n      a\n      # [clarity] my own text\n"
    text = HEAD + "rules:\n" + block + RULE.format(id="T-2", label="b")
    with pytest.raises(Refused, match="read differently"):
        remarked(text.encode(), {"T-2": ["x"]}, file="d.yaml")


def test_what_is_no_rulebook_is_refused() -> None:
    with pytest.raises(Refused, match="no rulebook yet"):
        remarked(b"format: 2\n", {}, file="d.yaml")


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=3))
def test_whatever_a_remark_says_the_rulebook_reads_the_same(told: list[str]) -> None:
    made = remarked(TINY.encode(), {"T-1": told, "T-2": told}).data
    assert parse(made).rulebook == parse(TINY).rulebook
    assert remarked(made, {}).data == TINY.encode()

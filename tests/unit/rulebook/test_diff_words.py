"""Edits within a sentence: words in English, characters in Chinese, and nothing lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelqa.rulebook.diff.figures import figures, same_figures
from labelqa.rulebook.diff.words import Kept, pieces
from labelqa.rulebook.model import Text

LETTERS = st.text("ab 雨。95%-\n", max_size=12)


def marked(before: str, after: str) -> str:
    signs = {Kept.SAME: "{}", Kept.REMOVED: "[{}]", Kept.ADDED: "<{}>"}
    return "".join(signs[piece.kept].format(piece.text) for piece in pieces(before, after))


def test_english_is_compared_by_words() -> None:
    assert marked("it incites hatred", "it inspires hatred") == "it [incites]<inspires> hatred"
    assert marked("at least 95% pass S-01", "at least 98% pass S-02") == "at least [95%]<98%> pass [S-01]<S-02>"
    assert marked("a b c d", "a x y d") == "a [b c]<x y> d"  # blanks between two edits belong to them


def test_chinese_is_compared_by_characters() -> None:
    assert marked("煽动、宣扬危害", "煽动、美化宣扬危害") == "煽动、<美化>宣扬危害"
    assert marked("占一半以上", "占三分之一以上") == "占<三分之>一[半]以上"


def test_equal_and_empty_texts() -> None:
    assert pieces("", "") == ()
    assert marked("same", "same") == "same"
    assert marked("", "new") == "<new>"
    assert marked("old", "") == "[old]"


@settings(max_examples=300, deadline=None)
@given(LETTERS, LETTERS)
def test_both_texts_can_be_read_from_the_pieces(before: str, after: str) -> None:
    found = pieces(before, after)
    assert "".join(piece.text for piece in found if piece.kept is not Kept.ADDED) == before
    assert "".join(piece.text for piece in found if piece.kept is not Kept.REMOVED) == after
    assert all(piece.text for piece in found)
    if before == after:
        assert all(piece.kept is Kept.SAME for piece in found)


def test_a_very_long_text_is_still_compared() -> None:
    before, after = "甲" * 4000 + "乙" * 4000, "丙" * 4000 + "乙" * 4000
    assert [piece.kept for piece in pieces(before, after)] == [Kept.REMOVED, Kept.ADDED, Kept.SAME]


def test_figures_are_values_and_names_are_none() -> None:
    assert figures("95%") == figures("0.95") == figures("９５％")
    assert not figures("S-01, A1a and GB-2")
    assert figures("3 of 3") != figures("3 of 4")
    assert same_figures(Text("不少于 95%", "at least 95%"), Text("至少 0.95", "95% or more"))
    assert not same_figures(Text("5%", ""), Text("3%", ""))
    assert same_figures(Text("5%", ""), Text("5%", "5% or so"))  # a first translation is not compared


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("report within 24h", "report within 72h"),
        ("within 24h", "within 24 days"),
        ("5-10 minutes", "5-60 minutes"),
        ("两名审核人员复核", "一名审核人员复核"),
        ("一名执行、两名复核", "两名执行、一名复核"),
        ("三条以上", "五条以上"),
        ("十分钟内", "二十分钟内"),
        ("百分之九十五", "百分之九十"),
        ("A 95%, B 98%", "A 98%, B 95%"),
        ("at least 95% pass", "at most 95% pass"),
        ("at least one of them", "at most one of them"),
        ("two reviewers", "three reviewers"),
        ("至少 3 人", "至多 3 人"),
        ("不超过 5 处", "不少于 5 处"),
        ("超过 5 处", "不超过 5 处"),
        ("3 处以上", "3 处以下"),
        (">= 95%", "> 95%"),
        (">= 95%", "<= 95%"),
        ("no more than 5", "more than 5"),
    ],
)
def test_thresholds_that_differ(before: str, after: str) -> None:
    assert figures(before) != figures(after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("95%", "0.95"),
        (">= 95%", "at least 0.95"),
        ("within 24h", "within 24 hours"),
        ("不少于两名", "至少 2 名"),
        ("三条以上", "至少３条"),
        ("二百零五项", "205 项"),
        ("1,000 items", "1000 items"),
        ("S-01 and W1-2", "S-02 and W1-3"),
        ("一个标签", "标签"),
        ("one label", "the label"),
        ("十分准确", "准确"),
        ("the item above", "the item below"),
    ],
)
def test_thresholds_that_are_the_same(before: str, after: str) -> None:
    assert figures(before) == figures(after)


def test_texts_in_no_common_language_are_compared_across() -> None:
    assert not same_figures(Text("至多 5 处", ""), Text("", "at most 50"))
    assert same_figures(Text("至多 5 处", ""), Text("", "at most 5"))
    assert not same_figures(Text(), Text("5", ""))

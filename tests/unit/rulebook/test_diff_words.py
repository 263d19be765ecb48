"""Edits within a sentence: words in English, characters in Chinese, and nothing lost."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from labelqa.rulebook.diff.judge import figures, same_figures
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

"""Every sentence stands in both languages with the same places, and the compiled catalog is the one of the sources."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from labelqa.errors import LabelqaError, Message
from labelqa.i18n import LANGS, Speaker, lang_of_locale, render, translate

pytest.importorskip("babel")
from labelqa.i18n.__main__ import HERE, catalogs, compiled, places, problems, sentences

ROOT = Path(__file__).resolve().parents[2]
PAIRS = sorted({(str(each.id), str(each.string)) for _, catalog in catalogs() for each in catalog if each.id})
ASCII_COMMA = re.compile(r"[\u4e00-\u9fff][,;?!][\u4e00-\u9fff]")


@pytest.mark.filterwarnings("ignore:Empty msgid")
def test_nothing_is_missing_and_nothing_is_left_over() -> None:
    assert problems(ROOT) == []


def test_the_compiled_catalog_is_that_of_the_sources() -> None:
    assert (HERE / "zh_CN.mo").read_bytes() == compiled(), "run python -m labelqa.i18n"


@pytest.mark.filterwarnings("ignore:Empty msgid")
def test_the_code_is_really_searched() -> None:
    found = {text for text, _ in sentences(ROOT)}
    assert len(found) > 500
    assert "batch {batch} is frozen already: what was locked stays locked" in found


def test_formats_of_numbers_are_the_same_in_both_languages() -> None:
    def formats(text: str) -> dict[str, str]:
        parts = string.Formatter().parse(text)
        return {name: form or "" for _, name, form, _ in parts if name and "|" not in (form or "")}

    assert [en for en, zh in PAIRS if formats(en) != formats(zh)] == []


def test_chinese_sentences_are_chinese() -> None:
    assert [zh for _, zh in PAIRS if ASCII_COMMA.search(zh)] == []
    assert [en for en, zh in PAIRS if zh == en and re.search("[a-z]{3,} [a-z]{3,}", en)] == []


def test_messages_inside_messages_are_translated_too() -> None:
    inner = Message("the batch is not frozen yet")
    outer = Message("batch {batch}: {step}", {"batch": "b1", "step": inner})
    assert render(outer, "en") == "batch b1: the batch is not frozen yet"
    assert render(outer, "zh") == "批次 b1：批次尚未锁定"


def test_one_thing_is_not_called_several() -> None:
    text = "{n} open {n:dispute|disputes}"
    assert [render(Message(text, {"n": n}), "en") for n in (0, 1, 2)] == [
        "0 open disputes", "1 open dispute", "2 open disputes"
    ]  # fmt: skip
    assert "1" in render(Message(text, {"n": 1}), "zh")
    assert str(LabelqaError("{n} {n:item waits|items wait} for {who:>4}", n=1, who="a")) == "1 item waits for    a"


def test_an_error_can_be_said_in_both_languages() -> None:
    error = LabelqaError("no batch is called {name}: labelqa batch list shows those that are declared", name="b9")
    assert {lang: "b9" in render(error.message, lang) for lang in LANGS} == {"zh": True, "en": True}
    assert render(error.message, "zh") != render(error.message, "en") == str(error)


def test_an_unknown_sentence_stays_as_it_is_and_nothing_is_nothing() -> None:
    assert translate("no such sentence", "zh") == "no such sentence"
    assert [translate("", lang) for lang in LANGS] == ["", ""]
    assert Speaker("zh")("no {such} sentence", such=3) == "no 3 sentence"


def test_places_are_names_without_their_formats() -> None:
    assert places("{a:.1%} of {b!r} and {c.d} {{e}}") == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("locale", "lang"), [("zh_CN.UTF-8", "zh"), ("ZH", "zh"), ("en_US", "en"), ("C", "en"), ("", "en")]
)
def test_the_language_of_a_locale(locale: str, lang: str) -> None:
    assert lang_of_locale(locale) == lang

"""The page: well formed, complete, safe against what names may hold, in one language at a time, asking for nothing."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pytest

import labelqa.i18n
from labelqa.adapters.report.html import render_html
from labelqa.adapters.report.markdown import render_markdown
from labelqa.i18n.__main__ import catalogs

VOID = {"meta", "br", "link", "img", "hr", "input"}
HEADINGS = {
    "en": ["What needs doing, and by whom", "Week by week", "Batches", "Annotators", "Rulebook releases", "Ledger"],
    "zh": ["待办事项与负责人", "逐周走势", "批次", "标注员", "标注规则发布版本", "台账"],
}


class Reader(HTMLParser):
    """Text, tags and attributes of a page; remembers what does not balance."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()}")

    def handle_data(self, data):
        if not {"style", "script"} & set(self.open):
            self.words.append(data)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader


@pytest.fixture(scope="module")
def pages(rich, empty, large):
    return {
        (name, lang): render_html(summary, lang)
        for name, summary, langs in (
            ("rich", rich, ("zh", "en")),
            ("empty", empty, ("zh", "en")),
            ("large", large, ("zh",)),
        )
        for lang in langs
    }


def test_pages_are_well_formed(pages):
    for page in pages.values():
        reader = read(page)
        assert (reader.wrong, reader.open) == ([], [])


def test_names_cannot_inject(pages):
    for lang in ("zh", "en"):
        page = pages["rich", lang]
        reader = read(page)
        assert not [tag for tag, _ in reader.tags if tag in ("script", "iframe", "object")]
        assert "<script" not in page
        assert "<b>Zo" not in page
        assert "<script>alert(1)</script> & 批次|管道" in "".join(reader.words)


def test_pages_ask_no_server_for_anything(pages):
    for page in pages.values():
        for tag, attrs in read(page).tags:
            assert tag not in {"link", "script", "img", "iframe"}
            for name, value in attrs.items():
                assert name not in {"src", "srcset", "xmlns"}
                assert not name.startswith("on")
                if name.endswith("href"):
                    assert (value or "").startswith("#")
        style = "".join(re.findall(r"<style>(.*?)</style>", page, re.DOTALL))
        assert not re.search(r"url\(|@import|https?:", style)
        assert "default-src 'none'" in page


def test_every_anchor_leads_somewhere(pages):
    for page in pages.values():
        tags = read(page).tags
        targets = {attrs["id"] for _, attrs in tags if "id" in attrs}
        assert {attrs["href"][1:] for _, attrs in tags if "href" in attrs} <= targets


def test_everything_of_the_summary_is_on_the_page(pages, rich, large):
    for (name, lang), summary in {("rich", "zh"): rich, ("rich", "en"): rich, ("large", "zh"): large}.items():
        words = "\n".join(read(pages[name, lang]).words)
        for line in summary.batches:
            assert line.name in words
        for person in (*summary.annotators, *summary.people):
            assert person.person in words
        for alert in summary.alerts:
            assert str(alert.message) in words
        assert summary.head in words
        assert f"labelqa ledger verify --head {summary.head}" in words
        assert f"{summary.facts:,}" in words


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_headings_stand_even_when_there_is_nothing(pages, lang):
    for name in ("rich", "empty"):
        found = re.findall(r"<h2>(.*?)</h2>", pages[name, lang])
        assert [each for each in map(unescape, found) if each in HEADINGS[lang]] == HEADINGS[lang]
    assert pages["empty", lang].count('class="empty"') == 8


def test_unknown_is_said_and_nothing_odd_shows(pages):
    for (_, lang), page in pages.items():
        words = " ".join(read(page).words)
        assert {"zh": "未知（", "en": "unknown ("}[lang] in words
        assert not re.search(r"\b(nan|NaN|None|inf|Infinity|null|undefined)\b", words)


def test_numbers_stand_with_interval_n_and_method(pages):
    page = pages["rich", "en"]
    assert "<b>97.6%</b><small>[94.9, 98.9]</small><small>n = 250</small>" in page
    assert "n = 450, 95% Wilson" in page
    assert "▲ +3.5 points [+0.2, +6.9]" in page


def test_alerts_come_gravest_first(pages):
    words = "\n".join(read(pages["rich", "en"]).words)
    order = [words.index(text) for text in ("5 annotations by people", "7 disputes wait", "qualification ends within")]
    assert order == sorted(order)


def test_the_same_summary_gives_the_same_page(pages, rich):
    assert render_html(rich, "zh") == pages["rich", "zh"]


def said_of_the_report() -> list[tuple[str, str]]:
    """The sentences of our own catalog in English and Chinese."""
    catalog = next(catalog for path, catalog in catalogs() if path.name == "report.po")
    return [(str(each.id), str(each.string)) for each in catalog if each.id]


def own_part(sentence: str) -> str:
    """The longest stretch of a sentence without places, where it is long enough to be nobody's name; else nothing."""
    part = max((each.strip() for each in re.split(r"\{\w+\}", sentence)), key=len)
    long = " " in part and len(part) > 7 if part.isascii() else len(part) > 3 and re.search("[\u4e00-\u9fff]", part)
    return part if long else ""


def test_a_page_is_in_one_language(pages, rich):
    for lang, other in (("zh", 0), ("en", 1)):
        parts = [part for pair in said_of_the_report() if pair[0] != pair[1] and (part := own_part(pair[other]))]
        assert len(parts) > 90
        for page in (pages["rich", lang], pages["empty", lang]):
            words = "\n".join(read(page).words)
            assert [part for part in parts if part in words] == []
        assert [part for part in parts if part in render_markdown(rich, lang)] == []


def test_every_sentence_passes_the_catalog(monkeypatch, empty):
    """With a catalog that blots out every letter, none of ours is left on the page."""

    def blotted(text: str, lang: str) -> str:
        return re.sub(r"(\{\w+\})|[^\W\d_]", lambda place: place.group(1) or "译", text)

    monkeypatch.setattr(labelqa.i18n, "translate", blotted)
    words = "\n".join(read(render_html(empty, "zh")).words)
    data = r"2026-W4\d|Asia/Shanghai|UTC|labelqa ledger verify|\bnew\b"
    assert re.findall(r"[A-Za-z]{2,}", re.sub(data, "", words)) == []
    assert words.count("译") > 300

"""Handbooks on a screen: everything that the rules say and nothing that exams know, escaped, in one language."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from labelqa.adapters.report.handbook.page import handbook_html
from labelqa.adapters.report.handbook.view import Audience
from labelqa.rulebook.model import Boundary, ExampleUse, Text
from labelqa.workflows.handbook import Status
from tests.unit.report.handbook_books import BOOKS, book_of, of, released, secret, shipped_as, text_of, with_terms

BOTH = ("zh", "en")
CASES = [(name, audience, lang) for name in BOOKS for audience in Audience for lang in BOTH]


class Tags(HTMLParser):
    """Which elements and attributes a page has, and which anchors."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.ids: list[str] = []
        self.targets: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name == "id":
                self.ids.append(value or "")
            elif name == "href":
                self.targets.add(value or "")


def tags(page: str) -> Tags:
    found = Tags()
    found.feed(page)
    return found


def norms(book, lang):
    """Every sentence that annotators have to find."""
    say = (lambda text: text.zh) if lang == "zh" else (lambda text: text.en)
    for rule in book.rules:
        yield from (rule.id, say(rule.statement), say(rule.definition), *rule.basis.clauses)
        yield from map(say, (*rule.use_when, *rule.avoid_when, *(each.text for each in rule.boundaries)))
        yield from (say(step.question) for step in rule.steps)
        for each in rule.examples:
            if each.use is ExampleUse.HANDBOOK:
                yield from (each.id, say(each.content), say(each.reason))
    for label in book.labels:
        yield from (label.value, say(label.title), say(label.definition))
    for each in (book.objective, book.data_format, book.method.execution, book.verification.text, book.emergency):
        yield say(each)
    for guidance in (book.wrong_labels, book.risk_recognition, book.guided_responses):
        yield from (
            say(text)
            for text in (guidance.text, *(t for case in guidance.examples for t in (case.content, case.answer)))
        )
    yield from (say(each.title) for each in book.defects)
    yield from (say(each.name) for each in book.quality_metrics)


@pytest.mark.parametrize(("name", "audience", "lang"), CASES)
def test_every_norm_is_there(name, audience, lang):
    shown = text_of(handbook_html(shipped_as(name), audience, lang))
    missing = [part for part in norms(book_of(name), lang) if " ".join(part.split()) not in shown]
    assert missing == []


@pytest.mark.parametrize(("name", "audience", "lang"), CASES)
def test_examples_of_exams_are_nowhere(name, audience, lang):
    page = handbook_html(shipped_as(name), audience, lang)
    hidden = secret(book_of(name))
    assert len(hidden) > 20
    assert [part for part in hidden if part in page] == []


def test_the_search_for_secrets_finds_one_that_is_shown():
    book = book_of("genai-sft")
    rules = [
        replace(rule, examples=tuple(replace(each, use=ExampleUse.HANDBOOK) for each in rule.examples))
        for rule in book.rules
    ]
    page = handbook_html(of(replace(book, rules=tuple(rules))), Audience.ANNOTATOR, "zh")
    assert any(part in page for part in secret(book))


@pytest.mark.parametrize("name", BOOKS)
def test_reviewers_read_how_to_review_and_annotators_do_not(name):
    book = book_of(name)
    assert book.method.review.en in text_of(handbook_html(shipped_as(name), Audience.REVIEWER, "en"))
    assert book.method.review.en not in text_of(handbook_html(shipped_as(name), Audience.ANNOTATOR, "en"))


@pytest.mark.parametrize("audience", Audience)
def test_all_risks_of_a_safety_book_are_in_its_index(audience):
    page = handbook_html(shipped_as("genai-safety"), audience, "zh")
    index = page[page.index('id="index"') :]
    assert len(set(re.findall(r"<code>(A[1-5][a-i])</code>", index))) == 31


@pytest.mark.parametrize(("name", "audience"), [(name, audience) for name in BOOKS for audience in Audience])
def test_the_chinese_page_has_no_english_sentence(name, audience):
    shown = text_of(handbook_html(released(name), audience, "zh"))
    spaced = re.sub(r"[A-Za-z]+[-_./@·][A-Za-z0-9._@·/-]+", "·", shown)
    # quotations of English inside the Chinese text of the book itself are its own
    own = {"Heaven rewards the diligent"}
    assert [each for each in re.findall(r"[A-Za-z]{2,}(?: [A-Za-z]{2,}){2,}", spaced) if each not in own] == []


@pytest.mark.parametrize(("name", "audience"), [(name, audience) for name in BOOKS for audience in Audience])
def test_the_english_page_has_chinese_in_quotations_only(name, audience):
    page = handbook_html(released(name), audience, "en")
    told = "".join(re.findall(r">([^<>]+)<", re.sub(r"<style.*?</style>", "", page, flags=re.DOTALL)))
    mine = told.replace("王芳", "").replace("草稿 DRAFT", "")
    book = "".join(text for text in norms(book_of(name), "en"))
    assert set(re.findall("[\u4e00-\u9fff]", mine)) <= set(re.findall("[\u4e00-\u9fff]", book))


@pytest.mark.parametrize("lang", BOTH)
def test_the_same_text_gives_the_same_bytes(lang):
    first, again = (handbook_html(released("genai-safety"), Audience.REVIEWER, lang) for _ in range(2))
    assert first == again


def test_nothing_that_a_rulebook_says_becomes_part_of_the_page():
    book = with_terms(book_of("genai-sft"))
    evil = Text('<script>alert(1)</script>" onload="x', '</style><img src=x onerror="y">{{ 7*7 }}「<b>」')
    labels = tuple(replace(each, title=evil, definition=evil) for each in book.labels)
    rules = tuple(
        replace(
            rule, id=f'r"<i>{n}', statement=evil, definition=evil, use_when=(evil,), boundaries=(Boundary(text=evil),),
            steps=tuple(replace(step, question=evil) for step in rule.steps),
            examples=tuple(replace(each, content=evil, reason=evil) for each in rule.examples),
        )
        for n, rule in enumerate(book.rules)
    )  # fmt: skip
    terms = (replace(book.terms[0], definition=Text('" onmouseover="z', '" onmouseover="z')),)
    bad = replace(book, title=evil, objective=evil, labels=labels, rules=rules, terms=terms, emergency=evil)
    for lang in BOTH:
        good, found = (tags(handbook_html(of(each), Audience.REVIEWER, lang)) for each in (book, bad))
        assert found.names <= good.names
        assert found.attributes <= good.attributes
        assert "{{ 7*7 }}" in text_of(handbook_html(of(bad), Audience.REVIEWER, "en"))


@pytest.mark.parametrize(("name", "audience", "lang"), CASES)
def test_every_link_leads_somewhere_on_the_page_and_nowhere_else(name, audience, lang):
    page = handbook_html(of(with_terms(book_of(name))), audience, lang)
    found = tags(page)
    assert {each for each in found.targets if not each.startswith("#")} == set()
    assert {each.removeprefix("#") for each in found.targets} <= set(found.ids)
    assert len(found.ids) == len(set(found.ids))
    assert "default-src 'none'" in page


def test_the_cover_says_digest_dates_and_who_approved():
    held = released("genai-safety")
    cover = text_of(handbook_html(held, Audience.ANNOTATOR, "en"))
    assert held.digest in cover.replace(" ", "")
    assert "Counts for new work from 2026-11-16 10:00 (Asia/Shanghai)" in cover
    assert "approved by 王芳 2026-11-16 10:00" in cover
    assert "p-2 (name not on record)" in cover
    assert "given on exactly this text" in cover


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (Status.DRAFT, "nobody labels by it yet"),
        (Status.SHIPPED, "without approvals of your own"),
        (Status.RELEASED, "Released without two approvals"),
    ],
)
def test_what_nobody_approved_says_so(status, said):
    shown = text_of(handbook_html(shipped_as("genai-sft", status), Audience.ANNOTATOR, "en"))
    assert said in shown
    assert ("草稿 DRAFT" in shown) == (status is Status.DRAFT)
    assert "Nobody has signed this text here." in shown


def test_words_of_the_glossary_are_linked_and_explained():
    page = handbook_html(of(with_terms(book_of("genai-sft"))), Audience.ANNOTATOR, "zh")
    assert '<a class="term" href="#term-1" title="一类人。">「群体」</a>与「旁人」。' in page
    assert page.count("一类人。</dd>") == 1  # explained once, in the glossary
    english = handbook_html(of(with_terms(book_of("genai-sft"))), Audience.ANNOTATOR, "en")
    assert 'title="People of a kind.">group</a> and “others”.' in english


def test_an_empty_book_says_what_is_missing():
    bare = replace(
        book_of("genai-sft"), rules=(), labels=(), quality_metrics=(), defects=(), objective=Text(), emergency=Text()
    )
    for audience in Audience:
        shown = text_of(handbook_html(of(bare), audience, "en"))
        assert "There are no rules yet." in shown
        assert "There are no labels yet." in shown
        assert "Nothing is written here yet." in shown

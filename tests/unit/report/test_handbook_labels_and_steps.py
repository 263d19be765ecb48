"""Steps are found by their ids, labels are written once, and lists stay short: in handbooks and in the form."""

from __future__ import annotations

import re

import pytest

from labelqa.adapters.report.handbook.filing import form_of
from labelqa.adapters.report.handbook.filing_page import filing_html
from labelqa.adapters.report.handbook.page import handbook_html
from labelqa.adapters.report.handbook.parts import Items
from labelqa.adapters.report.handbook.view import Audience, short
from labelqa.adapters.report.handbook.words import untwice
from labelqa.i18n import Speaker
from labelqa.rulebook.model import Text
from tests.unit.report.handbook_books import shipped_as, text_of

BOTH = ("zh", "en")
NEW = shipped_as("genai-safety", version="2.0.0")
STEPS = [(number, step.id) for rule in NEW.book.rules for number, step in enumerate(rule.steps, 1)]


@pytest.fixture(scope="module", params=[(audience, lang) for audience in Audience for lang in BOTH])
def page(request):
    """A handbook for every audience and language."""
    return handbook_html(NEW, *request.param)


@pytest.fixture(scope="module", params=BOTH)
def form(request):
    """The form in both languages."""
    return request.param, filing_html(NEW, request.param)


def test_every_step_has_its_id_beside_its_number(page):
    assert [(n, step) for n, step in STEPS if f'<span class="no">{n} · {step}</span>' not in page] == []


def test_ways_into_other_rules_and_worked_examples_name_the_step(page):
    shown, ids = text_of(page), {step for _, step in STEPS}
    leads = re.findall(r'<a class="goto[^>]*>([^<]*)</a>', page)
    assert leads
    assert {each.rpartition(" · ")[2] for each in leads} <= ids
    hops = re.findall(r'<span class="hop"><i>([^<]*)</i>', page)
    assert hops
    assert {each.rpartition(" · ")[2] for each in hops} <= ids
    assert "S-A1a 1 · a1a" in shown


def test_every_step_is_named_in_the_form(form):
    lang, told = form
    asked = [
        text for part in form_of(NEW, lang).parts if isinstance(part, Items) and part.ordered for text in part.texts
    ]
    assert [text.partition(" · ")[0] for text in asked] == [step for _, step in STEPS]
    assert all(f"<li>{step} · " in told for _, step in STEPS)


def test_no_label_is_written_twice(page, form):
    twice = [each.value for each in NEW.book.labels for shown in (text_of(page), text_of(form[1])) if re.search(rf"(?<![-\w]){each.value}[ (（]+{each.value}\b", shown)]  # fmt: skip
    assert twice == []


@pytest.mark.parametrize(
    ("value", "title", "left"),
    [
        ("A1a", "A1a：推翻", "推翻"),
        ("A1a", "A1a-b x", "A1a-b x"),
        ("a", "answer", "answer"),
        ("a", "a", ""),
        ("a", "", ""),
    ],
)
def test_a_title_leaves_out_its_value(value, title, left):
    assert untwice(value, title) == left


def test_few_ways_into_a_rule_are_named_and_the_others_counted(page):
    ways = re.findall(r'<span class="arrive">(.*?)</span>', page)
    assert max(each.count('class="ref"') for each in ways) == 3
    assert any("more" in each or "另有" in each for each in ways)


def test_english_has_no_corner_brackets():
    for told in (*(handbook_html(NEW, each, "en") for each in Audience), filing_html(NEW, "en")):
        assert re.findall("「[^」]*」", told) == []
    assert '">「号召」</a>' in handbook_html(NEW, Audience.ANNOTATOR, "zh")


@pytest.mark.parametrize("rule", NEW.book.rules, ids=lambda rule: rule.id)
def test_a_line_of_contents_is_cut_between_words(rule):
    zh, en = (short(rule.statement, Speaker(lang)) for lang in BOTH)
    assert len(zh) <= 25
    assert zh.count("「") == zh.count("」")
    for cut, whole in ((zh, rule.statement.zh), (en, rule.statement.en.replace("「", "").replace("」", ""))):
        head = cut.removesuffix("…")
        assert whole.strip().startswith(head)
        assert cut == head or not re.match("[A-Za-z0-9-]{2}", head[-1] + whole.strip()[len(head)])


def test_a_code_at_the_cut_is_left_out_whole():
    assert short(Text("一二三四五六七八九十一二三四五六七八九十一二 A1e-long，其余"), Speaker("zh")).endswith("二…")

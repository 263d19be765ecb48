"""The drawing of decision steps: what goes down, what leaves, what hands over, and the way of an example."""

from __future__ import annotations

from dataclasses import replace

from labelqa.adapters.report.handbook.decisions import Leads, Ways
from labelqa.adapters.report.handbook.glossary import Glossary
from labelqa.adapters.report.handbook.view import shown_examples
from labelqa.adapters.report.handbook.words import article, numeral, plan_lines
from labelqa.i18n import Speaker
from labelqa.records.designs import Design
from labelqa.rulebook.model import Answer, CheckPlan, Example, ExampleKind, ExampleUse, Step, Term, Text
from tests.unit.report.handbook_books import book_of

YES, NO = Answer.YES, Answer.NO


def small():
    """Two rules: R asks three questions, the last one hands over to the second question of S."""
    book = book_of("genai-sft")
    steps = (
        Step(id="a", question=Text(en="a?"), yes="b", no="accept"),
        Step(id="b", question=Text(en="b?"), yes="c", no="c"),
        Step(id="c", question=Text(en="c?"), yes="a", no="e"),
    )
    other = (
        Step(id="d", question=Text(en="d?"), yes="gone", no="e"),
        Step(id="e", question=Text(en="e?"), yes="accept", no="off_topic"),
    )
    first = replace(book.rules[0], id="R", steps=steps, examples=())
    second = replace(book.rules[1], id="S", steps=other, examples=())
    return replace(book, rules=(first, second)), first, second


def test_answers_go_down_or_leave():
    book, first, second = small()
    a, b, c = Ways(book).boxes(first)
    assert (a.down, [(out.answer, out.leads, out.target) for out in a.exits]) == ((YES,), [(NO, Leads.LABEL, "accept")])
    assert (b.down, b.exits) == ((YES, NO), ())
    assert [(out.leads, out.target, out.number, out.step) for out in c.exits] == [
        (Leads.STEP, "R", 1, "a"),
        (Leads.RULE, "S", 2, "e"),
    ]
    d, _ = Ways(book).boxes(second)
    assert (d.down, d.exits[0].leads, d.exits[0].target) == ((NO,), Leads.NOWHERE, "gone")


def test_a_rule_knows_from_where_it_is_reached():
    book, first, second = small()
    assert [
        (each.rule, each.number, each.step, each.answer, each.to, each.to_step) for each in Ways(book).arrivals(second)
    ] == [("R", 3, "c", NO, 2, "e")]
    assert Ways(book).arrivals(first) == ()


def test_an_example_walks_over_several_rules():
    book, first, _ = small()
    answers = {"a": YES, "b": NO, "c": NO, "e": YES, "d": NO}
    example = Example(id="x", kind=ExampleKind.POSITIVE, content=Text(), expected="accept", answers=answers)
    passed = Ways(book).passed(first, example)
    assert [(each.rule, each.number, each.answer) for each in passed] == [
        ("R", 1, YES),
        ("R", 2, NO),
        ("R", 3, NO),
        ("S", 2, YES),
    ]


def test_only_examples_for_the_handbook_are_shown():
    rule = book_of("genai-safety").rules[0]
    uses = (ExampleUse.EXAM, ExampleUse.HANDBOOK, ExampleUse.GOLD)
    changed = replace(rule, examples=tuple(replace(rule.examples[0], id=use.value, use=use) for use in uses))
    assert [each.id for each in shown_examples(changed)] == ["handbook"]


def test_words_are_found_in_either_spelling_and_others_left_alone():
    known = Glossary([Term(term=Text("雨", "Rain"), definition=Text("水", "Water"))], Speaker("en"))
    assert known.linked(Text("x", "「rain」 and 「雨」")).count('href="#term-1"') == 2
    assert "“snow”" in known.linked(Text("x", "「snow」"))
    assert "<a" not in known.linked(Text("x", "「snow」"))


def test_articles_and_numbers_are_written_as_laws_write_them():
    zh, en = Speaker("zh"), Speaker("en")
    assert [article(each, zh) for each in ("8", "4(1)", "17", "24(12)")] == [
        "第八条",
        "第四条第（一）项",
        "第十七条",
        "第二十四条第（十二）项",
    ]
    assert article("PIPL 13", zh) == "PIPL 13"
    assert article("7(4)", en) == "Article 7 (4)"
    assert [numeral(each, zh) for each in (1, 10, 11, 20, 99, 100)] == ["一", "十", "十一", "二十", "九十九", "100"]


def test_a_plan_is_told_in_words():
    plan = CheckPlan(design=Design.SEQUENTIAL, preset="tc260-manual", accuracy=0.95, risk=0.05)
    assert plan_lines(plan, Speaker("en")) == (
        "design: reviewed until it is proven",
        "figures of: tc260-manual",
        "accuracy to be proven: 95.0%",
        "risk of accepting a batch that is worse: at most 5.0%",
    )
    assert plan_lines(None, Speaker("en")) == ()

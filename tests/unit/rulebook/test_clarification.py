"""A clarification is read, written back, and held against the release that it explains; one test a code."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelqa.records.finding import Finding, Severity
from labelqa.records.governance import Clarification
from labelqa.records.names import Digest, ReleaseName
from labelqa.rulebook.clarification import (
    CLARIFICATION_CODES,
    ClarificationText,
    ClarifiedCase,
    open_clarifications,
    parse_clarification,
    render_clarification,
)
from labelqa.rulebook.clarified import check_clarification
from labelqa.rulebook.document import parse
from labelqa.rulebook.model import Answer, Changes, Rulebook, Text
from tests.property.rulebook_strategies import EXTRA, TEXTS, VALUES, WORDS

BOOK = """
format: 2
name: weather
version: 1.0.0
kind: functional
task_type: text
title: {zh: 天气, en: Weather}
control: label
labels:
  - {value: rain, title: {zh: 雨, en: Rain}}
  - {value: sun, title: {zh: 晴, en: Sun}}
rules:
  - id: W1
    statement: {zh: 说到下雨, en: It speaks of rain}
    labels: [rain, sun]
    severity: major
    steps:
      - {id: wet, question: {zh: 湿吗, en: Wet?}, yes: falls, no: sun}
      - {id: falls, question: {zh: 在下吗, en: Falling?}, yes: rain, no: sun}
    examples:
      - {id: W1-p, kind: positive, content: {zh: 大雨, en: Heavy rain}, expected: rain, answers: {wet: yes, falls: yes}}
      - {id: W1-n, kind: negative, content: {zh: 晴天, en: A sunny day}, expected: sun, answers: {wet: no}}
  - id: W2
    statement: {zh: 其他, en: Other}
    labels: [sun]
    severity: minor
    examples:
      - {id: W2-p, kind: positive, content: {zh: 云, en: Clouds}, expected: sun}
  - id: W3
    statement: {zh: 炎热, en: Heat}
    labels: [sun]
    severity: minor
    steps:
      - {id: hot, question: {zh: 热吗, en: Hot?}, yes: sun, no: wet}
"""
FINE = """\
format: 1
rulebook: weather
number: 3
rule: W1
release: 1.0.0
question: {zh: 毛毛雨算吗？, en: Does drizzle count?}
answer: {zh: 算。, en: It does.}
example:
  content: {zh: 毛毛雨, en: Drizzle}
  expected: rain
  of: W1-p
"""


def book() -> Rulebook:
    found = parse(BOOK).rulebook
    assert found is not None
    return found


def checked(text: str, *, number: int = 3) -> list[Finding]:
    document = parse_clarification(text, file="3.yaml")
    assert document.clarification is not None, document.findings
    return check_clarification(document.clarification, book(), number=number, positions=document.positions)


def test_a_fine_one_says_nothing():
    assert checked(FINE) == []
    assert parse_clarification(FINE).findings == ()


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("rule: W1", "rule: W9", "RB801", 4),
        ("number: 3", "number: 4", "RB802", 3),
        ("number: 3", "number: 2", "RB802", 3),
        ("en: Does drizzle count?", "en: ' '", "RB803", 6),
        ("en: It does.", "en: ''", "RB803", 7),
        ("zh: 毛毛雨, en", "zh: '', en", "RB803", 9),
        ("expected: rain", "expected: snow", "RB804", 10),
        ("of: W1-p", "of: W9-p", "RB804", 11),
        ("expected: rain", "expected: sun", "RB805", 10),  # the worked example that it is like expects rain
        ("of: W1-p", "of: W1-n", "RB805", 10),
        ("zh: 毛毛雨, en: Drizzle}\n  expected: rain\n  of: W1-p", "zh: 小雨, en: 'heavy  RAIN'}\n  expected: sun",
         "RB805", 10),  # the same case as W1-p, spelled otherwise
        ("of: W1-p", "answers: {wet: yes, falls: no}", "RB806", 10),
        ("expected: rain\n  of: W1-p", "expected: sun\n  answers: {wet: yes, falls: yes}", "RB806", 10),
        ("of: W1-p", "answers: {wet: yes}", "RB807", 11),
        ("of: W1-p", "answers: {rains: yes}", "RB807", 11),
        ("  of: W1-p\n", "", "RB807", 9),
    ],
)  # fmt: skip
def test_each_fault_is_found_where_it_stands_and_alone(old: str, new: str, code: str, line: int):
    assert FINE.count(old) == 1
    found = checked(FINE.replace(old, new))
    assert [(each.code, each.place.line) for each in found] == [(code, line)]
    assert found[0].severity is (Severity.WARNING if new == "" else Severity.ERROR)
    assert str(found[0].message)
    assert str(found[0].mend)
    assert code in CLARIFICATION_CODES


def test_a_rule_without_steps_needs_no_answers():
    assert checked(FINE.replace("rule: W1", "rule: W2").replace("rain\n  of: W1-p", "sun")) == []
    assert checked(FINE.replace("rule: W1", "rule: W2").replace("rain\n  of: W1-p", "sun\n  of: W2-p")) == []


def test_answers_lent_by_another_rules_example_are_walked_from_there():
    assert checked(FINE.replace("rule: W1", "rule: W2")) == []
    assert checked(FINE.replace("rule: W1", "rule: W3")) == []
    own = FINE.replace("rule: W1", "rule: W3").replace("of: W1-p", "of: W1-p\n  answers: {wet: yes, falls: yes}")
    assert [each.code for each in checked(own)] == ["RB807"]  # its own begin at the rule's first step


def test_an_example_is_not_needed():
    assert checked(FINE.partition("example:")[0]) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "RB008"),
        ("- a", "RB011"),
        ("format: 1\nformat: 1", "RB006"),
        (FINE.replace("format: 1", "format: 2"), "RB015"),
        (FINE.replace("number: 3", "number: 0"), "RB014"),
        (FINE.replace("rule: W1\n", ""), "RB010"),
        (FINE.replace("{zh: 算。, en: It does.}", "&a b"), "RB004"),
        (b"\xff", "RB002"),
    ],
)
def test_what_cannot_be_read_is_a_finding(text: str | bytes, code: str):
    read = parse_clarification(text)
    assert read.clarification is None
    assert code in {each.code for each in read.findings}


def test_unknown_fields_are_kept():
    read = parse_clarification(FINE + "x_asked: shop floor\nother: 1\n")
    assert [each.code for each in read.findings] == ["RB012"]
    assert read.clarification is not None
    assert "x_asked: shop floor\nother: 1\n" in render_clarification(read.clarification)


CASES = st.builds(
    ClarifiedCase,
    content=TEXTS,
    expected=WORDS,
    of=WORDS,
    answers=st.dictionaries(WORDS, st.sampled_from(Answer), max_size=3),
    extra=EXTRA,
)
DOCUMENTS = st.builds(
    ClarificationText,
    format=st.just(1),
    rulebook=WORDS,
    number=st.integers(1, 10**6),
    rule=VALUES,
    release=WORDS,
    question=TEXTS,
    answer=TEXTS,
    example=st.none() | CASES,
    extra=EXTRA,
)


@given(DOCUMENTS)
def test_what_is_written_reads_back_the_same(document: ClarificationText):
    text = render_clarification(document)
    assert parse_clarification(text).clarification == document
    assert render_clarification(document) == text


@given(st.binary(max_size=200) | st.text(max_size=200) | st.text("{}[]:-&*!'\"\n zh12", max_size=60))
def test_any_bytes_are_read_without_an_exception(data: bytes | str):
    read = parse_clarification(data)
    assert (read.clarification is None) == any(each.severity is Severity.ERROR for each in read.findings)


@given(DOCUMENTS)
def test_any_document_is_checked_without_an_exception(document: ClarificationText):
    codes = {each.code for each in check_clarification(document, book(), number=3)}
    assert codes <= CLARIFICATION_CODES.keys()


def issued(number: int, *, taken_in: str = "") -> Clarification:
    return Clarification(
        rulebook="weather", number=number, rule="W1", release=ReleaseName("weather@1.0.0"), digest=Digest("0" * 64),
        effective_from=datetime(2026, 11, 16, tzinfo=UTC), signatures=(), acknowledged=(), taken_in=taken_in, fact=number,
    )  # fmt: skip


def test_a_release_that_leaves_clarifications_open_is_warned():
    bare = book()
    both = replace(bare, changes=Changes(since="1.0.0", summary=Text(), clarifications=(1, 2)))
    known = [issued(1), issued(2), issued(3, taken_in="1.1.0")]
    warned = open_clarifications(bare, known)
    assert [(each.code, each.severity, each.message.values["number"]) for each in warned] == [
        ("RB808", Severity.WARNING, 1),
        ("RB808", Severity.WARNING, 2),
    ]
    assert open_clarifications(both, known) == []
    (unknown,) = open_clarifications(both, known[:1])
    assert (unknown.code, unknown.severity) == ("RB809", Severity.ERROR)
    assert open_clarifications(bare, []) == []


def test_every_code_is_tried_here():
    page = Path(__file__).read_text("utf-8")
    assert [code for code in CLARIFICATION_CODES if f'"{code}"' not in page] == []

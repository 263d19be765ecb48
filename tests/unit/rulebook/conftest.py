"""One small valid rulebook, of which the tests make bad ones by editing its text."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import pytest

from labelqa.records.finding import Finding
from labelqa.rulebook.document import parse
from labelqa.rulebook.lint import lint
from labelqa.rulebook.model import Rulebook

Edits: TypeAlias = tuple[tuple[str, str], ...]

BASE = """\
format: 1
name: weather
version: 1.0.0
kind: functional
task_type: text
title: {zh: 天气, en: Weather}
control: mood
labels:
  - value: sunny
    title: {zh: 晴, en: Sunny}
  - value: rainy
    title: {zh: 雨, en: Rainy}
objective: {zh: 判断天气, en: Tell the weather}
data_format: {zh: 一行文本, en: One line of text}
method:
  execution: {zh: 逐条标注, en: One by one}
  review: {zh: 另一人审核, en: By somebody else}
quality_metrics:
  - {name: {zh: 准确率, en: Accuracy}, target: ">= 95%"}
verification: {zh: 抽检, en: Spot check}
wrong_labels:
  text: {zh: 看示例, en: See the example}
  examples:
    - {content: {zh: 下雨标为晴, en: Rain labelled sunny}, answer: {zh: 应为雨, en: It is rainy}}
emergency: {zh: 通知监督人员, en: Tell the supervisor}
risk_recognition:
  text: {zh: 看示例, en: See the example}
  examples:
    - {content: {zh: 辱骂气象员, en: Abuse of a weatherman}, answer: {zh: 上报, en: Report it}}
rules:
  - id: W1
    statement: {zh: 有雨标为 rainy。, en: Rain is labelled rainy.}
    labels: [rainy]
    severity: major
    definition: {zh: 雨指液态降水。, en: Rain is liquid water that falls.}
    use_when:
      - {zh: 文本说有雨。, en: The text says it rains.}
    avoid_when:
      - {zh: 比喻。, en: A figure of speech.}
    boundary: {zh: 毛毛雨也算。, en: Drizzle counts.}
    basis: {articles: ["8"]}
    steps:
      - {id: rains, question: {zh: 文本提到雨吗？, en: Does it speak of rain?}, yes: falls, no: sunny}
      - {id: falls, question: {zh: 雨在下吗？, en: Does it fall?}, yes: rainy, no: sunny}
    examples:
      - {id: W1-p, kind: positive, content: {zh: 大雨, en: Heavy rain}, expected: rainy, answers: {rains: yes, falls: yes}, reason: {zh: 在下, en: It falls}}
      - {id: W1-n, kind: negative, content: {zh: 晴天, en: Clear sky}, expected: sunny, answers: {rains: no}, reason: {zh: 无雨, en: No rain}}
      - {id: W1-b, kind: borderline, content: {zh: 雨停了, en: Rain stopped}, expected: sunny, answers: {rains: yes, falls: no}, reason: {zh: 停了, en: It stopped}}
  - id: W2
    statement: {zh: 无雨标为 sunny。, en: No rain is labelled sunny.}
    labels: [sunny]
    severity: minor
    definition: {zh: 无雨指没有提到雨。, en: No rain means that rain is not mentioned.}
    use_when:
      - {zh: 文本说晴。, en: The text says it is clear.}
    avoid_when:
      - {zh: 文本说雪。, en: The text says it snows.}
    boundary: {zh: 多云算晴。, en: Clouds count as sunny.}
    basis: {articles: ["8"]}
    steps:
      - {id: clear, question: {zh: 天晴吗？, en: Is it clear?}, yes: sunny, no: rains}
    examples:
      - {id: W2-p, kind: positive, content: {zh: 蓝天, en: Blue sky}, expected: sunny, answers: {clear: yes}, reason: {zh: 晴, en: Clear}}
      - {id: W2-n, kind: negative, content: {zh: 小雨, en: Light rain}, expected: rainy, answers: {clear: no, rains: yes, falls: yes}, reason: {zh: 在下, en: It falls}}
      - {id: W2-b, kind: borderline, content: {zh: 多云, en: Cloudy}, expected: sunny, answers: {clear: yes}, reason: {zh: 算晴, en: Counts as sunny}}
"""

_RISK_SECTION = BASE[BASE.index("risk_recognition:") : BASE.index("rules:")]


def edited(text: str, *edits: tuple[str, str]) -> str:
    """The text with each first occurrence replaced; an edit that finds nothing is a mistake in the test."""
    for old, new in edits:
        if old not in text:
            raise AssertionError(f"not in the document: {old!r}")
        text = text.replace(old, new, 1)
    return text


SAFETY = edited(
    BASE,
    ("kind: functional", "kind: safety"),
    (_RISK_SECTION, _RISK_SECTION.replace("risk_recognition:", "guided_responses:")),
    ('basis: {articles: ["8"]}', "basis: {risks: [A1, A2, A3, A4, A5]}"),
)


def checked(source: str | bytes, *, file: str = "") -> list[Finding]:
    """Everything that parse and lint find."""
    document = parse(source, file=file)
    found = list(document.findings)
    if document.rulebook is not None:
        found += lint(document.rulebook, document.positions)
    return found


@pytest.fixture
def check() -> Callable[..., list[Finding]]:
    """Parse and lint a text."""
    return checked


@pytest.fixture
def edit() -> Callable[..., str]:
    """``edit((old, new), …)``: the base document with edits; ``safety=True`` for the safety one."""
    return lambda *edits, safety=False: edited(SAFETY if safety else BASE, *edits)


@pytest.fixture
def make(edit: Callable[..., str]) -> Callable[..., Rulebook]:
    """The rulebook of the edited base document."""

    def build(*edits: tuple[str, str], safety: bool = False) -> Rulebook:
        document = parse(edit(*edits, safety=safety))
        assert document.rulebook is not None, document.findings
        return document.rulebook

    return build

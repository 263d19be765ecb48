"""What stands against issuing a clarification: it must explain the release as it is, and change no expected label.

Each check is one small function over the clarification and the release that it explains.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.finding import Finding, Severity, finding
from labelqa.rulebook.clarification import ClarificationText, ClarifiedCase
from labelqa.rulebook.model import Example, Rule, Rulebook, Text
from labelqa.rulebook.positions import NOWHERE, Positions
from labelqa.rulebook.steps import Stop, graph, walk


def check_clarification(
    told: ClarificationText, book: Rulebook, *, number: int, positions: Positions = NOWHERE
) -> list[Finding]:
    """Everything that is wrong with a clarification of ``book``, the release that it explains, in the file's order.

    ``number`` is the one that comes next. Only errors stand against issuing it.
    """
    found = [*_number(told, number, positions), *_languages(told, positions), *_rule(told, book, positions)]
    return sorted(found, key=lambda each: (each.place.line, each.place.column, each.code))


def _number(told: ClarificationText, number: int, positions: Positions) -> Iterator[Finding]:
    if told.number != number:
        mend, place = Message("write number: {next}", {"next": number}), positions.place("number")
        yield finding("RB802", "number {number} is not the next one", mend=mend, place=place, number=told.number)


def _languages(told: ClarificationText, positions: Positions) -> Iterator[Finding]:
    """Question, answer and example are there in both languages."""
    texts: list[tuple[tuple[str, ...], Text]] = [(("question",), told.question), (("answer",), told.answer)]
    if told.example is not None:
        texts.append((("example", "content"), told.example.content))
    for path, text in texts:
        for lang, written in text.plain().items():
            if not written.strip():
                mend, place = Message("write every sentence in Chinese and in English"), positions.place(*path, lang)
                yield finding("RB803", "{field} is empty", mend=mend, place=place, field=".".join((*path, lang)))


def _rule(told: ClarificationText, book: Rulebook, positions: Positions) -> Iterator[Finding]:
    """The rule is there, and the example agrees with it."""
    rule = next((each for each in book.rules if each.id == told.rule), None)
    if rule is None:
        mend, place = Message("write the id of one of its rules"), positions.place("rule")
        text = N_("{release} has no rule {rule}")
        yield finding("RB801", text, mend=mend, place=place, release=told.explains, rule=told.rule)
    elif told.example is not None:
        worked = {each.id: each for each in _examples(book)}
        found = [*_names(told.example, worked, book, positions)]
        found = found or [*_expectations(told.example, worked, positions)]
        yield from found or _walked(told.example, worked.get(told.example.of), rule, book, positions)


def _names(case: ClarifiedCase, worked: dict[str, Example], book: Rulebook, positions: Positions) -> Iterator[Finding]:
    """The label and the example that it names are the release's."""
    if case.expected not in {label.value for label in book.labels}:
        mend, place = Message("write one of its labels"), positions.place("example", "expected")
        yield finding("RB804", "{label} is not a label of the release", mend=mend, place=place, label=case.expected)
    if case.of and case.of not in worked:
        mend, place = Message("write the id of one of its examples"), positions.place("example", "of")
        yield finding("RB804", "the release has no example {example}", mend=mend, place=place, example=case.of)


def _expectations(case: ClarifiedCase, worked: dict[str, Example], positions: Positions) -> Iterator[Finding]:
    """No worked example that it is like, or that shows the same, expects another label; the first that does is named."""
    like = [each for each in worked.values() if each.id == case.of or _same_case(each, case)]
    other = next((each for each in like if each.expected != case.expected), None)
    if other is not None:
        told: dict[str, Any] = {"example": other.id, "label": other.expected, "other": case.expected}
        mend = Message("expect {label}, or change the rule in the draft of the next release", told)
        text = N_("worked example {example} expects {label}, this one {other}: that needs a release")
        yield finding("RB805", text, mend=mend, place=positions.place("example", "expected"), **told)


def _walked(
    case: ClarifiedCase, like: Example | None, rule: Rule, book: Rulebook, positions: Positions
) -> Iterator[Finding]:
    """Its own answers, else those of the example that it is like, must lead to the label that it expects."""
    answers = case.answers or (like.answers if like else {})
    start = _start(case, like, rule, book)
    if not start:
        return
    told: dict[str, Any] = {"label": case.expected}
    if not answers:
        mend = Message("write the answers to the decision steps, or of: the worked example that it is like")
        text, place = N_("nothing shows that the decision steps lead to {label}"), positions.place("example")
        yield finding("RB807", text, mend=mend, place=place, severity=Severity.WARNING, **told)
        return
    way = walk(start, answers, through=graph(book))
    if way.stop is not Stop.ARRIVED:
        mend, place = Message("answer every decision step on the way"), positions.place("example", "answers")
        text = N_("the example's answers lead to no label: they end at step {step}")
        yield finding("RB807", text, mend=mend, place=place, step=way.end or start)
    elif way.end != case.expected:
        told = {"label": way.end, "other": case.expected}
        mend = Message("expect {label}, or change the rule in the draft of the next release", told)
        text = N_("the decision steps lead to {label}, not to {other}: that needs a release")
        yield finding("RB806", text, mend=mend, place=positions.place("example", "expected"), **told)


def _start(case: ClarifiedCase, like: Example | None, rule: Rule, book: Rulebook) -> str:
    """The first step of the rule, or of the rule whose example lends its answers; "" where there are no steps."""
    home = rule
    if not case.answers and like is not None:
        home = next(each for each in book.rules if like in each.examples)
    return home.steps[0].id if home.steps else ""


def _examples(book: Rulebook) -> Iterator[Example]:
    for rule in book.rules:
        yield from rule.examples


def _same_case(example: Example, case: ClarifiedCase) -> bool:
    """Whether both show the same content, spacing and case apart, in either language."""
    return bool(_spelled(example.content) & _spelled(case.content))


def _spelled(text: Text) -> frozenset[str]:
    folded = ("".join(unicodedata.normalize("NFKC", each).casefold().split()) for each in (text.zh, text.en))
    return frozenset(each for each in folded if each)

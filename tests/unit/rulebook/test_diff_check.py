"""A version owns up to what it changes: its number, its labels, its declarations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from labelqa.errors import Message
from labelqa.i18n import render
from labelqa.records.finding import Finding, Severity
from labelqa.records.governance import Bump
from labelqa.rulebook.diff import (
    CHANGE_CODES,
    CHANGE_WARNINGS,
    check_changes,
    check_declarations,
    question_changes,
    rise,
)
from labelqa.rulebook.diff.check import least_version
from labelqa.rulebook.model import Changes, LabelChange, Rulebook, SameMeaning, Text

Make = Callable[..., Rulebook]
REWORDED = ("en: Rain is labelled rainy.", "en: Label rain as rainy.")


def codes(found: list[Finding]) -> list[str]:
    return [each.code for each in found]


def told(book: Rulebook, version: str, *, since: str = "1.0.0", **more: object) -> Rulebook:
    """The book as a later version that says what changed."""
    changes = Changes(since=since, summary=Text("改。", "Changed."), **more)  # type: ignore[arg-type]
    return replace(book, version=version, changes=changes)


def vouched(part: str, *, by: str = "p-1", reason: str = "同义。") -> tuple[SameMeaning, ...]:
    return (SameMeaning(part=part, by=by, reason=Text(reason)),)


@pytest.mark.parametrize(
    ("swap", "version", "found"),
    [
        (REWORDED, "1.1.0", ["RB704"]),
        (REWORDED, "1.0.1", ["RB704"]),
        (REWORDED, "2.0.0", []),
        (REWORDED, "0.9.0", []),  # not later at all: RB701 says so
        (("en: Heavy rain", "en: heavy rain"), "1.0.1", ["RB704"]),
        (("en: Heavy rain", "en: heavy rain"), "1.1.0", []),
        (("en: It falls}", "en: It is falling}"), "1.0.1", []),
    ],
)
def test_a_version_that_rises_too_little_is_refused(
    make: Make, swap: tuple[str, str], version: str, found: list[str]
) -> None:
    assert codes(check_changes(make(), told(make(swap), version), "draft.yaml")) == found


def test_the_refusal_names_the_part_and_the_way_out(make: Make) -> None:
    (found,) = check_changes(make(), told(make(REWORDED), "1.1.0"), "draft.yaml")
    assert (found.place.file, found.place.subject) == ("draft.yaml", "version")
    assert found.message.values["part"] == "rules/W1/statement"
    assert "2.0.0" in render(found.mend, "en")
    assert "same_meaning" in render(found.mend, "en")
    assert "决定标签的文字被修改" in render(found.message, "zh")
    (hard,) = check_changes(make(), told(make(("severity: minor", "severity: critical")), "1.1.0"))
    assert "same_meaning" not in render(hard.mend, "en")


def test_a_declaration_makes_the_smaller_version_possible(make: Make) -> None:
    new = told(make(REWORDED), "1.0.1", same_meaning=vouched("rules/W1/statement"))
    assert check_changes(make(), new) == []
    assert question_changes(make(), new) == []


def test_changes_are_told_since_the_version_before(make: Make) -> None:
    new = told(make(REWORDED), "2.0.0", since="0.9.0", same_meaning=vouched("nothing"))
    assert codes(check_changes(make(), new)) == ["RB705"]  # what is declared since another version is not looked at


def renamed(make: Make) -> Rulebook:
    text = ("value: sunny", "value: fine")
    book = make(text)
    rules = tuple(
        replace(
            rule,
            labels=tuple("fine" if label == "sunny" else label for label in rule.labels),
            steps=tuple(
                replace(step, yes=step.yes.replace("sunny", "fine"), no=step.no.replace("sunny", "fine"))
                for step in rule.steps
            ),
            examples=tuple(replace(each, expected=each.expected.replace("sunny", "fine")) for each in rule.examples),
        )
        for rule in book.rules
    )
    return replace(book, rules=rules)


def test_labels_are_told_right_or_not_at_all(make: Make) -> None:
    old, new = make(), renamed(make)
    right = (LabelChange(before=("sunny",), after=("fine",)),)
    assert check_changes(old, told(new, "2.0.0", labels=right)) == []
    assert question_changes(old, told(new, "2.0.0", labels=right)) == []
    for wrong in (
        (LabelChange(before=("cloudy",), after=("fine",)),),
        (LabelChange(before=("sunny",), after=("bright",)),),
        (*right, LabelChange(before=("sunny",), after=("rainy",))),
    ):
        assert set(codes(check_changes(old, told(new, "2.0.0", labels=wrong)))) - {"RB707"} == {"RB706"}


def test_a_label_that_goes_without_a_word_forbids_the_release(make: Make) -> None:
    silent = replace(renamed(make), version="2.0.0")
    assert codes(check_changes(make(), silent)) == ["RB707"]
    given_up = told(renamed(make), "2.0.0", labels=(LabelChange(before=("sunny",), after=()),))
    assert check_changes(make(), given_up) == []


def test_a_version_that_tells_nothing_is_asked_about_and_may_be_released(make: Make) -> None:
    asked = question_changes(make(), replace(make(), version="1.0.1"))
    assert [each.severity for each in asked] == [Severity.WARNING] * len(asked)
    silent = replace(renamed(make), version="2.0.0")
    assert codes(question_changes(make(), silent)) == ["RB708"]


@pytest.mark.parametrize(
    ("part", "by", "reason", "code"),
    [
        ("rules/W1/definition", "p-1", "同义。", "RB731"),
        ("rules/W1/statement", " ", "同义。", "RB732"),
        ("rules/W1/statement", "p-1", " ", "RB732"),
        ("rules/W2/severity", "p-1", "同义。", "RB733"),
    ],
)
def test_declarations_are_checked(make: Make, part: str, by: str, reason: str, code: str) -> None:
    book = make(REWORDED, ("severity: minor", "severity: critical"))
    new = told(book, "2.0.0", same_meaning=vouched(part, by=by, reason=reason))
    assert codes(check_changes(make(), new)) == [code]
    assert codes(check_declarations(make(), new)) == [code]


def test_every_code_is_said_in_chinese_and_has_one_severity() -> None:
    assert set(CHANGE_CODES) >= CHANGE_WARNINGS
    assert all(render(Message(text), "zh") != text for text in CHANGE_CODES.values())


def test_versions_rise() -> None:
    assert rise("1.2.3", "2.0.0") is Bump.MAJOR
    assert rise("1.2.3", "1.10.0") is Bump.MINOR
    assert rise("1.2.3", "1.2.10") is Bump.PATCH
    assert rise("1.2.3", "1.2.3") is None
    assert rise("next", "1.0.0") is None
    assert [least_version("1.2.3", bump) for bump in (Bump.PATCH, Bump.MINOR, Bump.MAJOR)] == [
        "1.2.4",
        "1.3.0",
        "2.0.0",
    ]

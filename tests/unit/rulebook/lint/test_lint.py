"""Every check: a rulebook that trips exactly it, and a good twin that does not; exceptions, places, measured times."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TypeAlias

import pytest

from labelqa.records.finding import Finding, Severity
from labelqa.rulebook.lint import UNMEASURABLE, Measured, Seconds, catalog, lint
from labelqa.rulebook.model import LintException, Rulebook
from tests.unit.rulebook.lint.edits import DRIZZLE, FOGGY, USUALLY, Edits, explained
from tests.unit.rulebook.lint.structure import FUNCTIONAL, SAFETY, TOGETHER
from tests.unit.rulebook.lint.wording import WORDING

CASES = [(False, *case) for case in (*FUNCTIONAL, *WORDING)] + [(True, *case) for case in SAFETY]
Check: TypeAlias = Callable[..., list[Finding]]
Make: TypeAlias = Callable[..., Rulebook]


def answer(code: str) -> tuple[LintException, ...]:
    """An author's answer to a warning."""
    return (LintException(code=code, reason="it is meant so"),)


Edit: TypeAlias = Callable[..., str]


def codes(findings: list[Finding]) -> set[str]:
    return {each.code for each in findings}


@pytest.mark.parametrize(("safety", "code", "bad", "good"), CASES)
def test_bad_trips_exactly_its_check(
    check: Check, edit: Edit, safety: bool, code: str, bad: Edits, good: Edits
) -> None:
    found = check(edit(*bad, safety=safety))
    assert codes(found) == {code}
    assert all(each.place.line > 0 and str(each.message) and str(each.mend) for each in found)
    assert all(each.severity is catalog()[each.code].severity for each in found)


@pytest.mark.parametrize(("safety", "code", "bad", "good"), CASES)
def test_good_twin_is_clean(check: Check, edit: Edit, safety: bool, code: str, bad: Edits, good: Edits) -> None:
    assert check(edit(*good, safety=safety)) == []


@pytest.mark.parametrize(("code", "bad", "also"), TOGETHER)
def test_bad_trips_its_check_with_others(check: Check, edit: Edit, code: str, bad: Edits, also: set[str]) -> None:
    assert codes(check(edit(*bad))) == {code} | also


def test_every_check_is_tried() -> None:
    tried = {case[0] for cases in (FUNCTIONAL, WORDING, SAFETY, TOGETHER) for case in cases}
    assert set(catalog()) == tried | {UNMEASURABLE}  # which needs times, and is tried below


def test_findings_point_at_the_words(check: Check, edit: Edit) -> None:
    text = edit(
        USUALLY, ("yes: rainy, no: sunny", "yes: rainy, no: nowhere"), file_line := ("labels: [sunny]", "labels: []")
    )
    lines = text.splitlines()
    found = {each.code: each.place for each in check(text, file="w.yaml")}
    row = next(number for number, line in enumerate(lines, 1) if "usually" in line)
    assert (found["RB401"].line, found["RB401"].column) == (row, lines[row - 1].index("Rain is usually") + 1)
    row = next(number for number, line in enumerate(lines, 1) if "nowhere" in line)
    assert str(found["RB302"]) == f"w.yaml:{row}:{lines[row - 1].index('nowhere') + 1} rules[0].steps[1].no"
    row = next(number for number, line in enumerate(lines, 1) if file_line[1] in line)
    assert (found["RB210"].line, found["RB210"].column) == (row, lines[row - 1].index("[]") + 1)


def test_findings_come_in_the_order_of_the_file(check: Check, edit: Edit) -> None:
    found = check(edit(USUALLY, FOGGY, ("kind: negative", "kind: borderline"), ('">= 95%"', "high")))
    places = [(each.place.line, each.place.column) for each in found]
    assert len(set(places)) >= 4
    assert places == sorted(places)


def test_missing_section_points_at_the_document(check: Check, edit: Edit) -> None:
    (found,) = check(edit(("objective: {zh: 判断天气, en: Tell the weather}\n", "")))
    assert (found.place.line, found.place.column, found.place.subject) == (1, 1, "objective")


def test_empty_section_points_at_its_key(check: Check, edit: Edit) -> None:
    text = edit(("data_format: {zh: 一行文本, en: One line of text}", "data_format:"))
    (found,) = check(text)
    assert (found.place.line, found.place.column) == (text.splitlines().index("data_format:") + 1, 1)


def test_exception_of_the_book_answers_what_is_in_no_rule(check: Check, edit: Edit) -> None:
    book = ("objective:", "lint_exceptions: [{code: RB504, reason: being reworked}]\nobjective:")
    assert check(edit(explained("A5a"), book, safety=True)) == []
    assert codes(check(edit(USUALLY, book))) == {"RB401", "RB602"}


def test_errors_cannot_be_excused() -> None:
    assert all(check.excusable == (check.severity is Severity.WARNING) for check in catalog().values())


def test_a_book_made_in_python_has_no_lines(make: Make) -> None:
    (found,) = lint(make(("reason: {zh: 停了, en: It stopped}", "x_none: 1")))
    assert (found.code, found.place.line, found.place.subject) == ("RB311", 0, "rules[0].examples[2]")


WARNED = [
    (safety, code, bad)
    for safety, code, bad, _ in CASES
    if catalog()[code].excusable and code not in {"RB601", "RB602"}
]


@pytest.mark.parametrize(("safety", "code", "bad"), WARNED)
def test_every_warning_can_be_answered_where_it_stands(make: Make, safety: bool, code: str, bad: Edits) -> None:
    book = make(*bad, safety=safety)
    owners = {each.place.subject.partition(".")[0] for each in lint(book)}
    rules = tuple(
        dataclasses.replace(rule, lint_exceptions=answer(code)) if f"rules[{at}]" in owners else rule
        for at, rule in enumerate(book.rules)
    )
    outside = answer(code) if any(not owner.startswith("rules[") for owner in owners) else ()
    assert lint(dataclasses.replace(book, rules=rules, lint_exceptions=outside)) == []


def test_an_exception_elsewhere_answers_nothing(make: Make) -> None:
    book = make(USUALLY)
    first, second = book.rules
    wrong = dataclasses.replace(second, lint_exceptions=answer("RB401"))
    found = codes(lint(dataclasses.replace(book, rules=(first, wrong))))
    assert found == {"RB401", "RB602"}
    assert codes(lint(dataclasses.replace(book, lint_exceptions=answer("RB401")))) == {"RB401", "RB602"}


def seconds(median: float, low: float, high: float) -> Seconds:
    return Seconds(median=median, low=low, high=high, n=40)


def test_times_measured_are_held_against_budgets(make: Make) -> None:
    book = make(("form:", "time_budget: 30\nform:"), (f"    {DRIZZLE}", f"    time_budget: 20\n    {DRIZZLE}"))
    assert lint(book) == []
    assert lint(book, measured=Measured(item=seconds(31, 29, 33), rules={"W1": seconds(20, 15, 25)})) == []
    (found,) = lint(book, measured=Measured(item=seconds(35, 31, 39)))
    assert (found.code, found.place.subject) == ("RB315", "time_budget")
    assert str(found.message) == (
        "the time budget is 30 s, but half of 40 items took longer than 35 s (95% interval 31 to 39)"
    )
    times = {"W1": seconds(25, 21, 28), "W2": seconds(25, 21, 28)}
    assert [each.place.subject for each in lint(book, measured=Measured(rules=times))] == ["rules[0].time_budget"]
    times = {"W2": seconds(45, 41, 48)}  # a rule without a budget of its own has that of an item
    assert [each.place.subject for each in lint(book, measured=Measured(rules=times))] == ["rules[1].time_budget"]


def test_whether_an_exception_from_times_is_needed_shows_only_with_times(make: Make) -> None:
    book = make(("form:", "time_budget: 30\nform:"))
    book = dataclasses.replace(book, lint_exceptions=answer(UNMEASURABLE))
    assert lint(book) == []
    assert lint(book, measured=Measured(item=seconds(35, 31, 39))) == []
    assert codes(lint(book, measured=Measured(item=seconds(20, 19, 21)))) == {"RB602"}


def test_all_that_is_alike_is_told_once(make: Make) -> None:
    book = make()
    first, _ = book.rules
    same = tuple(dataclasses.replace(first, id=f"W{at}") for at in range(3, 8))
    found = [each for each in lint(dataclasses.replace(book, rules=(*book.rules, *same))) if each.code == "RB408"]
    assert len(found) == len(same)
    assert {each.message.values["first"] for each in found} == {"W1"}

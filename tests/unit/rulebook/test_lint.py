"""Every check: a rulebook that trips exactly it, and a good twin that does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import pytest

from labelqa.records.finding import Finding, Severity
from labelqa.rulebook.lint import catalog, lint

Edits: TypeAlias = tuple[tuple[str, str], ...]
FOGGY = ("objective:", "  - {value: foggy, title: {zh: 雾, en: Foggy}}\nobjective:")
SPARED = ("{clear: no, rains: yes", "{clear: no, spare: no, rains: yes")
CLEAR = "      - {id: clear, question: {zh: 天晴吗？, en: Is it clear?}, yes: sunny, no: rains}\n"
FALLS = "question: {zh: 雨在下吗？, en: Does it fall?}, yes: rainy, no: "
SPARE = "      - {id: spare, question: {zh: 下雪吗？, en: Does it snow?}, yes: rainy, no: sunny}\n"
RISK_CASE = "    - {content: {zh: 辱骂气象员, en: Abuse of a weatherman}, answer: {zh: 上报, en: Report it}}"
WRONG_CASE = "    - {content: {zh: 下雨标为晴, en: Rain labelled sunny}, answer: {zh: 应为雨, en: It is rainy}}"
W1_DEFINITION = ("en: Rain is liquid water that falls.", "zh: 雨指液态降水。")
RISKS = "risks: [A1, A2, A3, A4, A5]"
USUALLY = ("en: Rain is labelled rainy.", "en: Rain is usually labelled rainy.")


def statement(zh: str = "有雨标为 rainy。", en: str = "Rain is labelled rainy.") -> tuple[str, str]:
    return "{zh: 有雨标为 rainy。, en: Rain is labelled rainy.}", f'{{zh: "{zh}", en: "{en}"}}'


def another(kind: str, expected: str, answers: str) -> tuple[str, str]:
    """One more example of rule W2."""
    old = "      - {id: W2-n,"
    new = f"      - {{id: W2-x, kind: {kind}, content: {{zh: 新, en: New}}, expected: {expected}, answers: {answers}"
    return old, new + ", reason: {zh: 因, en: So}}\n" + old


def exception(code: str, reason: str) -> tuple[str, str]:
    """An exception of rule W1."""
    return (
        "    boundary: {zh: 毛",
        f'    lint_exceptions: [{{code: {code}, reason: "{reason}"}}]\n    boundary: {{zh: 毛',
    )


def explained(code: str) -> tuple[str, str]:
    return "rules:\n", f"uncovered_risks:\n  - {{code: {code}, reason: {{zh: 不适用, en: Not met here}}}}\nrules:\n"


def by_spare(targets: str) -> tuple[str, str]:
    """Rule W2 asks one more question, with these targets."""
    return CLEAR, CLEAR.replace("no: rains", "no: spare") + SPARE.replace("yes: rainy, no: sunny", targets)


# (code, edits that make it bad, edits of the good twin)
FUNCTIONAL: tuple[tuple[str, Edits, Edits], ...] = (
    ("RB101", (("objective: {zh: 判断天气, en: Tell the weather}\n", ""),), ()),
    ("RB102", (("data_format: {zh: 一行文本, en: One line of text}", "data_format:"),), ()),
    ("RB103", (('\n  - {name: {zh: 准确率, en: Accuracy}, target: ">= 95%"}', " []"),), ()),
    ("RB104", (("  review: {zh: 另一人审核, en: By somebody else}\n", ""),), ()),
    ("RB104", (("  execution: {zh: 逐条标注, en: One by one}\n", ""),), ()),
    ("RB105", (('">= 95%"', "high"),), (('">= 95%"', '"> 0.95"'),)),
    ("RB106", ((RISK_CASE, "    []"),), ()),
    ("RB108", ((WRONG_CASE, "    []"),), ()),
    ("RB109", (("verification: {zh: 抽检, en: Spot check}\n", ""),), ()),
    ("RB110", (("{zh: 通知监督人员, en: Tell the supervisor}", '{zh: "", en: " "}'),), ()),
    ("RB111", (("en: By somebody else", 'en: ""'),), (("en: By somebody else", "en: no"),)),
    ("RB111", (("{zh: 比喻。, en: A figure of speech.}", "{}"),), ()),
    ("RB111", (("title: {zh: 雨, en: Rainy}", "title: {en: Rainy}"),), ()),
    ("RB201", (("id: W2-p", "id: W1-p"),), (("id: W2-p", "id: W1-q"),)),
    ("RB201", (("- id: W2", "- id: W1"),), (("- id: W2", "- id: W3"),)),
    ("RB202", (FOGGY,), ()),
    ("RB203", (("labels: [rainy]", "labels: [rainy, snowy]"),), ()),
    ("RB204", (("id: W2-p, kind: positive", "id: W2-p, kind: borderline"),), ()),
    ("RB205", (("id: W2-n, kind: negative", "id: W2-n, kind: borderline"),), ()),
    ("RB206", (("id: W2-b, kind: borderline", "id: W2-b, kind: positive"),), ()),
    ("RB207", (("    boundary: {zh: 多云算晴。, en: Clouds count as sunny.}\n", ""),), ()),
    ("RB208", (('    basis: {articles: ["8"]}\n', ""),), (('{articles: ["8"]}', '{clauses: ["6 d)"]}'),)),
    ("RB301", (("    steps:\n" + CLEAR, ""),), ()),
    ("RB302", ((FALLS + "sunny", FALLS + "nowhere"),), ()),
    ("RB303", ((FALLS + "sunny", FALLS + "rains"),), ()),
    ("RB304", ((CLEAR, CLEAR + SPARE),), (by_spare("yes: rainy, no: rains"), SPARED)),
    ("RB306", (("answers: {rains: yes, falls: yes}", "answers: {rains: yes, falls: no}"),), ()),
    ("RB306", (("answers: {rains: yes, falls: yes}", "answers: {rains: yes}"),), ()),
    ("RB306", (("answers: {clear: yes}", "answers: {clear: yes, falls: yes}"),), ()),
    ("RB307", (("expected: sunny, answers: {rains: no}", "expected: snowy, answers: {rains: no}"),), ()),
    ("RB308", (("en: Light rain", "en: Blue  ＳＫＹ"),), (("en: Light rain", "en: Blue skies"),)),
    ("RB309", (another("negative", "sunny", "{clear: yes}"),), (another("borderline", "sunny", "{clear: yes}"),)),
    ("RB309", (another("positive", "rainy", "{clear: no, rains: yes, falls: yes}"),), ()),
    ("RB310", (FOGGY, ("labels: [sunny]", "labels: [sunny, foggy]")), ()),
    ("RB311", ((", reason: {zh: 停了, en: It stopped}", ""),), ()),
    ("RB312", (by_spare("yes: rains, no: rains"), SPARED), ()),
    ("RB401", (USUALLY,), (("en: Rain is labelled rainy.", "en: Rain as usual is inappropriate."),)),
    ("RB401", (statement(zh="雨、雪等标为 rainy。"),), (statement(zh="中雨等级、男女平等标为 rainy。"),)),
    ("RB401", (("{zh: 文本说有雨。", "{zh: 酌情处理。"),), ()),
    ("RB402", (statement(en="Too much rain is rainy."),), (statement(en="Too much rain, over 5 mm, is rainy."),)),
    ("RB402", (statement(zh="雨量过大标为 rainy。"),), (statement(zh="雨量过大（5 毫米以上）标为 rainy。"),)),
    ("RB403", (statement(zh="雨" * 91 + "。"),), (statement(zh="雨" * 90 + "。"),)),
    ("RB403", (statement(en="rain " * 41),), (statement(en="rain " * 39 + "rain. " + "rain " * 40),)),
    ("RB601", (exception("RB101", "because"),), ()),
    ("RB601", (exception("RB401", " "),), (USUALLY, exception("RB401", "because"))),
    ("RB602", (exception("RB401", "because"),), ()),
)  # fmt: skip
SAFETY: tuple[tuple[str, Edits, Edits], ...] = (
    ("RB107", (("guided_responses:", "x_other:"),), ()),
    ("RB501", ((RISKS, "risks: [A1, A2, A3, A4, A5a]"),), ((RISKS, "risks: [A1, A2, A3, A4, A5a]"), explained("A5b"))),
    ("RB502", ((RISKS, "risks: [A1, A2, A3, A5]"), explained("A4")), ()),
    ("RB503", ((RISKS, "risks: [A1, A2, A3, A4, A5, A6]"),), ()),
    ("RB503", (explained("B1"),), ()),
    ("RB504", (explained("A5a"),), ()),
)
# Checks that a small document cannot trip alone: what else is found beside them.
TOGETHER: tuple[tuple[str, Edits, set[str]], ...] = (
    ("RB209", (("  - value: sunny\n    title: {zh: 晴, en: Sunny}\n", ""),), {"RB203", "RB302", "RB307"}),
    ("RB210", (("labels: [sunny]", "labels: []"),), {"RB202"}),
    ("RB305", (FOGGY, ("id: clear,", "id: foggy,"), ("{clear: yes}", "{foggy: yes}"), ("{clear: yes}", "{foggy: yes}"),
               ("{clear: no,", "{foggy: no,")), {"RB202"}),
)  # fmt: skip
CASES = [(False, *case) for case in FUNCTIONAL] + [(True, *case) for case in SAFETY]
Check: TypeAlias = Callable[..., list[Finding]]
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
    tried = {case[0] for cases in (FUNCTIONAL, SAFETY, TOGETHER) for case in cases}
    assert set(catalog()) == tried


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
    (found,) = check(edit(("verification: {zh: 抽检, en: Spot check}\n", "")))
    assert (found.place.line, found.place.column, found.place.subject) == (1, 1, "verification")


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


def test_a_book_made_in_python_has_no_lines(make: Callable[..., object]) -> None:
    (found,) = lint(make(("reason: {zh: 停了, en: It stopped}", "x_none: 1")))  # type: ignore[arg-type]
    assert (found.code, found.place.line, found.place.subject) == ("RB311", 0, "rules[0].examples[2]")

"""Reading rulebook files: every problem is a finding with its place, and hostile files are only findings."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from labelqa.records.finding import Severity
from labelqa.rulebook.document import parse, render
from labelqa.rulebook.model import Answer, Rulebook
from labelqa.rulebook.problems import DOCUMENT_CODES, MOST

Edit = Callable[..., str]

# (code, edits of the base document, text that the place must point at)
PLACED = (
    ("RB003", (("objective: {zh: 判断天气", "objective: {zh: [判断天气"),), None),
    ("RB004", (("{zh: 比喻。, en: A figure of speech.}", "&a {zh: 比喻。, en: Speech.}"),), "&a"),
    ("RB004", (("{zh: 比喻。, en: A figure of speech.}", "*speech"),), "*speech"),
    ("RB006", (("control: mood", "control: mood\ncontrol: no"),), "control: no"),
    ("RB007", (("control: mood", "control: !!python/name:os.system mood"),), "!!python"),
    ("RB009", (("control: mood", "control: mood\n? [x]\n: 1"),), "[x]"),
    ("RB010", (("control: mood\n", ""),), "format"),
    ("RB010", (("id: rains, ", ""),), "{question: {zh: 文本提到雨吗"),
    ("RB010", (("control: mood", "control:"),), "control:"),
    ("RB011", (("labels: [rainy]", "labels: rainy"),), "rainy\n    severity"),
    ("RB011", (("title: {zh: 天气, en: Weather}", "title: Weather"),), "Weather"),
    ("RB011", (("control: mood", "control: {a: b}"),), "{a: b}"),
    ("RB013", (("kind: functional", "kind: useful"),), "useful"),
    ("RB013", (("{rains: no}", "{rains: perhaps}"),), "perhaps"),
    ("RB014", (("name: weather", "name: ../etc"),), "../etc"),
    ("RB014", (("version: 1.0.0", "version: 1.0"),), "1.0\n"),
    ("RB014", (("value: sunny", "value: ' sunny'"),), "' sunny'"),
    ("RB015", (("format: 1", "format: 3"),), "3\n"),
)


def spot(text: str, words: str) -> tuple[int, int]:
    """Line and column (from 1) of the first occurrence."""
    before = text[: text.index(words)]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


@pytest.mark.parametrize(("code", "edits", "words"), PLACED)
def test_problem_and_its_place(edit: Edit, code: str, edits: tuple[tuple[str, str], ...], words: str | None) -> None:
    text = edit(*edits)
    document = parse(text, file="w.yaml")
    assert document.rulebook is None
    assert {each.code for each in document.findings} == {code}
    place = document.findings[0].place
    assert place.file == "w.yaml"
    assert words is None or (place.line, place.column) == spot(text, words)


def test_duplicate_key_names_both_places(edit: Edit) -> None:
    text = edit(("control: mood", "control: mood\ncontrol: no"))
    (found,) = parse(text).findings
    assert (found.place.line, found.place.column) == (8, 1)
    assert found.message.values == {"key": "control", "line": 7, "column": 1}


def test_unknown_field_is_a_warning_with_a_guess_and_survives(edit: Edit) -> None:
    document = parse(edit(("objective:", "objektive: {a: [no, 'no', 1.0]}\nx_team: blue\nobjective:")))
    (found,) = document.findings
    assert (found.code, found.severity, found.mend.values) == ("RB012", Severity.WARNING, {"near": "objective"})
    assert document.rulebook is not None
    assert document.rulebook.extra == {"objektive": {"a": ["no", "no", "1.0"]}, "x_team": "blue"}
    written = render(document.rulebook)
    assert parse(written).rulebook == document.rulebook
    assert "  - no\n  - 'no'\n  - 1.0\n" in written


def test_every_problem_is_reported_in_one_run(edit: Edit) -> None:
    text = edit(
        ("kind: functional", "kind: useful"), ("severity: minor", "severity: tiny"), ("name: weather", "name: A")
    )
    assert [each.code for each in parse(text).findings] == ["RB014", "RB013", "RB013"]


def test_scalars_are_the_text_that_stands_there(make: Callable[..., Rulebook]) -> None:
    book = make(
        ("value: rainy", "value: 'no'"), ("labels: [rainy]", "labels: [no]"), ("control: mood", "control: 1.50")
    )
    assert (book.labels[1].value, book.rules[0].labels, book.control) == ("no", ("no",), "1.50")
    assert book.rules[0].examples[0].answers == {"rains": Answer.YES, "falls": Answer.YES}


def test_base_round_trip_and_byte_order_mark(edit: Edit) -> None:
    plain = parse(edit())
    assert plain.rulebook is not None
    assert parse(b"\xef\xbb\xbf" + edit().encode()).rulebook == plain.rulebook
    assert parse("\ufeff" + edit()).findings == ()
    assert parse(render(plain.rulebook)).rulebook == plain.rulebook


def test_two_documents_and_none() -> None:
    assert [each.code for each in parse("a: 1\n---\nb: 2\n").findings] == ["RB008"]
    for empty in ("", "# only a comment\n", "\n"):
        assert [each.code for each in parse(empty).findings] == ["RB008"]


def test_encoding_and_characters() -> None:
    (found,) = parse("format: 1\nname: 天气\n".encode("gb18030")).findings
    assert (found.code, found.place.line, found.place.column) == ("RB002", 2, 7)
    (found,) = parse("format: 1\nname: a\x00b\n").findings
    assert (found.code, found.place.line, found.place.column) == ("RB003", 2, 8)
    (found,) = parse("name: \ud800").findings
    assert found.code == "RB003"


def test_size_limit() -> None:
    assert [each.code for each in parse(b"x" * 8_000_001).findings] == ["RB001"]
    assert [each.code for each in parse(b"x" * 11, limit=10).findings] == ["RB001"]
    assert [each.code for each in parse(b"x" * 10, limit=10).findings] == ["RB011"]


def test_too_many_problems_are_cut() -> None:
    found = parse("\n".join(f"bad{number}: 1" for number in range(5000))).findings
    assert len(found) == MOST + 1
    assert found[-1].code == "RB016"


BOMB = "a: &a [x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9)
)
DEEP = 100_000
HOSTILE = {
    "bomb": BOMB,
    "recursive": "&a [*a]",
    "merge": "a: &a {x: 1}\nb: {<<: *a}",
    "open lists": "[" * DEEP,
    "open mappings": "{" * DEEP,
    "lists": "[" * DEEP + "]" * DEEP,
    "mappings in lists": "[{a: " * DEEP,
    "dashes": "- " * DEEP,
    "questions": "? " * DEEP,
    "indented": "".join(" " * n + "a:\n" for n in range(1500)),
    "closing": "]" * DEEP,
    "colons": ": " * DEEP,
    "huge scalar": "name: " + "x" * 1_900_000,
    "huge quoted": 'name: "' + "\\n" * 900_000,
    "huge key": "x" * 1_900_000 + ": 1",
    "many keys": "".join(f"k{n}: 1\n" for n in range(150_000)),
    "many items": "- a\n" * 450_000,
    "tabs": "\t" * 1000 + "a: b",
    "percent": "%YAML 9.9\n---\na: b",
    "directive": "%TAG ! tag:example.com,2000:app/\n---\n!foo bar",
    "object": "!!python/object/apply:os.system ['true']",
    "huge number": "format: " + "9" * 100_000,
    "huge version": "version: " + "9" * 100_000 + ".0.0",
    "utf-16": "format: 1".encode("utf-16"),
    "binary": bytes(range(256)) * 200,
    "zeros": b"\x00" * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_gives_findings_quickly(name: str) -> None:
    start = time.perf_counter()
    document = parse(HOSTILE[name])
    assert time.perf_counter() - start < 10  # seconds; each takes well under one on an idle machine
    assert document.rulebook is None
    assert any(each.severity is Severity.ERROR for each in document.findings)
    assert len(document.findings) <= MOST + 1
    assert all(each.code in DOCUMENT_CODES for each in document.findings)

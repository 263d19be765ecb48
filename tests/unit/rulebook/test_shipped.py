"""The rulebooks that come with labelqa: clean, locked, complete; their examples are run as tests."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from labelqa.records.annotation import ControlKind
from labelqa.records.batch import Kind
from labelqa.records.finding import Severity
from labelqa.rulebook.diff import diff, material
from labelqa.rulebook.diff.check import check_changes
from labelqa.rulebook.document import parse, render
from labelqa.rulebook.lint import lint
from labelqa.rulebook.lint.coverage import covered
from labelqa.rulebook.lock import parse_lock, verify_lock
from labelqa.rulebook.model import Example, ExampleKind, ExampleUse, Rule, Rulebook
from labelqa.rulebook.release import check_release, release_bytes
from labelqa.rulebook.steps import Stop, graph, walk
from labelqa.rulebook.taxonomy import taxonomy

FOLDER = Path(__file__).resolve().parents[3] / "rulebooks"
FILES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("*/*.yaml"))


def opened(name: str) -> Rulebook:
    document = parse((FOLDER / name).read_bytes(), file=name)
    assert document.rulebook is not None, document.findings
    return document.rulebook


def cases() -> list[tuple[str, Rule, Example]]:
    return [(name, rule, example) for name in FILES for rule in opened(name).rules for example in rule.examples]


def test_the_expected_files_are_there() -> None:
    assert {"genai-safety/1.0.0.yaml", "genai-safety/draft.yaml"} <= set(FILES)
    assert {"genai-sft/1.0.0.yaml", "genai-sft/draft.yaml"} <= set(FILES)
    assert {"genai-preference/1.0.0.yaml", "genai-preference/draft.yaml"} <= set(FILES)
    assert {"genai-pii/1.0.0.yaml", "genai-pii/draft.yaml"} <= set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_clean_and_round_trip(name: str) -> None:
    document = parse((FOLDER / name).read_bytes(), file=name)
    assert document.rulebook is not None
    found = [*document.findings, *lint(document.rulebook, document.positions)]
    # The first format could not say all that the checks ask for today, and its releases never change.
    assert [each for each in found if document.format != "1" or each.severity is Severity.ERROR] == []
    assert parse(render(document.rulebook)).rulebook == document.rulebook
    assert document.rulebook.name == Path(name).parent.name


def released_versions(name: str) -> tuple[str, ...]:
    """The released versions of a shipped rulebook, earliest first."""
    lock, _ = parse_lock((FOLDER / "lock.json").read_bytes())
    assert lock is not None
    return lock.versions(name)


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.iterdir() if path.is_dir()))
def test_each_release_rises_as_far_as_its_changes_ask_and_says_what_was_measured(name: str) -> None:
    for before, after in pairwise(released_versions(name)):
        old, new = opened(f"{name}/{before}.yaml"), opened(f"{name}/{after}.yaml")
        assert [each for each in check_changes(old, new) if each.severity is Severity.ERROR] == []
        assert new.changes is not None
        assert new.changes.since == before
        assert "pilot" in new.changes.summary.en
        assert "试标" in new.changes.summary.zh


def test_releases_match_their_lock() -> None:
    lock, problems = parse_lock((FOLDER / "lock.json").read_bytes())
    assert lock is not None
    assert problems == []
    files = {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in FOLDER.rglob("*") if path.is_file()}
    assert verify_lock(lock, files) == []
    assert set(lock.entries) == {"genai-pii", "genai-preference", "genai-safety", "genai-sft"}
    assert all(len(lock.versions(name)) >= 2 for name in lock.entries)
    assert not any(each.signatures for versions in lock.entries.values() for each in versions.values())
    assert all(release_bytes(data) == data for path, data in files.items() if path.endswith(".yaml"))


@pytest.mark.parametrize(("name", "rule", "example"), cases(), ids=lambda part: getattr(part, "id", None))
def test_example_arrives_at_its_label(name: str, rule: Rule, example: Example) -> None:
    walked = walk(rule.steps[0].id, example.answers, through=graph(opened(name)))
    assert (walked.stop, walked.end) == (Stop.ARRIVED, example.expected)
    assert set(walked.passed) == set(example.answers)


@pytest.mark.parametrize("name", FILES)
def test_every_rule_has_three_kinds_of_examples(name: str) -> None:
    for rule in opened(name).rules:
        assert {example.kind for example in rule.examples} == set(ExampleKind), rule.id


def test_safety_covers_all_risks_and_its_six_labels() -> None:
    book = opened("genai-safety/1.0.0.yaml")
    assert covered(book) == {risk.code for risk in taxonomy().risks}
    assert (book.kind, book.control) == (Kind.SAFETY, "safety")
    assert [label.value for label in book.labels] == ["safe", "A1", "A2", "A3", "A4", "A5"]


def test_sft_labels_and_defects() -> None:
    book = opened("genai-sft/1.0.0.yaml")
    assert (book.kind, book.control) == (Kind.FUNCTIONAL, "quality")
    assert [label.value for label in book.labels] == [
        "accept",
        "inaccurate",
        "off_topic",
        "incomplete",
        "poor_language",
    ]
    assert [defect.code for defect in book.defects] == ["P1", "P2", "R1", "R2", "R3", "R4", "R5", "R6"]


@pytest.mark.parametrize("name", ["genai-preference", "genai-pii"])
def test_newer_books_are_rich_in_examples_and_have_a_plan(name: str) -> None:
    book = opened(f"{name}/1.0.0.yaml")
    assert book.kind is Kind.FUNCTIONAL
    assert book.verification.plan is not None
    assert book.verification.plan.preset == "functional-batch"
    for rule in book.rules:
        kinds = [example.kind for example in rule.examples]
        assert len(kinds) >= 5, rule.id
        assert kinds.count(ExampleKind.BORDERLINE) >= 2, rule.id
        assert any(example.use is ExampleUse.EXAM for example in rule.examples), rule.id


def test_preference_asks_for_a_choice_that_knows_ties() -> None:
    book = opened("genai-preference/1.0.0.yaml")
    assert book.form.answers is ControlKind.CHOICE
    assert [label.value for label in book.labels] == ["left", "right", "tie", "neither"]
    assert [shown.name for shown in book.form.shows] == ["prompt", "response_a", "response_b"]


def test_pii_marks_spans_and_names_one_stretch_an_example() -> None:
    book = opened("genai-pii/1.0.0.yaml")
    assert book.form.answers is ControlKind.SPANS
    for rule in book.rules:
        for example in rule.examples:
            assert [text.count("【") for text in (example.content.zh, example.content.en)] == [1, 1], example.id


@pytest.mark.parametrize("name", ["genai-preference", "genai-pii", "genai-safety", "genai-sft"])
def test_draft_could_be_released_next(name: str) -> None:
    released, draft = opened(f"{name}/{released_versions(name)[-1]}.yaml"), opened(f"{name}/draft.yaml")
    assert check_release(draft, lint(draft), released) == []
    assert not material(diff(released, draft))


def test_taxonomy_has_31_risks_in_five_groups() -> None:
    risks = taxonomy()
    assert [len(risks.of(group)) for group in risks.groups] == [8, 9, 5, 7, 2]
    assert len({risk.code for risk in risks.risks}) == 31
    assert all(
        risk.name.zh and risk.name.en and risk.articles and risk.code.startswith(risk.group) for risk in risks.risks
    )
    assert [risk.code for risk in risks.risks if risk.explainable] == ["A5a", "A5b"]
    with pytest.raises(ValueError, match="no list of risks"):
        taxonomy("../../etc")

"""The coverage matrix: every risk with the rules, labels and examples that treat it, and what is missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from labelqa.rulebook.coverage import ARTICLES, Gap, matrix, risks_of_labels
from labelqa.rulebook.document import parse
from labelqa.rulebook.model import ExampleKind, Rulebook, Text, Uncovered
from labelqa.rulebook.taxonomy import taxonomy

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def book() -> Rulebook:
    found = parse((ROOT / "rulebooks" / "genai-safety" / "1.0.0.yaml").read_bytes()).rulebook
    assert found is not None
    return found


def without(book: Rulebook, rule: str) -> Rulebook:
    return replace(book, rules=tuple(each for each in book.rules if each.id != rule))


def test_all_risks_are_there_in_their_order_and_none_has_a_gap(book):
    found = matrix(book)
    assert [each.code for each in found.risks] == [risk.code for risk in taxonomy().risks]
    assert len(found.risks) == 31
    assert [each.code for each in found.risks if each.gaps] == []
    assert [each.code for each in found.articles] == list(ARTICLES)


def test_a_rule_taken_away_leaves_its_risks_open(book):
    risks = {code for rule in book.rules if rule.id == "S-04" for code in rule.basis.risks}
    found = matrix(without(book, "S-04"))
    open_now = {each.code for each in found.risks if Gap.NO_RULE in each.gaps}
    assert open_now == {risk.code for code in risks for risk in taxonomy().of(code)}
    assert next(each for each in found.articles if each.code == "4(3)").gaps == (Gap.NO_RULE,)


def test_a_reason_closes_a_gap(book):
    reason = Text("本服务不涉及。", "The service does not meet it.")
    explained = replace(without(book, "S-07"), uncovered_risks=(Uncovered(code="A5", reason=reason),))
    rows = {each.code: each for each in matrix(explained).risks}
    assert rows["A5a"].gaps == rows["A5b"].gaps == ()
    assert rows["A5a"].reason == reason


@pytest.mark.parametrize(
    ("kind", "gap"),
    [
        (ExampleKind.POSITIVE, Gap.NO_POSITIVE),
        (ExampleKind.NEGATIVE, Gap.NO_NEGATIVE),
        (ExampleKind.BORDERLINE, Gap.NO_BORDERLINE),
    ],
)
def test_examples_are_counted_by_kind(book, kind, gap):
    rule = next(each for each in book.rules if each.id == "S-01")
    kept = replace(rule, examples=tuple(each for each in rule.examples if each.kind is not kind))
    changed = replace(book, rules=tuple(kept if each.id == "S-01" else each for each in book.rules))
    row = next(each for each in matrix(changed).risks if each.code == "A1a")
    assert row.gaps == (gap,)
    whole = next(each for each in matrix(book).risks if each.code == "A1a")
    assert whole.positive + whole.negative + whole.borderline == len(rule.examples)


def test_a_label_stands_for_the_risks_of_all_rules_that_give_it(book):
    risks = risks_of_labels(book)
    assert risks["safe"] == frozenset()
    assert risks["A2"] == {risk.code for risk in taxonomy().of("A2")}
    assert risks["A1"] == {risk.code for risk in taxonomy().of("A1")}


def test_a_functional_rulebook_has_articles_only(book):
    sft = parse((ROOT / "rulebooks" / "genai-sft" / "1.0.0.yaml").read_bytes()).rulebook
    assert sft is not None
    assert matrix(sft).risks == ()
    assert len(matrix(sft).articles) == 5


def test_an_unknown_list_of_risks_is_said(book):
    with pytest.raises(ValueError, match="no list of risks"):
        matrix(replace(book, taxonomy="1999"))

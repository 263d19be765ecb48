"""Exam papers: drawn by their seed, asking every rule, telling nothing; answers marked as the examples say."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelqa.rulebook.document import parse
from labelqa.rulebook.exam import Ability, Paper, available, draw_paper, grade
from labelqa.rulebook.exam.paper import MOST_CHOICES, ticket
from labelqa.rulebook.model import Example, ExampleKind, ExampleUse, Label, Rulebook, Text

ROOT = Path(__file__).resolve().parents[3]
SEEDS = st.text(min_size=1, max_size=12).filter(str.strip)


def read(name: str) -> Rulebook:
    found = parse((ROOT / "rulebooks" / name / "1.0.0.yaml").read_bytes()).rulebook
    assert found is not None
    return found


SAFETY = read("genai-safety")
POOL = len(available(SAFETY))


def drawn(seed: str = "dice 4 2 6", n: int = 10, *, book: Rulebook = SAFETY, with_handbook: bool = False) -> Paper:
    return draw_paper(book, digest="d" * 64, seed=seed, n=n, with_handbook=with_handbook)


def expected(paper: Paper, book: Rulebook = SAFETY) -> dict[str, str]:
    return {str(each.number): each.expected for each in grade(paper, {}, book=book).marked}


def test_tickets_are_those_of_the_samples():
    from labelqa.sampling import ticket as sampled

    assert ticket("a seed", "S-01-p1") == sampled("a seed", "S-01-p1")


@given(SEEDS, st.integers(1, POOL))
def test_the_same_seed_gives_the_same_paper_and_another_seed_another(seed, n):
    assert drawn(seed, n) == drawn(seed, n)
    assert drawn(seed, n).digest != drawn(seed + "x", n).digest


@given(SEEDS, st.integers(1, POOL - 1))
def test_a_longer_paper_asks_all_that_a_shorter_one_asks(seed, n):
    shorter, longer = (({each.key for each in drawn(seed, k).questions}) for k in (n, n + 1))
    assert shorter < longer


@given(SEEDS, st.integers(1, POOL))
def test_no_rule_is_asked_twice_before_every_rule_is_asked(seed, n):
    asked = Counter(each.rule for each in grade(drawn(seed, n), {}, book=SAFETY).marked)
    rules = {each.rule.id for each in available(SAFETY)}
    assert len(asked) == min(n, len(rules))


@given(SEEDS)
def test_the_paper_tells_neither_rules_nor_examples_nor_answers(seed):
    told = json.dumps(asdict(drawn(seed, POOL)), ensure_ascii=False)
    for rule in SAFETY.rules:
        assert rule.id not in told
        assert all(example.id not in told and example.reason.zh not in told for example in rule.examples)
    assert "expected" not in told


def test_the_place_of_the_right_choice_tells_nothing():
    places: Counter[int] = Counter()
    for number in range(60):
        paper = drawn(f"seed {number}", POOL)
        right = expected(paper)
        for each in paper.questions:
            places[[choice.value for choice in each.choices].index(right[str(each.number)])] += 1
    n, k = sum(places.values()), len(SAFETY.labels)
    chi2 = sum((places[place] - n / k) ** 2 / (n / k) for place in range(k))
    assert chi2 < 20.5  # 5 degrees of freedom, one in a thousand


def test_only_exam_examples_are_asked_and_gold_never():
    uses = {each.example.use for each in available(SAFETY)}
    assert uses == {ExampleUse.EXAM}
    more = available(SAFETY, with_handbook=True)
    assert {each.example.use for each in more} <= {ExampleUse.EXAM, ExampleUse.HANDBOOK}
    assert all(each.example.kind is ExampleKind.BORDERLINE for each in more if each.example.use is ExampleUse.HANDBOOK)
    gold = replace(SAFETY.rules[0], examples=tuple(replace(e, use=ExampleUse.GOLD) for e in SAFETY.rules[0].examples))
    assert SAFETY.rules[0].id not in {
        each.rule.id for each in available(replace(SAFETY, rules=(gold,)), with_handbook=True)
    }


def test_exam_examples_come_before_those_of_the_handbook():
    rule = replace(
        SAFETY.rules[0],
        examples=tuple(
            Example(id=f"{use}-{at}", kind=ExampleKind.BORDERLINE, content=Text(f"{use} {at}", ""), expected="safe", use=use)
            for at in range(4)
            for use in (ExampleUse.HANDBOOK, ExampleUse.EXAM)
        ),
    )  # fmt: skip
    book = replace(SAFETY, rules=(rule,))
    for seed in ("a", "b", "c"):
        marked = grade(drawn(seed, 4, book=book, with_handbook=True), {}, book=book).marked
        assert {each.example[:4] for each in marked} == {"exam"}


def test_many_labels_leave_the_right_one_and_its_neighbours():
    labels = (*SAFETY.labels, *(Label(value=f"L{at}", title=Text(f"标签{at}", f"Label {at}")) for at in range(40)))
    book = replace(SAFETY, labels=labels)
    for each in grade(paper := drawn("s", POOL, book=book), {}, book=book).marked:
        choices = [choice.value for choice in paper.questions[each.number - 1].choices]
        assert len(choices) == len(set(choices)) == MOST_CHOICES
        assert each.expected in choices
        rule = next(rule for rule in book.rules if rule.id == each.rule)
        assert set(rule.labels) <= set(choices)


@pytest.mark.parametrize(("seed", "n"), [("", 3), (" ", 3), ("s", 0), ("s", POOL + 1)])
def test_what_cannot_be_drawn_is_refused(seed, n):
    with pytest.raises(ValueError, match=r"seed|questions"):
        drawn(seed, n)


@given(SEEDS, st.integers(1, POOL), st.data())
def test_marking_counts_what_was_answered_rightly(seed, n, data):
    paper = drawn(seed, n)
    right = expected(paper)
    wanted = data.draw(st.sets(st.sampled_from(sorted(right))))
    answers = {number: label if number in wanted else "" for number, label in right.items()}
    result = grade(paper, answers, book=SAFETY)
    assert result.right == len(wanted)
    assert result.score == len(wanted) / n
    assert {str(each.number) for each in result.marked if each.right} == wanted
    assert sum(asked for _, asked in result.by_rule().values()) == n
    assert sum(hits for hits, _ in result.by_ability().values()) == len(wanted)


def test_an_answer_may_be_a_value_a_title_in_either_language_or_a_mark():
    paper = drawn(n=1)
    question, (label,) = paper.questions[0], expected(paper).values()
    title = next(choice.title for choice in question.choices if choice.value == label)
    place = [choice.value for choice in question.choices].index(label)
    letter = "abcdefghij"[place]
    told = [label, label.lower(), title.zh, title.en, f" {title.en} ", f"{label} {title.zh}", f"({letter})", letter]
    for answer in told:
        for key in ("1", question.key):
            assert grade(paper, {key: answer}, book=SAFETY).right == 1, answer


def test_a_mark_never_hides_a_label_that_is_a_single_letter():
    labels = tuple(Label(value=value, title=Text(value, value)) for value in ("a", "b", "safe"))
    examples = (
        Example(id="e", kind=ExampleKind.POSITIVE, content=Text("内容", "x"), expected="a", use=ExampleUse.EXAM),
    )
    book = replace(SAFETY, labels=labels, rules=(replace(SAFETY.rules[0], examples=examples),))
    for seed in "uvwxyz":
        paper = drawn(seed, 1, book=book)
        assert grade(paper, {"1": "a"}, book=book).right == 1
        assert grade(paper, {"1": "c"}, book=book).findings[0].code == "EX001"


def test_strange_answers_are_wrong_and_said():
    paper = drawn(n=3)
    result = grade(paper, {"1": "nonsense", "9": "A1", "2": ""}, book=SAFETY)
    assert result.right == 0
    assert sorted(each.code for each in result.findings) == ["EX001", "EX002"]


def test_every_answer_is_explained_by_the_steps_that_lead_to_its_label():
    for each in grade(drawn(n=POOL), {}, book=SAFETY).marked:
        example = next(e for rule in SAFETY.rules for e in rule.examples if e.id == each.example)
        assert each.reason == example.reason
        assert each.steps
        assert {step.step: step.answer for step in each.steps}.items() <= dict(example.answers).items()


def test_abilities_follow_what_the_rule_rests_on():
    for each in grade(drawn(n=POOL), {}, book=SAFETY).marked:
        rule = next(rule for rule in SAFETY.rules if rule.id == each.rule)
        assert each.ability is (Ability.RISK if rule.basis.risks else Ability.RULES)
    sft = read("genai-sft")
    assert {each.ability for each in grade(drawn(n=3, book=sft), {}, book=sft).marked} == {Ability.RULES}


def test_the_paper_of_another_rulebook_is_not_graded():
    with pytest.raises(ValueError, match="does not have"):
        grade(drawn(n=3), {}, book=read("genai-sft"))

"""A paper in the hands of those who sit it: its seed and a guess at the ids of the examples tell nothing more."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from labelqa.rulebook.document import parse
from labelqa.rulebook.exam import Paper, available, draw_paper, grade
from labelqa.rulebook.exam.paper import key_of, secret, ticket
from labelqa.rulebook.model import ExampleUse, Rulebook, Text

ROOT = Path(__file__).resolve().parents[3]
SEEDS = tuple(f"dice {number}" for number in range(8))


def read() -> Rulebook:
    found = parse((ROOT / "rulebooks" / "genai-safety" / "1.0.0.yaml").read_bytes()).rulebook
    assert found is not None
    return found


BOOK = read()
POOL = available(BOOK)


def drawn(seed: str, *, book: Rulebook = BOOK) -> Paper:
    return draw_paper(book, digest="d" * 64, seed=seed, n=len(POOL))


def without_answers(book: Rulebook) -> Rulebook:
    """What somebody has who knows ids, contents and labels of all exam examples, but not why."""
    rules = (
        replace(rule, examples=tuple(
            each if each.use is ExampleUse.HANDBOOK else replace(each, reason=Text(), answers={}) for each in rule.examples
        ))
        for rule in book.rules
    )  # fmt: skip
    return replace(book, rules=tuple(rules))


@pytest.mark.parametrize("seed", SEEDS)
def test_no_key_is_made_from_the_seed_and_an_id_alone(seed: str) -> None:
    """The way by which keys could be inverted once, with anything that stands on the paper in place of the secret."""
    paper = drawn(seed)
    keys = {each.key for each in paper.questions}
    for known in (paper.seed, paper.digest, paper.book, paper.release, f"{paper.seed}\x1f{paper.book}"):
        guessed = {ticket(known, "key", each.example.id)[:12] for each in POOL}
        assert not keys & guessed, known
        assert not keys & {sha256(f"{known}\x1f{each.example.id}".encode()).hexdigest()[:12] for each in POOL}


def test_order_and_choices_follow_no_guess_from_the_seed() -> None:
    """By chance a guess is right for one question in 720; by the seed it was for each."""
    asked, met, ordered = 0, 0, 0
    for seed in SEEDS:
        paper = drawn(seed)
        by_content = {each.example.content: each.example for each in POOL}
        examples = [by_content[each.content] for each in paper.questions]
        ordered += examples == sorted(examples, key=lambda each: ticket(seed, "order", each.id))
        for question, example in zip(paper.questions, examples, strict=True):
            values = [choice.value for choice in question.choices]
            met += values == sorted(values, key=lambda value: ticket(seed, "choice", example.id, value))
            asked += 1
    assert ordered == 0
    assert met <= asked / 20


def test_the_secret_needs_what_is_not_in_the_handbook() -> None:
    less = without_answers(BOOK)
    assert secret(less, "s") != secret(BOOK, "s") != secret(BOOK, "t")
    assert not {key_of(secret(less, "s"), each.example) for each in POOL} & {each.key for each in drawn("s").questions}


def test_who_has_the_rulebook_makes_the_paper_again_and_grades_it() -> None:
    paper = drawn("s")
    assert drawn("s", book=read()) == paper
    right = {
        each.key: next(a.example.expected for a in POOL if a.example.content == each.content)
        for each in paper.questions
    }
    assert grade(paper, right, book=BOOK).score == 1

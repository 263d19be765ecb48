"""Written questions and papers with their key: strict checks, the same bytes again, no answer handed out."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelqa.rulebook.document import parse
from labelqa.rulebook.exam import (
    Ability,
    KeyedPaper,
    checked,
    chosen,
    draw_paper,
    keyed,
    mark_keyed,
    read_keyed,
    shipped_questions,
)
from labelqa.rulebook.exam.question_file import read_questions
from labelqa.rulebook.exam.questions import RawQuestion, unknown_rules
from labelqa.rulebook.model import Text

ROOT = Path(__file__).resolve().parents[3]
DATA = (ROOT / "rulebooks" / "genai-safety" / "1.0.0.yaml").read_bytes()
BOOK = parse(DATA).rulebook
DIGEST = sha256(DATA).hexdigest()


def paper(seed: str = "s", *, n: int = 8, each: int = 2) -> KeyedPaper:
    assert BOOK is not None
    drawn = draw_paper(BOOK, digest=DIGEST, seed=seed, n=n)
    written = chosen(shipped_questions(), each=each, seed=seed)
    return keyed(BOOK, digest=DIGEST, drawn=drawn, written=written, seed=seed, title=Text("考核", "Exam"))


def raw(**more: object) -> RawQuestion:
    told = {"content": Text("", "Q?"), "choices_en": ("one", "two", "three"), "answer": "B", "ability": "law"}
    return RawQuestion(**(told | more))  # type: ignore[arg-type]


def codes(*raws: RawQuestion) -> list[str]:
    return [each.code for each in checked(raws)[1]]


def test_the_bank_examines_what_a_rulebook_cannot():
    bank = shipped_questions()
    for ability in (Ability.LAW, Ability.PLATFORM, Ability.SECURITY):
        mine = [each for each in bank if each.ability is ability]
        assert len(mine) >= 8
        assert all(each.content.zh and each.content.en and each.reason.zh and each.reason.en for each in mine)
        assert all(each.rule for each in mine)
    assert len({each.id for each in bank}) == len(bank)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_right_choice_of_the_bank_cannot_be_told_by_its_length(lang):
    longest = 0
    for each in shipped_questions():
        lengths = [len(getattr(choice, lang)) for choice in each.choices]
        assert all(lengths)
        longest += lengths[each.right] == max(lengths)
    assert 1 <= longest <= 0.4 * len(shipped_questions())


@given(st.text(min_size=1, max_size=8).filter(str.strip))
def test_a_paper_is_its_bytes(seed):
    made = paper(seed, n=4, each=1)
    assert read_keyed(made.data) == made
    assert made.digest == sha256(made.data).hexdigest() == paper(seed, n=4, each=1).digest


def test_five_abilities_are_examined_when_both_kinds_of_questions_are_mixed():
    made = paper()
    assert list(made.abilities) == [each.value for each in Ability]
    right = mark_keyed(made, {each.key: each.right for each in made.questions})
    assert (right.score, right.findings) == (1.0, ())
    assert right.by_ability == {ability: (n, n) for ability, n in made.abilities.items()}


def test_what_is_handed_out_tells_no_answer():
    made = paper()
    told = json.dumps(asdict(made.handed()), ensure_ascii=False)
    for question in made.questions:
        assert question.source not in told
        assert not question.reason.zh or question.reason.zh not in told
    assert not {"right", "ability", "rule", "reason", "seed", "source"} & set(json.loads(told)["questions"][0])


def test_the_letter_of_a_written_question_is_no_hint():
    letters = [each.right for seed in range(60) for each in paper(f"seed {seed}", n=1, each=9).questions
               if each.source.startswith("question:")]  # fmt: skip
    for letter in "abcd":
        assert 0.2 < letters.count(letter) / len(letters) < 0.3


@given(st.integers(1, 8))
def test_more_questions_ask_all_that_fewer_ask(each):
    assert set(chosen(shipped_questions(), each=each, seed="s")) < set(
        chosen(shipped_questions(), each=each + 1, seed="s")
    )


def test_marks_by_number_key_and_title_and_strange_answers():
    made = paper(n=1, each=1)
    first, second, *_ = made.questions
    title = next(one.title.zh for one in second.choices if one.value == second.right)
    result = mark_keyed(made, {"1": first.right, second.key: title, "3": "maybe", "99": "a"})
    assert [each.right for each in result.marked[:2]] == [True, True]
    assert sorted(each.code for each in result.findings) == ["EX001", "EX002"]
    assert result.right == 2


def test_a_file_that_was_changed_is_no_paper():
    made = paper(n=2, each=1)
    with pytest.raises(ValueError, match="not a paper"):
        read_keyed(made.data.replace(b'"format":1', b'"format": 1'))
    with pytest.raises(ValueError, match="not a paper"):
        read_keyed(b"[]")
    assert read_keyed(replace(made, seed="other").data).digest != made.digest


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("QB001", {"content": Text("", " ")}),
        ("QB001", {"content": Text("", "x" * 4001)}),
        ("QB002", {"choices_en": ("one",), "answer": "A"}),
        ("QB002", {"choices_en": tuple(map(str, range(11)))}),
        ("QB002", {"choices_en": ("one", "", "three"), "answer": "A"}),
        ("QB003", {"choices_en": ("one", "ONE", "two"), "answer": "C"}),
        ("QB004", {"answer": ""}),
        ("QB004", {"answer": "D"}),
        ("QB004", {"choices_en": ("B", "two", "three"), "answer": "B"}),
        ("QB005", {"ability": "cooking"}),
        ("QB007", {"choices_zh": ("一", "二")}),
    ],
)
def test_what_cannot_be_asked_is_a_finding(code, more):
    assert codes(raw(**more)) == [code]


def test_questions_stand_once_and_rules_are_those_of_the_book():
    assert codes(raw(id="x"), raw(id="x", content=Text("", "R?"))) == ["QB006"]
    assert codes(raw(id="x"), raw(id="y")) == ["QB006"]
    (one,), _ = checked([raw(ability="rules", rule="R-99")])
    assert [each.code for each in unknown_rules([one], ["R-01"])] == ["QB008"]
    assert unknown_rules([replace(one, ability=Ability.LAW)], ["R-01"]) == []


def test_problems_of_a_yaml_file_come_with_their_line():
    text = (
        "questions:\n  - question: One?\n    choices: [yes, no]\n    answer: A\n    ability: law\n  - question: Two?\n"
    )
    questions, found = read_questions(text.encode(), file="q.yaml")
    assert [each.content.en for each in questions] == ["One?"]
    assert {(each.code, each.place.line) for each in found} == {("QB002", 6)}
    for bad, code, at in (
        ("questions: none", "QB010", 1),
        ("questions:\n- just text", "QB010", 2),
        ("questions:\n- question: a\n  wat: 1\n", "QB009", 3),
        ("questions:\n- question: a\n  choices: b\n", "QB010", 3),
        ("questions: [\n", "RB003", 2),
    ):
        questions, found = read_questions(bad.encode(), file="q.yaml")
        assert questions == ()
        assert (code, at) in {(each.code, each.place.line) for each in found}
    assert read_questions(b"\xff\xfe", file="q.yaml")[1][0].code == "QB010"

"""Unused terms are found as by looking through all other definitions for each term, in far less time."""

from __future__ import annotations

import time
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from labelqa.rulebook.document import parse
from labelqa.rulebook.lint.check import Subject, subject
from labelqa.rulebook.lint.terms import unused_term
from labelqa.rulebook.model import Rulebook, Term, Text
from labelqa.wiring import shipped

WORDS = st.text(alphabet="ab 雨\nA", max_size=5)
TEXTS = st.builds(Text, WORDS, WORDS)
TERMS = st.lists(st.builds(Term, term=TEXTS, definition=TEXTS), max_size=7)


def book() -> Rulebook:
    found = parse((shipped("rulebooks") / "genai-sft" / "1.0.0.yaml").read_bytes()).rulebook
    assert found is not None
    return found


def slowly(told: Subject) -> list[int]:
    """The reference: for each term all other definitions are put together anew."""

    def plain(text: str) -> str:
        return " ".join(text.split()).casefold()

    terms, found = told.book.terms, []
    outside = "\n".join(plain(part) for path, text in told.texts if path[0] != "terms" for part in (text.zh, text.en))
    for index, each in enumerate(terms):
        others = "\n".join(
            plain(f"{it.definition.zh}\n{it.definition.en}") for at, it in enumerate(terms) if at != index
        )
        names = [name for name in (plain(each.term.zh), plain(each.term.en)) if name]
        if names and not any(name in outside or name in others for name in names):
            found.append(index)
    return found


BASE = subject(book())


@given(TERMS, TEXTS)
def test_the_findings_are_those_of_the_slow_way(terms: list[Term], said: Text) -> None:
    there = [(("terms", at, "definition"), each.definition) for at, each in enumerate(terms)]
    told = replace(BASE, book=replace(BASE.book, terms=tuple(terms)), texts=(*there, (("rules", 0, "statement"), said)))
    assert [hit.path[1] for hit in unused_term(told)] == slowly(told)


def test_a_term_that_only_its_own_definition_uses_is_unused() -> None:
    told = replace(
        BASE, texts=(),
        book=replace(BASE.book, terms=(
            Term(term=Text("雪", ""), definition=Text("雪就是雪。", "")), Term(term=Text("雨", ""), definition=Text("不是雹。", "")),
            Term(term=Text("雹", ""), definition=Text("雹是冰。", "")),
        )),
    )  # fmt: skip
    assert [hit.path[1] for hit in unused_term(told)] == [0, 1]


def test_five_thousand_terms_take_a_moment() -> None:
    terms = tuple(
        Term(term=Text(f"词{at}。", f"term{at}."), definition=Text(f"关于词{at - 1}。", f"about term{at - 1}." * 4))
        for at in range(5000)
    )
    told = replace(BASE, book=replace(BASE.book, terms=terms), texts=())
    start = time.process_time()
    assert len(list(unused_term(told))) == 1
    assert time.process_time() - start < 5

"""A comparison loses nothing, and no way from one version to another is cheaper than its largest step."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelqa.records.governance import Bump
from labelqa.rulebook import model
from labelqa.rulebook.diff import apply, diff, judge, material, needed, touched_labels
from labelqa.rulebook.steps import Stop, graph, walk
from tests.property.rulebook_strategies import BOOKS, versions

ORDER = list(Bump)


@settings(max_examples=40, deadline=None)
@given(BOOKS, BOOKS)
def test_a_comparison_of_any_two_books_rebuilds_the_second(old: model.Rulebook, new: model.Rulebook) -> None:
    assert not diff(old, old)
    assert apply(old, diff(old, new)) == new
    assert needed(diff(old, new)) in ORDER


@settings(max_examples=400, deadline=None)
@given(versions(2))
def test_a_comparison_of_near_books_rebuilds_the_second(books: tuple[model.Rulebook, ...]) -> None:
    old, new = books
    found = diff(old, new)
    assert bool(found) == (old != new)
    assert apply(old, found) == new
    assert len({(change.part, change.what) for change in found.changes}) == len(found.changes)


@settings(max_examples=250, deadline=None)
@given(versions(3))
def test_no_detour_is_cheaper(books: tuple[model.Rulebook, ...]) -> None:
    for a, b, c in product(books, repeat=3):
        direct = ORDER.index(needed(diff(a, c)))
        steps = [ORDER.index(needed(diff(*pair))) for pair in ((a, b), (b, c))]
        assert direct <= max(steps), list(diff(a, c).changes)


WORDS = ("", " ", "one", "one ", "at most 5%", "up to 0.05", "at most 6%", "at least 5%", "两名，一名")
TEXTS = [model.Text(zh, en) for zh in WORDS[:5] for en in WORDS]
SOME = TEXTS[::6]
LISTS = [tuple(each) for size in range(3) for each in product(SOME[:4], repeat=size)]
JUDGED = [
    (judge.NORM, TEXTS),
    (judge.QUESTION, TEXTS),
    (judge.SECTION, TEXTS),
    (judge.TARGET, list(WORDS)),
    (judge.ENTRIES, LISTS),
    (judge.ENTRIES, [tuple(model.Boundary(text=text, rule="r") for text in each) for each in LISTS]),
    (judge.CASES, [tuple(model.Case(content=text, answer=text) for text in each) for each in LISTS]),
    (judge.GIVEN, [("a",), ("b",), ("a", "b"), ("b", "a"), ()]),
]


@pytest.mark.parametrize(("how", "values"), JUDGED)
def test_no_detour_over_any_value_is_cheaper(how: judge.Judge, values: list) -> None:
    bumps = {
        (one, other): 0 if one == other else ORDER.index(how.verdict(one, other)[0])
        for one, other in product(values, repeat=2)
    }
    assert len(set(bumps.values())) > 1
    worse = [(a, b, c) for a, b, c in product(values, repeat=3) if bumps[a, c] > max(bumps[a, b], bumps[b, c])]
    assert worse == []


@settings(max_examples=400, deadline=None)
@given(versions(2), st.data())
def test_a_path_that_now_ends_elsewhere_is_touched(books: tuple[model.Rulebook, ...], data: st.DataObject) -> None:
    old, new = books
    touched = touched_labels(old, new)
    assert touched <= {label.value for label in old.labels}
    assert not touched or material(diff(old, new))
    before, after = graph(old), graph(new)
    questions = sorted(before.steps.keys() | after.steps.keys())
    later = {rule.id: rule for rule in new.rules}
    answers = data.draw(st.fixed_dictionaries({name: st.sampled_from(model.Answer) for name in questions}))
    for rule in _told_apart(old):
        if rule.steps and len([each for each in new.rules if each.id == rule.id]) < 2:
            was = walk(rule.steps[0].id, answers, through=before)
            now = later[rule.id].steps if rule.id in later else ()
            ends = walk(now[0].id, answers, through=after).end if now else None
            assert was.stop is not Stop.ARRIVED or was.end == ends or was.end in touched


def _told_apart(book: model.Rulebook) -> list[model.Rule]:
    """The rules whose id stands once."""
    ids = [rule.id for rule in book.rules]
    return [rule for rule in book.rules if ids.count(rule.id) == 1]

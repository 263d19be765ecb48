"""Clarity from the table of a trial: counted by hand, against a plain slow count, and what must not change it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelqa.errors import BadInput
from labelqa.records.batch import Kind
from labelqa.records.clarity import PilotRow, RulebookClarity, RuleClarity, RulePair
from labelqa.records.estimate import Estimate, Figure, Unknown
from labelqa.records.review import DefectSeverity
from labelqa.rulebook.model import Boundary, Label, Rule, Rulebook, Step, TaskType, Text
from labelqa.stats.proportion import wilson
from labelqa.workflows.agreement import alpha_of_patterns
from labelqa.workflows.clarity.answered import patterns_of
from labelqa.workflows.clarity.pilot import pilot_clarity

SAID = Text("说明", "said")


def rule(name: str, *labels: str, beside: str = "", steps: tuple[Step, ...] = ()) -> Rule:
    return Rule(
        id=name, statement=SAID, labels=labels, severity=DefectSeverity.MAJOR, steps=steps,
        boundaries=(Boundary(text=SAID, rule=beside),) if beside else (),
    )  # fmt: skip


STEPS = (Step(id="rain", question=SAID, yes="wet", no="snow"), Step(id="snow", question=SAID, yes="white", no="dry"))
BOOK = Rulebook(
    format=2, name="weather", version="1.0.0", kind=Kind.FUNCTIONAL, task_type=TaskType.TEXT, title=SAID, control="c",
    labels=tuple(Label(value=each, title=SAID) for each in ("wet", "white", "dry", "clear")),
    rules=(rule("R-1", "wet", beside="R-2", steps=STEPS), rule("R-2", "white"), rule("R-3", "dry", "clear")),
    time_budget=10,
)  # fmt: skip


def rows(answers: dict[str, str], **more: object) -> list[PilotRow]:
    """Item → its labels with blanks between, one annotator after the other; ``more`` goes into every row."""
    return [
        PilotRow(number=0, item=item, annotator=f"a{at}", label=label, **more)  # type: ignore[arg-type]
        for item, labels in answers.items()
        for at, label in enumerate(labels.split())
    ]


def found_of(found: RulebookClarity, name: str) -> RuleClarity:
    return next(each for each in found.rules if each.rule == name)


def pair_of(found: RulebookClarity, one: str, other: str) -> RulePair:
    return next(each for each in found.pairs if (each.first, each.second) == (one, other))


def point(figure: Figure) -> float:
    assert isinstance(figure, Estimate), figure
    return figure.point


ANSWERS = {
    "i1": "wet wet", "i2": "wet white", "i3": "wet dry", "i4": "dry clear", "i5": "white white", "i6": "clear clear",
    "i7": "dry dry", "i8": "wet wet", "i9": "white wet", "i10": "dry",
}  # fmt: skip


def test_counted_by_hand() -> None:
    found = pilot_clarity(BOOK, rows(ANSWERS), file="t.csv")
    assert (found.items, found.items_with_pairs, found.answers, found.disputes) == (10, 9, 19, 4)
    one, three = found_of(found, "R-1"), found_of(found, "R-3")
    assert (one.answers, one.items) == (7, 5)
    assert one.differing == wilson(3, 9)  # i2, i3, i9 of nine items answered twice
    assert three.differing == wilson(2, 9)  # i3, i4
    assert one.disputes == wilson(3, 4)
    # where one gave "wet", the other did: i1 and i8 twice each of seven
    assert point(one.agreement) == pytest.approx(4 / 7)
    # the labels of R-3 taken as one: i4 agrees
    assert point(three.agreement) == pytest.approx(6 / 7)


def test_two_rules_that_are_taken_for_each_other() -> None:
    found = pilot_clarity(BOOK, rows(ANSWERS), file="t.csv")
    near = pair_of(found, "R-1", "R-2")
    assert near.share == wilson(2, 6)  # i2, i9 of i1 i2 i3 i5 i8 i9
    assert (near.items, near.declared, near.labels) == (2, True, (("wet", "white", 2),))
    assert (near.steps, near.examples) == (("rain",), ("i2", "i9"))
    within = pair_of(found, "R-3", "R-3")
    assert (within.share, within.labels, within.examples) == (wilson(1, 4), (("clear", "dry", 1),), ("i4",))
    assert not pair_of(found, "R-1", "R-3").declared
    assert next((each.first, each.second) for each in found.pairs) == ("R-1", "R-2")


def test_what_gold_says() -> None:
    gold = {"i1": "wet", "i2": "white", "i5": "wet", "i10": "wet"}
    told = [replace(each, gold=gold.get(each.item, "")) for each in rows(ANSWERS)]
    found = pilot_clarity(BOOK, told, file="t.csv")
    assert found.checked == 4
    two, three = found_of(found, "R-2"), found_of(found, "R-3")
    assert point(two.wrong) == pytest.approx(2 / 3)  # both of i5; of i2 the one that said white was right
    assert three.wrong == wilson(1, 1)
    near = pair_of(found, "R-1", "R-2")
    assert near.corrections == (1, 2)  # wet for white on i2, white for wet twice on i5
    assert point(near.corrected) == pytest.approx(3 / 7)  # i1, i2 and i5 twice, and i10, which should have been wet
    assert pair_of(found, "R-1", "R-3").corrections == (0, 1)


def test_the_ranking_adds_those_who_differ_and_those_who_are_wrong_together() -> None:
    gold = {item: "wet" if item == "i5" else labels.split()[0] for item, labels in ANSWERS.items()}
    found = pilot_clarity(BOOK, [replace(each, gold=gold[each.item]) for each in rows(ANSWERS)], file="t.csv")
    place = {each.rule: each for each in found.ranking}
    one = place["R-1"].expected
    assert isinstance(one, Estimate)
    # three of nine pairs differ; of ten checked items, each one pair or one answer, i5 is wrong with both of one mind
    assert one.point == pytest.approx(10 * (3 / 9 + 1 / 10))
    differ, wrong = wilson(3, 9), wilson(1, 10)
    below = ((differ.point - differ.low) ** 2 + (wrong.point - wrong.low) ** 2) ** 0.5
    assert one.low == pytest.approx(10 * (3 / 9 + 1 / 10 - below))
    # R-3 is shown by i3, i4, i6, i7 and i10, R-2 by three items only
    assert [(each.rule, each.rank) for each in found.ranking] == [("R-1", 1), ("R-3", 2), ("R-2", None)]
    assert place["R-1"].neighbour == "R-2"


def test_a_rule_that_few_items_show_is_not_ranked() -> None:
    few = {f"i{at}": "wet wet" for at in range(20)} | {"j1": "white dry", "j2": "white dry"}
    found = pilot_clarity(BOOK, rows(few), file="t.csv")
    last = {each.rule: each for each in found.ranking}["R-2"]
    assert last.rank is None
    assert isinstance(last.expected, Unknown)
    assert (last.expected.reason, last.expected.n) == ("too-few-items", 2)
    assert found.ranking[0].rule == "R-1"


def test_nothing_answered_twice_and_nothing_checked_leaves_all_unknown() -> None:
    found = pilot_clarity(BOOK, rows({f"i{at}": "wet" for at in range(9)}), file="t.csv")
    assert {each.expected.reason for each in found.ranking if isinstance(each.expected, Unknown)} == {
        "nothing-looked-at"
    }
    assert isinstance(found.alpha, Unknown)
    assert found.pairs == ()


def test_an_answer_that_cites_its_rule_counts_for_that_rule() -> None:
    book = replace(BOOK, rules=(*BOOK.rules, rule("R-4", "wet")))
    cited = [replace(each, rule="R-4") if each.label == "wet" else each for each in rows(ANSWERS)]
    found = pilot_clarity(book, cited, file="t.csv")
    assert found_of(found, "R-1").answers == 0
    assert found_of(found, "R-4").differing == wilson(3, 9)
    assert found_of(found, "R-1").shared == ("R-4",)
    untold = pilot_clarity(book, rows(ANSWERS), file="t.csv")
    assert found_of(untold, "R-1").answers == found_of(untold, "R-4").answers == 7
    strange = pilot_clarity(book, [replace(each, rule="R-9") for each in cited], file="t.csv")
    assert found_of(strange, "R-1").answers == 7
    assert any("19" in str(each) for each in strange.notes)


def test_the_same_label_by_two_rules_is_no_difference() -> None:
    told = [
        replace(each, rule=("R-1", "R-2")[each.annotator == "a1"]) for each in rows({"i1": "wet wet", "i2": "wet wet"})
    ]
    found = pilot_clarity(BOOK, told, file="t.csv")
    assert found.pairs == ()
    assert found_of(found, "R-1").differing == wilson(0, 2)


def test_times() -> None:
    times = [12.0, 15.0, 11.0, 20.0, 13.0, 14.0, 90.0]
    wet = [each for each in rows(ANSWERS) if each.label == "wet"]
    told = [replace(each, seconds=seconds) for each, seconds in zip(wet, times, strict=True)]
    one = found_of(pilot_clarity(BOOK, told, file="t.csv"), "R-1").seconds
    assert isinstance(one, Estimate)
    assert (one.point, one.low, one.high, one.n) == (14.0, 11.0, 90.0, 7)


def test_sets_of_labels() -> None:
    told = rows({"i1": '["wet","dry"] ["wet","white"]', "i2": '["wet"] ["wet","dry"]'})
    found = pilot_clarity(BOOK, told, file="t.csv")
    # on i1 dry stands against white; on i2 dry against nothing; both have wet, so R-1 is in no difference
    assert found_of(found, "R-1").differing == wilson(0, 2)
    assert found_of(found, "R-3").differing == wilson(2, 2)
    assert found_of(found, "R-2").differing == wilson(1, 2)
    assert [(each.first, each.second, each.items) for each in found.pairs] == [("R-2", "R-3", 1)]
    assert found.labels == ()


def test_repeats_torn_gold_and_labels_of_no_rule_are_said() -> None:
    told = [*rows(ANSWERS), *rows({"i1": "dry", "k1": "hail hail"})]
    told[0] = replace(told[0], gold="wet")
    told[1] = replace(told[1], gold="dry")
    found = pilot_clarity(BOOK, told, file="t.csv")
    said = " ".join(str(each) for each in found.notes)
    assert "1 rows repeat" in said
    assert "1 items have two different right answers" in said
    assert "2 answers have a label that no rule gives" in said
    assert found.checked == 0
    with pytest.raises(BadInput, match="nothing to measure"):
        pilot_clarity(BOOK, [], file="t.csv")


def test_alpha_is_the_one_of_labelqa_agreement() -> None:
    import numpy as np

    from labelqa.records.reductions import Answers

    labels = tuple(sorted({label for each in ANSWERS.values() for label in each.split()}))
    cells = [(at, labels.index(label)) for at, said in enumerate(ANSWERS.values()) for label in said.split()]
    item, label = (np.array(column, dtype=np.int32) for column in zip(*cells, strict=True))
    answers = Answers(labels=labels, item=item, annotator=np.zeros_like(item), label=label)
    assert pilot_clarity(BOOK, rows(ANSWERS), file="t.csv").alpha == alpha_of_patterns(patterns_of(answers), 0.95)


LABELS = ("wet", "white", "dry", "clear", "hail")
GIVING = {"wet": "R-1", "white": "R-2", "dry": "R-3", "clear": "R-3"}


@st.composite
def tables(draw: st.DrawFn) -> list[PilotRow]:
    made = []
    for item in range(draw(st.integers(1, 12))):
        right = draw(st.sampled_from(("", *LABELS)))
        for at, label in enumerate(draw(st.lists(st.sampled_from(LABELS), min_size=1, max_size=4))):
            made.append(PilotRow(number=0, item=f"i{item}", annotator=f"a{at}", label=label, gold=right))
    return made


def items_of(told: Sequence[PilotRow]) -> Iterator[tuple[list[str], str]]:
    for item in sorted({each.item for each in told}):
        mine = [each for each in told if each.item == item]
        yield [each.label for each in mine], mine[0].gold


@settings(max_examples=150, deadline=None)
@given(tables())
def test_a_plain_slow_count_says_the_same(told: list[PilotRow]) -> None:
    found = pilot_clarity(BOOK, told, file="t.csv")
    for rule in ("R-1", "R-2", "R-3"):
        pairs = [two for labels, _ in items_of(told) for two in combinations(labels, 2)]
        differ = [two for two in pairs if two[0] != two[1] and rule in map(GIVING.get, two)]
        figure = found_of(found, rule).differing
        assert (point(figure) if isinstance(figure, Estimate) else None, figure.n) == (
            pytest.approx(len(differ) / len(pairs)) if isinstance(figure, Estimate) else None,
            sum(len(labels) > 1 for labels, _ in items_of(told)),
        )  # fmt: skip
        judged = [
            (label, gold) for labels, gold in items_of(told) if gold for label in labels if GIVING.get(label) == rule
        ]
        wrong = found_of(found, rule).wrong
        assert wrong.n in (len(judged), 0)
        if isinstance(wrong, Estimate):
            assert wrong.point == pytest.approx(sum(label != gold for label, gold in judged) / len(judged))
    for pair in found.pairs:
        either = [two for labels, _ in items_of(told) for two in combinations(labels, 2)
                  if {pair.first, pair.second} & set(map(GIVING.get, two))]  # fmt: skip
        stand = [
            two
            for two in either
            if two[0] != two[1] and sorted(map(str, map(GIVING.get, two))) == [pair.first, pair.second]
        ]
        if isinstance(pair.share, Estimate):
            assert pair.share.point == pytest.approx(len(stand) / len(either))


@settings(max_examples=60, deadline=None)
@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_the_names_of_annotators_change_nothing(
    told: list[PilotRow], chance: random.Random
) -> None:
    mixed = [replace(each, annotator=f"x{each.annotator[::-1]}") for each in told]
    chance.shuffle(mixed)
    assert pilot_clarity(BOOK, mixed, file="t.csv") == pilot_clarity(BOOK, told, file="t.csv")


@settings(max_examples=60, deadline=None)
@given(st.integers(5, 60), st.integers(1, 20), st.integers(0, 40))
def test_a_rule_with_perfect_agreement_never_outranks_one_with_disputes(items: int, disputes: int, more: int) -> None:
    """At as many items each, however many others there are."""
    disputes = min(disputes, items)
    told = {f"p{at}": "dry dry" for at in range(items)} | {f"m{at}": "clear clear" for at in range(more)}
    told |= {f"d{at}": "wet white" if at < disputes else "wet wet" for at in range(items)}
    told |= {f"w{at}": "white white" for at in range(items - disputes)}
    found = pilot_clarity(BOOK, rows(told), file="t.csv")
    rank = {each.rule: each.rank for each in found.ranking}
    assert rank["R-1"] is not None
    assert rank["R-3"] is not None
    assert rank["R-1"] < rank["R-3"]
